/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The frame of a signal: see cpu/x86_64/misc/sig_frame.c.
 */
#ifndef _MACHINE_SIG_FRAME_H_
#define _MACHINE_SIG_FRAME_H_

#include <cpu/ucontext.h>
#include <machine/vmparam.h>

/** What a handler finds above its stack pointer. */
struct sigframe {
	uint64_t sf_pad[5];	/**< keeps the rest where it has to be */
	uint64_t sf_return;	/**< rsp at the handler; no address */
	struct siginfo sf_info; /**< what has happened */
	struct ucontext sf_uc;	/**< what has been interrupted */
};
CTASSERT(__offsetof(struct sigframe, sf_return) % 16 == 8);
CTASSERT(__offsetof(struct sigframe, sf_uc) % 64 == 0);

/* --- cpu/x86_64/misc/sig_frame.c --- */
vm_offset_t sig_frame_make(struct sigframe *sf, struct trapframe *tf, int sig,
    const struct sigaction *act, const sigset_t *mask, int pid);
bool sig_frame_take(const struct ucontext *uc, struct trapframe *tf);

#endif
