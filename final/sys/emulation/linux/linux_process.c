/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's calls about processes: their programs, their ends, names, priorities
 * and processors.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/wait.h>
#include <machine/globaldata.h>
#include "linux_conv.h"
#include "linux_var.h"

#define NICE_BIAS 20 /* getpriority: 20 - nice, so that it is no error */

/**
 * execve(2).
 * @return	EJUSTRETURN: all registers are the new program's
 */
int
sys_linux_execve(
    struct sysmsg *sysmsg __unused, const struct linux_execve_args *uap)
{
	int error;

	error = kern_execve(
	    uap->path, (void *const *)uap->argv, (void *const *)uap->envv);
	return (error == 0 ? EJUSTRETURN : error);
}

/** exit(2). */
int
sys_linux_exit(
    struct sysmsg *sysmsg __unused, const struct linux_exit_args *uap)
{
	if (curproc->p_nthreads > 1)
		lwp_exit();
	exit1(W_EXITCODE(uap->status & 0xff, 0));
}

/** exit_group(2). */
int
sys_linux_exit_group(
    struct sysmsg *sysmsg __unused, const struct linux_exit_group_args *uap)
{
	exit1(W_EXITCODE(uap->status & 0xff, 0));
}

/** wait4(2). */
int
sys_linux_wait4(struct sysmsg *sysmsg, const struct linux_wait4_args *uap)
{
	int options = linux_wait_options(uap->options), status, error;
	struct rusage ru;
	pid_t pid;

	if (options < 0)
		return (EINVAL);
	error = kern_wait(uap->pid, &status, options, &ru, &pid);
	if (error != 0)
		return (error);
	sysmsg->sysmsg_result = pid;
	if (pid == 0)
		return (0);
	status = linux_wait_status(status);
	if (uap->status != NULL)
		error = copyout(&status, uap->status, sizeof(status));
	if (error == 0 && uap->rusage != NULL)
		error = copyout(&ru, uap->rusage, sizeof(ru));
	return (error);
}

/* waitid's answer: a siginfo of SIGCHLD. */
static void
child_info(pid_t pid, int status, struct linux_siginfo *lsi)
{
	struct siginfo info = { .si_signo = SIGCHLD,
		.si_pid = pid,
		.si_uid = curproc->p_ucred->cr_ruid };

	if (WIFCONTINUED(status)) {
		info.si_code = CLD_CONTINUED;
		info.si_status = SIGCONT;
	} else if (WIFSTOPPED(status)) {
		info.si_code = CLD_STOPPED;
		info.si_status = status >> 8 & 0xff;
	} else if (WIFSIGNALED(status)) {
		info.si_code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
		info.si_status = WTERMSIG(status);
	} else {
		info.si_code = CLD_EXITED;
		info.si_status = WEXITSTATUS(status);
	}
	linux_siginfo_out(&info, lsi);
}

/* Whom waitid waits for, as wait4 says it. */
static int
waitid_pid(int which, int pid, pid_t *want)
{
	switch (which) {
	case LINUX_P_ALL:
		*want = WAIT_ANY;
		return (0);
	case LINUX_P_PID:
		*want = pid;
		return (pid > 0 ? 0 : EINVAL);
	case LINUX_P_PGID:
		*want = -pid;
		return (pid >= 0 && pid != 1 ? 0 : EINVAL);
	default:
		return (EINVAL);
	}
}

/**
 * waitid(2).
 * Children that have ended are always among what is waited for, and what was
 * told is not told again: others (WNOWAIT) are refused.
 */
int
sys_linux_waitid(
    struct sysmsg *sysmsg __unused, const struct linux_waitid_args *uap)
{
	struct linux_siginfo lsi = { 0 };
	struct rusage ru;
	int options, status, error;
	pid_t want, pid;

	options = linux_wait_options(uap->options & ~LINUX_WEXITED);
	if (options < 0 || (uap->options & LINUX_WEXITED) == 0)
		return (EINVAL);
	error = waitid_pid(uap->which, uap->pid, &want);
	if (error == 0)
		error = kern_wait(want, &status, options, &ru, &pid);
	if (error != 0)
		return (error);
	if (pid != 0)
		child_info(pid, status, &lsi);
	if (uap->info != NULL)
		error = copyout(&lsi, uap->info, sizeof(lsi));
	if (error == 0 && pid != 0 && uap->rusage != NULL)
		error = copyout(&ru, uap->rusage, sizeof(ru));
	return (error);
}

