/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Put in front of the modules of descriptors under test, in place of
 * <machine/globaldata.h>: the one processor is a variable.
 */
#ifndef _MACHINE_GLOBALDATA_H_
#define _MACHINE_GLOBALDATA_H_

struct thread;
struct globaldata {
	struct thread *gd_curthread;
	unsigned gd_spinlocks;
};
extern struct globaldata rig_gd;
#define mycpu	    (&rig_gd)
#define mycpuid	    0

/* The test's spinlocks are stubs.c's; these are ours. */
#define spin_lock   rig_fd_spin_lock
#define spin_unlock rig_fd_spin_unlock
#define spin_init   rig_fd_spin_init

#endif
