/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Dropping translations of a process's pages from all processors.
 *
 * What has been taken away is noted in the pmap (pmap_note.c).  When the
 * operation ends, or pmap_flush() ends several, the processors that have the
 * pmap loaded drop what was noted, one by one or all if it is much, and the
 * caller waits until they have.  Until then no page that was unmapped is given
 * to anybody else.
 *
 * The pmap's spinlock is held throughout; messages are served by who waits for
 * it.
 */
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include <machine/pmap.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

/* This processor drops what was noted. */
static void
drop_noted(void *arg)
{
	const struct pmap *pmap = arg;

	if (pmap->pm_ninv > PMAP_NINV) {
		load_cr3(rcr3());
		return;
	}
	for (u_int i = 0; i < pmap->pm_ninv; i++)
		invlpg(pmap->pm_inv[i]);
}

/**
 * Returns when no processor holds what was noted: pm_quiesce of user pmaps.
 * @param arg	the pmap, locked
 */
void
pmap_user_quiesce(void *arg)
{
	struct pmap *pmap = arg;
	u_long self = 1UL << mycpuid, active;

	/* Entries were changed by locked instructions: before this load. */
	active = pmap->pm_active;
	if ((active & self) != 0)
		drop_noted(pmap);
	if ((active & ~self) != 0)
		lwkt_ipiq_all_wait(drop_noted, pmap, active & ~self);
	pmap->pm_ninv = 0;
}

/**
 * Drops what has been noted since pmap_defer().
 * @param pmap	of a process, locked
 */
void
pmap_flush(struct pmap *pmap)
{
	pmap->pm_quiesce = (pmap->pm_flags & PMAP_HVM) != 0 ? vmm_quiesce
							    : pmap_user_quiesce;
	if (pmap->pm_ninv != 0)
		pmap->pm_quiesce(pmap->pm_quiesce_arg);
}
