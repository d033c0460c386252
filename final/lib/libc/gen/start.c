/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The first function of a program, and the last ones.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define ATEXIT_BLOCK 32

/* Entries of an array whose ends the linker names. */
#define COUNT(array)                                                           \
	(((uintptr_t)array##_end - (uintptr_t)array##_start) / sizeof(void *))

int main(int argc, char **argv, char **envp);
extern void (*const __init_array_start[])(int, char **, char **);
extern void (*const __init_array_end[])(int, char **, char **);
extern void (*const __fini_array_start[])(void);
extern void (*const __fini_array_end[])(void);

char **environ;
const char *__progname = "";
libc_lock_t __atexit_lock;

/** Functions for the end; the last block comes first. */
static struct atexit_block {
	struct atexit_block *next;
	int n;
	void (*functions[ATEXIT_BLOCK])(void);
} first_block, *blocks = &first_block;

/**
 * Begins a program: variables of threads, constructors, main(), exit().
 * @param sp	the stack at its entry: argc, argv, envp, auxiliary vector
 */
void
__libc_start(long *sp)
{
	int argc = (int)sp[0];
	char **argv = (char **)(sp + 1), **p;
	size_t n = COUNT(__init_array);

	environ = argv + argc + 1;
	for (p = environ; *p != NULL; p++)
		;
	__tls_find((const long *)(p + 1));
	if (argc > 0 && argv[0] != NULL)
		setprogname(argv[0]);
	for (size_t i = 0; i < n; i++)
		__init_array_start[i](argc, argv, environ);
	exit(main(argc, argv, environ));
}

/**
 * The name of the program, for messages.
 * @return	it; empty if execve(2) got none
 */
const char *
getprogname(void)
{
	return (__progname);
}

/**
 * Sets the name of the program: what follows the last slash.
 * @param name	stays the caller's, and must remain
 */
void
setprogname(const char *name)
{
	const char *slash = strrchr(name, '/');

	__progname = slash != NULL ? slash + 1 : name;
}

/**
 * Has a function called by exit().
 * @param function	it; may call atexit()
 * @return	0; -1 with ENOMEM
 */
int
atexit(void (*function)(void))
{
	struct atexit_block *b;

	__lock(&__atexit_lock);
	b = blocks;
	if (b->n == ATEXIT_BLOCK) {
		b = calloc(1, sizeof(*b));
		if (b == NULL) {
			__unlock(&__atexit_lock);
			return (-1);
		}
		b->next = blocks;
		blocks = b;
	}
	b->functions[b->n++] = function;
	__unlock(&__atexit_lock);
	return (0);
}

/**
 * Calls the functions of atexit(), the last one first, without a lock: they may
 * add others.
 */
void
__atexit_run(void)
{
	void (*function)(void);

	for (;;) {
		__lock(&__atexit_lock);
		while (blocks->n == 0 && blocks->next != NULL)
			blocks = blocks->next;
		function = blocks->n > 0 ? blocks->functions[--blocks->n]
					 : NULL;
		__unlock(&__atexit_lock);
		if (function == NULL)
			return;
		function();
	}
}

/**
 * Ends the program: functions of atexit(), destructors, then streams are
 * written.
 * @param status	for wait(2); its lower 8 bits
 */
void
exit(int status)
{
	size_t n = COUNT(__fini_array);

	__atexit_run();
	while (n-- > 0)
		__fini_array_start[n]();
	__stdio_flush_all();
	_exit(status);
}

/**
 * Ends the program by SIGABRT, also if that is caught or blocked.
 */
void
abort(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGABRT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGABRT);
	sigaction(SIGABRT, &sa, NULL);
	raise(SIGABRT);
	_exit(127);
}
