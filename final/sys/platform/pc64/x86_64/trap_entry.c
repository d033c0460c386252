/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From entry.S to who serves it: exceptions, interrupts, system calls.  What a
 * program's exception means is in user_trap.c.
 *
 * What a program does wrong becomes a signal.  What the kernel does wrong is a
 * panic, with one exception: a page fault on a user address while pcb_onfault
 * is set (support.S) is a fault of the program, and if it cannot be resolved
 * the copy ends with an error.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vkernel.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>

extern char syscall_vector[], syscall32_vector[];
int syscall_entry(struct trapframe *tf);
void syscall_init_cpu(void);

/* The kernel's own trap: only a fault on user memory may be right. */
static void
kernel_exception(struct trapframe *tf, u_int vector)
{
	struct thread *td = curthread;

	if (vector == IDT_PF && td != NULL && td->td_pcb.pcb_onfault != 0 &&
	    (u_long)tf->tf_addr < VM_MAX_USER_ADDRESS &&
	    mycpu->gd_spinlocks == 0 && mycpu->gd_intr_depth == 0) {
		if (user_page_fault(tf) != 0)
			tf->tf_rip = td->td_pcb.pcb_onfault;
		return;
	}
	trap_fatal(tf, vector);
}

static void
exception(struct trapframe *tf, u_int vector)
{
	if (USERMODE(tf))
		user_exception(tf, vector);
	else
		kernel_exception(tf, vector);
}

/**
 * Every trap arrives here from entry.S, interrupts off.
 * @param tf		registers at the time
 * @param vector	0 to 255
 */
void
trap_entry(struct trapframe *tf, u_int vector)
{
	struct globaldata *gd = mycpu;

	if (vector >= IDT_EXCEPTIONS) {
		clock_idle_end();
		gd->gd_cnt_intr++;
		gd->gd_intr_depth++;
		trap(tf, vector);
		gd->gd_intr_depth--;
		return;
	}
	gd->gd_cnt_trap++;
	if (vector == IDT_PF)
		tf->tf_addr = rcr2();
	/* The registers that the processor keeps are safe in the frame. */
	if ((tf->tf_rflags & PSL_I) != 0 && vector != IDT_NMI &&
	    vector != IDT_DF && vector != IDT_MC)
		intr_enable();
	trap(tf, vector);
	intr_disable();
}

/* Whether something is to be done before user mode.  Interrupts are off. */
static bool
has_work(const struct thread *td)
{
	return ((mycpu->gd_reqflags & RQF_AST_MASK) != 0 ||
	    (td->td_lwp->lwp_mpflags & (LWP_MP_SIGPEND | LWP_MP_WEXIT)) != 0 ||
	    td->td_pri != td->td_lwp->lwp_priority);
}

/**
 * The same as trap_return_user() for a guest: its addresses are those of its
 * own page table, with an upper half.  Returns with interrupts off.
 * @param tf	registers of the current thread
 */
void
trap_return_guest(struct trapframe *tf)
{
	struct thread *td = curthread;
	struct lwp *lp = td->td_lwp;

	intr_disable();
	lp->lwp_md_regs = tf;
	while (__predict_false(has_work(td) || !va_is_canonical(tf->tf_rip))) {
		if ((mycpu->gd_reqflags & RQF_AST_SIGNAL) != 0)
			__atomic_fetch_and(&mycpu->gd_reqflags, ~RQF_AST_SIGNAL,
			    __ATOMIC_SEQ_CST);
		intr_enable();
		/* No such address: VM entry would fail. */
		if (!va_is_canonical(tf->tf_rip)) {
			tf->tf_rip &= VM_MAX_USER_ADDRESS - 1;
			tf->tf_addr = tf->tf_rip;
			user_fault_signal(lp, tf, EFAULT);
		}
		take_signals(lp);
		usched_userret(lp);
		intr_disable();
	}
}

/** Takes over the exceptions; called once. */
void
user_trap_init(void)
{
	for (u_int v = 0; v < IDT_EXCEPTIONS; v++)
		if (user_trapno(v) != 0)
			trap_handlers[v] = exception;
	idt_allow_user(IDT_BP);
	idt_allow_user(IDT_OF);
}

/**
 * Called by entry.S for every SYSCALL of a program, interrupts on.
 * @param tf	registers
 * @return	whether SYSRET may be used: nothing but results has changed and
 *		the thread's priority is its own
 */
int
syscall_entry(struct trapframe *tf)
{
	struct thread *td = curthread;
	struct lwp *lp = td->td_lwp;

	lp->lwp_md_regs = tf;
	if (__predict_false(VKERNEL_RUNS(lp))) {
		/* A vkernel's process has asked its own kernel. */
		mycpu->gd_cnt_trap++;
		vkernel_trap(lp, tf);
	} else {
		mycpu->gd_cnt_syscall++;
		lp->lwp_proc->p_sysent->sv_syscall(lp, tf);
	}
	KASSERT(td->td_ntokens == 0,
	    ("system call %ld returns with a token", tf->tf_rax));
	/* vmm_guest_ctl(2): it goes on as a guest. */
	if (__predict_false(td->td_vmm != NULL))
		vmm_vmrun(lp);
	return (tf->tf_trapno != 0 && td->td_pri == lp->lwp_priority &&
	    (u_long)tf->tf_rip < 0x800000000000);
}

/** Lets this processor take SYSCALL. */
void
syscall_init_cpu(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
	/* SYSRET takes CS from bits 63:48 plus 16, SS from them plus 8. */
	wrmsr(MSR_STAR,
	    (uint64_t)(KDATA_SEL | 3) << 48 | (uint64_t)KCODE_SEL << 32);
	wrmsr(MSR_LSTAR, (uintptr_t)syscall_vector);
	wrmsr(MSR_CSTAR, (uintptr_t)syscall32_vector);
	wrmsr(MSR_SF_MASK, PSL_I | PSL_T | PSL_D | PSL_AC | PSL_NT | PSL_C);
}
