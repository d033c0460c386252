/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes: fork, wait, exec, groups, sessions, credentials, limits.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <stdint.h>
#include "tap.h"

static void
test_status(void)
{
	pid_t pid;
	int status;

	for (int i = 0; i < 256; i += 51) {
		pid = fork();
		if (pid == 0)
			_exit(i);
		status = tap_wait(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == i);
	}
	pid = fork();
	if (pid == 0) {
		raise(SIGTERM);
		_exit(0);
	}
	status = tap_wait(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK_ERRNO(waitpid(-1, &status, 0), ECHILD);
	CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
}

static void
test_nohang(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		usleep(100000);
		_exit(3);
	}
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(waitpid(-1, &status, 0) == pid && WEXITSTATUS(status) == 3);
}

static void
test_orphan(void)
{
	int p[2];
	pid_t pid, parent;

	CHECK(pipe(p) == 0);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			while (getppid() != 1)
				usleep(10000);
			parent = getppid();
			(void)!write(p[1], &parent, sizeof(parent));
			_exit(0);
		}
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	close(p[1]);
	CHECK(read(p[0], &parent, sizeof(parent)) == sizeof(parent));
	CHECK(parent == 1);
}

static void
test_stop(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid);
	CHECK(WIFCONTINUED(status));
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
}

static void
test_vfork(void)
{
	volatile int x = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		x = 5; /* in the parent's memory */
		_exit(9);
	}
	CHECK(x == 5);
	CHECK(WEXITSTATUS(tap_wait(pid)) == 9);
}

static int
run(const char *path, char *const argv[], char *const envp[])
{
	pid_t pid = fork();

	if (pid == 0) {
		execve(path, argv, envp);
		_exit(100 + errno);
	}
	return (tap_wait(pid));
}

static void
write_file(const char *name, const void *data, size_t n, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	CHECK(fd >= 0);
	CHECK(write(fd, data, n) == (ssize_t)n);
	close(fd);
	CHECK(chmod(name, mode) == 0);
}

static void
test_exec(void)
{
	char *argv[] = { "sh", "-c", "test \"$A\" = b && exit $1", "x", "7",
		NULL };
	char *envp[] = { "A=b", NULL };
	char *none[] = { NULL };
	static const char script[] = "#!/bin/sh\nexit 6\n";
	static const char text[] = "this is no program\n";

	CHECK(WEXITSTATUS(run("/bin/sh", argv, envp)) == 7);
	write_file("t_proc.sh", script, sizeof(script) - 1, 0755);
	CHECK(WEXITSTATUS(run("t_proc.sh", none, none)) == 6);
	CHECK(WEXITSTATUS(run("none", none, none)) == 100 + ENOENT);
	CHECK(WEXITSTATUS(run(".", none, none)) == 100 + EACCES);
	write_file("t_proc.sh", script, sizeof(script) - 1, 0644);
	CHECK(WEXITSTATUS(run("t_proc.sh", none, none)) == 100 + EACCES);
	write_file("t_proc.sh", text, sizeof(text) - 1, 0755);
	CHECK(WEXITSTATUS(run("t_proc.sh", none, none)) == 100 + ENOEXEC);
	write_file("t_proc.sh", "", 0, 0755);
	CHECK(WEXITSTATUS(run("t_proc.sh", none, none)) == 100 + ENOEXEC);
	unlink("t_proc.sh");
}

/* A program that does nothing, to be spoilt in one place. */
struct image {
	unsigned char ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	uint32_t p_type, p_flags;
	uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
	unsigned char code[16];
};

static struct image
good_image(void)
{
	struct image im = {
		.ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
		.type = 2,
		.machine = 62,
		.version = 1,
		.entry = 0x400000 + 120,
		.phoff = 64,
		.ehsize = 64,
		.phentsize = 56,
		.phnum = 1,
		.p_type = 1,
		.p_flags = 5,
		.p_vaddr = 0x400000,
		.p_filesz = sizeof(struct image),
		.p_memsz = sizeof(struct image),
		.p_align = 4096,
		/* Linux: exit(0) */
		.code = { 0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05 },
	};

	return (im);
}

