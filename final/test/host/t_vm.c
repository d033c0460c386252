/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory of a process: mmap and its relatives, copies on write, faults.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

#define PAGE 4096
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANON)

static char *
map(size_t n, int prot, int flags)
{
	char *p = mmap(NULL, n, prot, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

/* --- which signal and code an access gives: 0 if none --- */

static sigjmp_buf fault_env;
static volatile int fault_sig, fault_code;
static void *volatile fault_addr;

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	fault_sig = sig;
	fault_code = info->si_code;
	fault_addr = (void *)info->si_addr;
	siglongjmp(fault_env, 1);
}

static int
fault_of(volatile char *p, int write)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	fault_sig = fault_code = 0;
	if (sigsetjmp(fault_env, 1) == 0) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	return (fault_sig);
}

static void
test_zero(void)
{
	char *p = map(64 * PAGE, RW, ANON);

	for (int i = 0; i < 64 * PAGE; i += 512)
		CHECK(p[i] == 0);
	memset(p, 0x5a, 64 * PAGE);
	CHECK(munmap(p, 64 * PAGE) == 0);
	CHECK(fault_of(p, 0) == SIGSEGV && fault_code == SEGV_MAPERR &&
	    fault_addr == p);
}

static void
test_fork_private(void)
{
	char *p = map(8 * PAGE, RW, ANON);
	pid_t pid;

	for (int i = 0; i < 8; i++)
		p[i * PAGE] = (char)i;
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 8; i++) {
			CHECK(p[i * PAGE] == i);
			p[i * PAGE] = 100;
		}
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(p[i * PAGE] == i);
	/* And the other way round, with a grandchild. */
	pid = fork();
	if (pid == 0) {
		usleep(50000);
		CHECK(p[0] == 0 && p[PAGE] == 1);
		pid = fork();
		if (pid == 0) {
			p[PAGE] = 9;
			_exit(0);
		}
		CHECK(tap_wait(pid) == 0 && p[PAGE] == 1);
		_exit(0);
	}
	p[0] = 77;
	p[PAGE] = 78;
	CHECK(tap_wait(pid) == 0);
}

