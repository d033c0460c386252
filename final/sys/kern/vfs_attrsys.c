/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls that tell and change what is known of a file: stat, access,
 * readlink, chmod, chown, utimes, truncate.
 *
 * Who may change what is decided here, before VOP_SETATTR, the same for every
 * file system.
 */
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* Looks a path up; flag: AT_SYMLINK_NOFOLLOW. */
static int
lookup(struct nlookupdata *nd, int dirfd, const char *upath, int flag)
{
	int error;

	error = nlookup_init_at(nd, dirfd, upath, UIO_USERSPACE, NAMEI_LOOKUP,
	    (flag & AT_SYMLINK_NOFOLLOW) != 0 ? 0 : NLC_FOLLOW);
	return (error != 0 ? error : nlookup(nd));
}

/**
 * stat(2) and lstat(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param flag	AT_SYMLINK_NOFOLLOW, or 0
 * @param sb	filled in
 * @return	0 or an errno
 */
int
kern_stat(int dirfd, const char *upath, int flag, struct stat *sb)
{
	struct nlookupdata nd;
	int error;

	if ((flag & ~AT_SYMLINK_NOFOLLOW) != 0)
		return (EINVAL);
	error = lookup(&nd, dirfd, upath, flag);
	if (error == 0)
		error = vn_stat(nd.nl_vp, sb, nd.nl_cred);
	nlookup_done(&nd);
	return (error);
}

static int
stat_out(int dirfd, const char *upath, int flag, struct stat *usb)
{
	struct stat sb;
	int error;

	error = kern_stat(dirfd, upath, flag, &sb);
	return (error != 0 ? error : copyout(&sb, usb, sizeof(sb)));
}

/** stat(path, ub). @return as kern_stat() */
int
sys_stat(struct sysmsg *sysmsg __unused, const struct stat_args *uap)
{
	return (stat_out((int)AT_FDCWD, uap->path, 0, uap->ub));
}

/** lstat(path, ub). @return as kern_stat() */
int
sys_lstat(struct sysmsg *sysmsg __unused, const struct lstat_args *uap)
{
	return (
	    stat_out((int)AT_FDCWD, uap->path, AT_SYMLINK_NOFOLLOW, uap->ub));
}

/** fstatat(fd, path, sb, flags). @return as kern_stat() */
int
sys_fstatat(struct sysmsg *sysmsg __unused, const struct fstatat_args *uap)
{
	return (stat_out(uap->fd, uap->path, uap->flags, uap->sb));
}

/* access(2) asks for the real user, unless told otherwise. */
static void
use_real_ids(struct nlookupdata *nd)
{
	struct ucred *cred = nd->nl_cred, *real;

	if (cred->cr_uid == cred->cr_ruid && cred->cr_gid == cred->cr_rgid)
		return;
	real = crdup(cred);
	real->cr_uid = cred->cr_ruid;
	real->cr_gid = cred->cr_rgid;
	nd->nl_cred = real;
	crfree(cred);
}

/**
 * access(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param amode	R_OK, W_OK, X_OK; F_OK: it is there
 * @param flag	AT_EACCESS: by the effective user; AT_SYMLINK_NOFOLLOW
 * @return	0, EACCES, EROFS, or another errno
 */
int
kern_access(int dirfd, const char *upath, int amode, int flag)
{
	struct nlookupdata nd;
	int mode = 0, error;

	if ((amode & ~(R_OK | W_OK | X_OK)) != 0 ||
	    (flag & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW)) != 0)
		return (EINVAL);
	error = nlookup_init_at(&nd, dirfd, upath, UIO_USERSPACE, NAMEI_LOOKUP,
	    (flag & AT_SYMLINK_NOFOLLOW) != 0 ? 0 : NLC_FOLLOW);
	if (error == 0 && (flag & AT_EACCESS) == 0)
		use_real_ids(&nd);
	if (error == 0)
		error = nlookup(&nd);
	mode |= (amode & R_OK) != 0 ? VREAD : 0;
	mode |= (amode & W_OK) != 0 ? VWRITE : 0;
	mode |= (amode & X_OK) != 0 ? VEXEC : 0;
	if (error == 0 && mode != 0)
		error = VOP_ACCESS(nd.nl_vp, mode, nd.nl_cred);
	nlookup_done(&nd);
	return (error);
}

