/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Hostile guests: page tables, memory, system calls, and ends at any moment.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <ucontext.h>
#include "nested.h"
#include "tap.h"

#define RW	   (PROT_READ | PROT_WRITE)
#define ANON	   (MAP_PRIVATE | MAP_ANON)
#define WINDOW	   0x10000000000UL /* linear, mapped by the cases only */
#define HUGE_RANGE (24UL << 30)
#define KILLS	   100

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static sigjmp_buf env;
static volatile int got_sig, got_code;
static volatile u_long got_addr;

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got_sig = sig;
	got_code = info->si_code;
	got_addr = (u_long)info->si_addr;
	siglongjmp(env, 1);
}

static void
catch_faults(void)
{
	static char stack[SIGSTKSZ] __aligned(16);
	stack_t ss = { .ss_sp = (u_register_t)stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK };

	CHECK(sigaltstack(&ss, NULL) == 0);
	CHECK(sigaction(SIGSEGV, &sa, NULL) == 0);
	CHECK(sigaction(SIGBUS, &sa, NULL) == 0);
	CHECK(sigaction(SIGILL, &sa, NULL) == 0);
}

static void
enter(void)
{
	catch_faults();
	CHECK(nested_run() == 0);
}

/* The signal that an access ends in, 0 for none; 'r', 'w' or 'x'. */
static int
access_of(u_long va, char how)
{
	got_sig = got_code = 0;
	if (sigsetjmp(env, 1) == 0) {
		if (how == 'r')
			(void)*(volatile char *)va;
		else if (how == 'w')
			*(volatile char *)va = 1;
		else
			((void (*)(void))va)();
	}
	return (got_sig);
}

static char *
memory(size_t size, int prot)
{
	char *p = mmap(NULL, size, prot, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

/* The entry for WINDOW at the level of a table, by the level's shift. */
static vpte_t *
window_entry(unsigned shift)
{
	vpte_t *table = nested_pml4;

	for (unsigned s = PML4SHIFT; s > shift; s -= VPTE_PAGE_BITS)
		table = nested_below(&table[NESTED_INDEX(WINDOW, s)]);
	return (&table[NESTED_INDEX(WINDOW, shift)]);
}

/* A child that must end by a signal. */
static void
check_killed(pid_t pid)
{
	int status = tap_wait(pid);

	if (!WIFSIGNALED(status))
		printf("# status %#x\n", status);
	CHECK(WIFSIGNALED(status));
}

/* --- page tables --- */

static void
t_rights(void)
{
	char *p = memory(PAGE_SIZE, RW | PROT_EXEC);
	vpte_t *e;

	*p = (char)0xc3; /* ret */
	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	*e = (vpte_t)p | VPTE_V | VPTE_U;
	enter();
	CHECK(access_of(WINDOW, 'r') == 0);
	CHECK(access_of(WINDOW, 'x') == 0);
	CHECK(access_of(WINDOW, 'w') == SIGSEGV && got_code == SEGV_ACCERR &&
	    got_addr == WINDOW);
	*e = (vpte_t)p | VPTE_V | VPTE_RW; /* not the guest's */
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV && got_code == SEGV_ACCERR);
	*e = (vpte_t)p | NESTED_TABLE | VPTE_NX;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'w') == 0);
	*p = (char)0xc3;
	CHECK(access_of(WINDOW, 'x') == SIGSEGV);
	*e = 0;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV && got_code == SEGV_MAPERR);
}

static void
t_not_executable(void)
{
	char *p = memory(PAGE_SIZE, RW);

	*p = (char)0xc3;
	nested_init(1);
	enter();
	CHECK(access_of((u_long)p, 'w') == 0);
	*p = (char)0xc3;
	CHECK(access_of((u_long)p, 'x') == SIGSEGV && got_addr == (u_long)p);
}

static void
t_reserved(void)
{
	static const vpte_t bad[] = { 1UL << 51, 1UL << 50 };
	char *p = memory(PAGE_SIZE, RW);
	vpte_t *e;

	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	enter();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		*e = (vpte_t)p | NESTED_TABLE | bad[i];
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'r') == SIGSEGV);
		CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
	}
	*window_entry(PML4SHIFT) |= VPTE_PS; /* reserved there */
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV);
	CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
}

