/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A guest's linear address space, as the host can reach it.
 */
#ifndef _VMM_UTILS_H_
#define _VMM_UTILS_H_

#include <sys/types.h>
#include <machine/pmap.h>

/* tag::remembered[] */
/** Levels of a guest's page table. */
#define VMM_WALK_LEVELS (PMAP_LEVEL_PML4 + 1)

/**
 * A walk that succeeded.  It would succeed again, with the same result, while
 * every entry on its way says the same: looking at them costs a tenth of
 * another walk.  See vmm_linear_page().
 */
struct vmm_walk {
	vm_offset_t page; /**< linear address of the page */
	vm_paddr_t cr3;	  /**< root of the walk */
	u_long gen;	  /**< pm_invgen when it began */
	uint8_t *host;	  /**< where the page is; NULL: nothing is remembered */
	u_int leaf;	  /**< level of the last entry */
	/** The entries, and what they said; by level, from leaf up. */
	const volatile pt_entry_t *entry[VMM_WALK_LEVELS];
	pt_entry_t pte[VMM_WALK_LEVELS]; /**< see entry */
};
/* end::remembered[] */

/* tag::linear[] */
/**
 * A guest's linear address space: the root of its page table, what the
 * processor makes of an entry, and the way to guest-physical memory.
 *
 * `page` gives the host address of guest-physical `gpa`, good up to the end of
 * that 4 KB page, with the page faulted in for `access`, which is
 * VM_PROT_READ or VM_PROT_WRITE.  It gives NULL when the process may not touch
 * the page so, or memory ran out.  `gpa` may be anything.  What it gave for
 * reading is good until it is called again; what it gave for writing until the
 * function that called it returns.
 */
struct vmm_linear {
	vm_paddr_t cr3;	  /**< guest's CR3; see guest_phys_addr() */
	u_int maxphyaddr; /**< physical-address bits, 32..52 */
	bool page_1gb;	  /**< CPUID has 1 GB pages */
	bool nxe;	  /**< the guest's EFER.NXE */
	void *(*page)(void *arg, vm_paddr_t gpa, u_int access); /**< above */
	void *arg; /**< handed to `page` */

	/**
	 * Counts up whenever what `page` gave may be wrong from now on: the
	 * pmap's pm_invgen.  NULL: nothing is remembered.
	 */
	const volatile u_long *gen;
	/** The last walks that succeeded: to read, to write, to execute. */
	struct vmm_walk *walks;
};
/** Walks that a guest remembers. */
#define VMM_WALKS	 3
#define VMM_WALK_EXECUTE 2 /* which one that is */
/* end::linear[] */

/**
 * @param g	guest's address space
 * @param w	one of its walks
 * @param va	linear address
 * @return	whether a walk to va would end where that one did
 */
static __inline bool
vmm_same_walk(
    const struct vmm_linear *g, const struct vmm_walk *w, vm_offset_t va)
{
	u_int level;

	if (w->host == NULL ||
	    w->page != (va & -PMAP_LEVEL_SIZE(PMAP_LEVEL_4K)) ||
	    w->cr3 != g->cr3 || w->gen != *g->gen)
		return (false);
	for (level = w->leaf; level < VMM_WALK_LEVELS; level++)
		if (*w->entry[level] != w->pte[level])
			return (false);
	return (true);
}

/* --- vmm_utils.c --- */
int guest_phys_addr(
    const struct vmm_linear *g, vm_offset_t va, u_int access, vm_paddr_t *gpa);
void *vmm_linear_page(const struct vmm_linear *g, vm_offset_t va, u_int access);

#endif
