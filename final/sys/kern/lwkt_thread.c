/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * LWKT: threads, each processor's run queue, and the switch between them.
 *
 * A run queue has one list for each priority and a word that says which lists
 * have somebody.  Only its own processor touches it, with interrupts off, so
 * it needs no lock; what others want of it they send as a message.
 *
 * A thread that runs is not in the queue.  lwkt_switch() takes the first of
 * the highest list; a thread that is to go on later puts itself there before.
 * Tokens are given back before the switch and taken again after it.
 *
 * A thread ends by lwkt_exit().  Its stack cannot be freed while it is in use:
 * whoever runs next on that processor calls td_reap.
 */
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

MALLOC_DEFINE(M_THREAD, "threads");

TAILQ_HEAD(threadq, thread);

/** What a processor keeps of its threads. */
struct lwkt_cpu {
	uint64_t runmask;		  /**< lists that are not empty */
	u_int nrun;			  /**< threads in all lists */
	struct threadq runq[TDPRI_COUNT]; /**< by priority */
	struct thread *gone;		  /**< to be reaped by who runs next */
};

/** The boot processor's first thread: main(), later proc0's. */
struct thread thread0;

static struct lwkt_cpu lwkt_cpu0;

static void
runq_init(struct lwkt_cpu *lc)
{
	for (u_int i = 0; i < TDPRI_COUNT; i++)
		TAILQ_INIT(&lc->runq[i]);
}

static void
runq_insert(struct lwkt_cpu *lc, struct thread *td)
{
	TAILQ_INSERT_TAIL(&lc->runq[td->td_pri], td, td_threadq);
	lc->runmask |= 1UL << td->td_pri;
	lc->nrun++;
	td->td_flags |= TDF_RUNQ;
}

static void
runq_remove(struct lwkt_cpu *lc, struct thread *td)
{
	TAILQ_REMOVE(&lc->runq[td->td_pri], td, td_threadq);
	if (TAILQ_EMPTY(&lc->runq[td->td_pri]))
		lc->runmask &= ~(1UL << td->td_pri);
	lc->nrun--;
	td->td_flags &= ~TDF_RUNQ;
}

/* The highest priority of a thread that waits for this processor, or -1. */
static int
runq_best(const struct lwkt_cpu *lc)
{
	return (lc->runmask == 0 ? -1 : 63 - __builtin_clzl(lc->runmask));
}

/* Others set bits in the same word. */
static void
need_resched(struct globaldata *gd)
{
	if ((gd->gd_reqflags & RQF_AST_RESCHED) == 0)
		atomic_set_int(&gd->gd_reqflags, RQF_AST_RESCHED);
}

/**
 * Makes a thread, which lwkt_schedule() starts.
 * @param name	for messages and ps; cut to 15 characters
 * @param func	what it runs; when it returns the thread ends
 * @param arg	with this argument
 * @param gd	on which processor
 * @return	the thread, or NULL when there is no memory
 */
struct thread *
lwkt_alloc_thread(
    const char *name, void (*func)(void *), void *arg, struct globaldata *gd)
{
	struct thread *td;

	td = kmalloc(sizeof(*td), M_THREAD, M_WAITOK | M_ZERO);
	td->td_kstack = cpu_kstack_alloc();
	if (td->td_kstack == 0) {
		kfree(td, M_THREAD);
		return (NULL);
	}
	td->td_kstack_top = td->td_kstack + ptoa(KSTACK_PAGES);
	td->td_gd = gd;
	td->td_pri = TDPRI_KERN;
	td->td_start = func;
	td->td_arg = arg;
	strlcpy(td->td_comm, name, sizeof(td->td_comm));
	cpu_thread_init(td);
	return (td);
}

/**
 * Makes a kernel thread and starts it.
 * @param func	what it runs
 * @param arg	with this argument
 * @param name	for messages
 * @param cpuid	on which processor
 * @return	the thread; panics when there is no memory
 */
struct thread *
lwkt_create(void (*func)(void *), void *arg, const char *name, u_int cpuid)
{
	struct thread *td;

	td = lwkt_alloc_thread(name, func, arg, globaldata_find(cpuid));
	if (td == NULL)
		panic("lwkt_create: no memory for thread %s", name);
	lwkt_schedule(td);
	return (td);
}

/**
 * Frees a thread that never ran, or that has gone: also the usual td_reap.
 * @param td	not scheduled
 */
void
lwkt_free_thread(struct thread *td)
{
	cpu_thread_free(td);
	cpu_kstack_free(td->td_kstack);
	kfree(td, M_THREAD);
}

/* A message: the sender thought that the thread was here. */
static void
schedule_remote(void *arg)
{
	lwkt_schedule(arg);
}

/* tag::schedule[] */
/**
 * Lets a thread run, soon.  Does nothing if it may run already.  Callable from
 * interrupts.
 * @param td	on whatever processor
 */
