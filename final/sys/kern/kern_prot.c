/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For whom a process acts: credentials, and the calls that read them.  The
 * calls that change users and groups are in kern_setid.c; groups of processes
 * and sessions are in kern_pgrp.c and, for system calls, here.
 *
 * A ucred is never changed once it is shared, which is always.  p_ucred is
 * changed under mp_token and p_spin, so either is enough to read it.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

static MALLOC_DEFINE(M_CRED, "credentials");

/**
 * Makes credentials of user 0 and group 0.  May sleep for memory.
 * @return	with one reference
 */
struct ucred *
crget(void)
{
	struct ucred *cr;

	cr = kmalloc(sizeof(*cr), M_CRED, M_WAITOK | M_ZERO);
	cr->cr_ref = 1;
	cr->cr_ngroups = 1;
	return (cr);
}

/**
 * Takes a reference.
 * @param cr	credentials that the caller has a reference to
 * @return	cr
 */
struct ucred *
crhold(struct ucred *cr)
{
	atomic_add_int(&cr->cr_ref, 1);
	return (cr);
}

/**
 * Gives a reference back.
 * @param cr	credentials
 */
void
crfree(struct ucred *cr)
{
	if (atomic_fetchadd_int(&cr->cr_ref, -1U) == 1)
		kfree(cr, M_CRED);
}

/**
 * A copy, to be changed.  May sleep for memory.
 * @param cr	credentials
 * @return	copy with one reference
 */
struct ucred *
crdup(const struct ucred *cr)
{
	struct ucred *new = crget();

	*new = *cr;
	new->cr_ref = 1;
	return (new);
}

/**
 * Gives a process other credentials.
 * @param p	process
 * @param cr	its credentials from now on, with the caller's reference
 */
void
setucred(struct proc *p, struct ucred *cr)
{
	struct ucred *old;

	ASSERT_MP_TOKEN();
	spin_lock(&p->p_spin);
	old = p->p_ucred;
	p->p_ucred = cr;
	spin_unlock(&p->p_spin);
	crfree(old);
}

/**
 * @param gid	group
 * @param cr	credentials
 * @return	whether it is the effective group or another one of these
 */
bool
groupmember(gid_t gid, const struct ucred *cr)
{
	for (u_int i = 0; i < cr->cr_ngroups; i++)
		if (cr->cr_groups[i] == gid)
			return (true);
	return (false);
}

/**
 * @param cr	credentials
 * @return	0: they are the super-user's; EPERM
 */
int
suser(const struct ucred *cr)
{
	return (cr->cr_uid == 0 ? 0 : EPERM);
}

/**
 * Whether one may signal or look at the processes of another.
 * @param from	who
 * @param to	whose processes
 * @return	0 or EPERM
 */
int
p_trespass(const struct ucred *from, const struct ucred *to)
{
	if (from->cr_uid == 0 || from->cr_ruid == to->cr_ruid ||
	    from->cr_uid == to->cr_ruid || from->cr_ruid == to->cr_svuid ||
	    from->cr_uid == to->cr_svuid)
		return (0);
	return (EPERM);
}

/** getpid(): @return 0; result: the process's number */
int
sys_getpid(struct sysmsg *sysmsg, const struct getpid_args *uap __unused)
{
	sysmsg->sysmsg_result = curproc->p_pid;
	return (0);
}

/** getppid(): @return 0; result: the parent's number */
int
sys_getppid(struct sysmsg *sysmsg, const struct getppid_args *uap __unused)
{
	lwkt_gettoken(&mp_token);
	sysmsg->sysmsg_result = curproc->p_pptr->p_pid;
	lwkt_reltoken(&mp_token);
	return (0);
}

/* One id; the calls run without mp_token. */
#define GET_ID(call, field)                                                    \
	int sys_##call(                                                        \
	    struct sysmsg *sysmsg, const struct call##_args *uap __unused)     \
	{                                                                      \
		struct proc *p = curproc;                                      \
                                                                               \
		spin_lock(&p->p_spin);                                         \
		sysmsg->sysmsg_result = (int)p->p_ucred->field;                \
		spin_unlock(&p->p_spin);                                       \
		return (0);                                                    \
	}

