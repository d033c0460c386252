/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How the kernel reaches what a process behind nested page tables calls an
 * address: copyin(9) and its relatives, umtx(2), /proc, vmm_guest_sync_addr(2).
 *
 * Every access is a walk of the process's page table and of EPT, with
 * vm_pmap_spin held and interrupts off, so that no page goes before it is
 * done.  A page that is missing is brought in with the lock given back, and
 * the access begins again.  So all of these may sleep, and none may be called
 * with a spinlock held.
 *
 * The walk itself and the copies are vmm_utils.c's and vmm_copyio.c's.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/specialreg.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>
#include "vmm_copyio.h"
#include "vmx.h"

/* A page of guest-physical memory; vm_pmap_spin is held. */
static void *
guest_page(void *arg, vm_paddr_t gpa, u_int access)
{
	struct vmm_access *va = arg;
	struct vmspace *vm = va->vmspace;
	vm_paddr_t pa;

	if (gpa >= vm->vm_max)
		return (NULL);
	if (!pmap_touch(&vm->vm_pmap, gpa, access, &pa)) {
		va->miss_gpa = gpa;
		va->miss_access = access;
		return (NULL);
	}
	/* Memory of a device is not for copies. */
	return (vm_page_lookup(pa) != NULL ? PHYS_TO_DMAP(pa) : NULL);
}

static void
linear_init(struct vmm_linear *g, struct vmm_access *va, register_t cr3)
{
	*g = (struct vmm_linear){
		.cr3 = cr3,
		.maxphyaddr = vmx_caps.maxphyaddr,
		.page_1gb = vmx_has_page_1gb(&vmx_caps),
		.nxe = (vmx_guest_efer & EFER_NXE) != 0,
		.page = guest_page,
		.arg = va,
	};
}

/**
 * Sets up a thread's linear address space.
 * @param vti	its `vmm` is set
 * @param cr3	its page table
 */
void
vmm_linear_init(struct vmx_thread_info *vti, register_t cr3)
{
	struct vmspace *vm = vti->vmm->vp_vmspace;

	vti->access.vmspace = vm;
	linear_init(&vti->linear, &vti->access, cr3);
	vti->linear.gen = &vm->vm_pmap.pm_invgen;
}

/**
 * @param cr3	from a program
 * @return	whether a page table of a guest can be there
 */
bool
vmm_valid_cr3(register_t cr3)
{
	return (cr3 != 0 && (cr3 & PAGE_MASK) == 0 &&
	    (u_long)cr3 < VM_MAX_USER_ADDRESS &&
	    (u_long)cr3 >> vmx_caps.maxphyaddr == 0);
}

/* tag::access[] */
static void
access_begin(struct vmm_access *va)
{
	va->miss_access = 0;
	spin_lock(&va->vmspace->vm_pmap_spin);
}

/* Whether the access is to be tried again: a page was missing, and is there
 * now. */
static bool
access_again(struct vmm_access *va, int error)
{
	spin_unlock(&va->vmspace->vm_pmap_spin);
	return (error != 0 && va->miss_access != 0 &&
	    vm_fault(va->vmspace, va->miss_gpa, va->miss_access,
		VM_FAULT_NORMAL) == 0);
}

/* An access that may fault: expr is what is done under the lock. */
#define VMM_ACCESS(va, expr)                                                   \
	__extension__({                                                        \
		int error_;                                                    \
                                                                               \
		do {                                                           \
			access_begin(va);                                      \
			error_ = (expr);                                       \
		} while (access_again(va, error_));                            \
		error_;                                                        \
	})
/* end::access[] */

static struct vmx_thread_info *
curvti(void)
{
	return (curthread->td_vmm);
}

/* A thread's linear address space, for an access to the page of va. */
static const struct vmm_linear *
linear_at(struct vmx_thread_info *vti, vm_offset_t va)
{
	vti->linear.walks = vmm_walks_at(vti, va);
	return (&vti->linear);
}

/* Copies page by page; one of in and out is NULL.  vti is the thread if g is
 * its own, else NULL. */
static int
copy(struct vmx_thread_info *vti, const struct vmm_linear *g,
    struct vmm_access *va, vm_offset_t uaddr, char *in, const char *out,
    size_t len)
{
	size_t done, n;
	int error;

	if (len != 0 && len - 1 > ~uaddr)
		return (EFAULT);
	for (done = 0; done < len; done += n) {
		n = MIN(len - done, PAGE_SIZE - ((uaddr + done) & PAGE_MASK));
		if (vti != NULL)
			linear_at(vti, uaddr + done);
		error = VMM_ACCESS(va,
		    in != NULL ? vmm_copyin(g, uaddr + done, in + done, n)
			       : vmm_copyout(g, out + done, uaddr + done, n));
		if (error != 0)
			return (EFAULT);
	}
	return (0);
}

