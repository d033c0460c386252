/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk of a guest's page table: what each bit of each entry, of the
 * address and of CR3 does.
 */
#include "walk_fixture.h"

/* --- each bit --- */

/*
 * Every bit of every kind of entry, bit 0 first.
 *
 *   P  must be 1		   W  must be 1 for a write
 *   R  must be 0		   X  must be 0 for a fetch
 *   i  ignored			   S  size of the page: another one is wrong
 *   f  address; in a table entry it leads to an empty page
 *   h  address; beyond the array, where all is as below (fold)
 */
#define BITS_28	 "ffffffhhhhhhhhhhhhhhhhhhhhhh"
#define BITS_TOP "RRRRRRRRRRRRiiiiiiiiiiiX"

static const struct {
	const char *name;
	unsigned level, leaf; /* of the entry, of the walk */
	const char *bits;
} kinds[] = {
	{ "PML4E", 3, 0, "PWPiiiiRiiii" BITS_28 BITS_TOP },
	{ "PDPTE", 2, 0, "PWPiiiiSiiii" BITS_28 BITS_TOP },
	{ "PDE", 1, 0, "PWPiiiiSiiii" BITS_28 BITS_TOP },
	{ "PTE", 0, 0, "PWPiiiiiiiii" BITS_28 BITS_TOP },
	{ "PML4E of 2 MB", 3, 1, "PWPiiiiRiiii" BITS_28 BITS_TOP },
	{ "PDPTE of 2 MB", 2, 1, "PWPiiiiSiiii" BITS_28 BITS_TOP },
	{ "2 MB page", 1, 1,
	    "PWPiiiiSiiiiiRRRRRRRRhhhhhhhhhhhhhhhhhhh" BITS_TOP },
	{ "PML4E of 1 GB", 3, 2, "PWPiiiiRiiii" BITS_28 BITS_TOP },
	{ "1 GB page", 2, 2,
	    "PWPiiiiSiiiiiRRRRRRRRRRRRRRRRRhhhhhhhhhh" BITS_TOP },
};

static bool
refused(char letter, bool is_leaf, unsigned access, bool nxe)
{
	switch (letter) {
	case 'P':
	case 'R':
	case 'S':
		return (true);
	case 'W':
		return ((access & W) != 0);
	case 'X':
		return (!nxe || (access & X) != 0);
	case 'f':
		return (!is_leaf);
	default:
		return (false);
	}
}

static void
check_bit(unsigned kind, unsigned bit, unsigned access, bool nxe)
{
	unsigned level = kinds[kind].level, leaf = kinds[kind].leaf;
	char letter = kinds[kind].bits[bit];
	vm_paddr_t mask = PMAP_LEVEL_SIZE(leaf) - 1;
	vm_paddr_t want = frames[leaf] | (VA & mask);
	bool moves = level == leaf && (letter == 'f' || letter == 'h');
	int error;

	walk_start(leaf);
	mem.fold = letter == 'R' || letter == 'h';
	linear.nxe = nxe;
	*entry_of(VA, level) ^= 1ul << bit;
	mem_save();
	error = translate(VA, access);
	if ((error != 0) != refused(letter, level == leaf, access, nxe))
		fail_msg("%s, bit %u, access %u, nxe %d: error %d",
		    kinds[kind].name, bit, access, nxe, error);
	if (error != 0)
		assert_false(mem_changed());
	else if (gpa != (moves ? want ^ 1ul << bit : want))
		fail_msg("%s, bit %u: to %#lx", kinds[kind].name, bit, gpa);
}

static void
every_bit(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < nitems(kinds); kind++) {
		assert_int_equal(strlen(kinds[kind].bits), 64);
		for (unsigned i = 0; i < 64 * 16; i++)
			check_bit(kind, i / 16, i % 8, i % 16 / 8);
	}
}

