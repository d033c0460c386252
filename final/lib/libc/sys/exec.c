/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Other programs: the exec family and system(3).
 */
#include <sys/wait.h>
#include <errno.h>
#include <limits.h>
#include <paths.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * Becomes another program, with this environment.
 * @param path	where it is
 * @param argv	arguments, NULL at the end
 * @return	-1 with execve(2)'s errors
 */
int
execv(const char *path, char *const argv[])
{
	return (execve(path, argv, environ));
}

/* A file without a format is for the shell. */
static void
by_shell(const char *path, char *const argv[], char *const envp[])
{
	const char **args;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	args = __builtin_alloca((n + 3) * sizeof(*args));
	args[0] = "sh";
	args[1] = path;
	for (size_t i = 1; i <= n; i++)
		args[i + 1] = argv[i];
	args[n + 1 + (n == 0)] = NULL;
	execve(_PATH_BSHELL, (char *const *)args, envp);
}

static void
try(const char *path, char *const argv[], char *const envp[])
{
	execve(path, argv, envp);
	if (errno == ENOEXEC)
		by_shell(path, argv, envp);
}

/**
 * Becomes a program that PATH finds, unless its name has a slash. A file
 * without a format is run by the shell.
 * @param name	of the program
 * @param argv	arguments, NULL at the end
 * @param envp	its environment, NULL at the end
 * @return	-1 with ENOENT, EACCES, or execve(2)'s errors
 */
int
execvpe(const char *name, char *const argv[], char *const envp[])
{
	const char *dir = getenv("PATH"), *end;
	char path[PATH_MAX];
	int error = ENOENT;
	size_t len;

	if (strchr(name, '/') != NULL || *name == '\0') {
		if (*name == '\0')
			errno = ENOENT;
		else
			try(name, argv, envp);
		return (-1);
	}
	if (dir == NULL)
		dir = _PATH_DEFPATH;
	for (;; dir = end + 1) {
		end = strchrnul(dir, ':');
		len = (size_t)(end - dir);
		if (len == 0) { /* here */
			dir = ".";
			len = 1;
		}
		if (len + strlen(name) + 2 <= sizeof(path)) {
			memcpy(path, dir, len);
			strcpy(path + len, "/");
			strcat(path, name);
			try(path, argv, envp);
			if (errno == EACCES)
				error = EACCES;
			else if (errno != ENOENT && errno != ENOTDIR)
				return (-1);
		}
		if (*end == '\0')
			break;
	}
	errno = error;
	return (-1);
}

/**
 * execvpe() with this environment.
 * @param name	of the program
 * @param argv	arguments, NULL at the end
 * @return	-1 with ENOENT, EACCES, or execve(2)'s errors
 */
int
execvp(const char *name, char *const argv[])
{
	return (execvpe(name, argv, environ));
}

/* The arguments of a list whose first one is known; NULL is its end. */
#define GATHER(args, arg0, ap)                                                 \
	do {                                                                   \
		size_t n_ = 1;                                                 \
		va_start(ap, arg0);                                            \
		while (va_arg(ap, char *) != NULL)                             \
			n_++;                                                  \
		va_end(ap);                                                    \
		args = __builtin_alloca((n_ + 1) * sizeof(*args));             \
		va_start(ap, arg0);                                            \
		args[0] = (char *)arg0;                                        \
		for (size_t i_ = 1; i_ <= n_; i_++)                            \
			args[i_] = va_arg(ap, char *);                         \
	} while (0)

/**
 * execv() of a list, of which NULL is the end.
 * @param path	where it is
 * @param arg0	first argument
 * @return	-1 with execve(2)'s errors
 */
int
execl(const char *path, const char *arg0, ...)
{
	char **args;
	va_list ap;

	GATHER(args, arg0, ap);
	va_end(ap);
	return (execve(path, args, environ));
}

/**
 * execvp() of a list, of which NULL is the end.
 * @param name	of the program
 * @param arg0	first argument
 * @return	-1 with ENOENT, EACCES, or execve(2)'s errors
 */
int
execlp(const char *name, const char *arg0, ...)
{
	char **args;
	va_list ap;

	GATHER(args, arg0, ap);
	va_end(ap);
	return (execvp(name, args));
}

/**
 * execve(2) of a list, of which NULL is the end; the environment is behind it.
 * @param path	where it is
 * @param arg0	first argument
 * @return	-1 with execve(2)'s errors
 */
int
execle(const char *path, const char *arg0, ...)
{
	char **args, **envp;
	va_list ap;

	GATHER(args, arg0, ap);
	envp = va_arg(ap, char **);
	va_end(ap);
	return (execve(path, args, envp));
}

/**
 * Has the shell run a command, and sleeps until it has ended. SIGINT and
 * SIGQUIT are ignored meanwhile, SIGCHLD is blocked.
 * @param command	for /bin/sh -c; or NULL
 * @return	its wait status; -1 with fork(2)'s or waitpid()'s errors; for
 *		NULL: whether there is a shell
 */
int
system(const char *command)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
	sigset_t child, mask;
	int status = -1;
	pid_t pid;

	if (command == NULL)
		return (access(_PATH_BSHELL, X_OK) == 0);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGQUIT, &old_quit, NULL);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		execl(_PATH_BSHELL, "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			status = -1;
			break;
		}
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return (status);
}