static void
test_fork_shared(void)
{
	volatile char *p = map(4 * PAGE, RW, MAP_SHARED | MAP_ANON);
	pid_t pid = fork();

	if (pid == 0) {
		p[3 * PAGE] = 42;
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	CHECK(p[3 * PAGE] == 42);
}

static void
test_protect(void)
{
	char *p = map(3 * PAGE, RW, ANON);

	p[PAGE] = 1;
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK(fault_of(p + PAGE, 0) == 0);
	CHECK(fault_of(p + PAGE, 1) == SIGSEGV && fault_code == SEGV_ACCERR);
	CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
	CHECK(fault_of(p + PAGE, 0) == SIGSEGV && fault_code == SEGV_ACCERR);
	CHECK(mprotect(p, 3 * PAGE, RW) == 0);
	CHECK(p[PAGE] == 1);
	CHECK(fault_of(p + PAGE, 1) == 0);
}

static void
test_exec(void)
{
	static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
	unsigned char *p = (void *)map(PAGE, RW, ANON);
	pid_t pid;

	memcpy(p, code, sizeof(code));
	pid = fork();
	if (pid == 0) {
		((int (*)(void))(uintptr_t)p)();
		_exit(0);
	}
	/* Data is not executable, if the processor can see to it. */
	CHECK(WTERMSIG(tap_wait(pid)) == SIGSEGV);
	CHECK(mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0);
	CHECK(((int (*)(void))(uintptr_t)p)() == 42);
}

static void
test_split(void)
{
	char *p = map(16 * PAGE, RW, ANON);

	for (int i = 0; i < 16; i++)
		p[i * PAGE] = (char)(i + 1);
	CHECK(munmap(p + 4 * PAGE, 4 * PAGE) == 0);
	CHECK(munmap(p + 10 * PAGE, PAGE) == 0);
	for (int i = 0; i < 16; i++) {
		if ((i >= 4 && i < 8) || i == 10)
			CHECK(fault_of(p + i * PAGE, 0) == SIGSEGV);
		else
			CHECK(p[i * PAGE] == i + 1);
	}
	CHECK(mmap(p + 4 * PAGE, 7 * PAGE, RW, ANON | MAP_FIXED, -1, 0) ==
	    p + 4 * PAGE);
	CHECK(p[4 * PAGE] == 0 && p[8 * PAGE] == 0 && p[11 * PAGE] == 12);
}

static void
test_errors(void)
{
	char *p = map(PAGE, RW, ANON);

	CHECK_ERRNO(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, 99, 0), EBADF);
	CHECK_ERRNO(
	    mmap((void *)0x7ffffffff000, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0),
	    EINVAL);
	CHECK_ERRNO(mmap(NULL, 1UL << 50, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERRNO(munmap(p + 1, PAGE), EINVAL);
	CHECK_ERRNO(munmap(p, 0), EINVAL);
	CHECK_ERRNO(mprotect(p + 1, PAGE, RW), EINVAL);
}

static int
scratch(const char *name, int pages)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char c;

	CHECK(fd >= 0);
	for (int i = 0; i < pages; i++) {
		c = (char)('a' + i);
		CHECK(pwrite(fd, &c, 1, (off_t)i * PAGE) == 1);
	}
	CHECK(ftruncate(fd, (off_t)pages * PAGE) == 0);
	return (fd);
}

static void
test_file_shared(void)
{
	int fd = scratch("t_vm.shared", 4);
	char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0), c;

	CHECK(p != MAP_FAILED);
	CHECK(p[0] == 'a' && p[3 * PAGE] == 'd' && p[100] == 0);
	p[2 * PAGE + 5] = 'X';
	CHECK(pread(fd, &c, 1, 2 * PAGE + 5) == 1 && c == 'X');
	c = 'Y';
	CHECK(pwrite(fd, &c, 1, PAGE + 7) == 1 && p[PAGE + 7] == 'Y');
	CHECK(msync(p, 4 * PAGE, MS_SYNC) == 0);
	CHECK(munmap(p, 4 * PAGE) == 0);
	CHECK(pread(fd, &c, 1, 2 * PAGE + 5) == 1 && c == 'X');
	unlink("t_vm.shared");
}

static void
test_file_private(void)
{
	int fd = scratch("t_vm.private", 2);
	char *p = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0), c;

	CHECK(p != MAP_FAILED && p[PAGE] == 'b');
	p[PAGE] = 'Z';
	CHECK(pread(fd, &c, 1, PAGE) == 1 && c == 'b');
	/* Beyond the end of the file there is nothing. */
	CHECK(ftruncate(fd, PAGE) == 0);
	CHECK(p[0] == 'a');
	CHECK(munmap(p, 2 * PAGE) == 0);
	p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK(fault_of(p + PAGE, 0) == SIGBUS);
	unlink("t_vm.private");
}

/* A store into a hole has its block, or is refused: none is lost. */
static void
test_file_full(void)
{
	static char block[65536];
	int fd = scratch("t_vm.full", 0), other, i;
	char *p, c;

	other = open("t_vm.other", O_RDWR | O_CREAT | O_TRUNC, 0644);
	CHECK(other >= 0 && ftruncate(fd, 512L * PAGE) == 0);
	p = mmap(NULL, 512 * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && p[100 * PAGE] == 0);
	CHECK(fault_of(p + 100 * PAGE, 1) == 0);
	while (write(other, block, sizeof(block)) > 0)
		;
	CHECK(errno == ENOSPC);
	for (i = 0; i < 512 && fault_of(p + i * PAGE, 1) == 0; i++)
		;
	CHECK(i < 100 && fault_sig == SIGBUS && fault_addr == p + i * PAGE);
	CHECK(fault_of(p + 100 * PAGE + 1, 1) == 0);
	CHECK(pread(fd, &c, 1, (off_t)i * PAGE) == 1 && c == 0);
	CHECK(msync(p, 512 * PAGE, MS_SYNC) == 0 && fsync(fd) == 0);
	CHECK(ftruncate(other, 0) == 0);
	CHECK(fault_of(p + i * PAGE, 1) == 0);
	CHECK(pread(fd, &c, 1, (off_t)i * PAGE) == 1 && c == 1);
	CHECK(pread(fd, &c, 1, 100L * PAGE + 1) == 1 && c == 1);
	unlink("t_vm.other");
	unlink("t_vm.full");
}

