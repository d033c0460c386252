/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How to break each rule of the VMCS checker: the form of the rows, and the
 * preparations that several of them share.
 */
#ifndef _CHECK_ROWS_H_
#define _CHECK_ROWS_H_

#include "image.h"

/* A change of a field: bits cleared, then bits set. */
struct change {
	uint32_t field;
	uint64_t clear;
	uint64_t set;
};

/* clang-format off */
#define PUT(field, value)	{ field, ~0ull, value }
#define SET(field, bits)	{ field, 0, bits }
#define CLR(field, bits)	{ field, bits, 0 }
/* clang-format on */

/* Changes of what is around the VMCS. */
enum {
	IN_SMM = 1,	/* before all changes */
	LEGACY = 2,	/* breaks: not in IA-32e mode */
	NO_AD = 4,	/* EPT has no accessed and dirty flags */
	NO_SSS = 8,	/* EPT has no supervisor shadow stacks */
	SAME_LINK = 16, /* breaks: link pointer to this VMCS */
	IS_LEGACY = 32	/* before all changes: not in IA-32e mode */
};

#define MAXPREPARE 8

struct row {
	const char *rule;
	unsigned flags;
	struct change breaks;
	struct change prepare[MAXPREPARE];
};

/* A row whose wrong field breaks other rules as well. */
struct crowded_row {
	const char *rule;
	const char *beside; /* prefix of other rules that may fire */
	unsigned flags;
	struct change breaks;
	struct change prepare[MAXPREPARE];
};

extern const struct row rows[];
extern const struct crowded_row crowded[];
extern const size_t nrows, ncrowded;

/* clang-format off */
/* Preparations used often. */
#define PROC2(bits)	SET(VMCS_CTL_PROC, PROC_CTLS_SECONDARY), \
			SET(VMCS_CTL_PROC2, bits)
#define PROC3(bits)	SET(VMCS_CTL_PROC, PROC_CTLS_TERTIARY), \
			SET(VMCS_CTL_PROC3, bits)
#define ENTRY(bits)	SET(VMCS_CTL_ENTRY, bits)
#define EXIT(bits)	SET(VMCS_CTL_EXIT, bits)
#define TPR		SET(VMCS_CTL_PROC, PROC_CTLS_TPR_SHADOW)
#define INJECT(info)	PUT(VMCS_CTL_ENTRY_INTR_INFO, 0x80000000u | (info))
#define RING0		PUT(VMCS_GUEST_CS_SELECTOR, 0x08), \
			PUT(VMCS_GUEST_SS_SELECTOR, 0x10), \
			PUT(VMCS_GUEST_SS_AR, 0xc093), \
			PUT(VMCS_GUEST_CS_AR, 0xa09b)
/* A 32-bit guest in ring 3 with PAE paging. */
#define GUEST32		CLR(VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA), \
			PUT(VMCS_GUEST_CS_AR, 0xc0fb)
/* The segments themselves are made real-mode-like by prepare_v86(). */
#define V86_GUEST	SET(VMCS_GUEST_RFLAGS, 0x20000), \
			CLR(VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA)
#define USABLE_LDTR	PUT(VMCS_GUEST_LDTR_AR, 0x82), \
			PUT(VMCS_GUEST_LDTR_SELECTOR, 0x30)

#define NONCANONICAL	0x0000800000000000ull
#define EPT	PROC2(PROC2_CTLS_EPT)
/* clang-format on */

#endif
