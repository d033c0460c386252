/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's walk of random page tables against the oracle: the same answer,
 * and the same marks left.  The input is a seed; each gives 256 page tables
 * with 16 pointers each.
 */
#include "hosted.h"
#include "../vmm/walk_case.h"
#include "vmm_utils.h"

#define CASES	 256
#define POINTERS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t ours[WALK_PAGES * 4096] __attribute__((__aligned__(4096)));
static uint8_t theirs[WALK_PAGES * 4096] __attribute__((__aligned__(4096)));

static void
random_processor(struct walk_case *c, uint64_t *seed)
{
	static const u_int widths[] = { 36, 39, 40, 46, 52 };
	uint64_t r = walk_random(seed) >> 8;

	c->maxphyaddr = widths[r % nitems(widths)];
	c->page_1gb = (r >> 8 & 1) != 0;
	c->nxe = (r >> 9 & 1) != 0;
	c->cr3 = WALK_GPA | (r >> 10 & 0xfff);
	if ((r >> 22) % 64 == 0)
		c->cr3 ^= 1ul << (r >> 30) % 64;
}

/* The tables of both sides must be the same. */
static void
compare_entries(const struct walk_case *c)
{
	for (unsigned i = 0; i < c->nentries; i++)
		if (memcmp(ours + c->entry[i].at, theirs + c->entry[i].at, 8) !=
		    0)
			abort();
}

static void
try_pointer(const struct walk_case *c, struct vmm_linear *g,
    struct walk_mem *mem, uint64_t *seed)
{
	vm_offset_t va = walk_pointer(c, seed);
	unsigned access = walk_random(seed) >> 61;
	struct walk_answer answer;
	vm_paddr_t gpa = 1;
	int error;

	walk_ask(c, mem, va, access, false, &answer);
	walk_mark(&answer, mem);
	error = guest_phys_addr(g, va, access, &gpa);
	if (error != (answer.kind == WALK_OK ? 0 : 14) ||
	    gpa != (error == 0 ? answer.gpa : 1)) {
		fprintf(stderr,
		    "%#lx, access %u: error %d, gpa %#lx; "
		    "oracle %d, gpa %#lx\n",
		    va, access, error, gpa, answer.kind, answer.gpa);
		abort();
	}
	compare_entries(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk_mem a = { ours, walk_rights }, b = { theirs, walk_rights };
	struct vmm_linear g = { .page = walk_page, .arg = &a };
	uint64_t seed = 0x9e3779b97f4a7c15;
	struct walk_case c;

	for (size_t i = 0; i < size; i++)
		seed = (seed ^ data[i]) * 0x100000001b3;
	seed |= 1;
	for (unsigned i = 0; i < CASES; i++) {
		random_processor(&c, &seed);
		walk_generate(&c, &seed);
		walk_install(&c, &a);
		walk_install(&c, &b);
		g.cr3 = c.cr3;
		g.maxphyaddr = c.maxphyaddr;
		g.page_1gb = c.page_1gb;
		g.nxe = c.nxe;
		for (unsigned k = 0; k < POINTERS; k++)
			try_pointer(&c, &g, &b, &seed);
		walk_remove(&c, &a);
		walk_remove(&c, &b);
	}
	return (0);
}
