/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Into a process of this kernel.
 */
#include <sys/syscall.h>
#include <machine/run_offsets.h>

	.text
	/*
	 * int vk_run(void *id, int cmd, struct trapframe *tf,
	 *     struct vextframe *vf)
	 *
	 * vmspace_ctl(2), unless an interrupt has come since gd_restart was
	 * cleared: then there may be something to do first.  An interrupt
	 * between the comparison and the system call goes to vk_run_abort.
	 * Returns 0, or minus errno.
	 */
	/* tag::run[] */
	.globl	vk_run, vk_run_check, vk_run_end, vk_run_abort
	.type	vk_run, @function
vk_run:
	movl	$SYS_vmspace_ctl, %eax
	movq	%rcx, %r10
vk_run_check:
	cmpl	$0, %gs:GD_RESTART
	jne	vk_run_abort
	syscall
vk_run_end:
	jnc	1f
	negq	%rax
1:	ret
vk_run_abort:
	movl	$-RUN_EINTR, %eax
	ret
	.size	vk_run, . - vk_run
	/* end::run[] */
	.section .note.GNU-stack, "", @progbits
