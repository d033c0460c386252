/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Who gets SIGIO for a file: F_SETOWN, FIOSETOWN.
 *
 * The owner is kept by its number and the time it began, not by a pointer, so
 * nothing has to be undone when it ends.  The signal is asked for in
 * interrupts but sent by a thread, since a group's members are under mp_token.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <machine/globaldata.h>

MALLOC_DEFINE(M_SIGIO, "sigio");

/** One owner. */
struct sigio {
	pid_t sio_pid;		   /**< process, or minus the group */
	struct timespec sio_start; /**< when the process began */
	struct ucred *sio_ucred;   /**< of who set it */
	int sio_sig;		   /**< what to send */
	struct task sio_task;	   /**< sends it */
};

/* Interrupts look at a file's pointer under this lock. */
static struct spinlock sigio_spin = SPINLOCK_INITIALIZER("sigio");

static bool
may_signal(const struct sigio *sio, const struct proc *p)
{
	const struct ucred *to = p->p_ucred, *from = sio->sio_ucred;

	return (from->cr_uid == 0 || from->cr_uid == to->cr_uid ||
	    from->cr_uid == to->cr_ruid || from->cr_ruid == to->cr_ruid);
}

/* The task. */
static void
sigio_send(void *arg)
{
	struct sigio *sio = arg;
	struct pgrp *pgrp;
	struct proc *p;

	if (sio->sio_pid < 0) {
		pgrp = pgfind(-sio->sio_pid);
		if (pgrp == NULL)
			return;
		LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
		if (may_signal(sio, p)) {
			p->p_groupsigs++;
			ksignal(p, sio->sio_sig);
		}
		return;
	}
	p = pfindn(sio->sio_pid);
	if (p != NULL && p->p_start.tv_sec == sio->sio_start.tv_sec &&
	    p->p_start.tv_nsec == sio->sio_start.tv_nsec && may_signal(sio, p))
		ksignal(p, sio->sio_sig);
}

/* Whether the caller may name this owner; both must be of one session. */
static int
check_owner(pid_t pgid, struct sigio *sio)
{
	struct session *session = curproc->p_pgrp->pg_session;
	struct pgrp *pgrp;
	struct proc *p;

	if (pgid < 0) {
		pgrp = pgid == (-2147483647 - 1) ? NULL : pgfind(-pgid);
		if (pgrp == NULL)
			return (ESRCH);
		return (pgrp->pg_session == session ? 0 : EPERM);
	}
	p = pfindn(pgid);
	if (p == NULL || p->p_pgrp == NULL)
		return (ESRCH);
	sio->sio_start = p->p_start;
	return (p->p_pgrp->pg_session == session ? 0 : EPERM);
}

/**
 * Sets the owner.  Under mp_token.
 * @param pgid		a process, minus a group, or 0 for nobody
 * @param sigiop	where the owner is kept
 * @return		0, ESRCH, or EPERM: it is of another session
 */
int
fsetown(pid_t pgid, struct sigio **sigiop)
{
	struct sigio *sio;
	int error;

	if (pgid == 0) {
		funsetown(sigiop);
		return (0);
	}
	sio = kmalloc(sizeof(*sio), M_SIGIO, M_WAITOK | M_ZERO);
	error = check_owner(pgid, sio);
	if (error != 0) {
		kfree(sio, M_SIGIO);
		return (error);
	}
	sio->sio_pid = pgid;
	sio->sio_ucred = crhold(curproc->p_ucred);
	TASK_INIT(&sio->sio_task, sigio_send, sio);
	funsetown(sigiop);
	*sigiop = sio;
	return (0);
}

/**
 * Forgets the owner.  Under mp_token.
 * @param sigiop	where it is kept
 */
void
funsetown(struct sigio **sigiop)
{
	struct sigio *sio;

	spin_lock(&sigio_spin);
	sio = *sigiop;
	*sigiop = NULL;
	spin_unlock(&sigio_spin);
	if (sio == NULL)
		return;
	taskqueue_cancel(&sio->sio_task);
	crfree(sio->sio_ucred);
	kfree(sio, M_SIGIO);
}

/**
 * Tells the owner.  Under mp_token.
 * @param sigiop	where it is kept
 * @return		as fsetown() was told, 0 for nobody
 */
pid_t
fgetown(struct sigio **sigiop)
{
	return (*sigiop == NULL ? 0 : (*sigiop)->sio_pid);
}

/**
 * Sends a signal to an owner, soon.  Callable from interrupts and with
 * spinlocks held.
 * @param sigiop	where it is kept; may be nobody
 * @param sig		SIGIO or SIGURG
 */
void
pgsigiop(struct sigio **sigiop, int sig)
{
	struct sigio *sio;

	spin_lock(&sigio_spin);
	sio = *sigiop;
	if (sio != NULL) {
		sio->sio_sig = sig;
		taskqueue_enqueue(&sio->sio_task);
	}
	spin_unlock(&sigio_spin);
}

/**
 * The same, for a caller with mp_token.
 * @param sigio	the owner, or NULL
 * @param sig	SIGIO or SIGURG
 */
void
pgsigio(struct sigio *sigio, int sig)
{
	pgsigiop(&sigio, sig);
}
