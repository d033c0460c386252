/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Arguments of mmap(2) and its relatives, DragonFly's values.
 */
#ifndef _SYS_MMAN_H_
#define _SYS_MMAN_H_

/* clang-format off */
/** @name Protection */
/** @{ */
#define PROT_NONE	0
#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
/** @} */

/** @name Kind of mapping */
/** @{ */
#define MAP_SHARED	0x0001	/* changes are seen by all */
#define MAP_PRIVATE	0x0002	/* changes are one's own */
#define MAP_FIXED	0x0010	/* at that address and nowhere else */
#define MAP_ANON	0x1000	/* memory, no file */
/** @} */
/* clang-format on */

#endif
