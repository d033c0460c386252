/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * kmalloc: memory for the kernel's structures.
 *
 * What is small comes from slabs: a page of objects of one size, with a header
 * at its start.  What is larger takes whole pages in a row, and the page's
 * vm_page says how many.  A pointer tells which it is: no object of a slab
 * lies at the start of a page.
 *
 * A spinlock for each size; so memory may be freed from an interrupt.  With
 * INVARIANTS freed memory is marked, and freeing what is free panics.
 */
#include <sys/malloc.h>
#include <sys/queue.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

#define SLAB_MAGIC 0x51ab51ab
#define FREED	   0xdfdfdfdfdfdfdfdf /* second word of freed memory */
#define KEEP_SLABS 2		      /* empty ones that a size keeps */

MALLOC_DEFINE(M_TEMP, "temporary");

/** Header of a slab. */
struct slab {
	LIST_ENTRY(slab) link; /**< slabs of this size with free objects */
	u_int magic;	       /**< SLAB_MAGIC */
	u_short size;	       /**< index into sizes[] */
	u_short used;	       /**< objects in use */
	void *free;    /**< first free object, which points to the next */
	u_short fresh; /**< objects that were never used */
};

/* Sizes of objects, so chosen that a page holds a whole number of them. */
static const u_short sizes[] = { 16, 32, 48, 64, 96, 128, 192, 256, 336, 448,
	576, 672, 800, 1008, 1344, 2016 };

#define SLAB_HEADER roundup2(sizeof(struct slab), 16)
#define SLAB_MAX    2016

/** All slabs of one size. */
static struct slabs {
	struct spinlock lock;	   /**< all below, and the slabs */
	LIST_HEAD(, slab) partial; /**< slabs with free objects */
	u_int empty;		   /**< of these, wholly free */
} slabs[nitems(sizes)];

/** Pages that slabs and large allocations have, for the audit. */
u_long kmem_pages;

static struct malloc_type *volatile types;

static u_int
size_index(size_t size)
{
	u_int i = 0;

	while (sizes[i] < size)
		i++;
	return (i);
}

static u_int
objects_per_slab(u_int index)
{
	return ((PAGE_SIZE - SLAB_HEADER) / sizes[index]);
}

/* Memory in whole pages, or NULL. */
static void *
pages_alloc(u_int npages)
{
	u_int order = 0;
	vm_page_t m, tail;

	while (1U << order < npages)
		order++;
	m = vm_page_alloc(order);
	if (m == NULL)
		return (NULL);
	if (1U << order != npages) {
		vm_page_split(m);
		for (tail = m + npages; tail < m + (1U << order); tail++)
			vm_page_free(tail);
	} else if (order != 0) {
		vm_page_split(m);
	}
	m->pindex = npages;
	__atomic_fetch_add(&kmem_pages, npages, __ATOMIC_RELAXED);
	return (PHYS_TO_DMAP(vm_page_phys(m)));
}

static u_int
pages_free(void *p)
{
	vm_page_t m = vm_page_lookup(DMAP_TO_PHYS(p));
	u_int npages = m->pindex;

	KASSERT(npages != 0, ("kfree: %p is free", p));
	m->pindex = 0;
	__atomic_fetch_sub(&kmem_pages, npages, __ATOMIC_RELAXED);
	for (u_int i = 0; i < npages; i++)
		vm_page_free(m + i);
	return (npages);
}

static struct slab *
slab_new(u_int index)
{
	struct slab *sl = pages_alloc(1);

	if (sl == NULL)
		return (NULL);
	sl->magic = SLAB_MAGIC;
	sl->size = index;
	sl->used = 0;
	sl->free = NULL;
	sl->fresh = objects_per_slab(index);
	return (sl);
}

/* One object of a slab that has a free one. */
static void *
slab_take(struct slabs *ss, struct slab *sl)
{
	void *p = sl->free;

	if (sl->used++ == 0)
		ss->empty--;
	if (p != NULL)
		sl->free = *(void **)p;
	else
		p = (char *)sl + SLAB_HEADER + --sl->fresh * sizes[sl->size];
	if (sl->free == NULL && sl->fresh == 0)
		LIST_REMOVE(sl, link);
	return (p);
}

static void *
slab_alloc(u_int index)
{
	struct slabs *ss = &slabs[index];
	struct slab *sl;
	void *p = NULL;

	spin_lock(&ss->lock);
	sl = LIST_FIRST(&ss->partial);
	if (sl == NULL) {
		spin_unlock(&ss->lock);
		sl = slab_new(index);
		if (sl == NULL)
			return (NULL);
		spin_lock(&ss->lock);
		LIST_INSERT_HEAD(&ss->partial, sl, link);
		ss->empty++;
	}
	p = slab_take(ss, sl);
	spin_unlock(&ss->lock);
	return (p);
}