/** access(path, flags). @return as kern_access() */
int
sys_access(struct sysmsg *sysmsg __unused, const struct access_args *uap)
{
	return (kern_access((int)AT_FDCWD, uap->path, uap->flags, 0));
}

/** faccessat(fd, path, amode, flags). @return as kern_access() */
int
sys_faccessat(struct sysmsg *sysmsg __unused, const struct faccessat_args *uap)
{
	return (kern_access(uap->fd, uap->path, uap->amode, uap->flags));
}

/**
 * readlink(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param ubuf	the process's buffer; no NUL is written
 * @param n	its bytes
 * @param res	set to the bytes written
 * @return	0, EINVAL: not a link; or another errno
 */
int
kern_readlink(int dirfd, const char *upath, char *ubuf, size_t n, size_t *res)
{
	struct iovec iov = { ubuf, n };
	struct uio uio = {
		.uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_resid = n,
		.uio_segflg = UIO_USERSPACE,
		.uio_rw = UIO_READ,
	};
	struct nlookupdata nd;
	int error;

	if (n == 0 || n > 0x7fffffff)
		return (EINVAL);
	error = lookup(&nd, dirfd, upath, AT_SYMLINK_NOFOLLOW);
	if (error == 0)
		error = VOP_READLINK(nd.nl_vp, &uio, nd.nl_cred);
	*res = n - uio.uio_resid;
	nlookup_done(&nd);
	return (error);
}

/** readlink(path, buf, count). @return as kern_readlink() */
int
sys_readlink(struct sysmsg *sysmsg, const struct readlink_args *uap)
{
	return (kern_readlink((int)AT_FDCWD, uap->path, uap->buf, uap->count,
	    &sysmsg->sysmsg_szresult));
}

/** readlinkat(fd, path, buf, bufsize). @return as kern_readlink() */
int
sys_readlinkat(struct sysmsg *sysmsg, const struct readlinkat_args *uap)
{
	return (kern_readlink(uap->fd, uap->path, uap->buf, uap->bufsize,
	    &sysmsg->sysmsg_szresult));
}

/** What is done to a file once it has been found; vp is locked. */
typedef int
change_t(struct vnode *vp, const struct vattr *va, struct ucred *cred);

static int
change_vnode(struct vnode *vp, const struct vattr *va, struct ucred *cred,
    change_t *change)
{
	if (vp->v_mount != NULL && (vp->v_mount->mnt_flag & MNT_RDONLY) != 0)
		return (EROFS);
	return (change(vp, va, cred));
}

/* Of a path, or of dirfd itself if there is none. */
static int
change_file(int dirfd, const char *upath, int flag, const struct vattr *va,
    change_t *change)
{
	struct nlookupdata nd;
	struct vnode *vp;
	struct file *fp;
	int error;

	if ((flag & ~AT_SYMLINK_NOFOLLOW) != 0)
		return (EINVAL);
	if (upath == NULL) {
		error = holdvnode(curproc->p_fd, dirfd, &fp);
		if (error != 0)
			return (error);
		vp = fp->f_data;
		vn_lock(vp, LK_EXCLUSIVE);
		error = change_vnode(vp, va, curproc->p_ucred, change);
		vn_unlock(vp);
		fdrop(fp);
		return (error);
	}
	error = lookup(&nd, dirfd, upath, flag);
	if (error == 0)
		error = change_vnode(nd.nl_vp, va, nd.nl_cred, change);
	nlookup_done(&nd);
	return (error);
}

/* The owner may, and the super-user. */
static int
check_owner(struct vnode *vp, struct ucred *cred, struct vattr *now)
{
	int error;

	error = VOP_GETATTR(vp, now);
	if (error == 0 && now->va_uid != cred->cr_uid)
		error = suser(cred);
	return (error);
}

static int
change_mode(struct vnode *vp, const struct vattr *va, struct ucred *cred)
{
	struct vattr now, new = *va;
	int error;

	error = check_owner(vp, cred, &now);
	if (error != 0)
		return (error);
	if (cred->cr_uid != 0) {
		if ((new.va_mode &S_ISVTX) != 0 && vp->v_type != VDIR)
			return (EFTYPE);
		if (!groupmember(now.va_gid, cred))
			new.va_mode &= ~S_ISGID;
	}
	return (VOP_SETATTR(vp, &new, cred));
}

