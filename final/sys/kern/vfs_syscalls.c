/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls on files: open, lseek, fsync, directories' entries, revoke,
 * pathconf, umask.
 *
 * Paths come from the process.  All under mp_token.
 */
#include <sys/conf.h>
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/tty.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* /dev/fd/N: fd becomes another descriptor of what N is. */
static int
open_dup(struct filedesc *fdp, struct file *fp, int fd, int fflag)
{
	struct file *other = holdfp(fdp, (int)fp->f_offset, -1);
	int want = fflag & (FREAD | FWRITE);

	if (other == NULL)
		return (EBADF);
	if ((other->f_flag & want) != (u_int)want) {
		fdrop(other);
		return (EACCES);
	}
	fsetfd(fdp, other, fd);
	fdrop(other);
	return (0);
}

/* O_SHLOCK and O_EXLOCK: as flock(2). */
static int
open_lock(struct file *fp, int fflag)
{
	struct flock fl = { .l_whence = SEEK_SET };

	if ((fflag & (O_SHLOCK | O_EXLOCK)) == 0)
		return (0);
	fl.l_type = (fflag & O_EXLOCK) != 0 ? F_WRLCK : F_RDLCK;
	return (vop_advlock(fp, F_SETLK, &fl,
	    F_FLOCK | ((fflag & FNONBLOCK) != 0 ? 0 : F_WAIT)));
}

/*
 * The leader of a session without terminal gets the one that it opens, if that
 * is nobody's.  Programs of Linux expect it, and it does no harm to others.
 */
static void
open_ctty(struct file *fp, int fflag)
{
	const struct session *s = curproc->p_pgrp->pg_session;
	const struct vnode *vp = fp->f_data;
	const struct cdev *dev = vp->v_rdev;

	if (vp->v_type != VCHR || dev == NULL || (fflag & O_NOCTTY) != 0 ||
	    (dev->si_ops->d_flags & D_TTY) == 0 || s->s_leader != curproc ||
	    s->s_ttyp != NULL || dev->si_tty == NULL ||
	    dev->si_tty->t_session != NULL)
		return;
	fp->f_ops->fo_ioctl(fp, TIOCSCTTY, NULL, fp->f_cred);
}

/* Opens a file for a descriptor that is reserved. */
static int
open_file(struct file *fp, int dirfd, const char *upath, int fflag, int mode)
{
	struct nlookupdata nd;
	struct vnode *vp;
	int error;

	error = nlookup_init_at(
	    &nd, dirfd, upath, UIO_USERSPACE, NAMEI_LOOKUP, 0);
	if (error == 0)
		error = vn_open(&nd, fp, fflag,
		    mode & ~curproc->p_fd->fd_cmask & ALLPERMS & ~S_ISVTX, &vp);
	if (error == 0)
		vn_unlock(vp);
	nlookup_done(&nd);
	if (error == 0)
		error = open_lock(fp, fflag);
	if (error == 0)
		open_ctty(fp, fflag);
	return (error);
}

/**
 * open(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param oflags O_*
 * @param mode	rights of a new file
 * @param res	set to the descriptor
 * @return	0 or an errno
 */
int
kern_open(int dirfd, const char *upath, int oflags, int mode, int *res)
{
	struct filedesc *fdp = curproc->p_fd;
	int fflag = FFLAGS(oflags), error, fd;
	struct file *fp;

	if ((oflags & O_ACCMODE) == O_ACCMODE)
		return (EINVAL);
	error = falloc(curproc, &fp, &fd);
	if (error != 0)
		return (error);
	error = open_file(fp, dirfd, upath, fflag, mode);
	if (error == 0)
		fsetfd(fdp, fp, fd);
	else if (error == EJUSTRETURN)
		error = open_dup(fdp, fp, fd, fflag);
	if (error == 0) {
		*res = fd;
		if ((oflags & O_CLOEXEC) != 0)
			kern_setcloexec(fd, true);
	} else
		fsetfd(fdp, NULL, fd);
	fdrop(fp);
	return (error);
}

