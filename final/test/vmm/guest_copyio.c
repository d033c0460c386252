/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Guests that make system calls and hand the host pointers of every kind.
 *
 * A guest's own page table is its to change: these map what they need in a
 * window of linear addresses, with a page directory and a page table of their
 * own, and try what the host makes of it.  Each guest exits with 0, or with
 * the number of the check that failed.  Linked with guest.c; see there for
 * the rules.
 */
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include "guest_call.h"
#include "guest_copyio.h"
#include "guest_sys.h"
#include "vmm.h"

#define ENTRY	   (X86_PG_V | X86_PG_RW | X86_PG_U)
#define WINDOW_PD  GUEST_SMALL
#define WINDOW_PT  (GUEST_SMALL + PAGE_SIZE)
#define DATA(n)	   (GUEST_SMALL + ptoa(2 + (n))) /* pages to play with */
#define AFTER	   (GUEST_DEVICE + PAGE_SIZE)	 /* nothing is there */
#define NOTHING	   0xf0000000UL			 /* nor here */
#define FRESH	   0x08000000UL			 /* room for mmap() */
#define VALUE	   0x1122334455667788UL
#define MAP_MEMORY (MAP_FIXED | MAP_ANON | MAP_PRIVATE)

static u_int checks;

static void
check(bool ok)
{
	checks++;
	if (!ok)
		guest_exit(checks);
}

static volatile uint64_t *
word(vm_offset_t va)
{
	return ((volatile uint64_t *)va);
}

static int
copyio(enum copyio_op op, vm_offset_t va, long value, long *result)
{
	return (guest_sys4(SYS_copyio, op, va, value, 0, result));
}

static pt_entry_t *
table(vm_paddr_t gpa)
{
	return ((pt_entry_t *)gpa);
}

static pt_entry_t *
window_pdp(void)
{
	return (table(table(GUEST_TABLES)[0] & X86_PG_FRAME));
}

static void
window_init(void)
{
	table(WINDOW_PD)[0] = WINDOW_PT | ENTRY;
	window_pdp()[GUEST_WINDOW >> PDPSHIFT] = WINDOW_PD | ENTRY;
}

/* Ranges that no object can hold, whatever becomes of their size in the
 * kernel: none of them may be there afterwards. */
static void
check_large_ranges(void)
{
	static const u_long sizes[] = { NBPDP + PAGE_SIZE, 1UL << 43, 1UL << 44,
		(1UL << 44) + PAGE_SIZE, 1UL << 46, 1UL << 47, 1UL << 62,
		1UL << 63, -PAGE_SIZE };
	struct guest_sys map = { SYS_mmap,
		{ GUEST_WINDOW, 0, PROT_READ | PROT_WRITE, MAP_MEMORY, -1, 0,
		    0 },
		{ 0 } };

	for (u_int i = 0; i < nitems(sizes); i++) {
		map.arg[1] = sizes[i];
		check(guest_sys(&map) ==
		    (sizes[i] < 1UL << 47 ? ENOMEM : EINVAL));
		guest_sys4(SYS_munmap, GUEST_WINDOW, sizes[i], 0, 0, NULL);
	}
}

/** Passes arguments of every kind: fourth, seventh, behind an indirection. */
void
guest_arguments(void)
{
	struct guest_sys map = { SYS_mmap,
		{ FRESH, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_MEMORY, -1,
		    0, 7 * PAGE_SIZE },
		{ 0 } };
	struct guest_sys indirect = { SYS___syscall,
		{ SYS_mmap, FRESH + NBPDR, PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_MEMORY, -1, 1, 0 },
		{ 0 } };

	check(guest_sys(&map) == 0 && map.result[0] == (long)FRESH);
	*word(FRESH + PAGE_SIZE) = VALUE;
	check(*word(FRESH + PAGE_SIZE) == VALUE);
	check(guest_sys(&map) == EEXIST);
	map.arg[6] = 1;
	check(guest_sys(&map) == EINVAL);
	map.arg[6] = 0;
	map.arg[3] = MAP_PRIVATE;
	check(guest_sys(&map) == EINVAL);
	check(guest_sys(&indirect) == 0);
	*word(FRESH + NBPDR) = VALUE;
	check_large_ranges();
	indirect.arg[7] = 1;
	check(guest_sys(&indirect) == EINVAL);
	indirect = (struct guest_sys){ SYS_syscall, { SYS_getpid }, { 0 } };
	check(guest_sys(&indirect) == 0 && indirect.result[0] == 1);
	guest_exit(0);
}

