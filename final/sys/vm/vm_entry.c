/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Entries of an address space: found, split, joined, and the room between
 * them.
 *
 * Entries never overlap and never are empty.  An entry that maps an object is
 * in the object's list; its range and offset change only while both the map is
 * locked exclusively and the object is locked, so that vm_rmap.c may read them
 * with the object alone.
 *
 * Every entry has its own reference to its object, and to the object's vnode:
 * a file that is mapped is not forgotten.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/vnode.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_VMENTRY, "map entries");

/** Most entries of an address space: they are memory that is not the
 * process's own, and munmap(2) in the middle makes one of nothing. */
u_int vm_max_entries = 8192;

/**
 * Order of entries: by address.
 * @param a	an entry
 * @param b	another one
 * @return	below 0, 0, above 0: a is before b, at b, behind b
 */
int
vm_entry_cmp(struct vm_map_entry *a, struct vm_map_entry *b)
{
	return (a->e_start < b->e_start ? -1 : a->e_start > b->e_start);
}

RB_GENERATE(vm_map_tree, vm_map_entry, e_node, vm_entry_cmp);

/**
 * Finds the first entry that ends above an address.
 * @param vm	its map is locked
 * @param va	address
 * @return	the entry, which may contain va, or NULL
 */
struct vm_map_entry *
vm_entry_find_from(struct vmspace *vm, vm_offset_t va)
{
	struct vm_map_entry *e = RB_ROOT(&vm->vm_tree), *best = NULL;

	while (e != NULL)
		if (va < e->e_end) {
			best = e;
			if (va >= e->e_start)
				break;
			e = RB_LEFT(e, e_node);
		} else
			e = RB_RIGHT(e, e_node);
	return (best);
}

/**
 * Finds the entry that contains an address.
 * @param vm	its map is locked
 * @param va	address
 * @return	the entry or NULL
 */
struct vm_map_entry *
vm_entry_find(struct vmspace *vm, vm_offset_t va)
{
	struct vm_map_entry *e = RB_ROOT(&vm->vm_tree);

	while (e != NULL)
		if (va < e->e_start)
			e = RB_LEFT(e, e_node);
		else if (va >= e->e_end)
			e = RB_RIGHT(e, e_node);
		else
			break;
	return (e);
}

/**
 * Makes an entry that is in no map yet.  May sleep for memory.
 * @param vm	whose it will be
 * @param start	first byte
 * @param end	first byte after it
 * @return	the entry: no object, no pages, no rights
 */
struct vm_map_entry *
vm_entry_alloc(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *e;

	e = kmalloc(sizeof(*e), M_VMENTRY, M_WAITOK | M_ZERO);
	e->e_vmspace = vm;
	e->e_start = start;
	e->e_end = end;
	return (e);
}

/**
 * Puts an entry into its map, where nothing is.
 * @param e	entry; the map is locked exclusively
 */
void
vm_entry_insert(struct vm_map_entry *e)
{
	struct vmspace *vm = e->e_vmspace;
	struct vm_map_entry *other;

	other = RB_INSERT(vm_map_tree, &vm->vm_tree, e);
	KASSERT(other == NULL && e->e_start < e->e_end,
	    ("vm_entry_insert: %#lx to %#lx", e->e_start, e->e_end));
	vm->vm_nentries++;
	vm->vm_size += e->e_end - e->e_start;
}

/**
 * Takes an entry out of its map.
 * @param e	entry; the map is locked exclusively
 */
void
vm_entry_unlink(struct vm_map_entry *e)
{
	struct vmspace *vm = e->e_vmspace;

	RB_REMOVE(vm_map_tree, &vm->vm_tree, e);
	vm->vm_nentries--;
	vm->vm_size -= e->e_end - e->e_start;
}

/**
 * Has an entry map an object.  The caller's reference to it becomes the
 * entry's; the vnode, which is in use, gets one more.
 * @param e	entry without an object
 * @param obj	the object, or NULL
 * @param offset page of it at e_start
 */
