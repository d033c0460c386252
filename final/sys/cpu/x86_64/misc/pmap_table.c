/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page tables of any format: one walker for the processor's tables and EPT.
 *
 *     va   47..39   38..30   29..21   20..12   11..0
 *          PML4 --> PDP  --> PD   --> PT   --> page
 *          level 3  level 2  level 1  level 0
 *                   or 1 GB  or 2 MB
 *
 * Every function goes down from the root and stops at an absent entry, at a
 * large page or at the level asked for.  What a bit means comes from the
 * pmap's format.  A large page of which a part changes is split first: a
 * table of smaller pages takes its place, with the same rights and marks.
 *
 * Not locked: the caller keeps others off the pmap.  Nothing here sleeps.
 * Pages that are mapped belong to the caller; the tables belong to the pmap.
 */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vmparam.h>

static bool
present(pmap_t pmap, pt_entry_t pte)
{
	return ((pte & pmap->pm_format->bits[PG_V_IDX]) != 0);
}

static bool
is_leaf(pmap_t pmap, pt_entry_t pte, u_int level)
{
	return (level == PMAP_LEVEL_4K ||
	    (pte & pmap->pm_format->bits[PG_PS_IDX]) != 0);
}

static pt_entry_t *
table_of(pt_entry_t pte)
{
	return (PHYS_TO_DMAP(pte & X86_PG_FRAME));
}

static u_int
pte_index(vm_offset_t va, u_int level)
{
	return (va >> PMAP_LEVEL_SHIFT(level) & (NPTEPG - 1));
}

/* The first byte that the entry after va's at that level maps. */
static vm_offset_t
next_entry(vm_offset_t va, u_int level)
{
	return ((va & -PMAP_LEVEL_SIZE(level)) + PMAP_LEVEL_SIZE(level));
}

/* tag::invalidate[] */
/*
 * Whether EPT translations that come from `old` must go.  Not when rights are
 * only given: the violation that asks for them drops what it used.  Nor for
 * marks that only software knows.  SDM: "Guidelines for Use of the INVEPT
 * Instruction".
 */
static bool
needs_invept(pmap_t pmap, pt_entry_t old, pt_entry_t new)
{
	const struct pmap_format *f = pmap->pm_format;
	pt_entry_t marks = f->bits[PG_A_IDX] | f->bits[PG_M_IDX];
	pt_entry_t soft = f->bits[PG_W_IDX] | f->bits[PG_MANAGED_IDX] |
	    ((pmap->pm_flags & PMAP_EMULATE_AD_BITS) != 0 ? marks : 0);
	pt_entry_t given = (new & ~old) & (f->prot_mask | marks);

	return (((old ^ new) & ~soft & ~given) != 0);
}

/*
 * A translation that a processor may hold has changed.  The kernel's own is
 * dropped at once.  For EPT the generation counts up, and each processor
 * compares it before it enters the guest (ept_sync() in vmx_ept.c).  A pmap
 * of a process notes what pmap_quiesce() then drops (pmap_inval.c).
 */
static void
pmap_invalidate(pmap_t pmap, vm_offset_t va, pt_entry_t old, pt_entry_t new)
{
	if (pmap->pm_invalidate != NULL)
		pmap->pm_invalidate(pmap, va, old, new);
	else if ((pmap->pm_flags & PMAP_HVM) == 0)
		pmap_invlpg(va);
	else if (needs_invept(pmap, old, new))
		pmap->pm_invgen++;
}
/* end::invalidate[] */

/* Pages of 4 KB more, or less, are mapped. */
static void
count_resident(pmap_t pmap, u_int level, long sign)
{
	if (pmap->pm_resident != NULL)
		*pmap->pm_resident += sign * (1L << 9 * level);
}

/*
 * Waits until what has been changed since that generation is out of every
 * processor's hands.  Only then may what it led to be used for anything else.
 */
static void
pmap_quiesce(pmap_t pmap, u_long gen)
{
	if (pmap->pm_quiesce != NULL && pmap->pm_invgen != gen)
		pmap->pm_quiesce(pmap->pm_quiesce_arg);
}

