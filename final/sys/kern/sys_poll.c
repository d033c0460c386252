/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * poll(2) and select(2), made of knotes that live as long as the call.
 *
 * For each descriptor there is a knote for reading and one for writing, as far
 * as it is open for that; they are on a kqueue that is nobody's file.  Each
 * turn takes off its list what has happened, looks at every descriptor, and
 * sleeps if nothing is ready.  What happens between the look and the sleep is
 * on the list again.
 *
 * The files are held meanwhile, so that a descriptor may be closed.
 */
#include <sys/errno.h>
#include <sys/eventvar.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/pollvar.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/sysproto.h>
#include <sys/time.h>
#include <machine/globaldata.h>

#define POLL_SMALL 4 /* descriptors that need no memory */
#define POLL_IN	   (POLLIN | POLLRDNORM)
#define POLL_OUT   POLLOUT

/** One descriptor of a call. */
struct pollent {
	struct file *pe_fp;    /* held, or NULL */
	bool pe_watched[2];    /* pe_kn is attached: read, write */
	bool pe_always;	       /* cannot be watched: is always ready */
	struct knote pe_kn[2]; /* for reading and for writing */
};

/* Attaches one knote; what cannot be watched is always ready. */
static void
watch(struct kqueue *kq, struct pollent *pe, int fd, u_int which)
{
	struct knote *kn = &pe->pe_kn[which];

	*kn = (struct knote){
		.kn_kq = kq, .kn_fp = pe->pe_fp, .kn_status = KN_ATTACHING
	};
	kn->kn_id = fd;
	kn->kn_filter = which == 0 ? EVFILT_READ : EVFILT_WRITE;
	if (pe->pe_fp->f_ops->fo_kqfilter(pe->pe_fp, kn) != 0) {
		pe->pe_always = true;
		return;
	}
	pe->pe_watched[which] = true;
	spin_lock(&knote_spin);
	kn->kn_status &= ~KN_ATTACHING;
	spin_unlock(&knote_spin);
}

/* Begins with one descriptor; the file may be NULL. */
static void
poll_begin(struct kqueue *kq, struct pollent *pe, const struct pollfd *pfd)
{
	bool reads;

	pe->pe_fp = NULL;
	pe->pe_watched[0] = pe->pe_watched[1] = pe->pe_always = false;
	if (pfd->fd < 0)
		return;
	pe->pe_fp = holdfp(curproc->p_fd, pfd->fd, -1);
	if (pe->pe_fp == NULL)
		return;
	reads = (pe->pe_fp->f_flag & FREAD) != 0;
	if (reads) /* even if only the end is of interest */
		watch(kq, pe, pfd->fd, 0);
	if ((pe->pe_fp->f_flag & FWRITE) != 0 &&
	    ((pfd->events & POLL_OUT) != 0 || !reads))
		watch(kq, pe, pfd->fd, 1);
}

static void
poll_end(struct pollent *pe)
{
	struct knote *kn;

	for (u_int i = 0; i < 2; i++) {
		kn = &pe->pe_kn[i];
		if (!pe->pe_watched[i])
			continue;
		spin_lock(&knote_spin);
		kn->kn_status |= KN_DELETING;
		if ((kn->kn_status & KN_QUEUED) != 0) {
			TAILQ_REMOVE(&kn->kn_kq->kq_ready, kn, kn_tqe);
			kn->kn_kq->kq_count--;
			kn->kn_status &= ~KN_QUEUED;
		}
		spin_unlock(&knote_spin);
		if ((kn->kn_status & KN_DETACHED) == 0)
			kn->kn_fop->f_detach(kn);
	}
	if (pe->pe_fp != NULL)
		fdrop(pe->pe_fp);
}

/* Whether a knote is ready; *eof if that is the end. */
static bool
knote_ready_now(struct knote *kn, bool *eof)
{
	bool ready;

	spin_lock(&knote_spin);
	ready = (kn->kn_status & KN_DETACHED) != 0 ||
	    kn->kn_fop->f_event(kn, 0) != 0;
	*eof = ready && (kn->kn_flags & EV_EOF) != 0;
	spin_unlock(&knote_spin);
	return (ready);
}

/* revents of a descriptor. */
static int
poll_look(struct pollent *pe, const struct pollfd *pfd)
{
	int revents = 0;
	bool eof;

	if (pfd->fd < 0)
		return (0);
	if (pe->pe_fp == NULL)
		return (POLLNVAL);
	if (pe->pe_always)
		revents |= pfd->events & (POLL_IN | POLL_OUT);
	if (pe->pe_watched[0] && knote_ready_now(&pe->pe_kn[0], &eof)) {
		revents |= pfd->events & POLL_IN;
		revents |= eof ? POLLHUP : 0;
	}
	if (pe->pe_watched[1] && knote_ready_now(&pe->pe_kn[1], &eof)) {
		revents |= pfd->events & POLL_OUT;
		revents |= eof ? POLLERR : 0;
	}
	if ((revents & POLLHUP) != 0)
		revents &= ~POLL_OUT; /* the two exclude each other */
	return (revents);
}

/* Empties the list of what has happened: all will be looked at. */
static void
forget_events(struct kqueue *kq)
{
	struct knote *kn;

	spin_lock(&knote_spin);
	while ((kn = TAILQ_FIRST(&kq->kq_ready)) != NULL) {
		TAILQ_REMOVE(&kq->kq_ready, kn, kn_tqe);
		kn->kn_status &= ~(KN_QUEUED | KN_ACTIVE);
	}
	kq->kq_count = 0;
	spin_unlock(&knote_spin);
}

