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
#include <machine/vmparam.h>
#include "vmm.h"

#define PTE_TABLE (X86_PG_V | X86_PG_RW | X86_PG_U)
#define PTE_LARGE (PTE_TABLE | X86_PG_PS)

/** A guest's address space: range, rights, initial contents. */
static const struct {
	vm_offset_t start;
	size_t size;
	u_int prot;
} guest_ranges[] = {
	{ GUEST_TABLES, 1UL << 20, VM_PROT_READ | VM_PROT_WRITE },
	{ GUEST_STACK, NBPDR, VM_PROT_READ | VM_PROT_WRITE },
	{ GUEST_RAM, GUEST_RAM_SIZE, VM_PROT_READ | VM_PROT_WRITE },
};

/* Maps one page of 1 GB (shift 30) or 2 MB (shift 21) in the guest's table. */
static bool
map_large(struct vmx_thread_info *vti, vm_offset_t va, vm_paddr_t gpa,
    u_int shift, vm_paddr_t *next_table)
{
	vm_paddr_t table = vti->guest_cr3;
	pt_entry_t *pte;
	u_int level;

	for (level = PML4SHIFT;; level -= 9) {
		pte = vm_fault_page(&vti->map,
		    table + 8 * (va >> level & (NPTEPG - 1)), VM_PROT_WRITE);
		if (pte == NULL)
			return (false);
		if (level == shift)
			break;
		if ((*pte & X86_PG_V) == 0) {
			*pte = *next_table | PTE_TABLE;
			*next_table += PAGE_SIZE;
		}
		table = *pte & X86_PG_FRAME;
	}
	*pte = gpa | PTE_LARGE;
	return (true);
}

/* 1 GB pages where the processor has them, else 2 MB pages. */
static bool
make_page_table(struct vmx_thread_info *vti)
{
	u_int shift = vmx_has_page_1gb(&vmx_caps) ? PDPSHIFT : PDRSHIFT;
	vm_paddr_t next = GUEST_TABLES + PAGE_SIZE;
	vm_paddr_t gpa;

	vti->guest_cr3 = GUEST_TABLES;
	for (gpa = 0; gpa < GUEST_IDENTITY; gpa += 1UL << shift)
		if (!map_large(vti, gpa, gpa, shift, &next))
			return (false);
	return (map_large(
	    vti, GUEST_STACK_TOP - NBPDR, GUEST_STACK, PDRSHIFT, &next));
}

/**
 * Makes a guest's address space and the page table in it.
 * @param vti	its map and guest_cr3 are set
 * @return	false when memory ran out; guest_memory_free() cleans up
 */
bool
guest_memory_init(struct vmx_thread_info *vti)
{
	if (ept_pinit(&vti->map.pmap, &vmx_caps) != 0 ||
	    vm_map_mmap(&vti->map, (vm_offset_t)guest_start,
		(vm_offset_t)guest_end - (vm_offset_t)guest_start, VM_PROT_ALL,
		(vm_paddr_t)guest_start) != 0)
		return (false);
	for (u_int i = 0; i < nitems(guest_ranges); i++)
		if (vm_map_mmap(&vti->map, guest_ranges[i].start,
			guest_ranges[i].size, guest_ranges[i].prot, 0) != 0)
			return (false);
	if (!make_page_table(vti))
		return (false);
	bzero(vti->map.faults, sizeof(vti->map.faults)); /* ours */
	return (true);
}

/**
 * Frees a guest's memory, also if guest_memory_init() failed half-way.
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
