/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * LWKT: the kernel's threads.
 *
 * A thread belongs to one processor at a time (td_gd): only that processor
 * touches its scheduling state.  Others send a message (lwkt_send_ipiq).  In
 * the kernel a thread runs until it blocks or gives way; only on its way back
 * to user mode may it be made to wait for its turn.  Interrupts do not switch
 * threads.
 *
 * A token (struct lwkt_token) is a lock that is held only while its thread
 * runs: when the thread sleeps others may have it, and the thread has it again
 * when it goes on.  What a token protects may hence change over every call
 * that may sleep, and over no other.  `mp_token` is the one token under which
 * all system calls run that are not marked MPSAFE in syscalls.master.
 */
#ifndef _SYS_THREAD_H_
#define _SYS_THREAD_H_

#include <sys/queue.h>
#include <sys/spinlock.h>
#include <machine/pcb.h>

struct globaldata;
struct lwp;
struct proc;
struct thread;

/** @name Priorities, the higher the sooner */
/** @{ */
#define TDPRI_IDLE	0  /* nothing else to do */
#define TDPRI_USER	6  /* in user mode, or about to be */
#define TDPRI_KERN	10 /* kernel threads */
#define TDPRI_KERN_USER 12 /* in a system call, woken up */
#define TDPRI_INT	20 /* interrupt threads */
/** @} */

/** @name td_flags */
/** @{ */
#define TDF_RUNNING   0x0001 /* on the processor */
#define TDF_RUNQ      0x0002 /* in td_gd's run queue */
#define TDF_SLEEPING  0x0004 /* in a sleep queue */
#define TDF_SINTR     0x0008 /* a signal wakes it */
#define TDF_EXITING   0x0010 /* never switched to again */
#define TDF_TIMEOUT   0x0020 /* woken by time */
#define TDF_INTRWOKEN 0x0040 /* woken by a signal */
#define TDF_INTERLOCK 0x0080 /* tsleep_interlock() is on */
#define TDF_FPU	      0x0100 /* has FPU state to keep */
/** @} */

/** A lock that is held while running; see above. */
struct lwkt_token {
	struct thread *volatile t_owner; /**< who has it */
	u_int t_count;			 /**< how often */
	const char *t_name;		 /**< for messages */
	u_long t_collisions;		 /**< times somebody had to wait */
};

#define LWKT_TOKEN_INITIALIZER(name)                                           \
	{                                                                      \
		.t_name = (name)                                               \
	}
/** Most different tokens of one thread. */
#define LWKT_MAXTOKENS 8

/** A thread of the kernel. */
struct thread {
	TAILQ_ENTRY(thread) td_threadq; /**< run queue */
	TAILQ_ENTRY(thread) td_sleepq;	/**< sleep queue of td_wchan */
	register_t td_sp;		/**< stack pointer while off */
	vm_offset_t td_kstack;		/**< lowest byte of its stack */
	vm_offset_t td_kstack_top;	/**< end of its stack */
	struct globaldata *td_gd;	/**< its processor */
	struct lwp *td_lwp;		/**< or NULL */
	struct proc *td_proc;		/**< or NULL */
	volatile u_int td_flags;	/**< TDF_* */
	int td_pri;			/**< TDPRI_* */
	const volatile void *volatile td_wchan; /**< what it sleeps on */
	const char *td_wmesg;		/**< why, for ps */
	u_int td_wdomain;		/**< PDOMAIN_* */
	u_int td_ntokens;		/**< used entries of td_tokens */
	struct {
		struct lwkt_token *tok; /**< which */
		u_int count;		/**< how often, while it is off */
	} td_tokens[LWKT_MAXTOKENS];	/**< what it holds or will have again */
	void (*td_start)(void *);	/**< what a new thread runs */
	void *td_arg;			/**< with this argument */
	uint64_t td_uticks;		/**< ticks in user mode */
	uint64_t td_sticks;		/**< ticks in the kernel */
	struct pcb td_pcb;		/**< the platform's part */
	char td_comm[16];		/**< for messages */
};

#define curthread (mycpu->gd_curthread)
#define curlwp	  (curthread->td_lwp)
#define curproc	  (curthread->td_proc)

extern struct lwkt_token mp_token;

/* --- kern/lwkt_thread.c --- */
struct thread *lwkt_alloc_thread(const char *name, void (*func)(void *),
    void *arg, struct globaldata *gd);
struct thread *lwkt_create(
    void (*func)(void *), void *arg, const char *name, u_int cpuid);
void lwkt_schedule(struct thread *td);
void lwkt_switch(void);
void lwkt_yield(void);
void lwkt_setpri(struct thread *td, int pri);
void lwkt_setcpu_self(struct globaldata *gd);
void lwkt_exit(void) __dead2;
void lwkt_reap(struct thread *td);
void lwkt_init_cpu(struct globaldata *gd);
void lwkt_idle_loop(void) __dead2;

/* --- kern/lwkt_token.c --- */
void lwkt_gettoken(struct lwkt_token *tok);
bool lwkt_trytoken(struct lwkt_token *tok);
void lwkt_reltoken(struct lwkt_token *tok);
bool lwkt_token_held(const struct lwkt_token *tok);
#define ASSERT_MP_TOKEN()                                                      \
	KASSERT(lwkt_token_held(&mp_token), ("%s: without mp_token", __func__))

/* --- kern/lwkt_ipiq.c --- */
typedef void ipifunc_t(void *arg);
void lwkt_send_ipiq(struct globaldata *gd, ipifunc_t *func, void *arg);
void lwkt_process_ipiq(void);
void lwkt_ipiq_all_wait(ipifunc_t *func, void *arg, uint64_t mask);
extern u_long lwkt_ipi_count;

#endif
