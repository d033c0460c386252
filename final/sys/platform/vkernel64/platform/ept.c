/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A vkernel behind nested page tables: its page tables are the processor's.
 *
 * vmm_guest_ctl(2) makes the process a guest.  What it uses as addresses goes
 * through a page table of its own, and what that gives is an address of the
 * host's process, which the host maps as for any process: guest-physical is
 * what the host calls virtual.
 *
 *     kernel_pmap                      the host's process = guest-physical
 *     0 .. 32 GB     as it is ------>  program, C library, threads' stacks
 *       16 GB ..     (DMAP)   ------>  MEMORY_BASE: the physical memory
 *     KVA            4 KB     ------>  pages of that
 *     end - 2 MB     2 MB     ------>  STACK_BASE: the first thread's stack
 *
 *     a process's pmap
 *     0 .. end       4 KB     ------>  pages of the physical memory
 *
 * A process's table has nothing of the kernel: all of it would be in ring 3's
 * reach.  The host exchanges the tables (vmspace_ctl(2), whose id is the
 * table's address), so the host knows nothing of processes, and none of the
 * vmspace calls but that one is made.
 *
 * Translations.  When a thread gets another table the host drops what its
 * processor holds.  So a process's table concerns only those virtual processors
 * that are in it right now: pm_active says which.
 *
 *     who runs a process           who changes an entry
 *     1 sets its bit               1 changes the entry
 *     2 enters: nothing is held    2 looks for bits: one is set?
 *     3 clears its bit             3 stops everybody
 *
 * Either the bit is seen, or the process is entered later than the change.
 * vmm_guest_sync_addr(2) stops everybody: all leave the guest, a word is
 * exchanged, and all come back without any translation.  The word is nobody's:
 * pmap_table.c has exchanged the entry before, and takes the marks that the
 * processor may have left since when the call is done.  So one call does for
 * any number of entries.
 *
 * Source: DragonFly's platform/vkernel64/platform/{init,pmap}.c, for the way
 * in.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/vmm.h>
#include <sys/vmspace.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/globaldata.h>
#include <machine/host.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vkernel.h>
#include <machine/vkops.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

/** Where the physical memory is; up to VM_MMAP_MAX. */
#define MEMORY_BASE 0x0000000400000000
/** Size of the first thread's stack, which one entry of its table shows. */
#define STACK_SIZE  PMAP_LEVEL_SIZE(PMAP_LEVEL_2M)
/** Where it is in the host's process. */
#define STACK_BASE  (MEMORY_BASE - STACK_SIZE)

/* Nobody's entry: vmm_guest_sync_addr(2) is called for what it does besides. */
static volatile uint64_t sync_word;

static vm_paddr_t
ept_memory(const struct vk_config *config)
{
	int flags = MAP_ANON | MAP_SHARED | MAP_FIXED;
	long va;

	if (config->image >= 0)
		flags = MAP_FILE | MAP_SHARED | MAP_FIXED | MAP_NOSYNC;
	/* Programs of our processes lie in it, too. */
	va = host_mmap((void *)MEMORY_BASE, config->memory,
	    PROT_READ | PROT_WRITE | PROT_EXEC, flags, config->image, 0, 0);
	if (va < 0)
		panic("the host has no memory: error %ld", -va);
	dmap_min_address = 0;
	return (MEMORY_BASE);
}

/* tag::identity[] */
/* The largest page that an entry may show. */
static u_int
dmap_level(void)
{
	u_int p[4];

	do_cpuid(0x80000001, p);
	if ((p[3] & AMDID_PAGE1GB) == 0 || kgetenv_int("pages_1gb", 1) == 0)
		return (PMAP_LEVEL_2M);
	return (PMAP_LEVEL_1G);
}

static void
show(struct pmap *pmap, vm_offset_t va, vm_paddr_t pa, u_int prot, u_int level)
{
	if (pmap_enter(pmap, va, pa, prot, level) != 0)
		panic("no page for the kernel's page table");
}

/* Shows the process as it is; only the first GB have a program. */
static void
show_process(struct pmap *pmap, u_int level)
{
	vm_offset_t va;

	pmap->pm_maxlevel = level;
	for (va = 0; va < VM_MMAP_MIN; va += PMAP_LEVEL_SIZE(level))
		show(pmap, va, va, VM_PROT_ALL, level);
	for (; va < VM_MMAP_MAX; va += PMAP_LEVEL_SIZE(level))
		show(pmap, va, va, VM_PROT_READ | VM_PROT_WRITE, level);
	show(pmap, VM_MAX_USER_ADDRESS - STACK_SIZE, STACK_BASE, VM_PROT_ALL,
	    PMAP_LEVEL_2M);
}
/* end::identity[] */

/* Memory for the stack.  The host's code for signals is above it. */
static void
make_stack(void)
{
	long error;

	error = host_mmap((void *)STACK_BASE, STACK_SIZE,
	    PROT_READ | PROT_WRITE, MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1, 0,
	    0);
	if (error >= 0)
		error = host_mprotect(
		    (void *)(MEMORY_BASE -
			(VM_MAX_USER_ADDRESS - SIGCODE_ADDRESS)),
		    PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	if (error < 0)
		panic("the host has no memory for a stack: error %ld", -error);
}

/* tag::enter[] */
/* Here the process becomes a guest. */
static void
ept_kva(struct pmap *pmap)
{
	struct vmm_guest_options options = { .new_stack = MEMORY_BASE,
		.guest_cr3 = pmap->pm_pml4,
		.master = 1 };
	u_int level = dmap_level();
	long error;

	show_process(pmap, level);
	make_stack();
	error = host_vmm_guest_ctl(VMM_GUEST_RUN, &options);
	/* Each thread that is made from here on begins behind the table. */
	if (error == 0)
		error = host_vmspace_create(NULL, 0, NULL);
	if (error < 0)
		panic("the host has no nested page tables: error %ld", -error);
	kprintf("VMM: hardware page tables (EPT), %s pages\n",
	    level == PMAP_LEVEL_1G ? "1 GB" : "2 MB");
}
/* end::enter[] */

/* tag::inval[] */
/* No virtual processor has any translation after this that it had before. */
static void
drop_all(void)
{
	uint64_t value = 0;
	long error;

	error = host_vmm_guest_sync_addr(
	    (long *)(uintptr_t)&sync_word, (long *)&value);
	if (error < 0)
		panic("vmm_guest_sync_addr: error %ld", -error);
}

static void
ept_kva_inval(vm_offset_t va __unused)
{
	drop_all();
}

static void
ept_space_inval(
    struct vmspace *vm, vm_offset_t va __unused, size_t size __unused)
{
	/* The change must be out before the bits are looked at. */
	cpu_mfence();
	if (vm->vm_pmap.pm_active != 0)
		drop_all();
}

static int
ept_run(struct vmspace *vm, struct trapframe *tf, struct vextframe *vf)
{
	struct pmap *pmap = &vm->vm_pmap;
	u_long bit = 1UL << mycpuid;
	int error;

	atomic_set_long(&pmap->pm_active, bit);
	error = vk_run((void *)pmap->pm_pml4, VMSPACE_CTL_RUN, tf, vf);
	atomic_clear_long(&pmap->pm_active, bit);
	return (error);
}
/* end::inval[] */

/* The page table is all there is. */
static int
ept_space_create(struct vmspace *vm __unused)
{
	return (0);
}

static void
ept_space_destroy(struct vmspace *vm __unused)
{
	KASSERT(vm->vm_pmap.pm_active == 0,
	    ("processors %#lx run in memory that is freed",
		vm->vm_pmap.pm_active));
}

/** Behind nested page tables. */
const struct vk_ops vk_ops_ept = {
	.name = "EPT",
	.memory = ept_memory,
	.kva = ept_kva,
	.kva_inval = ept_kva_inval,
	.space_create = ept_space_create,
	.space_destroy = ept_space_destroy,
	.space_inval = ept_space_inval,
	.inval_all = true,
	.run = ept_run,
};
