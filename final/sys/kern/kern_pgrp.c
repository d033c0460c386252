/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Process groups and sessions: what job control is about.
 *
 * A group is orphaned when none of its members has a parent in another group
 * of the same session, that is, when there is no shell left that could
 * continue it.  pg_jobc counts the members that have one.  A member's parent,
 * its group and its parent's group are what that depends on, so whoever
 * changes one of them calls fixjobc() before and after.  Zombies do not count.
 *
 * Everything here is under mp_token.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

static MALLOC_DEFINE(M_PGRP, "process groups");
static MALLOC_DEFINE(M_SESSION, "sessions");

#define PGHASH_SIZE 128 /* a power of two */

static LIST_HEAD(, pgrp) pgrphash[PGHASH_SIZE];
static LIST_HEAD(, session) sesshash[PGHASH_SIZE];
static struct session session0;
static struct pgrp pgrp0;

#define PGHASH(id)   (&pgrphash[(u_int)(id) % PGHASH_SIZE])
#define SESSHASH(id) (&sesshash[(u_int)(id) % PGHASH_SIZE])

static void
pgrp_set(struct pgrp *pgrp, struct session *s, pid_t id)
{
	LIST_INIT(&pgrp->pg_members);
	pgrp->pg_session = s;
	pgrp->pg_id = id;
	pgrp->pg_jobc = 0;
	LIST_INSERT_HEAD(PGHASH(id), pgrp, pg_link);
}

static void
session_set(struct session *s, struct proc *leader)
{
	s->s_ref = 1;
	s->s_leader = leader;
	s->s_sid = leader->p_pid;
	LIST_INSERT_HEAD(SESSHASH(s->s_sid), s, s_hash);
}

/**
 * The group and session of the kernel itself, number 0.
 * @param p0	proc0
 */
void
pgrp_init(struct proc *p0)
{
	session_set(&session0, p0);
	pgrp_set(&pgrp0, &session0, 0);
	p0->p_pgrp = &pgrp0;
	LIST_INSERT_HEAD(&pgrp0.pg_members, p0, p_pglist);
}

/**
 * @param pgid	number
 * @return	the group, or NULL
 */
struct pgrp *
pgfind(pid_t pgid)
{
	struct pgrp *pgrp;

	ASSERT_MP_TOKEN();
	LIST_FOREACH(pgrp, PGHASH(pgid), pg_link)
	if (pgrp->pg_id == pgid)
		return (pgrp);
	return (NULL);
}

/**
 * @param id	number
 * @return	whether a group or a session has it: then no new process may
 */
bool
pgrp_uses_id(pid_t id)
{
	struct session *s;

	LIST_FOREACH(s, SESSHASH(id), s_hash)
	if (s->s_sid == id)
		return (true);
	return (pgfind(id) != NULL);
}

/**
 * Gives a reference to a session back; the last one frees it.
 * @param s	session
 */
void
sess_rele(struct session *s)
{
	struct tty *tp;

	ASSERT_MP_TOKEN();
	if (atomic_fetchadd_int(&s->s_ref, -1U) != 1)
		return;
	KASSERT(s != &session0, ("sess_rele: session 0"));
	tp = s->s_ttyp;
	if (tp != NULL && tp->t_session == s)
		tp->t_session = NULL;
	LIST_REMOVE(s, s_hash);
	if (s->s_ttyvp != NULL)
		vrele(s->s_ttyvp);
	kfree(s, M_SESSION);
}

/* The last member has gone. */
static void
pgdelete(struct pgrp *pgrp)
{
	struct session *s = pgrp->pg_session;
	struct tty *tp = s->s_ttyp;

	LIST_REMOVE(pgrp, pg_link);
	if (tp != NULL && tp->t_pgrp == pgrp)
		tp->t_pgrp = NULL;
	kfree(pgrp, M_PGRP);
	sess_rele(s);
}

/**
 * Makes a new process a member: its parent's group, so that nothing changes
 * for job control.
 * @param p	in no group
 * @param pgrp	group
 */
void
pgrp_join(struct proc *p, struct pgrp *pgrp)
{
	ASSERT_MP_TOKEN();
	LIST_INSERT_HEAD(&pgrp->pg_members, p, p_pglist);
	p->p_pgrp = pgrp;
}

/* From one group to another. */
static void
join(struct proc *p, struct pgrp *pgrp)
{
	struct pgrp *old = p->p_pgrp;

	LIST_REMOVE(p, p_pglist);
	pgrp_join(p, pgrp);
	if (LIST_EMPTY(&old->pg_members))
		pgdelete(old);
}

/* A group, and a session of it if s is not NULL, led by p; no group has that
 * number. */
