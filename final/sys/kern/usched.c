/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The user scheduler: whose turn it is in user mode.
 *
 * In the kernel a thread has a kernel priority.  On its way to user mode it
 * takes its user priority, TDPRI_USER to TDPRI_USER_MAX, and lets others go
 * first whose priority is higher, or as high if its turn (slice) is over.
 * sched_yield(2) lets the next one go first whatever its priority.
 *
 * The user priority falls with what the thread has used lately (lwp_estcpu)
 * and with p_nice.  So who waits a lot goes before who computes, and nobody
 * waits for ever.  Use is forgotten by half in a second, a little at every tick:
 * if it were half at once, of two threads that compute that one would run until
 * it has caught up with the other, half a second each.
 *
 * A new thread starts on the processor with the least to do; one that has
 * nothing to do asks the busiest for a thread.
 */
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

#define SLICE	     4 /* ticks of a turn */
#define ESTCPU_SHIFT 8 /* lwp_estcpu is in ticks, times 256 */
#define ESTCPU_MAX   (16 * 8 << ESTCPU_SHIFT)
/* What is forgotten at a tick: (1 - 9 / (13 * hz)) ^ hz = 1 / 2. */
#define FORGET(est)  ((est)*9 / (13 * hz))

static int
user_priority(const struct lwp *lp)
{
	int pri = TDPRI_USER_MAX - 8 -
	    (int)(lp->lwp_estcpu >> ESTCPU_SHIFT) / 8 -
	    lp->lwp_proc->p_nice * 2 / 5;

	return (MIN(MAX(pri, TDPRI_USER), TDPRI_USER_MAX));
}

/* Recent use fades, by the time since it was computed. */
static void
estcpu_decay(struct lwp *lp)
{
	u_int n = (u_int)(ticks - lp->lwp_estticks), est = lp->lwp_estcpu;

	lp->lwp_estticks = ticks;
	est = n / hz > 31 ? 0 : est >> n / hz;
	for (n %= hz; n > 0; n--)
		est -= FORGET(est);
	lp->lwp_estcpu = est;
}

/**
 * Computes a thread's user priority anew; it counts from its next turn on.
 * @param lp	any thread
 */
void
usched_resetpriority(struct lwp *lp)
{
	estcpu_decay(lp);
	lp->lwp_priority = user_priority(lp);
}

/**
 * @param td	a thread in user mode or about to be, or of the kernel
 * @param cpuid	a processor
 * @return	whether it may run there
 */
bool
lwkt_may_run(const struct thread *td, u_int cpuid)
{
	return (td->td_lwp == NULL ||
	    (td->td_lwp->lwp_cpumask & 1UL << cpuid) != 0);
}

/* The processor with the least to do among those allowed. */
static struct globaldata *
least_loaded(const struct thread *td)
{
	struct globaldata *best = NULL, *gd;
	u_int load, least = ~0U;

	for (u_int i = 0; i < ncpus; i++) {
		gd = globaldata_find((mycpuid + i) % ncpus);
		if (!lwkt_may_run(td, gd->gd_cpuid))
			continue;
		load = lwkt_load(gd);
		if (load < least) {
			least = load;
			best = gd;
		}
	}
	return (best != NULL ? best : mycpu);
}

/**
 * Starts a new thread, on the processor with the least to do.
 * @param lp	its thread has never run
 */
void
usched_setrunqueue(struct lwp *lp)
{
	struct thread *td = lp->lwp_thread;

	lp->lwp_slice = SLICE;
	usched_resetpriority(lp);
	td->td_pri = lp->lwp_priority;
	td->td_gd = least_loaded(td);
	lwkt_schedule(td);
}

/**
 * A child begins with its parent's recent use, so that forking is no way to
 * get more.
 * @param parent	the calling thread
 * @param child		new
 */
void
usched_heuristic_fork(struct lwp *parent, struct lwp *child)
{
	estcpu_decay(parent);
	child->lwp_estcpu = parent->lwp_estcpu;
	child->lwp_estticks = ticks;
	if (child->lwp_cpumask == 0)
		child->lwp_cpumask = ~0UL;
}

/**
 * A thread ends.
 * @param lp	the calling thread
 */
void
usched_exit(struct lwp *lp)
{
	lp->lwp_estcpu = 0;
}

/**
 * A tick while a thread runs; from the clock interrupt.
 * @param lp	the current thread
 */