/**
 * chmod(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path, or NULL: dirfd itself
 * @param mode	rights
 * @param flag	AT_SYMLINK_NOFOLLOW, or 0
 * @return	0, EPERM, EFTYPE, EROFS, or another errno
 */
int
kern_chmod(int dirfd, const char *upath, int mode, int flag)
{
	struct vattr va;

	vattr_null(&va);
	va.va_mode = mode & ALLPERMS;
	return (change_file(dirfd, upath, flag, &va, change_mode));
}

/** chmod(path, mode). @return as kern_chmod() */
int
sys_chmod(struct sysmsg *sysmsg __unused, const struct chmod_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (kern_chmod((int)AT_FDCWD, uap->path, uap->mode, 0));
}

/** fchmod(fd, mode). @return as kern_chmod() */
int
sys_fchmod(struct sysmsg *sysmsg __unused, const struct fchmod_args *uap)
{
	return (kern_chmod(uap->fd, NULL, uap->mode, 0));
}

/** fchmodat(fd, path, mode, flags). @return as kern_chmod() */
int
sys_fchmodat(struct sysmsg *sysmsg __unused, const struct fchmodat_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (kern_chmod(uap->fd, uap->path, uap->mode, uap->flags));
}

/* The owner may give the file to another group of theirs, no more. */
static int
change_owner(struct vnode *vp, const struct vattr *va, struct ucred *cred)
{
	struct vattr now, new = *va;
	int error;

	error = VOP_GETATTR(vp, &now);
	if (error != 0)
		return (error);
	if (now.va_uid != cred->cr_uid ||
	    (new.va_uid != (uid_t)VNOVAL &&new.va_uid != now.va_uid) ||
	    (new.va_gid != (gid_t)VNOVAL &&new.va_gid != now.va_gid &&
		!groupmember(new.va_gid, cred))) {
		error = suser(cred);
		if (error != 0)
			return (error);
	}
	error = VOP_SETATTR(vp, &new, cred);
	if (error != 0 || cred->cr_uid == 0 ||
	    (now.va_mode & (S_ISUID | S_ISGID)) == 0)
		return (error);
	/* Rights of somebody else are not kept. */
	vattr_null(&new);
	new.va_mode = now.va_mode &ALLPERMS & ~(S_ISUID | S_ISGID);
	return (VOP_SETATTR(vp, &new, cred));
}

/**
 * chown(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path, or NULL: dirfd itself
 * @param uid	owner, -1: stays
 * @param gid	group, -1: stays
 * @param flag	AT_SYMLINK_NOFOLLOW, or 0
 * @return	0, EPERM, EROFS, or another errno
 */
int
kern_chown(int dirfd, const char *upath, uid_t uid, gid_t gid, int flag)
{
	struct vattr va;

	vattr_null(&va);
	va.va_uid = uid;
	va.va_gid = gid;
	return (change_file(dirfd, upath, flag, &va, change_owner));
}

/** chown(path, uid, gid). @return as kern_chown() */
int
sys_chown(struct sysmsg *sysmsg __unused, const struct chown_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (kern_chown((int)AT_FDCWD, uap->path, uap->uid, uap->gid, 0));
}

/** lchown(path, uid, gid). @return as kern_chown() */
int
sys_lchown(struct sysmsg *sysmsg __unused, const struct lchown_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (kern_chown(
	    (int)AT_FDCWD, uap->path, uap->uid, uap->gid, AT_SYMLINK_NOFOLLOW));
}

/** fchown(fd, uid, gid). @return as kern_chown() */
int
sys_fchown(struct sysmsg *sysmsg __unused, const struct fchown_args *uap)
{
	return (kern_chown(uap->fd, NULL, uap->uid, uap->gid, 0));
}

/** fchownat(fd, path, uid, gid, flags). @return as kern_chown() */
int
sys_fchownat(struct sysmsg *sysmsg __unused, const struct fchownat_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (kern_chown(uap->fd, uap->path, uap->uid, uap->gid, uap->flags));
}

