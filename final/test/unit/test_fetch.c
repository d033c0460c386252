/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Single values of a guest: read, written, exchanged, compared and swapped.
 */
#include "guest_layout.h"
#include "vmm_copyio.h"
#include <pthread.h>

/* --- values --- */

static const struct {
	const char *name;
	vm_offset_t va;
	int get, set, lock; /* error of fu*, su*, swap* and cas* */
	unsigned sizes;	    /* those that the row is about, as a sum */
} values[] = {
	{ "aligned", P(0) + 64, 0, 0, 0, 1 | 4 | 8 },
	{ "last of a page", P(1) - 8, 0, 0, 0, 1 | 4 | 8 },
	{ "last word of a page", P(1) - 4, 0, 0, 0, 1 | 4 },
	{ "last byte of a page", P(1) - 1, 0, 0, 0, 1 },
	{ "not aligned", P(0) + 61, 0, 0, 0, 1 | 4 | 8 },
	{ "over two pages", P(1) - 4, 0, 0, EFAULT, 8 },
	{ "over two pages by a byte", P(1) - 1, 0, 0, EFAULT, 4 | 8 },
	{ "all but a byte", P(1) - 7, 0, 0, EFAULT, 8 },
	{ "all but a byte", P(1) - 3, 0, 0, EFAULT, 4 | 8 },
	{ "read-only for the guest", P(2), 0, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "into read-only", P(2) - 3, 0, EFAULT, EFAULT, 4 | 8 },
	{ "out of read-only, absent", P(3) - 3, EFAULT, EFAULT, EFAULT, 4 | 8 },
	{ "absent", P(3) + 8, EFAULT, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "read-only for the process", P(4), 0, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "nothing there", P(5), EFAULT, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "first page bad", P(6) - 3, EFAULT, EFAULT, EFAULT, 4 | 8 },
	{ "second page bad", P(7) - 3, EFAULT, EFAULT, EFAULT, 4 | 8 },
	{ "not for ring 3", P(7), EFAULT, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "into the gap", TOP + PAGE - 3, EFAULT, EFAULT, EFAULT, 4 | 8 },
	{ "in the gap", TOP + PAGE, EFAULT, EFAULT, EFAULT, 1 | 4 | 8 },
	{ "last of all", LAST + PAGE - 8, 0, 0, 0, 1 | 4 | 8 },
	{ "around the end", LAST + PAGE - 3, EFAULT, EFAULT, EFAULT, 4 | 8 },
	{ "null", 0, 0, 0, 0, 1 | 4 | 8 },
};

#define NEW 0x8070605040302010ul

/* A value cut to its size. */
static uint64_t
cut(uint64_t v, unsigned size)
{
	return (size == 8 ? v : v & ((1ul << 8 * size) - 1));
}

static int
get(vm_offset_t va, unsigned size, uint64_t *v)
{
	uint8_t byte = *v;
	uint32_t word = *v;
	int error;

	if (size == 8)
		return (vmm_fuword64(&linear, va, v));
	error = size == 4 ? vmm_fuword32(&linear, va, &word)
			  : vmm_fubyte(&linear, va, &byte);
	*v = size == 4 ? word : byte;
	return (error);
}

static int
set(vm_offset_t va, unsigned size, uint64_t v)
{
	if (size == 8)
		return (vmm_suword64(&linear, va, v));
	return (size == 4 ? vmm_suword32(&linear, va, v)
			  : vmm_subyte(&linear, va, v));
}

static int
swap(vm_offset_t va, unsigned size, uint64_t *v)
{
	uint32_t word = *v;
	int error;

	if (size == 8)
		return (vmm_swapu64(&linear, va, v));
	error = vmm_swapu32(&linear, va, &word);
	*v = word;
	return (error);
}

static int
cas(vm_offset_t va, unsigned size, uint64_t *old, uint64_t new)
{
	uint32_t word = *old;
	int error;

	if (size == 8)
		return (vmm_casu64(&linear, va, old, new));
	error = vmm_casu32(&linear, va, &word, new);
	*old = word;
	return (error);
}

