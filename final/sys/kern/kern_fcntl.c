/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls on descriptors: close, dup, fcntl, flock, fstat and relatives.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

/* F_SETFL: the O_* that may change; the file is told of two of them. */
static int
set_flags(struct file *fp, int oflags)
{
	u_int old, new;
	int error = 0, on;

	do {
		old = fp->f_flag;
		new = (old & ~FCNTLFLAGS) | (FFLAGS(oflags) & FCNTLFLAGS);
	} while (!atomic_cmpset_int(&fp->f_flag, old, new));
	if (((old ^ new) & FNONBLOCK) != 0) {
		on = (new &FNONBLOCK) != 0;
		fp->f_ops->fo_ioctl(fp, FIONBIO, (caddr_t)&on, fp->f_cred);
	}
	if (((old ^ new) & FASYNC) != 0) {
		on = (new &FASYNC) != 0;
		error = fp->f_ops->fo_ioctl(
		    fp, FIOASYNC, (caddr_t)&on, fp->f_cred);
		if (error == ENOTTY || error == ENOIOCTL)
			error = 0;
		if (error != 0)
			atomic_clear_int(&fp->f_flag, FASYNC);
	}
	return (error);
}

static int
get_owner(struct file *fp, long *res)
{
	int owner = 0, error;

	error = fp->f_ops->fo_ioctl(fp, FIOGETOWN, (caddr_t)&owner, fp->f_cred);
	*res = owner;
	return (error == ENOIOCTL ? ENOTTY : error);
}

static int
set_owner(struct file *fp, long arg)
{
	int owner = arg, error;

	error = fp->f_ops->fo_ioctl(fp, FIOSETOWN, (caddr_t)&owner, fp->f_cred);
	return (error == ENOIOCTL ? ENOTTY : error);
}

/* F_SETLK, F_SETLKW and F_GETLK. */
static int
record_lock(struct file *fp, int cmd, struct flock *fl)
{
	int flags = F_POSIX | (cmd == F_SETLKW ? F_WAIT : 0);

	if (fp->f_type != DTYPE_VNODE)
		return (EBADF);
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK &&
	    (fl->l_type != F_UNLCK || cmd == F_GETLK))
		return (EINVAL);
	if (cmd != F_GETLK &&
	    ((fl->l_type == F_RDLCK && (fp->f_flag & FREAD) == 0) ||
		(fl->l_type == F_WRLCK && (fp->f_flag & FWRITE) == 0)))
		return (EBADF);
	if (fl->l_whence == SEEK_CUR) { /* only we know where that is */
		if (fl->l_start > 0 &&
		    fp->f_offset > RLIM_INFINITY - fl->l_start)
			return (EOVERFLOW);
		fl->l_start += fp->f_offset;
		fl->l_whence = SEEK_SET;
	}
	return (vop_advlock(fp, cmd == F_GETLK ? F_GETLK : F_SETLK, fl, flags));
}

/* What fcntl asks of one open file. */
static int
fcntl_file(struct file *fp, int cmd, long arg, long *res)
{
	switch (cmd) {
	case F_GETFL:
		*res = OFLAGS((int)fp->f_flag);
		return (0);
	case F_SETFL:
		return (set_flags(fp, arg));
	case F_GETOWN:
		return (get_owner(fp, res));
	case F_SETOWN:
		return (set_owner(fp, arg));
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		return (record_lock(fp, cmd, (struct flock *)arg));
	default:
		return (EINVAL);
	}
}

/* FD_CLOEXEC: told (set < 0) or changed. */
static int
fd_flags(int fd, int set, long *res)
{
	struct filedesc *fdp = curproc->p_fd;
	int error = EBADF;

	spin_lock(&fdp->fd_spin);
	if ((u_int)fd < (u_int)fdp->fd_nfiles && fdp->fd_files[fd].fp != NULL) {
		if (set >= 0)
			fdp->fd_files[fd].fileflags = set & FD_CLOEXEC;
		else
			*res = fdp->fd_files[fd].fileflags;
		error = 0;
	}
	spin_unlock(&fdp->fd_spin);
	return (error);
}

/**
 * Sets or clears FD_CLOEXEC.  Under mp_token.
 * @param fd	descriptor
 * @param on	close it at execve
 * @return	0 or EBADF
 */
int
kern_setcloexec(int fd, bool on)
{
	long unused;

	return (fd_flags(fd, on ? FD_CLOEXEC : 0, &unused));
}

/**
 * fcntl(2).  Under mp_token; may sleep.
 * @param fd	descriptor
 * @param cmd	F_*
 * @param arg	a number; for locks a struct flock in the kernel
 * @param res	set to the result
 * @return	0 or an error
 */
int
kern_fcntl(int fd, int cmd, long arg, long *res)
{
	struct file *fp;
	int error, newfd;

	*res = 0;
	switch (cmd) {
	case F_GETFD:
		return (fd_flags(fd, -1, res));
	case F_SETFD:
		return (fd_flags(fd, arg & FD_CLOEXEC, res));
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		if (arg < 0 || arg > 0x7fffffff)
			return (EINVAL);
		error = kern_dup(
		    DUP_VARIABLE, fd, arg, cmd == F_DUPFD_CLOEXEC, &newfd);
		*res = newfd;
		return (error);
	case F_DUP2FD:
		if (arg < 0 || arg > 0x7fffffff)
			return (EBADF);
		error = kern_dup(DUP_FIXED, fd, arg, false, &newfd);
		*res = newfd;
		return (error);
	}
	fp = holdfp(curproc->p_fd, fd, -1);
	if (fp == NULL)
		return (EBADF);
	error = fcntl_file(fp, cmd, arg, res);
	fdrop(fp);
	return (error);
}

