/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The register frame of a trap or system call, DragonFly's layout: the first
 * six slots are the six register arguments of a system call in order, the
 * last five are what the processor pushes.  Offsets are ABI.
 */
#ifndef _CPU_FRAME_H_
#define _CPU_FRAME_H_

#include <sys/types.h>

/** 25 registers of 8 bytes, 200 bytes in all. */
struct trapframe {
	register_t tf_rdi;    /**< argument 1 */
	register_t tf_rsi;    /**< argument 2 */
	register_t tf_rdx;    /**< argument 3, second result */
	register_t tf_rcx;    /**< argument 4 */
	register_t tf_r8;     /**< argument 5 */
	register_t tf_r9;     /**< argument 6 */
	register_t tf_rax;    /**< system-call number, first result */
	register_t tf_rbx;    /**< callee-saved */
	register_t tf_rbp;    /**< callee-saved, frame pointer */
	register_t tf_r10;    /**< scratch */
	register_t tf_r11;    /**< scratch */
	register_t tf_r12;    /**< callee-saved */
	register_t tf_r13;    /**< callee-saved */
	register_t tf_r14;    /**< callee-saved */
	register_t tf_r15;    /**< callee-saved */
	register_t tf_xflags; /**< software flags of the vkernel */
	register_t tf_trapno; /**< T_* of <cpu/trap.h> */
	register_t tf_addr;   /**< faulting address (CR2) */
	register_t tf_flags;  /**< unused, keeps the layout */
	register_t tf_err;    /**< error code, or instruction length */
	register_t tf_rip;    /**< from here on pushed by the processor */
	register_t tf_cs;     /**< code selector */
	register_t tf_rflags; /**< flags */
	register_t tf_rsp;    /**< stack pointer */
	register_t tf_ss;     /**< stack selector */
};

CTASSERT(sizeof(struct trapframe) == 200);
CTASSERT(__offsetof(struct trapframe, tf_rax) == 48);
CTASSERT(__offsetof(struct trapframe, tf_trapno) == 128);
CTASSERT(__offsetof(struct trapframe, tf_err) == 152);
CTASSERT(__offsetof(struct trapframe, tf_rip) == 160);

#endif
