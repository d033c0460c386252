/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * kill(2) and lwp_kill(2): who may send a signal to whom.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/globaldata.h>

/* A shell may continue what it has started, whoever that has become. */
static bool
may_signal(const struct proc *p, int sig)
{
	const struct proc *me = curproc;

	if (p_trespass(me->p_ucred, p->p_ucred) == 0)
		return (true);
	return (sig == SIGCONT && p->p_pgrp != NULL &&
	    p->p_pgrp->pg_session == me->p_pgrp->pg_session);
}

/* sig 0 only asks. */
static void
send_from_me(struct proc *p, struct lwp *lp, int sig, int code)
{
	struct siginfo info = { .si_signo = sig,
		.si_code = code,
		.si_pid = curproc->p_pid,
		.si_uid = (int)curproc->p_ucred->cr_ruid };

	if (sig != 0)
		ksignal_info(p, lp, &info);
}

/* One process, or with tid >= 0 one thread of it. */
static int
kill_one(int sig, pid_t pid, lwpid_t tid, int code)
{
	struct proc *p = pfindn(pid);
	struct lwp *lp = NULL;

	/* A zombie is there, but it does not hear. */
	if (p == NULL)
		p = zpfind(pid);
	if (p == NULL)
		return (ESRCH);
	if (!may_signal(p, sig))
		return (EPERM);
	if (tid >= 0) {
		lp = lwpfind(p, tid);
		if (lp == NULL)
			return (ESRCH);
	}
	send_from_me(p, lp, sig, code);
	return (0);
}

/* What sending to several comes to: one success is enough. */
struct outcome {
	bool found; /**< a process */
	bool sent;  /**< and it was allowed */
};

static void
kill_member(struct proc *p, int sig, struct outcome *out)
{
	if ((p->p_flags & P_SYSTEM) != 0 || p->p_stat == SIDL)
		return;
	out->found = true;
	if (p->p_stat != SZOMB && !may_signal(p, sig))
		return;
	out->sent = true;
	p->p_groupsigs += sig != 0;
	send_from_me(p, NULL, sig, SI_USER);
}

static int
outcome_error(const struct outcome *out)
{
	if (out->sent)
		return (0);
	return (out->found ? EPERM : ESRCH);
}

/* Every process but process 1 and the caller. */
static int
kill_all(int sig)
{
	struct outcome out = { false, false };
	struct proc *p;

	LIST_FOREACH(p, &allproc, p_list)
	if (p != initproc && p != curproc)
		kill_member(p, sig, &out);
	return (outcome_error(&out));
}

static int
kill_group(int sig, struct pgrp *pgrp)
{
	struct outcome out = { false, false };
	struct proc *p;

	if (pgrp == NULL)
		return (ESRCH);
	LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
	kill_member(p, sig, &out);
	return (outcome_error(&out));
}

/**
 * Sends a signal as the current process.  Under mp_token.
 * @param sig	signal; 0 only asks whether one might be sent
 * @param pid	> 0 a process, 0 the caller's group, -1 everybody, < -1 a group
 * @param tid	a thread of process pid; -1: none in particular
 * @return	0; EINVAL; ESRCH: there is none; EPERM: to none of them
 */
int
kern_kill(int sig, pid_t pid, lwpid_t tid)
{
	ASSERT_MP_TOKEN();
	if (sig != 0 && !sig_valid(sig))
		return (EINVAL);
	if (tid != -1 && (tid < 0 || pid <= 0))
		return (EINVAL);
	if (pid > 0)
		return (kill_one(sig, pid, tid, SI_USER));
	if (pid == -1)
		return (kill_all(sig));
	if (pid == 0)
		return (kill_group(sig, curproc->p_pgrp));
	/* -pid overflows for the lowest number. */
	return (
	    kill_group(sig, -(long)pid > PID_MAX ? NULL : pgfind((pid_t)-pid)));
}

/**
 * Sends a signal to one thread as the current process, and says how.  Under
 * mp_token.
 * @param sig	signal; 0 only asks whether one might be sent
 * @param pid	process
 * @param tid	its thread
 * @param code	si_code
 * @return	0; EINVAL; ESRCH: there is none; EPERM
 */
int
kern_lwp_kill(int sig, pid_t pid, lwpid_t tid, int code)
{
	ASSERT_MP_TOKEN();
	if ((sig != 0 && !sig_valid(sig)) || tid < 0 || pid <= 0)
		return (EINVAL);
	return (kill_one(sig, pid, tid, code));
}

/** kill(pid, signum): @return kern_kill()'s */
int
sys_kill(struct sysmsg *sysmsg __unused, const struct kill_args *uap)
{
	return (kern_kill(uap->signum, uap->pid, -1));
}

/**
 * lwp_kill(pid, tid, signum): a signal to one thread.
 * @param sysmsg	unused
 * @param uap		pid: -1 for the caller's; tid: not -1
 * @return		kern_kill()'s
 */
int
sys_lwp_kill(struct sysmsg *sysmsg __unused, const struct lwp_kill_args *uap)
{
	if (uap->tid == -1)
		return (EINVAL);
	return (kern_kill(
	    uap->signum, uap->pid == -1 ? curproc->p_pid : uap->pid, uap->tid));
}