GET_ID(getuid, cr_ruid)
GET_ID(geteuid, cr_uid)
GET_ID(getgid, cr_rgid)
GET_ID(getegid, cr_gid)

/* Three ids to three places. */
static int
copyout_ids(const uint32_t ids[3], uint32_t *u0, uint32_t *u1, uint32_t *u2)
{
	uint32_t *to[3] = { u0, u1, u2 };
	int error = 0;

	for (u_int i = 0; i < nitems(to) && error == 0; i++)
		if (to[i] != NULL)
			error = copyout(&ids[i], to[i], sizeof(ids[i]));
	return (error);
}

/**
 * getresuid(ruid, euid, suid).
 * @param sysmsg	unused
 * @param uap		where the ids are stored; NULL: nowhere
 * @return		0, EFAULT
 */
int
sys_getresuid(struct sysmsg *sysmsg __unused, const struct getresuid_args *uap)
{
	const struct ucred *cr = curproc->p_ucred;
	uint32_t ids[3] = { cr->cr_ruid, cr->cr_uid, cr->cr_svuid };

	return (copyout_ids(ids, uap->ruid, uap->euid, uap->suid));
}

/**
 * getresgid(rgid, egid, sgid).
 * @param sysmsg	unused
 * @param uap		where the ids are stored; NULL: nowhere
 * @return		0, EFAULT
 */
int
sys_getresgid(struct sysmsg *sysmsg __unused, const struct getresgid_args *uap)
{
	const struct ucred *cr = curproc->p_ucred;
	uint32_t ids[3] = { cr->cr_rgid, cr->cr_gid, cr->cr_svgid };

	return (copyout_ids(ids, uap->rgid, uap->egid, uap->sgid));
}

/**
 * getgroups(n, groups).
 * @param sysmsg	result: how many there are
 * @param uap		n: room; 0: only counts
 * @return		0; EINVAL: too little room; EFAULT
 */
int
sys_getgroups(struct sysmsg *sysmsg, const struct getgroups_args *uap)
{
	struct ucred *cr = curproc->p_ucred;
	gid_t groups[NGROUPS];
	u_int n = cr->cr_ngroups;

	sysmsg->sysmsg_result = (int)n;
	if (uap->gidsetsize == 0)
		return (0);
	if (uap->gidsetsize < n)
		return (EINVAL);
	/* copyout() may sleep, and cr be freed meanwhile. */
	memcpy(groups, cr->cr_groups, sizeof(groups));
	return (copyout(groups, uap->gidset, n * sizeof(groups[0])));
}

/** issetugid(): @return 0; result: whether it has or had set-id rights */
int
sys_issetugid(struct sysmsg *sysmsg, const struct issetugid_args *uap __unused)
{
	sysmsg->sysmsg_result = (curproc->p_flags & P_SUGID) != 0;
	return (0);
}

/** getpgrp(): @return 0; result: number of the process's group */
int
sys_getpgrp(struct sysmsg *sysmsg, const struct getpgrp_args *uap __unused)
{
	sysmsg->sysmsg_result = curproc->p_pgrp->pg_id;
	return (0);
}

/**
 * @param pid	process; 0: the current one
 * @param res	set to the number of its group
 * @return	0, ESRCH
 */
int
kern_getpgid(pid_t pid, pid_t *res)
{
	struct proc *p = pid == 0 ? curproc : pfindn(pid);

	if (p == NULL)
		return (ESRCH);
	*res = p->p_pgrp->pg_id;
	return (0);
}

/**
 * @param pid	process; 0: the current one
 * @param res	set to the number of its session
 * @return	0, ESRCH
 */
int
kern_getsid(pid_t pid, pid_t *res)
{
	struct proc *p = pid == 0 ? curproc : pfindn(pid);

	if (p == NULL)
		return (ESRCH);
	*res = p->p_pgrp->pg_session->s_sid;
	return (0);
}

