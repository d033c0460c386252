/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: sending.
 *
 * To send a signal is to note it in a set, of the process or of one thread,
 * and to make a thread look: signotify() before it is in user mode again,
 * tsleep_signal() if it sleeps and lets itself be interrupted.  What is done
 * about it that thread finds out itself (kern_sigrecv.c).
 *
 * A signal to a process is for whoever takes it first.  One thread that does
 * not block it is told; should that thread block it before it has looked, or
 * end, sig_reassign() tells another one.  So for every signal that somebody
 * does not block, somebody has LWP_MP_SIGPEND.
 *
 * What cannot wait until the thread looks is done here: a stop signal takes
 * SIGCONT back and the other way round, and SIGCONT and SIGKILL let a stopped
 * process go on.
 *
 * All of it is under p_spin and may be called from interrupts.  p_spin comes
 * before the locks of sleep queues, and after those of terminals and timers.
 */
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

static const sigset_t stop_signals = {
	.bits = { SIGBITMASK(SIGSTOP) | SIGBITMASK(SIGTSTP) |
	    SIGBITMASK(SIGTTIN) | SIGBITMASK(SIGTTOU) }
};
static const sigset_t cont_signals = { .bits = { SIGBITMASK(SIGCONT) } };

/* Whether a thread takes a signal: lets it in, or waits for it. */
static bool
wants(const struct lwp *lp, int sig)
{
	return (!SIGISMEMBER(lp->lwp_sigmask, sig) ||
	    (lp->lwp_sigwait != NULL && SIGISMEMBER(*lp->lwp_sigwait, sig)));
}

/* tag::choose[] */
/* The thread to be told of a signal to the process, or NULL. */
static struct lwp *
choose(struct proc *p, int sig)
{
	struct lwp *lp, *best = NULL;

	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	{
		if (!wants(lp, sig) || (lp->lwp_mpflags & LWP_MP_WEXIT) != 0)
			continue;
		if (lp == curlwp)
			return (lp);
		/* Who sleeps for long and is not to be disturbed comes last. */
		if (best == NULL ||
		    (lp->lwp_thread->td_slpflags &
			(TDS_SLEEPING | TDS_SINTR)) != TDS_SLEEPING)
			best = lp;
	}
	return (best);
}
/* end::choose[] */

static void
notify(struct lwp *lp)
{
	signotify(lp);
	tsleep_signal(lp->lwp_thread);
}

/**
 * Tells other threads of the signals to the process, since one that may have
 * been told before does not want them any more.
 * @param p	its p_spin is held
 */
void
sig_reassign(struct proc *p)
{
	sigset_t left = p->p_siglist;
	struct lwp *lp;
	int sig;

	while ((sig = sig_lowest(&left, NULL, NULL)) != 0) {
		SIGDELSET(left, sig);
		lp = choose(p, sig);
		if (lp != NULL && lp != curlwp)
			notify(lp);
		else if (lp != NULL)
			signotify(lp);
	}
}

static void
discard(struct proc *p, const sigset_t *set)
{
	struct lwp *lp;

	SIGSETNAND(p->p_siglist, *set);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	SIGSETNAND(lp->lwp_siglist, *set);
}

/* A stopped process goes on. */
static void
resume(struct proc *p, int sig)
{
	struct lwp *lp;

	if (p->p_stat != SSTOP)
		return;
	p->p_stat = SACTIVE;
	atomic_clear_int(&p->p_flags, P_WAITED);
	if (sig == SIGCONT)
		atomic_set_int(&p->p_flags, P_CONTINUED | P_TELLCONT);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	wakeup(lp);
}

