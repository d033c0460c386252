/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals.
 */
#ifndef _SIGNAL_H_
#define _SIGNAL_H_

#include <sys/signal.h>
#include <sys/ucontext.h>

struct timespec;

/** A handler. */
typedef void (*sig_t)(int);
/** The same under its name in <sys/signal.h>. */
typedef void (*__sighandler_t)(int);

extern const char *const sys_signame[NSIG];
extern const char *const sys_siglist[NSIG];

/**
 * Sends a signal.
 * @param pid	process; 0: the caller's group; -1: all that it may; below:
 *		group -pid
 * @param sig	the signal; 0: only looks whether it could
 * @return	0; -1 with EINVAL, ESRCH, EPERM
 */
int kill(pid_t pid, int sig);
int killpg(pid_t pgrp, int sig);
int raise(int sig);
sig_t signal(int sig, sig_t handler);
/**
 * Sets and reads what happens on a signal.
 * @param sig	the signal
 * @param act	what is to; NULL: as it is
 * @param old	gets what did; or NULL
 * @return	0; -1 with EINVAL, EFAULT
 */
int sigaction(int sig, const struct sigaction *act, struct sigaction *old);
/**
 * Sets and reads the stack of handlers with SA_ONSTACK.
 * @param ss	the stack; NULL: as it is
 * @param old	gets the one before; or NULL
 * @return	0; -1 with EINVAL, ENOMEM: too small; EPERM: it is in use;
 *		EFAULT
 */
int sigaltstack(const stack_t *ss, stack_t *old);
/**
 * Changes the mask of signals of the calling thread.
 * @param how	SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK
 * @param set	signals; NULL: nothing changes
 * @param old	gets the mask before; or NULL
 * @return	0; -1 with EINVAL, EFAULT
 */
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
/**
 * The signals that are pending.
 * @param set	gets them
 * @return	0; -1 with EFAULT
 */
int sigpending(sigset_t *set);
/**
 * Sleeps with another mask until a signal has been handled.
 * @param mask	it
 * @return	-1 with EINTR, EFAULT
 */
int sigsuspend(const sigset_t *mask);
int sigwait(const sigset_t *set, int *sig);
/**
 * Sleeps until one of a set is pending, and takes it.
 * @param set	the set
 * @param info	gets what is known of it; or NULL
 * @return	its number; -1 with EINTR, EFAULT
 */
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
/**
 * sigwaitinfo() for a time.
 * @param set	the set
 * @param info	gets what is known of it; or NULL
 * @param timeout	how long; NULL: no end
 * @return	its number; -1 with EAGAIN: none came; EINVAL, EINTR, EFAULT
 */
int sigtimedwait(
    const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int siginterrupt(int sig, int flag);
/**
 * Goes on with registers and mask of a handler's frame.
 * @param uc	the frame's
 * @return	-1 with EFAULT, EINVAL; else it does not return
 */
int sigreturn(ucontext_t *uc);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigismember(const sigset_t *set, int sig);
int sigblock(int mask);
int sigsetmask(int mask);
/** The bit of a signal, 1 to 32, for sigblock() and sigsetmask(). */
#define sigmask(sig) (1 << ((sig)-1))

struct pthread;
int pthread_kill(struct pthread *t, int sig);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);

#endif