static u_int
slab_free(void *p)
{
	struct slab *sl = (struct slab *)trunc_page((uintptr_t)p);
	struct slabs *ss;
	u_int size;
	bool gone;

	if (sl->magic != SLAB_MAGIC)
		panic("kfree: %p was not allocated", p);
	ss = &slabs[sl->size];
	size = sizes[sl->size];
	spin_lock(&ss->lock);
#ifdef INVARIANTS
	/* The mark may also be what nobody has overwritten; the list tells. */
	if (size > 16 && ((uint64_t *)p)[1] == FREED)
		for (void *f = sl->free; f != NULL; f = *(void **)f)
			KASSERT(f != p, ("kfree: %p is free", p));
	if (size > 16)
		((uint64_t *)p)[1] = FREED;
#endif
	if (sl->free == NULL && sl->fresh == 0)
		LIST_INSERT_HEAD(&ss->partial, sl, link);
	*(void **)p = sl->free;
	sl->free = p;
	gone = --sl->used == 0 && ss->empty >= KEEP_SLABS;
	if (gone)
		LIST_REMOVE(sl, link);
	else if (sl->used == 0)
		ss->empty++;
	spin_unlock(&ss->lock);
	if (gone) {
		sl->magic = 0;
		pages_free(sl);
	}
	return (size);
}

/* Enters a type into the list of those that were ever used. */
static void
list_type(struct malloc_type *type)
{
	if (!atomic_cmpset_int(&type->mt_listed, 0, 1))
		return;
	do
		type->mt_next = types;
	while (!__sync_bool_compare_and_swap(&types, type->mt_next, type));
}

static void
count(struct malloc_type *type, long bytes)
{
	if (type->mt_listed == 0)
		list_type(type);
	__atomic_fetch_add(&type->mt_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_fetch_add(
	    &type->mt_count, bytes > 0 ? 1 : -1, __ATOMIC_RELAXED);
}

/**
 * Allocates memory of the kernel.
 * @param size	bytes; 0 is taken for 1.  More than a page: a multiple of a
 *		page, at the start of one
 * @param type	who wants it
 * @param flags	M_WAITOK: sleeps until there is memory, if need be; M_NOWAIT:
 *		does not sleep; M_ZERO
 * @return	aligned to 16 bytes; NULL only with M_NOWAIT
 */
void *
kmalloc(size_t size, struct malloc_type *type, int flags)
{
	u_int npages = 0, index = 0;
	size_t bytes;
	void *p;

	KASSERT(size < 1UL << 32,
	    ("kmalloc: %zu bytes for %s", size, type->mt_name));
	if (size > SLAB_MAX)
		npages = atop(round_page(size));
	else
		index = size_index(size);
	while ((p = npages != 0 ? pages_alloc(npages) : slab_alloc(index)) ==
	    NULL) {
		if ((flags & M_NOWAIT) != 0)
			return (NULL);
		(void)vm_wait_row(MAX(npages, 1));
	}
	bytes = npages != 0 ? npages * PAGE_SIZE : sizes[index];
	count(type, bytes);
	if ((flags & M_ZERO) != 0)
		bzero(p, npages != 0 ? bytes : size);
	return (p);
}

/**
 * Frees what kmalloc() gave.  Callable from interrupts.
 * @param p	or NULL
 * @param type	as it was allocated
 */
void
kfree(void *p, struct malloc_type *type)
{
	if (p == NULL)
		return;
	if (((uintptr_t)p & PAGE_MASK) == 0)
		count(type, -(long)(pages_free(p) * PAGE_SIZE));
	else
		count(type, -(long)slab_free(p));
}

/* The bytes that an allocation has. */
static size_t
room(const void *p)
{
	const struct slab *sl = (void *)trunc_page((uintptr_t)p);

	if (((uintptr_t)p & PAGE_MASK) == 0)
		return (vm_page_lookup(DMAP_TO_PHYS(p))->pindex * PAGE_SIZE);
	return (sizes[sl->size]);
}

/**
 * Changes the size of an allocation; the contents move.
 * @param p	or NULL
 * @param size	bytes
 * @param type	as it was allocated
 * @param flags	as kmalloc()
 * @return	the new place; NULL only with M_NOWAIT, and p is as it was
 */
void *
krealloc(void *p, size_t size, struct malloc_type *type, int flags)
{
	void *new;

	if (p != NULL && size <= room(p))
		return (p);
	new = kmalloc(size, type, flags);
	if (p != NULL && new != NULL) {
		memcpy(new, p, room(p));
		kfree(p, type);
	}
	return (new);
}

/**
 * Copies a string.  May sleep.
 * @param s	string
 * @param type	who wants it
 * @return	the copy, to be freed by kfree()
 */
char *
kstrdup(const char *s, struct malloc_type *type)
{
	size_t n = strlen(s) + 1;

	return (memcpy(kmalloc(n, type, M_WAITOK), s, n));
}

/** Prepares kmalloc(); called once by main(). */
void
kmeminit(void)
{
	for (u_int i = 0; i < nitems(slabs); i++) {
		spin_init(&slabs[i].lock, "kmalloc");
		LIST_INIT(&slabs[i].partial);
	}
}

/** Prints who has how much: at shutdown, when asked to be verbose. */
void
kmalloc_audit(void)
{
	const struct malloc_type *t;

	for (t = types; t != NULL; t = t->mt_next)
		if (t->mt_count != 0)
			kprintf("%10lu bytes in %6lu for %s\n", t->mt_bytes,
			    t->mt_count, t->mt_name);
}