void
vm_entry_set_object(
    struct vm_map_entry *e, struct vm_object *obj, vm_pindex_t offset)
{
	e->e_offset = offset;
	e->e_object = obj;
	if (obj == NULL)
		return;
	spin_lock(&obj->vo_spin);
	/* In use already: by the open file, or by another entry. */
	e->e_vnode = obj->vo_vnode;
	if (e->e_vnode != NULL)
		vref(e->e_vnode);
	LIST_INSERT_HEAD(&obj->vo_entries, e, e_objlink);
	obj->vo_nentries++;
	spin_unlock(&obj->vo_spin);
}

/* The reverse.  May sleep if these are the last references. */
static void
drop_object(struct vm_map_entry *e)
{
	struct vm_object *obj = e->e_object;

	if (obj == NULL)
		return;
	spin_lock(&obj->vo_spin);
	LIST_REMOVE(e, e_objlink);
	obj->vo_nentries--;
	spin_unlock(&obj->vo_spin);
	vm_object_rel(obj);
	if (e->e_vnode != NULL) {
		lwkt_gettoken(&mp_token);
		vrele(e->e_vnode);
		lwkt_reltoken(&mp_token);
	}
}

/**
 * Frees an entry, its private pages and its references.  May sleep on a
 * vnode's lock: the map must not be locked, unless these references are not
 * the last.
 * @param e	entry that is in no map; its range is not in the pmap
 */
void
vm_entry_dispose(struct vm_map_entry *e)
{
	amap_rel(e->e_vmspace, e->e_amap, e->e_aoffset, vm_entry_pages(e));
	drop_object(e);
	kfree(e, M_VMENTRY);
}

/**
 * Changes an entry's range; what it maps stays where it is.
 * @param e	entry; the map is locked exclusively, the object is not
 * @param start	first byte
 * @param end	first byte after it
 */
void
vm_entry_set_range(struct vm_map_entry *e, vm_offset_t start, vm_offset_t end)
{
	struct vm_object *obj = e->e_object;
	long moved = (long)(start - e->e_start) >> PAGE_SHIFT;

	if (obj != NULL)
		spin_lock(&obj->vo_spin);
	e->e_start = start;
	e->e_end = end;
	if (obj != NULL)
		e->e_offset += moved;
	if (e->e_amap != NULL || (e->e_flags & MAPE_STACK) != 0)
		e->e_aoffset += moved;
	if (obj != NULL)
		spin_unlock(&obj->vo_spin);
}

/**
 * Splits an entry, if the address is inside it: the entry keeps what is below.
 * May sleep for memory.
 * @param e	entry; the map is locked exclusively
 * @param va	address, page-aligned
 */
void
vm_entry_clip(struct vm_map_entry *e, vm_offset_t va)
{
	struct vm_map_entry *up;
	vm_offset_t end = e->e_end;

	if (va <= e->e_start || va >= end)
		return;
	up = vm_entry_alloc(e->e_vmspace, va, end);
	up->e_prot = e->e_prot;
	up->e_maxprot = e->e_maxprot;
	up->e_flags = e->e_flags & ~MAPE_STACK;
	up->e_wired = e->e_wired;
	up->e_aux = e->e_aux;
	up->e_amap = e->e_amap;
	up->e_aoffset = e->e_aoffset + ((va - e->e_start) >> PAGE_SHIFT);
	if (e->e_amap != NULL)
		amap_ref(e->e_amap);
	if (e->e_object != NULL)
		vm_object_ref(e->e_object);
	vm_entry_set_object(
	    up, e->e_object, e->e_offset + ((va - e->e_start) >> PAGE_SHIFT));
	e->e_vmspace->vm_size -= end - va;
	vm_entry_set_range(e, e->e_start, va);
	vm_entry_insert(up);
}

/**
 * Splits entries so that none crosses the ends of a range.
 * @param vm	locked exclusively
 * @param start	page-aligned
 * @param end	page-aligned
 * @return	0; ENOMEM: there would be too many, nothing is split
 */
