/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Files and directories, in the folder of tap_folder(): on the root file system
 * or on a tmpfs.
 */
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include "tap.h"

#define DIR_NAME "t_file"

static void
enter(void)
{
	mkdir(DIR_NAME, 0755);
	CHECK(chdir(DIR_NAME) == 0);
}

static void
put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(close(fd) == 0);
}

static int
holds(const char *name, const char *text)
{
	char buf[256];
	int fd = open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return (0);
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n < 0)
		return (0);
	buf[n] = '\0';
	return (strcmp(buf, text) == 0);
}

static void
test_open(void)
{
	int fd;

	enter();
	put("a", "one");
	CHECK(holds("a", "one"));
	CHECK_ERRNO(open("a", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	CHECK_ERRNO(open("none", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("a/b", O_RDONLY), ENOTDIR);
	CHECK_ERRNO(open(".", O_WRONLY), EISDIR);
	CHECK_ERRNO(open("a", O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK_ERRNO(open("", O_RDONLY), ENOENT);
	fd = open("a", O_WRONLY | O_APPEND);
	CHECK(write(fd, "two", 3) == 3);
	CHECK_ERRNO(read(fd, &fd, 1), EBADF);
	close(fd);
	CHECK(holds("a", "onetwo"));
	put("a", "x");
	CHECK(holds("a", "x"));
	unlink("a");
}

static void
test_unlinked(void)
{
	char c;
	int fd;

	enter();
	fd = open("gone", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "still", 5) == 5);
	CHECK(unlink("gone") == 0);
	CHECK_ERRNO(open("gone", O_RDONLY), ENOENT);
	CHECK(pread(fd, &c, 1, 4) == 1 && c == 'l');
}

static void
test_links(void)
{
	struct stat a, b;
	char buf[64];

	enter();
	put("a", "text");
	CHECK(link("a", "b") == 0);
	CHECK(stat("a", &a) == 0 && stat("b", &b) == 0);
	CHECK(a.st_ino == b.st_ino && a.st_nlink == 2);
	CHECK_ERRNO(link("a", "b"), EEXIST);
	CHECK_ERRNO(link(".", "c"), EPERM);
	CHECK(unlink("a") == 0 && holds("b", "text"));
	CHECK(symlink("b", "s") == 0);
	CHECK(readlink("s", buf, sizeof(buf)) == 1 && buf[0] == 'b');
	CHECK(holds("s", "text"));
	CHECK(lstat("s", &a) == 0 && S_ISLNK(a.st_mode) && a.st_size == 1);
	CHECK(symlink("loop", "loop") == 0);
	CHECK_ERRNO(open("loop", O_RDONLY), ELOOP);
	CHECK_ERRNO(open("s", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK(symlink("/etc/none", "dangling") == 0);
	CHECK_ERRNO(open("dangling", O_RDONLY), ENOENT);
	CHECK_ERRNO(readlink("b", buf, sizeof(buf)), EINVAL);
	unlink("b");
	unlink("s");
	unlink("loop");
	unlink("dangling");
}

static void
test_rename(void)
{
	enter();
	put("a", "A");
	put("b", "B");
	CHECK(rename("a", "b") == 0 && holds("b", "A"));
	CHECK_ERRNO(rename("a", "c"), ENOENT);
	CHECK(mkdir("d", 0755) == 0 && mkdir("e", 0755) == 0);
	put("d/x", "X");
	CHECK_ERRNO(rename("d", "d/y"), EINVAL);
	CHECK_ERRNO(rename("e", "d"), ENOTEMPTY);
	CHECK_ERRNO(rename("b", "d"), EISDIR);
	CHECK_ERRNO(rename("d", "b"), ENOTDIR);
	CHECK(rename("d", "e") == 0 && holds("e/x", "X"));
	CHECK(mkdir("f", 0755) == 0);
	CHECK(rename("e", "f/e") == 0 && holds("f/e/x", "X"));
	CHECK(holds("f/e/../e/x", "X"));
	CHECK(unlink("f/e/x") == 0);
	CHECK(rmdir("f/e") == 0 && rmdir("f") == 0 && unlink("b") == 0);
}

static void
test_dirs(void)
{
	struct stat sb;
	char cwd[1024], want[1024];

	enter();
	CHECK(mkdir("d", 0700) == 0);
	CHECK_ERRNO(mkdir("d", 0700), EEXIST);
	CHECK(stat("d", &sb) == 0 && S_ISDIR(sb.st_mode) &&
	    (sb.st_mode & 0777) == 0700 && sb.st_nlink == 2);
	CHECK(mkdir("d/e", 0700) == 0);
	CHECK(stat("d", &sb) == 0 && sb.st_nlink == 3);
	CHECK_ERRNO(rmdir("d"), ENOTEMPTY);
	CHECK_ERRNO(unlink("d"), EPERM);
	CHECK(chdir("d/e") == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) == cwd);
	snprintf(want, sizeof(want), "%s/" DIR_NAME "/d/e", tap_folder());
	CHECK(strcmp(cwd, want) == 0);
	CHECK(chdir("../..") == 0 && rmdir("d/e") == 0 && rmdir("d") == 0);
	CHECK_ERRNO(rmdir("."), EINVAL);
	CHECK_ERRNO(rmdir("none"), ENOENT);
}

#define MANY 700

static void
test_large_dir(void)
{
	char name[64], seen[MANY] = { 0 };
	struct dirent *d;
	int n = 0, fd, k;
	DIR *dir;

	enter();
	CHECK(mkdir("many", 0755) == 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/a-long-name-%d", i);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
		CHECK(fd >= 0);
		close(fd);
	}
	dir = opendir("many");
	CHECK(dir != NULL);
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		k = atoi(d->d_name + 12);
		CHECK(k >= 0 && k < MANY && !seen[k]);
		seen[k] = 1;
		n++;
	}
	closedir(dir);
	CHECK(n == MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/a-long-name-%d", i);
		CHECK(unlink(name) == 0);
	}
	CHECK(rmdir("many") == 0);
}

static void
test_sparse(void)
{
	off_t far = (off_t)5 << 30;
	struct stat sb;
	char buf[16];
	int fd;

	enter();
	fd = open("sparse", O_RDWR | O_CREAT | O_TRUNC, 0644);
	CHECK(pwrite(fd, "end", 3, far) == 3);
	CHECK(fstat(fd, &sb) == 0 && sb.st_size == far + 3);
	CHECK(sb.st_blocks < 1000);
	CHECK(pread(fd, buf, sizeof(buf), 12345) == 16);
	for (int i = 0; i < 16; i++)
		CHECK(buf[i] == 0);
	CHECK(pread(fd, buf, 16, far) == 3 && memcmp(buf, "end", 3) == 0);
	CHECK(ftruncate(fd, 10) == 0);
	CHECK(fstat(fd, &sb) == 0 && sb.st_size == 10);
	CHECK(ftruncate(fd, 100000) == 0);
	CHECK(pread(fd, buf, 16, 99990) == 10 && buf[0] == 0);
	CHECK_ERRNO(ftruncate(fd, -1), EINVAL);
	CHECK_ERRNO(lseek(fd, -5, SEEK_SET), EINVAL);
	CHECK(lseek(fd, -10, SEEK_END) == 99990);
	CHECK_ERRNO(lseek(fd, 0, 99), EINVAL);
	close(fd);
	unlink("sparse");
}

static void
test_big(void)
{
	static char buf[60000];
	int fd;

	/* Through the indirect blocks and back. */
	enter();
	fd = open("big", O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (int i = 0; i < 40; i++) {
		for (unsigned k = 0; k < sizeof(buf); k++)
			buf[k] = (char)(i + k / 7);
		CHECK(write(fd, buf, sizeof(buf)) == sizeof(buf));
	}
	CHECK(fsync(fd) == 0);
	for (int i = 39; i >= 0; i--) {
		CHECK(pread(fd, buf, sizeof(buf), (off_t)i * sizeof(buf)) ==
		    sizeof(buf));
		for (unsigned k = 0; k < sizeof(buf); k++)
			CHECK(buf[k] == (char)(i + k / 7));
	}
	close(fd);
	unlink("big");
}

static void
test_attributes(void)
{
	struct timespec ts[2] = { { 1000000000, 5000 }, { 1100000000, 7000 } };
	struct stat sb;

	enter();
	umask(022);
	put("a", "x");
	CHECK(stat("a", &sb) == 0 && (sb.st_mode & 07777) == 0644);
	CHECK(chmod("a", 04711) == 0);
	CHECK(stat("a", &sb) == 0 && (sb.st_mode & 07777) == 04711);
	CHECK(chown("a", 5, 6) == 0);
	CHECK(stat("a", &sb) == 0 && sb.st_uid == 5 && sb.st_gid == 6);
	CHECK(utimensat(AT_FDCWD, "a", ts, 0) == 0);
	CHECK(stat("a", &sb) == 0 && sb.st_atime == 1000000000 &&
	    sb.st_mtime == 1100000000);
	/* A disk's times have 32 bits: the last second, not one of 1992.
	 * tmpfs keeps them. */
	ts[0].tv_sec = 5000000000;
	ts[1].tv_sec = -3000000000;
	CHECK(utimensat(AT_FDCWD, "a", ts, 0) == 0);
	CHECK(stat("a", &sb) == 0);
	CHECK((sb.st_atime == INT32_MAX && sb.st_mtime == INT32_MIN) ||
	    (sb.st_atime == 5000000000 && sb.st_mtime == -3000000000));
	CHECK(access("a", R_OK | W_OK) == 0);
	CHECK_ERRNO(access("none", F_OK), ENOENT);
	unlink("a");
}

static void
test_rights(void)
{
	pid_t pid;

	enter();
	CHECK(mkdir("shut", 0700) == 0);
	put("shut/in", "x");
	put("mine", "y");
	CHECK(chmod("mine", 0640) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(setgid(77) == 0 && setuid(77) == 0);
		CHECK_ERRNO(open("shut/in", O_RDONLY), EACCES);
		CHECK_ERRNO(open("mine", O_RDONLY), EACCES);
		CHECK_ERRNO(open("new", O_WRONLY | O_CREAT, 0644), EACCES);
		CHECK_ERRNO(unlink("mine"), EACCES);
		CHECK_ERRNO(chmod("mine", 0777), EPERM);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	unlink("shut/in");
	rmdir("shut");
	unlink("mine");
}

static void
test_statvfs(void)
{
	struct statvfs before, after;
	int fd;

	enter();
	sync();
	CHECK(statvfs(".", &before) == 0 && before.f_blocks > 0);
	fd = open("space", O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (int i = 0; i < 64; i++)
		CHECK(pwrite(fd, "x", 1, (off_t)i * 16384) == 1);
	CHECK(fsync(fd) == 0);
	CHECK(statvfs(".", &after) == 0 && after.f_bfree < before.f_bfree);
	close(fd);
	unlink("space");
	CHECK(statvfs(".", &after) == 0 && after.f_bfree == before.f_bfree &&
	    after.f_ffree == before.f_ffree);
}

static void
test_full(void)
{
	static char buf[65536];
	struct statvfs before, after;
	ssize_t n;
	int fd;

	enter();
	CHECK(statvfs(".", &before) == 0);
	fd = open("full", O_RDWR | O_CREAT | O_TRUNC, 0644);
	while ((n = write(fd, buf, sizeof(buf))) > 0)
		;
	CHECK(n == -1 && errno == ENOSPC);
	close(fd);
	CHECK(unlink("full") == 0);
	CHECK(statvfs(".", &after) == 0 && after.f_bfree == before.f_bfree);
}

static void
test_locks(void)
{
	struct flock fl = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = 10,
		.l_len = 10 };
	int fd, p[2];
	pid_t pid;
	char c;

	enter();
	CHECK(pipe(p) == 0);
	fd = open("locked", O_RDWR | O_CREAT, 0644);
	CHECK(fcntl(fd, F_SETLK, &fl) == 0);
	pid = fork();
	if (pid == 0) {
		struct flock other = fl;
		int mine = open("locked", O_RDWR);

		CHECK_ERRNO(fcntl(mine, F_SETLK, &other), EAGAIN);
		other.l_start = 20;
		CHECK(fcntl(mine, F_SETLK, &other) == 0);
		other = fl;
		CHECK(fcntl(mine, F_GETLK, &other) == 0);
		CHECK(other.l_type == F_WRLCK && other.l_pid == getppid());
		CHECK(write(p[1], "x", 1) == 1);
		other = fl;
		CHECK(fcntl(mine, F_SETLKW, &other) == 0);
		_exit(0);
	}
	CHECK(read(p[0], &c, 1) == 1);
	usleep(30000);
	fl.l_type = F_UNLCK;
	CHECK(fcntl(fd, F_SETLK, &fl) == 0);
	CHECK(tap_wait(pid) == 0);
	CHECK(flock(fd, LOCK_EX) == 0);
	pid = fork();
	if (pid == 0) {
		int mine = open("locked", O_RDWR);

		CHECK_ERRNO(flock(mine, LOCK_EX | LOCK_NB), EWOULDBLOCK);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	unlink("locked");
}

static void
test_names(void)
{
	char name[300];

	enter();
	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	put(name, "long");
	CHECK(holds(name, "long"));
	unlink(name);
	name[255] = 'n';
	name[256] = '\0';
	CHECK_ERRNO(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
	CHECK_ERRNO(mkdir("none/d", 0755), ENOENT);
	CHECK(mkdir("d/", 0755) == 0 && rmdir("d/") == 0);
	put("f", "x");
	CHECK_ERRNO(open("f/", O_RDONLY), ENOTDIR);
	unlink("f");
}

static void
test_devices(void)
{
	unsigned char a[32], b[32];
	struct stat sb;
	int fd;

	CHECK(stat("/dev/null", &sb) == 0 && S_ISCHR(sb.st_mode));
	fd = open("/dev/null", O_RDWR);
	CHECK(write(fd, a, sizeof(a)) == sizeof(a));
	CHECK(read(fd, a, sizeof(a)) == 0);
	close(fd);
	fd = open("/dev/zero", O_RDONLY);
	memset(a, 1, sizeof(a));
	memset(b, 0, sizeof(b));
	CHECK(read(fd, a, sizeof(a)) == sizeof(a));
	CHECK(memcmp(a, b, sizeof(a)) == 0);
	close(fd);
	fd = open("/dev/random", O_RDONLY);
	CHECK(read(fd, a, sizeof(a)) == sizeof(a));
	CHECK(read(fd, b, sizeof(b)) == sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	close(fd);
	/* The root's, of whichever kernel. */
	CHECK(stat("/dev/md0s0a", &sb) == 0 || stat("/dev/vkd0s0a", &sb) == 0);
	CHECK_ERRNO(open("/dev/none", O_RDONLY), ENOENT);
}

static void
test_chroot(void)
{
	pid_t pid;

	enter();
	mkdir("jail", 0755);
	put("jail/f", "inside");
	pid = fork();
	if (pid == 0) {
		CHECK(chroot("jail") == 0 && chdir("/") == 0);
		CHECK(holds("/f", "inside"));
		CHECK(holds("/../../f", "inside"));
		CHECK_ERRNO(open("/etc/passwd", O_RDONLY), ENOENT);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	unlink("jail/f");
	rmdir("jail");
}

static const struct tap_case cases[] = {
	{ "open and its errors", test_open },
	{ "a removed file lives while it is open", test_unlinked },
	{ "links and symbolic links", test_links },
	{ "rename", test_rename },
	{ "directories", test_dirs },
	{ "a directory of 700 files", test_large_dir },
	{ "holes, truncation, offsets beyond 4 GB", test_sparse },
	{ "2.4 MB written and read backwards", test_big },
	{ "modes, owners, times", test_attributes },
	{ "what a user may not", test_rights },
	{ "space is taken and given back", test_statvfs },
	{ "a full file system says so and recovers", test_full },
	{ "locks on ranges and on files", test_locks },
	{ "names", test_names },
	{ "devices", test_devices },
	{ "chroot has no way out", test_chroot },
};

int
main(void)
{
	tap_enter();
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
