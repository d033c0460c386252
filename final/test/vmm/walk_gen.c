/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Random page tables, mostly plausible: what would be noise is refused at the
 * first entry and finds nothing.  A case is built along a few pointers; half
 * of these get one entry that is wrong in one way.
 */
#include <sys/param.h>
#include "walk_case.h"

/** Read-write, save a few that are read-only or absent. */
#define RW VM_PROT_READ | VM_PROT_WRITE
#define RO VM_PROT_READ
#define NO VM_PROT_NONE
/** What the process may do with each page. */
const uint8_t walk_rights[WALK_PAGES] = {
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
	RW,
	RW,
	RW,
	RW,
	RW,
	RO,
	NO,
	RW,
};

/**
 * A small random number generator (xorshift64*).
 * @param seed	its state, not 0
 * @return	64 bits
 */
uint64_t
walk_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * 0x2545f4914f6cdd1dUL);
}

/* A number below n, which is small. */
static u_int
below(uint64_t *seed, u_int n)
{
	return ((walk_random(seed) >> 32) * n >> 32);
}

static bool
one_in(uint64_t *seed, u_int n)
{
	return (below(seed, n) == 0);
}

/*
 * Few indices, so that pointers share tables; 0 often, since the block is at
 * the beginning of the large pages that contain it.  511 is nobody's: there
 * guest_walk has its own code.
 */
static u_int
random_index(uint64_t *seed)
{
	static const uint16_t indices[16] = { 0, 0, 0, 0, 0, 0, 0, 1, 5, 17, 40,
		61, 61, 255, 256, 510 };

	return (indices[below(seed, 16)]);
}

static vm_offset_t
random_path(uint64_t *seed)
{
	vm_offset_t va = 0;

	for (u_int level = 0; level < 4; level++)
		va |= (vm_offset_t)random_index(seed)
		    << PMAP_LEVEL_SHIFT(level);
	/* The upper half, if bit 47 is set. */
	return ((vm_offset_t)((int64_t)(va << 16) >> 16));
}

/* Where an entry points: mostly where there is something. */
static vm_paddr_t
random_frame(struct walk_case *c, uint64_t *seed, u_int level, bool leaf)
{
	vm_paddr_t outside = walk_random(seed) & X86_PG_FRAME &
	    ((1UL << c->maxphyaddr) - 1);

	if (leaf && level > PMAP_LEVEL_4K)
		return (one_in(seed, 8) ? outside & -PMAP_LEVEL_SIZE(level)
					: WALK_GPA);
	if (one_in(seed, 32))
		return (outside);
	if (leaf)
		return (WALK_GPA + PAGE_SIZE * below(seed, WALK_PAGES));
	if (one_in(seed, 32)) /* a loop */
		return (WALK_GPA);
	if (one_in(seed, 12)) /* read-only or absent */
		return (WALK_GPA + PAGE_SIZE * (13 + below(seed, 3)));
	return (WALK_GPA + PAGE_SIZE * (1 + below(seed, 12)));
}

static pt_entry_t
random_entry(struct walk_case *c, uint64_t *seed, u_int level)
{
	bool leaf = level == PMAP_LEVEL_4K ||
	    (level < PMAP_LEVEL_PML4 && one_in(seed, 6));
	pt_entry_t pte = X86_PG_V | X86_PG_RW | X86_PG_U;
	uint64_t random = walk_random(seed);

	pte |= random_frame(c, seed, level, leaf);
	if (leaf && level > PMAP_LEVEL_4K)
		pte |= X86_PG_PS | (one_in(seed, 8) ? X86_PG_PDE_PAT : 0);
	if (one_in(seed, 4)) /* what is ignored: G and those for software */
		pte |= random & (0x7ffUL << 52 | 0xfUL << 8);
	if (random % 4 != 0)
		pte |= X86_PG_A;
	if (random / 4 % 2 != 0)
		pte |= X86_PG_M;
	return (pte);
}