static void
test_file_rights(void)
{
	int fd = scratch("t_vm.rights", 1), ro;

	ro = open("t_vm.rights", O_RDONLY);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, ro, 0), EACCES);
	CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, ro, 0) != MAP_FAILED);
	close(fd);
	unlink("t_vm.rights");
}

static void
test_read_into_mapping(void)
{
	/* A file is read into, and written from, a mapping of itself. */
	int fd = scratch("t_vm.self", 2);
	char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	CHECK(pread(fd, p, PAGE, 0) == PAGE);
	CHECK(pwrite(fd, p + PAGE, PAGE, PAGE) == PAGE);
	CHECK(pread(fd, p, PAGE, PAGE) == PAGE && p[0] == 'b');
	unlink("t_vm.self");
}

static void
test_efault(void)
{
	char *p = map(2 * PAGE, RW, ANON);
	int fd = scratch("t_vm.efault", 2);

	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK_ERRNO(read(fd, p + PAGE, 1), EFAULT);
	CHECK_ERRNO(write(fd, p + PAGE, 1), EFAULT);
	CHECK_ERRNO(read(fd, (void *)0xfffff80000000000, 8), EFAULT);
	CHECK_ERRNO(open(p + PAGE, O_RDONLY), EFAULT);
	memset(p, 'x', PAGE);
	CHECK_ERRNO(open(p, O_RDONLY), ENAMETOOLONG);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK_ERRNO(pread(fd, p, 8, 0), EFAULT);
	unlink("t_vm.efault");
}

static int
deep(int n)
{
	volatile char pad[2000];

	pad[0] = (char)n;
	return (n == 0 ? pad[0] : deep(n - 1) + pad[0]);
}

static void
test_stack(void)
{
	pid_t pid;

	deep(1000); /* 2 MB */
	pid = fork();
	if (pid == 0) {
		deep(100000);
		_exit(0);
	}
	CHECK(WTERMSIG(tap_wait(pid)) == SIGSEGV);
}

static void
test_overcommit(void)
{
	/* More than there is, used a little. */
	char *p = map(4UL << 30, RW, ANON | MAP_NORESERVE);

	for (unsigned long i = 0; i < 64; i++)
		p[i * (64UL << 20)] = 1;
	CHECK(munmap(p, 4UL << 30) == 0);
}

static void
test_madvise(void)
{
	char *p = map(4 * PAGE, RW, ANON);

	p[PAGE] = 5;
	CHECK(madvise(p, 4 * PAGE, MADV_DONTNEED) == 0);
	CHECK(madvise(p, 4 * PAGE, MADV_NORMAL) == 0);
	CHECK_ERRNO(madvise(p, 4 * PAGE, 55), EINVAL);
	CHECK_ERRNO(mcontrol(p, 4 * PAGE, MADV_SETMAP, 0), EINVAL);
	CHECK(mcontrol(p, 4 * PAGE, MADV_INVAL, 0) == 0);
}

static void
test_mincore(void)
{
	char *p = map(4 * PAGE, RW, ANON), vec[4];

	p[2 * PAGE] = 1;
	CHECK(mincore(p, 4 * PAGE, vec) == 0);
	CHECK((vec[2] & MINCORE_INCORE) != 0 && vec[0] == 0);
}

/* Which of three pages a child's writes are seen in, as bits. */
static int
seen_of_child(volatile char *p)
{
	int seen = 0;
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			p[i * PAGE]++;
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	for (int i = 0; i < 3; i++)
		seen |= (p[i * PAGE] == 2) << i;
	return (seen);
}

static void
test_inherit(void)
{
	char *private = map(3 * PAGE, RW, ANON);
	char *shared = map(3 * PAGE, RW, MAP_SHARED | MAP_ANON);

	for (int i = 0; i < 3; i++)
	private[i * PAGE] = shared[i * PAGE] = 1;
	CHECK(minherit(private + PAGE, PAGE, INHERIT_SHARE) == 0);
	CHECK(minherit(shared + PAGE, PAGE, INHERIT_COPY) == 0);
	CHECK(seen_of_child(private) == 2);
	CHECK(seen_of_child(shared) == 5);
	CHECK_ERRNO(minherit(private, PAGE, 3), EINVAL);
}

