/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Conditions.  A waiter sleeps on a number that every wakeup changes: what
 * comes between its look at the number, with the mutex held, and its sleep
 * makes umtx_sleep(2) return at once.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>
#include "libc_private.h"

#define LONGEST 1000000 /* microseconds of one sleep */
#define LEAVING 1000	/* the same, until those who were woken have left */

/**
 * Usual attributes: CLOCK_REALTIME.
 * @param attr	filled in
 * @return	0
 */
int
pthread_condattr_init(pthread_condattr_t *attr)
{
	attr->ca_clock = CLOCK_REALTIME;
	return (0);
}

/**
 * Nothing to be done.
 * @param attr	attributes
 * @return	0
 */
int
pthread_condattr_destroy(pthread_condattr_t *attr __unused)
{
	return (0);
}

/**
 * Sets the clock of timed waits.
 * @param attr	changed
 * @param clock	CLOCK_REALTIME or CLOCK_MONOTONIC
 * @return	0 or EINVAL
 */
int
pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return (EINVAL);
	attr->ca_clock = clock;
	return (0);
}

/**
 * Makes a condition.
 * @param c	filled in
 * @param attr	attributes, or NULL: the usual ones
 * @return	0
 */
int
pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
	*c = (pthread_cond_t){ .c_clock = attr != NULL ? attr->ca_clock
						       : CLOCK_REALTIME };
	return (0);
}

/**
 * Ends it.  Who has been woken may still be about to leave, and that is waited
 * for: the memory may be used for something else afterwards.  Who waits in
 * spite of this is woken.
 * @param c	condition
 * @return	0
 */
int
pthread_cond_destroy(pthread_cond_t *c)
{
	int saved = errno, n;

	while ((n = __atomic_load_n(&c->c_waiters, __ATOMIC_SEQ_CST)) != 0) {
		pthread_cond_broadcast(c);
		umtx_sleep(&c->c_waiters, n, LEAVING);
	}
	errno = saved;
	return (0);
}

/* Microseconds until then, at most LONGEST; 0 or less if it is past. */
static long
left(const pthread_cond_t *c, const struct timespec *until)
{
	struct timespec now;
	long seconds;

	if (until == NULL)
		return (LONGEST);
	clock_gettime(c->c_clock, &now);
	seconds = until->tv_sec - now.tv_sec;
	if (seconds > 2)
		return (LONGEST);
	if (seconds < -2)
		return (0);
	seconds = seconds * 1000000 +
	    (until->tv_nsec - now.tv_nsec + 999) / 1000;
	return (seconds > LONGEST ? LONGEST : seconds);
}

/**
 * Gives the mutex back, sleeps for a wakeup or until a time, takes the mutex
 * again. There may be wakeups that nobody sent.
 * @param c	condition
 * @param m	mutex, which the caller has taken; a recursive one is given back
 *		as a whole
 * @param until	time of the condition's clock; NULL: none
 * @return	0; ETIMEDOUT; EINVAL: no time, the mutex was kept; EPERM: the
 *		mutex is another's
 */
int
pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	int seq = c->c_seq, count = m->m_count, error, saved = errno;
	long us;

	if (until != NULL &&
	    (until->tv_nsec < 0 || until->tv_nsec >= 1000000000))
		return (EINVAL);
	m->m_count = 0; /* a recursive one is given back as a whole */
	__atomic_add_fetch(&c->c_waiters, 1, __ATOMIC_SEQ_CST);
	error = pthread_mutex_unlock(m);
	while (error == 0 && c->c_seq == seq) {
		us = left(c, until);
		if (us <= 0)
			error = ETIMEDOUT;
		else
			umtx_sleep(&c->c_seq, seq, until != NULL ? (int)us : 0);
	}
	__atomic_sub_fetch(&c->c_waiters, 1, __ATOMIC_SEQ_CST);
	errno = saved;
	if (error == EPERM) {
		m->m_count = count;
		return (error);
	}
	pthread_mutex_lock(m);
	m->m_count = count;
	return (error);
}

/**
 * pthread_cond_timedwait() without a time.
 * @param c	condition
 * @param m	mutex, which the caller has taken
 * @return	0; EPERM: the mutex is another's
 */
int
pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return (pthread_cond_timedwait(c, m, NULL));
}

static int
wake(pthread_cond_t *c, int count)
{
	int saved = errno;

	__atomic_add_fetch(&c->c_seq, 1, __ATOMIC_SEQ_CST);
	if (c->c_waiters != 0)
		umtx_wakeup(&c->c_seq, count);
	errno = saved;
	return (0);
}

/**
 * Wakes one who waits.
 * @param c	condition
 * @return	0
 */
int
pthread_cond_signal(pthread_cond_t *c)
{
	return (wake(c, 1));
}

/**
 * Wakes all who wait.
 * @param c	condition
 * @return	0
 */
int
pthread_cond_broadcast(pthread_cond_t *c)
{
	return (wake(c, 0));
}
