/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The walk of a vkernel's page table, by the host in place of the processor.
 *
 *     page number of the mapping     35..27  26..18  17..9   8..0
 *     root (MADV_SETMAP)         --> table   table   table   table --> page
 *     still to be translated, bits   27      18      9       0
 *
 * Root and entries are what a vkernel would give the processor, but that the
 * addresses in them are offsets in the image: the object that is mapped, of
 * which the tables are pages as well.  An entry with VPTE_PS ends the walk at
 * any level.  Rights are those that all entries on the way give, the root
 * among them; U is asked for only if the root has it, since the vkernel's own
 * memory needs none.
 *
 * As the processor, the walk marks what it uses: A in every entry, M in the
 * last one of a write.  Each mark is set by an instruction that fails if the
 * entry is not what was looked at, so that what the vkernel changes meanwhile
 * is never lost and never used.  Where M is not set the host must not map for
 * writing: the first write has to come here.
 *
 * No entry is trusted: there are four levels at most, and whether a page of
 * the image exists is the caller's to say.
 */
#include <sys/errno.h>
#include <sys/param.h>
#include <sys/vkernel.h>
#include <machine/pmap.h>
#include <vm/vm_vpte.h>

#define TOP_SHIFT (VPTE_FRAME_END - PAGE_SHIFT) /* bits of a page number */

/** A walk under way. */
struct walk {
	vpte_t root;	    /**< where it began */
	vpte_t allowed;	    /**< RW and U, if all entries have them; NX, if
			     *   one has it */
	vpte_t vpte;	    /**< the last entry, */
	u_int shift;	    /**< the bits it leaves to be translated, */
	vm_pindex_t page;   /**< and the page of the image that it is in */
	u_int access;	    /**< VM_PROT_* */
	vpte_page_t *getpg; /**< the caller's */
	void *arg;
};

static vm_pindex_t
frame(vpte_t vpte)
{
	return ((vpte & VPTE_FRAME) >> PAGE_SHIFT);
}

static bool
is_last(vpte_t vpte, u_int shift)
{
	return (shift == 0 || (vpte & VPTE_PS) != 0);
}

/* What remains allowed with one more entry on the way. */
static vpte_t
allow(vpte_t allowed, vpte_t vpte)
{
	return ((allowed & vpte & (VPTE_RW | VPTE_U)) |
	    ((allowed | vpte) & VPTE_NX));
}

static bool
is_allowed(const struct walk *w, vpte_t allowed)
{
	return (((w->root & VPTE_U) == 0 || (allowed & VPTE_U) != 0) &&
	    ((w->access & VM_PROT_WRITE) == 0 || (allowed & VPTE_RW) != 0) &&
	    ((w->access & VM_PROT_EXECUTE) == 0 || (allowed & VPTE_NX) == 0));
}

/* tag::step[] */
/* Goes on to an entry in the page of a table, and marks it.  EAGAIN: it has
 * changed under our eyes, look again. */
static int
step(struct walk *w, vm_pindex_t pindex)
{
	vpte_t *table, *slot, vpte, marks = VPTE_A;
	int error;

	w->page = frame(w->vpte);
	w->shift -= VPTE_PAGE_BITS;
	error = w->getpg(w->arg, w->page, false, &table);
	if (error != 0)
		return (error);
	slot = &table[pindex >> w->shift & VPTE_PAGE_MASK];
	vpte = __atomic_load_n(slot, __ATOMIC_RELAXED);
	if ((vpte & VPTE_V) == 0)
		return (EFAULT);
	w->allowed = allow(w->allowed, vpte);
	if (is_last(vpte, w->shift)) {
		if (!is_allowed(w, w->allowed))
			return (EACCES);
		if ((w->access & VM_PROT_WRITE) != 0)
			marks |= VPTE_M;
	}
	if ((vpte & marks) != marks) {
		error = w->getpg(w->arg, w->page, true, &table);
		if (error != 0)
			return (error);
		if (!__atomic_compare_exchange_n(slot, &vpte, vpte | marks,
			false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return (EAGAIN);
		vpte |= marks;
	}
	w->vpte = vpte;
	return (0);
}
/* end::step[] */

/**
 * Translates a page number and leaves the marks of the access.
 * @param root		where the walk begins: an entry
 * @param pindex	in: page of the mapping; out: page of the image
 * @param access	VM_PROT_READ, WRITE or EXECUTE
 * @param prot		rights that the host may give for now
 * @param page		finds pages of tables
 * @param arg		handed to it
 * @return		0; EFAULT: nothing is there; EACCES: not that way;
 *			EAGAIN: look again; page()'s errors
 */
int
vpte_walk(unsigned long root, vm_pindex_t *pindex, u_int access, u_int *prot,
    vpte_page_t *page, void *arg)
{
	struct walk w = { .root = root,
		.vpte = root,
		.allowed = allow(VPTE_RW | VPTE_U, root),
		.shift = TOP_SHIFT,
		.access = access,
		.getpg = page,
		.arg = arg };
	vm_pindex_t mask;
	int error;

	if ((root & VPTE_V) == 0 || *pindex >> TOP_SHIFT != 0)
		return (EFAULT);
	while (!is_last(w.vpte, w.shift)) {
		error = step(&w, *pindex);
		if (error != 0)
			return (error);
	}
	if (!is_allowed(&w, w.allowed))
		return (EACCES);
	mask = (1UL << w.shift) - 1;
	*pindex = (frame(w.vpte) & ~mask) | (*pindex & mask);
	*prot = VM_PROT_READ |
	    ((w.allowed & VPTE_NX) == 0 ? VM_PROT_EXECUTE : 0);
	/* The root is in no table and has no mark. */
	if ((w.allowed & VPTE_RW) != 0 &&
	    ((w.vpte & VPTE_M) != 0 || w.shift == TOP_SHIFT))
		*prot |= VM_PROT_WRITE;
	return (0);
}
