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
	u_int gd_crit;			/**< critical sections entered */
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
	uint64_t gd_idleticks;		/**< ticks without work */
};

/** @name gd_reqflags */
/** @{ */
#define RQF_IPIQ	0x01 /* messages wait */
#define RQF_AST_SIGNAL	0x02 /* curthread has to look for signals */
#define RQF_AST_RESCHED 0x04 /* somebody else's turn in user mode */
#define RQF_WAKEUP	0x08 /* for the idle loop: look again */
#define RQF_VIRTUSER	0x10 /* what is interrupted was a guest */
#define RQF_AST_MASK	(RQF_AST_SIGNAL | RQF_AST_RESCHED)
/** @} */

CTASSERT(__offsetof(struct globaldata, gd_self) == 0);
CTASSERT(__offsetof(struct globaldata, gd_stack_top) == GD_STACK_TOP);

/** @return this processor's data */
static __inline struct globaldata *
get_mycpu(void)
{
	struct globaldata *gd;

	__asm __volatile("movq %%gs:0, %0" : "=r"(gd));
	return (gd);
}

/** @name The processor that this code runs on */
/** @{ */
#define mycpu	(get_mycpu())
#define mycpuid (get_mycpu()->gd_cpuid)
/** @} */

/* --- x86_64/globaldata.c --- */
extern u_int ncpus;
extern void (*cpu_stop_others)(void);
struct globaldata *globaldata_find(u_int cpuid);
void globaldata_add(struct globaldata *gd);
void cpu_claim_end(void);
bool cpu_is_ending(void);
#endif

#endif
