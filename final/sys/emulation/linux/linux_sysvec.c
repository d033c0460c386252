/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The Linux interface as a whole: what imgact_elf.c chooses for a program for
 * Linux, and the way of a system call.
 *
 * Number in rax; arguments in rdi, rsi, rdx, r10, r8, r9, which entry.S has
 * put in this order at the beginning of the frame; the result, or an error
 * number below 0, in rax.  All other registers but rcx and r11 stay.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include "linux_conv.h"
#include "linux_var.h"

extern const struct sysent linux_sysent[];
extern const u_int linux_sysent_size;

int linux_debug;
SYSCTL_NODE(linux, "linux", OID_AUTO, "Linux programs");
SYSCTL_INT(linux_debug, "linux.debug", CTLFLAG_RW, &linux_debug,
    "Log system calls: 1 those that are missing, 2 all, with results");

/* linux.debug=2: what a call was given (unless it has changed its
 * own registers) and what became of it. */
static void
trace(const struct proc *p, u_long code, const struct trapframe *tf,
    const struct sysmsg *sysmsg, int error)
{
	if (code >= linux_sysent_size || linux_sysent[code].sy_name == NULL)
		return;
	kprintf("linux: pid %d (%s): %s(%#lx, %#lx, %#lx, %#lx) = ", p->p_pid,
	    p->p_comm, linux_sysent[code].sy_name, tf->tf_rdi, tf->tf_rsi,
	    tf->tf_rdx, tf->tf_rcx);
	if (error == 0)
		kprintf("%#lx\n", sysmsg->sysmsg_reg[0]);
	else
		kprintf("error %d\n", error);
}

/* One that is not in the table. */
static int
linux_nosys(struct lwp *lp, u_long code)
{
	struct proc *p = lp->lwp_proc;

	if (linux_debug != 0)
		kprintf("linux: pid %d (%s): system call %lu is missing\n",
		    p->p_pid, p->p_comm, code);
	return (ENOSYS);
}

static int
dispatch(struct lwp *lp, struct trapframe *tf, struct sysmsg *sysmsg)
{
	u_long code = (u_int)tf->tf_rax;
	const struct sysent *sy;
	int error;

	if (code >= linux_sysent_size ||
	    (sy = &linux_sysent[code])->sy_call == NULL)
		return (linux_nosys(lp, code));
	if ((sy->sy_flags & SYF_MPSAFE) != 0)
		return (sy->sy_call(sysmsg, &tf->tf_rdi));
	lwkt_gettoken(&mp_token);
	error = sy->sy_call(sysmsg, &tf->tf_rdi);
	lwkt_reltoken(&mp_token);
	return (error);
}

/* tag::syscall[] */
/**
 * A system call of a Linux program.
 * @param lp	the calling thread
 * @param tf	its registers
 */
static void
linux_syscall(struct lwp *lp, struct trapframe *tf)
{
	struct sysmsg sysmsg = { .sm_frame = tf };
	register_t code = tf->tf_rax;
	int error;

	error = dispatch(lp, tf, &sysmsg);
	if (__predict_false(linux_debug > 1))
		trace(lp->lwp_proc, (u_int)code, tf, &sysmsg, error);
	switch (error) {
	case 0:
		tf->tf_rax = sysmsg.sysmsg_reg[0];
		break;
	case ERESTART:
		tf->tf_rax = code;
		tf->tf_rip -= tf->tf_err;
		tf->tf_trapno = 0; /* not by SYSRET */
		break;
	case EJUSTRETURN:
		tf->tf_trapno = 0;
		break;
	default:
		tf->tf_rax = -(register_t)linux_errno(error);
		break;
	}
}
/* end::syscall[] */

/**
 * Registers at the start of a program: rdx is what it calls at its end, 0 for
 * nothing.
 * @param lp	the calling thread
 * @param entry	first instruction
 * @param sp	stack pointer
 */
static void
linux_setregs(struct lwp *lp, vm_offset_t entry, vm_offset_t sp)
{
	exec_setregs(lp, entry, sp);
	lp->lwp_md_regs->tf_rdi = 0;
	lp->lwp_clear_tid = 0;
}

/** Programs for Linux. */
struct sysentvec elf64_linux_sysvec = {
	.sv_name = "Linux ELF64",
	.sv_table = linux_sysent,
	.sv_sendsig = linux_sendsig,
	.sv_syscall = linux_syscall,
	.sv_copyout_strings = linux_copyout_strings,
	.sv_setregs = linux_setregs,
	.sv_osrelease = "6.1.0-damselfly",
};
