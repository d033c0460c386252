/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exec family, with an execve(2) that says what it was called with.  The
 * module is compiled right here, with the address sanitizer.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define TRIED 8

static char tried[TRIED][PATH_MAX + 64]; /* paths, "path arg ..." for a shell */
static int ntried;
static int (*answer)(const char *path); /* errno of execve(2) */

static int
fake_execve(const char *path, char *const argv[], char *const envp[]);

#define execve	fake_execve
#define execv	d_execv
#define execvpe d_execvpe
#define execvp	d_execvp
#define execl	d_execl
#define execlp	d_execlp
#define execle	d_execle
#define system	d_system
int d_execv(const char *, char *const[]);
int d_execvpe(const char *, char *const[], char *const[]);
int d_execvp(const char *, char *const[]);
int d_execl(const char *, const char *, ...);
int d_execlp(const char *, const char *, ...);
int d_execle(const char *, const char *, ...);
int d_system(const char *);
#include "../../lib/libc/sys/exec.c"

static int
fake_execve(const char *path, char *const argv[], char *const envp[])
{
	char *to = tried[ntried];

	(void)envp;
	assert_true(ntried < TRIED);
	strcpy(to, path);
	for (int i = 0; strcmp(path, _PATH_BSHELL) == 0 && argv[i] != NULL;
	     i++) {
		strcat(to, " ");
		strcat(to, argv[i]);
	}
	ntried++;
	errno = answer(path);
	return (-1);
}

static int
missing(const char *path)
{
	(void)path;
	return (ENOENT);
}

static int
forbidden(const char *path)
{
	return (strncmp(path, "/b/", 3) == 0 ? EACCES : ENOTDIR);
}

static int
script(const char *path)
{
	return (strncmp(path, "/b/", 3) == 0 ? ENOEXEC : ENOENT);
}

static int
no_memory(const char *path)
{
	return (strncmp(path, "/b/", 3) == 0 ? ENOMEM : ENOENT);
}

static char *const args[] = { "prog", "-x", "y", NULL };

static int
run(const char *name, const char *dirs, int (*how)(const char *path))
{
	ntried = 0;
	answer = how;
	setenv("PATH", dirs, 1);
	assert_int_equal(d_execvp(name, args), -1);
	return (errno);
}

static void
search(void **state)
{
	(void)state;
	assert_int_equal(run("prog", "/a:/b::/c", missing), ENOENT);
	assert_int_equal(ntried, 4);
	assert_string_equal(tried[0], "/a/prog");
	assert_string_equal(tried[1], "/b/prog");
	assert_string_equal(tried[2], "./prog");
	assert_string_equal(tried[3], "/c/prog");
	assert_int_equal(run("prog", "/a:/b:/c", forbidden), EACCES);
	assert_int_equal(ntried, 3);
	assert_int_equal(run("prog", "/a:/b:/c", no_memory), ENOMEM);
	assert_int_equal(ntried, 2);
	assert_int_equal(run("./prog", "/a:/b", missing), ENOENT);
	assert_int_equal(ntried, 1);
	assert_string_equal(tried[0], "./prog");
	assert_int_equal(run("", "/a:/b", missing), ENOENT);
	assert_int_equal(ntried, 0);
}

static void
shell(void **state)
{
	(void)state;
	run("prog", "/a:/b", script);
	assert_int_equal(ntried, 3);
	assert_string_equal(tried[1], "/b/prog");
	assert_string_equal(tried[2], _PATH_BSHELL " sh /b/prog -x y");
}

/* As long as a path may be, and longer. */
static void
long_names(void **state)
{
	static char name[PATH_MAX + 8], dirs[PATH_MAX + 8];

	(void)state;
	for (size_t n = 1; n < 6; n++) {
		memset(name, 'n', sizeof(name));
		name[PATH_MAX - n] = '\0';
		run(name, ":", missing);
		assert_int_equal(ntried, n >= 3 ? 2 : 0);
		memset(dirs, 'd', sizeof(dirs));
		dirs[PATH_MAX - n] = '\0';
		run("p", dirs, missing);
		assert_int_equal(ntried, n >= 3 ? 1 : 0);
	}
}

static void
lists(void **state)
{
	(void)state;
	ntried = 0;
	answer = script;
	d_execlp("/b/prog", "prog", "one", "two", (char *)NULL);
	assert_int_equal(ntried, 2);
	assert_string_equal(tried[1], _PATH_BSHELL " sh /b/prog one two");
	ntried = 0;
	d_execl("/bin/sh", "sh", "-c", "x", (char *)NULL);
	assert_string_equal(tried[0], "/bin/sh sh -c x");
	ntried = 0;
	d_execle("/bin/sh", "sh", (char *)NULL, environ);
	assert_string_equal(tried[0], "/bin/sh sh");
	ntried = 0;
	d_execv("/bin/sh", args);
	assert_string_equal(tried[0], "/bin/sh prog -x y");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search),
		cmocka_unit_test(shell),
		cmocka_unit_test(long_names),
		cmocka_unit_test(lists),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