/* Whether nobody would ever do anything about the signal. */
static bool
is_void(struct proc *p, const struct lwp *to, int sig)
{
	const struct sigacts *ps = p->p_sigacts;
	bool blocked = true;
	struct lwp *lp;

	if (p->p_stat == SSTOP && (sigprop(sig) & SIGPROP_STOP) != 0 &&
	    !SIGISMEMBER(ps->ps_sigcatch, sig))
		return (true);
	/* Process 1 has to stay: it gets what it asks for. */
	if (!SIGISMEMBER(ps->ps_sigignore, sig) &&
	    (p != initproc || SIGISMEMBER(ps->ps_sigcatch, sig)))
		return (false);
	/* While it is blocked, the action may change, or somebody may ask. */
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	if (to == NULL || to == lp) {
		if (lp->lwp_sigwait != NULL &&
		    SIGISMEMBER(*lp->lwp_sigwait, sig))
			return (false);
		if (!SIGISMEMBER(lp->lwp_sigmask, sig))
			blocked = false;
	}
	return (!blocked);
}

/* Notes the signal, and what comes with the first of its kind. */
static void
post(sigset_t *set, struct ksiginfo *infos, int sig, const struct ksiginfo *ksi)
{
	if (SIGISMEMBER(*set, sig))
		return;
	SIGADDSET(*set, sig);
	infos[sig] = *ksi;
}

static void
post_and_notify(
    struct proc *p, struct lwp *to, int sig, const struct ksiginfo *ksi)
{
	struct lwp *lp;

	if (to != NULL)
		post(&to->lwp_siglist, to->lwp_ksi, sig, ksi);
	else
		post(&p->p_siglist, p->p_ksi, sig, ksi);
	if (sig == SIGKILL) {
		RB_FOREACH(lp, lwp_tree, &p->p_lwps)
		notify(lp);
		return;
	}
	if (to == NULL)
		to = choose(p, sig);
	else if (!wants(to, sig))
		return;
	if (to != NULL)
		notify(to);
}

/* to: a thread of p, or NULL for the process. */
static void
send_signal(struct proc *p, struct lwp *to, int sig, const struct ksiginfo *ksi)
{
	KASSERT(sig_valid(sig), ("send_signal: signal %d", sig));
	knote_signal(p, sig);
	spin_lock(&p->p_spin);
	if (p->p_stat == SIDL || p->p_stat == SZOMB ||
	    (p->p_flags & (P_SYSTEM | P_WEXIT)) != 0)
		goto out;
	if ((sigprop(sig) & SIGPROP_STOP) != 0)
		discard(p, &cont_signals);
	if (sig == SIGCONT)
		discard(p, &stop_signals);
	if (sig == SIGCONT || (sig == SIGKILL && p != initproc))
		resume(p, sig);
	if (!is_void(p, to, sig))
		post_and_notify(p, to, sig, ksi);
out:
	spin_unlock(&p->p_spin);
}

/**
 * Sends a signal of the kernel to a process.  Callable from interrupts.
 * @param p	process; it must not go away meanwhile
 * @param sig	signal
 */
void
ksignal(struct proc *p, int sig)
{
	lwpsignal(p, NULL, sig);
}

/**
 * The same to one thread.
 * @param p	process
 * @param lp	a thread of it, or NULL for the process
 * @param sig	signal
 */
void
lwpsignal(struct proc *p, struct lwp *lp, int sig)
{
	static const struct ksiginfo none = { .ksi_code = SI_USER };

	send_signal(p, lp, sig, &none);
}

/**
 * The same, and says why.  The first signal of a kind that waits is the one
 * whose reason is kept.
 * @param p	process
 * @param lp	a thread of it, or NULL for the process
 * @param info	signal, code, sender and status; an address is not kept
 */
void
ksignal_info(struct proc *p, struct lwp *lp, const struct siginfo *info)
{
	struct ksiginfo ksi = { .ksi_code = info->si_code,
		.ksi_pid = info->si_pid,
		.ksi_uid = (uid_t)info->si_uid,
		.ksi_status = info->si_status };

	send_signal(p, lp, info->si_signo, &ksi);
}

/**
 * Sends a signal of the kernel to a process group.
 * @param pgrp		group, or NULL
 * @param sig		signal
 * @param checkctty	only to those with a controlling terminal
 */
void
pgsignal(struct pgrp *pgrp, int sig, bool checkctty)
{
	struct proc *p;

	if (pgrp == NULL)
		return;
	LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
	if (!checkctty || (p->p_flags & P_CONTROLT) != 0) {
		p->p_groupsigs++;
		ksignal(p, sig);
	}
}
