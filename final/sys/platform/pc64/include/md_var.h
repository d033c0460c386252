/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prototypes of the bare-machine platform, grouped by file.
 */
#ifndef _MACHINE_MD_VAR_H_
#define _MACHINE_MD_VAR_H_

#include <sys/types.h>
#include <cpu/frame.h>
#include <cpu/pmap.h>
#include <machine/multiboot2.h>

/* --- kernel.ld --- */
extern char kernel_start[], kernel_end[], text_start[], text_end[],
    rodata_start[], rodata_end[], data_start[];

/* --- boot/boot.S --- */
extern char boot_stack_guard[], boot_stack_top[];

/* --- x86_64/machdep.c --- */
extern struct mb2_info boot_info;
void pc64_init(vm_paddr_t info) __dead2;
int main(void);

/* --- x86_64/gdt.c --- */
void gdt_init(void);
vm_offset_t gdt_tss(void);

/* --- x86_64/i8259.c --- */
void i8259_mask(void);

/* --- x86_64/lapic.c --- */
void lapic_quiet(void);

/* --- x86_64/trap.c --- */
void idt_init(void);
void trap(struct trapframe *tf, u_int vector);

/* --- x86_64/pmap.c --- */
void pmap_bootstrap(vm_paddr_t physmem_end, bool (*take)(vm_paddr_t *pa));
bool pmap_kextract(vm_offset_t va, vm_paddr_t *pa);
vm_paddr_t pmap_page_alloc(void);
void pmap_page_free(vm_paddr_t pa);

/* --- x86_64/db_trace.c --- */
void db_symtab(const struct mb2_info *info);
const char *db_symbol(vm_offset_t addr, vm_offset_t *offset);
void db_backtrace(vm_offset_t rip, vm_offset_t rbp);

/* --- x86_64/acpi_s5.c --- */

/** How to enter the soft-off state S5. */
struct acpi_s5 {
	uint32_t smi_cmd;    /**< port that hands ACPI over, or 0 */
	uint8_t acpi_enable; /**< value for smi_cmd */
	uint32_t pm1a_cnt;   /**< port of PM1a_CNT */
	uint32_t pm1b_cnt;   /**< port of PM1b_CNT, or 0 */
	uint16_t slp_typa;   /**< SLP_TYP for PM1a */
	uint16_t slp_typb;   /**< SLP_TYP for PM1b */
};

/** Maps `len` bytes of physical memory for reading, or returns NULL. */
typedef const void *acpi_map_t(void *arg, vm_paddr_t pa, size_t len);
const char *acpi_s5_find(const uint8_t *rsdp, size_t rsdp_size, acpi_map_t *map,
    void *arg, struct acpi_s5 *out);

#endif
