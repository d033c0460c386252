/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Measures single operations of the kernel from a program.
 *
 *     bench            # bench: NAME: VALUE ticks, ...
 *     bench limits     TAP: each takes less than it may
 *
 * The time-stamp counter is read around many operations, after some that are
 * not counted: those fill caches and make page tables.  Whatever else the
 * machine does meanwhile, clock interrupts above all, is part of the value.
 * In Bochs with one processor a tick is an instruction and values are the
 * same in every run, and only there limits mean anything; elsewhere ticks are
 * time.
 *
 * What the host counts meanwhile is told, too.  In a vkernel ticks are the
 * host's, so a value has in it what the vkernel and the host do for an
 * operation.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vmspace.h>
#include <sys/wait.h>
#include <cpu/frame.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include "sums.h"

#define PAGE	   4096
#define CALLS	   1000
#define FORKS	   20
#define TURNS	   500
#define PAGES	   256
#define TRIES	   200 /* to wake a thread that is asleep */
#define WAKES	   50  /* times that it has to be */
#define READ_SIZE  (64 * 1024)
#define FILE_SIZE  (1024 * 1024)
#define READS	   4
#define BOOT_LIMIT 700000000
#define IDLE	   3 /* seconds */
#define WARM	   3 /* operations of each kind that are not counted */
/* us: enough for another thread to go to sleep, and no part of a clock tick,
 * which would meet many turns in a row or none. */
#define NAP	   1370
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

