/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Filters of what is no file: processes, signals, timers, and events that a
 * program makes itself; and of vnodes.
 *
 * A process's one list (p_klist) has both kinds that watch processes; the hint
 * tells which of them is meant.
 */
#include <sys/callout.h>
#include <sys/errno.h>
#include <sys/eventvar.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define MAXTIMERS 4096
#define MAX_MS	  (1L << 40) /* some 34 years */

MALLOC_DEFINE(M_KTIMER, "kqueue timers");

/* --- EVFILT_PROC --- */

static int
filt_procattach(struct knote *kn)
{
	struct proc *p;

	if (kn->kn_id == 0 || kn->kn_id > PID_MAX)
		return (ESRCH);
	kn->kn_flags |= EV_CLEAR;
	p = pfindn(kn->kn_id);
	if (p != NULL) {
		kn->kn_proc = p;
		knote_insert(&p->p_klist, kn);
		return (0);
	}
	p = zpfind(kn->kn_id);
	if (p == NULL)
		return (ESRCH);
	/* It has ended already: the only event there will be. */
	kn->kn_flags |= EV_EOF | EV_ONESHOT;
	kn->kn_fflags = NOTE_EXIT & kn->kn_sfflags;
	kn->kn_data = p->p_xstat;
	kn->kn_status |= KN_DETACHED | KN_ACTIVE;
	return (0);
}

static void
filt_procdetach(struct knote *kn)
{
	knote_remove(&kn->kn_proc->p_klist, kn);
}

static int
filt_proc(struct knote *kn, long hint)
{
	u_int event = hint & NOTE_PCTRLMASK;

	if ((hint & NOTE_SIGNAL) != 0)
		return (0);
	kn->kn_fflags |= kn->kn_sfflags & event;
	if (event == NOTE_EXIT) {
		kn->kn_flags |= EV_EOF | EV_ONESHOT;
		kn->kn_data = kn->kn_proc->p_xstat;
		return (1);
	}
	return (kn->kn_fflags != 0);
}

/**
 * Something has happened to a process.  After NOTE_EXIT nobody watches it any
 * more.  Callable with spinlocks held.
 * @param p	process; p_xstat is set if hint is NOTE_EXIT
 * @param hint	NOTE_FORK, NOTE_EXEC or NOTE_EXIT
 */
void
knote_proc(struct proc *p, long hint)
{
	struct knote *kn;

	KNOTE(&p->p_klist, hint);
	if (hint != (long)NOTE_EXIT)
		return;
	spin_lock(&knote_spin);
	while ((kn = LIST_FIRST(&p->p_klist)) != NULL) {
		LIST_REMOVE(kn, kn_selnext);
		kn->kn_status |= KN_DETACHED;
	}
	spin_unlock(&knote_spin);
}

/* --- EVFILT_SIGNAL --- */

static int
filt_sigattach(struct knote *kn)
{
	if (kn->kn_id == 0 || kn->kn_id >= NSIG)
		return (EINVAL);
	kn->kn_flags |= EV_CLEAR;
	kn->kn_proc = curproc;
	knote_insert(&curproc->p_klist, kn);
	return (0);
}

static int
filt_signal(struct knote *kn, long hint)
{
	if (hint == (long)(NOTE_SIGNAL | kn->kn_id))
		kn->kn_data++;
	return (kn->kn_data != 0);
}

/**
 * A signal has been sent to a process, whatever becomes of it.  Callable from
 * interrupts and with spinlocks held.
 * @param p	process
 * @param sig	signal
 */
void
knote_signal(struct proc *p, int sig)
{
	KNOTE(&p->p_klist, NOTE_SIGNAL | sig);
}

/* --- EVFILT_TIMER: kn_sdata is the period in milliseconds --- */

/** The clock of a timer. */
struct ktimer {
	struct callout kt_callout; /**< rings */
	uint64_t kt_ns;		   /**< period */
};

static int ktimers;

static uint64_t
timer_period(intptr_t ms)
{
	return (MAX(MIN(ms, MAX_MS), 1) * 1000000UL);
}

/* The clock interrupt. */
static void
filt_timerexpire(void *arg)
{
	struct knote *kn = arg;
	struct ktimer *kt = kn->kn_hook;

	spin_lock(&knote_spin);
	kn->kn_data++;
	knote_activate(kn);
	spin_unlock(&knote_spin);
	if ((kn->kn_flags & EV_ONESHOT) == 0)
		callout_reset_ns(
		    &kt->kt_callout, kt->kt_ns, filt_timerexpire, kn);
}

static int
filt_timerattach(struct knote *kn)
{
	struct ktimer *kt;

	if (ktimers >= MAXTIMERS)
		return (ENOMEM);
	ktimers++;
	kt = kmalloc(sizeof(*kt), M_KTIMER, M_WAITOK | M_ZERO);
	callout_init(&kt->kt_callout);
	kt->kt_ns = timer_period(kn->kn_sdata);
	kn->kn_hook = kt;
	kn->kn_flags |= EV_CLEAR;
	callout_reset_ns(&kt->kt_callout, kt->kt_ns, filt_timerexpire, kn);
	return (0);
}

