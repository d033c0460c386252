/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What time it is, and what happens at every tick.
 *
 * The platform counts (cputimer_count at cputimer_freq); here that becomes
 * nanoseconds since the start, and by an offset the time of day.  A processor
 * that has nothing to do gets no ticks: `ticks` is computed from the time, not
 * counted.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

#define HZ 100

/** Ticks per second. */
const u_int hz = HZ;
/** Ticks since the start, as of the last clock interrupt. */
volatile int ticks;
/** nanotime() minus uptime, in ns. */
static volatile int64_t time_offset;

static uint64_t count_base;
static uint64_t count_mult; /* nanoseconds per count, times 2^32 */

/**
 * Begins to count; called once, when cputimer_freq is known.
 * @param now	seconds since 1970, from the platform's clock
 */
void
clock_start(time_t now)
{
	count_base = cputimer_count();
	count_mult = (1000000000UL << 32) / cputimer_freq;
	time_offset = now * 1000000000L;
}

/** @return nanoseconds since clock_start() */
uint64_t
nsuptime(void)
{
	uint64_t count = cputimer_count() - count_base;

	return ((unsigned __int128)count * count_mult >> 32);
}

static void
to_timespec(uint64_t ns, struct timespec *ts)
{
	ts->tv_sec = ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
}

/**
 * Tells the time since the start.
 * @param ts	set
 */
void
nanouptime(struct timespec *ts)
{
	to_timespec(nsuptime(), ts);
}

/**
 * Tells the time of day, UTC.
 * @param ts	set
 */
void
nanotime(struct timespec *ts)
{
	to_timespec(nsuptime() + time_offset, ts);
}

/**
 * Sets the time of day.
 * @param ts	valid, not before the start of this kernel
 */
void
settime(const struct timespec *ts)
{
	time_offset = ts->tv_sec * 1000000000L + ts->tv_nsec -
	    (int64_t)nsuptime();
}

/** This processor begins to wait for an interrupt; they are off. */
void
clock_idle_begin(void)
{
	__atomic_store_n(
	    &mycpu->gd_idle_since, cputimer_count(), __ATOMIC_RELEASE);
}

/**
 * It does not wait, if it did: called by the first interrupt too, so that this
 * is not counted as waiting.  Interrupts are off.
 */
void
clock_idle_end(void)
{
	struct globaldata *gd = mycpu;
	uint64_t since = gd->gd_idle_since;

	if (since == 0)
		return;
	/* In this order, for clock_idle_count(). */
	__atomic_store_n(&gd->gd_idle_since, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&gd->gd_cnt_idle,
	    gd->gd_cnt_idle + cputimer_count() - since, __ATOMIC_RELEASE);
}

/** @return how long all processors have waited, in counts of the clock */
uint64_t
clock_idle_count(void)
{
	uint64_t sum = 0;

	for (u_int i = 0; i < ncpus; i++) {
		struct globaldata *gd = globaldata_find(i);
		uint64_t since, idle;

		do {
			since = __atomic_load_n(
			    &gd->gd_idle_since, __ATOMIC_ACQUIRE);
			idle = __atomic_load_n(
			    &gd->gd_cnt_idle, __ATOMIC_ACQUIRE);
		} while (since !=
		    __atomic_load_n(&gd->gd_idle_since, __ATOMIC_ACQUIRE));
		sum += idle + (since != 0 ? cputimer_count() - since : 0);
	}
	return (sum);
}

/**
 * A tick of this processor, from the clock interrupt.
 * @param usermode	what was interrupted
 */
void
hardclock(bool usermode)
{
	struct thread *td = curthread;

	if (td == mycpu->gd_idle)
		return;
	if (usermode)
		td->td_uticks++;
	else
		td->td_sticks++;
	if (td->td_lwp != NULL) {
		itimers_tick(td->td_proc, usermode);
		cpulimit_tick(td->td_proc);
		usched_tick(td->td_lwp);
	}
}
