/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads: one lwp each, with a stack of its own.
 *
 *     guard page | stack ... | variables | struct pthread
 *
 * A thread ends in extexit(2), which clears t_tid as the last thing that it
 * does to the process's memory: only then may the stack go.  Nobody is woken
 * by that, so who waits for it looks again after a moment.  The stack of a
 * detached thread goes when another one is made or ends.
 */
#include <sys/mman.h>
#include <sys/param.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "libc_private.h"
#include "thread.h"

#define STACK_SIZE (1UL << 20)
#define LOOK_AGAIN 1000 /* microseconds */

static libc_lock_t grave_lock;
static struct pthread *graves; /* detached threads that have ended */
static int threads = 1;	       /* that have not */

static void
bury(struct pthread *t)
{
	if (t->t_map != NULL)
		munmap(t->t_map, t->t_mapsize);
}

/* Frees the stacks of detached threads that have left them. */
static void
bury_all(void)
{
	struct pthread **p, *t;

	__lock(&grave_lock);
	for (p = &graves; (t = *p) != NULL;) {
		if (t->t_tid == 0) {
			*p = t->t_next;
			bury(t);
		} else {
			p = &t->t_next;
		}
	}
	__unlock(&grave_lock);
}

/* The first function of a thread; there is no errno before __tls_set(). */
static void
begin(void *arg)
{
	struct pthread *t = arg;

	if (__tls_set(t) != 0)
		__builtin_trap();
	__sys_sigprocmask(SIG_SETMASK, &t->t_mask, NULL);
	pthread_exit(t->t_start(t->t_arg));
}

/* A stack with its struct pthread, or NULL. */
static struct pthread *
make(const pthread_attr_t *attr)
{
	size_t guard = round_page(attr->a_guardsize);
	size_t size = round_page(attr->a_stacksize + __tls_size());
	struct pthread *t;
	char *map;

	map = mmap(NULL, guard + size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	if (map == MAP_FAILED)
		return (NULL);
	if (guard > 0 && mprotect(map, guard, PROT_NONE) != 0) {
		munmap(map, guard + size);
		return (NULL);
	}
	t = __tls_make(map + guard + size - __tls_size());
	t->t_map = map;
	t->t_mapsize = guard + size;
	return (t);
}

/* Where its stack begins. */
static void *
top_of_stack(const struct pthread *t, const pthread_attr_t *attr)
{
	uintptr_t top = attr->a_stack != NULL
	    ? (uintptr_t)attr->a_stack + attr->a_stacksize
	    : (uintptr_t)t->t_map + t->t_mapsize - __tls_size();

	return ((void *)rounddown2(top, 16));
}

/**
 * Makes a thread. It has the mask of signals of the calling one.
 * @param thread	set to it, before it begins
 * @param attr	attributes, or NULL: the usual ones
 * @param start	its first function; returning from it is pthread_exit()
 * @param arg	that function's argument
 * @return	0; EAGAIN: no memory, or too many threads
 */
int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg)
{
	pthread_attr_t usual, own;
	struct lwp_params params;
	struct pthread *t;
	sigset_t every, mask;
	int error;

	bury_all();
	pthread_attr_init(&usual);
	own = attr != NULL ? *attr : usual;
	if (own.a_stack != NULL)
		usual.a_stacksize = usual.a_guardsize = 0; /* only the rest */
	t = make(own.a_stack != NULL ? &usual : &own);
	if (t == NULL)
		return (EAGAIN);
	t->t_start = start;
	t->t_arg = arg;
	t->t_state = own.a_detached == PTHREAD_CREATE_DETACHED ? T_DETACHED
							       : T_RUNNING;
	t->t_tid = -1; /* not yet known, and not ended */
	params = (struct lwp_params){ .lwp_func = begin,
		.lwp_arg = t,
		.lwp_stack = top_of_stack(t, &own),
		.lwp_tid1 = (lwpid_t *)&t->t_tid };
	*thread = t;
	/* It begins with all signals blocked: it could not take one yet. */
	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, &mask);
	t->t_mask = mask;
	__atomic_add_fetch(&threads, 1, __ATOMIC_SEQ_CST);
	error = lwp_create(&params);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (error == 0)
		return (0);
	__atomic_sub_fetch(&threads, 1, __ATOMIC_SEQ_CST);
	bury(t);
	return (EAGAIN);
}

/**
 * The calling thread.
 * @return	it
 */
pthread_t
pthread_self(void)
{
	return (__self());
}

/**
 * Whether two threads are one.
 * @param a	a thread
 * @param b	a thread
 * @return	1 or 0
 */
int
pthread_equal(pthread_t a, pthread_t b)
{
	return (a == b);
}

/**
 * Number of the calling thread, as the kernel counts them.
 * @return	1 and up
 */
int
pthread_getthreadid_np(void)
{
	return (lwp_gettid());
}

/**
 * Lets others run.
 */
void
pthread_yield(void)
{
	sched_yield();
}

/**
 * Ends the calling thread; the last one ends the program.
 * @param value	for pthread_join()
 */
