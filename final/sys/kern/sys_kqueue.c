/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * kqueue(2) and kevent(2): a kqueue as an open file.
 *
 * It can be watched itself: EVFILT_READ is ready when events are.  A kqueue's
 * level is higher than that of each kqueue it watches, so there is no circle,
 * and a bound on levels bounds the depth of calls when something happens.
 */
#include <sys/errno.h>
#include <sys/eventvar.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/ttycom.h>
#include <machine/globaldata.h>

MALLOC_DEFINE(M_KQUEUE, "kqueues");

#define KQ_BATCH 8 /* events that are copied at once */

static int
kqueue_rw(struct file *fp __unused, struct uio *uio __unused,
    struct ucred *cred __unused, int flags __unused)
{
	return (ENXIO);
}

static int
kqueue_ioctl(
    struct file *fp, u_long com, caddr_t data, struct ucred *cred __unused)
{
	const struct kqueue *kq = fp->f_data;

	switch (com) {
	case FIOASYNC: /* the flag is the file's; kqueue_wakeup() sees it */
	case FIONBIO:
		return (0);
	case FIONREAD:
		*(int *)data = kq->kq_count;
		return (0);
	case FIOSETOWN:
		return (fsetown(*(int *)data, &fp->f_sigio));
	case FIOGETOWN:
		*(int *)data = fgetown(&fp->f_sigio);
		return (0);
	default:
		return (ENOTTY);
	}
}

static void
filt_kqdetach(struct knote *kn)
{
	struct kqueue *kq = kn->kn_hook;

	knote_remove(&kq->kq_klist, kn);
}

static int
filt_kqueue(struct knote *kn, long hint __unused)
{
	const struct kqueue *kq = kn->kn_hook;

	kn->kn_data = kq->kq_count;
	return (kn->kn_data != 0);
}

static const struct filterops kqread_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_kqdetach,
	.f_event = filt_kqueue,
};

static int
kqueue_kqfilter(struct file *fp, struct knote *kn)
{
	struct kqueue *kq = fp->f_data, *watcher = kn->kn_kq;
	u_int level = kq->kq_level + 1;

	if (kn->kn_filter != EVFILT_READ || watcher == kq ||
	    level > KQ_MAXLEVEL)
		return (EINVAL);
	if (level > watcher->kq_level) {
		if (!LIST_EMPTY(&watcher->kq_klist))
			return (EINVAL);
		watcher->kq_level = level;
	}
	kn->kn_fop = &kqread_filtops;
	kn->kn_hook = kq;
	knote_insert(&kq->kq_klist, kn);
	return (0);
}

static int
kqueue_stat(struct file *fp, struct stat *sb, struct ucred *cred __unused)
{
	const struct kqueue *kq = fp->f_data;

	sb->st_mode = S_IFIFO | S_IRUSR | S_IWUSR;
	sb->st_nlink = 1;
	sb->st_size = kq->kq_count;
	sb->st_blksize = sizeof(struct kevent);
	sb->st_uid = fp->f_cred->cr_uid;
	sb->st_gid = fp->f_cred->cr_gid;
	return (0);
}

static int
kqueue_close(struct file *fp)
{
	struct kqueue *kq = fp->f_data;

	spin_lock(&knote_spin);
	kq->kq_file = NULL;
	spin_unlock(&knote_spin);
	kqueue_terminate(kq);
	kfree(kq->kq_hash, M_KQUEUE);
	kfree(kq, M_KQUEUE);
	return (0);
}

static const struct fileops kqueue_fileops = {
	.fo_read = kqueue_rw,
	.fo_write = kqueue_rw,
	.fo_ioctl = kqueue_ioctl,
	.fo_kqfilter = kqueue_kqfilter,
	.fo_stat = kqueue_stat,
	.fo_close = kqueue_close,
	.fo_seek = nosys_seek,
};

/**
 * kqueue(2).  Under mp_token; may sleep.
 * @param fd	set to the descriptor
 * @return	0, EMFILE, ENFILE
 */
int
kern_kqueue(int *fd)
{
	struct filedesc *fdp = curproc->p_fd;
	struct kqueue *kq;
	struct file *fp;
	int error;

	error = falloc(curproc, &fp, fd);
	if (error != 0)
		return (error);
	kq = kmalloc(sizeof(*kq), M_KQUEUE, M_WAITOK);
	kqueue_init(kq, fdp);
	kq->kq_hash = kmalloc(
	    KQ_HASH * sizeof(*kq->kq_hash), M_KQUEUE, M_WAITOK | M_ZERO);
	kq->kq_file = fp;
	fp->f_flag = FREAD | FWRITE;
	fp->f_type = DTYPE_KQUEUE;
	fp->f_data = kq;
	fp->f_ops = &kqueue_fileops;
	fsetfd(fdp, fp, *fd);
	fdrop(fp);
	return (0);
}

