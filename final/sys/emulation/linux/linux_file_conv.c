/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What is said about files: flags of open(2), locks, stat(2), directories,
 * events.
 */
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/fcntl.h>
#include <sys/param.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/systm.h>
#include "linux_conv.h"

#define NSEC_PER_SEC 1000000000L

/** Flags of open(2), pairwise; the access mode is the same in both. */
static const struct {
	int lflag, flag;
} open_flags[] = {
	{ LINUX_O_CREAT, O_CREAT },
	{ LINUX_O_EXCL, O_EXCL },
	{ LINUX_O_NOCTTY, O_NOCTTY },
	{ LINUX_O_TRUNC, O_TRUNC },
	{ LINUX_O_APPEND, O_APPEND },
	{ LINUX_O_NONBLOCK, O_NONBLOCK },
	{ LINUX_O_DSYNC, O_FSYNC },
	{ LINUX_O_ASYNC, O_ASYNC },
	{ LINUX_O_DIRECT, O_DIRECT },
	{ LINUX_O_DIRECTORY, O_DIRECTORY },
	{ LINUX_O_NOFOLLOW, O_NOFOLLOW },
	{ LINUX_O_CLOEXEC, O_CLOEXEC },
};

/**
 * Linux ignores flags that it does not know.  O_PATH becomes an open for
 * reading, as near as we have it.
 * @param lflags	Linux's
 * @param flags		set to native ones
 * @return		0; EOPNOTSUPP: O_TMPFILE; EINVAL: access mode 3
 */
int
linux_open_flags(int lflags, int *flags)
{
	if ((lflags & LINUX_O_TMPFILE) == LINUX_O_TMPFILE)
		return (EOPNOTSUPP);
	if ((lflags & LINUX_O_PATH) != 0)
		lflags &= LINUX_O_DIRECTORY | LINUX_O_NOFOLLOW |
		    LINUX_O_CLOEXEC;
	*flags = lflags & LINUX_O_ACCMODE;
	if (*flags == O_ACCMODE)
		return (EINVAL);
	for (u_int i = 0; i < nitems(open_flags); i++)
		if ((lflags & open_flags[i].lflag) != 0)
			*flags |= open_flags[i].flag;
	return (0);
}

/**
 * @param flags	native ones, of F_GETFL
 * @return	Linux's
 */
int
linux_open_flags_back(int flags)
{
	int lflags = flags & O_ACCMODE;

	for (u_int i = 0; i < nitems(open_flags); i++)
		if ((flags & open_flags[i].flag) != 0)
			lflags |= open_flags[i].lflag;
	if ((flags & O_FSYNC) != 0)
		lflags |= LINUX_O_SYNC;
	return (lflags);
}

/**
 * @param fd	directory of a path, or Linux's AT_FDCWD
 * @return	the same for a native call
 */
int
linux_dirfd(int fd)
{
	if (fd == LINUX_AT_FDCWD)
		return ((int)AT_FDCWD);
	return (fd == (int)AT_FDCWD ? -1 : fd);
}

/**
 * @param lfl	from a program
 * @param fl	filled in
 * @return	0, or EINVAL: no such type
 */
int
linux_flock_in(const struct linux_flock *lfl, struct flock *fl)
{
	static const short types[] = { F_RDLCK, F_WRLCK, F_UNLCK };

	if (lfl->l_type < 0 || lfl->l_type >= (int)nitems(types))
		return (EINVAL);
	*fl = (struct flock){ .l_type = types[lfl->l_type],
		.l_whence = lfl->l_whence,
		.l_start = lfl->l_start,
		.l_len = lfl->l_len,
		.l_pid = lfl->l_pid };
	return (0);
}

/**
 * @param fl	native lock
 * @param lfl	filled in, all of it
 */
