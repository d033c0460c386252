/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A process's address space and its page faults.
 *
 *     vm_map ----> entry ----> vm_object ----> pages
 *        |         entry ----> vm_object
 *        |
 *        +-------> pmap: what the processor has been shown so far
 *
 * The entries say what may be there, the objects what is there, the pmap what
 * the processor can reach without asking.  The pmap may forget at any time:
 * vm_fault() tells it again.  A fault finds the entry, finds or makes the
 * page, and enters it in the pmap, as a large page where the range, the
 * alignment, the memory and the processor allow it.
 *
 * Takes no locks: callers see to it that one processor at a time is here.
 * Nothing sleeps; no memory is an error that ends the process that wanted it.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include "vm_map.h"

/* Pages that the kernel keeps for its own tables when processes want all. */
#define VM_RESERVE   64
/* The largest range: what is done to all its pages takes a bounded time. */
#define VM_RANGE_MAX NBPDP

static struct vm_object *
object_alloc(u_int npages, vm_paddr_t backing)
{
	struct vm_object *object;
	u_int order = 0;
	vm_page_t m;

	while (PAGE_SIZE << order < sizeof(*object) + npages * sizeof(m))
		order++;
	m = vm_page_alloc(order);
	if (m == NULL)
		return (NULL);
	object = PHYS_TO_DMAP(vm_page_phys(m));
	bzero(object, PAGE_SIZE << order);
	object->npages = npages;
	object->refs = 1;
	object->backing = backing;
	return (object);
}

/* Whether none of `count` pages is there. */
static bool
object_absent(const struct vm_object *object, vm_pindex_t first, u_int count)
{
	for (u_int i = 0; i < count; i++)
		if (object->pages[first + i] != NULL)
			return (false);
	return (true);
}

/* Frees the pages [first, last) of an object. */
static void
object_free_pages(
    struct vm_map *map, struct vm_object *object, u_int first, u_int last)
{
	for (u_int i = first; i < last; i++) {
		if (object->pages[i] == NULL)
			continue;
		pmap_check(&map->pmap);
		vm_page_split(object->pages[i]);
		vm_page_free(object->pages[i]);
		object->pages[i] = NULL;
		map->resident--;
	}
}

static void
object_release(struct vm_map *map, struct vm_object *object)
{
	if (--object->refs != 0)
		return;
	object_free_pages(map, object, 0, object->npages);
	pmap_page_free(DMAP_TO_PHYS(object));
}

/**
 * Frees everything, the pmap's tables too.
 * @param map	no processor uses it any more
 */
void
vm_map_destroy(struct vm_map *map)
{
	for (u_int i = 0; i < map->nentries; i++)
		object_release(map, map->entries[i].object);
	map->nentries = 0;
	pmap_release(&map->pmap);
}

static struct vm_map_entry *
lookup(struct vm_map *map, vm_offset_t va)
{
	for (u_int i = 0; i < map->nentries; i++)
		if (va >= map->entries[i].start && va < map->entries[i].end)
			return (&map->entries[i]);
	return (NULL);
}

/* Inserts an entry, keeping the order; false when the space is full. */
static bool
insert(struct vm_map *map, struct vm_map_entry entry)
{
	u_int i;

	if (map->nentries == VM_MAP_ENTRIES)
		return (false);
	for (i = map->nentries++; i > 0; i--) {
		if (map->entries[i - 1].start < entry.start)
			break;
		map->entries[i] = map->entries[i - 1];
	}
	map->entries[i] = entry;
	return (true);
}

/**
 * Adds a range.  No memory is taken for its contents yet.
 * @param map		address space
 * @param start		first byte, page-aligned
 * @param size		bytes, page-aligned, at most 1 GB
 * @param prot		VM_PROT_*, and perhaps VM_MEMATTR_UNCACHEABLE
 * @param backing	physical address of the initial contents, which stay
 *			untouched: a write copies the page; 0 for zeros
 * @return		0, EINVAL (not aligned, or not user space), EEXIST (it
 *			overlaps another), ENOMEM
 */
int
vm_map_mmap(struct vm_map *map, vm_offset_t start, size_t size, u_int prot,
    vm_paddr_t backing)
{
	struct vm_map_entry entry = { start, start + size, prot, NULL, 0 };

	if (size == 0 || ((start | size) & PAGE_MASK) != 0 ||
	    entry.end < start || entry.end > VM_MAX_USER_ADDRESS)
		return (EINVAL);
	if (size > VM_RANGE_MAX)
		return (ENOMEM);
	for (u_int i = 0; i < map->nentries; i++)
		if (start < map->entries[i].end &&
		    entry.end > map->entries[i].start)
			return (EEXIST);
	entry.object = object_alloc(size >> PAGE_SHIFT, backing);
	if (entry.object == NULL)
		return (ENOMEM);
	if (!insert(map, entry)) {
		object_release(map, entry.object);
		return (ENOMEM);
	}
	return (0);
}

