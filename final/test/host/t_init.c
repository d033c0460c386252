/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Parts of init, as functions of a process that is not the first one.
 */
#include <sys/wait.h>
#include "tap.h"

static pid_t late_waitpid(pid_t pid, int *status, int options);
int init_main(void);

#define main	init_main
#define waitpid late_waitpid
#include "../../sbin/init/init.c"
#undef main
#undef waitpid

static int late_signal;

/* A signal comes when init has just looked whether one has come. */
static pid_t
late_waitpid(pid_t pid, int *status, int options)
{
	if (late_signal != 0)
		kill(getpid(), late_signal);
	late_signal = 0;
	return (waitpid(pid, status, options));
}

static void
test_late_signal(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	handle_signals();
	late_signal = SIGUSR2;
	wait_for(pid);
	CHECK(asked == SIGUSR2);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
}

/* Who ends meanwhile, and is not waited for, does not keep it. */
static void
test_orphans(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(50000);
		_exit(7);
	}
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			_exit(i);
	handle_signals();
	CHECK(exit_status(wait_for(pid)) == 7);
	CHECK_ERRNO(waitpid(pid, NULL, WNOHANG), ECHILD);
}

static const struct tap_case cases[] = {
	{ "a signal between look and sleep is not lost", test_late_signal },
	{ "orphans are waited for, too", test_orphans },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
