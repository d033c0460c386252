/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's calls that tell of files, file systems and directories.
 */
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/malloc.h>
#include <sys/namei.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/systm.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include "linux_conv.h"

#define GETDENTS_MAX 65536 /* bytes that one getdents64 handles */
#define STAT_FLAGS                                                             \
	(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH |                     \
	    LINUX_AT_NO_AUTOMOUNT)

/* stat(2) of a path, or with AT_EMPTY_PATH and "" of the descriptor. */
static int
stat_common(int dirfd, const char *path, int lflags, struct stat *sb)
{
	uint8_t first;
	int error;

	bzero(sb, sizeof(*sb));
	if ((lflags & ~(STAT_FLAGS | LINUX_AT_STATX_SYNC)) != 0)
		return (EINVAL);
	if ((lflags & LINUX_AT_EMPTY_PATH) != 0 && dirfd != LINUX_AT_FDCWD) {
		error = copyin(path, &first, 1);
		if (error != 0)
			return (error);
		if (first == '\0')
			return (kern_fstat(dirfd, sb));
	}
	return (kern_stat(linux_dirfd(dirfd), path,
	    (lflags & LINUX_AT_SYMLINK_NOFOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0,
	    sb));
}

static int
stat_to_user(int dirfd, const char *path, int lflags, struct linux_stat *ulsb)
{
	struct linux_stat lsb;
	struct stat sb;
	int error;

	error = stat_common(dirfd, path, lflags, &sb);
	if (error != 0)
		return (error);
	linux_stat_out(&sb, &lsb);
	return (copyout(&lsb, ulsb, sizeof(lsb)));
}

/** stat(2). */
int
sys_linux_stat(
    struct sysmsg *sysmsg __unused, const struct linux_stat_args *uap)
{
	return (stat_to_user(LINUX_AT_FDCWD, uap->path, 0, uap->sb));
}

/** lstat(2). */
int
sys_linux_lstat(
    struct sysmsg *sysmsg __unused, const struct linux_lstat_args *uap)
{
	return (stat_to_user(
	    LINUX_AT_FDCWD, uap->path, LINUX_AT_SYMLINK_NOFOLLOW, uap->sb));
}

/** newfstatat(2). */
int
sys_linux_newfstatat(
    struct sysmsg *sysmsg __unused, const struct linux_newfstatat_args *uap)
{
	if ((uap->flags & LINUX_AT_STATX_SYNC) != 0)
		return (EINVAL);
	return (stat_to_user(uap->fd, uap->path, uap->flags, uap->sb));
}

/** fstat(2). */
int
sys_linux_fstat(
    struct sysmsg *sysmsg __unused, const struct linux_fstat_args *uap)
{
	struct linux_stat lsb;
	struct stat sb;
	int error;

	error = kern_fstat(uap->fd, &sb);
	if (error != 0)
		return (error);
	linux_stat_out(&sb, &lsb);
	return (copyout(&lsb, uap->sb, sizeof(lsb)));
}

/** statx(2). */
int
sys_linux_statx(
    struct sysmsg *sysmsg __unused, const struct linux_statx_args *uap)
{
	struct linux_statx stx;
	struct stat sb;
	int error;

	error = stat_common(uap->fd, uap->path, uap->flags, &sb);
	if (error != 0)
		return (error);
	linux_statx_out(&sb, &stx);
	return (copyout(&stx, uap->buf, sizeof(stx)));
}

static int
statfs_to_user(const struct statvfs *sv, struct linux_statfs *ulsf)
{
	struct linux_statfs lsf;

	linux_statfs_out(sv, &lsf);
	return (copyout(&lsf, ulsf, sizeof(lsf)));
}

/** statfs(2). */
int
sys_linux_statfs(
    struct sysmsg *sysmsg __unused, const struct linux_statfs_args *uap)
{
	struct statvfs sv;
	int error;

	error = kern_statvfs(uap->path, &sv);
	return (error != 0 ? error : statfs_to_user(&sv, uap->buf));
}

/** fstatfs(2). */
int
sys_linux_fstatfs(
    struct sysmsg *sysmsg __unused, const struct linux_fstatfs_args *uap)
{
	struct statvfs sv;
	int error;

	error = kern_fstatvfs(uap->fd, &sv);
	return (error != 0 ? error : statfs_to_user(&sv, uap->buf));
}

/* Reads native entries into `in` and makes Linux's of them in `out`.  When
 * all of a batch was without names, the next one is read. */
static int
read_dirents(
    int fd, char *in, size_t room, char *out, size_t size, size_t *used)
{
	off_t base, next;
	size_t n;
	int error;

	do {
		error = kern_getdirentries(
		    fd, in, room, UIO_SYSSPACE, &base, &n);
		if (error != 0 || n == 0)
			return (error);
		error = kern_lseek(fd, 0, SEEK_CUR, &next);
		if (error != 0)
			return (error);
		*used = linux_dirents(in, n, base, next, out, size);
	} while (*used == 0);
	return (0);
}

/** getdents64(2). */
int
sys_linux_getdents64(
    struct sysmsg *sysmsg, const struct linux_getdents64_args *uap)
{
	size_t size = MIN(uap->count, GETDENTS_MAX), used = 0;
	/* Linux's entries are up to a third longer. */
	size_t room = rounddown2(size / 4 * 3, 8);
	char *in, *out;
	int error;

	if (room < _DIRENT_RECLEN(1))
		return (EINVAL);
	in = kmalloc(room, M_TEMP, M_WAITOK);
	out = kmalloc(size, M_TEMP, M_WAITOK);
	error = read_dirents(uap->fd, in, room, out, size, &used);
	if (error == 0)
		error = copyout(out, uap->buf, used);
	kfree(out, M_TEMP);
	kfree(in, M_TEMP);
	sysmsg->sysmsg_szresult = used;
	return (error);
}

/** getcwd(2). */
int
sys_linux_getcwd(struct sysmsg *sysmsg, const struct linux_getcwd_args *uap)
{
	char *buf = kmalloc(MAXPATHLEN, M_TEMP, M_WAITOK), *start;
	size_t len;
	int error;

	error = kern_getcwd(buf, MAXPATHLEN, &start);
	if (error == 0) {
		len = strlen(start) + 1;
		error = len > uap->size ? ERANGE
					: copyout(start, uap->buf, len);
		sysmsg->sysmsg_szresult = len;
	}
	kfree(buf, M_TEMP);
	return (error);
}
