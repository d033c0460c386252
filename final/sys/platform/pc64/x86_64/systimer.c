/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The clock of each processor: its local APIC's timer, started anew for
 * whatever comes first, the next tick or the next callout.
 *
 * A processor that is idle gets no ticks, only callouts; the boot processor
 * always gets them, since somebody has to poll a console without interrupts.
 * The count is the time-stamp counter, which clock_init() has measured.
 */
#include <sys/callout.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <cpu/cpufunc.h>
#include <machine/clock.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/lapic.h>

#define TICK_NS (1000000000UL / hz)
#define MAX_NS	1000000000UL

/** Counts per second. */
uint64_t cputimer_freq;

/** What a processor's timer is set to. */
static struct {
	uint64_t tick; /**< when its next tick is due */
	uint64_t set;  /**< when it will strike; ~0 if it will not */
	bool idle;     /**< wants no ticks */
} timers[MAXCPU];

/** @return the count now */
uint64_t
cputimer_count(void)
{
	return (rdtsc());
}

/* Sets the timer for what comes first; interrupts are off. */
static void
timer_set(uint64_t now)
{
	u_int cpu = mycpuid;
	uint64_t when = callout_next();

	if (!timers[cpu].idle)
		when = MIN(when, timers[cpu].tick);
	when = MIN(when, now + MAX_NS);
	if (when == timers[cpu].set)
		return;
	timers[cpu].set = when;
	lapic_timer_oneshot(when <= now ? 1 : (when - now + 999) / 1000);
}

static void
systimer_intr(struct trapframe *tf)
{
	u_int cpu = mycpuid;
	uint64_t now = nsuptime();

	timers[cpu].set = ~0UL;
	ticks = now / TICK_NS;
	callout_run(now);
	if (now >= timers[cpu].tick) {
		timers[cpu].tick = roundup(now + 1, TICK_NS);
		if (cpu == 0)
			cons_poll();
		hardclock(
		    USERMODE(tf) || (mycpu->gd_reqflags & RQF_VIRTUSER) != 0);
	}
	timer_set(now);
}

/** A callout may be due sooner than what the timer is set to. */
void
systimer_reload(void)
{
	if (callout_next() < timers[mycpuid].set)
		timer_set(nsuptime());
}

/** This processor is about to halt: no ticks.  Interrupts are off. */
void
cpu_idle_enter(void)
{
	timers[mycpuid].idle = mycpuid != 0;
}

/** It has something to do again.  Interrupts are off. */
void
cpu_idle_leave(void)
{
	uint64_t now;
	u_int cpu = mycpuid;

	if (!timers[cpu].idle)
		return;
	timers[cpu].idle = false;
	if (timers[cpu].set > timers[cpu].tick) {
		now = nsuptime();
		timers[cpu].tick = roundup(now + 1, TICK_NS);
		timer_set(now);
	}
}

/** Starts this processor's clock. */
void
systimer_init_cpu(void)
{
	uint64_t now = nsuptime();

	timers[mycpuid].set = ~0UL;
	timers[mycpuid].tick = roundup(now + 1, TICK_NS);
	timer_set(now);
}

/** Starts the time; the boot processor, once, after lapic_init(). */
void
systimer_init(void)
{
	cputimer_freq = tsc_hz;
	clock_start(rtc_time());
	intr_register(VECTOR_TIMER, systimer_intr);
}