/* Which address bits are reserved depends on the processor. */
static void
physical_width(void **state)
{
	static const u_int widths[] = { 32, 36, 39, 40, 46, 51, 52 };
	pt_entry_t bit;

	(void)state;
	for (unsigned i = 0; i < nitems(widths) * 4 * 2; i++) {
		walk_start(PMAP_LEVEL_4K);
		mem.fold = true;
		linear.maxphyaddr = widths[i / 8];
		bit = 1ul << (widths[i / 8] - i % 2);
		*entry_of(VA, i / 2 % 4) |= bit;
		/* Bit 52 is not an address bit on any processor. */
		assert_int_equal(translate(VA, R),
		    i % 2 == 0 && bit < 1ul << 52 ? EFAULT : 0);
	}
}

static void
no_1gb_pages(void **state)
{
	(void)state;
	for (unsigned leaf = 0; leaf <= PMAP_LEVEL_1G; leaf++) {
		walk_start(leaf);
		linear.page_1gb = false;
		assert_int_equal(
		    translate(VA, R), leaf == PMAP_LEVEL_1G ? EFAULT : 0);
	}
}

/* No processor has pages that large, however well they are aligned. */
static void
no_512gb_pages(void **state)
{
	(void)state;
	walk_start(PMAP_LEVEL_4K);
	mem.fold = true;
	*entry_of(VA, PML4) = PTE_USER | X86_PG_PS;
	assert_int_equal(translate(VA, R), EFAULT);
}

/* The address within the page comes through unchanged. */
static void
offsets(void **state)
{
	vm_offset_t mask;

	(void)state;
	for (unsigned leaf = 0; leaf <= PMAP_LEVEL_1G; leaf++) {
		mask = PMAP_LEVEL_SIZE(leaf) - 1;
		walk_start(leaf);
		for (vm_offset_t bit = 1; bit <= mask; bit <<= 1) {
			assert_int_equal(translate((VA & ~mask) | bit, R), 0);
			assert_int_equal(gpa, frames[leaf] | bit);
		}
		assert_int_equal(translate(VA | mask, R), 0);
		assert_int_equal(gpa, frames[leaf] | mask);
		assert_int_equal(translate((VA | mask) + 1, R), EFAULT);
		assert_int_equal(translate((VA & ~mask) - 1, R), EFAULT);
	}
}

/* --- address and root --- */

static void
canonical(void **state)
{
	(void)state;
	walk_start(PMAP_LEVEL_4K);
	mem_map(HIGHER, GPA(MEM_DATA + 1), PMAP_LEVEL_4K, PTE_USER);
	/* Both halves work and are not the same. */
	assert_int_equal(translate(VA, R), 0);
	*entry_of(VA, PML4) = 0;
	assert_int_equal(translate(VA, R), EFAULT);
	assert_int_equal(translate(HIGHER, R), 0);
	*entry_of(VA, PML4) = *entry_of(HIGHER, PML4);
	for (unsigned bit = 47; bit < 64; bit++) {
		assert_int_equal(translate(VA ^ 1ul << bit, R), EFAULT);
		assert_int_equal(translate(HIGHER ^ 1ul << bit, R), EFAULT);
	}
}

static void
root(void **state)
{
	(void)state;
	walk_start(PMAP_LEVEL_4K);
	mem.fold = true;
	for (unsigned bit = 0; bit < 64; bit++) {
		linear.cr3 = GPA(MEM_PML4) ^ 1ul << bit;
		/* 12 .. 17 lead to an empty page. */
		if (translate(VA, R) !=
		    ((bit >= 12 && bit < 18) || bit >= 40 ? EFAULT : 0))
			fail_msg("cr3 bit %u", bit);
	}
	linear.cr3 = GPA(MEM_PML4) | 0xfff;
	assert_int_equal(translate(VA, R), 0);
	mem.fold = false;
	linear.cr3 = MEM_GPA - MEM_PAGE;
	assert_int_equal(translate(VA, R), EFAULT);
	linear.cr3 = GPA(MEM_PAGES);
	assert_int_equal(translate(VA, R), EFAULT);
	linear.cr3 = 0;
	assert_int_equal(translate(VA, R), EFAULT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit),
		cmocka_unit_test(physical_width),
		cmocka_unit_test(no_1gb_pages),
		cmocka_unit_test(no_512gb_pages),
		cmocka_unit_test(offsets),
		cmocka_unit_test(canonical),
		cmocka_unit_test(root),
	};

	return (RUN_TESTS(tests));
}
