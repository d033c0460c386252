/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Lab 08: one check for each thing that a mechanism of host and vkernel is
 * there for.
 *
 *     mechanisms       "ok N - ..." or "not ok N - ..."
 *
 * In the host it makes the check of a guest, in an EPT vkernel with two virtual
 * processors, on a machine with two, all the others.
 *
 * In kernels from which a mechanism was taken, the check for it fails, or some
 * other one does, or none: that is what the lab asks.
 */
#include <sys/mman.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "nested.h"

#define PAGE	   4096
#define ALIAS	   0x10000000000 /* above what a process has */
#define DISK	   "/dev/vkd0s0a"
#define IDLE_CALLS 1000	  /* of the host, in a second without work */
#define SLEEP_US   300000 /* of who should not sleep at all */
#define AT_ONCE_US 5000	  /* what happens at once takes less; a tick is 10000 */
#define TRIES	   8
#define YIELDS	   50
#define LOOKS	   2000000 /* at a page, some ticks long */

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static int number, failed;

static void
check(int good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, name);
	failed |= !good;
}

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000UL + ts.tv_nsec / 1000);
}

static volatile char *
one_page(void)
{
	void *p = mmap(
	    NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return (p);
}

/* --- a guest's addresses --- */

/* This process is a guest; an int has another address, which is nobody else's:
 * the host has nothing there. */
static void
check_alias(void)
{
	volatile int *there = (volatile int *)one_page();
	volatile int *alias = (volatile int *)ALIAS;

	*there = 1;
	nested_init(1);
	nested_map(ALIAS, (u_long)there, PAGE_SHIFT, NESTED_TABLE);
	if (nested_run() != 0) {
		perror("vmm_guest_ctl");
		exit(1);
	}
	check(umtx_sleep(alias, 0, SLEEP_US) == -1 && errno == EBUSY,
	    "a guest's address of an int is translated");
}

/* --- idle --- */

static uint64_t
host_calls(void)
{
	uint64_t value = 0;
	size_t size = sizeof(value);

	if (sysctlbyname("machdep.host.v_syscall", &value, &size, NULL, 0) !=
	    0) {
		perror("machdep.host.v_syscall");
		exit(1);
	}
	return (value);
}

static void
check_idle(void)
{
	uint64_t calls = host_calls();

	sleep(1);
	check(host_calls() - calls < IDLE_CALLS,
	    "a second without work is one of sleep");
}

/* --- rights that are taken from a processor in the guest --- */

static volatile char *shared;
static volatile int writes, stop;
static volatile uint64_t written;

/* Only stores and loads: never leaves the guest by itself. */
static void *
writer(void *arg)
{
	while (!stop) {
		*(volatile uint64_t *)shared = ++written;
		writes = 1;
	}
	return (arg);
}

static void
segv(int sig __attribute__((unused)))
{
	stop = 1;
	mprotect((void *)(uintptr_t)shared, PAGE, PROT_READ | PROT_WRITE);
}

static void
check_protect(void)
{
	uint64_t before;
	pthread_t t;
	int late = 0;

	shared = one_page();
	signal(SIGSEGV, segv);
	pthread_create(&t, NULL, writer, NULL);
	while (!writes)
		sched_yield();
	mprotect((void *)(uintptr_t)shared, PAGE, PROT_READ);
	before = *(volatile uint64_t *)shared;
	for (int i = 0; i < LOOKS && !stop; i++)
		if (*(volatile uint64_t *)shared != before && !stop)
			late = 1;
	stop = 1;
	pthread_join(t, NULL);
	signal(SIGSEGV, SIG_DFL);
	check(!late, "no write after mprotect has taken the right");
}

/* --- rights of who has the kernel write --- */

static void
check_copyout(void)
{
	volatile char *p = one_page();
	int fd[2], good;

	p[0] = 'a';
	mprotect((void *)(uintptr_t)p, PAGE, PROT_READ);
	pipe(fd);
	write(fd[1], "b", 1);
	good = read(fd[0], (void *)(uintptr_t)p, 1) == -1 && errno == EFAULT;
	check(good && p[0] == 'a', "read(2) into a page that is read-only");
}

/* --- sleeping --- */

static volatile int word, answer;

static void
check_compare(void)
{
	uint64_t began = now_us();
	int good;

	word = 1;
	good = umtx_sleep(&word, 0, SLEEP_US) == -1 && errno == EBUSY;
	check(good && now_us() - began < SLEEP_US,
	    "nobody sleeps on a word that has changed");
}

static void *
sleeper(void *arg)
{
	for (int i = 1; i <= TRIES; i++) {
		while (word != i)
			umtx_sleep(&word, i - 1, 0);
		answer = i;
	}
	return (arg);
}

/* The other virtual processor is asleep in the host when it gets work. */
static void
check_wakeup(void)
{
	uint64_t began, longest = 0;
	pthread_t t;

	word = answer = 0;
	pthread_create(&t, NULL, sleeper, NULL);
	for (int i = 1; i <= TRIES; i++) {
		usleep(23000);
		began = now_us();
		word = i;
		umtx_wakeup(&word, 1);
		/* It must be the other one that runs it. */
		while (answer != i && now_us() - began < 2000000)
			;
		if (now_us() - began > longest)
			longest = now_us() - began;
	}
	pthread_join(t, NULL);
	check(longest < AT_ONCE_US, "a thread that is woken runs at once");
}

/* --- registers --- */

/* Keeps a number in a register of the floating-point unit while others run. */
static int
keeps(double mine)
{
	double now;

	__asm__ volatile("movsd %0, %%xmm7" : : "m"(mine) : "xmm7");
	for (int i = 0; i < YIELDS; i++)
		sched_yield();
	__asm__ volatile("movsd %%xmm7, %0" : "=m"(now));
	return (now == mine);
}

static void
check_fpu(void)
{
	pid_t pid[3];
	int status, good = 1;

	for (int i = 0; i < 3; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			for (int n = 0; n < TRIES; n++)
				if (!keeps(n * 4 + i))
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < 3; i++) {
		waitpid(pid[i], &status, 0);
		good &= status == 0;
	}
	check(good, "each process has floating-point registers of its own");
}

/* --- marks of the processor --- */

/* Whether the disk has a piece that begins with a text; it begins a page of a
 * file. */
static int
on_disk(const char *text)
{
	static char buf[64 * 1024];
	int fd = open(DISK, O_RDONLY), found = 0;
	ssize_t n;

	if (fd < 0) {
		perror(DISK);
		exit(1);
	}
	while (!found && (n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; at += 512)
			found |= strcmp(buf + at, text) == 0;
	close(fd);
	return (found);
}

/* A page of a file is written by stores, and to the disk, twice. */
static void
check_marks(void)
{
	int fd = open("/root/marks", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	ftruncate(fd, PAGE);
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		perror("/root/marks");
		exit(1);
	}
	strcpy(p, "written for the first time");
	fsync(fd);
	strcpy(p, "written for the second time");
	fsync(fd);
	sync();
	check(on_disk("written for the second time"),
	    "what is stored into a file gets to the disk");
	close(fd);
}

int
main(void)
{
	size_t size;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (sysctlbyname("machdep.host.v_syscall", NULL, &size, NULL, 0) != 0) {
		check_alias();
		return (failed);
	}
	number = 1; /* that was the host's */
	check_idle();
	check_protect();
	check_copyout();
	check_compare();
	check_wakeup();
	check_fpu();
	check_marks();
	return (failed);
}
