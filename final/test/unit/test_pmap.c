/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables in both formats: single operations with their exact entries,
 * split pages at both edges, exhaustion, the end of the address space, and
 * long random runs against the model.
 */
#include "pmap_fixture.h"
#include <errno.h>
#include <unistd.h>

static void
empty(void **state)
{
	(void)state;
	for (const struct model_kind *k = model_kinds; k->format != NULL; k++) {
		start(k);
		assert_absent(0);
		assert_absent(VA);
		assert_absent(-1ul);
		assert_false(pmap_test_bit(&pmap, VA, PG_V_IDX));
		assert_int_equal(pmap_remove(&pmap, 0, 1ul << 47), 0);
		assert_int_equal(pmap.pm_tables, 1);
		assert_int_equal(pmap.pm_invgen, 0);
		finish();
		arena_limit(0);
		assert_int_equal(
		    pmap_pinit(&pmap, k->format, k->maxlevel, k->flags),
		    ENOMEM);
	}
}

/* Entries as the SDM's tables of formats say, by hand. */
static void
entries(void **state)
{
	static const struct {
		const struct model_kind *kind;
		u_int level, prot;
		pt_entry_t bits;
	} rows[] = {
		{ KERNEL, 0, VM_PROT_READ, 0x8000000000000001 },
		{ KERNEL, 0, RW, 0x8000000000000003 },
		{ KERNEL, 0, RX, 0x1 },
		{ KERNEL, 0, VM_PROT_ALL, 0x3 },
		{ KERNEL, 1, RW, 0x8000000000000083 },
		{ KERNEL, 2, RX, 0x81 },
		{ EPT, 0, VM_PROT_READ, 0x31 },
		{ EPT, 0, VM_PROT_WRITE, 0x33 },
		{ EPT, 0, VM_PROT_EXECUTE, 0x35 },
		{ EPT, 0, RW, 0x33 },
		{ EPT, 0, RX, 0x35 },
		{ EPT, 0, VM_PROT_WRITE | VM_PROT_EXECUTE, 0x37 },
		{ EPT, 0, VM_PROT_ALL, 0x37 },
		{ EPT, 1, RW, 0xb3 },
		{ EPT, 2, VM_PROT_ALL, 0xb7 },
		/* Uncacheable: PWT and PCD, and memory type 0 instead of 6. */
		{ KERNEL, 0, RW | UC, 0x800000000000001b },
		{ KERNEL, 2, RX | UC, 0x99 },
		{ EPT, 0, VM_PROT_READ | UC, 0x01 },
		{ EPT, 1, RW | UC, 0x83 },
		{ EPT, 2, VM_PROT_ALL | UC, 0x87 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		start(rows[i].kind);
		assert_int_equal(
		    pmap_enter(&pmap, VA, PA, rows[i].prot, rows[i].level), 0);
		assert_int_equal(entry(VA), PA | rows[i].bits);
		assert_int_equal(pmap.pm_tables, 4 - rows[i].level);
		finish();
	}
}

static void
every_size(void **state)
{
	const struct model_kind *k;
	vm_size_t size;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (u_int level = 0; level <= k->maxlevel; level++) {
			size = SIZE(level);
			start(k);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, RW, level), 0);
			assert_page(k, VA, PA, RW, level);
			assert_page(k, VA + size - 1, PA + size - 1, RW, level);
			assert_absent(VA - 1);
			assert_absent(VA + size);
			assert_int_equal(
			    pmap_protect(&pmap, VA, VA + size, VM_PROT_READ),
			    0);
			assert_page(k, VA, PA, VM_PROT_READ, level);
			/* A right that is missing is not given. */
			assert_int_equal(
			    pmap_protect(&pmap, VA, VA + size, VM_PROT_ALL), 0);
			assert_page(k, VA, PA, VM_PROT_READ, level);
			assert_int_equal(pmap_remove(&pmap, VA, VA + size), 0);
			assert_absent(VA);
			assert_absent(VA + size - 1);
			finish();
		}
}

