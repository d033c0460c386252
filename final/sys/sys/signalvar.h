/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals inside the kernel: pending sets, and who calls what.
 *
 * A process's p_spin protects p_siglist, its threads' lwp_siglist and
 * lwp_sigmask, and p_sigacts' contents; a signal may be sent from an interrupt.
 */
#ifndef _SYS_SIGNALVAR_H_
#define _SYS_SIGNALVAR_H_

#include <sys/signal.h>

struct lwp;
struct pgrp;
struct proc;
struct session;
struct siginfo;
struct trapframe;
struct sigio;

/** What comes with a pending signal: the smaller half of a siginfo. */
struct ksiginfo {
	int ksi_code;	/**< si_code */
	pid_t ksi_pid;	/**< who sent it */
	uid_t ksi_uid;	/**< whose that is */
	int ksi_status; /**< of a child, or the value of a timer */
};

/** What a process does about its signals; shared by its threads. */
struct sigacts {
	struct sigaction ps_action[NSIG]; /**< by signal */
	sigset_t ps_sigignore;		  /**< those with SIG_IGN, or SIG_DFL
					     that ignores */
	sigset_t ps_sigcatch;		  /**< those with handlers */
	volatile u_int ps_ref;		  /**< processes that share it */
	u_register_t ps_restorer[NSIG];	  /**< Linux: where a handler returns
					     to, by signal */
};

/** @name Sets: signal n is bit n - 1 */
/** @{ */
#define SIGBITWORD(n)	  (((n)-1) >> 5)
#define SIGBITMASK(n)	  (1U << (((n)-1) & 31))
#define SIGADDSET(s, n)	  ((s).bits[SIGBITWORD(n)] |= SIGBITMASK(n))
#define SIGDELSET(s, n)	  ((s).bits[SIGBITWORD(n)] &= ~SIGBITMASK(n))
#define SIGISMEMBER(s, n) (((s).bits[SIGBITWORD(n)] & SIGBITMASK(n)) != 0)
#define SIGEMPTYSET(s)	  ((s) = (sigset_t){ { 0 } })
#define SIGFILLSET(s)	  ((s) = (sigset_t){ { ~0U, ~0U, ~0U, ~0U } })
#define SIGISEMPTY(s)                                                          \
	(((s).bits[0] | (s).bits[1] | (s).bits[2] | (s).bits[3]) == 0)
#define SIGSETOR(a, b)                                                         \
	((a).bits[0] |= (b).bits[0], (a).bits[1] |= (b).bits[1],               \
	    (a).bits[2] |= (b).bits[2], (a).bits[3] |= (b).bits[3])
#define SIGSETNAND(a, b)                                                       \
	((a).bits[0] &= ~(b).bits[0], (a).bits[1] &= ~(b).bits[1],             \
	    (a).bits[2] &= ~(b).bits[2], (a).bits[3] &= ~(b).bits[3])
#define SIG_CANTMASK(s) (SIGDELSET(s, SIGKILL), SIGDELSET(s, SIGSTOP))
/** @} */

/** @name What signals do where there is no handler: sigprop() */
/** @{ */
#define SIGPROP_KILL	0x01 /* ends the process */
#define SIGPROP_CORE	0x02 /* and it is worth a line on the console */
#define SIGPROP_STOP	0x04 /* stops it */
#define SIGPROP_TTYSTOP 0x08 /* so that a shell can continue it */
#define SIGPROP_IGNORE	0x10 /* nothing */
#define SIGPROP_CONT	0x20 /* continues it, handler or not */
/** @} */

/* --- kern/kern_sigset.c: pure --- */
u_int sigprop(int sig);
int sig_lowest(const sigset_t *a, const sigset_t *b, const sigset_t *blocked);
bool sig_valid(int sig);

/* --- kern/kern_sig.c: sending; callable from interrupts, never sleeps --- */
void ksignal(struct proc *p, int sig);
void lwpsignal(struct proc *p, struct lwp *lp, int sig);
void ksignal_info(struct proc *p, struct lwp *lp, const struct siginfo *info);
void pgsignal(struct pgrp *pgrp, int sig, bool checkctty);
void sig_reassign(struct proc *p); /* p_spin held: a thread of p blocks more
				      signals, or has gone */
void trapsignal(struct lwp *lp, const struct siginfo *info);
void sigexit(struct lwp *lp, int sig) __dead2;

/* --- kern/kern_sig.c: receiving, by the thread itself --- */
int issignal(struct lwp *lp); /* a signal to act on, after stops; 0 none */
void postsig(struct lwp *lp, int sig);
bool sigpending_any(struct lwp *lp); /* unmasked, not ignored: cheap test */
bool curproc_sigintr(void);	     /* tsleep: is there a signal? */
int sig_interrupted(void);	     /* EINTR or ERESTART, by SA_RESTART */
bool sig_check(struct lwp *lp);	     /* under mp_token: handles stops in the
					middle of a call; is there a signal
					to return for? */

/* --- kern/kern_sig.c: sets of a process --- */
struct sigacts *sigacts_alloc(void);
struct sigacts *sigacts_dup(const struct sigacts *ps);
void sigacts_free(struct sigacts *ps);
void execsigs(struct proc *p);
int
kern_sigaction(int sig, const struct sigaction *act, struct sigaction *oact);
int kern_sigprocmask(int how, const sigset_t *set, sigset_t *oset);
int kern_sigsuspend(const sigset_t *mask);
int kern_sigaltstack(const void *ss, void *oss, vm_offset_t sp);
int kern_sigtimedwait(
    const sigset_t *set, struct siginfo *info, const void *timeout_ts);
int kern_kill(int sig, pid_t pid, lwpid_t tid);
int kern_lwp_kill(int sig, pid_t pid, lwpid_t tid, int code);
extern const char *const sys_signame[NSIG];

#endif