/** Looks at what a call leaves: carry flag, rax, rdx. */
void
guest_results(void)
{
	struct guest_sys s = { SYS_getpid, { 0, 0, 77 }, { 0 } };
	long done;

	check(guest_sys(&s) == 0 && s.result[0] == 1 && s.result[1] == 77);
	s.number = SYS_copyio + 1;
	check(guest_sys(&s) == ENOSYS && s.result[1] == 77);
	s.number = -2; /* -1 is no call at all, from step 05 on */
	check(guest_sys(&s) == ENOSYS);
	check(guest_sys4(SYS_write, 9, GUEST_SMALL, 1, 0, NULL) == EBADF);
	check(guest_sys4(SYS_write, 1, GUEST_SMALL, -1, 0, NULL) == EINVAL);
	check(guest_sys4(SYS_write, 1, AFTER, 1, 0, NULL) == EFAULT);
	check(guest_sys4(SYS_write, 1, AFTER, 0, 0, &done) == 0 && done == 0);
	check(
	    guest_sys4(SYS_mprotect, GUEST_SMALL + 1, 1, 0, 0, NULL) == EINVAL);
	/* So much at a time, and the caller asks again. */
	for (u_int i = 0; i < 1024; i++)
		((volatile char *)GUEST_STACK)[i] = i < 1023 ? ' ' : '\n';
	check(guest_sys4(SYS_write, 1, GUEST_STACK, 1L << 40, 0, &done) == 0 &&
	    done == 1024);
	/* Half of the buffer is there, which is not enough. */
	check(guest_sys4(SYS_write, 1, AFTER - 5, 10, 0, NULL) == EFAULT);
	guest_exit(0);
}

static bool
is_byte(u_int op)
{
	return (op == COPYIO_FUBYTE || op == COPYIO_SUBYTE);
}

/** Tries every access on pointers that lead nowhere. */
void
guest_pointers(void)
{
	static const vm_offset_t bad[] = { 0, AFTER, NOTHING, GUEST_HOLE,
		GUEST_STACK_TOP, GUEST_STACK_TOP - NBPDR - 64,
		0xffff7fffffffffff, 0xffff800000000000, 0xffffffff80000000,
		0x4000000000000000 + GUEST_SMALL, -64UL, -8UL, -1UL };

	for (u_int op = 0; op < COPYIO_OPS; op++)
		for (u_int i = 0; i < nitems(bad); i++)
			check(copyio(op, bad[i], COPYIO_BUF, NULL) == EFAULT);
	/* A good start does not help. */
	*word(AFTER - 8) = VALUE;
	*word(GUEST_STACK_TOP - 8) = VALUE;
	for (u_int op = 0; op < COPYIO_OPS; op++) {
		if (is_byte(op))
			continue;
		check(copyio(op, AFTER - 1, COPYIO_BUF, NULL) == EFAULT);
		check(copyio(op, GUEST_STACK_TOP - 1, COPYIO_BUF, NULL) ==
		    EFAULT);
	}
	check(copyio(COPYIO_OPS, GUEST_SMALL, 0, NULL) == EINVAL);
	check(copyio(COPYIO_COPYIN, NOTHING, 0, NULL) == 0);
	guest_exit(0);
}

