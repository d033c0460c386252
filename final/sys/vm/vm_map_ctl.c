/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Questions to an address space, and advice: what is mapped, madvise(2),
 * msync(2), minherit(2), mincore(2).
 */
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/systm.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

/**
 * Finds the entry that contains an address.
 * @param vm	locked by the caller, shared or exclusively
 * @param va	address
 * @return	the entry or NULL
 */
struct vm_map_entry *
vm_map_lookup(struct vmspace *vm, vm_offset_t va)
{
	return (vm_entry_find(vm, va));
}

/**
 * Looks whether all of a range is mapped with certain rights.
 * @param vm	locked, shared or exclusively
 * @param start	first byte
 * @param end	first byte after it
 * @param prot	rights that every page must have
 * @return	whether it is
 */
bool
vm_map_check_locked(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot)
{
	struct vm_map_entry *e = vm_entry_find_from(vm, start);

	while (start < end) {
		if (e == NULL || e->e_start > start ||
		    (e->e_flags & MAPE_GUARD) != 0 || (prot & ~e->e_prot) != 0)
			return (false);
		start = e->e_end;
		e = RB_NEXT(vm_map_tree, &vm->vm_tree, e);
	}
	return (true);
}

/**
 * Looks whether all of a range is mapped with certain rights.  Sleeps.
 * @param vm	not locked
 * @param start	first byte
 * @param end	first byte after it
 * @param prot	rights that every page must have
 * @return	whether it is
 */
bool
vm_map_check(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot)
{
	bool ok;

	lockmgr(&vm->vm_lock, LK_SHARED);
	ok = start <= end && vm_map_check_locked(vm, start, end, prot);
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (ok);
}

/**
 * Counts what would be free without an address space: private pages, tables,
 * map entries, and its part of shared memory (not counted while the map is
 * being changed).
 * Does not sleep.
 * @param vm	the space
 * @return	pages, about
 */
vm_size_t
vmspace_private_pages(struct vmspace *vm)
{
	vm_size_t n = MAX(vm->vm_private, 0) + vm->vm_pmap.pm_tables +
	    vm->vm_nentries * sizeof(struct vm_map_entry) / PAGE_SIZE;
	struct vm_map_entry *e;
	struct vm_object *obj;

	if (lockmgr(&vm->vm_lock, LK_SHARED | LK_NOWAIT) != 0)
		return (n);
	RB_FOREACH(e, vm_map_tree, &vm->vm_tree)
	{
		obj = e->e_object;
		if (obj != NULL && obj->vo_type == OBJT_ANON)
			n += obj->vo_pages.rt_count / obj->vo_nentries;
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (n);
}

/* Drops the private pages of an entry: zeros, or the file, come back. */
static void
advise_free(struct vm_map_entry *e)
{
	struct vmspace *vm = e->e_vmspace;

	if (e->e_amap == NULL)
		return;
	vm_map_pmap_remove(vm, e->e_start, e->e_end);
	amap_remove(vm, e->e_amap, e->e_aoffset, vm_entry_pages(e));
}

/* Whether all that is mapped in a range is behind page tables of a vkernel;
 * the map is locked. */
static bool
all_vpagetable(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *e;

	for (e = vm_entry_find_from(vm, start); e != NULL && e->e_start < end;
	     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e))
		if ((e->e_flags & MAPE_VPAGETABLE) == 0)
			return (false);
	return (true);
}

/* One entry that lies in the range as a whole; the map is locked. */
static void
advise(struct vm_map_entry *e, int behav, off_t value)
{
	struct vmspace *vm = e->e_vmspace;

	switch (behav) {
	case MADV_FREE:
		advise_free(e);
		break;
	case MADV_NOSYNC:
		e->e_flags |= MAPE_NOSYNC;
		break;
	case MADV_AUTOSYNC:
		e->e_flags &= ~MAPE_NOSYNC;
		break;
	case MADV_SETMAP:
		e->e_aux = value;
		vm_map_pmap_remove(vm, e->e_start, e->e_end);
		break;
	}
}

