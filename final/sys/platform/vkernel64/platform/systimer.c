/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The clock of each virtual processor.
 *
 * A processor knows when it wants its next tick or callout.  One that is idle
 * sleeps in the host no longer than that.  For all that run there is one timer
 * of the host, ITIMER_REAL, set to the first of their times; whoever gets its
 * SIGALRM posts the timer's vector to those whose time has come.  It goes on
 * striking once in a tick, so ticks need no system call each; when nobody runs
 * it is stopped.
 *
 * The count is the time-stamp counter: reading it is no system call.  The
 * host says how fast it is.
 *
 * Differs from DragonFly, where the count is a system call and the timer one of
 * kqueue's, in milliseconds.
 */
#include <sys/callout.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>

#define TICK_NS	 (1000000000UL / hz)
#define MAX_NS	 1000000000UL
#define NEVER	 (~0UL)
#define SLACK_NS (TICK_NS / 8) /* a tick may come so much late */

/** Counts per second. */
uint64_t cputimer_freq;

/** What a processor wants.  Others read it. */
static struct {
	uint64_t tick;	       /**< when its next tick is due */
	volatile uint64_t set; /**< when it wants its interrupt */
	volatile bool idle;    /**< it wants no ticks, and looks itself */
} timers[MAXCPU];

/* When the host's timer will strike next.  A leaf. */
static struct spinlock host_lock = SPINLOCK_INITIALIZER("host timer");
static uint64_t host_set = NEVER;

/** @return the count now */
uint64_t
cputimer_count(void)
{
	return (rdtsc());
}

/* Lets the host's timer strike in so many ns, and then once in a tick; 0:
 * never.  host_lock is held. */
static void
set_host(uint64_t ns)
{
	struct itimerval value = { 0 };
	uint64_t us = (ns + 999) / 1000;

	value.it_value.tv_sec = us / 1000000;
	value.it_value.tv_usec = us % 1000000;
	if (ns != 0)
		value.it_interval.tv_usec = TICK_NS / 1000;
	host_setitimer(ITIMER_REAL, &value, NULL);
}

/* Sets the host's timer if it would strike too late. */
static void
host_timer(uint64_t when, uint64_t now, uint64_t slack)
{
	spin_lock(&host_lock);
	if (host_set == NEVER || when + slack < host_set) {
		host_set = MAX(when, now + 1000);
		set_host(host_set - now);
	}
	spin_unlock(&host_lock);
}

/* Notes what comes first on this processor; interrupts are off. */
static void
timer_set(uint64_t now)
{
	u_int cpu = mycpuid;
	uint64_t when = callout_next(), slack = 0;

	if (!timers[cpu].idle && timers[cpu].tick <= when) {
		when = timers[cpu].tick;
		slack = SLACK_NS;
	}
	when = MIN(when, now + MAX_NS);
	timers[cpu].set = when;
	if (!timers[cpu].idle)
		host_timer(when, now, slack);
}

/* Stops the host's timer if nobody runs.  Who begins to meanwhile is seen, or
 * finds it stopped when he gets the lock. */
static void
stop_host(void)
{
	u_int i;

	spin_lock(&host_lock);
	for (i = 0; i < ncpus && timers[i].idle; i++)
		;
	if (i == ncpus) {
		host_set = NEVER;
		set_host(0);
	}
	spin_unlock(&host_lock);
}

/*
 * The host's timer has struck: who is it for?  It may be a little early by our
 * count; then it is set again.
 */
static void
alarm_intr(struct trapframe *tf __unused)
{
	uint64_t now = nsuptime(), when, next = NEVER;

	spin_lock(&host_lock);
	if (host_set != NEVER)
		host_set = now + TICK_NS;
	spin_unlock(&host_lock);
	for (u_int i = 0; i < ncpus; i++) {
		when = timers[i].set;
		if (timers[i].idle)
			continue;
		if (when <= now)
			intr_post(globaldata_find(i), VECTOR_TIMER);
		else
			next = MIN(next, when);
	}
	if (next != NEVER)
		host_timer(next, now, next % TICK_NS == 0 ? SLACK_NS : 0);
	stop_host();
}

static void
systimer_intr(struct trapframe *tf __unused)
{
	u_int cpu = mycpuid;
	uint64_t now = nsuptime();

	timers[cpu].set = NEVER;
	ticks = now / TICK_NS;
	callout_run(now);
	if (now >= timers[cpu].tick) {
		timers[cpu].tick = roundup(now + 1, TICK_NS);
		hardclock(mycpu->gd_in_user != 0);
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

/** This processor is about to sleep: no ticks.  Interrupts are off. */
void
cpu_idle_enter(void)
{
	timers[mycpuid].idle = true;
	timers[mycpuid].set = MIN(callout_next(), nsuptime() + MAX_NS);
}

/**
 * How long this processor may sleep in the host.
 * @return	microseconds; 0: its timer is due
 */
uint64_t
systimer_sleep_us(void)
{
	uint64_t now = nsuptime(), when = timers[mycpuid].set;

	return (when <= now ? 0 : (when - now + 999) / 1000);
}

/** It has something to do again.  Interrupts are off. */
void
cpu_idle_leave(void)
{
	u_int cpu = mycpuid;
	uint64_t now;

	if (!timers[cpu].idle)
		return;
	timers[cpu].idle = false;
	now = nsuptime();
	if (timers[cpu].tick < now)
		timers[cpu].tick = roundup(now + 1, TICK_NS);
	timer_set(now);
}

/** Starts this processor's clock. */
void
systimer_init_cpu(void)
{
	uint64_t now = nsuptime();

	timers[mycpuid].set = NEVER;
	timers[mycpuid].tick = roundup(now + 1, TICK_NS);
	timer_set(now);
}

/** Starts the time; the first processor, once. */
void
systimer_init(void)
{
	struct timespec ts = { 0 };

	cputimer_freq = vk_config->tsc_freq;
	/* Waiting for a processor that the host has stopped is no error. */
	spin_limit = NEVER;
	host_clock_gettime(CLOCK_REALTIME, &ts);
	clock_start(ts.tv_sec);
	intr_register(VECTOR_TIMER, systimer_intr);
	intr_register(VECTOR_ALARM, alarm_intr);
}
