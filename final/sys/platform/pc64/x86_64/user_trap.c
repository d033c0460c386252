/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Traps of a kernel that has a user mode.
 *
 * What a program does wrong becomes a signal.  What the kernel does wrong is a
 * panic, with one exception: a page fault on a user address while pcb_onfault
 * is set (support.S) is a fault of the program, and if it cannot be resolved
 * the copy ends with an error.
 *
 * What a process of a vkernel does is for the vkernel to see (VKERNEL_RUNS(),
 * sys/vkernel.h): no signal comes of it.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <cpu/cpufunc.h>
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

static int
page_fault(const struct trapframe *tf)
{
	struct vmspace *vm = current_vmspace();

	mycpu->gd_cnt_fault++;
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

static void
user_exception(struct trapframe *tf, u_int vector)
{
	struct lwp *lp = curlwp;
	int error = 0;

	if (vector == IDT_PF) {
		tf->tf_trapno = T_PAGEFLT;
		error = page_fault(tf);
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

/* The kernel's own trap: only a fault on user memory may be right. */
static void
kernel_exception(struct trapframe *tf, u_int vector)
{
	struct thread *td = curthread;

	if (vector == IDT_PF && td != NULL && td->td_pcb.pcb_onfault != 0 &&
	    (u_long)tf->tf_addr < VM_MAX_USER_ADDRESS &&
	    mycpu->gd_spinlocks == 0 && mycpu->gd_intr_depth == 0) {
		if (page_fault(tf) != 0)
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

/* Signals that have come for a thread. */
static void
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

/* Whether something is to be done before user mode.  Interrupts are off. */
static bool
has_work(const struct thread *td)
{
	return ((mycpu->gd_reqflags & RQF_AST_MASK) != 0 ||
	    (td->td_lwp->lwp_mpflags & (LWP_MP_SIGPEND | LWP_MP_WEXIT)) != 0 ||
	    td->td_pri != td->td_lwp->lwp_priority);
}

static bool
is_canonical(u_long va)
{
	return ((u_long)((long)(va << 16) >> 16) == va);
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
	while (__predict_false(has_work(td) || !is_canonical(tf->tf_rip))) {
		if ((mycpu->gd_reqflags & RQF_AST_SIGNAL) != 0)
			__atomic_fetch_and(&mycpu->gd_reqflags, ~RQF_AST_SIGNAL,
			    __ATOMIC_SEQ_CST);
		intr_enable();
		/* No such address: VM entry would fail. */
		if (!is_canonical(tf->tf_rip)) {
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
		if (user_signals[v].sig != 0 || v == IDT_PF)
			trap_handlers[v] = exception;
	idt_allow_user(IDT_BP);
	idt_allow_user(IDT_OF);
}
