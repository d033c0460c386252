/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Starting the other processors and stopping them.
 *
 * They are stopped by an NMI, wherever they are.  One that runs a guest must
 * have NMI exiting on, and give the NMI of such an exit to trap_handlers[].
 */
#ifndef _MACHINE_SMP_H_
#define _MACHINE_SMP_H_

#include <sys/types.h>
#include <machine/globaldata.h>

/* --- x86_64/mp.c --- */
u_int mp_start(void (*entry)(void));
void mp_stop(void);

/* --- x86_64/mpboot.S --- */
extern char mpboot_start[]; /**< what is copied to low memory ... */
extern char mpboot_end[];   /**< ... and where it ends */
/** Data of the processor that starts; it takes this and leaves 0. */
extern volatile u_long mpboot_gd;
/** CR0 to load; the next three likewise. */
extern uint64_t mpboot_cr0;
extern uint64_t mpboot_cr3;  /**< the kernel's page tables */
extern uint64_t mpboot_cr4;  /**< without VMXE */
extern uint64_t mpboot_efer; /**< without SCE; LMA is the processor's own */
void mp_ap_main(struct globaldata *gd) __dead2;

#endif
