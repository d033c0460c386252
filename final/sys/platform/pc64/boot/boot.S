/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From GRUB's 32-bit protected mode to 64-bit C at KERNBASE.
 *
 * On entry (Multiboot2 Specification, "I386 machine state"): paging off,
 * %eax = MB2_BOOT_MAGIC, %ebx = physical address of the boot information.
 *
 * The tables built here map the first 4 GB three times with 2 MB pages: where
 * they are (this code runs there), at the DMAP, and the first of them at
 * KERNBASE.  They last until pmap_bootstrap() builds the real ones.
 */
#include <machine/multiboot2.h>
#include <machine/vmparam.h>
#include <cpu/segments.h>

#define PTE_TABLE	0x003		/* present, writable */
#define PTE_2MB		0x083		/* present, writable, large */
#define PML4_INDEX(va)	(((va) >> 39) & 511)
#define PDP_INDEX(va)	(((va) >> 30) & 511)

	.section .multiboot, "a"
	.balign 8
mb2_header:
	.long	MB2_HEADER_MAGIC
	.long	0				/* architecture: i386 */
	.long	mb2_header_end - mb2_header
	.long	-(MB2_HEADER_MAGIC + (mb2_header_end - mb2_header))
	.balign 8
	.short	6, 0				/* modules on page boundaries */
	.long	8
	.balign 8
	.short	0, 0				/* end of tags */
	.long	8
mb2_header_end:

	.section .boot.text, "ax"
	.code32
	.globl	start
start:
	cli
	cld
	movl	$boot_tables_end, %esp		/* a few words, before use */
	cmpl	$MB2_BOOT_MAGIC, %eax
	jne	not_multiboot

	/* Long mode and NX: CPUID 0x80000001 EDX bits 29 and 20. */
	pushl	%ebx
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	no_long_mode
	movl	%edx, %esi			/* bit 20 is used below */
	popl	%ebx

	/* Four page directories: 2048 pages of 2 MB. */
	movl	$boot_pd, %edi
	movl	$PTE_2MB, %eax
	xorl	%ecx, %ecx
1:	movl	%eax, (%edi,%ecx,8)
	movl	$0, 4(%edi,%ecx,8)
	addl	$0x200000, %eax
	incl	%ecx
	cmpl	$2048, %ecx
	jne	1b

	/* The directories appear in the low table and in the high one. */
	movl	$boot_pd + PTE_TABLE, %eax
	xorl	%ecx, %ecx
2:	movl	%eax, boot_pdp_low(,%ecx,8)
	addl	$4096, %eax
	incl	%ecx
	cmpl	$4, %ecx
	jne	2b
	movl	$boot_pd + PTE_TABLE, boot_pdp_high + PDP_INDEX(KERNBASE) * 8
	movl	$boot_pdp_low + PTE_TABLE, boot_pml4
	movl	$boot_pdp_low + PTE_TABLE, \
		boot_pml4 + PML4_INDEX(DMAP_MIN_ADDRESS) * 8
	movl	$boot_pdp_high + PTE_TABLE, boot_pml4 + PML4_INDEX(KERNBASE) * 8

	/* PAE and nothing else: firmware may have left five-level paging,
	 * PCIDs or CET on, and none of them survives the switch below. */
	movl	$0x20, %eax
	movl	%eax, %cr4
	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx		/* EFER */
	rdmsr
	orl	$0x100, %eax			/* LME */
	btl	$20, %esi
	jnc	3f
	orl	$0x800, %eax			/* NXE */
3:	wrmsr
	movl	%cr0, %eax
	andl	$~0x6000000c, %eax		/* no CD, NW, EM, TS */
	orl	$0x80010023, %eax		/* PG, WP, NE, MP, PE */
	movl	%eax, %cr0
	lgdt	boot_gdtr
	ljmp	$KCODE_SEL, $start64

	/* Too early for the console: a message on the serial line and VGA. */
not_multiboot:
	movl	$msg_multiboot, %esi
	jmp	complain
no_long_mode:
	movl	$msg_long_mode, %esi
complain:
	movl	$0xb8000, %edi
1:	lodsb
	testb	%al, %al
	jz	2f
	movb	$0x4f, %ah
	stosw
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b
msg_multiboot:
	.asciz	"boot: not started by a Multiboot2 boot loader\r\n"
msg_long_mode:
	.asciz	"boot: this processor has no 64-bit mode\r\n"

	.code64
start64:
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$KDATA_SEL, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movq	$start_high, %rax
	jmp	*%rax

	.balign 8
boot_gdt:
	.quad	0
	.quad	0x00af9b000000ffff		/* KCODE_SEL */
	.quad	0x00cf93000000ffff		/* KDATA_SEL */
boot_gdtr:
	.short	. - boot_gdt - 1
	.long	boot_gdt

	.section .boot.bss, "aw"
	.balign 4096
	.globl	boot_pml4
boot_pml4:	.fill	4096, 1, 0
boot_pdp_low:	.fill	4096, 1, 0
boot_pdp_high:	.fill	4096, 1, 0
boot_pd:	.fill	4 * 4096, 1, 0
boot_tables_end:

	.text
start_high:
	movq	$boot_stack_top, %rsp
	xorl	%ebp, %ebp			/* ends every backtrace */
	movl	%ebx, %edi
	call	pc64_init
	ud2				/* it does not return */

	.bss
	.balign 4096
	.globl	boot_stack_guard, boot_stack_top
boot_stack_guard:
	.skip	4096			/* left unmapped by pmap_bootstrap() */
	.skip	4 * 4096
boot_stack_top:
	.section .note.GNU-stack, "", @progbits
