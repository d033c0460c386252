/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a pmap waits for the processors: after every change that takes a page
 * or a right away, after no other, and before what the page or the table was
 * is given to anybody else.
 *
 * The hook is pm_quiesce().  It looks at the page allocator: a table that the
 * processors may still walk must not be free yet.
 */
#include "pmap_fixture.h"

static unsigned calls, freed_at_call;
static u_long gen_at_call;

static void
quiesce(void *arg)
{
	assert_ptr_equal(arg, &calls);
	calls++;
	freed_at_call = arena_freed();
	gen_at_call = pmap.pm_invgen;
}

/* A pmap whose hook counts, and one page of 2 MB with all its marks. */
static void
start_with_page(const struct model_kind *kind)
{
	start(kind);
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, PMAP_LEVEL_2M), 0);
	pmap_set_bit(&pmap, VA, PG_A_IDX);
	pmap_set_bit(&pmap, VA, PG_M_IDX);
	pmap_set_bit(&pmap, VA, PG_W_IDX);
	pmap.pm_quiesce = quiesce;
	pmap.pm_quiesce_arg = &calls;
	calls = freed_at_call = 0;
}

/* How often the hook has been called since the last time. */
static unsigned
called(void)
{
	unsigned n = calls;

	calls = 0;
	return (n);
}

static void
nothing_is_taken(void **state)
{
	vm_offset_t end = VA + SIZE(1);
	vm_paddr_t pa;

	(void)state;
	for (int i = 0; i < 2; i++) {
		start_with_page(i == 0 ? EPT : EPT_NO_AD);
		/* The same page, with more rights, and one beside it. */
		assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 1), 0);
		assert_int_equal(pmap_enter(&pmap, VA, PA, VM_PROT_ALL, 1), 0);
		assert_int_equal(pmap_enter(&pmap, end, PA, RW, 0), 0);
		assert_int_equal(pmap_protect(&pmap, VA, end, VM_PROT_ALL), 0);
		/* Marks that no processor knows, and none at all. */
		assert_int_equal(pmap_clear_bit(&pmap, VA, end, PG_W_IDX), 0);
		assert_int_equal(
		    pmap_clear_bit(&pmap, VA, end, PG_MANAGED_IDX), 0);
		assert_true(pmap_extract(&pmap, VA, &pa));
		assert_true(pmap_touch(&pmap, VA, VM_PROT_WRITE, &pa));
		assert_int_equal(
		    pmap_remove(&pmap, end + SIZE(1), end + SIZE(2)), 0);
		assert_int_equal(called(), 0);
		finish();
	}
}

static void
something_is_taken(void **state)
{
	vm_offset_t end = VA + SIZE(1);
	const struct model_kind *kind;

	(void)state;
	for (int i = 0; i < 2; i++) {
		kind = i == 0 ? EPT : EPT_NO_AD;
		start_with_page(kind);
		assert_int_equal(pmap_protect(&pmap, VA, end, VM_PROT_READ), 0);
		assert_int_equal(called(), 1);
		assert_int_equal(gen_at_call, pmap.pm_invgen);
		/* The right that was taken is given, and taken by enter. */
		assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 1), 0);
		assert_int_equal(called(), 0);
		assert_int_equal(pmap_enter(&pmap, VA, PA, VM_PROT_READ, 1), 0);
		assert_int_equal(called(), 1);
		/* Another page in its place. */
		assert_int_equal(pmap_enter(&pmap, VA, PA + SIZE(1), RW, 1), 0);
		assert_int_equal(called(), 1);
		/* A part of it: the large page goes, small ones come. */
		assert_int_equal(
		    pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ), 0);
		assert_int_equal(called(), 1);
		/* All 512 at once: the processors leave once, not 512 times. */
		assert_int_equal(pmap_remove(&pmap, VA, end), 0);
		assert_int_equal(called(), 1);
		assert_int_equal(pmap_remove(&pmap, VA, end), 0);
		assert_int_equal(called(), 0);
		finish();
	}
}

static void
marks_are_taken(void **state)
{
	vm_offset_t end = VA + SIZE(1);

	(void)state;
	for (int i = 0; i < 2; i++) {
		start_with_page(i == 0 ? EPT : EPT_NO_AD);
		/* Without accessed bits in EPT no processor knows of any. */
		assert_int_equal(pmap_clear_bit(&pmap, VA, end, PG_A_IDX), 0);
		assert_int_equal(called(), i == 0);
		assert_int_equal(pmap_clear_bit(&pmap, VA, end, PG_M_IDX), 0);
		assert_int_equal(called(), 1);
		finish();
	}
}

/* Out of memory half-way: what has been taken until then counts. */
static void
half_of_it_is_taken(void **state)
{
	vm_offset_t last = VA + SIZE(1);

	(void)state;
	start_with_page(EPT);
	assert_int_equal(pmap_enter(&pmap, last, PA, RW, PMAP_LEVEL_2M), 0);
	arena_limit(0); /* no table to split the second one */
	assert_int_not_equal(
	    pmap_protect(&pmap, VA, last + SIZE(0), VM_PROT_READ), 0);
	assert_int_equal(called(), 1);
	assert_page(EPT, VA, PA, VM_PROT_READ, PMAP_LEVEL_2M);
	arena_limit(ARENA_UNLIMITED);
	finish();
}

/* A large page over tables: they are free only after the processors left. */
static void
before_tables_are_free(void **state)
{
	unsigned freed;

	(void)state;
	for (u_int level = PMAP_LEVEL_2M; level <= PMAP_LEVEL_1G; level++) {
		start_with_page(EPT);
		assert_int_equal(
		    pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ), 0);
		called();
		freed = arena_freed();
		assert_int_equal(pmap_enter(&pmap, VA, 0, RW, level), 0);
		assert_int_equal(called(), 1);
		assert_int_equal(freed_at_call, freed);
		/* One table of small pages; for 1 GB the one above it, too. */
		assert_int_equal(arena_freed(), freed + level);
		assert_int_equal(gen_at_call, pmap.pm_invgen);
		finish();
	}
}

/*
 * A table without a single page: nothing has been in a TLB, but a processor
 * may have kept the way to the table, and it is about to be free.
 */
static void
before_an_empty_table_is_free(void **state)
{
	unsigned freed;

	(void)state;
	start_with_page(EPT);
	assert_int_equal(
	    pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ), 0);
	assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(1)), 0);
	called();
	freed = arena_freed();
	assert_int_equal(pmap_enter(&pmap, VA, 0, RW, PMAP_LEVEL_2M), 0);
	assert_int_equal(called(), 1);
	assert_int_equal(freed_at_call, freed);
	assert_int_equal(arena_freed(), freed + 1);
	finish();
}

/* Ordinary tables, and EPT that nobody uses: no hook, nothing to wait for. */
static void
nobody_to_wait_for(void **state)
{
	(void)state;
	start(KERNEL);
	pmap.pm_quiesce = quiesce;
	pmap.pm_quiesce_arg = &calls;
	calls = 0;
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 0), 0);
	assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(0)), 0);
	assert_int_equal(calls, 0);
	finish();
	start_with_page(EPT);
	pmap.pm_quiesce = NULL;
	assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(1)), 0);
	assert_int_equal(calls, 0);
	finish();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_taken),
		cmocka_unit_test(something_is_taken),
		cmocka_unit_test(marks_are_taken),
		cmocka_unit_test(half_of_it_is_taken),
		cmocka_unit_test(before_tables_are_free),
		cmocka_unit_test(before_an_empty_table_is_free),
		cmocka_unit_test(nobody_to_wait_for),
	};

	return (RUN_TESTS(tests));
}