/* A part of uncacheable memory is uncacheable, with whatever rights. */
static void
uncacheable_pieces(void **state)
{
	const struct model_kind *k;
	pt_entry_t rw, read;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (u_int level = 1; level <= k->maxlevel; level++) {
			rw = k->format == KERNEL->format ? 0x800000000000001b
							 : 0x03;
			read = rw & ~2ul;
			start(k);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, RW | UC, level), 0);
			assert_int_equal(
			    pmap_protect(&pmap, VA, VA + SIZE(0), VM_PROT_READ),
			    0);
			assert_int_equal(entry(VA), PA | read);
			assert_int_equal(
			    entry(VA + SIZE(0)), (PA + SIZE(0)) | rw);
			/* The same page may be cached again, and not again. */
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, VM_PROT_READ, 0), 0);
			assert_int_equal(
			    entry(VA) ^ (PA | read), k->format->uncached);
			assert_int_equal(
			    pmap_enter(&pmap, VA, PA, VM_PROT_READ | UC, 0), 0);
			assert_int_equal(entry(VA), PA | read);
			finish();
		}
}

/* --- splitting --- */

enum cut { CUT_REMOVE, CUT_PROTECT, CUT_CLEAR, CUTS };

static int
cut(enum cut how, vm_offset_t sva, vm_offset_t eva)
{
	switch (how) {
	case CUT_REMOVE:
		return (pmap_remove(&pmap, sva, eva));
	case CUT_PROTECT:
		return (pmap_protect(&pmap, sva, eva, VM_PROT_READ));
	default:
		return (pmap_clear_bit(&pmap, sva, eva, PG_A_IDX));
	}
}

/* A page of what was a large one: as it was, or as the cut left it. */
static void
assert_piece(const struct model_kind *k, enum cut how, vm_offset_t va, bool in)
{
	bool accessed = !(in && how == CUT_CLEAR);
	u_int prot = in && how == CUT_PROTECT ? VM_PROT_READ : VM_PROT_ALL;
	vm_paddr_t pa = 0;

	if (in && how == CUT_REMOVE) {
		assert_absent(va);
		return;
	}
	assert_true(pmap_extract(&pmap, va, &pa));
	assert_int_equal(pa, PA + (va - VA));
	assert_int_equal(model_prot(k, entry(va)), prot);
	assert_int_equal(pmap_test_bit(&pmap, va, PG_A_IDX), accessed);
	assert_true(pmap_test_bit(&pmap, va, PG_M_IDX));
	assert_false(pmap_test_bit(&pmap, va, PG_W_IDX));
	assert_true(pmap_test_bit(&pmap, va, PG_MANAGED_IDX));
}

static void
cut_once(const struct model_kind *k, enum cut how, u_int level, vm_size_t first,
    vm_size_t last)
{
	vm_offset_t end = VA + SIZE(level);

	start(k);
	assert_int_equal(pmap_enter(&pmap, VA, PA, VM_PROT_ALL, level), 0);
	pmap_set_bit(&pmap, VA, PG_A_IDX);
	pmap_set_bit(&pmap, VA, PG_M_IDX);
	pmap_set_bit(&pmap, VA, PG_MANAGED_IDX);
	assert_int_equal(cut(how, VA + first, VA + last), 0);
	/* The pages next to both edges, on both sides, and far away. */
	assert_piece(k, how, VA, first == 0);
	if (first > 0)
		assert_piece(k, how, VA + first - 1, false);
	assert_piece(k, how, VA + first, true);
	assert_piece(k, how, VA + last - 1, true);
	if (VA + last < end)
		assert_piece(k, how, VA + last, false);
	assert_piece(k, how, end - 1, VA + last == end);
	assert_absent(VA - 1);
	assert_absent(end);
	finish();
}

