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
#include <sys/sysctl.h>
#include <sys/usched.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "nested.h"

#define CALLS  1000
#define PAGES  256
#define WARM   3   /* operations that are not counted */
#define MOST   450 /* a system call may take so much more in the guest */
#define MAXTHR 4
#define MOVES  100
#define SYNCS  200

/** A measurement: sums over all its operations. */
struct sums {
	uint64_t ticks, exits, vmreads, vmwrites, invepts, invvpids, kicks;
	unsigned n;
};

static uint64_t
counter(const char *name)
{
	uint64_t value = 0;
	size_t size = sizeof(value);

	if (sysctlbyname(name, &value, &size, NULL, 0) != 0) {
		perror(name);
		_exit(1);
	}
	return (value);
}

/* Adds the counters, times sign. */
static void
add_counters(struct sums *s, int sign)
{
	s->exits += sign * counter("hw.vmm.stat.exits");
	s->vmreads += sign * counter("hw.vmm.stat.vmreads");
	s->vmwrites += sign * counter("hw.vmm.stat.vmwrites");
	s->invepts += sign * counter("hw.vmm.stat.invepts");
	s->invvpids += sign * counter("hw.vmm.stat.invvpids");
	s->kicks += sign * counter("hw.vmm.stat.kicks");
}

/* What reading the counters counts itself. */
static struct sums empty;

static void
begin(struct sums *s)
{
	memset(s, 0, sizeof(*s));
	add_counters(s, -1);
	s->ticks = -rdtsc();
}

static void
end(struct sums *s, unsigned n)
{
	s->ticks += rdtsc();
	add_counters(s, 1);
	s->exits -= empty.exits;
	s->vmreads -= empty.vmreads;
	s->vmwrites -= empty.vmwrites;
	s->n = n;
}

static void
print_part(const char *unit, uint64_t sum, unsigned n)
{
	uint64_t hundredths = (int64_t)sum > 0 ? (sum * 100 + n / 2) / n : 0;

	printf(", %lu.%02lu %s", hundredths / 100, hundredths % 100, unit);
}

static void
print_sums(const char *name, const struct sums *s)
{
	printf("# bench: %s: %lu ticks", name, s->ticks / s->n);
	print_part("exits", s->exits, s->n);
	print_part("VMREADs", s->vmreads, s->n);
	print_part("VMWRITEs", s->vmwrites, s->n);
	print_part("INVEPTs", s->invepts, s->n);
	print_part("INVVPIDs", s->invvpids, s->n);
	print_part("IPIs", s->kicks, s->n);
	printf("\n");
}

/* --- operations --- */

static void
measure_getpid(struct sums *s)
{
	for (int i = 0; i < WARM; i++)
		getpid();
	begin(s);
	for (int i = 0; i < CALLS; i++)
		getpid();
	end(s, CALLS);
}

static void
measure_cpuid(struct sums *s)
{
	u_int p[4];

	begin(s);
	for (int i = 0; i < CALLS; i++)
		do_cpuid(0, p);
	end(s, CALLS);
}

/* The system call that is none: it only drops translations. */
static void
measure_flush(struct sums *s)
{
	begin(s);
	for (int i = 0; i < CALLS; i++)
		__asm __volatile("syscall"
				 :
				 : "a"(-1L)
				 : "rcx", "r11", "memory");
	end(s, CALLS);
}

static void
measure_violation(struct sums *s)
{
	volatile char *p = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	for (int i = 0; i < WARM; i++)
		p[i * PAGE_SIZE] = 1;
	begin(s);
	for (int i = WARM; i < PAGES; i++)
		p[i * PAGE_SIZE] = 1;
	end(s, PAGES - WARM);
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
	begin(s);
	for (int i = 0; i < SYNCS; i++)
		vmm_guest_sync_addr(entry, &value);
	end(s, SYNCS);
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
	begin(s);
	for (int i = 0; i < MOVES; i++)
		go_to(i % 2);
	end(s, MOVES);
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
	struct sums s;
	char name[64];

	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		operations[i].func(&s);
		print_sums(operations[i].name, &s);
	}
	for (unsigned n = 1; n <= MAXTHR && n <= ncpu; n++) {
		measure_sync(&s, n);
		snprintf(name, sizeof(name),
		    "vmm_guest_sync_addr, %u virtual CPU%s", n,
		    n > 1 ? "s" : "");
		print_sums(name, &s);
	}
	if (ncpu > 1) {
		measure_migration(&s);
		print_sums("guest, migration and usched_set", &s);
	}
}

static int
check_limits(uint64_t native)
{
	struct sums s;
	uint64_t ticks;
	int ok;

	printf("1..2\n");
	measure_getpid(&s);
	ticks = s.ticks / s.n;
	ok = ticks <= native + MOST;
	if (!ok)
		printf("# native %lu, in the guest %lu ticks\nnot ", native,
		    ticks);
	printf("ok 1 - getpid: at most %d ticks more in the guest\n", MOST);
	/* rip behind the instruction, and now and then for an interrupt. */
	if (s.vmwrites > CALLS + CALLS / 10) {
		printf("# %lu VMWRITEs of %d calls\nnot ", s.vmwrites, CALLS);
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
	begin(&empty);
	end(&empty, 1);
	if (argc > 1 && strcmp(argv[1], "limits") == 0)
		return (check_limits(native));
	measure_all();
	return (0);
}
