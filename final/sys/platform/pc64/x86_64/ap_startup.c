/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From "a processor runs C" (mp.c) to "it runs threads".
 *
 * The others come up while the boot processor still prepares what they share;
 * they wait for it in ap_main().  What mp_ap_main() ran on becomes the
 * processor's idle thread.
 */
#include <sys/callout.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/smp.h>

static volatile u_int aps_may_go;
static volatile u_int aps_ready;

void syscall_init_cpu(void);

static void
ap_main(void)
{
	fpu_init_cpu();
	syscall_init_cpu();
	while (atomic_load_acq_int(&aps_may_go) == 0)
		cpu_pause();
	lwkt_init_cpu(mycpu);
	callout_init_cpu();
	systimer_init_cpu();
	atomic_fetchadd_int(&aps_ready, 1);
	lwkt_idle_loop();
}

/**
 * Starts all processors and waits until each is in its idle loop.  The boot
 * processor has its threads, kmalloc() works.
 * @return	how many there are
 */
u_int
cpu_start_all(void)
{
	syscall_init_cpu();
	mp_start(ap_main);
	lwkt_ipiq_init();
	atomic_store_rel_int(&aps_may_go, 1);
	while (atomic_load_acq_int(&aps_ready) != ncpus - 1)
		cpu_pause();
	return (ncpus);
}

/**
 * Interrupts another processor: it looks for messages.
 * @param gd	which
 */
void
cpu_send_ipiq(struct globaldata *gd)
{
	lapic_ipi(gd->gd_cpuid, VECTOR_IPI);
}
