/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The table of processors, and which of them ends the run.
 *
 * A run ends on one processor, by panic() or poweroff().  The first that
 * comes claims it, and stops the others before it prints its last words; so
 * those are never mixed with anybody else's.
 */
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

#define NOCPU (~0U)

/** Processors that run: 1 until mp_start(). */
u_int ncpus;
/** Stops all processors but this one; NULL while there is only one. */
void (*cpu_stop_others)(void);

static struct globaldata *globaldata_table[MAXCPU];
static volatile u_int ending_cpu = NOCPU;

/**
 * @param cpuid	0 to ncpus - 1
 * @return	that processor's data; panics when there is none
 */
struct globaldata *
globaldata_find(u_int cpuid)
{
	KASSERT(cpuid < ncpus, ("globaldata_find: no processor %u", cpuid));
	return (globaldata_table[cpuid]);
}

/**
 * Enters a processor into the table, as number `ncpus`.  Only one processor
 * at a time calls this.
 * @param gd	gd_cpuid is ncpus
 */
void
globaldata_add(struct globaldata *gd)
{
	KASSERT(gd->gd_cpuid == ncpus && ncpus < MAXCPU,
	    ("globaldata_add: processor %u", gd->gd_cpuid));
	globaldata_table[ncpus] = gd;
	atomic_store_rel_int(&ncpus, ncpus + 1);
}

/**
 * Makes this processor the one that ends the run: interrupts are off, the
 * others have stopped, and the console is this processor's without a lock.
 * A processor that comes second does not return.
 */
void
cpu_claim_end(void)
{
	intr_disable();
	if (cpu_is_ending())
		return;
	if (!atomic_cmpset_int(&ending_cpu, NOCPU, mycpuid))
		for (;;)
			intr_halt();
	if (cpu_stop_others != NULL)
		cpu_stop_others();
}

/** @return whether this processor ends the run */
bool
cpu_is_ending(void)
{
	return (ending_cpu == mycpuid);
}
