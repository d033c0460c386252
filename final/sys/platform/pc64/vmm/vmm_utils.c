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

/** One walk: what it holds entries against, and what it has found. */
struct walk {
	pt_entry_t decides; /**< bits of an entry that decide ... */
	pt_entry_t wanted;  /**< ... and what they must be */
	u_int leaf;	    /**< level of the page */
	pt_entry_t common;  /**< bits that all entries have */
	struct {
		vm_paddr_t gpa;	     /**< guest-physical address of the entry */
		pt_entry_t pte;	     /**< the entry as it was read */
	} step[PMAP_LEVEL_PML4 + 1]; /**< by level, from leaf upward */
};

/*
 * A processor or the guest's kernel may change an entry between our reading
 * and our marking it.  Honest ones do so a few times: there are five marks to
 * set.  An entry that serves at several levels is changed by ourselves, once.
 */
#define WALK_TRIES 16

/* tag::rule[] */
/*
 * Which bits of an entry decide whether ring 3 gets through, at any level, and
 * what they must be: present, for users, writable if there is a write, no
 * reserved bit.  Bit 63 is reserved, or forbids a fetch.
 */
static void
walk_rule(const struct vmm_linear *g, u_int access, struct walk *w)
{
	/* LAB 03.1 begin: say what an entry must be like */
	pt_entry_t reserved = X86_PG_FRAME & -1UL << g->maxphyaddr;

	w->wanted = X86_PG_V | X86_PG_U;
	if ((access & VM_PROT_WRITE) != 0)
		w->wanted |= X86_PG_RW;
	if ((access & VM_PROT_EXECUTE) != 0 || !g->nxe)
		reserved |= X86_PG_NX;
	w->decides = w->wanted | reserved;
	/* LAB 03.1 end */
}

/* Whether an entry with PS may be one: of a size that exists, and aligned. */
static bool
large_page_allowed(const struct vmm_linear *g, pt_entry_t pte, u_int level)
{
	u_int largest = g->page_1gb ? PMAP_LEVEL_1G : PMAP_LEVEL_2M;

	return (level <= largest &&
	    (pte & (PMAP_LEVEL_SIZE(level) - 1) & X86_PG_FRAME &
		~X86_PG_PDE_PAT) == 0);
}
/* end::rule[] */

/* tag::walk[] */
/* Goes down from the root to the page. */
static int
walk_down(const struct vmm_linear *g, vm_offset_t va, struct walk *w)
{
	/* LAB 03.2 begin: walk the guest's page table */
	vm_paddr_t gpa, table = g->cr3 & X86_PG_FRAME;
	u_int level = PMAP_LEVEL_PML4;
	const volatile pt_entry_t *entry;
	pt_entry_t pte;

	for (w->common = -1UL;; level--) {
		gpa = table +
		    sizeof(pte) *
			(va >> PMAP_LEVEL_SHIFT(level) & (NPTEPG - 1));
		entry = g->page(g->arg, gpa, VM_PROT_READ);
		if (entry == NULL)
			return (EFAULT);
		pte = *entry; /* once */
		if (((pte ^ w->wanted) & w->decides) != 0)
			return (EFAULT);
		w->step[level].gpa = gpa;
		w->step[level].pte = pte;
		w->common &= pte;
		w->leaf = level;
		if (level == PMAP_LEVEL_4K)
			return (0);
		if ((pte & X86_PG_PS) != 0)
			return (large_page_allowed(g, pte, level) ? 0 : EFAULT);
		table = pte & X86_PG_FRAME;
	}
	/* LAB 03.2 end */
}

/* The address that a walk has found. */
static vm_paddr_t
walk_result(const struct walk *w, vm_offset_t va)
{
	vm_offset_t mask = PMAP_LEVEL_SIZE(w->leaf) - 1;

	return ((w->step[w->leaf].pte & X86_PG_FRAME & ~mask) | (va & mask));
}
/* end::walk[] */

/* tag::marks[] */
/*
 * Sets marks in an entry that still says what the walk read.  EAGAIN: it does
 * not; walk again.
 */
static int
set_marks(
    const struct vmm_linear *g, struct walk *w, u_int level, pt_entry_t marks)
{
	pt_entry_t old = w->step[level].pte;
	void *entry;

	if ((old & marks) == marks)
		return (0);
	entry = g->page(g->arg, w->step[level].gpa, VM_PROT_WRITE);
	if (entry == NULL)
		return (EFAULT);
	return (atomic_fcmpset_long(entry, &old, old | marks) ? 0 : EAGAIN);
}

/* Marks what the walk used, from the root down; the leaf may get M too. */
static int
walk_marks(const struct vmm_linear *g, struct walk *w, u_int access)
{
	pt_entry_t marks = X86_PG_A;
	u_int level;
	int error;

	if ((access & VM_PROT_WRITE) != 0)
		marks |= X86_PG_M;
	/* Nearly always there is nothing to do. */
	if ((w->common & X86_PG_A) != 0 &&
	    (w->step[w->leaf].pte & marks) == marks)
		return (0);
	for (level = PMAP_LEVEL_PML4; level > w->leaf; level--) {
		error = set_marks(g, w, level, X86_PG_A);
		if (error != 0)
			return (error);
	}
	return (set_marks(g, w, w->leaf, marks));
}
/* end::marks[] */

/* tag::guest_phys_addr[] */
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
	struct walk w;
	int error = EAGAIN;

	if ((vm_offset_t)((int64_t)(va << 16) >> 16) != va ||
	    g->cr3 >> g->maxphyaddr != 0)
		return (EFAULT);
	walk_rule(g, access, &w);
	for (u_int i = 0; error == EAGAIN && i < WALK_TRIES; i++) {
		error = walk_down(g, va, &w);
		if (error == 0)
			error = walk_marks(g, &w, access);
	}
	if (error != 0)
		return (EFAULT);
	*gpa = walk_result(&w, va);
	return (0);
}
/* end::guest_phys_addr[] */