static void
filt_timerdetach(struct knote *kn)
{
	struct ktimer *kt = kn->kn_hook;

	callout_stop_sync(&kt->kt_callout);
	kfree(kt, M_KTIMER);
	ktimers--;
}

static int
filt_timer(struct knote *kn, long hint __unused)
{
	return (kn->kn_data != 0);
}

/* Asked for again: begins anew. */
static void
filt_timertouch(struct knote *kn, const struct kevent *kev)
{
	struct ktimer *kt = kn->kn_hook;

	callout_stop_sync(&kt->kt_callout);
	spin_lock(&knote_spin);
	kn->kn_sdata = kev->data;
	kn->kn_data = 0;
	spin_unlock(&knote_spin);
	kt->kt_ns = timer_period(kev->data);
	callout_reset_ns(&kt->kt_callout, kt->kt_ns, filt_timerexpire, kn);
}

/* --- EVFILT_USER: kn_sfflags are the program's flags --- */

static void
filt_usertouch(struct knote *kn, const struct kevent *kev)
{
	u_int flags = kev->fflags & NOTE_FFLAGSMASK;

	spin_lock(&knote_spin);
	switch (kev->fflags & NOTE_FFCTRLMASK) {
	case NOTE_FFAND:
		kn->kn_sfflags &= flags;
		break;
	case NOTE_FFOR:
		kn->kn_sfflags |= flags;
		break;
	case NOTE_FFCOPY:
		kn->kn_sfflags = flags;
		break;
	}
	kn->kn_sdata = kev->data;
	if ((kev->fflags & NOTE_TRIGGER) != 0)
		kn->kn_status |= KN_TRIGGERED;
	spin_unlock(&knote_spin);
}

static int
filt_userattach(struct knote *kn)
{
	if ((kn->kn_sfflags & NOTE_TRIGGER) != 0)
		kn->kn_status |= KN_TRIGGERED;
	kn->kn_sfflags &= NOTE_FFLAGSMASK;
	return (0);
}

static void
filt_userdetach(struct knote *kn __unused)
{
}

static int
filt_user(struct knote *kn, long hint __unused)
{
	kn->kn_fflags = kn->kn_sfflags;
	kn->kn_data = kn->kn_sdata;
	return ((kn->kn_status & KN_TRIGGERED) != 0);
}

/* --- EVFILT_VNODE --- */

static void
filt_vnodedetach(struct knote *kn)
{
	struct vnode *vp = kn->kn_hook;

	knote_remove(&vp->v_klist, kn);
}

static int
filt_vnode(struct knote *kn, long hint)
{
	kn->kn_fflags |= kn->kn_sfflags & hint;
	return (kn->kn_fflags != 0);
}

static const struct filterops vnode_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_vnodedetach,
	.f_event = filt_vnode,
};

/**
 * Watches a vnode for what KNOTE(&vp->v_klist, NOTE_*) tells.
 * @param vp	vnode
 * @param kn	EVFILT_VNODE
 * @return	0 or EINVAL: another filter
 */
int
vnode_kqfilter(struct vnode *vp, struct knote *kn)
{
	if (kn->kn_filter != EVFILT_VNODE)
		return (EINVAL);
	kn->kn_flags |= EV_CLEAR;
	kn->kn_fop = &vnode_filtops;
	kn->kn_hook = vp;
	knote_insert(&vp->v_klist, kn);
	return (0);
}

/* --- the table --- */

/* fo_kqfilter chooses the operations of what is a file. */
static const struct filterops file_filtops = { .f_flags = FILTEROP_ISFD };
static const struct filterops proc_filtops = {
	.f_attach = filt_procattach,
	.f_detach = filt_procdetach,
	.f_event = filt_proc,
};
static const struct filterops sig_filtops = {
	.f_attach = filt_sigattach,
	.f_detach = filt_procdetach,
	.f_event = filt_signal,
};
static const struct filterops timer_filtops = {
	.f_attach = filt_timerattach,
	.f_detach = filt_timerdetach,
	.f_event = filt_timer,
	.f_touch = filt_timertouch,
};
static const struct filterops user_filtops = {
	.f_attach = filt_userattach,
	.f_detach = filt_userdetach,
	.f_event = filt_user,
	.f_touch = filt_usertouch,
};

/** By ~filter. */
const struct filterops *const sysfilt_ops[EVFILT_SYSCOUNT] = {
	[~EVFILT_READ] = &file_filtops,
	[~EVFILT_WRITE] = &file_filtops,
	[~EVFILT_VNODE] = &file_filtops,
	[~EVFILT_PROC] = &proc_filtops,
	[~EVFILT_SIGNAL] = &sig_filtops,
	[~EVFILT_TIMER] = &timer_filtops,
	[~EVFILT_EXCEPT] = &file_filtops,
	[~EVFILT_USER] = &user_filtops,
};
