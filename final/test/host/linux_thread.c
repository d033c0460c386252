/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program may rely on: the C library's threads.
 *
 * Built as a static program of the build machine (cc -static), so that it can
 * be run there first: all cases hold on Linux, and have to hold unchanged on
 * Damselfly.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

#define THREADS 8

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile int counter;

/* --- many that come and go --- */

static void *
nothing(void *arg)
{
	__atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST);
	return (arg);
}

static void
many(void)
{
	pthread_attr_t attr;
	pthread_t t[THREADS];
	void *result;

	for (int i = 0; i < 40; i++) {
		for (intptr_t j = 0; j < THREADS; j++)
			CHECK(pthread_create(&t[j], NULL, nothing, (void *)j) ==
			    0);
		for (intptr_t j = 0; j < THREADS; j++)
			CHECK(pthread_join(t[j], &result) == 0 &&
			    (intptr_t)result == j);
	}
	CHECK(counter == 40 * THREADS);
	CHECK(pthread_attr_init(&attr) == 0);
	CHECK(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0);
	CHECK(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN) == 0);
	for (int i = 0; i < 100; i++)
		CHECK(pthread_create(&t[0], &attr, nothing, NULL) == 0);
	while (counter != 40 * THREADS + 100)
		usleep(1000);
}

/* --- memory of many threads at a time --- */

static void *
allocate(void *arg)
{
	unsigned char *p[50] = { NULL }, mark = (unsigned char)(intptr_t)arg;
	unsigned seed = mark;
	size_t n[50] = { 0 };

	for (int i = 0; i < 3000; i++) {
		unsigned k = (seed = seed * 1103515245 + 12345) >> 16 & 0xffff;

		for (size_t b = 0; b < n[k % 50]; b++)
			CHECK(p[k % 50][b] == mark);
		free(p[k % 50]);
		n[k % 50] = k % 3000;
		p[k % 50] = malloc(n[k % 50]);
		CHECK(p[k % 50] != NULL);
		memset(p[k % 50], mark, n[k % 50]);
	}
	for (int i = 0; i < 50; i++)
		free(p[i]);
	return (NULL);
}