void
lwkt_schedule(struct thread *td)
{
	bool intr = intr_enabled();
	struct globaldata *gd;

	intr_disable();
	gd = mycpu;
	if (td->td_gd != gd) {
		lwkt_send_ipiq(td->td_gd, schedule_remote, td);
	} else if ((td->td_flags & (TDF_RUNQ | TDF_EXITING)) == 0) {
		runq_insert(gd->gd_lwkt, td);
		if (td->td_pri > gd->gd_curthread->td_pri)
			need_resched(gd);
	}
	if (intr)
		intr_enable();
}
/* end::schedule[] */

/* Frees who left this processor for good just before. */
static void
reap_gone(struct lwkt_cpu *lc)
{
	struct thread *td = lc->gone;

	if (td == NULL)
		return;
	lc->gone = NULL;
	if (td->td_reap != NULL)
		td->td_reap(td);
	else
		lwkt_free_thread(td);
}

/* tag::switch[] */
/**
 * Lets another thread run.  The caller comes back when somebody has scheduled
 * it.  Gives back the tokens meanwhile.  No spinlock may be held.
 */
void
lwkt_switch(void)
{
	bool intr = intr_enabled();
	struct globaldata *gd;
	struct thread *old, *new;
	int pri;

	intr_disable();
	gd = mycpu;
	old = gd->gd_curthread;
	KASSERT(gd->gd_spinlocks == 0,
	    ("lwkt_switch: %s holds a spinlock", old->td_comm));
	KASSERT(
	    gd->gd_intr_depth == 0, ("lwkt_switch: called from an interrupt"));
	if (old->td_ntokens != 0)
		lwkt_tokens_release(old);
	pri = runq_best(gd->gd_lwkt);
	if (pri < 0) {
		new = gd->gd_idle;
	} else {
		new = TAILQ_FIRST(&gd->gd_lwkt->runq[pri]);
		runq_remove(gd->gd_lwkt, new);
	}
	if ((gd->gd_reqflags & RQF_AST_RESCHED) != 0)
		atomic_clear_int(&gd->gd_reqflags, RQF_AST_RESCHED);
	if (new != old) {
		gd->gd_cnt_switch++;
		old->td_flags &= ~TDF_RUNNING;
		new->td_flags |= TDF_RUNNING;
		gd->gd_curthread = new;
		cpu_switch_md(old, new);
		cpu_switch(old, new);
		/* Here somebody has switched back, maybe elsewhere. */
		lwkt_switched();
	}
	if (old->td_ntokens != 0)
		lwkt_tokens_acquire(old);
	if (intr)
		intr_enable();
}
/* end::switch[] */

/**
 * What a thread does first after a switch to it: called by lwkt_switch() and
 * by cpu_thread_start(), interrupts off.
 */
void
lwkt_switched(void)
{
	reap_gone(mycpu->gd_lwkt);
}

/** Lets others of the same priority or higher run, then goes on. */
void
lwkt_yield(void)
{
	bool intr = intr_enabled();

	intr_disable();
	lwkt_schedule(curthread);
	lwkt_switch();
	if (intr)
		intr_enable();
}

/**
 * Changes a priority.
 * @param td	the calling thread, or one of this processor
 * @param pri	TDPRI_*
 */
void
lwkt_setpri(struct thread *td, int pri)
{
	bool intr = intr_enabled();
	struct globaldata *gd;

	intr_disable();
	gd = mycpu;
	KASSERT(td->td_gd == gd, ("lwkt_setpri: %s is elsewhere", td->td_comm));
	if ((td->td_flags & TDF_RUNQ) != 0) {
		runq_remove(gd->gd_lwkt, td);
		td->td_pri = pri;
		runq_insert(gd->gd_lwkt, td);
	} else {
		td->td_pri = pri;
	}
	if (runq_best(gd->gd_lwkt) > gd->gd_curthread->td_pri)
		need_resched(gd);
	if (intr)
		intr_enable();
}

/**
 * @param pri	TDPRI_*
 * @return	whether a thread of that priority or higher waits here
 */
bool
lwkt_others(int pri)
{
	return (runq_best(mycpu->gd_lwkt) >= pri);
}

/** @return the highest priority of a thread that waits here, -1: none waits */
int
lwkt_best_pri(void)
{
	return (runq_best(mycpu->gd_lwkt));
}

/**
 * @param gd	a processor; the answer may be old
 * @return	threads that run or wait there, without the idle thread
 */
u_int
lwkt_load(const struct globaldata *gd)
{
	return (gd->gd_lwkt->nrun + (gd->gd_curthread != gd->gd_idle));
}

/*
 * Sends a thread that wants to move, as its td_reap: only when another runs
 * has it left its stack.  From here on it belongs to the new processor.
 */
static void
setcpu_send(struct thread *td)
{
	td->td_gd = td->td_migrate;
	lwkt_send_ipiq(td->td_gd, schedule_remote, td);
}

/**
 * Moves the calling thread.  Tokens stay; no spinlock may be held.
 * @param gd	to which processor
 */
void
lwkt_setcpu_self(struct globaldata *gd)
{
	struct thread *td = curthread;
	bool intr = intr_enabled();

	if (gd == mycpu)
		return;
	intr_disable();
	td->td_migrate = gd;
	mycpu->gd_lwkt->gone = td;
	td->td_moved = td->td_reap;
	td->td_reap = setcpu_send;
	lwkt_switch();
	KASSERT(mycpu == gd, ("lwkt_setcpu_self: not there"));
	td->td_reap = td->td_moved;
	if (intr)
		intr_enable();
}

