/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The host's walk of a guest's page table.
 *
 * A pointer in a system call is a linear address of the guest.  Only the
 * guest's page table knows which guest-physical address it means, and no
 * processor is there to ask: the host is not in guest mode.
 *
 *     63     48 47    39 38    30 29    21 20    12 11        0
 *     +--------+--------+--------+--------+--------+-----------+
 *     |  sign  |  PML4  |  PDP   |   PD   |   PT   |  offset   |
 *     +--------+---|----+---|----+---|----+---|----+-----------+
 *                  |        |        |        |
 *       cr3 ---> PML4 ---> PDP ---> PD ---> PT ---> 4 KB page
 *                           |        |
 *                           |        +-- PS: 2 MB page
 *                           +-- PS: 1 GB page
 *
 * The guest made the tables and may be hostile.  So
 *
 * - every address in them is guest-physical, and reached through the process's
 *   own memory and rights, never otherwise;
 * - every entry is read once, and what was read is checked and used: another
 *   processor may change it at any time;
 * - what the processor refuses is refused.  The guest is in ring 3 with CR0.WP
 *   set, has 4-level paging, no protection keys, and (ring 3) no business with
 *   SMEP and SMAP;
 * - a walk ends: it goes down four levels at most, whatever the tables say,
 *   and is repeated a few times at most;
 * - nothing is printed.
 *
 * Accessed and dirty marks are set as the processor would, since the guest's
 * kernel pages by them.  The SDM ("Accessed and Dirty Flags") says that an
 * entry gets its mark when it is used in a translation, and does not say when
 * in a walk that fails.  Here a walk that fails a check sets none: the marks
 * are set from the root down when all checks have passed.
 *
 * Pure: compiled for Linux and tested there.  SDM volume 3, "4-Level Paging
 * and 5-Level Paging" and "Access Rights".
 */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include "vmm_utils.h"

/** An entry that a walk used: where it is, and what it said. */
struct walk_step {
	vm_paddr_t gpa; /**< guest-physical address of the entry */
	pt_entry_t pte; /**< the entry as it was read */
};

/*
 * A processor or the guest's kernel may change an entry between our reading
 * and our marking it.  Honest ones do so a few times: there are five marks to
 * set.  An entry that serves at several levels is changed by ourselves, once.
 */
#define WALK_TRIES 16

/* tag::entry[] */
/* Whether an entry at that level lets ring 3 through. */
static bool
entry_allows(
    const struct vmm_linear *g, pt_entry_t pte, u_int level, u_int access)
{
	/* LAB 03.5 begin: judge an entry as the processor does */
	pt_entry_t reserved = X86_PG_FRAME & -1UL << g->maxphyaddr;
	pt_entry_t needed = X86_PG_V | X86_PG_U;

	if (!g->nxe)
		reserved |= X86_PG_NX;
	if (level == PMAP_LEVEL_PML4 ||
	    (level == PMAP_LEVEL_1G && !g->page_1gb))
		reserved |= X86_PG_PS;
	else if ((pte & X86_PG_PS) != 0) /* large, or at the last level PAT */
		reserved |= (PMAP_LEVEL_SIZE(level) - 1) & X86_PG_FRAME &
		    ~X86_PG_PDE_PAT;
	if ((access & VM_PROT_WRITE) != 0)
		needed |= X86_PG_RW;
	if ((access & VM_PROT_EXECUTE) != 0 && (pte & X86_PG_NX) != 0)
		return (false);
	return ((pte & reserved) == 0 && (pte & needed) == needed);
	/* LAB 03.5 end */
}
/* end::entry[] */

/* tag::walk[] */
/*
 * Goes down from the root.  *leaf becomes the level of the page, and steps
 * *leaf .. PMAP_LEVEL_PML4 are what was used.
 */
static int
walk(const struct vmm_linear *g, vm_offset_t va, u_int access, vm_paddr_t *gpa,
    struct walk_step *steps, u_int *leaf)
{
	/* LAB 03.4 begin: walk the guest's page table */
	vm_paddr_t table = g->cr3 & X86_PG_FRAME;
	const volatile pt_entry_t *entry;
	struct walk_step *s;
	vm_offset_t mask;
	u_int level;

	for (level = PMAP_LEVEL_PML4;; level--) {
		s = &steps[level];
		s->gpa = table +
		    sizeof(pt_entry_t) *
			(va >> PMAP_LEVEL_SHIFT(level) & (NPTEPG - 1));
		entry = g->page(g->arg, s->gpa, VM_PROT_READ);
		if (entry == NULL)
			return (EFAULT);
		s->pte = *entry; /* once */
		if (!entry_allows(g, s->pte, level, access))
			return (EFAULT);
		if (level == PMAP_LEVEL_4K || (s->pte & X86_PG_PS) != 0)
			break;
		table = s->pte & X86_PG_FRAME;
	}
	mask = PMAP_LEVEL_SIZE(level) - 1;
	*gpa = (s->pte & X86_PG_FRAME & ~mask) | (va & mask);
	*leaf = level;
	return (0);
	/* LAB 03.4 end */
}
/* end::walk[] */

/* tag::marks[] */
/*
 * Sets the marks of a walk that succeeded, in entries that still say what the
 * walk read.  EAGAIN: one does not; walk again.
 */
static int
set_marks(const struct vmm_linear *g, const struct walk_step *steps, u_int leaf,
    u_int access)
{
	pt_entry_t marks = X86_PG_A, old;
	u_int level;
	void *entry;

	for (level = PMAP_LEVEL_PML4;; level--) {
		if (level == leaf && (access & VM_PROT_WRITE) != 0)
			marks |= X86_PG_M;
		old = steps[level].pte;
		if ((old & marks) != marks) {
			entry = g->page(
			    g->arg, steps[level].gpa, VM_PROT_WRITE);
			if (entry == NULL)
				return (EFAULT);
			if (!atomic_fcmpset_long(entry, &old, old | marks))
				return (EAGAIN);
		}
		if (level == leaf)
			return (0);
	}
}
/* end::marks[] */