static void
arenas(void)
{
	pthread_t t[4];

	for (intptr_t i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, allocate, (void *)(i + 1)) ==
		    0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

/* --- storage of their own --- */

static __thread struct {
	char text[100];
	long number;
} own = { "initial", 42 };
static pthread_key_t key;
static volatile int destroyed;

static void
destroy(void *value)
{
	if (value == &own)
		__atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void *
storage(void *arg)
{
	CHECK(strcmp(own.text, "initial") == 0 && own.number == 42);
	own.number = (intptr_t)arg;
	snprintf(own.text, sizeof(own.text), "thread %ld", own.number);
	CHECK(pthread_getspecific(key) == NULL);
	CHECK(pthread_setspecific(key, &own) == 0);
	usleep(2000);
	CHECK(own.number == (intptr_t)arg);
	CHECK(atoi(own.text + 7) == own.number);
	return (NULL);
}

static void
own_storage(void)
{
	pthread_t t[THREADS];

	CHECK(pthread_key_create(&key, destroy) == 0);
	own.number = 1;
	for (intptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, storage, (void *)(100 + i)) ==
		    0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	CHECK(own.number == 1 && destroyed == THREADS);
}

/* --- signals --- */

static volatile int handled_by, sent;
static sem_t ready;

static void
on_usr1(int sig)
{
	(void)sig;
	handled_by = (int)syscall(SYS_gettid);
}

static void *
target(void *arg)
{
	*(volatile int *)arg = (int)syscall(SYS_gettid);
	sem_post(&ready);
	while (!sent)
		usleep(1000);
	return (NULL);
}

/* A signal to a thread is handled by that thread, whoever else there is. */
static void
directed(void)
{
	volatile int tid[THREADS];
	pthread_t t[THREADS];

	signal(SIGUSR1, on_usr1);
	CHECK(sem_init(&ready, 0, 0) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(
		    pthread_create(&t[i], NULL, target, (void *)&tid[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(sem_wait(&ready) == 0);
	for (int i = THREADS - 1; i >= 0; i--) {
		handled_by = 0;
		CHECK(pthread_kill(t[i], SIGUSR1) == 0);
		for (int ms = 0; handled_by == 0 && ms < 5000; ms++)
			usleep(1000);
		CHECK(handled_by == tid[i]);
	}
	sent = 1;
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static void *
waiter(void *arg)
{
	int sig;

	CHECK(sigwait(arg, &sig) == 0 && sig == SIGUSR2);
	return (NULL);
}

/* One to the process is for a thread that does not block it, or waits. */
static void
undirected(void)
{
	sigset_t set;
	pthread_t t;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK(pthread_create(&t, NULL, waiter, &set) == 0);
	CHECK(kill(getpid(), SIGUSR2) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

/* --- cancellation --- */

static volatile int cleaned;

static void
clean(void *arg)
{
	cleaned += (int)(intptr_t)arg;
}

static void
give_back(void *m)
{
	pthread_mutex_unlock(m);
}

static void *
sleeper(void *arg)
{
	int fds[2];
	char c;

	CHECK(pipe(fds) == 0);
	pthread_cleanup_push(clean, (void *)3);
	sem_post(&ready);
	if (arg != NULL) {
		pthread_mutex_lock(&mutex);
		pthread_cleanup_push(give_back, &mutex);
		pthread_cond_wait(arg, &mutex);
		pthread_cleanup_pop(1);
	} else
		(void)!read(fds[0], &c, 1);
	pthread_cleanup_pop(0);
	return (NULL);
}

static void
cancelled(void)
{
	static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	pthread_t t;
	void *result;

	CHECK(sem_init(&ready, 0, 0) == 0);
	for (int i = 0; i < 2; i++) {
		CHECK(pthread_create(
			  &t, NULL, sleeper, i == 0 ? NULL : &cond) == 0);
		CHECK(sem_wait(&ready) == 0);
		usleep(2000);
		CHECK(pthread_cancel(t) == 0);
		CHECK(pthread_join(t, &result) == 0);
		CHECK(result == PTHREAD_CANCELED && cleaned == 3 * (i + 1));
		CHECK(pthread_mutex_trylock(&mutex) == 0);
		pthread_mutex_unlock(&mutex);
	}
}

/* --- what they wait for --- */

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int value, readers;

static void *
rounds(void *arg)
{
	int me = (int)(intptr_t)arg, before;

	for (int i = 0; i < 50; i++) {
		if (i % THREADS == me) {
			pthread_rwlock_wrlock(&rwlock);
			before = ++value;
			CHECK(readers == 0);
			sched_yield();
			CHECK(value == before);
			pthread_rwlock_unlock(&rwlock);
		} else {
			pthread_rwlock_rdlock(&rwlock);
			__atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
			before = value;
			sched_yield();
			CHECK(value == before);
			__atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
			pthread_rwlock_unlock(&rwlock);
		}
		pthread_barrier_wait(&barrier);
		CHECK(value == i + 1);
		pthread_barrier_wait(&barrier);
	}
	return (NULL);
}

static void
together(void)
{
	pthread_t t[THREADS];

	CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
	for (intptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, rounds, (void *)i) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static void
timed(void)
{
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	struct timespec ts, after;

	CHECK(clock_gettime(CLOCK_REALTIME, &ts) == 0);
	ts.tv_nsec += 30000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	pthread_mutex_lock(&mutex);
	CHECK(pthread_cond_timedwait(&cond, &mutex, &ts) == ETIMEDOUT);
	CHECK(clock_gettime(CLOCK_REALTIME, &after) == 0);
	CHECK(after.tv_sec > ts.tv_sec ||
	    (after.tv_sec == ts.tv_sec && after.tv_nsec >= ts.tv_nsec));
	CHECK(pthread_mutex_unlock(&mutex) == 0);
	CHECK(sem_init(&ready, 0, 0) == 0);
	CHECK_ERRNO(sem_timedwait(&ready, &ts), ETIMEDOUT);
}

/* --- processes of threads --- */

static void *
forever(void *arg)
{
	while (pause() < 0)
		;
	return (arg);
}

static void *
fork_here(void *arg)
{
	pid_t pid = fork();
	pthread_t t;
	int status;

	if (pid == 0) {
		/* The only thread there is, and its process's first one. */
		if (syscall(SYS_gettid) != getpid())
			_exit(1);
		if (pthread_create(&t, NULL, nothing, arg) != 0 ||
		    pthread_join(t, NULL) != 0)
			_exit(2);
		exit(9);
	}
	status = tap_wait(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	return (NULL);
}

static void *
exec_here(void *arg)
{
	execl("/bin/sh", "sh", "-c", "exit 11", (char *)NULL);
	return (arg);
}

static void
ends(void)
{
	pthread_t t;
	int status;
	pid_t pid;

	CHECK(pthread_create(&t, NULL, forever, NULL) == 0);
	CHECK(pthread_create(&t, NULL, fork_here, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
	for (int how = 0; how < 3; how++) {
		pid = fork();
		if (pid == 0) {
			pthread_create(&t, NULL, forever, NULL);
			if (how == 0)
				exit(11);
			pthread_create(&t, NULL, exec_here, NULL);
			if (how == 1)
				pthread_exit(NULL); /* the others go on */
			forever(NULL);
		}
		status = tap_wait(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 11);
	}
}

static const struct tap_case cases[] = {
	{ "threads that come and go, joined and detached", many },
	{ "memory for several threads at a time", arenas },
	{ "storage of their own, and its end", own_storage },
	{ "signals to one thread", directed },
	{ "signals to the process", undirected },
	{ "cancellation", cancelled },
	{ "barriers and read-write locks", together },
	{ "waiting until a time", timed },
	{ "fork, exec and exit among threads", ends },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