/* A table that is its own page, at each level. */
static void
t_loops(void)
{
	int fd[2];
	vpte_t seen, *table;

	CHECK(pipe(fd) == 0);
	nested_init(1);
	for (unsigned s = PML4SHIFT; s > PAGE_SHIFT; s -= VPTE_PAGE_BITS)
		window_entry(s - VPTE_PAGE_BITS);
	enter();
	for (unsigned s = PDPSHIFT; s >= PAGE_SHIFT; s -= VPTE_PAGE_BITS) {
		table = (vpte_t *)trunc_page((u_long)window_entry(s));
		for (unsigned i = 0; i < VPTE_PAGE_ENTRIES; i++)
			table[i] = (vpte_t)table | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'r') == 0);
		CHECK(write(fd[1], (void *)WINDOW, 8) == 8);
		CHECK(read(fd[0], &seen, 8) == 8);
		CHECK((seen & VPTE_FRAME) == (vpte_t)table);
		bzero(table, PAGE_SIZE);
		vmm_guest_sync_addr(NULL, NULL);
	}
	/* The root in itself. */
	nested_pml4[300] = (vpte_t)nested_pml4 | NESTED_TABLE;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(0xffff960000000000, 'r') != 0 ||
	    write(fd[1], (void *)0xffff960000000000, 8) >= -1);
}

static void
t_far_memory(void)
{
	static const u_long gpas[] = { 0x600000000000, 0x7ffffffff000,
		0x800000000000, 0xfffffff000 };
	vpte_t *e;

	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	enter();
	for (size_t i = 0; i < sizeof(gpas) / sizeof(*gpas); i++) {
		*e = gpas[i] | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW + 5, 'r') == SIGSEGV);
		CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
		CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
	}
	/* A table there. */
	for (size_t i = 0; i < sizeof(gpas) / sizeof(*gpas); i++) {
		*window_entry(PDRSHIFT) = gpas[i] | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'w') == SIGSEGV);
		CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
	}
}

/* A table in memory that may only be read: marks cannot be set. */
static void
t_table_read_only(void)
{
	vpte_t *pt = (vpte_t *)memory(PAGE_SIZE, RW);
	char *p = memory(PAGE_SIZE, RW);
	int fd[2];

	CHECK(pipe(fd) == 0);
	pt[0] = (vpte_t)p | NESTED_TABLE;
	CHECK(mprotect(pt, PAGE_SIZE, PROT_READ) == 0);
	nested_init(1);
	*window_entry(PDRSHIFT) = (vpte_t)pt | NESTED_TABLE;
	enter();
	/* The processor writes marks, or (no A/D in EPT) reads only; a write
	 * that is refused is the process's own. */
	CHECK(access_of(WINDOW, 'r') == SIGSEGV || got_sig == 0);
	CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
}

static void
t_table_unmapped(void)
{
	vpte_t *pt;

	nested_init(1);
	window_entry(PAGE_SHIFT);
	pt = (vpte_t *)trunc_page((u_long)window_entry(PAGE_SHIFT));
	enter();
	CHECK(munmap(pt, PAGE_SIZE) == 0);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV);
	CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
}

/* All of its page tables: it cannot run any more, nor get a signal. */
static void
t_no_tables(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		munmap(nested_pml4, PAGE_SIZE);
		_exit(2);
	}
	check_killed(pid);
}

static void
t_root_cleared(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		catch_faults();
		if (nested_run() != 0)
			_exit(1);
		bzero(nested_pml4, PAGE_SIZE);
		getpid(); /* an exit, after which nothing is in a TLB */
		vmm_guest_sync_addr(NULL, NULL);
		_exit(2);
	}
	check_killed(pid);
}

/* --- vmm_guest_ctl --- */

