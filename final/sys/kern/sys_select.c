/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * select(2): three sets of bits become a list for poll, and its results sets
 * of bits again.
 *
 * Bits of descriptors that the table has no room for count as not set, as on
 * other BSDs: programs give large numbers of descriptors.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/pollvar.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>

#define NFDBITS	   64
#define FD_SETSIZE 1024 /* bits of the usual set */
#define SEL_IN	   0
#define SEL_OU	   1
#define SEL_EX	   2

/** The sets of one call. */
struct select_sets {
	void *ss_user[3];     /* the process's, or NULL */
	uint64_t *ss_bits[3]; /* ss_words each */
	u_int ss_words;
	u_int ss_tail; /* words after these that the program's sets have */
	int ss_nd;     /* descriptors that are looked at */
};

static bool
is_set(const struct select_sets *ss, u_int which, int fd)
{
	return ((ss->ss_bits[which][fd / NFDBITS] >> fd % NFDBITS & 1) != 0);
}

static void
set_bit(struct select_sets *ss, u_int which, int fd)
{
	ss->ss_bits[which][fd / NFDBITS] |= 1UL << fd % NFDBITS;
}

static int
copyin_sets(struct select_sets *ss)
{
	int error = 0;

	for (u_int i = 0; i < 3 && error == 0; i++)
		if (ss->ss_user[i] != NULL)
			error = copyin(ss->ss_user[i], ss->ss_bits[i],
			    ss->ss_words * sizeof(uint64_t));
	return (error);
}

/* The rest of a program's set, as far as every set has it, is not set. */
static int
copyout_sets(const struct select_sets *ss)
{
	size_t bytes = ss->ss_words * sizeof(uint64_t);
	int error = 0;

	for (u_int i = 0; i < 3 && error == 0; i++) {
		if (ss->ss_user[i] == NULL)
			continue;
		error = copyout(ss->ss_bits[i], ss->ss_user[i], bytes);
		if (error == 0 && ss->ss_tail != 0)
			error = uzero((char *)ss->ss_user[i] + bytes,
			    ss->ss_tail * sizeof(uint64_t));
	}
	return (error);
}

/* A list for poll; returns its length. */
static u_int
make_list(const struct select_sets *ss, struct pollfd *fds)
{
	u_int n = 0;
	int events;

	for (int fd = 0; fd < ss->ss_nd; fd++) {
		events = (is_set(ss, SEL_IN, fd) ? POLLIN : 0) |
		    (is_set(ss, SEL_OU, fd) ? POLLOUT : 0) |
		    (is_set(ss, SEL_EX, fd) ? POLLPRI : 0);
		if (events != 0)
			fds[n++] = (struct pollfd){ .fd = fd,
				.events = events };
	}
	return (n);
}

