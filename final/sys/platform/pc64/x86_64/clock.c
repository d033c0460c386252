/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How fast the time-stamp counter and the local APIC's timer count: both are
 * read before and after 10 ms of the one clock whose rate is known, the 8254
 * interval timer.  Three times, and the shortest counts: an interrupt to the
 * firmware in between only makes it longer.
 *
 * Nothing waits for ever.  Where the 8254 does not count, as on machines that
 * gate its clock, CPUID may know the rate.  SDM volume 3, "Determining the
 * Processor Base Frequency".
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/clock.h>
#include <machine/lapic.h>

#define PIT_HZ	     1193182UL
#define PIT_COUNT    11932UL /* 10 ms */
#define PIT_CHANNEL2 0x42
#define PIT_MODE     0x43
#define MODE_COUNT2  0xb0 /* channel 2, both bytes, mode 0: once */
#define PORT_B	     0x61
#define PORT_B_GATE2 0x01 /* channel 2 counts */
#define PORT_B_SPKR  0x02 /* and is heard */
#define PORT_B_OUT2  0x20 /* it has counted down */
#define PIT_SPINS    1000000

#define WINDOWS	     3
#define WINDOW_US    10000
#define SPIN_SECONDS 4 /* longest wait for a spinlock */

/** Ticks of the time-stamp counter per second, 0 until clock_init(). */
uint64_t tsc_hz;

/** What the counters did in one window. */
struct window {
	uint64_t tsc;	/**< ticks of the time-stamp counter */
	uint64_t lapic; /**< ticks of the local APIC's timer */
};

static void
window_begin(struct window *w)
{
	w->lapic = lapic_read(LAPIC_TIMER_CCR);
	w->tsc = rdtsc();
}

static void
window_end(struct window *w)
{
	w->tsc = rdtsc() - w->tsc;
	w->lapic -= lapic_read(LAPIC_TIMER_CCR);
}

/* 10 ms of the interval timer; false when it does not count. */
static bool
pit_window(struct window *w)
{
	uint8_t port = inb(PORT_B) & ~(PORT_B_GATE2 | PORT_B_SPKR);
	bool done = false;

	outb(PORT_B, port);
	outb(PIT_MODE, MODE_COUNT2);
	outb(PIT_CHANNEL2, PIT_COUNT & 0xff);
	outb(PIT_CHANNEL2, PIT_COUNT >> 8);
	outb(PORT_B, port | PORT_B_GATE2);
	window_begin(w);
	for (u_int i = 0; i < PIT_SPINS && !done; i++)
		done = (inb(PORT_B) & PORT_B_OUT2) != 0;
	window_end(w);
	outb(PORT_B, port);
	return (done);
}

static bool
measure_by_pit(void)
{
	struct window w, best = { ~0UL, 0 };

	for (u_int i = 0; i < WINDOWS; i++) {
		if (!pit_window(&w))
			return (false);
		if (w.tsc < best.tsc)
			best = w;
	}
	tsc_hz = best.tsc * PIT_HZ / PIT_COUNT;
	lapic_hz = best.lapic * PIT_HZ / PIT_COUNT;
	return (true);
}

/* What CPUID says about the time-stamp counter, 0 if nothing. */
static uint64_t
cpuid_tsc_hz(void)
{
	u_int p[4], last;

	do_cpuid(0, p);
	last = p[0];
	if (last >= 0x15) {
		do_cpuid(0x15, p); /* EBX/EAX times the crystal's ECX */
		if (p[0] != 0 && p[1] != 0 && p[2] != 0)
			return ((uint64_t)p[2] * p[1] / p[0]);
	}
	if (last >= 0x16) {
		do_cpuid(0x16, p);
		return ((p[0] & 0xffff) * 1000000UL);
	}
	return (0);
}

static bool
measure_by_cpuid(void)
{
	struct window w;

	tsc_hz = cpuid_tsc_hz();
	if (tsc_hz == 0)
		return (false);
	window_begin(&w);
	delay_us(WINDOW_US);
	window_end(&w);
	lapic_hz = w.lapic * (1000000 / WINDOW_US);
	return (true);
}

/**
 * Measures the clocks, once; lapic_init() calls it.
 * @return	false when that is impossible; the reason is printed
 */
bool
clock_init(void)
{
	if (tsc_hz != 0)
		return (true);
	lapic_timer_free_run();
	if (!measure_by_pit() && !measure_by_cpuid())
		kprintf("clock: the 8254 does not count, and CPUID does not "
			"know how fast the TSC is\n");
	lapic_timer_stop();
	if (tsc_hz == 0)
		return (false);
	spin_limit = SPIN_SECONDS * tsc_hz;
	return (true);
}

/**
 * @param us	microseconds from now, below an hour
 * @return	what the time-stamp counter will be then
 */
uint64_t
tsc_deadline(uint64_t us)
{
	return (rdtsc() + us * tsc_hz / 1000000);
}

/**
 * Waits without doing anything; interrupts are served meanwhile if they are
 * on.
 * @param us	microseconds, below an hour
 */
void
delay_us(uint64_t us)
{
	uint64_t end = tsc_deadline(us);

	while ((int64_t)(end - rdtsc()) > 0)
		cpu_pause();
}