static void
t_bad_options(void)
{
	struct vmm_guest_options good, o;
	char *ro = memory(2 * PAGE_SIZE, PROT_READ);

	nested_init(1);
	munmap(ro + PAGE_SIZE, PAGE_SIZE);
	good = (struct vmm_guest_options){
		.guest_cr3 = (register_t)nested_pml4,
		.new_stack = (register_t)(nested_stack + NBPDR),
		.master = 1,
	};
	CHECK_ERRNO(vmm_guest_ctl(0, &good), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(2, &good), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(-1, NULL), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, NULL), EFAULT);
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, (void *)-8L), EFAULT);
	CHECK_ERRNO(
	    vmm_guest_ctl(VMM_GUEST_RUN, (void *)(ro + PAGE_SIZE - 8)), EFAULT);
	static const register_t cr3s[] = { 0, 1, 0x1008, -4096L, 1L << 47,
		1L << 52, 1L << 62 };
	for (size_t i = 0; i < sizeof(cr3s) / sizeof(*cr3s); i++) {
		o = good;
		o.guest_cr3 = cr3s[i];
		CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EINVAL);
	}
	o = good;
	o.master = 0;
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EINVAL);
	static const register_t stacks[] = { 0, 4096, 0x1001, -4096L, -1L,
		0x600000000000 };
	for (size_t i = 0; i < sizeof(stacks) / sizeof(*stacks); i++) {
		o = good;
		o.new_stack = stacks[i];
		CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EFAULT);
	}
	o = good;
	o.new_stack = (register_t)ro + PAGE_SIZE;
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EFAULT);
	enter();
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &good), EBUSY);
}

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return (arg);
}

static void
t_two_threads(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, wait_for_ever, NULL) == 0);
	nested_init(1);
	errno = 0;
	CHECK(nested_run() == -1 && errno == EBUSY);
}

/* A root that is memory, and nonsense: it ends by a signal. */
static void
t_garbage_root(void)
{
	pid_t pid;

	for (int i = 0; i < 16; i++) {
		pid = fork();
		if (pid == 0) {
			nested_init(1);
			srand(i);
			for (unsigned n = 0; n < 512; n++)
				nested_pml4[n] = (vpte_t)rand() << 32 ^
				    (vpte_t)rand() << 11 ^ rand();
			nested_run();
			_exit(2);
		}
		check_killed(pid);
	}
}

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
	got_sig = 0;
	if (sigsetjmp(env, 1) == 0)
		raise(SIGUSR1);
	/* The call fails, and what is behind it in the page is no code. */
	CHECK(got_sig == SIGILL);
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

/* EPT tables for pages far from each other: more than there is memory. */
static void
t_ept_tables(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit rl = { 1 << 20, 1 << 20 };
		char *p;

		setrlimit(RLIMIT_CORE, &rl);
		nested_init(1);
		p = mmap(NULL, HUGE_RANGE, RW, ANON | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED || nested_run() != 0)
			_exit(1);
		for (u_long at = 0; at < HUGE_RANGE; at += NBPDR)
			p[at] = 1;
		_exit(0);
	}
	/* Much memory: all is well; little: it is killed. */
	status = tap_wait(pid);
	if (status != 0 && status != SIGKILL)
		printf("# status %#x\n", status);
	CHECK(status == 0 || status == SIGKILL);
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
	{ "rights of its own page table", t_rights },
	{ "memory that is not to be executed", t_not_executable },
	{ "reserved bits", t_reserved },
	{ "tables that contain themselves", t_loops },
	{ "guest-physical memory out of reach", t_far_memory },
	{ "a table that is read-only", t_table_read_only },
	{ "a table that is unmapped", t_table_unmapped },
	{ "the root unmapped under its feet", t_no_tables },
	{ "the root cleared under its feet", t_root_cleared },
	{ "bad options", t_bad_options },
	{ "vmm_guest_ctl with two threads", t_two_threads },
	{ "roots of random bits", t_garbage_root },
	{ "bad addresses for vmm_guest_sync_addr", t_sync_addr },
	{ "bad addresses for umtx", t_umtx },
	{ "umtx on memory that goes", t_umtx_unmapped },
	{ "bad pointers", t_pointers },
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

int
main(void)
{
	int refused = nested_refused();

	if (refused != 0)
		return (refused - 1);
	return (tap_run(cases, sizeof(cases) / sizeof(*cases)));
}
