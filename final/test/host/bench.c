/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Measures single operations of the kernel from a program.
 *
 *     bench            # bench: NAME: VALUE ticks
 *     bench limits     TAP: each takes less than it may
 *
 * The time-stamp counter is read around many operations, after some that are
 * not counted: those fill caches and make page tables.  Whatever else the
 * machine does meanwhile, clock interrupts above all, is part of the value.
 * In Bochs with one processor a tick is an instruction and values are the
 * same in every run, and only there limits mean anything; elsewhere ticks are
 * time.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <sys/vmspace.h>
#include <sys/wait.h>
#include <cpu/cpufunc.h>
#include <cpu/frame.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE	   4096
#define CALLS	   1000
#define FORKS	   20
#define TURNS	   500
#define PAGES	   256
#define WAKES	   200
#define READ_SIZE  (64 * 1024)
#define FILE_SIZE  (1024 * 1024)
#define READS	   4
#define BOOT_LIMIT 700000000
#define WARM	   3	     /* operations of each kind that are not counted */
#define NAP	   1000	     /* us: enough for another thread to go to sleep */
#define NOTHING	   "nothing" /* what the program that exec starts does */

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static const char *self; /* the path of this program */

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t
getpid_ticks(void)
{
	uint64_t start = rdtsc();

	for (int i = 0; i < CALLS; i++)
		getpid();
	return ((rdtsc() - start) / CALLS);
}

static void
wait_for(pid_t pid)
{
	int status;

	if (pid < 0)
		die("fork");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die("waitpid");
}

static void
fork_once(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

static uint64_t
fork_ticks(void)
{
	uint64_t start;

	for (int i = 0; i < WARM; i++)
		fork_once();
	start = rdtsc();
	for (int i = 0; i < FORKS; i++)
		fork_once();
	return ((rdtsc() - start) / FORKS);
}

static char *
anonymous_memory(void)
{
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return (p);
}

/* The same of a process that has written to more memory. */
static uint64_t
big_fork_ticks(void)
{
	char *p = anonymous_memory();
	uint64_t ticks;

	memset(p, 1, PAGES * PAGE);
	ticks = fork_ticks();
	munmap(p, PAGES * PAGE);
	return (ticks);
}

static void
exec_once(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(self, self, NOTHING, (char *)NULL);
		_exit(127);
	}
	wait_for(pid);
}

static uint64_t
exec_ticks(void)
{
	uint64_t start;

	for (int i = 0; i < WARM; i++)
		exec_once();
	start = rdtsc();
	for (int i = 0; i < FORKS; i++)
		exec_once();
	return ((rdtsc() - start) / FORKS);
}

static void
echo(int in, int out)
{
	char c;

	while (read(in, &c, 1) == 1)
		if (write(out, &c, 1) != 1)
			_exit(1);
	_exit(0);
}

/* Ticks of a byte's way to another process and back. */
static uint64_t
pipe_ticks(void)
{
	int there[2], back[2];
	uint64_t start = 0;
	pid_t pid;
	char c = 'x';

	if (pipe(there) != 0 || pipe(back) != 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		close(there[1]);
		close(back[0]);
		echo(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	for (int i = -WARM; i < TURNS; i++) {
		if (i == 0)
			start = rdtsc();
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("ping-pong");
	}
	start = rdtsc() - start;
	close(there[1]);
	close(back[0]);
	wait_for(pid);
	return (start / TURNS);
}

/* Ticks of the first write to a page, each a fault of its own. */
static uint64_t
fault_ticks(void)
{
	volatile char *p = anonymous_memory();
	uint64_t start;

	for (int i = 0; i < WARM; i++)
		p[i * PAGE] = 1;
	start = rdtsc();
	for (int i = WARM; i < PAGES; i++)
		p[i * PAGE] = 1;
	start = rdtsc() - start;
	munmap((void *)(uintptr_t)p, PAGES * PAGE);
	return (start / (PAGES - WARM));
}

static volatile int wake_word;
static volatile uint64_t wake_sent, wake_sum;

static void *
sleeper(void *arg)
{
	for (int i = 0; i < WAKES; i++) {
		/* Not asleep in time, or woken by nobody: nothing measured. */
		if (umtx_sleep(&wake_word, i, 0) != 0 || wake_word != i + 1)
			die("umtx_sleep");
		wake_sum += rdtsc() - wake_sent;
		wake_sent = 0;
	}
	return (arg);
}

/* Ticks from a call that wakes a thread to that thread in user mode. */
static uint64_t
umtx_ticks(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, sleeper, NULL) != 0)
		die("pthread_create");
	for (int i = 0; i < WAKES; i++) {
		usleep(NAP);
		wake_word = i + 1;
		wake_sent = rdtsc();
		umtx_wakeup(&wake_word, 1);
		while (wake_sent != 0)
			sched_yield();
	}
	pthread_join(t, NULL);
	return (wake_sum / WAKES);
}

