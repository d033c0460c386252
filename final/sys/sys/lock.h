/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sleeping locks, shared or exclusive.
 *
 * Who waits sleeps; tokens that it holds are released meanwhile.  An exclusive
 * owner is a thread and may take the lock again (it counts).  Sleeping with a
 * spinlock held panics.  Order of the locks of the kernel, first to last:
 *
 *     a vnode's lock (parent before child)
 *     a vmspace's vm_map lock
 *     a buffer
 *     spinlocks: object, pmap, page queues, run queues, console
 *
 * Tokens may be taken at any time when no spinlock is held.
 */
#ifndef _SYS_LOCK_H_
#define _SYS_LOCK_H_

#include <sys/spinlock.h>

struct thread;

/** @name lockmgr() */
/** @{ */
#define LK_SHARED    0x01
#define LK_EXCLUSIVE 0x02
#define LK_RELEASE   0x03
#define LK_TYPE_MASK 0x0f
#define LK_NOWAIT    0x10 /* EBUSY instead of sleeping */
#define LK_PCATCH    0x20 /* a signal ends the wait: EINTR, ERESTART */
/** @} */

/** A sleeping lock. */
struct lock {
	struct spinlock lk_spin; /**< the fields below */
	struct thread *lk_owner; /**< exclusive owner */
	u_int lk_exclusive;	 /**< how often */
	u_int lk_shared;	 /**< number of shared holders */
	u_int lk_waiters;	 /**< threads asleep */
	u_int lk_wantexcl;	 /**< of these, for exclusive use */
	const char *lk_name;	 /**< for messages */
};

/* --- kern/kern_lock.c --- */
void lockinit(struct lock *lk, const char *name);
int lockmgr(struct lock *lk, u_int flags);
bool lockowned(const struct lock *lk);

#endif
