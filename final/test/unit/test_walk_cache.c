/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk that is remembered.  vmm_linear_page() must give what a walk and
 * page() would give at that moment, and leave the marks that they would leave,
 * whatever has changed since the last call and whoever changed it.
 */
#include "walk_fixture.h"

#define ARRAY (MEM_PAGES * MEM_PAGE)
#define USED  (16 * MEM_PAGE) /* of it, by these tests */

static struct vmm_walk walks[VMM_WALKS];
static volatile u_long gen;
static const unsigned accesses[] = { R, W, X, R | W };

/* VA is mapped, and nothing is remembered yet. */
static void
start(unsigned leaf)
{
	walk_start(leaf);
	mem.fold = true; /* a large page is larger than the array */
	memset(walks, 0, sizeof(walks));
	gen = 7;
	linear.gen = &gen;
	linear.walks = walks;
}

/* Where the array has the byte of va that is in a page of this frame. */
static uint8_t *
host(vm_paddr_t frame, vm_offset_t va, unsigned leaf)
{
	vm_offset_t mask = PMAP_LEVEL_SIZE(leaf) - 1;

	return (mem_page(0) + ((frame & ~mask) | (va & mask)) % ARRAY);
}

#define DATA(n) host(GPA(MEM_DATA + (n)), VA, PMAP_LEVEL_4K)

/* The place of an address; how often page() was asked is in mem.calls. */
static uint8_t *
find(vm_offset_t va, unsigned access)
{
	mem.calls = 0;
	return (vmm_linear_page(&linear, va, access));
}

/* Looks up VA: what it finds, and whether that was remembered. */
#define FINDS(want, access, remembered)                                        \
	do {                                                                   \
		assert_ptr_equal(find(VA, access), want);                      \
		assert_int_equal(mem.calls == 0, remembered);                  \
	} while (0)

/*
 * Looks up an address with and without memory, which must make no difference,
 * in what is found and in what is left.
 */
static uint8_t *
compare(vm_offset_t va, unsigned access)
{
	static uint8_t before[USED], after[USED];
	struct vmm_linear plain = linear;
	uint8_t *want, *have;

	plain.walks = NULL;
	memcpy(before, mem_page(0), USED);
	want = vmm_linear_page(&plain, va, access);
	memcpy(after, mem_page(0), USED);
	memcpy(mem_page(0), before, USED);
	have = find(va, access);
	if (have != want)
		fail_msg("%#lx, access %u: remembered %p, walked %p", va,
		    access, (void *)have, (void *)want);
	if (memcmp(mem_page(0), after, USED) != 0)
		fail_msg("%#lx, access %u: other marks", va, access);
	return (have);
}

/* --- what is remembered --- */

/* A second time asks nobody, for every access and size of page. */
static void
again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3 * nitems(accesses); i++) {
		unsigned leaf = i % 3, access = accesses[i / 3];
		uint8_t *want = host(frames[leaf], VA, leaf);

		start(leaf);
		FINDS(want, access, false);
		FINDS(want, access, true);
		/* Another byte of the page, and then the page after it. */
		assert_ptr_equal(find(VA ^ 0xfff, access),
		    host(frames[leaf], VA ^ 0xfff, leaf));
		assert_int_equal(mem.calls, 0);
		assert_ptr_equal(find(VA + MEM_PAGE, access),
		    leaf == 0 ? NULL : host(frames[leaf], VA + MEM_PAGE, leaf));
		assert_int_not_equal(mem.calls, 0);
		FINDS(want, access, false);
	}
}

/* Without a place to remember in every call walks. */
static void
nothing_remembered(void **state)
{
	(void)state;
	start(PMAP_LEVEL_4K);
	linear.walks = NULL;
	linear.gen = NULL;
	for (unsigned i = 0; i < 3; i++)
		FINDS(DATA(0), accesses[i], false);
	assert_int_equal(*entry_of(VA, 0) & MARKS, MARKS);
	*entry_of(VA, 0) = 0;
	FINDS(NULL, R, false);
}

/* Reading, writing and executing are remembered apart. */
static void
kinds(void **state)
{
	(void)state;
	start(PMAP_LEVEL_4K);
	*entry_of(VA, 0) |= X86_PG_A;
	FINDS(DATA(0), R, false);
	FINDS(DATA(0), X, false);
	/* The first write is one, and sets its mark. */
	assert_int_equal(*entry_of(VA, 0) & X86_PG_M, 0);
	FINDS(DATA(0), W, false);
	assert_int_equal(*entry_of(VA, 0) & X86_PG_M, X86_PG_M);
	/* The mark is a change, seen once by the others. */
	FINDS(DATA(0), R, false);
	FINDS(DATA(0), X, false);
	for (unsigned i = 0; i < nitems(accesses); i++)
		FINDS(DATA(0), accesses[i], true);
}

