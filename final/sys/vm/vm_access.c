/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The kernel's own use of an address space that need not be loaded: pages that
 * are held, and copies.  Both leave in the tables the marks that a program's
 * access would, and fault as it would.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/**
 * Makes an access possible, as vm_fault(), and the page is held so that it stays what it is.
 * @param vm	the space
 * @param va	address
 * @param access VM_PROT_READ or WRITE; for the latter private copies have been
 *		made
 * @param mp	the page, for vm_page_unhold()
 * @return	as vm_fault(); EFAULT also for memory of a device
 */
int
vm_fault_page(
    struct vmspace *vm, vm_offset_t va, vm_prot_t access, struct vm_page **mp)
{
	vm_paddr_t pa;
	bool there;
	int error;

	if (va >= vm->vm_max)
		return (EFAULT);
	for (;;) {
		spin_lock(&vm->vm_pmap_spin);
		there = pmap_touch(&vm->vm_pmap, va, access, &pa);
		/* What is mapped has a reference: it may be held. */
		*mp = there ? vm_page_lookup(pa) : NULL;
		if (*mp != NULL && (*mp)->refs == 0)
			*mp = NULL; /* RAM of a device */
		if (*mp != NULL)
			vm_page_hold(*mp);
		spin_unlock(&vm->vm_pmap_spin);
		if (there)
			return (*mp == NULL ? EFAULT : 0);
		error = vm_fault(vm, va, access, VM_FAULT_NORMAL);
		if (error != 0)
			return (error);
	}
}

/**
 * Reads or writes memory of an address space, which need not be loaded.  May
 * sleep.
 * @param vm	the space
 * @param va	where
 * @param buf	memory of the kernel
 * @param n	bytes
 * @param write	to the space; else from it
 * @return	0, or vm_fault()'s error; then some of it is done
 */
int
vmspace_rdwr(
    struct vmspace *vm, vm_offset_t va, void *buf, size_t n, bool write)
{
	vm_prot_t access = write ? VM_PROT_WRITE : VM_PROT_READ;
	vm_paddr_t pa;
	size_t part;
	bool there, ram;
	int error;

	/* A guest's addresses are its page table's. */
	if (vm->vm_vmm != NULL)
		return (vmm_rdwr(vm, va, buf, n, write));
	if (va >= vm->vm_max || n > vm->vm_max - va)
		return (EFAULT);
	while (n > 0) {
		part = MIN(n, PAGE_SIZE - (va & PAGE_MASK));
		/* Copied under the lock: whoever writes a dirty page to its
		 * file takes the right to change it away first. */
		spin_lock(&vm->vm_pmap_spin);
		there = pmap_touch(&vm->vm_pmap, va, access, &pa);
		ram = there && vm_page_lookup(pa) != NULL;
		if (ram && write)
			memcpy(PHYS_TO_DMAP(pa), buf, part);
		else if (ram)
			memcpy(buf, PHYS_TO_DMAP(pa), part);
		spin_unlock(&vm->vm_pmap_spin);
		if (there && !ram)
			return (EFAULT);
		if (!there) {
			error = vm_fault(vm, va, access, VM_FAULT_NORMAL);
			if (error != 0)
				return (error);
			continue;
		}
		va += part;
		buf = (char *)buf + part;
		n -= part;
	}
	return (0);
}