/** open(path, flags, mode). @return as kern_open() */
int
sys_open(struct sysmsg *sysmsg, const struct open_args *uap)
{
	return (kern_open((int)AT_FDCWD, uap->path, uap->flags, uap->mode,
	    &sysmsg->sysmsg_result));
}

/** openat(fd, path, flags, mode). @return as kern_open() */
int
sys_openat(struct sysmsg *sysmsg, const struct openat_args *uap)
{
	return (kern_open(
	    uap->fd, uap->path, uap->flags, uap->mode, &sysmsg->sysmsg_result));
}

/**
 * lseek(2).
 * @param fd	descriptor
 * @param offset distance
 * @param whence SEEK_*
 * @param res	set to the new position
 * @return	0, EBADF, ESPIPE, EINVAL, EOVERFLOW
 */
int
kern_lseek(int fd, off_t offset, int whence, off_t *res)
{
	struct file *fp = holdfp(curproc->p_fd, fd, -1);
	int error;

	if (fp == NULL)
		return (EBADF);
	error = fp->f_ops->fo_seek(fp, offset, whence, res);
	fdrop(fp);
	return (error);
}

/** lseek(fd, pad, offset, whence). @return as kern_lseek() */
int
sys_lseek(struct sysmsg *sysmsg, const struct lseek_args *uap)
{
	return (kern_lseek(
	    uap->fd, uap->offset, uap->whence, &sysmsg->sysmsg_offset));
}

/**
 * fsync(2).  Sleeps.
 * @param fd	descriptor
 * @return	0, EBADF, EINVAL: not a file; EIO
 */
int
kern_fsync(int fd)
{
	struct file *fp;
	struct vnode *vp;
	int error;

	error = holdvnode(curproc->p_fd, fd, &fp);
	if (error != 0)
		return (error);
	vp = fp->f_data;
	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_FSYNC(vp, true);
	vn_unlock(vp);
	fdrop(fp);
	return (error);
}

/** fsync(fd). @return as kern_fsync() */
int
sys_fsync(struct sysmsg *sysmsg __unused, const struct fsync_args *uap)
{
	return (kern_fsync(uap->fd));
}

/**
 * sync(2): begins to write all that is dirty.  Sleeps.
 * @return	0
 */
int
kern_sync(void)
{
	vfs_sync_all(false);
	return (0);
}

/** sync(). @return as kern_sync() */
int
sys_sync(struct sysmsg *sysmsg __unused, const struct sync_args *uap __unused)
{
	return (kern_sync());
}

/* One batch of entries at the file's position. */
static int
read_entries(struct file *fp, struct uio *uio)
{
	struct vnode *vp = fp->f_data;
	size_t before = uio->uio_resid;
	bool eof = false;
	int error;

	if (vp->v_type != VDIR)
		return (EINVAL);
	vn_lock(vp, LK_EXCLUSIVE);
	uio->uio_offset = fp->f_offset;
	error = VOP_READDIR(vp, uio, fp->f_cred, &eof);
	if (error == 0)
		fp->f_offset = uio->uio_offset;
	vn_unlock(vp);
	/* Not even one entry has room. */
	if (error == 0 && uio->uio_resid == before && !eof)
		error = EINVAL;
	return (error);
}

/**
 * getdirentries(2).  Sleeps.
 * @param fd	a directory
 * @param buf	room for struct dirents
 * @param count	bytes there
 * @param seg	whose memory that is
 * @param base	set to the position of the first; may be NULL
 * @param res	set to the bytes written; 0: the end
 * @return	0, EBADF, EINVAL, EFAULT, EIO
 */
int
kern_getdirentries(
    int fd, char *buf, size_t count, enum uio_seg seg, off_t *base, size_t *res)
{
	struct iovec iov = { buf, MIN(count, (size_t)0x7fffffff) };
	struct uio uio = {
		.uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_resid = iov.iov_len,
		.uio_segflg = seg,
		.uio_rw = UIO_READ,
	};
	size_t before = uio.uio_resid;
	struct file *fp;
	int error;

	error = holdvnode(curproc->p_fd, fd, &fp);
	if (error != 0)
		return (error);
	if ((fp->f_flag & FREAD) == 0)
		error = EBADF;
	if (base != NULL)
		*base = fp->f_offset;
	if (error == 0)
		error = read_entries(fp, &uio);
	*res = before - uio.uio_resid;
	fdrop(fp);
	return (error);
}