static void
both_edges(void **state)
{
	static const struct {
		u_int level;
		vm_size_t first, last;
	} rows[] = {
		{ 1, 0, 0x1000 },
		{ 1, 0x1ff000, 0x200000 },
		{ 1, 0x1000, 0x1ff000 },
		{ 1, 0x80000, 0x81000 },
		{ 1, 0, 0x200000 },
		{ 2, 0, 0x1000 },
		{ 2, 0x3ffff000, 0x40000000 },
		{ 2, 0x1000, 0x3ffff000 },
		{ 2, 0x200000, 0x400000 },
		{ 2, 0x3ff000, 0x400000 },
		{ 2, 0, 0x3fe00000 },
		{ 2, 0, 0x40000000 },
	};
	const struct model_kind *k;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (size_t i = 0; i < nitems(rows); i++)
			for (enum cut how = 0; how < CUTS; how++)
				if (rows[i].level <= k->maxlevel &&
				    !(how == CUT_CLEAR && k == EPT_NO_AD))
					cut_once(k, how, rows[i].level,
					    rows[i].first, rows[i].last);
}

/* Only what changes is split, and no further than it must be. */
static void
tables_of_a_split(void **state)
{
	(void)state;
	start(EPT);
	assert_int_equal(pmap_enter(&pmap, VA, PA, RW, PMAP_LEVEL_1G), 0);
	assert_int_equal(pmap.pm_tables, 2);
	/* Nothing to take away: nothing to split. */
	assert_int_equal(pmap_protect(&pmap, VA, VA + 0x1000, RW), 0);
	assert_int_equal(pmap_clear_bit(&pmap, VA, VA + 0x1000, PG_M_IDX), 0);
	assert_int_equal(pmap.pm_tables, 2);
	assert_int_equal(pmap.pm_invgen, 0);
	assert_int_equal(pmap_remove(&pmap, VA + SIZE(1), VA + 2 * SIZE(1)), 0);
	assert_int_equal(pmap.pm_tables, 3);
	assert_page(EPT, VA, PA, RW, PMAP_LEVEL_2M);
	assert_int_equal(pmap_remove(&pmap, VA + 0x1000, VA + 0x2000), 0);
	assert_int_equal(pmap.pm_tables, 4);
	assert_page(EPT, VA, PA, RW, PMAP_LEVEL_4K);
	assert_int_equal(entry(VA), PA | 0x33);
	/* A small page into a large one. */
	assert_int_equal(pmap_enter(&pmap, VA + SIZE(2) - SIZE(0), 0x5000,
			     VM_PROT_READ, PMAP_LEVEL_4K),
	    0);
	assert_int_equal(pmap.pm_tables, 5);
	assert_page(EPT, VA + SIZE(2) - SIZE(0), 0x5000, VM_PROT_READ, 0);
	assert_page(
	    EPT, VA + SIZE(2) - 2 * SIZE(0), PA + SIZE(2) - 2 * SIZE(0), RW, 0);
	finish();
}

/* A large page takes the place of tables, which are freed. */
static void
large_over_tables(void **state)
{
	const struct model_kind *k;

	(void)state;
	for (k = model_kinds; k->format != NULL; k++)
		for (u_int level = 1; level <= k->maxlevel; level++) {
			start(k);
			for (u_int i = 0; i < 3; i++)
				assert_int_equal(pmap_enter(&pmap,
						     VA + i * (SIZE(level) / 4),
						     PA + i * SIZE(0), RW, 0),
				    0);
			assert_int_equal(pmap.pm_tables, level == 1 ? 4 : 6);
			assert_int_equal(
			    pmap_enter(&pmap, VA, 0, RX, level), 0);
			assert_int_equal(pmap.pm_tables, 4 - level);
			assert_page(k, VA, 0, RX, level);
			assert_page(k, VA + SIZE(level) - 1, SIZE(level) - 1,
			    RX, level);
			finish();
		}
}

/* --- no memory --- */

