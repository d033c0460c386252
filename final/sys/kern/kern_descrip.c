/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Open files and the table that gives them numbers.
 *
 * A struct file lives as long as somebody holds it: each descriptor does, and
 * each system call while it works on it, so that a file stays what it is when
 * another thread closes its descriptor.  The table is changed under fd_spin.
 * A number is first reserved, then, when the file has been opened, set; so a
 * descriptor is never seen half made.
 *
 * Order of a close: the number is free, then its knotes go, then the locks
 * that the process has on the file, then the file if that was the last holder.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

MALLOC_DEFINE(M_FILE, "open files");
MALLOC_DEFINE(M_FILEDESC, "descriptor tables");

static int maxfiles = 8192;
static int maxfilesperproc = 4096;
static volatile u_int nfiles;

SYSCTL_INT(
    kern_maxfiles, "kern.maxfiles", CTLFLAG_RW, &maxfiles, "Most open files");
SYSCTL_INT(kern_maxfilesperproc, "kern.maxfilesperproc", CTLFLAG_RW,
    &maxfilesperproc, "Most descriptors of a process");
SYSCTL_INT(kern_openfiles, "kern.openfiles", CTLFLAG_RD, &nfiles, "Open files");

static int
badfo_rw(struct file *fp __unused, struct uio *uio __unused,
    struct ucred *cred __unused, int flags __unused)
{
	return (EBADF);
}

static int
badfo_ioctl(struct file *fp __unused, u_long com __unused,
    caddr_t data __unused, struct ucred *cred __unused)
{
	return (EBADF);
}

static int
badfo_kqfilter(struct file *fp __unused, struct knote *kn __unused)
{
	return (EBADF);
}

static int
badfo_stat(struct file *fp __unused, struct stat *sb __unused,
    struct ucred *cred __unused)
{
	return (EBADF);
}

static int
badfo_close(struct file *fp __unused)
{
	return (0);
}

/** Operations of a file that has not been opened yet. */
const struct fileops badfileops = {
	.fo_read = badfo_rw,
	.fo_write = badfo_rw,
	.fo_ioctl = badfo_ioctl,
	.fo_kqfilter = badfo_kqfilter,
	.fo_stat = badfo_stat,
	.fo_close = badfo_close,
	.fo_seek = nosys_seek,
};

/**
 * fo_seek of files that have no position.
 * @param fp	unused
 * @param offset	unused
 * @param whence	unused
 * @param res	unused
 * @return	ESPIPE
 */
int
nosys_seek(struct file *fp __unused, off_t offset __unused, int whence __unused,
    off_t *res __unused)
{
	return (ESPIPE);
}

/**
 * One more holder.
 * @param fp	held by somebody
 */
void
fhold(struct file *fp)
{
	atomic_add_int(&fp->f_count, 1);
}

/* The last holder has gone. */
static int
fclose_last(struct file *fp)
{
	int error;

	lwkt_gettoken(&mp_token);
	KASSERT(LIST_EMPTY(&fp->f_klist), ("fdrop: a file with knotes"));
	error = fp->f_ops->fo_close(fp);
	funsetown(&fp->f_sigio);
	crfree(fp->f_cred);
	lwkt_reltoken(&mp_token);
	kfree(fp, M_FILE);
	atomic_add_int(&nfiles, -1);
	return (error);
}

/**
 * A holder goes; the last one closes the file and may sleep.
 * @param fp	held
 * @return	0, or the error of fo_close
 */
int
fdrop(struct file *fp)
{
	if (__predict_true(atomic_fetchadd_int(&fp->f_count, -1) != 1))
		return (0);
	return (fclose_last(fp));
}

/**
 * The file of a descriptor, held.
 * @param fdp	table
 * @param fd	descriptor, any number
 * @param flag	FREAD, FWRITE: it must be open for that; -1: anyhow
 * @return	NULL if there is none, or not for that
 */
struct file *
holdfp(struct filedesc *fdp, int fd, int flag)
{
	struct file *fp = NULL;

	spin_lock(&fdp->fd_spin);
	if ((u_int)fd < (u_int)fdp->fd_nfiles) {
		fp = fdp->fd_files[fd].fp;
		if (fp != NULL && (flag == -1 || (fp->f_flag & flag) != 0))
			atomic_add_int(&fp->f_count, 1);
		else
			fp = NULL;
	}
	spin_unlock(&fdp->fd_spin);
	return (fp);
}

/**
 * The same for a file that must be a vnode.
 * @param fdp	table
 * @param fd	descriptor
 * @param fpp	set to the file, held
 * @return	0, EBADF, or EINVAL
 */
int
holdvnode(struct filedesc *fdp, int fd, struct file **fpp)
{
	struct file *fp = holdfp(fdp, fd, -1);

	if (fp == NULL)
		return (EBADF);
	if (fp->f_type != DTYPE_VNODE) {
		fdrop(fp);
		return (EINVAL);
	}
	*fpp = fp;
	return (0);
}

/* --- numbers --- */