/* tag::leaf[] */
static pt_entry_t
make_leaf(pmap_t pmap, vm_paddr_t pa, u_int prot, u_int level)
{
	const struct pmap_format *f = pmap->pm_format;

	return ((pa | f->prot[prot & VM_PROT_ALL] | f->leaf |
		    (level > PMAP_LEVEL_4K ? f->bits[PG_PS_IDX] : 0)) ^
	    ((prot & VM_MEMATTR_UNCACHEABLE) != 0 ? f->uncached : 0));
}
/* end::leaf[] */

/* Puts an empty table into an absent entry. */
static int
make_table(pmap_t pmap, pt_entry_t *pte)
{
	vm_paddr_t pa;

	pa = pmap_page_alloc();
	if (pa == 0)
		return (ENOMEM);
	pmap->pm_tables++;
	*pte = pa | pmap->pm_format->table;
	return (0);
}

/* tag::split[] */
/* Replaces a large page by a table of pages one level smaller. */
static int
split(pmap_t pmap, pt_entry_t *pte, u_int level, vm_offset_t va)
{
	pt_entry_t old = *pte, small, *table, marked;
	vm_paddr_t pa;

	/* LAB 02.8 begin: make the table that takes a large page's place */
	small = old;
	if (level - 1 == PMAP_LEVEL_4K)
		small &= ~pmap->pm_format->bits[PG_PS_IDX];
	pa = pmap_page_alloc();
	if (pa == 0)
		return (ENOMEM);
	pmap->pm_tables++;
	table = PHYS_TO_DMAP(pa);
	for (u_int i = 0; i < NPTEPG; i++)
		table[i] = small + i * PMAP_LEVEL_SIZE(level - 1);
	/* The processor may have set a mark since we looked. */
	marked = __atomic_exchange_n(
		     pte, pa | pmap->pm_format->table, __ATOMIC_SEQ_CST) &
	    ~old;
	for (u_int i = 0; marked != 0 && i < NPTEPG; i++)
		__atomic_fetch_or(&table[i], marked, __ATOMIC_SEQ_CST);
	pmap_invalidate(pmap, va, old, *pte);
	/* LAB 02.8 end */
	return (0);
}
/* end::split[] */

/*
 * A table has made way for the page at pa: its translations leave the TLB,
 * and the marks of those of its pages that are part of the new one are
 * returned.
 */
static pt_entry_t
retire_table(
    pmap_t pmap, pt_entry_t pte, u_int level, vm_offset_t va, vm_paddr_t pa)
{
	const struct pmap_format *f = pmap->pm_format;
	pt_entry_t *table = table_of(pte), marks = 0;

	for (u_int i = 0; i < NPTEPG; i++) {
		if (!present(pmap, table[i]))
			;
		else if (!is_leaf(pmap, table[i], level))
			marks |= retire_table(
			    pmap, table[i], level - 1, va, pa);
		else {
			count_resident(pmap, level, -1);
			/* EPT's have gone with the entry of the table. */
			if ((pmap->pm_flags & PMAP_HVM) == 0)
				pmap_invlpg(va);
			if ((table[i] & X86_PG_FRAME) == pa)
				marks |= table[i];
		}
		va += PMAP_LEVEL_SIZE(level);
		pa += PMAP_LEVEL_SIZE(level);
	}
	return (marks & (f->bits[PG_A_IDX] | f->bits[PG_M_IDX]));
}

/* The first entry from the i-th on that is not in eight empty ones. */
static u_int
skip_empty(const pt_entry_t *t, u_int i, u_int n)
{
	while (i % 8 == 0 && i < n &&
	    (t[i] | t[i + 1] | t[i + 2] | t[i + 3] | t[i + 4] | t[i + 5] |
		t[i + 6] | t[i + 7]) == 0)
		i += 8;
	return (i);
}

/* Frees a table and all tables below it; the pages stay the caller's. */
static void
free_tables(pmap_t pmap, pt_entry_t pte, u_int level)
{
	pt_entry_t *table = table_of(pte);
	u_int i, n = NPTEPG;

	if (level == PMAP_LEVEL_PML4 && pmap->pm_shared != 0)
		n = pmap->pm_shared;
	for (i = 0; level > PMAP_LEVEL_4K; i++) {
		i = skip_empty(table, i, n);
		if (i >= n)
			break;
		if (present(pmap, table[i]) && !is_leaf(pmap, table[i], level))
			free_tables(pmap, table[i], level - 1);
	}
	pmap->pm_tables--;
	pmap_page_free(pte & X86_PG_FRAME);
}