/** getpgid(pid): @return 0, ESRCH; result: number of the group */
int
sys_getpgid(struct sysmsg *sysmsg, const struct getpgid_args *uap)
{
	return (kern_getpgid(uap->pid, &sysmsg->sysmsg_result));
}

/** getsid(pid): @return 0, ESRCH; result: number of the session */
int
sys_getsid(struct sysmsg *sysmsg, const struct getsid_args *uap)
{
	return (kern_getsid(uap->pid, &sysmsg->sysmsg_result));
}

/**
 * Makes the current process the leader of a new session and group.  May sleep
 * for memory.
 * @param res	set to its number
 * @return	0; EPERM: it leads a group already
 */
int
kern_setsid(pid_t *res)
{
	struct proc *p = curproc;
	int error;

	error = enterpgrp(p, p->p_pid, true);
	if (error == 0)
		*res = p->p_pid;
	return (error);
}

/** setsid(): @return 0, EPERM; result: number of the session */
int
sys_setsid(struct sysmsg *sysmsg, const struct setsid_args *uap __unused)
{
	return (kern_setsid(&sysmsg->sysmsg_result));
}

/**
 * Moves a process to a group.  May sleep for memory.
 * @param pid	the current process or a child of it that has not called
 *		execve; 0: the current one
 * @param pgid	the group; 0: pid's own
 * @return	0; EINVAL; ESRCH: no such process; EACCES: it has called
 *		execve; EPERM: another session, a session's leader, no such
 *		group
 */
int
kern_setpgid(pid_t pid, pid_t pgid)
{
	struct proc *q = curproc, *p = q;
	int error;

	if (pgid < 0 || pid < 0)
		return (EINVAL);
	if (pid != 0 && pid != q->p_pid) {
		p = pfindn(pid);
		if (p == NULL || p->p_pptr != q)
			return (ESRCH);
		if (p->p_pgrp->pg_session != q->p_pgrp->pg_session)
			return (EPERM);
		if ((p->p_flags & P_EXEC) != 0)
			return (EACCES);
	}
	PHOLD(p);
	error = enterpgrp(p, pgid == 0 ? p->p_pid : pgid, false);
	PRELE(p);
	return (error);
}

/** setpgid(pid, pgid): @return kern_setpgid()'s */
int
sys_setpgid(struct sysmsg *sysmsg __unused, const struct setpgid_args *uap)
{
	return (kern_setpgid(uap->pid, uap->pgid));
}

/**
 * getlogin(namebuf, namelen): the name that somebody has logged in with.
 * @param sysmsg	unused
 * @param uap		where the name is stored, with its NUL; cut to namelen
 * @return		0, EFAULT, ERANGE: no room for it
 */
int
sys_getlogin(struct sysmsg *sysmsg __unused, const struct getlogin_args *uap)
{
	char login[MAXLOGNAME];
	size_t n;

	strlcpy(login, curproc->p_pgrp->pg_session->s_login, sizeof(login));
	n = strlen(login) + 1;
	if (n > uap->namelen)
		return (ERANGE);
	return (copyout(login, uap->namebuf, n));
}

/**
 * setlogin(namebuf): sets that name for the whole session.
 * @param sysmsg	unused
 * @param uap		name
 * @return		0; EPERM: super-user only; EINVAL: too long; EFAULT
 */
int
sys_setlogin(struct sysmsg *sysmsg __unused, const struct setlogin_args *uap)
{
	char login[MAXLOGNAME];
	size_t n;
	int error;

	error = suser(curproc->p_ucred);
	if (error != 0)
		return (error);
	error = copyinstr(uap->namebuf, login, sizeof(login), &n);
	if (error != 0)
		return (error == ENAMETOOLONG ? EINVAL : error);
	strlcpy(curproc->p_pgrp->pg_session->s_login, login, sizeof(login));
	return (0);
}
