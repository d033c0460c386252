/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address spaces: what each call does to the map, and what a program then finds
 * in its memory.
 */
#include "vm_space.h"

static void
arguments(void **state)
{
	struct vmspace *vm;
	vm_offset_t at;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 0, RW, F_PRIVATE), EINVAL);
	assert_int_equal(map(vm, BASE + 1, 1, RW, F_PRIVATE), EINVAL);
	assert_int_equal(map(vm, 0, 1, RW, F_PRIVATE), EINVAL);
	assert_int_equal(map(vm, USER_MAX, 1, RW, F_PRIVATE), EINVAL);
	assert_int_equal(map(vm, -PAGE, 1, RW, F_PRIVATE), EINVAL);
	assert_int_equal(map(vm, BASE, 1ul << 51, RW, F_PRIVATE), EINVAL);
	at = 0;
	assert_int_equal(
	    rig_mmap(vm, &at, 1ul << 51, RW, ALL, F_PRIVATE, -1, 0), ENOMEM);
	assert_int_equal(
	    rig_mmap(vm, &at, 1ul << 35, RW, ALL, F_PRIVATE, -1, 0), ENOMEM);
	/* Too large for where mmap's memory is: above it. */
	assert_int_equal(
	    rig_mmap(vm, &at, 1ul << 34, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_true(at >= 0x800000000);
	assert_int_equal(rig_munmap(vm, at, 1ul << 34), 0);
	assert_int_equal(rig_munmap(vm, 0, 1), EINVAL);
	assert_int_equal(rig_munmap(vm, USER_MAX - PAGE, 2), EINVAL);
	assert_int_equal(rig_munmap(vm, BASE, 0), 0);
	assert_int_equal(rig_munmap(vm, BASE, 5), 0);
	assert_int_equal(rig_mprotect(vm, BASE, 1, R), ENOMEM);
	assert_int_equal(rig_madvise(vm, BASE, 1, -1), EINVAL);
	assert_int_equal(rig_madvise(vm, BASE, 1, 12), EINVAL);
	assert_int_equal(rig_inherit(vm, BASE, 1, 3), EINVAL);
	assert_int_equal(rig_msync(vm, BASE, 1), ENOMEM);
	rig_check(vm, 0);
	rig_exit(vm);
	rig_finish();
}

static void
refusals(void **state)
{
	struct vmspace *vm;
	uint64_t word;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(rig_read(vm, BASE, &word), EFAULT);
	assert_int_equal(rig_read(vm, 0, &word), EFAULT);
	assert_int_equal(rig_read(vm, USER_MAX, &word), EFAULT);
	assert_int_equal(rig_read(vm, ~7ul, &word), EFAULT);
	assert_int_equal(map(vm, BASE, 1, R, F_PRIVATE), 0);
	assert_int_equal(map(vm, BASE + PAGE, 1, 0, F_PRIVATE), 0);
	assert_word(vm, BASE, 0);
	assert_int_equal(rig_write(vm, BASE, 1), EACCES);
	assert_int_equal(rig_read(vm, BASE + PAGE, &word), EACCES);
	/* A right that was given and taken again. */
	assert_int_equal(rig_mprotect(vm, BASE, 1, RW), 0);
	put(vm, BASE, 5);
	assert_int_equal(rig_mprotect(vm, BASE, 2, R), 0);
	assert_int_equal(rig_write(vm, BASE, 6), EACCES);
	assert_word(vm, BASE, 5);
	assert_int_equal(rig_mprotect(vm, BASE, 1, 0), 0);
	assert_int_equal(rig_read(vm, BASE, &word), EACCES);
	/* What can be executed can be read, whatever was tried first. */
	assert_int_equal(rig_mprotect(vm, BASE, 1, PROT_EXEC), 0);
	assert_word(vm, BASE, 5);
	assert_int_equal(rig_write(vm, BASE, 6), EACCES);
	rig_check(vm, 2);
	rig_exit(vm);
	rig_finish();
}

/* Not all mapped, or more than the file allows: nothing changes. */
static void
protect_whole(void **state)
{
	vm_offset_t at = BASE + 2 * PAGE;
	struct vmspace *vm;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 2, RW, F_PRIVATE), 0);
	assert_int_equal(rig_mprotect(vm, BASE, 3, R), ENOMEM);
	put(vm, BASE, 1);
	assert_int_equal(
	    rig_mmap(vm, &at, 1, R, R, F_SHARED | F_FIXED, 0, 0), 0);
	assert_int_equal(rig_mprotect(vm, BASE, 3, RW), EACCES);
	assert_int_equal(rig_mprotect(vm, BASE, 3, R), 0);
	assert_int_equal(rig_write(vm, BASE, 1), EACCES);
	rig_check(vm, 3);
	rig_exit(vm);
	rig_finish();
}

