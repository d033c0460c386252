/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Descriptors and selectors.  SDM volume 3, "Protected-Mode Memory
 * Management" and "Interrupt and Exception Handling", 64-bit forms.
 */
#ifndef _CPU_SEGMENTS_H_
#define _CPU_SEGMENTS_H_

/** @name Selectors; the user ones are in the order that SYSRET wants */
/** @{ */
#define KCODE_SEL      0x08
#define KDATA_SEL      0x10
#define UDATA_SEL      0x1b
#define UCODE_SEL      0x23
#define TSS_SEL	       0x28
#define SEL_UPL	       3 /* privilege of user mode */
#define GDT_ENTRIES    7 /* the TSS takes two */
/** @} */

/** @name Descriptor types */
/** @{ */
#define SDT_SYSTSS     9  /* available 64-bit TSS */
#define SDT_SYSTSSBUSY 11 /* busy 64-bit TSS */
#define SDT_SYSIGT     14 /* interrupt gate */
/** @} */

#ifndef __ASSEMBLER__
#include <sys/types.h>

/** Operand of LGDT and LIDT. */
struct region_descriptor {
	uint16_t rd_limit; /**< size in bytes, minus one */
	uint64_t rd_base;  /**< linear address */
} __packed;
CTASSERT(sizeof(struct region_descriptor) == 10);

/** Interrupt gate. */
struct gate_descriptor {
	uint16_t gd_looffset;  /**< offset, bits 15:0 */
	uint16_t gd_selector;  /**< code selector */
	uint8_t gd_ist;	       /**< stack of the TSS's table, 0 for none */
	uint8_t gd_type;       /**< type, DPL, present */
	uint16_t gd_midoffset; /**< offset, bits 31:16 */
	uint32_t gd_hioffset;  /**< offset, bits 63:32 */
	uint32_t gd_reserved;  /**< zero */
};
CTASSERT(sizeof(struct gate_descriptor) == 16);

/**
 * 64-bit task-state segment.  Exactly 0x68 bytes: a VM exit sets TR's limit
 * to 0x67, so a TSS of this size never needs TR reloaded.
 */
struct x86_64tss {
	uint32_t tss_rsvd0;  /**< reserved */
	uint64_t tss_rsp[3]; /**< stacks of rings 0 to 2 */
	uint64_t tss_rsvd1;  /**< reserved */
	uint64_t tss_ist[7]; /**< interrupt stacks 1 to 7 */
	uint64_t tss_rsvd2;  /**< reserved */
	uint16_t tss_rsvd3;  /**< reserved */
	uint16_t tss_iobase; /**< beyond the limit: no I/O bitmap */
} __packed;
CTASSERT(sizeof(struct x86_64tss) == 0x68);
#endif

#endif
