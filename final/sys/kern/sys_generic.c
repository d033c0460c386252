/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls that work on any open file: read, write, ioctl and their
 * relatives.
 *
 * A transfer that was interrupted after some bytes is a short transfer, not an
 * error.  Who writes to a pipe that nobody reads gets SIGPIPE, here, whatever
 * the file is.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

#define SSIZE_MAX   0x7fffffffffffffffL
#define IOCTL_SMALL 128 /* bytes of an argument that need no memory */

/** Flags of extpread(2) and its relatives that a caller may give. */
#define EXT_FLAGS   (O_FBLOCKING | O_FNONBLOCKING)

static int
transfer(struct file *fp, struct uio *uio, int flags, size_t *res)
{
	size_t n = uio->uio_resid;
	int error;

	if (uio->uio_rw == UIO_READ)
		error = fp->f_ops->fo_read(fp, uio, fp->f_cred, flags);
	else
		error = fp->f_ops->fo_write(fp, uio, fp->f_cred, flags);
	*res = n - uio->uio_resid;
	if (error != 0 && *res != 0 &&
	    (error == ERESTART || error == EINTR || error == EWOULDBLOCK))
		error = 0;
	return (error);
}

/* Only what has positions can be read at one. */
static int
check_position(const struct file *fp, const struct uio *uio, int flags)
{
	if ((flags & O_FOFFSET) == 0)
		return (0);
	if (fp->f_type != DTYPE_VNODE)
		return (ESPIPE);
	return (uio->uio_offset < 0 ? EINVAL : 0);
}

/**
 * Reads.  Under mp_token; may sleep.
 * @param fd	descriptor
 * @param uio	UIO_READ; uio_offset counts with O_FOFFSET only
 * @param flags	O_FOFFSET, O_FBLOCKING, O_FNONBLOCKING
 * @param res	set to the bytes read
 * @return	0, EBADF, or what the file says
 */
int
kern_preadv(int fd, struct uio *uio, int flags, size_t *res)
{
	struct file *fp;
	int error;

	*res = 0;
	fp = holdfp(curproc->p_fd, fd, FREAD);
	if (fp == NULL)
		return (EBADF);
	error = check_position(fp, uio, flags);
	if (error == 0)
		error = transfer(fp, uio, flags, res);
	fdrop(fp);
	return (error);
}

/* RLIMIT_FSIZE: cuts a write to a regular file at the limit. */
static int
limit_size(struct file *fp, struct uio *uio, int flags)
{
	rlim_t limit = curproc->p_rlimit[RLIMIT_FSIZE].rlim_cur;
	off_t at = (flags & O_FOFFSET) != 0 ? uio->uio_offset : fp->f_offset;
	struct vnode *vp = fp->f_data;
	struct vattr va;

	if (vp->v_type != VREG)
		return (0);
	if ((fp->f_flag & FAPPEND) != 0) {
		vn_lock(vp, LK_EXCLUSIVE);
		if (VOP_GETATTR(vp, &va) == 0)
			at = va.va_size;
		vn_unlock(vp);
	}
	if (at >= limit) {
		lwpsignal(curproc, curlwp, SIGXFSZ);
		return (EFBIG);
	}
	uio->uio_resid = MIN(uio->uio_resid, (size_t)(limit - at));
	return (0);
}

/**
 * Writes.  Under mp_token; may sleep.  EPIPE comes with SIGPIPE.
 * @param fd	descriptor
 * @param uio	UIO_WRITE; uio_offset counts with O_FOFFSET only
 * @param flags	O_FOFFSET, O_FBLOCKING, O_FNONBLOCKING
 * @param res	set to the bytes written
 * @return	0, EBADF, EFBIG, or what the file says
 */
int
kern_pwritev(int fd, struct uio *uio, int flags, size_t *res)
{
	struct proc *p = curproc;
	struct file *fp;
	int error;

	*res = 0;
	fp = holdfp(p->p_fd, fd, FWRITE);
	if (fp == NULL)
		return (EBADF);
	error = check_position(fp, uio, flags);
	if (error == 0 && fp->f_type == DTYPE_VNODE && uio->uio_resid != 0 &&
	    p->p_rlimit[RLIMIT_FSIZE].rlim_cur < RLIM_INFINITY)
		error = limit_size(fp, uio, flags);
	if (error == 0)
		error = transfer(fp, uio, flags, res);
	if (error == EPIPE)
		lwpsignal(p, curlwp, SIGPIPE);
	fdrop(fp);
	return (error);
}

/* One piece of the process's memory. */
static int
transfer_user(enum uio_rw rw, int fd, void *buf, size_t n, int flags,
    off_t offset, size_t *res)
{
	struct iovec iov = { .iov_base = buf, .iov_len = n };
	struct uio uio = { .uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_offset = offset,
		.uio_resid = n,
		.uio_segflg = UIO_USERSPACE,
		.uio_rw = rw };

	if (n > SSIZE_MAX)
		return (EINVAL);
	if (rw == UIO_READ)
		return (kern_preadv(fd, &uio, flags, res));
	return (kern_pwritev(fd, &uio, flags, res));
}

