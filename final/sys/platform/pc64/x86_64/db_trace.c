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
#include <machine/md_var.h>
#include <machine/vmparam.h>

#define MAXFRAMES 24

/** Symbol of ELF64; facts from the ELF-64 Object File Format. */
struct elf64_sym {
	uint32_t st_name;
	uint8_t st_info, st_other;
	uint16_t st_shndx;
	uint64_t st_value, st_size;
};
CTASSERT(sizeof(struct elf64_sym) == 24);
#define STT_MASK   0xf
#define STT_FUNC   2
#define STT_NOTYPE 0

static const struct elf64_sym *db_syms;
static uint64_t db_nsyms;
static const char *db_strings;
static uint64_t db_strsize;

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
	db_syms = PHYS_TO_DMAP(info->symtab);
	db_nsyms = info->symtab_size / sizeof(*db_syms);
	db_strings = PHYS_TO_DMAP(info->strtab);
	db_strsize = info->strtab_size;
	if (db_strings[db_strsize - 1] != '\0')
		db_nsyms = 0;
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
	const struct elf64_sym *best = NULL, *s;
	u_int type;

	if (addr < (vm_offset_t)text_start || addr >= (vm_offset_t)text_end)
		return (NULL);
	for (uint64_t i = 0; i < db_nsyms; i++) {
		s = &db_syms[i];
		type = s->st_info & STT_MASK;
		if ((type != STT_FUNC && type != STT_NOTYPE) ||
		    s->st_value > addr || s->st_name >= db_strsize ||
		    s->st_value < (vm_offset_t)text_start)
			continue;
		/* Of two symbols at one address the function is better. */
		if (best == NULL || s->st_value > best->st_value ||
		    (s->st_value == best->st_value && type == STT_FUNC))
			best = s;
	}
	if (best == NULL)
		return (NULL);
	*offset = addr - best->st_value;
	return (db_strings + best->st_name);
}

static void
print_frame_line(u_int n, vm_offset_t rip)
{
	vm_offset_t offset;
	const char *name;

	name = db_symbol(rip, &offset);
	if (name != NULL)
		kprintf("  #%u %#lx at %s+%#lx\n", n, rip, name, offset);
	else
		kprintf("  #%u %#lx\n", n, rip);
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
	print_frame_line(0, rip);
	for (u_int n = 1; n < MAXFRAMES && frame_readable(rbp); n++) {
		next = ((vm_offset_t *)rbp)[0];
		rip = ((vm_offset_t *)rbp)[1];
		if (rip == 0)
			break;
		/* The call is the instruction before the return address. */
		print_frame_line(n, rip - 1);
		if (next <= rbp) /* stacks grow down: no loops */
			break;
		rbp = next;
	}
}
