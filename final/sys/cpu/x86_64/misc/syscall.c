/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls: from entry.S to the function in the table of the program's
 * interface, and back.
 *
 * The first six slots of a trapframe are the six register arguments in order,
 * so they are handed on where they are.  Only a call with more, or an indirect
 * one (numbers 0 and 198, the real number is the first argument) with more
 * than five, has its arguments gathered.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/proc.h>
#include <sys/syscall.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>

#define REGISTER_ARGS 6
#define MAX_ARGS      10

/* tag::finish[] */
/**
 * Puts the outcome of a system call into the registers: the carry flag tells
 * results from errors.
 * @param tf		registers of the caller
 * @param sysmsg	results
 * @param error		errno, 0, ERESTART or EJUSTRETURN
 */
void
syscall_finish(struct trapframe *tf, const struct sysmsg *sysmsg, int error)
{
	switch (error) {
	case 0:
		tf->tf_rax = sysmsg->sysmsg_reg[0];
		tf->tf_rdx = sysmsg->sysmsg_reg[1];
		tf->tf_rflags &= ~PSL_C;
		break;
	case ERESTART:
		tf->tf_rip -= tf->tf_err;
		tf->tf_r10 = tf->tf_rcx;
		break;
	case EJUSTRETURN:
		break;
	default:
		tf->tf_rax = error;
		tf->tf_rflags |= PSL_C;
		break;
	}
}
/* end::finish[] */

/* All arguments of a call in one place; EFAULT if the stack has them not. */
static int
gather_args(
    const struct trapframe *tf, u_int skip, u_int narg, register_t *args)
{
	u_int in_regs = REGISTER_ARGS - skip;

	memcpy(args, &tf->tf_rdi + skip, in_regs * sizeof(*args));
	return (copyin((const void *)(tf->tf_rsp + 8), args + in_regs,
	    (narg - in_regs) * sizeof(*args)));
}

/**
 * A native system call.
 * @param lp	the calling thread
 * @param tf	its registers
 */
void
syscall2(struct lwp *lp, struct trapframe *tf)
{
	register_t stack_args[MAX_ARGS];
	const void *args = &tf->tf_rdi;
	const struct sysent *sy;
	struct sysmsg sysmsg;
	u_long code = (u_int)tf->tf_rax;
	u_int skip = 0;
	int error = 0;

	if (code == SYS_syscall || code == SYS___syscall) {
		code = (u_int)tf->tf_rdi;
		args = &tf->tf_rsi;
		skip = 1;
	}
	sysmsg.sysmsg_reg[0] = 0;
	sysmsg.sysmsg_reg[1] = tf->tf_rdx;
	sysmsg.sysmsg_frame = tf;
	if (code >= sysent_size || (sy = &sysent[code])->sy_call == NULL) {
		lwkt_gettoken(&mp_token);
		lwpsignal(lp->lwp_proc, lp, SIGSYS);
		lwkt_reltoken(&mp_token);
		error = EINVAL;
	} else {
		KTR_LOG("system call %s", sy->sy_name, 0);
		if (__predict_false(sy->sy_narg > REGISTER_ARGS - skip)) {
			error = gather_args(tf, skip, sy->sy_narg, stack_args);
			args = stack_args;
		}
		if (error != 0) {
			;
		} else if ((sy->sy_flags & SYF_MPSAFE) != 0) {
			error = sy->sy_call(&sysmsg, args);
		} else {
			lwkt_gettoken(&mp_token);
			error = sy->sy_call(&sysmsg, args);
			lwkt_reltoken(&mp_token);
		}
	}
	/* Its registers may have been replaced: by execve, by sigreturn.  Those
	 * of a guest are freed memory after execve. */
	syscall_finish(tf, &sysmsg, error);
	KTR_LOG("end of system call: error %ld", error, 0);
	if (error == EJUSTRETURN || error == ERESTART)
		lp->lwp_md_regs->tf_trapno = 0;
}
