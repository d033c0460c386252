/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a file is, DragonFly's layout.
 */
#ifndef _SYS_STAT_H_
#define _SYS_STAT_H_

#include <sys/time.h>

/** stat(2), 128 bytes. */
struct stat {
	ino_t st_ino;		 /**< inode */
	nlink_t st_nlink;	 /**< links */
	dev_t st_dev;		 /**< file system */
	mode_t st_mode;		 /**< S_IF* and rights */
	uint16_t st_padding1;	 /**< 0 */
	uid_t st_uid;		 /**< owner */
	gid_t st_gid;		 /**< group */
	dev_t st_rdev;		 /**< of a device file */
	struct timespec st_atim; /**< last access */
	struct timespec st_mtim; /**< last change of the contents */
	struct timespec st_ctim; /**< last change of anything */
	off_t st_size;		 /**< bytes */
	blkcnt_t st_blocks;	 /**< 512-byte blocks in use */
	uint32_t st_blksize;	 /**< best size of a transfer */
	uint32_t st_flags;	 /**< 0 */
	uint32_t st_gen;	 /**< generation */
	int32_t st_lspare;	 /**< 0 */
	int64_t st_qspare1;	 /**< 0 */
	int64_t st_qspare2;	 /**< 0 */
};
CTASSERT(sizeof(struct stat) == 128);
CTASSERT(__offsetof(struct stat, st_atim) == 32);
CTASSERT(__offsetof(struct stat, st_size) == 80);
CTASSERT(__offsetof(struct stat, st_blksize) == 96);
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

/* clang-format off */
/** @name st_mode */
/** @{ */
#define S_ISUID	 0004000
#define S_ISGID	 0002000
#define S_ISVTX	 0001000
#define S_IRWXU	 0000700
#define S_IRUSR	 0000400
#define S_IWUSR	 0000200
#define S_IXUSR	 0000100
#define S_IRWXG	 0000070
#define S_IRGRP	 0000040
#define S_IWGRP	 0000020
#define S_IXGRP	 0000010
#define S_IRWXO	 0000007
#define S_IROTH	 0000004
#define S_IWOTH	 0000002
#define S_IXOTH	 0000001
#define S_IFMT	 0170000
#define S_IFIFO	 0010000
#define S_IFCHR	 0020000
#define S_IFDIR	 0040000
#define S_IFBLK	 0060000
#define S_IFREG	 0100000
#define S_IFLNK	 0120000
#define S_IFSOCK 0140000
#define S_ISDIR(m)  (((m) & S_IFMT) == S_IFDIR)
#define S_ISCHR(m)  (((m) & S_IFMT) == S_IFCHR)
#define S_ISBLK(m)  (((m) & S_IFMT) == S_IFBLK)
#define S_ISREG(m)  (((m) & S_IFMT) == S_IFREG)
#define S_ISFIFO(m) (((m) & S_IFMT) == S_IFIFO)
#define S_ISLNK(m)  (((m) & S_IFMT) == S_IFLNK)
#define S_ISSOCK(m) (((m) & S_IFMT) == S_IFSOCK)
#define ALLPERMS    (S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO)
#define ACCESSPERMS (S_IRWXU | S_IRWXG | S_IRWXO)
#define UTIME_NOW   (-1L)
#define UTIME_OMIT  (-2L)
/** @} */
/* clang-format on */

#ifndef _KERNEL
int stat(const char *path, struct stat *sb);
int lstat(const char *path, struct stat *sb);
int fstat(int fd, struct stat *sb);
int fstatat(int fd, const char *path, struct stat *sb, int flags);
int mkdir(const char *path, mode_t mode);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
int mkfifo(const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, dev_t dev);
mode_t umask(mode_t mask);
int utimensat(int fd, const char *path, const struct timespec ts[2], int flags);
#endif

#ifdef __USERLAND
int fchmodat(int fd, const char *path, mode_t mode, int flags);
int mkdirat(int fd, const char *path, mode_t mode);
int mkfifoat(int fd, const char *path, mode_t mode);
int mknodat(int fd, const char *path, mode_t mode, dev_t dev);
int futimens(int fd, const struct timespec ts[2]);
#endif

#endif
