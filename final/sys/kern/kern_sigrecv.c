/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: what a thread does about those sent to it.
 *
 * On its way to user mode (userret() of the platform):
 *
 *     issignal()   stops, if the process is to stop; forgets what is ignored;
 *                  finds a signal that has a handler or ends the process
 *     postsig()    takes it off the set, calls the handler or ends the process
 *
 * In the middle of a system call a signal only ends the sleep: tsleep() asks
 * sig_interrupted() which error that gives.  A call that may not begin again
 * from its start (nanosleep, sigsuspend, sigtimedwait) asks sig_check(),
 * which stops the thread there and then, so that the call goes on afterwards.
 *
 * A stop is a state of the process (SSTOP).  The thread that takes the signal
 * sets it and tells the parent; each thread sleeps when it comes by here.  One
 * that sleeps in a system call goes on sleeping there and stops afterwards.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysctl.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vkernel.h>
#include <sys/wait.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

#define SIG_EXITING (-1) /* of next_signal(): the thread is to end */

static int logsigexit = 1;
SYSCTL_INT(kern_logsigexit, "kern.logsigexit", CTLFLAG_RW, &logsigexit,
    "A line on the console when a fault ends a program");

/** What becomes of a signal. */
enum disposition {
	DISP_FORGET, /**< nothing */
	DISP_STOP,   /**< the process stops */
	DISP_ACT,    /**< a handler is called, or the process ends */
};

/* p_spin is held, or an old answer is as good. */
static enum disposition
disposition(const struct proc *p, int sig)
{
	u_register_t handler = p->p_sigacts->ps_action[sig].sa_handler;
	u_int prop = sigprop(sig);

	if (handler == SIG_IGN)
		return (DISP_FORGET);
	if (handler != SIG_DFL)
		return (DISP_ACT);
	if ((prop & SIGPROP_IGNORE) != 0 || p == initproc)
		return (DISP_FORGET);
	return ((prop & SIGPROP_STOP) != 0 ? DISP_STOP : DISP_ACT);
}

/* --- without a token: what tsleep() asks --- */

/**
 * @param lp	the calling thread
 * @return	whether a signal has come that it does not block, or that it
 *		waits for, and that is not ignored.  Takes no lock
 */
bool
sigpending_any(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;
	sigset_t passed = lp->lwp_sigmask;
	int sig;

	if (lp->lwp_sigwait != NULL)
		SIGSETNAND(passed, *lp->lwp_sigwait);
	while (
	    (sig = sig_lowest(&lp->lwp_siglist, &p->p_siglist, &passed)) != 0) {
		if (disposition(p, sig) != DISP_FORGET ||
		    (lp->lwp_sigwait != NULL &&
			SIGISMEMBER(*lp->lwp_sigwait, sig)))
			return (true);
		SIGADDSET(passed, sig);
	}
	return (false);
}

/**
 * What tsleep() asks at the last moment.  Takes no lock.
 * @return	whether the calling thread must not sleep interruptibly
 */
bool
curproc_sigintr(void)
{
	struct lwp *lp = curlwp;

	/* Whoever sends something it wants has set the flag. */
	if (lp == NULL ||
	    (lp->lwp_mpflags & (LWP_MP_SIGPEND | LWP_MP_WEXIT)) == 0)
		return (false);
	return ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0 || sigpending_any(lp));
}

/**
 * @return	the error of a system call whose sleep a signal has ended:
 *		ERESTART if it begins again afterwards, since the handler was
 *		installed so or the signal only stopped the process; else EINTR
 */
int
sig_interrupted(void)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;
	const struct sigaction *act;
	sigset_t passed;
	int error = ERESTART, sig;

	if ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0)
		return (EINTR);
	spin_lock(&p->p_spin);
	passed = lp->lwp_sigmask;
	while (
	    (sig = sig_lowest(&lp->lwp_siglist, &p->p_siglist, &passed)) != 0) {
		act = &p->p_sigacts->ps_action[sig];
		if (disposition(p, sig) == DISP_ACT) {
			if (act->sa_handler == SIG_DFL ||
			    (act->sa_flags & SA_RESTART) == 0)
				error = EINTR;
			break;
		}
		SIGADDSET(passed, sig);
	}
	spin_unlock(&p->p_spin);
	return (error);
}

