/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: what is its own.  What it does as every file system is t_file's and
 * t_vm's to look at, with TEST_DIR.
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysctl.h>
#include <vfs/tmpfs/tmpfs_args.h>
#include <dirent.h>
#include <fcntl.h>
#include "caught.h"

#define MNT	  "/mnt"
#define PAGE	  4096L
#define RW	  (PROT_READ | PROT_WRITE)
#define LARGE	  (64L << 20)
#define NODES_MAX 100
#define ROUNDS	  30

/* One of its own for each case: of so many bytes, 0: as large as usual. */
static void
fresh(off_t size)
{
	struct tmpfs_args args = { .ta_version = TMPFS_ARGS_VERSION,
		.ta_nodes_max = NODES_MAX,
		.ta_size_max = size,
		.ta_root_mode = 01777 };

	CHECK(mount("tmpfs", MNT, 0, &args) == 0);
	CHECK(chdir(MNT) == 0);
}

/* It is empty again, and has given all back. */
static void
done(void)
{
	struct statvfs sv;

	CHECK(statvfs(MNT, &sv) == 0);
	CHECK(sv.f_bfree == sv.f_blocks - 1 && sv.f_ffree == sv.f_files - 1);
	CHECK(chdir("/") == 0);
	CHECK(unmount(MNT, 0) == 0);
}

static unsigned long
free_blocks(void)
{
	struct statvfs sv;

	CHECK(statvfs(MNT, &sv) == 0);
	return (sv.f_bfree);
}

/* Pages of files and of shared memory that there are. */
static unsigned long
object_pages(void)
{
	unsigned long n;
	size_t len = sizeof(n);

	CHECK(sysctlbyname("vm.stats.object_count", &n, &len, NULL, 0) == 0);
	return (n);
}

static int
file(const char *name, off_t size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	return (fd);
}

