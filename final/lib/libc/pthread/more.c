/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What is made of mutexes and conditions, values by key, things done once, and
 * functions around fork(2).
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "libc_private.h"
#include "thread.h"

#define ATFORK_MAX 16
#define LEAVING	   1000 /* microseconds between looks at who has left */

CTASSERT(sizeof(((struct pthread *)0)->t_specific) ==
    PTHREAD_KEYS_MAX * sizeof(void *));

/* --- readers and writers: a writer that waits keeps new readers out --- */

/**
 * Makes a lock for readers or one writer. A writer that waits keeps new readers
 * out.
 * @param rw	filled in
 * @param attr	any
 * @return	0
 */
int
pthread_rwlock_init(
    pthread_rwlock_t *rw, const pthread_rwlockattr_t *attr __unused)
{
	*rw = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	return (0);
}

/**
 * Ends a lock.
 * @param rw	lock
 * @return	0; EBUSY while somebody has it
 */
int
pthread_rwlock_destroy(pthread_rwlock_t *rw)
{
	return (rw->rw_readers != 0 ? EBUSY : 0);
}

/**
 * Takes a lock with other readers; sleeps while a writer has it or waits.
 * @param rw	lock
 * @return	0
 */
int
pthread_rwlock_rdlock(pthread_rwlock_t *rw)
{
	pthread_mutex_lock(&rw->rw_mutex);
	while (rw->rw_readers < 0 || rw->rw_writers > 0)
		pthread_cond_wait(&rw->rw_cond, &rw->rw_mutex);
	rw->rw_readers++;
	return (pthread_mutex_unlock(&rw->rw_mutex));
}

/**
 * Takes a lock alone; sleeps until it is free.
 * @param rw	lock
 * @return	0
 */
int
pthread_rwlock_wrlock(pthread_rwlock_t *rw)
{
	pthread_mutex_lock(&rw->rw_mutex);
	rw->rw_writers++;
	while (rw->rw_readers != 0)
		pthread_cond_wait(&rw->rw_cond, &rw->rw_mutex);
	rw->rw_writers--;
	rw->rw_readers = -1;
	return (pthread_mutex_unlock(&rw->rw_mutex));
}

/**
 * Gives a lock back, as reader or writer.
 * @param rw	lock
 * @return	0
 */
int
pthread_rwlock_unlock(pthread_rwlock_t *rw)
{
	pthread_mutex_lock(&rw->rw_mutex);
	rw->rw_readers = rw->rw_readers < 0 ? 0 : rw->rw_readers - 1;
	if (rw->rw_readers == 0)
		pthread_cond_broadcast(&rw->rw_cond);
	return (pthread_mutex_unlock(&rw->rw_mutex));
}

/* --- barriers --- */

/**
 * Makes a place where threads meet, again and again.
 * @param b	filled in
 * @param attr	any
 * @param count	how many meet, 1 and more
 * @return	0; EINVAL: count is 0
 */
int
pthread_barrier_init(pthread_barrier_t *b,
    const pthread_barrierattr_t *attr __unused, unsigned count)
{
	if (count == 0)
		return (EINVAL);
	*b = (pthread_barrier_t){ .b_mutex = PTHREAD_MUTEX_INITIALIZER,
		.b_count = count };
	return (0);
}

/**
 * Ends a barrier.  Those who have met may still be about
 * to leave, and that is waited for.
 * @param b	barrier
 * @return	0; EBUSY while somebody waits
 */
int
pthread_barrier_destroy(pthread_barrier_t *b)
{
	int saved = errno, n;

	if (b->b_here != 0)
		return (EBUSY);
	while ((n = __atomic_load_n(&b->b_inside, __ATOMIC_ACQUIRE)) != 0)
		umtx_sleep(&b->b_inside, n, LEAVING);
	errno = saved;
	return (0);
}

/**
 * Sleeps until all are there.
 * @param b	barrier
 * @return	0; for one of them PTHREAD_BARRIER_SERIAL_THREAD
 */
int
pthread_barrier_wait(pthread_barrier_t *b)
{
	unsigned round;
	int last;

	__atomic_add_fetch(&b->b_inside, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&b->b_mutex);
	round = b->b_round;
	last = ++b->b_here == b->b_count;
	if (last) {
		b->b_here = 0;
		b->b_round++;
		pthread_cond_broadcast(&b->b_cond);
	}
	while (b->b_round == round)
		pthread_cond_wait(&b->b_cond, &b->b_mutex);
	pthread_mutex_unlock(&b->b_mutex);
	__atomic_sub_fetch(&b->b_inside, 1, __ATOMIC_RELEASE);
	return (last ? PTHREAD_BARRIER_SERIAL_THREAD : 0);
}