/* Makes va a border between entries, if it lies inside one. */
static int
clip(struct vm_map *map, vm_offset_t va)
{
	struct vm_map_entry *e, upper;

	e = lookup(map, va);
	if (e == NULL || e->start == va)
		return (0);
	upper = *e;
	upper.start = va;
	upper.offset += va - e->start;
	e->end = va;
	if (!insert(map, upper)) {
		e->end = upper.end;
		return (ENOMEM);
	}
	upper.object->refs++;
	return (0);
}

static int
clip_range(struct vm_map *map, vm_offset_t start, vm_offset_t end)
{
	int error;

	if (start >= end || ((start | end) & PAGE_MASK) != 0)
		return (EINVAL);
	error = clip(map, start);
	return (error != 0 ? error : clip(map, end));
}

/**
 * Changes the rights of all ranges between two addresses.  The pmap loses
 * rights at once; new ones come with the next fault.
 * @param map	address space
 * @param start	first byte, page-aligned
 * @param end	first byte after the range, page-aligned
 * @param prot	VM_PROT_*
 * @return	0, EINVAL, ENOMEM
 */
int
vm_map_protect(
    struct vm_map *map, vm_offset_t start, vm_offset_t end, u_int prot)
{
	struct vm_map_entry *e;
	int error;

	error = clip_range(map, start, end);
	if (error != 0)
		return (error);
	for (e = map->entries; e < map->entries + map->nentries; e++) {
		if (e->start < start || e->end > end)
			continue;
		e->prot = prot | (e->prot & VM_MEMATTR_UNCACHEABLE);
		error = pmap_protect(&map->pmap, e->start, e->end, prot);
		if (error != 0)
			return (error);
	}
	return (0);
}

/**
 * Removes all ranges between two addresses and frees their pages.
 * @param map	address space
 * @param start	first byte, page-aligned
 * @param end	first byte after the range, page-aligned
 * @return	0, EINVAL, ENOMEM
 */
int
vm_map_remove(struct vm_map *map, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_entry *e;
	u_int i, kept = 0;
	int error;

	error = clip_range(map, start, end);
	for (i = 0; i < map->nentries; i++) {
		e = &map->entries[i];
		if (error == 0 && e->start >= start && e->end <= end)
			error = pmap_remove(&map->pmap, e->start, e->end);
		if (error != 0 || e->start < start || e->end > end) {
			map->entries[kept++] = *e;
			continue;
		}
		object_free_pages(map, e->object, e->offset >> PAGE_SHIFT,
		    (e->offset + e->end - e->start) >> PAGE_SHIFT);
		object_release(map, e->object);
	}
	map->nentries = kept;
	return (error);
}

/* tag::level[] */
/*
 * The largest page that can show page `index` of an entry's object at va: it
 * must lie within the entry, and be one block of memory or none at all yet.
 */
static u_int
fault_level(struct vm_map *map, struct vm_map_entry *e, vm_offset_t va,
    vm_pindex_t index)
{
	vm_page_t m = e->object->pages[index];
	u_int level = map->pmap.pm_maxlevel;
	vm_pindex_t first;
	vm_offset_t start;
	u_int count;

	/* LAB 02.2 begin: find the largest page that fits */
	/* Large executable pages can hang some processors: see PSCHANGE_MC_NO
	 * in the SDM's description of IA32_ARCH_CAPABILITIES. */
	if ((e->prot & VM_PROT_EXECUTE) != 0 || e->object->backing != 0)
		return (PMAP_LEVEL_4K);
	for (; level > PMAP_LEVEL_4K; level--) {
		start = va & -PMAP_LEVEL_SIZE(level);
		count = 1U << 9 * level;
		first = index - ((va - start) >> PAGE_SHIFT);
		if (start < e->start ||
		    start + PMAP_LEVEL_SIZE(level) > e->end ||
		    first % count != 0)
			continue;
		if (m != NULL ? vm_page_order(m) >= 9 * level
			      : object_absent(e->object, first, count))
			break;
	}
	/* LAB 02.2 end */
	return (level);
}
/* end::level[] */

