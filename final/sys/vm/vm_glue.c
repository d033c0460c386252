/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the rest of the kernel asks of memory that is a program's: whether it
 * can be used, and its contents when it is another process's.
 *
 * An address is what the program means by it.  Behind nested page tables its
 * own page table translates it, with its rights: that of the running thread
 * for useracc(), the one that the process began with for everybody else's
 * accesses, since its threads may have others while they run a vkernel's
 * processes.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

/**
 * Takes a reference to look into the memory of another process.  It does not
 * count as one that uses the memory: see vmm_guest_ctl(2).  Under mp_token.
 * @param vm	a process's
 */
void
vmspace_look(struct vmspace *vm)
{
	ASSERT_MP_TOKEN();
	atomic_add_int(&vm->vm_lookers, 1);
	vmspace_ref(vm);
}

/**
 * Undoes vmspace_look().  Under mp_token; may sleep.
 * @param vm	the space
 */
void
vmspace_unlook(struct vmspace *vm)
{
	ASSERT_MP_TOKEN();
	atomic_add_int(&vm->vm_lookers, -1);
	vmspace_rel(vm);
}

static bool
page_acc(vm_offset_t va, vm_prot_t access)
{
	struct vm_page *m;

	if (curthread->td_vmm != NULL)
		return (vmm_user_access(va, access) == 0);
	if (vm_fault_page(curproc->p_vmspace, va, access, &m) != 0)
		return (false);
	vm_page_unhold(m);
	return (true);
}

/**
 * Tells whether the current thread could use memory so: for who has to know
 * before the first of several steps that cannot be taken back.  It is no
 * promise, since another thread may take the memory away at once: copyin(9)
 * and copyout(9) still have to be asked.  Brings the pages in.  May sleep.
 * @param addr		first byte
 * @param len		bytes; none are always usable
 * @param access	VM_PROT_READ or VM_PROT_WRITE
 * @return		whether all of it could be used just now; never for
 *			memory of a device
 */
bool
useracc(const void *addr, size_t len, vm_prot_t access)
{
	vm_offset_t va = (vm_offset_t)addr;
	size_t n;

	if (len != 0 && len - 1 > ~va)
		return (false);
	for (; len > 0; va += n, len -= n) {
		n = MIN(len, PAGE_SIZE - (va & PAGE_MASK));
		if (!page_acc(va, access))
			return (false);
	}
	return (true);
}

/* Bytes within a page, by way of buf. */
static int
move_part(struct vmspace *vm, vm_offset_t va, void *buf, size_t n,
    struct uio *uio, bool *theirs)
{
	bool write = uio->uio_rw == UIO_WRITE;
	int error = 0;

	*theirs = !write;
	if (write)
		error = uiomove(buf, n, uio);
	if (error == 0) {
		*theirs = true;
		error = vmspace_rdwr(vm, va, buf, n, write);
	}
	if (error == 0 && !write) {
		*theirs = false;
		error = uiomove(buf, n, uio);
	}
	return (error);
}

/**
 * Moves bytes between an address space and wherever a uio says.  May sleep.
 * @param vm	the space; referenced
 * @param va	address in it
 * @param n	bytes; no more than uio_resid are moved
 * @param uio	the other side; UIO_READ: from the space
 * @return	0: all, or all before a page that cannot be used so, uio_resid
 *		tells; EFAULT: not even the first page can, or the uio's memory
 *		cannot; EIO, ENOMEM: the first page cannot be had
 */
int
vmspace_uiomove(struct vmspace *vm, vm_offset_t va, size_t n, struct uio *uio)
{
	size_t done = 0, part, resid;
	bool theirs = false;
	int error = 0;
	char *buf;

	n = MIN(n, uio->uio_resid);
	buf = kmalloc(PAGE_SIZE, M_TEMP, M_WAITOK);
	for (; done < n; done += part) {
		part = MIN(n - done, PAGE_SIZE - ((va + done) & PAGE_MASK));
		resid = uio->uio_resid;
		error = move_part(vm, va + done, buf, part, uio, &theirs);
		if (error != 0) {
			/* What was fetched and not delivered has not moved. */
			uio->uio_offset -= resid - uio->uio_resid;
			uio->uio_resid = resid;
			break;
		}
	}
	kfree(buf, M_TEMP);
	if (error != 0 && theirs && done != 0)
		return (0);
	return (error == EACCES ? EFAULT : error);
}