/* --- once --- */

/**
 * Calls a function unless that was done; sleeps until it has returned. errno
 * stays if another calls it.
 * @param once	begins as PTHREAD_ONCE_INIT
 * @param function	it
 * @return	0
 */
int
pthread_once(pthread_once_t *once, void (*function)(void))
{
	int state = 0, saved = errno;

	if (__atomic_load_n(&once->o_state, __ATOMIC_ACQUIRE) == 3)
		return (0);
	if (__atomic_compare_exchange_n(&once->o_state, &state, 1, false,
		__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		function();
		if (__atomic_exchange_n(&once->o_state, 3, __ATOMIC_RELEASE) ==
		    2)
			umtx_wakeup(&once->o_state, 0);
		return (0);
	}
	while (state != 3) {
		if (state == 2 ||
		    __atomic_compare_exchange_n(&once->o_state, &state, 2,
			false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
			umtx_sleep(&once->o_state, 2, 0);
		state = __atomic_load_n(&once->o_state, __ATOMIC_ACQUIRE);
	}
	errno = saved;
	return (0);
}

/* --- values by key --- */

static libc_lock_t key_lock;
static struct {
	bool used;
	void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];

/**
 * Makes a key, under which every thread has NULL.
 * @param key	set to it
 * @param destructor	called with a thread's value when it ends, unless that
 *			is NULL; or NULL
 * @return	0; EAGAIN: there are PTHREAD_KEYS_MAX
 */
int
pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	unsigned i;

	__lock(&key_lock);
	for (i = 0; i < PTHREAD_KEYS_MAX && keys[i].used; i++)
		;
	if (i < PTHREAD_KEYS_MAX) {
		keys[i].used = true;
		keys[i].destructor = destructor;
		*key = i;
	}
	__unlock(&key_lock);
	return (i < PTHREAD_KEYS_MAX ? 0 : EAGAIN);
}

/**
 * Forgets a key, without a call of its destructor.
 * @param key	it
 * @return	0; EINVAL: it is none
 */
int
pthread_key_delete(pthread_key_t key)
{
	if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
		return (EINVAL);
	keys[key].destructor = NULL;
	keys[key].used = false;
	return (0);
}

/**
 * The calling thread's value under a key.
 * @param key	it
 * @return	the value; NULL: none was set, or the key is none
 */
void *
pthread_getspecific(pthread_key_t key)
{
	return (
	    key < PTHREAD_KEYS_MAX ? (void *)__self()->t_specific[key] : NULL);
}

/**
 * Sets the calling thread's value under a key.
 * @param key	it
 * @param value	any
 * @return	0; EINVAL: the key is none
 */
int
pthread_setspecific(pthread_key_t key, const void *value)
{
	if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
		return (EINVAL);
	__self()->t_specific[key] = value;
	return (0);
}

/**
 * Calls the destructors for the values of a thread that ends, at most
 * PTHREAD_DESTRUCTOR_ITERATIONS times: they may set others.
 * @param t	the calling thread
 */
void
__specific_destroy(struct pthread *t)
{
	bool again = true;
	const void *value;

	for (int i = 0; again && i < PTHREAD_DESTRUCTOR_ITERATIONS; i++) {
		again = false;
		for (unsigned key = 0; key < PTHREAD_KEYS_MAX; key++) {
			value = t->t_specific[key];
			t->t_specific[key] = NULL;
			if (value == NULL || keys[key].destructor == NULL)
				continue;
			keys[key].destructor((void *)value);
			again = true;
		}
	}
}

/* --- around fork(2) --- */

static struct {
	void (*function[3])(void); /* before, after in parent, in child */
} atfork[ATFORK_MAX];
static int atforks;

/**
 * Has functions called around fork(2).
 * @param prepare	before it, the last one first; or NULL
 * @param parent	after it in the parent; or NULL
 * @param child	after it in the child; or NULL
 * @return	0; ENOMEM: there are 16
 */
int
pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
	int error = 0;

	__lock(&key_lock);
	if (atforks == ATFORK_MAX) {
		error = ENOMEM;
	} else {
		atfork[atforks].function[0] = prepare;
		atfork[atforks].function[1] = parent;
		atfork[atforks].function[2] = child;
		atforks++;
	}
	__unlock(&key_lock);
	return (error);
}

/**
 * Calls the functions of pthread_atfork().
 * @param when	0: before fork(2), 1: after it in the parent, 2: in the child
 */
void
__pthread_atfork_run(int when)
{
	int n = atforks;

	for (int i = 0; i < n; i++) {
		void (*f)(
		    void) = atfork[when == 0 ? n - 1 - i : i].function[when];

		if (f != NULL)
			f();
	}
}
