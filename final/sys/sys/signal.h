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
#define SIGQUIT		3
#define SIGILL		4
#define SIGTRAP		5
#define SIGABRT		6
#define SIGEMT		7
#define SIGFPE		8
#define SIGKILL		9
#define SIGBUS		10
#define SIGSEGV		11
#define SIGSYS		12
#define SIGPIPE		13
#define SIGALRM		14
#define SIGTERM		15
#define SIGURG		16
#define SIGSTOP		17
#define SIGTSTP		18
#define SIGCONT		19
#define SIGCHLD		20
#define SIGTTIN		21
#define SIGTTOU		22
#define SIGIO		23
#define SIGXCPU		24
#define SIGXFSZ		25
#define SIGVTALRM	26
#define SIGPROF		27
#define SIGWINCH	28
#define SIGINFO		29
#define SIGUSR1		30
#define SIGUSR2		31
#define SIGTHR		32
#define SIGCKPT		33
#define SIGCKPTEXIT	34
#define NSIG		64	/* numbers are below */
/** @} */

/** @name Handlers that are none */
/** @{ */
#ifdef __USERLAND
#define SIG_DFL		((void (*)(int))0)
#define SIG_IGN		((void (*)(int))1)
#define SIG_ERR		((void (*)(int))-1)
#else
#define SIG_DFL		0UL	/* as the signal says */
#define SIG_IGN		1UL	/* nothing happens */
#endif
/** @} */

/** @name sa_flags */
/** @{ */
#define SA_ONSTACK	0x0001	/* on the alternate stack */
#define SA_RESTART	0x0002	/* system calls go on afterwards */
#define SA_RESETHAND	0x0004	/* once: then SIG_DFL */
#define SA_NOCLDSTOP	0x0008	/* SIGCHLD: not for stops */
#define SA_NODEFER	0x0010	/* the handler may be interrupted by its own */
#define SA_NOCLDWAIT	0x0020	/* SIGCHLD: no zombies */
#define SA_SIGINFO	0x0040	/* the handler gets a siginfo */
/** @} */
/* clang-format on */

/* clang-format off */
/** @name sigprocmask(2) */
/** @{ */
#define SIG_BLOCK	1
#define SIG_UNBLOCK	2
#define SIG_SETMASK	3
/** @} */

/** @name si_code */
/** @{ */
#define SI_USER		0	/* kill(2) */
#define SI_QUEUE	(-1)	/* sigqueue(2) */
#define SI_TIMER	(-2)	/* a timer */
#define ILL_ILLOPC	1	/* illegal opcode */
#define ILL_PRVOPC	5	/* privileged opcode */
#define FPE_INTOVF	1	/* integer overflow */
#define FPE_INTDIV	2	/* division by zero */
#define FPE_FLTINV	7	/* invalid floating-point operation */
#define SEGV_MAPERR	1	/* nothing is mapped there */
#define SEGV_ACCERR	2	/* not that way */
#define BUS_ADRALN	1	/* not aligned */
#define BUS_ADRERR	2	/* beyond the end of the file */
#define BUS_OBJERR	3	/* the page cannot be had */
#define TRAP_BRKPT	1	/* breakpoint */
#define TRAP_TRACE	2	/* single step */
#define CLD_EXITED	1	/* child has ended */
#define CLD_KILLED	2	/* by a signal */
#define CLD_DUMPED	3	/* with a core file */
#define CLD_STOPPED	5	/* has stopped */
#define CLD_CONTINUED	6	/* goes on */
/** @} */

/** @name sigaltstack(2) */
/** @{ */
#define SS_ONSTACK	0x0001
#define SS_DISABLE	0x0004
#define MINSIGSTKSZ	8192
#define SIGSTKSZ	40960
/** @} */
/* clang-format on */

/** An alternate stack. */
typedef struct __stack {
#ifdef __USERLAND
	void *ss_sp; /**< lowest byte */
#else
	u_register_t ss_sp;	 /**< lowest byte */
#endif
	size_t ss_size; /**< bytes */
	int ss_flags;	/**< SS_* */
} stack_t;

/** A set of signals: signal n is bit n - 1. */
typedef struct __sigset {
	uint32_t bits[4]; /**< signals 1 to 128 */
} sigset_t;

#ifdef __USERLAND
typedef struct siginfo siginfo_t; /**< POSIX's name */
typedef int sig_atomic_t;	  /**< read and written at once */

/** What a signal may carry. */
union sigval {
	int sival_int;	 /**< a number */
	void *sival_ptr; /**< an address */
};
#endif

/** What is done about a signal. */
struct sigaction {
#ifdef __USERLAND
	union {
		void (*sa_handler)(int); /**< function, SIG_DFL, SIG_IGN */
		/** function with SA_SIGINFO; the last is a ucontext_t */
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
#else
	u_register_t sa_handler; /**< address, SIG_DFL or SIG_IGN */
#endif
	int sa_flags;	  /**< SA_* */
	sigset_t sa_mask; /**< blocked while the handler runs */
};

/** What a handler is told. */
struct siginfo {
	int si_signo;  /**< signal */
	int si_errno;  /**< unused */
	int si_code;   /**< why */
	int si_pid;    /**< who sent it */
	int si_uid;    /**< whose that is */
	int si_status; /**< of a child */
#ifdef __USERLAND
	void *si_addr;	       /**< of a fault */
	union sigval si_value; /**< of a timer or message */
#else
	u_register_t si_addr;	 /**< of a fault */
	u_register_t si_value;	 /**< of a timer or message */
#endif
	long si_band;	 /**< of a descriptor */
	int si_spare[7]; /**< zero */
};

CTASSERT(sizeof(struct sigaction) == 32);
CTASSERT(__offsetof(struct sigaction, sa_mask) == 12);
CTASSERT(sizeof(struct siginfo) == 80);
CTASSERT(__offsetof(struct siginfo, si_addr) == 24);

#endif