/**
 * Copies a list of pieces from the process.
 * @param uiov	the process's list
 * @param n	pieces
 * @param small	UIO_SMALL of the caller's, used if they suffice
 * @param iovp	set to the list: iovec_free() it
 * @param resid	set to the sum of bytes
 * @return	0, EFAULT, or EINVAL: no pieces, too many, or too many bytes
 */
int
iovec_copyin(const struct iovec *uiov, u_int n, struct iovec *small,
    struct iovec **iovp, size_t *resid)
{
	struct iovec *iov = small;
	int error;

	*iovp = small;
	if (n == 0 || n > UIO_MAXIOV)
		return (EINVAL);
	if (n > UIO_SMALL)
		iov = kmalloc(n * sizeof(*iov), M_TEMP, M_WAITOK);
	*iovp = iov;
	error = copyin(uiov, iov, n * sizeof(*iov));
	*resid = 0;
	for (u_int i = 0; i < n && error == 0; i++) {
		if (iov[i].iov_len > SSIZE_MAX - *resid)
			error = EINVAL;
		else
			*resid += iov[i].iov_len;
	}
	return (error);
}

/**
 * Frees what iovec_copyin() has made, also after an error.
 * @param iov	the list
 * @param small	as there
 */
void
iovec_free(struct iovec *iov, const struct iovec *small)
{
	if (iov != small)
		kfree(iov, M_TEMP);
}

/**
 * readv(2) and writev(2) with everything: the process's pieces.  Under
 * mp_token; may sleep.
 * @param rw		direction
 * @param fd		descriptor
 * @param uiov		the process's list
 * @param n		pieces
 * @param flags		as kern_preadv()
 * @param offset	with O_FOFFSET
 * @param res		set to the bytes moved
 * @return		0 or an error
 */
int
kern_rwv_user(enum uio_rw rw, int fd, const struct iovec *uiov, u_int n,
    int flags, off_t offset, size_t *res)
{
	struct iovec small[UIO_SMALL], *iov;
	struct uio uio = { .uio_iovcnt = n,
		.uio_offset = offset,
		.uio_segflg = UIO_USERSPACE,
		.uio_rw = rw };
	int error;

	error = iovec_copyin(uiov, n, small, &iov, &uio.uio_resid);
	uio.uio_iov = iov;
	if (error == 0 && rw == UIO_READ)
		error = kern_preadv(fd, &uio, flags, res);
	else if (error == 0)
		error = kern_pwritev(fd, &uio, flags, res);
	iovec_free(iov, small);
	return (error);
}

/* Flags of extpread(2): an offset of -1 is the file's own position. */
static int
ext_flags(int flags, off_t offset)
{
	return ((flags & EXT_FLAGS) | (offset != -1 ? O_FOFFSET : 0));
}

/**
 * read(fd, buf, nbyte): at the position of the file.  May sleep.  @return
 * kern_preadv()'s, EFAULT; result: bytes
 */
int
sys_read(struct sysmsg *sysmsg, const struct read_args *uap)
{
	return (transfer_user(UIO_READ, uap->fd, uap->buf, uap->nbyte, 0, 0,
	    &sysmsg->sysmsg_szresult));
}

/**
 * write(fd, buf, nbyte): at the position of the file.  May sleep.  @return
 * kern_pwritev()'s, EFAULT; result: bytes
 */
int
sys_write(struct sysmsg *sysmsg, const struct write_args *uap)
{
	return (transfer_user(UIO_WRITE, uap->fd, (void *)(uintptr_t)uap->buf,
	    uap->nbyte, 0, 0, &sysmsg->sysmsg_szresult));
}

/**
 * extpread(fd, buf, nbyte, flags, offset): as read(), at an offset unless that
 * is -1.  @return as read(), ESPIPE; result: bytes
 */
int
sys_extpread(struct sysmsg *sysmsg, const struct extpread_args *uap)
{
	return (transfer_user(UIO_READ, uap->fd, uap->buf, uap->nbyte,
	    ext_flags(uap->flags, uap->offset), uap->offset,
	    &sysmsg->sysmsg_szresult));
}

/**
 * extpwrite(fd, buf, nbyte, flags, offset): as write(), at an offset unless that
 * is -1.  @return as write(), ESPIPE; result: bytes
 */
int
sys_extpwrite(struct sysmsg *sysmsg, const struct extpwrite_args *uap)
{
	return (transfer_user(UIO_WRITE, uap->fd, (void *)(uintptr_t)uap->buf,
	    uap->nbyte, ext_flags(uap->flags, uap->offset), uap->offset,
	    &sysmsg->sysmsg_szresult));
}

/**
 * readv(fd, iovp, iovcnt): as read(), to several pieces.  @return as read(),
 * EINVAL; result: bytes
 */
int
sys_readv(struct sysmsg *sysmsg, const struct readv_args *uap)
{
	return (kern_rwv_user(UIO_READ, uap->fd, uap->iovp, uap->iovcnt, 0, 0,
	    &sysmsg->sysmsg_szresult));
}