void
linux_flock_out(const struct flock *fl, struct linux_flock *lfl)
{
	bzero(lfl, sizeof(*lfl));
	lfl->l_type = fl->l_type == F_RDLCK ? LINUX_F_RDLCK
	    : fl->l_type == F_WRLCK	    ? LINUX_F_WRLCK
					    : LINUX_F_UNLCK;
	lfl->l_whence = fl->l_whence;
	lfl->l_start = fl->l_start;
	lfl->l_len = fl->l_len;
	lfl->l_pid = fl->l_pid;
}

/* Numbers of devices: the minor one has the low byte, the major one the rest.
 * Linux gives the major one bits 19:8, the higher halves lie further up. */
static u_int
dev_major(uint32_t dev)
{
	return (dev >> 8);
}

static u_int
dev_minor(uint32_t dev)
{
	return (dev & 0xff);
}

/**
 * @param dev	native device number
 * @return	Linux's
 */
uint64_t
linux_dev(uint32_t dev)
{
	uint64_t maj = dev_major(dev);

	return ((maj & 0xfffff000) << 32 | (maj & 0xfff) << 8 | dev_minor(dev));
}

/**
 * @param ldev	Linux's device number, of mknod
 * @return	native one; a minor number above 255 is cut
 */
uint32_t
linux_dev_in(uint64_t ldev)
{
	uint32_t maj = (ldev >> 32 & 0xfffff000) | (ldev >> 8 & 0xfff);

	return (maj << 8 | (ldev & 0xff));
}

/**
 * @param sb	native stat
 * @param lsb	filled in, all of it
 */
void
linux_stat_out(const struct stat *sb, struct linux_stat *lsb)
{
	*lsb = (struct linux_stat){
		.st_dev = linux_dev(sb->st_dev),
		.st_ino = sb->st_ino,
		.st_nlink = sb->st_nlink,
		.st_mode = sb->st_mode,
		.st_uid = sb->st_uid,
		.st_gid = sb->st_gid,
		.st_rdev = linux_dev(sb->st_rdev),
		.st_size = sb->st_size,
		.st_blksize = sb->st_blksize,
		.st_blocks = sb->st_blocks,
		.st_times = { { sb->st_atim.tv_sec, sb->st_atim.tv_nsec },
		    { sb->st_mtim.tv_sec, sb->st_mtim.tv_nsec },
		    { sb->st_ctim.tv_sec, sb->st_ctim.tv_nsec } },
	};
}

static struct linux_statx_time
statx_time(const struct timespec *ts)
{
	return ((struct linux_statx_time){
	    .tv_sec = ts->tv_sec, .tv_nsec = ts->tv_nsec });
}

/**
 * @param sb	native stat
 * @param stx	filled in, all of it
 */
void
linux_statx_out(const struct stat *sb, struct linux_statx *stx)
{
	*stx = (struct linux_statx){
		.stx_mask = LINUX_STATX_BASIC_STATS,
		.stx_blksize = sb->st_blksize,
		.stx_nlink = sb->st_nlink,
		.stx_uid = sb->st_uid,
		.stx_gid = sb->st_gid,
		.stx_mode = sb->st_mode,
		.stx_ino = sb->st_ino,
		.stx_size = sb->st_size,
		.stx_blocks = sb->st_blocks,
		.stx_atime = statx_time(&sb->st_atim),
		.stx_ctime = statx_time(&sb->st_ctim),
		.stx_mtime = statx_time(&sb->st_mtim),
		.stx_rdev_major = dev_major(sb->st_rdev),
		.stx_rdev_minor = dev_minor(sb->st_rdev),
		.stx_dev_major = dev_major(sb->st_dev),
		.stx_dev_minor = dev_minor(sb->st_dev),
	};
}

/**
 * Linux counts blocks in f_bsize, the native call in fragments.
 * @param sv	native statvfs
 * @param lsf	filled in, all of it
 */
