/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Jumps out of functions.  What a function must leave as it was, and where it
 * returns to:
 *
 *     0 rbx  8 rbp  16 r12  24 r13  32 r14  40 r15  48 rsp  56 rip
 *     64 mxcsr  72 x87 control word  80 whether the mask is kept
 */
	.text

/* int sigsetjmp(sigjmp_buf env, int save) */
	.globl	sigsetjmp
	.type	sigsetjmp, @function
sigsetjmp:
	testl	%esi, %esi
	jz	_setjmp
/* int setjmp(jmp_buf env): with the mask of signals */
	.globl	setjmp
	.type	setjmp, @function
setjmp:
	pushq	%rdi
	call	__jmp_save_mask
	popq	%rdi
	movl	$1, 80(%rdi)
	jmp	1f
/* int _setjmp(jmp_buf env): without */
	.globl	_setjmp
	.type	_setjmp, @function
_setjmp:
	movl	$0, 80(%rdi)
1:	movq	%rbx, (%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	leaq	8(%rsp), %rax
	movq	%rax, 48(%rdi)
	movq	(%rsp), %rax
	movq	%rax, 56(%rdi)
	stmxcsr	64(%rdi)
	fnstcw	72(%rdi)
	xorl	%eax, %eax
	ret
	.size	_setjmp, . - _setjmp

/* void longjmp(jmp_buf env, int value) */
	.globl	longjmp, _longjmp, siglongjmp
	.type	longjmp, @function
longjmp:
_longjmp:
siglongjmp:
	cmpl	$0, 80(%rdi)
	je	1f
	pushq	%rdi
	pushq	%rsi
	subq	$8, %rsp
	call	__jmp_restore_mask
	addq	$8, %rsp
	popq	%rsi
	popq	%rdi
1:	ldmxcsr	64(%rdi)
	fldcw	72(%rdi)
	movq	(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	48(%rdi), %rsp
	movl	%esi, %eax
	testl	%eax, %eax
	jnz	2f
	incl	%eax			/* setjmp() returns 0 only itself */
2:	jmp	*56(%rdi)
	.size	longjmp, . - longjmp

	.section .note.GNU-stack, "", @progbits
