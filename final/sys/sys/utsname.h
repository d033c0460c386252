/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * uname(3), DragonFly's layout.
 */
#ifndef _SYS_UTSNAME_H_
#define _SYS_UTSNAME_H_

#define SYS_NMLN 32

/** uname(3). */
struct utsname {
	char sysname[SYS_NMLN];	 /**< "DragonFly"-compatible: "Damselfly" */
	char nodename[SYS_NMLN]; /**< this machine */
	char release[SYS_NMLN];	 /**< "1.0" */
	char version[SYS_NMLN];	 /**< more of it */
	char machine[SYS_NMLN];	 /**< "x86_64" */
};

#ifndef _KERNEL
int uname(struct utsname *name);
#endif

#endif
