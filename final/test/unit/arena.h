/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical pages for page tables, and what the processor is told about them.
 *
 * The arena stands in for pmap.c: it hands out pages, can be told to run out
 * of them, and fails the test when a page is freed twice, or reached after it
 * was freed or without ever being allocated.
 */
#ifndef _ARENA_H_
#define _ARENA_H_

#include "hosted.h"
#include <machine/pmap.h>

#define ARENA_START	0x7f000000ul /* physical address of the first page */
#define ARENA_PAGES	4096u

#define ARENA_UNLIMITED (-1)

/* Takes back every page; failing, counts and the log are off and zero. */
void arena_reset(void);

/* Pages that are out now. */
unsigned arena_used(void);

/* Pages that were ever freed. */
unsigned arena_freed(void);

/* After that many more allocations there are no pages. */
void arena_limit(long allocations);

/* Where the page at a physical address is. */
void *arena_dmap(unsigned long pa);

/* Called for each translation that pmap_invlpg() drops, unless NULL. */
extern void (*arena_invlpg)(vm_offset_t va, void *arg);
extern void *arena_invlpg_arg;

#endif
