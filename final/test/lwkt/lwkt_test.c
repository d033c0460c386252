/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Runs the cases of lwkt_cases.c in the boot processor's main thread.
 */
#include <sys/callout.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include "lwkt_test.h"

/** @return 0 when every case passed */
int
main(void)
{
	kmeminit();
	lwkt_init_cpu(mycpu);
	fpu_init();
	if (!lapic_init())
		panic("lwkt_test: no local APIC");
	systimer_init();
	lwkt_init_idle();
	callout_init_cpu();
	sleepinit();
	systimer_init_cpu();
	intr_enable();
	cpu_start_all();
	tap_plan(lwkt_ncases);
	for (u_int i = 0; i < lwkt_ncases; i++)
		tap_ok(lwkt_cases[i].run(), "%s", lwkt_cases[i].name);
	return (tap_status());
}