/*
 * MADV_INVAL: a vkernel has changed its page table.  No entry changes, so none
 * is split.  A fault that has walked the old table maps what it found while it
 * has the object's lock: after we have had that, it is there to be removed,
 * and who walks later sees the new table.
 */
static void
invalidate(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *e;

	lockmgr(&vm->vm_lock, LK_SHARED);
	if (vm->vm_vmm != NULL)
		vmm_flush_linear(vm);
	for (e = vm_entry_find_from(vm, start); e != NULL && e->e_start < end;
	     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e)) {
		if ((e->e_flags & MAPE_VPAGETABLE) != 0) {
			spin_lock(&e->e_object->vo_spin);
			spin_unlock(&e->e_object->vo_spin);
		}
		vm_map_pmap_remove(
		    vm, MAX(start, e->e_start), MIN(end, e->e_end));
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
}

/**
 * Takes advice about a range.  MADV_FREE drops private pages at once: what is
 * read next are zeros, or the file.  MADV_INVAL and MADV_SETMAP are
 * mcontrol(2)'s.  Advice that changes nothing here is accepted.
 * @param vm	the space
 * @param start	page-aligned
 * @param end	page-aligned
 * @param behav	MADV_*
 * @param value	of MADV_SETMAP
 * @return	0; EINVAL; ENOMEM: there would be too many mappings
 */
int
vm_map_madvise(struct vmspace *vm, vm_offset_t start, vm_offset_t end,
    int behav, off_t value)
{
	struct vm_map_entry *e;
	int error = 0;

	if (behav < 0 || behav > MADV_CONTROL_END || start > end ||
	    start < vm->vm_min || end > vm->vm_max)
		return (EINVAL);
	if (start == end || behav < MADV_FREE || behav == MADV_NOCORE ||
	    behav == MADV_CORE)
		return (0);
	if (behav == MADV_INVAL) {
		invalidate(vm, start, end);
		return (0);
	}
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	if (behav == MADV_SETMAP && !all_vpagetable(vm, start, end))
		error = EINVAL;
	if (error == 0)
		error = vm_entry_clip_range(vm, start, end);
	for (e = vm_entry_find_from(vm, start);
	     error == 0 && e != NULL && e->e_start < end;
	     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e))
		advise(e, behav, value);
	vm_entry_merge_range(vm, start, end);
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

/* What children get of one entry; the map is locked. */
static int
inherit_entry(struct vm_map_entry *e, int inherit)
{
	bool private = (e->e_flags & MAPE_PRIVATE) != 0;
	int error = 0;

	if (inherit == INHERIT_NONE) {
		e->e_flags |= MAPE_NOFORK;
		return (0);
	}
	if (inherit == INHERIT_SHARE && private)
		error = amap_share(e);
	else if (inherit == INHERIT_COPY && !private &&
	    (e->e_object->vo_type == OBJT_DEVICE ||
		(e->e_flags & MAPE_VPAGETABLE) != 0))
		error = EINVAL;
	if (error != 0)
		return (error);
	e->e_flags &= ~(MAPE_NOFORK | MAPE_COPYFORK);
	if (inherit == INHERIT_COPY && !private)
		e->e_flags |= MAPE_COPYFORK;
	return (0);
}

/**
 * Says what children get of a range.  Sleeps.
 * @param vm	the space
 * @param start	page-aligned
 * @param end	page-aligned
 * @param inherit INHERIT_NONE: nothing; _SHARE: the same memory, which becomes
 *		shared if it was private; _COPY: a copy, also of shared memory
 *		(of a file what is in memory at the time)
 * @return	0; EINVAL, also if a stack or a private mapping of a file is
 *		to be shared, or memory copied that is a device's or behind a
 *		vkernel's page table; ENOMEM: there would be too many mappings
 */
int
vm_map_inherit(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, int inherit)
{
	struct vm_map_entry *e;
	int error = 0, e_error;

	if (inherit < INHERIT_SHARE || inherit > INHERIT_NONE || start > end ||
	    start < vm->vm_min || end > vm->vm_max)
		return (EINVAL);
	if (start == end)
		return (0);
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	error = vm_entry_clip_range(vm, start, end);
	for (e = vm_entry_find_from(vm, start);
	     error != ENOMEM && e != NULL && e->e_start < end;
	     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e)) {
		e_error = inherit_entry(e, inherit);
		if (e_error != 0)
			error = e_error;
	}
	vm_entry_merge_range(vm, start, end);
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

