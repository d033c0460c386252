/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Starting the other processors and stopping them.
 */
#ifndef _MACHINE_SMP_H_
#define _MACHINE_SMP_H_

#include <sys/types.h>
#include <machine/globaldata.h>

/* --- x86_64/mp.c --- */
u_int mp_start(void (*entry)(void));
void mp_stop(void);

/* --- x86_64/mpboot.S --- */
extern char mpboot_start[], mpboot_end[];
extern volatile u_long mpboot_gd;
extern uint64_t mpboot_cr0, mpboot_cr3, mpboot_cr4, mpboot_efer;
void mp_ap_main(struct globaldata *gd) __dead2;

#endif
