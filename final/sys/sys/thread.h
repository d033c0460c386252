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
struct vmx_thread_info;

/** @name Priorities, the higher the sooner */
/** @{ */
#define TDPRI_IDLE	0 /* nothing else to do */
#define TDPRI_USER	1 /* in user mode: 1 to 32, see usched.c */
#define TDPRI_USER_MAX	32
#define TDPRI_KERN	40 /* kernel threads */
#define TDPRI_KERN_USER 44 /* in a system call, woken up */
#define TDPRI_INT	56 /* threads that serve interrupts */
#define TDPRI_COUNT	64
/** @} */

/** @name td_flags: its processor's, interrupts off */
/** @{ */
#define TDF_RUNNING	0x0001 /* on the processor */
#define TDF_RUNQ	0x0002 /* in td_gd's run queue */
#define TDF_EXITING	0x0010 /* never switched to again */
/** @} */
/** @name td_slpflags: kern_synch.c's, under the lock of the sleep queue */
/** @{ */
#define TDS_QUEUED	0x0001 /* in a sleep queue */
#define TDS_SLEEPING	0x0002 /* and does not run */
#define TDS_SINTR	0x0004 /* a signal wakes it */
#define TDS_TIMEOUT	0x0008 /* woken by time */
#define TDS_INTRWOKEN	0x0010 /* woken by a signal */
/** @} */

/** A lock that is held while running; see above. */
struct lwkt_token {
	struct thread *volatile t_owner; /**< who has it */
	u_int t_count;			 /**< how often */
	const char *t_name;		 /**< for messages */
	u_long t_collisions;		 /**< times somebody had to wait */
};

/** Initial value of a token that exists from the start. */
#define LWKT_TOKEN_INITIALIZER(name)                                           \
	{                                                                      \
		.t_name = (name)                                               \
	}
/** Most different tokens of one thread. */
#define LWKT_MAXTOKENS 8

/** A thread of the kernel. */
struct thread {
	TAILQ_ENTRY(thread) td_threadq;		/**< run queue */
	TAILQ_ENTRY(thread) td_sleepq;		/**< sleep queue of td_wchan */
	register_t td_sp;			/**< stack pointer while off */
	vm_offset_t td_kstack;			/**< lowest byte of its stack */
	vm_offset_t td_kstack_top;		/**< end of its stack */
	struct globaldata *td_gd;		/**< its processor */
	struct lwp *td_lwp;			/**< or NULL */
	struct proc *td_proc;			/**< or NULL */
	volatile u_int td_flags;		/**< TDF_* */
	volatile u_int td_slpflags;		/**< TDS_* */
	int td_pri;				/**< TDPRI_* */
	const volatile void *volatile td_wchan; /**< what it sleeps on */
	const char *td_wmesg;			/**< why, for ps */
	u_int td_wdomain;			/**< PDOMAIN_* */
	u_int td_ntokens; /**< used entries of td_tokens */
	struct {
		struct lwkt_token *tok; /**< which */
		u_int count;		/**< how often, while it is off */
	} td_tokens[LWKT_MAXTOKENS];	/**< what it holds or will have again */
	void (*td_start)(void *);	/**< what a new thread runs */
	void *td_arg;			/**< with this argument */
	uint64_t td_uticks;		/**< ticks in user mode */
	uint64_t td_sticks;		/**< ticks in the kernel */
	struct globaldata *td_migrate;	/**< where it wants to go */
	void (*td_moved)(struct thread *); /**< td_reap while it moves */
	void (*td_reap)(struct thread *);  /**< called by another thread when
					     this one has gone for good */
	struct pcb td_pcb;		   /**< the platform's part */
	struct vmx_thread_info *td_vmm;	   /**< see <machine/vmm.h>, or NULL */
	char td_comm[16];		   /**< for messages */
};

#define curthread (mycpu->gd_curthread)
#define curlwp	  (curthread->td_lwp)
#define curproc	  (curthread->td_proc)

extern struct lwkt_token mp_token;

/* --- kern/lwkt_thread.c --- */
struct thread *lwkt_alloc_thread(
    const char *name, void (*func)(void *), void *arg, struct globaldata *gd);
struct thread *
lwkt_create(void (*func)(void *), void *arg, const char *name, u_int cpuid);
void lwkt_schedule(struct thread *td);
void lwkt_switch(void);
void lwkt_yield(void);
void lwkt_setpri(struct thread *td, int pri);
void lwkt_setcpu_self(struct globaldata *gd);
void lwkt_exit(void) __dead2;
void lwkt_free_thread(struct thread *td);
extern u_long kstack_pages; /**< pages of kernel stacks, for the audit */
void lwkt_init_cpu(struct globaldata *gd);
void lwkt_init_idle(void);
void lwkt_idle_loop(void) __dead2;
void lwkt_switched(void);
void lwkt_start(void) __dead2;
bool lwkt_others(int pri);
int lwkt_best_pri(void);
u_int lwkt_load(const struct globaldata *gd);
void lwkt_give_thread(void *arg);
void lwkt_hurry(void *arg);
extern struct thread thread0;

/* --- kern/lwkt_token.c --- */
void lwkt_gettoken(struct lwkt_token *tok);
bool lwkt_trytoken(struct lwkt_token *tok);
void lwkt_reltoken(struct lwkt_token *tok);
bool lwkt_token_held(const struct lwkt_token *tok);
void lwkt_tokens_release(struct thread *td); /* lwkt_switch()'s */
void lwkt_tokens_acquire(struct thread *td);
/** Panics unless the calling thread holds mp_token. */
#define ASSERT_MP_TOKEN()                                                      \
	KASSERT(lwkt_token_held(&mp_token), ("%s: without mp_token", __func__))

/* --- kern/lwkt_ipiq.c --- */
/** What a message calls, interrupts off: takes no spinlock, does not sleep. */
typedef void ipifunc_t(void *arg);
void lwkt_send_ipiq(struct globaldata *gd, ipifunc_t *func, void *arg);
void lwkt_process_ipiq(void);
void lwkt_ipiq_init(void);
void lwkt_ipiq_all_wait(ipifunc_t *func, void *arg, uint64_t mask);
extern u_long lwkt_ipi_count;

#endif
