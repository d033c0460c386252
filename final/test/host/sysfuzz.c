/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Calls every system call with arguments that make no sense, as a user.
 *
 *     sysfuzz [calls [seed]]
 *
 * A child makes a few hundred calls and ends, or dies of one of them, or
 * hangs in one and is killed by its alarm; then the next child goes on with
 * other numbers.  The test passes when the kernel is still there.  What the
 * arguments are drawn from is what kernels trip over: addresses of the
 * program, of the kernel and of nothing, small and huge numbers, descriptors.
 *
 * Left out are reboot, since root may not be needed for everything that ends
 * a run, and what would stop the parent: the child has a session of its own.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALLS_OF_A_CHILD 250
#define LAST_CALL	 560
#define NOBODY		 65534
#define AREA		 (16 * 4096)
#define PATIENCE	 2 /* seconds for a child */

long syscall(long number, ...);

static uint64_t state;

static uint64_t
rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state);
}

static const uint64_t odd[] = { 0, 1, 2, 3, 7, 8, 0xff, 0xfff, 0x1000, 0x1001,
	0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	0x7fffffffffff, 0x800000000000, 0x7ffffffff000, 0xfffff80000000000,
	0xffffffff80100000, 0x7fffffffffffffff, 0x8000000000000000,
	0xfffffffffffff000, 0xffffffffffffffff, 0xfffffffffffffffe };

static char *area;

static uint64_t
argument(void)
{
	switch (rnd() % 8) {
	case 0:
		return (rnd());
	case 1:
		return (odd[rnd() % (sizeof(odd) / sizeof(odd[0]))]);
	case 2:
		return (rnd() % 64);
	case 3: /* in the area, at its end, in the middle of its pages */
		return ((uintptr_t)area + rnd() % (2 * AREA));
	case 4:
		return ((uintptr_t)area + (rnd() % 32) * 4096);
	case 5:
		return ((uintptr_t) "/tmp/fuzz");
	case 6:
		return (-(rnd() % 64));
	default:
		return ((uintptr_t)&state + rnd() % 256 - 128);
	}
}

static int
forbidden(long n)
{
	return (n == SYS_reboot || n == SYS_exit || n == SYS_extexit ||
	    n == SYS_syscall || n == SYS___syscall);
}

static void
child(unsigned number, unsigned calls)
{
	struct rlimit few = { 40, 40 };
	long n;

	state = (number + 1) * 0x9e3779b97f4a7c15;
	setsid();
	signal(SIGSYS, SIG_IGN); /* most numbers are none */
	setrlimit(RLIMIT_NPROC, &few);
	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		_exit(99);
	area = mmap(
	    NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
	if (area == MAP_FAILED)
		_exit(98);
	for (unsigned i = 0; i < AREA / 8; i++)
		((uint64_t *)area)[i] = argument();
	for (unsigned i = 0; i < calls; i++) {
		n = rnd() % LAST_CALL;
		if (rnd() % 64 == 0)
			n = (long)argument();
		if (forbidden(n))
			continue;
		syscall(n, argument(), argument(), argument(), argument(),
		    argument(), argument(), argument());
	}
	_exit(0);
}

static void
nothing(int sig)
{
	(void)sig;
}

int
main(int argc, char **argv)
{
	unsigned long total = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
	unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	unsigned long made = 0, ended = 0, died = 0;
	struct sigaction sa = { .sa_handler = nothing };
	int status;
	pid_t pid;

	sigaction(SIGALRM, &sa, NULL); /* ends a wait */

	for (unsigned i = 0; made < total; i++, made += CALLS_OF_A_CHILD) {
		fflush(stdout);
		pid = fork();
		if (pid < 0) {
			perror("sysfuzz: fork");
			return (1);
		}
		if (pid == 0)
			child(seed * 1000003 + i, CALLS_OF_A_CHILD);
		/* It may sleep for ever, with everything blocked. */
		alarm(PATIENCE);
		while (waitpid(pid, &status, 0) != pid)
			kill(pid, SIGKILL);
		alarm(0);
		if (WIFEXITED(status) && WEXITSTATUS(status) >= 98) {
			printf("sysfuzz: a child could not begin: %d\n",
			    WEXITSTATUS(status));
			return (1);
		}
		if (WIFEXITED(status))
			ended++;
		else
			died++;
		/* What it has forked is in its group, mostly. */
		kill(-pid, SIGKILL);
		while (waitpid(-1, &status, WNOHANG) > 0)
			;
		if (i % 40 == 39)
			printf("# %lu calls\n", made + CALLS_OF_A_CHILD);
	}
	printf("sysfuzz: %lu calls, %lu children ended, %lu died\n", made,
	    ended, died);
	return (0);
}