static int
run_image(const struct image *im)
{
	char *none[] = { NULL };

	write_file("t_proc.elf", im, sizeof(*im), 0755);
	return (run("t_proc.elf", none, none));
}

static void
test_bad_elf(void)
{
	struct image im = good_image();

	CHECK(run_image(&im) == 0);
#define BAD(field, value)                                                      \
	do {                                                                   \
		im = good_image();                                             \
		im.field = (value);                                            \
		CHECK(WEXITSTATUS(run_image(&im)) == 100 + ENOEXEC);           \
	} while (0)
	BAD(ident[0], 0);
	BAD(ident[4], 1); /* 32 bits */
	BAD(ident[5], 2); /* the other order of bytes */
	BAD(type, 1);	  /* an object file */
	BAD(machine, 3);
	BAD(phentsize, 55);
	BAD(phnum, 0);
	BAD(phnum, 65535);
	BAD(phoff, 1UL << 40);
	BAD(phoff, ~0UL - 8);
	BAD(p_vaddr, 0xffffffff80000000); /* the kernel */
	BAD(p_vaddr, 0);
	BAD(p_memsz, 16);	  /* less than the file */
	BAD(p_memsz, ~0UL - 100); /* wraps */
	BAD(p_filesz, 1UL << 40); /* beyond the file */
	BAD(p_offset, ~0UL);
	BAD(p_vaddr, 0x400123); /* not as aligned as its offset */
	BAD(p_type, 3);		/* wants an interpreter, has no program */
	BAD(entry, 0x700000);	/* in no segment */
	unlink("t_proc.elf");
}

static void
test_exec_args(void)
{
	static char big[300000];
	char *argv[] = { "true", big, NULL };
	char *none[] = { NULL };

	memset(big, 'x', sizeof(big) - 1);
	CHECK(WEXITSTATUS(run("/bin/true", argv, none)) == 100 + E2BIG);
	CHECK_ERRNO(execve((char *)8, none, none), EFAULT);
	CHECK_ERRNO(execve("/bin/true", (char **)8, none), EFAULT);
}

static void
test_cloexec(void)
{
	char *argv[] = { "sh", "-c",
		"test -e /dev/fd/8 && exit 1; "
		"echo x >&9 2>/dev/null && exit 2; exit 0",
		NULL };
	char *envp[] = { "PATH=/bin", NULL };

	CHECK(dup2(1, 9) == 9);
	CHECK(fcntl(9, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(fcntl(9, F_GETFD) == FD_CLOEXEC);
	CHECK(WEXITSTATUS(run("/bin/sh", argv, envp)) == 0);
}

static void
test_groups(void)
{
	pid_t pid;
	int p[2];
	char c;

	CHECK(pipe(p) == 0);
	pid = fork();
	if (pid == 0) {
		close(p[1]);
		CHECK(read(p[0], &c, 1) == 0);
		_exit(getpgrp() == getpid() ? 0 : 1);
	}
	CHECK(setpgid(pid, pid) == 0);
	CHECK(getpgid(pid) == pid);
	CHECK_ERRNO(setpgid(pid, 99998), EPERM);
	close(p[1]);
	CHECK(tap_wait(pid) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(setsid() == getpid());
		CHECK(getsid(0) == getpid() && getpgrp() == getpid());
		CHECK_ERRNO(setsid(), EPERM);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	CHECK_ERRNO(getpgid(99998), ESRCH);
}

static void
test_credentials(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		CHECK(getuid() == 0 && geteuid() == 0);
		CHECK(setgid(0) == 0 && setuid(0) == 0 && issetugid() == 0);
		CHECK(setgid(100) == 0 && setuid(1000) == 0);
		CHECK(getuid() == 1000 && geteuid() == 1000);
		CHECK(issetugid() == 1);
		CHECK_ERRNO(setuid(0), EPERM);
		CHECK_ERRNO(kill(1, SIGTERM), EPERM);
		CHECK_ERRNO(
		    open("/etc/fuzz.secret", O_WRONLY | O_CREAT, 0600), EACCES);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
}

static void
test_limits(void)
{
	struct rlimit rl = { 10, 20 };
	int last = -1, fd;

	CHECK(setrlimit(RLIMIT_NOFILE, &rl) == 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &rl) == 0);
	CHECK(rl.rlim_cur == 10 && rl.rlim_max == 20);
	while ((fd = dup(0)) >= 0)
		last = fd;
	CHECK(errno == EMFILE && last == 9);
	rl.rlim_cur = 30;
	rl.rlim_max = 20;
	CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &rl), EINVAL);
	CHECK_ERRNO(getrlimit(99, &rl), EINVAL);
}

