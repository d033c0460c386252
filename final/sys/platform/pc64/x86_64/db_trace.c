/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The way that led here, with names.
 *
 * Frame pointers form a list; the symbols are the kernel's own ELF symbol
 * table, which the boot loader leaves in memory (Multiboot2 tag "ELF
 * symbols").  This code runs when something is already wrong, so it follows
 * nothing that it has not checked to be mapped.
 */
#include <sys/systm.h>
#include <cpu/db_sym.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>

#define MAXFRAMES 24

static struct db_symtab symtab;

/**
 * Remembers where the symbols are.  Without them a trace shows numbers.
 * @param info	parsed boot information
 */
void
db_symtab(const struct mb2_info *info)
{
	vm_paddr_t end = BOOT_MAPPED;

	if (info->symtab == 0 || info->strtab == 0 || info->symtab >= end ||
	    info->symtab_size > end - info->symtab || info->strtab >= end ||
	    info->strtab_size > end - info->strtab || info->strtab_size == 0)
		return;
	symtab = (struct db_symtab){ .syms = PHYS_TO_DMAP(info->symtab),
		.nsyms = info->symtab_size / sizeof(struct elf64_sym),
		.strings = PHYS_TO_DMAP(info->strtab),
		.strsize = info->strtab_size,
		.text_start = (vm_offset_t)text_start,
		.text_end = (vm_offset_t)text_end };
	if (symtab.strings[symtab.strsize - 1] != '\0')
		symtab.nsyms = 0;
}

/**
 * Finds the function that contains an address.
 * @param addr		kernel text address
 * @param offset	distance from the function's start, set on success
 * @return		its name, or NULL
 */
const char *
db_symbol(vm_offset_t addr, vm_offset_t *offset)
{
	return (db_sym_find(&symtab, addr, offset));
}

/* Whether two words can be read at va. */
static bool
frame_readable(vm_offset_t va)
{
	vm_paddr_t pa;

	return (va % 8 == 0 && pmap_kextract(va, &pa) &&
	    pmap_kextract(va + 15, &pa));
}

/**
 * Prints the call chain, innermost function first, at most 24 frames.
 * @param rip	address in the innermost function
 * @param rbp	its frame pointer
 */
void
db_backtrace(vm_offset_t rip, vm_offset_t rbp)
{
	vm_offset_t next;

	kprintf("backtrace:\n");
	db_sym_print(&symtab, 0, rip);
	for (u_int n = 1; n < MAXFRAMES && frame_readable(rbp); n++) {
		next = ((vm_offset_t *)rbp)[0];
		rip = ((vm_offset_t *)rbp)[1];
		if (rip == 0)
			break;
		/* The call is the instruction before the return address. */
		db_sym_print(&symtab, n, rip - 1);
		if (next <= rbp) /* stacks grow down: no loops */
			break;
		rbp = next;
	}
}
