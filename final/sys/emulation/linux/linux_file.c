/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's calls that open, make, name and remove files, and those on
 * descriptors.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>
#include "linux_conv.h"

/* Native flags of a path: those of `known` that are set; EINVAL: others. */
static int
at_flags(int lflags, int known, int *flags)
{
	if ((lflags & ~known) != 0)
		return (EINVAL);
	*flags = 0;
	if ((lflags & LINUX_AT_SYMLINK_NOFOLLOW) != 0)
		*flags |= AT_SYMLINK_NOFOLLOW;
	if ((lflags & LINUX_AT_SYMLINK_FOLLOW) != 0)
		*flags |= AT_SYMLINK_FOLLOW;
	return (0);
}

static int
open_common(int dirfd, const char *path, int lflags, int mode, int *res)
{
	int flags, error;

	error = linux_open_flags(lflags, &flags);
	if (error != 0)
		return (error);
	return (kern_open(linux_dirfd(dirfd), path, flags, mode, res));
}

/** open(2). */
int
sys_linux_open(struct sysmsg *sysmsg, const struct linux_open_args *uap)
{
	return (open_common(LINUX_AT_FDCWD, uap->path, uap->flags, uap->mode,
	    &sysmsg->sysmsg_result));
}

/** openat(2). */
int
sys_linux_openat(struct sysmsg *sysmsg, const struct linux_openat_args *uap)
{
	return (open_common(
	    uap->fd, uap->path, uap->flags, uap->mode, &sysmsg->sysmsg_result));
}

/** creat(2). */
int
sys_linux_creat(struct sysmsg *sysmsg, const struct linux_creat_args *uap)
{
	return (kern_open((int)AT_FDCWD, uap->path,
	    O_WRONLY | O_CREAT | O_TRUNC, uap->mode, &sysmsg->sysmsg_result));
}

/** mkdirat(2). */
int
sys_linux_mkdirat(
    struct sysmsg *sysmsg __unused, const struct linux_mkdirat_args *uap)
{
	return (kern_mkdir(linux_dirfd(uap->fd), uap->path, uap->mode));
}

/** mknod(2). */
int
sys_linux_mknod(
    struct sysmsg *sysmsg __unused, const struct linux_mknod_args *uap)
{
	return (kern_mknod(
	    (int)AT_FDCWD, uap->path, uap->mode, linux_dev_in(uap->dev)));
}

/** mknodat(2). */
int
sys_linux_mknodat(
    struct sysmsg *sysmsg __unused, const struct linux_mknodat_args *uap)
{
	return (kern_mknod(linux_dirfd(uap->fd), uap->path, uap->mode,
	    linux_dev_in(uap->dev)));
}

/* Linux has an error of its own for a directory: BSD says EPERM. */
static int
unlink_file(int dirfd, const char *path)
{
	int error = kern_unlink(dirfd, path, 0);
	struct stat sb;

	if (error == EPERM &&
	    kern_stat(dirfd, path, AT_SYMLINK_NOFOLLOW, &sb) == 0 &&
	    S_ISDIR(sb.st_mode))
		error = EISDIR;
	return (error);
}

/** unlink(2). */
int
sys_linux_unlink(
    struct sysmsg *sysmsg __unused, const struct linux_unlink_args *uap)
{
	return (unlink_file((int)AT_FDCWD, uap->path));
}

/** unlinkat(2). */
int
sys_linux_unlinkat(
    struct sysmsg *sysmsg __unused, const struct linux_unlinkat_args *uap)
{
	if ((uap->flags & ~LINUX_AT_REMOVEDIR) != 0)
		return (EINVAL);
	if (uap->flags == 0)
		return (unlink_file(linux_dirfd(uap->fd), uap->path));
	return (kern_unlink(linux_dirfd(uap->fd), uap->path, AT_REMOVEDIR));
}

