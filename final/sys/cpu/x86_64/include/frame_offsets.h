/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Offsets of struct trapframe for assembly.  <cpu/frame.h> is the structure;
 * frame_offsets.c fails to compile when the two disagree.
 */
#ifndef _FRAME_OFFSETS_H_
#define _FRAME_OFFSETS_H_

/* clang-format off */
/** @name Byte offsets in struct trapframe */
/** @{ */
#define TF_RDI		0
#define TF_RSI		8
#define TF_RDX		16
#define TF_RCX		24
#define TF_R8		32
#define TF_R9		40
#define TF_RAX		48
#define TF_RBX		56
#define TF_RBP		64
#define TF_R10		72
#define TF_R11		80
#define TF_R12		88
#define TF_R13		96
#define TF_R14		104
#define TF_R15		112
#define TF_XFLAGS	120
#define TF_TRAPNO	128
#define TF_ADDR		136
#define TF_FLAGS	144
#define TF_ERR		152
#define TF_RIP		160
#define TF_CS		168
#define TF_RFLAGS	176
#define TF_RSP		184
#define TF_SS		192
#define TF_SIZE		200
/** @} */
/* clang-format on */

#endif
