/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The switch from one kernel stack to another.
 */
#include <machine/asm_offsets.h>

	.text
	/*
	 * void cpu_switch(struct thread *old, struct thread *new)
	 *
	 * Interrupts off.  What C keeps over a call goes to the old stack; the
	 * return is to wherever the new thread called this.
	 */
	.globl	cpu_switch
cpu_switch:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, TD_SP(%rdi)
	movq	TD_SP(%rsi), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

	/* The first return of a new thread is to here. */
	.globl	cpu_thread_trampoline
cpu_thread_trampoline:
	xorl	%ebp, %ebp			/* ends every backtrace */
	call	lwkt_start
	ud2
	.section .note.GNU-stack, "", @progbits