/**
 * Makes an empty pmap.
 * @param pmap		filled in
 * @param format	which bit means what; kept
 * @param maxlevel	largest leaf that pmap_enter() may be asked for
 * @param flags		PMAP_*
 * @return		0 or ENOMEM
 */
int
pmap_pinit(
    pmap_t pmap, const struct pmap_format *format, u_int maxlevel, u_int flags)
{
	*pmap = (struct pmap){
		.pm_pml4 = pmap_page_alloc(),
		.pm_format = format,
		.pm_flags = flags,
		.pm_maxlevel = maxlevel,
	};
	if (pmap->pm_pml4 == 0)
		return (ENOMEM);
	pmap->pm_tables = 1;
	return (0);
}

/**
 * Frees all tables.  No processor may use them any more.
 * @param pmap	made by pmap_pinit(); the pages it maps are not freed
 */
void
pmap_release(pmap_t pmap)
{
	free_tables(pmap, pmap->pm_pml4, PMAP_LEVEL_PML4);
	pmap->pm_pml4 = 0;
}

/* tag::pte[] */
/**
 * Walks as far as the tables go.
 * @param pmap	tables
 * @param va	address
 * @param level	in: where to stop at the latest; out: where it stopped
 * @return	the entry there: a leaf, an absent entry, or one at *level
 */
pt_entry_t *
pmap_pte(pmap_t pmap, vm_offset_t va, u_int *level)
{
	pt_entry_t *table = PHYS_TO_DMAP(pmap->pm_pml4);
	pt_entry_t *pte;
	u_int l;

	for (l = PMAP_LEVEL_PML4;; l--) {
		pte = &table[pte_index(va, l)];
		if (l == *level || !present(pmap, *pte) ||
		    is_leaf(pmap, *pte, l))
			break;
		table = table_of(*pte);
	}
	*level = l;
	return (pte);
}
/* end::pte[] */

/**
 * Translates an address.
 * @param pmap	tables
 * @param va	address
 * @param pa	physical address, set on success
 * @return	whether va is mapped
 */
bool
pmap_extract(pmap_t pmap, vm_offset_t va, vm_paddr_t *pa)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t pte = *pmap_pte(pmap, va, &level);
	vm_offset_t mask = PMAP_LEVEL_SIZE(level) - 1;

	if (!present(pmap, pte))
		return (false);
	*pa = (pte & X86_PG_FRAME & ~mask) | (va & mask);
	return (true);
}

/* Goes down to the entry at `level`, making and splitting on the way. */
static int
pmap_reach(pmap_t pmap, vm_offset_t va, u_int level, pt_entry_t **ptep)
{
	u_int l;
	int error;

	for (;;) {
		l = level;
		*ptep = pmap_pte(pmap, va, &l);
		if (l == level)
			return (0);
		error = present(pmap, **ptep) ? split(pmap, *ptep, l, va)
					      : make_table(pmap, *ptep);
		if (error != 0)
			return (error);
	}
}

/* tag::enter[] */
/**
 * Maps one page.  What was mapped there before is replaced, also a whole
 * table of smaller pages by a large one.  Its accessed and dirty marks stay if
 * the page stays.
 * @param pmap	tables
 * @param va	where, aligned to the page
 * @param pa	what, aligned to the page
 * @param prot	VM_PROT_*, not NONE, and perhaps VM_MEMATTR_UNCACHEABLE
 * @param level	size of the page, at most pm_maxlevel
 * @return	0, or ENOMEM and nothing has changed but that larger pages are
 *		split and empty tables made
 */
