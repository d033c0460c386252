/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accesses to the memory of the current process: the instructions themselves.
 *
 * copyio.c has checked the addresses and set pcb_onfault to user_fault.  A
 * fault that vm_fault() cannot resolve then goes on there, with the stack as
 * it was: so nothing here pushes anything, and every function can be left by
 * the same three instructions.
 *
 * With SMAP user pages are out of reach unless AC is set.  AC is set and
 * cleared here and nowhere else; an exception keeps it, IRETQ restores it.
 */
#define EFAULT 14

	.data
	.globl	cpu_smap
cpu_smap:
	.byte	0

	.text
	.macro	USER_BEGIN
	cmpb	$0, cpu_smap(%rip)
	je	1f
	stac
1:
	.endm

	.macro	USER_END
	cmpb	$0, cpu_smap(%rip)
	je	1f
	clac
1:
	.endm

	/* int: where a fault ends */
	.globl	user_fault
user_fault:
	USER_END
	movl	$EFAULT, %eax
	ret

	/* int user_copy(void *dst, const void *src, size_t len) */
	.globl	user_copy
user_copy:
	movq	%rdx, %rcx
	USER_BEGIN
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	USER_END
	xorl	%eax, %eax
	ret

	/* int user_zero(void *dst, size_t len) */
	.globl	user_zero
user_zero:
	movq	%rsi, %rcx
	xorl	%eax, %eax
	USER_BEGIN
	shrq	$3, %rcx
	rep stosq
	movl	%esi, %ecx
	andl	$7, %ecx
	rep stosb
	USER_END
	xorl	%eax, %eax
	ret

	/*
	 * int user_str(char *dst, const char *src, size_t len, size_t *left)
	 *
	 * Copies up to and with the NUL, at most len bytes; *left is in the
	 * kernel, and is what remains of len.  1: there was no NUL.
	 */
	.globl	user_str
user_str:
	movq	%rcx, %r8
	movq	%rdx, %rcx
	USER_BEGIN
	movl	$1, %edx
	jrcxz	3f
2:	lodsb
	stosb
	decq	%rcx
	testb	%al, %al
	je	4f
	testq	%rcx, %rcx
	jne	2b
	jmp	3f
4:	xorl	%edx, %edx
3:	USER_END
	movq	%rcx, (%r8)
	movl	%edx, %eax
	ret

	/* int user_fetch32(const void *src, uint32_t *val) */
	.globl	user_fetch32
user_fetch32:
	USER_BEGIN
	movl	(%rdi), %edx
	USER_END
	movl	%edx, (%rsi)
	xorl	%eax, %eax
	ret

	/* int user_fetch64(const void *src, uint64_t *val) */
	.globl	user_fetch64
user_fetch64:
	USER_BEGIN
	movq	(%rdi), %rdx
	USER_END
	movq	%rdx, (%rsi)
	xorl	%eax, %eax
	ret

	/* int user_store8(void *dst, uint8_t val) */
	.globl	user_store8
user_store8:
	USER_BEGIN
	movb	%sil, (%rdi)
	USER_END
	xorl	%eax, %eax
	ret

	/* int user_store32(void *dst, uint32_t val) */
	.globl	user_store32
user_store32:
	USER_BEGIN
	movl	%esi, (%rdi)
	USER_END
	xorl	%eax, %eax
	ret

	/* int user_store64(void *dst, uint64_t val) */
	.globl	user_store64
user_store64:
	USER_BEGIN
	movq	%rsi, (%rdi)
	USER_END
	xorl	%eax, %eax
	ret

	/*
	 * int user_cas32(void *dst, uint32_t old, uint32_t *seen, uint32_t new)
	 */
	.globl	user_cas32
user_cas32:
	movl	%esi, %eax
	USER_BEGIN
	lock cmpxchgl %ecx, (%rdi)
	USER_END
	movl	%eax, (%rdx)
	xorl	%eax, %eax
	ret
	.section .note.GNU-stack, "", @progbits