static struct pgrp *
newpgrp(struct proc *p, struct pgrp *pgrp, struct session *s)
{
	if (s != NULL) {
		session_set(s, p);
		strlcpy(s->s_login, p->p_pgrp->pg_session->s_login,
		    sizeof(s->s_login));
		atomic_clear_int(&p->p_flags, P_CONTROLT);
	} else {
		s = p->p_pgrp->pg_session;
		atomic_add_int(&s->s_ref, 1);
	}
	pgrp_set(pgrp, s, p->p_pid);
	return (pgrp);
}

/**
 * Moves a process to a group.  May sleep for memory when the group is new.
 * @param p		held by the caller if it is not the current one
 * @param pgid		the group; it is made if it does not exist: then pgid
 *			is p's own number
 * @param mksess	and a session: p leads neither session nor group
 * @return		0; EPERM: no such group, or in another session, or p
 *			leads one; ESRCH: p has ended meanwhile
 */
int
enterpgrp(struct proc *p, pid_t pgid, bool mksess)
{
	struct pgrp *pgrp = NULL;
	struct session *s = NULL;
	struct pgrp *to = pgfind(pgid);
	int error = 0;

	if (to == NULL || mksess) {
		pgrp = kmalloc(sizeof(*pgrp), M_PGRP, M_WAITOK | M_ZERO);
		if (mksess)
			s = kmalloc(sizeof(*s), M_SESSION, M_WAITOK | M_ZERO);
		to = pgfind(pgid); /* we may have slept */
	}
	if (p->p_stat == SZOMB || (p->p_flags & P_WEXIT) != 0)
		error = ESRCH;
	else if (p->p_pgrp->pg_session->s_leader == p ||
	    (mksess && to != NULL) ||
	    (to == NULL && (pgid != p->p_pid || pgrp == NULL)) ||
	    (to != NULL && to->pg_session != p->p_pgrp->pg_session))
		error = EPERM;
	if (error == 0 && to == NULL) {
		to = newpgrp(p, pgrp, s);
		pgrp = NULL;
		s = NULL;
	}
	if (error == 0 && to != p->p_pgrp) {
		/* In that order: a shell's job must not be orphaned between. */
		fixjobc(p, to, true);
		fixjobc(p, p->p_pgrp, false);
		join(p, to);
	}
	if (pgrp != NULL)
		kfree(pgrp, M_PGRP);
	if (s != NULL)
		kfree(s, M_SESSION);
	return (error);
}

/**
 * Takes a zombie out of its group; the last member takes the group along.
 * @param p	a zombie that nobody looks at any more
 */
void
leavepgrp(struct proc *p)
{
	struct pgrp *pgrp = p->p_pgrp;

	ASSERT_MP_TOKEN();
	LIST_REMOVE(p, p_pglist);
	p->p_pgrp = NULL;
	if (LIST_EMPTY(&pgrp->pg_members))
		pgdelete(pgrp);
}

/* A group has become orphaned: nobody will continue who is stopped. */
static void
orphanpg(struct pgrp *pgrp)
{
	struct proc *p;

	LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
	if (p->p_stat == SSTOP)
		break;
	if (p == NULL)
		return;
	LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
	{
		ksignal(p, SIGHUP);
		ksignal(p, SIGCONT);
	}
}

/* One member of `pgrp`, whose parent is in `parents`, begins or ends. */
static void
jobc_link(struct pgrp *pgrp, const struct pgrp *parents, bool entering)
{
	if (parents == pgrp || parents->pg_session != pgrp->pg_session)
		return;
	if (entering) {
		pgrp->pg_jobc++;
	} else {
		KASSERT(pgrp->pg_jobc > 0,
		    ("fixjobc: group %d has no job control", pgrp->pg_id));
		if (--pgrp->pg_jobc == 0)
			orphanpg(pgrp);
	}
}

/**
 * Counts or uncounts what depends on a process being in a group: itself, and
 * its children.
 * @param p		process with its parent and children
 * @param pgrp		its group, or the one that it is about to enter
 * @param entering	it is in the group from now on, or not any more
 */
void
fixjobc(struct proc *p, struct pgrp *pgrp, bool entering)
{
	struct proc *child;

	ASSERT_MP_TOKEN();
	if (p->p_pptr != NULL)
		jobc_link(pgrp, p->p_pptr->p_pgrp, entering);
	LIST_FOREACH(child, &p->p_children, p_sibling)
	if (child->p_stat != SZOMB)
		jobc_link(child->p_pgrp, pgrp, entering);
}

/**
 * A process that goes on is about to get another parent.  To be called before
 * the old parent's fixjobc(), lest a group is orphaned between.
 * @param child		process
 * @param parent	its parent to be
 */
void
pgrp_adopt(struct proc *child, struct proc *parent)
{
	ASSERT_MP_TOKEN();
	if (child->p_stat != SZOMB)
		jobc_link(child->p_pgrp, parent->p_pgrp, true);
}

/**
 * @param pgrp	group
 * @return	whether nobody could continue it if it stopped
 */
bool
pgrp_orphaned(const struct pgrp *pgrp)
{
	return (pgrp->pg_jobc == 0);
}
