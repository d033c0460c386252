/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Put in front of a module under test: the direct map of physical memory is
 * the test's, not the kernel's.
 */
#ifndef _ARENA_DMAP_H_
#define _ARENA_DMAP_H_

void *arena_dmap(unsigned long pa);
#define PHYS_TO_DMAP(pa) arena_dmap(pa)

#endif
