/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Who a process acts for.
 */
#ifndef _SYS_UCRED_H_
#define _SYS_UCRED_H_

#include <sys/types.h>

#define NGROUPS 16

/** Users and groups.  Shared and never changed once shared: copy, change, set. */
struct ucred {
	volatile u_int cr_ref;	  /**< holders */
	uid_t cr_uid;		  /**< effective user */
	uid_t cr_ruid;		  /**< real user */
	uid_t cr_svuid;		  /**< saved user */
	gid_t cr_rgid;		  /**< real group */
	gid_t cr_svgid;		  /**< saved group */
	u_int cr_ngroups;	  /**< entries of cr_groups, at least 1 */
	gid_t cr_groups[NGROUPS]; /**< [0] is the effective group */
};
#define cr_gid cr_groups[0]

#ifdef _KERNEL
/* --- kern/kern_prot.c --- */
struct ucred *crget(void);
struct ucred *crhold(struct ucred *cr);
void crfree(struct ucred *cr);
struct ucred *crdup(const struct ucred *cr);
bool groupmember(gid_t gid, const struct ucred *cr);
int suser(const struct ucred *cr); /* 0 or EPERM */
#endif

#endif
