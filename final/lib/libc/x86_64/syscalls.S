/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System calls whose stubs are not like the others'.
 */
#include <sys/syscall.h>

	.text

/* pid_t __sys_fork(void): the kernel says 1 in %rdx to the child. */
	.globl	__sys_fork
	.type	__sys_fork, @function
__sys_fork:
	movl	$SYS_fork, %eax
	syscall
	jc	__cerror
	decl	%edx
	jnz	1f
	xorl	%eax, %eax
1:	ret
	.size	__sys_fork, . - __sys_fork

/*
 * pid_t vfork(void): the child returns on the parent's stack and calls other
 * functions, so the parent's return address must not be on it.
 */
	.globl	vfork
	.type	vfork, @function
vfork:
	popq	%rsi
	movl	$SYS_vfork, %eax
	syscall
	jc	2f
	decl	%edx
	jnz	1f
	xorl	%eax, %eax
1:	jmp	*%rsi
2:	pushq	%rsi
	jmp	__cerror
	.size	vfork, . - vfork

/* int pipe(int fds[2]), int pipe2(int fds[2], int flags): two results. */
	.globl	pipe
	.type	pipe, @function
pipe:
	movl	$SYS_pipe, %eax
	movq	%rdi, %r8
	jmp	1f
	.globl	pipe2
	.type	pipe2, @function
pipe2:
	movl	$SYS_pipe2, %eax
	movq	%rdi, %r8
	movl	%esi, %edi
1:	syscall
	jc	__cerror
	movl	%eax, (%r8)
	movl	%edx, 4(%r8)
	xorl	%eax, %eax
	ret
	.size	pipe2, . - pipe2

/* long syscall(long number, ...), for numbers that have no name. */
	.globl	syscall
	.type	syscall, @function
syscall:
	xorl	%eax, %eax
	movq	%rcx, %r10
	syscall
	jc	__cerror
	ret
	.size	syscall, . - syscall

	.globl	__syscall
	.type	__syscall, @function
__syscall:
	movl	$198, %eax
	movq	%rcx, %r10
	syscall
	jc	__cerror
	ret
	.size	__syscall, . - __syscall

	.section .note.GNU-stack, "", @progbits
