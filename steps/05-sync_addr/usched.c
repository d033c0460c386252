/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads of a process, and which of them runs on which processor.
 *
 *               usched_choose()
 *     RUN  ----------------------> in the guest, on one processor
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
 * off.
 *
 * One lock, vmm_lock, guards all of it and everything that system calls and
 * faults touch.  It is held in the run loop except in the guest and while
 * idle.  Who waits for others to leave the guest may hold it: they leave
 * before they ask for it.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <vm/vm_page.h>
#include "vmm.h"

/** Clock ticks since the start, HZ in a second. */
volatile u_long ticks;
/** Guards processes and threads; taken before the page allocator's. */
struct spinlock vmm_lock = SPINLOCK_INITIALIZER("vmm");
/** What each processor is doing. */
struct vmm_cpu vmm_cpus[MAXCPU];

static void
hardclock(struct trapframe *tf __unused)
{
	if (mycpuid == 0)
		ticks++;
	need_resched = true;
}

/* Somebody wanted this processor out of the guest, or out of HLT. */
static void
ipi(struct trapframe *tf __unused)
{
}

/** Says who serves the clock's interrupts and those between processors. */
void
usched_init(void)
{
	intr_register(VECTOR_TIMER, hardclock);
	intr_register(VECTOR_IPI, ipi);
}

/* There is a thread that could run: an idle processor shall look. */
static void
wake_idle_cpu(void)
{
	for (u_int i = 0; i < ncpus; i++)
		if (vmm_cpus[i].idle) {
			vmm_cpus[i].idle = false;
			vmm_interrupt(1UL << i);
			return;
		}
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
	wake_idle_cpu();
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
	wake_idle_cpu();
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
		if ((long)(ticks - vti->deadline) >= 0)
			lwp_wakeup(vti, EWOULDBLOCK);
		else
			waiting = true;
	}
	return (waiting);
}

/*
 * Halts until an interrupt; the first processor keeps account of it.  An IPI
 * that comes before HLT is pending and ends it at once.
 */
static void
idle(struct idle *account)
{
	struct vmm_cpu *cpu = &vmm_cpus[mycpuid];
	uint64_t start = rdtsc(), ended;

	cpu->busy += start;
	if (cpu->current != NULL)
		vmcs_leave(cpu->current);
	cpu->idle = true;
	spin_unlock(&vmm_lock);
	cpu_idle();
	spin_lock(&vmm_lock);
	cpu->idle = false;
	ended = rdtsc();
	cpu->busy -= ended;
	if (mycpuid != 0)
		return;
	if (account->began == 0)
		account->began = start;
	account->ended = ended;
	account->halted += ended - start;
}

/* Whether somebody runs or could: then this processor has only to wait. */
static bool
others_run(const struct proc *p)
{
	for (u_int i = 0; i < MAXLWP; i++)
		if (p->lwp[i].state == LWP_RUN)
			return (true);
	return (false);
}

/* tag::choose[] */
/**
 * Chooses who runs next on this processor, in turn, and waits for somebody if
 * nobody can.  vmm_lock is held, and released meanwhile.
 * @param p	process
 * @return	a thread, or NULL: the process has ended, perhaps because all
 *		its threads sleep and none of them would ever wake up
 */
struct vmx_thread_info *
usched_choose(struct proc *p)
{
	struct vmx_thread_info *vti;

	while (p->end == GUEST_RUNNING) {
		bool waiting = wake_late(p);

		need_resched = false;
		for (u_int i = 1; i <= MAXLWP; i++) {
			vti = &p->lwp[(p->last + i) % MAXLWP];
			if (vti->state != LWP_RUN ||
			    (vti->cpu != 0 && vti->cpu != mycpuid + 1))
				continue;
			p->last = vti - p->lwp;
			return (vti);
		}
		if (waiting || others_run(p)) {
			idle(&p->idle);
			continue;
		}
		kprintf("%s: every thread sleeps, and none of them will be "
			"woken; guest ended\n",
		    p->name);
		guest_ended(p, GUEST_STUCK, 0);
	}
	return (NULL);
}
/* end::choose[] */

/* tag::processors[] */
/* The process that all processors work on, and how many of the others do. */
static struct proc *volatile running;
static volatile u_int working;

/**
 * What all processors but the first do for ever: run threads of the process
 * that there is.  Called with VMX on, interrupts off.
 */
void
usched_serve(void)
{
	struct proc *p;

	for (;;) {
		/* First be counted, then look: see usched_run(). */
		atomic_add_int(&working, 1);
		p = running;
		if (p != NULL && p->end == GUEST_RUNNING)
			vmx_vmrun(p);
		atomic_add_int(&working, -1);
		vmm_cpus[mycpuid].idle = true;
		cpu_idle();
		vmm_cpus[mycpuid].idle = false;
	}
}

/**
 * Runs a process on all processors until it ends.
 * @param p	process, with a thread; no processor uses it afterwards
 */
void
usched_run(struct proc *p)
{
	running = p;
	vmm_interrupt((1UL << ncpus) - 1);
	vmx_vmrun(p);
	running = NULL;
	/* Who looks from now on finds none; who has looked is counted. */
	cpu_mfence();
	while (working != 0)
		cpu_pause();
}
/* end::processors[] */
