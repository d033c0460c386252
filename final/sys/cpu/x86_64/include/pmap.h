/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page-table entries of 4-level paging.  SDM volume 3, "Paging", section
 * "4-Level Paging and 5-Level Paging".
 */
#ifndef _CPU_PMAP_H_
#define _CPU_PMAP_H_

/* clang-format off */
/** @name Bits of an entry */
/** @{ */
#define X86_PG_V	0x001UL		/* present */
#define X86_PG_RW	0x002UL		/* writable */
#define X86_PG_U	0x004UL		/* user */
#define X86_PG_PWT	0x008UL		/* write-through */
#define X86_PG_PCD	0x010UL		/* cache disable */
#define X86_PG_A	0x020UL		/* accessed */
#define X86_PG_M	0x040UL		/* dirty */
#define X86_PG_PS	0x080UL		/* 2 MB or 1 GB page */
#define X86_PG_G	0x100UL		/* global */
#define X86_PG_AVAIL1	0x200UL		/* for software */
#define X86_PG_AVAIL2	0x400UL		/* for software */
#define X86_PG_PDE_PAT	0x1000UL	/* PAT of a 2 MB or 1 GB page */
#define X86_PG_NX	(1UL << 63)	/* no execute */
#define X86_PG_FRAME	0x000ffffffffff000UL	/* address of page or table */
/** @} */
/* clang-format on */

#ifndef __ASSEMBLER__
#include <sys/types.h>

typedef uint64_t pt_entry_t; /**< an entry at any level */
#endif

#endif
