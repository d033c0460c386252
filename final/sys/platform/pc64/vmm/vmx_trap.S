/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VM entry and VM exit.  SDM volume 3, "VM Entries" and "VM Exits".
 *
 * int vmx_enter(struct vmx_guest *guest, int launched)
 *
 *   in	    %rdi  guest, %esi  launched
 *   out    %eax  0 exit, 1 VMfailInvalid, 2 VMfailValid
 *   keeps  %rbx %rbp %r12-%r15 %rsp, as any C function
 *
 * The processor loads %rsp and %rip at an exit from VMCS_HOST_RSP and
 * VMCS_HOST_RIP; every other general register still holds the guest's value,
 * and the only thing of ours within reach is the stack.  On it, at the place
 * that %rsp will point to, lies the guest pointer:
 *
 *	return address
 *	%rbp %rbx %r12 %r13 %r14 %r15
 *	guest pointer			<- VMCS_HOST_RSP
 */
#include "vmx_trap.h"
#include "vmx_vmcs.h"

#define FAIL_INVALID	1		/* enum vmx_status */
#define FAIL_VALID	2

/* tag::enter[] */
	.text
	.balign	16
	.globl	vmx_enter
	.type	vmx_enter, @function
vmx_enter:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdi
	movl	$VMCS_HOST_RSP, %eax
	vmwrite	%rsp, %rax
	jbe	entry_failed			/* CF or ZF: no VMCS current */
load_guest:
	movq	VG_CR2(%rdi), %rax
	movq	%rax, %cr2

	/* MOV leaves the flags alone: ZF survives until the branch below. */
	testl	%esi, %esi
	movq	TF_RSI(%rdi), %rsi
	movq	TF_RDX(%rdi), %rdx
	movq	TF_RCX(%rdi), %rcx
	movq	TF_R8(%rdi), %r8
	movq	TF_R9(%rdi), %r9
	movq	TF_RAX(%rdi), %rax
	movq	TF_RBX(%rdi), %rbx
	movq	TF_RBP(%rdi), %rbp
	movq	TF_R10(%rdi), %r10
	movq	TF_R11(%rdi), %r11
	movq	TF_R12(%rdi), %r12
	movq	TF_R13(%rdi), %r13
	movq	TF_R14(%rdi), %r14
	movq	TF_R15(%rdi), %r15
	movq	TF_RDI(%rdi), %rdi
	jnz	1f
	.globl	vmx_entry_launch
vmx_entry_launch:
	vmlaunch
	jmp	entry_failed
	.globl	vmx_entry_resume
vmx_entry_resume:
1:	vmresume

	/* Only a failed entry comes here; the flags say how it failed. */
entry_failed:
	movl	$FAIL_INVALID, %eax
	jc	leave
	movl	$FAIL_VALID, %eax
	jmp	leave
	.size	vmx_enter, . - vmx_enter
/* end::enter[] */

	/* The same from where the last vmx_enter() was called from: at the
	 * same place of the stack, so that VMCS_HOST_RSP is right already. */
	.balign	16
	.globl	vmx_enter_same
	.type	vmx_enter_same, @function
vmx_enter_same:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdi
	jmp	load_guest
	.size	vmx_enter_same, . - vmx_enter_same

/* tag::exit[] */
	.balign	16
	.globl	vmx_exit
	.type	vmx_exit, @function
vmx_exit:
	xchgq	%rdi, (%rsp)			/* guest pointer for guest %rdi */
	movq	%rsi, TF_RSI(%rdi)
	movq	%rdx, TF_RDX(%rdi)
	movq	%rcx, TF_RCX(%rdi)
	movq	%r8, TF_R8(%rdi)
	movq	%r9, TF_R9(%rdi)
	movq	%rax, TF_RAX(%rdi)
	movq	%rbx, TF_RBX(%rdi)
	movq	%rbp, TF_RBP(%rdi)
	movq	%r10, TF_R10(%rdi)
	movq	%r11, TF_R11(%rdi)
	movq	%r12, TF_R12(%rdi)
	movq	%r13, TF_R13(%rdi)
	movq	%r14, TF_R14(%rdi)
	movq	%r15, TF_R15(%rdi)
	movq	(%rsp), %rax
	movq	%rax, TF_RDI(%rdi)
	movq	%cr2, %rax
	movq	%rax, VG_CR2(%rdi)
	xorl	%eax, %eax
leave:
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	vmx_exit, . - vmx_exit
/* end::exit[] */
	.section .note.GNU-stack, "", @progbits
