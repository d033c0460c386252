/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The memory of a process behind nested page tables: EPT in place of the
 * ordinary tables, and who has to leave the guest when it changes.
 *
 *     vp_cpumask    processors that may be inside: whom to interrupt
 *     vp_cpulock    bit 0 EXCL: nobody may enter; above: how many are inside
 *     pm_invgen     counts what EPT has taken away; who enters with an older
 *                   one does an INVEPT
 *     vp_lineargen  the same for the process's own page table, and INVVPID
 *
 *     entering                           stopping the others
 *     1 set the own bit in the mask      1 set EXCL
 *     2 EXCL? clear the bit, back off    2 interrupt who is in the mask
 *       else count up, as one step       3 wait until the count is 0
 *     3 compare generations, flush       4 change, count the generation up
 *     4 the guest                        5 clear EXCL
 *     5 clear the bit, count down
 *
 * The bit comes before the count: who is counted can be interrupted.  The
 * generation is compared after the count: who got in before EXCL was set is
 * waited for, and who gets in later sees the new generation.  The model in
 * final/test/model tries every order of the steps.  Source: DragonFly's
 * sys_vmm.c and vmx_vmrun(), for the protocol.
 *
 * Order of locks: vm_pmap_spin, then EXCL.  Who waits for EXCL or for the
 * count serves messages, as who waits for a spinlock does.
 *
 * How the kernel reads and writes this memory is in vmm_access.c.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>
#include "ept.h"
#include "vmm_copyio.h"
#include "vmx.h"

static MALLOC_DEFINE(M_VMM, "VMM memories");

/* VPIDs in use, by bit; 0 is the host's. */
#define NVPID 4096
static u_long vpids[NVPID / 64] = { 1 };
static struct spinlock vpid_lock = SPINLOCK_INITIALIZER("vpid");

/* A free VPID, or 0: the address space then goes without. */
static uint16_t
vpid_alloc(void)
{
	uint16_t vpid = 0;

	spin_lock(&vpid_lock);
	for (u_int i = 0; vpid == 0 && i < nitems(vpids); i++)
		if (vpids[i] != ~0UL) {
			u_int bit = __builtin_ctzl(~vpids[i]);

			vpids[i] |= 1UL << bit;
			vpid = i * 64 + bit;
		}
	spin_unlock(&vpid_lock);
	return (vpid);
}

static void
vpid_free(uint16_t vpid)
{
	if (vpid == 0)
		return;
	spin_lock(&vpid_lock);
	vpids[vpid / 64] &= ~(1UL << vpid % 64);
	spin_unlock(&vpid_lock);
}

/**
 * Makes what an address space needs besides its pmap; vmspace_fork_nested()
 * gives it one.  May sleep for memory.
 * @param guest_cr3	where the process's page table is, in it
 * @return		not part of an address space yet
 */
struct vmm_proc *
vmm_proc_alloc(register_t guest_cr3)
{
	struct vmm_proc *vmm = kmalloc(sizeof(*vmm), M_VMM, M_WAITOK | M_ZERO);

	vmm->vp_guest_cr3 = guest_cr3;
	vmm->vp_vpid = vmx_uses_vpid() ? vpid_alloc() : 0;
	/* Whoever had this VPID or this EPT root before may have left
	 * translations in any processor: none has seen these generations. */
	for (u_int i = 0; i < MAXCPU; i++)
		vmm->vp_cpu[i].eptgen = vmm->vp_cpu[i].lineargen = -1UL;
	return (vmm);
}

/**
 * @param vmm	of no thread any more; or NULL
 */
void
vmm_proc_free(struct vmm_proc *vmm)
{
	if (vmm == NULL)
		return;
	KASSERT(vmm->vp_cpumask == 0 && vmm->vp_cpulock == 0,
	    ("vmm_proc_free: a processor is in the guest"));
	vpid_free(vmm->vp_vpid);
	kfree(vmm, M_VMM);
}

/**
 * @param vmm	of an address space
 * @return	page table that its threads start with
 */
register_t
vmm_proc_cr3(const struct vmm_proc *vmm)
{
	return (vmm->vp_guest_cr3);
}

/* --- EPT --- */

/* Whether a processor may hold what `old` said and `new` does not. */
static bool
takes_away(const struct pmap *pmap, pt_entry_t old, pt_entry_t new)
{
	pt_entry_t given = EPT_PG_R | EPT_PG_W | EPT_PG_X | EPT_PG_A | EPT_PG_M;
	pt_entry_t lost = old & ~new &given;

	/* Marks that only software knows are in no TLB; but the kernel's own
	 * accesses remember that a page has them. */
	return (lost != 0 ||
	    ((old ^ new) &
		~(given | pmap->pm_format->bits[PG_W_IDX] |
		    pmap->pm_format->bits[PG_MANAGED_IDX])) != 0);
}

/* pm_invalidate of EPT: see pmap_inval.c. */
static void
ept_invalidate(
    struct pmap *pmap, vm_offset_t va __unused, pt_entry_t old, pt_entry_t new)
{
	if (!takes_away(pmap, old, new))
		return;
	pmap->pm_ninv++;
	pmap->pm_invgen++;
}

/**
 * Makes the pmap of an address space that has a vm_vmm: pmap_user_pinit()'s.
 * @param vm	its vm_pmap is filled in
 * @return	0 or ENOMEM
 */
