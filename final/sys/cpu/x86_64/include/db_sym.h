/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Names of functions, from an ELF symbol table in memory; db_trace.c of each
 * platform knows where it is.
 */
#ifndef _CPU_DB_SYM_H_
#define _CPU_DB_SYM_H_

#include <sys/systm.h>

/** Symbol of ELF64; facts from the ELF-64 Object File Format. */
struct elf64_sym {
	uint32_t st_name;  /**< its name: offset in the strings */
	uint8_t st_info;   /**< STT_* and how it is bound */
	uint8_t st_other;  /**< who sees it */
	uint16_t st_shndx; /**< its section */
	uint64_t st_value; /**< its address */
	uint64_t st_size;  /**< its bytes */
};
CTASSERT(sizeof(struct elf64_sym) == 24);
#define STT_MASK   0xf
#define STT_FUNC   2
#define STT_NOTYPE 0

/** A kernel's symbols. */
struct db_symtab {
	const struct elf64_sym *syms; /**< the table */
	uint64_t nsyms;		      /**< entries; 0: there is none */
	const char *strings;	      /**< names, the last byte is 0 */
	uint64_t strsize;	      /**< bytes of them */
	vm_offset_t text_start;	      /**< code of the kernel: first byte */
	vm_offset_t text_end;	      /**< and end */
};

/**
 * Finds the function that contains an address.
 * @param tab		symbols
 * @param addr		any address
 * @param offset	distance from the function's start, set on success
 * @return		its name, or NULL
 */
static inline const char *
db_sym_find(const struct db_symtab *tab, vm_offset_t addr, vm_offset_t *offset)
{
	const struct elf64_sym *best = NULL, *s;
	u_int type;

	if (addr < tab->text_start || addr >= tab->text_end)
		return (NULL);
	for (uint64_t i = 0; i < tab->nsyms; i++) {
		s = &tab->syms[i];
		type = s->st_info & STT_MASK;
		if ((type != STT_FUNC && type != STT_NOTYPE) ||
		    s->st_value > addr || s->st_name >= tab->strsize ||
		    s->st_value < tab->text_start)
			continue;
		/* Of two symbols at one address the function is better. */
		if (best == NULL || s->st_value > best->st_value ||
		    (s->st_value == best->st_value && type == STT_FUNC))
			best = s;
	}
	if (best == NULL)
		return (NULL);
	*offset = addr - best->st_value;
	return (tab->strings + best->st_name);
}

/**
 * Prints a line of a backtrace.
 * @param tab	symbols
 * @param n	number of the frame
 * @param rip	where it is
 */
static inline void
db_sym_print(const struct db_symtab *tab, u_int n, vm_offset_t rip)
{
	vm_offset_t offset;
	const char *name = db_sym_find(tab, rip, &offset);

	if (name != NULL)
		kprintf("  #%u %#lx at %s+%#lx\n", n, rip, name, offset);
	else
		kprintf("  #%u %#lx\n", n, rip);
}

#endif
