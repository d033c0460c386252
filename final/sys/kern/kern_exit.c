/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The end of threads and processes.
 *
 * A thread ends by itself only: who wants others to end marks them
 * (LWP_MP_WEXIT), wakes them, and waits; on their way to user mode they meet
 * the mark and call lwp_exit().  One thread at a time may do that to a process
 * (P_RESTRAIN).
 *
 * exit1() gives back what the process has in the order in which one thing
 * needs another: its other threads, its descriptors (closing may sleep and
 * touch its memory), its terminal, its memory; then it goes from its children
 * to its parent and is a zombie, of which kern_wait.c knows the rest.
 *
 * From the moment when somebody may free the lwp or the proc, interrupts are
 * off on this processor: the clock interrupt looks at both.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/lwp.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/vkernel.h>
#include <sys/vnode.h>
#include <sys/wait.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

/**
 * Marks a thread that is to end, and makes it notice soon.
 * @param lp	thread of the current process, not the calling one
 */
void
lwp_wake_exit(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	/* A stop looks at the mark with the lock held, and sleeps on lp. */
	spin_lock(&p->p_spin);
	atomic_set_int(&lp->lwp_mpflags, LWP_MP_WEXIT);
	spin_unlock(&p->p_spin);
	signotify(lp);
	tsleep_signal(lp->lwp_thread);
	wakeup(lp);
}

/**
 * Ends all threads of the current process but the calling one, and waits until
 * they have gone.  May sleep.
 * @param lp	the calling thread
 * @return	0; EINTR: another thread is doing it already, the caller has to
 *		return to user mode and ends there
 */
int
killlwps(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;
	struct lwp *other;

	ASSERT_MP_TOKEN();
	if (p->p_nthreads == 1)
		return (0);
	if ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0 ||
	    (p->p_flags & P_RESTRAIN) != 0)
		return (EINTR);
	atomic_set_int(&p->p_flags, P_RESTRAIN);
	while (p->p_nthreads > 1) {
		/* Waking does not sleep; the tree stays under mp_token. */
		RB_FOREACH(other, lwp_tree, &p->p_lwps)
		if (other != lp)
			lwp_wake_exit(other);
		tsleep(&p->p_nthreads, 0, "killlwps", hz / 4);
	}
	atomic_clear_int(&p->p_flags, P_RESTRAIN);
	return (0);
}

/* Linux: somebody waits for this word to be cleared. */
static void
clear_tid(struct lwp *lp)
{
	vm_offset_t uaddr = lp->lwp_clear_tid;
	int woken;

	if (uaddr == 0)
		return;
	lp->lwp_clear_tid = 0;
	if (suword32((void *)uaddr, 0) == 0)
		(void)kern_umtx_wakeup(uaddr, 1, &woken);
}

/* What a thread has used is its process's. */
static void
account(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	spin_lock(&p->p_spin);
	ru_add_lwp(&p->p_ru, lp);
	spin_unlock(&p->p_spin);
}

/* The calling thread does not use its address space any more. */
static void
leave_vmspace(struct lwp *lp)
{
	vmm_vmdestroy(lp->lwp_thread);
	lp->lwp_vmspace = NULL;
	pmap_activate(NULL);
}

/*
 * Off the processor for good.  Its lwp is in no tree; its proc may be freed as
 * soon as the token is given back.
 */
static void __dead2
leave(struct lwp *lp)
{
	struct thread *td = lp->lwp_thread;

	usched_exit(lp);
	intr_disable();
	td->td_reap = lwp_reap;
	td->td_proc = NULL;
	lp->lwp_proc = NULL;
	while (lwkt_token_held(&mp_token))
		lwkt_reltoken(&mp_token);
	lwkt_exit();
}

/**
 * Ends the calling thread; the last one ends the process with status 0.
 */
void
lwp_exit(void)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;

	lwkt_gettoken(&mp_token);
	/* From here on its addresses are the program's own. */
	vkernel_lwp_exit(lp);
	clear_tid(lp);
	while (lp->lwp_lock != 0)
		tsleep(&lp->lwp_lock, 0, "lwphold", hz / 10);
	/* Nothing sleeps between this and lwp_remove(). */
	if (p->p_nthreads == 1)
		exit1(W_EXITCODE(0, 0));
	account(lp);
	leave_vmspace(lp);
	lwp_remove(lp);
	wakeup(&p->p_nthreads);
	leave(lp);
}

/* Without process 1 nothing can go on. */
static void __dead2
init_died(int wstatus)
{
	if (WIFEXITED(wstatus))
		kprintf("init died (status %d)\n", WEXITSTATUS(wstatus));
	else
		kprintf("init died (status %d, signal %d)\n",
		    WEXITSTATUS(wstatus), WTERMSIG(wstatus));
	poweroff_status = 1;
	boot(RB_POWEROFF);
}

static void
stop_timers(struct proc *p)
{
	spin_lock(&p->p_spin);
	bzero(&p->p_realtimer, sizeof(p->p_realtimer));
	bzero(p->p_timer, sizeof(p->p_timer));
	spin_unlock(&p->p_spin);
	callout_stop_sync(&p->p_itcallout);
}

