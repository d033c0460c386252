/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals: numbers, flags and structures of DragonFly's interface.
 */
#ifndef _SYS_SIGNAL_H_
#define _SYS_SIGNAL_H_

#include <sys/types.h>

/* clang-format off */
/** @name Signals that we name */
/** @{ */
#define SIGHUP		1
#define SIGINT		2
#define SIGILL		4
#define SIGKILL		9
#define SIGBUS		10
#define SIGSEGV		11
#define SIGALRM		14
#define SIGTERM		15
#define SIGURG		16
#define SIGSTOP		17
#define SIGCONT		19
#define SIGCHLD		20
#define SIGWINCH	28
#define SIGINFO		29
#define SIGUSR1		30
#define SIGUSR2		31
#define NSIG		64	/* numbers are below */
/** @} */

/** @name Handlers that are none */
/** @{ */
#define SIG_DFL		0UL	/* as the signal says */
#define SIG_IGN		1UL	/* nothing happens */
/** @} */

/** @name sa_flags */
/** @{ */
#define SA_NODEFER	0x0010	/* the handler may be interrupted by its own */
#define SA_SIGINFO	0x0040	/* the handler gets a siginfo */
/** @} */
/* clang-format on */

/** A set of signals: signal n is bit n - 1. */
typedef struct __sigset {
	uint32_t bits[4]; /**< signals 1 to 128 */
} sigset_t;

/** What is done about a signal. */
struct sigaction {
	u_register_t sa_handler; /**< address, SIG_DFL or SIG_IGN */
	int sa_flags;		 /**< SA_* */
	sigset_t sa_mask;	 /**< blocked while the handler runs */
};

/** What a handler is told. */
struct siginfo {
	int si_signo;	       /**< signal */
	int si_errno;	       /**< unused */
	int si_code;	       /**< why */
	int si_pid;	       /**< who sent it */
	int si_uid;	       /**< whose that is */
	int si_status;	       /**< of a child */
	u_register_t si_addr;  /**< of a fault */
	u_register_t si_value; /**< of a timer or message */
	long si_band;	       /**< of a descriptor */
	int si_spare[7];       /**< zero */
};

CTASSERT(sizeof(struct sigaction) == 32);
CTASSERT(__offsetof(struct sigaction, sa_mask) == 12);
CTASSERT(sizeof(struct siginfo) == 80);
CTASSERT(__offsetof(struct siginfo, si_addr) == 24);

#endif