int
vmm_pinit(struct vmspace *vm)
{
	struct pmap *pmap = &vm->vm_pmap;

	if (ept_pinit(pmap, &vmx_caps) != 0)
		return (ENOMEM);
	pmap->pm_invalidate = ept_invalidate;
	pmap->pm_quiesce = vmm_quiesce;
	pmap->pm_quiesce_arg = vm;
	pmap->pm_resident = &vm->vm_resident;
	vm->vm_vmm->vp_vmspace = vm;
	vm->vm_vmm->vp_eptp = ept_pointer(pmap);
	return (0);
}

/* tag::enter[] */
/**
 * Asks to enter the guest on this processor.  Interrupts are off.
 * @param vmm	memory
 * @return	false: who wants everybody out has it; let interrupts in, and
 *		ask again
 */
bool
vmm_enter(struct vmm_proc *vmm)
{
	u_long bit = 1UL << mycpuid;
	u_int lock;

	atomic_set_long(&vmm->vp_cpumask, bit);
	do {
		lock = atomic_load_acq_int(&vmm->vp_cpulock);
		if ((lock & CPULOCK_EXCL) != 0) {
			atomic_clear_long(&vmm->vp_cpumask, bit);
			return (false);
		}
	} while (
	    !atomic_cmpset_int(&vmm->vp_cpulock, lock, lock + CPULOCK_INCR));
	return (true);
}

/**
 * This processor has left the guest.  Interrupts are off.
 * @param vmm	memory
 */
void
vmm_leave(struct vmm_proc *vmm)
{
	atomic_clear_long(&vmm->vp_cpumask, 1UL << mycpuid);
	atomic_add_int(&vmm->vp_cpulock, -CPULOCK_INCR);
}
/* end::enter[] */

/* Makes other processors leave the guest, if only to come back. */
static void
kick(u_long mask)
{
	mask &= ~(1UL << mycpuid);
	for (; mask != 0; mask &= mask - 1) {
		lapic_ipi(__builtin_ctzl(mask), VECTOR_IPI);
		vmm_cpus[mycpuid].kicks++;
	}
}

/* tag::stop[] */
/**
 * Gets every processor out of the guest, and keeps them out until vmm_go().
 * Interrupts are off; messages of other processors are served meanwhile.
 * @param vmm	memory; its pmap is locked
 */
void
vmm_stop(struct vmm_proc *vmm)
{
	/* One locked OR: a compare-and-set of the word could lose for ever
	 * against those who come and go. */
	while ((__atomic_fetch_or(
		    &vmm->vp_cpulock, CPULOCK_EXCL, __ATOMIC_SEQ_CST) &
		   CPULOCK_EXCL) != 0) {
		cpu_pause();
		lwkt_process_ipiq();
	}
	vmm_cpus[mycpuid].stops++;
	if ((vmm->vp_cpulock & CPULOCK_CNTMASK) != 0)
		kick(vmm->vp_cpumask);
	while ((atomic_load_acq_int(&vmm->vp_cpulock) & CPULOCK_CNTMASK) != 0) {
		cpu_pause();
		lwkt_process_ipiq();
	}
}

/**
 * Lets them in again.
 * @param vmm	memory, stopped by this processor
 */
void
vmm_go(struct vmm_proc *vmm)
{
	atomic_clear_int(&vmm->vp_cpulock, CPULOCK_EXCL);
}
/* end::stop[] */

/*
 * The oracle of debug builds: nobody is in the guest with a generation older
 * than the one in force.  An emulator that forgets all translations at every
 * exit would show a missing flush on another processor at best.
 */
static void
check_inside(const struct vmm_proc *vmm, u_long gen __unused)
{
	for (u_int i = 0; i < ncpus; i++) {
		u_long inside __unused = vmm->vp_cpu[i].inside; /* once */

		KASSERT(inside == 0 || (long)(inside - 1 - gen) >= 0,
		    ("processor %u is in the guest with generation %lu, but "
		     "what %lu took away is being reused",
			i, inside - 1, gen));
	}
}

/* tag::quiesce[] */
/**
 * Returns when no processor uses what EPT said before pm_invgen counted up:
 * pm_quiesce of EPT.
 * @param arg	address space, its pmap is locked
 */
void
vmm_quiesce(void *arg)
{
	struct vmspace *vm = arg;
	struct vmm_proc *vmm = vm->vm_vmm;

	/* The new generation must be out before the count is looked at: who is
	 * not counted yet will see it.  A store and a load of another word are
	 * the two that the processor may exchange. */
	cpu_mfence();
	if ((atomic_load_acq_int(&vmm->vp_cpulock) & CPULOCK_CNTMASK) != 0) {
		vmm_stop(vmm);
		vmm_go(vmm);
	}
	vm->vm_pmap.pm_ninv = 0;
	check_inside(vmm, vm->vm_pmap.pm_invgen);
}
/* end::quiesce[] */

/**
 * Has every thread that enters from now on forget what it knows of the
 * process's own page table.
 * @param vm	has a vm_vmm
 */
void
vmm_flush_linear(struct vmspace *vm)
{
	atomic_add_long(&vm->vm_vmm->vp_lineargen, 1);
}
