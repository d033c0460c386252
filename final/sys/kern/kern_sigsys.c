/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: the system calls, and the actions and masks that they change.
 *
 * ps_sigignore and ps_sigcatch follow from ps_action: a signal is in the first
 * if nothing is done about it, in the second if it has a handler.  They are
 * what a sender looks at.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

static MALLOC_DEFINE(M_SIGACTS, "signal actions");

#define SA_ALL                                                                 \
	(SA_ONSTACK | SA_RESTART | SA_RESETHAND | SA_NOCLDSTOP | SA_NODEFER |  \
	    SA_NOCLDWAIT | SA_SIGINFO)

/* --- actions of a process --- */

/* The sets that follow from an action. */
static void
derive_sets(struct sigacts *ps, int sig)
{
	u_register_t handler = ps->ps_action[sig].sa_handler;

	SIGDELSET(ps->ps_sigignore, sig);
	SIGDELSET(ps->ps_sigcatch, sig);
	if (handler == SIG_IGN ||
	    (handler == SIG_DFL && (sigprop(sig) & SIGPROP_IGNORE) != 0))
		SIGADDSET(ps->ps_sigignore, sig);
	else if (handler != SIG_DFL)
		SIGADDSET(ps->ps_sigcatch, sig);
}

/** @return actions with which every process begins; may sleep */
struct sigacts *
sigacts_alloc(void)
{
	struct sigacts *ps;

	ps = kmalloc(sizeof(*ps), M_SIGACTS, M_WAITOK | M_ZERO);
	ps->ps_ref = 1;
	for (int sig = 1; sig < NSIG; sig++)
		derive_sets(ps, sig);
	return (ps);
}

/**
 * Copies actions.  May sleep.
 * @param ps	actions
 * @return	the same, of one process
 */
struct sigacts *
sigacts_dup(const struct sigacts *ps)
{
	struct sigacts *new;

	new = kmalloc(sizeof(*new), M_SIGACTS, M_WAITOK);
	*new = *ps;
	new->ps_ref = 1;
	return (new);
}

/**
 * Gives actions back; the last one frees them.
 * @param ps	actions, or NULL
 */
void
sigacts_free(struct sigacts *ps)
{
	if (ps != NULL && atomic_fetchadd_int(&ps->ps_ref, -1U) == 1)
		kfree(ps, M_SIGACTS);
}

/**
 * A new program: no handlers, only what is ignored stays ignored.
 * @param p	the current process, with actions of its own and one thread
 */
void
execsigs(struct proc *p)
{
	struct sigacts *ps = p->p_sigacts;
	struct sigaction *act;

	spin_lock(&p->p_spin);
	for (int sig = 1; sig < NSIG; sig++) {
		act = &ps->ps_action[sig];
		*act = (struct sigaction){
			.sa_handler = act->sa_handler == SIG_IGN ? SIG_IGN
								 : SIG_DFL
		};
		ps->ps_restorer[sig] = 0;
		derive_sets(ps, sig);
	}
	spin_unlock(&p->p_spin);
	atomic_clear_int(&p->p_flags, P_NOCLDSTOP | P_NOCLDWAIT);
}

static void
set_flag(struct proc *p, u_int flag, bool on)
{
	if (on)
		atomic_set_int(&p->p_flags, flag);
	else
		atomic_clear_int(&p->p_flags, flag);
}

/* The action is ignored from now on: so is what has come. */
static void
forget_pending(struct proc *p, int sig)
{
	struct lwp *lp;

	SIGDELSET(p->p_siglist, sig);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	SIGDELSET(lp->lwp_siglist, sig);
}

/**
 * sigaction(2).  Under mp_token.
 * @param sig	signal
 * @param act	what is done from now on; NULL changes nothing
 * @param oact	set to what has been done so far; or NULL
 * @return	0; EINVAL: no signal, or not to be caught
 */
