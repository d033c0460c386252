/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * fork(2): the child must not find a lock taken by a thread that it has not.
 */
#include <unistd.h>
#include "libc_private.h"

static libc_lock_t *const locks[] = { &__atexit_lock, &__stdio_lock,
	&__env_lock, &__malloc_lock };
#define NLOCKS ((int)(sizeof(locks) / sizeof(locks[0])))

/**
 * Makes a process that goes on where this one is.
 * @return 0 in the child, its number in the parent, -1 with errno
 */
pid_t
fork(void)
{
	pid_t pid;

	__pthread_atfork_run(0);
	for (int i = 0; i < NLOCKS; i++)
		__lock(locks[i]);
	pid = __sys_fork();
	if (pid == 0) {
		for (int i = NLOCKS - 1; i >= 0; i--)
			*locks[i] = 0;
		__pthread_after_fork();
		__pthread_atfork_run(2);
		return (0);
	}
	for (int i = NLOCKS - 1; i >= 0; i--)
		__unlock(locks[i]);
	__pthread_atfork_run(1);
	return (pid);
}