/* Holes make mappings of nothing: there is an end to that, and it is not the
 * end of somebody else. */
static void
test_holes(void)
{
	size_t n = 1UL << 19, i;
	char *p = map(2 * n * PAGE, PROT_NONE, ANON);

	for (i = 0; i < n; i++)
		if (munmap(p + 2 * i * PAGE, PAGE) != 0)
			break;
	CHECK(i > 1000 && i < n && errno == ENOMEM);
	CHECK_ERRNO(mprotect(p + (2 * n - 3) * PAGE, PAGE, RW), ENOMEM);
	CHECK_ERRNO(madvise(p + (2 * n - 3) * PAGE, PAGE, MADV_NOSYNC), ENOMEM);
	(void)mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0); /* perhaps the last */
	CHECK_ERRNO(
	    mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK(munmap(p, 2 * n * PAGE) == 0);
	CHECK(mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p);
}

/* What takes minutes in the kernel lets others run, and can be killed. */
static void
test_long_mincore(void)
{
	size_t size = 1ul << 38, pages = size / PAGE;
	time_t start = time(NULL);
	char *vec;
	void *p;
	pid_t pid;

	p = mmap((void *)(1ul << 44), size, PROT_READ,
	    MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1, 0);
	vec = mmap(
	    NULL, pages, PROT_READ | PROT_WRITE, MAP_ANON | MAP_PRIVATE, -1, 0);
	CHECK(p != MAP_FAILED && vec != MAP_FAILED);
	pid = fork();
	if (pid == 0) {
		mincore(p, size, vec);
		_exit(0);
	}
	usleep(100000);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
	CHECK(time(NULL) - start < 10);
}

/* So does a long transfer: a hundred times 10 MB in one call. */
static void
test_long_read(void)
{
	struct iovec iov[100];
	size_t size = 10ul << 20;
	time_t start = time(NULL);
	pid_t pid;
	int fd;

	fd = open("/tmp/t_vm.long", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && unlink("/tmp/t_vm.long") == 0);
	CHECK(ftruncate(fd, 1l << 30) == 0);
	iov[0] = (struct iovec){ map(size, RW, ANON), size };
	for (int i = 1; i < 100; i++)
		iov[i] = iov[0];
	pid = fork();
	if (pid == 0) {
		preadv(fd, iov, 100, 0);
		_exit(0);
	}
	usleep(100000);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
	CHECK(time(NULL) - start < 10);
}

static const struct tap_case cases[] = {
	{ "memory is zero at first and gone after munmap", test_zero },
	{ "fork copies private memory", test_fork_private },
	{ "fork shares shared memory", test_fork_shared },
	{ "mprotect counts at once, contents stay", test_protect },
	{ "data is not code until mprotect says so", test_exec },
	{ "munmap and mmap in the middle", test_split },
	{ "wrong arguments give the right errors", test_errors },
	{ "a shared mapping and read and write see one file",
	    test_file_shared },
	{ "a private mapping keeps its changes; SIGBUS beyond the end",
	    test_file_private },
	{ "a full disk refuses stores into holes, and loses none",
	    test_file_full },
	{ "a mapping needs the file's rights", test_file_rights },
	{ "a file is read into a mapping of itself", test_read_into_mapping },
	{ "system calls give EFAULT for addresses that are none", test_efault },
	{ "the stack grows to its limit", test_stack },
	{ "more memory may be asked for than there is", test_overcommit },
	{ "minherit: private memory shared, shared memory copied",
	    test_inherit },
	{ "there is an end to mappings", test_holes },
	{ "madvise and mcontrol", test_madvise },
	{ "mincore", test_mincore },
	{ "what takes long lets others run, and is killed", test_long_mincore },
	{ "so does a read of a gigabyte", test_long_read },
};

int
main(void)
{
	tap_enter();
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
