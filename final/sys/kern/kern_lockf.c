/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Locks on files: fcntl(2)'s, which a process owns, and flock(2)'s, which an
 * open file owns.  The two kinds do not see each other.
 *
 * Who has to wait sleeps on the file's list and looks again whenever something
 * was unlocked there.  A process that would wait for a process that waits (and
 * so on) for it gets EDEADLK.  All under mp_token.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/lockf.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* Most locks of all files, so that they cannot take all memory. */
#define LF_MAX	  16384
#define CHAIN_MAX 64

static MALLOC_DEFINE(M_LOCKF, "file locks");
static u_int lockf_count;

/** Who waits, and for what. */
struct lf_wait {
	LIST_ENTRY(lf_wait) lw_list;
	const struct vnode *lw_vp;
	const struct lockf *lw_want;
};
static LIST_HEAD(, lf_wait) lf_waits = LIST_HEAD_INITIALIZER(lf_waits);

static void
spare_free(struct lockf *lf)
{
	struct lockf *next;

	for (; lf != NULL; lf = next) {
		next = lf->lf_next;
		lockf_count--;
		kfree(lf, M_LOCKF);
	}
}

/* Two locks, as many as lockf_insert() can need. */
static struct lockf *
spare_alloc(void)
{
	struct lockf *list = NULL, *lf;

	for (u_int i = 0; i < 2; i++) {
		lf = kmalloc(sizeof(*lf), M_LOCKF, M_WAITOK | M_ZERO);
		lf->lf_next = list;
		list = lf;
		lockf_count++;
	}
	return (list);
}

/**
 * Drops all locks of a vnode that is freed.
 * @param vp	without references
 */
void
lockf_purge(struct vnode *vp)
{
	struct lockf *list = vp->v_lockf;

	vp->v_lockf = NULL;
	spare_free(list);
}

/* Whom the owner of a lock waits for, or NULL. */
static const void *
waits_for(const void *owner)
{
	const struct lockf *blocker;
	const struct lf_wait *lw;

	LIST_FOREACH(lw, &lf_waits, lw_list)
	{
		if (lw->lw_want->lf_owner != owner)
			continue;
		blocker = lockf_blocker(lw->lw_vp->v_lockf, lw->lw_want);
		return (blocker != NULL ? blocker->lf_owner : NULL);
	}
	return (NULL);
}

static bool
would_deadlock(const struct lockf *want, const struct lockf *blocker)
{
	const void *owner = blocker->lf_owner;

	for (u_int i = 0; i < CHAIN_MAX && owner != NULL; i++) {
		if (owner == want->lf_owner)
			return (true);
		owner = waits_for(owner);
	}
	return (false);
}

/* Unlocks; spare has at least one lock. */
static void
unlock(struct vnode *vp, const struct lockf *range, struct lockf **spare)
{
	lockf_clear(&vp->v_lockf, range, spare);
	wakeup(&vp->v_lockf);
}

/* Sleeps until nobody is in the way. */
static int
wait_for(struct vnode *vp, const struct lockf *want, struct lockf **spare)
{
	struct lf_wait wait = { .lw_vp = vp, .lw_want = want };
	const struct lockf *blocker;
	int error = 0;

	while (error == 0 &&
	    (blocker = lockf_blocker(vp->v_lockf, want)) != NULL) {
		if (want->lf_posix && would_deadlock(want, blocker))
			return (EDEADLK);
		/* Two that share and want more would wait for each other. */
		if (!want->lf_posix)
			unlock(vp, want, spare);
		LIST_INSERT_HEAD(&lf_waits, &wait, lw_list);
		error = tsleep(&vp->v_lockf, PCATCH, "lockf", 0);
		LIST_REMOVE(&wait, lw_list);
	}
	return (error);
}