/* A session's leader goes: its terminal is free, who uses it is told. */
static void
leave_terminal(struct proc *p)
{
	struct session *s = p->p_pgrp->pg_session;
	struct vnode *vp = s->s_ttyvp;
	struct tty *tp = s->s_ttyp;

	if (s->s_leader != p)
		return;
	s->s_leader = NULL;
	if (tp != NULL && tp->t_session == s)
		ttyvhup(tp);
	/* Closing the vnode may sleep: nobody else must do it, too. */
	if (vp != NULL && s->s_ttyvp == vp) {
		s->s_ttyvp = NULL;
		vrele(vp);
	}
}

static void
leave_memory(struct proc *p, struct lwp *lp)
{
	struct vmspace *vm = p->p_vmspace;

	leave_vmspace(lp);
	p->p_vmspace = NULL;
	if (vm != NULL)
		vmspace_rel(vm);
	vkernel_exit(p);
	ppwait_done(p);
}

/* Children go to process 1. */
static void
leave_children(struct proc *p)
{
	struct proc *child;
	bool zombies = false;

	LIST_FOREACH(child, &p->p_children, p_sibling)
	pgrp_adopt(child, initproc);
	fixjobc(p, p->p_pgrp, false);
	while ((child = LIST_FIRST(&p->p_children)) != NULL) {
		zombies |= child->p_stat == SZOMB;
		proc_reparent(child, initproc);
	}
	if (zombies) {
		ksignal(initproc, SIGCHLD);
		wakeup(initproc);
	}
}

/* Whether a parent does not want to know how its children end. */
static bool
ignores_children(const struct proc *parent)
{
	return ((parent->p_flags & P_NOCLDWAIT) != 0 ||
	    parent->p_sigacts->ps_action[SIGCHLD].sa_handler == SIG_IGN);
}

/* Tells the parent, or process 1 if the parent does not care. */
static void
tell_parent(struct proc *p)
{
	struct siginfo info = {
		.si_signo = SIGCHLD,
		.si_code = WIFEXITED(p->p_xstat) ? CLD_EXITED
		    : WCOREDUMP(p->p_xstat)	 ? CLD_DUMPED
						 : CLD_KILLED,
		.si_pid = p->p_pid,
		.si_uid = (int)p->p_ucred->cr_ruid,
		.si_status = WIFEXITED(p->p_xstat) ? WEXITSTATUS(p->p_xstat)
						   : WTERMSIG(p->p_xstat),
	};
	struct proc *parent = p->p_pptr;

	if (parent != initproc && parent->p_pid != 0 &&
	    ignores_children(parent)) {
		proc_reparent(p, initproc);
		/* It may wait for children, of which there are fewer now. */
		wakeup(parent);
		parent = initproc;
	}
	ksignal_info(parent, NULL, &info);
	wakeup(parent);
}

/**
 * Ends the current process, all of its threads.  May sleep.
 * @param wstatus	what its parent gets: W_EXITCODE()
 */
void
exit1(int wstatus)
{
	struct lwp *lp = curlwp;
	struct proc *p = lp->lwp_proc;

	lwkt_gettoken(&mp_token);
	if (p == initproc)
		init_died(wstatus);
	vkernel_lwp_exit(lp);
	if ((p->p_flags & P_WEXIT) != 0 || killlwps(lp) != 0)
		lwp_exit();
	atomic_set_int(&p->p_flags, P_WEXIT);
	stop_timers(p);
	clear_tid(lp);
	fdfree(p);
	leave_terminal(p);
	leave_memory(p, lp);
	proc_settextvp(p, NULL);
	while (lp->lwp_lock != 0)
		tsleep(&lp->lwp_lock, 0, "lwphold", hz / 10);
	/* Nothing sleeps from here on. */
	leave_children(p);
	account(lp);
	lwp_remove(lp);
	p->p_xstat = (u_short)wstatus;
	proc_zombie(p);
	knote_proc(p, NOTE_EXIT);
	tell_parent(p);
	leave(lp);
}

/**
 * exit(rval): ends the process.
 * @param sysmsg	unused
 * @param uap		rval: of which the parent gets 8 bits
 * @return		never
 */
int
sys_exit(struct sysmsg *sysmsg __unused, const struct exit_args *uap)
{
	exit1(W_EXITCODE(uap->rval & 0xff, 0));
}

/**
 * extexit(how, status, addr): ends the thread or the process, and may store
 * the status before.
 * @param sysmsg	unused
 * @param uap		how: EXTEXIT_*; status; addr: of an int
 * @return		EINVAL: no such `how`; EFAULT: addr; else never
 */
int
sys_extexit(struct sysmsg *sysmsg __unused, const struct extexit_args *uap)
{
	int what = uap->how & 0xffff, who = uap->how & ~0xffff;
	int status = uap->status, error;

	if ((what != EXTEXIT_SIMPLE && what != EXTEXIT_SETINT) ||
	    (who != EXTEXIT_PROC && who != EXTEXIT_LWP))
		return (EINVAL);
	if (what == EXTEXIT_SETINT) {
		error = copyout(&status, uap->addr, sizeof(status));
		if (error != 0)
			return (error);
	}
	if (who == EXTEXIT_LWP && curproc->p_nthreads > 1)
		lwp_exit();
	exit1(W_EXITCODE(status & 0xff, 0));
}