void
linux_statfs_out(const struct statvfs *sv, struct linux_statfs *lsf)
{
	*lsf = (struct linux_statfs){
		.f_type = LINUX_UFS_MAGIC,
		.f_bsize = sv->f_frsize,
		.f_blocks = sv->f_blocks,
		.f_bfree = sv->f_bfree,
		.f_bavail = sv->f_bavail,
		.f_files = sv->f_files,
		.f_ffree = sv->f_ffree,
		.f_fsid = { (int32_t)sv->f_fsid, (int32_t)(sv->f_fsid >> 32) },
		.f_namelen = sv->f_namemax,
		.f_frsize = sv->f_frsize,
		.f_flags = LINUX_ST_VALID |
		    ((sv->f_flag & ST_RDONLY) != 0 ? LINUX_ST_RDONLY : 0) |
		    ((sv->f_flag & ST_NOSUID) != 0 ? LINUX_ST_NOSUID : 0),
	};
}

/**
 * Makes Linux's directory entries of a batch of native ones.  A native batch
 * has only a position before and one after it, so every entry but the last
 * says that the next one is where the batch began: seekdir(3) may show entries
 * twice, and never misses one.
 * @param in	native entries
 * @param n	bytes there
 * @param base	position before them
 * @param next	position after them
 * @param out	result
 * @param size	its room: at least n / 3 * 4
 * @return	bytes of the result
 */
size_t
linux_dirents(const char *in, size_t n, int64_t base, int64_t next, char *out,
    size_t size)
{
	struct linux_dirent64 lde;
	struct dirent head;
	size_t at = 0, used = 0, last = 0, header;

	header = __offsetof(struct dirent, d_name);
	while (n - at >= header) {
		memcpy(&head, in + at, header);
		if (_DIRENT_RECLEN(head.d_namlen) > n - at)
			break;
		lde = (struct linux_dirent64){ .d_ino = head.d_fileno,
			.d_off = base,
			.d_reclen = roundup2(
			    sizeof(lde) + head.d_namlen + 1, 8),
			.d_type = head.d_type };
		if (head.d_fileno != 0) {
			if (lde.d_reclen > size - used)
				break;
			last = used;
			bzero(out + used, lde.d_reclen);
			memcpy(out + used, &lde, sizeof(lde));
			memcpy(out + used + sizeof(lde), in + at + header,
			    head.d_namlen);
			used += lde.d_reclen;
		}
		at += _DIRENT_RECLEN(head.d_namlen);
	}
	if (used != 0)
		memcpy(out + last + __offsetof(struct linux_dirent64, d_off),
		    &next, sizeof(next));
	return (used);
}

/**
 * @param events	Linux's POLL*
 * @return		native ones
 */
short
linux_poll_in(short events)
{
	short native = events & ~(LINUX_POLLWRNORM | LINUX_POLLWRBAND);

	if ((events & LINUX_POLLWRNORM) != 0)
		native |= POLLWRNORM;
	if ((events & LINUX_POLLWRBAND) != 0)
		native |= POLLWRBAND;
	return (native);
}

/**
 * @param revents	what there is, native
 * @param events	what was asked for, Linux's
 * @return		what there is, Linux's
 */
short
linux_poll_out(short revents, short events)
{
	short out = revents & ~(POLLWRBAND | POLLOUT);

	if ((revents & POLLOUT) != 0)
		out |= events & (POLLOUT | LINUX_POLLWRNORM);
	if ((revents & POLLWRBAND) != 0)
		out |= LINUX_POLLWRBAND;
	return (out);
}

/**
 * One time of utimensat(2).
 * @param lnsec	Linux's nanoseconds, or UTIME_NOW, UTIME_OMIT
 * @param nsec	set to the native value
 * @return	0 or EINVAL
 */
int
linux_utime_in(int64_t lnsec, int64_t *nsec)
{
	if (lnsec == LINUX_UTIME_NOW)
		*nsec = UTIME_NOW;
	else if (lnsec == LINUX_UTIME_OMIT)
		*nsec = UTIME_OMIT;
	else if (lnsec < 0 || lnsec >= NSEC_PER_SEC)
		return (EINVAL);
	else
		*nsec = lnsec;
	return (0);
}
