/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Functions that are called when time has passed.
 *
 * They run on the processor that started them, from the clock interrupt, with
 * interrupts off: they must not sleep, and only spinlocks protect what they
 * share.  A kernel thread does what takes longer.
 */
#ifndef _SYS_CALLOUT_H_
#define _SYS_CALLOUT_H_

#include <sys/tree.h>

struct globaldata;

/** One function to be called. */
struct callout {
	RB_ENTRY(callout) c_node; /**< in its processor's tree */
	struct globaldata *c_gd;  /**< its processor; NULL when idle */
	uint64_t c_when;	  /**< nsuptime() */
	void (*c_func)(void *);	  /**< what */
	void *c_arg;		  /**< with this */
};

/* --- kern/kern_timeout.c --- */
void callout_init_cpu(void);
void callout_run(uint64_t now);
uint64_t callout_next(void);
void callout_init(struct callout *c);
void
callout_reset(struct callout *c, int to_ticks, void (*func)(void *), void *arg);
void callout_reset_ns(
    struct callout *c, uint64_t ns, void (*func)(void *), void *arg);
bool callout_stop(struct callout *c);
bool callout_stop_sync(struct callout *c);
bool callout_active(const struct callout *c);

#endif
