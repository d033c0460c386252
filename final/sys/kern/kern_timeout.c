/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Callouts; <sys/callout.h> says how they behave.
 *
 * Each processor has a tree of its callouts by time.  A spinlock protects it,
 * since others may stop them.  The function runs without the lock;
 * `running` says which callout that is, so that callout_stop_sync() can wait.
 */
#include <sys/callout.h>
#include <sys/malloc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

MALLOC_DEFINE(M_CALLOUT, "callouts");

RB_HEAD(callout_tree, callout);

/** The callouts of a processor. */
struct callout_cpu {
	struct spinlock lock;		  /**< all below */
	struct callout_tree tree;	  /**< by time */
	struct callout *volatile running; /**< whose function runs */
};

static int
callout_cmp(const struct callout *a, const struct callout *b)
{
	if (a->c_when != b->c_when)
		return (a->c_when < b->c_when ? -1 : 1);
	return (a < b ? -1 : a > b);
}

RB_GENERATE_STATIC(callout_tree, callout, c_node, callout_cmp)

/** Prepares this processor. */
void
callout_init_cpu(void)
{
	struct callout_cpu *cc;

	cc = kmalloc(sizeof(*cc), M_CALLOUT, M_WAITOK | M_ZERO);
	spin_init(&cc->lock, "callout");
	RB_INIT(&cc->tree);
	mycpu->gd_callout = cc;
}

/**
 * Makes a callout that is idle.
 * @param c	the callout
 */
void
callout_init(struct callout *c)
{
	*c = (struct callout){ .c_gd = NULL };
}

/* Takes it out of its tree; false when it was idle. */
static bool
callout_take(struct callout *c)
{
	struct globaldata *gd;
	bool taken = false;

	while (!taken && (gd = c->c_gd) != NULL) {
		spin_lock(&gd->gd_callout->lock);
		if (c->c_gd == gd) {
			RB_REMOVE(callout_tree, &gd->gd_callout->tree, c);
			c->c_gd = NULL;
			taken = true;
		}
		spin_unlock(&gd->gd_callout->lock);
	}
	return (taken);
}

/**
 * Has a function called after a time, once; an earlier request is replaced.
 * @param c	initialised
 * @param ns	nanoseconds from now
 * @param func	called with interrupts off
 * @param arg	its argument
 */
void
callout_reset_ns(
    struct callout *c, uint64_t ns, void (*func)(void *), void *arg)
{
	struct callout_cpu *cc;
	bool first, intr = intr_enabled();

	callout_take(c);
	intr_disable();
	cc = mycpu->gd_callout;
	spin_lock(&cc->lock);
	c->c_when = nsuptime() + ns;
	c->c_func = func;
	c->c_arg = arg;
	c->c_gd = mycpu;
	RB_INSERT(callout_tree, &cc->tree, c);
	first = RB_MIN(callout_tree, &cc->tree) == c;
	spin_unlock(&cc->lock);
	if (first)
		systimer_reload();
	if (intr)
		intr_enable();
}

/**
 * The same in ticks.
 * @param c		initialised
 * @param to_ticks	ticks from now, at least 0
 * @param func		called with interrupts off
 * @param arg		its argument
 */
void
callout_reset(struct callout *c, int to_ticks, void (*func)(void *), void *arg)
{
	callout_reset_ns(
	    c, (uint64_t)MAX(to_ticks, 0) * (1000000000UL / hz), func, arg);
}

/**
 * Takes a request back.  The function may be running at the moment.
 * @param c	initialised
 * @return	whether it had not begun
 */
bool
callout_stop(struct callout *c)
{
	return (callout_take(c));
}

/**
 * Takes a request back and waits until its function does not run any more.
 * Not to be called from that function.
 * @param c	initialised
 * @return	whether it had not begun
 */
bool
callout_stop_sync(struct callout *c)
{
	bool taken = callout_take(c);

	for (u_int i = 0; i < ncpus; i++)
		while (globaldata_find(i)->gd_callout != NULL &&
		    globaldata_find(i)->gd_callout->running == c)
			cpu_spinwait(NULL);
	return (callout_take(c) || taken);
}

/**
 * @param c	initialised
 * @return	whether its function is to be called
 */
bool
callout_active(const struct callout *c)
{
	return (c->c_gd != NULL);
}

/**
 * Calls what is due on this processor.  Called by the clock interrupt.
 * @param now	nsuptime()
 */
void
callout_run(uint64_t now)
{
	struct callout_cpu *cc = mycpu->gd_callout;
	struct callout *c;
	void (*func)(void *);
	void *arg;

	spin_lock(&cc->lock);
	while (
	    (c = RB_MIN(callout_tree, &cc->tree)) != NULL && c->c_when <= now) {
		RB_REMOVE(callout_tree, &cc->tree, c);
		c->c_gd = NULL;
		func = c->c_func;
		arg = c->c_arg;
		cc->running = c;
		spin_unlock(&cc->lock);
		func(arg); /* c may be gone when it returns */
		spin_lock(&cc->lock);
		cc->running = NULL;
	}
	spin_unlock(&cc->lock);
}

/** @return nsuptime() of this processor's first callout, or ~0 */
uint64_t
callout_next(void)
{
	struct callout_cpu *cc = mycpu->gd_callout;
	struct callout *c;
	uint64_t when = ~0UL;

	spin_lock(&cc->lock);
	c = RB_MIN(callout_tree, &cc->tree);
	if (c != NULL)
		when = c->c_when;
	spin_unlock(&cc->lock);
	return (when);
}
