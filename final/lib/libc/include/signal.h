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
typedef void (*__sighandler_t)(int);

extern const char *const sys_signame[NSIG];
extern const char *const sys_siglist[NSIG];

int kill(pid_t pid, int sig);
int killpg(pid_t pgrp, int sig);
int raise(int sig);
sig_t signal(int sig, sig_t handler);
int sigaction(int sig, const struct sigaction *act, struct sigaction *old);
int sigaltstack(const stack_t *ss, stack_t *old);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigwait(const sigset_t *set, int *sig);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigtimedwait(
    const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int siginterrupt(int sig, int flag);
int sigreturn(ucontext_t *uc);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigismember(const sigset_t *set, int sig);
int sigblock(int mask);
int sigsetmask(int mask);
#define sigmask(sig) (1 << ((sig)-1))

struct pthread;
int pthread_kill(struct pthread *thread, int sig);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);

#endif
