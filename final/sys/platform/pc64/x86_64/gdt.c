/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Segments: in 64-bit mode they carry rights only, and the task-state
 * segment carries the stacks that exceptions switch to.  Each processor has
 * its own, in its globaldata.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>

/* Code and data descriptors: present, base 0; L for code. */
#define SEG_KCODE 0x00209b0000000000
#define SEG_KDATA 0x0000930000000000
#define SEG_UDATA 0x0000f30000000000
#define SEG_UCODE 0x0020fb0000000000

#define GDT_LIMIT (GDT_ENTRIES * sizeof(uint64_t) - 1)

/* The processor that boots. */
static struct globaldata boot_gd;
static uint8_t boot_ist[IST_COUNT][PAGE_SIZE] __aligned(16);

/* A system descriptor has 16 bytes: the TSS takes two entries. */
static void
gdt_set_tss(uint64_t *gdt, const struct x86_64tss *t)
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
gdt_load(const uint64_t *gdt)
{
	struct region_descriptor r = { GDT_LIMIT, (uintptr_t)gdt };

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

/**
 * Builds and loads a processor's GDT and TSS, and points GS at its data.
 * Called by that processor; from then on it has a `mycpu`.
 * @param gd	gd_cpuid and the stacks are filled in
 */
void
gdt_init_cpu(struct globaldata *gd)
{
	gd->gd_self = gd;
	gd->gd_gdt[KCODE_SEL / 8] = SEG_KCODE;
	gd->gd_gdt[KDATA_SEL / 8] = SEG_KDATA;
	gd->gd_gdt[UDATA_SEL / 8] = SEG_UDATA;
	gd->gd_gdt[UCODE_SEL / 8] = SEG_UCODE;
	gd->gd_tss.tss_iobase = sizeof(gd->gd_tss);
	for (u_int i = 0; i < IST_COUNT; i++)
		gd->gd_tss.tss_ist[i] = gd->gd_ist[i];
	gdt_set_tss(gd->gd_gdt, &gd->gd_tss);
	gdt_load(gd->gd_gdt);
	wrmsr(MSR_GSBASE, (uintptr_t)gd);
}

/** Makes the processor that boots number 0, with its GDT and TSS. */
void
gdt_init(void)
{
	boot_gd.gd_stack = (vm_offset_t)boot_stack_guard + PAGE_SIZE;
	boot_gd.gd_stack_top = (vm_offset_t)boot_stack_top;
	for (u_int i = 0; i < IST_COUNT; i++)
		boot_gd.gd_ist[i] = (vm_offset_t)(boot_ist[i] + PAGE_SIZE);
	gdt_init_cpu(&boot_gd);
	globaldata_add(&boot_gd);
}

/**
 * Gives this processor's GDT its end back.  A VM exit has set the limit to
 * 64 KB, and what lies behind the table are not descriptors: a program could
 * load its selectors with the kernel's data, its own stack pointer among them.
 * The IDT needs nothing: no vector leads behind its 4 KB.
 */
void
gdt_restore_limit(void)
{
	struct region_descriptor r = { GDT_LIMIT, (uintptr_t)mycpu->gd_gdt };

	__asm __volatile("lgdt %0" : : "m"(r));
}

/** @return linear address of this processor's TSS */
vm_offset_t
gdt_tss(void)
{
	return ((vm_offset_t)&mycpu->gd_tss);
}