/**
 * When a timeout is over.
 * @param ts		from now on, or NULL for never
 * @param deadline	set to nsuptime() then, or NO_DEADLINE
 * @return		0 or EINVAL
 */
int
timespec_deadline(const struct timespec *ts, uint64_t *deadline)
{
	*deadline = NO_DEADLINE;
	if (ts == NULL)
		return (0);
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000)
		return (EINVAL);
	if (ts->tv_sec < 0x7fffffff)
		*deadline = nsuptime() + ts->tv_sec * 1000000000UL +
		    ts->tv_nsec;
	return (0);
}

/* Where the events of one call go. */
struct eventlist {
	struct kevent *ev_user; /* the process's list */
	u_int ev_room;		/* of it */
	u_int ev_count;		/* events in it */
};

static int
put_events(struct eventlist *el, const struct kevent *kev, u_int n)
{
	int error;

	error = copyout(kev, el->ev_user + el->ev_count, n * sizeof(*kev));
	if (error == 0)
		el->ev_count += n;
	return (error);
}

/* A change that failed, or whose receipt is wanted, is an event. */
static int
change(struct kqueue *kq, struct kevent *kev, struct eventlist *el)
{
	bool receipt = (kev->flags & EV_RECEIPT) != 0;
	int error;

	kev->flags &= ~EV_SYSFLAGS;
	error = kqueue_register(kq, kev);
	if (error == 0 && !receipt)
		return (0);
	if (el->ev_count >= el->ev_room)
		return (error);
	kev->flags = EV_ERROR;
	kev->data = error;
	return (put_events(el, kev, 1));
}

static int
make_changes(struct kqueue *kq, const struct kevent *changes, u_int n,
    struct eventlist *el)
{
	struct kevent kev[KQ_BATCH];
	u_int part;
	int error = 0;

	for (; n > 0 && error == 0; n -= part, changes += part) {
		part = MIN(n, KQ_BATCH);
		error = copyin(changes, kev, part * sizeof(kev[0]));
		for (u_int i = 0; i < part && error == 0; i++)
			error = change(kq, &kev[i], el);
		if (error == 0 && lwkt_user_yield())
			error = EINTR;
	}
	return (error);
}

/* Waits for the first events and takes what else is there. */
static int
wait_events(struct kqueue *kq, struct eventlist *el, uint64_t deadline)
{
	struct kevent kev[KQ_BATCH];
	u_int n, queued, left;
	int error;

	for (;;) {
		n = kqueue_collect(
		    kq, kev, MIN(el->ev_room, KQ_BATCH), &queued);
		if (n != 0)
			break;
		error = kqueue_sleep(kq, deadline, "kqread");
		if (error != 0)
			return (error == EWOULDBLOCK ? 0 : error);
	}
	/* No more than there were: what stays ready is told once. */
	left = MIN(el->ev_room, queued) - n;
	error = put_events(el, kev, n);
	while (error == 0 && left != 0) {
		n = kqueue_collect(kq, kev, MIN(left, KQ_BATCH), &queued);
		if (n == 0)
			break;
		left -= n;
		error = put_events(el, kev, n);
	}
	return (error);
}

/** kqueue(): @return 0, EMFILE, ENFILE; result: a descriptor */
int
sys_kqueue(struct sysmsg *sysmsg, const struct kqueue_args *uap __unused)
{
	return (kern_kqueue(&sysmsg->sysmsg_result));
}

/**
 * kevent(fd, changelist, nchanges, eventlist, nevents, timeout): changes what is
 * watched, then waits for events.  Sleeps.  @return 0, EBADF, EFAULT, EINVAL,
 * EINTR; result: events
 */
int
sys_kevent(struct sysmsg *sysmsg, const struct kevent_args *uap)
{
	struct eventlist el = { uap->eventlist, MAX(uap->nevents, 0), 0 };
	struct timespec ts;
	uint64_t deadline;
	struct file *fp;
	int error;

	if (uap->timeout != NULL) {
		error = copyin(uap->timeout, &ts, sizeof(ts));
		if (error != 0)
			return (error);
	}
	error = timespec_deadline(uap->timeout != NULL ? &ts : NULL, &deadline);
	if (error != 0)
		return (error);
	fp = holdfp(curproc->p_fd, uap->fd, -1);
	if (fp == NULL)
		return (EBADF);
	if (fp->f_type == DTYPE_KQUEUE)
		error = make_changes(
		    fp->f_data, uap->changelist, MAX(uap->nchanges, 0), &el);
	else
		error = EBADF;
	if (error == 0 && el.ev_count == 0 && el.ev_room != 0)
		error = wait_events(fp->f_data, &el, deadline);
	sysmsg->sysmsg_result = el.ev_count;
	fdrop(fp);
	return (error);
}