/* What may be read may not be written or executed for that. */
static void
rights(void **state)
{
	(void)state;
	start(PMAP_LEVEL_4K);
	*entry_of(VA, 0) = GPA(MEM_DATA) | X86_PG_V | X86_PG_U | X86_PG_NX;
	FINDS(DATA(0), R, false);
	FINDS(NULL, W, false);
	FINDS(NULL, R | W, false);
	FINDS(NULL, X, false);
	FINDS(DATA(0), R, true);
	/* The process may read, but not write. */
	start(PMAP_LEVEL_4K);
	mem.rights[MEM_DATA] = VM_PROT_READ;
	FINDS(DATA(0), R, false);
	FINDS(NULL, W, false);
	FINDS(NULL, W, false);
	FINDS(DATA(0), R, false); /* the write has left its mark */
}

/* --- what has changed --- */

/* Every bit of every entry, after a walk of every kind. */
static void
every_bit(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3 * 4 * 3 * 64; i++) {
		unsigned bit = i % 64, access = accesses[i / 64 % 3];
		unsigned level = i / (64 * 3) % 4, leaf = i / (64 * 3 * 4);

		if (level < leaf)
			continue;
		start(leaf);
		linear.nxe = bit % 2;
		find(VA, access);
		*entry_of(VA, level) ^= 1ul << bit;
		compare(VA, access);
		assert_int_not_equal(mem.calls, 0);
		*entry_of(VA, level) ^= 1ul << bit;
		compare(VA, access);
	}
}

/* A mark that the guest takes back is set again. */
static void
marks_taken_back(void **state)
{
	(void)state;
	start(PMAP_LEVEL_4K);
	for (unsigned i = 0; i < 8; i++) {
		unsigned level = i / 2;
		pt_entry_t mark = i % 2 ? X86_PG_M : X86_PG_A;

		find(VA, W);
		*entry_of(VA, level) &= ~mark;
		assert_ptr_equal(find(VA, W), DATA(0));
		if (mark == X86_PG_A || level == 0)
			assert_int_equal(*entry_of(VA, level) & mark, mark);
		FINDS(DATA(0), W, true);
	}
}

/* Another root, and back. */
static void
another_root(void **state)
{
	const unsigned other = MEM_DATA + 4;

	(void)state;
	start(PMAP_LEVEL_4K);
	memcpy(mem_page(other), mem_page(MEM_PML4), MEM_PAGE);
	FINDS(DATA(0), R, false);
	linear.cr3 = GPA(other);
	*entry_of(VA, PML4) = 0; /* of the old root */
	FINDS(DATA(0), R, false);
	FINDS(DATA(0), R, true);
	linear.cr3 = GPA(MEM_PML4);
	FINDS(NULL, R, false);
	linear.cr3 = GPA(other) | 1ul << 40; /* no processor has such a one */
	assert_null(find(VA, R));
	linear.cr3 = GPA(other);
	FINDS(DATA(0), R, false);
}

/* The process loses a page or a table, and says so by the generation. */
static void
generation(void **state)
{
	static const unsigned pages[] = { MEM_PML4, MEM_PDP, MEM_PD, MEM_PT,
		MEM_DATA };

	(void)state;
	for (unsigned i = 0; i < nitems(pages); i++) {
		start(PMAP_LEVEL_4K);
		FINDS(DATA(0), R, false);
		mem.rights[pages[i]] = VM_PROT_NONE;
		FINDS(DATA(0), R, true); /* it has not said so */
		gen++;
		FINDS(NULL, R, false);
		/* A failure is not remembered. */
		mem.rights[pages[i]] = VM_PROT_READ | VM_PROT_WRITE;
		FINDS(DATA(0), R, false);
		FINDS(DATA(0), R, true);
		gen--;
		FINDS(DATA(0), R, false);
	}
}

static void
count_up(struct guest_mem *m, vm_paddr_t at, unsigned access)
{
	(void)at;
	(void)access;
	if (m->hook_left > 0 && --m->hook_left == 0)
		gen++;
}

