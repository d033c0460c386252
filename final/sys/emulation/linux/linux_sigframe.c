/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a signal handler of a Linux program finds on its stack, and what of it
 * may come back.
 *
 *     the thread's stack, or the alternate one, downwards
 *
 *     top ->   what it was using, and 128 bytes that belong to it still
 *              FXSAVE image, 512 bytes, 64-aligned; with AVX it is XSAVE's,
 *              and a magic number after it
 *              siginfo                 <- rsi
 *              ucontext                <- rdx
 *              address of the restorer <- rsp at the handler, 8 below 16
 *
 * The handler returns to the restorer, a piece of the C library that calls
 * rt_sigreturn: rsp is then 8 above the frame.  Whatever the program has made
 * of the frame is checked like any argument.
 *
 * Pure: linux_sendsig.c copies the frame out and in.
 */
#include <sys/param.h>
#include <cpu/frame.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/vmparam.h>
#include "linux_sigframe.h"

/* A Linux program expects the processor's number of an exception. */
static const uint8_t vectors[] = {
	[T_PRIVINFLT] = IDT_UD,
	[T_BPTFLT] = IDT_BP,
	[T_ARITHTRAP] = IDT_MF,
	[T_PROTFLT] = IDT_GP,
	[T_TRCTRAP] = IDT_DB,
	[T_PAGEFLT] = IDT_PF,
	[T_ALIGNFLT] = IDT_AC,
	[T_DIVIDE] = IDT_DE,
	[T_NMI] = IDT_NMI,
	[T_OFLOW] = IDT_OF,
	[T_BOUND] = IDT_BR,
	[T_DNA] = IDT_NM,
	[T_DOUBLEFLT] = IDT_DF,
	[T_TSSFLT] = IDT_TS,
	[T_SEGNPFLT] = IDT_NP,
	[T_STKFLT] = IDT_SS,
	[T_MCHK] = IDT_MC,
	[T_XMMFLT] = IDT_XM,
};

/* tf_trapno as a vector; 0 for what is no exception, a system call, say. */
static uint64_t
trap_vector(register_t trapno)
{
	return ((uint64_t)trapno < nitems(vectors) ? vectors[trapno] : 0);
}

/**
 * Where a frame goes.
 * @param top		end of the room; whatever a program says, hence it may
 *			wrap around to addresses that cannot be written
 * @param fpsize	bytes of the floating-point registers
 * @param fpstate	set to the address of their image
 * @return		address of the frame
 */
uint64_t
linux_sigframe_place(uint64_t top, uint64_t fpsize, uint64_t *fpstate)
{
	*fpstate = rounddown2(top - fpsize, 64);
	return (
	    rounddown2(*fpstate - sizeof(struct linux_rt_sigframe), 16) - 8);
}

/**
 * Says in an image of the floating-point registers how long it is.
 * @param fpstate	image, with room for magic 2 after it
 * @param size		its bytes: LINUX_FPSTATE_SIZE, or more: XSAVE's
 * @return		bytes with what has been added
 */
uint32_t
linux_fpstate_mark(uint8_t *fpstate, uint32_t size)
{
	struct linux_fpx_sw sw = { .sw_magic1 = 0 };
	uint32_t magic2 = LINUX_FP_MAGIC2;

	if (size > LINUX_FPSTATE_SIZE) {
		sw.sw_magic1 = LINUX_FP_MAGIC1;
		sw.sw_extended_size = size + LINUX_FP_MAGIC2_SIZE;
		__builtin_memcpy(&sw.sw_xfeatures, fpstate + LINUX_FPSTATE_SIZE,
		    sizeof(sw.sw_xfeatures));
		sw.sw_xstate_size = size;
		__builtin_memcpy(fpstate + size, &magic2, sizeof(magic2));
		size += LINUX_FP_MAGIC2_SIZE;
	}
	__builtin_memcpy(fpstate + LINUX_FPSTATE_SW, &sw, sizeof(sw));
	return (size);
}

/**
 * @param fpstate	first LINUX_FPSTATE_SIZE bytes of an image that a
 *			program gives
 * @return		bytes that it says it has, without magic 2
 */