/**
 * writev(fd, iovp, iovcnt): as write(), from several pieces.  @return as
 * write(), EINVAL; result: bytes
 */
int
sys_writev(struct sysmsg *sysmsg, const struct writev_args *uap)
{
	return (kern_rwv_user(UIO_WRITE, uap->fd, uap->iovp, uap->iovcnt, 0, 0,
	    &sysmsg->sysmsg_szresult));
}

/**
 * extpreadv(fd, iovp, iovcnt, flags, offset): both.  @return as readv(),
 * ESPIPE; result: bytes
 */
int
sys_extpreadv(struct sysmsg *sysmsg, const struct extpreadv_args *uap)
{
	return (kern_rwv_user(UIO_READ, uap->fd, uap->iovp, uap->iovcnt,
	    ext_flags(uap->flags, uap->offset), uap->offset,
	    &sysmsg->sysmsg_szresult));
}

/**
 * extpwritev(fd, iovp, iovcnt, flags, offset): both.  @return as writev(),
 * ESPIPE; result: bytes
 */
int
sys_extpwritev(struct sysmsg *sysmsg, const struct extpwritev_args *uap)
{
	return (kern_rwv_user(UIO_WRITE, uap->fd, uap->iovp, uap->iovcnt,
	    ext_flags(uap->flags, uap->offset), uap->offset,
	    &sysmsg->sysmsg_szresult));
}

/* --- ioctl --- */

/* FIONBIO and FIOASYNC are flags of the open file, and the file is told. */
static int
ioctl_flag(struct file *fp, u_long com, caddr_t data, u_int flag)
{
	int error;

	if (*(int *)data != 0)
		atomic_set_int(&fp->f_flag, flag);
	else
		atomic_clear_int(&fp->f_flag, flag);
	error = fp->f_ops->fo_ioctl(fp, com, data, fp->f_cred);
	if (error == ENOTTY || error == ENOIOCTL)
		error = 0;
	if (error != 0 && *(int *)data != 0)
		atomic_clear_int(&fp->f_flag, flag);
	return (error);
}

static int
ioctl_file(struct file *fp, u_long com, caddr_t data)
{
	int error;

	if (com == FIONBIO)
		return (ioctl_flag(fp, com, data, FNONBLOCK));
	if (com == FIOASYNC)
		return (ioctl_flag(fp, com, data, FASYNC));
	error = fp->f_ops->fo_ioctl(fp, com, data, fp->f_cred);
	return (error == ENOIOCTL ? ENOTTY : error);
}

/**
 * ioctl(2).  Under mp_token; may sleep.
 * @param fd	descriptor
 * @param com	which
 * @param kdata	argument and result, in the kernel, IOCPARM_LEN(com) bytes
 * @return	0, EBADF, ENOTTY, or what the file says
 */
int
kern_ioctl(int fd, u_long com, caddr_t kdata)
{
	struct file *fp;
	int error;

	if (com == FIOCLEX || com == FIONCLEX)
		return (kern_setcloexec(fd, com == FIOCLEX));
	fp = holdfp(curproc->p_fd, fd, -1);
	if (fp == NULL)
		return (EBADF);
	if ((fp->f_flag & (FREAD | FWRITE)) == 0)
		error = EBADF;
	else
		error = ioctl_file(fp, com, kdata);
	fdrop(fp);
	return (error);
}

/* The argument comes from the process and the result goes there. */
static int
ioctl_user(int fd, u_long com, caddr_t udata, caddr_t kdata, size_t size)
{
	int error = 0;

	if ((com & IOC_IN) != 0)
		error = copyin(udata, kdata, size);
	if (error == 0)
		error = kern_ioctl(fd, com, kdata);
	if (error == 0 && (com & IOC_OUT) != 0)
		error = copyout(kdata, udata, size);
	return (error);
}

/**
 * ioctl(fd, com, data): com says how many bytes go which way.  May sleep.
 * @return kern_ioctl()'s, EFAULT, ENOTTY
 */
int
sys_ioctl(struct sysmsg *sysmsg __unused, const struct ioctl_args *uap)
{
	u_long small[IOCTL_SMALL / sizeof(u_long)] = { 0 };
	u_long com = uap->com & 0xffffffff;
	size_t size = IOCPARM_LEN(com);
	caddr_t big;
	int error;

	if (size > IOCPARM_MAX ||
	    ((com & (IOC_VOID | IOC_INOUT)) == 0 && size != 0))
		return (ENOTTY);
	if ((com & IOC_INOUT) == 0) {
		small[0] = (uintptr_t)uap->data; /* the argument itself */
		return (kern_ioctl(uap->fd, com, (caddr_t)small));
	}
	if (size <= sizeof(small))
		return (
		    ioctl_user(uap->fd, com, uap->data, (caddr_t)small, size));
	big = kmalloc(size, M_TEMP, M_WAITOK | M_ZERO);
	error = ioctl_user(uap->fd, com, uap->data, big, size);
	kfree(big, M_TEMP);
	return (error);
}
