/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A process goes on behind nested page tables: the program that the work of
 * 2013 began with, written for Damselfly and DragonFly alike.
 *
 *     linear                       where it is in the process
 *     0 .. 512 GB                  the same address; 1 GB or 2 MB pages
 *     the 2 MB with the stack      a copy of the stack, in memory of ours
 *
 * It prints one line before and some after, from the guest, by the same
 * write(2).
 */
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/vmm_guest_ctl.h>
#include <sys/mman.h>
#include <sys/vkernel.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define INDEX(va, shift) ((va) >> (shift)&VPTE_PAGE_MASK)
#define TABLE		 (VPTE_V | VPTE_RW | VPTE_U)

/* Memory that is aligned to its size. */
static void *
aligned(size_t size, size_t align)
{
	void *p;

	if (posix_memalign(&p, align, size) != 0)
		errx(1, "no memory for %zu bytes", size);
	bzero(p, size);
	return (p);
}

static vpte_t *
new_table(void)
{
	return (aligned(PAGE_SIZE, PAGE_SIZE));
}

/* The table below an entry, made if it is not there. */
static vpte_t *
below(vpte_t *entry)
{
	if ((*entry & VPTE_V) == 0)
		*entry = (vpte_t)new_table() | TABLE;
	return ((vpte_t *)(*entry & VPTE_FRAME));
}

static int
has_page_1gb(void)
{
	u_int p[4];

	do_cpuid(0x80000000, p);
	if (p[0] < 0x80000001)
		return (0);
	do_cpuid(0x80000001, p);
	return ((p[3] & AMDID_PAGE1GB) != 0);
}

/* Shows the first 512 GB where they are. */
static void
map_identity(vpte_t *pml4)
{
	vpte_t *pdp = below(&pml4[0]), *pd;

	for (u_long i = 0; i < VPTE_PAGE_ENTRIES; i++) {
		if (has_page_1gb()) {
			pdp[i] = i << PDPSHIFT | TABLE | VPTE_PS;
			continue;
		}
		pd = below(&pdp[i]);
		for (u_long j = 0; j < VPTE_PAGE_ENTRIES; j++)
			pd[j] = i << PDPSHIFT | j << PDRSHIFT | TABLE | VPTE_PS;
	}
}

/* Shows the 2 MB around `va` as the memory at `to`. */
static void
map_stack(vpte_t *pml4, u_long va, void *to)
{
	vpte_t *pdp = below(&pml4[INDEX(va, PML4SHIFT)]);
	vpte_t *pd = below(&pdp[INDEX(va, PDPSHIFT)]);

	pd[INDEX(va, PDRSHIFT)] = (vpte_t)to | TABLE | VPTE_PS;
}

int
main(void)
{
	struct vmm_guest_options options;
	vpte_t *pml4 = new_table();
	pid_t pid = getpid();
	char *stack;

	printf("vmm_test: process %d, %s pages\n", (int)pid,
	    has_page_1gb() ? "1 GB" : "2 MB");
	fflush(stdout);
	stack = aligned(NBPDR, NBPDR);
	map_identity(pml4);
	map_stack(pml4, (u_long)&options, stack);

	bzero(&options, sizeof(options));
	options.guest_cr3 = (register_t)pml4;
	options.new_stack = (register_t)(stack + NBPDR);
	options.master = 1;
	if (vmm_guest_ctl(VMM_GUEST_RUN, &options) != 0)
		err(1, "vmm_guest_ctl");

	printf("vmm_test: in the guest, process %d\n", (int)getpid());
	if (getpid() != pid)
		errx(1, "the process has another number");
	if (stack[NBPDR - ((u_long) - (long)&pid & PDRMASK)] != (char)pid)
		errx(1, "the stack is not where the page table shows it");
	printf("vmm_test: all is well\n");
	return (0);
}
