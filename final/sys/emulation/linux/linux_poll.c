/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's poll(2), select(2) and the two with a mask of signals.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/pollvar.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>
#include "linux_conv.h"
#include "linux_var.h"

#define POLL_SMALL   8 /* descriptors that need no memory */
#define NSEC_PER_SEC 1000000000L
#define TIME_MAX     0x7fffffffffffffffL

/* poll(2) of an array in the kernel; results are Linux's. */
static int
poll_kernel(struct pollfd *fds, short *asked, u_int n,
    const struct timespec *ts, int *res)
{
	int error;

	for (u_int i = 0; i < n; i++) {
		asked[i] = fds[i].events;
		fds[i].events = linux_poll_in(asked[i]);
		fds[i].revents = 0;
	}
	error = kern_poll(fds, n, ts, res);
	for (u_int i = 0; i < n; i++) {
		fds[i].events = asked[i];
		fds[i].revents = linux_poll_out(fds[i].revents, asked[i]);
	}
	return (error);
}

/* The process's array. */
static int
poll_common(struct pollfd *ufds, u_int n, const struct timespec *ts, int *res)
{
	struct pollfd small[POLL_SMALL], *fds = small;
	short small_asked[POLL_SMALL], *asked = small_asked;
	int error = 0;

	if (n > (u_int)kern_getdtablesize())
		return (EINVAL);
	if (n > POLL_SMALL) {
		fds = kmalloc(n * sizeof(*fds), M_TEMP, M_WAITOK);
		asked = kmalloc(n * sizeof(*asked), M_TEMP, M_WAITOK);
	}
	if (n != 0)
		error = copyin(ufds, fds, n * sizeof(*fds));
	if (error == 0)
		error = poll_kernel(fds, asked, n, ts, res);
	if (error == 0 && n != 0)
		error = copyout(fds, ufds, n * sizeof(*fds));
	if (fds != small) {
		kfree(asked, M_TEMP);
		kfree(fds, M_TEMP);
	}
	return (error);
}

/** poll(2). */
int
sys_linux_poll(struct sysmsg *sysmsg, const struct linux_poll_args *uap)
{
	struct timespec ts;

	if (uap->timeout >= 0)
		ts = (struct timespec){ .tv_sec = uap->timeout / 1000,
			.tv_nsec = uap->timeout % 1000 * 1000000L };
	return (poll_common(uap->fds, uap->nfds, uap->timeout >= 0 ? &ts : NULL,
	    &sysmsg->sysmsg_result));
}

/* A span of time that may be missing. */
static int
copyin_span(const struct timespec *uts, struct timespec *ts)
{
	int error;

	if (uts == NULL)
		return (0);
	error = copyin(uts, ts, sizeof(*ts));
	if (error == 0 &&
	    (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= NSEC_PER_SEC))
		error = EINVAL;
	return (error);
}

/** ppoll(2). */
int
sys_linux_ppoll(struct sysmsg *sysmsg, const struct linux_ppoll_args *uap)
{
	struct timespec ts;
	sigset_t mask;
	int error;

	error = copyin_span(uap->ts, &ts);
	if (error == 0 && uap->set != NULL)
		error = linux_copyin_sigset(uap->set, uap->setsize, &mask);
	if (error != 0)
		return (error);
	poll_mask_begin(uap->set != NULL ? &mask : NULL);
	error = poll_common(uap->fds, uap->nfds, uap->ts != NULL ? &ts : NULL,
	    &sysmsg->sysmsg_result);
	poll_mask_end(uap->set != NULL ? &mask : NULL, error);
	return (error);
}

/* Linux writes back what was left of the time; an error there is ignored. */
static void
copyout_left(
    uint64_t begin, const struct timespec *ts, void *uleft, bool timeval)
{
	uint64_t spent = nsuptime() - begin, span, left;
	struct timespec rest;

	span = ts->tv_sec >= TIME_MAX / NSEC_PER_SEC
	    ? (uint64_t)TIME_MAX
	    : (uint64_t)(ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec);
	left = span > spent ? span - spent : 0;
	rest.tv_sec = left / NSEC_PER_SEC;
	rest.tv_nsec = left % NSEC_PER_SEC / (timeval ? 1000 : 1);
	copyout(&rest, uleft, sizeof(rest));
}

/** select(2). */
int
sys_linux_select(struct sysmsg *sysmsg, const struct linux_select_args *uap)
{
	struct timespec ts, *tsp = NULL;
	uint64_t begin = nsuptime();
	struct timeval tv;
	int error;

	if (uap->tv != NULL) {
		error = copyin(uap->tv, &tv, sizeof(tv));
		if (error != 0)
			return (error);
		/* More than a second of microseconds is allowed. */
		if (tv.tv_sec < 0 || tv.tv_usec < 0 ||
		    tv.tv_sec > TIME_MAX - tv.tv_usec / 1000000)
			return (EINVAL);
		ts.tv_sec = tv.tv_sec + tv.tv_usec / 1000000;
		ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
		tsp = &ts;
	}
	error = kern_select(
	    uap->nd, uap->in, uap->ou, uap->ex, tsp, &sysmsg->sysmsg_result);
	if (tsp != NULL)
		copyout_left(begin, tsp, uap->tv, true);
	return (error);
}

/** The last argument of pselect6: there are no seven registers. */
struct linux_pselect_mask {
	const u_long *set; /* or NULL */
	size_t size;	   /* of a set */
};

/** pselect6(2). */
int
sys_linux_pselect6(struct sysmsg *sysmsg, const struct linux_pselect6_args *uap)
{
	struct linux_pselect_mask arg = { 0 };
	struct timespec ts = { 0 }, *tsp = uap->ts != NULL ? &ts : NULL;
	uint64_t begin = nsuptime();
	sigset_t mask;
	int error;

	error = copyin_span(uap->ts, &ts);
	if (error == 0 && uap->sigarg != NULL)
		error = copyin(uap->sigarg, &arg, sizeof(arg));
	if (error == 0 && arg.set != NULL)
		error = linux_copyin_sigset(arg.set, arg.size, &mask);
	if (error != 0)
		return (error);
	poll_mask_begin(arg.set != NULL ? &mask : NULL);
	error = kern_select(
	    uap->nd, uap->in, uap->ou, uap->ex, tsp, &sysmsg->sysmsg_result);
	poll_mask_end(arg.set != NULL ? &mask : NULL, error);
	if (tsp != NULL)
		copyout_left(begin, tsp, uap->ts, false);
	return (error);
}