/** renameat(2). */
int
sys_linux_renameat(
    struct sysmsg *sysmsg __unused, const struct linux_renameat_args *uap)
{
	return (kern_rename(linux_dirfd(uap->oldfd), uap->old,
	    linux_dirfd(uap->newfd), uap->new));
}

/**
 * renameat2(2).
 * RENAME_NOREPLACE looks before it renames: if one of the two sleeps, another
 * process may make the name in between.
 */
int
sys_linux_renameat2(
    struct sysmsg *sysmsg __unused, const struct linux_renameat2_args *uap)
{
	int newfd = linux_dirfd(uap->newfd);
	struct stat sb;

	if ((uap->flags & ~LINUX_RENAME_NOREPLACE) != 0)
		return (EINVAL);
	if (uap->flags != 0 &&
	    kern_stat(newfd, uap->new, AT_SYMLINK_NOFOLLOW, &sb) == 0)
		return (EEXIST);
	return (
	    kern_rename(linux_dirfd(uap->oldfd), uap->old, newfd, uap->new));
}

/** linkat(2). */
int
sys_linux_linkat(
    struct sysmsg *sysmsg __unused, const struct linux_linkat_args *uap)
{
	int flags, error;

	error = at_flags(uap->flags, LINUX_AT_SYMLINK_FOLLOW, &flags);
	if (error != 0)
		return (error);
	return (kern_link(linux_dirfd(uap->fd1), uap->path1,
	    linux_dirfd(uap->fd2), uap->path2, flags));
}

/** symlinkat(2). */
int
sys_linux_symlinkat(
    struct sysmsg *sysmsg __unused, const struct linux_symlinkat_args *uap)
{
	return (kern_symlink(uap->path1, linux_dirfd(uap->fd), uap->path2));
}

static int
readlink_common(
    struct sysmsg *sysmsg, int dirfd, const char *path, char *buf, int count)
{
	if (count <= 0)
		return (EINVAL);
	return (
	    kern_readlink(dirfd, path, buf, count, &sysmsg->sysmsg_szresult));
}

/** readlink(2). */
int
sys_linux_readlink(struct sysmsg *sysmsg, const struct linux_readlink_args *uap)
{
	return (readlink_common(
	    sysmsg, (int)AT_FDCWD, uap->path, uap->buf, uap->count));
}

/** readlinkat(2). */
int
sys_linux_readlinkat(
    struct sysmsg *sysmsg, const struct linux_readlinkat_args *uap)
{
	return (readlink_common(
	    sysmsg, linux_dirfd(uap->fd), uap->path, uap->buf, uap->count));
}

/* --- rights, owners, times --- */

/** faccessat(2). */
int
sys_linux_faccessat(
    struct sysmsg *sysmsg __unused, const struct linux_faccessat_args *uap)
{
	return (kern_access(linux_dirfd(uap->fd), uap->path, uap->amode, 0));
}

/** faccessat2(2). */
int
sys_linux_faccessat2(
    struct sysmsg *sysmsg __unused, const struct linux_faccessat2_args *uap)
{
	int flags, error;

	error = at_flags(
	    uap->flags, LINUX_AT_EACCESS | LINUX_AT_SYMLINK_NOFOLLOW, &flags);
	if (error != 0)
		return (error);
	if ((uap->flags & LINUX_AT_EACCESS) != 0)
		flags |= AT_EACCESS;
	return (
	    kern_access(linux_dirfd(uap->fd), uap->path, uap->amode, flags));
}

/** fchmodat(2). */
int
sys_linux_fchmodat(
    struct sysmsg *sysmsg __unused, const struct linux_fchmodat_args *uap)
{
	return (kern_chmod(linux_dirfd(uap->fd), uap->path, uap->mode, 0));
}

