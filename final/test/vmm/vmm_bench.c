/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What an operation of a guest costs, in VM exits and in instructions.
 *
 * A guest does an operation n times and then 2n times; the difference of the
 * two runs divided by n is the cost of one, without what starting and ending
 * a guest costs.  Instructions are ticks of the time-stamp counter, which in
 * Bochs counts instructions; those of the guest's own loop, about ten, are
 * included.  The lines are read by `make bench`.
 */
#include <sys/systm.h>
#include "vmm_bench.h"

/* Hundredths, rounded to the nearest. */
static u_long
per_operation(uint64_t once, uint64_t twice, u_long n)
{
	return (twice > once ? ((twice - once) * 100 + n / 2) / n : 0);
}

/* One line; n times is the shorter of the two runs. */
static void
bench_one(const struct bench_row *row, u_int vcpus, bench_run_t *run)
{
	u_long arg = (u_long)vcpus << 32 | row->n, exits, instructions, ipis;
	struct bench_cost once, twice;

	if (!run(row->entry, arg, &once) ||
	    !run(row->entry, arg + row->n, &twice)) {
		kprintf("# bench failed: %s\n", row->name);
		return;
	}
	exits = per_operation(once.exits, twice.exits, row->n);
	instructions = per_operation(
	    once.instructions, twice.instructions, row->n);
	ipis = per_operation(once.ipis, twice.ipis, row->n);
	kprintf("# bench: %s", row->name);
	if (vcpus != 0)
		kprintf(", %u virtual CPU%s", vcpus, vcpus > 1 ? "s" : "");
	kprintf(": %lu.%02lu exits, %lu.%02lu host instructions", exits / 100,
	    exits % 100, instructions / 100, instructions % 100);
	if (vcpus != 0)
		kprintf(", %lu.%02lu IPIs", ipis / 100, ipis % 100);
	kprintf("\n");
}

/**
 * Measures operations and prints a line for each.
 * @param row	operations
 * @param n	number of rows
 * @param run	runs a guest
 */
void
vmm_bench_rows(const struct bench_row *row, size_t n, bench_run_t *run)
{
	for (; n > 0; n--, row++) {
		if (row->vcpus == 0)
			bench_one(row, 0, run);
		for (u_int vcpus = 1; vcpus <= row->vcpus; vcpus++)
			bench_one(row, vcpus, run);
	}
}
