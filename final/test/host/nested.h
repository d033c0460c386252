/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For tests: the current process goes on behind nested page tables, with all
 * of its addresses meaning what they meant before.
 */
#ifndef _HOST_NESTED_H_
#define _HOST_NESTED_H_

#include <sys/param.h>
#include <sys/mman.h>
#include <sys/sysctl.h>
#include <sys/vkernel.h>
#include <sys/vmm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NESTED_TABLE		(VPTE_V | VPTE_RW | VPTE_U)
#define NESTED_INDEX(va, shift) ((u_long)(va) >> (shift)&VPTE_PAGE_MASK)

/** The page table of the process as a guest; nested_init() makes it. */
static vpte_t *nested_pml4;
/** Where the copy of the stack is: the 2 MB below the end of user space. */
static char *nested_stack;

/** A page of zeros for a page table. */
static inline vpte_t *
nested_page(void)
{
	void *p = NULL;

	if (posix_memalign(&p, PAGE_SIZE, PAGE_SIZE) != 0)
		_exit(99);
	memset(p, 0, PAGE_SIZE);
	return (p);
}

/** The table below an entry, made if it is not there. */
static inline vpte_t *
nested_below(vpte_t *entry)
{
	if ((*entry & VPTE_V) == 0)
		*entry = (vpte_t)nested_page() | NESTED_TABLE;
	return ((vpte_t *)(*entry & VPTE_FRAME));
}

/** Maps a page of 4 KB (shift 12), 2 MB (21) or 1 GB (30). */
static inline void
nested_map(u_long va, u_long to, unsigned shift, vpte_t bits)
{
	vpte_t *table = nested_pml4;

	for (unsigned s = PML4SHIFT; s > shift; s -= VPTE_PAGE_BITS)
		table = nested_below(&table[NESTED_INDEX(va, s)]);
	table[NESTED_INDEX(va, shift)] = to | bits |
	    (shift > PAGE_SHIFT ? VPTE_PS : 0);
}

/** Whether the processor has pages of 1 GB. */
static inline int
nested_has_1gb(void)
{
	u_int p[4];

	do_cpuid(0x80000001, p);
	return ((p[3] & AMDID_PAGE1GB) != 0);
}

/**
 * Makes the page table: the first 512 GB where they are, by pages of 1 GB if
 * wanted and possible, else of 2 MB for the first 64 GB; and the last 2 MB of
 * user space, where the stack and the code for signals are, as memory of ours.
 */
static inline void
nested_init(int large)
{
	unsigned shift = large && nested_has_1gb() ? PDPSHIFT : PDRSHIFT;
	u_long end = shift == PDPSHIFT ? 512UL << 30 : 64UL << 30;
	void *stack = NULL;

	nested_pml4 = nested_page();
	for (u_long va = 0; va < end; va += 1UL << shift)
		nested_map(va, va, shift, NESTED_TABLE);
	/* Executable: the code to which handlers return is copied there. */
	if (posix_memalign(&stack, NBPDR, NBPDR) != 0 ||
	    mprotect(stack, NBPDR, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		_exit(99);
	nested_stack = stack;
	nested_map(0x7fffffe00000, (u_long)stack, PDRSHIFT, NESTED_TABLE);
}

/** Goes behind it: 0, or -1 and errno. */
static inline int
nested_run(void)
{
	struct vmm_guest_options options = {
		.guest_cr3 = (register_t)nested_pml4,
		.new_stack = (register_t)(nested_stack + NBPDR),
		.master = 1,
	};

	return (vmm_guest_ctl(VMM_GUEST_RUN, &options));
}

/**
 * For a machine that cannot do it: the whole test is that the call says so,
 * that the process goes on, and that hw.vmm.enable says why in words.
 * @return	0: it can; 1: the test has been made; 2: it has failed
 */
static inline int
nested_refused(void)
{
	char why[512] = "";
	size_t size = sizeof(why);
	int good;

	if (sysctlbyname("hw.vmm.enable", why, &size, NULL, 0) != 0)
		_exit(99);
	if (size == sizeof(int))
		return (0);
	nested_init(1);
	good = nested_run() == -1 && errno == ENODEV &&
	    strlen(why) + 1 == size && strchr(why, ' ') != NULL;
	printf(
	    "1..1\n# %s\n%sok 1 - refused in words\n", why, good ? "" : "not ");
	return (good ? 1 : 2);
}

/** main() of a suite of guests: its cases, or nested_refused(). */
#define NESTED_MAIN(cases)                                                     \
	int main(void)                                                         \
	{                                                                      \
		int refused = nested_refused();                                \
                                                                               \
		if (refused != 0)                                              \
			return (refused - 1);                                  \
		return (tap_run(cases, sizeof(cases) / sizeof(*(cases))));     \
	}

#endif
