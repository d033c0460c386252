/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Measures single operations of the kernel from a program.
 *
 *     bench: name value unit
 *
 * The time-stamp counter is read around many operations.  In Bochs with one
 * processor it counts instructions, so the values are exact and the same in
 * every run; on a real machine they are cycles.
 */
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <cpu/cpufunc.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE  4096
#define CALLS 1000
#define FORKS 20
#define TURNS 500
#define PAGES 256
#define WAKES 200
#define READ_SIZE (64 * 1024)
#define FILE_SIZE (1024 * 1024)
#define READS 4

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static void
say(const char *name, uint64_t value, const char *unit)
{
	printf("bench: %s %lu %s\n", name, value, unit);
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
bench_getpid(void)
{
	uint64_t start = rdtsc();

	for (int i = 0; i < CALLS; i++)
		getpid();
	say("getpid", (rdtsc() - start) / CALLS, "instructions");
}

static void
bench_fork(void)
{
	uint64_t start = rdtsc();
	int status;
	pid_t pid;

	for (int i = 0; i < FORKS; i++) {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (pid == 0)
			_exit(0);
		if (waitpid(pid, &status, 0) != pid || status != 0)
			die("waitpid");
	}
	say("fork+exit+wait", (rdtsc() - start) / FORKS, "instructions");
}

static void
bench_exec(const char *self)
{
	uint64_t start = rdtsc();
	int status;
	pid_t pid;

	for (int i = 0; i < FORKS; i++) {
		pid = vfork();
		if (pid < 0)
			die("vfork");
		if (pid == 0) {
			execl(self, self, "nothing", (char *)NULL);
			_exit(127);
		}
		if (waitpid(pid, &status, 0) != pid || status != 0)
			die("waitpid");
	}
	say("vfork+exec+exit+wait", (rdtsc() - start) / FORKS,
	    "instructions");
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

static void
bench_pipe(void)
{
	int there[2], back[2], status;
	uint64_t start;
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
	start = rdtsc();
	for (int i = 0; i < TURNS; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("ping-pong");
	say("pipe-ping-pong", (rdtsc() - start) / TURNS, "instructions");
	close(there[1]);
	close(back[0]);
	waitpid(pid, &status, 0);
}

static void
bench_fault(void)
{
	volatile char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	uint64_t start;

	if (p == MAP_FAILED)
		die("mmap");
	p[0] = 1; /* the tables */
	start = rdtsc();
	for (int i = 1; i < PAGES; i++)
		p[i * PAGE] = 1;
	say("demand-zero-fault", (rdtsc() - start) / (PAGES - 1),
	    "instructions");
	munmap((void *)(uintptr_t)p, PAGES * PAGE);
}

static volatile int wake_word;
static volatile uint64_t wake_sent, wake_sum;

static void *
sleeper(void *arg)
{
	for (int i = 0; i < WAKES; i++) {
		while (wake_word == i)
			umtx_sleep(&wake_word, i, 0);
		wake_sum += rdtsc() - wake_sent;
		wake_sent = 0;
	}
	return (arg);
}

static void
bench_umtx(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, sleeper, NULL) != 0)
		die("pthread_create");
	for (int i = 0; i < WAKES; i++) {
		/* By now it sleeps: there is one processor. */
		usleep(1000);
		wake_word = i + 1;
		wake_sent = rdtsc();
		umtx_wakeup(&wake_word, 1);
		while (wake_sent != 0)
			sched_yield();
	}
	pthread_join(t, NULL);
	say("umtx-wake-to-run", wake_sum / WAKES, "instructions");
}

static void
bench_read(void)
{
	static char buf[READ_SIZE];
	uint64_t start, spent;
	int fd = open("/tmp/bench.data", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		die("/tmp/bench.data");
	for (int i = 0; i < FILE_SIZE / READ_SIZE; i++)
		if (write(fd, buf, sizeof(buf)) != sizeof(buf))
			die("write");
	start = rdtsc();
	for (int k = 0; k < READS; k++) {
		lseek(fd, 0, SEEK_SET);
		while (read(fd, buf, sizeof(buf)) > 0)
			;
	}
	spent = rdtsc() - start;
	say("cached-read", (uint64_t)FILE_SIZE * READS * 1000 / spent,
	    "bytes-per-1000-instructions");
	close(fd);
	unlink("/tmp/bench.data");
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return (0); /* what bench_exec() runs */
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_getpid();
	bench_fork();
	bench_exec(argv[0]);
	bench_pipe();
	bench_fault();
	bench_umtx();
	bench_read();
	return (0);
}