/* Only what was asked for; the end and errors are readable and writable. */
static int
make_sets(struct select_sets *ss, const struct pollfd *fds, u_int n, int *res)
{
	for (u_int i = 0; i < 3; i++)
		bzero(ss->ss_bits[i], ss->ss_words * sizeof(uint64_t));
	*res = 0;
	for (u_int i = 0; i < n; i++) {
		if ((fds[i].revents & POLLNVAL) != 0)
			return (EBADF);
		if ((fds[i].events & POLLIN) != 0 &&
		    (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
			set_bit(ss, SEL_IN, fds[i].fd);
			++*res;
		}
		if ((fds[i].events & POLLOUT) != 0 &&
		    (fds[i].revents & (POLLOUT | POLLHUP | POLLERR)) != 0) {
			set_bit(ss, SEL_OU, fds[i].fd);
			++*res;
		}
		if ((fds[i].revents & POLLPRI) != 0) {
			set_bit(ss, SEL_EX, fds[i].fd);
			++*res;
		}
	}
	return (0);
}

/* poll ends for a hangup nobody asked about: it counts only if asked. */
static int
select_wait(struct select_sets *ss, struct pollfd *fds,
    const struct timespec *ts, int *res)
{
	u_int n = make_list(ss, fds);
	int error;

	error = kern_poll(fds, n, ts, res);
	if (error == 0)
		error = make_sets(ss, fds, n, res);
	return (error);
}

/**
 * select(2).  Under mp_token; may sleep.
 * @param nd	descriptors 0 to nd - 1 are looked at
 * @param in	the process's set for reading, or NULL
 * @param ou	the process's set for writing, or NULL
 * @param ex	the process's set for exceptions, or NULL
 * @param ts	timeout from now on, NULL for ever
 * @param res	set to the number of bits set
 * @return	0, EBADF, EINVAL, EFAULT, EINTR
 */
int
kern_select(
    int nd, void *in, void *ou, void *ex, const struct timespec *ts, int *res)
{
	struct select_sets ss = { .ss_user = { in, ou, ex } };
	size_t bytes;
	uint64_t *buf;
	int error;

	*res = 0;
	if (nd < 0)
		return (EINVAL);
	ss.ss_nd = MIN(nd, curproc->p_fd->fd_nfiles);
	ss.ss_words = howmany(ss.ss_nd, NFDBITS);
	ss.ss_tail = howmany(MIN(nd, FD_SETSIZE), NFDBITS);
	ss.ss_tail -= MIN(ss.ss_tail, ss.ss_words);
	bytes = 3 * ss.ss_words * sizeof(uint64_t) +
	    ss.ss_nd * sizeof(struct pollfd);
	buf = kmalloc(MAX(bytes, 1), M_TEMP, M_WAITOK | M_ZERO);
	for (u_int i = 0; i < 3; i++)
		ss.ss_bits[i] = buf + i * ss.ss_words;
	error = copyin_sets(&ss);
	if (error == 0)
		error = select_wait(
		    &ss, (struct pollfd *)(buf + 3 * ss.ss_words), ts, res);
	if (error == 0)
		error = copyout_sets(&ss);
	kfree(buf, M_TEMP);
	return (error);
}

/**
 * select(nd, in, ou, ex, tv): waits until one of the descriptors below nd is
 * ready.  Sleeps.  @return 0, EBADF, EFAULT, EINVAL, EINTR; result: how many are
 */
int
sys_select(struct sysmsg *sysmsg, const struct select_args *uap)
{
	struct timeval tv;
	struct timespec ts;
	int error;

	if (uap->tv != NULL) {
		error = copyin(uap->tv, &tv, sizeof(tv));
		if (error != 0)
			return (error);
		if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
			return (EINVAL);
		ts.tv_sec = tv.tv_sec;
		ts.tv_nsec = tv.tv_usec * 1000;
	}
	return (kern_select(uap->nd, uap->in, uap->ou, uap->ex,
	    uap->tv != NULL ? &ts : NULL, &sysmsg->sysmsg_result));
}

/**
 * pselect(nd, in, ou, ex, ts, sigmask): the same, with other signals blocked
 * meanwhile.  @return as select(); result: as select()
 */
int
sys_pselect(struct sysmsg *sysmsg, const struct pselect_args *uap)
{
	const struct timespec *tsp = NULL;
	const sigset_t *maskp = NULL;
	struct timespec ts;
	sigset_t mask;
	int error = 0;

	if (uap->ts != NULL) {
		error = copyin(uap->ts, &ts, sizeof(ts));
		tsp = &ts;
	}
	if (error == 0 && uap->sigmask != NULL) {
		error = copyin(uap->sigmask, &mask, sizeof(mask));
		maskp = &mask;
	}
	if (error != 0)
		return (error);
	poll_mask_begin(maskp);
	error = kern_select(
	    uap->nd, uap->in, uap->ou, uap->ex, tsp, &sysmsg->sysmsg_result);
	poll_mask_end(maskp, error);
	return (error);
}