/* tag::guest_phys_addr[] */
/* Walks until a walk finds nothing that changes under it. */
static int
walk_and_mark(const struct vmm_linear *g, vm_offset_t va, u_int access,
    vm_paddr_t *gpa, struct walk_step *steps, u_int *leaf)
{
	/* LAB 03.3 begin: refuse bad addresses, repeat disturbed walks */
	u_int tries;
	int error = EAGAIN;

	if ((vm_offset_t)((int64_t)(va << 16) >> 16) != va ||
	    g->cr3 >> g->maxphyaddr != 0)
		return (EFAULT);
	for (tries = 0; error == EAGAIN && tries < WALK_TRIES; tries++) {
		error = walk(g, va, access, gpa, steps, leaf);
		if (error == 0)
			error = set_marks(g, steps, *leaf, access);
	}
	return (error != 0 ? EFAULT : 0);
	/* LAB 03.3 end */
}

/**
 * Translates a linear address of a guest to a guest-physical one, as the
 * processor would for an access from ring 3, and leaves the accessed and dirty
 * marks that the processor would leave.  That there is memory at the result is
 * not looked at: `page` says so.
 *
 * Bits 11:0 of cr3 are not address and are ignored.  A cr3 with a bit at or
 * above maxphyaddr is one that no processor has, and allows nothing.
 *
 * EFAULT when the address is not canonical; when an entry is absent, has a
 * reserved bit set or does not grant the access; when a table is not in the
 * process's memory, or needs a mark and may not be written; when memory ran
 * out; when the guest goes on changing the entries.  Marks that were set
 * before a table refused to be written stay.
 *
 * Locks: whatever keeps the process's memory in place; may sleep if `page`
 * may.
 *
 * @param g		guest's address space
 * @param va		linear address
 * @param access	VM_PROT_*, any of them; VM_PROT_NONE asks for no more
 *			than VM_PROT_READ does
 * @param gpa		guest-physical address; untouched on error
 * @return		0 or EFAULT
 */
int
guest_phys_addr(
    const struct vmm_linear *g, vm_offset_t va, u_int access, vm_paddr_t *gpa)
{
	struct walk_step steps[VMM_WALK_LEVELS];
	vm_paddr_t found = 0;
	u_int leaf = 0;

	if (walk_and_mark(g, va, access, &found, steps, &leaf) != 0)
		return (EFAULT);
	*gpa = found;
	return (0);
}
/* end::guest_phys_addr[] */

/* tag::again[] */
/* Remembers a walk, with its entries as set_marks() has left them. */
static void
remember(const struct vmm_linear *g, struct vmm_walk *w, u_int access,
    const struct walk_step *steps)
{
	u_int level;

	for (level = w->leaf; level < VMM_WALK_LEVELS; level++) {
		w->entry[level] = g->page(
		    g->arg, steps[level].gpa, VM_PROT_READ);
		w->pte[level] = steps[level].pte | X86_PG_A;
		if (w->entry[level] == NULL)
			w->host = NULL;
	}
	if ((access & VM_PROT_WRITE) != 0)
		w->pte[w->leaf] |= X86_PG_M;
}

/* Walks, finds the page, and remembers both in w unless it is NULL. */
static void *
walk_to_page(const struct vmm_linear *g, vm_offset_t va, u_int access,
    struct vmm_walk *w)
{
	u_int memory = access & VM_PROT_WRITE ? VM_PROT_WRITE : VM_PROT_READ;
	struct walk_step steps[VMM_WALK_LEVELS];
	struct vmm_walk walked = { .page = trunc_page(va), .cr3 = g->cr3 };
	vm_paddr_t gpa = 0;

	/* The generation first: the page may go while it is looked for. */
	if (w != NULL)
		walked.gen = *g->gen;
	if (walk_and_mark(g, va, access, &gpa, steps, &walked.leaf) != 0)
		return (NULL);
	walked.host = g->page(g->arg, trunc_page(gpa), memory);
	if (walked.host == NULL)
		return (NULL);
	if (w != NULL) {
		*w = walked;
		remember(g, w, access, steps);
	}
	return (walked.host + (va & PAGE_MASK));
}

/**
 * Translates a linear address of a guest and finds the memory there: what
 * guest_phys_addr() and then `page` do, with the last walk in mind.
 *
 * The entries are compared at each call, so a guest that changes its page
 * table, with or without telling its processor, gets what a walk would give.
 * A host address stays good as long as the generation stays the same.
 *
 * @param g		guest's address space
 * @param va		linear address
 * @param access	VM_PROT_READ, VM_PROT_WRITE (which means both) or
 *			VM_PROT_EXECUTE
 * @return		where the host finds va and all to the end of its 4 KB
 *			page; NULL: EFAULT
 */
void *
vmm_linear_page(const struct vmm_linear *g, vm_offset_t va, u_int access)
{
	struct vmm_walk *w = NULL;

	if (g->walks != NULL) {
		w = g->walks;
		if ((access & VM_PROT_WRITE) != 0)
			w += 1;
		else if ((access & VM_PROT_EXECUTE) != 0)
			w += 2;
		if (vmm_same_walk(g, w, va))
			return (w->host + (va & PAGE_MASK));
		w->host = NULL;
	}
	return (walk_to_page(g, va, access, w));
}
/* end::again[] */
