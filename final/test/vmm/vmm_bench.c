/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What an operation of a guest costs, in VM exits and in instructions.
 *
 * A guest does an operation n times and then 2n times; the difference of the
 * two runs divided by n is the cost of one, without what starting and ending
 * a guest costs.  Instructions are ticks of the time-stamp counter, which in
 * Bochs counts instructions.  With one virtual CPU all of the time is taken
 * for the host's: of the guest's own loop about ten are included.  With more
 * of them what the processors did in the host is counted apart, added up, and
 * the time is given beside it, in which guests have run and waited, too.  The
 * lines are read by `make bench`.
 */
#include <sys/systm.h>
#include "vmm_bench.h"

/* Hundredths, rounded to the nearest. */
static u_long
per_operation(uint64_t once, uint64_t twice, u_long n)
{
	return (twice > once ? ((twice - once) * 100 + n / 2) / n : 0);
}

/* Prints a cost per operation with two digits. */
static void
print_cost(
    const char *sep, uint64_t once, uint64_t twice, u_long n, const char *unit)
{
	u_long cost = per_operation(once, twice, n);

	kprintf("%s%lu.%02lu %s", sep, cost / 100, cost % 100, unit);
}

/* One line; n times is the shorter of the two runs. */
static void
bench_one(const struct bench_row *row, u_int vcpus, bench_run_t *run)
{
	u_long arg = (u_long)vcpus << 32 | row->n, n = row->n;
	struct bench_cost once, twice;

	if (!run(row->entry, arg, &once) || !run(row->entry, arg + n, &twice)) {
		kprintf("# bench failed: %s\n", row->name);
		return;
	}
	kprintf("# bench: %s", row->name);
	if (vcpus != 0)
		kprintf(", %u virtual CPU%s", vcpus, vcpus > 1 ? "s" : "");
	print_cost(": ", once.exits, twice.exits, n, "exits");
	if (vcpus == 0) {
		print_cost(", ", once.instructions, twice.instructions, n,
		    "host instructions");
	} else {
		print_cost(", ", once.host, twice.host, n, "host instructions");
		print_cost(", ", once.ipis, twice.ipis, n, "IPIs");
		print_cost(", ", once.instructions, twice.instructions, n,
		    "instructions elapsed");
	}
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
