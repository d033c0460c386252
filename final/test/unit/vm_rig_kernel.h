/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Put in front of the modules of virtual memory under test: physical memory is
 * the rig's, the processor's caches are the rig's, and its spinlocks notice
 * who takes one twice.
 */
#ifndef _VM_RIG_KERNEL_H_
#define _VM_RIG_KERNEL_H_

void *rig_dmap(unsigned long pa);
#define PHYS_TO_DMAP(pa) rig_dmap(pa)

#define spin_lock	 rig_spin_lock
#define spin_unlock	 rig_spin_unlock
#define spin_trylock	 rig_spin_trylock
#define spin_held	 rig_spin_held
#define spin_init	 rig_spin_init

/* In place of <cpu/cpufunc.h>: what needs ring 0. */
#define _CPU_CPUFUNC_H_
void invlpg(unsigned long va);
unsigned long rcr3(void);
void load_cr3(unsigned long pa);

#endif