/**
 * Lets a thread that waits here in user priority go before those in user mode,
 * as if it had been woken up; runs as its processor's message.
 * @param arg	the thread, which may not be here any more: only compared
 */
void
lwkt_hurry(void *arg)
{
	struct globaldata *gd = mycpu;
	struct lwkt_cpu *lc = gd->gd_lwkt;
	struct thread *td;

	for (int pri = TDPRI_USER_MAX; pri >= TDPRI_USER; pri--) {
		TAILQ_FOREACH(td, &lc->runq[pri], td_threadq)
		{
			if (td != arg)
				continue;
			runq_remove(lc, td);
			td->td_pri = TDPRI_KERN_USER;
			runq_insert(lc, td);
			if (td->td_pri > gd->gd_curthread->td_pri)
				need_resched(gd);
			return;
		}
	}
}

/**
 * Gives a thread that waits here in user priority to another processor that
 * has nothing to do; runs as that processor's message.  Not the current one,
 * which is in the queue too if it was woken on its way to sleep: its stack is
 * in use until lwkt_switch() has left it.
 * @param arg	the struct globaldata that asks
 */
void
lwkt_give_thread(void *arg)
{
	struct globaldata *to = arg, *gd = mycpu;
	struct lwkt_cpu *lc = gd->gd_lwkt;
	struct thread *td;

	for (int pri = TDPRI_KERN_USER; pri >= TDPRI_USER; pri--) {
		TAILQ_FOREACH(td, &lc->runq[pri], td_threadq)
		{
			if (td->td_lwp == NULL || td == gd->gd_curthread ||
			    !lwkt_may_run(td, to->gd_cpuid))
				continue;
			runq_remove(lc, td);
			td->td_gd = to;
			lwkt_send_ipiq(to, schedule_remote, td);
			return;
		}
	}
}

/** Ends the calling thread. */
void
lwkt_exit(void)
{
	struct thread *td = curthread;

	intr_disable();
	KASSERT(
	    td->td_ntokens == 0, ("lwkt_exit: %s holds a token", td->td_comm));
	td->td_flags |= TDF_EXITING;
	KASSERT(mycpu->gd_lwkt->gone == NULL, ("lwkt_exit: one is left"));
	mycpu->gd_lwkt->gone = td;
	lwkt_switch();
	panic("lwkt_exit: %s runs again", td->td_comm);
}

/**
 * Where a new thread begins, on its own stack, interrupts off; called by
 * cpu_thread_trampoline.
 */
void
lwkt_start(void)
{
	struct thread *td = curthread;

	lwkt_switched();
	intr_enable();
	td->td_start(td->td_arg);
	lwkt_exit();
}

/** What runs when nothing else does; never returns. */
void
lwkt_idle_loop(void)
{
	struct globaldata *gd = mycpu;

	for (;;) {
		intr_disable();
		lwkt_process_ipiq();
		if (gd->gd_lwkt->runmask != 0) {
			cpu_idle_leave();
			intr_enable();
			lwkt_switch();
			continue;
		}
		if (usched_steal()) {
			intr_enable();
			continue;
		}
		cpu_idle_enter();
		clock_idle_begin();
		cpu_idle();
		clock_idle_end();
	}
}

static void
idle_main(void *arg __unused)
{
	lwkt_idle_loop();
}

/**
 * Prepares this processor for threads.  What runs now becomes its thread:
 * thread0 on the boot processor, its idle thread on another.
 * @param gd	this processor
 */
void
lwkt_init_cpu(struct globaldata *gd)
{
	struct thread *td = &thread0;

	if (gd->gd_cpuid == 0) {
		gd->gd_lwkt = &lwkt_cpu0;
	} else {
		gd->gd_lwkt = kmalloc(
		    sizeof(struct lwkt_cpu), M_THREAD, M_WAITOK | M_ZERO);
		td = kmalloc(sizeof(*td), M_THREAD, M_WAITOK | M_ZERO);
		gd->gd_idle = td;
	}
	runq_init(gd->gd_lwkt);
	td->td_kstack = gd->gd_stack;
	td->td_kstack_top = gd->gd_stack_top;
	td->td_gd = gd;
	td->td_pri = gd->gd_cpuid == 0 ? TDPRI_KERN : TDPRI_IDLE;
	td->td_flags = TDF_RUNNING;
	strlcpy(td->td_comm, gd->gd_cpuid == 0 ? "main" : "idle",
	    sizeof(td->td_comm));
	gd->gd_kstack_top = gd->gd_stack_top;
	gd->gd_curthread = td;
}

/** Makes the boot processor's idle thread; kmalloc() works. */
void
lwkt_init_idle(void)
{
	mycpu->gd_idle = lwkt_alloc_thread("idle", idle_main, NULL, mycpu);
	mycpu->gd_idle->td_pri = TDPRI_IDLE;
}