int
kern_sigaction(int sig, const struct sigaction *act, struct sigaction *oact)
{
	struct proc *p = curproc;
	struct sigacts *ps = p->p_sigacts;

	if (!sig_valid(sig))
		return (EINVAL);
	if (act != NULL && (sig == SIGKILL || sig == SIGSTOP) &&
	    act->sa_handler != SIG_DFL)
		return (EINVAL);
	spin_lock(&p->p_spin);
	if (oact != NULL)
		*oact = ps->ps_action[sig];
	if (act != NULL) {
		ps->ps_action[sig] = *act;
		ps->ps_action[sig].sa_flags &= SA_ALL;
		SIG_CANTMASK(ps->ps_action[sig].sa_mask);
		derive_sets(ps, sig);
		if (SIGISMEMBER(ps->ps_sigignore, sig))
			forget_pending(p, sig);
	}
	spin_unlock(&p->p_spin);
	if (act != NULL && sig == SIGCHLD) {
		set_flag(p, P_NOCLDSTOP, (act->sa_flags & SA_NOCLDSTOP) != 0);
		set_flag(p, P_NOCLDWAIT, (act->sa_flags & SA_NOCLDWAIT) != 0);
	}
	return (0);
}

/** sigaction(sig, act, oact): @return kern_sigaction()'s; EFAULT */
int
sys_sigaction(struct sysmsg *sysmsg __unused, const struct sigaction_args *uap)
{
	struct sigaction act, oact;
	int error = 0;

	if (uap->act != NULL)
		error = copyin(uap->act, &act, sizeof(act));
	if (error == 0)
		error = kern_sigaction(
		    uap->sig, uap->act != NULL ? &act : NULL, &oact);
	if (error == 0 && uap->oact != NULL)
		error = copyout(&oact, uap->oact, sizeof(oact));
	return (error);
}

/* --- the mask of a thread --- */

/**
 * sigprocmask(2), of the calling thread.  Without a token.
 * @param how	SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK
 * @param set	signals; NULL changes nothing
 * @param oset	set to the mask before; or NULL
 * @return	0; EINVAL: no such `how`
 */
int
kern_sigprocmask(int how, const sigset_t *set, sigset_t *oset)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;
	sigset_t mask = lp->lwp_sigmask;

	if (oset != NULL)
		*oset = mask;
	if (set == NULL)
		return (0);
	switch (how) {
	case SIG_BLOCK:
		SIGSETOR(mask, *set);
		break;
	case SIG_UNBLOCK:
		SIGSETNAND(mask, *set);
		break;
	case SIG_SETMASK:
		mask = *set;
		break;
	default:
		return (EINVAL);
	}
	SIG_CANTMASK(mask);
	spin_lock(&p->p_spin);
	lp->lwp_sigmask = mask;
	if (sig_lowest(&lp->lwp_siglist, &p->p_siglist, &mask) != 0)
		signotify(lp);
	if (p->p_nthreads > 1)
		sig_reassign(p);
	spin_unlock(&p->p_spin);
	return (0);
}

/** sigprocmask(how, set, oset): @return kern_sigprocmask()'s; EFAULT */
int
sys_sigprocmask(
    struct sysmsg *sysmsg __unused, const struct sigprocmask_args *uap)
{
	sigset_t set, oset;
	int error = 0;

	if (uap->set != NULL)
		error = copyin(uap->set, &set, sizeof(set));
	if (error == 0)
		error = kern_sigprocmask(
		    uap->how, uap->set != NULL ? &set : NULL, &oset);
	if (error == 0 && uap->oset != NULL)
		error = copyout(&oset, uap->oset, sizeof(oset));
	return (error);
}

/** sigpending(set): what waits to be unblocked.  @return 0, EFAULT */
int
sys_sigpending(
    struct sysmsg *sysmsg __unused, const struct sigpending_args *uap)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;
	sigset_t set;

	spin_lock(&p->p_spin);
	set = p->p_siglist;
	SIGSETOR(set, lp->lwp_siglist);
	spin_unlock(&p->p_spin);
	for (u_int i = 0; i < nitems(set.bits); i++)
		set.bits[i] &= lp->lwp_sigmask.bits[i];
	return (copyout(&set, uap->set, sizeof(set)));
}

/** sigsuspend(mask): @return EINTR after a handler, or EFAULT */
int
sys_sigsuspend(
    struct sysmsg *sysmsg __unused, const struct sigsuspend_args *uap)
{
	sigset_t mask;
	int error;