/* Reads and writes at va in every way, and expects the same of each. */
static void
check_access(
    vm_offset_t va, volatile uint64_t *there, bool readable, bool writable)
{
	static const enum copyio_op reads[] = { COPYIO_COPYIN, COPYIO_FUBYTE,
		COPYIO_COPYINSTR, COPYIO_FUWORD32, COPYIO_FUWORD64 };
	static const enum copyio_op writes[] = { COPYIO_COPYOUT, COPYIO_SUBYTE,
		COPYIO_SUWORD32, COPYIO_SUWORD64, COPYIO_SWAPU32,
		COPYIO_SWAPU64 };
	long old;

	*there = 0x61; /* a string, too */
	for (u_int i = 0; i < nitems(reads); i++)
		check(copyio(reads[i], va, 8, NULL) == (readable ? 0 : EFAULT));
	for (u_int i = 0; i < nitems(writes); i++) {
		*there = VALUE;
		check(
		    copyio(writes[i], va, 8, NULL) == (writable ? 0 : EFAULT));
		check((*there == VALUE) == !writable);
	}
	*there = VALUE;
	check(guest_sys4(SYS_copyio, COPYIO_CASU64, va, VALUE, 5, &old) ==
	    (writable ? 0 : EFAULT));
	check(*there == (writable ? 5 : VALUE));
	check(guest_sys4(SYS_copyio, COPYIO_CASU32, va, 6, 7, &old) ==
	    (writable ? 0 : EFAULT));
	check(*there == (writable ? 5 : VALUE) && (!writable || old == 5));
}

/** Sets every bit that gives or takes a right, in tables and in pages. */
void
guest_rights(void)
{
	static const struct {
		pt_entry_t bits;
		bool readable, writable;
	} rights[] = {
		{ ENTRY, true, true }, { X86_PG_V | X86_PG_U, true, false },
		{ X86_PG_V | X86_PG_RW, false, false },
		{ X86_PG_V, false, false },
		{ X86_PG_RW | X86_PG_U, false, false },
		{ ENTRY | X86_PG_NX, false, false }, /* EFER.NXE is 0 */
		{ ENTRY | 1UL << 51, false, false }, /* beyond the width */
		{ ENTRY | 1UL << 52, true, true },   /* ignored */
	};

	window_init();
	for (u_int i = 0; i < nitems(rights); i++) {
		table(WINDOW_PT)[0] = DATA(0) | rights[i].bits;
		check_access(GUEST_WINDOW, word(DATA(0)), rights[i].readable,
		    rights[i].writable);
		table(WINDOW_PT)[0] = DATA(0) | ENTRY;
		table(WINDOW_PD)[0] = WINDOW_PT | rights[i].bits;
		check_access(GUEST_WINDOW, word(DATA(0)), rights[i].readable,
		    rights[i].writable);
		table(WINDOW_PD)[0] = WINDOW_PT | ENTRY;
	}
	/* What the process may not do its guest may not either. */
	table(WINDOW_PT)[0] = NOTHING | ENTRY;
	check_access(GUEST_WINDOW, word(DATA(0)), false, false);
	table(WINDOW_PT)[0] = DATA(1) | ENTRY;
	*word(DATA(1)) = VALUE;
	check(guest_sys4(
		  SYS_mprotect, DATA(1), PAGE_SIZE, PROT_READ, 0, NULL) == 0);
	check(copyio(COPYIO_FUWORD64, GUEST_WINDOW, 0, NULL) == 0);
	check(copyio(COPYIO_SUWORD64, GUEST_WINDOW, 1, NULL) == EFAULT);
	check(*word(DATA(1)) == VALUE);
	guest_exit(0);
}

/** Maps pages of 4 KB, 2 MB and 1 GB, and malformed ones. */
void
guest_leaves(void)
{
	vm_offset_t second = GUEST_WINDOW + NBPDR;
	pt_entry_t *entry = &window_pdp()[GUEST_WINDOW / NBPDP + 1];
	u_int p[4];

	window_init();
	table(WINDOW_PT)[511] = DATA(0) | ENTRY;
	check_access(second - 8, word(DATA(1) - 8), true, true);
	table(WINDOW_PD)[1] = GUEST_STACK | ENTRY | X86_PG_PS;
	check_access(second + 0x12340, word(GUEST_STACK + 0x12340), true, true);
	table(WINDOW_PD)[1] |= 1UL << 13; /* an address that is not aligned */
	check_access(second, word(GUEST_STACK), false, false);

	do_cpuid(0x80000001, p);
	*entry = ENTRY | X86_PG_PS;
	check_access(GUEST_WINDOW + NBPDP + DATA(0), word(DATA(0)),
	    (p[3] & AMDID_PAGE1GB) != 0, (p[3] & AMDID_PAGE1GB) != 0);
	*entry |= 1UL << 21;
	check_access(GUEST_WINDOW + NBPDP, word(DATA(0)), false, false);
	table(GUEST_TABLES)[1] = table(GUEST_TABLES)[0] | X86_PG_PS;
	check_access(NBPML4 + DATA(0), word(DATA(0)), false, false);
	guest_exit(0);
}

