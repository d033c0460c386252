/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Measures what nested page tables cost, from a program that is behind them.
 *
 *     bench_vmm            # bench: NAME: VALUE ticks, N exits, ...
 *     bench_vmm limits     TAP: each takes less than it may
 *
 * The values are of one operation: ticks of the time-stamp counter, which in
 * Bochs with one processor are instructions of guest and host together, VM
 * exits, and what entries and exits read and write in the VMCS.  A machine
 * without VMX and EPT measures nothing.
 */
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/usched.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "nested.h"
#include "sums.h"

#define CALLS  1000
#define PAGES  256
#define WARM   3   /* operations that are not counted */
#define MOST   450 /* a system call may take so much more in the guest */
#define MAXTHR 4
#define MOVES  100
#define SYNCS  200

static const struct counter counters[] = {
	{ "exits", "hw.vmm.stat.exits" },
	{ "VMREADs", "hw.vmm.stat.vmreads" },
	{ "VMWRITEs", "hw.vmm.stat.vmwrites" },
	{ "INVEPTs", "hw.vmm.stat.invepts" },
	{ "INVVPIDs", "hw.vmm.stat.invvpids" },
	{ "IPIs", "hw.vmm.stat.kicks" },
};
#define VMWRITES 2 /* the place of "VMWRITEs" */

/* --- operations --- */

static void
measure_getpid(struct sums *s)
{
	for (int i = 0; i < WARM; i++)
		getpid();
	sums_start(s);
	for (int i = 0; i < CALLS; i++)
		getpid();
	sums_stop(s, CALLS);
}

static void
measure_cpuid(struct sums *s)
{
	u_int p[4];

	sums_start(s);
	for (int i = 0; i < CALLS; i++)
		do_cpuid(0, p);
	sums_stop(s, CALLS);
}

/* The system call that is none: it only drops translations. */
static void
measure_flush(struct sums *s)
{
	sums_start(s);
	for (int i = 0; i < CALLS; i++)
		__asm __volatile("syscall"
				 :
				 : "a"(-1L)
				 : "rcx", "r11", "memory");
	sums_stop(s, CALLS);
}

static void
measure_violation(struct sums *s)
{
	volatile char *p = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	for (int i = 0; i < WARM; i++)
		p[i * PAGE_SIZE] = 1;
	sums_start(s);
	for (int i = WARM; i < PAGES; i++)
		p[i * PAGE_SIZE] = 1;
	sums_stop(s, PAGES - WARM);
	munmap((void *)(uintptr_t)p, PAGES * PAGE_SIZE);
}

static volatile int spin, running;

static void *
spinner(void *arg)
{
	__atomic_fetch_add(&running, 1, __ATOMIC_SEQ_CST);
	while (spin)
		__asm __volatile("pause");
	return (arg);
}

/* An entry changes while `threads` virtual CPUs, ours among them, run. */
static void
measure_sync(struct sums *s, int threads)
{
	long *entry = (long *)nested_page();
	pthread_t t[MAXTHR];
	long value = 1;

	spin = 1;
	running = 1;
	for (int i = 1; i < threads; i++)
		pthread_create(&t[i], NULL, spinner, NULL);
	while (running < threads)
		usleep(1000);
	for (int i = 0; i < WARM; i++)
		vmm_guest_sync_addr(entry, &value);
	sums_start(s);
	for (int i = 0; i < SYNCS; i++)
		vmm_guest_sync_addr(entry, &value);
	sums_stop(s, SYNCS);
	spin = 0;
	for (int i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	free(entry);
}

static void
go_to(unsigned cpu)
{
	if (usched_set(0, USCHED_SET_CPU, &cpu, sizeof(cpu)) != 0) {
		perror("usched_set");
		_exit(1);
	}
}

static void
measure_migration(struct sums *s)
{
	for (int i = 0; i < WARM; i++)
		go_to((i + 1) % 2);
	sums_start(s);
	for (int i = 0; i < MOVES; i++)
		go_to(i % 2);
	sums_stop(s, MOVES);
}

static unsigned
processors(void)
{
	unsigned n = 1;
	size_t size = sizeof(n);

	sysctlbyname("hw.ncpu", &n, &size, NULL, 0);
	return (n);
}

static uint64_t
native_getpid(void)
{
	uint64_t start;

	for (int i = 0; i < WARM; i++)
		getpid();
	start = rdtsc();
	for (int i = 0; i < CALLS; i++)
		getpid();
	return ((rdtsc() - start) / CALLS);
}

static void
measure_all(void)
{
	static const struct {
		const char *name;
		void (*func)(struct sums *s);
	} operations[] = {
		{ "guest, getpid", measure_getpid },
		{ "guest, CPUID", measure_cpuid },
		{ "guest, forced exit", measure_flush },
		{ "guest, first write to a page", measure_violation },
	};
	unsigned ncpu = processors();
	char name[64];

	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		struct sums s = { 0 };

		operations[i].func(&s);
		sums_print(operations[i].name, &s);
		printf("\n");
	}
	for (unsigned n = 1; n <= MAXTHR && n <= ncpu; n++) {
		struct sums s = { 0 };

		measure_sync(&s, n);
		snprintf(name, sizeof(name),
		    "vmm_guest_sync_addr, %u virtual CPU%s", n,
		    n > 1 ? "s" : "");
		sums_print(name, &s);
		printf("\n");
	}
	if (ncpu > 1) {
		struct sums s = { 0 };

		measure_migration(&s);
		sums_print("guest, migration and usched_set", &s);
		printf("\n");
	}
}

static int
check_limits(uint64_t native)
{
	struct sums s = { 0 };
	uint64_t ticks;
	int ok;

	printf("1..2\n");
	measure_getpid(&s);
	ticks = sums_ticks(&s);
	ok = ticks <= native + MOST;
	if (!ok)
		printf("# native %lu, in the guest %lu ticks\nnot ", native,
		    ticks);
	printf("ok 1 - getpid: at most %d ticks more in the guest\n", MOST);
	/* rip behind the instruction, and now and then for an interrupt. */
	if (s.counts[VMWRITES] > CALLS + CALLS / 10) {
		printf("# %lu VMWRITEs of %d calls\nnot ", s.counts[VMWRITES],
		    CALLS);
		ok = 0;
	}
	printf("ok 2 - no field is written that has not changed\n");
	return (!ok);
}

int
main(int argc, char **argv)
{
	uint64_t native;

	setvbuf(stdout, NULL, _IOLBF, 0);
	native = native_getpid();
	nested_init(1);
	if (nested_run() != 0) {
		if (errno != ENODEV) {
			perror("vmm_guest_ctl");
			return (1);
		}
		if (argc > 1)
			printf("1..0 # SKIP no VMX with EPT\n");
		return (0);
	}
	sums_init(counters, sizeof(counters) / sizeof(counters[0]));
	if (argc > 1 && strcmp(argv[1], "limits") == 0)
		return (check_limits(native));
	measure_all();
	return (0);
}