/* Each allocation fails in turn; nothing that was mapped may change. */
static void
exhaustion(void **state)
{
	static const struct {
		u_int level; /* what is there before; 3: nothing */
		vm_size_t first, last;
		long allocations;
	} rows[] = {
		{ 3, 0, 0x1000, 3 },	      /* three tables */
		{ 2, 0, 0x1000, 2 },	      /* two splits */
		{ 2, 0x1000, 0x3ffff000, 3 }, /* three splits */
		{ 1, 0x1000, 0x2000, 1 },
	};
	bool enter;
	int error;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (long n = 0; n <= rows[i].allocations; n++) {
			start(EPT);
			if (rows[i].level < 3)
				assert_int_equal(pmap_enter(&pmap, VA, PA, RW,
						     rows[i].level),
				    0);
			enter = rows[i].level == 3;
			arena_limit(n);
			error = enter ? pmap_enter(&pmap, VA, PA, RW, 0)
				      : pmap_remove(&pmap, VA + rows[i].first,
					    VA + rows[i].last);
			arena_limit(ARENA_UNLIMITED);
			assert_int_equal(
			    error, n < rows[i].allocations ? ENOMEM : 0);
			assert_int_equal(
			    model_count_tables(&pmap), pmap.pm_tables);
			assert_int_equal(arena_used(), pmap.pm_tables);
			if (enter && error != 0)
				assert_absent(VA);
			/* The last page is beyond what was done. */
			if (!enter && error != 0)
				assert_int_equal(
				    model_prot(
					EPT, entry(VA + rows[i].last - 1)),
				    RW);
			if (!enter)
				assert_int_equal(
				    pmap_remove(&pmap, VA + rows[i].first,
					VA + rows[i].last),
				    0);
			if (!enter)
				assert_absent(VA + rows[i].first);
			finish();
		}
}

static void
misuse_panics(void **state)
{
	(void)state;
	start(&model_kinds[1]);
	assert_true(PANICS(pmap_enter(&pmap, VA, PA, RW, PMAP_LEVEL_1G)));
	assert_true(PANICS(pmap_enter(&pmap, VA + 1, PA, RW, 0)));
	assert_true(PANICS(pmap_enter(&pmap, VA, PA + 0x800, RW, 0)));
	assert_true(PANICS(pmap_enter(&pmap, VA + SIZE(0), PA, RW, 1)));
	assert_true(PANICS(pmap_enter(&pmap, VA, PA + SIZE(0), RW, 1)));
	assert_non_null(strstr(panic_message, "pmap_enter"));
	assert_int_equal(pmap.pm_tables, 1);
	finish();
}

/* After the last entry there is no next address: the walk must not wrap. */
static void
end_of_the_address_space(void **state)
{
	vm_offset_t last = -SIZE(0);

	(void)state;
	start(KERNEL);
	assert_int_equal(pmap_enter(&pmap, 0, PA, RW, 0), 0);
	alarm(10); /* it may never come back */
	assert_int_equal(pmap_remove(&pmap, -SIZE(3), last), 0);
	assert_page(KERNEL, 0, PA, RW, 0);
	for (u_int level = 0; level <= 2; level++) {
		assert_int_equal(
		    pmap_enter(&pmap, -SIZE(level), PA, RW, level), 0);
		assert_int_equal(pmap_remove(&pmap, -SIZE(1), last), 0);
		/* The last page is outside of every range. */
		assert_page(KERNEL, last, PA + SIZE(level) - SIZE(0), RW, 0);
		assert_page(KERNEL, 0, PA, RW, 0);
	}
	alarm(0);
	finish();
}

/* --- random --- */

static void
random_run(void **state)
{
	static struct model m;
	const struct model_kind *k;
	uint64_t seed = 88172645463325252ull;
	uint8_t op[8];

	(void)state;
	alarm(120);
	for (k = model_kinds; k->format != NULL; k++) {
		print_message("# %s\n", k->name);
		model_init(&m, k);
		for (unsigned i = 0; i < 6000; i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			memcpy(op, &seed, sizeof(op));
			model_step(&m, op + 2);
		}
		model_done(&m);
	}
	alarm(0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(entries),
		cmocka_unit_test(every_size),
		cmocka_unit_test(uncacheable_pieces),
		cmocka_unit_test(both_edges),
		cmocka_unit_test(tables_of_a_split),
		cmocka_unit_test(large_over_tables),
		cmocka_unit_test(exhaustion),
		cmocka_unit_test(misuse_panics),
		cmocka_unit_test(end_of_the_address_space),
		cmocka_unit_test(random_run),
	};

	return (RUN_TESTS(tests));
}
