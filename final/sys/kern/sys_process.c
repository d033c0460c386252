/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Looking into another process: who may, and how its memory is held meanwhile.
 *
 * The process may end or run another program at any time.  So its address
 * space is what is held, and not the process: an access that began before
 * execve(2) goes on in the memory of the old program, whose rights were
 * looked at, and never comes into the new one's.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>

/**
 * Whether the current process may read and change the memory of another.  More
 * is asked than for a signal: all users of the other must be the caller's, and
 * it must not have had rights that the caller has not (P_SUGID).  Everybody
 * may look into himself, and the super-user into everybody.
 * @param p	the other
 * @return	0 or EPERM
 */
int
p_candebug(const struct proc *p)
{
	const struct ucred *from = curproc->p_ucred, *to = p->p_ucred;

	if (p == curproc || from->cr_uid == 0)
		return (0);
	if ((p->p_flags & P_SUGID) != 0 || from->cr_uid != to->cr_uid ||
	    from->cr_uid != to->cr_ruid || from->cr_uid != to->cr_svuid)
		return (EPERM);
	return (0);
}

/**
 * Gets the memory of a process for an access from outside.  Under mp_token;
 * does not sleep.
 * @param p	process; held
 * @param vmp	set to its memory, referenced: vmspace_unlook() it
 * @return	0; EPERM: p_candebug() refuses; EIO: it has ended, or is a part
 *		of the kernel
 */
int
proc_vmspace(struct proc *p, struct vmspace **vmp)
{
	int error = p_candebug(p);

	ASSERT_MP_TOKEN();
	if (error != 0)
		return (error);
	if (p->p_vmspace == NULL)
		return (EIO);
	vmspace_look(p->p_vmspace);
	*vmp = p->p_vmspace;
	return (0);
}
