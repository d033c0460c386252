/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What an access from ring 3 does, written as plainly as possible from the SDM
 * ("4-Level Paging", "Access Rights", "Page-Fault Exceptions"), and on purpose
 * in no way like vmm_utils.c: numbers are divided, bits looked at one by one,
 * rights collected on the way and judged at the end.
 */
#include <sys/types.h>
#include "walk_case.h"

/** Error code of a page fault. */
#define CODE_PRESENT  1
#define CODE_WRITE    2
#define CODE_USER     4
#define CODE_RESERVED 8
#define CODE_FETCH    16

static bool
bit(uint64_t v, u_int n)
{
	return ((v >> n) % 2 == 1);
}

static bool
may(const struct walk_mem *mem, vm_paddr_t gpa, u_int right)
{
	u_int page;

	if (gpa < WALK_GPA || gpa >= WALK_GPA + WALK_PAGES * 4096)
		return (false);
	page = (gpa - WALK_GPA) / 4096;
	return ((mem->rights[page] & right) == right);
}

/* Little-endian, byte for byte. */
static uint64_t
read_entry(const struct walk_mem *mem, vm_paddr_t gpa)
{
	uint64_t v = 0;

	for (u_int i = 8; i > 0; i--)
		v = v * 256 + mem->base[gpa - WALK_GPA + i - 1];
	return (v);
}

/* Levels are counted as in the SDM's tables: 4 is the root, 1 the last. */
static bool
has_reserved_bit(const struct walk_case *c, uint64_t entry, u_int level)
{
	for (u_int n = c->maxphyaddr; n <= 51; n++)
		if (bit(entry, n))
			return (true);
	if (bit(entry, 63) && !c->nxe)
		return (true);
	if (level == 1 || !bit(entry, 7))
		return (false);
	if (level == 4 || (level == 3 && !c->page_1gb))
		return (true);
	for (u_int n = 13; n < (level == 3 ? 30 : 21); n++)
		if (bit(entry, n))
			return (true);
	return (false);
}

static void
fault(struct walk_answer *a, u_int code)
{
	a->kind = WALK_PF;
	a->code = code;
	a->nmarks = 0;
}

/* Notes which marks are missing; stops where one may not be set. */
static void
missing_marks(const struct walk_mem *mem, const vm_paddr_t *at,
    const uint64_t *entry, u_int used, bool write, struct walk_answer *a)
{
	for (u_int i = 0; i < used; i++) {
		uint8_t want = i == used - 1 && write ? 0x60 : 0x20;

		if ((entry[i] & want) == want)
			continue;
		if (!may(mem, at[i], VM_PROT_WRITE)) {
			a->kind = WALK_MISSING;
			a->gpa = at[i];
			a->by_mark = true;
			return;
		}
		a->mark[a->nmarks].gpa = at[i];
		a->mark[a->nmarks].bits = want;
		a->nmarks++;
	}
}

/**
 * Says what an access does.  Changes nothing.
 * @param c		processor and root; its list of entries is not looked at
 * @param mem		memory
 * @param va		pointer
 * @param access	VM_PROT_*
 * @param ept_ad	EPT has accessed and dirty flags, so that a walk counts
 *			as a write to the tables
 * @param a		filled in
 */
void
walk_ask(const struct walk_case *c, const struct walk_mem *mem, vm_offset_t va,
    u_int access, bool ept_ad, struct walk_answer *a)
{
	bool write = (access & VM_PROT_WRITE) != 0;
	bool fetch = (access & VM_PROT_EXECUTE) != 0;
	bool user = true, writable = true, executable = true;
	u_int code = CODE_USER + (write ? CODE_WRITE : 0) +
	    (fetch && c->nxe ? CODE_FETCH : 0);
	uint64_t size = 512UL * 512 * 512 * 4096, entry[4];
	vm_paddr_t table = c->cr3 / 4096 * 4096, at[4];
	u_int level, used = 0;

	*a = (struct walk_answer){ .kind = WALK_GP };
	if (va >> 47 != 0 && va >> 47 != 0x1ffff)
		return;
	a->kind = WALK_NO_ROOT;
	for (u_int n = c->maxphyaddr; n < 64; n++)
		if (bit(c->cr3, n))
			return;
	for (level = 4;; level--, size /= 512) {
		at[used] = table + va / size % 512 * 8;
		if (!may(mem, at[used], VM_PROT_READ) ||
		    (ept_ad && !may(mem, at[used], VM_PROT_WRITE))) {
			a->kind = WALK_MISSING;
			a->gpa = at[used];
			return;
		}
		entry[used] = read_entry(mem, at[used]);
		if (!bit(entry[used], 0)) {
			fault(a, code);
			return;
		}
		if (has_reserved_bit(c, entry[used], level)) {
			fault(a, code + CODE_PRESENT + CODE_RESERVED);
			return;
		}
		writable = writable && bit(entry[used], 1);
		user = user && bit(entry[used], 2);
		executable = executable && !bit(entry[used], 63);
		used++;
		if (level == 1 || bit(entry[used - 1], 7))
			break;
		table = entry[used - 1] % (1UL << 52) / 4096 * 4096;
	}
	if (!user || (write && !writable) || (fetch && !executable)) {
		fault(a, code + CODE_PRESENT);
		return;
	}
	a->kind = WALK_OK;
	a->gpa = entry[used - 1] % (1UL << 52) / size * size + va % size;
	missing_marks(mem, at, entry, used, write, a);
}

/**
 * Leaves the marks that the access leaves.
 * @param a	what walk_ask() said
 * @param mem	the memory that it said it about
 */
void
walk_mark(const struct walk_answer *a, struct walk_mem *mem)
{
	for (u_int i = 0; i < a->nmarks; i++)
		mem->base[a->mark[i].gpa - WALK_GPA] |= a->mark[i].bits;
}
