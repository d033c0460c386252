/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Lab 07: measures operations that bench.c does not.
 *
 *     measure          # bench: NAME: VALUE ticks, VALUE UNIT, ...
 *
 * In a vkernel what its host counts meanwhile is told as well; sums.h has the
 * reading of clock and counters.  Only what lies between sums_start() and
 * sums_stop() is in a value, and what is new to the kernels the first time is
 * done before.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include "sums.h"

#define PAGE   4096
#define LARGE  (2UL << 20) /* what one page of a page table shows */
#define CALLS  500
#define FORKS  10
#define ROUNDS 20
#define TURNS  500
#define WARM   3 /* operations that are not counted */

/* What a vkernel's host counts; those of its VMM only if that is used. */
static const struct counter host_counters[] = {
	{ "host system calls", "machdep.host.v_syscall" },
	{ "host page faults", "machdep.host.v_vm_faults" },
	{ "VM exits", "machdep.host.exits" },
	{ "EPT violations", "machdep.host.violations" },
};
#define FIRST_VMM 2 /* of these */
#define NCOUNTERS 4

/* What is not written yet ends the program. */
static inline void
panic(const char *what)
{
	printf("panic: %s\n", what);
	exit(1);
}

static void
must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

/* Memory without pages. */
static volatile char *
fresh_memory(size_t size)
{
	void *p = mmap(
	    NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

	must(p != MAP_FAILED, "mmap");
	return (p);
}

static void
measure_getpid(struct sums *s, unsigned n)
{
	for (unsigned i = 0; i < WARM; i++)
		getpid();
	sums_start(s);
	for (unsigned i = 0; i < n; i++)
		getpid();
	sums_stop(s, n);
}

static void
fork_once(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(0);
	must(waitpid(pid, &status, 0) == pid, "waitpid");
}

static void
measure_fork(struct sums *s, unsigned n)
{
	for (unsigned i = 0; i < WARM; i++)
		fork_once();
	sums_start(s);
	for (unsigned i = 0; i < n; i++)
		fork_once();
	sums_stop(s, n);
}

static volatile int stop; /* the other thread shall end */

static void *
other_thread(void *arg)
{
	while (!stop)
		sched_yield();
	return (arg);
}

/* A thread gives the processor to another one: 2 * n times, n of them here. */
static void
measure_switch(struct sums *s, unsigned n)
{
	pthread_t t;

	/* LAB 07.2 begin: measure switches between two threads */
	must(pthread_create(&t, NULL, other_thread, NULL) == 0, "thread");
	for (unsigned i = 0; i < WARM; i++)
		sched_yield();
	sums_start(s);
	for (unsigned i = 0; i < n; i++)
		sched_yield();
	sums_stop(s, 2 * n);
	stop = 1;
	pthread_join(t, NULL);
	/* LAB 07.2 end */
}

static void
protect(volatile char *p, size_t size)
{
	must(mprotect((void *)(uintptr_t)p, size, PROT_READ) == 0, "mprotect");
}

/* The right to write to n pages is taken away, which all had been written. */
static void
measure_protect(struct sums *s, unsigned n)
{
	size_t size = n * PAGE;
	volatile char *p = fresh_memory((WARM + ROUNDS) * size);

	/* LAB 07.3 begin: measure mprotect of n pages */
	for (size_t at = 0; at < (WARM + ROUNDS) * size; at += PAGE)
		p[at] = 1;
	for (unsigned i = 0; i < WARM; i++)
		protect(p + i * size, size);
	sums_start(s);
	for (unsigned i = WARM; i < WARM + ROUNDS; i++)
		protect(p + i * size, size);
	sums_stop(s, ROUNDS);
	/* LAB 07.3 end */
	munmap((void *)(uintptr_t)p, (WARM + ROUNDS) * size);
}

/* The first write to n pages, each of which needs a page of page table. */
static void
measure_far(struct sums *s, unsigned n)
{
	/* LAB 07.4 begin: measure first writes, 2 MB apart */
	volatile char *p = fresh_memory((n + 1) * LARGE);

	p += LARGE - (uintptr_t)p % LARGE;
	sums_start(s);
	for (unsigned i = 0; i < n; i++)
		p[i * LARGE] = 1;
	sums_stop(s, n);
	/* LAB 07.4 end */
}

/* Every row is in the bench's format, which begins "# bench: ". */
static void
print_row(const char *name, const struct sums *s)
{
	/* LAB 07.1 begin: print ticks and counts of one operation */
	printf("# bench: %s: %lu ticks", name, sums_ticks(s));
	sums_print_counts(s);
	printf("\n");
	/* LAB 07.1 end */
}

static const struct operation {
	const char *name;
	void (*measure)(struct sums *s, unsigned n);
	unsigned n;
} operations[] = {
	{ "getpid", measure_getpid, CALLS },
	{ "fork, exit, wait", measure_fork, FORKS },
	{ "switch of two threads", measure_switch, TURNS },
	{ "mprotect, 2 pages", measure_protect, 2 },
	{ "mprotect, 16 pages", measure_protect, 16 },
	{ "mprotect, 128 pages", measure_protect, 128 },
	{ "first write, 32 pages 2 MB apart", measure_far, 32 },
	{ "first write, 64 pages 2 MB apart", measure_far, 64 },
	{ "first write, 128 pages 2 MB apart", measure_far, 128 },
};

static int
is_there(const char *name)
{
	size_t size;

	return (sysctlbyname(name, NULL, &size, NULL, 0) == 0);
}

int
main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (is_there(host_counters[0].name))
		sums_init(host_counters,
		    counter(host_counters[FIRST_VMM].name) > 0 ? NCOUNTERS
							       : FIRST_VMM);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]);
	     i++) {
		const struct operation *op = &operations[i];
		struct sums s = { 0 };

		op->measure(&s, op->n);
		print_row(op->name, &s);
	}
	return (0);
}
