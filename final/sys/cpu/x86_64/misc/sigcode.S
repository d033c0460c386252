/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a native program runs after a handler has returned: a page of it is at
 * SIGCODE_ADDRESS in every process, and sendsig() makes that the handler's
 * return address.  Position-independent; here it is only data.
 *
 *	rsp	just above the return address in the frame
 *
 * sigreturn() comes back only if it refuses the frame; there is nothing to go
 * on with then.
 */
#include <sys/syscall.h>
#include <machine/asm_offsets.h>

	.section .rodata
	.globl	sigcode, sigcode_end
	.balign	16
sigcode:
	leaq	SIGCODE_UC(%rsp), %rdi
	movl	$SYS_sigreturn, %eax
	syscall
	ud2
sigcode_end:

	.section .note.GNU-stack, "", @progbits
