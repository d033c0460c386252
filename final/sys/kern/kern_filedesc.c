/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The life of a descriptor table: made, copied or shared by fork, gone with
 * the last process that has it.
 *
 * Everything here is called under mp_token.
 */
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

MALLOC_DECLARE(M_FILEDESC);

/* The current and the root directory are the same. */
static void
copy_directories(struct filedesc *to, const struct filedesc *from)
{
	to->fd_cmask = from->fd_cmask;
	to->fd_cdir = from->fd_cdir;
	to->fd_rdir = from->fd_rdir;
	if (to->fd_cdir != NULL)
		vref(to->fd_cdir);
	if (to->fd_rdir != NULL)
		vref(to->fd_rdir);
}

/**
 * A table without files; directories as p has them, if it has any.
 * @param p	process, or NULL
 * @return	table
 */
struct filedesc *
fdinit(struct proc *p)
{
	struct filedesc *fdp;

	fdp = kmalloc(sizeof(*fdp), M_FILEDESC, M_WAITOK | M_ZERO);
	spin_init(&fdp->fd_spin, "filedesc");
	fdp->fd_files = kmalloc(
	    NDFILE * sizeof(*fdp->fd_files), M_FILEDESC, M_WAITOK | M_ZERO);
	fdp->fd_nfiles = NDFILE;
	fdp->fd_lastfile = -1;
	fdp->fd_refcnt = 1;
	fdp->fd_cmask = 022;
	if (p != NULL && p->p_fd != NULL)
		copy_directories(fdp, p->p_fd);
	return (fdp);
}

/* The files of `from`, held; kqueues stay with the process that made them. */
static void
copy_files(struct filedesc *to, const struct filedesc *from)
{
	struct fdnode node;

	to->fd_freefile = -1;
	for (int fd = 0; fd <= from->fd_lastfile; fd++) {
		node = from->fd_files[fd];
		if (node.fp != NULL && node.fp->f_type != DTYPE_KQUEUE) {
			fhold(node.fp);
			node.reserved = 0;
			to->fd_files[fd] = node;
			to->fd_lastfile = fd;
		} else if (to->fd_freefile < 0) {
			to->fd_freefile = fd;
		}
	}
	if (to->fd_freefile < 0)
		to->fd_freefile = to->fd_lastfile + 1;
}

/**
 * A copy of a process's table: the same files under the same numbers.
 * @param p	process
 * @return	table
 */
struct filedesc *
fdcopy(struct proc *p)
{
	struct filedesc *from = p->p_fd, *to = fdinit(p);
	struct fdnode *files;
	int n;

	for (;;) {
		n = from->fd_nfiles; /* may grow while we sleep for memory */
		if (to->fd_nfiles < n) {
			files = kmalloc(
			    n * sizeof(*files), M_FILEDESC, M_WAITOK | M_ZERO);
			kfree(to->fd_files, M_FILEDESC);
			to->fd_files = files;
			to->fd_nfiles = n;
		}
		spin_lock(&from->fd_spin);
		if (from->fd_lastfile < to->fd_nfiles)
			break;
		spin_unlock(&from->fd_spin);
	}
	copy_files(to, from);
	spin_unlock(&from->fd_spin);
	return (to);
}

/**
 * A process's own table, once more.
 * @param p	process
 * @return	table
 */
struct filedesc *
fdshare(struct proc *p)
{
	atomic_add_int(&p->p_fd->fd_refcnt, 1);
	return (p->p_fd);
}

/* The table goes on with others: only the process's locks end. */
static void
unlock_all(struct filedesc *fdp)
{
	struct flock fl = { .l_type = F_UNLCK, .l_whence = 0 };
	struct vnode *vp;
	struct file *fp;

	for (int fd = 0; fd <= fdp->fd_lastfile; fd++) {
		fp = holdfp(fdp, fd, -1);
		if (fp == NULL)
			continue;
		vp = fp->f_data;
		if (fp->f_type == DTYPE_VNODE && vp != NULL &&
		    vp->v_lockf != NULL)
			vop_advlock(fp, F_SETLK, &fl, F_POSIX);
		fdrop(fp);
	}
}

/* No process has it any more. */
static void
table_free(struct filedesc *fdp)
{
	if (fdp->fd_cdir != NULL)
		vrele(fdp->fd_cdir);
	if (fdp->fd_rdir != NULL)
		vrele(fdp->fd_rdir);
	kfree(fdp->fd_files, M_FILEDESC);
	kfree(fdp, M_FILEDESC);
}

/**
 * Undoes fdcopy(): nothing is closed that the process has, and its locks on
 * files stay.  May sleep.
 * @param fdp	table that no process has had
 */
void
fdcopy_undo(struct filedesc *fdp)
{
	for (int fd = 0; fd <= fdp->fd_lastfile; fd++)
		if (fdp->fd_files[fd].fp != NULL)
			fdrop(fdp->fd_files[fd].fp);
	table_free(fdp);
}

/**
 * A process has no descriptors any more: it ends.  May sleep.
 * @param p	the current process
 */
void
fdfree(struct proc *p)
{
	struct filedesc *fdp = p->p_fd;

	if (fdp == NULL)
		return;
	if (fdp->fd_refcnt > 1) {
		unlock_all(fdp);
		p->p_fd = NULL;
		if (atomic_fetchadd_int(&fdp->fd_refcnt, -1) != 1)
			return;
	} else {
		closefrom(p, 0); /* files may still ask for p_fd */
		p->p_fd = NULL;
	}
	table_free(fdp);
}
