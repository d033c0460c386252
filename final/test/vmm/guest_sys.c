/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The stub behind guest_sys.h.  As in a C library the call has a return
 * address on its stack, and further arguments above that.  The carry flag is
 * set before every other call, so that neither value can be left over.
 */
#include <sys/types.h>
#include "guest_sys.h"

CTASSERT(__offsetof(struct guest_sys, arg) == 8);
CTASSERT(__offsetof(struct guest_sys, result) == 72);

static u_int guest_sys_carry __used;

__asm("	.globl	guest_sys\n"
      "guest_sys:\n"
      "	pushq	%rbx\n"
      "	movq	%rdi, %rbx\n"
      "	pushq	64(%rbx)\n" /* eighth argument */
      "	pushq	56(%rbx)\n" /* seventh */
      "	pushq	$0\n"	    /* in the place of a return address */
      "	movq	0(%rbx), %rax\n"
      "	movq	8(%rbx), %rdi\n"
      "	movq	16(%rbx), %rsi\n"
      "	movq	24(%rbx), %rdx\n"
      "	movq	32(%rbx), %r10\n"
      "	movq	40(%rbx), %r8\n"
      "	movq	48(%rbx), %r9\n"
      "	movq	$-1, %rcx\n"
      "	btcl	$0, guest_sys_carry(%rip)\n"
      "	syscall\n"
      "	movq	%rax, 72(%rbx)\n"
      "	movq	%rdx, 80(%rbx)\n"
      "	jc	1f\n"
      "	xorl	%eax, %eax\n"
      "1:	leaq	24(%rsp), %rsp\n"
      "	popq	%rbx\n"
      "	ret\n");
/* clang-format on */