/* Who may write may say that it was now; other times are the owner's. */
static int
change_times(struct vnode *vp, const struct vattr *va, struct ucred *cred)
{
	struct vattr now, new = *va;
	int error;

	error = check_owner(vp, cred, &now);
	if (error == EPERM && (va->va_vaflags & VA_UTIMES_NULL) != 0)
		error = VOP_ACCESS(vp, VWRITE, cred);
	return (error != 0 ? error : VOP_SETATTR(vp, &new, cred));
}

/* One of the two times, by utimensat's rules. */
static int
one_time(
    const struct timespec *ts, const struct timespec *now, struct timespec *res)
{
	if (ts->tv_nsec == UTIME_NOW)
		*res = *now;
	else if (ts->tv_nsec == UTIME_OMIT)
		*res = (struct timespec){ VNOVAL, VNOVAL };
	else if (ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000)
		return (EINVAL);
	else
		*res = *ts;
	return (0);
}

/**
 * utimensat(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path, or NULL: dirfd itself
 * @param ts	times of access and of change, in the kernel; NULL: now
 * @param flag	AT_SYMLINK_NOFOLLOW, or 0
 * @return	0, EPERM, EACCES, EINVAL, EROFS, or another errno
 */
int
kern_utimensat(
    int dirfd, const char *upath, const struct timespec ts[2], int flag)
{
	const struct timespec both_now[2] = { { 0, UTIME_NOW },
		{ 0, UTIME_NOW } };
	struct timespec now;
	struct vattr va;
	int error;

	if (ts == NULL)
		ts = both_now;
	vattr_null(&va);
	if (ts[0].tv_nsec == UTIME_NOW && ts[1].tv_nsec == UTIME_NOW)
		va.va_vaflags = VA_UTIMES_NULL;
	nanotime(&now);
	error = one_time(&ts[0], &now, &va.va_atime);
	if (error == 0)
		error = one_time(&ts[1], &now, &va.va_mtime);
	if (error != 0)
		return (error);
	return (change_file(dirfd, upath, flag, &va, change_times));
}

/* struct timevals of the process become timespecs. */
static int
copyin_times(const struct timeval *utv, struct timespec ts[2])
{
	struct timeval tv[2];
	int error;

	error = copyin(utv, tv, sizeof(tv));
	for (u_int i = 0; i < 2 && error == 0; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			error = EINVAL;
		ts[i].tv_sec = tv[i].tv_sec;
		ts[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return (error);
}

static int
set_times(int dirfd, const char *upath, const struct timeval *utv, int flag)
{
	struct timespec ts[2];
	int error = 0;

	if (utv != NULL)
		error = copyin_times(utv, ts);
	return (error != 0
		? error
		: kern_utimensat(dirfd, upath, utv != NULL ? ts : NULL, flag));
}

/** utimes(path, tptr). @return as kern_utimensat() */
int
sys_utimes(struct sysmsg *sysmsg __unused, const struct utimes_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (set_times((int)AT_FDCWD, uap->path, uap->tptr, 0));
}

/** lutimes(path, tptr). @return as kern_utimensat() */
int
sys_lutimes(struct sysmsg *sysmsg __unused, const struct lutimes_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (set_times(
	    (int)AT_FDCWD, uap->path, uap->tptr, AT_SYMLINK_NOFOLLOW));
}

/** futimes(fd, tptr). @return as kern_utimensat() */
int
sys_futimes(struct sysmsg *sysmsg __unused, const struct futimes_args *uap)
{
	return (set_times(uap->fd, NULL, uap->tptr, 0));
}

static int
set_times_ns(int dirfd, const char *upath, const struct timespec *uts, int flag)
{
	struct timespec ts[2];
	int error = 0;

	if (uts != NULL)
		error = copyin(uts, ts, sizeof(ts));
	return (error != 0
		? error
		: kern_utimensat(dirfd, upath, uts != NULL ? ts : NULL, flag));
}

/** utimensat(fd, path, ts, flags). @return as kern_utimensat() */
int
sys_utimensat(struct sysmsg *sysmsg __unused, const struct utimensat_args *uap)
{
	if (uap->path == NULL)
		return (EFAULT);
	return (set_times_ns(uap->fd, uap->path, uap->ts, uap->flags));
}

/** futimens(fd, ts). @return as kern_utimensat() */
int
sys_futimens(struct sysmsg *sysmsg __unused, const struct futimens_args *uap)
{
	return (set_times_ns(uap->fd, NULL, uap->ts, 0));
}
