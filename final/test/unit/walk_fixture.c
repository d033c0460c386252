/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the walk have in common.
 */
#include "walk_fixture.h"

vm_paddr_t gpa;

const vm_paddr_t frames[3] = { GPA(MEM_DATA), MEM_GPA, MEM_GPA };

volatile pt_entry_t *
entry_of(vm_offset_t va, unsigned level)
{
	return (mem_entry(PML4 - level, mem_index(va, level)));
}

int
translate(vm_offset_t va, unsigned access)
{
	int error;

	gpa = UNSET;
	error = guest_phys_addr(&linear, va, access, &gpa);
	if (error != 0 && error != EFAULT)
		fail_msg("%#lx: error %d", va, error);
	if (error != 0)
		assert_int_equal(gpa, UNSET);
	assert_string_equal(console, "");
	return (error);
}

void
walk_start(unsigned leaf)
{
	mem_reset();
	mem_map(VA, frames[leaf], leaf, PTE_USER);
}
