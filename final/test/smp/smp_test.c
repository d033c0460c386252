/* SPDX-License-Identifier: BSD-3-Clause */
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/atomic.h>
#include <machine/clock.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/smp.h>

static volatile u_int up, ticks, ipis;
static void
tick(struct trapframe *tf __unused)
{
	atomic_add_int(&ticks, 1);
}
static void
ipi(struct trapframe *tf __unused)
{
	atomic_add_int(&ipis, 1);
}

static void
ap(void)
{
	atomic_add_int(&up, 1);
	for (;;)
		cpu_idle();
}

int
main(void)
{
	u_int n;

	tap_plan(3);
	intr_register(VECTOR_TIMER, tick);
	intr_register(VECTOR_IPI, ipi);
	n = mp_start(ap);
	kprintf("# %u cpus, tsc %lu lapic %lu x2apic %d low %#lx\n", n, tsc_hz,
	    lapic_hz, lapic_is_x2apic(), low_page);
	delay_us(1000);
	tap_ok(up == n - 1, "up %u", up);
	lapic_timer_periodic(1000);
	while (ticks < 10)
		cpu_idle();
	lapic_timer_stop();
	tap_ok(true, "ticks");
	for (u_int i = 0; i < n; i++)
		lapic_ipi(i, VECTOR_IPI);
	intr_enable();
	delay_us(1000);
	intr_disable();
	tap_ok(ipis == n, "ipis %u", ipis);
	return (tap_status());
}