void
pthread_exit(void *value)
{
	struct pthread *t = __self();
	sigset_t every;
	int old;

	__specific_destroy(t);
	if (__atomic_sub_fetch(&threads, 1, __ATOMIC_SEQ_CST) == 0)
		exit(0);
	/* From here on nothing of it may be used but its stack. */
	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, NULL);
	t->t_value = value;
	old = __atomic_exchange_n(&t->t_state, T_DEAD, __ATOMIC_SEQ_CST);
	if (old == T_DETACHED) {
		__lock(&grave_lock);
		t->t_next = graves;
		graves = t;
		__unlock(&grave_lock);
	} else {
		umtx_wakeup(&t->t_state, 0);
	}
	extexit(EXTEXIT_LWP | EXTEXIT_SETINT, 0, (void *)&t->t_tid);
}

/* Waits until a thread that is dead has left its stack. */
static void
wait_gone(struct pthread *t)
{
	lwpid_t tid;

	while ((tid = t->t_tid) != 0)
		umtx_sleep(&t->t_tid, tid, LOOK_AGAIN);
}

/**
 * Sleeps until a thread has ended, and frees its stack.
 * @param t	the thread; once
 * @param value	gets what it returned; or NULL
 * @return	0; EDEADLK: it is the calling one; EINVAL: it is detached
 */
int
pthread_join(pthread_t t, void **value)
{
	int state;

	if (t == __self())
		return (EDEADLK);
	while ((state = t->t_state) == T_RUNNING)
		umtx_sleep(&t->t_state, T_RUNNING, 0);
	if (state == T_DETACHED)
		return (EINVAL);
	wait_gone(t);
	if (value != NULL)
		*value = t->t_value;
	bury(t);
	return (0);
}

/**
 * Lets a thread's stack be freed without pthread_join().
 * @param t	the thread
 * @return	0; EINVAL: it is detached already
 */
int
pthread_detach(pthread_t t)
{
	int old = T_RUNNING;

	if (__atomic_compare_exchange_n(&t->t_state, &old, T_DETACHED, false,
		__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return (0);
	if (old == T_DETACHED)
		return (EINVAL);
	wait_gone(t);
	bury(t);
	return (0);
}

/**
 * Sends a signal to a thread of this process; errno stays.
 * @param t	the thread
 * @param sig	the signal; 0: only looks whether it could
 * @return	0; ESRCH: it has ended; EINVAL: no signal
 */
int
pthread_kill(struct pthread *t, int sig)
{
	int saved = errno, error = 0;
	lwpid_t tid = t->t_tid;

	if (t == __self())
		tid = lwp_gettid();
	if (tid <= 0)
		return (ESRCH);
	if (__sys_lwp_kill(getpid(), tid, sig) != 0)
		error = errno;
	errno = saved;
	return (error);
}

/**
 * Changes the mask of signals of the calling thread.
 * @param how	SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK
 * @param set	signals; NULL: nothing changes
 * @param old	gets the mask before; or NULL
 * @return	0 or EINVAL
 */
int
pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return (sigprocmask(how, set, old) == 0 ? 0 : errno);
}

/**
 * In the child of fork(2): its one thread has a new number, and the other ones
 * are not there.
 */
void
__pthread_after_fork(void)
{
	__self()->t_tid = lwp_gettid();
	graves = NULL;
	grave_lock = 0;
	threads = 1;
}

/**
 * Usual attributes: joinable, 1 MB of stack, a guard page.
 * @param attr	filled in
 * @return	0
 */
int
pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){ .a_stacksize = STACK_SIZE,
		.a_guardsize = PAGE_SIZE };
	return (0);
}

/**
 * Nothing to be done.
 * @param attr	attributes
 * @return	0
 */
int
pthread_attr_destroy(pthread_attr_t *attr __unused)
{
	return (0);
}

/**
 * Sets whether somebody will join the thread.
 * @param attr	changed
 * @param state	PTHREAD_CREATE_JOINABLE or PTHREAD_CREATE_DETACHED
 * @return	0 or EINVAL
 */
int
pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	if (state != PTHREAD_CREATE_JOINABLE &&
	    state != PTHREAD_CREATE_DETACHED)
		return (EINVAL);
	attr->a_detached = state;
	return (0);
}

/**
 * Whether somebody will join the thread.
 * @param attr	attributes
 * @param state	gets PTHREAD_CREATE_*
 * @return	0
 */
int
pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
	*state = attr->a_detached;
	return (0);
}

/**
 * Sets how much below the stack faults.
 * @param attr	changed
 * @param size	bytes, rounded up to pages; 0: nothing does
 * @return	0
 */
int
pthread_attr_setguardsize(pthread_attr_t *attr, size_t size)
{
	attr->a_guardsize = size;
	return (0);
}

/**
 * Sets a stack of the caller's, which has no guard.
 * @param attr	changed
 * @param stack	its lowest byte
 * @param size	bytes, PTHREAD_STACK_MIN and more
 * @return	0 or EINVAL
 */
int
pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size)
{
	attr->a_stack = stack;
	return (pthread_attr_setstacksize(attr, size));
}

/**
 * Sets the size of the stack.
 * @param attr	changed
 * @param size	bytes, PTHREAD_STACK_MIN and more
 * @return	0 or EINVAL
 */
int
pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
	if (size < PTHREAD_STACK_MIN || size > LONG_MAX / 2)
		return (EINVAL);
	attr->a_stacksize = size;
	return (0);
}

/**
 * The size of the stack.
 * @param attr	attributes
 * @param size	gets it, bytes
 * @return	0
 */
int
pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *size)
{
	*size = attr->a_stacksize;
	return (0);
}
