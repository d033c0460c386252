/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Arithmetic on times.  Inside the kernel a time is a number of nanoseconds;
 * programs say seconds and a part of one, of any size.
 *
 * Pure: it is also compiled for Linux and tested there.
 */
#include <sys/systm.h>
#include <sys/time.h>

#define NS_PER_SEC   1000000000UL
#define NS_PER_USEC  1000UL
#define USEC_PER_SEC 1000000

static bool
to_ns(time_t sec, long part, long parts_per_sec, uint64_t *ns)
{
	if (sec < 0 || part < 0 || part >= parts_per_sec)
		return (false);
	if ((uint64_t)sec >= NS_FOREVER / NS_PER_SEC)
		*ns = NS_FOREVER;
	else
		*ns = (uint64_t)sec * NS_PER_SEC +
		    (uint64_t)part * (NS_PER_SEC / (u_long)parts_per_sec);
	return (true);
}

/**
 * @param ts	a span of time
 * @param ns	set to its nanoseconds, NS_FOREVER at most
 * @return	false: it is none
 */
bool
timespec_ns(const struct timespec *ts, uint64_t *ns)
{
	return (to_ns(ts->tv_sec, ts->tv_nsec, NS_PER_SEC, ns));
}

/**
 * @param tv	a span of time
 * @param ns	set to its nanoseconds, NS_FOREVER at most
 * @return	false: it is none
 */
bool
timeval_ns(const struct timeval *tv, uint64_t *ns)
{
	return (to_ns(tv->tv_sec, tv->tv_usec, USEC_PER_SEC, ns));
}

/**
 * @param ns	nanoseconds
 * @return	the same
 */
struct timespec
ns_timespec(uint64_t ns)
{
	return ((struct timespec){ .tv_sec = (time_t)(ns / NS_PER_SEC),
	    .tv_nsec = (long)(ns % NS_PER_SEC) });
}

/**
 * @param ns	nanoseconds
 * @return	the same, rounded up: what is left of a timer is not nothing
 *		before it has expired
 */
struct timeval
ns_timeval(uint64_t ns)
{
	uint64_t us = (ns + NS_PER_USEC - 1) / NS_PER_USEC;

	return ((struct timeval){ .tv_sec = (time_t)(us / USEC_PER_SEC),
	    .tv_usec = (suseconds_t)(us % USEC_PER_SEC) });
}

/**
 * When a timer that goes on and on expires next; what was missed is skipped.
 * @param when		when it should have expired
 * @param interval	nanoseconds in between, not 0
 * @param now		time now, not before `when`
 * @return		the first time after now that is a number of intervals
 *			after when
 */
uint64_t
itimer_next(uint64_t when, uint64_t interval, uint64_t now)
{
	return (when + ((now - when) / interval + 1) * interval);
}

/**
 * Takes time that a process has used from a timer.
 * @param it	timer, valid; begins again when it has expired
 * @param ns	nanoseconds
 * @return	whether it has expired
 */
bool
itimer_charge(struct itimerval *it, uint64_t ns)
{
	uint64_t left, interval;

	if (!timeval_ns(&it->it_value, &left) || left == 0)
		return (false);
	if (left > ns) {
		it->it_value = ns_timeval(left - ns);
		return (false);
	}
	if (!timeval_ns(&it->it_interval, &interval) || interval == 0)
		it->it_value = (struct timeval){ 0, 0 };
	else
		it->it_value = ns_timeval(itimer_next(left, interval, ns) - ns);
	return (true);
}
