/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Mutexes: the lock of gen/lock.c, and who has it where the type wants that.
 */
#include <errno.h>
#include "libc_private.h"

/**
 * Usual attributes: PTHREAD_MUTEX_NORMAL.
 * @param attr	filled in
 * @return	0
 */
int
pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	attr->ma_type = PTHREAD_MUTEX_NORMAL;
	return (0);
}

/**
 * Nothing to be done.
 * @param attr	attributes
 * @return	0
 */
int
pthread_mutexattr_destroy(pthread_mutexattr_t *attr __unused)
{
	return (0);
}

/**
 * Sets what happens when the owner takes a mutex again: it waits for itself,
 * EDEADLK, or it has it twice.
 * @param attr	changed
 * @param type	PTHREAD_MUTEX_NORMAL, _ERRORCHECK, _RECURSIVE
 * @return	0 or EINVAL
 */
int
pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
	if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_RECURSIVE)
		return (EINVAL);
	attr->ma_type = type;
	return (0);
}

/**
 * Makes a mutex.
 * @param m	filled in
 * @param attr	attributes, or NULL: PTHREAD_MUTEX_NORMAL
 * @return	0
 */
int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	*m = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	if (attr != NULL)
		m->m_type = attr->ma_type;
	return (0);
}

/**
 * Ends a mutex.
 * @param m	mutex
 * @return	0; EBUSY while somebody has it
 */
int
pthread_mutex_destroy(pthread_mutex_t *m)
{
	return (m->m_lock != 0 ? EBUSY : 0);
}

/**
 * Takes a mutex if it is free.
 * @param m	mutex
 * @return	0; EBUSY: it is taken; EAGAIN: a recursive one, 2^31 times
 */
int
pthread_mutex_trylock(pthread_mutex_t *m)
{
	struct pthread *self = __self();
	int old = 0;

	if (m->m_type == PTHREAD_MUTEX_RECURSIVE && m->m_owner == self) {
		if (m->m_count == 0x7fffffff)
			return (EAGAIN);
		m->m_count++;
		return (0);
	}
	if (!__atomic_compare_exchange_n(
		&m->m_lock, &old, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return (EBUSY);
	m->m_owner = self;
	return (0);
}

/**
 * Takes a mutex; sleeps until it is free.
 * @param m	mutex
 * @return	0; EDEADLK: one of PTHREAD_MUTEX_ERRORCHECK, by its owner;
 *		EAGAIN: a recursive one, 2^31 times
 */
int
pthread_mutex_lock(pthread_mutex_t *m)
{
	int error = pthread_mutex_trylock(m);

	if (error != EBUSY)
		return (error);
	if (m->m_type == PTHREAD_MUTEX_ERRORCHECK && m->m_owner == __self())
		return (EDEADLK);
	__lock(&m->m_lock);
	m->m_owner = __self();
	return (0);
}

/**
 * Gives a mutex back, a recursive one as often as it was taken, and wakes one
 * who sleeps for it.
 * @param m	mutex
 * @return	0; EPERM: another has it; a PTHREAD_MUTEX_NORMAL one does not
 *		know
 */
int
pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (m->m_type != PTHREAD_MUTEX_NORMAL && m->m_owner != __self())
		return (EPERM);
	if (m->m_count > 0) {
		m->m_count--;
		return (0);
	}
	m->m_owner = NULL;
	__unlock(&m->m_lock);
	return (0);
}
