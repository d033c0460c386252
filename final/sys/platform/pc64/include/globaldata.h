/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What each processor has for itself.  GS base points to it, from gdt_init()
 * on, so that `mycpu` is one load.
 *
 * A processor's number (cpuid) is ours: 0 is the one that booted, the others
 * are counted in the order in which they started.  The number that interrupts
 * are addressed to (apicid) is the machine's and may have gaps.
 */
#ifndef _MACHINE_GLOBALDATA_H_
#define _MACHINE_GLOBALDATA_H_

/** Most processors that we run. */
#define MAXCPU	     16
/** Pages of a kernel stack. */
#define KSTACK_PAGES 4
/** Offset of gd_stack_top, for assembly. */
#define GD_STACK_TOP 8

#ifndef __ASSEMBLER__
#include <sys/types.h>
#include <cpu/segments.h>

/** Stacks that exceptions switch to, each by its index plus one. */
enum ist_index {
	IST_DF,	  /**< double fault: how a stack overflow arrives */
	IST_NMI,  /**< may come anywhere */
	IST_MC,	  /**< may come anywhere */
	IST_COUNT /**< how many there are */
};

struct lwp;
struct lwkt_cpu;
struct usched_cpu;
struct callout_cpu;
struct vmspace;
struct thread;

/** One processor.  Written by its owner only, save where a comment says so. */
struct globaldata {
	struct globaldata *gd_self;    /**< this structure */
	vm_offset_t gd_stack_top;      /**< end of the stack it began on */
	vm_offset_t gd_stack;	       /**< its first byte; a guard below */
	vm_offset_t gd_ist[IST_COUNT]; /**< ends of the exception stacks */
	u_int gd_cpuid;		       /**< our number */
	u_int gd_apicid;	       /**< the machine's number */
	u_int gd_spinlocks;	   /**< spinlocks held, see kern_spinlock.c */
	bool gd_spin_intr;	   /**< interrupts were on at the first */
	volatile u_int gd_online;  /**< it has come up; see mp.c */
	volatile u_int gd_stopped; /**< it has obeyed mp_stop() */
	uint64_t gd_gdt[GDT_ENTRIES]; /**< its segments */
	/** Its task-state segment; so aligned it lies in one page. */
	struct x86_64tss gd_tss __aligned(128);
	/* From here on Damselfly's; a step has no threads of this kind. */
	struct thread *gd_curthread;	/**< who runs */
	u_long gd_user_rsp;		/**< scratch of the system-call entry */
	u_long gd_kstack_top;		/**< stack of gd_curthread, for it */
	volatile u_int gd_reqflags;	/**< RQF_*, atomic */
	u_int gd_intr_depth;		/**< interrupts under way */
	struct lwkt_cpu *gd_lwkt;	/**< kern/lwkt_thread.c's */
	struct usched_cpu *gd_usched;	/**< kern/usched.c's */
	struct vmspace *gd_vmspace;	/**< whose page tables are loaded */
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
CTASSERT(__offsetof(struct globaldata, gd_stack_top) == GD_STACK_TOP);

#include <cpu/mycpu.h>
#endif

#endif
