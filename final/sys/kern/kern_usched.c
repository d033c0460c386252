/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls about where and when threads run.
 *
 * A program's set of processors has room for 256; ours are in its first word.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/usched.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

#define SCHEDULER "dfly" /* the one there is, by DragonFly's name for such */

static uint64_t
online_mask(void)
{
	return (ncpus >= 64 ? ~0UL : (1UL << ncpus) - 1);
}

/* --- usched_set --- */

static int
set_scheduler(const void *uname)
{
	char name[16];
	int error;

	error = suser(curproc->p_ucred);
	if (error == 0)
		error = copyinstr(uname, name, sizeof(name), NULL);
	if (error != 0)
		return (error == ENAMETOOLONG ? ENOENT : error);
	return (strcmp(name, SCHEDULER) == 0 ? 0 : ENOENT);
}

/* USCHED_SET_CPU, ADD_CPU, DEL_CPU. */
static int
change_cpus(int cmd, const void *data, int bytes)
{
	struct lwp *lp = curlwp;
	uint64_t mask = lp->lwp_cpumask;
	int cpu, error;

	error = suser(curproc->p_ucred);
	if (error != 0)
		return (error);
	if (bytes != sizeof(cpu))
		return (EINVAL);
	error = copyin(data, &cpu, sizeof(cpu));
	if (error != 0)
		return (error);
	if (cpu < 0 || cpu >= MAXCPU)
		return (EFBIG);
	if ((online_mask() & 1UL << cpu) == 0)
		return (EINVAL);
	if (cmd == USCHED_SET_CPU)
		mask = 1UL << cpu;
	else if (cmd == USCHED_ADD_CPU)
		mask |= 1UL << cpu;
	else
		mask &= ~(1UL << cpu);
	if ((mask & online_mask()) == 0)
		return (EPERM);
	lp->lwp_cpumask = mask;
	usched_check_mask(lp);
	return (0);
}

static int
get_cpu(void *data, int bytes)
{
	int cpu = (int)mycpuid;

	if (bytes != sizeof(cpu))
		return (EINVAL);
	return (copyout(&cpu, data, sizeof(cpu)));
}

/**
 * usched_set(pid, cmd, data, bytes): how the calling thread is scheduled.
 * @param sysmsg	unused
 * @param uap		pid: 0, or the caller's; cmd: USCHED_*; data: a name, or
 *			the number of a processor
 * @return		0; EINVAL; EPERM: privilege, or no processor would be
 *			left; EFBIG: no such processor; ENOENT: no such
 *			scheduler; EFAULT
 */
int
sys_usched_set(
    struct sysmsg *sysmsg __unused, const struct usched_set_args *uap)
{
	if (uap->pid != 0 && uap->pid != curproc->p_pid)
		return (EINVAL);
	switch (uap->cmd) {
	case USCHED_SET_SCHEDULER:
		return (set_scheduler(uap->data));
	case USCHED_SET_CPU:
	case USCHED_ADD_CPU:
	case USCHED_DEL_CPU:
		return (change_cpus(uap->cmd, uap->data, uap->bytes));
	case USCHED_GET_CPU:
		return (get_cpu(uap->data, uap->bytes));
	default:
		return (EINVAL);
	}
}

/* --- processors of threads --- */

/*
 * The process that a call is about, held, and its thread: the calling one for
 * tid -1 in the own process, else NULL for all.
 */
static int
find_target(pid_t pid, lwpid_t tid, struct proc **pp, struct lwp **lpp)
{
	struct proc *p;

	if (pid < 0)
		return (EINVAL);
	p = pfind(pid == 0 ? curproc->p_pid : pid);
	if (p == NULL)
		return (ESRCH);
	*lpp = tid < 0 ? NULL : lwpfind(p, tid);
	if ((tid >= 0 && *lpp == NULL) || RB_EMPTY(&p->p_lwps)) {
		PRELE(p);
		return (ESRCH);
	}
	if (p_trespass(curproc->p_ucred, p->p_ucred) != 0) {
		PRELE(p);
		return (EPERM);
	}
	*pp = p;
	return (0);
}

/* Nothing sleeps here but the last step, which moves the calling thread. */
static void
set_masks(struct proc *p, struct lwp *only, uint64_t mask)
{
	bool self = false;
	struct lwp *lp;

	spin_lock(&p->p_spin);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	{
		if (only != NULL && lp != only)
			continue;
		lp->lwp_cpumask = mask;
		if (lp == curlwp)
			self = true;
		else
			usched_check_mask(lp);
	}
	spin_unlock(&p->p_spin);
	if (self)
		usched_check_mask(curlwp);
}