/**
 * flock(2).  Under mp_token; may sleep.
 * @param fd	descriptor
 * @param how	LOCK_*
 * @return	0, EBADF, EOPNOTSUPP: not a file that has locks, EINVAL,
 *		EWOULDBLOCK
 */
int
kern_flock(int fd, int how)
{
	struct flock fl = { .l_whence = 0 };
	struct file *fp;
	int error;

	fp = holdfp(curproc->p_fd, fd, -1);
	if (fp == NULL)
		return (EBADF);
	error = EINVAL;
	if (fp->f_type != DTYPE_VNODE)
		error = EOPNOTSUPP;
	else if ((how & LOCK_UN) != 0)
		fl.l_type = F_UNLCK;
	else if ((how & LOCK_EX) != 0)
		fl.l_type = F_WRLCK;
	else if ((how & LOCK_SH) != 0)
		fl.l_type = F_RDLCK;
	if (fl.l_type != 0)
		error = vop_advlock(fp, F_SETLK, &fl,
		    F_FLOCK | ((how & LOCK_NB) != 0 ? 0 : F_WAIT));
	fdrop(fp);
	return (error);
}

/**
 * fstat(2).  Under mp_token; may sleep.
 * @param fd	descriptor
 * @param sb	filled in
 * @return	0, EBADF, or what the file says
 */
int
kern_fstat(int fd, struct stat *sb)
{
	struct file *fp;
	int error;

	fp = holdfp(curproc->p_fd, fd, -1);
	if (fp == NULL)
		return (EBADF);
	bzero(sb, sizeof(*sb));
	error = fp->f_ops->fo_stat(fp, sb, fp->f_cred);
	fdrop(fp);
	return (error);
}

/* --- the calls themselves --- */

/**
 * close(fd): gives a descriptor back.  May sleep.  @return
 * kern_close()'s
 */
int
sys_close(struct sysmsg *sysmsg __unused, const struct close_args *uap)
{
	return (kern_close(uap->fd));
}

/**
 * closefrom(fd): gives back all descriptors from fd on.  @return 0, EBADF: fd
 * is negative
 */
int
sys_closefrom(struct sysmsg *sysmsg __unused, const struct closefrom_args *uap)
{
	if (uap->fd < 0)
		return (EBADF);
	closefrom(curproc, uap->fd);
	return (0);
}

/**
 * dup(fd): one more descriptor of an open file.  @return
 * kern_dup()'s; result: the lowest free one
 */
int
sys_dup(struct sysmsg *sysmsg, const struct dup_args *uap)
{
	return (
	    kern_dup(DUP_VARIABLE, uap->fd, 0, false, &sysmsg->sysmsg_result));
}

/**
 * dup2(from, to): the same, a descriptor chosen by the caller, which is closed
 * first.  @return kern_dup()'s; result: to
 */
int
sys_dup2(struct sysmsg *sysmsg, const struct dup2_args *uap)
{
	return (kern_dup(
	    DUP_FIXED, uap->from, uap->to, false, &sysmsg->sysmsg_result));
}

/** getdtablesize(): @return 0; result: how many descriptors there may be */
int
sys_getdtablesize(
    struct sysmsg *sysmsg, const struct getdtablesize_args *uap __unused)
{
	sysmsg->sysmsg_result = kern_getdtablesize();
	return (0);
}

/**
 * fcntl(fd, cmd, arg): F_*, locks included.  May sleep.  @return
 * kern_fcntl()'s, EFAULT; result: as cmd has it
 */
int
sys_fcntl(struct sysmsg *sysmsg, const struct fcntl_args *uap)
{
	struct flock fl;
	bool lock = uap->cmd == F_GETLK || uap->cmd == F_SETLK ||
	    uap->cmd == F_SETLKW;
	long arg = uap->arg, res;
	int error;

	if (lock) {
		error = copyin((const void *)uap->arg, &fl, sizeof(fl));
		if (error != 0)
			return (error);
		arg = (long)&fl;
	}
	error = kern_fcntl(uap->fd, uap->cmd, arg, &res);
	if (error == 0 && uap->cmd == F_GETLK)
		error = copyout(&fl, (void *)uap->arg, sizeof(fl));
	if (error == 0)
		sysmsg->sysmsg_result = res;
	return (error);
}

/** flock(fd, how): locks a whole file.  May sleep.  @return kern_flock()'s */
int
sys_flock(struct sysmsg *sysmsg __unused, const struct flock_args *uap)
{
	return (kern_flock(uap->fd, uap->how));
}

/**
 * fstat(fd, sb): tells what an open file is.  @return
 * kern_fstat()'s, EFAULT
 */
int
sys_fstat(struct sysmsg *sysmsg __unused, const struct fstat_args *uap)
{
	struct stat sb;
	int error;

	error = kern_fstat(uap->fd, &sb);
	if (error == 0)
		error = copyout(&sb, uap->sb, sizeof(sb));
	return (error);
}
