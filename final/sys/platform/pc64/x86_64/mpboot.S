/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a start-up IPI to C: the way of boot.S again, from 16-bit real mode.
 *
 * The trampoline, up to mpboot_end, is copied to a page below 1 MB and runs
 * there: the start-up IPI says which page, and that is all the processor has
 * (CS = page / 16, IP = 0).  So nothing in it is an absolute address of its
 * own; EBX is where the page is, and what must be absolute is computed.  What
 * it stores is the same each time, since all processors run one copy.
 *
 * boot.S's tables serve again for the switch to long mode: they map the page
 * where it is and the kernel at KERNBASE, and they lie below 4 GB, where
 * 32-bit code can load them.
 */
#include <cpu/segments.h>
#include <machine/globaldata.h>

#define REL(symbol)	((symbol) - mpboot_start)
#define CODE32_SEL	0x18
#define CR0_PE		0x00000001
#define CR0_CD_NW	0x60000000
#define CR0_PG_WP_NE	0x80010020
#define CR4_PAE		0x00000020
#define EFER		0xc0000080
#define EFER_LME	0x00000100

	/* tag::trampoline[] */
	.section .rodata
	.balign 16
	.globl	mpboot_start, mpboot_end
mpboot_start:
	.code16
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %ebx
	shll	$4, %ebx
	leal	REL(mpboot_gdt)(%ebx), %eax
	movl	%eax, REL(mpboot_gdtr) + 2
	leal	REL(mpboot_32)(%ebx), %eax
	movl	%eax, REL(mpboot_far32)
	lgdtl	REL(mpboot_gdtr)
	movl	%cr0, %eax
	andl	$~CR0_CD_NW, %eax		/* set by INIT */
	orl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	*REL(mpboot_far32)

	.code32
mpboot_32:
	movl	$KDATA_SEL, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_WP_NE, %eax
	movl	%eax, %cr0
	leal	REL(mpboot_64)(%ebx), %eax
	movl	%eax, REL(mpboot_far64)(%ebx)
	ljmpl	*REL(mpboot_far64)(%ebx)

	.code64
mpboot_64:
	movq	$mpboot_high, %rax
	jmp	*%rax

	.balign 8
mpboot_gdt:
	.quad	0
	.quad	0x00af9b000000ffff		/* KCODE_SEL */
	.quad	0x00cf93000000ffff		/* KDATA_SEL */
	.quad	0x00cf9b000000ffff		/* CODE32_SEL */
mpboot_gdtr:
	.short	. - mpboot_gdt - 1
	.long	0
mpboot_far32:
	.long	0
	.short	CODE32_SEL
mpboot_far64:
	.long	0
	.short	KCODE_SEL
mpboot_end:
	/* end::trampoline[] */

	/*
	 * At KERNBASE.  What makes the rights in the kernel's tables count
	 * comes before the tables: a reserved bit there would be a fault.
	 */
	.text
mpboot_high:
	movl	$EFER, %ecx
	movq	mpboot_efer(%rip), %rax
	movq	%rax, %rdx
	shrq	$32, %rdx
	wrmsr
	movq	mpboot_cr3(%rip), %rax
	movq	%rax, %cr3
	movq	mpboot_cr0(%rip), %rax
	movq	%rax, %cr0
	movq	mpboot_cr4(%rip), %rax
	movq	%rax, %cr4
	/* Who comes too late finds nothing here, and has no stack. */
	xorl	%edi, %edi
	xchgq	%rdi, mpboot_gd(%rip)
	testq	%rdi, %rdi
	jz	1f
	movq	GD_STACK_TOP(%rdi), %rsp
	xorl	%ebp, %ebp			/* ends every backtrace */
	call	mp_ap_main
1:	cli
	hlt
	jmp	1b

	.bss
	.balign 8
	.globl	mpboot_cr0, mpboot_cr3, mpboot_cr4, mpboot_efer, mpboot_gd
mpboot_cr0:	.skip	8
mpboot_cr3:	.skip	8
mpboot_cr4:	.skip	8
mpboot_efer:	.skip	8
mpboot_gd:	.skip	8
	.section .note.GNU-stack, "", @progbits