static char *
map(int fd, size_t n)
{
	char *p = mmap(NULL, n, RW, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

/* Which signal an access gives: 0 if none. */
static int
fault_of(volatile char *p, int write)
{
	return (write ? CAUGHT(*p = 1) : CAUGHT((void)*p));
}

static void
test_sparse(void)
{
	static char buf[65536];
	struct stat sb;
	unsigned long before;
	char *p;
	int fd;

	fresh(0);
	fd = file("image", LARGE);
	CHECK(unlink("image") == 0);
	before = object_pages();
	p = map(fd, LARGE);
	for (long at = 0; at < LARGE; at += 1 << 20)
		p[at] = 7;
	CHECK(fstat(fd, &sb) == 0 && sb.st_size == LARGE);
	CHECK(sb.st_blocks == 64 * PAGE / 512);
	/* What was never stored into is zeros, and stays nothing. */
	for (long at = 0; at < LARGE; at += sizeof(buf)) {
		CHECK(pread(fd, buf, sizeof(buf), at) == sizeof(buf));
		CHECK(buf[0] == (at % (1 << 20) == 0 ? 7 : 0));
		CHECK(buf[1] == 0 && buf[sizeof(buf) - 1] == 0);
	}
	CHECK(fstat(fd, &sb) == 0 && sb.st_blocks == 64 * PAGE / 512);
	CHECK(object_pages() < before + 64 + 16);
	CHECK(munmap(p, LARGE) == 0 && close(fd) == 0);
	done();
}

static void
test_truncate(void)
{
	char *p, c;
	int fd;

	fresh(1 << 20);
	fd = file("f", 4 * PAGE);
	p = map(fd, 4 * PAGE);
	memset(p, 'x', 4 * PAGE);
	CHECK(ftruncate(fd, PAGE + 10) == 0);
	CHECK(p[PAGE + 9] == 'x' && p[PAGE + 10] == 0);
	CHECK(fault_of(p + 2 * PAGE, 0) == SIGBUS);
	CHECK(fault_of(p + 3 * PAGE, 1) == SIGBUS);
	/* What is stored behind the end is gone when the file grows. */
	p[PAGE + 100] = 'y';
	CHECK(ftruncate(fd, 4 * PAGE) == 0);
	CHECK(p[PAGE + 100] == 0 && p[2 * PAGE] == 0);
	p[2 * PAGE] = 'z';
	CHECK(pread(fd, &c, 1, 2 * PAGE) == 1 && c == 'z');
	CHECK(ftruncate(fd, PAGE + 10) == 0);
	p[PAGE + 11] = 'y';
	CHECK(pwrite(fd, "w", 1, PAGE + 20) == 1);
	CHECK(p[PAGE + 11] == 0 && p[PAGE + 20] == 'w');
	CHECK(munmap(p, 4 * PAGE) == 0 && close(fd) == 0);
	CHECK(unlink("f") == 0);
	done();
}

static void
test_unlinked(void)
{
	unsigned long all;
	char *p;
	int fd;

	fresh(1 << 20);
	all = free_blocks();
	fd = file("f", 8 * PAGE);
	p = map(fd, 8 * PAGE);
	CHECK(close(fd) == 0);
	memset(p, 'm', 8 * PAGE);
	CHECK(unlink("f") == 0);
	for (int i = 0; i < 8; i++)
		CHECK(p[i * PAGE] == 'm');
	p[0] = 'n';
	CHECK(p[0] == 'n' && free_blocks() + 8 <= all);
	/* It is in use. */
	CHECK_ERRNO(unmount(MNT, 0), EBUSY);
	CHECK(munmap(p, 8 * PAGE) == 0);
	CHECK(free_blocks() == all);
	done();
}

static void
test_full(void)
{
	static char buf[16 * PAGE];
	int fd, other, i;
	ssize_t n, sum = 0;
	char *p;

	fresh(32 * PAGE);
	fd = file("f", 64 * PAGE);
	p = map(fd, 64 * PAGE);
	p[50 * PAGE] = 1;
	other = file("g", 0);
	while ((n = write(other, buf, sizeof(buf))) > 0)
		sum += n;
	CHECK(n == -1 && errno == ENOSPC && free_blocks() == 0);
	CHECK(sum == 30 * PAGE && lseek(other, 0, SEEK_END) == sum);
	CHECK_ERRNO(write(other, buf, 1), ENOSPC);
	for (i = 0; i < 64 && i != 50; i++)
		CHECK(fault_of(p + i * PAGE, i % 2) == SIGBUS);
	CHECK(fault_of(p + 50 * PAGE, 1) == 0);
	CHECK(pread(fd, buf, 1, 0) == 1 && buf[0] == 0);
	CHECK(ftruncate(other, 28 * PAGE) == 0 && free_blocks() == 2);
	CHECK(fault_of(p, 1) == 0 && fault_of(p + PAGE, 1) == 0);
	CHECK(fault_of(p + 2 * PAGE, 1) == SIGBUS);
	CHECK(munmap(p, 64 * PAGE) == 0 && close(fd) == 0 && close(other) == 0);
	CHECK(unlink("f") == 0 && unlink("g") == 0);
	done();
}

static void
test_files(void)
{
	char name[300];
	int i;

	fresh(0);
	for (i = 0; i < NODES_MAX - 1; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK(mkdir(name, 0755) == 0);
	}
	CHECK_ERRNO(mkdir("more", 0755), ENOSPC);
	CHECK_ERRNO(open("more", O_WRONLY | O_CREAT, 0644), ENOSPC);
	CHECK_ERRNO(symlink("x", "more"), ENOSPC);
	while (--i >= 0) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK(rmdir(name) == 0);
	}
	done();
	/* Names take space, too. */
	fresh(2 * PAGE);
	CHECK(close(file("f", 0)) == 0);
	memset(name, 'n', 255);
	for (i = 0; i < 100; i++) {
		snprintf(name + 250, 6, "%05d", i);
		if (link("f", name) != 0)
			break;
	}
	CHECK(i > 5 && i < 100 && errno == ENOSPC && free_blocks() == 0);
	while (--i >= 0) {
		snprintf(name + 250, 6, "%05d", i);
		CHECK(unlink(name) == 0);
	}
	CHECK(unlink("f") == 0);
	done();
}

static void
test_shared(void)
{
	volatile char *p;
	pid_t pid;
	int fd;

	fresh(1 << 20);
	fd = file("f", 2 * PAGE);
	p = map(fd, 2 * PAGE);
	pid = fork();
	if (pid == 0) {
		int mine = open(MNT "/f", O_RDWR);
		volatile char *q = map(mine, 2 * PAGE);

		for (int i = 0; i < ROUNDS; i++) {
			while (q[0] == 0 && getppid() != 1)
				usleep(1000);
			q[PAGE]++;
			q[0] = 0;
		}
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		p[0] = 1;
		while (p[0] != 0)
			usleep(1000);
		CHECK(p[PAGE] == (char)(i + 1));
	}
	CHECK(tap_wait(pid) == 0);
	CHECK(munmap((void *)p, 2 * PAGE) == 0 && close(fd) == 0);
	CHECK(unlink("f") == 0);
	done();
}

/* What happens to an entry while its directory is read: it goes, or gets
 * another name; its number. */
static int
visit(const char *name)
{
	int k = atoi(name);
	char other[32];

	snprintf(other, sizeof(other), "%d.again", k);
	CHECK(k % 2 != 0 ? unlink(name) == 0 : rename(name, other) == 0);
	return (k);
}

/* Reads on from a place, few entries at a time. */
static void
test_reading(void)
{
	char buf[128], name[32], seen[64] = { 0 };
	struct dirent *d;
	int n = 0, k, fd;
	ssize_t got;

	fresh(0);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK(close(file(name, 0)) == 0);
	}
	fd = open(".", O_RDONLY);
	while ((got = getdents(fd, buf, sizeof(buf))) > 0)
		for (d = (void *)buf; (char *)d < buf + got;
		     d = (void *)((char *)d + _DIRENT_DIRSIZ(d))) {
			if (d->d_name[0] == '.')
				continue;
			k = visit(d->d_name);
			CHECK(!seen[k]);
			seen[k] = 1;
			n++;
		}
	CHECK(got == 0 && n == 64);
	CHECK(close(fd) == 0);
	for (int i = 0; i < 64; i += 2) {
		snprintf(name, sizeof(name), "%d.again", i);
		CHECK(unlink(name) == 0);
	}
	done();
}

