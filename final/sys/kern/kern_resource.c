/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What processes may use and have used: limits, usage, priority.
 *
 * Time is counted in ticks of each thread; a thread that ends adds its own to
 * p_ru, so p_ru and the threads that live make the process's.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

#define USEC_PER_SEC 1000000

static void
add_ticks(struct timeval *tv, uint64_t n)
{
	uint64_t usec = (uint64_t)tv->tv_usec + n % hz * (USEC_PER_SEC / hz);

	tv->tv_sec += (time_t)(n / hz + usec / USEC_PER_SEC);
	tv->tv_usec = (suseconds_t)(usec % USEC_PER_SEC);
}

static void
add_time(struct timeval *sum, const struct timeval *tv)
{
	sum->tv_sec += tv->tv_sec;
	sum->tv_usec += tv->tv_usec;
	if (sum->tv_usec >= USEC_PER_SEC) {
		sum->tv_sec++;
		sum->tv_usec -= USEC_PER_SEC;
	}
}

/**
 * Adds usage to usage.
 * @param sum	grows; the most memory is the larger of the two
 * @param ru	what is added
 */
void
ru_add(struct rusage *sum, const struct rusage *ru)
{
	add_time(&sum->ru_utime, &ru->ru_utime);
	add_time(&sum->ru_stime, &ru->ru_stime);
	sum->ru_maxrss = MAX(sum->ru_maxrss, ru->ru_maxrss);
	sum->ru_minflt += ru->ru_minflt;
	sum->ru_majflt += ru->ru_majflt;
	sum->ru_inblock += ru->ru_inblock;
	sum->ru_oublock += ru->ru_oublock;
	sum->ru_nsignals += ru->ru_nsignals;
	sum->ru_nvcsw += ru->ru_nvcsw;
	sum->ru_nivcsw += ru->ru_nivcsw;
}

/**
 * Adds what a thread has used.
 * @param sum	grows
 * @param lp	thread; its p_spin is held, or it is the calling one
 */
void
ru_add_lwp(struct rusage *sum, const struct lwp *lp)
{
	ru_add(sum, &lp->lwp_ru);
	add_ticks(&sum->ru_utime, lp->lwp_thread->td_uticks);
	add_ticks(&sum->ru_stime, lp->lwp_thread->td_sticks);
}

/**
 * @param p	process, not a zombie
 * @param ru	set to what it has used so far
 */
void
calcru_proc(struct proc *p, struct rusage *ru)
{
	struct lwp *lp;

	ASSERT_MP_TOKEN();
	spin_lock(&p->p_spin);
	*ru = p->p_ru;
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	ru_add_lwp(ru, lp);
	spin_unlock(&p->p_spin);
	if (p->p_vmspace != NULL)
		ru->ru_maxrss = MAX(ru->ru_maxrss,
		    p->p_vmspace->vm_resident << (PAGE_SHIFT - 10));
}

/**
 * getrusage(2).
 * @param who	RUSAGE_SELF, RUSAGE_CHILDREN
 * @param ru	result
 * @return	0, EINVAL
 */
int
kern_getrusage(int who, struct rusage *ru)
{
	switch (who) {
	case RUSAGE_SELF:
		calcru_proc(curproc, ru);
		return (0);
	case RUSAGE_CHILDREN:
		*ru = curproc->p_cru;
		return (0);
	default:
		return (EINVAL);
	}
}

/**
 * getrusage(who, rusage).
 * @param sysmsg	unused
 * @param uap		kern_getrusage()'s
 * @return		0, EINVAL, EFAULT
 */
int
sys_getrusage(struct sysmsg *sysmsg __unused, const struct getrusage_args *uap)
{
	struct rusage ru;
	int error;

	error = kern_getrusage(uap->who, &ru);
	if (error != 0)
		return (error);
	return (copyout(&ru, uap->rusage, sizeof(ru)));
}

/**
 * @param which	RLIMIT_*
 * @param limit	set to that of the current process
 * @return	0, EINVAL
 */
int
kern_getrlimit(u_int which, struct rlimit *limit)
{
	if (which >= RLIM_NLIMITS)
		return (EINVAL);
	*limit = curproc->p_rlimit[which];
	return (0);
}

/* What no limit may be above, whoever asks. */
static rlim_t
limit_cap(u_int which)
{
	switch (which) {
	case RLIMIT_DATA:
		return (MAXDSIZ);
	case RLIMIT_STACK:
		return (MAXSSIZ);
	case RLIMIT_NPROC:
		return (maxproc);
	default:
		return (RLIM_INFINITY);
	}
}

/**
 * Changes a limit of the current process.  A stack's counts from the next
 * execve on.
 * @param which	RLIMIT_*
 * @param limit	what it shall be; negative values mean no limit
 * @return	0; EINVAL; EPERM: only the super-user may raise rlim_max
 */
int
kern_setrlimit(u_int which, const struct rlimit *limit)
{
	struct rlimit new = *limit, *old;

	ASSERT_MP_TOKEN();
	if (which >= RLIM_NLIMITS)
		return (EINVAL);
	old = &curproc->p_rlimit[which];
	if (new.rlim_cur < 0)
		new.rlim_cur = RLIM_INFINITY;
	if (new.rlim_max < 0)
		new.rlim_max = RLIM_INFINITY;
	if (new.rlim_cur > new.rlim_max)
		return (EINVAL);
	new.rlim_cur = MIN(new.rlim_cur, limit_cap(which));
	new.rlim_max = MIN(new.rlim_max, limit_cap(which));
	if (new.rlim_max > old->rlim_max && suser(curproc->p_ucred) != 0)
		return (EPERM);
	*old = new;
	return (0);
}

