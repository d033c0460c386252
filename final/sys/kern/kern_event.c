/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Knotes: what a kqueue watches, from attaching to being told.
 *
 *     source                  knote                      kqueue
 *     KNOTE(list, hint) ----> f_event: ready? ---------> kq_ready
 *                             KN_ACTIVE, KN_QUEUED       wakeup, SIGIO
 *
 * The source's side may be an interrupt, under knote_spin.  Everything else is
 * under mp_token and does not sleep between a look and what follows from it,
 * except while a knote is attached (KN_ATTACHING): after that the descriptor
 * is looked up once more.
 *
 * A knote of a file goes when its descriptor is closed, so it does not hold
 * the file.  A knote whose source goes first is marked KN_DETACHED.
 */
#include <sys/errno.h>
#include <sys/eventvar.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/time.h>

MALLOC_DEFINE(M_KNOTE, "knotes");

/** See <sys/eventvar.h>. */
struct spinlock knote_spin = SPINLOCK_INITIALIZER("knote");

static int knotes;
static int maxknotes = 65536;
SYSCTL_INT(kern_knotes, "kern.knotes", CTLFLAG_RD, &knotes,
    "Knotes: events that are waited for");
SYSCTL_INT(
    kern_maxknotes, "kern.maxknotes", CTLFLAG_RW, &maxknotes, "Most knotes");

/**
 * Makes a kqueue that watches nothing.
 * @param kq	kqueue
 * @param fdp	what its descriptors mean, or NULL
 */
void
kqueue_init(struct kqueue *kq, struct filedesc *fdp)
{
	*kq = (struct kqueue){ .kq_fdp = fdp };
	TAILQ_INIT(&kq->kq_ready);
}

/* --- becoming ready; with knote_spin --- */

static void knote_list(struct klist *list, long hint);

static void
knote_enqueue(struct knote *kn)
{
	struct kqueue *kq = kn->kn_kq;

	kn->kn_status |= KN_QUEUED;
	TAILQ_INSERT_TAIL(&kq->kq_ready, kn, kn_tqe);
	kq->kq_count++;
}

static void
knote_dequeue(struct knote *kn)
{
	kn->kn_status &= ~KN_QUEUED;
	TAILQ_REMOVE(&kn->kn_kq->kq_ready, kn, kn_tqe);
	kn->kn_kq->kq_count--;
}

/* Tells whoever waits for the kqueue; deeper by one kqueue at each level. */
static void
kqueue_wakeup(struct kqueue *kq)
{
	if (kq->kq_sleepers != 0)
		wakeup(kq);
	if (!LIST_EMPTY(&kq->kq_klist))
		knote_list(&kq->kq_klist, 0);
	if (kq->kq_file != NULL && (kq->kq_file->f_flag & FASYNC) != 0)
		pgsigiop(&kq->kq_file->f_sigio, SIGIO);
}

/**
 * What a knote watches has happened.  With knote_spin.
 * @param kn	knote
 */
void
knote_activate(struct knote *kn)
{
	kn->kn_status |= KN_ACTIVE;
	if ((kn->kn_status &
		(KN_QUEUED | KN_DISABLED | KN_ATTACHING | KN_DELETING)) != 0)
		return;
	knote_enqueue(kn);
	kqueue_wakeup(kn->kn_kq);
}

static void
knote_list(struct klist *list, long hint)
{
	struct knote *kn;

	LIST_FOREACH(kn, list, kn_selnext)
	if (kn->kn_fop->f_event(kn, hint))
		knote_activate(kn);
}

/**
 * Something has happened to a source.  Callable from interrupts and with
 * spinlocks held; use KNOTE().
 * @param list	who watches it
 * @param hint	for their filters
 */
void
knote(struct klist *list, long hint)
{
	spin_lock(&knote_spin);
	knote_list(list, hint);
	spin_unlock(&knote_spin);
}

/**
 * Puts a knote on a source's list: for fo_kqfilter and f_attach.
 * @param list	the source's
 * @param kn	kn_fop is set
 */
