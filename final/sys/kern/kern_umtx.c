/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * umtx_sleep(2) and umtx_wakeup(2): a thread sleeps while an int of its
 * memory has a value.
 *
 * The channel is the physical address of the int, so that processes that
 * share a page meet, whatever addresses they have for it.  Memory that is
 * copied on writing is copied first: the page is one that this address space
 * writes to, and it is held while somebody sleeps on it.
 *
 *     sleeper                          waker
 *     find and hold the page           change the int
 *     be on the channel                fence
 *     read the int: another value?     take who is on the channel
 *     sleep
 *
 * fork() makes the page one that is copied on writing again, so that the
 * process's next write may go to another page, and a waker to another channel.
 * Hence fork() counts p_umtxgen and then wakes all sleepers of the process;
 * one that found its page before and is not on the channel yet sees that the
 * count has changed.  To be woken without cause is allowed.
 *
 * Source: DragonFly's umtx_sleep(2) and kern_umtx.c, for the contract.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

#define NS_PER_US 1000UL

static int umtx_timeout_max = 2000000;
SYSCTL_INT(kern_umtx_timeout_max, "kern.umtx_timeout_max", CTLFLAG_RW,
    &umtx_timeout_max, "Longest umtx_sleep(2), in microseconds; 0: no limit");

static u_long umtx_sleeps, umtx_wakeups;
SYSCTL_LONG(kern_umtx_sleeps, "kern.umtx_sleeps", CTLFLAG_RD, &umtx_sleeps,
    "Times that a thread has slept in umtx_sleep(2)");
SYSCTL_LONG(kern_umtx_wakeups, "kern.umtx_wakeups", CTLFLAG_RD, &umtx_wakeups,
    "Threads that umtx_wakeup(2) has woken");

/** An int of the current process. */
struct umtx {
	struct vm_page *page;	   /**< held */
	volatile const int *word;  /**< the int in the kernel */
	const volatile void *chan; /**< its physical address */
};

/* Finds the int and holds its page.  May sleep. */
static int
umtx_find(vm_offset_t uaddr, struct umtx *um)
{
	vm_offset_t offset = uaddr & PAGE_MASK;

	if ((uaddr & (sizeof(int) - 1)) != 0)
		return (EFAULT);
	/* A guest's address says nothing about memory: another thread of it
	 * may have another one for the same int. */
	if (curthread->td_vmm != NULL &&
	    vmm_vm_get_gpa(curthread, uaddr, VM_PROT_WRITE, &uaddr) != 0)
		return (EFAULT);
	if (vm_fault_page(curlwp->lwp_vmspace, trunc_page(uaddr), VM_PROT_WRITE,
		&um->page) != 0)
		return (EFAULT);
	um->word = (const int *)((char *)vm_page_kva(um->page) + offset);
	um->chan = (const void *)(vm_page_phys(um->page) + offset);
	return (0);
}

/* tag::sleep[] */
/**
 * Sleeps while an int has a value.  Without a token; may return 0 without
 * cause.
 * @param uaddr	of the int, in the current process
 * @param value	while it has this
 * @param ns	nanoseconds at most; 0: for ever
 * @return	0 when woken; EBUSY: it has another value; EWOULDBLOCK: time has
 *		passed; EINTR: a signal; EFAULT: address
 */
int
kern_umtx_sleep_ns(vm_offset_t uaddr, int value, uint64_t ns)
{
	struct proc *p = curproc;
	struct umtx um;
	u_int gen;
	int error;

	for (;;) {
		gen = atomic_load_acq_int(&p->p_umtxgen);
		error = umtx_find(uaddr, &um);
		if (error != 0)
			return (error);
		tsleep_interlock(um.chan, PDOMAIN_UMTX);
		/* Being on the channel comes before both looks. */
		cpu_mfence();
		if (__predict_true(p->p_umtxgen == gen))
			break;
		tsleep_remove();
		vm_page_unhold(um.page);
	}
	if (*um.word != value) {
		tsleep_remove();
		vm_page_unhold(um.page);
		return (EBUSY);
	}
	umtx_sleeps++;
	error = tsleep_ns(
	    um.chan, PCATCH | PINTERLOCKED | PDOMAIN_UMTX, "umtxsl", ns);
	vm_page_unhold(um.page);
	return (error == ERESTART ? EINTR : error);
}
/* end::sleep[] */

/**
 * The same by the native call's rules.
 * @param uaddr		of the int
 * @param value		while it has this
 * @param timeout_us	microseconds at most, 0: as long as is allowed
 *			(kern.umtx_timeout_max)
 * @return		as kern_umtx_sleep_ns(); EINVAL: timeout
 */
int
kern_umtx_sleep(vm_offset_t uaddr, int value, int timeout_us)
{
	int max = umtx_timeout_max;

	if (timeout_us < 0)
		return (EINVAL);
	if (max > 0 && (timeout_us == 0 || timeout_us > max))
		timeout_us = max;
	return (kern_umtx_sleep_ns(uaddr, value, timeout_us * NS_PER_US));
}

/**
 * Wakes threads that sleep on an int.
 * @param uaddr	of the int, in the current process
 * @param count	how many at most; 0 or less: all
 * @param woken	set to how many
 * @return	0, EFAULT
 */
int
kern_umtx_wakeup(vm_offset_t uaddr, int count, int *woken)
{
	struct umtx um;
	int error;

	error = umtx_find(uaddr, &um);
	if (error != 0)
		return (error);
	cpu_mfence();
	*woken = wakeup_domain(um.chan, PDOMAIN_UMTX, MAX(count, 0));
	umtx_wakeups += *woken;
	vm_page_unhold(um.page);
	return (0);
}

static void
wake_all(struct proc *p)
{
	const volatile void *chan;
	struct lwp *lp;

	atomic_add_int(&p->p_umtxgen, 1);
	spin_lock(&p->p_spin);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	{
		chan = lp->lwp_thread->td_wchan;
		if (chan != NULL && lp->lwp_thread->td_wdomain == PDOMAIN_UMTX)
			wakeup_domain(chan, PDOMAIN_UMTX, 0);
	}
	spin_unlock(&p->p_spin);
}

/**
 * Called by fork() when pages of a process have become copied on writing.
 * Under mp_token.
 * @param p	the process that forks
 */
void
umtx_fork_wakeup(struct proc *p)
{
	struct proc *other;

	wake_all(p);
	/* After vfork() others may have the same memory. */
	if (p->p_vmspace->vm_ref == 1)
		return;
	LIST_FOREACH(other, &allproc, p_list)
	if (other != p && other->p_vmspace == p->p_vmspace)
		wake_all(other);
}

/** umtx_sleep(ptr, value, timeout): @return kern_umtx_sleep()'s */
int
sys_umtx_sleep(
    struct sysmsg *sysmsg __unused, const struct umtx_sleep_args *uap)
{
	return (
	    kern_umtx_sleep((vm_offset_t)uap->ptr, uap->value, uap->timeout));
}

/**
 * umtx_wakeup(ptr, count): wakes one thread that sleeps there, or all.
 * @param sysmsg	unused
 * @param uap		count: 1 for one, else all
 * @return		0, EFAULT
 */
int
sys_umtx_wakeup(
    struct sysmsg *sysmsg __unused, const struct umtx_wakeup_args *uap)
{
	int woken;

	return (kern_umtx_wakeup(
	    (vm_offset_t)uap->ptr, uap->count == 1 ? 1 : 0, &woken));
}
