/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry points of all 256 vectors.
 *
 * The processor has pushed ss, rsp, rflags, cs, rip and for some exceptions
 * an error code; the others push 0 in its place.  The vector's number goes
 * into the frame's unused tf_flags slot, and alltraps completes a struct
 * trapframe below it and calls trap(frame, vector).
 */
#include <cpu/frame_offsets.h>

/* Vectors with an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX. */
#define HAS_ERROR_CODE(v) \
	((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || \
	 (v) == 29 || (v) == 30)

	.text
	.balign 16
	.globl	trap_stubs
trap_stubs:					/* 16 bytes for each vector */
	.set	vector, 0
	.rept	256
	.balign	16
	.if	!(HAS_ERROR_CODE(vector))
	pushq	$0
	.endif
	pushq	$vector
	jmp	alltraps
	.set	vector, vector + 1
	.endr

	.balign 16
alltraps:
	subq	$TF_FLAGS, %rsp
	movq	%rdi, TF_RDI(%rsp)
	movq	%rsi, TF_RSI(%rsp)
	movq	%rdx, TF_RDX(%rsp)
	movq	%rcx, TF_RCX(%rsp)
	movq	%r8, TF_R8(%rsp)
	movq	%r9, TF_R9(%rsp)
	movq	%rax, TF_RAX(%rsp)
	movq	%rbx, TF_RBX(%rsp)
	movq	%rbp, TF_RBP(%rsp)
	movq	%r10, TF_R10(%rsp)
	movq	%r11, TF_R11(%rsp)
	movq	%r12, TF_R12(%rsp)
	movq	%r13, TF_R13(%rsp)
	movq	%r14, TF_R14(%rsp)
	movq	%r15, TF_R15(%rsp)
	movq	$0, TF_XFLAGS(%rsp)
	movq	TF_FLAGS(%rsp), %rsi
	movq	$0, TF_FLAGS(%rsp)
	movq	%rsp, %rdi
	cld
	call	trap
	movq	TF_RDI(%rsp), %rdi
	movq	TF_RSI(%rsp), %rsi
	movq	TF_RDX(%rsp), %rdx
	movq	TF_RCX(%rsp), %rcx
	movq	TF_R8(%rsp), %r8
	movq	TF_R9(%rsp), %r9
	movq	TF_RAX(%rsp), %rax
	movq	TF_RBX(%rsp), %rbx
	movq	TF_RBP(%rsp), %rbp
	movq	TF_R10(%rsp), %r10
	movq	TF_R11(%rsp), %r11
	movq	TF_R12(%rsp), %r12
	movq	TF_R13(%rsp), %r13
	movq	TF_R14(%rsp), %r14
	movq	TF_R15(%rsp), %r15
	addq	$TF_RIP, %rsp
	iretq
	.section .note.GNU-stack, "", @progbits
