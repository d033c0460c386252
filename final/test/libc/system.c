/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the library calls of the system, by Linux.  Constants are Damselfly's
 * on the way in; only those are translated that the tests meet.
 */
#include "libc_test.h"
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/resource.h>

ssize_t d_read(int, void *, size_t);
ssize_t d_write(int, const void *, size_t);
int d_close(int);
int d_open(const char *, int, int);
int d_dup2(int, int);
int d_fcntl(int, int, long);
long d_lseek(int, long, int);
int d_isatty(int);
int d_lstat(const char *, void *);
int d_unlink(const char *);
int d_rmdir(const char *);
void *d_mmap(void *, size_t, int, int, int, long);
int d_munmap(void *, size_t);
void d_abort(void);
void d_exit(int);
int d___sys_umtx_sleep(volatile const int *, int, int);
int d___sys_umtx_wakeup(volatile const int *, int);
int d_gettimeofday(struct timeval *, void *);
int d_getrusage(int, struct rusage *);
int d_nanosleep(const struct timespec *, struct timespec *);
int d_setitimer(int, const void *, void *);
const char *d_getprogname(void);

__thread int d_errno;
const char *d___progname = "libc_test";
char **d_environ;
extern char **d_environ;
extern const char *d___progname;
unsigned maps, unmaps;
jmp_buf abort_return;
bool abort_expected;
static uint64_t state = 0x853c49e6748fea9b;

uint64_t
next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state * 0x2545f4914f6cdd1d);
}

size_t
random_below(size_t bound)
{
	return ((next_random() >> 11) % bound);
}

static long
result(long n)
{
	if (n < 0)
		d_errno = errno;
	return (n);
}

ssize_t
d_read(int fd, void *p, size_t n)
{
	return (result(read(fd, p, n)));
}

ssize_t
d_write(int fd, const void *p, size_t n)
{
	if (fd == 2)
		return ((ssize_t)n); /* complaints of what is meant to fail */
	return (result(write(fd, p, n)));
}

int
d_close(int fd)
{
	return ((int)result(close(fd)));
}

int
d_open(const char *path, int flags, int mode)
{
	(void)path, (void)flags, (void)mode;
	fail_msg("no test opens a file");
	return (-1);
}

int
d_dup2(int from, int to)
{
	return ((int)result(dup2(from, to)));
}

int
d_fcntl(int fd, int command, long arg)
{
	(void)fd, (void)command, (void)arg;
	return (0);
}

long
d_lseek(int fd, long offset, int whence)
{
	long at = lseek(fd, offset, whence);

	if (at < 0)
		d_errno = errno;
	return (at);
}

int
d_isatty(int fd)
{
	(void)fd;
	return (0);
}

int
d_lstat(const char *path, void *sb)
{
	(void)path, (void)sb;
	return (-1);
}

int
d_unlink(const char *path)
{
	(void)path;
	return (-1);
}

int
d_rmdir(const char *path)
{
	(void)path;
	return (-1);
}

void *
d_mmap(void *addr, size_t len, int prot, int flags, int fd, long pos)
{
	assert_null(addr);
	assert_int_equal(prot, 3);
	assert_int_equal(flags, 0x1002);
	assert_int_equal(fd, -1);
	assert_int_equal(pos, 0);
	maps++;
	return (mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

int
d_munmap(void *addr, size_t len)
{
	unmaps++;
	return (munmap(addr, len));
}

void
d_abort(void)
{
	if (!abort_expected)
		fail_msg("the library has called abort()");
	abort_expected = false;
	longjmp(abort_return, 1);
}

void
d_exit(int status)
{
	exit(status);
}

int
d___sys_umtx_sleep(volatile const int *p, int value, int timeout)
{
	(void)p, (void)value, (void)timeout;
	fail_msg("one thread sleeps for a lock");
	return (-1);
}

int
d___sys_umtx_wakeup(volatile const int *p, int count)
{
	(void)p, (void)count;
	return (0);
}

int
d_gettimeofday(struct timeval *tv, void *zone)
{
	(void)zone;
	return (gettimeofday(tv, NULL));
}

int
d_getrusage(int who, struct rusage *ru)
{
	(void)who, (void)ru;
	return (-1);
}

int
d_nanosleep(const struct timespec *wanted, struct timespec *rest)
{
	return (nanosleep(wanted, rest));
}

int
d_setitimer(int which, const void *value, void *old)
{
	(void)which, (void)value, (void)old;
	return (-1);
}

const char *
d_getprogname(void)
{
	return (d___progname);
}
