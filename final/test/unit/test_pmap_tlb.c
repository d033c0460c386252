/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a change of page tables asks of the processor's caches, and what
 * becomes of accessed and dirty marks.
 */
#include "pmap_fixture.h"
#include <errno.h>

/*
 * SDM, "Guidelines for Use of the INVEPT Instruction": needed after rights
 * are taken, an address or the size of a page changes, an accessed or dirty
 * flag is cleared.  Not after an absent entry becomes present, nor after
 * rights are given: the violation that asks for them drops the translation.
 * One row for each kind of change; the page before is 2 MB, read-write,
 * accessed and dirty.
 */
enum change {
	ENTER_SAME,
	ENTER_ADDRESS,
	ENTER_LESS,
	ENTER_MORE,
	ENTER_UNCACHED,
	ENTER_NEXT,
	ENTER_SMALL,
	ENTER_LARGE_OVER,
	SET_MARK,
	CLEAR_A,
	CLEAR_M,
	CLEAR_W,
	CLEAR_CLEAR,
	PROTECT_LESS,
	PROTECT_SAME,
	PROTECT_MORE,
	PROTECT_PART,
	REMOVE_ALL,
	REMOVE_NEXT,
	EXTRACT,
	TOUCH
};

static int
apply(enum change change)
{
	vm_offset_t end = VA + SIZE(1);
	vm_paddr_t pa;

	switch (change) {
	case ENTER_SAME:
		return (pmap_enter(&pmap, VA, PA, RW, 1));
	case ENTER_ADDRESS:
		return (pmap_enter(&pmap, VA, PA + SIZE(1), RW, 1));
	case ENTER_LESS:
		return (pmap_enter(&pmap, VA, PA, VM_PROT_READ, 1));
	case ENTER_MORE:
		return (pmap_enter(&pmap, VA, PA, VM_PROT_ALL, 1));
	case ENTER_UNCACHED:
		return (pmap_enter(&pmap, VA, PA, RW | UC, 1));
	case ENTER_NEXT:
		return (pmap_enter(&pmap, end, PA, RW, 0));
	case ENTER_SMALL:
		return (pmap_enter(&pmap, VA, PA, RW, 0));
	case ENTER_LARGE_OVER:
		return (pmap_enter(&pmap, VA, 0, RW, 2));
	case SET_MARK:
		pmap_set_bit(&pmap, VA, PG_MANAGED_IDX);
		return (0);
	case CLEAR_A:
		return (pmap_clear_bit(&pmap, VA, end, PG_A_IDX));
	case CLEAR_M:
		return (pmap_clear_bit(&pmap, VA, end, PG_M_IDX));
	case CLEAR_W:
		return (pmap_clear_bit(&pmap, VA, end, PG_W_IDX));
	case CLEAR_CLEAR:
		return (pmap_clear_bit(&pmap, VA, end, PG_MANAGED_IDX));
	case PROTECT_LESS:
		return (pmap_protect(&pmap, VA, end, VM_PROT_READ));
	case PROTECT_SAME:
		return (pmap_protect(&pmap, VA, end, RW));
	case PROTECT_MORE:
		return (pmap_protect(&pmap, VA, end, VM_PROT_ALL));
	case PROTECT_PART:
		return (pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ));
	case REMOVE_ALL:
		return (pmap_remove(&pmap, VA, end));
	case REMOVE_NEXT:
		return (pmap_remove(&pmap, end, end + SIZE(1)));
	case EXTRACT:
		return (pmap_extract(&pmap, VA, &pa) ? 0 : ENOMEM);
	default:
		return (pmap_touch(&pmap, VA, VM_PROT_WRITE, &pa) ? 0 : ENOMEM);
	}
}