void
usched_tick(struct lwp *lp)
{
	estcpu_decay(lp);
	lp->lwp_estcpu = MIN(
	    lp->lwp_estcpu + (1U << ESTCPU_SHIFT), (u_int)ESTCPU_MAX);
	if (lp->lwp_slice > 0 && --lp->lwp_slice > 0)
		return;
	lp->lwp_slice = SLICE;
	lp->lwp_turn_over = 1;
	if (lwkt_others(TDPRI_USER))
		atomic_set_int(&mycpu->gd_reqflags, RQF_AST_RESCHED);
}

/* Leaves a processor that it must not use any more. */
static void
obey_mask(struct lwp *lp)
{
	if (lwkt_may_run(lp->lwp_thread, mycpuid))
		return;
	lwkt_setcpu_self(least_loaded(lp->lwp_thread));
}

/*
 * Gives a turn away, also to a thread of lower priority: one that spins with
 * sched_yield() until another has done something would wait for nothing else.
 * It goes behind the next one and not to the end, where it might stay.
 */
static void
give_turn(struct thread *td)
{
	int best = lwkt_best_pri(), pri = td->td_pri;

	if (best < TDPRI_USER)
		return;
	if (best < pri)
		lwkt_setpri(td, best);
	lwkt_yield();
	lwkt_setpri(td, pri);
}

/* tag::userret[] */
/**
 * On the way to user mode: takes the user priority and waits for its turn.
 * @param lp	the calling thread
 */
void
usched_userret(struct lwp *lp)
{
	struct thread *td = lp->lwp_thread;
	bool over = lp->lwp_turn_over != 0;

	obey_mask(lp);
	if (over || (u_int)(ticks - lp->lwp_estticks) >= hz / 8) {
		lp->lwp_turn_over = 0;
		usched_resetpriority(lp);
	}
	if (td->td_pri != lp->lwp_priority)
		lwkt_setpri(td, lp->lwp_priority);
	if ((lp->lwp_flags & LWP_YIELD) != 0) {
		lp->lwp_flags &= ~LWP_YIELD;
		give_turn(td);
		over = false;
	}
	if (lwkt_others(td->td_pri + (over ? 0 : 1)))
		lwkt_yield();
	else if ((mycpu->gd_reqflags & RQF_AST_RESCHED) != 0)
		atomic_clear_int(&mycpu->gd_reqflags, RQF_AST_RESCHED);
}
/* end::userret[] */

/**
 * To be called now and then by a system call that takes long: lets others have
 * the processor, and the tokens that the thread holds.
 * @return	whether the thread is to end: the call should give up
 */
bool
lwkt_user_yield(void)
{
	struct thread *td = curthread;
	struct lwp *lp = td->td_lwp;
	const struct proc *p;

	if (lp == NULL)
		return (false);
	usched_userret(lp);
	/* Somebody on another processor may spin for a token. */
	if (td->td_ntokens != 0) {
		lwkt_yield();
		lwkt_tokens_release(td);
		cpu_give_way();
		lwkt_tokens_acquire(td);
	}
	p = lp->lwp_proc;
	return ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0 ||
	    SIGISMEMBER(p->p_siglist, SIGKILL) ||
	    SIGISMEMBER(lp->lwp_siglist, SIGKILL));
}

/**
 * A thread's set of processors has changed.
 * @param lp	any thread
 */
void
usched_check_mask(struct lwp *lp)
{
	if (lp == curlwp)
		obey_mask(lp);
	else
		signotify(lp);
}

/**
 * Called by a processor with nothing to do, interrupts off: asks the busiest
 * one for a thread.  What it sends arrives as a message.
 * @return	false: nothing to be expected
 */
bool
usched_steal(void)
{
	static volatile int last[MAXCPU];
	struct globaldata *gd, *busiest = NULL;
	u_int load, most = 1;

	if (ncpus == 1 || last[mycpuid] == ticks)
		return (false);
	for (u_int i = 0; i < ncpus; i++) {
		gd = globaldata_find(i);
		if (gd == mycpu || gd->gd_lwkt == NULL)
			continue;
		load = lwkt_load(gd);
		if (load > most) {
			most = load;
			busiest = gd;
		}
	}
	if (busiest == NULL)
		return (false);
	last[mycpuid] = ticks;
	lwkt_send_ipiq(busiest, lwkt_give_thread, mycpu);
	return (false);
}
