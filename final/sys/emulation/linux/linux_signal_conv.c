/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: numbers, sets, actions, what a handler is told, and how a process
 * ended.
 *
 * Inside the kernel signals have native numbers.  Numbers 1 to 31 are mapped
 * one to one, so that nothing gets lost: Linux's SIGSTKFLT and SIGPWR take the
 * places of SIGEMT and SIGINFO, which it has not.  From 32 on, Linux's
 * real-time signals, numbers are the same; the last one, 64, is one more than
 * there are here.
 */
#include <sys/param.h>
#include <sys/signal.h>
#include <sys/signalvar.h>
#include <sys/wait.h>
#include "linux_conv.h"

/** Native number of each of Linux's. */
static const uint8_t sig_from_linux[LINUX_SIGRTMIN] = {
	[LINUX_SIGHUP] = SIGHUP,
	[LINUX_SIGINT] = SIGINT,
	[LINUX_SIGQUIT] = SIGQUIT,
	[LINUX_SIGILL] = SIGILL,
	[LINUX_SIGTRAP] = SIGTRAP,
	[LINUX_SIGABRT] = SIGABRT,
	[LINUX_SIGBUS] = SIGBUS,
	[LINUX_SIGFPE] = SIGFPE,
	[LINUX_SIGKILL] = SIGKILL,
	[LINUX_SIGUSR1] = SIGUSR1,
	[LINUX_SIGSEGV] = SIGSEGV,
	[LINUX_SIGUSR2] = SIGUSR2,
	[LINUX_SIGPIPE] = SIGPIPE,
	[LINUX_SIGALRM] = SIGALRM,
	[LINUX_SIGTERM] = SIGTERM,
	[LINUX_SIGSTKFLT] = SIGEMT,
	[LINUX_SIGCHLD] = SIGCHLD,
	[LINUX_SIGCONT] = SIGCONT,
	[LINUX_SIGSTOP] = SIGSTOP,
	[LINUX_SIGTSTP] = SIGTSTP,
	[LINUX_SIGTTIN] = SIGTTIN,
	[LINUX_SIGTTOU] = SIGTTOU,
	[LINUX_SIGURG] = SIGURG,
	[LINUX_SIGXCPU] = SIGXCPU,
	[LINUX_SIGXFSZ] = SIGXFSZ,
	[LINUX_SIGVTALRM] = SIGVTALRM,
	[LINUX_SIGPROF] = SIGPROF,
	[LINUX_SIGWINCH] = SIGWINCH,
	[LINUX_SIGIO] = SIGIO,
	[LINUX_SIGPWR] = SIGINFO,
	[LINUX_SIGSYS] = SIGSYS,
};

/** Linux's number of each native one. */
static const uint8_t sig_to_linux[LINUX_SIGRTMIN] = {
	[SIGHUP] = LINUX_SIGHUP,
	[SIGINT] = LINUX_SIGINT,
	[SIGQUIT] = LINUX_SIGQUIT,
	[SIGILL] = LINUX_SIGILL,
	[SIGTRAP] = LINUX_SIGTRAP,
	[SIGABRT] = LINUX_SIGABRT,
	[SIGEMT] = LINUX_SIGSTKFLT,
	[SIGFPE] = LINUX_SIGFPE,
	[SIGKILL] = LINUX_SIGKILL,
	[SIGBUS] = LINUX_SIGBUS,
	[SIGSEGV] = LINUX_SIGSEGV,
	[SIGSYS] = LINUX_SIGSYS,
	[SIGPIPE] = LINUX_SIGPIPE,
	[SIGALRM] = LINUX_SIGALRM,
	[SIGTERM] = LINUX_SIGTERM,
	[SIGURG] = LINUX_SIGURG,
	[SIGSTOP] = LINUX_SIGSTOP,
	[SIGTSTP] = LINUX_SIGTSTP,
	[SIGCONT] = LINUX_SIGCONT,
	[SIGCHLD] = LINUX_SIGCHLD,
	[SIGTTIN] = LINUX_SIGTTIN,
	[SIGTTOU] = LINUX_SIGTTOU,
	[SIGIO] = LINUX_SIGIO,
	[SIGXCPU] = LINUX_SIGXCPU,
	[SIGXFSZ] = LINUX_SIGXFSZ,
	[SIGVTALRM] = LINUX_SIGVTALRM,
	[SIGPROF] = LINUX_SIGPROF,
	[SIGWINCH] = LINUX_SIGWINCH,
	[SIGINFO] = LINUX_SIGPWR,
	[SIGUSR1] = LINUX_SIGUSR1,
	[SIGUSR2] = LINUX_SIGUSR2,
};

/** Flags of actions, pairwise. */
static const struct {
	uint64_t lflag;
	int flag;
} sa_flags[] = {
	{ LINUX_SA_NOCLDSTOP, SA_NOCLDSTOP },
	{ LINUX_SA_NOCLDWAIT, SA_NOCLDWAIT },
	{ LINUX_SA_SIGINFO, SA_SIGINFO },
	{ LINUX_SA_ONSTACK, SA_ONSTACK },
	{ LINUX_SA_RESTART, SA_RESTART },
	{ LINUX_SA_NODEFER, SA_NODEFER },
	{ LINUX_SA_RESETHAND, SA_RESETHAND },
};