void
knote_insert(struct klist *list, struct knote *kn)
{
	spin_lock(&knote_spin);
	LIST_INSERT_HEAD(list, kn, kn_selnext);
	spin_unlock(&knote_spin);
}

/**
 * Takes a knote off its source's list: for f_detach.
 * @param list	the source's
 * @param kn	on it, unless KN_DETACHED
 */
void
knote_remove(struct klist *list __unused, struct knote *kn)
{
	spin_lock(&knote_spin);
	if ((kn->kn_status & KN_DETACHED) == 0) {
		LIST_REMOVE(kn, kn_selnext);
		kn->kn_status |= KN_DETACHED;
	}
	spin_unlock(&knote_spin);
}

/**
 * A source goes: who watches it is told the end, and f_detach is not called
 * any more.
 * @param list	the source's
 */
void
knote_empty(struct klist *list)
{
	struct knote *kn;

	spin_lock(&knote_spin);
	while ((kn = LIST_FIRST(list)) != NULL) {
		LIST_REMOVE(kn, kn_selnext);
		kn->kn_status |= KN_DETACHED;
		kn->kn_flags |= EV_EOF;
		knote_activate(kn);
	}
	spin_unlock(&knote_spin);
}

/* --- the life of a knote; under mp_token --- */

static struct knote *
knote_alloc(void)
{
	if (knotes >= maxknotes)
		return (NULL);
	knotes++;
	return (kmalloc(sizeof(struct knote), M_KNOTE, M_WAITOK | M_ZERO));
}

static void
knote_free(struct knote *kn)
{
	if (kn == NULL)
		return;
	knotes--;
	kfree(kn, M_KNOTE);
}

/* Takes a knote out of everything and frees it. */
static void
knote_drop(struct knote *kn)
{
	spin_lock(&knote_spin);
	kn->kn_status |= KN_DELETING;
	if ((kn->kn_status & KN_QUEUED) != 0)
		knote_dequeue(kn);
	spin_unlock(&knote_spin);
	if ((kn->kn_status & KN_DETACHED) == 0)
		kn->kn_fop->f_detach(kn);
	LIST_REMOVE(kn, kn_link);
	LIST_REMOVE(kn, kn_kqlink);
	knote_free(kn);
}

static struct klist *
hash_list(struct kqueue *kq, uintptr_t ident, int filter)
{
	return (
	    &kq->kq_hash[(ident ^ ident >> 8 ^ (u_int)-filter * 7) % KQ_HASH]);
}

/* The list of kn_link that a knote of this kind is in. */
static struct klist *
link_list(struct kqueue *kq, struct file *fp, uintptr_t ident, int filter)
{
	return (fp != NULL ? &fp->f_klist : hash_list(kq, ident, filter));
}

static struct knote *
knote_find(struct kqueue *kq, struct file *fp, uintptr_t ident, int filter)
{
	struct knote *kn;

	LIST_FOREACH(kn, link_list(kq, fp, ident, filter), kn_link)
	if (kn->kn_kq == kq && kn->kn_id == ident && kn->kn_filter == filter)
		break;
	return (kn);
}

static bool
still_open(struct filedesc *fdp, struct file *fp, uintptr_t ident)
{
	struct file *now = holdfp(fdp, ident, -1);

	if (now != NULL)
		fdrop(now); /* fp is held: never the last */
	return (now == fp);
}

