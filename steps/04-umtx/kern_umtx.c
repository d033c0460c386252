/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sleeping on a word of memory, and waking who sleeps there.
 *
 *     linear address --guest's table--> guest-physical --map--> page
 *                                                                 |
 *     another one, another process -------------------------------+-- key
 *
 * The same word may be at many addresses, so none of them can be the key.
 * The key is where the word is: physical page and offset in it.  The page is
 * looked up for writing, also by who only waits: a page that is still a
 * shared original would be another one after the first write.
 *
 * Source: DragonFly's umtx(2) and sys/kern/kern_umtx.c, for the contract.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/vmparam.h>
#include "vmm.h"

/* tag::key[] */
/*
 * Finds the word and what identifies it.  With UMTX_UNTRANSLATED as in 2013:
 * the address is taken for one of the process, and the guest's page table is
 * not asked.
 */
static int
umtx_key(struct vmx_thread_info *vti, vm_offset_t ptr,
    const volatile uint32_t **word, vm_paddr_t *key)
{
	/* LAB 04.5 begin: find the page behind a linear address */
	if ((ptr & 3) != 0)
		return (EFAULT);
#ifdef UMTX_UNTRANSLATED
	*word = vm_fault_page(&vti->proc->map, ptr, VM_PROT_WRITE);
#else
	*word = vmm_linear_page(&vti->linear, ptr, VM_PROT_WRITE);
#endif
	if (*word == NULL)
		return (EFAULT);
	*key = DMAP_TO_PHYS(*word);
	return (0);
	/* LAB 04.5 end */
}
/* end::key[] */

/* tag::sleep[] */
/**
 * umtx_sleep(ptr, value, timeout): sleeps while the int at ptr is value, until
 * umtx_wakeup() there.  The timeout is in microseconds, 0 for none.
 *
 * The thread is among the sleepers before the word is read.  A waker changes
 * the word first and looks for sleepers then, so whichever comes first, one
 * of them sees what the other did, and no wakeup is lost.
 *
 * @param vti	thread
 * @param sm	arguments
 * @return	0 when woken; EBUSY: the int is not value; EWOULDBLOCK: the
 *		time is over; EINTR: a signal; EINVAL: negative timeout;
 *		EFAULT: ptr is not aligned or not memory
 */
int
sys_umtx_sleep(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	const volatile uint32_t *word;
	int timeout = sm->arg[2];
	vm_paddr_t key;
	int error;

	if (timeout < 0)
		return (EINVAL);
	error = umtx_key(vti, sm->arg[0], &word, &key);
	if (error != 0)
		return (error);
	/* LAB 04.7 begin: go to sleep without losing a wakeup */
	lwp_sleep(vti, key, timeout);
	if (*word != (uint32_t)sm->arg[1]) {
		vti->state = LWP_RUN;
		return (EBUSY);
	}
	if (sig_pending(vti)) {
		vti->state = LWP_RUN;
		return (EINTR);
	}
	return (EJUSTRETURN);
	/* LAB 04.7 end */
}
/* end::sleep[] */

/* Who of those that sleep there has slept longest. */
static struct vmx_thread_info *
first_sleeper(struct proc *p, vm_paddr_t key)
{
	struct vmx_thread_info *vti, *first = NULL;

	for (vti = p->lwp; vti < p->lwp + MAXLWP; vti++)
		if (vti->state == LWP_SLEEP && vti->wchan == key &&
		    (first == NULL || vti->order < first->order))
			first = vti;
	return (first);
}

/* tag::wakeup[] */
/**
 * umtx_wakeup(ptr, count): wakes one of those who sleep there if count is 1,
 * all of them if it is anything else.
 * @param vti	thread
 * @param sm	arguments
 * @return	0; EFAULT: ptr is not aligned or not memory
 */
int
sys_umtx_wakeup(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	const volatile uint32_t *word;
	struct vmx_thread_info *sleeper;
	vm_paddr_t key;
	int error;

	error = umtx_key(vti, sm->arg[0], &word, &key);
	if (error != 0)
		return (error);
	/* LAB 04.6 begin: wake one sleeper or all */
	while ((sleeper = first_sleeper(vti->proc, key)) != NULL) {
		lwp_wakeup(sleeper, 0);
		if ((int)sm->arg[1] == 1)
			break;
	}
	return (0);
	/* LAB 04.6 end */
}
/* end::wakeup[] */
