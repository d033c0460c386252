/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals of Linux programs: the frame goes to the stack, and comes back by
 * rt_sigreturn.  What it is made of is in linux_sigframe.c.
 *
 * The floating-point registers are an FXSAVE image, or XSAVE's if the processor
 * has AVX.  What a program gives back may be either.
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
#define UC_FP_XSTATE	 0x1 /* more than an FXSAVE image */
#define UC_SIGCONTEXT_SS 0x2 /* sc_ss is there */
#define UC_STRICT_SS	 0x4 /* and is restored */
#define FPSTATE_MAX	 (FPU_YMM_SIZE + LINUX_FP_MAGIC2_SIZE)

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
	uint8_t fpstate[FPSTATE_MAX];
	uint64_t frame, ufpstate;
	uint32_t fpsize;
	struct linux_rt_sigframe sf = { .sf_restorer = ps->ps_restorer[sig] };
	int error;

	if (sf.sf_restorer == 0)
		sigexit(lp, SIGSEGV);
	fpsize = FPU_YMM_SIZE;
	if (!fpu_get_ymm(lp->lwp_thread, fpstate)) {
		fpsize = LINUX_FPSTATE_SIZE;
		fpu_get(lp->lwp_thread, fpstate);
	}
	fpsize = linux_fpstate_mark(fpstate, fpsize);
	frame = linux_sigframe_place(
	    stack_top(lp, ps->ps_action[sig].sa_flags), fpsize, &ufpstate);
	sf.sf_uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_SS |
	    (fpsize > LINUX_FPSTATE_SIZE ? UC_FP_XSTATE : 0);
	sf.sf_uc.uc_stack = altstack_out(lp);
	sf.sf_uc.uc_sigmask = linux_sigset_out(mask);
	linux_sigframe_save(tf, ufpstate, &sf.sf_uc.uc_mcontext);
	linux_siginfo_out(info, &sf.sf_info);
	sf.sf_info.lsi_signo = linux_sig_out(sig);
	error = copyout(fpstate, (void *)ufpstate, fpsize);
	if (error == 0)
		error = copyout(&sf, (void *)frame, sizeof(sf));
	if (error != 0)
		sigexit(lp, SIGSEGV);
	linux_sigframe_enter(tf, frame, handler, sf.sf_info.lsi_signo);
}

/* Copies an image from a program; *ymm: it is XSAVE's.  EINVAL: it cannot be
 * loaded. */
static int
copyin_fpstate(uint64_t ufpstate, uint8_t *fpstate, bool *ymm)
{
	uint32_t magic2;
	int error;

	error = copyin((const void *)ufpstate, fpstate, LINUX_FPSTATE_SIZE);
	*ymm = false;
	if (error == 0 && linux_fpstate_size(fpstate) == FPU_YMM_SIZE) {
		error = copyin((const void *)ufpstate, fpstate, FPSTATE_MAX);
		memcpy(&magic2, fpstate + FPU_YMM_SIZE, sizeof(magic2));
		*ymm = magic2 == LINUX_FP_MAGIC2;
	}
	if (error == 0 &&
	    !(*ymm ? fpu_valid_ymm(fpstate) : fpu_valid_image(fpstate)))
		error = EINVAL;
	return (error);
}

/* Floating-point registers from a frame; without an image, as at a start. */
static int
restore_fpu(struct lwp *lp, uint64_t ufpstate)
{
	uint8_t fpstate[FPSTATE_MAX];
	bool ymm;
	int error;

	if (ufpstate == 0) {
		fpu_reset(lp->lwp_thread);
		return (0);
	}
	error = copyin_fpstate(ufpstate, fpstate, &ymm);
	if (error != 0)
		return (error);
	if (ymm)
		fpu_set_ymm(lp->lwp_thread, fpstate);
	else
		fpu_set(lp->lwp_thread, fpstate);
	return (0);
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