/* A page of the image that nothing else writes to. */
static volatile uint64_t
    own_page[PAGE_SIZE / sizeof(uint64_t)] __aligned(PAGE_SIZE) = { 41 };

/* Pages come and go behind a walk that the host may remember. */
static void
check_pages_go(void)
{
	struct guest_sys map = { SYS_mmap,
		{ FRESH, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_MEMORY, -1 },
		{ 0 } };
	vm_offset_t va = (vm_offset_t)own_page;
	long there;

	check(copyio(COPYIO_FUWORD64, va, 0, &there) == 0 && there == 41);
	own_page[0] = 42; /* in a copy of the page */
	check(copyio(COPYIO_FUWORD64, va, 0, &there) == 0 && there == 42);
	check(guest_sys(&map) == 0);
	check(copyio(COPYIO_SWAPU64, FRESH, 5, &there) == 0 && there == 0);
	check(copyio(COPYIO_SWAPU64, FRESH, 6, &there) == 0 && there == 5);
	check(guest_sys4(SYS_mprotect, FRESH, PAGE_SIZE, PROT_READ, 0, NULL) ==
	    0);
	check(copyio(COPYIO_SWAPU64, FRESH, 7, NULL) == EFAULT);
	check(copyio(COPYIO_FUWORD64, FRESH, 0, &there) == 0 && there == 6);
	check(guest_sys4(SYS_munmap, FRESH, PAGE_SIZE, 0, 0, NULL) == 0);
	check(copyio(COPYIO_FUWORD64, FRESH, 0, NULL) == EFAULT);
	check(guest_sys(&map) == 0);
	check(copyio(COPYIO_FUWORD64, FRESH, 0, &there) == 0 && there == 0);
}

/** Has tables in places where tables should not be, and pages that go. */
void
guest_tables(void)
{
	vm_offset_t loop = GUEST_WINDOW + 3 * NBPDR + 3 * PAGE_SIZE + 24;
	vm_offset_t root = 2UL << 39 | 2UL << 30 | 2UL << 21 | 2UL << 12;
	long there;

	window_init();
	/* One that the pmap has forgotten comes back. */
	table(WINDOW_PT)[0] = DATA(0) | ENTRY;
	check(guest_sys4(
		  SYS_mprotect, WINDOW_PT, PAGE_SIZE, PROT_NONE, 0, NULL) == 0);
	check(copyio(COPYIO_FUWORD64, GUEST_WINDOW, 0, NULL) == EFAULT);
	check(guest_sys4(SYS_mprotect, WINDOW_PT, PAGE_SIZE,
		  PROT_READ | PROT_WRITE, 0, NULL) == 0);
	check(copyio(COPYIO_FUWORD64, GUEST_WINDOW, 0, NULL) == 0);
	/* One beyond the map, and one that nobody ever touched. */
	table(WINDOW_PD)[2] = NOTHING | ENTRY;
	table(WINDOW_PD)[4] = GUEST_RAM | ENTRY;
	check_access(GUEST_WINDOW + 2 * NBPDR, word(DATA(0)), false, false);
	check_access(GUEST_WINDOW + 4 * NBPDR, word(DATA(0)), false, false);
	/* Loops: the directory is its own table, the root is all four. */
	table(WINDOW_PD)[3] = WINDOW_PD | ENTRY;
	check(copyio(COPYIO_FUWORD64, loop, 0, &there) == 0);
	check((u_long)there == *word(loop));
	table(GUEST_TABLES)[2] = GUEST_TABLES | ENTRY;
	check(copyio(COPYIO_FUWORD64, root + 16, 0, &there) == 0);
	check((u_long)there == *word(root + 16));
	check_pages_go();
	guest_exit(0);
}

