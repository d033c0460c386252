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
#include <machine/acpi.h>
#include <machine/multiboot2.h>

struct globaldata;

/* --- kernel.ld --- */
extern char kernel_start[], kernel_end[], text_start[], text_end[],
    rodata_start[], rodata_end[], data_start[];

/* --- boot/boot.S --- */
extern char boot_stack_guard[], boot_stack_top[];

/* --- x86_64/machdep.c --- */
extern struct mb2_info boot_info;
extern vm_paddr_t low_page;
struct acpi_tables boot_acpi(void);
void pc64_init(vm_paddr_t info) __dead2;
int main(void);

/** @cond host */
/* --- x86_64/host_machdep.c: Damselfly only --- */
/** @return the n-th file that the boot loader brought, NULL if there is none */
void *md_preload(u_int n, size_t *size, const char **name);
const char *md_bootargs(void);
/** @endcond */

/* --- x86_64/gdt.c --- */
void gdt_init(void);
void gdt_init_cpu(struct globaldata *gd);
vm_offset_t gdt_tss(void);
void gdt_restore_limit(void);

/* --- x86_64/i8259.c --- */
void i8259_mask(void);

/* --- x86_64/trap.c --- */
/** Serves one vector; see trap_handlers. */
typedef void trap_handler_t(struct trapframe *tf, u_int vector);
extern trap_handler_t *trap_handlers[];
void idt_init(void);
void idt_load(void);
void idt_allow_user(u_int vector);
void trap(struct trapframe *tf, u_int vector);
void trap_fatal(struct trapframe *tf, u_int vector) __dead2;

/* --- x86_64/pmap.c --- */
void pmap_bootstrap(vm_paddr_t physmem_end, bool (*take)(vm_paddr_t *pa));
bool pmap_kextract(vm_offset_t va, vm_paddr_t *pa);
vm_paddr_t pmap_page_alloc(void);
void pmap_page_free(vm_paddr_t pa);

/* --- x86_64/pmap_dev.c --- */
volatile void *pmap_mapdev(vm_paddr_t pa, size_t size);

/* --- x86_64/db_trace.c --- */
void db_symtab(const struct mb2_info *info);
const char *db_symbol(vm_offset_t addr, vm_offset_t *offset);
void db_backtrace(vm_offset_t rip, vm_offset_t rbp);

#endif
