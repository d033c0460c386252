/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Locks on umtx_sleep(2) and umtx_wakeup(2), for the library and its mutexes.
 *
 * A word is 0 when the lock is free, 1 when it is taken, 2 when it is taken
 * and somebody may sleep.  Who takes it after having slept sets 2, since there
 * may be others: that costs one wakeup too many and no lost one.
 */
#include "libc_private.h"

/**
 * Takes a lock; sleeps until it is free. The owner must not take it again.
 * @param lock	the word, 0 when new
 */
void
__lock(libc_lock_t *lock)
{
	int old = 0;

	if (__atomic_compare_exchange_n(
		lock, &old, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
		__sys_umtx_sleep(lock, 2, 0);
}

/**
 * Gives a lock back, and wakes one who sleeps for it.
 * @param lock	the word
 */
void
__unlock(libc_lock_t *lock)
{
	if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
		__sys_umtx_wakeup(lock, 1);
}
