/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For tests of /proc/PID/mem: another process, which does what it is told, and
 * its memory as a file; and what a page can be used for, by its rights.
 */
#ifndef _HOST_PROCMEM_H_
#define _HOST_PROCMEM_H_

#include <sys/mman.h>
#include <fcntl.h>
#include <stdint.h>
#include "caught.h"

/** The other process: it says a byte when it is ready, and hears one. */
struct other {
	pid_t pid;   /**< its number */
	int said[2]; /**< from it */
	int told[2]; /**< to it */
	int mem;     /**< its memory */
};

/** In the other: says that it is ready, and waits for the word. */
static inline void
other_turn(const struct other *o)
{
	char c = 'x';

	if (write(o->said[1], &c, 1) != 1 || read(o->told[0], &c, 1) != 1)
		_exit(90);
}

/** Waits until the other is ready. */
static inline void
other_ready(const struct other *o)
{
	char c;

	CHECK(read(o->said[0], &c, 1) == 1);
}

/** Lets the other go on. */
static inline void
other_go(const struct other *o)
{
	CHECK(write(o->told[1], "x", 1) == 1);
}

/** Opens a file of a process. */
static inline int
open_proc(pid_t pid, const char *name, int how)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return (open(path, how));
}

/** Starts one that runs `body`, which exits if all is well. */
static inline void
other_start(struct other *o, void (*body)(const struct other *o))
{
	CHECK(pipe(o->said) == 0 && pipe(o->told) == 0);
	o->pid = fork();
	if (o->pid == 0) {
		alarm(TAP_SECONDS); /* it must not outlive a case that fails */
		close(o->told[1]);
		body(o);
		_exit(0);
	}
	CHECK(o->pid > 0);
	close(o->said[1]); /* its end is heard */
	o->mem = open_proc(o->pid, "mem", O_RDWR);
	CHECK(o->mem >= 0);
}

/** Lets it go on to its end, which must be a good one. */
static inline void
other_end(const struct other *o)
{
	other_go(o);
	CHECK(tap_wait(o->pid) == 0);
}

#define RET_OPCODE 0xc3

/* Uses the page so: the signal, 0 for none. */
static inline int
use_page(volatile uint8_t *p, char how)
{
	if (how == 'r')
		return (CAUGHT((void)*p));
	if (how == 'w')
		return (CAUGHT(*p = RET_OPCODE));
	return (CAUGHT(((void (*)(void))p)()));
}

/** A page can be used as its rights say, whatever was tried first; what can be
 * written or executed can be read. */
static inline void
check_rights(void)
{
	static const char orders[][4] = { "rwx", "wxr", "xrw" };
	volatile uint8_t *p;
	int good;

	for (int prot = 0; prot < 8; prot++)
		for (int i = 0; i < 3; i++) {
			p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANON, -1, 0);
			CHECK(p != MAP_FAILED);
			*p = RET_OPCODE;
			CHECK(mprotect((void *)p, 4096, prot) == 0);
			for (const char *how = orders[i]; *how != '\0'; how++) {
				good = *how == 'r' ? prot != PROT_NONE
				    : *how == 'w'  ? prot & PROT_WRITE
						   : prot & PROT_EXEC;
				if (use_page(p, *how) != (good ? 0 : SIGSEGV)) {
					printf("# %c of a page with rights %d, "
					       "order %s\n",
					    *how, prot, orders[i]);
					CHECK(!"as its rights say");
				}
				CHECK(good || got_addr == (u_long)p);
				CHECK(good || got_code == SEGV_ACCERR);
			}
			CHECK(munmap((void *)p, 4096) == 0);
		}
}

#endif
