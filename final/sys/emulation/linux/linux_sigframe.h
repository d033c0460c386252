/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The frame of a signal on the stack of a Linux program: see linux_sigframe.c.
 */
#ifndef _LINUX_SIGFRAME_H_
#define _LINUX_SIGFRAME_H_

#include "linux.h"

struct trapframe;

#define LINUX_FPSTATE_SIZE 512 /* an FXSAVE image */

/** What lies at rsp when a handler starts. */
struct linux_rt_sigframe {
	uint64_t sf_restorer;	      /**< return address */
	struct linux_ucontext sf_uc;  /**< what was interrupted; rdx */
	struct linux_siginfo sf_info; /**< what has happened; rsi */
};
CTASSERT(sizeof(struct linux_rt_sigframe) == 440);

/* --- linux_sigframe.c --- */
uint64_t linux_sigframe_place(uint64_t top, uint64_t *fpstate);
void linux_sigframe_save(
    const struct trapframe *tf, uint64_t fpstate, struct linux_sigcontext *sc);
void linux_sigframe_enter(
    struct trapframe *tf, uint64_t frame, uint64_t handler, int lsig);
bool
linux_sigframe_restore(const struct linux_sigcontext *sc, struct trapframe *tf);

#endif
