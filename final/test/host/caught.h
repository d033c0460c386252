/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For tests: what signal some code ends in.
 *
 *     catch_faults();
 *     CAUGHT(*p = 1);		the signal, 0 for none; and got_code, got_addr
 */
#ifndef _HOST_CAUGHT_H_
#define _HOST_CAUGHT_H_

#include <setjmp.h>
#include "tap.h"

static sigjmp_buf caught_env;
static volatile int got_sig, got_code;
static volatile u_long got_addr;

static inline void
on_caught(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got_sig = sig;
	got_code = info->si_code;
	got_addr = (u_long)info->si_addr;
	siglongjmp(caught_env, 1);
}

/** Catches the signals of faults, on a stack of its own: that of the code may
 * be anything. */
static inline void
catch_faults(void)
{
	static const int sigs[] = { SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGSEGV };
	static char stack[SIGSTKSZ] __aligned(16);
	stack_t ss = { .ss_sp = (u_register_t)stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_sigaction = on_caught,
		.sa_flags = SA_SIGINFO | SA_ONSTACK };

	CHECK(sigaltstack(&ss, NULL) == 0);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		CHECK(sigaction(sigs[i], &sa, NULL) == 0);
}

/** Executes a statement: the signal that it ends in, or 0. */
#define CAUGHT(statement)                                                      \
	__extension__({                                                        \
		got_sig = got_code = 0;                                        \
		if (sigsetjmp(caught_env, 1) == 0) {                           \
			statement;                                             \
		}                                                              \
		got_sig;                                                       \
	})

#endif