int
pmap_enter(pmap_t pmap, vm_offset_t va, vm_paddr_t pa, u_int prot, u_int level)
{
	const pt_entry_t *bits = pmap->pm_format->bits;
	pt_entry_t *pte, old, new, marks = 0;
	u_long gen = pmap->pm_invgen;
	int error;

	KASSERT(level <= pmap->pm_maxlevel &&
		((va | pa) & (PMAP_LEVEL_SIZE(level) - 1)) == 0,
	    ("pmap_enter: %#lx to %#lx at level %u", va, pa, level));
	error = pmap_reach(pmap, va, level, &pte);
	if (error != 0)
		return (error);
	old = *pte;
	new = make_leaf(pmap, pa, prot, level);
	if (present(pmap, old) && is_leaf(pmap, old, level) &&
	    ((old ^ new) & X86_PG_FRAME) == 0)
		marks = bits[PG_A_IDX] | bits[PG_M_IDX];
	new |= old &marks;
	if (old == new)
		return (0);
	/* The processor may have set a mark since we looked. */
	old = __atomic_exchange_n(pte, new, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(pte, old & marks, __ATOMIC_SEQ_CST);
	if (!present(pmap, old)) {
		count_resident(pmap, level, 1);
		return (0);
	}
	pmap_invalidate(pmap, va, old, new);
	/* First out of every TLB, then take the last marks and free what could
	 * still be reached. */
	pmap_quiesce(pmap, gen);
	if (!is_leaf(pmap, old, level)) {
		count_resident(pmap, level, 1);
		marks = retire_table(pmap, old, level - 1, va, pa);
		__atomic_fetch_or(pte, marks, __ATOMIC_SEQ_CST);
		free_tables(pmap, old, level - 1);
	}
	return (0);
}
/* end::enter[] */

/**
 * Maps a page of 4 KB where nothing is mapped, if that takes no new table:
 * for pages that will probably be wanted soon.
 * @param pmap	tables
 * @param va	where, aligned to the page
 * @param pa	what, aligned to the page
 * @param prot	as for pmap_enter()
 * @return	whether it was mapped
 */
bool
pmap_enter_quick(pmap_t pmap, vm_offset_t va, vm_paddr_t pa, u_int prot)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t *pte = pmap_pte(pmap, va, &level);

	if (level != PMAP_LEVEL_4K || present(pmap, *pte))
		return (false);
	*pte = make_leaf(pmap, pa, prot, PMAP_LEVEL_4K);
	count_resident(pmap, PMAP_LEVEL_4K, 1);
	return (true);
}

/** What pmap_update() does to a leaf. */
typedef pt_entry_t pmap_change_t(pmap_t pmap, pt_entry_t pte, pt_entry_t arg);

/* Applies a change to every leaf in a range, splitting at its edges. */
static int
pmap_change_range(pmap_t pmap, vm_offset_t sva, vm_offset_t eva,
    pmap_change_t *change, pt_entry_t arg)
{
	pt_entry_t *pte, old, new;
	vm_offset_t next;
	u_int level;
	bool whole;
	int error;

	for (; sva < eva; sva = next) {
		level = PMAP_LEVEL_4K;
		pte = pmap_pte(pmap, sva, &level);
		/* The end of the address space is 0, hence the last byte. */
		next = next_entry(sva, level);
		whole = next - 1 < eva &&
		    (sva & (PMAP_LEVEL_SIZE(level) - 1)) == 0;
		next = next - 1 < eva ? next : eva;
		old = *pte;
		if (!present(pmap, old))
			continue;
		new = change(pmap, old, arg);
		if (new == old)
			continue;
		if (!whole) {
			error = split(pmap, pte, level, sva);
			if (error != 0)
				return (error);
			next = sva; /* again, one level down */
			continue;
		}
		/* The processor may have set a mark since we looked. */
		if (!__atomic_compare_exchange_n(pte, &old, new, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			next = sva;
			continue;
		}
		if (!present(pmap, new))
			count_resident(pmap, level, -1);
		pmap_invalidate(pmap, sva, old, new);
	}
	return (0);
}

/* The same, and no processor uses what it took away. */
static int
pmap_update(pmap_t pmap, vm_offset_t sva, vm_offset_t eva,
    pmap_change_t *change, pt_entry_t arg)
{
	u_long gen = pmap->pm_invgen;
	int error;

	error = pmap_change_range(pmap, sva, eva, change, arg);
	pmap_quiesce(pmap, gen);
	return (error);
}

static pt_entry_t
change_to_absent(
    pmap_t pmap __unused, pt_entry_t pte __unused, pt_entry_t arg __unused)
{
	return (0);
}

/* Rights are bits that are set, or (NX) bits that are clear. */
static pt_entry_t
change_rights(pmap_t pmap, pt_entry_t pte, pt_entry_t rights)
{
	const struct pmap_format *f = pmap->pm_format;
	pt_entry_t deny = f->prot[VM_PROT_READ] & ~f->prot[VM_PROT_ALL];

	return ((pte & (rights | ~f->prot_mask)) | ((pte | rights) & deny));
}

static pt_entry_t
change_clear(pmap_t pmap __unused, pt_entry_t pte, pt_entry_t bits)
{
	return (pte & ~bits);
}

/**
 * Unmaps a range.  The pages stay the caller's; tables are kept.
 * @param pmap	tables
 * @param sva	first byte, page-aligned
 * @param eva	first byte after the range, page-aligned
 * @return	0, or ENOMEM when a large page could not be split; then the
 *		range before it is done
 */
int
pmap_remove(pmap_t pmap, vm_offset_t sva, vm_offset_t eva)
{
	return (pmap_update(pmap, sva, eva, change_to_absent, 0));
}

/**
 * Takes rights away from all pages of a range.  A right that is missing stays
 * missing: only the next fault knows whether it may be given.
 * @param pmap	tables
 * @param sva	first byte, page-aligned
 * @param eva	first byte after the range, page-aligned
 * @param prot	VM_PROT_* that remain; NONE unmaps
 * @return	0 or ENOMEM, as pmap_remove()
 */
int
pmap_protect(pmap_t pmap, vm_offset_t sva, vm_offset_t eva, u_int prot)
{
	if (prot == VM_PROT_NONE)
		return (pmap_remove(pmap, sva, eva));
	return (pmap_update(pmap, sva, eva, change_rights,
	    pmap->pm_format->prot[prot & VM_PROT_ALL]));
}

/**
 * Reads a mark of a page: PG_A_IDX, PG_M_IDX or a software bit.
 * @param pmap	tables
 * @param va	address
 * @param bit	which
 * @return	true if va is mapped and the bit is set
 */
bool
pmap_test_bit(pmap_t pmap, vm_offset_t va, enum pmap_bit bit)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t pte = *pmap_pte(pmap, va, &level);

	return (present(pmap, pte) && (pte & pmap->pm_format->bits[bit]) != 0);
}

