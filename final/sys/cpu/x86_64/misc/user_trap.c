/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Exceptions of programs, and what is to be done before user mode.
 *
 * What a program does wrong becomes a signal.
 *
 * What a process of a vkernel does is for the vkernel to see (VKERNEL_RUNS(),
 * sys/vkernel.h): no signal comes of it.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

/** What a program gets for an exception. */
static const struct {
	u_short trapno; /**< DragonFly's number */
	u_char sig;	/**< signal */
	u_char code;	/**< si_code */
} user_signals[IDT_EXCEPTIONS] = {
	[IDT_DE] = { T_DIVIDE, SIGFPE, FPE_INTDIV },
	[IDT_DB] = { T_TRCTRAP, SIGTRAP, TRAP_TRACE },
	[IDT_BP] = { T_BPTFLT, SIGTRAP, TRAP_BRKPT },
	[IDT_OF] = { T_OFLOW, SIGFPE, FPE_INTOVF },
	[IDT_BR] = { T_BOUND, SIGFPE, FPE_FLTINV },
	[IDT_UD] = { T_PRIVINFLT, SIGILL, ILL_ILLOPC },
	[IDT_NM] = { T_DNA, SIGFPE, FPE_FLTINV },
	[IDT_TS] = { T_TSSFLT, SIGBUS, BUS_OBJERR },
	[IDT_NP] = { T_SEGNPFLT, SIGBUS, BUS_ADRERR },
	[IDT_SS] = { T_STKFLT, SIGBUS, BUS_ADRERR },
	[IDT_GP] = { T_PROTFLT, SIGBUS, BUS_OBJERR },
	[IDT_MF] = { T_ARITHTRAP, SIGFPE, FPE_FLTINV },
	[IDT_AC] = { T_ALIGNFLT, SIGBUS, BUS_ADRALN },
	[IDT_XM] = { T_XMMFLT, SIGFPE, FPE_FLTINV },
};

static vm_prot_t
fault_access(const struct trapframe *tf)
{
	if ((tf->tf_err & PGEX_I) != 0)
		return (VM_PROT_EXECUTE);
	return ((tf->tf_err & PGEX_W) != 0 ? VM_PROT_WRITE : VM_PROT_READ);
}

/* The address space that the current thread uses, or NULL. */
static struct vmspace *
current_vmspace(void)
{
	struct lwp *lp = curlwp;

	return (lp == NULL ? NULL : lp->lwp_vmspace);
}

/**
 * Resolves a page fault of the current process's memory.  May sleep.
 * @param tf	tf_addr and tf_err
 * @return	0, or vm_fault()'s error
 */
int
user_page_fault(const struct trapframe *tf)
{
	struct vmspace *vm = current_vmspace();

	mycpu->gd_cnt_fault++;
	KTR_LOG("page fault at %#lx, error %#lx", tf->tf_addr, tf->tf_err);
	if (vm == NULL || (u_long)tf->tf_addr >= VM_MAX_USER_ADDRESS ||
	    (tf->tf_err & PGEX_RSV) != 0)
		return (EFAULT);
	return (vm_fault(vm, trunc_page((u_long)tf->tf_addr), fault_access(tf),
	    VM_FAULT_NORMAL));
}

/* Tells the program of a fault in itself. */
static void
user_fault(
    struct lwp *lp, struct trapframe *tf, int sig, int code, vm_offset_t addr)
{
	struct siginfo info = {
		.si_signo = sig, .si_code = code, .si_addr = addr
	};

	info.si_errno = 0;
	lp->lwp_md_regs = tf;
	trapsignal(lp, &info);
}

/**
 * Tells a program of an access to memory that vm_fault() has refused.  May
 * sleep.
 * @param lp	the calling thread
 * @param tf	its registers; tf_addr is the address
 * @param error	why: EFAULT, EACCES, EIO, ENOMEM
 */
void
user_fault_signal(struct lwp *lp, struct trapframe *tf, int error)
{
	switch (error) {
	case EIO:
		user_fault(lp, tf, SIGBUS, BUS_ADRERR, tf->tf_addr);
		return;
	case ENOMEM:
		user_fault(lp, tf, SIGKILL, 0, tf->tf_addr);
		return;
	}
	user_fault(lp, tf, SIGSEGV, error == EACCES ? SEGV_ACCERR : SEGV_MAPERR,
	    tf->tf_addr);
}

/**
 * @param vector	IDT_*
 * @return		what DragonFly calls it, T_*; 0: no program can raise it
 */
int
user_trapno(u_int vector)
{
	if (vector == IDT_PF)
		return (T_PAGEFLT);
	return (vector < IDT_EXCEPTIONS ? user_signals[vector].trapno : 0);
}

/**
 * Tells a program of an exception.  May sleep.
 * @param lp		the calling thread
 * @param tf		its registers; with IDT_PF tf_addr and tf_err, and the
 *			program's own page table has refused
 * @param vector	IDT_*
 * @return		false: no program can raise it
 */
