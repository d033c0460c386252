/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program may rely on: files, directories,
 * descriptors.
 *
 * Built as a static program of the build machine (cc -static), so that it can
 * be run there first: all cases hold on Linux, and have to hold unchanged on
 * Damselfly.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include "tap.h"

#define SCRATCH "linux_file"

static int
scratch_dir(void)
{
	CHECK(mkdir(SCRATCH, 0755) == 0 || errno == EEXIST);
	return (open(SCRATCH, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void
directories(void)
{
	int dir = scratch_dir(), fd, seen = 0;
	char name[NAME_MAX + 1];
	struct dirent *d;
	DIR *dp;

	CHECK(dir >= 0);
	for (int i = 1; i <= 40; i++) {
		snprintf(name, sizeof(name), "%0*d", i * 6, i);
		fd = openat(dir, name, O_CREAT | O_WRONLY, 0600);
		CHECK(fd >= 0 && close(fd) == 0);
	}
	CHECK((dp = fdopendir(dir)) != NULL);
	while ((d = readdir(dp)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		CHECK(d->d_type == DT_REG && d->d_ino != 0);
		CHECK((int)strlen(d->d_name) == 6 * atoi(d->d_name));
		seen++;
		CHECK(unlinkat(dir, d->d_name, 0) == 0);
		rewinddir(dp);
	}
	CHECK(seen == 40);
	rewinddir(dp);
	CHECK_ERRNO(syscall(SYS_getdents64, dir, name, 8L), EINVAL);
	closedir(dp);
	CHECK(rmdir(SCRATCH) == 0);
}

static void
file_states(void)
{
	int dir = scratch_dir(), fd;
	struct timespec ts[2] = { { 1000, 0 }, { 0, UTIME_OMIT } };
	struct statx stx;
	struct stat sb, by_fd;
	struct statfs sf;

	CHECK((fd = openat(dir, "f", O_CREAT | O_RDWR | O_TRUNC, 0640)) >= 0);
	CHECK(write(fd, "hello", 5) == 5);
	CHECK(pread(fd, &sb, 3, 1) == 3 && memcmp(&sb, "ell", 3) == 0);
	CHECK_ERRNO(pread(fd, &sb, 3, -1), EINVAL);
	CHECK(fstatat(dir, "f", &sb, 0) == 0 && fstat(fd, &by_fd) == 0);
	CHECK(sb.st_ino == by_fd.st_ino && sb.st_dev == by_fd.st_dev);
	CHECK(S_ISREG(sb.st_mode) && (sb.st_mode & 0777) == 0640);
	CHECK(sb.st_size == 5 && sb.st_nlink == 1 && sb.st_uid == geteuid());
	CHECK(futimens(fd, ts) == 0 && fstat(fd, &by_fd) == 0);
	CHECK(by_fd.st_atime == 1000 && by_fd.st_mtime == sb.st_mtime);
	CHECK(statx(dir, "f", 0, STATX_BASIC_STATS, &stx) == 0);
	CHECK(stx.stx_size == 5 && stx.stx_ino == sb.st_ino);
	CHECK(symlinkat("f", dir, "l") == 0);
	CHECK(fstatat(dir, "l", &sb, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(S_ISLNK(sb.st_mode));
	CHECK(unlinkat(dir, "l", 0) == 0);
	CHECK_ERRNO(syscall(SYS_renameat2, dir, "f", dir, "f", 1), EEXIST);
	CHECK(renameat(dir, "f", dir, "g") == 0);
	CHECK_ERRNO(openat(dir, "f", O_RDONLY), ENOENT);
	CHECK_ERRNO(openat(dir, "g", O_CREAT | O_EXCL, 0), EEXIST);
	CHECK_ERRNO(openat(dir, "g", O_DIRECTORY), ENOTDIR);
	CHECK(faccessat(dir, "g", R_OK | W_OK, 0) == 0);
	CHECK(fstatfs(fd, &sf) == 0 && sf.f_bsize > 0);
	CHECK_ERRNO(unlinkat(dir, "g", AT_REMOVEDIR), ENOTDIR);
	CHECK_ERRNO(unlinkat(dir, ".", 0), EISDIR);
	CHECK(unlinkat(dir, "g", 0) == 0);
	CHECK(rmdir(SCRATCH) == 0);
}

static void
descriptors(void)
{
	struct flock fl = { .l_type = F_WRLCK };
	int dir = scratch_dir(), fd, fds[2];

	fd = openat(dir, "f", O_CREAT | O_RDWR | O_APPEND | O_NONBLOCK, 0600);
	CHECK(fd >= 0 && unlinkat(dir, "f", 0) == 0);
	CHECK((fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK)) ==
	    (O_RDWR | O_APPEND | O_NONBLOCK));
	CHECK(fcntl(fd, F_SETFL, 0) == 0);
	CHECK((fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK)) == 0);
	CHECK(fcntl(fd, F_SETLK, &fl) == 0 && fcntl(fd, F_GETLK, &fl) == 0);
	CHECK(fl.l_type == F_UNLCK);
	CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 50) == 50);
	CHECK(fcntl(50, F_GETFD) == FD_CLOEXEC);
	CHECK(dup3(fd, 51, 0) == 51 && fcntl(51, F_GETFD) == 0);
	CHECK_ERRNO(dup3(fd, fd, 0), EINVAL);
	CHECK_ERRNO(fcntl(fd, 77), EINVAL);
	CHECK_ERRNO(fcntl(99, F_GETFD), EBADF);
	CHECK(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
	CHECK_ERRNO(read(fds[0], &fl, 1), EAGAIN);
	CHECK(fcntl(fds[1], F_GETFD) == FD_CLOEXEC);
	CHECK_ERRNO(pipe2(fds, 1), EINVAL);
	CHECK_ERRNO(syscall(SYS_pipe2, 8L, 0), EFAULT);
	CHECK_ERRNO(ioctl(fd, TIOCGWINSZ, &fl), ENOTTY);
	CHECK_ERRNO(ioctl(99, TIOCGWINSZ, &fl), EBADF);
	CHECK_ERRNO(getsockname(fd, NULL, NULL), ENOTSOCK);
	CHECK(rmdir(SCRATCH) == 0);
}

static void
polls(void)
{
	struct timespec none = { 0 }, ts = { 0, 5000000 };
	struct timeval tv = { 0, 5000 };
	struct pollfd p[2];
	sigset_t empty;
	fd_set set;
	int fds[2];

	CHECK(pipe(fds) == 0);
	p[0] = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	p[1] = (struct pollfd){ .fd = fds[1], .events = POLLOUT | POLLWRNORM };
	CHECK(poll(p, 2, -1) == 1);
	CHECK(p[0].revents == 0 && p[1].revents == (POLLOUT | POLLWRNORM));
	CHECK(poll(p, 1, 5) == 0);
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(ppoll(p, 1, &none, NULL) == 1 && p[0].revents == POLLIN);
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	CHECK(select(fds[0] + 1, &set, NULL, NULL, NULL) == 1);
	CHECK(FD_ISSET(fds[0], &set));
	CHECK(read(fds[0], p, 1) == 1);
	CHECK(select(fds[0] + 1, &set, NULL, NULL, &tv) == 0);
	CHECK(!FD_ISSET(fds[0], &set) && tv.tv_sec == 0 && tv.tv_usec == 0);
	sigemptyset(&empty);
	CHECK(pselect(0, NULL, NULL, NULL, &ts, &empty) == 0);
	close(fds[1]);
	p[0].fd = fds[0];
	CHECK(poll(p, 1, -1) == 1 && (p[0].revents & POLLHUP) != 0);
	p[0].fd = 99;
	CHECK(poll(p, 1, 0) == 1 && p[0].revents == POLLNVAL);
	p[0].fd = -1;
	CHECK(poll(p, 1, 0) == 0);
}

/* As openpty(3) and script(1) do it: a free pair, its number, both sides. */
static void
pseudo_terminals(void)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY), n, s, same;
	struct winsize ws = { 30, 100, 0, 0 }, got;
	char name[64], buf[64];

	CHECK(m >= 0 && grantpt(m) == 0 && unlockpt(m) == 0);
	CHECK(ptsname_r(m, name, sizeof(name)) == 0);
	CHECK(strncmp(name, "/dev/pts/", 9) == 0);
	n = posix_openpt(O_RDWR | O_NOCTTY);
	CHECK(n >= 0 && ptsname_r(n, buf, sizeof(buf)) == 0);
	CHECK(strcmp(name, buf) != 0);
	close(n);
	s = open(name, O_RDWR | O_NOCTTY);
	CHECK(s >= 0 && isatty(s));
	CHECK(ttyname_r(s, buf, sizeof(buf)) == 0 && strcmp(name, buf) == 0);
	CHECK(ioctl(s, TIOCSWINSZ, &ws) == 0);
	CHECK(ioctl(m, TIOCGWINSZ, &got) == 0 && got.ws_col == 100);
	CHECK(write(m, "ab\n", 3) == 3 && read(s, buf, sizeof(buf)) == 3);
	CHECK(memcmp(buf, "ab\n", 3) == 0);
	CHECK(read(m, buf, sizeof(buf)) == 4 && memcmp(buf, "ab\r\n", 4) == 0);
	CHECK_ERRNO(ioctl(s, TIOCGPTN, &same), ENOTTY);
	close(m);
	CHECK(read(s, buf, 1) <= 0);
	close(s);
	/* The line is free again. */
	for (int i = 0; i < 40; i++) {
		m = posix_openpt(O_RDWR | O_NOCTTY);
		CHECK(m >= 0 && close(m) == 0);
	}
}

static const struct tap_case cases[] = {
	{ "directories", directories },
	{ "stat and its relatives", file_states },
	{ "descriptors", descriptors },
	{ "poll and select", polls },
	{ "pseudo-terminals", pseudo_terminals },
};

int
main(void)
{
	tap_enter();
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
