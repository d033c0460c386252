/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Put in front of the modules of processes under test: the one processor is a
 * variable and has no interrupts.
 */
#ifndef _PROC_RIG_KERNEL_H_
#define _PROC_RIG_KERNEL_H_

/* In place of <machine/globaldata.h>. */
#define _MACHINE_GLOBALDATA_H_
struct thread;
struct globaldata {
	struct thread *gd_curthread;
	unsigned gd_spinlocks;
};
extern struct globaldata rig_proc_gd;
extern unsigned ncpus;
#define mycpu	(&rig_proc_gd)
#define mycpuid 0

/* In place of <machine/intr.h>. */
#define _MACHINE_INTR_H_
#define intr_disable() ((void)0)
#define intr_enable()  ((void)0)

#define spin_lock      rig_proc_spin_lock
#define spin_unlock    rig_proc_spin_unlock
#define spin_init      rig_proc_spin_init
#define strlcpy	       k_strlcpy

#endif
