/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Waiting for a lock of another processor, which may not run.
 *
 * On a machine who has a lock runs, and a waiter may spin.  A virtual
 * processor may have been stopped by the host just then, and if all wait for
 * one real processor, spinning keeps it from the only one who can end it.  To
 * give way to others by sched_yield(2) is no better: they get a whole turn for
 * what takes a microsecond.
 *
 * So who has spun for a moment sleeps in the host until the lock is freed:
 *
 *     waiter                              owner
 *     note the lock, and that we wait     free the lock
 *     look at the lock once more          does somebody wait?
 *     sleep until VECTOR_LOCK             is it for this lock? VECTOR_LOCK
 *
 * What may go wrong ends after SLEEP_US: the owner looks without a fence, and
 * an interrupt may come whose bit was set before.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include <machine/host.h>
#include <machine/intr.h>

#define SPINS	 64   /* turns of a waiting loop before it sleeps */
#define SLEEP_US 1000 /* the longest sleep */

CTASSERT(MAXCPU <= sizeof(u_int) * 8);

/** Processors that wait for a lock: a bit for each; atomic. */
volatile u_int lock_waiters;

/* This processor waits no more. */
static void
forget(struct globaldata *gd)
{
	__atomic_fetch_and(
	    &lock_waiters, ~(1U << gd->gd_cpuid), __ATOMIC_SEQ_CST);
	gd->gd_waits = NULL;
	__atomic_fetch_and(
	    &gd->gd_pending, ~(1U << VECTOR_LOCK), __ATOMIC_SEQ_CST);
}

/* Sleeps until the lock is freed, or something else comes. */
static void
sleep_for_lock(struct globaldata *gd)
{
	u_int pending;

	__atomic_store_n(&gd->gd_asleep, 1, __ATOMIC_SEQ_CST);
	pending = gd->gd_pending;
	if ((pending & 1U << VECTOR_LOCK) == 0)
		host_umtx_sleep(&gd->gd_pending, (int)pending, SLEEP_US);
	__atomic_store_n(&gd->gd_asleep, 0, __ATOMIC_SEQ_CST);
}

/* tag::wait[] */
/**
 * A turn of a loop that waits for another processor.
 * @param lock	what it waits for and looks at before each turn;
 *		cpu_lock_freed() is called for it.  NULL: something else
 */
void
cpu_spinwait(const volatile void *lock)
{
	bool intr = intr_enabled();
	struct globaldata *gd;

	cpu_pause();
	intr_disable();
	gd = mycpu;
	if (++gd->gd_spins % SPINS != 0)
		goto out;
	if (lock == NULL) {
		host_sched_yield();
	} else if (gd->gd_waits == lock) {
		sleep_for_lock(gd);
		forget(gd);
	} else {
		gd->gd_waits = lock;
		__atomic_fetch_or(
		    &lock_waiters, 1U << gd->gd_cpuid, __ATOMIC_SEQ_CST);
		gd->gd_spins--; /* the next turn sleeps */
	}
out:
	if (intr)
		intr_enable();
}
/* end::wait[] */

/**
 * Wakes who waits for a lock.
 * @param lock	free now
 */
void
lock_wake(const volatile void *lock)
{
	struct globaldata *gd;
	u_int bit;

	for (u_int left = lock_waiters; left != 0; left &= left - 1) {
		bit = left & -left;
		gd = globaldata_find(__builtin_ctz(left));
		if (gd->gd_waits != lock)
			continue;
		/* Its own last look has found the lock free; else one post for
		 * each note. */
		if (gd == mycpu)
			forget(gd);
		else if ((__atomic_fetch_and(
			      &lock_waiters, ~bit, __ATOMIC_SEQ_CST) &
			     bit) != 0)
			intr_post(gd, VECTOR_LOCK);
	}
}
