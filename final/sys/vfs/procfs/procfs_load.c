/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: the load, that is how many threads run or want to, on the average.
 *
 * Every five seconds each average moves towards what is so now, by
 * 1 - exp(-5 s / period).  Fixed point, 16 bits of fraction.
 */
#include "procfs.h"
#include <sys/callout.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <machine/globaldata.h>

#define SECONDS 5
#define ONE	65536UL

/* ONE times exp(-5/60), exp(-5/300), exp(-5/900). */
static const u_long keep[3] = { 60296, 64453, 65173 };
static volatile u_long average[3];
static struct callout load_callout;
static u_int users; /* mounts */

/* From the clock interrupt. */
static void
sample(void *arg)
{
	u_long now = 0;

	for (u_int i = 0; i < ncpus; i++)
		now += lwkt_load(globaldata_find(i));
	for (u_int i = 0; i < 3; i++)
		average[i] = (average[i] * keep[i] +
				 now * ONE * (ONE - keep[i])) /
		    ONE;
	callout_reset(&load_callout, SECONDS * hz, sample, arg);
}

/** Begins to count; each mount calls it once. */
void
pfs_load_start(void)
{
	if (users++ != 0)
		return;
	callout_init(&load_callout);
	callout_reset(&load_callout, SECONDS * hz, sample, NULL);
}

/** Undoes pfs_load_start(). */
void
pfs_load_stop(void)
{
	if (--users == 0)
		callout_stop_sync(&load_callout);
}

/**
 * Tells the averages.
 * @param load	set to hundredths of threads
 */
void
pfs_load(u_long load[3])
{
	for (u_int i = 0; i < 3; i++)
		load[i] = average[i] * 100 / ONE;
}
