/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: the memory of a process as a file.
 *
 * A position in the file is an address of the process, as itself would use
 * it: behind nested page tables its own page table translates it, the one that
 * it began with.  Rights are those that the process has: what it cannot read
 * is not read, and program text is not written.  So there are no breakpoints
 * by this file, and nothing that happens to a process by it could not have
 * been done by itself.
 */
#include "procfs.h"
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <vm/vm_map.h>

/**
 * Reads or writes memory of a process for the current one.  May sleep.
 * @param p	whose memory; held
 * @param uio	the other side; uio_offset is the address
 * @return	0: all, or all before an address that is not there; EPERM: not
 *		for this caller; EIO: it has no memory any more; and
 *		vmspace_uiomove()'s
 */
int
procfs_mem(struct proc *p, struct uio *uio)
{
	struct vmspace *vm;
	int error;

	error = proc_vmspace(p, &vm);
	if (error != 0)
		return (error);
	error = vmspace_uiomove(vm, uio->uio_offset, uio->uio_resid, uio);
	vmspace_unlook(vm);
	return (error);
}