/* Makes one thing wrong. */
static void
spoil(struct walk_case *c, uint64_t *seed, pt_entry_t *pte)
{
	switch (below(seed, 10)) {
	case 0:
		*pte &= ~X86_PG_V;
		break;
	case 1:
	case 2:
		*pte &= ~X86_PG_RW;
		break;
	case 3:
		*pte &= ~X86_PG_U;
		break;
	case 4:
	case 5:
		*pte |= X86_PG_NX;
		break;
	case 6:
		if (c->maxphyaddr < 52)
			*pte |= 1UL << (c->maxphyaddr +
				    below(seed, 52 - c->maxphyaddr));
		break;
	case 7:
		*pte |= PAGE_SIZE << below(seed, 18);
		break;
	case 8:
		*pte ^= X86_PG_PS;
		break;
	default:
		*pte ^= 1UL << below(seed, 64);
		break;
	}
}

static struct walk_entry *
find_entry(struct walk_case *c, u_int at)
{
	for (u_int i = 0; i < c->nentries; i++)
		if (c->entry[i].at == at)
			return (&c->entry[i]);
	return (NULL);
}

/* Makes the entries that a pointer needs and that are not there. */
static void
make_path(struct walk_case *c, uint64_t *seed, vm_offset_t va)
{
	vm_paddr_t table = WALK_GPA;
	struct walk_entry *e, *used[4];
	u_int level, n = 0, at;

	for (level = PMAP_LEVEL_PML4;; level--) {
		at = table - WALK_GPA +
		    8 * (va >> PMAP_LEVEL_SHIFT(level) & (NPTEPG - 1));
		e = find_entry(c, at);
		if (e == NULL) {
			e = &c->entry[c->nentries++];
			e->at = at;
			e->pte = random_entry(c, seed, level);
		}
		used[n++] = e;
		table = e->pte & X86_PG_FRAME;
		if (level == PMAP_LEVEL_4K || (e->pte & X86_PG_PS) != 0 ||
		    table - WALK_GPA >= WALK_PAGES * PAGE_SIZE)
			break;
	}
	if (one_in(seed, 2))
		spoil(c, seed, &used[below(seed, n)]->pte);
}

/**
 * Makes a case for a processor.
 * @param c	cr3 and the processor are set; all else is filled in
 * @param seed	state of walk_random()
 */
void
walk_generate(struct walk_case *c, uint64_t *seed)
{
	c->nentries = 0;
	for (u_int i = 0; i < WALK_PATHS; i++) {
		c->path[i] = random_path(seed);
		make_path(c, seed, c->path[i]);
	}
}

/**
 * @param c	a case
 * @param seed	state of walk_random()
 * @return	a pointer to try: mostly one that the case was made for
 */
vm_offset_t
walk_pointer(const struct walk_case *c, uint64_t *seed)
{
	vm_offset_t va = c->path[below(seed, WALK_PATHS)];

	if (one_in(seed, 8))
		va = random_path(seed);
	va |= walk_random(seed) >> 52;
	if (one_in(seed, 64)) /* not canonical */
		va ^= 1UL << (47 + below(seed, 17));
	return (va);
}

/**
 * Writes a case's tables into memory that is zero where they go.
 * @param c	a case
 * @param mem	memory
 */
void
walk_install(const struct walk_case *c, struct walk_mem *mem)
{
	for (u_int i = 0; i < c->nentries; i++)
		*(volatile pt_entry_t *)(mem->base +
		    c->entry[i].at) = c->entry[i].pte;
}

/**
 * Clears what walk_install() wrote.
 * @param c	a case
 * @param mem	memory
 */
void
walk_remove(const struct walk_case *c, struct walk_mem *mem)
{
	for (u_int i = 0; i < c->nentries; i++)
		*(volatile pt_entry_t *)(mem->base + c->entry[i].at) = 0;
}

/**
 * The way to this memory for struct vmm_linear.
 * @param arg		a struct walk_mem
 * @param gpa		guest-physical address
 * @param access	VM_PROT_READ or VM_PROT_WRITE
 * @return		where it is, or NULL
 */
void *
walk_page(void *arg, vm_paddr_t gpa, u_int access)
{
	struct walk_mem *mem = arg;
	vm_paddr_t offset = gpa - WALK_GPA;

	if (offset >= WALK_PAGES * PAGE_SIZE ||
	    (mem->rights[offset >> PAGE_SHIFT] & access) == 0)
		return (NULL);
	return (mem->base + offset);
}