/* The next part of a range that is to be written; its object is referenced. */
static int
sync_next(struct vmspace *vm, vm_offset_t *start, vm_offset_t end,
    struct vm_object **objp, vm_pindex_t *first, vm_pindex_t *last)
{
	struct vm_map_entry *e;
	vm_offset_t stop;
	int error = 0;

	*objp = NULL;
	lockmgr(&vm->vm_lock, LK_SHARED);
	e = vm_entry_find(vm, *start);
	if (e == NULL)
		error = ENOMEM;
	else {
		stop = MIN(end, e->e_end);
		if ((e->e_flags & MAPE_PRIVATE) == 0 && e->e_object != NULL) {
			*objp = e->e_object;
			vm_object_ref(*objp);
			*first = e->e_offset + atop(*start - e->e_start);
			*last = *first + atop(stop - *start);
			/* Behind a page table it may be any page. */
			if ((e->e_flags & MAPE_VPAGETABLE) != 0)
				*first = *last = 0;
		}
		*start = stop;
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

/**
 * Writes what has been changed in shared mappings of files.  Sleeps.
 * @param vm	the space, not locked
 * @param start	page-aligned
 * @param end	page-aligned
 * @param flags	MS_ASYNC: left to the next sync of all files; MS_INVALIDATE has
 *		nothing to do, since files and mappings have the same pages
 * @return	0; EINVAL; ENOMEM: not all is mapped; EIO...: first error
 */
int
vm_map_msync(struct vmspace *vm, vm_offset_t start, vm_offset_t end, int flags)
{
	struct vm_object *obj;
	vm_pindex_t first = 0, last = 0;
	int error, result = 0;

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE)) != 0 || start > end)
		return (EINVAL);
	while (start < end) {
		error = sync_next(vm, &start, end, &obj, &first, &last);
		if (error != 0)
			return (error);
		if (obj == NULL)
			continue;
		if ((flags & MS_ASYNC) == 0) {
			error = vm_object_flush(obj, first, last);
			if (result == 0)
				result = error;
		}
		vm_object_rel(obj);
	}
	return (result);
}

/* Whether a page is in memory, mapped or not (behind a vkernel's page table
 * only if it is mapped); the map is locked. */
static bool
entry_incore(struct vm_map_entry *e, vm_offset_t va)
{
	struct vmspace *vm = e->e_vmspace;
	vm_pindex_t n = atop(va - e->e_start);
	struct vm_object *obj = e->e_object;
	bool found = false;
	vm_paddr_t pa;

	if ((e->e_flags & MAPE_VPAGETABLE) != 0) {
		spin_lock(&vm->vm_pmap_spin);
		found = pmap_extract(&vm->vm_pmap, va, &pa);
		spin_unlock(&vm->vm_pmap_spin);
		return (found);
	}
	if (e->e_amap != NULL) {
		spin_lock(&vm->vm_pmap_spin);
		found = vm_radix_lookup(
			    &e->e_amap->am_pages, e->e_aoffset + n) != NULL;
		spin_unlock(&vm->vm_pmap_spin);
	}
	if (!found && obj != NULL) {
		spin_lock(&obj->vo_spin);
		found = vm_radix_lookup(&obj->vo_pages, e->e_offset + n) !=
			NULL ||
		    obj->vo_type == OBJT_DEVICE;
		spin_unlock(&obj->vo_spin);
	}
	return (found);
}

/**
 * Whether a page is in memory.  Sleeps.
 * @param vm	the space, not locked
 * @param va	page-aligned
 * @return	MINCORE_INCORE, 0, or -1: nothing is mapped there
 */
int
vm_map_mincore(struct vmspace *vm, vm_offset_t va)
{
	struct vm_map_entry *e;
	int result = -1;

	lockmgr(&vm->vm_lock, LK_SHARED);
	e = vm_entry_find(vm, va);
	if (e != NULL)
		result = entry_incore(e, va) ? MINCORE_INCORE : 0;
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (result);
}
