/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address spaces: what each call does to the map, what a program then finds
 * in its memory, and long random runs of several processes against a model
 * that knows of every page who may do what with it, and what is in it.
 */
#include "hosted.h"
#include "vm_rig.h"
#include <errno.h>
#include <limits.h>
#include <sys/mman.h>

/* DragonFly's values; this C library's are others. */
#define F_SHARED   0x0001
#define F_PRIVATE  0x0002
#define F_FIXED	   0x0010
#define F_TRYFIXED 0x10000
#define F_ALIGN	   0x40000
#define F_STACK	   0x0400
#define F_ANON	   0x1000
#define F_VPAGE	   0x2000
#define ADV_FREE   5
#define INH_SHARE  0
#define INH_COPY   1
#define INH_NONE   2

#define R	   1
#define RW	   3
#define ALL	   7
#define PAGE	   4096ul
#define BASE	   0x100000000ul /* VM_MMAP_MIN */
#define MMAP_MAX   0x800000000ul
#define USER_MAX   (1ul << 47)

static int
map(struct vmspace *vm, vm_offset_t at, size_t n, int prot, int flags)
{
	return (rig_mmap(vm, &at, n, prot, ALL, flags | F_FIXED, -1, 0));
}

static void
assert_word(struct vmspace *vm, vm_offset_t va, uint64_t expected)
{
	uint64_t got = ~expected;

	assert_int_equal(rig_read(vm, va, &got), 0);
	assert_int_equal(got, expected);
}

static void
put(struct vmspace *vm, vm_offset_t va, uint64_t value)
{
	assert_int_equal(rig_write(vm, va, value), 0);
}

/* --- single calls --- */

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

/* --- the model --- */

#define NPROCS	4u
#define WINDOW	48u /* pages that are looked at */
#define OBJECTS 64u

enum kind { ABSENT, PRIVATE, SHARED };

/* A page of an address space. */
struct mpage {
	enum kind kind;
	int prot, maxprot;
	bool own;	   /* PRIVATE: has a page of its own */
	uint64_t word;	   /* in it */
	unsigned obj, idx; /* backing; obj 0: zeros */
};

static struct {
	struct vmspace *vm;
	struct mpage page[WINDOW];
} procs[NPROCS];

/* Objects 1 and 2 are the files; then shared memory. */
static uint64_t backing[OBJECTS]
		       [WINDOW > RIG_FILE_PAGES ? WINDOW : RIG_FILE_PAGES];
static unsigned nobjects;
static uint64_t serial;

static vm_offset_t
at(unsigned page)
{
	return (BASE + page * PAGE);
}

static unsigned
pick(unsigned n)
{
	return ((unsigned)random() % n);
}

static uint64_t
model_word(const struct mpage *p)
{
	if (p->kind == SHARED || (!p->own && p->obj != 0))
		return (backing[p->obj][p->idx]);
	return (p->own ? p->word : 0);
}

static int
model_access(const struct mpage *p, int prot)
{
	if (p->kind == ABSENT)
		return (EFAULT);
	return ((prot & ~p->prot) != 0 ? EACCES : 0);
}

static void
verify(unsigned n)
{
	size_t mapped = 0;
	uint64_t word;
	int error;

	for (unsigned i = 0; i < WINDOW; i++) {
		const struct mpage *p = &procs[n].page[i];

		mapped += p->kind != ABSENT;
		error = rig_read(procs[n].vm, at(i), &word);
		assert_int_equal(error, model_access(p, PROT_READ));
		if (error == 0)
			assert_int_equal(word, model_word(p));
	}
	rig_check(procs[n].vm, mapped);
}

static void
do_mmap(unsigned n, unsigned first, unsigned count)
{
	static const int prots[] = { 0, R, RW, RW, RW, RW, ALL, 5, 2 };
	int prot = prots[pick(nitems(prots))], file = -1;
	bool shared = pick(2) != 0;
	unsigned obj = 0, idx = 0;
	vm_offset_t where = at(first);

	if (pick(2) != 0) {
		file = (int)pick(RIG_FILES);
		obj = 1 + (unsigned)file;
		idx = pick(RIG_FILE_PAGES - count + 1);
	} else if (shared) {
		if (nobjects == OBJECTS)
			return;
		obj = nobjects++;
	}
	assert_int_equal(
	    rig_mmap(procs[n].vm, &where, count, prot, ALL,
		(shared ? F_SHARED : F_PRIVATE) | F_FIXED, file, idx),
	    0);
	for (unsigned i = 0; i < count; i++)
		procs[n].page[first + i] = (struct mpage){
			.kind = shared ? SHARED : PRIVATE,
			.prot = prot == 0 ? 0 : prot | PROT_READ,
			.obj = obj,
			.idx = idx + i,
		};
}

