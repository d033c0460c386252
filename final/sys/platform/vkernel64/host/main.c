/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * vkernel(7): the program of the host that becomes a kernel.
 *
 * It reads its options, and starts a child which is the kernel, again and again
 * as long as that asks for it.  This part has a C library and knows nothing of
 * the kernel but <machine/vkernel.h>; once the kernel runs, only what is at
 * the end of this file is called.  That is not more than it must be: what the C
 * library does with floating-point registers it would do with those of the
 * kernel's processes.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <cpu/cpufunc.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "host.h"

/* --- kernel --- */
void vkernel_main(const struct vk_config *config) __attribute__((noreturn));

static struct vk_config config;
static struct termios saved_tty;
static bool raw_tty;
static volatile sig_atomic_t child;

/* SIGTERM for the parent is for the kernel. */
static void
pass_on(int sig)
{
	if (child > 0)
		kill(child, sig);
}

static void
tty_raw(void)
{
	struct termios t;

	if (tcgetattr(0, &saved_tty) != 0)
		return;
	t = saved_tty;
	cfmakeraw(&t);
	if (tcsetattr(0, TCSANOW, &t) == 0)
		raw_tty = true;
}

/** Gives the host's terminal back as it was found. */
void
vk_tty_restore(void)
{
	if (raw_tty)
		tcsetattr(0, TCSANOW, &saved_tty);
	raw_tty = false;
}

/* A number that the host tells, or 0. */
static unsigned long
host_number(const char *name, size_t size)
{
	unsigned long value = 0;

	return (sysctlbyname(name, &value, &size, NULL, 0) == 0 ? value : 0);
}

static unsigned long
tsc_freq(void)
{
	unsigned long freq = host_number(
	    "kern.cputimer.freq", sizeof(unsigned long));

	if (freq == 0)
		errx(1,
		    "the host does not say how fast its clock is "
		    "(sysctl kern.cputimer.freq)");
	return (freq);
}

static void
check_host(void)
{
	if (host_number("vm.vkernel_enable", sizeof(int)) == 0)
		errx(1,
		    "the host does not let processes be kernels; "
		    "sysctl vm.vkernel_enable=1 as root changes that");
}

/* tag::choose[] */
/*
 * Whether the host can put us behind nested page tables.  If not, why, and the
 * kernel has its page tables read by the host, as with -d; else "".
 */
static const char *
choose_mode(void)
{
	static char why[128];
	size_t size = sizeof(why) - 1;

	if (config.software || host_number("hw.vmm.enable", sizeof(int)) == 1)
		return ("");
	config.software = 1;
	if (sysctlbyname("hw.vmm.enable", why, &size, NULL, 0) != 0 ||
	    size <= sizeof(int))
		strcpy(why, "the host has them not, or switched off");
	return (why);
}
/* end::choose[] */

/* The child: becomes the kernel. */
static void
run_kernel(void)
{
	sigset_t every;

	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, NULL);
	tty_raw();
	vkernel_main(&config);
}

/* What a child's end means: an exit status, or -1 to start again. */
static int
ended(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_VKERNEL_REBOOT)
		return (-1);
	if (WIFEXITED(status))
		return (WEXITSTATUS(status));
	warnx("the kernel was ended by signal %d", WTERMSIG(status));
	return (128 + WTERMSIG(status));
}

/**
 * Becomes a kernel.
 * @param argc	words
 * @param argv	options; see vkernel(7)
 * @return	exit status of the kernel; 1: an option is wrong, or something
 *		that it names
 */
int
main(int argc, char **argv)
{
	const char *why;
	int status, result;
	bool had_tty = tcgetattr(0, &saved_tty) == 0;

	options_parse(argc, argv, &config);
	config.start = rdtsc();
	check_host();
	why = choose_mode();
	config.tsc_freq = tsc_freq();
	options_open(&config);
	if (*why != '\0')
		warnx("no hardware page tables: %s; going on as with -d", why);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, pass_on);
	do {
		fflush(stdout);
		child = fork();
		if (child < 0)
			err(1, "fork");
		if (child == 0)
			run_kernel();
		while (waitpid(child, &status, 0) < 0)
			if (errno != EINTR)
				err(1, "waitpid");
		/* A kernel that was killed has not done it. */
		if (had_tty)
			tcsetattr(0, TCSANOW, &saved_tty);
		result = ended(status);
		config.start = rdtsc();
	} while (result < 0);
	return (result);
}

/* --- for the kernel --- */

/** What a thread begins with. */
struct start {
	void (*func)(void *); /**< never returns */
	void *arg;	      /**< for it */
};

static void *
begin(void *arg)
{
	struct start s = *(struct start *)arg;

	free(arg);
	s.func(s.arg);
	return (NULL);
}

/**
 * Makes a thread of the host, which begins with all signals blocked.
 * @param func	what it runs
 * @param arg	with this argument
 * @return	0, or an errno
 */
int
vk_thread(void (*func)(void *), void *arg)
{
	struct start *s = malloc(sizeof(*s));
	sigset_t every, mask;
	pthread_t thread;
	int error;

	if (s == NULL)
		return (ENOMEM);
	*s = (struct start){ func, arg };
	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, &mask);
	error = pthread_create(&thread, NULL, begin, s);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return (error);
}
