/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page tables: the kernel's for KVA, and one for each process.
 *
 * The walker is pmap_table.c's, the format is the processor's, which is that
 * of vptes, too.  Here is how translations are dropped: whoever uses the tables
 * for us, the host or the processor, is told through vk_ops.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vkops.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

/** The kernel's tables. */
struct pmap kernel_pmap;
/** Pages that pmap_page_alloc() has given out, and that are not free again. */
volatile u_long pmap_pages;
/** Where physical address 0 is. */
vm_offset_t dmap_min_address;
/** The first physical address that there is. */
vm_paddr_t phys_base;

#define PROT(nx)                                                               \
	{                                                                      \
		[VM_PROT_NONE] = nx, [VM_PROT_READ] = nx,                      \
		[VM_PROT_WRITE] = X86_PG_RW | (nx),                            \
		[VM_PROT_READ | VM_PROT_WRITE] = X86_PG_RW | (nx),             \
		[VM_PROT_EXECUTE] = 0, [VM_PROT_READ | VM_PROT_EXECUTE] = 0,   \
		[VM_PROT_WRITE | VM_PROT_EXECUTE] = X86_PG_RW,                 \
		[VM_PROT_ALL] = X86_PG_RW                                      \
	}

/* Programs of the host are in ring 3, and so are we: U is in every entry. */
static const struct pmap_format format = {
	.name = "vkernel",
	.bits = {
		[PG_V_IDX] = X86_PG_V,
		[PG_RW_IDX] = X86_PG_RW,
		[PG_A_IDX] = X86_PG_A,
		[PG_M_IDX] = X86_PG_M,
		[PG_PS_IDX] = X86_PG_PS,
		[PG_W_IDX] = X86_PG_AVAIL1,
		[PG_MANAGED_IDX] = X86_PG_AVAIL2,
	},
	.prot = PROT(X86_PG_NX),
	.prot_mask = X86_PG_RW | X86_PG_NX,
	.leaf = X86_PG_V | X86_PG_U,
	.uncached = X86_PG_PWT | X86_PG_PCD,
	.table = X86_PG_V | X86_PG_RW | X86_PG_U,
};

/** Makes the kernel's page table; the page allocator runs. */
void
pmap_bootstrap(void)
{
	if (pmap_pinit(&kernel_pmap, &format, PMAP_LEVEL_4K, 0) != 0)
		panic("pmap_bootstrap: no page for the PML4");
	vk_ops->kva(&kernel_pmap);
}

/**
 * Translates an address of KVA.
 * @param va	address
 * @param pa	physical address, set on success
 * @return	whether va is mapped
 */
bool
pmap_kextract(vm_offset_t va, vm_paddr_t *pa)
{
	return (pmap_extract(&kernel_pmap, va, pa));
}

/**
 * Drops a translation of a kernel address from all processors.
 * @param va	any address in the page
 */
void
pmap_invlpg(vm_offset_t va)
{
	vk_ops->kva_inval(trunc_page(va));
}

/**
 * Allocates a page of zeros for a table or a stack.  Does not sleep.
 * @return	its physical address, or 0 when there is no page
 */
vm_paddr_t
pmap_page_alloc(void)
{
	vm_page_t m = vm_page_alloc(0);

	if (m == NULL)
		return (0);
	atomic_add_long(&pmap_pages, 1);
	bzero(PHYS_TO_DMAP(vm_page_phys(m)), PAGE_SIZE);
	return (vm_page_phys(m));
}

/**
 * Frees a page.
 * @param pa	its physical address
 */
void
pmap_page_free(vm_paddr_t pa)
{
	vm_page_t m = vm_page_lookup(pa);

	if (m == NULL)
		panic("pmap_page_free: %#lx is not a page", pa);
	atomic_add_long(&pmap_pages, -(1UL << m->order));
	vm_page_free(m);
}

/* --- processes --- */

static struct vmspace *
space_of(struct pmap *pmap)
{
	return ((struct vmspace *)(void *)((char *)pmap -
	    __offsetof(struct vmspace, vm_pmap)));
}

/* tag::quiesce[] */
/**
 * Returns when nobody uses what was noted: pm_quiesce of processes' pmaps.
 * Neighbours go with one call.
 * @param arg	the pmap, locked
 */
void
pmap_user_quiesce(void *arg)
{
	struct pmap *pmap = arg;
	struct vmspace *vm = space_of(pmap);
	u_int i, n;

	if (vk_ops->inval_all || pmap->pm_ninv > PMAP_NINV) {
		vk_ops->space_inval(vm, 0, VM_MAX_USER_ADDRESS);
	} else {
		for (i = 0; i < pmap->pm_ninv; i += n) {
			for (n = 1; i + n < pmap->pm_ninv &&
			     pmap->pm_inv[i + n] == pmap->pm_inv[i] + ptoa(n);
			     n++)
				;
			vk_ops->space_inval(vm, pmap->pm_inv[i], ptoa(n));
		}
	}
	pmap->pm_ninv = 0;
}
/* end::quiesce[] */

/**
 * Drops what has been noted since pmap_defer().
 * @param pmap	of a process, locked
 */
void
pmap_flush(struct pmap *pmap)
{
	pmap->pm_quiesce = pmap_user_quiesce;
	if (pmap->pm_ninv != 0)
		pmap_user_quiesce(pmap);
}

/** Nothing has to be prepared for processes' pmaps. */
void
pmap_user_init(void)
{
}

/**
 * Makes the pmap of an address space, empty.
 * @param vm	its vm_pmap is filled in
 * @return	0 or ENOMEM
 */
int
pmap_user_pinit(struct vmspace *vm)
{
	struct pmap *pmap = &vm->vm_pmap;

	if (pmap_pinit(pmap, &format, PMAP_LEVEL_4K, 0) != 0)
		return (ENOMEM);
	pmap->pm_invalidate = pmap_user_invalidate;
	pmap->pm_quiesce = pmap_user_quiesce;
	pmap->pm_quiesce_arg = pmap;
	pmap->pm_resident = &vm->vm_resident;
	if (vk_ops->space_create(vm) == 0)
		return (0);
	pmap_release(pmap);
	return (ENOMEM);
}

/**
 * Nobody uses the tables any more.
 * @param vm	its pmap
 */
void
pmap_user_unload(struct vmspace *vm __unused)
{
}

/**
 * Frees the tables; after pmap_user_unload().
 * @param vm	its pmap
 */
void
pmap_user_release(struct vmspace *vm)
{
	vk_ops->space_destroy(vm);
	pmap_release(&vm->vm_pmap);
	vm->vm_resident = 0;
}

/**
 * Nothing is loaded: a process's tables come with each run of it.
 * @param vm	whose
 */
void
pmap_activate(struct vmspace *vm __unused)
{
}