/* Whether the process still has the file: only then its locks will go. */
static bool
still_open(const struct file *fp)
{
	struct filedesc *fdp = curproc->p_fd;
	bool found = false;

	if (fdp == NULL)
		return (false);
	spin_lock(&fdp->fd_spin);
	for (int fd = 0; fd <= fdp->fd_lastfile && !found; fd++)
		found = fdp->fd_files[fd].fp == fp;
	spin_unlock(&fdp->fd_spin);
	return (found);
}

/* Sets a lock or removes it. */
static int
set_lock(struct file *fp, const struct lockf *want, short type, bool wait)
{
	struct vnode *vp = fp->f_data;
	struct lockf *spare;
	int error = 0;

	if (type == F_UNLCK && vp->v_lockf == NULL)
		return (0);
	if (type != F_UNLCK && lockf_count >= LF_MAX)
		return (ENOLCK);
	spare = spare_alloc();
	if (type == F_UNLCK)
		unlock(vp, want, &spare);
	else {
		if (wait)
			error = wait_for(vp, want, &spare);
		else if (lockf_blocker(vp->v_lockf, want) != NULL)
			error = EAGAIN;
		if (error == 0 && want->lf_posix && !still_open(fp))
			error = EBADF;
		if (error == 0) {
			lockf_insert(&vp->v_lockf, want, &spare);
			/* A weaker one may let others go on. */
			wakeup(&vp->v_lockf);
		}
	}
	spare_free(spare);
	return (error);
}

/* Tells what is in the way. */
static void
get_lock(const struct vnode *vp, const struct lockf *want, struct flock *fl)
{
	const struct lockf *lf = lockf_blocker(vp->v_lockf, want);

	if (lf == NULL) {
		fl->l_type = F_UNLCK;
		return;
	}
	fl->l_type = lf->lf_write ? F_WRLCK : F_RDLCK;
	fl->l_whence = SEEK_SET;
	fl->l_start = lf->lf_start;
	fl->l_len = lf->lf_end == LF_TO_END ? 0 : lf->lf_end - lf->lf_start + 1;
	fl->l_pid = lf->lf_pid;
}

static int
file_size(struct vnode *vp, off_t *size)
{
	struct vattr va;
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_GETATTR(vp, &va);
	vn_unlock(vp);
	*size = va.va_size;
	return (error);
}

/**
 * Sets, removes or looks up a lock.  May sleep, with F_WAIT for long.
 * @param fp	a file that is a vnode, held
 * @param op	F_SETLK or F_GETLK
 * @param fl	l_type F_UNLCK removes; l_whence SEEK_SET or SEEK_END
 * @param flags	F_POSIX or F_FLOCK; F_WAIT
 * @return	0; EAGAIN: it is locked; EDEADLK; EINTR, ERESTART; ENOLCK; EINVAL,
 *		EOVERFLOW: no such range
 */
int
vop_advlock(struct file *fp, int op, struct flock *fl, int flags)
{
	struct vnode *vp = fp->f_data;
	struct lockf want = {
		.lf_posix = (flags & F_POSIX) != 0,
		.lf_write = fl->l_type == F_WRLCK,
		.lf_pid = (flags & F_POSIX) != 0 ? curproc->p_pid : -1,
	};
	off_t base = 0;
	bool overflow;
	int error = 0;

	ASSERT_MP_TOKEN();
	want.lf_owner = want.lf_posix ? (void *)curproc : (void *)fp;
	if (fl->l_whence == SEEK_END)
		error = file_size(vp, &base);
	else if (fl->l_whence != SEEK_SET)
		error = EINVAL;
	if (error != 0)
		return (error);
	if (!lockf_range(base, fl->l_start, fl->l_len, &want.lf_start,
		&want.lf_end, &overflow))
		return (overflow ? EOVERFLOW : EINVAL);
	if (op == F_GETLK) {
		get_lock(vp, &want, fl);
		return (0);
	}
	return (set_lock(fp, &want, fl->l_type, (flags & F_WAIT) != 0));
}
