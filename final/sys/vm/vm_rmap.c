/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Where a page of an object is mapped.
 *
 * No list is kept for each page: the object knows the entries that map it,
 * and an entry's addresses say where in its pmap the page would be.  What is
 * in the pmap there may be another page (a private copy), hence the comparison.
 *
 * Entries do not change their range or leave the object while the object is
 * locked (vm_entry.c), and their vmspace exists as long as they do.
 *
 * Behind a vkernel's page table (MAPE_VPAGETABLE) a page may be anywhere, and
 * in many places.  Such mappings are not looked for one by one: when one page
 * has to go, all mappings of all such entries of the object go, and the faults
 * that follow bring back what is in use.  A page knows the object's generation
 * at the time when it was last mapped that way; each such flush begins a new
 * one.  So the pages of which a flush has taken the mappings cost nothing, and
 * what flushes take away is never more than what faults have put there.
 */
#include <sys/systm.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/** What is done to one mapping; its vm_pmap_spin is held. */
typedef bool rmap_func_t(struct pmap *pmap, vm_offset_t va);

/* Calls func for every mapping of a page but those behind page tables of
 * vkernels; whether any call said true. */
static bool
rmap_each(struct vm_page *m, rmap_func_t *func)
{
	struct vm_object *obj = m->object;
	struct vm_map_entry *e;
	struct vmspace *vm;
	vm_offset_t va;
	vm_paddr_t pa;
	bool any = false;

	KASSERT(spin_held(&obj->vo_spin), ("rmap_each: object not locked"));
	LIST_FOREACH(e, &obj->vo_entries, e_objlink)
	{
		if ((e->e_flags & MAPE_VPAGETABLE) != 0 ||
		    m->pindex < e->e_offset ||
		    m->pindex - e->e_offset >= vm_entry_pages(e))
			continue;
		va = e->e_start + ((m->pindex - e->e_offset) << PAGE_SHIFT);
		vm = e->e_vmspace;
		spin_lock(&vm->vm_pmap_spin);
		if (pmap_extract(&vm->vm_pmap, va, &pa) &&
		    pa == vm_page_phys(m))
			any |= func(&vm->vm_pmap, va);
		spin_unlock(&vm->vm_pmap_spin);
	}
	return (any);
}

/* One page of 4 KB: nothing is split, so none of these can fail. */
static bool
unmap_one(struct pmap *pmap, vm_offset_t va)
{
	pmap_remove(pmap, va, va + PAGE_SIZE);
	return (true);
}

static bool
clean_one(struct pmap *pmap, vm_offset_t va)
{
	/* First the right: until it is gone from all TLBs M may be set. */
	pmap_protect(pmap, va, va + PAGE_SIZE, VM_PROT_READ | VM_PROT_EXECUTE);
	if (!pmap_test_bit(pmap, va, PG_M_IDX))
		return (false);
	pmap_clear_bit(pmap, va, va + PAGE_SIZE, PG_M_IDX);
	return (true);
}

static bool
referenced_one(struct pmap *pmap, vm_offset_t va)
{
	if (!pmap_test_bit(pmap, va, PG_A_IDX))
		return (false);
	pmap_clear_bit(pmap, va, va + PAGE_SIZE, PG_A_IDX);
	return (true);
}

/* tag::vpagetable[] */
/* Unmaps a page that vkernels' page tables may have mapped, and with it all
 * that they have; whether it may have been. */
static bool
unmap_vpagetables(struct vm_page *m)
{
	struct vm_object *obj = m->object;
	struct vm_map_entry *e;

	if (m->vptgen != obj->vo_vptgen)
		return (false);
	LIST_FOREACH(e, &obj->vo_entries, e_objlink)
	if ((e->e_flags & MAPE_VPAGETABLE) != 0)
		vm_map_pmap_remove(e->e_vmspace, e->e_start, e->e_end);
	obj->vo_vptgen++;
	return (true);
}
/* end::vpagetable[] */

/**
 * Unmaps a page everywhere.
 * @param m	of an object that is locked
 */
void
vm_page_unmap(struct vm_page *m)
{
	rmap_each(m, unmap_one);
	(void)unmap_vpagetables(m);
}

/**
 * Whether a page has been used since the last call.
 * @param m	of an object that is locked
 * @return	if any processor has set the mark, or PG_REF was set
 */
bool
vm_page_referenced(struct vm_page *m)
{
	bool used = (m->flags & PG_REF) != 0;

	m->flags &= ~PG_REF;
	used |= rmap_each(m, referenced_one);
	/* Whether it is in use there, only the next fault can tell. */
	used |= unmap_vpagetables(m);
	return (used);
}

/**
 * Write-protects a page everywhere and takes over the marks of the pmaps.
 * @param m	busy, or of an object that is locked
 * @return	whether it is dirty; PG_DIRTY tells so until
 *		vm_object_clear_dirty()
 */
bool
vm_page_clean_mappings(struct vm_page *m)
{
	struct vm_object *obj = m->object;
	bool locked = spin_held(&obj->vo_spin), dirty;

	if (!locked)
		spin_lock(&obj->vo_spin);
	if (rmap_each(m, clean_one))
		vm_page_set_dirty(m);
	/* What was stored there has marked the page before. */
	(void)unmap_vpagetables(m);
	dirty = (m->flags & PG_DIRTY) != 0;
	if (!locked)
		spin_unlock(&obj->vo_spin);
	return (dirty);
}
