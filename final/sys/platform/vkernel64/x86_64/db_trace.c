/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The way that led here, with names: the frame pointers' list, and the symbols
 * of the program that we are.
 */
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/db_sym.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>
#include <machine/vmparam.h>

#define MAXFRAMES 24

/* --- the linker's --- */
extern char __executable_start[], etext[];

static struct db_symtab symtab;

/** Remembers where the symbols are.  Without them a trace shows numbers. */
void
db_symtab_init(void)
{
	struct vk_symtab tab;

	if (!vk_symbols(&tab))
		return;
	symtab = (struct db_symtab){ .syms = tab.symbols,
		.nsyms = tab.symbols_size / sizeof(struct elf64_sym),
		.strings = tab.strings,
		.strsize = tab.strings_size,
		.text_start = (vm_offset_t)__executable_start,
		.text_end = (vm_offset_t)etext };
}

/* Whether two words of a frame can be read: on the current thread's stack. */
static bool
on_stack(vm_offset_t p)
{
	const struct thread *td = curthread;
	vm_offset_t top;

	if (td == NULL || p % sizeof(p) != 0)
		return (false);
	top = td->td_kstack_top;
	return (p < top && top - p < ptoa(KSTACK_PAGES));
}

/**
 * Prints the call chain, innermost function first.
 * @param rip	where it happened
 * @param rbp	that function's frame pointer
 */
void
db_backtrace(vm_offset_t rip, vm_offset_t rbp)
{
	kprintf("backtrace:\n");
	db_sym_print(&symtab, 0, rip);
	for (u_int n = 1; n < MAXFRAMES && on_stack(rbp) && on_stack(rbp + 8);
	     n++) {
		/* The call is the instruction before the return address. */
		db_sym_print(&symtab, n, ((vm_offset_t *)rbp)[1] - 1);
		rbp = *(vm_offset_t *)rbp;
	}
}
