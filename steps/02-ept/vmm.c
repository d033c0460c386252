/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A guest's memory: a process's address space, and the page table in it.
 *
 *     linear                     guest-physical    page size
 *     0 .. 4 GB                  the same          1 GB or 2 MB, by CPUID
 *     GUEST_STACK_TOP - 2 MB     GUEST_STACK       2 MB
 *
 * The page table looks as in step 01, but its addresses are guest-physical:
 * the host writes it through the process's address space, into memory that
 * came because it was touched.  Of the 4 GB that it maps nearly all is beyond
 * the ranges that the process has.
 */
#include <sys/systm.h>
#include <cpu/pmap.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include "vmm.h"

#define PTE_TABLE (X86_PG_V | X86_PG_RW | X86_PG_U)
#define PTE_LARGE (PTE_TABLE | X86_PG_PS)
#define RW	  (VM_PROT_READ | VM_PROT_WRITE)

/* tag::ranges[] */
/** The ranges of a guest's address space; the image is one more. */
static const struct {
	vm_offset_t start;
	size_t size;
	u_int prot;
} guest_ranges[] = {
	{ GUEST_TABLES, GUEST_TABLES_SIZE, RW },
	{ GUEST_SMALL, GUEST_SMALL_SIZE, RW },
	{ GUEST_DEVICE, PAGE_SIZE, RW | VM_MEMATTR_UNCACHEABLE },
	{ GUEST_STACK, NBPDR, RW },
	{ GUEST_RAM, GUEST_RAM_SIZE, RW },
};
/* end::ranges[] */

/*
 * The table below entry `index` of `table`, made if it is not there yet.
 *
 *     va  63..48   47..39    38..30    29..21    20..12    11..0
 *         sign     PML4      PDP       PD        PT        offset
 */
static pt_entry_t *
next_table(struct vmx_thread_info *vti, pt_entry_t *table, u_int index)
{
	if ((table[index] & X86_PG_V) == 0) {
		table[index] = vti->next_table | PTE_TABLE;
		vti->next_table += PAGE_SIZE;
	}
	return (vm_fault_page(
	    &vti->map, table[index] & X86_PG_FRAME, VM_PROT_WRITE));
}

/* Maps one page of 1 GB (shift 30) or 2 MB (shift 21) in the guest's table. */
static bool
map_large(
    struct vmx_thread_info *vti, vm_offset_t va, vm_paddr_t pa, u_int shift)
{
	pt_entry_t *table;
	u_int level;

	table = vm_fault_page(&vti->map, vti->guest_cr3, VM_PROT_WRITE);
	for (level = PML4SHIFT; table != NULL && level > shift; level -= 9)
		table = next_table(vti, table, va >> level & (NPTEPG - 1));
	if (table == NULL)
		return (false);
	table[va >> shift & (NPTEPG - 1)] = pa | PTE_LARGE;
	return (true);
}

/* 1 GB pages where the processor has them, else 2 MB pages. */
static bool
map_identity(struct vmx_thread_info *vti)
{
	u_int shift = vmx_has_page_1gb(&vmx_caps) ? PDPSHIFT : PDRSHIFT;
	vm_paddr_t pa;

	for (pa = 0; pa < GUEST_IDENTITY; pa += 1UL << shift)
		if (!map_large(vti, pa, pa, shift))
			return (false);
	return (true);
}

/* The image, whose first contents stay shared, and the other ranges. */
static bool
map_ranges(struct vm_map *map)
{
	vm_offset_t image = (vm_offset_t)guest_start;

	if (vm_map_mmap(map, image, (vm_offset_t)guest_end - image, VM_PROT_ALL,
		image) != 0)
		return (false);
	for (u_int i = 0; i < nitems(guest_ranges); i++)
		if (vm_map_mmap(map, guest_ranges[i].start,
			guest_ranges[i].size, guest_ranges[i].prot, 0) != 0)
			return (false);
	return (true);
}

/**
 * Makes a guest's address space and the page table in it.
 * @param vti	its map and guest_cr3 are set
 * @return	false when memory ran out; guest_memory_free() cleans up
 */
bool
guest_memory_init(struct vmx_thread_info *vti)
{
	vti->guest_cr3 = GUEST_TABLES;
	vti->next_table = GUEST_TABLES + PAGE_SIZE;
	if (ept_pinit(&vti->map.pmap, &vmx_caps) != 0 ||
	    !map_ranges(&vti->map) || !map_identity(vti) ||
	    !map_large(vti, GUEST_STACK_TOP - NBPDR, GUEST_STACK, PDRSHIFT))
		return (false);
	bzero(vti->map.faults, sizeof(vti->map.faults)); /* ours */
	return (true);
}

/**
 * Frees what guest_memory_init() made, also if it failed half-way.
 * @param vti	guest
 */
void
guest_memory_free(struct vmx_thread_info *vti)
{
	if (vti->map.pmap.pm_pml4 != 0)
		vm_map_destroy(&vti->map);
}

/**
 * The only way from a guest's address to its memory.  The guest's page table
 * is not asked yet (step 03): an address must be one that is mapped to
 * itself, and the bytes must lie in one page.
 * @param vti	guest
 * @param va	linear address
 * @param len	number of bytes
 * @return	where the host can read them, or NULL
 */
const void *
guest_bytes(struct vmx_thread_info *vti, vm_offset_t va, size_t len)
{
	if (va >= GUEST_IDENTITY || len == 0 ||
	    (va & PAGE_MASK) + len > PAGE_SIZE)
		return (NULL);
	return (vm_fault_page(&vti->map, va, VM_PROT_READ));
}