/**
 * lwp_setaffinity(pid, tid, mask): processors that threads may use.
 * @param sysmsg	unused
 * @param uap		pid: 0 for the caller's; tid: -1 for all; mask:
 *			cpumask_t
 * @return		0; EINVAL; ESRCH; EPERM: somebody else's, or none of
 *			the processors is there; EFAULT
 */
int
sys_lwp_setaffinity(
    struct sysmsg *sysmsg __unused, const struct lwp_setaffinity_args *uap)
{
	struct proc *p;
	cpumask_t mask;
	struct lwp *lp;
	int error;

	error = copyin(uap->mask, &mask, sizeof(mask));
	if (error == 0)
		error = find_target(uap->pid, uap->tid, &p, &lp);
	if (error != 0)
		return (error);
	if ((mask.ary[0] & online_mask()) == 0)
		error = EPERM;
	else
		set_masks(p, lp, mask.ary[0] & online_mask());
	PRELE(p);
	return (error);
}

/**
 * lwp_getaffinity(pid, tid, mask): the same, asked for.
 * @param sysmsg	unused
 * @param uap		as lwp_setaffinity(); tid -1: the first thread
 * @return		0; EINVAL; ESRCH; EPERM; EFAULT
 */
int
sys_lwp_getaffinity(
    struct sysmsg *sysmsg __unused, const struct lwp_getaffinity_args *uap)
{
	cpumask_t mask = { { 0 } };
	struct proc *p;
	struct lwp *lp;
	int error;

	error = find_target(uap->pid, uap->tid, &p, &lp);
	if (error != 0)
		return (error);
	if (lp == NULL)
		lp = RB_MIN(lwp_tree, &p->p_lwps);
	mask.ary[0] = lp->lwp_cpumask & online_mask();
	PRELE(p);
	return (copyout(&mask, uap->mask, sizeof(mask)));
}

/* --- classes --- */

/**
 * lwp_rtprio(function, pid, tid, rtp): the class of a thread.  There is but
 * one: RTP_PRIO_NORMAL, in which nice(3) counts.
 * @param sysmsg	unused
 * @param uap		function: RTP_LOOKUP, RTP_SET; pid: 0 for the caller's;
 *			tid: -1 for all; rtp: struct rtprio
 * @return		0; EINVAL; ESRCH; EPERM; EOPNOTSUPP: another class;
 *			EFAULT
 */
int
sys_lwp_rtprio(
    struct sysmsg *sysmsg __unused, const struct lwp_rtprio_args *uap)
{
	struct rtprio rtp = { RTP_PRIO_NORMAL, 0 };
	struct proc *p;
	struct lwp *lp;
	int error;

	error = find_target(uap->pid, uap->tid, &p, &lp);
	if (error != 0)
		return (error);
	PRELE(p);
	if (uap->function == RTP_LOOKUP)
		return (copyout(&rtp, uap->rtp, sizeof(rtp)));
	if (uap->function != RTP_SET)
		return (EINVAL);
	error = copyin(uap->rtp, &rtp, sizeof(rtp));
	if (error != 0)
		return (error);
	if (rtp.type < RTP_PRIO_REALTIME || rtp.type > RTP_PRIO_IDLE ||
	    rtp.prio > RTP_PRIO_MAX)
		return (EINVAL);
	return (rtp.type == RTP_PRIO_NORMAL ? 0 : EOPNOTSUPP);
}

/* --- the calling thread --- */

/** lwp_gettid(): @return 0; result: the number of the calling thread */
int
sys_lwp_gettid(
    struct sysmsg *sysmsg, const struct lwp_gettid_args *uap __unused)
{
	sysmsg->sysmsg_result = curlwp->lwp_tid;
	return (0);
}

/* Its turn is over: on the way to user mode it lets others go first. */
static void
end_turn(void)
{
	curlwp->lwp_turn_over = 1;
	curlwp->lwp_flags |= LWP_YIELD;
	atomic_set_int(&mycpu->gd_reqflags, RQF_AST_RESCHED);
}

/** yield(): lets others run.  @return 0 */
int
sys_yield(struct sysmsg *sysmsg __unused, const struct yield_args *uap __unused)
{
	end_turn();
	return (0);
}

/** sched_yield(): lets others run.  @return 0 */
int
sys_sched_yield(
    struct sysmsg *sysmsg __unused, const struct sched_yield_args *uap __unused)
{
	end_turn();
	return (0);
}
