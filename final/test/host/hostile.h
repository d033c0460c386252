/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the suites of hostile guests share.
 */
#ifndef _HOST_HOSTILE_H_
#define _HOST_HOSTILE_H_

#include "caught.h"
#include "nested.h"

#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANON)
#define WINDOW 0x10000000000UL /* linear, mapped by the cases only */

/** Goes behind the page table that nested_init() has made. */
static inline void
enter(void)
{
	catch_faults();
	CHECK(nested_run() == 0);
}

/** Accesses an address, 'r', 'w' or 'x': the signal, 0 for none. */
static inline int
access_of(u_long va, char how)
{
	if (how == 'r')
		return (CAUGHT((void)*(volatile char *)va));
	if (how == 'w')
		return (CAUGHT(*(volatile char *)va = 1));
	return (CAUGHT(((void (*)(void))va)()));
}

/** Memory of the process. */
static inline char *
memory(size_t size, int prot)
{
	char *p = mmap(NULL, size, prot, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

/** The entry for WINDOW at the level of a table, by the level's shift. */
static inline vpte_t *
window_entry(unsigned shift)
{
	vpte_t *table = nested_pml4;

	for (unsigned s = PML4SHIFT; s > shift; s -= VPTE_PAGE_BITS)
		table = nested_below(&table[NESTED_INDEX(WINDOW, s)]);
	return (&table[NESTED_INDEX(WINDOW, shift)]);
}

/** Waits for a child that must end by a signal. */
static inline void
check_killed(pid_t pid)
{
	int status = tap_wait(pid);

	if (!WIFSIGNALED(status))
		printf("# status %#x\n", status);
	CHECK(WIFSIGNALED(status));
}

#endif
