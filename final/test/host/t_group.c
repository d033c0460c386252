/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals to a group of processes whose members come and go.
 */
#include <sys/mman.h>
#include <sys/types.h>
#include <pthread.h>
#include <stdint.h>
#include "tap.h"

#define PAGES  64
#define ROUNDS 30

/* Faults without end: so that fork(2) has to wait for the address space. */
static void *
faulter(void *arg)
{
	volatile char *p = arg;

	for (;;) {
		for (int i = 0; i < PAGES; i++)
			p[i * 4096] = 1;
		madvise(arg, PAGES * 4096, MADV_DONTNEED);
	}
	return (NULL);
}

/* Leads a group and fills it with children that stay. */
static void
spawn(void)
{
	pthread_t t;
	void *p;

	setpgid(0, 0);
	for (int i = 0; i < 2; i++) {
		p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANON, -1, 0);
		if (pthread_create(&t, NULL, faulter, p) != 0)
			_exit(1);
	}
	for (int i = 0; i < 100; i++)
		if (fork() == 0)
			for (;;)
				pause();
	for (;;)
		pause();
}

/* A child that is being made when its group is killed does not survive. */
static void
test_kill_forking(void)
{
	int left;
	pid_t pid;

	for (int round = 0; round < ROUNDS; round++) {
		pid = fork();
		if (pid == 0)
			spawn();
		setpgid(pid, pid); /* whoever is first */
		usleep(5000 + round * 500);
		CHECK(kill(-pid, SIGKILL) == 0);
		CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
		/* Until process 1 has waited for all of them. */
		for (left = 600; left > 0 && kill(-pid, 0) == 0; left--)
			usleep(10000);
		if (left == 0)
			kill(-pid, SIGKILL);
		CHECK(left > 0);
	}
}

static const struct tap_case cases[] = {
	{ "who is killed with its group leaves no child behind",
	    test_kill_forking },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
