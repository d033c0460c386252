/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * wait4: what has become of children, and the end of zombies.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/wait.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

/* pid as in wait4(2); the caller's group may change while it sleeps. */
static bool
is_wanted(const struct proc *p, pid_t pid)
{
	if (pid == WAIT_MYPGRP)
		return (p->p_pgrp == curproc->p_pgrp);
	if (pid == WAIT_ANY)
		return (true);
	if (pid < 0)
		return (p->p_pgrp->pg_id == -(long)pid);
	return (p->p_pid == pid);
}

/* Takes a zombie out of the world; ru: what it has used, and all children that
 * it has waited for. */
static void
reap(struct proc *p, int *status, struct rusage *ru)
{
	*status = p->p_xstat;
	*ru = p->p_ru;
	ru_add(ru, &p->p_cru);
	ru_add(&p->p_pptr->p_cru, ru);
	nprocs--;
	proc_unlist(p);
}

/* Whether a child has stopped or goes on, and that is news. */
static bool
has_news(struct proc *p, int options, int *status)
{
	if ((options & WUNTRACED) != 0 && p->p_stat == SSTOP &&
	    (p->p_flags & P_WAITED) == 0) {
		atomic_set_int(&p->p_flags, P_WAITED);
		*status = W_STOPCODE(p->p_xsig);
		return (true);
	}
	if ((options & WCONTINUED) != 0 && (p->p_flags & P_CONTINUED) != 0) {
		atomic_clear_int(&p->p_flags, P_CONTINUED);
		*status = SIGCONT;
		return (true);
	}
	return (false);
}

/**
 * Waits for a child.  May sleep.
 * @param pid		whom: > 0 this one, -1 any, 0 of the caller's group,
 *			< -1 of that group
 * @param status	set to its status, <sys/wait.h>
 * @param options	WNOHANG, WUNTRACED, WCONTINUED
 * @param ru		set to what it has used; or NULL
 * @param res		set to its number; 0: WNOHANG and nothing is new
 * @return		0; EINVAL; ECHILD: there is none; EINTR, ERESTART
 */
int
kern_wait(pid_t pid, int *status, int options, struct rusage *ru, pid_t *res)
{
	struct proc *q = curproc, *p;
	struct rusage used;
	bool found;
	int error;

	ASSERT_MP_TOKEN();
	if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED)) != 0)
		return (EINVAL);
	for (;;) {
		found = false;
		LIST_FOREACH(p, &q->p_children, p_sibling)
		{
			if (!is_wanted(p, pid))
				continue;
			found = true;
			*res = p->p_pid;
			if (p->p_stat == SZOMB) {
				reap(p, status, &used);
				goto done;
			}
			if (has_news(p, options, status)) {
				calcru_proc(p, &used);
				ru_add(&used, &p->p_cru);
				goto done;
			}
		}
		*res = 0;
		if (!found)
			return (ECHILD);
		if ((options & WNOHANG) != 0)
			return (0);
		error = tsleep(q, PCATCH, "wait", 0);
		if (error != 0)
			return (error);
	}
done:
	if (ru != NULL)
		*ru = used;
	return (0);
}

/**
 * wait4(pid, status, options, rusage): waits for a child.
 * @param sysmsg	result: its number
 * @param uap		pid, options: kern_wait(); status and rusage: results,
 *			or NULL
 * @return		kern_wait()'s; EFAULT: the child has been waited for
 */
int
sys_wait4(struct sysmsg *sysmsg, const struct wait4_args *uap)
{
	struct rusage ru;
	int status = 0, error;
	pid_t pid;

	error = kern_wait(uap->pid, &status, uap->options, &ru, &pid);
	if (error != 0)
		return (error);
	sysmsg->sysmsg_result = pid;
	if (pid == 0)
		return (0);
	if (uap->status != NULL)
		error = copyout(&status, uap->status, sizeof(status));
	if (error == 0 && uap->rusage != NULL)
		error = copyout(&ru, uap->rusage, sizeof(ru));
	return (error);
}
