/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's futex(2) on umtx_sleep and umtx_wakeup: both sleep on the physical
 * address of a word while it has a value.
 *
 * A futex may wake more than it has to, since whoever waits looks at the word
 * again.  So bits of the BITSET calls are not kept, and REQUEUE wakes those
 * that Linux would put to another queue.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>
#include "linux.h"
#include "linux_var.h"

#define WAKE_ALL 0x7fffffff
#define OP_FLAGS (LINUX_FUTEX_PRIVATE_FLAG | LINUX_FUTEX_CLOCK_REALTIME)

/* What is left until a time of a clock; ETIMEDOUT: nothing. */
static int
remaining(bool realtime, uint64_t *ns)
{
	struct timespec ts;
	uint64_t now = nsuptime();

	if (realtime) {
		nanotime(&ts);
		now = ts.tv_sec * 1000000000UL + ts.tv_nsec;
	}
	if (*ns <= now)
		return (ETIMEDOUT);
	*ns -= now;
	return (0);
}

/* Sleeps while *uaddr is val.  WAIT has a span of time, WAIT_BITSET an end. */
static int
futex_wait(const struct linux_futex_args *uap, bool absolute)
{
	uint64_t ns = 0; /* without end */
	uint32_t now;
	int error;

	if (uap->timeout != 0) {
		error = linux_copyin_timeout((const void *)uap->timeout, &ns);
		if (error == 0 && !absolute && ns == 0)
			error = ETIMEDOUT;
		else if (error == 0 && absolute)
			error = remaining(
			    (uap->op & LINUX_FUTEX_CLOCK_REALTIME) != 0, &ns);
		if (error == ETIMEDOUT) { /* unless the value differs */
			error = fuword32(uap->uaddr, &now);
			if (error == 0)
				error = now != uap->val ? EAGAIN : ETIMEDOUT;
		}
		if (error != 0)
			return (error);
	}
	error = kern_umtx_sleep_ns((vm_offset_t)uap->uaddr, uap->val, ns);
	switch (error) {
	case EBUSY: /* another value */
		return (EAGAIN);
	case EWOULDBLOCK:
		return (ETIMEDOUT);
	case ERESTART: /* a span would begin again */
		return (uap->timeout != 0 && !absolute ? EINTR : ERESTART);
	default:
		return (error);
	}
}

static int
futex_wake(struct sysmsg *sysmsg, const u_int *uaddr, int count)
{
	return (kern_umtx_wakeup(
	    (vm_offset_t)uaddr, count < 1 ? 1 : count, &sysmsg->sysmsg_result));
}

static int
futex_requeue(
    struct sysmsg *sysmsg, const struct linux_futex_args *uap, bool compare)
{
	uint32_t now;
	int error;

	if ((int)uap->val < 0 || (int)uap->timeout < 0 ||
	    ((uintptr_t)uap->uaddr2 & 3) != 0)
		return (EINVAL);
	if (compare) {
		error = fuword32(uap->uaddr, &now);
		if (error != 0)
			return (error);
		if (now != uap->val3)
			return (EAGAIN);
	}
	return (futex_wake(sysmsg, uap->uaddr,
	    MIN((u_long)uap->val + (u_int)uap->timeout, WAKE_ALL)));
}

/** futex(2). */
int
sys_linux_futex(struct sysmsg *sysmsg, const struct linux_futex_args *uap)
{
	if (((uintptr_t)uap->uaddr & 3) != 0)
		return (EINVAL);
	switch (uap->op & ~OP_FLAGS) {
	case LINUX_FUTEX_WAIT:
		return (futex_wait(uap, false));
	case LINUX_FUTEX_WAIT_BITSET:
		return (uap->val3 == 0 ? EINVAL : futex_wait(uap, true));
	case LINUX_FUTEX_WAKE:
		return (futex_wake(sysmsg, uap->uaddr, uap->val));
	case LINUX_FUTEX_WAKE_BITSET:
		if (uap->val3 == 0)
			return (EINVAL);
		return (futex_wake(sysmsg, uap->uaddr,
		    uap->val3 == LINUX_FUTEX_BITSET_ANY ? (int)uap->val
							: WAKE_ALL));
	case LINUX_FUTEX_REQUEUE:
		return (futex_requeue(sysmsg, uap, false));
	case LINUX_FUTEX_CMP_REQUEUE:
		return (futex_requeue(sysmsg, uap, true));
	default:
		return (ENOSYS);
	}
}
