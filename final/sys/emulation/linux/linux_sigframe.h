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
#define LINUX_FPSTATE_SW   464 /* of it: what software may use */

/** There, if more follows the image, as XSAVE has it, and then magic 2. */
struct linux_fpx_sw {
	uint32_t sw_magic1;	   /**< LINUX_FP_MAGIC1 */
	uint32_t sw_extended_size; /**< bytes, magic 2 included */
	uint64_t sw_xfeatures;	   /**< XCR0 */
	uint32_t sw_xstate_size;   /**< bytes of XSAVE's area */
	uint32_t sw_padding[7];	   /**< 0 */
};
CTASSERT(LINUX_FPSTATE_SW + sizeof(struct linux_fpx_sw) == LINUX_FPSTATE_SIZE);

#define LINUX_FP_MAGIC1	     0x46505853
#define LINUX_FP_MAGIC2	     0x46505845
#define LINUX_FP_MAGIC2_SIZE 4

/** What lies at rsp when a handler starts. */
struct linux_rt_sigframe {
	uint64_t sf_restorer;	      /**< return address */
	struct linux_ucontext sf_uc;  /**< what was interrupted; rdx */
	struct linux_siginfo sf_info; /**< what has happened; rsi */
};
CTASSERT(sizeof(struct linux_rt_sigframe) == 440);

/* --- linux_sigframe.c --- */
uint64_t linux_sigframe_place(uint64_t top, uint64_t fpsize, uint64_t *fpstate);
uint32_t linux_fpstate_mark(uint8_t *fpstate, uint32_t size);
uint32_t linux_fpstate_size(const uint8_t *fpstate);
void linux_sigframe_save(
    const struct trapframe *tf, uint64_t fpstate, struct linux_sigcontext *sc);
void linux_sigframe_enter(
    struct trapframe *tf, uint64_t frame, uint64_t handler, int lsig);
bool
linux_sigframe_restore(const struct linux_sigcontext *sc, struct trapframe *tf);

#endif
