/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's limits and usage of processes.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include "linux_conv.h"

/* A limit that there is not: nothing is enforced. */
static const struct linux_rlimit no_limit = { LINUX_RLIM_INFINITY,
	LINUX_RLIM_INFINITY };

static int
get_limit(const struct proc *p, u_int lwhich, struct linux_rlimit *lrl)
{
	int which = linux_rlimit_number(lwhich);

	if (which < -1)
		return (EINVAL);
	if (which < 0)
		*lrl = no_limit;
	else
		linux_rlimit_out(&p->p_rlimit[which], lrl);
	return (0);
}

static int
set_limit(u_int lwhich, const struct linux_rlimit *lrl)
{
	int which = linux_rlimit_number(lwhich), error;
	struct rlimit rl;

	if (which < -1)
		return (EINVAL);
	error = linux_rlimit_in(lrl, &rl);
	if (error != 0 || which < 0)
		return (error);
	return (kern_setrlimit(which, &rl));
}

/** getrlimit(2). */
int
sys_linux_getrlimit(
    struct sysmsg *sysmsg __unused, const struct linux_getrlimit_args *uap)
{
	struct linux_rlimit lrl;
	int error;

	error = get_limit(curproc, uap->which, &lrl);
	return (error != 0 ? error : copyout(&lrl, uap->rlp, sizeof(lrl)));
}

/** setrlimit(2). */
int
sys_linux_setrlimit(
    struct sysmsg *sysmsg __unused, const struct linux_setrlimit_args *uap)
{
	struct linux_rlimit lrl;
	int error;

	error = copyin(uap->rlp, &lrl, sizeof(lrl));
	return (error != 0 ? error : set_limit(uap->which, &lrl));
}

/**
 * prlimit64(2).
 * Other processes' limits can be seen, and not changed.
 */
int
sys_linux_prlimit64(
    struct sysmsg *sysmsg __unused, const struct linux_prlimit64_args *uap)
{
	struct linux_rlimit new, old;
	struct proc *p;
	int error = 0;

	if (uap->new != NULL)
		error = copyin(uap->new, &new, sizeof(new));
	if (error != 0)
		return (error);
	p = pfind(uap->pid != 0 ? uap->pid : curproc->p_pid);
	if (p == NULL)
		return (ESRCH);
	if (p != curproc)
		error = p_trespass(curproc->p_ucred, p->p_ucred);
	if (error == 0)
		error = get_limit(p, uap->which, &old);
	if (error == 0 && uap->new != NULL)
		error = p == curproc ? set_limit(uap->which, &new) : EPERM;
	PRELE(p);
	if (error == 0 && uap->old != NULL)
		error = copyout(&old, uap->old, sizeof(old));
	return (error);
}

/** getrusage(2). */
int
sys_linux_getrusage(
    struct sysmsg *sysmsg, const struct linux_getrusage_args *uap)
{
	struct getrusage_args a = { .who = uap->who, .rusage = uap->rusage };
	struct rusage ru = { 0 };

	if (uap->who != LINUX_RUSAGE_THREAD)
		return (sys_getrusage(sysmsg, &a));
	ru_add_lwp(&ru, curlwp);
	return (copyout(&ru, uap->rusage, sizeof(ru)));
}
