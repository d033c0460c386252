/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The processor that code runs on, and the table of them: for every platform,
 * whose <machine/globaldata.h> says what a processor has for itself.  GS base
 * points to that.
 */
#ifndef _CPU_MYCPU_H_
#define _CPU_MYCPU_H_

#include <sys/types.h>

struct globaldata;

/** @name gd_reqflags */
/** @{ */
#define RQF_IPIQ	0x01 /* messages wait */
#define RQF_AST_SIGNAL	0x02 /* curthread has to look for signals */
#define RQF_AST_RESCHED 0x04 /* somebody else's turn in user mode */
#define RQF_WAKEUP	0x08 /* for the idle loop: look again */
#define RQF_VIRTUSER	0x10 /* what is interrupted was a guest */
#define RQF_AST_MASK	(RQF_AST_SIGNAL | RQF_AST_RESCHED)
/** @} */

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

/* --- misc/globaldata.c --- */
extern u_int ncpus;
extern void (*cpu_stop_others)(void);
struct globaldata *globaldata_find(u_int cpuid);
void globaldata_add(struct globaldata *gd);
void cpu_claim_end(void);
bool cpu_is_ending(void);

#endif
