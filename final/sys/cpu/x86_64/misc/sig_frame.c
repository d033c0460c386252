/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a signal handler finds on its stack, and what of it may come back.
 *
 *     the thread's stack, downwards
 *
 *     rsp ->  what it was using, and 128 bytes that belong to it still
 *             ucontext            <- rdx: all registers, and the mask
 *             siginfo             <- rsi
 *             0                   <- rsp at the handler: no return address
 *
 * A handler ends with sigreturn(ucontext), never with RET; a C library has a
 * few instructions around it for that.  What sigreturn() is given is whatever
 * the program made of it, and is checked like any argument.
 *
 * Pure: the caller copies the frame out and in.  Source: DragonFly's
 * sendsig() and sys_sigreturn(), for the layout.
 */
#include <sys/systm.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/sig_frame.h>

#define RED_ZONE 128

/**
 * Makes the frame of a signal, and the registers that the handler starts with.
 * @param sf	filled in
 * @param tf	in: what is interrupted; out: the handler's registers
 * @param sig	signal
 * @param act	what the program wants done; its handler is an address
 * @param mask	signals that were blocked
 * @param pid	who sent it
 * @return	where the frame belongs in the program's memory
 */
vm_offset_t
sig_frame_make(struct sigframe *sf, struct trapframe *tf, int sig,
    const struct sigaction *act, const sigset_t *mask, int pid)
{
	vm_offset_t sp;

	bzero(sf, sizeof(*sf));
	sf->sf_info.si_signo = sig;
	sf->sf_info.si_pid = pid;
	sf->sf_uc.uc_sigmask = *mask;
	sf->sf_uc.uc_mcontext.mc_frame = *tf;
	sf->sf_uc.uc_mcontext.mc_frame.tf_cs = UCODE_SEL;
	sf->sf_uc.uc_mcontext.mc_frame.tf_ss = UDATA_SEL;
	sf->sf_uc.uc_mcontext.mc_len = sizeof(sf->sf_uc.uc_mcontext);
	sf->sf_uc.uc_mcontext.mc_fpformat = MC_FPFMT_NODEV;
	sp = rounddown2(tf->tf_rsp - RED_ZONE - sizeof(*sf), 64);
	tf->tf_rdi = sig;
	tf->tf_rsi = (act->sa_flags & SA_SIGINFO) != 0
	    ? sp + __offsetof(struct sigframe, sf_info)
	    : 0;
	tf->tf_rdx = sp + __offsetof(struct sigframe, sf_uc);
	tf->tf_rcx = 0;
	tf->tf_rsp = sp + __offsetof(struct sigframe, sf_return);
	tf->tf_rip = act->sa_handler;
	tf->tf_rflags &= ~(PSL_T | PSL_D);
	return (sp);
}

/**
 * Takes registers from a frame, if a program may have them.
 * @param uc	what the program says
 * @param tf	in: its registers now; out: those of the frame
 * @return	false: tf is untouched, since the flags are not a program's to
 *		change so, or the segments are not its own, or RIP is beyond
 *		its addresses
 */
bool
sig_frame_take(const struct ucontext *uc, struct trapframe *tf)
{
	const struct trapframe *new = &uc->uc_mcontext.mc_frame;

	if (((new->tf_rflags ^ tf->tf_rflags) & ~PSL_USERCHANGE) != 0 ||
	    new->tf_cs != UCODE_SEL || new->tf_ss != UDATA_SEL ||
	    (u_register_t) new->tf_rip >= VM_MAX_USER_ADDRESS)
		return (false);
	*tf = *new;
	return (true);
}
