/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls that change for whom a process acts.
 *
 * All of them come down to one rule: who is not the super-user may give each
 * of the three ids one of the values that the three have now.  What differs is
 * which ids a call sets.  A process that has changed ids has P_SUGID from then
 * on: what it knows may be somebody else's.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

#define SAME ((uint32_t)-1) /* this id stays */

/** The ids of one kind: users or groups. */
struct ids {
	uint32_t real;	/**< who started it */
	uint32_t eff;	/**< whose rights count */
	uint32_t saved; /**< what eff may become again */
};

static bool
may_have(const struct ids *old, uint32_t id)
{
	return (id == SAME || id == old->real || id == old->eff ||
	    id == old->saved);
}

/* What of `want` the process may have; -1 stays. */
static int
change_ids(struct ids *ids, const struct ids *want, bool super)
{
	if (!super &&
	    !(may_have(ids, want->real) && may_have(ids, want->eff) &&
		may_have(ids, want->saved)))
		return (EPERM);
	if (want->real != SAME)
		ids->real = want->real;
	if (want->eff != SAME)
		ids->eff = want->eff;
	if (want->saved != SAME)
		ids->saved = want->saved;
	return (0);
}

static struct ids
users(const struct ucred *cr)
{
	return ((struct ids){ cr->cr_ruid, cr->cr_uid, cr->cr_svuid });
}

static struct ids
groups(const struct ucred *cr)
{
	return ((struct ids){ cr->cr_rgid, cr->cr_gid, cr->cr_svgid });
}

static bool
same_ids(const struct ids *a, const struct ids *b)
{
	return (a->real == b->real && a->eff == b->eff && a->saved == b->saved);
}

/* Whether two act for the same users and groups. */
static bool
same_rights(const struct ucred *a, const struct ucred *b)
{
	struct ids ua = users(a), ub = users(b), ga = groups(a), gb = groups(b);

	return (same_ids(&ua, &ub) && same_ids(&ga, &gb) &&
	    a->cr_ngroups == b->cr_ngroups &&
	    memcmp(a->cr_groups, b->cr_groups,
		a->cr_ngroups * sizeof(a->cr_groups[0])) == 0);
}

/* New credentials of the current process; to ask for the old ones, as programs
 * do that want to be sure, changes nothing. */
static void
commit(struct ucred *cr)
{
	bool same = same_rights(cr, curproc->p_ucred);

	setucred(curproc, cr);
	if (!same)
		atomic_set_int(&curproc->p_flags, P_SUGID);
}

/**
 * Sets users of the current process.  May sleep for memory.
 * @param ruid	real user, -1: stays
 * @param euid	effective user, -1: stays
 * @param svuid	saved user, -1: stays
 * @return	0, EPERM
 */
int
kern_setresuid(uid_t ruid, uid_t euid, uid_t svuid)
{
	struct ucred *cr = crdup(curproc->p_ucred);
	struct ids ids = users(cr), want = { ruid, euid, svuid };
	int error;

	ASSERT_MP_TOKEN();
	error = change_ids(&ids, &want, cr->cr_uid == 0);
	if (error != 0) {
		crfree(cr);
		return (error);
	}
	cr->cr_ruid = ids.real;
	cr->cr_uid = ids.eff;
	cr->cr_svuid = ids.saved;
	commit(cr);
	return (0);
}

/**
 * Sets groups of the current process.  May sleep for memory.
 * @param rgid	real group, -1: stays
 * @param egid	effective group, -1: stays
 * @param svgid	saved group, -1: stays
 * @return	0, EPERM
 */
int
kern_setresgid(gid_t rgid, gid_t egid, gid_t svgid)
{
	struct ucred *cr = crdup(curproc->p_ucred);
	struct ids ids = groups(cr), want = { rgid, egid, svgid };
	int error;

	ASSERT_MP_TOKEN();
	error = change_ids(&ids, &want, cr->cr_uid == 0);
	if (error != 0) {
		crfree(cr);
		return (error);
	}
	cr->cr_rgid = ids.real;
	cr->cr_gid = ids.eff;
	cr->cr_svgid = ids.saved;
	commit(cr);
	return (0);
}

/* What the saved id becomes by setreuid(2) and setregid(2): the effective one
 * if the real one was set or the effective one is not the real one any more. */
static uint32_t
saved_by_setre(const struct ids *old, uint32_t real, uint32_t eff)
{
	uint32_t newreal = real == SAME ? old->real : real;
	uint32_t neweff = eff == SAME ? old->eff : eff;

	if (real != SAME || neweff != newreal)
		return (neweff);
	return (SAME);
}

/* The same without super-user: the real id may not become the saved one. */
static int
check_setre(const struct ids *old, uint32_t real, bool super)
{
	return (super || real == SAME || real == old->real || real == old->eff
		? 0
		: EPERM);
}

/**
 * setreuid(2).
 * @param ruid	real user, -1: stays
 * @param euid	effective user, -1: stays
 * @return	0, EPERM
 */
