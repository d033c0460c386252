/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The timer of the local APIC: it counts down from an initial count and
 * interrupts at 0 with VECTOR_TIMER, once or again and again.
 *
 * All processors' timers count at one rate, lapic_hz, which clock_init()
 * measures.  SDM volume 3, "APIC Timer".
 */
#include <sys/systm.h>
#include <machine/intr.h>
#include <machine/lapic.h>

#define COUNT_MAX 0xffffffffUL

/** Counts per second, 0 until clock_init(). */
uint64_t lapic_hz;

/** Lets this processor's timer count down from its maximum, silently. */
void
lapic_timer_free_run(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_DCR, TIMER_DIVIDE_1);
	lapic_write(LAPIC_TIMER_ICR, COUNT_MAX);
}

static void
timer_start(uint32_t mode, uint64_t count)
{
	KASSERT(lapic_hz != 0, ("lapic_timer: not calibrated"));
	lapic_write(LAPIC_TIMER_DCR, TIMER_DIVIDE_1);
	lapic_write(LAPIC_LVT_TIMER, mode | VECTOR_TIMER);
	/* 0 would mean never. */
	lapic_write(LAPIC_TIMER_ICR, MIN(MAX(count, 1), COUNT_MAX));
}

/**
 * Interrupts this processor again and again, from now on.
 * @param hz	times per second, at least 1
 */
void
lapic_timer_periodic(u_int hz)
{
	timer_start(LVT_PERIODIC, lapic_hz / hz);
}

/**
 * Interrupts this processor once.  The counter has 32 bits: a longer time is
 * cut to what it holds, on some machines 4 seconds, and whoever waits for more
 * starts it again.
 * @param us	microseconds from now
 */
void
lapic_timer_oneshot(uint64_t us)
{
	us = MIN(us, COUNT_MAX);
	timer_start(0, us * lapic_hz / 1000000);
}

/**
 * Stops this processor's timer.  An interrupt that is on its way already may
 * still arrive.
 */
void
lapic_timer_stop(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_ICR, 0);
}