uint32_t
linux_fpstate_size(const uint8_t *fpstate)
{
	struct linux_fpx_sw sw;

	__builtin_memcpy(&sw, fpstate + LINUX_FPSTATE_SW, sizeof(sw));
	if (sw.sw_magic1 != LINUX_FP_MAGIC1 ||
	    sw.sw_xstate_size < LINUX_FPSTATE_SIZE ||
	    sw.sw_extended_size != sw.sw_xstate_size + LINUX_FP_MAGIC2_SIZE)
		return (LINUX_FPSTATE_SIZE);
	return (sw.sw_xstate_size);
}

/**
 * @param tf		registers of what is interrupted
 * @param fpstate	address of the image of the floating-point registers
 * @param sc		filled in, all of it
 */
void
linux_sigframe_save(
    const struct trapframe *tf, uint64_t fpstate, struct linux_sigcontext *sc)
{
	*sc = (struct linux_sigcontext){
		.sc_r8 = tf->tf_r8,
		.sc_r9 = tf->tf_r9,
		.sc_r10 = tf->tf_r10,
		.sc_r11 = tf->tf_r11,
		.sc_r12 = tf->tf_r12,
		.sc_r13 = tf->tf_r13,
		.sc_r14 = tf->tf_r14,
		.sc_r15 = tf->tf_r15,
		.sc_rdi = tf->tf_rdi,
		.sc_rsi = tf->tf_rsi,
		.sc_rbp = tf->tf_rbp,
		.sc_rbx = tf->tf_rbx,
		.sc_rdx = tf->tf_rdx,
		.sc_rax = tf->tf_rax,
		.sc_rcx = tf->tf_rcx,
		.sc_rsp = tf->tf_rsp,
		.sc_rip = tf->tf_rip,
		.sc_rflags = tf->tf_rflags,
		.sc_cs = UCODE_SEL,
		.sc_ss = UDATA_SEL,
		.sc_err = tf->tf_err,
		.sc_trapno = trap_vector(tf->tf_trapno),
		.sc_cr2 = tf->tf_addr,
		.sc_fpstate = fpstate,
	};
}

/**
 * Registers that a handler starts with.
 * @param tf		in: what is interrupted; out: the handler's
 * @param frame		address of the frame
 * @param handler	address of the handler
 * @param lsig		signal, Linux's number
 */
void
linux_sigframe_enter(
    struct trapframe *tf, uint64_t frame, uint64_t handler, int lsig)
{
	tf->tf_rsp = frame;
	tf->tf_rip = handler;
	tf->tf_rdi = lsig;
	tf->tf_rsi = frame + __offsetof(struct linux_rt_sigframe, sf_info);
	tf->tf_rdx = frame + __offsetof(struct linux_rt_sigframe, sf_uc);
	tf->tf_rax = 0; /* no vector registers are arguments */
	tf->tf_rflags &= ~(PSL_T | PSL_D);
	tf->tf_trapno = 0; /* not by SYSRET: all registers count */
}

/**
 * Takes registers from a frame.  Of the flags a program changes only what is
 * its own, the segments stay.
 * @param sc	what the program says
 * @param tf	in: its registers now; out: those of the frame
 * @return	false: tf is untouched, since rip is not a program's address
 */
bool
linux_sigframe_restore(const struct linux_sigcontext *sc, struct trapframe *tf)
{
	if (sc->sc_rip >= VM_MAX_USER_ADDRESS)
		return (false);
	tf->tf_r8 = sc->sc_r8;
	tf->tf_r9 = sc->sc_r9;
	tf->tf_r10 = sc->sc_r10;
	tf->tf_r11 = sc->sc_r11;
	tf->tf_r12 = sc->sc_r12;
	tf->tf_r13 = sc->sc_r13;
	tf->tf_r14 = sc->sc_r14;
	tf->tf_r15 = sc->sc_r15;
	tf->tf_rdi = sc->sc_rdi;
	tf->tf_rsi = sc->sc_rsi;
	tf->tf_rbp = sc->sc_rbp;
	tf->tf_rbx = sc->sc_rbx;
	tf->tf_rdx = sc->sc_rdx;
	tf->tf_rax = sc->sc_rax;
	tf->tf_rcx = sc->sc_rcx;
	tf->tf_rsp = sc->sc_rsp;
	tf->tf_rip = sc->sc_rip;
	tf->tf_rflags = (tf->tf_rflags & ~PSL_USERCHANGE) |
	    (sc->sc_rflags & PSL_USERCHANGE);
	tf->tf_trapno = 0;
	return (true);
}
