/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What each virtual processor, a thread of the host, has for itself.  GS base
 * points to it, so that `mycpu` is one load.
 */
#ifndef _MACHINE_GLOBALDATA_H_
#define _MACHINE_GLOBALDATA_H_

/** Most processors that we run. */
#define MAXCPU	     16
/** Pages of a kernel stack. */
#define KSTACK_PAGES 4

#ifndef __ASSEMBLER__
#include <sys/types.h>

struct lwp;
struct lwkt_cpu;
struct usched_cpu;
struct callout_cpu;
struct vmspace;
struct thread;

/** One processor.  Written by its owner only, save where a comment says so. */
struct globaldata {
	struct globaldata *gd_self; /**< this structure */
	/** Interrupts are off: a signal only notes what it is for. */
	volatile u_int gd_intr_off;
	/** Interrupts that wait, a bit for each vector; atomic. */
	volatile u_int gd_pending;
	/** An interrupt has come since this was cleared; see trap.c. */
	volatile u_int gd_restart;
	/** It waits in the host until gd_pending is not 0; atomic. */
	volatile u_int gd_asleep;
	volatile u_int gd_in_user; /**< a process of it runs */
	/** The lock that it waits for, or NULL; others read it. */
	const volatile void *volatile gd_waits;
	vm_offset_t gd_stack;	     /**< of its first thread: first byte */
	vm_offset_t gd_stack_top;    /**< and end */
	u_int gd_cpuid;		     /**< our number */
	int gd_tid;		     /**< the host's thread */
	u_int gd_spinlocks;	     /**< spinlocks held, see kern_spinlock.c */
	bool gd_spin_intr;	     /**< interrupts were on at the first */
	volatile u_int gd_stopped;   /**< it has obeyed mp_stop() */
	struct thread *gd_curthread; /**< who runs */
	u_long gd_kstack_top;	     /**< stack of gd_curthread, for it */
	volatile u_int gd_reqflags;  /**< RQF_*, atomic */
	u_int gd_intr_depth;	     /**< interrupts under way */
	u_int gd_spins;		     /**< turns of loops that wait */
	struct lwkt_cpu *gd_lwkt;    /**< kern/lwkt_thread.c's */
	struct usched_cpu *gd_usched;	/**< kern/usched.c's */
	struct callout_cpu *gd_callout; /**< kern/kern_timeout.c's */
	struct lwp *gd_uschedcp;	/**< in user mode, or about to be */
	struct thread *gd_idle;		/**< its idle thread */
	u_long gd_cnt_syscall;		/**< system calls */
	u_long gd_cnt_trap;		/**< traps */
	u_long gd_cnt_intr;		/**< interrupts */
	u_long gd_cnt_switch;		/**< switches of threads */
	u_long gd_cnt_fault;		/**< page faults */
	uint64_t gd_cnt_idle;		/**< counts of the clock it waited */
	uint64_t gd_idle_since;		/**< it waits since; 0: it does not */
};

CTASSERT(__offsetof(struct globaldata, gd_self) == 0);

#include <cpu/mycpu.h>
#endif

#endif
