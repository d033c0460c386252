/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: what is built on the system calls, and their names.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define MAXSIG 128 /* as many as a set has room for */

static sigset_t interrupting; /* siginterrupt(): no SA_RESTART */

/** Names without SIG, by number. */
const char *const sys_signame[NSIG] = { [SIGHUP] = "HUP",
	[SIGINT] = "INT",
	[SIGQUIT] = "QUIT",
	[SIGILL] = "ILL",
	[SIGTRAP] = "TRAP",
	[SIGABRT] = "ABRT",
	[SIGEMT] = "EMT",
	[SIGFPE] = "FPE",
	[SIGKILL] = "KILL",
	[SIGBUS] = "BUS",
	[SIGSEGV] = "SEGV",
	[SIGSYS] = "SYS",
	[SIGPIPE] = "PIPE",
	[SIGALRM] = "ALRM",
	[SIGTERM] = "TERM",
	[SIGURG] = "URG",
	[SIGSTOP] = "STOP",
	[SIGTSTP] = "TSTP",
	[SIGCONT] = "CONT",
	[SIGCHLD] = "CHLD",
	[SIGTTIN] = "TTIN",
	[SIGTTOU] = "TTOU",
	[SIGIO] = "IO",
	[SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ",
	[SIGVTALRM] = "VTALRM",
	[SIGPROF] = "PROF",
	[SIGWINCH] = "WINCH",
	[SIGINFO] = "INFO",
	[SIGUSR1] = "USR1",
	[SIGUSR2] = "USR2",
	[SIGTHR] = "THR",
	[SIGCKPT] = "CKPT",
	[SIGCKPTEXIT] = "CKPTEXIT" };

/** What they mean, by number. */
const char *const sys_siglist[NSIG] = { [SIGHUP] = "Hangup",
	[SIGINT] = "Interrupt",
	[SIGQUIT] = "Quit",
	[SIGILL] = "Illegal instruction",
	[SIGTRAP] = "Trace/BPT trap",
	[SIGABRT] = "Abort trap",
	[SIGEMT] = "EMT trap",
	[SIGFPE] = "Floating exception",
	[SIGKILL] = "Killed",
	[SIGBUS] = "Bus error",
	[SIGSEGV] = "Segmentation fault",
	[SIGSYS] = "Bad system call",
	[SIGPIPE] = "Broken pipe",
	[SIGALRM] = "Alarm clock",
	[SIGTERM] = "Terminated",
	[SIGURG] = "Urgent I/O condition",
	[SIGSTOP] = "Suspended (signal)",
	[SIGTSTP] = "Suspended",
	[SIGCONT] = "Continued",
	[SIGCHLD] = "Child exited",
	[SIGTTIN] = "Stopped (tty input)",
	[SIGTTOU] = "Stopped (tty output)",
	[SIGIO] = "I/O possible",
	[SIGXCPU] = "Cputime limit exceeded",
	[SIGXFSZ] = "Filesize limit exceeded",
	[SIGVTALRM] = "Virtual timer expired",
	[SIGPROF] = "Profiling timer expired",
	[SIGWINCH] = "Window size changes",
	[SIGINFO] = "Information request",
	[SIGUSR1] = "User defined signal 1",
	[SIGUSR2] = "User defined signal 2",
	[SIGTHR] = "Thread interrupt",
	[SIGCKPT] = "Checkpoint",
	[SIGCKPTEXIT] = "Checkpoint and exit" };

/**
 * A signal in words.
 * @param sig	its number
 * @return	a constant; for a number that is none, memory of the thread
 */
char *
strsignal(int sig)
{
	static __thread char buf[32];

	if (sig > 0 && sig < NSIG && sys_siglist[sig] != NULL)
		return ((char *)sys_siglist[sig]);
	snprintf(buf, sizeof(buf), "Unknown signal: %d", sig);
	return (buf);
}

/**
 * Makes the empty set.
 * @param set	filled in
 * @return	0
 */
int
sigemptyset(sigset_t *set)
{
	*set = (sigset_t){ { 0 } };
	return (0);
}

/**
 * Makes the set of all signals.
 * @param set	filled in
 * @return	0
 */
int
sigfillset(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
	return (0);
}

/**
 * Adds a signal to a set.
 * @param set	the set
 * @param sig	1 to 128
 * @return	0; -1 with EINVAL
 */
int
sigaddset(sigset_t *set, int sig)
{
	if (sig < 1 || sig > MAXSIG) {
		errno = EINVAL;
		return (-1);
	}
	set->bits[(sig - 1) / 32] |= 1U << (sig - 1) % 32;
	return (0);
}

/**
 * Takes a signal out of a set.
 * @param set	the set
 * @param sig	1 to 128
 * @return	0; -1 with EINVAL
 */
int
sigdelset(sigset_t *set, int sig)
{
	if (sig < 1 || sig > MAXSIG) {
		errno = EINVAL;
		return (-1);
	}
	set->bits[(sig - 1) / 32] &= ~(1U << (sig - 1) % 32);
	return (0);
}

/**
 * Whether a signal is in a set.
 * @param set	the set
 * @param sig	1 to 128
 * @return	1 or 0; -1 with EINVAL
 */
int
sigismember(const sigset_t *set, int sig)
{
	if (sig < 1 || sig > MAXSIG) {
		errno = EINVAL;
		return (-1);
	}
	return ((set->bits[(sig - 1) / 32] >> (sig - 1) % 32 & 1) != 0);
}

/**
 * Sets a handler, as in all BSDs: it stays, and system calls are restarted
 * unless siginterrupt() has said otherwise.
 * @param sig	the signal
 * @param handler	function, SIG_DFL or SIG_IGN
 * @return	the one before; SIG_ERR with sigaction(2)'s errors
 */
sig_t
signal(int sig, sig_t handler)
{
	struct sigaction sa = { .sa_handler = handler }, old;

	sigemptyset(&sa.sa_mask);
	if (sigismember(&interrupting, sig) <= 0)
		sa.sa_flags = SA_RESTART;
	if (sigaction(sig, &sa, &old) != 0)
		return (SIG_ERR);
	return (old.sa_handler);
}

/**
 * Whether a signal interrupts system calls, now and after signal().
 * @param sig	the signal
 * @param flag	1: they end with EINTR; 0: they are restarted
 * @return	0; -1 with sigaction(2)'s errors
 */
int
siginterrupt(int sig, int flag)
{
	struct sigaction sa;

	if (sigaction(sig, NULL, &sa) != 0)
		return (-1);
	if (flag) {
		sigaddset(&interrupting, sig);
		sa.sa_flags &= ~SA_RESTART;
	} else {
		sigdelset(&interrupting, sig);
		sa.sa_flags |= SA_RESTART;
	}
	return (sigaction(sig, &sa, NULL));
}

/**
 * Sends a signal to the calling thread.
 * @param sig	the signal; 0: only looks whether it could
 * @return	0; -1 with EINVAL
 */
int
raise(int sig)
{
	int error = pthread_kill(pthread_self(), sig);

	if (error == 0)
		return (0);
	errno = error;
	return (-1);
}

/**
 * Sends a signal to a group of processes.
 * @param pgrp	the group; 0: the caller's
 * @param sig	the signal
 * @return	0; -1 with ESRCH (group 1 too), or kill(2)'s errors
 */
int
killpg(pid_t pgrp, int sig)
{
	if (pgrp == 1) {
		errno = ESRCH;
		return (-1);
	}
	return (kill(-pgrp, sig));
}

/**
 * Sleeps until a signal has been handled.
 * @return	-1 with EINTR
 */
int
pause(void)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return (sigsuspend(&set));
}

/**
 * Sleeps until one of a set is pending, and takes it. They should be blocked.
 * @param set	the set
 * @param sig	gets its number
 * @return	0 or an error, not in errno
 */
int
sigwait(const sigset_t *set, int *sig)
{
	int got;

	do {
		got = sigwaitinfo(set, NULL);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return (errno);
	*sig = got;
	return (0);
}

/**
 * Blocks signals as well, BSD's old way.
 * @param mask	signals 1 to 32: sigmask()
 * @return	the mask before
 */
int
sigblock(int mask)
{
	sigset_t set = { { (uint32_t)mask } }, old;

	sigprocmask(SIG_BLOCK, &set, &old);
	return ((int)old.bits[0]);
}

/**
 * Blocks these signals and no others, BSD's old way.
 * @param mask	signals 1 to 32: sigmask()
 * @return	the mask before
 */
int
sigsetmask(int mask)
{
	sigset_t set = { { (uint32_t)mask } }, old;

	sigprocmask(SIG_SETMASK, &set, &old);
	return ((int)old.bits[0]);
}
