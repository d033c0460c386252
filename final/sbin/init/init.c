/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * init: the first process.
 *
 *     /etc/rc     is run by /bin/sh, if it is there
 *     /etc/exec   if it is there, is run by /bin/sh instead of a shell; its
 *                 status becomes the status of the machine, which goes off
 *     otherwise   a shell on the console, and a new one whenever it ends
 *
 * Signals say how it all ends, busybox's poweroff, halt and reboot send them:
 *
 *     SIGUSR2     off        SIGUSR1     halt        SIGTERM     start again
 *
 * Then every process gets SIGTERM, and SIGKILL if that did not help.  Orphans
 * are init's children and are waited for.
 */
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RC	      "/etc/rc"
#define EXEC	      "/etc/exec"
#define TERM_SECONDS  5 /* from SIGTERM to SIGKILL */
#define SHELL_SECONDS 1 /* a shell that ends sooner is not started at once */

/** Around the output of /etc/exec: what is between them is its alone. */
#define EXEC_BEGIN    "--- exec"
#define EXEC_END      "--- end"

static volatile sig_atomic_t asked; /* a signal that says how it ends */
/*
 * These are blocked but in wait_child(): none comes between a look at `asked`
 * and the sleep that it is to end.
 */
static const int handled[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD };

static const char *const environment[] = { "HOME=/root", "TERM=vt100",
	"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "USER=root", "LOGNAME=root",
	"SHELL=/bin/sh", NULL };

static void
on_signal(int sig)
{
	if (sig != SIGCHLD)
		asked = sig;
}

static void
handle_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		sigaction(handled[i], &sa, NULL);
		sigaddset(&set, handled[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The console as 0, 1 and 2, of no session: the end of one may revoke it. */
static void
open_console(void)
{
	int fd = open(_PATH_CONSOLE, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* The same as the terminal of a session of one's own. */
static void
own_console(void)
{
	setsid();
	open_console();
	ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
}

/* Signals and their mask as a program expects them. */
static void
usual_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * Starts a program in a session of its own, with the console; -1 if there are
 * no processes left.
 */
static pid_t
start(const char *path, const char *const argv[])
{
	pid_t pid = fork();

	if (pid != 0)
		return (pid);
	own_console();
	usual_signals();
	if (chdir("/root") != 0)
		chdir("/");
	execve(path, (char *const *)argv, (char *const *)environment);
	warn("%s", path);
	_exit(127);
}

/* Waits until a child ends, or a signal says how it all does: 0 or less. */
static pid_t
wait_child(int *status)
{
	sigset_t none;
	pid_t got;

	sigemptyset(&none);
	while ((got = waitpid(-1, status, WNOHANG)) == 0 && asked == 0)
		sigsuspend(&none);
	return (got);
}

/* Waits for a process, and takes whatever else ends; its wait status. */
static int
wait_for(pid_t pid)
{
	int status;
	pid_t got;

	while (asked == 0) {
		got = wait_child(&status);
		if (got == pid)
			return (status);
		if (got < 0)
			break;
	}
	return (W_EXITCODE(1, 0));
}

/* A wait status as a shell tells it. */
static int
exit_status(int status)
{
	return (
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void
set_status(int status)
{
	if (sysctlbyname("kern.poweroff_status", NULL, NULL, &status,
		sizeof(status)) != 0)
		warn("kern.poweroff_status");
}

/* Ends every process, in two ways. */
static void
end_processes(void)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	if (kill(-1, SIGTERM) != 0 && errno == ESRCH)
		return;
	kill(-1, SIGCONT); /* what is stopped would not hear it */
	for (int i = 0; i < TERM_SECONDS * 50; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (kill(-1, 0) != 0 && errno == ESRCH)
			return;
		nanosleep(&moment, NULL);
	}
	kill(-1, SIGKILL);
	nanosleep(&moment, NULL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void __dead2
end(int sig)
{
	int howto = sig == SIGUSR1 ? RB_HALT
	    : sig == SIGTERM	   ? RB_AUTOBOOT
				   : RB_POWEROFF;

	end_processes();
	sync();
	reboot(howto);
	err(1, "reboot");
}

/* The contents of a small file, in memory of its own; NULL if there is none. */
static char *
contents(const char *path)
{
	struct stat sb;
	char *text;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return (NULL);
	if (fstat(fd, &sb) != 0 ||
	    (text = calloc(1, (size_t)sb.st_size + 1)) == NULL)
		err(1, "%s", path);
	n = read(fd, text, (size_t)sb.st_size);
	if (n < 0)
		warn("%s", path);
	close(fd);
	return (text);
}

/* Runs the one command that there is to run, and switches off. */
static void __dead2
run_exec(const char *command)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	int status;
	pid_t pid;

	printf(EXEC_BEGIN "\n");
	fflush(stdout);
	pid = start(_PATH_BSHELL, argv);
	status = pid > 0 ? exit_status(wait_for(pid)) : 126;
	open_console();
	if (asked == 0) {
		printf("\n" EXEC_END " %d\n", status);
		fflush(stdout);
		set_status(status);
	}
	end(asked != 0 ? asked : SIGUSR2);
}

/** Runs for ever. */
int
main(void)
{
	const char *const rc[] = { "sh", RC, NULL };
	const char *const shell[] = { "-sh", NULL };
	char *command;
	time_t began;
	pid_t pid;

	if (getpid() != 1)
		errx(1, "only the kernel starts it; see poweroff(8)");
	open_console();
	handle_signals();
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	if (access(RC, R_OK) == 0) {
		pid = start(_PATH_BSHELL, rc);
		if (pid > 0)
			wait_for(pid);
	}
	command = contents(EXEC);
	if (command != NULL && asked == 0)
		run_exec(command);
	while (asked == 0) {
		open_console();
		began = time(NULL);
		pid = start(_PATH_BSHELL, shell);
		if (pid < 0)
			warn("no shell");
		else
			wait_for(pid);
		if (asked == 0 && time(NULL) - began < SHELL_SECONDS)
			sleep(SHELL_SECONDS);
	}
	end(asked);
}