static void
do_munmap(unsigned n, unsigned first, unsigned count)
{
	assert_int_equal(rig_munmap(procs[n].vm, at(first), count), 0);
	memset(&procs[n].page[first], 0, count * sizeof(struct mpage));
}

static void
do_mprotect(unsigned n, unsigned first, unsigned count)
{
	int prot = (int)pick(8), expected = 0;

	for (unsigned i = first; i < first + count; i++)
		if (procs[n].page[i].kind == ABSENT)
			expected = ENOMEM;
	assert_int_equal(
	    rig_mprotect(procs[n].vm, at(first), count, prot), expected);
	for (unsigned i = first; expected == 0 && i < first + count; i++)
		procs[n].page[i].prot = prot == 0 ? 0 : prot | PROT_READ;
}

static void
do_write(unsigned n, unsigned first)
{
	struct mpage *p = &procs[n].page[first];
	int error = rig_write(procs[n].vm, at(first), ++serial);

	assert_int_equal(error, model_access(p, PROT_WRITE));
	if (error != 0)
		return;
	if (p->kind == SHARED)
		backing[p->obj][p->idx] = serial;
	else {
		p->own = true;
		p->word = serial;
	}
}

static void
do_free(unsigned n, unsigned first, unsigned count)
{
	assert_int_equal(
	    rig_madvise(procs[n].vm, at(first), count, ADV_FREE), 0);
	for (unsigned i = first; i < first + count; i++)
		procs[n].page[i].own = false;
}

static void
do_msync(unsigned n, unsigned first)
{
	const struct mpage *p = &procs[n].page[first];

	assert_int_equal(rig_msync(procs[n].vm, at(first), 1),
	    p->kind == ABSENT ? ENOMEM : 0);
	if (p->kind == SHARED && p->obj - 1 < RIG_FILES)
		assert_int_equal(rig_disk(p->obj - 1, p->idx), model_word(p));
}

/* A process that is not there is forked off another; one that is, ends. */
static void
do_fork(unsigned n)
{
	unsigned parent = pick(NPROCS);

	if (procs[n].vm != NULL) {
		if (n == 0)
			return;
		rig_exit(procs[n].vm);
		procs[n].vm = NULL;
	} else if (procs[parent].vm != NULL) {
		memcpy(
		    procs[n].page, procs[parent].page, sizeof(procs[n].page));
		procs[n].vm = rig_fork(procs[parent].vm);
		assert_non_null(procs[n].vm);
	}
}

static void
step(void)
{
	unsigned n = pick(NPROCS), first = pick(WINDOW);
	unsigned count = 1 + pick(WINDOW - first < 12 ? WINDOW - first : 12);
	unsigned what = pick(40);

	if (what == 0 || procs[n].vm == NULL) {
		do_fork(n);
		return;
	}
	if (what < 4)
		do_mmap(n, first, count);
	else if (what < 7)
		do_munmap(n, first, count);
	else if (what < 11)
		do_mprotect(n, first, count);
	else if (what < 12)
		do_free(n, first, count);
	else if (what < 14)
		do_msync(n, first);
	else if (what < 15)
		rig_reclaim();
	else if (what < 35)
		do_write(n, first);
	else
		verify(n);
}

static void
random_run(unsigned seed, unsigned steps, unsigned npages)
{
	srandom(seed);
	rig_start(npages);
	memset(procs, 0, sizeof(procs));
	memset(backing, 0, sizeof(backing));
	for (unsigned f = 0; f < RIG_FILES; f++)
		for (unsigned i = 0; i < RIG_FILE_PAGES; i++)
			backing[1 + f][i] = rig_disk(f, i);
	nobjects = 1 + RIG_FILES;
	procs[0].vm = rig_space();
	for (unsigned i = 0; i < steps; i++)
		step();
	for (unsigned n = 0; n < NPROCS; n++)
		if (procs[n].vm != NULL)
			verify(n);
	for (unsigned n = 0; n < NPROCS; n++)
		if (procs[n].vm != NULL)
			rig_exit(procs[n].vm);
	assert_int_equal(rig_kills, 0);
	rig_finish();
}

static void
random_runs(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++)
		random_run(seed, 2000, 2048);
}

/* So little memory that pages of files have to go all the time. */
static void
random_runs_scarce(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 30; seed++)
		random_run(1000 + seed, 2000, 400);
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
		cmocka_unit_test(random_runs),
		cmocka_unit_test(random_runs_scarce),
	};

	return (RUN_TESTS(tests));
}