/* tag::page[] */
/* Puts a fresh block of zeros into the object around page `index`. */
static int
object_fill(struct vm_map *map, struct vm_object *object, vm_pindex_t index,
    u_int *level)
{
	vm_page_t m = NULL;
	u_int count;

	for (;; --*level) {
		count = 1U << 9 * *level;
		if (vm_page_free_count() >= count + VM_RESERVE)
			m = vm_page_alloc(9 * *level);
		if (m != NULL || *level == PMAP_LEVEL_4K)
			break;
	}
	if (m == NULL)
		return (ENOMEM);
	bzero(PHYS_TO_DMAP(vm_page_phys(m)), count * PAGE_SIZE);
	for (u_int i = 0; i < count; i++)
		object->pages[(index & -(vm_pindex_t)count) + i] = m + i;
	map->resident += count;
	return (0);
}

/*
 * Finds or makes the page behind va.  While the page is still the shared
 * original, a fault that does not write leaves it so.
 */
static int
fault_page(struct vm_map *map, struct vm_map_entry *e, vm_offset_t va,
    bool write, u_int *level, vm_paddr_t *pa)
{
	struct vm_object *object = e->object;
	vm_pindex_t index = (va - e->start + e->offset) >> PAGE_SHIFT;
	bool fresh = object->pages[index] == NULL;
	vm_paddr_t original = object->backing + ptoa(index);

	*level = fault_level(map, e, va, index);
	/* LAB 02.3 begin: find or make the page, and copy it on a write */
	*pa = original;
	if (fresh && object->backing != 0 && !write)
		return (0);
	if (fresh && object_fill(map, object, index, level) != 0)
		return (ENOMEM);
	*pa = vm_page_phys(object->pages[index]) & -PMAP_LEVEL_SIZE(*level);
	if (fresh && object->backing != 0)
		memcpy(PHYS_TO_DMAP(*pa), PHYS_TO_DMAP(original), PAGE_SIZE);
	/* LAB 02.3 end */
	return (0);
}
/* end::page[] */

/* tag::fault[] */
/**
 * Answers a page fault: makes the page and shows it to the processor.
 * @param map		address space
 * @param va		faulting address
 * @param access	VM_PROT_* that was wanted
 * @return		0; EFAULT: no range there; EACCES: the range does not
 *			allow it; ENOMEM
 */
int
vm_fault(struct vm_map *map, vm_offset_t va, u_int access)
{
	bool emulate = (map->pmap.pm_flags & PMAP_EMULATE_AD_BITS) != 0;
	bool write = (access & VM_PROT_WRITE) != 0;
	struct vm_map_entry *e;
	u_int prot, level;
	vm_paddr_t pa;
	int error;

	e = lookup(map, va);
	if (e == NULL)
		return (EFAULT);
	/* No format has pages that can be written or executed but not read. */
	prot = e->prot | ((e->prot & VM_PROT_ALL) != 0 ? VM_PROT_READ : 0);
	if ((access & ~prot) != 0)
		return (EACCES);
	/* LAB 02.1 begin: show the page, with the rights it may have now */
	/* Without a write there may be no right to write yet: the original
	 * must stay shared, and the first write must be noticed. */
	if (!write && (emulate || e->object->backing != 0))
		prot &= ~VM_PROT_WRITE;
	error = fault_page(map, e, va, write, &level, &pa);
	if (error != 0)
		return (error);
	if (emulate && write && pmap_test_bit(&map->pmap, va, PG_A_IDX))
		map->emulated++;
	error = pmap_enter(
	    &map->pmap, va & -PMAP_LEVEL_SIZE(level), pa, prot, level);
	if (error != 0)
		return (error);
	map->faults[level]++;
	if (emulate) {
		pmap_set_bit(&map->pmap, va, PG_A_IDX);
		if (write)
			pmap_set_bit(&map->pmap, va, PG_M_IDX);
	}
	/* LAB 02.1 end */
	return (0);
}
/* end::fault[] */

/**
 * Gives the host access to one page of a process, as if the process had
 * touched it.
 * @param map		address space
 * @param va		any address in the page
 * @param access	VM_PROT_READ or VM_PROT_WRITE
 * @return		where the host finds va; NULL if the process may not
 *			touch it so, or memory ran out
 */
void *
vm_fault_page(struct vm_map *map, vm_offset_t va, u_int access)
{
	vm_paddr_t pa;

	/* What the processor could do by itself needs no fault. */
	if (!pmap_touch(&map->pmap, va, access, &pa) &&
	    (vm_fault(map, va, access) != 0 ||
		!pmap_touch(&map->pmap, va, access, &pa)))
		return (NULL);
	return (PHYS_TO_DMAP(pa));
}
