/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals, as far as threads need them: one thread stops another in whatever
 * it does and makes it run a handler.  Each thread has a set of those that
 * wait for it and a set of those that it blocks; what can be delivered is
 * delivered before the next entry.  A sleeper is woken for it.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/sig_frame.h>
#include "vmm.h"
#include "vmm_copyio.h"

#define SIGBIT(sig) (1UL << ((sig)-1))
/* Signals that end no process that has no handler for them. */
#define SIG_HARMLESS                                                           \
	(SIGBIT(SIGURG) | SIGBIT(SIGCONT) | SIGBIT(SIGCHLD) |                  \
	    SIGBIT(SIGWINCH) | SIGBIT(SIGINFO))

static bool
sig_valid(long sig)
{
	return (sig > 0 && sig < NSIG);
}

static uint64_t
set_bits(const sigset_t *set)
{
	uint64_t bits = set->bits[0] | (uint64_t)set->bits[1] << 32;

	return (bits & ~(SIGBIT(SIGKILL) | SIGBIT(SIGSTOP)));
}

/**
 * sigaction(sig, act, oact): sets and tells what is done about a signal.
 * @param vti	thread
 * @param sm	arguments
 * @return	0, EINVAL, EFAULT
 */
int
sys_sigaction(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	struct sigaction new, *old;
	long sig = sm->arg[0];

	if (!sig_valid(sig) || sig == SIGKILL || sig == SIGSTOP)
		return (EINVAL);
	old = &vti->proc->sigact[sig];
	if (sm->arg[1] != 0 &&
	    vmm_copyin(&vti->linear, sm->arg[1], &new, sizeof(new)) != 0)
		return (EFAULT);
	if (sm->arg[2] != 0 &&
	    vmm_copyout(&vti->linear, old, sm->arg[2], sizeof(*old)) != 0)
		return (EFAULT);
	if (sm->arg[1] != 0)
		*old = new;
	return (0);
}

/**
 * lwp_kill(pid, tid, sig): sends a signal to a thread; 0 sends none.
 * @param vti	thread
 * @param sm	arguments; pid -1 is this process
 * @return	0; EINVAL: no such signal; ESRCH: no such thread
 */
int
sys_lwp_kill(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	long pid = (int)sm->arg[0], tid = (int)sm->arg[1], sig = sm->arg[2];
	struct vmx_thread_info *to;

	if (sig != 0 && !sig_valid(sig))
		return (EINVAL);
	if ((pid != -1 && pid != PID) || tid < 0 || tid >= MAXLWP)
		return (ESRCH);
	to = &vti->proc->lwp[tid];
	if (to->state == LWP_NONE)
		return (ESRCH);
	if (sig != 0)
		lwp_signal(to, sig);
	return (0);
}

/**
 * Sends a signal to a thread; wakes it if it sleeps.
 * @param vti	thread
 * @param sig	signal
 */
void
lwp_signal(struct vmx_thread_info *vti, int sig)
{
	u_register_t handler = vti->proc->sigact[sig].sa_handler;

	if (handler == SIG_IGN ||
	    (handler == SIG_DFL && (SIGBIT(sig) & SIG_HARMLESS) != 0))
		return;
	vti->sigpend |= SIGBIT(sig);
	if (vti->state == LWP_SLEEP && sig_pending(vti))
		lwp_wakeup(vti, EINTR);
	else if (vti->cpu != 0) /* it looks before it enters again */
		vmm_interrupt(1UL << (vti->cpu - 1));
}

/* tag::trapsignal[] */
/**
 * Turns an exception of a thread into a signal, if that leads anywhere.
 * @param vti	thread; its frame says what happened
 * @param sig	signal
 * @return	false: no handler, or it is blocked, as in its own handler
 */
bool
trapsignal(struct vmx_thread_info *vti, int sig)
{
	if (vti->proc->sigact[sig].sa_handler <= SIG_IGN ||
	    (vti->sigmask & SIGBIT(sig)) != 0)
		return (false);
	lwp_signal(vti, sig);
	return (true);
}
/* end::trapsignal[] */

/**
 * @param vti	thread
 * @return	whether a signal waits for it that it does not block
 */
bool
sig_pending(const struct vmx_thread_info *vti)
{
	return ((vti->sigpend & ~vti->sigmask) != 0);
}

/* tag::sendsig[] */
/* Makes the thread continue in a handler, with all it was doing saved. */
static int
sendsig(struct vmx_thread_info *vti, int sig, const struct sigaction *act)
{
	const sigset_t mask = { { vti->sigmask, vti->sigmask >> 32 } };
	struct sigframe sf;
	vm_offset_t sp;

	sp = sig_frame_make(&sf, &vti->guest.vg_frame, sig, act, &mask, PID);
	return (vmm_copyout(&vti->linear, &sf, sp, sizeof(sf)));
}
/* end::sendsig[] */

/* tag::postsig[] */
/**
 * Delivers signals that wait for a thread which is about to enter the guest.
 * @param vti	thread; the process may have ended afterwards
 */
void
postsig(struct vmx_thread_info *vti)
{
	struct proc *p = vti->proc;
	const struct sigaction *act;
	int sig;

	/* LAB 06.3 begin: leave a process before a handler runs */
	/* A handler is the vkernel's, and runs on its stack. */
	if (vti->vk.ve != 0 && sig_pending(vti))
		vkernel_trap(vti, 0, 0, 0);
	/* LAB 06.3 end */
	while (p->end == GUEST_RUNNING && sig_pending(vti)) {
		sig = __builtin_ctzl(vti->sigpend & ~vti->sigmask) + 1;
		/* First the one that belongs to what the frame says now. */
		if ((vti->sigpend & ~vti->sigmask & SIGBIT(SIGSEGV)) != 0)
			sig = SIGSEGV;
		act = &p->sigact[sig];
		vti->sigpend &= ~SIGBIT(sig);
		if (act->sa_handler <= SIG_IGN ||
		    !is_canonical(act->sa_handler) ||
		    sendsig(vti, sig, act) != 0) {
			kprintf("%s: signal %d, and no handler that could "
				"take it; guest ended\n",
			    p->name, sig);
			guest_ended(p, GUEST_SIGNALED, sig);
			return;
		}
		vti->sigmask |= set_bits(&act->sa_mask);
		if ((act->sa_flags & SA_NODEFER) == 0)
			vti->sigmask |= SIGBIT(sig);
	}
}
/* end::postsig[] */

/* tag::sigreturn[] */
/**
 * sigreturn(ucp): continues what a signal has interrupted.
 * @param vti	thread
 * @param sm	arguments
 * @return	EJUSTRETURN; EFAULT; EINVAL: registers that no program of ours
 *		can have
 */
int
sys_sigreturn(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	struct ucontext uc;

	if (vmm_copyin(&vti->linear, sm->arg[0], &uc, sizeof(uc)) != 0)
		return (EFAULT);
	if (!sig_frame_take(&uc, &vti->guest.vg_frame))
		return (EINVAL);
	vti->sigmask = set_bits(&uc.uc_sigmask);
	return (EJUSTRETURN);
}
/* end::sigreturn[] */