/**
 * Counts a tick against RLIMIT_CPU; from the clock interrupt.  When the limit
 * is reached SIGXCPU comes every second, at the hard limit SIGKILL.
 * @param p	whose thread runs; NULL: it is gone
 */
void
cpulimit_tick(struct proc *p)
{
	const struct rlimit *limit;
	u_int used;

	if (p == NULL)
		return;
	used = atomic_fetchadd_int(&p->p_cputicks, 1) + 1;
	limit = &p->p_rlimit[RLIMIT_CPU];
	if (used % hz != 0 || (rlim_t)(used / hz) < limit->rlim_cur)
		return;
	ksignal(p, (rlim_t)(used / hz) >= limit->rlim_max ? SIGKILL : SIGXCPU);
}

/**
 * getrlimit(which, rlp).
 * @param sysmsg	unused
 * @param uap		kern_getrlimit()'s
 * @return		0, EINVAL, EFAULT
 */
int
sys_getrlimit(struct sysmsg *sysmsg __unused, const struct getrlimit_args *uap)
{
	struct rlimit limit;
	int error;

	error = kern_getrlimit(uap->which, &limit);
	if (error != 0)
		return (error);
	return (copyout(&limit, uap->rlp, sizeof(limit)));
}

/**
 * setrlimit(which, rlp).
 * @param sysmsg	unused
 * @param uap		kern_setrlimit()'s
 * @return		0, EINVAL, EPERM, EFAULT
 */
int
sys_setrlimit(struct sysmsg *sysmsg __unused, const struct setrlimit_args *uap)
{
	struct rlimit limit;
	int error;

	error = copyin(uap->rlp, &limit, sizeof(limit));
	if (error != 0)
		return (error);
	return (kern_setrlimit(uap->which, &limit));
}

/* Whether getpriority(2) and setpriority(2) mean a process. */
static bool
is_meant(const struct proc *p, int which, int who)
{
	switch (which) {
	case PRIO_PROCESS:
		return (who == 0 ? p == curproc : p->p_pid == who);
	case PRIO_PGRP:
		return (who == 0 ? p->p_pgrp == curproc->p_pgrp
				 : p->p_pgrp->pg_id == who);
	default:
		return (p->p_ucred->cr_uid ==
		    (who == 0 ? curproc->p_ucred->cr_uid : (uid_t)who));
	}
}

/**
 * @param which	PRIO_*
 * @param who	number of a process, group or user; 0: one's own
 * @param res	set to the best (least) nice value
 * @return	0; EINVAL; ESRCH: nobody is meant
 */
int
kern_getpriority(int which, int who, int *res)
{
	struct proc *p;
	int best = PRIO_MAX + 1;

	ASSERT_MP_TOKEN();
	if (which < PRIO_PROCESS || which > PRIO_USER)
		return (EINVAL);
	LIST_FOREACH(p, &allproc, p_list)
	if (is_meant(p, which, who))
		best = MIN(best, p->p_nice);
	if (best > PRIO_MAX)
		return (ESRCH);
	*res = best;
	return (0);
}

/* Sets the nice value of one process. */
static int
donice(struct proc *p, int prio)
{
	const struct ucred *cr = curproc->p_ucred;
	struct lwp *lp;

	if (cr->cr_uid != 0 && cr->cr_ruid != 0 &&
	    cr->cr_uid != p->p_ucred->cr_uid &&
	    cr->cr_ruid != p->p_ucred->cr_uid)
		return (EPERM);
	if (prio < p->p_nice && suser(cr) != 0)
		return (EACCES);
	p->p_nice = prio;
	spin_lock(&p->p_spin);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	usched_resetpriority(lp);
	spin_unlock(&p->p_spin);
	return (0);
}

/**
 * @param which	PRIO_*
 * @param who	number of a process, group or user; 0: one's own
 * @param prio	nice value, cut to PRIO_MIN .. PRIO_MAX
 * @return	0; EINVAL; ESRCH: nobody is meant; EPERM: somebody else's;
 *		EACCES: only the super-user may lower it
 */
int
kern_setpriority(int which, int who, int prio)
{
	int error = 0, n = 0, e;
	struct proc *p;

	ASSERT_MP_TOKEN();
	if (which < PRIO_PROCESS || which > PRIO_USER)
		return (EINVAL);
	prio = MIN(MAX(prio, PRIO_MIN), PRIO_MAX);
	LIST_FOREACH(p, &allproc, p_list)
	{
		if (!is_meant(p, which, who))
			continue;
		n++;
		e = donice(p, prio);
		if (e != 0)
			error = e;
	}
	return (n == 0 ? ESRCH : error);
}

/**
 * getpriority(which, who).
 * @param sysmsg	result: nice value
 * @param uap		kern_getpriority()'s
 * @return		0, EINVAL, ESRCH
 */
int
sys_getpriority(struct sysmsg *sysmsg, const struct getpriority_args *uap)
{
	return (kern_getpriority(uap->which, uap->who, &sysmsg->sysmsg_result));
}

/**
 * setpriority(which, who, prio).
 * @param sysmsg	unused
 * @param uap		kern_setpriority()'s
 * @return		0, EINVAL, ESRCH, EPERM, EACCES
 */
int
sys_setpriority(
    struct sysmsg *sysmsg __unused, const struct setpriority_args *uap)
{
	return (kern_setpriority(uap->which, uap->who, uap->prio));
}