/* --- stopping --- */

/* Tells the parent that its child has stopped or goes on. */
static void
tell_parent(struct proc *p, int code, int sig)
{
	struct proc *parent = p->p_pptr;
	struct siginfo info = { .si_signo = SIGCHLD,
		.si_code = code,
		.si_pid = p->p_pid,
		.si_uid = (int)p->p_ucred->cr_ruid,
		.si_status = sig };

	if ((parent->p_flags & P_NOCLDSTOP) == 0)
		ksignal_info(parent, NULL, &info);
	wakeup(parent);
}

/* Stops the process; p_spin is held and given back. */
static void
stop_process(struct proc *p, int sig)
{
	struct lwp *lp;

	p->p_stat = SSTOP;
	p->p_xsig = sig;
	atomic_clear_int(&p->p_flags, P_WAITED | P_CONTINUED | P_TELLCONT);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	if (lp != curlwp)
		signotify(lp);
	spin_unlock(&p->p_spin);
	tell_parent(p, CLD_STOPPED, sig);
}

/* Sleeps while the process is stopped; p_spin is held. */
static void
stop_thread(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	atomic_set_int(&lp->lwp_mpflags, LWP_MP_STOPPED);
	while (p->p_stat == SSTOP && (lp->lwp_mpflags & LWP_MP_WEXIT) == 0)
		ssleep(lp, &p->p_spin, 0, "stop", 0);
	atomic_clear_int(&lp->lwp_mpflags, LWP_MP_STOPPED);
}

/* The first thread that goes on after a stop tells the parent. */
static void
tell_continued(struct proc *p)
{
	if ((p->p_flags & P_TELLCONT) == 0)
		return;
	atomic_clear_int(&p->p_flags, P_TELLCONT);
	tell_parent(p, CLD_CONTINUED, SIGCONT);
}

/* --- finding a signal --- */

static void
forget(struct lwp *lp, int sig)
{
	SIGDELSET(lp->lwp_siglist, sig);
	SIGDELSET(lp->lwp_proc->p_siglist, sig);
}

/*
 * Stops as long as that is asked for, and forgets what is ignored.  Returns a
 * signal that is to be acted on, which stays in its set; 0, and the thread
 * need not look again before the next signotify(); or SIG_EXITING.
 */
static int
next_signal(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;
	enum disposition disp;
	int sig;

	ASSERT_MP_TOKEN();
	for (;;) {
		if ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0)
			return (SIG_EXITING);
		tell_continued(p);
		spin_lock(&p->p_spin);
		if (p->p_stat == SSTOP) {
			stop_thread(lp);
			spin_unlock(&p->p_spin);
			continue;
		}
		sig = sig_lowest(
		    &lp->lwp_siglist, &p->p_siglist, &lp->lwp_sigmask);
		disp = sig != 0 ? disposition(p, sig) : DISP_ACT;
		if (sig == 0)
			atomic_clear_int(&lp->lwp_mpflags, LWP_MP_SIGPEND);
		if (disp == DISP_ACT) {
			spin_unlock(&p->p_spin);
			return (sig);
		}
		forget(lp, sig);
		/* Nobody would continue a group that no shell looks after. */
		if (disp == DISP_STOP &&
		    ((sigprop(sig) & SIGPROP_TTYSTOP) == 0 ||
			!pgrp_orphaned(p->p_pgrp)))
			stop_process(p, sig);
		else
			spin_unlock(&p->p_spin);
	}
}

/**
 * Stops the thread if its process is stopped.  Under mp_token; may sleep.
 * @param lp	the calling thread, in a system call
 * @return	whether the call has to return, for a handler or the end
 */
bool
sig_check(struct lwp *lp)
{
	return (next_signal(lp) != 0);
}

/* A call that changed the mask returned for a signal that has gone since. */
static void
restore_mask(struct lwp *lp)
{
	lp->lwp_flags &= ~LWP_OLDMASK;
	kern_sigprocmask(SIG_SETMASK, &lp->lwp_oldsigmask, NULL);
}

