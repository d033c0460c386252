/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Spinlocks: what several processors change is changed by one at a time.
 *
 * A lock is one word, the owner.  Who waits takes it when it is free, in no
 * order.  An order (tickets) would be fair, but on a virtual machine the next
 * in line may be a processor that is not running, and all others would wait
 * for it too.
 *
 * Interrupts are off while a processor holds any spinlock: the first one it
 * takes turns them off, and giving back the last one restores what was.  So an
 * interrupt handler may use the same lock.  Nothing may sleep meanwhile.
 *
 * With INVARIANTS a processor that takes a lock it has, gives back one that
 * it has not, or waits longer than spin_limit, panics: a deadlock becomes
 * words.
 */
#ifndef _SYS_SPINLOCK_H_
#define _SYS_SPINLOCK_H_

#include <sys/types.h>

/** A spinlock; all zero with a name is one that nobody holds. */
struct spinlock {
	volatile u_int owner; /**< the processor's cpuid plus 1, 0 if free */
	const char *name;     /**< for messages */
};

/** Initial value of a lock that exists from the start. */
#define SPINLOCK_INITIALIZER(lockname)                                         \
	{                                                                      \
		.name = (lockname)                                             \
	}

/* --- kern/kern_spinlock.c --- */
extern void (*spin_poll)(void);
extern uint64_t spin_limit;
void spin_init(struct spinlock *lock, const char *name);
void spin_lock(struct spinlock *lock);
bool spin_trylock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);
bool spin_held(const struct spinlock *lock);

#endif
