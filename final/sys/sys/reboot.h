/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * reboot(2), DragonFly's values.
 */
#ifndef _SYS_REBOOT_H_
#define _SYS_REBOOT_H_

/** @name howto */
/** @{ */
#define RB_AUTOBOOT 0
#define RB_ASKNAME  0x001 /* asks for the root */
#define RB_SINGLE   0x002 /* single user */
#define RB_NOSYNC   0x004 /* does not write what is dirty */
#define RB_HALT	    0x008 /* halts */
#define RB_VERBOSE  0x800
#define RB_POWEROFF 0x4000 /* switches off */
/** @} */

#ifndef _KERNEL
int reboot(int howto);
#else
/* --- kern/kern_shutdown.c --- */
extern int boothowto;
void boot(int howto) __dead2;
#endif

#endif