/**
 * Stops the thread if its process is stopped, ends it if it is to end, and
 * finds a signal.  Under mp_token, on the way to user mode; may sleep.
 * @param lp	the calling thread
 * @return	signal for postsig(); 0: there is nothing to be done
 */
int
issignal(struct lwp *lp)
{
	int sig;

	for (;;) {
		sig = next_signal(lp);
		if (sig == SIG_EXITING)
			lwp_exit();
		if (sig != 0 || (lp->lwp_flags & LWP_OLDMASK) == 0)
			return (sig);
		restore_mask(lp);
	}
}

/* --- acting on it --- */

/* Takes a signal off its set; p_spin is held. */
static bool
take(struct lwp *lp, int sig, struct siginfo *info)
{
	struct proc *p = lp->lwp_proc;
	const struct ksiginfo *ksi;

	if (SIGISMEMBER(lp->lwp_siglist, sig)) {
		SIGDELSET(lp->lwp_siglist, sig);
		ksi = &lp->lwp_ksi[sig];
	} else if (SIGISMEMBER(p->p_siglist, sig)) {
		SIGDELSET(p->p_siglist, sig);
		ksi = &p->p_ksi[sig];
	} else {
		return (false);
	}
	*info = (struct siginfo){ .si_signo = sig,
		.si_code = ksi->ksi_code,
		.si_pid = ksi->ksi_pid,
		.si_uid = (int)ksi->ksi_uid,
		.si_status = ksi->ksi_status };
	return (true);
}

/* SA_RESETHAND; flags stay, the frame is made by them. */
static void
reset_handler(struct sigacts *ps, int sig)
{
	ps->ps_action[sig].sa_handler = SIG_DFL;
	SIGDELSET(ps->ps_sigcatch, sig);
	if ((sigprop(sig) & SIGPROP_IGNORE) != 0)
		SIGADDSET(ps->ps_sigignore, sig);
}

/* tag::handler[] */
/* Calls the handler; p_spin is held and given back. */
static void
call_handler(struct lwp *lp, int sig, const struct siginfo *info)
{
	struct proc *p = lp->lwp_proc;
	struct sigaction *act = &p->p_sigacts->ps_action[sig];
	u_register_t handler = act->sa_handler;
	sigset_t restore = lp->lwp_sigmask;

	if ((lp->lwp_flags & LWP_OLDMASK) != 0) {
		lp->lwp_flags &= ~LWP_OLDMASK;
		restore = lp->lwp_oldsigmask;
	}
	SIGSETOR(lp->lwp_sigmask, act->sa_mask);
	if ((act->sa_flags & SA_NODEFER) == 0)
		SIGADDSET(lp->lwp_sigmask, sig);
	SIG_CANTMASK(lp->lwp_sigmask);
	if ((act->sa_flags & SA_RESETHAND) != 0)
		reset_handler(p->p_sigacts, sig);
	if (p->p_nthreads > 1)
		sig_reassign(p);
	spin_unlock(&p->p_spin);
	lp->lwp_ru.ru_nsignals++;
	/* A handler is the vkernel's, not its process's. */
	if (VKERNEL_RUNS(lp)) {
		lp->lwp_md_regs->tf_trapno = 0;
		vkernel_trap(lp, lp->lwp_md_regs);
	}
	p->p_sysent->sv_sendsig(lp, handler, sig, &restore, info);
}
/* end::handler[] */

/**
 * Acts on a signal that issignal() has found: the thread will be in its
 * handler, or the process ends.  May sleep.
 * @param lp	the calling thread
 * @param sig	signal
 */
void
postsig(struct lwp *lp, int sig)
{
	struct proc *p = lp->lwp_proc;
	struct siginfo info;

	spin_lock(&p->p_spin);
	/* Another thread may have been faster. */
	if (!take(lp, sig, &info)) {
		spin_unlock(&p->p_spin);
		return;
	}
	if (SIGISMEMBER(p->p_sigacts->ps_sigcatch, sig)) {
		call_handler(lp, sig, &info);
		return;
	}
	spin_unlock(&p->p_spin);
	if (disposition(p, sig) == DISP_ACT)
		sigexit(lp, sig);
}

