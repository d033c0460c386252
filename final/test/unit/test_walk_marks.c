/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk of a guest's page table: what marks it leaves, and that no table
 * and no change under the walk makes it do anything but succeed or fail.
 */
#define _GNU_SOURCE /* registers in a signal's context */
#include "walk_fixture.h"
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

/* --- marks --- */

/* The processor marks what it uses: all entries, and the leaf of a write. */
static void
marks(void **state)
{
	pt_entry_t want;

	(void)state;
	for (unsigned i = 0; i < 3 * 8; i++) {
		unsigned leaf = i / 8, access = i % 8;

		walk_start(leaf);
		/* Neighbours of what is used, in every table. */
		for (unsigned level = leaf; level <= PML4; level++)
			*(entry_of(VA, level) + 1) = PTE_USER;
		assert_int_equal(translate(VA, access), 0);
		for (unsigned level = leaf; level <= PML4; level++) {
			want = level == leaf ? frames[leaf]
					     : GPA(PML4 - level + 1);
			want |= PTE_USER | X86_PG_A;
			if (level == leaf)
				want |= (access & W ? X86_PG_M : 0) |
				    (leaf > 0 ? X86_PG_PS : 0);
			assert_int_equal(*entry_of(VA, level), want);
			assert_int_equal(*(entry_of(VA, level) + 1), PTE_USER);
		}
		/* Once more: nothing to do, so nothing is asked for. */
		mem_save();
		mem.calls = 0;
		assert_int_equal(translate(VA, access), 0);
		assert_int_equal(mem.calls, PML4 - leaf + 1);
		assert_false(mem_changed());
	}
}

/* A mark that is there does not stand for the other. */
static void
marks_one_by_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4 * 2; i++) {
		pt_entry_t have = (i & 1 ? X86_PG_A : 0) |
		    (i & 2 ? X86_PG_M : 0);
		unsigned access = i & 4 ? W : R;

		walk_start(PMAP_LEVEL_4K);
		*entry_of(VA, 0) |= have;
		assert_int_equal(translate(VA, access), 0);
		assert_int_equal(*entry_of(VA, 0) & MARKS,
		    have | X86_PG_A | (access == W ? X86_PG_M : 0));
	}
}

/* One entry without its mark, in any place. */
static void
one_mark_missing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3 * 4; i++) {
		unsigned leaf = i / 4, missing = i % 4;

		if (missing < leaf)
			continue;
		walk_start(leaf);
		for (unsigned level = leaf; level <= PML4; level++)
			*entry_of(VA, level) |= MARKS;
		*entry_of(VA, missing) &= ~X86_PG_A;
		mem.calls = 0;
		assert_int_equal(translate(VA, W), 0);
		assert_int_equal(*entry_of(VA, missing) & MARKS, MARKS);
		assert_int_equal(mem.calls, PML4 - leaf + 1 + 1);
	}
}

/* --- tables where none can be --- */

static void
table_rights(void **state)
{
	(void)state;
	for (unsigned table = MEM_PML4; table <= MEM_PT; table++) {
		walk_start(PMAP_LEVEL_4K);
		mem.rights[table] = VM_PROT_NONE;
		assert_int_equal(translate(VA, R), EFAULT);
		/* Read-only: it needs a mark that nobody may set ... */
		mem.rights[table] = VM_PROT_READ;
		assert_int_equal(translate(VA, R), EFAULT);
		assert_int_equal(*entry_of(VA, PML4 - table) & X86_PG_A, 0);
		/* ... or does not. */
		*entry_of(VA, PML4 - table) |= X86_PG_A;
		assert_int_equal(translate(VA, R), 0);
		assert_int_equal(
		    translate(VA, W), table == MEM_PT ? EFAULT : 0);
	}
	/* What is at the result is somebody else's question. */
	walk_start(PMAP_LEVEL_4K);
	mem.rights[MEM_DATA] = VM_PROT_NONE;
	assert_int_equal(translate(VA, W), 0);
}

/* Every call of page() in turn finds no memory. */
static void
no_memory(void **state)
{
	unsigned n;

	(void)state;
	for (n = 1;; n++) {
		walk_start(PMAP_LEVEL_4K);
		mem.fail_at = n;
		if (translate(VA, W) == 0)
			break;
		assert_int_equal(mem.calls, n);
	}
	assert_int_equal(n, 4 + 4 + 1);
}

