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
};
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
