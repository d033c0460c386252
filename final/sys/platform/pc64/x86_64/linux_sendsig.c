/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals of Linux programs: the frame goes to the stack, and comes back by
 * rt_sigreturn.  What it is made of is in linux_sigframe.c.
 *
 * Vector registers beyond SSE (the upper halves of AVX's) are not in the
 * frame: a handler that uses them changes them for the program.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include "../../../emulation/linux/linux_conv.h"
#include "../../../emulation/linux/linux_sigframe.h"
#include "../../../emulation/linux/linux_var.h"

#define RED_ZONE	 128
#define FP_SW_BYTES	 464 /* of an FXSAVE image, the rest is software's */
#define UC_SIGCONTEXT_SS 0x2 /* sc_ss is there */
#define UC_STRICT_SS	 0x4 /* and is restored */

static bool
on_altstack(const struct lwp *lp, u_register_t sp)
{
	return (sp - lp->lwp_sigstk.ss_sp < lp->lwp_sigstk.ss_size);
}

/* Where the room for a frame ends. */
static u_register_t
stack_top(const struct lwp *lp, int flags)
{
	u_register_t sp = lp->lwp_md_regs->tf_rsp;

	if ((flags & SA_ONSTACK) != 0 && (lp->lwp_flags & LWP_ALTSTACK) != 0 &&
	    !on_altstack(lp, sp))
		return (lp->lwp_sigstk.ss_sp + lp->lwp_sigstk.ss_size);
	return (sp - RED_ZONE);
}

static struct linux_stack
altstack_out(const struct lwp *lp)
{
	if ((lp->lwp_flags & LWP_ALTSTACK) == 0)
		return ((struct linux_stack){ .ss_flags = LINUX_SS_DISABLE });
	return ((struct linux_stack){ .ss_sp = lp->lwp_sigstk.ss_sp,
	    .ss_size = lp->lwp_sigstk.ss_size,
	    .ss_flags = on_altstack(lp, lp->lwp_md_regs->tf_rsp)
		? LINUX_SS_ONSTACK
		: 0 });
}

/**
 * Lets a thread run a handler.  A program that cannot take the signal (no
 * restorer, no stack) ends by SIGSEGV.
 * @param lp		the calling thread
 * @param handler	address
 * @param sig		signal, native number
 * @param mask		what rt_sigreturn restores
 * @param info		what has happened
 */
void
linux_sendsig(struct lwp *lp, u_register_t handler, int sig,
    const struct __sigset *mask, const struct siginfo *info)
{
	const struct sigacts *ps = lp->lwp_proc->p_sigacts;
	struct trapframe *tf = lp->lwp_md_regs;
	uint8_t fpstate[LINUX_FPSTATE_SIZE];
	uint64_t frame, ufpstate;
	struct linux_rt_sigframe sf = { .sf_restorer = ps->ps_restorer[sig] };
	int error;

	if (sf.sf_restorer == 0)
		sigexit(lp, SIGSEGV);
	frame = linux_sigframe_place(
	    stack_top(lp, ps->ps_action[sig].sa_flags), &ufpstate);
	sf.sf_uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_SS;
	sf.sf_uc.uc_stack = altstack_out(lp);
	sf.sf_uc.uc_sigmask = linux_sigset_out(mask);
	linux_sigframe_save(tf, ufpstate, &sf.sf_uc.uc_mcontext);
	linux_siginfo_out(info, &sf.sf_info);
	sf.sf_info.lsi_signo = linux_sig_out(sig);
	fpu_get(lp->lwp_thread, fpstate);
	bzero(fpstate + FP_SW_BYTES, sizeof(fpstate) - FP_SW_BYTES);
	error = copyout(fpstate, (void *)ufpstate, sizeof(fpstate));
	if (error == 0)
		error = copyout(&sf, (void *)frame, sizeof(sf));
	if (error != 0)
		sigexit(lp, SIGSEGV);
	linux_sigframe_enter(tf, frame, handler, sf.sf_info.lsi_signo);
}

/* Floating-point registers from a frame; without an image, as at a start. */
static int
restore_fpu(struct lwp *lp, uint64_t ufpstate)
{
	uint8_t fpstate[LINUX_FPSTATE_SIZE];
	int error;

	if (ufpstate == 0) {
		fpu_reset(lp->lwp_thread);
		return (0);
	}
	error = copyin((const void *)ufpstate, fpstate, sizeof(fpstate));
	if (error == 0 && !fpu_valid_image(fpstate))
		error = EINVAL;
	if (error == 0)
		fpu_set(lp->lwp_thread, fpstate);
	return (error);
}

/**
 * rt_sigreturn(): goes on where a signal interrupted.  A frame that is none
 * sends SIGSEGV.
 * @param sysmsg	the registers
 * @param uap		none: the frame is at rsp - 8
 * @return		EJUSTRETURN
 */
int
sys_linux_rt_sigreturn(
    struct sysmsg *sysmsg, const struct linux_rt_sigreturn_args *uap __unused)
{
	struct siginfo info = { .si_signo = SIGSEGV, .si_code = SEGV_MAPERR };
	struct trapframe *tf = sysmsg->sysmsg_frame;
	struct lwp *lp = curlwp;
	struct linux_ucontext uc;
	sigset_t mask;
	int error;

	error = copyin((const void *)tf->tf_rsp, &uc, sizeof(uc));
	if (error == 0)
		error = restore_fpu(lp, uc.uc_mcontext.sc_fpstate);
	if (error != 0 || !linux_sigframe_restore(&uc.uc_mcontext, tf)) {
		info.si_addr = tf->tf_rsp;
		trapsignal(lp, &info);
		return (EJUSTRETURN);
	}
	linux_sigset_in(uc.uc_sigmask, &mask);
	kern_sigprocmask(SIG_SETMASK, &mask, NULL);
	return (EJUSTRETURN);
}
