/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Work for the other processors: each idles until it is given a function to
 * run.  A vector of its own wakes them, so that VECTOR_IPI can be counted.
 */
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/clock.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/smp.h>
#include "smp_test.h"

#define VECTOR_WAKE 0x40
#define PATIENCE_US 5000000 /* under QEMU the machine may be busy */

volatile u_int ipi_count[MAXCPU];

static volatile u_long jobs[MAXCPU];

static void
wake(struct trapframe *tf __unused)
{
}

static void
count_ipi(struct trapframe *tf __unused)
{
	ipi_count[mycpuid]++;
}

void
run_init(void)
{
	intr_register(VECTOR_WAKE, wake);
	intr_register(VECTOR_IPI, count_ipi);
}

void
run_loop(void)
{
	volatile u_long *job = &jobs[mycpuid];

	for (;;) {
		while (atomic_load_acq_long(job) == 0)
			cpu_idle();
		((void (*)(void)) * job)();
		atomic_store_rel_long(job, 0);
	}
}

static void
start_on(u_int cpuid, void (*job)(void))
{
	atomic_store_rel_long(&jobs[cpuid], (u_long)job);
	lapic_ipi(cpuid, VECTOR_WAKE);
}

static void
wait_on(u_int cpuid)
{
	uint64_t end = tsc_deadline(PATIENCE_US);

	while (atomic_load_acq_long(&jobs[cpuid]) != 0) {
		cpu_pause();
		if ((int64_t)(end - rdtsc()) < 0)
			panic("smp_test: processor %u does not finish", cpuid);
	}
}

void
run_on(u_int cpuid, void (*job)(void))
{
	if (cpuid == mycpuid) {
		job();
		return;
	}
	start_on(cpuid, job);
	wait_on(cpuid);
}

/* At the same time on all, this one included. */
void
run_on_all(void (*job)(void))
{
	for (u_int i = 0; i < ncpus; i++)
		if (i != mycpuid)
			start_on(i, job);
	job();
	for (u_int i = 0; i < ncpus; i++)
		if (i != mycpuid)
			wait_on(i);
}

/* With interrupts on, until a count is reached or patience ends. */
bool
wait_for(volatile u_int *count, u_int value)
{
	uint64_t end = tsc_deadline(PATIENCE_US);

	intr_enable();
	while (*count < value && (int64_t)(end - rdtsc()) > 0)
		cpu_pause();
	intr_disable();
	return (*count == value);
}
