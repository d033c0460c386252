/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Hostile guests: system calls, and ends at any moment.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <fcntl.h>
#include <pthread.h>
#include <ucontext.h>
#include "hostile.h"

#define RANGE  (24UL << 30)
#define STRIDE (1UL << 20) /* each page with half of an EPT table */
#define KILLS  100

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

/* --- system calls --- */

static void
t_sync_addr(void)
{
	char *ro = memory(PAGE_SIZE, PROT_READ), *p = memory(PAGE_SIZE, RW);
	long value = 7,
	     *bad[] = { (long *)1, (long *)(p + 4), (long *)ro, (long *)WINDOW,
		     (long *)0x800000000000, (long *)0xffffffff80000000,
		     (long *)-8L, (long *)-1L, (long *)0x300000000 };

	nested_init(1);
	enter();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK_ERRNO(vmm_guest_sync_addr(bad[i], &value), EFAULT);
		CHECK(value == 7);
		CHECK_ERRNO(vmm_guest_sync_addr((long *)p, bad[i]), EFAULT);
		CHECK(*(long *)p == 0);
	}
	CHECK_ERRNO(vmm_guest_sync_addr((long *)p, NULL), EFAULT);
	CHECK(vmm_guest_sync_addr(NULL, (long *)-1L) == 0);
	CHECK(vmm_guest_sync_addr((long *)p, (long *)p) == 0);
}

static void
t_umtx(void)
{
	int *ro = (int *)memory(PAGE_SIZE, PROT_READ);
	int *bad[] = { (int *)1, (int *)2, NULL, ro, (int *)WINDOW,
		(int *)0x800000000000, (int *)0xffffffff80000000, (int *)-4L };

	nested_init(1);
	enter();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK_ERRNO(umtx_sleep(bad[i], 0, 1000), EFAULT);
		CHECK_ERRNO(umtx_wakeup(bad[i], 1), EFAULT);
	}
}

static volatile int *word;

static void *
sleep_on_word(void *arg)
{
	for (int i = 0; i < 20; i++)
		umtx_sleep(word, 0, 20000);
	return (arg);
}

static void
t_umtx_unmapped(void)
{
	pthread_t t;

	word = (int *)memory(PAGE_SIZE, RW);
	nested_init(1);
	enter();
	CHECK(pthread_create(&t, NULL, sleep_on_word, NULL) == 0);
	usleep(20000);
	CHECK(munmap((void *)word, PAGE_SIZE) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

/* Pointers that its page table makes bad, in calls of all kinds. */
static void
t_pointers(void)
{
	static const u_long bad[] = { WINDOW, 0x800000000000,
		0xffffffff80000000, -1UL, 0x300000000 };
	int fd[2];

	CHECK(pipe(fd) == 0);
	nested_init(1);
	enter();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		void *p = (void *)bad[i];

		CHECK_ERRNO(write(fd[1], p, 100), EFAULT);
		CHECK_ERRNO(open(p, O_RDONLY), EFAULT);
		CHECK_ERRNO(fstat(0, p), EFAULT);
		CHECK_ERRNO(sigaction(SIGUSR1, p, NULL), EFAULT);
		CHECK_ERRNO(sigaction(SIGUSR1, NULL, p), EFAULT);
		CHECK_ERRNO(execve(p, NULL, NULL), EFAULT);
		CHECK(write(fd[1], "x", 1) == 1);
		CHECK_ERRNO(read(fd[0], p, 1), EFAULT);
	}
	/* A copy that begins well and ends badly. */
	char *q = memory(PAGE_SIZE, RW);
	vpte_t *e = window_entry(PAGE_SHIFT);

	e[0] = (vpte_t)q | NESTED_TABLE;
	memset(q, 'q', PAGE_SIZE);
	CHECK(write(fd[1], (void *)(WINDOW + PAGE_SIZE - 8), 8) == 8);
	CHECK_ERRNO(open((char *)WINDOW + PAGE_SIZE - 8, O_RDONLY), EFAULT);
}

/* A string that goes on behind the last byte of the address space: at 0, where
 * there is memory, too. */
static void
t_string_at_the_end(void)
{
	char *p = memory(2 * PAGE_SIZE, RW), *end = (char *)-16L;
	vpte_t *pdp, *pd;

	nested_init(0);
	nested_map(-PAGE_SIZE, (u_long)p, PAGE_SHIFT, NESTED_TABLE);
	pdp = nested_below(&nested_pml4[0]);
	pd = nested_below(&pdp[0]);
	pd[0] = 0; /* the program is higher */
	nested_map(0, (u_long)p + PAGE_SIZE, PAGE_SHIFT, NESTED_TABLE);
	enter();
	strcpy(p + PAGE_SIZE, "/behind");
	memcpy(p + PAGE_SIZE - 16, "/dev/null/before", 16);
	CHECK(access_of((u_long)end, 'r') == 0 && access_of(0, 'r') == 0);
	CHECK_ERRNO(open(end, O_RDONLY), EFAULT);
	end[15] = '\0';
	CHECK_ERRNO(open(end, O_RDONLY), ENOTDIR);
}

/* Its signal stack is nowhere. */
static void
t_no_signal_stack(void)
{
	stack_t ss = { .ss_sp = WINDOW, .ss_size = SIGSTKSZ };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		nested_init(1);
		enter();
		sigaltstack(&ss, NULL);
		*(volatile char *)WINDOW = 1;
		_exit(2);
	}
	status = tap_wait(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGILL);
}

static void
bad_return(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	uc->uc_mcontext.mc_rip = 0x8000000000000000;
}