/** prctl(2). */
int
sys_linux_prctl(struct sysmsg *sysmsg, const struct linux_prctl_args *uap)
{
	struct proc *p = curproc;
	char name[LINUX_TASK_COMM_LEN] = { 0 };
	size_t done;
	int error;

	switch (uap->option) {
	case LINUX_PR_SET_NAME:
		error = copyinstr(
		    (const void *)uap->arg2, name, sizeof(name) - 1, &done);
		if (error != 0 && error != ENAMETOOLONG)
			return (error);
		strlcpy(p->p_comm, name, sizeof(p->p_comm));
		return (0);
	case LINUX_PR_GET_NAME:
		strlcpy(name, p->p_comm, sizeof(name));
		return (copyout(name, (void *)uap->arg2, sizeof(name)));
	case LINUX_PR_GET_DUMPABLE:
		sysmsg->sysmsg_result = 1;
		return (0);
	case LINUX_PR_SET_DUMPABLE:
		return (uap->arg2 > 1 ? EINVAL : 0);
	default:
		return (EINVAL);
	}
}

/** getpriority(2). */
int
sys_linux_getpriority(
    struct sysmsg *sysmsg, const struct linux_getpriority_args *uap)
{
	struct getpriority_args a = { .which = uap->which, .who = uap->who };
	int error;

	error = sys_getpriority(sysmsg, &a);
	if (error == 0)
		sysmsg->sysmsg_lresult = NICE_BIAS - sysmsg->sysmsg_result;
	return (error);
}

/* --- processors --- */

/* All that there are, as a mask. */
static uint64_t
all_cpus(void)
{
	return (ncpus >= 64 ? ~0UL : (1UL << ncpus) - 1);
}

/* A thread by its number, 0 is the caller: held by PHOLD of its process. */
static int
find_thread(int ltid, struct proc **pp, struct lwp **lpp)
{
	lwpid_t tid;
	pid_t pid;

	if (ltid == 0)
		ltid = linux_tid(curlwp);
	if (!linux_tid_split(ltid, &pid, &tid) || (*pp = pfind(pid)) == NULL)
		return (ESRCH);
	*lpp = lwpfind(*pp, tid);
	if (*lpp != NULL)
		return (0);
	PRELE(*pp);
	return (ESRCH);
}

/** sched_getaffinity(2). */
int
sys_linux_sched_getaffinity(
    struct sysmsg *sysmsg, const struct linux_sched_getaffinity_args *uap)
{
	struct proc *p;
	struct lwp *lp;
	uint64_t mask;
	int error;

	if (uap->len < sizeof(mask) || uap->len % sizeof(mask) != 0)
		return (EINVAL);
	error = find_thread(uap->pid, &p, &lp);
	if (error != 0)
		return (error);
	mask = lp->lwp_cpumask & all_cpus();
	PRELE(p);
	sysmsg->sysmsg_result = sizeof(mask);
	return (copyout(&mask, uap->mask, sizeof(mask)));
}

/** sched_setaffinity(2). */
int
sys_linux_sched_setaffinity(struct sysmsg *sysmsg __unused,
    const struct linux_sched_setaffinity_args *uap)
{
	uint64_t mask = 0;
	struct proc *p;
	struct lwp *lp;
	int error;

	error = copyin(uap->mask, &mask, MIN(uap->len, sizeof(mask)));
	if (error != 0)
		return (error);
	mask &= all_cpus();
	if (mask == 0)
		return (EINVAL);
	error = find_thread(uap->pid, &p, &lp);
	if (error != 0)
		return (error);
	error = p_trespass(curproc->p_ucred, p->p_ucred);
	if (error == 0) {
		lp->lwp_cpumask = mask;
		usched_check_mask(lp);
	}
	PRELE(p);
	return (error);
}

/** getcpu(2). */
int
sys_linux_getcpu(
    struct sysmsg *sysmsg __unused, const struct linux_getcpu_args *uap)
{
	u_int cpu = mycpuid, node = 0;
	int error = 0;

	if (uap->cpu != NULL)
		error = copyout(&cpu, uap->cpu, sizeof(cpu));
	if (error == 0 && uap->node != NULL)
		error = copyout(&node, uap->node, sizeof(node));
	return (error);
}

/**
 * set_robust_list(2).
 * Lists of locks that are released at a thread's end are not kept: they only
 * count when a thread ends with a lock held.
 */
int
sys_linux_set_robust_list(struct sysmsg *sysmsg __unused,
    const struct linux_set_robust_list_args *uap)
{
	return (uap->len == 3 * sizeof(u_long) ? 0 : EINVAL);
}

/** rseq(2). */
int
sys_linux_rseq(
    struct sysmsg *sysmsg __unused, const struct linux_rseq_args *uap __unused)
{
	return (ENOSYS);
}

/** personality(2). */
int
sys_linux_personality(
    struct sysmsg *sysmsg __unused, const struct linux_personality_args *uap)
{
	return (uap->persona == 0 || uap->persona == 0xffffffff ? 0 : EINVAL);
}