/* It changes in the middle of a walk, at any call of page(). */
static void
generation_meanwhile(void **state)
{
	unsigned n;

	(void)state;
	for (n = 1;; n++) {
		start(PMAP_LEVEL_4K);
		mem.hook = count_up;
		mem.hook_left = n;
		FINDS(DATA(0), W, false);
		if (mem.hook_left != 0)
			break;
		/* What page() gave before may be wrong, so nothing stays. */
		FINDS(DATA(0), W, false);
		FINDS(DATA(0), W, true);
	}
	assert_true(n > 4 + 4 + 1);
}

/* There is no memory, at any call of page(). */
static void
no_memory(void **state)
{
	uint8_t *found;
	unsigned n, failed = 0;

	(void)state;
	for (n = 1;; n++) {
		start(PMAP_LEVEL_4K);
		find(VA, R);
		gen++;
		mem.fail_at = n;
		found = find(VA, W);
		if (mem.calls < n)
			break;
		/* If it fails late, only nothing is remembered. */
		assert_true(found == NULL || found == DATA(0));
		failed += found == NULL;
		mem.fail_at = 0;
		FINDS(DATA(0), W, false);
		FINDS(DATA(0), W, true);
		mem.fail_at = n;
		assert_null(find(VA + MEM_PAGE, W));
		mem.fail_at = 0;
		FINDS(DATA(0), W, false);
	}
	/* Four entries, their marks (the walk before has set A), the page. */
	assert_int_equal(failed, 4 + 1 + 1);
	assert_int_equal(n, failed + 4 + 1);
}

/* One entry that serves at every level: its mark changes them all. */
static void
loop(void **state)
{
	const vm_offset_t self = 0x8040201000ul | 0x123;

	(void)state;
	start(PMAP_LEVEL_4K);
	*mem_entry(0, 1) = GPA(0) | PTE_USER;
	for (unsigned i = 0; i < 8; i++) {
		assert_ptr_equal(
		    compare(self, i & 1 ? W : R), mem_page(0) + 0x123);
		if (i == 5)
			*mem_entry(0, 1) &= ~MARKS;
	}
	*mem_entry(0, 1) = GPA(1) | PTE_USER;
	assert_null(compare(self, R));
}

/* --- everything --- */

static unsigned
random_below(unsigned n)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005ul + 1442695040888963407ul;
	return ((seed >> 33) % n);
}

/* Does one thing that a guest, its process or another processor can do. */
static void
change(void)
{
	vm_offset_t va = VA + random_below(2) * MEM_PAGE;
	volatile pt_entry_t *entry = entry_of(va, random_below(4));
	static const pt_entry_t bits[] = { X86_PG_V, X86_PG_RW, X86_PG_U,
		X86_PG_A, X86_PG_M, X86_PG_NX, X86_PG_PS, 1ul << 40, 1ul << 12,
		1ul << 52 };

	switch (random_below(6)) {
	case 0:
		mem.rights[random_below(MEM_DATA + 2)] = random_below(4);
		gen++;
		break;
	case 1:
		linear.cr3 = GPA(
		    random_below(4) == 0 ? MEM_DATA + 4 : MEM_PML4);
		break;
	case 2:
		memcpy(mem_page(MEM_DATA + 4), mem_page(MEM_PML4), MEM_PAGE);
		break;
	default:
		*entry ^= bits[random_below(nitems(bits))];
	}
}

static void
everything(void **state)
{
	unsigned found = 0, quick = 0;

	(void)state;
	for (unsigned i = 0; i < 40000; i++) {
		if (i % 40 == 0) {
			start(PMAP_LEVEL_4K);
			mem_map(VA + MEM_PAGE, GPA(MEM_DATA + 1), 0, PTE_USER);
		}
		if (random_below(3) == 0)
			change();
		found += compare(VA + random_below(2) * MEM_PAGE,
			     accesses[random_below(4)]) != NULL;
		quick += mem.calls == 0;
	}
	/* Otherwise it would say little. */
	assert_in_range(found, 8000, 30000);
	assert_in_range(quick, 2000, 20000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(again),
		cmocka_unit_test(nothing_remembered),
		cmocka_unit_test(kinds),
		cmocka_unit_test(rights),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(marks_taken_back),
		cmocka_unit_test(another_root),
		cmocka_unit_test(generation),
		cmocka_unit_test(generation_meanwhile),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(loop),
		cmocka_unit_test(everything),
	};

	return (RUN_TESTS(tests));
}
