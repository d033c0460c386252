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

/**
 * Maps memory or a file: mmap(2).
 * @param addr	where; a wish, unless flags has MAP_FIXED
 * @param len	bytes, 1 and more
 * @param prot	PROT_*
 * @param flags	MAP_*
 * @param fd	file; -1 with MAP_ANON
 * @param pos	where in the file, a multiple of a page
 * @return	where; MAP_FAILED with errno
 */
void *
mmap(void *addr, size_t len, int prot, int flags, int fd, off_t pos)
{
	return (__sys_mmap(addr, len, prot, flags, fd, 0, pos));
}

/**
 * Moves in a file: lseek(2).
 * @param fd	descriptor
 * @param offset	bytes
 * @param whence	SEEK_*
 * @return	bytes from the beginning; -1 with ESPIPE, EINVAL, EBADF
 */
off_t
lseek(int fd, off_t offset, int whence)
{
	return (__sys_lseek(fd, 0, offset, whence));
}

/**
 * Cuts or lengthens a file: truncate(2).
 * @param path	where it is
 * @param length	bytes that it is to have
 * @return	0; -1 with errno
 */
int
truncate(const char *path, off_t length)
{
	return (__sys_truncate(path, 0, length));
}

/**
 * Cuts or lengthens an open file: ftruncate(2).
 * @param fd	open for writing
 * @param length	bytes that it is to have
 * @return	0; -1 with errno
 */
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

/**
 * Reads at a position, and leaves the file's own as it is.
 * @param fd	descriptor
 * @param buf	where to
 * @param n	bytes
 * @param offset	0 and up
 * @return	bytes, 0 at the end; -1 with EINVAL, or read(2)'s errors
 */
ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpread(fd, buf, n, 0, offset));
}

/**
 * Writes at a position, and leaves the file's own as it is.
 * @param fd	descriptor
 * @param buf	where from
 * @param n	bytes
 * @param offset	0 and up
 * @return	bytes; -1 with EINVAL, or write(2)'s errors
 */
ssize_t
pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpwrite(fd, buf, n, 0, offset));
}

/**
 * pread() to pieces.
 * @param fd	descriptor
 * @param iov	pieces, filled one after another
 * @param n	how many
 * @param offset	0 and up
 * @return	bytes, 0 at the end; -1 with EINVAL, or read(2)'s errors
 */
ssize_t
preadv(int fd, const struct iovec *iov, int n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpreadv(fd, iov, (u_int)n, 0, offset));
}

/**
 * pwrite() from pieces.
 * @param fd	descriptor
 * @param iov	pieces, written one after another
 * @param n	how many
 * @param offset	0 and up
 * @return	bytes; -1 with EINVAL, or write(2)'s errors
 */
ssize_t
pwritev(int fd, const struct iovec *iov, int n, off_t offset)
{
	if (bad_offset(offset))
		return (-1);
	return (__sys_extpwritev(fd, iov, (u_int)n, 0, offset));
}

/**
 * Makes a file, or empties it, and opens it for writing.
 * @param path	where
 * @param mode	rights of a new one, without those in the umask
 * @return	descriptor; -1 with open(2)'s errors
 */
int
creat(const char *path, mode_t mode)
{
	return (open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
}

/**
 * Gives a descriptor a second number, as dup2(2) does, perhaps with O_CLOEXEC.
 * @param from	descriptor
 * @param to	number; what it was is closed
 * @param flags	O_CLOEXEC or 0
 * @return	to; -1 with EINVAL: from is to, or other flags; EBADF
 */
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

/**
 * Sleeps until a child has ended.
 * @param status	gets how; or NULL
 * @return	its number; -1 with ECHILD, EINTR
 */
pid_t
wait(int *status)
{
	return (wait4(-1, status, 0, NULL));
}

/**
 * Sleeps until a child has ended.
 * @param pid	its number; -1: any; 0: any of the caller's group; below: any of
 *		group -pid
 * @param status	gets how; or NULL
 * @param options	WNOHANG, WUNTRACED, ...
 * @return	its number; 0: WNOHANG, and none yet; -1 with ECHILD, EINTR,
 *		EINVAL
 */
pid_t
waitpid(pid_t pid, int *status, int options)
{
	return (wait4(pid, status, options, NULL));
}

/**
 * Where this process is.
 * @param buf	gets it; NULL: memory for free(3)
 * @param size	bytes there, if buf is not NULL
 * @return	it; NULL with EINVAL: size is 0; ERANGE: it does not fit;
 *		ENOENT, ENOMEM
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

/**
 * Name of who has logged in.
 * @return	static memory, or NULL
 */
char *
getlogin(void)
{
	static char name[MAXLOGNAME];

	if (__sys_getlogin(name, sizeof(name)) < 0 || name[0] == '\0')
		return (NULL);
	return (name);
}

/**
 * Changes how nice this process is to others.
 * @param by	is added; below 0 for root alone
 * @return	-20 to 20; -1 may be one, or setpriority(2)'s errors: errno is 0
 *		if not
 */
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

/**
 * Memory at the end of the program's: there is none here.
 * @param by	bytes, any
 * @return	-1 as a pointer, with ENOMEM
 */
void *
sbrk(intptr_t by __unused)
{
	errno = ENOMEM;
	return ((void *)-1);
}
