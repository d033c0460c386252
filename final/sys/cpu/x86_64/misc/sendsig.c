/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals of native programs: the frame goes to the stack, and comes back by
 * sigreturn(2).  Its layout, and what of it may come back, is in sig_frame.c;
 * here are the alternate stack, the floating-point registers and the way back
 * from the handler (sigcode.S).
 *
 * x87, SSE and AVX registers are in the frame.
 *
 * Source: DragonFly's sendsig() and sys_sigreturn(), for the layout.
 */
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysent.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/asm_offsets.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/sig_frame.h>
#include <machine/vmparam.h>
#include <vm/vm_object.h>

CTASSERT(__offsetof(struct sigframe, sf_uc) -
	__offsetof(struct sigframe, sf_return) - sizeof(uint64_t) ==
    SIGCODE_UC);

CTASSERT(sizeof(((struct mcontext *)NULL)->mc_fpregs) >= FPU_YMM_SIZE);

extern const char sigcode[], sigcode_end[];

/** The page of code that every process has at SIGCODE_ADDRESS. */
struct vm_object *sigcode_object;

/** Makes the page; called once by main(). */
void
sigcode_init(void)
{
	struct vm_page *m;

	sigcode_object = vm_object_allocate(OBJT_ANON, 1, "sigcode");
	if (vm_object_page(sigcode_object, 0, VMO_ALLOC, &m) != 0)
		panic("sigcode_init: no memory");
	memcpy(vm_page_kva(m), sigcode,
	    (uintptr_t)sigcode_end - (uintptr_t)sigcode);
	vm_page_set_dirty(m);
	vm_page_unbusy(m);
}

/* --- to the handler --- */

static bool
on_altstack(const struct lwp *lp)
{
	return ((lp->lwp_flags & LWP_ALTSTACK) != 0 &&
	    lp->lwp_md_regs->tf_rsp - lp->lwp_sigstk.ss_sp <
		lp->lwp_sigstk.ss_size);
}

static void
save_stack(const struct lwp *lp, struct ucontext *uc)
{
	bool on = on_altstack(lp);

	uc->uc_mcontext.mc_onstack = on;
	uc->uc_stack[0] = lp->lwp_sigstk.ss_sp;
	uc->uc_stack[1] = lp->lwp_sigstk.ss_size;
	uc->uc_stack[2] = (lp->lwp_flags & LWP_ALTSTACK) == 0 ? SS_DISABLE
	    : on					      ? SS_ONSTACK
							      : 0;
}

static void
save_fpregs(struct lwp *lp, struct mcontext *mc)
{
	mc->mc_ownedfp = MC_FPOWNED_FPU;
	mc->mc_fpformat = MC_FPFMT_YMM;
	if (fpu_get_ymm(lp->lwp_thread, mc->mc_fpregs))
		return;
	mc->mc_fpformat = MC_FPFMT_XMM;
	fpu_get(lp->lwp_thread, mc->mc_fpregs);
}

/**
 * Lets a thread run a handler.  A program whose stack has no room for the
 * frame ends by SIGILL.  May sleep.
 * @param lp		the calling thread
 * @param handler	address
 * @param sig		signal
 * @param mask		what sigreturn(2) restores
 * @param info		what has happened
 */
void
sendsig(struct lwp *lp, u_register_t handler, int sig, const sigset_t *mask,
    const struct siginfo *info)
{
	struct sigaction act = lp->lwp_proc->p_sigacts->ps_action[sig];
	struct trapframe *tf = lp->lwp_md_regs, regs = *tf;
	struct mcontext *mc;
	struct sigframe sf;
	vm_offset_t sp;

	act.sa_handler = handler;
	if ((act.sa_flags & SA_ONSTACK) != 0 && !on_altstack(lp) &&
	    (lp->lwp_flags & LWP_ALTSTACK) != 0)
		regs.tf_rsp = lp->lwp_sigstk.ss_sp + lp->lwp_sigstk.ss_size;
	sp = sig_frame_make(&sf, &regs, sig, &act, mask, info->si_pid);
	sf.sf_info = *info;
	sf.sf_return = SIGCODE_ADDRESS;
	save_stack(lp, &sf.sf_uc);
	mc = &sf.sf_uc.uc_mcontext;
	mc->mc_frame.tf_rsp = tf->tf_rsp;
	save_fpregs(lp, mc);
	if ((act.sa_flags & SA_SIGINFO) == 0)
		regs.tf_rsi = info->si_code;
	regs.tf_rcx = info->si_addr;
	if (copyout(&sf, (void *)sp, sizeof(sf)) != 0)
		sigexit(lp, SIGILL);
	*tf = regs;
}

/* --- and back --- */

/* The floating-point registers of a frame can be loaded. */
static bool
valid_fpregs(const struct mcontext *mc)
{
	switch (mc->mc_fpformat) {
	case MC_FPFMT_NODEV:
		return (true);
	case MC_FPFMT_XMM:
		return (mc->mc_ownedfp == MC_FPOWNED_NONE ||
		    fpu_valid_image(mc->mc_fpregs));
	case MC_FPFMT_YMM:
		return (mc->mc_ownedfp == MC_FPOWNED_NONE ||
		    fpu_valid_ymm(mc->mc_fpregs));
	default:
		return (false);
	}
}

static void
restore_fpregs(struct lwp *lp, const struct mcontext *mc)
{
	if (mc->mc_fpformat == MC_FPFMT_NODEV)
		return;
	if (mc->mc_ownedfp == MC_FPOWNED_NONE)
		fpu_reset(lp->lwp_thread);
	else if (mc->mc_fpformat == MC_FPFMT_YMM)
		fpu_set_ymm(lp->lwp_thread, mc->mc_fpregs);
	else
		fpu_set(lp->lwp_thread, mc->mc_fpregs);
}

/**
 * sigreturn(sigcntxp): goes on with the registers and the mask of a frame.
 * @param sysmsg	the registers
 * @param uap		sigcntxp: struct ucontext
 * @return		EJUSTRETURN; EFAULT; EINVAL: what the frame says is not
 *			a program's to choose, nothing has changed
 */
int
sys_sigreturn(struct sysmsg *sysmsg, const struct sigreturn_args *uap)
{
	struct lwp *lp = curlwp;
	struct ucontext uc;
	register_t rip;
	int error;

	error = copyin(uap->sigcntxp, &uc, sizeof(uc));
	if (error != 0)
		return (error);
	/* A guest's program may have been in its upper half. */
	rip = uc.uc_mcontext.mc_frame.tf_rip;
	if (lp->lwp_thread->td_vmm != NULL && va_is_canonical(rip))
		uc.uc_mcontext.mc_frame.tf_rip = 0;
	if (!valid_fpregs(&uc.uc_mcontext) ||
	    !sig_frame_take(&uc, sysmsg->sysmsg_frame))
		return (EINVAL);
	sysmsg->sysmsg_frame->tf_rip = rip;
	restore_fpregs(lp, &uc.uc_mcontext);
	kern_sigprocmask(SIG_SETMASK, &uc.uc_sigmask, NULL);
	return (EJUSTRETURN);
}