/**
 * copyin() for a thread behind nested page tables, as are those below.  May
 * sleep.
 * @param uaddr	guest-virtual address
 * @param kaddr	memory of the kernel
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_copyin(const void *uaddr, void *kaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();

	return (copy(vti, &vti->linear, &vti->access, (vm_offset_t)uaddr, kaddr,
	    NULL, len));
}

/**
 * copyout().
 * @param kaddr	memory of the kernel
 * @param uaddr	guest-virtual address
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_copyout(const void *kaddr, void *uaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();

	return (copy(vti, &vti->linear, &vti->access, (vm_offset_t)uaddr, NULL,
	    kaddr, len));
}

/**
 * copyinstr().
 * @param uaddr	guest-virtual address
 * @param kaddr	memory of the kernel
 * @param len	room there, NUL included
 * @param done	set to the bytes copied, NUL included; or NULL
 * @return	0; EFAULT; ENAMETOOLONG
 */
int
vmm_user_copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	size_t total = 0, n, got;
	int error = ENAMETOOLONG;

	while (error == ENAMETOOLONG && total < len) {
		/* Behind the last byte of all is no first one. */
		if (va + total < va) {
			error = EFAULT;
			break;
		}
		n = MIN(len - total, PAGE_SIZE - ((va + total) & PAGE_MASK));
		got = 0;
		error = VMM_ACCESS(&vti->access,
		    vmm_copyinstr(linear_at(vti, va + total), va + total,
			(char *)kaddr + total, n, &got));
		total += got;
	}
	if (done != NULL)
		*done = total;
	return (error);
}

/* Reads what may be written; within a page. */
static int
read_writable(const struct vmm_linear *g, vm_offset_t va, void *buf, size_t n)
{
	void *page = vmm_linear_page(g, va, VM_PROT_WRITE);

	if (page == NULL)
		return (EFAULT);
	memcpy(buf, page, n);
	return (0);
}

/**
 * copyin() of what the thread can write, too.
 * @param uaddr	guest-virtual address
 * @param kaddr	memory of the kernel
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_copyin_rw(void *uaddr, void *kaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	size_t done, n;

	if (len != 0 && len - 1 > ~va)
		return (EFAULT);
	for (done = 0; done < len; done += n, va += n) {
		n = MIN(len - done, PAGE_SIZE - (va & PAGE_MASK));
		if (VMM_ACCESS(&vti->access,
			read_writable(linear_at(vti, va), va,
			    (char *)kaddr + done, n)) != 0)
			return (EFAULT);
	}
	return (0);
}

/**
 * fuword32() and fuword64().
 * @param uaddr	guest-virtual address
 * @param val	set to what is there
 * @param size	bytes: 4 or 8
 * @return	0 or EFAULT
 */
int
vmm_user_fetch(const volatile void *uaddr, void *val, size_t size)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	const struct vmm_linear *g = linear_at(vti, va);

	return (VMM_ACCESS(&vti->access,
	    size == sizeof(uint32_t) ? vmm_fuword32(g, va, val)
				     : vmm_fuword64(g, va, val)));
}

/**
 * suword64(), suword32() and subyte().
 * @param uaddr	guest-virtual address
 * @param val	what is to be there
 * @param size	bytes of it: 8, 4 or 1
 * @return	0 or EFAULT
 */
int
vmm_user_store(volatile void *uaddr, uint64_t val, size_t size)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	const struct vmm_linear *g = linear_at(vti, va);

	return (VMM_ACCESS(&vti->access,
	    size == sizeof(uint8_t)	   ? vmm_subyte(g, va, val)
		: size == sizeof(uint32_t) ? vmm_suword32(g, va, val)
					   : vmm_suword64(g, va, val)));
}

/**
 * casuword32().
 * @param uaddr	guest-virtual address
 * @param oldval expected there
 * @param valp	set to what was there
 * @param newval to be there, if that is oldval
 * @return	0 or EFAULT
 */
int
vmm_user_cas(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	const struct vmm_linear *g = linear_at(vti, va);
	uint32_t seen = oldval;
	int error;

	error = VMM_ACCESS(&vti->access, vmm_casu32(g, va, &seen, newval));
	if (error == 0)
		*valp = seen;
	return (error);
}

static int
zero_page(const struct vmm_linear *g, vm_offset_t va, size_t n)
{
	void *page = vmm_linear_page(g, va, VM_PROT_WRITE);

	if (page == NULL)
		return (EFAULT);
	bzero(page, n);
	return (0);
}