/** Has operands on two pages that are no neighbours in memory. */
void
guest_across(void)
{
	vm_offset_t va = GUEST_WINDOW + PAGE_SIZE - 4;
	volatile uint32_t *low = (volatile uint32_t *)(DATA(6) - 4);
	volatile uint32_t *high = (volatile uint32_t *)DATA(3);
	long there;

	window_init();
	/* Touched in this order they are no neighbours by chance either. */
	for (u_int i = 5; i >= 3; i--)
		*word(DATA(i)) = 0;
	table(WINDOW_PT)[0] = DATA(5) | ENTRY;
	table(WINDOW_PT)[1] = DATA(3) | ENTRY;
	check(copyio(COPYIO_SUWORD64, va, VALUE, NULL) == 0);
	check(*low == (uint32_t)VALUE && *high == VALUE >> 32);
	check(copyio(COPYIO_FUWORD64, va, 0, &there) == 0);
	check(there == (long)VALUE);
	check(copyio(COPYIO_FUWORD32, va + 2, 0, &there) == 0);
	check(there == (VALUE >> 16 & 0xffffffff));
	/* Atomic on two pages: not to be had. */
	check(copyio(COPYIO_SWAPU64, va, 1, NULL) == EFAULT);
	check(copyio(COPYIO_SWAPU32, va + 1, 1, NULL) == EFAULT);
	check(copyio(COPYIO_CASU64, va, VALUE, NULL) == EFAULT);
	check(copyio(COPYIO_CASU32, va + 3, 0, NULL) == EFAULT);
	/* The second page refuses, and the first is as it was. */
	table(WINDOW_PT)[1] = DATA(3) | X86_PG_V | X86_PG_U;
	check(copyio(COPYIO_SUWORD64, va, 1, NULL) == EFAULT);
	check(copyio(COPYIO_SUWORD32, va + 2, 1, NULL) == EFAULT);
	check(*low == (uint32_t)VALUE && *high == VALUE >> 32);
	check(copyio(COPYIO_FUWORD64, va, 0, &there) == 0);
	guest_exit(0);
}

/** Has strings that end in time, too late, or never. */
void
guest_strings(void)
{
	vm_offset_t va = GUEST_WINDOW + PAGE_SIZE - 4;
	long done;

	window_init();
	table(WINDOW_PT)[0] = DATA(5) | ENTRY;
	table(WINDOW_PT)[1] = DATA(3) | ENTRY;
	copyio(COPYIO_SUWORD64, va, 0x676665646362, NULL); /* "bcdefg" */
	check(copyio(COPYIO_COPYINSTR, va, COPYIO_BUF, &done) == 0);
	check(done == 7);
	check(copyio(COPYIO_COPYINSTR, va, 7, &done) == 0 && done == 7);
	check(copyio(COPYIO_COPYINSTR, va, 6, &done) == ENAMETOOLONG);
	*word(AFTER - 8) = 0x0064636261646362; /* its end is the page's */
	check(copyio(COPYIO_COPYINSTR, AFTER - 8, COPYIO_BUF, &done) == 0);
	check(done == 8);
	*word(AFTER - 8) = VALUE;
	check(copyio(COPYIO_COPYINSTR, AFTER - 8, COPYIO_BUF, NULL) == EFAULT);
	guest_exit(0);
}

/* Has getpid() called by an instruction at va; 5 bytes before it and one after
 * it are overwritten, too. */
static void
call_at(vm_offset_t va)
{
	static const uint8_t code[] = { 0xb8, SYS_getpid, 0, 0, 0, /* mov */
		0x0f, 0x05,					   /* syscall */
		0xc3 };						   /* ret */

	for (u_int i = 0; i < sizeof(code); i++)
		((volatile uint8_t *)va - 5)[i] = code[i];
	check(((long (*)(void))(va - 5))() == 1);
}

/** Makes system calls whose instruction lies on two pages, or is the last. */
void
guest_straddle(void)
{
	struct guest_sys map = { SYS_mmap,
		{ FRESH, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_MEMORY, -1 },
		{ 0 } };

	check(guest_sys(&map) == 0);
	call_at(FRESH + PAGE_SIZE - 1);
	call_at(FRESH + 2 * PAGE_SIZE - 3); /* nothing is behind it */
	guest_exit(0);
}
