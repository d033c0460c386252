/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Which translations of a process's pages have to be dropped.
 *
 * While an operation changes entries (pmap_table.c), each change that takes
 * something away is noted in the pmap.  How the notes are obeyed is the
 * platform's affair (pm_quiesce).
 *
 * A right that is given needs nothing: who does not know of it faults, which
 * drops the translation, and finds it.  SDM volume 3, "Optional Invalidation".
 *
 * The pmap's spinlock is held throughout.
 */
#include <sys/systm.h>
#include <machine/pmap.h>

/* Whether a processor may hold what `old` said and `new` does not. */
static bool
takes_away(pt_entry_t old, pt_entry_t new)
{
	pt_entry_t lost = old & ~new, denied = new & ~old &X86_PG_NX;

	return ((lost & (X86_PG_V | X86_PG_RW | X86_PG_A | X86_PG_M)) != 0 ||
	    denied != 0 || ((old ^ new) & X86_PG_FRAME) != 0);
}

/**
 * Notes a changed entry: pm_invalidate of user pmaps.
 * @param pmap	locked
 * @param va	page
 * @param old	entry before, present
 * @param new	entry now
 */
void
pmap_user_invalidate(
    struct pmap *pmap, vm_offset_t va, pt_entry_t old, pt_entry_t new)
{
	if (!takes_away(old, new))
		return;
	if (pmap->pm_ninv < PMAP_NINV)
		pmap->pm_inv[pmap->pm_ninv] = va;
	pmap->pm_ninv++;
	pmap->pm_invgen++;
}

/**
 * Lets the operations that follow only note what is to be dropped.
 * @param pmap	of a process, locked; stays so until pmap_flush()
 */
void
pmap_defer(struct pmap *pmap)
{
	pmap->pm_quiesce = NULL;
}