/**
 * uzero().
 * @param uaddr	guest-virtual address
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_zero(void *uaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	size_t n;

	if (len != 0 && len - 1 > ~va)
		return (EFAULT);
	for (; len > 0; va += n, len -= n) {
		n = MIN(len, PAGE_SIZE - (va & PAGE_MASK));
		if (VMM_ACCESS(&vti->access,
			zero_page(linear_at(vti, va), va, n)) != 0)
			return (EFAULT);
	}
	return (0);
}

/**
 * useracc(9) for one page.
 * @param va		address
 * @param access	VM_PROT_READ or VM_PROT_WRITE
 * @return		0 or EFAULT
 */
int
vmm_user_access(vm_offset_t va, u_int access)
{
	struct vmx_thread_info *vti = curvti();

	return (VMM_ACCESS(&vti->access,
	    vmm_linear_page(linear_at(vti, va), va, access) == NULL ? EFAULT
								    : 0));
}

/**
 * Reads instructions of the current thread.
 * @param vti	it
 * @param va	where
 * @param buf	filled in
 * @param n	bytes, within a page
 * @return	0, or EFAULT: it may not execute them
 */
int
vmm_fetch_code(struct vmx_thread_info *vti, vm_offset_t va, void *buf, size_t n)
{
	return (VMM_ACCESS(
	    &vti->access, vmm_fetch(linear_at(vti, va), va, buf, n)));
}

/**
 * Translates an address of a thread, for who then uses the result as an
 * address of the process: umtx(2), and everything that goes by memory rather
 * than by contents.  May sleep.
 * @param td		the current thread, has a td_vmm
 * @param va		its address
 * @param access	VM_PROT_*
 * @param gpa		set to the address in its vmspace
 * @return		0 or EFAULT
 */
int
vmm_vm_get_gpa(
    struct thread *td, vm_offset_t va, u_int access, vm_offset_t *gpa)
{
	struct vmx_thread_info *vti = td->td_vmm;

	return (VMM_ACCESS(
	    &vti->access, guest_phys_addr(&vti->linear, va, access, gpa)));
}

/**
 * Reads or writes memory of a process behind nested page tables by its own
 * addresses, as its first page table translates them: vmspace_rdwr()'s.  May
 * sleep.
 * @param vm	has a vm_vmm
 * @param uaddr	address
 * @param buf	memory of the kernel
 * @param n	bytes
 * @param write	to the process; else from it
 * @return	0 or EFAULT; then some of it may be done
 */
int
vmm_rdwr(struct vmspace *vm, vm_offset_t uaddr, void *buf, size_t n, bool write)
{
	struct vmm_access va = { .vmspace = vm };
	struct vmm_linear g;

	linear_init(&g, &va, vm->vm_vmm->vp_guest_cr3);
	return (copy(
	    NULL, &g, &va, uaddr, write ? NULL : buf, write ? buf : NULL, n));
}

/* tag::sync[] */
/* Both words can be written: exchanges them while nobody is in the guest. */
static int
exchange(struct vmx_thread_info *vti, vm_offset_t dst, vm_offset_t src)
{
	struct vmm_proc *vmm = vti->vmm;
	struct vmm_linear tables = vti->linear;
	uint64_t *entry, *value;

	/* Page tables are elsewhere than values: walks of their own. */
	tables.walks = vti->sync_walks;

	/* First whether both can be written: a failed read must never get into
	 * a page table, nor an old entry get lost. */
	value = vmm_linear_page(linear_at(vti, src), src, VM_PROT_WRITE);
	if (value == NULL)
		return (EFAULT);
	entry = vmm_linear_page(&tables, dst, VM_PROT_WRITE);
	if (entry == NULL)
		return (EFAULT);
	vmm_stop(vmm);
	*value = atomic_swap_long(entry, *value);
	atomic_add_long(&vmm->vp_lineargen, 1);
	vmm_go(vmm);
	return (0);
}

/**
 * Exchanges the 64 bits at dst, an entry of the process's page table, with
 * those at src, while no thread is in the guest; none of them has the old
 * entry in its TLB any more when it comes back.
 * @param lp	the current thread, behind nested page tables
 * @param dst	address, a multiple of 8
 * @param src	address, a multiple of 8; gets the old entry
 * @return	0, or EFAULT: dst or src is not aligned or not memory to write,
 *		and nothing is changed
 */
int
vmm_sync_addr(struct lwp *lp, vm_offset_t dst, vm_offset_t src)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	if (((dst | src) & (sizeof(uint64_t) - 1)) != 0)
		return (EFAULT);
	return (VMM_ACCESS(&vti->access, exchange(vti, dst, src)));
}
/* end::sync[] */
