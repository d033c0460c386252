/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Test programs that run under Damselfly: TAP on standard output.
 *
 * A program is a table of cases.  Each case runs in a process of its own, so
 * that one that dies or hangs is one `not ok`, and not the end.
 */
#ifndef _HOST_TAP_H_
#define _HOST_TAP_H_

#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A case: what must hold, and what looks whether it does. */
struct tap_case {
	const char *name;  /**< as TAP shows it */
	void (*run)(void); /**< returns if all is well; see CHECK() */
};

#define TAP_SECONDS 20 /* longest run of a case */

/** Ends the case as failed, with words, unless the condition holds. */
#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond)) {                                                 \
			printf("# %s:%d: not so: %s (errno %d)\n", __FILE__,   \
			    __LINE__, #cond, errno);                           \
			fflush(stdout);                                        \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/** The same for a call that must fail with an error. */
#define CHECK_ERRNO(call, want)                                                \
	do {                                                                   \
		errno = 0;                                                     \
		long result_ = (long)(call);                                   \
		if (result_ != -1 || errno != (want)) {                        \
			printf("# %s:%d: %s gave %ld, errno %d, not %s\n",     \
			    __FILE__, __LINE__, #call, result_, errno, #want); \
			fflush(stdout);                                        \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/** The folder for files of tests: $TEST_DIR, or one of the root, a UFS. */
static inline const char *
tap_folder(void)
{
	const char *dir = getenv("TEST_DIR");

	return (dir != NULL ? dir : "/var/tmp");
}

/** Goes to tap_folder(); to be called by main(). */
static inline void
tap_enter(void)
{
	if (chdir(tap_folder()) != 0) {
		perror(tap_folder());
		exit(1);
	}
}

/** Waits for a child: its wait status. */
static inline int
tap_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR) {
			printf("# waitpid: errno %d\n", errno);
			fflush(stdout);
			_exit(1);
		}
	return (status);
}

/** Runs one case, which TAP counts as `number`: whether all is well. */
static inline int
tap_one(const struct tap_case *c, int number)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(TAP_SECONDS);
		c->run();
		fflush(stdout);
		_exit(0);
	}
	status = pid > 0 ? tap_wait(pid) : -1;
	if (status != 0 && WIFSIGNALED(status))
		printf("# it died of signal %d\n", WTERMSIG(status));
	printf("%sok %d - %s\n", status != 0 ? "not " : "", number, c->name);
	return (status == 0);
}

/** Runs the cases; the status of main(). */
static inline int
tap_run(const struct tap_case *cases, int n)
{
	int failed = 0;

	printf("1..%d\n", n);
	for (int i = 0; i < n; i++)
		failed |= !tap_one(&cases[i], i + 1);
	fflush(stdout);
	return (failed);
}

#endif