int
kern_setreuid(uid_t ruid, uid_t euid)
{
	const struct ucred *cr = curproc->p_ucred;
	struct ids old = users(cr);
	int error;

	error = check_setre(&old, ruid, cr->cr_uid == 0);
	if (error == 0 && cr->cr_uid != 0 && !may_have(&old, euid))
		error = EPERM;
	if (error != 0)
		return (error);
	return (kern_setresuid(ruid, euid, saved_by_setre(&old, ruid, euid)));
}

/**
 * setregid(2).
 * @param rgid	real group, -1: stays
 * @param egid	effective group, -1: stays
 * @return	0, EPERM
 */
int
kern_setregid(gid_t rgid, gid_t egid)
{
	const struct ucred *cr = curproc->p_ucred;
	struct ids old = groups(cr);
	int error;

	error = check_setre(&old, rgid, cr->cr_uid == 0);
	if (error == 0 && cr->cr_uid != 0 && !may_have(&old, egid))
		error = EPERM;
	if (error != 0)
		return (error);
	return (kern_setresgid(rgid, egid, saved_by_setre(&old, rgid, egid)));
}

/**
 * setuid(2): all three for the super-user, else the effective one.
 * @param uid	user
 * @return	0; EINVAL: -1; EPERM
 */
int
kern_setuid(uid_t uid)
{
	if (uid == SAME)
		return (EINVAL);
	if (suser(curproc->p_ucred) == 0)
		return (kern_setresuid(uid, uid, uid));
	return (kern_setresuid(SAME, uid, SAME));
}

/**
 * setgid(2): all three for the super-user, else the effective one.
 * @param gid	group
 * @return	0; EINVAL: -1; EPERM
 */
int
kern_setgid(gid_t gid)
{
	if (gid == SAME)
		return (EINVAL);
	if (suser(curproc->p_ucred) == 0)
		return (kern_setresgid(gid, gid, gid));
	return (kern_setresgid(SAME, gid, SAME));
}

/**
 * setgroups(2).  May sleep for memory.
 * @param gids	groups, the effective one first, in the kernel
 * @param n	how many; 0: the effective one only
 * @return	0, EINVAL, EPERM
 */
int
kern_setgroups(const gid_t *gids, u_int n)
{
	struct ucred *cr;

	if (suser(curproc->p_ucred) != 0)
		return (EPERM);
	if (n > NGROUPS)
		return (EINVAL);
	cr = crdup(curproc->p_ucred);
	if (n > 0)
		memcpy(cr->cr_groups, gids, n * sizeof(*gids));
	cr->cr_ngroups = MAX(n, 1);
	commit(cr);
	return (0);
}

/**
 * setgroups(n, groups).
 * @param sysmsg	unused
 * @param uap		kern_setgroups()'s, in the process
 * @return		0, EINVAL, EPERM, EFAULT
 */
int
sys_setgroups(struct sysmsg *sysmsg __unused, const struct setgroups_args *uap)
{
	gid_t gids[NGROUPS];
	int error;

	if (suser(curproc->p_ucred) != 0)
		return (EPERM);
	if (uap->gidsetsize > NGROUPS)
		return (EINVAL);
	error = copyin(uap->gidset, gids, uap->gidsetsize * sizeof(gids[0]));
	if (error != 0)
		return (error);
	return (kern_setgroups(gids, uap->gidsetsize));
}

/** setuid(uid): @return kern_setuid()'s */
int
sys_setuid(struct sysmsg *sysmsg __unused, const struct setuid_args *uap)
{
	return (kern_setuid(uap->uid));
}

/** setgid(gid): @return kern_setgid()'s */
int
sys_setgid(struct sysmsg *sysmsg __unused, const struct setgid_args *uap)
{
	return (kern_setgid(uap->gid));
}

/** seteuid(euid): @return 0; EINVAL: -1; EPERM */
int
sys_seteuid(struct sysmsg *sysmsg __unused, const struct seteuid_args *uap)
{
	if (uap->euid == SAME)
		return (EINVAL);
	return (kern_setresuid(SAME, uap->euid, SAME));
}

/** setegid(egid): @return 0; EINVAL: -1; EPERM */
int
sys_setegid(struct sysmsg *sysmsg __unused, const struct setegid_args *uap)
{
	if (uap->egid == SAME)
		return (EINVAL);
	return (kern_setresgid(SAME, uap->egid, SAME));
}

/** setreuid(ruid, euid): @return 0, EPERM */
int
sys_setreuid(struct sysmsg *sysmsg __unused, const struct setreuid_args *uap)
{
	return (kern_setreuid((uid_t)uap->ruid, (uid_t)uap->euid));
}

/** setregid(rgid, egid): @return 0, EPERM */
int
sys_setregid(struct sysmsg *sysmsg __unused, const struct setregid_args *uap)
{
	return (kern_setregid((gid_t)uap->rgid, (gid_t)uap->egid));
}

/** setresuid(ruid, euid, suid): @return 0, EPERM */
int
sys_setresuid(struct sysmsg *sysmsg __unused, const struct setresuid_args *uap)
{
	return (kern_setresuid(uap->ruid, uap->euid, uap->suid));
}

/** setresgid(rgid, egid, sgid): @return 0, EPERM */
int
sys_setresgid(struct sysmsg *sysmsg __unused, const struct setresgid_args *uap)
{
	return (kern_setresgid(uap->rgid, uap->egid, uap->sgid));
}