int
vm_entry_clip_range(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *first = vm_entry_find(vm, start);
	struct vm_map_entry *last = vm_entry_find(vm, end - 1);
	u_int more = (first != NULL && first->e_start < start) +
	    (last != NULL && last->e_end > end);

	if (more != 0 && vm->vm_nentries + more > vm_max_entries)
		return (ENOMEM);
	if (first != NULL)
		vm_entry_clip(first, start);
	/* It may be the upper part of the first one now. */
	last = vm_entry_find(vm, end - 1);
	if (last != NULL)
		vm_entry_clip(last, end);
	return (0);
}

static bool
same_kind(const struct vm_map_entry *a, const struct vm_map_entry *b)
{
	return (a->e_flags == b->e_flags && a->e_prot == b->e_prot &&
	    a->e_maxprot == b->e_maxprot && a->e_object == b->e_object &&
	    a->e_wired == b->e_wired && a->e_aux == b->e_aux &&
	    (a->e_flags & MAPE_STACK) == 0);
}

/*
 * Whether the amap of a continues that of b, or can do for both.  Entries that
 * share an amap were one: an address has the same index in all of them, so
 * indices beyond a's end are in use by nobody else.
 */
static bool
amaps_join(const struct vm_map_entry *a, const struct vm_map_entry *b)
{
	vm_size_t n = vm_entry_pages(a);

	if (a->e_amap == b->e_amap)
		return (a->e_amap == NULL || a->e_aoffset + n == b->e_aoffset);
	return (b->e_amap == NULL);
}

/**
 * Joins an entry with the one below it, if they are one mapping.
 * @param e	entry; the map is locked exclusively
 * @return	the entry that has its range now
 */
struct vm_map_entry *
vm_entry_merge(struct vm_map_entry *e)
{
	struct vm_map_entry *prev;
	vm_offset_t end = e->e_end;

	prev = RB_PREV(vm_map_tree, &e->e_vmspace->vm_tree, e);
	if (prev == NULL || prev->e_end != e->e_start || !same_kind(prev, e) ||
	    !amaps_join(prev, e) ||
	    (e->e_object != NULL &&
		prev->e_offset + vm_entry_pages(prev) != e->e_offset))
		return (e);
	vm_entry_unlink(e);
	/* Its pages stay in the amap, now prev's. */
	if (e->e_amap != NULL)
		e->e_amap->am_ref--;
	e->e_amap = NULL;
	e->e_vmspace->vm_size += end - e->e_start;
	vm_entry_set_range(prev, prev->e_start, end);
	vm_entry_dispose(e);
	return (prev);
}

/**
 * Joins what can be joined in a range and at its ends.
 * @param vm	locked exclusively
 * @param start	page-aligned
 * @param end	page-aligned
 */
void
vm_entry_merge_range(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *e = vm_entry_find_from(vm, start);

	while (e != NULL && e->e_start <= end) {
		e = vm_entry_merge(e);
		e = RB_NEXT(vm_map_tree, &vm->vm_tree, e);
	}
}

/* The lowest address that an entry has or may come to have. */
static vm_offset_t
lowest(const struct vm_map_entry *e)
{
	return ((e->e_flags & MAPE_STACK) != 0 ? MIN(e->e_limit, e->e_start)
					       : e->e_start);
}

/**
 * Finds room.  Room that a stack may grow into is none.
 * @param vm	its map is locked
 * @param from	lowest address that will do
 * @param max	where room ends
 * @param size	bytes, page-aligned, not 0
 * @param align	power of two, at least a page
 * @param addr	result
 * @return	0 or ENOMEM
 */
int
vm_map_findspace(struct vmspace *vm, vm_offset_t from, vm_offset_t max,
    vm_size_t size, vm_size_t align, vm_offset_t *addr)
{
	vm_offset_t start = roundup2(from, align);
	struct vm_map_entry *e;

	for (e = vm_entry_find_from(vm, start); start >= from;) {
		if (start > max || size > max - start)
			return (ENOMEM);
		if (e == NULL ||
		    (lowest(e) >= start && lowest(e) - start >= size)) {
			*addr = start;
			return (0);
		}
		start = roundup2(e->e_end, align);
		e = vm_entry_find_from(vm, start);
	}
	return (ENOMEM);
}