/** fchownat(2). */
int
sys_linux_fchownat(struct sysmsg *sysmsg, const struct linux_fchownat_args *uap)
{
	struct fchown_args of_fd = {
		.fd = uap->fd, .uid = uap->uid, .gid = uap->gid
	};
	int flags, error;
	uint8_t first;

	error = at_flags(uap->flags,
	    LINUX_AT_EMPTY_PATH | LINUX_AT_SYMLINK_NOFOLLOW, &flags);
	if (error == 0 && (uap->flags & LINUX_AT_EMPTY_PATH) != 0) {
		error = copyin(uap->path, &first, 1);
		if (error == 0 && first == '\0' && uap->fd != LINUX_AT_FDCWD)
			return (sys_fchown(sysmsg, &of_fd));
	}
	if (error != 0)
		return (error);
	return (kern_chown(
	    linux_dirfd(uap->fd), uap->path, uap->uid, uap->gid, flags));
}

/** truncate(2). */
int
sys_linux_truncate(
    struct sysmsg *sysmsg __unused, const struct linux_truncate_args *uap)
{
	return (kern_truncate(uap->path, uap->length));
}

/** ftruncate(2). */
int
sys_linux_ftruncate(
    struct sysmsg *sysmsg __unused, const struct linux_ftruncate_args *uap)
{
	return (kern_ftruncate(uap->fd, uap->length));
}