static int
poll_wait(struct kqueue *kq, struct pollent *pe, struct pollfd *fds, u_int nfds,
    uint64_t deadline, int *res)
{
	int error;

	for (;;) {
		forget_events(kq);
		*res = 0;
		for (u_int i = 0; i < nfds; i++) {
			fds[i].revents = poll_look(&pe[i], &fds[i]);
			*res += fds[i].revents != 0;
		}
		if (*res != 0)
			return (0);
		error = kqueue_sleep(kq, deadline, "poll");
		if (error != 0)
			return (error == EWOULDBLOCK ? 0 : error);
	}
}

/* poll(2) with a deadline of nsuptime(). */
static int
poll_until(struct pollfd *fds, u_int nfds, uint64_t deadline, int *res)
{
	struct pollent small[POLL_SMALL], *pe = small;
	struct kqueue kq;
	int error;

	if (nfds > POLL_SMALL)
		pe = kmalloc(nfds * sizeof(*pe), M_TEMP, M_WAITOK);
	kqueue_init(&kq, NULL);
	for (u_int i = 0; i < nfds; i++)
		poll_begin(&kq, &pe[i], &fds[i]);
	error = poll_wait(&kq, pe, fds, nfds, deadline, res);
	for (u_int i = 0; i < nfds; i++)
		poll_end(&pe[i]);
	if (pe != small)
		kfree(pe, M_TEMP);
	return (error);
}

/**
 * poll(2).  Under mp_token; may sleep.
 * @param kfds	descriptors, in the kernel; revents are set
 * @param nfds	how many
 * @param ts	timeout from now on, NULL for ever
 * @param res	set to how many have revents
 * @return	0, EINVAL, EINTR
 */
int
kern_poll(struct pollfd *kfds, u_int nfds, const struct timespec *ts, int *res)
{
	uint64_t deadline;
	int error;

	*res = 0;
	error = timespec_deadline(ts, &deadline);
	if (error == 0)
		error = poll_until(kfds, nfds, deadline, res);
	return (error);
}

/**
 * poll(2) with the process's own list.  Under mp_token; may sleep.
 * @param ufds	its descriptors
 * @param nfds	how many
 * @param ts	timeout from now on, NULL for ever
 * @param res	set to how many have revents
 * @return	0, EINVAL: more than it may have open, EFAULT, EINTR
 */
int
kern_poll_user(
    struct pollfd *ufds, u_int nfds, const struct timespec *ts, int *res)
{
	struct pollfd small[POLL_SMALL], *fds = small;
	int error;

	*res = 0;
	if (nfds > (u_int)MAX(kern_getdtablesize(), POLL_SMALL))
		return (EINVAL);
	if (nfds > POLL_SMALL)
		fds = kmalloc(nfds * sizeof(*fds), M_TEMP, M_WAITOK);
	error = copyin(ufds, fds, nfds * sizeof(*fds));
	if (error == 0)
		error = kern_poll(fds, nfds, ts, res);
	if (error == 0)
		error = copyout(fds, ufds, nfds * sizeof(*fds));
	if (fds != small)
		kfree(fds, M_TEMP);
	return (error);
}

/**
 * Changes the signal mask for the time of a call that waits.  Under mp_token.
 * @param mask	what is blocked meanwhile; NULL changes nothing
 */
void
poll_mask_begin(const sigset_t *mask)
{
	struct lwp *lp = curlwp;
	sigset_t old;

	if (mask == NULL)
		return;
	kern_sigprocmask(SIG_SETMASK, mask, &old);
	lp->lwp_oldsigmask = old;
	lp->lwp_flags |= LWP_OLDMASK;
}

/**
 * Undoes poll_mask_begin(), unless a signal ended the call: its handler runs
 * first, and then the old mask is restored.
 * @param mask	as there
 * @param error	of the call
 */
void
poll_mask_end(const sigset_t *mask, int error)
{
	struct lwp *lp = curlwp;

	if (mask == NULL || error == EINTR)
		return;
	lp->lwp_flags &= ~LWP_OLDMASK;
	kern_sigprocmask(SIG_SETMASK, &lp->lwp_oldsigmask, NULL);
}

/**
 * poll(fds, nfds, timeout): waits until a descriptor is ready, timeout
 * milliseconds at most, -1: for ever.  Sleeps.  @return 0, EFAULT, EINVAL,
 * EINTR; result: how many are
 */
int
sys_poll(struct sysmsg *sysmsg, const struct poll_args *uap)
{
	struct timespec ts;

	if (uap->timeout >= 0) {
		ts.tv_sec = uap->timeout / 1000;
		ts.tv_nsec = uap->timeout % 1000 * 1000000L;
	}
	return (kern_poll_user(uap->fds, uap->nfds,
	    uap->timeout >= 0 ? &ts : NULL, &sysmsg->sysmsg_result));
}

/**
 * ppoll(fds, nfds, ts, sigmask): the same, with other signals blocked
 * meanwhile.  @return as poll(); result: as poll()
 */
int
sys_ppoll(struct sysmsg *sysmsg, const struct ppoll_args *uap)
{
	const sigset_t *maskp = NULL;
	const struct timespec *tsp = NULL;
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
	error = kern_poll_user(
	    uap->fds, uap->nfds, tsp, &sysmsg->sysmsg_result);
	poll_mask_end(maskp, error);
	return (error);
}