/* A new knote, all of it zero, for kev; fp is held if it is of a file. */
static int
knote_attach(struct kqueue *kq, struct knote *kn, struct file *fp,
    const struct kevent *kev)
{
	int error;

	kn->kn_kq = kq;
	kn->kn_fp = fp;
	kn->kn_kevent = *kev;
	kn->kn_flags &= EV_ADD | EV_ONESHOT | EV_CLEAR;
	kn->kn_sfflags = kev->fflags;
	kn->kn_sdata = kev->data;
	kn->kn_fflags = 0;
	kn->kn_data = 0;
	kn->kn_status = KN_ATTACHING;
	kn->kn_fop = sysfilt_ops[~kev->filter];
	error = fp != NULL ? fp->f_ops->fo_kqfilter(fp, kn)
			   : kn->kn_fop->f_attach(kn);
	if (error != 0)
		return (error);
	if (knote_find(kq, fp, kev->ident, kev->filter) != NULL)
		error = EAGAIN; /* another thread was quicker: its is used */
	else if (fp != NULL && !still_open(kq->kq_fdp, fp, kev->ident))
		error = EBADF;
	if (error != 0) {
		if ((kn->kn_status & KN_DETACHED) == 0)
			kn->kn_fop->f_detach(kn);
		return (error);
	}
	LIST_INSERT_HEAD(
	    link_list(kq, fp, kev->ident, kev->filter), kn, kn_link);
	LIST_INSERT_HEAD(&kq->kq_all, kn, kn_kqlink);
	spin_lock(&knote_spin);
	kn->kn_status &= ~KN_ATTACHING;
	spin_unlock(&knote_spin);
	return (0);
}

/* EV_ADD of what is watched already. */
static void
knote_touch(struct knote *kn, const struct kevent *kev)
{
	spin_lock(&knote_spin);
	kn->kn_kevent.udata = kev->udata;
	if (kn->kn_fop->f_touch == NULL) {
		kn->kn_sfflags = kev->fflags;
		kn->kn_sdata = kev->data;
	}
	spin_unlock(&knote_spin);
	if (kn->kn_fop->f_touch != NULL)
		kn->kn_fop->f_touch(kn, kev);
}

/* What is ready already is reported; EV_ENABLE and EV_DISABLE. */
static void
knote_look(struct knote *kn, u_int flags)
{
	spin_lock(&knote_spin);
	if ((flags & EV_DISABLE) != 0)
		kn->kn_status |= KN_DISABLED;
	if ((flags & EV_ENABLE) != 0)
		kn->kn_status &= ~KN_DISABLED;
	if ((kn->kn_status & (KN_DETACHED | KN_ACTIVE)) != 0 ||
	    kn->kn_fop->f_event(kn, 0))
		knote_activate(kn);
	spin_unlock(&knote_spin);
}

/* One change, when its file is known and memory for a knote is there. */
static int
register_held(struct kqueue *kq, struct file *fp, const struct kevent *kev,
    struct knote **newp)
{
	struct knote *kn = knote_find(kq, fp, kev->ident, kev->filter);
	int error;

	if (kn == NULL && (kev->flags & EV_ADD) == 0)
		return (ENOENT);
	if (kn == NULL) {
		error = knote_attach(kq, *newp, fp, kev);
		if (error == EAGAIN)
			return (0);
		if (error != 0)
			return (error);
		kn = *newp;
		*newp = NULL;
	} else if ((kev->flags & EV_ADD) != 0 || kev->filter == EVFILT_USER) {
		knote_touch(kn, kev);
	}
	if ((kev->flags & EV_DELETE) != 0)
		knote_drop(kn);
	else
		knote_look(kn, kev->flags);
	return (0);
}

/**
 * Makes one change to what a kqueue watches.  Under mp_token; may sleep.
 * @param kq	kqueue, kept by the caller
 * @param kev	change
 * @return	0, EINVAL: no such filter, EBADF, ENOENT, ESRCH, ENOMEM, or what
 *		the file says
 */
int
kqueue_register(struct kqueue *kq, const struct kevent *kev)
{
	struct knote *new = NULL;
	struct file *fp = NULL;
	int error;

	if (kev->filter >= 0 || kev->filter < -EVFILT_SYSCOUNT ||
	    sysfilt_ops[~kev->filter] == NULL)
		return (EINVAL);
	if ((kev->flags & EV_ADD) != 0) {
		new = knote_alloc();
		if (new == NULL)
			return (ENOMEM);
	}
	error = 0;
	if ((sysfilt_ops[~kev->filter]->f_flags & FILTEROP_ISFD) != 0) {
		if (kev->ident <= 0x7fffffff)
			fp = holdfp(kq->kq_fdp, kev->ident, -1);
		error = fp == NULL ? EBADF : 0;
	}
	if (error == 0)
		error = register_held(kq, fp, kev, &new);
	knote_free(new);
	if (fp != NULL)
		fdrop(fp);
	return (error);
}

