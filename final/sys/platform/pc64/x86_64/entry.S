/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ways into the kernel and out of it, with a user mode.
 *
 * GS base is the processor's data (struct globaldata) in the kernel; in user
 * mode it is the thread's, and SWAPGS exchanges the two.  A trap from user
 * mode swaps; one from the kernel must not.  NMI, double fault and machine
 * check may come between an entry and its SWAPGS, or between SWAPGS and the
 * way out: they have stacks of their own and look at GS base itself.
 *
 *     trap, interrupt   trap_entry(tf, vector)          iretq
 *     system call       syscall_entry(tf)               sysretq, if nothing
 *                                                       else is to be done
 *     new thread        user_return(tf)                 iretq
 *
 * The frame of an entry from user mode is always the topmost thing on the
 * thread's kernel stack.
 */
#include <cpu/frame_offsets.h>
#include <cpu/segments.h>
#include <machine/asm_offsets.h>

/* Vectors with an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX. */
#define HAS_ERROR_CODE(v) \
	((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || \
	 (v) == 29 || (v) == 30)
/* Vectors that may come anywhere. */
#define ANYWHERE(v)	((v) == 2 || (v) == 8 || (v) == 18)
#define MSR_GSBASE_	0xc0000101

/* A slot of the frame while only the vector has been pushed. */
#define EARLY(slot)	((slot) - TF_FLAGS)

	.macro	SAVE_REGS
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
	.endm

	.macro	RESTORE_REGS
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
	.endm

	/* The arguments of trap_entry(); SMAP counts again if there is any. */
	.macro	TRAP_ARGUMENTS
	movq	$0, TF_XFLAGS(%rsp)
	movq	$0, TF_TRAPNO(%rsp)
	movq	$0, TF_ADDR(%rsp)
	movq	TF_FLAGS(%rsp), %rsi
	movq	$0, TF_FLAGS(%rsp)
	movq	%rsp, %rdi
	cld
	cmpb	$0, cpu_smap(%rip)
	je	771f
	clac
771:
	.endm

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
	.if	ANYWHERE(vector)
	jmp	trap_anywhere
	.else
	jmp	alltraps
	.endif
	.set	vector, vector + 1
	.endr

	.balign 16
alltraps:
	testb	$3, EARLY(TF_CS)(%rsp)
	jz	1f
	swapgs
1:	subq	$TF_FLAGS, %rsp
	SAVE_REGS
	TRAP_ARGUMENTS
	call	trap_entry
	testb	$3, TF_CS(%rsp)
	jz	trap_return
user_leave:
	movq	%rsp, %rdi
	call	trap_return_user		/* interrupts off afterwards */
	RESTORE_REGS
	addq	$TF_RIP, %rsp
	swapgs
	iretq
trap_return:
	RESTORE_REGS
	addq	$TF_RIP, %rsp
	iretq

	.balign 16
trap_anywhere:
	subq	$TF_FLAGS, %rsp
	SAVE_REGS
	xorl	%ebx, %ebx
	movl	$MSR_GSBASE_, %ecx
	rdmsr
	testl	%edx, %edx			/* the kernel's is negative */
	js	1f
	swapgs
	incl	%ebx
1:	TRAP_ARGUMENTS
	call	trap_entry
	testl	%ebx, %ebx
	jz	trap_return
	swapgs
	jmp	trap_return

	/*
	 * SYSCALL: rip is in rcx, rflags in r11, rsp is still the user's.
	 * Interrupts are off by MSR_SF_MASK.
	 */
	.balign 16
	.globl	syscall_vector
syscall_vector:
	swapgs
	movq	%rsp, %gs:GD_USER_RSP
	movq	%gs:GD_KSTACK_TOP, %rsp
	subq	$TF_SIZE, %rsp
	movq	%rdi, TF_RDI(%rsp)
	movq	%rsi, TF_RSI(%rsp)
	movq	%rdx, TF_RDX(%rsp)
	movq	%r10, TF_RCX(%rsp)		/* argument 4 */
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
	movq	$0x81, TF_TRAPNO(%rsp)		/* T_FAST_SYSCALL */
	movq	$0, TF_ADDR(%rsp)
	movq	$0, TF_FLAGS(%rsp)
	movq	$2, TF_ERR(%rsp)		/* the instruction's length */
	movq	%rcx, TF_RIP(%rsp)
	movq	$UCODE_SEL, TF_CS(%rsp)
	movq	%r11, TF_RFLAGS(%rsp)
	movq	%gs:GD_USER_RSP, %rcx
	movq	%rcx, TF_RSP(%rsp)
	movq	$UDATA_SEL, TF_SS(%rsp)
	sti
	movq	%rsp, %rdi
	/* tag::back[] */
	call	syscall_entry
	cli
	/* Straight back only if it says so and nothing has come since. */
	testl	%eax, %eax
	jz	user_leave
	testl	$ASM_AST_MASK, %gs:GD_REQFLAGS
	jnz	user_leave
	movq	%gs:GD_CURTHREAD, %rax
	movq	TD_LWP(%rax), %rax
	testl	$ASM_MP_MASK, LWP_MPFLAGS(%rax)
	jnz	user_leave
	movq	TF_RDI(%rsp), %rdi
	movq	TF_RSI(%rsp), %rsi
	movq	TF_RDX(%rsp), %rdx
	movq	TF_R8(%rsp), %r8
	movq	TF_R9(%rsp), %r9
	movq	TF_R10(%rsp), %r10
	movq	TF_RAX(%rsp), %rax
	movq	TF_RIP(%rsp), %rcx
	movq	TF_RFLAGS(%rsp), %r11
	movq	TF_RSP(%rsp), %rsp
	swapgs
	sysretq
	/* end::back[] */

	/* 32-bit code has no system calls here. */
	.globl	syscall32_vector
syscall32_vector:
	movl	$-78, %eax			/* ENOSYS */
	sysretl

	/* void user_return(struct trapframe *tf) */
	.globl	user_return
user_return:
	cli
	movq	%rdi, %rsp
	jmp	user_leave
	.section .note.GNU-stack, "", @progbits
