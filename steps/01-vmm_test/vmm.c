/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A guest's memory: the page table that we build for it.
 *
 *     virtual                    physical          page size
 *     0 .. 4 GB                  the same          1 GB or 2 MB, by CPUID
 *     GUEST_STACK_TOP - 2 MB     vti->stack        2 MB
 *
 * As in the 2013 vmm_test: low memory as it is, and the stack far away from
 * it.  There is no EPT yet, so what the guest's table maps is the machine's
 * own memory, and a guest could write anywhere in it.  Step 02 ends that.
 */
#include <sys/systm.h>
#include <cpu/pmap.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "vmm.h"

#define PTE_TABLE (X86_PG_V | X86_PG_RW | X86_PG_U)
#define PTE_LARGE (PTE_TABLE | X86_PG_PS)

/*
 * The table below entry `index` of `table`, made if it is not there yet.
 *
 *     va  63..48   47..39    38..30    29..21    20..12    11..0
 *         sign     PML4      PDP       PD        PT        offset
 */
static pt_entry_t *
next_table(pt_entry_t *table, u_int index)
{
	vm_paddr_t pa;

	if ((table[index] & X86_PG_V) == 0) {
		pa = pmap_page_alloc();
		if (pa == 0)
			return (NULL);
		table[index] = pa | PTE_TABLE;
	}
	return (PHYS_TO_DMAP(table[index] & X86_PG_FRAME));
}

/* tag::pagetable[] */
/* Maps one page of 1 GB (shift 30) or 2 MB (shift 21). */
static bool
map_large(vm_paddr_t pml4, vm_offset_t va, vm_paddr_t pa, u_int shift)
{
	/* LAB 01.3 begin: enter a large page into a page table */
	pt_entry_t *table = PHYS_TO_DMAP(pml4);
	u_int level;

	for (level = PML4SHIFT; level > shift; level -= 9) {
		table = next_table(table, va >> level & (NPTEPG - 1));
		if (table == NULL)
			return (false);
	}
	table[va >> shift & (NPTEPG - 1)] = pa | PTE_LARGE;
	return (true);
	/* LAB 01.3 end */
}

/* 1 GB pages where the processor has them, else 2 MB pages. */
static bool
map_identity(struct vmx_thread_info *vti)
{
	u_int shift = vmx_has_page_1gb(&vmx_caps) ? PDPSHIFT : PDRSHIFT;
	vm_paddr_t pa;

	for (pa = 0; pa < GUEST_IDENTITY; pa += 1UL << shift)
		if (!map_large(vti->guest_cr3, pa, pa, shift))
			return (false);
	return (true);
}
/* end::pagetable[] */

/**
 * Builds a guest's page table and stack.
 * @param vti	guest_cr3 and stack are set
 * @return	false when memory ran out; guest_memory_free() cleans up
 */
bool
guest_memory_init(struct vmx_thread_info *vti)
{
	vm_page_t m;

	vti->guest_cr3 = pmap_page_alloc();
	if (vti->guest_cr3 == 0 || !map_identity(vti))
		return (false);
	m = vm_page_alloc(VM_PAGE_ORDER_2M);
	if (m == NULL)
		return (false);
	vti->stack = vm_page_phys(m);
	bzero(PHYS_TO_DMAP(vti->stack), NBPDR);
	return (map_large(
	    vti->guest_cr3, GUEST_STACK_TOP - NBPDR, vti->stack, PDRSHIFT));
}

static void
free_table(vm_paddr_t pa, u_int shift)
{
	pt_entry_t *table = PHYS_TO_DMAP(pa);

	for (u_int i = 0; shift > PDRSHIFT && i < NPTEPG; i++)
		if ((table[i] & (X86_PG_V | X86_PG_PS)) == X86_PG_V)
			free_table(table[i] & X86_PG_FRAME, shift - 9);
	pmap_page_free(pa);
}

/**
 * Frees what guest_memory_init() allocated, also if it failed half-way.
 * @param vti	guest
 */
void
guest_memory_free(struct vmx_thread_info *vti)
{
	if (vti->guest_cr3 != 0)
		free_table(vti->guest_cr3, PML4SHIFT);
	if (vti->stack != 0)
		pmap_page_free(vti->stack);
	vti->guest_cr3 = vti->stack = 0;
}

/**
 * The only way from a guest's address to its memory.  In this step a guest
 * may point into its own image only, where virtual is physical.
 * @param va	guest-virtual address
 * @param len	number of bytes
 * @return	where the host can read them, or NULL
 */
const void *
guest_bytes(vm_offset_t va, size_t len)
{
	vm_offset_t start = (vm_offset_t)guest_start;
	vm_offset_t end = (vm_offset_t)guest_end;

	if (va < start || va > end || len > end - va)
		return (NULL);
	return (PHYS_TO_DMAP(va));
}