/* A table that is its own child serves at every level. */
static void
loops(void **state)
{
	/* Self at index 1; and 2 -> page 1, whose 3 -> page 0. */
	const vm_offset_t self = 0x8040201000ul | 0x123;
	const vm_offset_t pair = 2ul << 39 | 3ul << 30 | 2ul << 21 | 3ul << 12;

	(void)state;
	for (unsigned access = 1; access < 8; access++) {
		mem_reset();
		*mem_entry(0, 1) = GPA(0) | PTE_USER;
		assert_int_equal(translate(self, access), 0);
		assert_int_equal(gpa, GPA(0) | 0x123);
		assert_int_equal(*mem_entry(0, 1),
		    GPA(0) | PTE_USER | X86_PG_A | (access & W ? X86_PG_M : 0));
		*mem_entry(0, 2) = GPA(1) | PTE_USER;
		*mem_entry(1, 3) = GPA(0) | PTE_USER;
		assert_int_equal(translate(pair, access), 0);
		assert_int_equal(gpa, GPA(0));
		assert_int_equal(
		    *mem_entry(0, 2), GPA(1) | PTE_USER | X86_PG_A);
		assert_int_equal(*mem_entry(1, 3),
		    GPA(0) | PTE_USER | X86_PG_A | (access & W ? X86_PG_M : 0));
	}
}

/* --- changes under the walk --- */

/* What becomes of an entry between being read and being marked. */
static pt_entry_t change_to;
static unsigned change_level;

static void
change_entry(struct guest_mem *m, vm_paddr_t at, unsigned access)
{
	if (access != VM_PROT_WRITE || m->hook_left == 0 ||
	    at != GPA(PML4 - change_level) + 8 * mem_index(VA, change_level))
		return;
	m->hook_left--;
	*entry_of(VA, change_level) = change_to;
}

static void
changed_entry(void **state)
{
	static const struct {
		pt_entry_t to;
		unsigned access;
		int error;
	} rows[] = {
		{ 0, R, EFAULT },
		{ 0, W, EFAULT },
		{ GPA(MEM_DATA) | X86_PG_V | X86_PG_U, W, EFAULT },
		{ GPA(MEM_DATA) | X86_PG_V | X86_PG_RW, R, EFAULT },
		{ GPA(MEM_DATA) | PTE_USER | X86_PG_NX, X, EFAULT },
		{ GPA(MEM_DATA) | PTE_USER | 1ul << 40, R, EFAULT },
		{ GPA(MEM_DATA) | X86_PG_V | X86_PG_U, R, 0 },
		{ GPA(MEM_DATA + 1) | PTE_USER, R, 0 },
		{ GPA(MEM_DATA + 1) | PTE_USER, W, 0 },
		{ GPA(MEM_DATA) | PTE_USER | X86_PG_A, R, 0 },
		{ GPA(MEM_DATA) | PTE_USER | X86_PG_A, W, 0 },
		{ GPA(MEM_DATA) | PTE_USER | X86_PG_M, R, 0 },
		{ GPA(MEM_DATA) | PTE_USER | MARKS, W, 0 },
	};
	pt_entry_t want;

	(void)state;
	for (unsigned i = 0; i < nitems(rows); i++) {
		walk_start(PMAP_LEVEL_4K);
		mem.hook = change_entry;
		mem.hook_left = 1;
		change_level = PMAP_LEVEL_4K;
		change_to = rows[i].to;
		if (translate(VA, rows[i].access) != rows[i].error)
			fail_msg("change %u", i);
		/* Nothing of the old entry comes back. */
		want = rows[i].to;
		if (rows[i].error == 0)
			want |= X86_PG_A | (rows[i].access & W ? X86_PG_M : 0);
		assert_int_equal(*entry_of(VA, 0), want);
		if (rows[i].error == 0)
			assert_int_equal(
			    gpa, (rows[i].to & X86_PG_FRAME) | (VA & 0xfff));
	}
}

