/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copying through random page tables, against a copy that goes byte by byte
 * and asks the oracle for each page: the same answer, and all of memory the
 * same afterwards, page tables included.  The input is a seed; each gives 16
 * page tables with 16 operations each.
 */
#include "hosted.h"
#include "../vmm/walk_case.h"
#include "vmm_copyio.h"

#define CASES	     16
#define OPERATIONS   16
#define PAGE	     4096u
#define LONGEST	     80u /* may lie in two pages */

#define EFAULT	     14 /* the kernel's numbers */
#define ENAMETOOLONG 63

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t ours[WALK_PAGES * PAGE] __attribute__((__aligned__(4096)));
static uint8_t theirs[WALK_PAGES * PAGE] __attribute__((__aligned__(4096)));
static struct walk_mem a = { ours, walk_rights }, b = { theirs, walk_rights };
static struct walk_case c;
static uint64_t seed;

/* The byte that a pointer means, or NULL; leaves marks. */
static uint8_t *
byte_at(vm_offset_t va, unsigned access)
{
	struct walk_answer answer;

	walk_ask(&c, &b, va, access, false, &answer);
	walk_mark(&answer, &b);
	if (answer.kind != WALK_OK)
		return (NULL);
	return (walk_page(&b, answer.gpa,
	    (access & VM_PROT_WRITE) != 0 ? VM_PROT_WRITE : VM_PROT_READ));
}

/*
 * Copies until `len` bytes are done, or one is 0 if `string`, or a page is
 * bad; to buf, or from it if the access is a write.
 */
static int
copy(vm_offset_t va, uint8_t *buf, size_t len, unsigned access, bool string,
    size_t *done)
{
	uint8_t *p = NULL;
	size_t i;

	for (i = *done = 0; i < len; i++, p++) {
		if (i == 0 || (va + i) % PAGE == 0)
			p = va + i < va ? NULL : byte_at(va + i, access);
		if (p == NULL)
			return (EFAULT);
		if ((access & VM_PROT_WRITE) != 0)
			*p = buf[i];
		else
			buf[i] = *p;
		*done = i + 1;
		if (string && buf[i] == 0)
			return (0);
	}
	return (string ? ENAMETOOLONG : 0);
}

/* Reads or writes a value: all of it or nothing. */
static int
value(vm_offset_t va, uint8_t *buf, unsigned size, unsigned access)
{
	unsigned n = PAGE - va % PAGE;
	uint8_t *p, *q = NULL;

	if (va + size - 1 < va)
		return (EFAULT);
	p = byte_at(va, access);
	if (p != NULL && n < size)
		q = byte_at(va + n, access);
	if (p == NULL || (n < size && q == NULL))
		return (EFAULT);
	for (unsigned i = 0; i < size; i++)
		if ((access & VM_PROT_WRITE) != 0)
			*(i < n ? p + i : q + i - n) = buf[i];
		else
			buf[i] = *(i < n ? p + i : q + i - n);
	return (0);
}

static void
must(bool ok, const char *what, vm_offset_t va)
{
	if (ok)
		return;
	fprintf(stderr, "%s at %#lx is not as the oracle says\n", what, va);
	abort();
}

/* 0 copyin, 1 copyout, 2 fetch, 3 copyinstr. */
static void
try_copy(struct vmm_linear *g, vm_offset_t va, unsigned operation)
{
	uint8_t mine[LONGEST], expected[LONGEST];
	size_t len = walk_random(&seed) % LONGEST, done = 0, got = 0;
	unsigned access = operation == 1 ? VM_PROT_WRITE : VM_PROT_READ;
	int error, want;

	for (size_t i = 0; i < LONGEST; i++)
		mine[i] = expected[i] = (uint8_t)walk_random(&seed);
	if (operation == 2)
		access = VM_PROT_EXECUTE;
	if (operation != 3 && len != 0 && va + len - 1 < va)
		want = EFAULT;
	else
		want = copy(va, expected, len, access, operation == 3, &done);
	if (operation == 0)
		error = vmm_copyin(g, va, mine, len);
	else if (operation == 1)
		error = vmm_copyout(g, mine, va, len);
	else if (operation == 2)
		error = vmm_fetch(g, va, mine, len);
	else
		error = vmm_copyinstr(g, va, (char *)mine, len, &got);
	must(error == want && (operation != 3 || got == done), "copy", va);
	must(memcmp(mine, expected, LONGEST) == 0, "what was copied", va);
}

static int
get(struct vmm_linear *g, vm_offset_t va, unsigned size, uint64_t *v)
{
	if (size == 1)
		return (vmm_fubyte(g, va, (uint8_t *)v));
	return (size == 4 ? vmm_fuword32(g, va, (uint32_t *)v)
			  : vmm_fuword64(g, va, v));
}

