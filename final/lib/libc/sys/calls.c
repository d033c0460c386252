/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls whose arguments are not the function's.
 */
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

/** Maps memory or a file; MAP_FAILED. */
void *
mmap(void *addr, size_t len, int prot, int flags, int fd, off_t pos)
{
	return (__sys_mmap(addr, len, prot, flags, fd, 0, pos));
}

/** Moves in a file. */
off_t
lseek(int fd, off_t offset, int whence)
{
	return (__sys_lseek(fd, 0, offset, whence));
}

/** Cuts or lengthens a file. */
int
truncate(const char *path, off_t length)
{
	return (__sys_truncate(path, 0, length));
}

/** Cuts or lengthens an open file. */
int
ftruncate(int fd, off_t length)
{
	return (__sys_ftruncate(fd, 0, length));
}

/* In extpread(2) a position of -1 is the file's own; here it is none. */
static bool
bad_offset(off_t offset)
{
	if (offset >= 0)
		return (false);
	errno = EINVAL;
	return (true);
}

/** Reads at a position. */
ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpread(fd, buf, n, 0, offset));
}

/** Writes at a position. */
ssize_t
pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpwrite(fd, buf, n, 0, offset));
}

/** Reads to pieces, at a position. */
ssize_t
preadv(int fd, const struct iovec *iov, int n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpreadv(fd, iov, (u_int)n, 0, offset));
}

/** Writes from pieces, at a position. */
ssize_t
pwritev(int fd, const struct iovec *iov, int n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpwritev(fd, iov, (u_int)n, 0, offset));
}

/** Makes a file, or empties it. */
int
creat(const char *path, mode_t mode)
{
	return (open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
}

/** A descriptor under a number, perhaps with O_CLOEXEC; EINVAL. */
int
dup3(int from, int to, int flags)
{
	if (from == to || (flags & ~O_CLOEXEC) != 0) {
		errno = EINVAL;
		return (-1);
	}
	if (dup2(from, to) < 0)
		return (-1);
	if (flags != 0)
		fcntl(to, F_SETFD, FD_CLOEXEC);
	return (to);
}

/** Waits for any child. */
pid_t
wait(int *status)
{
	return (wait4(-1, status, 0, NULL));
}

/** Waits for a child. */
pid_t
waitpid(pid_t pid, int *status, int options)
{
	return (wait4(pid, status, options, NULL));
}

/**
 * Where this process is.
 * @param buf	gets it, or NULL: memory of its own
 * @return	it, or NULL: ERANGE, ENOENT, ENOMEM
 */
char *
getcwd(char *buf, size_t size)
{
	char own[1024];

	if (buf != NULL && size == 0) {
		errno = EINVAL;
		return (NULL);
	}
	if (__sys___getcwd(own, sizeof(own)) < 0)
		return (NULL);
	if (buf == NULL)
		return (strdup(own));
	if (strlcpy(buf, own, size) >= size) {
		errno = ERANGE;
		return (NULL);
	}
	return (buf);
}

/** Name of who has logged in, or NULL. */
char *
getlogin(void)
{
	static char name[MAXLOGNAME];

	if (__sys_getlogin(name, sizeof(name)) < 0 || name[0] == '\0')
		return (NULL);
	return (name);
}

/** Changes how nice this process is; -1 may be a result. */
int
nice(int by)
{
	int now;

	errno = 0;
	now = getpriority(PRIO_PROCESS, 0);
	if (now == -1 && errno != 0)
		return (-1);
	if (setpriority(PRIO_PROCESS, 0, now + by) != 0)
		return (-1);
	return (getpriority(PRIO_PROCESS, 0));
}

/** Memory at the end of the program's: there is none, ENOMEM. */
void *
sbrk(intptr_t by __unused)
{
	errno = ENOMEM;
	return ((void *)-1);
}