/* sigreturn(2) to where no address is. */
static void
t_sigreturn(void)
{
	struct sigaction sa = { .sa_sigaction = bad_return,
		.sa_flags = SA_SIGINFO };

	nested_init(1);
	enter();
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	/* The call fails, and what is behind it in the page is no code. */
	CHECK(CAUGHT(raise(SIGUSR1)) == SIGILL);
}

/* --- ends --- */

static void
t_spin(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		for (;;)
			__asm __volatile("pause");
	}
	usleep(50000);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(tap_wait(pid) == SIGKILL);
}

static void
on_alarm(int sig)
{
	(void)sig;
	_exit(5);
}

static void
t_alarm(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		signal(SIGALRM, on_alarm);
		setitimer(ITIMER_REAL, &soon, NULL);
		for (;;)
			;
	}
	CHECK(tap_wait(pid) == 5 << 8);
}

/* EPT tables for pages far from each other: more than there is memory, of the
 * machines that tests run on. */
static void
t_ept_tables(void)
{
	u_long physmem,
	    need = RANGE / STRIDE * PAGE_SIZE + RANGE / NBPDR * PAGE_SIZE;
	size_t size = sizeof(physmem);
	pid_t pid = fork();
	int status;
	char *p;

	if (pid == 0) {
		nested_init(1);
		p = mmap(NULL, RANGE, RW, ANON | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED || nested_run() != 0)
			_exit(1);
		for (u_long at = 0; at < RANGE; at += STRIDE)
			p[at] = 1;
		_exit(0);
	}
	status = tap_wait(pid);
	CHECK(sysctlbyname("hw.physmem", &physmem, &size, NULL, 0) == 0);
	printf("# %lu MB wanted of %lu MB: status %#x\n", need >> 20,
	    physmem >> 20, status);
	CHECK(status == (need > physmem ? SIGKILL : 0));
}

static void *
fork_and_wait(void *arg)
{
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(3);
		if (tap_wait(pid) != 3 << 8)
			_exit(1);
	}
	return (arg);
}

static void
t_forks(void)
{
	pthread_t t[3];

	nested_init(1);
	enter();
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, fork_and_wait, NULL) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static volatile char *shared_page;

static void *
unmapper(void *arg)
{
	for (int i = 0; i < 200; i++) {
		munmap((void *)(uintptr_t)shared_page, PAGE_SIZE);
		mmap((void *)(uintptr_t)shared_page, PAGE_SIZE, RW,
		    ANON | MAP_FIXED, -1, 0);
		sched_yield();
	}
	return (arg);
}

/* One thread takes memory away that the other uses, also by system calls. */
static void
t_unmapped_under_use(void)
{
	pthread_t t;
	int fd[2], faults = 0;
	char buf[16];

	CHECK(pipe(fd) == 0);
	shared_page = memory(PAGE_SIZE, RW);
	nested_init(1);
	enter();
	CHECK(pthread_create(&t, NULL, unmapper, NULL) == 0);
	for (volatile int i = 0; i < 2000; i++) {
		faults += access_of((u_long)shared_page, 'w') != 0;
		if (write(fd[1], (void *)(uintptr_t)shared_page, 1) == 1)
			CHECK(read(fd[0], buf, 1) == 1);
		else
			CHECK(errno == EFAULT);
	}
	CHECK(pthread_join(t, NULL) == 0);
}

/* What runs when the end comes. */
static void *
busy(void *arg)
{
	volatile int key = 0;
	char *p;

	for (;;) {
		p = mmap(NULL, 16 * PAGE_SIZE, RW, ANON, -1, 0);
		if (p != MAP_FAILED) {
			p[5 * PAGE_SIZE] = 1;
			munmap(p, 16 * PAGE_SIZE);
		}
		umtx_sleep(&key, 0, 100);
		vmm_guest_sync_addr(NULL, NULL);
		getpid();
		if (arg != NULL && fork() == 0)
			_exit(0);
		while (arg != NULL && waitpid(-1, NULL, 1) > 0)
			;
	}
	return (arg);
}

static void
t_kill(void)
{
	unsigned seed = 12345;
	pthread_t t;
	pid_t pid;

	printf("# seed %u\n", seed);
	srand(seed);
	alarm(0);
	for (int i = 0; i < KILLS; i++) {
		pid = fork();
		if (pid == 0) {
			nested_init(1);
			if (nested_run() != 0)
				_exit(1);
			for (long n = 0; n < 3; n++)
				pthread_create(&t, NULL, busy, (void *)n);
			busy(NULL);
		}
		usleep(rand() % 20000);
		CHECK(kill(pid, SIGKILL) == 0);
		CHECK(tap_wait(pid) == SIGKILL);
	}
}

static void
t_exec_threads(void)
{
	pthread_t t;
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		for (long n = 0; n < 3; n++)
			pthread_create(&t, NULL, busy, NULL);
		usleep(10000);
		execl("/bin/sh", "sh", "-c", "exit 6", (char *)NULL);
		_exit(1);
	}
	CHECK(tap_wait(pid) == 6 << 8);
}

static const struct tap_case cases[] = {
	{ "bad addresses for vmm_guest_sync_addr", t_sync_addr },
	{ "bad addresses for umtx", t_umtx },
	{ "umtx on memory that goes", t_umtx_unmapped },
	{ "bad pointers", t_pointers },
	{ "a string over the end of all addresses", t_string_at_the_end },
	{ "a signal stack that is nowhere", t_no_signal_stack },
	{ "sigreturn to no address", t_sigreturn },
	{ "endless, ended by SIGKILL", t_spin },
	{ "endless, ended by a timer", t_alarm },
	{ "EPT tables without end", t_ept_tables },
	{ "forks by many threads", t_forks },
	{ "memory unmapped under use", t_unmapped_under_use },
	{ "another program, with threads", t_exec_threads },
	{ "killed at 100 moments", t_kill },
};

NESTED_MAIN(cases)