/* A table is replaced by another one. */
static void
changed_table(void **state)
{
	const unsigned other = MEM_DATA + 2;

	(void)state;
	for (unsigned level = 1; level <= PML4; level++) {
		walk_start(PMAP_LEVEL_4K);
		memcpy(mem_page(other), mem_page(PML4 - level + 1), MEM_PAGE);
		if (level == 1)
			*mem_entry(other,
			    mem_index(VA, 0)) = GPA(MEM_DATA + 1) | PTE_USER;
		mem.hook = change_entry;
		mem.hook_left = 1;
		change_level = level;
		change_to = GPA(other) | PTE_USER;
		assert_int_equal(translate(VA, R), 0);
		assert_int_equal(
		    gpa, GPA(MEM_DATA + (level == 1)) | (VA & 0xfff));
		assert_int_equal(*entry_of(VA, level), change_to | X86_PG_A);
		assert_int_equal(
		    *mem_entry(other, mem_index(VA, level - 1)) & X86_PG_A,
		    X86_PG_A);
	}
}

/* Another bit of those for software each time. */
static void
change_always(struct guest_mem *m, vm_paddr_t at, unsigned access)
{
	if (access == VM_PROT_WRITE &&
	    at == GPA(MEM_PT) + 8 * mem_index(VA, 0) && m->hook_left > 0) {
		m->hook_left--;
		*entry_of(VA, 0) ^= X86_PG_AVAIL1;
	}
}

static void
changes_without_end(void **state)
{
	(void)state;
	walk_start(PMAP_LEVEL_4K);
	mem.hook = change_always;
	mem.hook_left = 8;
	assert_int_equal(translate(VA, W), 0);
	walk_start(PMAP_LEVEL_4K);
	mem.hook = change_always;
	mem.hook_left = 1000;
	assert_int_equal(translate(VA, W), EFAULT);
	assert_true(mem.calls < 200);
	assert_int_equal(*entry_of(VA, 0) & MARKS, 0);
}

/*
 * Counts what only the processor sees: reads of a table.  The tables are out
 * of reach; each touch is let through for one instruction, and then the entry
 * is spoiled, as another processor might do it.
 */
static volatile unsigned touches[4];
static volatile unsigned touched;

static void
reach(int prot)
{
	if (mprotect(mem_page(MEM_PML4), 4 * MEM_PAGE, prot) != 0)
		abort();
}

static void
on_touch(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uintptr_t offset = (uintptr_t)info->si_addr -
	    (uintptr_t)mem_page(MEM_PML4);

	if (offset >= 4 * MEM_PAGE) {
		signal(sig, SIG_DFL);
		return;
	}
	touched = offset / MEM_PAGE;
	touches[touched]++;
	reach(PROT_READ | PROT_WRITE);
	uc->uc_mcontext.gregs[REG_EFL] |= 0x100;
}

static void
after_touch(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	*entry_of(VA, PML4 - touched) = GPA(MEM_DATA + 3) | X86_PG_V |
	    X86_PG_PS;
	uc->uc_mcontext.gregs[REG_EFL] &= ~0x100;
	reach(PROT_NONE);
}

static void
reads_each_entry_once(void **state)
{
	struct sigaction touch = { .sa_flags = SA_SIGINFO },
			 after = { .sa_flags = SA_SIGINFO }, was[2];
	int error;

	(void)state;
	walk_start(PMAP_LEVEL_4K);
	for (unsigned level = 0; level <= PML4; level++)
		*entry_of(VA, level) |= MARKS;
	touch.sa_sigaction = on_touch;
	after.sa_sigaction = after_touch;
	sigaction(SIGSEGV, &touch, &was[0]);
	sigaction(SIGTRAP, &after, &was[1]);
	gpa = UNSET;
	reach(PROT_NONE);
	error = guest_phys_addr(&linear, VA, W, &gpa);
	reach(PROT_READ | PROT_WRITE);
	sigaction(SIGSEGV, &was[0], NULL);
	sigaction(SIGTRAP, &was[1], NULL);
	assert_int_equal(error, 0);
	assert_int_equal(gpa, GPA(MEM_DATA) | (VA & 0xfff));
	for (unsigned table = 0; table < 4; table++)
		assert_int_equal(touches[table], 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks),
		cmocka_unit_test(marks_one_by_one),
		cmocka_unit_test(one_mark_missing),
		cmocka_unit_test(table_rights),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(loops),
		cmocka_unit_test(changed_entry),
		cmocka_unit_test(changed_table),
		cmocka_unit_test(changes_without_end),
		cmocka_unit_test(reads_each_entry_once),
	};

	return (RUN_TESTS(tests));
}