bool
user_trap_signal(struct lwp *lp, struct trapframe *tf, u_int vector)
{
	int sig = vector < IDT_EXCEPTIONS ? user_signals[vector].sig : 0;

	tf->tf_trapno = user_trapno(vector);
	if (vector == IDT_PF) {
		user_fault_signal(
		    lp, tf, (tf->tf_err & PGEX_P) != 0 ? EACCES : EFAULT);
		return (true);
	}
	if (sig == 0)
		return (false);
	if (vector == IDT_GP && lp->lwp_proc->p_sysent == &elf64_linux_sysvec)
		sig = SIGSEGV;
	/* Else the handler's first x87 instruction would be the next one. */
	if (vector == IDT_MF)
		__asm __volatile("fnclex");
	user_fault(lp, tf, sig, user_signals[vector].code, tf->tf_rip);
	return (true);
}

/*
 * Gives an exception of a vkernel's process to the vkernel; false: it is the
 * program's own, or the host's affair.  A page fault looks as it would if the
 * vkernel's table were the processor's: a right is missing, or the page is.
 */
static bool
vkernel_exception(struct lwp *lp, struct trapframe *tf, u_int vector, int error)
{
	int trapno = user_trapno(vector);

	if (__predict_true(!VKERNEL_RUNS(lp)) || trapno == 0 || error == ENOMEM)
		return (false);
	tf->tf_trapno = trapno;
	if (vector == IDT_PF)
		tf->tf_err = (tf->tf_err & ~(register_t)PGEX_P) |
		    (error == EACCES ? PGEX_P : 0);
	vkernel_trap(lp, tf);
	return (true);
}

/**
 * An exception of a program.  May sleep.
 * @param tf		its registers; tf_addr and tf_err of a page fault
 * @param vector	IDT_*
 */
void
user_exception(struct trapframe *tf, u_int vector)
{
	struct lwp *lp = curlwp;
	int error = 0;

	if (vector == IDT_PF) {
		tf->tf_trapno = T_PAGEFLT;
		error = user_page_fault(tf);
		if (error == 0)
			return;
	}
	if (vkernel_exception(lp, tf, vector, error))
		return;
	if (vector == IDT_PF)
		user_fault_signal(lp, tf, error);
	else if (!user_trap_signal(lp, tf, vector))
		trap_fatal(tf, vector);
}

/**
 * Takes the signals that have come for a thread.  May sleep, or end it.
 * @param lp	the calling thread
 */
void
take_signals(struct lwp *lp)
{
	int sig;

	if ((lp->lwp_mpflags & (LWP_MP_SIGPEND | LWP_MP_WEXIT)) == 0)
		return;
	lwkt_gettoken(&mp_token);
	while ((sig = issignal(lp)) != 0)
		postsig(lp, sig);
	lwkt_reltoken(&mp_token);
}

/* A program has jumped out of its half of the addresses. */
static void
bad_rip(struct lwp *lp, struct trapframe *tf)
{
	tf->tf_addr = tf->tf_rip;
	tf->tf_err = PGEX_U | PGEX_I;
	if (vkernel_exception(lp, tf, IDT_PF, EFAULT))
		return;
	tf->tf_rip &= VM_MAX_USER_ADDRESS - 1;
	user_fault(lp, tf, SIGSEGV, SEGV_MAPERR, tf->tf_rip);
}

/* tag::userret[] */
/**
 * Does what has to be done before user mode: signals, other threads' turns.
 * @param lp	the calling thread
 * @param tf	its registers
 */
void
userret(struct lwp *lp, struct trapframe *tf)
{
	lp->lwp_md_regs = tf;
	/* No such address: IRET would fault in the kernel. */
	if ((u_long)tf->tf_rip >= VM_MAX_USER_ADDRESS)
		bad_rip(lp, tf);
	take_signals(lp);
	usched_userret(lp);
}
/* end::userret[] */

/* tag::return[] */
/**
 * The last C code before user mode.  Called and returns with interrupts off;
 * nothing remains to be done then.
 * @param tf	registers of the current thread
 */
void
trap_return_user(struct trapframe *tf)
{
	struct thread *td = curthread;
	struct lwp *lp = td->td_lwp;

	KASSERT(td->td_ntokens == 0,
	    ("trap_return_user: %s holds a token", td->td_comm));
	while ((mycpu->gd_reqflags & RQF_AST_MASK) != 0 ||
	    (lp->lwp_mpflags & (LWP_MP_SIGPEND | LWP_MP_WEXIT)) != 0 ||
	    td->td_pri != lp->lwp_priority ||
	    (u_long)tf->tf_rip >= VM_MAX_USER_ADDRESS) {
		if ((mycpu->gd_reqflags & RQF_AST_SIGNAL) != 0)
			__atomic_fetch_and(&mycpu->gd_reqflags, ~RQF_AST_SIGNAL,
			    __ATOMIC_SEQ_CST);
		intr_enable();
		userret(lp, tf);
		intr_disable();
	}
}
/* end::return[] */
