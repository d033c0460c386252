/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * debug.ktr: the kernel's trace.
 */
#include <sys/sysctl.h>
#include <sys/syscall.h>
#include "tap.h"

#define ROOM  (512 * 1024)
#define MOST  2048 /* events that are kept */
#define CALLS 500

static void
enable(int on)
{
	CHECK(
	    sysctlbyname("debug.ktr.enable", NULL, NULL, &on, sizeof(on)) == 0);
}

/* The log as it is now. */
static char *
get_log(void)
{
	size_t size = ROOM;
	char *log = malloc(size);

	CHECK(log != NULL);
	CHECK(sysctlbyname("debug.ktr.log", log, &size, NULL, 0) == 0);
	CHECK(size > 0 && log[size - 1] == '\0' && strlen(log) == size - 1);
	return (log);
}

/* How many lines of a log are of this event of this process. */
static unsigned
count(const char *log, pid_t pid, const char *event)
{
	unsigned n = 0;
	const char *p, *end;
	char wanted[80];

	snprintf(wanted, sizeof(wanted), " %d %s", pid, event);
	for (p = log; (end = strchr(p, '\n')) != NULL; p = end + 1) {
		const char *at = memmem(p, end - p, wanted, strlen(wanted));

		n += at != NULL && at + strlen(wanted) == end;
	}
	return (n);
}

static void
t_events(void)
{
	char *log, *later;

	enable(1);
	for (int i = 0; i < 7; i++)
		syscall(SYS_getppid);
	enable(0);
	log = get_log();
	CHECK(count(log, getpid(), "system call getppid") == 7);
	syscall(SYS_getppid);
	later = get_log();
	CHECK(count(later, getpid(), "system call getppid") == 7);
}

/* Each line is whole, and its count is not less than the one before, while
 * others write new ones. */
static void
t_order(void)
{
	pid_t pid[2];

	enable(1);
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			for (;;)
				syscall(SYS_getppid);
	}
	usleep(20000);
	for (int round = 0; round < 5; round++) {
		char *log = get_log(), *p = log, *end;
		unsigned long cpu, n = 0, cpus = 0, last[16] = { 0 };

		for (; (end = strchr(p, '\n')) != NULL; p = end + 1, n++) {
			unsigned long ticks = strtoul(p, &p, 10);
			long who;

			cpu = strtoul(p, &p, 10);
			who = strtol(p, &p, 10);
			CHECK(cpu < 16 && who >= 0 && *p == ' ');
			/* Of one processor. */
			CHECK(ticks >= last[cpu]);
			last[cpu] = ticks;
			cpus |= 1UL << cpu;
			CHECK(end - p > 5 && strncmp(p + 1, "(null)", 6) != 0);
		}
		CHECK(*p == '\0' && n > 0 && n <= MOST && cpus != 0);
		free(log);
	}
	enable(0);
	for (int i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		tap_wait(pid[i]);
	}
}

/* The ring has its last events only. */
static void
t_many(void)
{
	char *log;

	enable(1);
	syscall(SYS_getpgrp);
	for (int i = 0; i < 2 * MOST; i++)
		syscall(SYS_getppid);
	enable(0);
	log = get_log();
	CHECK(count(log, getpid(), "system call getpgrp") == 0);
	CHECK(count(log, getpid(), "system call getppid") > CALLS);
}

static void
t_refused(void)
{
	int on = 2;

	CHECK_ERRNO(
	    sysctlbyname("debug.ktr.enable", NULL, NULL, &on, sizeof(on)),
	    EINVAL);
	CHECK(setuid(1000) == 0);
	on = 1;
	CHECK_ERRNO(
	    sysctlbyname("debug.ktr.enable", NULL, NULL, &on, sizeof(on)),
	    EPERM);
}

static const struct tap_case cases[] = {
	{ "system calls are noted while it is on", t_events },
	{ "lines are whole and in order while others write", t_order },
	{ "the last ones are kept", t_many },
	{ "who may turn it on", t_refused },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
