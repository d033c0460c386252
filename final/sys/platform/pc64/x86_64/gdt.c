/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Segments: in 64-bit mode they carry rights only, and the task-state
 * segment carries the stacks that exceptions switch to.
 */
#include <sys/systm.h>
#include <cpu/segments.h>
#include <machine/md_var.h>

#define IST_STACK 4096

/* Code and data descriptors: present, base 0; L for code. */
#define SEG_KCODE 0x00209b0000000000
#define SEG_KDATA 0x0000930000000000
#define SEG_UDATA 0x0000f30000000000
#define SEG_UCODE 0x0020fb0000000000

static uint64_t gdt[GDT_ENTRIES];
static struct x86_64tss tss;
/* Own stacks for #DF (a kernel stack overflow arrives as one), NMI, #MC. */
static uint8_t ist_stacks[3][IST_STACK] __aligned(16);

/* A system descriptor has 16 bytes: the TSS takes two entries. */
static void
gdt_set_tss(const struct x86_64tss *t)
{
	uint64_t base = (uintptr_t)t;
	uint64_t low;

	low = sizeof(*t) - 1;
	low |= (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	low |= (uint64_t)(0x80 | SDT_SYSTSS) << 40;
	gdt[TSS_SEL / 8] = low;
	gdt[TSS_SEL / 8 + 1] = base >> 32;
}

static void
gdt_load(void)
{
	struct region_descriptor r = { sizeof(gdt) - 1, (uintptr_t)gdt };

	__asm __volatile(
	    "lgdt %0\n\t"
	    "pushq %1\n\t"
	    "leaq 1f(%%rip), %%rax\n\t"
	    "pushq %%rax\n\t"
	    "lretq\n"
	    "1:\tmovl %2, %%eax\n\t"
	    "movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%ss\n\t"
	    "ltr %w3"
	    :
	    : "m"(r), "i"(KCODE_SEL), "i"(KDATA_SEL), "r"(TSS_SEL)
	    : "rax", "memory");
}

/** Builds and loads this processor's GDT and TSS. */
void
gdt_init(void)
{
	gdt[KCODE_SEL / 8] = SEG_KCODE;
	gdt[KDATA_SEL / 8] = SEG_KDATA;
	gdt[UDATA_SEL / 8] = SEG_UDATA;
	gdt[UCODE_SEL / 8] = SEG_UCODE;
	tss.tss_iobase = sizeof(tss);
	for (u_int i = 0; i < nitems(ist_stacks); i++)
		tss.tss_ist[i] = (uintptr_t)ist_stacks[i] + IST_STACK;
	gdt_set_tss(&tss);
	gdt_load();
}

/** @return linear address of this processor's TSS */
vm_offset_t
gdt_tss(void)
{
	return ((vm_offset_t)&tss);
}
