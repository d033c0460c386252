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

/**
 * Measures operations and prints a line for each.
 * @param row	operations
 * @param n	number of rows
 * @param run	runs a guest
 */
void
vmm_bench_rows(const struct bench_row *row, size_t n, bench_run_t *run)
{
	struct bench_cost once, twice;
	u_long exits, instructions;

	for (; n > 0; n--, row++) {
		if (!run(row->entry, row->n, &once) ||
		    !run(row->entry, 2 * row->n, &twice)) {
			kprintf("# bench failed: %s\n", row->name);
			continue;
		}
		exits = per_operation(once.exits, twice.exits, row->n);
		instructions = per_operation(
		    once.instructions, twice.instructions, row->n);
		kprintf("# bench: %s: %lu.%02lu exits, %lu.%02lu host "
			"instructions\n",
		    row->name, exits / 100, exits % 100, instructions / 100,
		    instructions % 100);
	}
}
