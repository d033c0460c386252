/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes behind nested page tables: vmm_guest_ctl(2) and everything that
 * such a process can still do.
 */
#include <sys/lwp.h>
#include <sys/sysctl.h>
#include <fcntl.h>
#include <pthread.h>
#include "caught.h"
#include "nested.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANON)

static void
enter(void)
{
	nested_init(1);
	CHECK(nested_run() == 0);
}

static void
t_same_process(void)
{
	pid_t pid = getpid();
	char buf[16];
	int fd[2];

	CHECK(pipe(fd) == 0);
	enter();
	CHECK(getpid() == pid);
	CHECK(write(fd[1], "behind EPT", 11) == 11);
	CHECK(read(fd[0], buf, sizeof(buf)) == 11);
	CHECK(strcmp(buf, "behind EPT") == 0);
}

static volatile int signals;

static void
on_signal(int sig)
{
	signals += sig == SIGUSR1;
}

static void
t_signal(void)
{
	enter();
	signal(SIGUSR1, on_signal);
	for (int i = 0; i < 100; i++)
		CHECK(raise(SIGUSR1) == 0);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	CHECK(signals == 101);
}

static void
check_unmapped(u_long va)
{
	CHECK(CAUGHT(*(volatile char *)va = 1) == SIGSEGV);
	CHECK(got_addr == va && got_code == SEGV_MAPERR);
}

static void
t_fault(void)
{
	enter();
	catch_faults();
	/* Beyond what its page table maps. */
	check_unmapped(0x600000000000);
	/* Mapped by it, and nothing in the process: an EPT violation. */
	check_unmapped(0x300000000);
}

static void
t_mmap(void)
{
	char *p;

	enter();
	p = mmap(NULL, 1 << 20, RW, ANON, -1, 0);
	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 256; i++)
		p[i * 4096] = i;
	for (int i = 0; i < 256; i++)
		CHECK(p[i * 4096] == (char)i);
	CHECK(munmap(p, 1 << 20) == 0);
	catch_faults();
	check_unmapped((u_long)p);
}

static void
t_fork(void)
{
	volatile int *p;
	pid_t pid;

	p = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANON, -1, 0);
	CHECK(p != MAP_FAILED);
	enter();
	pid = fork();
	if (pid == 0) {
		*p = getpid();
		_exit(7);
	}
	CHECK(pid > 0);
	CHECK(tap_wait(pid) == 7 << 8);
	CHECK(*p == pid);
	pid = vfork();
	if (pid == 0)
		_exit(8);
	CHECK(tap_wait(pid) == 8 << 8);
}

static void
t_exec(void)
{
	pid_t pid;

	enter();
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
		_exit(1);
	}
	CHECK(tap_wait(pid) == 9 << 8);
	execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
	CHECK(!"reached");
}

#define NTHREADS 4
static volatile long sum;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *
adder(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		sum++;
		pthread_mutex_unlock(&mutex);
	}
	return (arg);
}

static void
t_threads(void)
{
	pthread_t t[NTHREADS];
	void *ret;

	enter();
	for (long i = 0; i < NTHREADS; i++)
		CHECK(pthread_create(&t[i], NULL, adder, (void *)i) == 0);
	for (long i = 0; i < NTHREADS; i++) {
		CHECK(pthread_join(t[i], &ret) == 0);
		CHECK(ret == (void *)i);
	}
	CHECK(sum == NTHREADS * 1000);
}

static void
t_sync_addr(void)
{
	vpte_t old, new;
	char *a, *b;
	u_long va = 0x5000000000;

	a = mmap(NULL, 4096, RW, ANON, -1, 0);
	b = mmap(NULL, 4096, RW, ANON, -1, 0);
	CHECK(a != MAP_FAILED && b != MAP_FAILED);
	*a = 'a';
	*b = 'b';
	CHECK_ERRNO(vmm_guest_sync_addr(NULL, NULL), ENOSYS);
	nested_init(0);
	nested_map(va, (u_long)a, PAGE_SHIFT, NESTED_TABLE);
	CHECK(nested_run() == 0);
	CHECK(*(volatile char *)va == 'a');
	vpte_t *pdp = nested_below(&nested_pml4[NESTED_INDEX(va, PML4SHIFT)]);
	vpte_t *pd = nested_below(&pdp[NESTED_INDEX(va, PDPSHIFT)]);
	vpte_t *pt = nested_below(&pd[NESTED_INDEX(va, PDRSHIFT)]);
	new = (vpte_t)b | NESTED_TABLE;
	old = new;
	CHECK(vmm_guest_sync_addr((long *)&pt[0], (long *)&old) == 0);
	CHECK(pt[0] == new);
	CHECK((old & VPTE_FRAME) == (vpte_t)a && (old & VPTE_A) != 0);
	CHECK(*(volatile char *)va == 'b');
	CHECK(vmm_guest_sync_addr(NULL, NULL) == 0);
	CHECK_ERRNO(vmm_guest_sync_addr((long *)1, (long *)&old), EFAULT);
}

static u_int
number(const char *name)
{
	u_int value = 0;
	size_t size = sizeof(value);

	CHECK(sysctlbyname(name, &value, &size, NULL, 0) == 0);
	CHECK(size == sizeof(value));
	return (value);
}

/* DragonFly's names for what is in IA32_VMX_BASIC. */
static void
t_basic(void)
{
	u_long basic = 0;
	size_t size = sizeof(basic);

	CHECK(sysctlbyname("hw.vmm.vmx.basic", &basic, &size, NULL, 0) == 0);
	CHECK(number("hw.vmm.vmx.revision") == (basic & 0x7fffffff));
	CHECK(number("hw.vmm.vmx.region_size") == (basic >> 32 & 0x1fff));
	CHECK(number("hw.vmm.vmx.region_size") > 0 &&
	    number("hw.vmm.vmx.region_size") <= 4096);
	CHECK(number("hw.vmm.vmx.width_addr") == (basic >> 48 & 1));
}

static volatile u_long upper_rip;

static void
on_upper(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	upper_rip = uc->uc_mcontext.mc_rip;
}

/* Natively no program runs there; behind its own page table one may, and a
 * handler that interrupts it comes back. */
static void
t_upper_half(void)
{
	struct sigaction sa = { .sa_sigaction = on_upper,
		.sa_flags = SA_SIGINFO };
	u_long va = 0xffff800000400000;
	char *code;

	nested_init(1);
	code = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	CHECK(code != MAP_FAILED);
	memcpy(code, "\xcc\xb8\x07\x00\x00\x00\xc3", 7); /* int3; eax = 7 */
	nested_map(va, (u_long)code, PAGE_SHIFT, NESTED_TABLE);
	CHECK(nested_run() == 0);
	CHECK(sigaction(SIGTRAP, &sa, NULL) == 0);
	CHECK(((int (*)(void))va)() == 7);
	CHECK(upper_rip == va + 1);
}

static const struct tap_case cases[] = {
	{ "the same process, the same calls", t_same_process },
	{ "signals", t_signal },
	{ "faults in its own page table and in the process", t_fault },
	{ "memory comes and goes", t_mmap },
	{ "fork and vfork", t_fork },
	{ "another program", t_exec },
	{ "a handler interrupts code in the upper half", t_upper_half },
	{ "threads", t_threads },
	{ "vmm_guest_sync_addr", t_sync_addr },
	{ "hw.vmm.vmx: what a VMCS is like", t_basic },
};

NESTED_MAIN(cases)
