/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a signal handler finds of the interrupted program, DragonFly's layout.
 */
#ifndef _CPU_UCONTEXT_H_
#define _CPU_UCONTEXT_H_

#include <sys/signal.h>
#include <cpu/frame.h>

/** Registers.  mc_frame is DragonFly's mc_rdi to mc_ss: a trapframe. */
struct mcontext {
	register_t mc_onstack; /**< on the alternate stack */
#ifdef __USERLAND
	union {
		struct trapframe mc_frame; /**< general registers */
		/** Their names of DragonFly. */
		struct {
			register_t mc_rdi, mc_rsi, mc_rdx, mc_rcx, mc_r8, mc_r9,
			    mc_rax, mc_rbx, mc_rbp, mc_r10, mc_r11, mc_r12,
			    mc_r13, mc_r14, mc_r15, mc_xflags, mc_trapno,
			    mc_addr, mc_flags, mc_err, mc_rip, mc_cs, mc_rflags,
			    mc_rsp, mc_ss;
		};
	};
#else
	struct trapframe mc_frame; /**< general registers */
#endif
	int mc_len;	    /**< sizeof(struct mcontext) */
	int mc_fpformat;    /**< MC_FPFMT_* */
	int mc_ownedfp;	    /**< who has the FPU */
	int mc_reserved;    /**< zero */
	int mc_unused[8];   /**< zero */
	int mc_fpregs[256]; /**< FPU */
} __aligned(64);

/** mc_fpformat: there is no FPU state. */
#define MC_FPFMT_NODEV	0x10000
/** mc_fpformat: mc_fpregs begins with an image of FXSAVE. */
#define MC_FPFMT_XMM	0x10002
/** mc_fpformat: mc_fpregs begins with an area of XSAVE: x87, SSE, AVX. */
#define MC_FPFMT_YMM	0x10003
/** mc_ownedfp: the program has not used the FPU. */
#define MC_FPOWNED_NONE 0x20000
/** mc_ownedfp: the state is the program's. */
#define MC_FPOWNED_FPU	0x20001

/** What sigreturn(2) restores. */
struct ucontext {
	sigset_t uc_sigmask;	     /**< signals blocked */
	struct mcontext uc_mcontext; /**< registers */
	u_register_t uc_link;	     /**< unused */
	u_register_t uc_stack[3];    /**< alternate stack: sp, size, flags */
	int uc_spare[8];	     /**< zero */
};

#ifdef __USERLAND
typedef struct mcontext mcontext_t; /**< POSIX's name */
typedef struct ucontext ucontext_t; /**< POSIX's name */
#endif

CTASSERT(__offsetof(struct mcontext, mc_len) == 208);
CTASSERT(__offsetof(struct mcontext, mc_fpregs) == 256);
CTASSERT(sizeof(struct mcontext) == 1280);
CTASSERT(__offsetof(struct ucontext, uc_mcontext) == 64);
CTASSERT(__offsetof(struct ucontext, uc_link) == 1344);
CTASSERT(sizeof(struct ucontext) == 1408);

#endif
