/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page allocator: properties of blocks, exhaustion, misuse, and a long
 * random run against a model that knows only which pages are out.
 */
#include "hosted.h"
#include "vm_page.h"

#define PAGE   4096ul
#define NPAGES 4096ul /* 16 MB */

static struct vm_page *array;

/* A new array of exact size each time: ASan guards its ends. */
static void
start(vm_pindex_t npages)
{
	free(array);
	array = calloc(npages, sizeof(*array));
	vm_page_startup(array, 0, npages);
}

static void
audit(void)
{
	const char *wrong = vm_page_audit();

	if (wrong != NULL)
		fail_msg("%s", wrong);
}

static void
empty(void **state)
{
	(void)state;
	start(NPAGES);
	assert_null(vm_page_alloc(0));
	assert_int_equal(vm_page_free_count(), 0);
	assert_null(vm_page_lookup(0x1000));
	audit();
}

static void
blocks_are_aligned(void **state)
{
	vm_page_t m;

	(void)state;
	start(NPAGES);
	vm_page_add(PAGE, NPAGES * PAGE);
	assert_int_equal(vm_page_free_count(), NPAGES - 1);
	for (u_int order = 0; order <= 11; order++) {
		m = vm_page_alloc(order);
		assert_non_null(m);
		assert_int_equal(vm_page_phys(m) & ((PAGE << order) - 1), 0);
		assert_ptr_equal(vm_page_lookup(vm_page_phys(m)), m);
		audit();
		vm_page_free(m);
		audit();
	}
	assert_int_equal(vm_page_free_count(), NPAGES - 1);
	assert_null(vm_page_alloc(12)); /* page 0 is not ours */
	assert_null(vm_page_alloc(VM_PAGE_MAXORDER));
}

static void
memory_runs_out_and_comes_back(void **state)
{
	static vm_page_t got[NPAGES];
	size_t n = 0;

	(void)state;
	start(NPAGES);
	vm_page_add(PAGE, NPAGES * PAGE);
	while ((got[n] = vm_page_alloc(0)) != NULL)
		n++;
	assert_int_equal(n, NPAGES - 1);
	assert_int_equal(vm_page_free_count(), 0);
	audit();
	/* Every other one: nothing may join. */
	for (size_t i = 0; i < n; i += 2)
		vm_page_free(got[i]);
	audit();
	assert_null(vm_page_alloc(1));
	for (size_t i = 1; i < n; i += 2)
		vm_page_free(got[i]);
	audit();
	assert_non_null(vm_page_alloc(11));
}

static void
odd_ranges(void **state)
{
	(void)state;
	start(100);
	vm_page_add(3 * PAGE, 3 * PAGE); /* empty */
	assert_int_equal(vm_page_free_count(), 0);
	vm_page_add(3 * PAGE, 7 * PAGE);
	vm_page_add(7 * PAGE, 8 * PAGE);       /* joins */
	vm_page_add(98 * PAGE, 1000 * PAGE);   /* beyond the array */
	vm_page_add(2000 * PAGE, 3000 * PAGE); /* wholly beyond */
	assert_int_equal(vm_page_total_count(), 7);
	assert_int_equal(vm_page_free_count(), 7);
	audit();
	assert_null(vm_page_lookup(2 * PAGE));
	assert_non_null(vm_page_lookup(99 * PAGE));
	assert_null(vm_page_lookup(100 * PAGE));
	assert_null(vm_page_lookup(~0ul));
	/* 4..7 is one block of order 2 though it came in two calls. */
	assert_int_equal(vm_page_phys(vm_page_alloc(2)), 4 * PAGE);
}

/* Memory that does not begin at 0: numbers count from there, and a block is
 * aligned all the same. */
static void
memory_elsewhere(void **state)
{
	const vm_paddr_t base = 0x400000000;
	vm_page_t m;

	(void)state;
	free(array);
	array = calloc(NPAGES, sizeof(*array));
	vm_page_startup(array, base, NPAGES);
	vm_page_add(base + PAGE, base + 2 * NPAGES * PAGE);
	assert_int_equal(vm_page_total_count(), NPAGES - 1);
	assert_null(vm_page_lookup(base - PAGE));
	assert_null(vm_page_lookup(PAGE));
	assert_null(vm_page_lookup(base)); /* not handed over */
	assert_ptr_equal(vm_page_lookup(base + PAGE), &array[1]);
	assert_null(vm_page_lookup(base + NPAGES * PAGE));
	m = vm_page_alloc(11);
	assert_int_equal(vm_page_phys(m), base + 2048 * PAGE);
	assert_ptr_equal(vm_page_lookup(vm_page_phys(m)), m);
	vm_page_free(m);
	audit();
	assert_true(PANICS(vm_page_startup(array, base + PAGE, NPAGES)));
}