/* Splitting and joining leaves as few entries as there are mappings. */
static void
split_and_merge(void **state)
{
	struct vmspace *vm;

	(void)state;
	rig_start(256);
	vm = rig_space();
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(map(vm, BASE + i * PAGE, 1, RW, F_PRIVATE), 0);
	assert_int_equal(rig_entries(vm), 1);
	for (unsigned i = 0; i < 8; i++)
		put(vm, BASE + i * PAGE, i + 1);
	assert_int_equal(rig_mprotect(vm, BASE + 3 * PAGE, 2, R), 0);
	assert_int_equal(rig_entries(vm), 3);
	rig_check(vm, 8);
	assert_int_equal(rig_mprotect(vm, BASE + 3 * PAGE, 2, RW), 0);
	assert_int_equal(rig_entries(vm), 1);
	for (unsigned i = 0; i < 8; i++)
		assert_word(vm, BASE + i * PAGE, i + 1);
	assert_int_equal(rig_munmap(vm, BASE + 2 * PAGE, 3), 0);
	assert_int_equal(rig_entries(vm), 2);
	assert_int_equal(rig_free_pages(), 255 - 5);
	/* New pages in the gap are new. */
	assert_int_equal(map(vm, BASE + 2 * PAGE, 3, RW, F_PRIVATE), 0);
	assert_int_equal(rig_entries(vm), 2);
	assert_word(vm, BASE + 3 * PAGE, 0);
	assert_word(vm, BASE + PAGE, 2);
	assert_word(vm, BASE + 5 * PAGE, 6);
	rig_check(vm, 8);
	rig_exit(vm);
	rig_finish();
}

