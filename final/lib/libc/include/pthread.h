/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads.
 */
#ifndef _PTHREAD_H_
#define _PTHREAD_H_

#include <sys/types.h>
#include <sys/time.h>
#include <sched.h>
#include <signal.h>

/** @name Attributes */
/** @{ */
#define PTHREAD_CREATE_JOINABLE	      0
#define PTHREAD_CREATE_DETACHED	      1
#define PTHREAD_MUTEX_NORMAL	      0
#define PTHREAD_MUTEX_ERRORCHECK      1
#define PTHREAD_MUTEX_RECURSIVE	      2
#define PTHREAD_MUTEX_DEFAULT	      PTHREAD_MUTEX_ERRORCHECK
#define PTHREAD_PROCESS_PRIVATE	      0
#define PTHREAD_PROCESS_SHARED	      1
#define PTHREAD_KEYS_MAX	      64
#define PTHREAD_STACK_MIN	      16384
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)
/** @} */

typedef struct pthread *pthread_t; /**< a thread */
typedef unsigned pthread_key_t;	   /**< a value that each thread has */

/** A mutex; the word of the lock: 0 free, 1 taken, 2 taken and waited for. */
typedef struct {
	volatile int m_lock;	 /**< the word that sleepers sleep on */
	int m_type;		 /**< PTHREAD_MUTEX_* */
	struct pthread *m_owner; /**< of the types that know one */
	int m_count;		 /**< of a recursive one */
} pthread_mutex_t;

/** A condition. */
typedef struct {
	volatile int c_seq;	/**< changes with every wakeup */
	volatile int c_waiters; /**< threads in a wait */
	int c_clock;		/**< of the times of timed waits */
} pthread_cond_t;

/** Readers or one writer. */
typedef struct {
	pthread_mutex_t rw_mutex; /**< of the rest */
	pthread_cond_t rw_cond;	  /**< it has become free */
	int rw_readers;		  /**< number of them, -1: a writer */
	int rw_writers;		  /**< writers that wait */
} pthread_rwlock_t;

/** Where a number of threads meet. */
typedef struct {
	pthread_mutex_t b_mutex; /**< of the rest */
	pthread_cond_t b_cond;	 /**< all are there */
	unsigned b_count;	 /**< how many meet */
	unsigned b_here;	 /**< how many are there */
	unsigned b_round;	 /**< which meeting */
	volatile int b_inside;	 /**< threads that still touch this */
} pthread_barrier_t;

/** Something done once. */
typedef struct {
	volatile int
	    o_state; /**< 0 not yet, 1 under way, 2 waited for, 3 done */
} pthread_once_t;

/** @name Attributes of a thread, a mutex, a condition */
/** @{ */
/** Attributes of a thread. */
typedef struct {
	void *a_stack;	    /**< lowest byte, or NULL */
	size_t a_stacksize; /**< bytes */
	size_t a_guardsize; /**< bytes below it that fault */
	int a_detached;	    /**< PTHREAD_CREATE_* */
} pthread_attr_t;
/** Attributes of a mutex. */
typedef struct {
	int ma_type; /**< PTHREAD_MUTEX_* */
} pthread_mutexattr_t;
/** Attributes of a condition. */
typedef struct {
	int ca_clock; /**< CLOCK_* */
} pthread_condattr_t;
typedef int pthread_rwlockattr_t;  /**< none */
typedef int pthread_barrierattr_t; /**< none */
/** @} */

/** @name Initial values */
/** @{ */
/** A mutex that is free. */
#define PTHREAD_MUTEX_INITIALIZER                                              \
	{                                                                      \
		0, PTHREAD_MUTEX_NORMAL, 0, 0                                  \
	}
/** A condition that nobody waits for. */
#define PTHREAD_COND_INITIALIZER                                               \
	{                                                                      \
		0, 0, 0                                                        \
	}
/** A lock that is free. */
#define PTHREAD_RWLOCK_INITIALIZER                                             \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0      \
	}
/** Not yet done. */
#define PTHREAD_ONCE_INIT                                                      \
	{                                                                      \
		0                                                              \
	}
/** @} */

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg);
int pthread_detach(pthread_t t);
int pthread_equal(pthread_t a, pthread_t b);
void pthread_exit(void *value) __dead2;
int pthread_join(pthread_t t, void **value);
pthread_t pthread_self(void);
void pthread_yield(void);
int pthread_getthreadid_np(void);
int pthread_atfork(
    void (*prepare)(void), void (*parent)(void), void (*child)(void));

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state);
int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size);
int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size);
int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *size);

int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type);
int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *m);
int pthread_mutex_lock(pthread_mutex_t *m);
int pthread_mutex_trylock(pthread_mutex_t *m);
int pthread_mutex_unlock(pthread_mutex_t *m);

int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *c);
int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int pthread_cond_signal(pthread_cond_t *c);
int pthread_cond_broadcast(pthread_cond_t *c);

int pthread_rwlock_init(pthread_rwlock_t *rw, const pthread_rwlockattr_t *attr);
int pthread_rwlock_destroy(pthread_rwlock_t *rw);
int pthread_rwlock_rdlock(pthread_rwlock_t *rw);
int pthread_rwlock_wrlock(pthread_rwlock_t *rw);
int pthread_rwlock_unlock(pthread_rwlock_t *rw);
int pthread_barrier_init(
    pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned count);
int pthread_barrier_destroy(pthread_barrier_t *b);
int pthread_barrier_wait(pthread_barrier_t *b);

int pthread_once(pthread_once_t *once, void (*function)(void));
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int pthread_key_delete(pthread_key_t key);
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);

#endif