/** getdirentries(fd, buf, count, basep). @return as kern_getdirentries() */
int
sys_getdirentries(struct sysmsg *sysmsg, const struct getdirentries_args *uap)
{
	size_t n;
	off_t base;
	int error;

	error = kern_getdirentries(
	    uap->fd, uap->buf, uap->count, UIO_USERSPACE, &base, &n);
	if (error == 0 && uap->basep != NULL)
		error = copyout(&base, uap->basep, sizeof(*uap->basep));
	sysmsg->sysmsg_szresult = n;
	return (error);
}

/** getdents(fd, buf, count). @return as kern_getdirentries() */
int
sys_getdents(struct sysmsg *sysmsg, const struct getdents_args *uap)
{
	return (kern_getdirentries(uap->fd, uap->buf, uap->count, UIO_USERSPACE,
	    NULL, &sysmsg->sysmsg_szresult));
}

/** getdents_old(fd, buf, count). @return as kern_getdirentries() */
int
sys_getdents_old(struct sysmsg *sysmsg, const struct getdents_old_args *uap)
{
	return (kern_getdirentries(uap->fd, uap->buf, uap->count, UIO_USERSPACE,
	    NULL, &sysmsg->sysmsg_szresult));
}

/** revoke(path): whoever has the device open has nothing any more.
 * @return	0, EINVAL: not a device; EPERM, or another errno */
int
sys_revoke(struct sysmsg *sysmsg __unused, const struct revoke_args *uap)
{
	struct nlookupdata nd;
	struct vattr va;
	int error;

	error = nlookup_init(
	    &nd, uap->path, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0 && nd.nl_vp->v_type != VCHR && nd.nl_vp->v_type != VBLK)
		error = EINVAL;
	if (error == 0)
		error = VOP_GETATTR(nd.nl_vp, &va);
	if (error == 0 && va.va_uid != nd.nl_cred->cr_uid)
		error = suser(nd.nl_cred);
	if (error == 0)
		vgone(nd.nl_vp);
	nlookup_done(&nd);
	return (error);
}

/** pathconf(path, name). @return 0 or an errno */
int
sys_pathconf(struct sysmsg *sysmsg, const struct pathconf_args *uap)
{
	struct nlookupdata nd;
	int error;

	error = nlookup_init(
	    &nd, uap->path, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0)
		error = VOP_PATHCONF(
		    nd.nl_vp, uap->name, &sysmsg->sysmsg_lresult);
	nlookup_done(&nd);
	return (error);
}

/** fpathconf(fd, name). @return 0 or an errno */
int
sys_fpathconf(struct sysmsg *sysmsg, const struct fpathconf_args *uap)
{
	struct file *fp = holdfp(curproc->p_fd, uap->fd, -1);
	struct vnode *vp;
	int error = 0;

	if (fp == NULL)
		return (EBADF);
	if (fp->f_type == DTYPE_VNODE) {
		vp = fp->f_data;
		vn_lock(vp, LK_EXCLUSIVE);
		error = VOP_PATHCONF(vp, uap->name, &sysmsg->sysmsg_lresult);
		vn_unlock(vp);
	} else if (fp->f_type == DTYPE_PIPE && uap->name == _PC_PIPE_BUF)
		sysmsg->sysmsg_lresult = 512;
	else
		error = EINVAL;
	fdrop(fp);
	return (error);
}

/** umask(newmask). @return 0 or an errno */
int
sys_umask(struct sysmsg *sysmsg, const struct umask_args *uap)
{
	struct filedesc *fdp = curproc->p_fd;

	sysmsg->sysmsg_result = fdp->fd_cmask;
	fdp->fd_cmask = uap->newmask & ACCESSPERMS;
	return (0);
}
