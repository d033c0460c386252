/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pmap for a test of single operations.
 */
#include "pmap_fixture.h"

struct pmap pmap;
unsigned invlpgs;

static void
count_invlpg(vm_offset_t va, void *arg)
{
	(void)va;
	(void)arg;
	invlpgs++;
}

void
start(const struct model_kind *kind)
{
	arena_reset();
	assert_int_equal(
	    pmap_pinit(&pmap, kind->format, kind->maxlevel, kind->flags), 0);
	arena_invlpg = count_invlpg;
	invlpgs = 0;
}

void
finish(void)
{
	assert_int_equal(model_count_tables(&pmap), pmap.pm_tables);
	assert_int_equal(arena_used(), pmap.pm_tables);
	pmap_release(&pmap);
	assert_int_equal(pmap.pm_tables, 0);
	assert_int_equal(arena_used(), 0);
}

pt_entry_t
entry(vm_offset_t va)
{
	u_int level = PMAP_LEVEL_4K;

	return (*pmap_pte(&pmap, va, &level));
}

void
assert_absent(vm_offset_t va)
{
	vm_paddr_t pa;

	if (pmap_extract(&pmap, va, &pa))
		fail_msg("%#lx is mapped to %#lx", va, pa);
}

void
assert_page(const struct model_kind *kind, vm_offset_t va, vm_paddr_t pa,
    u_int prot, u_int level)
{
	vm_paddr_t got = 0;
	u_int l = PMAP_LEVEL_4K;

	if (!pmap_extract(&pmap, va, &got))
		fail_msg("%#lx is absent", va);
	pmap_pte(&pmap, va, &l);
	assert_int_equal(got, pa);
	assert_int_equal(l, level);
	assert_int_equal(model_prot(kind, entry(va)), prot);
}
