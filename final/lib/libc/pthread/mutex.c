/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Mutexes: the lock of gen/lock.c, and who has it where the type wants that.
 */
#include <errno.h>
#include "libc_private.h"

/** The usual type. */
int
pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	attr->ma_type = PTHREAD_MUTEX_NORMAL;
	return (0);
}

/** Nothing to be done. */
int
pthread_mutexattr_destroy(pthread_mutexattr_t *attr __unused)
{
	return (0);
}

/** What happens when its owner takes it again; EINVAL. */
int
pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
	if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_RECURSIVE)
		return (EINVAL);
	attr->ma_type = type;
	return (0);
}

/** Makes one. */
int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	*m = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	if (attr != NULL)
		m->m_type = attr->ma_type;
	return (0);
}

/** Ends it; EBUSY while somebody has it. */
int
pthread_mutex_destroy(pthread_mutex_t *m)
{
	return (m->m_lock != 0 ? EBUSY : 0);
}

/** Takes it if it is free; EBUSY, EAGAIN. */
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

/** Takes it, sleeps for it; EDEADLK or EAGAIN, where its type says so. */
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

/** Gives it back; EPERM if its type knows that another has it. */
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
