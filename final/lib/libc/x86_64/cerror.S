/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the stubs of system calls go with an error: errno is %rax, the result
 * -1.
 */
	.text
	.globl	__cerror
	.type	__cerror, @function
__cerror:
	movl	%eax, %fs:errno@tpoff
	movq	$-1, %rax
	ret
	.size	__cerror, . - __cerror

	.section .note.GNU-stack, "", @progbits