/* What is there must be `want`; then all is made as it was. */
static void
assert_there(vm_offset_t va, unsigned size, uint64_t want)
{
	assert_int_equal(layout_value(va, size), cut(want, size));
	for (unsigned i = 0; i < size; i++)
		*layout_byte(va + i) = layout_pattern(va + i);
	assert_false(mem_changed());
}

static void
check_value(unsigned r, unsigned size)
{
	vm_offset_t va = values[r].va;
	uint64_t v = cut(NEW, size), was = 0;

	layout_start();
	assert_int_equal(get(va, size, &v), values[r].get);
	if (values[r].get == 0)
		was = layout_value(va, size);
	assert_int_equal(v, values[r].get == 0 ? was : cut(NEW, size));
	assert_false(mem_changed());
	assert_int_equal(set(va, size, NEW), values[r].set);
	if (values[r].set == 0)
		assert_there(va, size, NEW);
	assert_false(mem_changed());
	if (size == 1)
		return;
	v = cut(NEW, size);
	assert_int_equal(swap(va, size, &v), values[r].lock);
	assert_int_equal(v, values[r].lock == 0 ? was : cut(NEW, size));
	if (values[r].lock == 0)
		assert_there(va, size, NEW);
	assert_false(mem_changed());
	v = was;
	assert_int_equal(cas(va, size, &v, NEW), values[r].lock);
	assert_int_equal(v, was);
	if (values[r].lock == 0)
		assert_there(va, size, NEW);
	v = cut(~was, size);
	assert_int_equal(cas(va, size, &v, NEW), values[r].lock);
	assert_int_equal(v, values[r].lock == 0 ? was : cut(~was, size));
	assert_false(mem_changed());
}

static void
every_value(void **state)
{
	(void)state;
	for (unsigned r = 0; r < nitems(values); r++)
		for (unsigned size = 1; size <= 8; size *= 2)
			if ((values[r].sizes & size) != 0) {
				print_message(
				    "# %s, %u bytes\n", values[r].name, size);
				check_value(r, size);
			}
	assert_string_equal(console, "");
}

/* A comparison that fails is a write all the same, for the processor. */
static void
cas_marks_dirty(void **state)
{
	volatile pt_entry_t *entry = mem_entry(3, mem_index(P(0), 0));
	uint64_t old = 0;

	(void)state;
	layout_start();
	assert_int_equal(*entry & X86_PG_FRAME, GPA(40));
	*entry &= ~X86_PG_M;
	assert_int_equal(vmm_casu64(&linear, P(0), &old, 1), 0);
	assert_int_not_equal(old, 0);
	assert_int_equal(*entry & X86_PG_M, X86_PG_M);
}

/* --- two at once --- */

#define ROUNDS 200000u

/* Counts with compare and swap of both sizes, and in a lock made of swap. */
static void *
count(void *arg)
{
	uint64_t v64 = 0;
	uint32_t v32 = 0, locked;

	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t want64;
		uint32_t want32;

		do {
			want64 = v64;
			if (vmm_casu64(&linear, P(0), &v64, v64 + 1) != 0)
				abort();
		} while (v64 != want64);
		do {
			want32 = v32;
			if (vmm_casu32(&linear, P(0) + 8, &v32, v32 + 1) != 0)
				abort();
		} while (v32 != want32);
		do {
			locked = 1;
			if (vmm_swapu32(&linear, P(0) + 16, &locked) != 0)
				abort();
		} while (locked != 0);
		++*(volatile uint32_t *)layout_byte(P(0) + 24);
		vmm_swapu32(&linear, P(0) + 16, &locked);
	}
	return (NULL);
}

static void
atomic(void **state)
{
	pthread_t other;

	(void)state;
	layout_start();
	memset(layout_byte(P(0)), 0, 32);
	assert_int_equal(pthread_create(&other, NULL, count, NULL), 0);
	count(NULL);
	pthread_join(other, NULL);
	assert_int_equal(layout_value(P(0), 8), 2 * ROUNDS);
	assert_int_equal(layout_value(P(0) + 8, 4), 2 * ROUNDS);
	assert_int_equal(layout_value(P(0) + 24, 4), 2 * ROUNDS);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value),
		cmocka_unit_test(cas_marks_dirty),
		cmocka_unit_test(atomic),
	};

	return (RUN_TESTS(tests));
}