/**
 * Sets a mark of a mapped page.
 * @param pmap	tables
 * @param va	address
 * @param bit	which
 */
void
pmap_set_bit(pmap_t pmap, vm_offset_t va, enum pmap_bit bit)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t *pte = pmap_pte(pmap, va, &level);

	KASSERT(present(pmap, *pte), ("pmap_set_bit: %#lx is absent", va));
	__atomic_fetch_or(pte, pmap->pm_format->bits[bit], __ATOMIC_SEQ_CST);
}

/* tag::touch[] */
/**
 * Does for the host what the processor does for an access: finds the page if
 * the tables allow the access, and leaves the marks of it.
 * @param pmap		tables
 * @param va		address
 * @param access	VM_PROT_READ or VM_PROT_WRITE
 * @param pa		physical address, set on success
 * @return		whether the tables allow it
 */
bool
pmap_touch(pmap_t pmap, vm_offset_t va, u_int access, vm_paddr_t *pa)
{
	const pt_entry_t *bits = pmap->pm_format->bits;
	bool write = (access & VM_PROT_WRITE) != 0;
	pt_entry_t marks = bits[PG_A_IDX] | (write ? bits[PG_M_IDX] : 0);
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t *pte = pmap_pte(pmap, va, &level);
	vm_offset_t mask = PMAP_LEVEL_SIZE(level) - 1;

	if (!present(pmap, *pte) || (write && (*pte & bits[PG_RW_IDX]) == 0))
		return (false);
	if ((*pte & marks) != marks)
		__atomic_fetch_or(pte, marks, __ATOMIC_SEQ_CST);
	*pa = (*pte & X86_PG_FRAME & ~mask) | (va & mask);
	return (true);
}
/* end::touch[] */

/* tag::clear[] */
/**
 * Clears a mark in a range.  Where software keeps the marks, the next write
 * faults again and so sets M; a read does not, so A stays clear.
 * @param pmap	tables
 * @param sva	first byte, page-aligned
 * @param eva	first byte after the range, page-aligned
 * @param bit	which
 * @return	0 or ENOMEM, as pmap_remove()
 */
int
pmap_clear_bit(pmap_t pmap, vm_offset_t sva, vm_offset_t eva, enum pmap_bit bit)
{
	pt_entry_t bits = pmap->pm_format->bits[bit];

	/* Where software keeps the dirty mark, the next write must fault. */
	if (bit == PG_M_IDX && (pmap->pm_flags & PMAP_EMULATE_AD_BITS) != 0)
		bits |= pmap->pm_format->bits[PG_RW_IDX];
	return (pmap_update(pmap, sva, eva, change_clear, bits));
}
/* end::clear[] */
