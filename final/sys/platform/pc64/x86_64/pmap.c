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
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>

/** The kernel's tables. */
struct pmap kernel_pmap;
/** Pages that pmap_page_alloc() has given out, and that are not free again. */
volatile u_long pmap_pages;

/* Before the page allocator runs, pages for tables come from here. */
static bool (*pmap_take)(vm_paddr_t *pa);

/* tag::format[] */
/* Not const: whether there is an NX bit is the processor's affair. */
static struct pmap_format pmap_format_kernel = {
	.name = "kernel",
	.bits = {
		[PG_V_IDX] = X86_PG_V,
		[PG_RW_IDX] = X86_PG_RW,
		[PG_A_IDX] = X86_PG_A,
		[PG_M_IDX] = X86_PG_M,
		[PG_PS_IDX] = X86_PG_PS,
		[PG_W_IDX] = X86_PG_AVAIL1,
		[PG_MANAGED_IDX] = X86_PG_AVAIL2,
	},
	.leaf = X86_PG_V,
	.uncached = X86_PG_PWT | X86_PG_PCD,
	.table = X86_PG_V | X86_PG_RW,
};
/* end::format[] */

static void
map_range(vm_offset_t va, vm_paddr_t pa, size_t size, u_int prot, u_int level)
{
	for (; size > 0; size -= PMAP_LEVEL_SIZE(level)) {
		if (pmap_enter(&kernel_pmap, va, pa, prot, level) != 0)
			panic("pmap_bootstrap: no page for a table");
		va += PMAP_LEVEL_SIZE(level);
		pa += PMAP_LEVEL_SIZE(level);
	}
}

static void
map_dmap(vm_paddr_t end)
{
	u_int level = kernel_pmap.pm_maxlevel;

	map_range(DMAP_MIN_ADDRESS, 0, roundup2(end, PMAP_LEVEL_SIZE(level)),
	    VM_PROT_READ | VM_PROT_WRITE, level);
}

/* One section of the image, from its first byte to the next section's. */
static void
map_section(const char *start, const char *end, u_int prot)
{
	map_range((vm_offset_t)start, KERN_TO_PHYS(start), end - start, prot,
	    PMAP_LEVEL_4K);
}

static void
map_image(void)
{
	vm_offset_t guard = (vm_offset_t)boot_stack_guard;

	map_section(text_start, text_end, VM_PROT_READ | VM_PROT_EXECUTE);
	map_section(rodata_start, rodata_end, VM_PROT_READ);
	map_section(data_start, kernel_end, VM_PROT_READ | VM_PROT_WRITE);
	pmap_remove(&kernel_pmap, guard, guard + PAGE_SIZE);
}

/* Looks up what the processor can do for the rights in the entries. */
static u_int
pmap_identify(void)
{
	pt_entry_t *prot = pmap_format_kernel.prot;
	pt_entry_t nx;
	u_int p[4];

	do_cpuid(0x80000001, p);
	nx = (p[3] & AMDID_NX) != 0 ? X86_PG_NX : 0;
	for (u_int i = 0; i < 8; i++)
		prot[i] = ((i & VM_PROT_WRITE) != 0 ? X86_PG_RW : 0) |
		    ((i & VM_PROT_EXECUTE) != 0 ? 0 : nx);
	pmap_format_kernel.prot_mask = X86_PG_RW | nx;
	return ((p[3] & AMDID_PAGE1GB) != 0 ? PMAP_LEVEL_1G : PMAP_LEVEL_2M);
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
	pmap_take = take;
	if (pmap_pinit(&kernel_pmap, &pmap_format_kernel, pmap_identify(), 0) !=
	    0)
		panic("pmap_bootstrap: no page for the PML4");
	map_dmap(MAX(physmem_end, BOOT_MAPPED));
	map_image();
	pmap_take = NULL;
	load_cr3(kernel_pmap.pm_pml4);
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
	if (kernel_pmap.pm_pml4 == 0 || (int64_t)va >> 47 != (int64_t)va >> 63)
		return (false);
	return (pmap_extract(&kernel_pmap, va, pa));
}

/**
 * Drops this processor's translation of one page.
 * @param va	any address in the page
 */
void
pmap_invlpg(vm_offset_t va)
{
	invlpg(va);
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

	if (pmap_take != NULL)
		return (pmap_take(&pa) ? pa : 0);
	m = vm_page_alloc(0);
	if (m == NULL)
		return (0);
	atomic_add_long(&pmap_pages, 1);
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
	atomic_add_long(&pmap_pages, -(1UL << m->order));
	vm_page_free(m);
}
