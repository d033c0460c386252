/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's signal calls.
 *
 * Actions are kept as native ones.  What those have not, the restorer (the
 * code that a handler returns to), is beside them in sigacts.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/pollvar.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/frame.h>
#include <machine/globaldata.h>
#include "linux_conv.h"
#include "linux_var.h"

/**
 * Copies a set of signals from the process.
 * @param uset	there
 * @param size	what it says the size is
 * @param set	filled in
 * @return	0; EINVAL: another size; EFAULT
 */
int
linux_copyin_sigset(const u_long *uset, size_t size, struct __sigset *set)
{
	linux_sigset_t lset;
	int error;

	if (size != sizeof(lset))
		return (EINVAL);
	error = copyin(uset, &lset, sizeof(lset));
	if (error == 0)
		linux_sigset_in(lset, set);
	return (error);
}

/** rt_sigaction(2). */
int
sys_linux_rt_sigaction(
    struct sysmsg *sysmsg __unused, const struct linux_rt_sigaction_args *uap)
{
	struct sigacts *ps = curproc->p_sigacts;
	struct linux_sigaction lsa;
	struct sigaction sa, osa;
	u_register_t restorer;
	int error, sig;

	sig = linux_sig_in(uap->sig);
	if (uap->setsize != sizeof(linux_sigset_t) || sig == 0)
		return (EINVAL);
	if (uap->act != NULL) {
		error = copyin(uap->act, &lsa, sizeof(lsa));
		if (error != 0)
			return (error);
		linux_sigaction_in(&lsa, &sa);
	}
	restorer = ps->ps_restorer[sig];
	error = kern_sigaction(sig, uap->act != NULL ? &sa : NULL, &osa);
	if (error != 0)
		return (error);
	if (uap->act != NULL)
		ps->ps_restorer[sig] = (lsa.lsa_flags & LINUX_SA_RESTORER) != 0
		    ? lsa.lsa_restorer
		    : 0;
	if (uap->oact == NULL)
		return (0);
	linux_sigaction_out(&osa, restorer, &lsa);
	return (copyout(&lsa, uap->oact, sizeof(lsa)));
}

/** rt_sigprocmask(2). */
int
sys_linux_rt_sigprocmask(
    struct sysmsg *sysmsg __unused, const struct linux_rt_sigprocmask_args *uap)
{
	static const int hows[] = { [LINUX_SIG_BLOCK] = SIG_BLOCK,
		[LINUX_SIG_UNBLOCK] = SIG_UNBLOCK,
		[LINUX_SIG_SETMASK] = SIG_SETMASK };
	int how = SIG_BLOCK, error;
	linux_sigset_t lset;
	sigset_t set, old;

	if (uap->setsize != sizeof(lset))
		return (EINVAL);
	if (uap->set != NULL) {
		error = linux_copyin_sigset(uap->set, uap->setsize, &set);
		if (error != 0)
			return (error);
		if (uap->how < 0 || uap->how >= (int)nitems(hows))
			return (EINVAL);
		how = hows[uap->how];
	}
	error = kern_sigprocmask(how, uap->set != NULL ? &set : NULL, &old);
	if (error != 0 || uap->oset == NULL)
		return (error);
	lset = linux_sigset_out(&old);
	return (copyout(&lset, uap->oset, sizeof(lset)));
}

/** rt_sigpending(2). */
int
sys_linux_rt_sigpending(
    struct sysmsg *sysmsg __unused, const struct linux_rt_sigpending_args *uap)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;
	linux_sigset_t lset;
	sigset_t set;

	if (uap->setsize > sizeof(lset))
		return (EINVAL);
	spin_lock(&p->p_spin);
	set = p->p_siglist;
	SIGSETOR(set, lp->lwp_siglist);
	for (u_int i = 0; i < nitems(set.bits); i++)
		set.bits[i] &= lp->lwp_sigmask.bits[i];
	spin_unlock(&p->p_spin);
	lset = linux_sigset_out(&set);
	return (copyout(&lset, uap->set, uap->setsize));
}

/** rt_sigsuspend(2). */
int
sys_linux_rt_sigsuspend(
    struct sysmsg *sysmsg __unused, const struct linux_rt_sigsuspend_args *uap)
{
	sigset_t set;
	int error;

	error = linux_copyin_sigset(uap->set, uap->setsize, &set);
	return (error != 0 ? error : kern_sigsuspend(&set));
}

/** pause(2). */
int
sys_linux_pause(
    struct sysmsg *sysmsg __unused, const struct linux_pause_args *uap __unused)
{
	sigset_t set = curlwp->lwp_sigmask;

	return (kern_sigsuspend(&set));
}