static void
test_forced(void)
{
	unsigned long before = object_pages();
	char c, *p;
	int fd;

	fresh(1 << 20);
	fd = file("f", 4 * PAGE);
	p = map(fd, 4 * PAGE);
	memset(p, 'f', 4 * PAGE);
	CHECK(chdir("/") == 0);
	CHECK_ERRNO(unmount(MNT, 0), EBUSY);
	CHECK(unmount(MNT, MNT_FORCE) == 0);
	CHECK(fault_of(p, 0) == SIGBUS && fault_of(p, 1) == SIGBUS);
	CHECK_ERRNO(pread(fd, &c, 1, 0), EIO);
	CHECK(munmap(p, 4 * PAGE) == 0);
	CHECK(object_pages() <= before + 2);
}

static void
test_limits(void)
{
	struct tmpfs_args args = { .ta_version = 99 };
	struct statvfs sv;

	CHECK_ERRNO(mount("tmpfs", MNT, 0, &args), EINVAL);
	args.ta_version = TMPFS_ARGS_VERSION;
	args.ta_size_max = -1;
	CHECK_ERRNO(mount("tmpfs", MNT, 0, &args), EINVAL);
	CHECK_ERRNO(mount("tmpfs", MNT, 0, (void *)8), EFAULT);
	fresh(10 * PAGE);
	CHECK(close(file("f", 0)) == 0 && truncate("f", LARGE) == 0);
	CHECK_ERRNO(truncate("f", ~(1L << 63)), EFBIG);
	CHECK(statvfs(".", &sv) == 0 && sv.f_blocks == 10 &&
	    sv.f_bsize == PAGE && sv.f_files == NODES_MAX);
	args.ta_size_max = 20 * PAGE;
	CHECK(mount("tmpfs", MNT, MNT_UPDATE, &args) == 0);
	CHECK(statvfs(".", &sv) == 0 && sv.f_blocks == 20);
	args.ta_nodes_max = 1;
	CHECK_ERRNO(mount("tmpfs", MNT, MNT_UPDATE, &args), EINVAL);
	/* These are not the arguments of what is mounted there. */
	CHECK_ERRNO(mount("tmpfs", "/", MNT_UPDATE, &args), EINVAL);
	CHECK(mount("tmpfs", MNT, MNT_UPDATE | MNT_RDONLY, NULL) == 0);
	CHECK_ERRNO(open("g", O_WRONLY | O_CREAT, 0644), EROFS);
	CHECK_ERRNO(unlink("f"), EROFS);
	CHECK(mount("tmpfs", MNT, MNT_UPDATE, NULL) == 0);
	CHECK(unlink("f") == 0);
	done();
}

static const struct tap_case cases[] = {
	{ "64 MB, mapped, take what was stored into", test_sparse },
	{ "truncated under a mapping", test_truncate },
	{ "removed while it is mapped", test_unlinked },
	{ "full: ENOSPC, and SIGBUS for a store", test_full },
	{ "files and names are limited", test_files },
	{ "two processes share a file's memory", test_shared },
	{ "a directory read while its entries go", test_reading },
	{ "unmounted by force under a mapping", test_forced },
	{ "arguments of mount(2), and other limits later", test_limits },
};

int
main(void)
{
	catch_faults();
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
