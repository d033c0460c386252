/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Put in front of the modules under test, in place of <machine/globaldata.h>:
 * the one processor is a variable.
 */
#ifndef _MACHINE_GLOBALDATA_H_
#define _MACHINE_GLOBALDATA_H_

struct thread;
struct globaldata {
	struct thread *gd_curthread;
	unsigned gd_spinlocks;
};
extern struct globaldata rig_gd;
#define mycpu	(&rig_gd)
#define mycpuid 0

#endif
