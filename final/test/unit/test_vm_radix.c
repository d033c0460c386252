/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pointers by number: single ones, far ones, in order, without memory, and
 * long random runs against an array.
 */
#include "hosted.h"
#include "vm_radix.h"
#include "vm_rig.h"
#include <errno.h>

#define SPAN 5000u

static struct vm_radix rt;
static char things[SPAN];

static void
begin(void)
{
	rig_start(16);
	memset(&rt, 0, sizeof(rt));
}

static void
end(void)
{
	assert_int_equal(rt.rt_count, 0);
	assert_null(rt.rt_root);
	vm_radix_free(&rt);
	rig_finish();
}

static void
empty(void **state)
{
	uint64_t index = 0;

	(void)state;
	begin();
	assert_null(vm_radix_lookup(&rt, 0));
	assert_null(vm_radix_lookup(&rt, ~0ul));
	assert_null(vm_radix_remove(&rt, 7));
	assert_null(vm_radix_next(&rt, &index));
	end();
}

/* One pointer, wherever it is, and nothing next to it. */
static void
single(void **state)
{
	static const uint64_t where[] = { 0, 1, 63, 64, 65, 4095, 4096, 1 << 20,
		1ul << 36, (1ul << 60) - 1, 1ul << 60, 1ul << 63, ~0ul };
	uint64_t index;

	(void)state;
	for (size_t i = 0; i < nitems(where); i++) {
		begin();
		assert_int_equal(vm_radix_insert(&rt, where[i], things), 0);
		assert_int_equal(
		    vm_radix_insert(&rt, where[i], things + 1), EEXIST);
		assert_ptr_equal(vm_radix_lookup(&rt, where[i]), things);
		assert_ptr_equal(*vm_radix_slot(&rt, where[i]), things);
		assert_null(vm_radix_lookup(&rt, where[i] + 1));
		assert_null(vm_radix_lookup(&rt, where[i] - 1));
		index = 0;
		assert_ptr_equal(vm_radix_next(&rt, &index), things);
		assert_int_equal(index, where[i]);
		if (where[i] != ~0ul) {
			index++;
			assert_null(vm_radix_next(&rt, &index));
		}
		assert_ptr_equal(vm_radix_remove(&rt, where[i]), things);
		end();
	}
}

/* What is there stays, with the tree getting higher. */
static void
grows(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(vm_radix_insert(&rt, 1ul << i, things + i), 0);
	for (unsigned i = 0; i < 64; i++)
		assert_ptr_equal(vm_radix_lookup(&rt, 1ul << i), things + i);
	for (unsigned i = 0; i < 64; i++)
		assert_ptr_equal(vm_radix_remove(&rt, 1ul << i), things + i);
	end();
}

/* Without memory nothing has changed, and no table is lost. */
static void
no_memory(void **state)
{
	unsigned failures = 0;

	(void)state;
	begin();
	assert_int_equal(vm_radix_insert(&rt, 3, things), 0);
	for (long n = 0; rt.rt_count == 1; n++, failures++) {
		rig_fail_kmalloc(n);
		if (vm_radix_insert(&rt, 1ul << 30, things + 1) != 0)
			assert_null(vm_radix_lookup(&rt, 1ul << 30));
		assert_ptr_equal(vm_radix_lookup(&rt, 3), things);
		rig_fail_kmalloc(-1);
	}
	assert_true(failures > 5);
	assert_ptr_equal(vm_radix_remove(&rt, 3), things);
	assert_ptr_equal(vm_radix_remove(&rt, 1ul << 30), things + 1);
	end();
}

static void
count_thing(void *p, void *arg)
{
	const char **last = arg;

	assert_true(*last < (const char *)p);
	*last = p;
}

static void
random_run(void **state)
{
	static bool model[SPAN];
	const char *last;
	uint64_t index, i;
	void *p;

	(void)state;
	begin();
	srandom(1);
	memset(model, 0, sizeof(model));
	for (unsigned n = 0; n < 200000; n++) {
		i = (uint64_t)random() % SPAN;
		switch (random() % 3) {
		case 0:
			assert_int_equal(vm_radix_insert(&rt, i, things + i),
			    model[i] ? EEXIST : 0);
			model[i] = true;
			break;
		case 1:
			p = vm_radix_remove(&rt, i);
			assert_ptr_equal(p, model[i] ? things + i : NULL);
			model[i] = false;
			break;
		default:
			index = i;
			p = vm_radix_next(&rt, &index);
			while (i < SPAN && !model[i])
				i++;
			assert_ptr_equal(p, i < SPAN ? things + i : NULL);
			if (p != NULL)
				assert_int_equal(index, i);
		}
	}
	/* cppcheck-suppress pointerOutOfBounds */
	last = things - 1;
	vm_radix_drain(&rt, count_thing, &last);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(single),
		cmocka_unit_test(grows),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(random_run),
	};

	return (RUN_TESTS(tests));
}
