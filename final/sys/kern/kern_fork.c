/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * New processes: fork, vfork, rfork.
 *
 * fork1() makes the child complete but does not let it run: an ABI may still
 * change it.  start_forked_proc() does, and for vfork waits until the child
 * has given the borrowed memory back, by execve or its end.
 *
 * While the child is being made it is SIDL and nobody finds it, though its
 * number is taken.  Nor does a signal find it that is sent to its parent's
 * group, or to everybody, while the parent sleeps: then the child is undone,
 * and the parent makes another one after it has seen to the signal.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vkernel.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>

/** Processes that only the super-user can make. */
#define NPROC_RESERVE 10

/* Whether one more process may be; it is counted then. */
static int
nprocs_take(const struct proc *p)
{
	static int told;
	bool super = p->p_ucred->cr_ruid == 0;

	if (nprocs >= maxproc - (super ? 0 : NPROC_RESERVE)) {
		if (told == 0 || ticks - told > 10 * (int)hz) {
			told = ticks | 1;
			kprintf("maxproc: there are %u processes, no more "
				"can be made\n",
			    nprocs);
		}
		return (EAGAIN);
	}
	if (!super && p->p_rlimit[RLIMIT_NPROC].rlim_cur < (rlim_t)maxproc &&
	    (rlim_t)proc_count_uid(p->p_ucred->cr_ruid) >=
		p->p_rlimit[RLIMIT_NPROC].rlim_cur)
		return (EAGAIN);
	nprocs++;
	return (0);
}

/* tag::copy[] */
/* What costs memory and sleep, may fail and can be undone. */
static int
copy_resources(struct proc *p1, struct lwp *lp, struct proc *p2, u_int flags)
{
	p2->p_ucred = crhold(p1->p_ucred);
	if ((flags & RFSIGSHARE) != 0) {
		atomic_add_int(&p1->p_sigacts->ps_ref, 1);
		p2->p_sigacts = p1->p_sigacts;
	} else {
		p2->p_sigacts = sigacts_dup(p1->p_sigacts);
	}
	proc_settextvp(p2, p1->p_textvp);
	if (p1->p_vmspace == NULL) {
		; /* the kernel; execve brings one */
	} else if ((flags & RFMEM) != 0) {
		vmspace_ref(p1->p_vmspace);
		p2->p_vmspace = p1->p_vmspace;
	} else {
		p2->p_vmspace = vmspace_fork(p1->p_vmspace);
		/* Also when it has shared only some of the pages. */
		umtx_fork_wakeup(p1);
		if (p2->p_vmspace == NULL)
			return (ENOMEM);
	}
	if (lwp_fork(lp, p2, true) == NULL)
		return (EAGAIN);
	if ((flags & RFFDG) != 0)
		p2->p_fd = fdcopy(p1);
	return (0);
}
/* end::copy[] */

/* The reverse, and the process itself. */
static void
undo(struct proc *p2)
{
	struct lwp *lp2 = RB_MIN(lwp_tree, &p2->p_lwps);

	if (p2->p_fd != NULL)
		fdcopy_undo(p2->p_fd);
	if (lp2 != NULL)
		lwp_free(lp2);
	if (p2->p_vmspace != NULL)
		vmspace_rel(p2->p_vmspace);
	proc_settextvp(p2, NULL);
	sigacts_free(p2->p_sigacts);
	crfree(p2->p_ucred);
	proc_free(p2);
	nprocs--;
}

/* What is a plain copy. */
static void
copy_fields(struct proc *p1, struct proc *p2)
{
	p2->p_sysent = p1->p_sysent;
	p2->p_nice = p1->p_nice;
	memcpy(p2->p_rlimit, p1->p_rlimit, sizeof(p2->p_rlimit));
	p2->p_argv = p1->p_argv;
	p2->p_argvlen = p1->p_argvlen;
	p2->p_envlen = p1->p_envlen;
	strlcpy(p2->p_comm, p1->p_comm, sizeof(p2->p_comm));
}

/* What may have changed while we slept: nothing sleeps after this. */
static void
copy_state(struct proc *p1, struct proc *p2)
{
	atomic_set_int(&p2->p_flags,
	    p1->p_flags & (P_CONTROLT | P_SUGID | P_NOCLDSTOP | P_NOCLDWAIT));
	nanotime(&p2->p_start);
	vkernel_inherit(p1, p2);
	pgrp_join(p2, p1->p_pgrp);
}

/* A process of p1; its thread goes on as lp, or is for the caller to set up. */
static int
fork_proc(struct proc *p1, struct lwp *lp, u_int flags, struct proc **childp)
{
	u_int sigs = p1->p_groupsigs;
	struct proc *p2;
	int error;

	error = nprocs_take(p1);
	if (error != 0)
		return (error);
	p2 = proc_alloc();
	copy_fields(p1, p2);
	error = copy_resources(p1, lp, p2, flags);
	if (error == 0 && p1->p_groupsigs != sigs)
		error = ERESTART;
	if (error != 0) {
		undo(p2);
		return (error);
	}
	if ((flags & RFFDG) == 0)
		p2->p_fd = fdshare(p1);
	copy_state(p1, p2);
	if ((flags & RFPPWAIT) != 0)
		atomic_set_int(&p2->p_flags, P_PPWAIT);
	proc_publish(p2, p1);
	*childp = p2;
	return (0);
}

