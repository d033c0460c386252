/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk of a vkernel's page table: rights, marks, large pages, tables that
 * are nowhere or change under the walk, and random images against a walk that
 * is written down in another way.
 */
#include "vpte_image.h"

#define AGAIN 35 /* EAGAIN of the kernel, not of this C library */

/* --- one table per level, made by hand --- */

#define VA    ((3ul << 27) | (5ul << 18) | (7ul << 9) | 11) /* a page number */

/* Tables are pages 1 to 4, the page is 0x123; `last` is the level of the last
 * entry. */
static vpte_t *slots[4]; /* by level: 0 is the lowest */
static vpte_t root;

static void
build(unsigned last, vpte_t bits)
{
	memset(image, 0, sizeof(image));
	image_reset();
	root = 1ul << 12 | bits;
	for (unsigned level = 4; level-- > last;) {
		slots[level] = &image[4 - level][VA >> 9 * level & 511];
		*slots[level] = (5ul - level) << 12 | bits;
	}
	*slots[last] = (0x123ul << 12 << 9 * last) | bits |
	    (last > 0 ? VPTE_PS : 0);
}

static int
walk(unsigned access, vm_pindex_t *page, unsigned *prot)
{
	*page = VA;
	return (vpte_walk(root, page, access, prot, image_page, NULL));
}

static void
pages(void **state)
{
	vm_pindex_t page;
	unsigned prot;

	(void)state;
	for (unsigned last = 0; last < 4; last++) {
		build(last, TABLE);
		assert_int_equal(walk(R, &page, &prot), 0);
		assert_int_equal(page,
		    (0x123ul << 9 * last) + (VA & ((1ul << 9 * last) - 1)));
		/* The first write has to be seen. */
		assert_int_equal(prot, R | X);
		assert_int_equal(*slots[last] & (VPTE_A | VPTE_M), VPTE_A);
		assert_int_equal(walk(W, &page, &prot), 0);
		assert_int_equal(prot, R | W | X);
		for (unsigned level = last; level < 4; level++)
			assert_int_equal(*slots[level] & (VPTE_A | VPTE_M),
			    level == last ? VPTE_A | VPTE_M : VPTE_A);
		/* It was: reading gives the right, and nothing is stored. */
		image_reset();
		assert_int_equal(walk(R, &page, &prot), 0);
		assert_int_equal(prot, R | W | X);
		assert_int_equal(image_stores, 0);
		assert_int_equal(image_calls, 4 - last);
	}
	/* A root that is a page. */
	root = VPTE_V | VPTE_RW | VPTE_PS;
	assert_int_equal(walk(W, &page, &prot), 0);
	assert_int_equal(page, VA);
	assert_int_equal(prot, R | W | X);
}

/* A right that one entry does not give, or the root. */
static void
rights(void **state)
{
	static const struct {
		vpte_t bit;
		unsigned access;
	} rows[] = { { VPTE_RW, W }, { VPTE_U, R }, { VPTE_U, W },
		{ VPTE_U, X }, { VPTE_NX, X } };
	vm_pindex_t page;
	unsigned prot, level;

	(void)state;
	for (unsigned i = 0; i < nitems(rows) * 5; i++) {
		level = i % 5;
		build(0, TABLE);
		if (level == 4)
			root ^= rows[i / 5].bit;
		else
			*slots[level] ^= rows[i / 5].bit;
		/* Without U in the root it is asked for nowhere. */
		if (level == 4 && rows[i / 5].bit == VPTE_U) {
			*slots[1] &= ~VPTE_U;
			assert_int_equal(
			    walk(rows[i / 5].access, &page, &prot), 0);
			continue;
		}
		assert_int_equal(
		    walk(rows[i / 5].access, &page, &prot), EACCES);
		/* No mark says that it was used, or written. */
		assert_int_equal(*slots[0] & (VPTE_A | VPTE_M), 0);
		if (rows[i / 5].bit == VPTE_U)
			continue;
		assert_int_equal(walk(R, &page, &prot), 0);
		assert_int_equal(prot, rows[i / 5].bit == VPTE_NX ? R : R | X);
	}
	/* What is absent is so, whatever right is missing above. */
	build(0, TABLE);
	*slots[3] &= ~VPTE_RW;
	*slots[0] &= ~VPTE_V;
	assert_int_equal(walk(W, &page, &prot), EFAULT);
}

/* Tables that are not there, and numbers that no table has. */
static void
nowhere(void **state)
{
	vm_pindex_t page;
	unsigned prot;

	(void)state;
	for (unsigned level = 0; level < 4; level++) {
		build(0, TABLE);
		*slots[level] &= ~VPTE_V;
		assert_int_equal(walk(R, &page, &prot), EFAULT);
		build(0, TABLE);
		*slots[level] |= VPTE_FRAME;
		assert_int_equal(walk(R, &page, &prot), level == 0 ? 0 : EIO);
	}
	build(0, TABLE);
	root &= ~VPTE_V;
	assert_int_equal(walk(R, &page, &prot), EFAULT);
	root = VPTE_FRAME | TABLE;
	assert_int_equal(walk(R, &page, &prot), EIO);
	build(0, TABLE);
	page = 1ul << 36;
	assert_int_equal(
	    vpte_walk(root, &page, R, &prot, image_page, NULL), EFAULT);
	/* A table that is its own. */
	build(0, TABLE);
	for (unsigned i = 0; i < 512; i++)
		image[1][i] = root;
	assert_int_equal(walk(W, &page, &prot), 0);
	assert_int_equal(page, 1);
}

/* An entry changes between the look and the mark: the change stays. */
static void
changes(void **state)
{
	vm_pindex_t page;
	unsigned prot;

	(void)state;
	for (unsigned level = 0; level < 4; level++)
		for (unsigned w = 0; w < 2; w++) {
			build(0, TABLE);
			image_slot = slots[level];
			image_value = 0x77000 | VPTE_NX;
			assert_int_equal(walk(w ? W : R, &page, &prot), AGAIN);
			assert_int_equal(*slots[level], 0x77000 | VPTE_NX);
		}
	/* A page that has to be fetched, or made ready for the mark. */
	for (int i = 1; i <= 8; i++) {
		build(0, TABLE);
		image_fail = i;
		assert_int_equal(walk(R, &page, &prot), ENXIO);
	}
	build(0, TABLE);
	image_fail = 9;
	assert_int_equal(walk(R, &page, &prot), 0);
}

/* --- random images --- */

static vpte_t
random_word(void)
{
	return (
	    (vpte_t)random() << 33 ^ (vpte_t)random() << 16 ^ (vpte_t)random());
}

static void
fill(void)
{
	for (unsigned page = 0; page < IMAGE_PAGES; page++)
		for (unsigned i = 0; i < 512; i++)
			image_entry(&image[page][i], random_word());
}

static void
random_images(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned i = 0; i < 300000; i++) {
		if (i % 1000 == 0)
			fill();
		assert_true(image_try(random_word(), 1u << random() % 3));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(rights),
		cmocka_unit_test(nowhere),
		cmocka_unit_test(changes),
		cmocka_unit_test(random_images),
	};

	return (RUN_TESTS(tests));
}