static int
fd_limit(const struct proc *p)
{
	rlim_t lim = p->p_rlimit[RLIMIT_NOFILE].rlim_cur;

	return (MAX(MIN(lim, (rlim_t)maxfilesperproc), 0));
}

/**
 * Most descriptors that the current process may have.
 * @return	number
 */
int
kern_getdtablesize(void)
{
	return (fd_limit(curproc));
}

static bool
fd_used(const struct fdnode *node)
{
	return (node->fp != NULL || node->reserved);
}

/* The number is in use from now on; fd_spin is held. */
static void
fd_take(struct filedesc *fdp, int fd)
{
	fdp->fd_lastfile = MAX(fdp->fd_lastfile, fd);
	if (fd == fdp->fd_freefile)
		fdp->fd_freefile = fd + 1;
}

/* The number is free from now on; fd_spin is held. */
static struct file *
fd_give(struct filedesc *fdp, int fd)
{
	struct file *fp = fdp->fd_files[fd].fp;

	fdp->fd_files[fd] = (struct fdnode){ .fp = NULL };
	fdp->fd_freefile = MIN(fdp->fd_freefile, fd);
	while (
	    fdp->fd_lastfile >= 0 && !fd_used(&fdp->fd_files[fdp->fd_lastfile]))
		fdp->fd_lastfile--;
	return (fp);
}

/* Makes room for number fd.  May sleep; other threads may use the table. */
static void
fd_grow(struct filedesc *fdp, int fd)
{
	struct fdnode *new, *old;
	int n = MAX(fdp->fd_nfiles, NDFILE);

	while (n <= fd)
		n *= 2;
	new = kmalloc(n * sizeof(*new), M_FILEDESC, M_WAITOK | M_ZERO);
	spin_lock(&fdp->fd_spin);
	old = new;
	if (n > fdp->fd_nfiles) {
		old = fdp->fd_files;
		if (old != NULL)
			memcpy(new, old, fdp->fd_nfiles * sizeof(*new));
		fdp->fd_files = new;
		fdp->fd_nfiles = n;
	}
	spin_unlock(&fdp->fd_spin);
	if (old != NULL)
		kfree(old, M_FILEDESC);
}

/*
 * Reserves the lowest free number that is at least `want`; EMFILE.  On return
 * with 0 nothing has slept since the number was found.
 */
static int
fd_alloc(struct proc *p, int want, int *fdp_res)
{
	struct filedesc *fdp = p->p_fd;
	int fd, limit = fd_limit(p);

	for (;;) {
		spin_lock(&fdp->fd_spin);
		fd = MAX(want, fdp->fd_freefile);
		while (fd < fdp->fd_nfiles && fd_used(&fdp->fd_files[fd]))
			fd++;
		if (want <= fdp->fd_freefile)
			fdp->fd_freefile = fd;
		if (fd >= limit || fd < fdp->fd_nfiles)
			break;
		spin_unlock(&fdp->fd_spin);
		fd_grow(fdp, fd);
	}
	if (fd < limit) {
		fdp->fd_files[fd].reserved = 1;
		fd_take(fdp, fd);
	}
	spin_unlock(&fdp->fd_spin);
	*fdp_res = fd;
	return (fd < limit ? 0 : EMFILE);
}

/**
 * Makes a file and reserves a descriptor for it.  The caller holds the file:
 * it opens it, calls fsetfd(), which holds it once more, and fdrop()s it.
 * @param p	process; NULL: a file without descriptor
 * @param fpp	set to the file
 * @param fdp	set to the descriptor; may be NULL if p is
 * @return	0, ENFILE, or EMFILE
 */
int
falloc(struct proc *p, struct file **fpp, int *fdp)
{
	struct file *fp;
	int error;

	*fpp = NULL;
	if (atomic_fetchadd_int(&nfiles, 1) >= (u_int)maxfiles) {
		atomic_add_int(&nfiles, -1);
		return (ENFILE);
	}
	fp = kmalloc(sizeof(*fp), M_FILE, M_WAITOK | M_ZERO);
	fp->f_ops = &badfileops;
	fp->f_count = 1;
	fp->f_cred = crhold(p != NULL ? p->p_ucred : curproc->p_ucred);
	LIST_INIT(&fp->f_klist);
	error = p == NULL ? 0 : fd_alloc(p, 0, fdp);
	if (error != 0) {
		fdrop(fp);
		return (error);
	}
	*fpp = fp;
	return (0);
}

/**
 * Gives a reserved descriptor its file, or gives the descriptor up.
 * @param fdp	table
 * @param fp	file, held by the caller and now by the descriptor too; or NULL
 * @param fd	reserved by falloc()
 */
void
fsetfd(struct filedesc *fdp, struct file *fp, int fd)
{
	spin_lock(&fdp->fd_spin);
	KASSERT(fdp->fd_files[fd].reserved, ("fsetfd: %d not reserved", fd));
	if (fp == NULL) {
		fd_give(fdp, fd);
	} else {
		fhold(fp);
		fdp->fd_files[fd].fp = fp;
		fdp->fd_files[fd].reserved = 0;
	}
	spin_unlock(&fdp->fd_spin);
}