/* Whether what was queued is (still) so; if so it is told.  knote_spin. */
static bool
knote_report(struct knote *kn, struct kevent *kev, struct knote_ready *once)
{
	knote_dequeue(kn);
	if ((kn->kn_status & KN_DISABLED) != 0)
		return (false);
	if ((kn->kn_status & KN_DETACHED) == 0 && !kn->kn_fop->f_event(kn, 0)) {
		kn->kn_status &= ~KN_ACTIVE;
		return (false);
	}
	*kev = kn->kn_kevent;
	if ((kn->kn_flags & EV_ONESHOT) != 0) {
		kn->kn_status |= KN_DELETING;
		TAILQ_INSERT_TAIL(once, kn, kn_tqe);
	} else if ((kn->kn_flags & EV_CLEAR) != 0) {
		kn->kn_data = 0;
		kn->kn_fflags = 0;
		kn->kn_status &= ~(KN_ACTIVE | KN_TRIGGERED);
	} else {
		knote_enqueue(kn); /* until it is not so any more */
	}
	return (true);
}

/**
 * Tells what has happened, without waiting.  Under mp_token.
 * @param kq		kqueue
 * @param kev		room for max events
 * @param max		at least 1
 * @param queued	set to how many were in the list when this began
 * @return		how many events there are
 */
u_int
kqueue_collect(struct kqueue *kq, struct kevent *kev, u_int max, u_int *queued)
{
	struct knote_ready once = TAILQ_HEAD_INITIALIZER(once);
	struct knote *kn;
	u_int n = 0;

	spin_lock(&knote_spin);
	*queued = kq->kq_count;
	for (u_int todo = kq->kq_count; todo > 0 && n < max; todo--) {
		kn = TAILQ_FIRST(&kq->kq_ready);
		if (knote_report(kn, &kev[n], &once))
			n++;
	}
	spin_unlock(&knote_spin);
	while ((kn = TAILQ_FIRST(&once)) != NULL) {
		TAILQ_REMOVE(&once, kn, kn_tqe);
		knote_drop(kn);
	}
	return (n);
}

/**
 * Waits until something is in the list of what is ready.
 * @param kq		kqueue, kept by the caller
 * @param deadline	nsuptime(), or NO_DEADLINE
 * @param wmesg		why, for ps
 * @return		0, EWOULDBLOCK, EINTR
 */
int
kqueue_sleep(struct kqueue *kq, uint64_t deadline, const char *wmesg)
{
	uint64_t now, ns = 0;
	int error = 0;

	if (deadline != NO_DEADLINE) {
		now = nsuptime();
		if (now >= deadline)
			return (EWOULDBLOCK);
		ns = deadline - now;
	}
	spin_lock(&knote_spin);
	if (TAILQ_EMPTY(&kq->kq_ready)) {
		kq->kq_sleepers++;
		tsleep_interlock(kq, 0);
		spin_unlock(&knote_spin);
		error = tsleep_ns(kq, PCATCH | PINTERLOCKED, wmesg, ns);
		spin_lock(&knote_spin);
		kq->kq_sleepers--;
	}
	spin_unlock(&knote_spin);
	return (error == ERESTART ? EINTR : error);
}

/**
 * A descriptor is closed: what watches it goes.  Under mp_token.
 * @param fp	its file
 * @param fdp	its table
 * @param fd	its number
 */
void
knote_fdclose(struct file *fp, struct filedesc *fdp, int fd)
{
	struct knote *kn, *next;

	LIST_FOREACH_SAFE(kn, &fp->f_klist, kn_link, next)
	if (kn->kn_kq->kq_fdp == fdp && kn->kn_id == (uintptr_t)fd)
		knote_drop(kn);
}

/**
 * A kqueue watches nothing any more.  Under mp_token.
 * @param kq	kqueue
 */
void
kqueue_terminate(struct kqueue *kq)
{
	struct knote *kn;

	while ((kn = LIST_FIRST(&kq->kq_all)) != NULL)
		knote_drop(kn);
	knote_empty(&kq->kq_klist);
}
