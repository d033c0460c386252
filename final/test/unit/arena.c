/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical pages in an array.  Pages that are free are poisoned, so that
 * AddressSanitizer reports a pointer into one that was kept too long.
 */
#include "arena.h"
#include "arena_dmap.h"
#include <machine/md_var.h>
#ifndef __TINYC__
#include <sanitizer/asan_interface.h>
#else /* it has no sanitizers */
#define ASAN_POISON_MEMORY_REGION(p, size)   ((void)(p))
#define ASAN_UNPOISON_MEMORY_REGION(p, size) ((void)(p))
#endif

#define PAGE 4096u

void (*arena_invlpg)(vm_offset_t va, void *arg);
void *arena_invlpg_arg;

static uint8_t pages[ARENA_PAGES][PAGE] __attribute__((__aligned__(4096)));
static bool used[ARENA_PAGES];
static unsigned nused, nfreed, next;
static long limit = ARENA_UNLIMITED;

void
arena_reset(void)
{
	memset(used, 0, sizeof(used));
	nused = nfreed = next = 0;
	limit = ARENA_UNLIMITED;
	arena_invlpg = NULL;
	ASAN_POISON_MEMORY_REGION(pages, sizeof(pages));
}

unsigned
arena_used(void)
{
	return (nused);
}

unsigned
arena_freed(void)
{
	return (nfreed);
}

void
arena_limit(long allocations)
{
	limit = allocations;
}

static unsigned
page_index(unsigned long pa)
{
	unsigned long i = (pa - ARENA_START) / PAGE;

	if (pa < ARENA_START || pa % PAGE != 0 || i >= ARENA_PAGES || !used[i])
		fail_msg("%#lx is no page that is allocated", pa);
	return ((unsigned)i);
}

void *
arena_dmap(unsigned long pa)
{
	return (pages[page_index(pa)]);
}

vm_paddr_t
pmap_page_alloc(void)
{
	if (limit == 0)
		return (0);
	if (limit > 0)
		limit--;
	if (nused == ARENA_PAGES)
		fail_msg("the test needs more than %u pages", ARENA_PAGES);
	/* Round robin: a page that was freed stays so for long. */
	while (used[next])
		next = (next + 1) % ARENA_PAGES;
	used[next] = true;
	nused++;
	ASAN_UNPOISON_MEMORY_REGION(pages[next], PAGE);
	memset(pages[next], 0, PAGE);
	return (ARENA_START + next * (vm_paddr_t)PAGE);
}

void
pmap_page_free(vm_paddr_t pa)
{
	unsigned i = page_index(pa);

	used[i] = false;
	nused--;
	nfreed++;
	ASAN_POISON_MEMORY_REGION(pages[i], PAGE);
}

void
pmap_invlpg(vm_offset_t va)
{
	if (arena_invlpg != NULL)
		arena_invlpg(va, arena_invlpg_arg);
}
