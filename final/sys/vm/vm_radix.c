/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pointers by number, sparse.
 *
 *     index  ..17    16..11   10..5... six bits for each table
 *            root -> table -> table -> pointer
 *
 * The tree is as high as its largest index wants, so that a small mapping has
 * one table, and one with a single pointer at index 0 has none: then the root
 * is that pointer.  A table that becomes empty is freed at once; the tree
 * gets lower only when it is empty.
 *
 * Tables come from kmalloc() without waiting, since callers hold spinlocks.
 */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <vm/vm_radix.h>

#define RADIX_BITS	6
#define RADIX_SLOTS	(1U << RADIX_BITS)
#define RADIX_MASK	(RADIX_SLOTS - 1)
/* 64 bits of index take 11 tables. */
#define RADIX_MAXHEIGHT 11

static MALLOC_DEFINE(M_RADIX, "page tables of objects");

/* Whether the index lies in a tree of that height. */
static bool
reaches(u_int height, uint64_t index)
{
	return (height >= RADIX_MAXHEIGHT || index >> height * RADIX_BITS == 0);
}

static u_int
slot_of(uint64_t index, u_int level)
{
	return (index >> level * RADIX_BITS & RADIX_MASK);
}

static void **
table_alloc(void)
{
	return (
	    kmalloc(RADIX_SLOTS * sizeof(void *), M_RADIX, M_NOWAIT | M_ZERO));
}

static bool
table_empty(void *const *table)
{
	for (u_int i = 0; i < RADIX_SLOTS; i++)
		if (table[i] != NULL)
			return (false);
	return (true);
}

/* Puts tables above the root until the index lies in the tree. */
static int
grow(struct vm_radix *rt, uint64_t index)
{
	void **table;

	while (!reaches(rt->rt_height, index)) {
		if (rt->rt_root != NULL) {
			table = table_alloc();
			if (table == NULL)
				return (ENOMEM);
			table[0] = rt->rt_root;
			rt->rt_root = table;
		}
		rt->rt_height++;
	}
	return (0);
}

/**
 * Finds where a pointer is kept.
 * @param rt	the tree
 * @param index	its number
 * @return	its place, which may hold NULL, or NULL when there is no table
 */
void **
vm_radix_slot(struct vm_radix *rt, uint64_t index)
{
	void **slot = &rt->rt_root;

	if (!reaches(rt->rt_height, index))
		return (NULL);
	for (u_int level = rt->rt_height; level-- > 0;) {
		if (*slot == NULL)
			return (NULL);
		slot = (void **)*slot + slot_of(index, level);
	}
	return (slot);
}

/* Frees the empty tables on the way to an index. */
static void
prune(struct vm_radix *rt, uint64_t index)
{
	void **path[RADIX_MAXHEIGHT + 1], **slot = &rt->rt_root;
	u_int n = 0;

	for (u_int level = rt->rt_height; level > 0 && *slot != NULL; level--) {
		path[n++] = slot;
		slot = (void **)*slot + slot_of(index, level - 1);
	}
	while (n-- > 0 && table_empty(*path[n])) {
		kfree(*path[n], M_RADIX);
		*path[n] = NULL;
	}
	if (rt->rt_root == NULL)
		rt->rt_height = 0;
}

/**
 * Enters a pointer.  Does not sleep.
 * @param rt	the tree
 * @param index	its number
 * @param p	the pointer, not NULL
 * @return	0; EEXIST when there is one; ENOMEM
 */
int
vm_radix_insert(struct vm_radix *rt, uint64_t index, void *p)
{
	void **slot = &rt->rt_root;

	if (grow(rt, index) != 0)
		return (ENOMEM);
	for (u_int level = rt->rt_height; level-- > 0;) {
		if (*slot == NULL && (*slot = table_alloc()) == NULL) {
			prune(rt, index);
			return (ENOMEM);
		}
		slot = (void **)*slot + slot_of(index, level);
	}
	if (*slot != NULL)
		return (EEXIST);
	*slot = p;
	rt->rt_count++;
	return (0);
}

/**
 * @param rt	the tree
 * @param index	a number
 * @return	the pointer there, or NULL
 */
void *
vm_radix_lookup(const struct vm_radix *rt, uint64_t index)
{
	void *p = rt->rt_root;

	if (!reaches(rt->rt_height, index))
		return (NULL);
	for (u_int level = rt->rt_height; level > 0 && p != NULL; level--)
		p = ((void **)p)[slot_of(index, level - 1)];
	return (p);
}

/**
 * Takes a pointer out.
 * @param rt	the tree
 * @param index	its number
 * @return	what was there, or NULL
 */
void *
vm_radix_remove(struct vm_radix *rt, uint64_t index)
{
	void **slot = vm_radix_slot(rt, index), *p;

	if (slot == NULL || *slot == NULL)
		return (NULL);
	p = *slot;
	*slot = NULL;
	rt->rt_count--;
	prune(rt, index);
	return (p);
}

/* The first pointer at *index or above in one table; *index is set. */
static void *
next_in(void *const *table, u_int level, uint64_t *index)
{
	uint64_t unit = 1UL << level * RADIX_BITS;
	void *p;

	for (u_int i = slot_of(*index, level);;) {
		if (table[i] != NULL) {
			if (level == 0)
				return (table[i]);
			p = next_in(table[i], level - 1, index);
			if (p != NULL)
				return (p);
			/* *index is now the first one of the next slot. */
		} else
			*index = (*index & -unit) + unit;
		if (++i == RADIX_SLOTS)
			return (NULL);
	}
}

/**
 * Finds the first pointer from a number on.
 * @param rt	the tree
 * @param index	in: where to begin; out: where it is
 * @return	the pointer, or NULL when there is no other
 */
void *
vm_radix_next(const struct vm_radix *rt, uint64_t *index)
{
	if (rt->rt_root == NULL || !reaches(rt->rt_height, *index))
		return (NULL);
	if (rt->rt_height == 0)
		return (rt->rt_root);
	return (next_in(rt->rt_root, rt->rt_height - 1, index));
}

static void
drain_table(
    void **table, u_int level, void (*func)(void *p, void *arg), void *arg)
{
	for (u_int i = 0; i < RADIX_SLOTS; i++)
		if (table[i] == NULL)
			continue;
		else if (level == 0)
			func(table[i], arg);
		else
			drain_table(table[i], level - 1, func, arg);
	kfree(table, M_RADIX);
}

/**
 * Empties a tree: cheaper than taking out one pointer after the other.
 * @param rt	the tree
 * @param func	called with each pointer, in order; must not use the tree
 * @param arg	handed to func
 */
void
vm_radix_drain(struct vm_radix *rt, void (*func)(void *p, void *arg), void *arg)
{
	if (rt->rt_root != NULL && rt->rt_height == 0)
		func(rt->rt_root, arg);
	else if (rt->rt_root != NULL)
		drain_table(rt->rt_root, rt->rt_height - 1, func, arg);
	*rt = (struct vm_radix){ NULL, 0, 0 };
}

/**
 * Ends the use of a tree, which must be empty.
 * @param rt	the tree
 */
void
vm_radix_free(struct vm_radix *rt)
{
	KASSERT(rt->rt_count == 0 && rt->rt_root == NULL,
	    ("vm_radix_free: %lu pointers are left", rt->rt_count));
	rt->rt_height = 0;
}
