/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Open files that are vnodes: from read(2) and its relatives to VOP_ calls.
 *
 * A file's position changes under its vnode's lock, so two threads that read
 * from one file get one part each.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define OFF_MAX 0x7fffffffffffffffL

/* ioflag of a transfer: the caller's word on waiting before the file's. */
static int
io_flags(const struct file *fp, const struct vnode *vp, int flags)
{
	int ioflag = 0;

	if ((flags & O_FNONBLOCKING) != 0 ||
	    ((fp->f_flag & FNONBLOCK) != 0 && (flags & O_FBLOCKING) == 0))
		ioflag |= IO_NDELAY;
	if ((fp->f_flag & O_FSYNC) != 0 ||
	    (vp->v_mount != NULL &&
		(vp->v_mount->mnt_flag & MNT_SYNCHRONOUS) != 0))
		ioflag |= IO_SYNC;
	if ((fp->f_flag & FAPPEND) != 0 && (flags & O_FOFFSET) == 0)
		ioflag |= IO_APPEND;
	return (ioflag);
}

static int
vn_read(struct file *fp, struct uio *uio, struct ucred *cred, int flags)
{
	struct vnode *vp = fp->f_data;
	int error;

	if (vp->v_type == VDIR)
		return (EISDIR);
	vn_lock(vp, LK_EXCLUSIVE);
	if ((flags & O_FOFFSET) == 0)
		uio->uio_offset = fp->f_offset;
	error = VOP_READ(vp, uio, io_flags(fp, vp, flags), cred);
	if ((flags & O_FOFFSET) == 0)
		fp->f_offset = uio->uio_offset;
	vn_unlock(vp);
	return (error);
}

/* A program that anybody has changed does not run as its owner. */
static void
drop_setid(struct vnode *vp, struct ucred *cred)
{
	struct vattr va;
	mode_t mode;

	if (vp->v_type != VREG || cred->cr_uid == 0 ||
	    VOP_GETATTR(vp, &va) != 0 ||
	    (va.va_mode & (S_ISUID | S_ISGID)) == 0)
		return;
	mode = va.va_mode & ALLPERMS & ~(S_ISUID | S_ISGID);
	vattr_null(&va);
	va.va_mode = mode;
	VOP_SETATTR(vp, &va, cred);
}

static int
vn_write(struct file *fp, struct uio *uio, struct ucred *cred, int flags)
{
	struct vnode *vp = fp->f_data;
	size_t before = uio->uio_resid;
	int error = 0;

	vn_lock(vp, LK_EXCLUSIVE);
	if ((flags & O_FOFFSET) == 0)
		uio->uio_offset = fp->f_offset;
	if (vp->v_type == VREG &&
	    uio->uio_resid > (size_t)(OFF_MAX - uio->uio_offset))
		error = EFBIG;
	else
		error = VOP_WRITE(vp, uio, io_flags(fp, vp, flags), cred);
	if ((flags & O_FOFFSET) == 0)
		fp->f_offset = uio->uio_offset;
	if (uio->uio_resid != before)
		drop_setid(vp, cred);
	vn_unlock(vp);
	return (error);
}

/* The terminal has become the session's: its vnode is kept. */
static void
set_session_tty(struct vnode *vp)
{
	struct session *s = curproc->p_pgrp->pg_session;
	struct vnode *old = s->s_ttyvp;

	if (old == vp)
		return;
	vref(vp);
	s->s_ttyvp = vp;
	if (old != NULL)
		vrele(old);
}

static int
ioctl_plain(struct file *fp, struct vnode *vp, u_long com, caddr_t data)
{
	struct vattr va;
	int error;

	switch (com) {
	case FIONREAD:
		vn_lock(vp, LK_EXCLUSIVE);
		error = VOP_GETATTR(vp, &va);
		vn_unlock(vp);
		if (error != 0)
			return (error);
		*(int *)data = MIN(
		    MAX(va.va_size - fp->f_offset, 0), 0x7fffffff);
		return (0);
	case FIONBIO:
	case FIOASYNC:
		return (0);
	default:
		return (ENOTTY);
	}
}

static int
vn_ioctl(struct file *fp, u_long com, caddr_t data, struct ucred *cred)
{
	struct vnode *vp = fp->f_data;
	int error;

	if (vp->v_type != VCHR && vp->v_type != VBLK)
		return (ioctl_plain(fp, vp, com, data));
	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_IOCTL(vp, com, data, fp->f_flag, cred);
	vn_unlock(vp);
	/* The file's O_NONBLOCK is all that a driver need know. */
	if (com == FIONBIO && error == ENOTTY)
		error = 0;
	if (com == TIOCSCTTY && error == 0)
		set_session_tty(vp);
	return (error);
}

static int
vn_kqfilter(struct file *fp, struct knote *kn)
{
	struct vnode *vp = fp->f_data;
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_KQFILTER(vp, kn);
	vn_unlock(vp);
	return (error);
}

static int
vn_statfile(struct file *fp, struct stat *sb, struct ucred *cred)
{
	struct vnode *vp = fp->f_data;
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = vn_stat(vp, sb, cred);
	vn_unlock(vp);
	return (error);
}