static void
invept_when_needed(void **state)
{
	static const struct {
		const char *words;
		enum change change;
		bool needed, needed_no_ad;
	} rows[] = {
		{ "same page again", ENTER_SAME, false, false },
		{ "another address", ENTER_ADDRESS, true, true },
		{ "fewer rights by enter", ENTER_LESS, true, true },
		{ "more rights by enter", ENTER_MORE, false, false },
		{ "another memory type", ENTER_UNCACHED, true, true },
		{ "absent to present", ENTER_NEXT, false, false },
		{ "small page into a large one", ENTER_SMALL, true, true },
		{ "large page over tables", ENTER_LARGE_OVER, true, true },
		{ "mark set", SET_MARK, false, false },
		{ "accessed cleared", CLEAR_A, true, false },
		{ "dirty cleared", CLEAR_M, true, true },
		{ "software mark cleared", CLEAR_W, false, false },
		{ "clear mark cleared", CLEAR_CLEAR, false, false },
		{ "fewer rights", PROTECT_LESS, true, true },
		{ "same rights", PROTECT_SAME, false, false },
		{ "more rights asked for", PROTECT_MORE, false, false },
		{ "fewer rights for a part", PROTECT_PART, true, true },
		{ "removed", REMOVE_ALL, true, true },
		{ "nothing removed", REMOVE_NEXT, false, false },
		{ "looked up", EXTRACT, false, false },
		{ "written by the host", TOUCH, false, false },
	};
	const struct model_kind *kind;
	bool needed;
	u_long gen;

	(void)state;
	for (size_t i = 0; i < 2 * nitems(rows); i++) {
		kind = i % 2 == 0 ? EPT : EPT_NO_AD;
		if (rows[i / 2].change == ENTER_LARGE_OVER && kind != EPT)
			continue;
		start(kind);
		assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 1), 0);
		assert_int_equal(pmap.pm_invgen, 0);
		pmap_set_bit(&pmap, VA, PG_A_IDX);
		pmap_set_bit(&pmap, VA, PG_M_IDX);
		pmap_set_bit(&pmap, VA, PG_W_IDX);
		gen = pmap.pm_invgen;
		assert_int_equal(apply(rows[i / 2].change), 0);
		needed = i % 2 == 0 ? rows[i / 2].needed
				    : rows[i / 2].needed_no_ad;
		if ((pmap.pm_invgen != gen) != needed)
			fail_msg("%s (%s): INVEPT %s", rows[i / 2].words,
			    kind->name,
			    needed ? "needed, but not asked for"
				   : "asked for without need");
		assert_int_equal(invlpgs, 0);
		finish();
	}
}

/* The kernel's own pages are dropped at once, and by address. */
static void
invlpg_of_the_kernel(void **state)
{
	(void)state;
	start(KERNEL);
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 0), 0);
	assert_int_equal(invlpgs, 0);
	assert_int_equal(
	    pmap_protect(&pmap, VA, VA + SIZE(1), VM_PROT_READ), 0);
	assert_int_equal(invlpgs, 1);
	assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(2)), 0);
	assert_int_equal(invlpgs, 2);
	assert_int_equal(pmap.pm_invgen, 0);
	/* The empty table may be in a cache of paging structures. */
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, 1), 0);
	assert_true(invlpgs >= 3);
	finish();
}

/* A large page replaces small ones: each of them leaves the TLB. */
static void
every_small_page_leaves_the_tlb(void **state)
{
	(void)state;
	start(KERNEL);
	for (u_int i = 0; i < 5; i++)
		assert_int_equal(
		    pmap_enter(&pmap, VA + i * SIZE(0), PA, RW, 0), 0);
	assert_int_equal(invlpgs, 0);
	assert_int_equal(pmap_enter(&pmap, VA, 0, RW, PMAP_LEVEL_2M), 0);
	assert_true(invlpgs >= 5);
	finish();
}

/* --- marks --- */

static void
assert_marks(vm_offset_t va, bool accessed, bool dirty)
{
	assert_int_equal(pmap_test_bit(&pmap, va, PG_A_IDX), accessed);
	assert_int_equal(pmap_test_bit(&pmap, va, PG_M_IDX), dirty);
}

static void
marks_stay_with_the_page(void **state)
{
	const struct model_kind *k;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (u_int level = 0; level <= k->maxlevel; level++) {
			start(k);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, RW, level), 0);
			assert_marks(VA, false, false);
			pmap_set_bit(&pmap, VA, PG_A_IDX);
			assert_marks(VA + SIZE(level) - 1, true, false);
			pmap_set_bit(&pmap, VA, PG_M_IDX);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, VM_PROT_READ, level), 0);
			assert_marks(VA, true, true);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, RW, level), 0);
			assert_marks(VA, true, true);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA + SIZE(level), RW, level),
			    0);
			assert_marks(VA, false, false);
			finish();
		}
}

/* Pages that are joined to the large page which they were part of. */
static void
marks_stay_when_pages_join(void **state)
{
	(void)state;
	for (u_int level = 1; level <= 2; level++) {
		start(EPT);
		assert_int_equal(pmap_enter(&pmap, VA, PA, RW, level), 0);
		assert_int_equal(
		    pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ), 0);
		pmap_set_bit(&pmap, VA + 7 * SIZE(0), PG_M_IDX);
		pmap_set_bit(&pmap, VA + SIZE(level) - 1, PG_A_IDX);
		assert_int_equal(pmap_enter(&pmap, VA, PA, RW, level), 0);
		assert_marks(VA, true, true);
		/* Another large page inherits nothing. */
		assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(0)), 0);
		assert_int_equal(
		    pmap_enter(&pmap, VA, PA + SIZE(level), RW, level), 0);
		assert_marks(VA, false, false);
		finish();
	}
}

