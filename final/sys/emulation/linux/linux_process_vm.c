/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's copies between two processes.
 *
 * Pieces here and pieces there are two views of one row of bytes.  The first
 * address there that cannot be used ends the copy, and what came before counts.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>

/* All pieces there, or as many as there is room for here. */
static int
move_all(struct vmspace *vm, const struct iovec *theirs, u_int n,
    struct uio *uio, size_t *done)
{
	size_t all = uio->uio_resid, before;
	int error = 0;

	for (u_int i = 0; i < n && uio->uio_resid > 0 && error == 0; i++) {
		before = uio->uio_resid;
		error = vmspace_uiomove(vm, (vm_offset_t)theirs[i].iov_base,
		    theirs[i].iov_len, uio);
		if (before - uio->uio_resid < MIN(theirs[i].iov_len, before))
			break;
	}
	*done = all - uio->uio_resid;
	return (*done != 0 ? 0 : error);
}

/* Both lists are in the kernel. */
static int
move(pid_t pid, const struct iovec *theirs, u_int n, struct uio *uio,
    size_t *done)
{
	struct proc *p = pfind(pid);
	struct vmspace *vm;
	int error;

	if (p == NULL)
		return (ESRCH);
	error = proc_vmspace(p, &vm);
	PRELE(p);
	if (error != 0)
		return (error == EIO ? ESRCH : error);
	error = move_all(vm, theirs, n, uio, done);
	vmspace_unlook(vm);
	return (error == EIO ? EFAULT : error);
}

static int
process_vm(struct sysmsg *sysmsg, enum uio_rw rw,
    const struct linux_process_vm_readv_args *uap)
{
	struct iovec ours_small[UIO_SMALL], theirs_small[UIO_SMALL];
	struct iovec *ours = ours_small, *theirs = theirs_small;
	struct uio uio = { .uio_iovcnt = (int)uap->liovcnt,
		.uio_segflg = UIO_USERSPACE,
		.uio_rw = rw };
	size_t sum;
	int error;

	if (uap->flags != 0 || uap->liovcnt > UIO_MAXIOV ||
	    uap->riovcnt > UIO_MAXIOV)
		return (EINVAL);
	if (uap->liovcnt == 0 || uap->riovcnt == 0)
		return (0);
	error = iovec_copyin(
	    uap->lvec, uap->liovcnt, ours_small, &ours, &uio.uio_resid);
	if (error == 0)
		error = iovec_copyin(
		    uap->rvec, uap->riovcnt, theirs_small, &theirs, &sum);
	uio.uio_iov = ours;
	if (error == 0)
		error = move(uap->pid, theirs, uap->riovcnt, &uio,
		    &sysmsg->sysmsg_szresult);
	iovec_free(ours, ours_small);
	iovec_free(theirs, theirs_small);
	return (error);
}

/** process_vm_readv(2): copies memory of another process. */
int
sys_linux_process_vm_readv(
    struct sysmsg *sysmsg, const struct linux_process_vm_readv_args *uap)
{
	return (process_vm(sysmsg, UIO_READ, uap));
}

/** process_vm_writev(2): changes memory of another process. */
int
sys_linux_process_vm_writev(
    struct sysmsg *sysmsg, const struct linux_process_vm_writev_args *uap)
{
	return (process_vm(sysmsg, UIO_WRITE,
	    &(const struct linux_process_vm_readv_args){ .pid = uap->pid,
		.lvec = uap->lvec,
		.liovcnt = uap->liovcnt,
		.rvec = uap->rvec,
		.riovcnt = uap->riovcnt,
		.flags = uap->flags }));
}