static void
find_space(void **state)
{
	vm_offset_t a = 0, b = 0, c;
	struct vmspace *vm;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(rig_mmap(vm, &a, 4, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_int_equal(a, BASE);
	assert_int_equal(rig_mmap(vm, &b, 4, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_int_equal(b, BASE + 4 * PAGE);
	/* What is free again is used again. */
	assert_int_equal(rig_munmap(vm, a + PAGE, 2), 0);
	c = 0;
	assert_int_equal(rig_mmap(vm, &c, 2, RW, ALL, F_SHARED, -1, 0), 0);
	assert_int_equal(c, a + PAGE);
	/* A hint that is taken; one that is in the way of nothing. */
	c = a;
	assert_int_equal(rig_mmap(vm, &c, 1, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_int_equal(c, b + 4 * PAGE);
	c = BASE + 0x5000000;
	assert_int_equal(rig_mmap(vm, &c, 1, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_int_equal(c, BASE + 0x5000000);
	assert_int_equal(
	    rig_mmap(vm, &c, 1, RW, ALL, F_PRIVATE | F_TRYFIXED, -1, 0),
	    EEXIST);
	c += PAGE;
	assert_int_equal(
	    rig_mmap(vm, &c, 1, RW, ALL, F_PRIVATE | F_TRYFIXED, -1, 0), 0);
	c = 0;
	assert_int_equal(
	    rig_mmap(vm, &c, 5, RW, ALL, F_PRIVATE | F_ALIGN, -1, 0), 0);
	assert_int_equal(c % (8 * PAGE), 0);
	/* The whole range, but not one page more. */
	c = 0;
	assert_int_equal(rig_mmap(vm, &c, (MMAP_MAX - BASE) / PAGE, RW, ALL,
			     F_PRIVATE, -1, 0),
	    ENOMEM);
	rig_exit(vm);
	vm = rig_space();
	assert_int_equal(rig_mmap(vm, &c, (MMAP_MAX - BASE) / PAGE, RW, ALL,
			     F_PRIVATE, -1, 0),
	    0);
	assert_int_equal(c, BASE);
	put(vm, MMAP_MAX - PAGE, 1);
	rig_exit(vm);
	rig_finish();
}

static void
stack(void **state)
{
	const vm_offset_t top = USER_MAX - PAGE;
	struct vmspace *vm, *child;
	uint64_t word;
	vm_offset_t at;

	(void)state;
	rig_start(512);
	vm = rig_space();
	assert_int_equal(rig_stack(vm, top, 256), 0);
	assert_int_equal(rig_stack(vm, top, 256), EEXIST);
	put(vm, top - 8, 1);
	put(vm, top - 100 * PAGE, 2);
	put(vm, top - 256 * PAGE, 3);
	assert_int_equal(rig_read(vm, top - 257 * PAGE, &word), EFAULT);
	assert_word(vm, top - 8, 1);
	assert_word(vm, top - 100 * PAGE, 2);
	rig_check(vm, 256);
	child = rig_fork(vm);
	assert_word(child, top - 100 * PAGE, 2);
	assert_word(child, top - 256 * PAGE, 3);
	rig_exit(child);
	rig_exit(vm);
	/* Nothing is mapped where it may grow, unless it has to be. */
	vm = rig_space();
	assert_int_equal(rig_stack(vm, top, 256), 0);
	at = top - 200 * PAGE;
	assert_int_equal(rig_mmap(vm, &at, 1, RW, ALL, F_PRIVATE, -1, 0), 0);
	assert_int_equal(at, BASE);
	assert_int_equal(map(vm, top - 200 * PAGE, 1, R, F_PRIVATE), 0);
	put(vm, top - 199 * PAGE, 4);
	assert_int_equal(rig_write(vm, top - 200 * PAGE, 4), EACCES);
	assert_int_equal(rig_read(vm, top - 201 * PAGE, &word), EFAULT);
	rig_exit(vm);
	rig_finish();
}

/* A page is copied by who writes to it, and only while somebody else has it. */
static void
copy_on_write(void **state)
{
	struct vmspace *vm, *child;
	unsigned long before;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 4, RW, F_PRIVATE), 0);
	for (unsigned i = 0; i < 4; i++)
		put(vm, BASE + i * PAGE, 10 + i);
	before = rig_free_pages();
	child = rig_fork(vm);
	assert_int_equal(rig_free_pages(), before);
	assert_word(child, BASE, 10);
	put(vm, BASE, 20);
	put(child, BASE + PAGE, 30);
	assert_int_equal(rig_free_pages(), before - 2);
	assert_word(child, BASE, 10);
	assert_word(vm, BASE + PAGE, 11);
	rig_check(vm, 4);
	rig_check(child, 4);
	/* The child's are its own now. */
	put(child, BASE, 40);
	assert_int_equal(rig_free_pages(), before - 2);
	rig_exit(vm);
	put(child, BASE + 2 * PAGE, 41);
	assert_word(child, BASE + 3 * PAGE, 13);
	assert_int_equal(rig_free_pages(), before);
	rig_exit(child);
	rig_finish();
}

/* A processor that could write before the fork cannot after it. */
static void
fork_and_tlb(void **state)
{
	struct vmspace *vm, *child;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 40, RW, F_PRIVATE), 0);
	for (unsigned n = 1; n <= 40; n += 13) {
		for (unsigned i = 0; i < n; i++)
			put(vm, BASE + i * PAGE, i);
		child = rig_fork(vm);
		for (unsigned i = 0; i < n; i++)
			put(vm, BASE + i * PAGE, 100 + i);
		for (unsigned i = 0; i < n; i++)
			assert_word(child, BASE + i * PAGE, i);
		rig_exit(child);
	}
	rig_exit(vm);
	rig_finish();
}

static void
inherit(void **state)
{
	struct vmspace *vm, *child;
	uint64_t word;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 3, RW, F_PRIVATE), 0);
	assert_int_equal(map(vm, BASE + 8 * PAGE, 1, RW, F_SHARED), 0);
	put(vm, BASE + PAGE, 1);
	assert_int_equal(rig_inherit(vm, BASE + PAGE, 1, INH_NONE), 0);
	child = rig_fork(vm);
	assert_int_equal(rig_read(child, BASE + PAGE, &word), EFAULT);
	put(child, BASE + 8 * PAGE, 7);
	assert_word(vm, BASE + 8 * PAGE, 7);
	rig_exit(child);
	assert_int_equal(rig_inherit(vm, BASE, 3, INH_COPY), 0);
	child = rig_fork(vm);
	assert_word(child, BASE + PAGE, 1);
	rig_exit(child);
	rig_exit(vm);
	rig_finish();
}

/* Private memory that children share, shared memory that they get copies of;
 * also after an earlier child has got the other thing. */
static void
inherit_mixed(void **state)
{
	struct vmspace *vm, *first, *child;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(map(vm, BASE, 3, RW, F_PRIVATE), 0);
	assert_int_equal(map(vm, BASE + 8 * PAGE, 2, RW, F_SHARED), 0);
	put(vm, BASE, 1);
	put(vm, BASE + PAGE, 2);
	put(vm, BASE + 8 * PAGE, 3);
	first = rig_fork(vm);
	put(vm, BASE, 4); /* that page is not the child's any more */
	assert_int_equal(rig_inherit(vm, BASE, 2, INH_SHARE), 0);
	assert_int_equal(rig_inherit(vm, BASE + 8 * PAGE, 2, INH_COPY), 0);
	child = rig_fork(vm);
	put(child, BASE, 5);
	assert_word(vm, BASE, 5);
	put(vm, BASE + PAGE, 6);
	assert_word(child, BASE + PAGE, 6);
	put(child, BASE + 8 * PAGE, 7);
	assert_word(vm, BASE + 8 * PAGE, 3);
	put(vm, BASE + 9 * PAGE, 8);
	assert_word(child, BASE + 9 * PAGE, 0);
	assert_word(first, BASE, 1);
	assert_word(first, BASE + PAGE, 2);
	assert_word(first, BASE + 8 * PAGE, 3);
	rig_exit(child);
	rig_exit(first);
	assert_int_equal(rig_inherit(vm, BASE, 2, INH_COPY), 0);
	assert_int_equal(rig_inherit(vm, BASE + 8 * PAGE, 2, INH_SHARE), 0);
	child = rig_fork(vm);
	put(child, BASE, 9);
	put(child, BASE + 8 * PAGE, 10);
	assert_word(vm, BASE, 5);
	assert_word(vm, BASE + 8 * PAGE, 10);
	rig_exit(child);
	rig_exit(vm);
	rig_finish();
}

static void
files(void **state)
{
	vm_offset_t shared = BASE, private = BASE + 16 * PAGE;
	struct vmspace *vm;
	uint64_t word;

	(void)state;
	rig_start(256);
	vm = rig_space();
	assert_int_equal(
	    rig_mmap(vm, &shared, 8, RW, ALL, F_SHARED | F_FIXED, 0, 2), 0);
	assert_int_equal(
	    rig_mmap(vm, &private, 8, RW, ALL, F_PRIVATE | F_FIXED, 0, 2), 0);
	assert_word(vm, shared, 1002);
	assert_word(vm, private + PAGE, 1003);
	put(vm, private + PAGE, 5);
	assert_word(vm, shared + PAGE, 1003);
	/* Private pages that are still the file's show what is written. */
	put(vm, shared + 2 * PAGE, 6);
	assert_word(vm, private + 2 * PAGE, 6);
	assert_int_equal(rig_disk(0, 4), 1004);
	assert_int_equal(rig_msync(vm, shared, 8), 0);
	assert_int_equal(rig_disk(0, 4), 6);
	assert_int_equal(rig_disk(0, 3), 1003);
	rig_check(vm, 16);
	/* Written once more: it has to be noticed. */
	put(vm, shared + 2 * PAGE, 7);
	rig_check(vm, 16);
	assert_int_equal(rig_msync(vm, shared, 8), 0);
	assert_int_equal(rig_disk(0, 4), 7);
	/* A full disk: what is clean stays so, what is dirty may change. */
	rig_disk_full = true;
	assert_int_equal(rig_write(vm, shared + 2 * PAGE, 8), EIO);
	assert_word(vm, shared + 2 * PAGE, 7);
	rig_disk_full = false;
	put(vm, shared + 2 * PAGE, 9);
	rig_disk_full = true;
	put(vm, shared + 2 * PAGE, 7);
	rig_disk_full = false;
	rig_check(vm, 16);
	/* Private copies go, the file comes back. */
	assert_int_equal(rig_madvise(vm, private, 8, ADV_FREE), 0);
	assert_word(vm, private + PAGE, 1003);
	put(vm, private + 7 * PAGE, 9);
	rig_truncate(0, 5);
	assert_int_equal(rig_read(vm, shared + 3 * PAGE, &word), EIO);
	assert_int_equal(rig_read(vm, private + 3 * PAGE, &word), EIO);
	assert_word(vm, private + 7 * PAGE, 9);
	assert_word(vm, shared + 2 * PAGE, 7);
	rig_check(vm, 16);
	rig_exit(vm);
	rig_finish();
}

/* More memory than there is: pages of files give way, then nothing does. */
static void
scarce(void **state)
{
	vm_offset_t at = BASE;
	struct vmspace *vm;

	(void)state;
	rig_start(41);
	vm = rig_space();
	assert_int_equal(
	    rig_mmap(vm, &at, 64, R, ALL, F_SHARED | F_FIXED, 0, 0), 0);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 64; i++)
			assert_word(vm, BASE + i * PAGE, 1000 + i);
	assert_int_equal(map(vm, BASE + 64 * PAGE, 36, RW, F_PRIVATE), 0);
	for (unsigned i = 0; i < 36; i++)
		put(vm, BASE + (64 + i) * PAGE, i);
	for (unsigned i = 0; i < 64; i++)
		assert_word(vm, BASE + i * PAGE, 1000 + i);
	for (unsigned i = 0; i < 36; i++)
		assert_word(vm, BASE + (64 + i) * PAGE, i);
	rig_check(vm, 100);
	assert_int_equal(rig_kills, 0);
	rig_exit(vm);
	rig_finish();
}

/* Every allocation that cannot wait fails once. */
static void
no_memory(void **state)
{
	struct vmspace *vm, *child;

	(void)state;
	for (long n = 0; n < 40; n++) {
		rig_start(256);
		vm = rig_space();
		rig_fail_kmalloc(n);
		assert_int_equal(map(vm, BASE, 8, RW, F_PRIVATE), 0);
		assert_int_equal(map(vm, BASE + 8 * PAGE, 8, RW, F_SHARED), 0);
		for (unsigned i = 0; i < 16; i++)
			put(vm, BASE + i * PAGE, i);
		child = rig_fork(vm);
		assert_non_null(child);
		for (unsigned i = 0; i < 16; i++) {
			assert_word(child, BASE + i * PAGE, i);
			put(child, BASE + i * PAGE, 50 + i);
			assert_word(vm, BASE + i * PAGE, i < 8 ? i : 50 + i);
		}
		rig_check(child, 16);
		rig_exit(vm);
		rig_exit(child);
		rig_finish();
	}
}

/* What mmap(2) itself checks. */
static void
mmap_call(void **state)
{
	enum { FR = 1, FW = 2, FRW = 3 };
	const u_long any = LONG_MAX;
	static const struct {
		vm_offset_t addr;
		size_t len;
		int prot, flags, fd;
		off_t pos;
		int fflag;
		bool noexec;
		int error;
		vm_offset_t res;
	} rows[] = {
		{ 0, 1, RW, F_ANON, -1, 0, 0, false, 0, BASE },
		{ 0, 1, RW, F_ANON | F_PRIVATE, 77, -5, 0, false, 0, BASE },
		{ 1, 1, RW, F_ANON | F_PRIVATE, -1, 0, 0, false, 0, BASE },
		{ 0, 0, RW, F_ANON, -1, 0, 0, false, EINVAL, 0 },
		{ 0, ~0ul, RW, F_ANON, -1, 0, 0, false, ENOMEM, 0 },
		{ 0, 1ul << 40, RW, F_ANON, -1, 0, 0, false, 0, 0x800000000 },
		{ 0, 1, 8, F_ANON, -1, 0, 0, false, EINVAL, 0 },
		{ 0, 1, RW, F_ANON | F_VPAGE, -1, 0, 0, false, EINVAL, 0 },
		{ 0, 1, RW, F_ANON | 0x4000, -1, 0, 0, false, EINVAL, 0 },
		{ 0, 1, RW, F_ANON | 3, -1, 0, 0, false, EINVAL, 0 },
		{ 1, 1, RW, F_ANON | F_FIXED, -1, 0, 0, false, EINVAL, 0 },
		{ 0, 1, RW, F_ANON | F_FIXED, -1, 0, 0, false, EINVAL, 0 },
		{ -PAGE, PAGE, RW, F_ANON | F_FIXED, -1, 0, 0, false, EINVAL,
		    0 },
		/* SYSRET to the end of user space would fault in ring 0. */
		{ USER_MAX - PAGE, PAGE, ALL, F_ANON | F_FIXED, -1, 0, 0, false,
		    EINVAL, 0 },
		{ BASE, PAGE, RW, F_ANON | F_FIXED, -1, 0, 0, false, 0, BASE },
		{ 0, PAGE, RW, F_STACK, -1, 0, 0, false, 0, BASE },
		{ 0, PAGE, R, F_STACK, -1, 0, 0, false, EINVAL, 0 },
		{ 0, PAGE, RW, F_STACK, 3, 0, FRW, false, EINVAL, 0 },
		{ 0, PAGE, RW, F_SHARED, 5, 0, FRW, false, EBADF, 0 },
		{ 0, PAGE, RW, F_SHARED, 3, 0, FRW, false, 0, BASE },
		{ 0, PAGE, RW, F_SHARED, 3, 0, FR, false, EACCES, 0 },
		{ 0, PAGE, RW, F_PRIVATE, 3, 0, FR, false, 0, BASE },
		{ 0, PAGE, R, F_PRIVATE, 3, 0, FW, false, EACCES, 0 },
		{ 0, PAGE, 5, F_PRIVATE, 3, 0, FR, true, EPERM, 0 },
		{ 0, PAGE, R, F_PRIVATE, 3, 0, FR, true, 0, BASE },
		{ 0, PAGE, R, F_SHARED, 3, -PAGE, FR, false, EINVAL, 0 },
		{ 0, 2 * PAGE, R, F_SHARED, 3, LONG_MAX - 4095, FR, false,
		    EINVAL, 0 },
		{ 0, PAGE, R, F_SHARED, 3, 5, FR, false, 0, BASE + 5 },
		{ BASE + 5, PAGE, R, F_SHARED | F_FIXED, 3, 5, FR, false, 0,
		    BASE + 5 },
		{ BASE, PAGE, R, F_SHARED | F_FIXED, 3, 5, FR, false, EINVAL,
		    0 },
	};
	struct vmspace *vm;
	vm_offset_t addr;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		rig_start(64);
		vm = rig_space();
		addr = rows[i].addr;
		assert_int_equal(
		    rig_sys_mmap(vm, &addr, rows[i].len, rows[i].prot,
			rows[i].flags, rows[i].fd, rows[i].pos, rows[i].fflag,
			rows[i].noexec, any),
		    rows[i].error);
		if (rows[i].error == 0)
			assert_int_equal(addr, rows[i].res);
		else
			rig_check(vm, 0);
		rig_exit(vm);
		rig_finish();
	}
	/* RLIMIT_VMEM: exactly so much. */
	rig_start(64);
	vm = rig_space();
	addr = 0;
	assert_int_equal(rig_sys_mmap(vm, &addr, 8 * PAGE, RW, F_ANON, -1, 0, 0,
			     false, 8 * PAGE),
	    0);
	addr = 0;
	assert_int_equal(
	    rig_sys_mmap(vm, &addr, 1, RW, F_ANON, -1, 0, 0, false, 8 * PAGE),
	    ENOMEM);
	rig_exit(vm);
	rig_finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(refusals),
		cmocka_unit_test(protect_whole),
		cmocka_unit_test(split_and_merge),
		cmocka_unit_test(find_space),
		cmocka_unit_test(stack),
		cmocka_unit_test(copy_on_write),
		cmocka_unit_test(fork_and_tlb),
		cmocka_unit_test(inherit),
		cmocka_unit_test(inherit_mixed),
		cmocka_unit_test(files),
		cmocka_unit_test(scarce),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(mmap_call),
	};

	return (RUN_TESTS(tests));
}