/** rt_sigtimedwait(2). */
int
sys_linux_rt_sigtimedwait(
    struct sysmsg *sysmsg, const struct linux_rt_sigtimedwait_args *uap)
{
	struct linux_siginfo lsi;
	struct siginfo info;
	struct timespec ts;
	sigset_t set;
	int error;

	error = linux_copyin_sigset(uap->set, uap->setsize, &set);
	if (error == 0 && uap->timeout != NULL)
		error = copyin(uap->timeout, &ts, sizeof(ts));
	if (error != 0)
		return (error);
	bzero(&info, sizeof(info));
	error = kern_sigtimedwait(
	    &set, &info, uap->timeout != NULL ? &ts : NULL);
	if (error == ERESTART)
		error = EINTR;
	if (error != 0)
		return (error);
	linux_siginfo_out(&info, &lsi);
	sysmsg->sysmsg_result = lsi.lsi_signo;
	if (uap->info != NULL)
		error = copyout(&lsi, uap->info, sizeof(lsi));
	return (error);
}

/* --- the alternate stack --- */

static bool
on_altstack(const struct lwp *lp, vm_offset_t sp)
{
	return ((lp->lwp_flags & LWP_ALTSTACK) != 0 &&
	    sp - lp->lwp_sigstk.ss_sp < lp->lwp_sigstk.ss_size);
}

static int
set_altstack(struct lwp *lp, const struct linux_stack *ss)
{
	u_int flags = ss->ss_flags & ~LINUX_SS_AUTODISARM;

	if (on_altstack(lp, lp->lwp_md_regs->tf_rsp))
		return (EPERM);
	if (flags == LINUX_SS_DISABLE) {
		lp->lwp_sigstk = (stack_t){ .ss_flags = SS_DISABLE };
		lp->lwp_flags &= ~LWP_ALTSTACK;
		return (0);
	}
	if (flags != 0 && flags != LINUX_SS_ONSTACK)
		return (EINVAL);
	if (ss->ss_size < LINUX_MINSIGSTKSZ)
		return (ENOMEM);
	lp->lwp_sigstk = (stack_t){ .ss_sp = ss->ss_sp,
		.ss_size = ss->ss_size };
	lp->lwp_flags |= LWP_ALTSTACK;
	return (0);
}

/** sigaltstack(2). */
int
sys_linux_sigaltstack(
    struct sysmsg *sysmsg __unused, const struct linux_sigaltstack_args *uap)
{
	struct lwp *lp = curlwp;
	struct linux_stack new, old = { .ss_flags = LINUX_SS_DISABLE };
	int error = 0;

	if ((lp->lwp_flags & LWP_ALTSTACK) != 0)
		old = (struct linux_stack){ .ss_sp = lp->lwp_sigstk.ss_sp,
			.ss_size = lp->lwp_sigstk.ss_size,
			.ss_flags = on_altstack(lp, lp->lwp_md_regs->tf_rsp)
			    ? LINUX_SS_ONSTACK
			    : 0 };
	if (uap->ss != NULL) {
		error = copyin(uap->ss, &new, sizeof(new));
		if (error == 0)
			error = set_altstack(lp, &new);
	}
	if (error == 0 && uap->oss != NULL)
		error = copyout(&old, uap->oss, sizeof(old));
	return (error);
}

/* --- sending --- */

/* Native number, 0 for the test whether one might; -1: there is none. */
static int
number_to_send(int lsig)
{
	int sig = linux_sig_in(lsig);

	return (lsig == 0 || sig != 0 ? sig : -1);
}

/** kill(2). */
int
sys_linux_kill(
    struct sysmsg *sysmsg __unused, const struct linux_kill_args *uap)
{
	int sig = number_to_send(uap->sig);

	return (sig < 0 ? EINVAL : kern_kill(sig, uap->pid, -1));
}

/* The C library's pthread_cancel(3) does nothing without SI_TKILL. */
static int
kill_thread(int ltid, pid_t tgid, int lsig)
{
	int sig = number_to_send(lsig);
	lwpid_t tid;
	pid_t pid;

	if (sig < 0 || ltid <= 0 || tgid == 0)
		return (EINVAL);
	if (!linux_tid_split(ltid, &pid, &tid) || (tgid > 0 && tgid != pid))
		return (ESRCH);
	return (kern_lwp_kill(sig, pid, tid, LINUX_SI_TKILL));
}

/** tkill(2). */
int
sys_linux_tkill(
    struct sysmsg *sysmsg __unused, const struct linux_tkill_args *uap)
{
	return (kill_thread(uap->tid, -1, uap->sig));
}

/** tgkill(2). */
int
sys_linux_tgkill(
    struct sysmsg *sysmsg __unused, const struct linux_tgkill_args *uap)
{
	if (uap->tgid <= 0)
		return (EINVAL);
	return (kill_thread(uap->tid, uap->tgid, uap->sig));
}
