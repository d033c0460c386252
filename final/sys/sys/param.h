/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sizes of pages and the arithmetic on them.
 */
#ifndef _SYS_PARAM_H_
#define _SYS_PARAM_H_

#include <sys/types.h>

/** @name Page sizes in bytes, by the level of the table that maps them */
/** @{ */
#define PAGE_SHIFT	 12
#define PAGE_SIZE	 (1UL << PAGE_SHIFT)
#define PAGE_MASK	 (PAGE_SIZE - 1)
#define PDRSHIFT	 21
#define NBPDR		 (1UL << PDRSHIFT)
#define PDRMASK		 (NBPDR - 1)
#define PDPSHIFT	 30
#define NBPDP		 (1UL << PDPSHIFT)
#define PDPMASK		 (NBPDP - 1)
#define PML4SHIFT	 39
#define NBPML4		 (1UL << PML4SHIFT)
#define PML4MASK	 (NBPML4 - 1)
#define NPTEPG		 512
/** @} */

/** @name Rounding to powers of two and to pages */
/** @{ */
#define rounddown2(x, y) ((x) & ~((__typeof__(x))(y)-1))
#define roundup2(x, y)	 rounddown2((x) + (__typeof__(x))(y)-1, y)
#define trunc_page(x)	 rounddown2(x, PAGE_SIZE)
#define round_page(x)	 roundup2(x, PAGE_SIZE)
#define atop(x)		 ((x) >> PAGE_SHIFT)
#define ptoa(x)		 ((vm_paddr_t)(x) << PAGE_SHIFT)
/** @} */

/** @name Addresses of user space: see <machine/vmparam.h> */
/** @{ */
#define MAXLOGNAME	 33
#define MAXHOSTNAMELEN	 256
/** @} */

/** @name Small arithmetic */
/** @{ */
#define MIN(a, b)	 ((a) < (b) ? (a) : (b))
#define MAX(a, b)	 ((a) > (b) ? (a) : (b))
#define howmany(x, y)	 (((x) + ((y)-1)) / (y))
#define roundup(x, y)	 ((((x) + ((y)-1)) / (y)) * (y))
#define nitems(x)	 (sizeof(x) / sizeof((x)[0]))
/** @} */

#endif
