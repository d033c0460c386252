/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page tables of processes.
 *
 *     PML4   0..255    the process's own
 *            256..511  the kernel's: the same tables in every process
 *
 * The walker is pmap_table.c's; this file gives it a format with the U bit,
 * shares the kernel's half, and loads tables into processors.  All tables that
 * entries 256 to 511 of the kernel's PML4 will ever lead to exist when the
 * kernel's pmap is made: DMAP is one entry, all other kernel addresses are
 * under the last one.  So a copy never gets old.
 *
 * pm_active says which processors have a pmap loaded; it is set before CR3 is,
 * and cleared after, so that a processor that is not in it holds none of its
 * translations (there are no PCIDs: loading CR3 drops them all).
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

#define KERNEL_SLOT   (NPTEPG / 2)
#define PML4_SLOT(va) ((u_int)((va) >> PML4SHIFT & (NPTEPG - 1)))

/* No new entry of the PML4 may come later. */
CTASSERT(DMAP_MAX_SIZE == NBPML4);
CTASSERT((KERNBASE >> PML4SHIFT & (NPTEPG - 1)) == NPTEPG - 1);
CTASSERT((PERCPU_MIN_ADDRESS >> PML4SHIFT & (NPTEPG - 1)) == NPTEPG - 1);
CTASSERT((KSTACK_MIN_ADDRESS >> PML4SHIFT & (NPTEPG - 1)) == NPTEPG - 1);
CTASSERT((DEVMAP_MIN_ADDRESS >> PML4SHIFT & (NPTEPG - 1)) == NPTEPG - 1);

/* The kernel's with the U bit: made by pmap_user_init(). */
static struct pmap_format pmap_format_user;

/** Whether user pages are out of reach but between STAC and CLAC: support.S. */
extern u_char cpu_smap;

/**
 * Prepares for user pmaps; once, before there is any.
 */
void
pmap_user_init(void)
{
	const pt_entry_t *pml4 = PHYS_TO_DMAP(kernel_pmap.pm_pml4);
	const struct pmap_format *kernel = kernel_pmap.pm_format;

	pmap_format_user = *kernel;
	pmap_format_user.name = "user";
	pmap_format_user.leaf |= X86_PG_U;
	pmap_format_user.table |= X86_PG_U;
	KASSERT((pml4[PML4_SLOT(DMAP_MIN_ADDRESS)] & X86_PG_V) != 0 &&
		(pml4[PML4_SLOT(KERNBASE)] & X86_PG_V) != 0,
	    ("pmap_user_init: the kernel's tables are not complete"));
	cpu_smap = (rcr4() & CR4_SMAP) != 0;
}

/**
 * Makes the pmap of an address space, empty but for the kernel's half; that of
 * a guest's memory is EPT (vmm_mem.c).
 * @param vm	its vm_pmap is filled in
 * @return	0 or ENOMEM
 */
int
pmap_user_pinit(struct vmspace *vm)
{
	struct pmap *pmap = &vm->vm_pmap;
	pt_entry_t *pml4, *kernel = PHYS_TO_DMAP(kernel_pmap.pm_pml4);

	if (vm->vm_vmm != NULL)
		return (vmm_pinit(vm));
	if (pmap_pinit(pmap, &pmap_format_user, PMAP_LEVEL_4K, 0) != 0)
		return (ENOMEM);
	pml4 = PHYS_TO_DMAP(pmap->pm_pml4);
	memcpy(&pml4[KERNEL_SLOT], &kernel[KERNEL_SLOT],
	    KERNEL_SLOT * sizeof(*pml4));
	pmap->pm_shared = KERNEL_SLOT;
	pmap->pm_invalidate = pmap_user_invalidate;
	pmap->pm_quiesce = pmap_user_quiesce;
	pmap->pm_quiesce_arg = pmap;
	pmap->pm_resident = &vm->vm_resident;
	return (0);
}

/* On a processor that may still have the tables loaded. */
static void
unload(void *arg)
{
	if (mycpu->gd_vmspace == arg)
		pmap_activate(NULL);
}

/**
 * Takes the tables out of all processors.  The address space has no users any
 * more; a kernel thread may have kept it loaded.
 * @param vm	its pmap
 */
void
pmap_user_unload(struct vmspace *vm)
{
	unload(vm);
	if (vm->vm_pmap.pm_active != 0)
		lwkt_ipiq_all_wait(unload, vm, vm->vm_pmap.pm_active);
	KASSERT(vm->vm_pmap.pm_active == 0,
	    ("pmap_user_unload: in use on processors %#lx",
		vm->vm_pmap.pm_active));
}

/**
 * Frees the tables; after pmap_user_unload().
 * @param vm	its pmap
 */
void
pmap_user_release(struct vmspace *vm)
{
	KASSERT(vm->vm_pmap.pm_active == 0,
	    ("pmap_user_release: in use on processors %#lx",
		vm->vm_pmap.pm_active));
	pmap_release(&vm->vm_pmap);
	vm->vm_resident = 0;
}

/**
 * Loads tables into this processor.  Cheap if they are loaded already.
 * @param vm	whose; NULL: the kernel's own
 */
void
pmap_activate(struct vmspace *vm)
{
	struct globaldata *gd = mycpu;
	struct vmspace *old;
	u_long bit = 1UL << gd->gd_cpuid;
	bool intr = intr_enabled();

	if (gd->gd_vmspace == vm)
		return;
	intr_disable();
	old = gd->gd_vmspace;
	if (vm != NULL)
		atomic_set_long(&vm->vm_pmap.pm_active, bit);
	gd->gd_vmspace = vm;
	/* Nested tables are not the processor's own: part of no CR3. */
	load_cr3(vm != NULL && (vm->vm_pmap.pm_flags & PMAP_HVM) == 0
		? vm->vm_pmap.pm_pml4
		: kernel_pmap.pm_pml4);
	if (old != NULL)
		atomic_clear_long(&old->vm_pmap.pm_active, bit);
	if (intr)
		intr_enable();
}
