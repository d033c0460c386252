/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Interrupts, which are signals of the host: on and off, and waiting for one.
 *
 * Signals are never blocked: that would be a system call of the host each
 * time.  "Off" is a word of the processor's data.  A signal that comes then
 * notes its vector (gd_pending) and returns; intr_enable() looks for what was
 * noted.  Handlers run with interrupts off, on the processor's signal stack,
 * and do not switch threads.
 */
#ifndef _MACHINE_INTR_H_
#define _MACHINE_INTR_H_

#include <sys/types.h>
#include <cpu/frame.h>
#include <machine/globaldata.h>

/** @name Vectors: numbers of bits in gd_pending */
/** @{ */
#define VECTOR_TIMER  0 /* this processor's time has come */
#define VECTOR_IPI    1 /* SIGUSR1: from another processor */
#define VECTOR_IO     2 /* SIGIO: a descriptor of the host is ready */
#define VECTOR_WINCH  3 /* SIGWINCH: the terminal has another size */
#define VECTOR_TERM   4 /* SIGTERM: shut down */
#define VECTOR_ALARM  5 /* SIGALRM: the time of some processors */
#define VECTOR_LOCK   6 /* a lock that it waited for is free; no handler */
#define VECTORS	      7
/** @} */

/** Shortest interval of a process's timer, microseconds: a shorter one would
 * leave no time for the rest.  An interrupt is a signal, with calls of the host
 * to set the next one. */
#define ITIMER_MIN_US 5000

/**
 * Serves one interrupt.
 * @param tf	NULL: what was interrupted is not known here
 */
typedef void intr_handler_t(struct trapframe *tf);

/* --- x86_64/exception.c --- */
void intr_register(u_int vector, intr_handler_t *handler);
void intr_run(void);
void intr_post(struct globaldata *gd, u_int vector);
void cpu_idle(void);
void cpu_give_way(void);
void intr_halt(void);

/* --- x86_64/lockwait.c --- */
extern volatile u_int lock_waiters;
void cpu_spinwait(const volatile void *lock);
void lock_wake(const volatile void *lock);

/**
 * Wakes who waits for a lock.  Without a fence: the store that freed it may
 * become visible after the load, and a waiter may be missed; it does not sleep
 * for long.
 * @param lock	free now
 */
static __inline void
cpu_lock_freed(const volatile void *lock)
{
	if (__predict_false(lock_waiters != 0))
		lock_wake(lock);
}

/* tag::flag[] */
/** Masks interrupts on this processor: one instruction, on whichever it is. */
static __inline void
intr_disable(void)
{
	__asm __volatile("movl $1, %%gs:%c0"
			 :
			 : "i"(__offsetof(struct globaldata, gd_intr_off))
			 : "memory");
}

/** Unmasks interrupts on this processor, and takes those that wait. */
static __inline void
intr_enable(void)
{
	__asm __volatile("movl $0, %%gs:%c0"
			 :
			 : "i"(__offsetof(struct globaldata, gd_intr_off))
			 : "memory");
	if (__predict_false(mycpu->gd_pending != 0))
		intr_run();
}
/* end::flag[] */

/** @return whether interrupts are on */
static __inline bool
intr_enabled(void)
{
	return (mycpu->gd_intr_off == 0);
}

#endif