/**
 * Tells a thread of a fault of its own, at once.  Where there is no handler or
 * the signal is blocked the process ends: to go on would be the same fault
 * again.  Without a token; may sleep.
 * @param lp	the calling thread, on its way to user mode
 * @param info	what has happened
 */
void
trapsignal(struct lwp *lp, const struct siginfo *info)
{
	struct proc *p = lp->lwp_proc;
	int sig = info->si_signo;

	lp->lwp_trapinfo = *info;
	spin_lock(&p->p_spin);
	if (SIGISMEMBER(p->p_sigacts->ps_sigcatch, sig) &&
	    !SIGISMEMBER(lp->lwp_sigmask, sig)) {
		call_handler(lp, sig, &lp->lwp_trapinfo);
		return;
	}
	spin_unlock(&p->p_spin);
	sigexit(lp, sig);
}

/**
 * Ends the current process because of a signal.
 * @param lp	the calling thread
 * @param sig	signal
 */
void
sigexit(struct lwp *lp, int sig)
{
	const struct proc *p = lp->lwp_proc;

	if (logsigexit != 0 && (sigprop(sig) & SIGPROP_CORE) != 0 &&
	    (p->p_flags & P_WEXIT) == 0)
		kprintf("pid %d (%s), uid %u: exited on signal %d\n", p->p_pid,
		    p->p_comm, p->p_ucred->cr_uid, sig);
	exit1(W_EXITCODE(0, sig));
}

/* --- waiting for signals --- */

/**
 * Waits for a signal with another mask, which counts until its handler has
 * begun.  Under mp_token; sleeps.
 * @param mask	what is blocked meanwhile
 * @return	EINTR
 */
int
kern_sigsuspend(const sigset_t *mask)
{
	struct lwp *lp = curlwp;
	sigset_t old;

	kern_sigprocmask(SIG_SETMASK, mask, &old);
	lp->lwp_oldsigmask = old;
	lp->lwp_flags |= LWP_OLDMASK;
	while (!sig_check(lp))
		tsleep(&lp->lwp_oldsigmask, PCATCH, "sigsus", 0);
	return (EINTR);
}

/* Waits until `end` (0: for ever) or until something comes; p_spin is held. */
static int
wait_signal(struct lwp *lp, uint64_t end)
{
	struct proc *p = lp->lwp_proc;
	uint64_t now = nsuptime();
	int error = EAGAIN;

	if (end != 0 && now >= end)
		return (EAGAIN);
	tsleep_interlock(&lp->lwp_sigwait, 0);
	spin_unlock(&p->p_spin);
	error = tsleep_ns(&lp->lwp_sigwait, PCATCH | PINTERLOCKED, "sigwt",
	    end != 0 ? end - now : 0);
	if (error == EINTR || error == ERESTART)
		error = sig_check(lp) ? EINTR : 0;
	else
		error = 0; /* the time is looked at again */
	spin_lock(&p->p_spin);
	return (error);
}

/**
 * Takes a signal out of the sets, waiting for it if need be.  Under mp_token;
 * sleeps.
 * @param set		signals wanted
 * @param info		set to what has happened
 * @param timeout_ts	struct timespec: how long; NULL: for ever
 * @return		0; EAGAIN: in time there was none; EINTR: another one
 *			came; EINVAL: timeout
 */
int
kern_sigtimedwait(
    const sigset_t *set, struct siginfo *info, const void *timeout_ts)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;
	sigset_t wanted = *set, others;
	uint64_t end = 0, ns;
	int error = 0, sig;

	SIG_CANTMASK(wanted);
	SIGFILLSET(others);
	SIGSETNAND(others, wanted);
	if (timeout_ts != NULL) {
		if (!timespec_ns(timeout_ts, &ns))
			return (EINVAL);
		end = nsuptime() + ns;
	}
	spin_lock(&p->p_spin);
	lp->lwp_sigwait = &wanted;
	for (;;) {
		sig = sig_lowest(&lp->lwp_siglist, &p->p_siglist, &others);
		if (sig != 0) {
			take(lp, sig, info);
			error = 0;
			break;
		}
		if (error != 0)
			break;
		error = wait_signal(lp, end);
	}
	lp->lwp_sigwait = NULL;
	spin_unlock(&p->p_spin);
	return (error);
}