	error = copyin(uap->sigmask, &mask, sizeof(mask));
	return (error != 0 ? error : kern_sigsuspend(&mask));
}

static int
sigwait_common(struct sysmsg *sysmsg, const sigset_t *uset,
    struct siginfo *uinfo, const struct timespec *ts)
{
	struct siginfo info;
	sigset_t set;
	int error;

	error = copyin(uset, &set, sizeof(set));
	if (error == 0)
		error = kern_sigtimedwait(&set, &info, ts);
	if (error != 0)
		return (error);
	sysmsg->sysmsg_result = info.si_signo;
	if (uinfo != NULL)
		error = copyout(&info, uinfo, sizeof(info));
	return (error);
}

/** sigtimedwait(set, info, timeout): @return kern_sigtimedwait()'s; EFAULT.
 * Result: the signal */
int
sys_sigtimedwait(struct sysmsg *sysmsg, const struct sigtimedwait_args *uap)
{
	struct timespec ts;
	int error = 0;

	if (uap->timeout != NULL)
		error = copyin(uap->timeout, &ts, sizeof(ts));
	if (error != 0)
		return (error);
	return (sigwait_common(
	    sysmsg, uap->set, uap->info, uap->timeout != NULL ? &ts : NULL));
}

/** sigwaitinfo(set, info): the same without an end. */
int
sys_sigwaitinfo(struct sysmsg *sysmsg, const struct sigwaitinfo_args *uap)
{
	return (sigwait_common(sysmsg, uap->set, uap->info, NULL));
}

/* --- the alternate stack --- */

/**
 * sigaltstack(2), of the calling thread.
 * @param ss	stack_t: from now on; NULL changes nothing
 * @param oss	stack_t, set to what has been; or NULL
 * @param sp	the thread's stack pointer
 * @return	0; EPERM: it is in use; EINVAL: flags; ENOMEM: too small
 */
int
kern_sigaltstack(const void *ss, void *oss, vm_offset_t sp)
{
	const stack_t *new = ss;
	struct lwp *lp = curlwp;
	stack_t *old = oss;
	bool in_use = (lp->lwp_flags & LWP_ALTSTACK) != 0 &&
	    sp - lp->lwp_sigstk.ss_sp < lp->lwp_sigstk.ss_size;

	if (old != NULL) {
		bzero(old, sizeof(*old));
		old->ss_sp = lp->lwp_sigstk.ss_sp;
		old->ss_size = lp->lwp_sigstk.ss_size;
		old->ss_flags = (lp->lwp_flags & LWP_ALTSTACK) == 0 ? SS_DISABLE
		    : in_use					    ? SS_ONSTACK
								    : 0;
	}
	if (new == NULL)
		return (0);
	if (in_use)
		return (EPERM);
	if ((new->ss_flags & ~SS_DISABLE) != 0)
		return (EINVAL);
	if ((new->ss_flags &SS_DISABLE) != 0) {
		lp->lwp_flags &= ~LWP_ALTSTACK;
		lp->lwp_sigstk = (stack_t){ .ss_flags = SS_DISABLE };
		return (0);
	}
	if (new->ss_size < MINSIGSTKSZ)
		return (ENOMEM);
	lp->lwp_sigstk = (stack_t){ .ss_sp = new->ss_sp,
		.ss_size = new->ss_size };
	lp->lwp_flags |= LWP_ALTSTACK;
	return (0);
}

/** sigaltstack(ss, oss): @return kern_sigaltstack()'s; EFAULT */
int
sys_sigaltstack(struct sysmsg *sysmsg, const struct sigaltstack_args *uap)
{
	stack_t ss, oss;
	int error = 0;

	if (uap->ss != NULL)
		error = copyin(uap->ss, &ss, sizeof(ss));
	if (error == 0)
		error = kern_sigaltstack(uap->ss != NULL ? &ss : NULL, &oss,
		    sysmsg->sysmsg_frame->tf_rsp);
	if (error == 0 && uap->oss != NULL)
		error = copyout(&oss, uap->oss, sizeof(oss));
	return (error);
}
