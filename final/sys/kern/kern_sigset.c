/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What is known of signals by their numbers, and which of several is first.
 *
 * Pure: it is also compiled for Linux and tested there.
 */
#include <sys/signalvar.h>
#include <sys/systm.h>

#define WORDS 4 /* of a sigset_t */

/** What each signal does by default; numbers without an entry end a process. */
static const u_char props[NSIG] = {
	[SIGHUP] = SIGPROP_KILL,
	[SIGINT] = SIGPROP_KILL,
	[SIGQUIT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGILL] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGTRAP] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGABRT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGEMT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGFPE] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGKILL] = SIGPROP_KILL,
	[SIGBUS] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGSEGV] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGSYS] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGPIPE] = SIGPROP_KILL,
	[SIGALRM] = SIGPROP_KILL,
	[SIGTERM] = SIGPROP_KILL,
	[SIGURG] = SIGPROP_IGNORE,
	[SIGSTOP] = SIGPROP_STOP,
	[SIGTSTP] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGCONT] = SIGPROP_IGNORE | SIGPROP_CONT,
	[SIGCHLD] = SIGPROP_IGNORE,
	[SIGTTIN] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGTTOU] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGIO] = SIGPROP_IGNORE,
	[SIGXCPU] = SIGPROP_KILL,
	[SIGXFSZ] = SIGPROP_KILL,
	[SIGVTALRM] = SIGPROP_KILL,
	[SIGPROF] = SIGPROP_KILL,
	[SIGWINCH] = SIGPROP_IGNORE,
	[SIGINFO] = SIGPROP_IGNORE,
	[SIGUSR1] = SIGPROP_KILL,
	[SIGUSR2] = SIGPROP_KILL,
	[SIGTHR] = SIGPROP_KILL,
	[SIGCKPT] = SIGPROP_IGNORE, /* checkpoints do not exist here */
	[SIGCKPTEXIT] = SIGPROP_KILL,
};

/** Names without "SIG", for messages; NULL for numbers that have none. */
const char *const sys_signame[NSIG] = {
	[SIGHUP] = "HUP",
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
	[SIGCKPTEXIT] = "CKPTEXIT",
};

/**
 * @param sig	any number
 * @return	whether it is a signal's
 */
bool
sig_valid(int sig)
{
	return (sig > 0 && sig < NSIG);
}

/**
 * @param sig	signal
 * @return	SIGPROP_*
 */
u_int
sigprop(int sig)
{
	KASSERT(sig_valid(sig), ("sigprop: signal %d", sig));
	return (props[sig] != 0 ? props[sig] : SIGPROP_KILL);
}

/**
 * Chooses the signal that is acted on first: SIGKILL, then by number.
 * @param a		a set
 * @param b		another one, or NULL
 * @param blocked	those that do not count, or NULL
 * @return		signal of a or b, or 0
 */
int
sig_lowest(const sigset_t *a, const sigset_t *b, const sigset_t *blocked)
{
	int first = 0;
	uint32_t w;

	for (int i = WORDS - 1; i >= 0; i--) {
		w = a->bits[i];
		if (b != NULL)
			w |= b->bits[i];
		if (blocked != NULL)
			w &= ~blocked->bits[i];
		if (w != 0)
			first = i * 32 + __builtin_ctz(w) + 1;
		if (i == SIGBITWORD(SIGKILL) && (w & SIGBITMASK(SIGKILL)) != 0)
			return (SIGKILL);
	}
	return (first);
}
