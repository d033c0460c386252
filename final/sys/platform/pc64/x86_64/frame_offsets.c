/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Proves at compile time that the offsets that assembly uses are those of
 * struct trapframe.  Generates no code.
 */
#include <cpu/frame.h>
#include <cpu/frame_offsets.h>

#define SAME(name, field) CTASSERT(name == __offsetof(struct trapframe, field))

SAME(TF_RDI, tf_rdi);
SAME(TF_RSI, tf_rsi);
SAME(TF_RDX, tf_rdx);
SAME(TF_RCX, tf_rcx);
SAME(TF_R8, tf_r8);
SAME(TF_R9, tf_r9);
SAME(TF_RAX, tf_rax);
SAME(TF_RBX, tf_rbx);
SAME(TF_RBP, tf_rbp);
SAME(TF_R10, tf_r10);
SAME(TF_R11, tf_r11);
SAME(TF_R12, tf_r12);
SAME(TF_R13, tf_r13);
SAME(TF_R14, tf_r14);
SAME(TF_R15, tf_r15);
SAME(TF_XFLAGS, tf_xflags);
SAME(TF_TRAPNO, tf_trapno);
SAME(TF_ADDR, tf_addr);
SAME(TF_FLAGS, tf_flags);
SAME(TF_ERR, tf_err);
SAME(TF_RIP, tf_rip);
SAME(TF_CS, tf_cs);
SAME(TF_RFLAGS, tf_rflags);
SAME(TF_RSP, tf_rsp);
SAME(TF_SS, tf_ss);
CTASSERT(TF_SIZE == sizeof(struct trapframe));