static void
misuse_panics(void **state)
{
	vm_page_t m;

	(void)state;
	start(64);
	vm_page_add(PAGE, 64 * PAGE);
	m = vm_page_alloc(2);
	assert_true(PANICS(vm_page_free(m + 1)));
	vm_page_free(m);
	assert_true(PANICS(vm_page_free(m)));
	assert_non_null(strstr(panic_message, "vm_page_free"));
	assert_true(PANICS(vm_page_free(&array[0])));
	assert_true(PANICS(vm_page_add(32 * PAGE, 33 * PAGE)));
	audit();
}

/* Any page of a block tells its order, and only an allocated one has one. */
static void
order_of_any_page(void **state)
{
	vm_page_t a, b;

	(void)state;
	start(NPAGES);
	vm_page_add(PAGE, NPAGES * PAGE);
	for (u_int order = 0; order <= 10; order++) {
		/* A neighbour of another order must not be taken for it. */
		a = vm_page_alloc(order);
		b = vm_page_alloc(order == 0 ? 1 : order - 1);
		for (u_int i = 0; i < 1u << order; i++)
			assert_int_equal(vm_page_order(a + i), order);
		assert_int_equal(vm_page_order(b), order == 0 ? 1 : order - 1);
		vm_page_free(a);
		assert_true(PANICS(vm_page_order(a)));
		assert_non_null(strstr(panic_message, "not allocated"));
		vm_page_free(b);
	}
	assert_true(PANICS(vm_page_order(&array[0])));
	assert_int_equal(vm_page_free_count(), NPAGES - 1);
	audit();
}

/* Pages of a split block are freed one by one and join again. */
static void
split(void **state)
{
	vm_page_t m, half;

	(void)state;
	start(NPAGES);
	vm_page_add(PAGE, NPAGES * PAGE);
	m = vm_page_alloc(VM_PAGE_ORDER_2M);
	vm_page_split(m + 300); /* any page will do */
	assert_int_equal(vm_page_free_count(), NPAGES - 1 - 512);
	audit();
	for (u_int i = 0; i < 512; i++)
		assert_int_equal(vm_page_order(m + i), 0);
	vm_page_split(m + 7); /* nothing is left to split */
	for (u_int i = 0; i < 512; i += 2)
		vm_page_free(m + i);
	audit();
	assert_true(PANICS(vm_page_split(m)));
	assert_int_equal(vm_page_order(m + 1), 0);
	for (u_int i = 1; i < 512; i += 2)
		vm_page_free(m + i);
	audit();
	assert_int_equal(vm_page_free_count(), NPAGES - 1);
	/* The whole came back, and its neighbours are not touched. */
	m = vm_page_alloc(3);
	half = vm_page_alloc(3);
	vm_page_split(m);
	assert_int_equal(vm_page_order(half + 7), 3);
	assert_true(PANICS(vm_page_free(half + 1)));
	vm_page_free(half);
	for (u_int i = 0; i < 8; i++)
		vm_page_free(m + i);
	assert_int_equal(vm_page_order(vm_page_alloc(11)), 11);
	audit();
}

static void
free_split(vm_page_t m, u_int order)
{
	vm_page_split(m);
	for (u_int i = 0; i < 1u << order; i++)
		vm_page_free(m + i);
}

/* Takes or gives back a random block; a page must not be out twice. */
static void
random_run(void **state)
{
	static struct {
		vm_page_t m;
		u_int order;
	} out[512];
	static bool used[NPAGES];
	uint64_t seed = 88172645463325252ull, first;
	unsigned slot;

	(void)state;
	start(NPAGES);
	vm_page_add(PAGE, NPAGES * PAGE);
	for (unsigned round = 0; round < 50000; round++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		slot = seed % nitems(out);
		if (out[slot].m == NULL) {
			out[slot].order = (seed >> 32) % 7;
			out[slot].m = vm_page_alloc(out[slot].order);
		}
		if (out[slot].m == NULL)
			continue;
		first = vm_page_phys(out[slot].m) / PAGE;
		for (unsigned i = 0; i < 1u << out[slot].order; i++)
			used[first + i] = !used[first + i];
		/* Newly taken pages turned true, given ones false. */
		for (unsigned i = 1; i < 1u << out[slot].order; i++)
			assert_int_equal(used[first + i], used[first]);
		if (!used[first]) {
			assert_int_equal(
			    vm_page_order(out[slot].m), out[slot].order);
			if (seed >> 63 != 0)
				free_split(out[slot].m, out[slot].order);
			else
				vm_page_free(out[slot].m);
			out[slot].m = NULL;
		}
		if (round % 500 == 0)
			audit();
	}
	audit();
	for (slot = 0; slot < nitems(out); slot++)
		if (out[slot].m != NULL)
			vm_page_free(out[slot].m);
	audit();
	assert_int_equal(vm_page_free_count(), NPAGES - 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(blocks_are_aligned),
		cmocka_unit_test(memory_runs_out_and_comes_back),
		cmocka_unit_test(odd_ranges),
		cmocka_unit_test(memory_elsewhere),
		cmocka_unit_test(misuse_panics),
		cmocka_unit_test(order_of_any_page),
		cmocka_unit_test(split),
		cmocka_unit_test(random_run),
	};
	int failed = RUN_TESTS(tests);

	free(array);
	return (failed);
}
