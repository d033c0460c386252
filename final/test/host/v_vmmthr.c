/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes behind nested page tables: threads on several processors, memory
 * that changes under them, and what they share with others.
 */
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/usched.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include "nested.h"
#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANON)
#define WINDOW 0x10000000000UL /* linear, mapped by the cases only */
#define MOVES  1000

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static unsigned
processors(void)
{
	unsigned n = 1;
	size_t size = sizeof(n);

	CHECK(sysctlbyname("hw.ncpu", &n, &size, NULL, 0) == 0);
	return (n);
}

static void
enter(void)
{
	nested_init(1);
	CHECK(nested_run() == 0);
}

static char *
memory(size_t size, int flags)
{
	char *p = mmap(NULL, size, RW, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

/* --- registers --- */

/* A value in every register that a system call must keep, before and after
 * one that moves the thread to another processor. */
static int
registers_kept(unsigned cpu)
{
	long ok;

	CHECK(usched_set(0, USCHED_SET_CPU, &cpu, sizeof(cpu)) == 0);
	__asm __volatile("movq $0x1111, %%rbx\n\t"
			 "movq $0x2222, %%r12\n\t"
			 "movq $0x3333, %%r13\n\t"
			 "movq $0x4444, %%r14\n\t"
			 "movq $0x5555, %%r15\n\t"
			 "movq %%rbx, %%xmm6\n\t"
			 "movq %%r15, %%xmm15\n\t"
			 "movl $331, %%eax\n\t" /* sched_yield */
			 "syscall\n\t"
			 "movq %%xmm6, %%rax\n\t"
			 "movq %%xmm15, %%rcx\n\t"
			 "subq %%rbx, %%rax\n\t"
			 "subq %%r15, %%rcx\n\t"
			 "orq %%rcx, %%rax\n\t"
			 "subq $0x1111, %%rbx\n\t"
			 "orq %%rbx, %%rax\n\t"
			 "subq $0x2222, %%r12\n\t"
			 "orq %%r12, %%rax\n\t"
			 "subq $0x3333, %%r13\n\t"
			 "orq %%r13, %%rax\n\t"
			 "subq $0x4444, %%r14\n\t"
			 "orq %%r14, %%rax\n\t"
			 "subq $0x5555, %%r15\n\t"
			 "orq %%r15, %%rax"
			 : "=a"(ok)
			 :
			 : "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12",
			 "r13", "r14", "r15", "rdi", "rsi", "xmm6", "xmm15",
			 "memory", "cc");
	return (ok == 0);
}

static void *
mover(void *arg)
{
	unsigned n = processors();

	for (int i = 0; i < MOVES; i++)
		if (!registers_kept(((long)arg + i) % n))
			return ((void *)1);
	return (NULL);
}

static void
t_migration(void)
{
	pthread_t t[3];
	void *ret;

	enter();
	for (long i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, mover, (void *)i) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(t[i], &ret) == 0 && ret == NULL);
}

static u_long
value_of(const char *name)
{
	u_long n = 0;
	size_t size = sizeof(n);

	CHECK(sysctlbyname(name, &n, &size, NULL, 0) == 0);
	return (n);
}

/* Whether the processor tags translations, secondary control 5. */
static int
has_vpid(void)
{
	return ((value_of("hw.vmm.vmx.procbased2_ctls") >> 37 & 1) != 0);
}

static u_long
invalidations(void)
{
	return (
	    value_of("hw.vmm.stat.invepts") + value_of("hw.vmm.stat.invvpids"));
}

/* What a thread has had dropped on one processor, another may still know from
 * the thread's last visit.  It must forget it when the thread comes. */
static void
t_forgets_on_arrival(void)
{
	u_long moved, dropped;
	unsigned n = processors();

	enter();
	moved = value_of("hw.vmm.stat.migrations");
	dropped = invalidations();
	for (unsigned i = 0; i < 100; i++)
		CHECK(registers_kept(i % n));
	moved = value_of("hw.vmm.stat.migrations") - moved;
	dropped = invalidations() - dropped;
	printf("# moved %lu times, dropped %lu times\n", moved, dropped);
	CHECK(n == 1 || moved >= 90);
	CHECK(dropped >= moved || !has_vpid());
}

/* --- what a guest leaves behind on its processor --- */

static unsigned
gdt_limit(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __packed gdtr;

	__asm __volatile("sgdt %0" : "=m"(gdtr));
	return (gdtr.limit);
}

/* Looks while a guest, or what has been one, has turns on the processor. */
static void
check_gdt(unsigned limit)
{
	for (int i = 0; i < 200; i++) {
		CHECK(gdt_limit() == limit);
		usleep(i % 10 == 0 ? 1000 : 0);
	}
}

/* A VM exit makes the GDT 64 KB long.  Programs could load selectors with what
 * lies behind it. */
static void
t_gdt(void)
{
	unsigned cpu = 0, limit = gdt_limit();
	char byte;
	pid_t pid;
	int fd[2];

	CHECK(limit < 0x200 && pipe(fd) == 0);
	CHECK(usched_set(0, USCHED_SET_CPU, &cpu, sizeof(cpu)) == 0);
	for (int other = 0; other < 2; other++) {
		pid = fork();
		if (pid == 0) {
			enter();
			write(fd[1], "", 1);
			if (other)
				execl("/bin/sh", "sh", "-c", "read x; read x",
				    (char *)NULL);
			for (;;)
				getpid();
		}
		CHECK(read(fd[0], &byte, 1) == 1);
		check_gdt(limit);
		CHECK(kill(pid, SIGKILL) == 0);
		(void)tap_wait(pid);
		CHECK(gdt_limit() == limit);
	}
}

/* --- memory that changes --- */

static volatile int stop;
static volatile long *counters;

static void *
counter(void *arg)
{
	volatile long *c = &counters[(long)arg * 512];

	while (!stop)
		++*c;
	return (arg);
}

/* Pages become copied on writing again and again, under threads that write
 * to them; what they write must not get into the child, nor be lost. */
static void
t_fork_under_threads(void)
{
	pthread_t t[3];
	long before, after;
	pid_t pid;

	counters = (long *)memory(3 * PAGE_SIZE, ANON);
	enter();
	for (long i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, counter, (void *)i) == 0);
	for (int n = 0; n < 20; n++) {
		pid = fork();
		if (pid == 0) {
			before = counters[0] + counters[512] + counters[1024];
			for (volatile int i = 0; i < 2000; i++)
				;
			after = counters[0] + counters[512] + counters[1024];
			_exit(before != after);
		}
		CHECK(pid > 0 && tap_wait(pid) == 0);
	}
	before = counters[0] + counters[512] + counters[1024];
	usleep(20000);
	after = counters[0] + counters[512] + counters[1024];
	CHECK(after > before);
	stop = 1;
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static char *volatile page;

static void *
replacer(void *arg)
{
	for (int i = 1; i <= 300; i++) {
		CHECK(mmap((void *)page, PAGE_SIZE, RW, ANON | MAP_FIXED, -1,
			  0) == page);
		*(volatile int *)page = i;
		sched_yield();
	}
	stop = 1;
	return (arg);
}

/* A thread that still had an old translation would see an older number. */
static void
t_replaced_under_threads(void)
{
	pthread_t t;
	int seen, last = 0, alone = processors() == 1;

	page = memory(PAGE_SIZE, ANON);
	enter();
	CHECK(pthread_create(&t, NULL, replacer, NULL) == 0);
	while (!stop) {
		seen = *(volatile int *)page;
		CHECK(seen == 0 || seen >= last);
		if (seen != 0)
			last = seen;
		if (alone)
			sched_yield();
	}
	CHECK(pthread_join(t, NULL) == 0);
	CHECK(*(volatile int *)page == 300);
}

/* Pages of a file that the guest has mapped have to go, for want of memory,
 * and come back with what was written to them. */
static void
t_page_out(void)
{
	enum { N = 512 };
	static const char path[] = "/var/tmp/v_vmmthr.data";
	u_long had, most;
	char *p, *q, buf[1];
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && ftruncate(fd, N * PAGE_SIZE) == 0);
	p = mmap(NULL, N * PAGE_SIZE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	enter();
	for (int i = 0; i < N; i++)
		memset(p + i * PAGE_SIZE, i, PAGE_SIZE);
	CHECK(msync(p, N * PAGE_SIZE, MS_SYNC) == 0);
	/* Memory for something else, until half of them have gone. */
	had = value_of("vm.stats.object_count");
	most = value_of("vm.stats.page_count");
	q = mmap(NULL, most * PAGE_SIZE, RW, ANON | MAP_NORESERVE, -1, 0);
	CHECK(q != MAP_FAILED);
	for (u_long i = 0;; i++) {
		if (i % 64 == 0 &&
		    value_of("vm.stats.object_count") + N / 2 <= had)
			break;
		CHECK(i < most);
		q[i * PAGE_SIZE] = 1;
	}
	for (int i = 0; i < N; i++) {
		CHECK(p[i * PAGE_SIZE] == (char)i);
		CHECK(p[i * PAGE_SIZE + 4095] == (char)i);
	}
	for (int i = 0; i < N; i += 37)
		CHECK(
		    pread(fd, buf, 1, i * PAGE_SIZE) == 1 && buf[0] == (char)i);
	unlink(path);
}

/* --- umtx --- */

static volatile int *word1, *word2;

static void *
sleeper(void *arg)
{
	while (*word1 == 0)
		if (umtx_sleep(word1, 0, 1000000) != 0 && errno == EWOULDBLOCK)
			return ((void *)1);
	return (arg);
}

/* One int, two linear addresses: what was wrong in 2013. */
static void
t_umtx_two_addresses(void)
{
	char *p = memory(PAGE_SIZE, ANON);
	pthread_t t;
	void *ret;

	nested_init(1);
	nested_map(WINDOW, (u_long)p, PAGE_SHIFT, NESTED_TABLE);
	nested_map(WINDOW + 5 * PAGE_SIZE, (u_long)p, PAGE_SHIFT, NESTED_TABLE);
	word1 = (int *)(WINDOW + 64);
	word2 = (int *)(WINDOW + 5 * PAGE_SIZE + 64);
	CHECK(nested_run() == 0);
	CHECK(pthread_create(&t, NULL, sleeper, NULL) == 0);
	usleep(50000);
	*word2 = 1;
	CHECK(umtx_wakeup(word2, 0) == 0);
	CHECK(pthread_join(t, &ret) == 0 && ret == NULL);
}

/* The same int in a guest and in a process that is none. */
static void
t_umtx_shared(void)
{
	char *p = memory(PAGE_SIZE, MAP_SHARED | MAP_ANON);
	pid_t pid;

	word1 = (int *)p;
	pid = fork();
	if (pid == 0) {
		while (*word1 == 0)
			umtx_sleep(word1, 0, 0);
		word1[1] = 1;
		umtx_wakeup(&word1[1], 1);
		_exit(0);
	}
	nested_init(1);
	nested_map(WINDOW, (u_long)p, PAGE_SHIFT, NESTED_TABLE);
	word1 = (int *)WINDOW;
	CHECK(nested_run() == 0);
	usleep(20000);
	*word1 = 1;
	CHECK(umtx_wakeup(word1, 1) == 0);
	while (word1[1] == 0)
		umtx_sleep(&word1[1], 0, 100000);
	CHECK(tap_wait(pid) == 0);
}

static void
t_umtx_errors(void)
{
	static int word;

	enter();
	CHECK_ERRNO(umtx_sleep(&word, 1, 0), EBUSY);
	CHECK_ERRNO(umtx_sleep((int *)((char *)&word + 1), 0, 0), EFAULT);
	CHECK_ERRNO(umtx_sleep(&word, 0, 10000), EWOULDBLOCK);
	CHECK_ERRNO(umtx_sleep(&word, 0, -1), EINVAL);
}

/* --- copies --- */

/* Two pages that are neighbours in the guest and nowhere else. */
static void
t_page_border(void)
{
	char *p = memory(8 * PAGE_SIZE, ANON), *w = (char *)WINDOW, buf[64];
	int fd[2];

	CHECK(pipe(fd) == 0);
	nested_init(1);
	nested_map(WINDOW, (u_long)p + 6 * PAGE_SIZE, PAGE_SHIFT, NESTED_TABLE);
	nested_map(WINDOW + PAGE_SIZE, (u_long)p, PAGE_SHIFT, NESTED_TABLE);
	CHECK(nested_run() == 0);
	w += PAGE_SIZE - 20;
	strcpy(w, "a string over a border of two pages");
	CHECK(write(fd[1], w, 36) == 36);
	CHECK(read(fd[0], buf, 64) == 36);
	CHECK(strcmp(buf, "a string over a border of two pages") == 0);
	CHECK(memcmp(p, w + 20, 16) == 0);
	strcpy(w, "/dev/null/and/more/than/twenty/bytes");
	CHECK_ERRNO(open(w, O_RDONLY), ENOTDIR);
	CHECK(
	    write(fd[1], "0123456789012345678901234567890123456789", 40) == 40);
	CHECK(read(fd[0], w, 40) == 40);
	CHECK(memcmp(w, "0123456789012345678901234567890123456789", 40) == 0);
	CHECK(memcmp(p, "01234567890123456789", 20) == 0);
}

/* Others see its arguments through its own page table. */
static void
t_arguments(void)
{
	char path[64], buf[64] = "";
	int fd, ready[2], done[2];
	pid_t pid;

	CHECK(pipe(ready) == 0 && pipe(done) == 0);
	pid = fork();
	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		write(ready[1], "x", 1);
		read(done[0], buf, 1);
		_exit(0);
	}
	CHECK(read(ready[0], buf, 1) == 1);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf)) > 0);
	CHECK(strstr(buf, "v_vmmthr") != NULL);
	snprintf(path, sizeof(path), "/proc/%d/vmm", (int)pid);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf)) > 0);
	write(done[1], "x", 1);
	CHECK(tap_wait(pid) == 0);
}