/* Where software keeps the dirty mark, the next write must fault. */
static void
emulated_dirty_mark(void **state)
{
	(void)state;
	start(EPT_NO_AD);
	assert_int_equal(pmap_enter(&pmap, VA, PA, VM_PROT_ALL, 1), 0);
	pmap_set_bit(&pmap, VA, PG_A_IDX);
	pmap_set_bit(&pmap, VA, PG_M_IDX);
	assert_int_equal(pmap_clear_bit(&pmap, VA, VA + SIZE(0), PG_M_IDX), 0);
	assert_marks(VA, true, false);
	assert_page(EPT_NO_AD, VA, PA, RX, PMAP_LEVEL_4K);
	assert_marks(VA + SIZE(0), true, true);
	assert_page(EPT_NO_AD, VA + SIZE(0), PA + SIZE(0), VM_PROT_ALL, 0);
	finish();
}

/* --- an access of the host, as the processor would make it --- */

static void
assert_touch(vm_offset_t va, u_int access, bool allowed, vm_paddr_t at)
{
	vm_paddr_t pa = 1; /* no page has it */

	assert_int_equal(pmap_touch(&pmap, va, access, &pa), allowed);
	assert_int_equal(pa, allowed ? at : 1);
}

static void
touch_of_nothing(void **state)
{
	const struct model_kind *k;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++) {
		start(k);
		assert_touch(VA, VM_PROT_READ, false, 0);
		assert_touch(VA, VM_PROT_WRITE, false, 0);
		assert_int_equal(entry(VA), 0);
		assert_int_equal(pmap.pm_tables, 1);
		/* With all its tables, and a neighbour. */
		assert_int_equal(pmap_enter(&pmap, VA + SIZE(0), PA, RW, 0), 0);
		assert_touch(VA, VM_PROT_READ, false, 0);
		assert_touch(VA, VM_PROT_WRITE, false, 0);
		assert_int_equal(entry(VA), 0);
		assert_marks(VA + SIZE(0), false, false);
		finish();
	}
}

/* The rights of the page, the address in it, and the marks; no more. */
static void
touch_once(const struct model_kind *k, u_int level, vm_size_t offset)
{
	vm_offset_t va = VA + offset;
	vm_paddr_t pa = PA + offset;
	pt_entry_t clean;

	start(k);
	assert_int_equal(pmap_enter(&pmap, VA, PA, RX, level), 0);
	clean = entry(va);
	assert_touch(va, VM_PROT_WRITE, false, 0);
	assert_int_equal(entry(va), clean);
	assert_touch(va, VM_PROT_READ, true, pa);
	assert_marks(va, true, false);
	assert_touch(va, VM_PROT_WRITE, false, 0);
	assert_marks(va, true, false);

	assert_int_equal(pmap_remove(&pmap, VA, VA + SIZE(level)), 0);
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, level), 0);
	clean = entry(va);
	if (offset != 0) { /* a write after a read, and one alone */
		assert_touch(va, VM_PROT_READ, true, pa);
		assert_marks(va, true, false);
	}
	assert_touch(va, VM_PROT_WRITE, true, pa);
	assert_marks(va, true, true);
	assert_int_equal(entry(va),
	    clean | k->format->bits[PG_A_IDX] | k->format->bits[PG_M_IDX]);
	/* A read takes no mark away. */
	assert_touch(va, VM_PROT_READ, true, pa);
	assert_marks(va, true, true);
	finish();
}

static void
touch_every_size(void **state)
{
	const struct model_kind *k;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (u_int level = 0; level <= k->maxlevel; level++) {
			touch_once(k, level, 0);
			touch_once(k, level, 0xabc);
			touch_once(k, level, SIZE(level) - 1);
		}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(invept_when_needed),
		cmocka_unit_test(invlpg_of_the_kernel),
		cmocka_unit_test(every_small_page_leaves_the_tlb),
		cmocka_unit_test(marks_stay_with_the_page),
		cmocka_unit_test(marks_stay_when_pages_join),
		cmocka_unit_test(emulated_dirty_mark),
		cmocka_unit_test(touch_of_nothing),
		cmocka_unit_test(touch_every_size),
	};

	return (RUN_TESTS(tests));
}
