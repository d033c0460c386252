/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads of a process: arguments of lwp_create(2) and extexit(2),
 * DragonFly's layout and values.
 */
#ifndef _SYS_LWP_H_
#define _SYS_LWP_H_

#include <sys/types.h>

/** How a thread starts; all are addresses of the program. */
struct lwp_params {
#ifdef __USERLAND
	void (*lwp_func)(void *); /**< where */
	void *lwp_arg;		  /**< its argument */
	void *lwp_stack;	  /**< top of its stack */
	lwpid_t *lwp_tid1;	  /**< gets its number, or NULL */
	lwpid_t *lwp_tid2;	  /**< another one */
#else
	u_register_t lwp_func;	/**< where */
	u_register_t lwp_arg;	/**< its argument */
	u_register_t lwp_stack; /**< top of its stack */
	u_register_t lwp_tid1;	/**< int that gets its number, or 0 */
	u_register_t lwp_tid2;	/**< another one */
#endif
};

CTASSERT(sizeof(struct lwp_params) == 40);

/* clang-format off */
/** @name extexit(2): what is done, and who ends */
/** @{ */
#define EXTEXIT_SIMPLE	0		/* nothing */
#define EXTEXIT_SETINT	1		/* an int is set to the status */
#define EXTEXIT_PROC	(0 << 16)	/* the process ends */
#define EXTEXIT_LWP	(1 << 16)	/* the thread ends */
/** @} */
/* clang-format on */

#ifdef __USERLAND
int lwp_create(struct lwp_params *params);
int lwp_create2(struct lwp_params *params, const void *mask);
lwpid_t lwp_gettid(void);
int lwp_kill(pid_t pid, lwpid_t tid, int sig);
int lwp_rtprio(int function, pid_t pid, lwpid_t tid, void *rtp);
int lwp_setaffinity(pid_t pid, lwpid_t tid, const void *mask);
int lwp_getaffinity(pid_t pid, lwpid_t tid, void *mask);
void extexit(int how, int status, void *addr) __dead2;
#endif

#endif