static void
test_many(void)
{
	pid_t pid[60];

	for (int i = 0; i < 60; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0) {
			usleep(20000);
			_exit(i);
		}
	}
	for (int i = 0; i < 60; i++)
		CHECK(WEXITSTATUS(tap_wait(pid[i])) == i);
}

static volatile sig_atomic_t xcpus;

static void
count_xcpu(int sig)
{
	(void)sig;
	xcpus++;
}

/* SIGXCPU at the limit, and not before; SIGKILL at the hard one. */
static void
test_cpu_limit(void)
{
	struct rlimit rl = { 1, 2 };
	struct rusage ru;
	int fds[2], status;
	char c;

	CHECK(setrlimit(RLIMIT_CPU, &rl) == 0);
	if (fork() == 0)
		for (;;)
			continue;
	CHECK(wait4(-1, &status, 0, &ru) > 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
	CHECK(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec <= 1);
	CHECK(ru.ru_utime.tv_sec == 1 || ru.ru_utime.tv_usec > 800000);
	CHECK(pipe(fds) == 0);
	if (fork() == 0) {
		signal(SIGXCPU, count_xcpu);
		while (xcpus == 0)
			continue;
		write(fds[1], "x", 1);
		for (;;)
			continue;
	}
	CHECK(wait4(-1, &status, 0, &ru) > 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(read(fds[0], &c, 1) == 1);
}

static long
cpu_ms(const struct rusage *ru)
{
	return ((ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000 +
	    (ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) / 1000);
}

/* What wait4 says has the grandchildren's share in it, which shells and make
 * rely on. */
static void
test_grandchildren(void)
{
	struct rusage ru, children;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (fork() == 0) {
			do
				getrusage(RUSAGE_SELF, &ru);
			while (cpu_ms(&ru) < 100);
			_exit(0);
		}
		_exit(wait(&status) < 0 || status != 0);
	}
	CHECK(wait4(pid, &status, 0, &ru) == pid && status == 0);
	CHECK(cpu_ms(&ru) >= 100);
	CHECK(getrusage(RUSAGE_CHILDREN, &children) == 0);
	CHECK(cpu_ms(&children) == cpu_ms(&ru));
}

static const struct tap_case cases[] = {
	{ "exit statuses arrive", test_status },
	{ "WNOHANG does not hang", test_nohang },
	{ "wait4 counts grandchildren", test_grandchildren },
	{ "orphans go to process 1", test_orphan },
	{ "stops and continues are reported", test_stop },
	{ "vfork shares memory until exec or exit", test_vfork },
	{ "exec: programs, scripts, and what is neither", test_exec },
	{ "exec: 19 kinds of bad ELF are ENOEXEC", test_bad_elf },
	{ "exec: arguments too long or nowhere", test_exec_args },
	{ "exec closes what is marked", test_cloexec },
	{ "process groups and sessions", test_groups },
	{ "a user is no root any more", test_credentials },
	{ "limits of descriptors", test_limits },
	{ "RLIMIT_CPU: a signal, then the end", test_cpu_limit },
	{ "sixty processes at once", test_many },
};

int
main(void)
{
	tap_enter();
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