static int
set(struct vmm_linear *g, vm_offset_t va, unsigned size, uint64_t v)
{
	if (size == 1)
		return (vmm_subyte(g, va, (uint8_t)v));
	return (size == 4 ? vmm_suword32(g, va, (uint32_t)v)
			  : vmm_suword64(g, va, v));
}

static void
try_value(struct vmm_linear *g, vm_offset_t va, unsigned operation)
{
	unsigned size = (const unsigned[]){ 1, 4, 8 }[walk_random(&seed) % 3];
	uint64_t mine = walk_random(&seed), expected = mine;
	bool write = operation == 5;
	int error, want;

	want = value(va, (uint8_t *)&expected, size,
	    write ? VM_PROT_WRITE : VM_PROT_READ);
	error = write ? set(g, va, size, mine) : get(g, va, size, &mine);
	must(error == want && mine == expected, "value", va);
}

/* What is at a pointer, without touching it; 0 if nothing is. */
static uint64_t
peek(vm_offset_t va, unsigned size)
{
	struct walk_answer answer;
	const uint8_t *p;
	uint64_t v = 0;

	walk_ask(&c, &b, va, VM_PROT_READ, false, &answer);
	p = walk_page(&b, answer.gpa, VM_PROT_READ);
	if (answer.kind == WALK_OK && p != NULL)
		memcpy(&v, p, size);
	return (v);
}

static void
try_lock(struct vmm_linear *g, vm_offset_t va, bool compare)
{
	unsigned size = walk_random(&seed) >> 63 == 0 ? 4 : 8;
	bool fits = va % PAGE <= PAGE - size;
	uint64_t new = walk_random(&seed), old = walk_random(&seed), mine;
	uint32_t mine32;
	uint8_t *p = NULL;
	int error;

	/* Half of the comparisons succeed. */
	if (compare && fits && walk_random(&seed) >> 63 == 0)
		old = peek(va, size);
	mine = old;
	mine32 = (uint32_t)old;
	if (size == 8)
		error = compare ? vmm_casu64(g, va, &mine, new)
				: vmm_swapu64(g, va, &mine);
	else
		error = compare ? vmm_casu32(g, va, &mine32, (uint32_t) new)
				: vmm_swapu32(g, va, &mine32);
	if (!compare)
		new = old;
	if (fits)
		p = byte_at(va, VM_PROT_READ | VM_PROT_WRITE);
	must(error == (p == NULL ? EFAULT : 0), "lock", va);
	if (size == 4)
		memcpy(&mine, &mine32, 4);
	if (p == NULL) {
		must(mine == old, "value after an error", va);
		return;
	}
	must(memcmp(&mine, p, size) == 0, "value that was there", va);
	if (!compare || memcmp(p, &old, size) == 0)
		memcpy(p, &new, size);
}

static void
try_operation(struct vmm_linear *g)
{
	vm_offset_t va = walk_pointer(&c, &seed);
	unsigned operation = walk_random(&seed) >> 61;

	/* Near the end of a page, and sometimes of all. */
	if (walk_random(&seed) >> 63 == 0)
		va |= PAGE - 64;
	if (walk_random(&seed) >> 59 == 0)
		va = -(walk_random(&seed) >> 58);
	if (operation < 4)
		try_copy(g, va, operation);
	else if (operation < 6)
		try_value(g, va, operation);
	else
		try_lock(g, va, operation == 7);
	must(memcmp(ours, theirs, sizeof(ours)) == 0, "memory", va);
}

static void
start_case(struct vmm_linear *g)
{
	uint64_t r = walk_random(&seed);

	c.cr3 = WALK_GPA;
	c.maxphyaddr = 40;
	c.page_1gb = (r >> 40 & 1) != 0;
	c.nxe = (r >> 41 & 1) != 0;
	walk_generate(&c, &seed);
	memset(ours, 0, WALK_TABLES * PAGE);
	memset(theirs, 0, WALK_TABLES * PAGE);
	walk_install(&c, &a);
	walk_install(&c, &b);
	*g = (struct vmm_linear){ c.cr3, c.maxphyaddr, c.page_1gb, c.nxe,
		walk_page, &a, NULL, NULL };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmm_linear g;

	seed = 0x9e3779b97f4a7c15;
	for (size_t i = 0; i < size; i++)
		seed = (seed ^ data[i]) * 0x100000001b3;
	seed |= 1;
	/* Some bytes are 0, for strings. */
	for (size_t i = 0; i < sizeof(ours); i++)
		ours[i] = i % 37 == 0 ? 0 : (uint8_t)(i * 41 + i / PAGE);
	memcpy(theirs, ours, sizeof(ours));
	for (unsigned i = 0; i < CASES; i++) {
		start_case(&g);
		for (unsigned k = 0; k < OPERATIONS; k++)
			try_operation(&g);
	}
	return (0);
}
