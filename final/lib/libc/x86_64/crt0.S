/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a program begins, and the note that makes it a native one.
 *
 * The stack at the entry is System V's: argc, arguments, NULL, environment,
 * NULL, auxiliary vector.
 */
	.section .note.ABI-tag, "a", @note
	.balign	4
	.long	2f - 1f
	.long	4
	.long	1			/* NT_DFBSD_ABI_TAG */
1:	.asciz	"DragonFly"
2:	.balign	4
	.long	600000			/* version of the interface */

	.text
	.globl	_start
	.type	_start, @function
_start:
	xorl	%ebp, %ebp		/* the outermost frame */
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	__libc_start
	ud2
	.size	_start, . - _start

	.section .note.GNU-stack, "", @progbits
