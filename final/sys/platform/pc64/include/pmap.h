/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page tables of any format: the kernel's own, a guest's nested ones.
 *
 * The processor's tables and EPT differ in which bit means what, not in how a
 * walk goes.  A `struct pmap_format` says which bit means what; all code in
 * pmap.c takes it from there.  As in DragonFly, where the PG_* constants
 * became indices into a table in each pmap.
 */
#ifndef _MACHINE_PMAP_H_
#define _MACHINE_PMAP_H_

#include <sys/types.h>
#include <cpu/pmap.h>

/* clang-format off */
/** @name Rights of a mapping */
/** @{ */
#define VM_PROT_NONE	0
#define VM_PROT_READ	1
#define VM_PROT_WRITE	2
#define VM_PROT_EXECUTE	4
#define VM_PROT_ALL	7
/** @} */

/** Beside VM_PROT_*: memory that no cache may keep, as of a device. */
#define VM_MEMATTR_UNCACHEABLE 8

/** @name Levels of a table, by what a leaf there maps */
/** @{ */
#define PMAP_LEVEL_4K	0
#define PMAP_LEVEL_2M	1
#define PMAP_LEVEL_1G	2
#define PMAP_LEVEL_PML4	3
#define PMAP_LEVEL_SHIFT(level)	(12 + 9 * (level))
#define PMAP_LEVEL_SIZE(level)	(1UL << PMAP_LEVEL_SHIFT(level))
/** @} */

/** @name pm_flags */
/** @{ */
#define PMAP_EMULATE_AD_BITS 2	/* the processor does not set A and M */
#define PMAP_HVM	4	/* EPT: the processor has other TLB rules */
/** @} */
/* clang-format on */

/* tag::format[] */
/** What a bit of an entry means; index into pmap_format.bits. */
enum pmap_bit {
	PG_V_IDX,	/**< any of these: the entry is present */
	PG_RW_IDX,	/**< writable */
	PG_A_IDX,	/**< accessed */
	PG_M_IDX,	/**< dirty */
	PG_PS_IDX,	/**< a large page, not a table */
	PG_W_IDX,	/**< software: wired */
	PG_MANAGED_IDX, /**< software: a page of an object */
	PG_BITS_SIZE	/**< how many there are */
};

/** A format of page-table entries. */
struct pmap_format {
	const char *name;	       /**< for messages */
	pt_entry_t bits[PG_BITS_SIZE]; /**< by enum pmap_bit */
	pt_entry_t prot[8];	       /**< rights of a leaf, by VM_PROT_* */
	pt_entry_t prot_mask;	       /**< all bits that prot[] may set */
	pt_entry_t leaf;	       /**< further bits of every leaf */
	pt_entry_t uncached;	       /**< those that differ if uncacheable */
	pt_entry_t table;	       /**< all bits of an entry for a table */
};
/* end::format[] */

/** Translations that are dropped one by one, rather than all. */
#define PMAP_NINV 16

/** A tree of page tables. */
struct pmap {
	vm_paddr_t pm_pml4;		     /**< its root */
	const struct pmap_format *pm_format; /**< which bit means what */
	u_int pm_flags;			     /**< PMAP_* */
	u_int pm_maxlevel;		     /**< largest leaf: PMAP_LEVEL_* */
	volatile u_long pm_invgen;	     /**< see pmap_invalidate() */
	u_long pm_tables;		     /**< pages in use as tables */
	/**
	 * Returns when no processor uses any more what the tables said before
	 * pm_invgen counted up.  NULL: there is but one processor, which
	 * compares before it enters the guest.
	 */
	void (*pm_quiesce)(void *arg);
	/** Panics unless that is so now; for debug builds.  Or NULL. */
	void (*pm_check)(void *arg);
	void *pm_quiesce_arg; /**< handed to both */
	/**
	 * Notes that a translation has changed, in place of dropping it on
	 * this processor; counts pm_invgen up if a processor may hold it.  Or
	 * NULL.  See pmap_inval.c.
	 */
	void (*pm_invalidate)(
	    struct pmap *pmap, vm_offset_t va, pt_entry_t old, pt_entry_t new);
	volatile long *pm_resident; /**< counts mapped pages of 4 KB, or NULL */
	/** First entry of the root that is the kernel's, or 0: none is. */
	u_int pm_shared;
	volatile u_long pm_active; /**< processors that have it loaded */
	u_int pm_ninv; /**< translations to drop; beyond NINV: all */
	vm_offset_t pm_inv[PMAP_NINV]; /**< their addresses */
};

typedef struct pmap *pmap_t; /**< BSD's name */

/**
 * To be called before a page that a pmap has mapped is freed: no processor may
 * reach it any more.
 * @param pmap	tables that do not map the page any longer
 */
static __inline void
pmap_check(pmap_t pmap)
{
	if (pmap->pm_check != NULL)
		pmap->pm_check(pmap->pm_quiesce_arg);
}

/* --- x86_64/pmap.c --- */
extern struct pmap kernel_pmap;
extern volatile u_long pmap_pages; /**< pages from pmap_page_alloc() in use */
void pmap_invlpg(vm_offset_t va);

/* --- cpu/x86_64/misc/pmap_table.c --- */
int pmap_pinit(
    pmap_t pmap, const struct pmap_format *format, u_int maxlevel, u_int flags);
void pmap_release(pmap_t pmap);
pt_entry_t *pmap_pte(pmap_t pmap, vm_offset_t va, u_int *level);
bool pmap_extract(pmap_t pmap, vm_offset_t va, vm_paddr_t *pa);
int
pmap_enter(pmap_t pmap, vm_offset_t va, vm_paddr_t pa, u_int prot, u_int level);
bool pmap_enter_quick(pmap_t pmap, vm_offset_t va, vm_paddr_t pa, u_int prot);
int pmap_remove(pmap_t pmap, vm_offset_t sva, vm_offset_t eva);
int pmap_protect(pmap_t pmap, vm_offset_t sva, vm_offset_t eva, u_int prot);
bool pmap_touch(pmap_t pmap, vm_offset_t va, u_int access, vm_paddr_t *pa);
bool pmap_test_bit(pmap_t pmap, vm_offset_t va, enum pmap_bit bit);
void pmap_set_bit(pmap_t pmap, vm_offset_t va, enum pmap_bit bit);
int pmap_clear_bit(
    pmap_t pmap, vm_offset_t sva, vm_offset_t eva, enum pmap_bit bit);

/** @cond host */
/* --- x86_64/pmap_user.c --- */
struct vmspace;
int pmap_user_pinit(struct vmspace *vm);
void pmap_user_unload(struct vmspace *vm);
void pmap_user_release(struct vmspace *vm);

/* --- cpu/x86_64/misc/pmap_note.c --- */
void pmap_user_invalidate(
    struct pmap *pmap, vm_offset_t va, pt_entry_t old, pt_entry_t new);
void pmap_defer(struct pmap *pmap);

/* --- x86_64/pmap_inval.c --- */
void pmap_user_quiesce(void *arg);
void pmap_flush(struct pmap *pmap);
/** @endcond */

#endif
