/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What programs measure: ticks of the time-stamp counter and differences of
 * counters that sysctl tells, summed up over operations.
 *
 *     static const struct counter counters[] = { { "exits", "hw..." } };
 *     sums_init(counters, 1);
 *     sums_start(&s);
 *     for (int i = 0; i < 100; i++)
 *             operation();
 *     sums_stop(&s, 100);
 *     sums_print("operation", &s);
 *
 * What reading the counters counts itself is measured first, and left out.
 */
#ifndef _HOST_SUMS_H_
#define _HOST_SUMS_H_

#include <sys/sysctl.h>
#include <sys/types.h>
#include <cpu/cpufunc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SUMS_MAX 12

/** A counter. */
struct counter {
	const char *unit; /**< what it counts, plural */
	const char *name; /**< sysctl's */
};

/** A measurement: sums over its operations. */
struct sums {
	uint64_t ticks;
	uint64_t counts[SUMS_MAX]; /**< of each counter */
	unsigned n;		   /**< operations */
};

static const struct counter *sums_counters;
static unsigned sums_ncounters;
static struct sums sums_empty; /* of a start and a stop */

/** @return the value of a counter; the program ends if it is not there */
static inline uint64_t
counter(const char *name)
{
	uint64_t value = 0;
	size_t size = sizeof(value);

	if (sysctlbyname(name, &value, &size, NULL, 0) != 0) {
		perror(name);
		_exit(1);
	}
	return (value);
}

/** What is between this and sums_stop() counts. */
static inline void
sums_start(struct sums *s)
{
	for (unsigned i = 0; i < sums_ncounters; i++)
		s->counts[i] -= counter(sums_counters[i].name);
	s->ticks -= rdtsc();
}

/** @param n	operations since sums_start() */
static inline void
sums_stop(struct sums *s, unsigned n)
{
	s->ticks += rdtsc();
	/* In this order each has the same readings of others between its two:
	 * sums_empty has those too. */
	for (unsigned i = 0; i < sums_ncounters; i++)
		s->counts[i] += counter(sums_counters[i].name) -
		    sums_empty.counts[i];
	s->n += n;
}

/** Sets which counters there are, at most SUMS_MAX. */
static inline void
sums_init(const struct counter *counters, unsigned n)
{
	sums_counters = counters;
	sums_ncounters = n;
	/* The first reading of all finds nothing in caches. */
	for (int i = 0; i < 2; i++) {
		memset(&sums_empty, 0, sizeof(sums_empty));
		struct sums s = { 0 };
		sums_start(&s);
		sums_stop(&s, 1);
		sums_empty = s;
	}
}

/** @return ticks of one operation */
static inline uint64_t
sums_ticks(const struct sums *s)
{
	return (s->ticks / s->n);
}

/** Adds a measurement that was none if its n is 0. */
static inline void
sums_add(struct sums *s, const struct sums *more)
{
	if (more->n == 0)
		return;
	s->ticks += more->ticks;
	for (unsigned i = 0; i < sums_ncounters; i++)
		s->counts[i] += more->counts[i];
	s->n += more->n;
}

/** Prints ", X.XX UNIT" of each counter, for one operation. */
static inline void
sums_print_counts(const struct sums *s)
{
	for (unsigned i = 0; i < sums_ncounters; i++) {
		uint64_t sum = s->counts[i], hundredths = 0;

		if ((int64_t)sum > 0)
			hundredths = (sum * 100 + s->n / 2) / s->n;
		printf(", %lu.%02lu %s", hundredths / 100, hundredths % 100,
		    sums_counters[i].unit);
	}
}

/** Prints a line "# bench: NAME: N ticks, X.XX UNIT, ...", without its end. */
static inline void
sums_print(const char *name, const struct sums *s)
{
	printf("# bench: %s: %lu ticks", name, sums_ticks(s));
	sums_print_counts(s);
}

#endif
