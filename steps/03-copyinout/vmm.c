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
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include "vmm.h"

#define PTE_TABLE (X86_PG_V | X86_PG_RW | X86_PG_U)
#define PTE_LARGE (PTE_TABLE | X86_PG_PS)
#define RW	  (VM_PROT_READ | VM_PROT_WRITE)

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

/*
 * The table below entry `index` of `table`, made if it is not there yet.
 *
 *     va  63..48   47..39    38..30    29..21    20..12    11..0
 *         sign     PML4      PDP       PD        PT        offset
 */
static pt_entry_t *
next_table(struct proc *p, pt_entry_t *table, u_int index)
{
	if ((table[index] & X86_PG_V) == 0) {
		table[index] = p->next_table | PTE_TABLE;
		p->next_table += PAGE_SIZE;
	}
	return (
	    vm_fault_page(&p->map, table[index] & X86_PG_FRAME, VM_PROT_WRITE));
}

/* Maps one page of 1 GB (shift 30) or 2 MB (shift 21) in the guest's table. */
static bool
map_large(struct proc *p, vm_offset_t va, vm_paddr_t pa, u_int shift)
{
	pt_entry_t *table;
	u_int level;

	table = vm_fault_page(&p->map, GUEST_TABLES, VM_PROT_WRITE);
	for (level = PML4SHIFT; table != NULL && level > shift; level -= 9)
		table = next_table(p, table, va >> level & (NPTEPG - 1));
	if (table == NULL)
		return (false);
	table[va >> shift & (NPTEPG - 1)] = pa | PTE_LARGE;
	return (true);
}

/* 1 GB pages where the processor has them, else 2 MB pages. */
static bool
map_identity(struct proc *p)
{
	u_int shift = vmx_has_page_1gb(&vmx_caps) ? PDPSHIFT : PDRSHIFT;
	vm_paddr_t pa;

	for (pa = 0; pa < GUEST_IDENTITY; pa += 1UL << shift)
		if (!map_large(p, pa, pa, shift))
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

/* tag::linear[] */
/* How the walk of a guest's page table reaches the tables and the pages. */
static void *
guest_page(void *arg, vm_paddr_t gpa, u_int access)
{
	struct proc *p = arg;

	return (vm_fault_page(&p->map, gpa, access));
}

/* The guest has the host's EFER where the processor does not switch it. */
static bool
guest_nxe(void)
{
	return ((vmx_ctls.granted[VMX_CTL_ENTRY] & ENTRY_CTLS_LOAD_EFER) == 0 &&
	    (rdmsr(MSR_EFER) & EFER_NXE) != 0);
}

static void
linear_init(struct vmx_thread_info *vti)
{
	vti->linear = (struct vmm_linear){
		.cr3 = GUEST_TABLES,
		.maxphyaddr = vmx_caps.maxphyaddr,
		.page_1gb = vmx_has_page_1gb(&vmx_caps),
		.nxe = guest_nxe(),
		.page = guest_page,
		.arg = vti->proc,
		.gen = &vti->proc->map.pmap.pm_invgen,
		.walks = vti->walks,
	};
}
/* end::linear[] */

/**
 * Makes a guest's address space and the page table in it.
 * @param p	its map is set
 * @return	false when memory ran out; guest_memory_free() cleans up
 */
bool
guest_memory_init(struct proc *p)
{
	p->next_table = GUEST_TABLES + PAGE_SIZE;
	if (ept_pinit(&p->map.pmap, &vmx_caps) != 0 || !map_ranges(&p->map) ||
	    !map_identity(p) ||
	    !map_large(p, GUEST_STACK_TOP - NBPDR, GUEST_STACK, PDRSHIFT))
		return (false);
	bzero(p->map.faults, sizeof(p->map.faults)); /* ours */
	return (true);
}

/**
 * Frees what guest_memory_init() made, also if it failed half-way.
 * @param p	guest
 */
void
guest_memory_free(struct proc *p)
{
	if (p->map.pmap.pm_pml4 != 0)
		vm_map_destroy(&p->map);
}

/**
 * Makes a thread, which does not run yet.
 * @param p	its process
 * @param vti	filled in
 * @param rip	where it starts
 * @param rsp	its stack pointer there
 * @param rdi	its argument
 */
void
lwp_init(struct proc *p, struct vmx_thread_info *vti, vm_offset_t rip,
    vm_offset_t rsp, register_t rdi)
{
	bzero(vti, sizeof(*vti));
	vti->proc = p;
	vti->guest.vg_frame.tf_rip = rip;
	vti->guest.vg_frame.tf_rsp = rsp;
	vti->guest.vg_frame.tf_rdi = rdi;
	vti->guest.vg_frame.tf_rflags = PSL_RESERVED | PSL_I;
	linear_init(vti);
	vmx_vminit(vti);
}
