/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How a file is opened, DragonFly's values.
 */
#ifndef _SYS_FCNTL_H_
#define _SYS_FCNTL_H_

#include <sys/types.h>

/* clang-format off */
/** @name open(2) */
/** @{ */
#define O_RDONLY	0x0000
#define O_WRONLY	0x0001
#define O_RDWR		0x0002
#define O_ACCMODE	0x0003
#define O_NONBLOCK	0x0004
#define O_NDELAY	O_NONBLOCK
#define O_APPEND	0x0008
#define O_SHLOCK	0x0010
#define O_EXLOCK	0x0020
#define O_ASYNC		0x0040
#define O_FSYNC		0x0080
#define O_SYNC		0x0080
#define O_NOFOLLOW	0x0100
#define O_CREAT		0x0200
#define O_TRUNC		0x0400
#define O_EXCL		0x0800
#define O_NOCTTY	0x8000
#define O_DIRECT	0x00010000
#define O_CLOEXEC	0x00020000
#define O_FBLOCKING	0x00040000
#define O_FNONBLOCKING	0x00080000
#define O_DIRECTORY	0x08000000
/** @} */

/** @name fcntl(2) */
/** @{ */
#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_GETOWN	5
#define F_SETOWN	6
#define F_GETLK		7
#define F_SETLK		8
#define F_SETLKW	9
#define F_DUP2FD	10
#define F_DUPFD_CLOEXEC	17
#define FD_CLOEXEC	1
#define F_RDLCK		1
#define F_UNLCK		2
#define F_WRLCK		3
/** @} */

/** @name flock(2) and the *at calls */
/** @{ */
#define LOCK_SH		1
#define LOCK_EX		2
#define LOCK_NB		4
#define LOCK_UN		8
#define AT_FDCWD	0xFFFAFDCD
#define AT_SYMLINK_NOFOLLOW 1
#define AT_REMOVEDIR	2
#define AT_EACCESS	4
#define AT_SYMLINK_FOLLOW 8
#define R_OK		4
#define W_OK		2
#define X_OK		1
#define F_OK		0
/** @} */
/* clang-format on */

/** A lock on a part of a file. */
struct flock {
	off_t l_start;	/**< first byte */
	off_t l_len;	/**< bytes, 0 to the end */
	pid_t l_pid;	/**< who has it */
	short l_type;	/**< F_RDLCK, ... */
	short l_whence; /**< SEEK_* */
};

#ifdef _KERNEL
/** @name f_flag: rights as bits, then the O_* that stay */
/** @{ */
#define FREAD	   0x0001
#define FWRITE	   0x0002
#define FFLAGS(o)  (((o) & ~O_ACCMODE) | (((o)&O_ACCMODE) + 1))
#define OFLAGS(f)  (((f) & ~O_ACCMODE) | (((f)&O_ACCMODE) - 1))
#define FNONBLOCK  O_NONBLOCK
#define FAPPEND	   O_APPEND
#define FASYNC	   O_ASYNC
#define FCNTLFLAGS (FAPPEND | FASYNC | O_FSYNC | FNONBLOCK | O_DIRECT)
/** @} */

/** @name flags of vop_advlock() */
/** @{ */
#define F_WAIT	   0x010 /* sleeps until the lock can be had */
#define F_FLOCK	   0x020 /* the open file owns it: flock(2) */
#define F_POSIX	   0x040 /* the process owns it: fcntl(2) */
/** @} */
#else
int open(const char *path, int flags, ...);
int openat(int fd, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int cmd, ...);
int flock(int fd, int op);
#endif

#endif
