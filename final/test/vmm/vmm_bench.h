/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What an operation of a guest costs: see vmm_bench.c.
 */
#ifndef _VMM_BENCH_H_
#define _VMM_BENCH_H_

#include <sys/types.h>

/** What a run cost. */
struct bench_cost {
	uint64_t instructions; /**< time-stamp ticks from start to end; in
				    Bochs instructions of one processor */
	uint64_t exits;	       /**< VM exits */
	uint64_t ipis;	       /**< interrupts between processors */
	uint64_t host;	       /**< ticks of all processors in the host; 0:
				    not counted apart */
};

/**
 * One operation: a guest that does it as often as the lower half of its
 * argument says, with as many virtual CPUs as the upper half says.
 */
struct bench_row {
	const char *name; /**< of the operation */
	void *entry;	  /**< where the guest starts */
	u_long n;	  /**< how often in the shorter of two runs */
	u_int vcpus;	  /**< measured with 1 to this many; 0: says nothing */
};

/**
 * Runs a guest to its end.
 * @param entry	where it starts
 * @param arg	its argument
 * @param cost	filled in
 * @return	whether it ended well
 */
typedef bool bench_run_t(void *entry, u_long arg, struct bench_cost *cost);

void vmm_bench_rows(const struct bench_row *row, size_t n, bench_run_t *run);

/* --- guest_bench.c --- */
void guest_null_calls(u_long n);
void guest_touch_pages(u_long n);

#endif
