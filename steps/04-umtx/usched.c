/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads of a process, and who of them runs.
 *
 *               usched_choose()
 *     RUN  ----------------------> in the guest
 *      ^ <----------------------      |
 *      |      timer, yield            | umtx_sleep()
 *      |                              v
 *      +--------------------------- SLEEP
 *          lwp_wakeup(): umtx_wakeup(), time, signal
 *
 * A thread is a VMCS and its registers.  It has no stack in the host: a
 * system call that sleeps returns to the run loop without having given a
 * result, and whoever wakes the thread gives it.  The timer only counts and
 * asks for another choice; all else happens in the run loop, with interrupts
 * off.  One processor, no locks.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <vm/vm_page.h>
#include "vmm.h"

/** Clock ticks since the start, HZ in a second. */
volatile u_long ticks;
/** The thread that runs shall make way. */
volatile bool need_resched;

static void
hardclock(struct trapframe *tf __unused)
{
	ticks++;
	need_resched = true;
}

/** Starts the clock of this processor, whose local APIC is on. */
void
usched_init(void)
{
	intr_register(VECTOR_TIMER, hardclock);
	lapic_timer_periodic(HZ);
}

/**
 * Makes a thread that is ready to run.
 * @param p	its process
 * @param rip	where it starts
 * @param rsp	its stack pointer there
 * @param rdi	its argument
 * @return	the thread, or NULL: no room, or no memory
 */
struct vmx_thread_info *
lwp_alloc(struct proc *p, vm_offset_t rip, vm_offset_t rsp, register_t rdi)
{
	struct vmx_thread_info *vti = p->lwp;

	while (vti < p->lwp + MAXLWP && vti->state != LWP_NONE)
		vti++;
	if (vti == p->lwp + MAXLWP || vm_page_free_count() < VM_RESERVE)
		return (NULL);
	lwp_init(p, vti, rip, rsp, rdi);
	vti->state = LWP_RUN;
	return (vti);
}

/**
 * Frees a thread.
 * @param vti	thread that does not run, or does not return to the guest
 */
void
lwp_free(struct vmx_thread_info *vti)
{
	vmx_vmdestroy(vti);
	vti->state = LWP_NONE;
}

/**
 * Ends a thread, and the process if it shall end or has no other thread.
 * @param vti		thread
 * @param process	whether the process ends
 * @param status	with this, in both cases
 */
void
lwp_exit(struct vmx_thread_info *vti, bool process, int status)
{
	struct proc *p = vti->proc;
	u_int others = 0;

	for (u_int i = 0; i < MAXLWP; i++)
		others += p->lwp[i].state != LWP_NONE && &p->lwp[i] != vti;
	if (process || others == 0)
		guest_ended(p, GUEST_EXITED, status);
	lwp_free(vti);
}

/**
 * Frees all threads of a process that has ended.
 * @param p	process
 */
void
lwp_free_all(struct proc *p)
{
	for (u_int i = 0; i < MAXLWP; i++)
		if (p->lwp[i].state != LWP_NONE)
			lwp_free(&p->lwp[i]);
}

/* tag::wait[] */
/**
 * Puts the thread that makes a system call to sleep, until lwp_wakeup().
 * @param vti	thread
 * @param wchan	what it waits for
 * @param us	microseconds until EWOULDBLOCK, 0 for never
 */
void
lwp_sleep(struct vmx_thread_info *vti, vm_paddr_t wchan, u_long us)
{
	vti->state = LWP_SLEEP;
	vti->wchan = wchan;
	vti->order = ++vti->proc->sleeps;
	/* Not a tick too early: the running one is partly over. */
	vti->deadline = us == 0 ? 0 : ticks + (us * HZ + 999999) / 1000000 + 1;
}

/**
 * Wakes a thread: its system call ends with this error.
 * @param vti	thread that sleeps
 * @param error	errno, or 0
 */
void
lwp_wakeup(struct vmx_thread_info *vti, int error)
{
	struct sysmsg sm = { .result = { 0, vti->guest.vg_frame.tf_rdx } };

	vti->state = LWP_RUN;
	syscall_return(vti, &sm, error);
}

/* Ends the sleep of those whose time is over; whether some still wait. */
static bool
wake_late(struct proc *p)
{
	struct vmx_thread_info *vti;
	bool waiting = false;

	for (vti = p->lwp; vti < p->lwp + MAXLWP; vti++) {
		if (vti->state != LWP_SLEEP || vti->deadline == 0)
			continue;
		/* LAB 04.8 begin: end a sleep whose time is over */
		if ((long)(ticks - vti->deadline) >= 0)
			lwp_wakeup(vti, EWOULDBLOCK);
		else
			waiting = true;
		/* LAB 04.8 end */
	}
	return (waiting);
}
/* end::wait[] */

/* tag::idle[] */
/* Halts until an interrupt, and keeps account of it. */
static void
idle(struct idle *account)
{
	uint64_t start = rdtsc();

	if (account->began == 0)
		account->began = start;
	/* LAB 04.9 begin: halt until an interrupt */
	cpu_idle();
	/* LAB 04.9 end */
	account->ended = rdtsc();
	account->halted += account->ended - start;
}
/* end::idle[] */

/* tag::choose[] */
/**
 * Chooses who runs next, in turn, and waits for somebody if nobody can.
 * @param p	process
 * @return	a thread, or NULL: the process has ended, because all its
 *		threads sleep and none of them would ever wake up
 */
struct vmx_thread_info *
usched_choose(struct proc *p)
{
	struct vmx_thread_info *vti;

	for (;;) {
		bool waiting = wake_late(p);

		/* LAB 04.2 begin: choose the next thread in turn */
		need_resched = false;
		for (u_int i = 1; i <= MAXLWP; i++) {
			vti = &p->lwp[(p->last + i) % MAXLWP];
			if (vti->state != LWP_RUN)
				continue;
			p->last = vti - p->lwp;
			return (vti);
		}
		/* LAB 04.2 end */
		if (!waiting)
			break;
		idle(&p->idle);
	}
	kprintf("%s: every thread sleeps, and none of them will be woken; "
		"guest ended\n",
	    p->name);
	guest_ended(p, GUEST_STUCK, 0);
	return (NULL);
}
/* end::choose[] */
