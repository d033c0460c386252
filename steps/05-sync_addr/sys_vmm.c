/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * All virtual CPUs out of the guest, and a page-table entry changed while
 * they are.
 *
 *     p_vmm_cpumask   processors that may be in the guest: whom to interrupt
 *     p_vmm_cpulock   bit 0 EXCL: nobody may enter; above: how many have
 *     pm_invgen       counts changes; who enters with an older one flushes
 *
 *     entering                           stopping the others
 *     1 set the own bit in the mask      1 set EXCL
 *     2 EXCL? clear the bit, back off    2 interrupt who is in the mask
 *       else count up, as one step       3 wait until the count is 0
 *     3 compare generations, flush       4 change, count pm_invgen up
 *     4 the guest                        5 clear EXCL
 *     5 clear the bit, count down
 *
 * The bit comes before the count: who is counted can be interrupted.  The
 * generation is compared after the count: who got in before EXCL was set will
 * be waited for, and who gets in later sees the new generation.  Waiting is
 * for the count and not for the mask, whose bits also those set who are about
 * to back off.  The model in final/test/model tries every order of the steps
 * of two processors, and of three.
 *
 * A change of the EPT itself, vmm_quiesce(), counts first and stops only whom
 * it finds inside.
 *
 * Interrupts are off throughout, and the interrupt itself does nothing: it is
 * there to force an exit.  Source: DragonFly's sys/kern/sys_vmm.c and
 * vmx_vmrun(), for the protocol.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include "vmm.h"

#define CPULOCK_EXCL	0x00000001
#define CPULOCK_INCR	0x00000002
#define CPULOCK_CNTMASK 0x7ffffffe

/** Interrupts sent to other processors; a count for people, not exact. */
uint64_t ipi_count;

/* tag::enter[] */
/**
 * Asks to enter the guest on this processor.
 * @param p	process
 * @return	false if its virtual CPUs have to stay out until EXCL is clear:
 *		the caller lets go of what its holder may wait for, and asks
 *		again
 */
bool
vmm_enter(struct proc *p)
{
	/* LAB 05.2 begin: enter, unless somebody wants all others out */
	u_long bit = 1UL << mycpuid;
	u_int lock;

	atomic_set_long(&p->p_vmm_cpumask, bit);
	do {
		lock = atomic_load_acq_int(&p->p_vmm_cpulock);
		if ((lock & CPULOCK_EXCL) != 0) {
			atomic_clear_long(&p->p_vmm_cpumask, bit);
			return (false);
		}
	} while (
	    !atomic_cmpset_int(&p->p_vmm_cpulock, lock, lock + CPULOCK_INCR));
	return (true);
	/* LAB 05.2 end */
}

/**
 * This processor has left the guest.
 * @param p	process
 */
void
vmm_leave(struct proc *p)
{
	atomic_clear_long(&p->p_vmm_cpumask, 1UL << mycpuid);
	atomic_add_int(&p->p_vmm_cpulock, -CPULOCK_INCR);
}
/* end::enter[] */

/**
 * Makes other processors leave the guest, if only to come back.
 * @param mask	which; this one is left out
 */
void
vmm_interrupt(u_long mask)
{
	mask &= ~(1UL << mycpuid);
	for (; mask != 0; mask &= mask - 1) {
		lapic_ipi(__builtin_ctzl(mask), VECTOR_IPI);
		ipi_count++;
	}
}

/* tag::stop[] */
/* Gets all virtual CPUs out of the guest and keeps them there. */
static void
vmm_stop(struct proc *p)
{
	/* LAB 05.6 begin: get everybody out of the guest, and wait for it */
	/* One locked OR: a compare-and-set of the word could lose for ever
	 * against those who come and go. */
	while ((__atomic_fetch_or(
		    &p->p_vmm_cpulock, CPULOCK_EXCL, __ATOMIC_SEQ_CST) &
		   CPULOCK_EXCL) != 0)
		cpu_pause();
	if ((p->p_vmm_cpulock & CPULOCK_CNTMASK) != 0)
		vmm_interrupt(p->p_vmm_cpumask);
	while ((atomic_load_acq_int(&p->p_vmm_cpulock) & CPULOCK_CNTMASK) != 0)
		cpu_pause();
	/* LAB 05.6 end */
}

static void
vmm_go(struct proc *p)
{
	atomic_clear_int(&p->p_vmm_cpulock, CPULOCK_EXCL);
}
/* end::stop[] */

/* tag::quiesce[] */
/**
 * The oracle of debug builds: panics if a processor is in the guest with a
 * generation older than the one in force.  Bochs forgets all translations at
 * every exit, so that a missing flush would show on another processor at best.
 * @param arg	process
 */
void
vmm_check(void *arg)
{
	const struct proc *p = arg;
	u_long gen __unused = p->map.pmap.pm_invgen;

	for (u_int i = 0; i < ncpus; i++) {
		u_long inside __unused = p->inside[i]; /* read once */

		KASSERT(inside == 0 || (long)(inside - 1 - gen) >= 0,
		    ("processor %u is in the guest with generation %lu, but "
		     "what %lu took away is being reused",
			i, inside - 1, gen));
	}
}

/**
 * Waits until no processor uses what the process's EPT said before its
 * generation counted up; for struct pmap.
 * @param arg	process
 */
void
vmm_quiesce(void *arg)
{
	struct proc *p = arg;

	/* The new generation must be out before the count is looked at: who
	 * is not counted yet will see it.  A store and a load of another word
	 * are the two that the processor may exchange. */
	cpu_mfence();
	if ((atomic_load_acq_int(&p->p_vmm_cpulock) & CPULOCK_CNTMASK) != 0) {
		vmm_stop(p);
		vmm_go(p);
	}
	vmm_check(p);
}
/* end::quiesce[] */

/* tag::sync[] */
/**
 * vmm_guest_sync_addr(dst, src): exchanges the 64 bits at dst, an entry of a
 * guest's page table, with those at src, while no virtual CPU is in the guest.
 * None of them has the old entry in its TLB any more when it comes back.
 *
 * dst NULL changes nothing; the exit itself has flushed this virtual CPU.
 *
 * @param vti	thread
 * @param sm	arguments, linear addresses of the guest
 * @return	0, and the old entry is at src; EFAULT: dst or src is not
 *		aligned or not memory to write, and nothing is changed
 */
int
sys_vmm_guest_sync_addr(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	vm_offset_t dst = sm->arg[0], src = sm->arg[1];
	struct proc *p = vti->proc;
	uint64_t *entry, *value;
	int error = EFAULT;

	if (dst == 0)
		return (0);
	if (((dst | src) & 7) != 0)
		return (EFAULT);
	vmm_stop(p);
	/* LAB 05.7 begin: exchange the entry, or change nothing */
	/* First whether both can be written: a failed read must never get
	 * into a page table, nor an old entry get lost. */
	value = vmm_linear_page(&vti->linear, src, VM_PROT_WRITE);
	entry = vmm_linear_page(&vti->linear, dst, VM_PROT_WRITE);
	if (value != NULL && entry != NULL) {
		*value = atomic_swap_long(entry, *value);
		error = 0;
	}
	p->map.pmap.pm_invgen++;
	/* LAB 05.7 end */
	vmm_check(p);
	vmm_go(p);
	return (error);
}
/* end::sync[] */