/**
 * @param lsig	Linux's number
 * @return	native number, or 0: there is none
 */
int
linux_sig_in(int lsig)
{
	if (lsig <= 0 || lsig >= NSIG)
		return (0);
	return (lsig < LINUX_SIGRTMIN ? sig_from_linux[lsig] : lsig);
}

/**
 * @param sig	native number
 * @return	Linux's number, or 0: there is none
 */
int
linux_sig_out(int sig)
{
	if (sig <= 0 || sig >= NSIG)
		return (0);
	return (sig < LINUX_SIGRTMIN ? sig_to_linux[sig] : sig);
}

/**
 * @param lset	Linux's set
 * @param set	filled in; signal 64 is dropped
 */
void
linux_sigset_in(linux_sigset_t lset, struct __sigset *set)
{
	int sig;

	SIGEMPTYSET(*set);
	for (; lset != 0; lset &= lset - 1) {
		sig = linux_sig_in(__builtin_ctzl(lset) + 1);
		if (sig != 0)
			SIGADDSET(*set, sig);
	}
}

/**
 * @param set	native set
 * @return	Linux's set
 */
linux_sigset_t
linux_sigset_out(const struct __sigset *set)
{
	uint64_t bits = (uint64_t)set->bits[1] << 32 | set->bits[0];
	linux_sigset_t lset = 0;
	int lsig;

	for (; bits != 0; bits &= bits - 1) {
		lsig = linux_sig_out(__builtin_ctzl(bits) + 1);
		if (lsig != 0)
			lset |= 1UL << (lsig - 1);
	}
	return (lset);
}

/**
 * @param lsa	what a program asks for; its restorer is the caller's matter
 * @param sa	filled in
 */
void
linux_sigaction_in(const struct linux_sigaction *lsa, struct sigaction *sa)
{
	sa->sa_handler = lsa->lsa_handler;
	sa->sa_flags = 0;
	for (u_int i = 0; i < nitems(sa_flags); i++)
		if ((lsa->lsa_flags & sa_flags[i].lflag) != 0)
			sa->sa_flags |= sa_flags[i].flag;
	linux_sigset_in(lsa->lsa_mask, &sa->sa_mask);
}

/**
 * @param sa		native action
 * @param restorer	address, or 0
 * @param lsa		filled in
 */
void
linux_sigaction_out(
    const struct sigaction *sa, uint64_t restorer, struct linux_sigaction *lsa)
{
	lsa->lsa_handler = sa->sa_handler;
	lsa->lsa_restorer = restorer;
	lsa->lsa_flags = restorer != 0 ? LINUX_SA_RESTORER : 0;
	for (u_int i = 0; i < nitems(sa_flags); i++)
		if ((sa->sa_flags & sa_flags[i].flag) != 0)
			lsa->lsa_flags |= sa_flags[i].lflag;
	lsa->lsa_mask = linux_sigset_out(&sa->sa_mask);
}

/* The codes of SIGFPE are the only ones in another order. */
static int
code_out(int sig, int code)
{
	if (sig == SIGFPE && code == FPE_INTOVF)
		return (LINUX_FPE_INTOVF);
	if (sig == SIGFPE && code == FPE_INTDIV)
		return (LINUX_FPE_INTDIV);
	return (code);
}

static bool
is_fault(int sig)
{
	return (sig == SIGILL || sig == SIGFPE || sig == SIGSEGV ||
	    sig == SIGBUS || sig == SIGTRAP);
}

/**
 * @param info	what the kernel knows of a signal
 * @param lsi	filled in, all of it
 */
void
linux_siginfo_out(const struct siginfo *info, struct linux_siginfo *lsi)
{
	int sig = info->si_signo;

	*lsi = (struct linux_siginfo){ .lsi_signo = linux_sig_out(sig),
		.lsi_code = code_out(sig, info->si_code) };
	if (info->si_code > 0 && is_fault(sig)) {
		lsi->lsi_fault.addr = info->si_addr;
		return;
	}
	if (info->si_code > 0 && sig == SIGIO) {
		lsi->lsi_poll.band = info->si_band;
		return;
	}
	lsi->lsi_child.pid = info->si_pid;
	lsi->lsi_child.uid = info->si_uid;
	if (info->si_code == SI_QUEUE || info->si_code == SI_TIMER)
		lsi->lsi_rt.value = info->si_value;
	else if (sig == SIGCHLD && info->si_code == CLD_EXITED)
		lsi->lsi_child.status = info->si_status;
	else if (sig == SIGCHLD && info->si_code > 0)
		lsi->lsi_child.status = linux_sig_out(info->si_status);
}

/**
 * @param status	of wait4(2), native
 * @return		what Linux's wait4(2) says
 */
int
linux_wait_status(int status)
{
	if (WIFCONTINUED(status))
		return (LINUX_WSTATUS_CONTINUED);
	if (WIFSTOPPED(status))
		return (linux_sig_out(status >> 8 & 0xff) << 8 | 0x7f);
	if (WIFSIGNALED(status))
		return (linux_sig_out(WTERMSIG(status)) | (status & 0200));
	return (status & 0xff00);
}
