/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * When memory is short, or in pieces.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysctl.h>
#include <fcntl.h>
#include "tap.h"

#define PAGE  4096
#define SPARE 1000 /* free pages that are left */
#define STEP  (64 * PAGE)
#define PIPES 500

static unsigned
free_pages(void)
{
	unsigned n;
	size_t size = sizeof(n);

	CHECK(sysctlbyname("vm.stats.free_count", &n, &size, NULL, 0) == 0);
	return (n);
}

/* Takes nearly all memory, and gives every second page back. */
static void
break_memory(void)
{
	size_t most = (size_t)free_pages() * 2 * PAGE, end = 0;
	char *p = mmap(
	    NULL, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	for (; end < most && (end % STEP != 0 || free_pages() > SPARE);
	     end += PAGE)
		p[end] = 1;
	for (size_t at = 0; at < end; at += 2 * PAGE)
		CHECK(munmap(p + at, PAGE) == 0);
}

/*
 * A pipe's buffer is four pages in a row.  Whoever has broken memory to pieces
 * gets what it needs or is killed, even if it is itself who waits for it; and
 * nobody waits for ever.
 */
static void
test_pieces(void)
{
	struct rlimit rl = { 2 * PIPES + 50, 2 * PIPES + 50 };
	int fds[2], status;
	pid_t pid;

	alarm(60); /* of an emulated machine */
	pid = fork();
	if (pid == 0) {
		CHECK(setrlimit(RLIMIT_NOFILE, &rl) == 0);
		break_memory();
		for (int i = 0; i < PIPES; i++)
			CHECK(pipe(fds) == 0 && write(fds[1], "x", 1) == 1);
		_exit(0);
	}
	status = tap_wait(pid);
	CHECK(status == 0 ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
}

static const struct tap_case cases[] = {
	{ "who breaks memory to pieces does not wait for ever", test_pieces },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