/* --- closing --- */

/* Ends the process's own locks on a file: POSIX wants it at every close. */
static void
unlock_posix(struct file *fp)
{
	struct vnode *vp = fp->f_data;
	struct flock fl = { .l_type = F_UNLCK, .l_whence = 0 };

	if (fp->f_type == DTYPE_VNODE && vp != NULL && vp->v_lockf != NULL)
		vop_advlock(fp, F_SETLK, &fl, F_POSIX);
}

/* A descriptor has been taken off its file: the rest of the close. */
static int
closef(struct filedesc *fdp, struct file *fp, int fd)
{
	knote_fdclose(fp, fdp, fd);
	unlock_posix(fp);
	return (fdrop(fp));
}

/**
 * close(2).  Under mp_token; may sleep.
 * @param fd	descriptor
 * @return	0, EBADF, or what the file says
 */
int
kern_close(int fd)
{
	struct filedesc *fdp = curproc->p_fd;
	struct file *fp = NULL;

	spin_lock(&fdp->fd_spin);
	if ((u_int)fd < (u_int)fdp->fd_nfiles && fdp->fd_files[fd].fp != NULL)
		fp = fd_give(fdp, fd);
	spin_unlock(&fdp->fd_spin);
	return (fp == NULL ? EBADF : closef(fdp, fp, fd));
}

/* Closes what is open at fd or above, or of that only FD_CLOEXEC. */
static void
close_some(struct filedesc *fdp, int fd, bool cloexec)
{
	struct fdnode *node;
	struct file *fp;

	for (; fd <= fdp->fd_lastfile; fd++) {
		fp = NULL;
		spin_lock(&fdp->fd_spin);
		node = fd <= fdp->fd_lastfile ? &fdp->fd_files[fd] : NULL;
		if (node != NULL && node->fp != NULL &&
		    (!cloexec || (node->fileflags & FD_CLOEXEC) != 0))
			fp = fd_give(fdp, fd);
		spin_unlock(&fdp->fd_spin);
		if (fp != NULL)
			closef(fdp, fp, fd);
	}
}

/**
 * Closes what a new program shall not have.  Under mp_token; may sleep.
 * @param p	process; its table is not shared
 */
void
fdcloseexec(struct proc *p)
{
	close_some(p->p_fd, 0, true);
}

/**
 * Closes every descriptor from a number on.  Under mp_token; may sleep.
 * @param p	process
 * @param fd	first, at least 0
 */
void
closefrom(struct proc *p, int fd)
{
	close_some(p->p_fd, fd, false);
}

/* --- dup --- */

/* dup2: number `to` is, at once, what `from` is. */
static int
dup_fixed(struct proc *p, int from, int to, u_char flags)
{
	struct filedesc *fdp = p->p_fd;
	struct file *fp, *old = NULL;
	int error = 0;

	if (to < 0 || to >= fd_limit(p))
		return (EBADF);
	fp = holdfp(fdp, from, -1);
	if (fp == NULL)
		return (EBADF);
	if (from == to) {
		fdrop(fp);
		return (0);
	}
	if (to >= fdp->fd_nfiles)
		fd_grow(fdp, to);
	spin_lock(&fdp->fd_spin);
	if (fdp->fd_files[to].reserved) {
		error = EBUSY; /* another thread is about to open it */
	} else {
		old = fdp->fd_files[to].fp;
		fdp->fd_files[to].fp = fp;
		fdp->fd_files[to].fileflags = flags;
		fd_take(fdp, to);
	}
	spin_unlock(&fdp->fd_spin);
	if (error != 0)
		fdrop(fp);
	if (old != NULL)
		closef(fdp, old, to);
	return (error);
}

/**
 * Makes another descriptor of the same file.  Under mp_token; may sleep.
 * @param type		DUP_VARIABLE: the lowest free one from `to` on;
 *			DUP_FIXED: `to`, which is closed if it is open
 * @param from		open
 * @param to		see type
 * @param cloexec	closed by execve
 * @param res		set to the new one
 * @return		0, EBADF, EMFILE, EINVAL: `to` cannot be
 */
int
kern_dup(int type, int from, int to, bool cloexec, int *res)
{
	struct proc *p = curproc;
	u_char flags = cloexec ? FD_CLOEXEC : 0;
	struct file *fp;
	int error, fd;

	*res = to;
	if (type == DUP_FIXED)
		return (dup_fixed(p, from, to, flags));
	fp = holdfp(p->p_fd, from, -1);
	if (fp == NULL)
		return (EBADF);
	error = to < 0 || to >= fd_limit(p) ? EINVAL : fd_alloc(p, to, &fd);
	if (error == 0) {
		fsetfd(p->p_fd, fp, fd);
		p->p_fd->fd_files[fd].fileflags = flags;
		*res = fd;
	}
	fdrop(fp);
	return (error);
}