static void
measure_fork(struct sums *s)
{
	for (int i = 0; i < WARM; i++)
		fork_once();
	sums_start(s);
	for (int i = 0; i < FORKS; i++)
		fork_once();
	sums_stop(s, FORKS);
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
static void
measure_big_fork(struct sums *s)
{
	char *p = anonymous_memory();

	memset(p, 1, PAGES * PAGE);
	measure_fork(s);
	munmap(p, PAGES * PAGE);
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

static void
measure_exec(struct sums *s)
{
	for (int i = 0; i < WARM; i++)
		exec_once();
	sums_start(s);
	for (int i = 0; i < FORKS; i++)
		exec_once();
	sums_stop(s, FORKS);
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

/* A byte's way to another process and back. */
static void
measure_pipe(struct sums *s)
{
	int there[2], back[2];
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
			sums_start(s);
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("ping-pong");
	}
	sums_stop(s, TURNS);
	close(there[1]);
	close(back[0]);
	wait_for(pid);
}

/* The first write to a page, each a fault of its own. */
static void
measure_fault(struct sums *s)
{
	volatile char *p = anonymous_memory();

	for (int i = 0; i < WARM; i++)
		p[i * PAGE] = 1;
	sums_start(s);
	for (int i = WARM; i < PAGES; i++)
		p[i * PAGE] = 1;
	sums_stop(s, PAGES - WARM);
	munmap((void *)(uintptr_t)p, PAGES * PAGE);
}

static volatile int wake_word, wake_sent;
static struct sums wake_turn; /* of one wakeup; n is 0: it was none */

static void *
sleeper(void *arg)
{
	for (int i = 0; i < TRIES; i++) {
		int slept = umtx_sleep(&wake_word, i, 0) == 0;

		/* Otherwise it was not asleep in time. */
		if (slept && wake_word == i + 1)
			sums_stop(&wake_turn, 1);
		else if (wake_word == i)
			die("umtx_sleep");
		while (wake_sent == 0)
			sched_yield();
		wake_sent = 0;
	}
	return (arg);
}

/* From a call that wakes a thread to that thread in user mode. */
static void
measure_umtx(struct sums *s)
{
	pthread_t t;

	if (pthread_create(&t, NULL, sleeper, NULL) != 0)
		die("pthread_create");
	for (int i = 0; i < TRIES; i++) {
		usleep(NAP);
		memset(&wake_turn, 0, sizeof(wake_turn));
		wake_word = i + 1;
		sums_start(&wake_turn);
		umtx_wakeup(&wake_word, 1);
		wake_sent = 1;
		while (wake_sent != 0)
			sched_yield();
		sums_add(s, &wake_turn);
	}
	pthread_join(t, NULL);
	if (s->n < WAKES) {
		fprintf(stderr, "umtx: asleep in time only %u times\n", s->n);
		exit(1);
	}
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

/* Each PAGE bytes of a file that has been read before. */
static void
measure_read(struct sums *s)
{
	static char buf[READ_SIZE];
	static const char path[] = "/var/tmp/bench.data";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		die(path);
	for (int i = 0; i < FILE_SIZE / READ_SIZE; i++)
		if (write(fd, buf, sizeof(buf)) != sizeof(buf))
			die("write");
	read_all(fd, buf);
	sums_start(s);
	for (int i = 0; i < READS; i++)
		read_all(fd, buf);
	sums_stop(s, FILE_SIZE / PAGE * READS);
	close(fd);
	unlink(path);
}

/* A process of a vkernel runs, makes a system call, and is back. */
static void
measure_vkernel(struct sums *s)
{
	static const char code[] = "\x0f\x05"; /* syscall */
	void *const at = (void *)0x400000;
	struct trapframe tf = { .tf_rip = (register_t)at };
	struct vextframe vf = { 0 };

	if (vmspace_create(NULL, 0, NULL) != 0 ||
	    vmspace_mmap(NULL, at, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1, 0) != at ||
	    vmspace_pwrite(NULL, code, 2, 0, (off_t)(uintptr_t)at) != 2)
		die("vmspace_create");
	for (int i = -WARM; i < CALLS; i++) {
		if (i == 0)
			sums_start(s);
		tf.tf_rip = (register_t)at;
		if (vmspace_ctl(NULL, VMSPACE_CTL_RUN, &tf, &vf) != 0 ||
		    tf.tf_trapno != T_FAST_SYSCALL)
			die("vmspace_ctl");
	}
	sums_stop(s, CALLS);
	if (vmspace_destroy(NULL) != 0)
		die("vmspace_destroy");
}

static const struct operation {
	const char *name;
	void (*measure)(struct sums *s);
	uint64_t limit; /* ticks: it has to take fewer */
	unsigned bytes; /* that one moves, or 0 */
} operations[] = {
	{ "getpid", measure_getpid, 250, 0 },
	{ "fork, exit, wait", measure_fork, 120000, 0 },
	{ "fork, exit, wait with 1 MB written", measure_big_fork, 240000, 0 },
	{ "vfork, exec, exit, wait", measure_exec, 240000, 0 },
	{ "pipe, to a process and back", measure_pipe, 6000, 0 },
	{ "first write to a page", measure_fault, 2500, 0 },
	{ "umtx, from wakeup to running", measure_umtx, 3000, 0 },
	{ "read of a cached file, 4 KB", measure_read, PAGE / 4, PAGE },
	{ "vmspace_ctl, a system call, and back", measure_vkernel, 1200, 0 },
};

#define NOPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* What the host counts, asked on the host itself. */
static const struct counter own_counters[] = {
	{ "host system calls", "vm.stats.sys.v_syscall" },
	{ "host traps", "vm.stats.sys.v_trap" },
	{ "host page faults", "vm.stats.vm.v_vm_faults" },
	{ "host interrupts", "vm.stats.sys.v_intr" },
	{ "host switches", "vm.stats.sys.v_swtch" },
	{ "host IPIs", "vm.stats.sys.v_ipi" },
};

/* The same in a vkernel; what its VMM counts only if that is used. */
static const struct counter host_counters[] = {
	{ "host system calls", "machdep.host.v_syscall" },
	{ "host traps", "machdep.host.v_trap" },
	{ "host page faults", "machdep.host.v_vm_faults" },
	{ "host interrupts", "machdep.host.v_intr" },
	{ "host switches", "machdep.host.v_swtch" },
	{ "host IPIs", "machdep.host.v_ipi" },
	{ "VM exits", "machdep.host.exits" },
	{ "EPT violations", "machdep.host.violations" },
	{ "INVEPTs", "machdep.host.invepts" },
	{ "kicks", "machdep.host.kicks" },
};
#define FIRST_VMM 6 /* of these */
#define NCOUNTERS (sizeof(host_counters) / sizeof(host_counters[0]))

static int
is_there(const char *name)
{
	size_t size;

	return (sysctlbyname(name, NULL, &size, NULL, 0) == 0);
}

/* Whether this is a vkernel; then its host is asked, else this kernel. */
static int
ask_host(void)
{
	if (!is_there(host_counters[0].name)) {
		sums_init(own_counters,
		    sizeof(own_counters) / sizeof(own_counters[0]));
		return (0);
	}
	sums_init(host_counters,
	    counter(host_counters[FIRST_VMM].name) > 0 ? NCOUNTERS : FIRST_VMM);
	return (1);
}

/* What of a processor is not idle while nothing runs: of the machine's. */
static void
measure_idle(int in_vkernel)
{
	const char *clock_name = in_vkernel ? "machdep.host.clock"
					    : "kern.cputimer.clock";
	const char *idle_name = in_vkernel ? "machdep.host.idle"
					   : "kern.cputimer.idle";
	uint64_t n = counter(in_vkernel ? "machdep.host.ncpu" : "hw.ncpu");
	uint64_t idle, clock, parts;
	struct sums s = { 0 };

	sleep(1);
	sums_start(&s);
	idle = counter(idle_name);
	clock = counter(clock_name);
	sleep(IDLE);
	idle = counter(idle_name) - idle;
	clock = counter(clock_name) - clock;
	sums_stop(&s, IDLE);
	parts = idle > n * clock ? 0 : (n * clock - idle) * 100000 / clock;
	printf("# bench: a second without work: "
	       "%lu.%03lu percent of a processor",
	    parts / 1000, parts % 1000);
	sums_print_counts(&s);
	printf("\n");
}

/* How long the machine took to get here, from its reset. */
static void
boot_ticks(uint64_t now)
{
	uint64_t kernel = counter("machdep.boot_tsc");

	printf("# bench: boot, from reset to kernel: %lu ticks\n", kernel);
	printf("# bench: boot, from kernel to the shell: %lu ticks\n",
	    now - kernel);
	printf("# bench: boot, from reset to the shell: %lu ticks\n", now);
}

static void
measure(const struct operation *op)
{
	struct sums s = { 0 };
	uint64_t rate;

	op->measure(&s);
	sums_print(op->name, &s);
	if (op->bytes != 0) {
		rate = (uint64_t)op->bytes * 100 / sums_ticks(&s);
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
	for (size_t i = 0; i < NOPERATIONS; i++, op++) {
		struct sums s = { 0 };

		op->measure(&s);
		failed |= check(i + 2, op->name, sums_ticks(&s), op->limit);
	}
	return (failed);
}

int
main(int argc, char **argv)
{
	uint64_t now = rdtsc();
	int in_vkernel;

	if (argc > 1 && strcmp(argv[1], NOTHING) == 0)
		return (0);
	self = argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "limits") == 0)
		return (check_limits(now));
	boot_ticks(now);
	in_vkernel = ask_host();
	for (size_t i = 0; i < NOPERATIONS; i++)
		measure(&operations[i]);
	measure_idle(in_vkernel);
	return (0);
}