/* --- large pages, and the switch --- */

static void
large(int gigabyte)
{
	char *p;

	nested_init(gigabyte);
	p = memory(1 << 20, ANON);
	memset(p, 3, 1 << 20);
	CHECK(nested_run() == 0);
	for (int i = 0; i < 1 << 20; i += 512)
		CHECK(p[i] == 3);
	vpte_t *pdp = nested_below(&nested_pml4[0]);
	CHECK(((pdp[0] & VPTE_PS) != 0) == (gigabyte && nested_has_1gb()));
}

static void
t_large_2m(void)
{
	large(0);
}

static void
t_large_1g(void)
{
	large(1);
}

static void
t_madvise(void)
{
	char *p = memory(4 * PAGE_SIZE, ANON);

	enter();
	memset(p, 'm', 4 * PAGE_SIZE);
	CHECK(mcontrol(p, 4 * PAGE_SIZE, MADV_INVAL, 0) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(p[i * PAGE_SIZE] == 'm');
	CHECK_ERRNO(mcontrol(p, PAGE_SIZE, MADV_SETMAP, 0), EINVAL);
	CHECK_ERRNO(madvise(p, PAGE_SIZE, MADV_INVAL), EINVAL);
}

static void
t_off(void)
{
	int off = 0, on = 1, two = 2, now = 9;
	size_t size = sizeof(now);
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		if (sysctlbyname(
			"hw.vmm.enable", NULL, NULL, &off, sizeof(off)) != -1 ||
		    errno != EBUSY)
			_exit(2);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	CHECK_ERRNO(
	    sysctlbyname("hw.vmm.enable", NULL, NULL, &on, sizeof(on)), EINVAL);
	CHECK_ERRNO(
	    sysctlbyname("hw.vmm.enable", NULL, NULL, &two, sizeof(two)),
	    EINVAL);
	CHECK(
	    sysctlbyname("hw.vmm.enable", NULL, NULL, &off, sizeof(off)) == 0);
	nested_init(1);
	CHECK(nested_run() == -1 && errno == ENODEV);
	CHECK(sysctlbyname("hw.vmm.enable", &now, &size, &on, sizeof(on)) == 0);
	CHECK(now == 0);
	CHECK(nested_run() == 0);
}

static const struct tap_case cases[] = {
	{ "threads that move a thousand times", t_migration },
	{ "translations of an earlier visit", t_forgets_on_arrival },
	{ "the GDT that a guest leaves behind", t_gdt },
	{ "fork under threads", t_fork_under_threads },
	{ "a page replaced under a thread", t_replaced_under_threads },
	{ "pages that have to go", t_page_out },
	{ "umtx: one int at two addresses", t_umtx_two_addresses },
	{ "umtx: with a process that is no guest", t_umtx_shared },
	{ "umtx: errors", t_umtx_errors },
	{ "copies over a border of pages", t_page_border },
	{ "its arguments, for others", t_arguments },
	{ "pages of 2 MB", t_large_2m },
	{ "pages of 1 GB, where there are", t_large_1g },
	{ "mcontrol", t_madvise },
	{ "hw.vmm.enable", t_off },
};

NESTED_MAIN(cases)