/* Reads a file from its beginning to its end. */
static void
read_all(int fd, char *buf)
{
	size_t total = 0;
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, READ_SIZE)) > 0)
		total += n;
	if (n < 0 || total != FILE_SIZE)
		die("read");
}

/* Ticks for each PAGE bytes of a file that has been read before. */
static uint64_t
read_ticks(void)
{
	static char buf[READ_SIZE];
	static const char path[] = "/var/tmp/bench.data";
	uint64_t start;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		die(path);
	for (int i = 0; i < FILE_SIZE / READ_SIZE; i++)
		if (write(fd, buf, sizeof(buf)) != sizeof(buf))
			die("write");
	read_all(fd, buf);
	start = rdtsc();
	for (int i = 0; i < READS; i++)
		read_all(fd, buf);
	start = rdtsc() - start;
	close(fd);
	unlink(path);
	return (start / ((uint64_t)FILE_SIZE / PAGE * READS));
}

/* A process of a vkernel runs, makes a system call, and is back. */
static uint64_t
vkernel_ticks(void)
{
	static const char code[] = "\x0f\x05"; /* syscall */
	void *const at = (void *)0x400000;
	struct trapframe tf = { .tf_rip = (register_t)at };
	struct vextframe vf = { 0 };
	uint64_t start = 0;

	if (vmspace_create(NULL, 0, NULL) != 0 ||
	    vmspace_mmap(NULL, at, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1, 0) != at ||
	    vmspace_pwrite(NULL, code, 2, 0, (off_t)(uintptr_t)at) != 2)
		die("vmspace_create");
	for (int i = -WARM; i < CALLS; i++) {
		if (i == 0)
			start = rdtsc();
		tf.tf_rip = (register_t)at;
		if (vmspace_ctl(NULL, VMSPACE_CTL_RUN, &tf, &vf) != 0 ||
		    tf.tf_trapno != T_FAST_SYSCALL)
			die("vmspace_ctl");
	}
	start = rdtsc() - start;
	if (vmspace_destroy(NULL) != 0)
		die("vmspace_destroy");
	return (start / CALLS);
}

static const struct operation {
	const char *name;
	uint64_t (*ticks)(void); /* ticks of one */
	uint64_t limit;		 /* it has to take fewer */
	unsigned bytes;		 /* that one moves, or 0 */
} operations[] = {
	{ "getpid", getpid_ticks, 250, 0 },
	{ "fork, exit, wait", fork_ticks, 120000, 0 },
	{ "fork, exit, wait with 1 MB written", big_fork_ticks, 240000, 0 },
	{ "vfork, exec, exit, wait", exec_ticks, 240000, 0 },
	{ "pipe, to a process and back", pipe_ticks, 6000, 0 },
	{ "first write to a page", fault_ticks, 2500, 0 },
	{ "umtx, from wakeup to running", umtx_ticks, 3000, 0 },
	{ "read of a cached file, 4 KB", read_ticks, PAGE / 4, PAGE },
	{ "vmspace_ctl, a system call, and back", vkernel_ticks, 1200, 0 },
};

#define NOPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* How long the machine took to get here, from its reset. */
static void
boot_ticks(uint64_t now)
{
	uint64_t kernel;
	size_t size = sizeof(kernel);

	if (sysctlbyname("machdep.boot_tsc", &kernel, &size, NULL, 0) != 0)
		die("machdep.boot_tsc");
	printf("# bench: boot, from reset to kernel: %lu ticks\n", kernel);
	printf("# bench: boot, from reset to the shell: %lu ticks\n", now);
}

static void
measure(const struct operation *op)
{
	uint64_t ticks = op->ticks(), rate;

	printf("# bench: %s: %lu ticks", op->name, ticks);
	if (op->bytes != 0) {
		rate = (uint64_t)op->bytes * 100 / ticks;
		printf(", %lu.%02lu bytes per tick", rate / 100, rate % 100);
	}
	printf("\n");
}

static int
check(size_t number, const char *name, uint64_t ticks, uint64_t limit)
{
	int failed = ticks >= limit;

	if (failed)
		printf("# it takes %lu ticks\nnot ", ticks);
	printf("ok %zu - %s: fewer than %lu ticks\n", number, name, limit);
	return (failed);
}

static int
check_limits(uint64_t now)
{
	const struct operation *op = operations;
	int failed;

	printf("1..%zu\n", NOPERATIONS + 1);
	failed = check(1, "boot, from reset to the shell", now, BOOT_LIMIT);
	for (size_t i = 0; i < NOPERATIONS; i++, op++)
		failed |= check(i + 2, op->name, op->ticks(), op->limit);
	return (failed);
}

int
main(int argc, char **argv)
{
	uint64_t now = rdtsc();

	if (argc > 1 && strcmp(argv[1], NOTHING) == 0)
		return (0);
	self = argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "limits") == 0)
		return (check_limits(now));
	boot_ticks(now);
	for (size_t i = 0; i < NOPERATIONS; i++)
		measure(&operations[i]);
	return (0);
}