/**
 * Makes a process of the calling one, complete but for start_forked_proc().
 * May sleep.
 * @param lp		the calling thread; its registers are in lwp_md_regs
 * @param flags		RF*; RFPROC has to be among them
 * @param childp	set to the child
 * @return		0; EINVAL; EAGAIN: too many processes or threads;
 *			ENOMEM; EINTR: the calling process ends; ERESTART: a
 *			signal has come that the child, too, should have had
 */
int
fork1(struct lwp *lp, u_int flags, struct proc **childp)
{
	struct proc *p1 = lp->lwp_proc;
	int error;

	ASSERT_MP_TOKEN();
	if ((flags & RFPROC) == 0 ||
	    (flags & ~(RFFDG | RFPROC | RFMEM | RFSIGSHARE | RFPPWAIT)) != 0)
		return (EINVAL);
	if ((p1->p_flags & P_WEXIT) != 0)
		return (EINTR);
	/* One that has come to the whole group would miss the child. */
	if (curproc_sigintr())
		return (ERESTART);
	error = fork_proc(p1, lp, flags, childp);
	if (error == 0)
		knote_proc(p1, NOTE_FORK);
	return (error);
}

/**
 * Makes a process of the kernel itself, without memory of its own yet.
 * @param func		what its thread runs, in the kernel
 * @param childp	set to the child, for start_forked_proc()
 * @return		0, EAGAIN
 */
int
fork_kernel(void (*func)(void *lp), struct proc **childp)
{
	struct lwp *lp;
	int error;

	error = fork_proc(&proc0, NULL, RFFDG | RFPROC, childp);
	if (error != 0)
		return (error);
	lp = RB_MIN(lwp_tree, &(*childp)->p_lwps);
	lp->lwp_thread->td_start = func;
	lp->lwp_thread->td_arg = lp;
	return (0);
}

/* Whether a parent must not wait any longer, come what may. */
static bool
is_killed(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	return ((lp->lwp_mpflags & LWP_MP_WEXIT) != 0 ||
	    SIGISMEMBER(p->p_siglist, SIGKILL) ||
	    SIGISMEMBER(lp->lwp_siglist, SIGKILL));
}

/**
 * Lets a child run.  If it has borrowed its parent's memory (RFPPWAIT), sleeps
 * until it gives that back; signals wait, but for one that kills.
 * @param lp1	the calling thread, or NULL
 * @param p2	from fork1(); may be gone on return
 */
void
start_forked_proc(struct lwp *lp1, struct proc *p2)
{
	struct lwp *lp2 = RB_MIN(lwp_tree, &p2->p_lwps);

	ASSERT_MP_TOKEN();
	PHOLD(p2);
	usched_setrunqueue(lp2);
	while (
	    lp1 != NULL && (p2->p_flags & P_PPWAIT) != 0 && !is_killed(lp1)) {
		if (tsleep(p2, PCATCH, "ppwait", 0) != 0 &&
		    (p2->p_flags & P_PPWAIT) != 0 && !is_killed(lp1))
			/* A signal that has to wait would end every sleep. */
			tsleep(p2, 0, "ppwait", hz / 20);
	}
	PRELE(p2);
}

/**
 * Gives memory back that a child of vfork had borrowed: it has its own now, or
 * needs none any more.
 * @param p	the child, or any other process
 */
void
ppwait_done(struct proc *p)
{
	ASSERT_MP_TOKEN();
	if ((p->p_flags & P_PPWAIT) == 0)
		return;
	atomic_clear_int(&p->p_flags, P_PPWAIT);
	wakeup(p);
}

/* tag::common[] */
/* The system calls: a child, and its number for the parent. */
static int
fork_common(struct sysmsg *sysmsg, u_int flags)
{
	struct proc *p2;
	pid_t pid;
	int error;

	error = fork1(curlwp, flags, &p2);
	if (error != 0)
		return (error);
	pid = p2->p_pid;
	start_forked_proc(curlwp, p2);
	sysmsg->sysmsg_fds[0] = pid;
	sysmsg->sysmsg_fds[1] = 0;
	return (0);
}
/* end::common[] */

/**
 * fork(): a copy of the calling process with one thread.
 * @param sysmsg	result: the child's number; 0 in the child
 * @param uap		none
 * @return		0, EAGAIN, ENOMEM
 */
int
sys_fork(struct sysmsg *sysmsg, const struct fork_args *uap __unused)
{
	return (fork_common(sysmsg, RFFDG | RFPROC));
}

/**
 * vfork(): the same with the caller's memory, which it has back when the child
 * has called execve or ended.
 * @param sysmsg	result: the child's number; 0 in the child
 * @param uap		none
 * @return		0, EAGAIN
 */
int
sys_vfork(struct sysmsg *sysmsg, const struct vfork_args *uap __unused)
{
	return (fork_common(sysmsg, RFFDG | RFPROC | RFMEM | RFPPWAIT));
}

/**
 * rfork(flags): shares what the caller chooses.
 * @param sysmsg	result: the child's number; 0 in the child
 * @param uap		flags: RFPROC and any of RFFDG, RFMEM, RFSIGSHARE,
 *			RFPPWAIT
 * @return		0, EINVAL, EAGAIN, ENOMEM
 */
int
sys_rfork(struct sysmsg *sysmsg, const struct rfork_args *uap)
{
	return (fork_common(sysmsg, (u_int)uap->flags));
}
