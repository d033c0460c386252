/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Running processes, and what they come back for.
 *
 * A process of this kernel runs in an address space of the host's, until it
 * makes a system call or raises an exception, or a signal comes for us.  Its
 * registers are in the frame at the end of its kernel stack throughout.
 *
 * Source: DragonFly's platform/vkernel64/x86_64/trap.c, for go_user().
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/proc.h>
#include <sys/syscall.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <sys/vmspace.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/run_offsets.h>
#include <machine/vkops.h>
#include <vm/vm_map.h>

CTASSERT(__offsetof(struct globaldata, gd_restart) == GD_RESTART);
CTASSERT(EINTR == RUN_EINTR);

/* The vector whose exception the host calls T_*; IDT_EXCEPTIONS: none. */
static u_int
vector_of(u_int trapno)
{
	u_int v;

	for (v = 0; v < IDT_EXCEPTIONS; v++)
		if (user_trapno(v) == (int)trapno)
			break;
	return (v);
}

/* What a process has come back for. */
static void
user_trap(struct lwp *lp, struct trapframe *tf)
{
	u_int vector;

	lp->lwp_md_regs = tf;
	switch (tf->tf_trapno) {
	case T_FAST_SYSCALL:
		if (VKERNEL_RUNS(lp)) {
			/* A process of a vkernel in this one asks that. */
			mycpu->gd_cnt_trap++;
			vkernel_trap(lp, tf);
		} else {
			mycpu->gd_cnt_syscall++;
			lp->lwp_proc->p_sysent->sv_syscall(lp, tf);
		}
		KASSERT(lp->lwp_thread->td_ntokens == 0,
		    ("system call %ld returns with a token", tf->tf_rax));
		break;
	default:
		mycpu->gd_cnt_trap++;
		vector = vector_of(tf->tf_trapno);
		if (vector == IDT_EXCEPTIONS)
			panic(
			    "a process came back with trap %ld", tf->tf_trapno);
		user_exception(tf, vector);
		break;
	}
}

/* tag::go_user[] */
/**
 * Goes on in user mode, for ever: DragonFly's go_user().
 * @param tf	registers of the calling thread's process
 */
void
user_return(struct trapframe *tf)
{
	struct thread *td = curthread;
	struct lwp *lp = td->td_lwp;
	struct vextframe vf;
	struct globaldata *gd;
	int error;

	for (;;) {
		intr_disable();
		trap_return_user(tf);
		gd = mycpu;
		gd->gd_restart = 0;
		/* What came meanwhile is served now and sets gd_restart. */
		intr_enable();
		vf.vx_tls = lp->lwp_tls;
		/* For a vkernel in this one, see fpu_set_trap(). */
		tf->tf_xflags = td->td_pcb.pcb_fputrap ? PGEX_FPFAULT : 0;
		gd->gd_in_user = 1;
		KTR_LOG("a process runs: RIP %#lx, RAX %#lx", tf->tf_rip,
		    tf->tf_rax);
		error = vk_ops->run(lp->lwp_vmspace, tf, &vf);
		gd->gd_in_user = 0;
		KTR_LOG("the process is back: error %ld, trap %ld", error,
		    tf->tf_trapno);
		if (error == -EINTR)
			continue;
		if (error != 0)
			panic("the host does not run %s: error %d",
			    lp->lwp_proc->p_comm, -error);
		if (tf->tf_trapno != 0)
			user_trap(lp, tf);
		tf->tf_trapno = 0;
	}
}
/* end::go_user[] */

/**
 * Shows a fault of this kernel, and panics.
 * @param tf	registers
 * @param sig	the host's signal
 */
void
trap_fatal(struct trapframe *tf, u_int sig)
{
	static const char *const regs[] = { "rdi", "rsi", "rdx", "rcx", "r8",
		"r9", "rax", "rbx", "rbp", "r10", "r11", "r12", "r13", "r14",
		"r15" };
	const register_t *v = &tf->tf_rdi;

	cpu_claim_end();
	kprintf("\nsignal %u in the kernel: trap %ld\n", sig, tf->tf_trapno);
	for (u_int i = 0; i < nitems(regs); i++)
		kprintf("%7s %016lx%s", regs[i], v[i], i % 3 == 2 ? "\n" : "");
	panic_at(tf->tf_rip, tf->tf_rbp,
	    "signal %u at %#lx, error %#lx, address %#lx", sig, tf->tf_rip,
	    tf->tf_err, tf->tf_addr);
}
