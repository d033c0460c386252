/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The kernel's own page tables.
 *
 *     DMAP      all RAM and the first 4 GB, read-write, no execute
 *     KERNBASE  the image in 4 KB pages: text read-execute, constants
 *               read-only, data read-write; no page is writable and
 *               executable; the guard page below the boot stack is absent
 *
 * User space stays empty.  Built once by pmap_bootstrap(), which also turns
 * on what makes the rights count: CR0.WP, EFER.NXE, SMEP and SMAP.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>

#define LEVEL_PML4     3 /* shift = 12 + 9 * level */
#define LEVEL_SHIFT(l) (PAGE_SHIFT + 9 * (l))

/** Physical address of the kernel's PML4. */
vm_paddr_t KPML4phys;

static bool (*pmap_take)(vm_paddr_t *pa);
static bool pmap_has_1g;
static pt_entry_t pmap_nx; /* X86_PG_NX where the CPU has it */

/*
 * Walks from the PML4 down to `level` and returns the entry for va there,
 * making tables on the way if `make` is set.  Stops early at a large page.
 */
static pt_entry_t *
pmap_walk(vm_offset_t va, int level, bool make)
{
	pt_entry_t *table = PHYS_TO_DMAP(KPML4phys);
	pt_entry_t *pte;
	vm_paddr_t pa;

	for (int l = LEVEL_PML4;; l--) {
		pte = &table[va >> LEVEL_SHIFT(l) & (NPTEPG - 1)];
		if (l == level)
			return (pte);
		if ((*pte & X86_PG_V) == 0) {
			if (!make || !pmap_take(&pa))
				return (NULL);
			*pte = pa | X86_PG_V | X86_PG_RW;
		} else if ((*pte & X86_PG_PS) != 0) {
			return (pte);
		}
		table = PHYS_TO_DMAP(*pte & X86_PG_FRAME);
	}
}

/* Maps one page of the size that `level` stands for. */
static void
pmap_kenter(vm_offset_t va, vm_paddr_t pa, int level, pt_entry_t rights)
{
	pt_entry_t *pte;

	pte = pmap_walk(va, level, true);
	*pte = pa | rights | X86_PG_V | (level > 0 ? X86_PG_PS : 0);
}

static void
map_dmap(vm_paddr_t end)
{
	int level = pmap_has_1g ? 2 : 1;
	vm_paddr_t pa;

	for (pa = 0; pa < end; pa += 1UL << LEVEL_SHIFT(level))
		pmap_kenter(
		    DMAP_MIN_ADDRESS + pa, pa, level, X86_PG_RW | pmap_nx);
}

static void
map_image(void)
{
	vm_offset_t va;
	pt_entry_t rights;

	for (va = (vm_offset_t)text_start; va < (vm_offset_t)kernel_end;
	     va += PAGE_SIZE) {
		rights = X86_PG_RW | pmap_nx;
		if (va < (vm_offset_t)text_end)
			rights = 0;
		else if (va < (vm_offset_t)rodata_end)
			rights = pmap_nx;
		if (va != (vm_offset_t)boot_stack_guard)
			pmap_kenter(va, KERN_TO_PHYS(va), 0, rights);
	}
}

/* Looks up what the processor can do for the rights in the entries. */
static void
pmap_identify(void)
{
	u_int p[4];

	do_cpuid(0x80000001, p);
	pmap_has_1g = (p[3] & AMDID_PAGE1GB) != 0;
	pmap_nx = (p[3] & AMDID_NX) != 0 ? X86_PG_NX : 0;
}

static void
enable_smep_smap(void)
{
	u_int p[4];
	u_long cr4 = rcr4();

	do_cpuid(0, p);
	if (p[0] < 7)
		return;
	do_cpuid(7, p);
	if ((p[1] & CPUID_STDEXT_SMEP) != 0)
		cr4 |= CR4_SMEP;
	if ((p[1] & CPUID_STDEXT_SMAP) != 0)
		cr4 |= CR4_SMAP;
	load_cr4(cr4);
}

/**
 * Builds the kernel's page tables and loads them.
 * @param physmem_end	end of RAM; the DMAP covers at least that and 4 GB
 * @param take		gives one zeroed page that boot.S has mapped
 */
void
pmap_bootstrap(vm_paddr_t physmem_end, bool (*take)(vm_paddr_t *pa))
{
	pmap_identify();
	pmap_take = take;
	if (!take(&KPML4phys))
		panic("pmap_bootstrap: no page for the PML4");
	map_dmap(MAX(physmem_end, BOOT_MAPPED));
	map_image();
	load_cr3(KPML4phys);
	enable_smep_smap();
}

/**
 * Translates a kernel virtual address.
 * @param va	address
 * @param pa	physical address, set on success
 * @return	whether va is mapped
 */
bool
pmap_kextract(vm_offset_t va, vm_paddr_t *pa)
{
	pt_entry_t *table, pte;
	int l;

	if (KPML4phys == 0 || (int64_t)va >> 47 != (int64_t)va >> 63)
		return (false);
	table = PHYS_TO_DMAP(KPML4phys);
	for (l = LEVEL_PML4;; l--) {
		pte = table[va >> LEVEL_SHIFT(l) & (NPTEPG - 1)];
		if ((pte & X86_PG_V) == 0)
			return (false);
		if (l == 0 || (pte & X86_PG_PS) != 0)
			break;
		table = PHYS_TO_DMAP(pte & X86_PG_FRAME);
	}
	*pa = (pte & X86_PG_FRAME & -(1UL << LEVEL_SHIFT(l))) |
	    (va & ((1UL << LEVEL_SHIFT(l)) - 1));
	return (true);
}

/**
 * Allocates a page of zeros, for a table or a structure that the processor
 * reads.  Does not sleep.
 * @return	its physical address, or 0 when there is no page
 */
vm_paddr_t
pmap_page_alloc(void)
{
	vm_page_t m;
	vm_paddr_t pa;

	m = vm_page_alloc(0);
	if (m == NULL)
		return (0);
	pa = vm_page_phys(m);
	bzero(PHYS_TO_DMAP(pa), PAGE_SIZE);
	return (pa);
}

/**
 * Frees a page or a larger block.
 * @param pa	its physical address
 */
void
pmap_page_free(vm_paddr_t pa)
{
	vm_page_t m;

	m = vm_page_lookup(pa);
	if (m == NULL)
		panic("pmap_page_free: %#lx is not a page", pa);
	vm_page_free(m);
}