/** utimensat(2). */
int
sys_linux_utimensat(
    struct sysmsg *sysmsg __unused, const struct linux_utimensat_args *uap)
{
	struct timespec ts[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	int flags, error;

	error = at_flags(uap->flags, LINUX_AT_SYMLINK_NOFOLLOW, &flags);
	if (error == 0 && uap->ts != NULL)
		error = copyin(uap->ts, ts, sizeof(ts));
	for (u_int i = 0; error == 0 && uap->ts != NULL && i < 2; i++)
		error = linux_utime_in(ts[i].tv_nsec, &ts[i].tv_nsec);
	if (error != 0)
		return (error);
	if (uap->path == NULL && uap->fd == LINUX_AT_FDCWD)
		return (EFAULT);
	return (kern_utimensat(linux_dirfd(uap->fd), uap->path, ts, flags));
}

/** futimesat(2). */
int
sys_linux_futimesat(
    struct sysmsg *sysmsg __unused, const struct linux_futimesat_args *uap)
{
	struct timespec ts[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct timeval tv[2];
	int error;

	if (uap->tptr != NULL) {
		error = copyin(uap->tptr, tv, sizeof(tv));
		if (error != 0)
			return (error);
		for (u_int i = 0; i < 2; i++) {
			if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
				return (EINVAL);
			ts[i].tv_sec = tv[i].tv_sec;
			ts[i].tv_nsec = tv[i].tv_usec * 1000;
		}
	}
	return (kern_utimensat(linux_dirfd(uap->fd), uap->path, ts, 0));
}

/** utime(2). */
int
sys_linux_utime(
    struct sysmsg *sysmsg __unused, const struct linux_utime_args *uap)
{
	struct timespec ts[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	int64_t sec[2];
	int error;

	if (uap->times != NULL) {
		error = copyin(uap->times, sec, sizeof(sec));
		if (error != 0)
			return (error);
		for (u_int i = 0; i < 2; i++)
			ts[i] = (struct timespec){ .tv_sec = sec[i] };
	}
	return (kern_utimensat((int)AT_FDCWD, uap->path, ts, 0));
}

/* --- descriptors --- */

/** lseek(2). */
int
sys_linux_lseek(struct sysmsg *sysmsg, const struct linux_lseek_args *uap)
{
	return (kern_lseek(
	    uap->fd, uap->offset, uap->whence, &sysmsg->sysmsg_offset));
}

/** pread64(2). */
int
sys_linux_pread64(struct sysmsg *sysmsg, const struct linux_pread64_args *uap)
{
	struct extpread_args a = { .fd = uap->fd,
		.buf = uap->buf,
		.nbyte = uap->nbyte,
		.offset = uap->offset };

	return (uap->offset < 0 ? EINVAL : sys_extpread(sysmsg, &a));
}

/** pwrite64(2). */
int
sys_linux_pwrite64(struct sysmsg *sysmsg, const struct linux_pwrite64_args *uap)
{
	struct extpwrite_args a = { .fd = uap->fd,
		.buf = uap->buf,
		.nbyte = uap->nbyte,
		.offset = uap->offset };

	return (uap->offset < 0 ? EINVAL : sys_extpwrite(sysmsg, &a));
}

/* Pieces in the process's memory; none at all are no error, as elsewhere. */
static int
vector(struct sysmsg *sysmsg, enum uio_rw rw, int fd, const struct iovec *iov,
    u_long n, int flags, off_t offset)
{
	struct file *fp;

	if (n > UIO_MAXIOV || offset < 0)
		return (EINVAL);
	if (n == 0) {
		fp = holdfp(curproc->p_fd, fd, rw == UIO_READ ? FREAD : FWRITE);
		if (fp == NULL)
			return (EBADF);
		fdrop(fp);
		return (0);
	}
	return (kern_rwv_user(
	    rw, fd, iov, n, flags, offset, &sysmsg->sysmsg_szresult));
}

/** readv(2). */
int
sys_linux_readv(struct sysmsg *sysmsg, const struct linux_readv_args *uap)
{
	return (
	    vector(sysmsg, UIO_READ, uap->fd, uap->iovp, uap->iovcnt, 0, 0));
}

/** writev(2). */
int
sys_linux_writev(struct sysmsg *sysmsg, const struct linux_writev_args *uap)
{
	return (
	    vector(sysmsg, UIO_WRITE, uap->fd, uap->iovp, uap->iovcnt, 0, 0));
}

/** preadv(2). */
int
sys_linux_preadv(struct sysmsg *sysmsg, const struct linux_preadv_args *uap)
{
	return (vector(sysmsg, UIO_READ, uap->fd, uap->iovp, uap->iovcnt,
	    O_FOFFSET, uap->offset));
}

/** pwritev(2). */
int
sys_linux_pwritev(struct sysmsg *sysmsg, const struct linux_pwritev_args *uap)
{
	return (vector(sysmsg, UIO_WRITE, uap->fd, uap->iovp, uap->iovcnt,
	    O_FOFFSET, uap->offset));
}

/** dup3(2). */
int
sys_linux_dup3(struct sysmsg *sysmsg, const struct linux_dup3_args *uap)
{
	if (uap->from == uap->to || (uap->flags & ~LINUX_O_CLOEXEC) != 0)
		return (EINVAL);
	return (kern_dup(DUP_FIXED, uap->from, uap->to, uap->flags != 0,
	    &sysmsg->sysmsg_result));
}

static int
pipe_common(int *ufds, int lflags)
{
	int flags, error, pair[2];
	long fds[2];

	if ((lflags & ~(LINUX_O_CLOEXEC | LINUX_O_NONBLOCK | LINUX_O_DIRECT)) !=
	    0)
		return (EINVAL);
	error = linux_open_flags(
	    lflags & (LINUX_O_CLOEXEC | LINUX_O_NONBLOCK), &flags);
	if (error == 0)
		error = kern_pipe(fds, flags);
	if (error != 0)
		return (error);
	pair[0] = fds[0];
	pair[1] = fds[1];
	error = copyout(pair, ufds, sizeof(pair));
	if (error != 0) {
		kern_close(pair[0]);
		kern_close(pair[1]);
	}
	return (error);
}

/** pipe(2). */
int
sys_linux_pipe(
    struct sysmsg *sysmsg __unused, const struct linux_pipe_args *uap)
{
	return (pipe_common(uap->fds, 0));
}

/** pipe2(2). */
int
sys_linux_pipe2(
    struct sysmsg *sysmsg __unused, const struct linux_pipe2_args *uap)
{
	return (pipe_common(uap->fds, uap->flags));
}
