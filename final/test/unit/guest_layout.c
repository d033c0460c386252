/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest with a page of each kind.
 */
#include "guest_layout.h"

static const struct {
	vm_offset_t va;
	unsigned page;
	pt_entry_t bits;
	unsigned rights;
} layout[] = {
	{ P(0), 40, PTE_USER, VM_PROT_ALL },
	{ P(1), 37, PTE_USER, VM_PROT_ALL },
	{ P(2), 42, X86_PG_V | X86_PG_U, VM_PROT_ALL },
	{ P(4), 45, PTE_USER, VM_PROT_READ },
	{ P(5), 46, PTE_USER, VM_PROT_NONE },
	{ P(6), 48, PTE_USER, VM_PROT_ALL },
	{ P(7), 50, X86_PG_V | X86_PG_RW, VM_PROT_ALL },
	{ P(8), 51, PTE_USER | X86_PG_NX, VM_PROT_ALL },
	{ TOP, 52, PTE_USER, VM_PROT_ALL },
	{ LAST, 54, PTE_USER, VM_PROT_ALL },
	{ 0, 56, PTE_USER, VM_PROT_ALL },
};

uint8_t *
layout_byte(vm_offset_t va)
{
	for (unsigned i = 0; i < nitems(layout); i++)
		if (layout[i].va == (va & -PAGE))
			return (mem_page(layout[i].page) + va % PAGE);
	fail_msg("%#lx is not in the layout", va);
	return (NULL);
}

/* What layout_start() puts at an address. */
uint8_t
layout_pattern(vm_offset_t va)
{
	return ((uint8_t)(va * 7 + (va >> 12) * 31) | 1);
}

void
layout_start(void)
{
	mem_reset();
	for (unsigned i = 0; i < nitems(layout); i++) {
		/* Marked, so that a copy changes nothing but data. */
		mem_map(layout[i].va, GPA(layout[i].page), PMAP_LEVEL_4K,
		    layout[i].bits | X86_PG_A | X86_PG_M);
		mem.rights[layout[i].page] = layout[i].rights;
		for (vm_offset_t va = layout[i].va;
		     va % PAGE != 0 || va == layout[i].va; va++)
			*layout_byte(va) = layout_pattern(va);
	}
	for (unsigned table = 0; table < mem.next_table; table++)
		for (unsigned i = 0; i < 512; i++)
			if (*mem_entry(table, i) != 0)
				*mem_entry(table, i) |= X86_PG_A;
	mem_save();
}

uint64_t
layout_value(vm_offset_t va, unsigned size)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)*layout_byte(va + i) << 8 * i;
	return (v);
}
