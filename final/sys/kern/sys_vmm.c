/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * vmm_guest_ctl(2) and vmm_guest_sync_addr(2).
 *
 * A process that calls vmm_guest_ctl(VMM_GUEST_RUN) goes on behind the call as
 * a guest: its address space is the guest's physical memory, and what it uses
 * as addresses goes through a page table that it has made itself, in that
 * memory.  System calls, signals and threads are the same as before.
 *
 * The memory becomes a copy as after fork(2): private pages are copied when
 * written.  The stack cannot be where it was, since the new page table has to
 * be able to say where it is: the part that is in use is copied to memory that
 * the process offers, and the process has its page table show it where the old
 * one was.
 *
 * Source: DragonFly's sys/kern/sys_vmm.c, for the behaviour.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vmm.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_VMMSTACK, "copies of stacks");

/*
 * Copies a page of the old stack to the same distance from new_stack.  The
 * page of code for signals lies above the stack; what is not there is no
 * error above it.
 */
static int
copy_stack_page(vm_offset_t va, vm_offset_t new_stack, void *buf)
{
	vm_offset_t below = VM_MAX_USER_ADDRESS - va;

	if (copyin((void *)va, buf, PAGE_SIZE) != 0)
		return (va >= USRSTACK ? 0 : EFAULT);
	if (new_stack < below)
		return (EFAULT);
	return (copyout(buf, (void *)(new_stack - below), PAGE_SIZE));
}

/* Whether the stack from va up is there, and where its copy goes is, too: so
 * that a call that must fail has written nothing. */
static bool
can_copy(vm_offset_t va, vm_offset_t new_stack)
{
	vm_offset_t below = VM_MAX_USER_ADDRESS - va;

	return (va < USRSTACK && below <= new_stack &&
	    useracc((void *)va, USRSTACK - va, VM_PROT_READ) &&
	    useracc(
		(void *)(new_stack - below), below - PAGE_SIZE, VM_PROT_WRITE));
}

/*
 * Everything from the end of user space down to the page of the stack pointer.
 * From there, and not from USRSTACK, so that a page table can show it by large
 * pages.
 */
static int
copy_stack(vm_offset_t sp, vm_offset_t new_stack)
{
	vm_offset_t va = VM_MAX_USER_ADDRESS;
	int error = 0;
	void *buf;

	if ((new_stack & PAGE_MASK) != 0 || new_stack > VM_MAX_USER_ADDRESS ||
	    !can_copy(trunc_page(sp), new_stack))
		return (EFAULT);
	buf = kmalloc(PAGE_SIZE, M_VMMSTACK, M_WAITOK);
	while (error == 0 && va > trunc_page(sp)) {
		va -= PAGE_SIZE;
		error = copy_stack_page(va, new_stack, buf);
	}
	kfree(buf, M_VMMSTACK);
	return (error);
}

/* Why this process cannot go behind nested page tables now, or 0. */
static int
check_process(const struct lwp *lp)
{
	const struct proc *p = lp->lwp_proc;

	if (!vmm_enabled())
		return (ENODEV);
	if (lp->lwp_thread->td_vmm != NULL || p->p_nthreads != 1 ||
	    p->p_vmspace->vm_ref - p->p_vmspace->vm_lookers != 1)
		return (EBUSY);
	return (0);
}

/* tag::ctl[] */
/**
 * vmm_guest_ctl(op, options): goes on as a guest.
 * @param sysmsg	the registers
 * @param uap		op: VMM_GUEST_RUN; options: struct vmm_guest_options
 * @return		EJUSTRETURN: and the caller sees 0.  EINVAL: op, master,
 *			or no page table can be at guest_cr3; EFAULT: options or
 *			new_stack; ENODEV: this machine has no VMX with EPT or
 *			hw.vmm.enable is 0; EBUSY: the process has other threads,
 *			shares its memory (vfork) or is a guest already; ENOMEM.
 *			Nothing has changed then, but with ENOMEM what is at
 *			new_stack
 */
int
sys_vmm_guest_ctl(struct sysmsg *sysmsg, const struct vmm_guest_ctl_args *uap)
{
	struct vmm_guest_options options;
	struct lwp *lp = curlwp;
	int error;

	if (uap->op != VMM_GUEST_RUN)
		return (EINVAL);
	error = copyin(uap->options, &options, sizeof(options));
	if (error == 0)
		error = check_process(lp);
	if (error != 0)
		return (error);
	if (options.master != 1 || !vmm_valid_cr3(options.guest_cr3))
		return (EINVAL);
	error = copy_stack(sysmsg->sysmsg_frame->tf_rsp, options.new_stack);
	if (error == 0)
		error = vmm_vminit(lp, options.guest_cr3);
	return (error == 0 ? EJUSTRETURN : error);
}
/* end::ctl[] */

/**
 * vmm_guest_sync_addr(dst, src): exchanges the 64 bits at dst, an entry of the
 * caller's page table, with those at src, while no thread of it is in the
 * guest.  None of them has the old entry in its TLB any more afterwards.  dst
 * NULL changes nothing and drops the calling thread's translations.
 * @param sysmsg	unused
 * @param uap		dstaddr, srcaddr
 * @return		0, and the old entry is at src; ENOSYS: not a guest;
 *			EFAULT: an address is not aligned or not memory to
 *			write, and nothing is changed
 */
int
sys_vmm_guest_sync_addr(
    struct sysmsg *sysmsg __unused, const struct vmm_guest_sync_addr_args *uap)
{
	struct lwp *lp = curlwp;

	if (lp->lwp_thread->td_vmm == NULL)
		return (ENOSYS);
	if (uap->dstaddr == NULL) {
		vmm_flush_self(lp);
		return (0);
	}
	return (vmm_sync_addr(
	    lp, (vm_offset_t)uap->dstaddr, (vm_offset_t)uap->srcaddr));
}