/* flock(2)'s locks are the file's: they end with it. */
static int
vn_closefile(struct file *fp)
{
	struct flock fl = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	struct vnode *vp = fp->f_data;

	if (vp->v_lockf != NULL)
		vop_advlock(fp, F_SETLK, &fl, F_FLOCK);
	return (vn_close(vp, fp->f_flag));
}

/* Where SEEK_END is. */
static int
end_of(struct vnode *vp, off_t *end)
{
	struct vattr va;
	int error;

	if ((vp->v_type == VBLK || vp->v_type == VCHR) && vp->v_rdev != NULL) {
		*end = vp->v_rdev->si_mediasize;
		return (0);
	}
	error = VOP_GETATTR(vp, &va);
	*end = va.va_size;
	return (error);
}

/* vp is locked, so that f_offset stays. */
static int
seek_locked(struct file *fp, struct vnode *vp, off_t offset, int whence)
{
	off_t base = 0;
	int error = 0;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = fp->f_offset;
		break;
	case SEEK_END:
		error = end_of(vp, &base);
		break;
	default:
		return (EINVAL);
	}
	if (error != 0)
		return (error);
	if (__builtin_add_overflow(base, offset, &offset))
		return (EOVERFLOW);
	if (offset < 0)
		return (EINVAL);
	fp->f_offset = offset;
	return (0);
}

static int
vn_seek(struct file *fp, off_t offset, int whence, off_t *res)
{
	struct vnode *vp = fp->f_data;
	int error;

	if (vp->v_type == VCHR && vp->v_rdev != NULL &&
	    (vp->v_rdev->si_ops->d_flags & D_TTY) != 0)
		return (ESPIPE);
	vn_lock(vp, LK_EXCLUSIVE);
	error = seek_locked(fp, vp, offset, whence);
	*res = fp->f_offset;
	vn_unlock(vp);
	return (error);
}

/** Operations of an open file that is a vnode, except a FIFO. */
const struct fileops vnode_fileops = {
	.fo_read = vn_read,
	.fo_write = vn_write,
	.fo_ioctl = vn_ioctl,
	.fo_kqfilter = vn_kqfilter,
	.fo_stat = vn_statfile,
	.fo_close = vn_closefile,
	.fo_seek = vn_seek,
};

/**
 * Translates attributes for stat(2).
 * @param va	attributes
 * @param sb	filled in, all of it
 */
void
vattr_to_stat(const struct vattr *va, struct stat *sb)
{
	*sb = (struct stat){
		.st_ino = va->va_fileid,
		.st_nlink = va->va_nlink,
		.st_dev = va->va_fsid,
		.st_mode = (va->va_mode & ALLPERMS) | VTTOIF(va->va_type),
		.st_uid = va->va_uid,
		.st_gid = va->va_gid,
		.st_atim = va->va_atime,
		.st_mtim = va->va_mtime,
		.st_ctim = va->va_ctime,
		.st_size = va->va_size,
		.st_blocks = (va->va_bytes + 511) / 512,
		.st_blksize = va->va_blocksize,
		.st_gen = va->va_gen,
	};
	if (va->va_type == VCHR || va->va_type == VBLK)
		sb->st_rdev = va->va_rdev;
}

/**
 * Tells what a file is.  May sleep.
 * @param vp	locked
 * @param sb	filled in
 * @param cred	the generation is for the super-user only
 * @return	0 or VOP_GETATTR's error
 */
int
vn_stat(struct vnode *vp, struct stat *sb, struct ucred *cred)
{
	struct vattr va;
	int error;

	error = VOP_GETATTR(vp, &va);
	if (error != 0)
		return (error);
	vattr_to_stat(&va, sb);
	if (cred->cr_uid != 0)
		sb->st_gen = 0;
	return (0);
}

/**
 * Transfers between memory and a file, for the kernel.  Sleeps.
 * @param rw	UIO_READ or UIO_WRITE
 * @param vp	locked
 * @param base	memory
 * @param len	its bytes
 * @param offset position in the file
 * @param seg	whose memory
 * @param ioflag IO_*
 * @param cred	for whom
 * @param resid	gets what was not transferred; NULL: then that is EIO
 * @return	0 or an errno
 */
int
vn_rdwr(enum uio_rw rw, struct vnode *vp, void *base, size_t len, off_t offset,
    enum uio_seg seg, int ioflag, struct ucred *cred, size_t *resid)
{
	struct iovec iov = { base, len };
	struct uio uio = {
		.uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_offset = offset,
		.uio_resid = len,
		.uio_segflg = seg,
		.uio_rw = rw,
	};
	int error;

	if (rw == UIO_READ)
		error = VOP_READ(vp, &uio, ioflag, cred);
	else
		error = VOP_WRITE(vp, &uio, ioflag, cred);
	if (resid != NULL)
		*resid = uio.uio_resid;
	else if (error == 0 && uio.uio_resid != 0)
		error = EIO;
	return (error);
}
