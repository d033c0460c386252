/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Who may do what to a file: the decision, without a file system.
 */
#include <sys/errno.h>
#include <sys/ucred.h>
#include <sys/vnode.h>

/* The one of the three groups of bits that counts, as owner's bits. */
static int
granted(const struct vattr *va, const struct ucred *cred)
{
	if (cred->cr_uid == va->va_uid)
		return (va->va_mode & S_IRWXU);
	if (groupmember(va->va_gid, cred))
		return ((va->va_mode & S_IRWXG) << 3);
	return ((va->va_mode & S_IRWXO) << 6);
}

/**
 * Decides by owner, group and mode.  The super-user may do everything but
 * execute what nobody may.
 * @param va	the file: va_type, va_mode, va_uid, va_gid count
 * @param mode	VREAD, VWRITE, VEXEC or several
 * @param cred	who asks
 * @return	0 or EACCES
 */
int
vop_helper_access(const struct vattr *va, int mode, const struct ucred *cred)
{
	if (cred->cr_uid == 0) {
		if ((mode & VEXEC) != 0 && va->va_type != VDIR &&
		    (va->va_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
			return (EACCES);
		return (0);
	}
	return ((granted(va, cred) & mode) == mode ? 0 : EACCES);
}
