/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Allocator of physical pages: a buddy system.
 *
 * A block of order n is 2^n pages, aligned to its own size; its buddy is the
 * block whose number differs in bit n.  Allocation splits the smallest block
 * that is large enough, freeing joins buddies again, so that 2 MB and 1 GB
 * blocks for large pages come back when their pages do.
 *
 * All state is in the vm_page array: the allocator never touches the pages
 * themselves, so it needs no mapping and is tested on Linux.  Its numbers are
 * indices in the array; physical memory may begin at any multiple of the
 * largest block, so that a block is aligned there, too.
 *
 * Invariants (vm_page_audit() checks them): every page of a free block is
 * FREE or FREE_TAIL; no two free buddies of one order exist; the free count
 * is the sum over the lists.
 */
#include <sys/types.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <vm/vm_page.h>

/* All below and the array.  A leaf: with it held no other lock is taken. */
static struct spinlock vm_page_lock = SPINLOCK_INITIALIZER("vm_page");
static struct vm_page *vm_page_array;
static vm_pindex_t vm_page_array_size;
static vm_pindex_t vm_page_first; /* number of the frame of element 0 */
static uint32_t vm_page_lists[VM_PAGE_MAXORDER + 1];
static uint64_t vm_pages_free;
static uint64_t vm_pages_total;

static void
list_insert(uint32_t i, u_int order)
{
	struct vm_page *m = &vm_page_array[i];

	m->prev = VM_PAGE_NIL;
	m->next = vm_page_lists[order];
	if (m->next != VM_PAGE_NIL)
		vm_page_array[m->next].prev = i;
	vm_page_lists[order] = i;
}

static void
list_remove(uint32_t i, u_int order)
{
	struct vm_page *m = &vm_page_array[i];

	if (m->next != VM_PAGE_NIL)
		vm_page_array[m->next].prev = m->prev;
	if (m->prev != VM_PAGE_NIL)
		vm_page_array[m->prev].next = m->next;
	else
		vm_page_lists[order] = m->next;
}

/* Gives every page of a block its state; the first one carries the order. */
static void
mark_block(
    uint32_t i, u_int order, enum vm_page_state first, enum vm_page_state tail)
{
	uint32_t n;

	vm_page_array[i].state = first;
	vm_page_array[i].order = order;
	for (n = 1; n < 1U << order; n++)
		vm_page_array[i + n].state = tail;
}

/* The free buddy of block i, or VM_PAGE_NIL. */
static uint32_t
free_buddy(uint32_t i, u_int order)
{
	uint32_t buddy = i ^ 1U << order;

	if (order == VM_PAGE_MAXORDER ||
	    buddy + (1UL << order) > vm_page_array_size ||
	    vm_page_array[buddy].state != VM_PAGE_FREE ||
	    vm_page_array[buddy].order != order)
		return (VM_PAGE_NIL);
	return (buddy);
}

static void
free_block(uint32_t i, u_int order)
{
	uint32_t buddy;

	vm_pages_free += 1UL << order;
	mark_block(i, order, VM_PAGE_FREE, VM_PAGE_FREE_TAIL);
	while ((buddy = free_buddy(i, order)) != VM_PAGE_NIL) {
		list_remove(buddy, order);
		vm_page_array[MAX(i, buddy)].state = VM_PAGE_FREE_TAIL;
		i = MIN(i, buddy);
		vm_page_array[i].order = ++order;
	}
	list_insert(i, order);
}

/**
 * Prepares an allocator without any pages.
 * @param array		npages elements, all zero
 * @param base		physical address of the first one, a multiple of 1 GB
 * @param npages	number of page frames from there on
 */
void
vm_page_startup(struct vm_page *array, vm_paddr_t base, vm_pindex_t npages)
{
	KASSERT(npages < VM_PAGE_NIL, ("vm_page_startup: too many pages"));
	KASSERT(base % ptoa(1UL << VM_PAGE_MAXORDER) == 0,
	    ("vm_page_startup: memory from %#lx on", base));
	vm_page_array = array;
	vm_page_first = base >> PAGE_SHIFT;
	vm_page_array_size = npages;
	vm_pages_free = vm_pages_total = 0;
	for (u_int i = 0; i <= VM_PAGE_MAXORDER; i++)
		vm_page_lists[i] = VM_PAGE_NIL;
}

/**
 * Hands RAM to the allocator.  Pages beyond the array are left out.
 * @param start	first byte, page-aligned, not below the array's; page 0 must
 *		not be in the range
 * @param end	first byte after the range, page-aligned
 */
void
vm_page_add(vm_paddr_t start, vm_paddr_t end)
{
	uint64_t i = (start >> PAGE_SHIFT) - vm_page_first;
	uint64_t last = MIN(
	    (end >> PAGE_SHIFT) - vm_page_first, vm_page_array_size);
	u_int order;

	spin_lock(&vm_page_lock);
	while (i < last) {
		if (vm_page_array[i].state != VM_PAGE_ABSENT)
			panic("vm_page_add: page %#lx added twice",
			    (i + vm_page_first) << PAGE_SHIFT);
		for (order = 0; order < VM_PAGE_MAXORDER &&
		     (i & ((2UL << order) - 1)) == 0 &&
		     i + (2UL << order) <= last;
		     order++)
			;
		vm_pages_total += 1UL << order;
		free_block(i, order);
		i += 1UL << order;
	}
	spin_unlock(&vm_page_lock);
}

/* Takes a block off the lists: its first page, or VM_PAGE_NIL. */
static uint32_t
take_block(u_int order)
{
	uint32_t i;
	u_int o;

	for (o = order; o <= VM_PAGE_MAXORDER; o++)
		if (vm_page_lists[o] != VM_PAGE_NIL)
			break;
	if (o > VM_PAGE_MAXORDER)
		return (VM_PAGE_NIL);
	i = vm_page_lists[o];
	list_remove(i, o);
	/* Give back the upper half until the rest has the size wanted. */
	while (o > order) {
		o--;
		vm_page_array[i + (1U << o)].state = VM_PAGE_FREE;
		vm_page_array[i + (1U << o)].order = o;
		list_insert(i + (1U << o), o);
	}
	mark_block(i, order, VM_PAGE_USED, VM_PAGE_USED_TAIL);
	vm_pages_free -= 1UL << order;
	return (i);
}

/**
 * Allocates 2^order pages, contiguous and aligned to their size.  The
 * contents are whatever was there.  Does not sleep.
 * @param order	0 to VM_PAGE_MAXORDER
 * @return	the first page, or NULL when there is no such block
 */
vm_page_t
vm_page_alloc(u_int order)
{
	uint32_t i;

	spin_lock(&vm_page_lock);
	i = take_block(order);
	spin_unlock(&vm_page_lock);
	return (i == VM_PAGE_NIL ? NULL : &vm_page_array[i]);
}

/**
 * Frees a block.  Panics when m is not the first page of an allocated one.
 * @param m	what vm_page_alloc() returned
 */
void
vm_page_free(vm_page_t m)
{
	spin_lock(&vm_page_lock);
	if (m->state != VM_PAGE_USED)
		panic("vm_page_free: page %#lx is not allocated (state %u)",
		    vm_page_phys(m), m->state);
	KASSERT(!vm_page_in_use(m),
	    ("vm_page_free: page %#lx is in use", vm_page_phys(m)));
	free_block(m - vm_page_array, m->order);
	spin_unlock(&vm_page_lock);
}

/**
 * @param m	a page
 * @return	its physical address
 */
vm_paddr_t
vm_page_phys(vm_page_t m)
{
	return (
	    ((vm_paddr_t)(m - vm_page_array) + vm_page_first) << PAGE_SHIFT);
}

/**
 * @param pa	physical address
 * @return	its page, or NULL when it is not RAM of ours
 */
vm_page_t
vm_page_lookup(vm_paddr_t pa)
{
	vm_pindex_t i = (pa >> PAGE_SHIFT) - vm_page_first;

	if (i >= vm_page_array_size || vm_page_array[i].state == VM_PAGE_ABSENT)
		return (NULL);
	return (&vm_page_array[i]);
}

/** @return number of free pages */
uint64_t
vm_page_free_count(void)
{
	return (vm_pages_free);
}

/** @return number of pages that were ever added */
uint64_t
vm_page_total_count(void)
{
	return (vm_pages_total);
}

static const char *
audit(void)
{
	uint64_t listed = 0, marked = 0;
	uint32_t i;
	u_int order;

	for (order = 0; order <= VM_PAGE_MAXORDER; order++) {
		for (i = vm_page_lists[order]; i != VM_PAGE_NIL;
		     i = vm_page_array[i].next) {
			if (vm_page_array[i].state != VM_PAGE_FREE ||
			    vm_page_array[i].order != order)
				return ("a listed page is not free");
			if (free_buddy(i, order) != VM_PAGE_NIL)
				return ("two free buddies were not joined");
			listed += 1UL << order;
		}
	}
	for (i = 0; i < vm_page_array_size; i++)
		if (vm_page_array[i].state == VM_PAGE_FREE ||
		    vm_page_array[i].state == VM_PAGE_FREE_TAIL)
			marked++;
	if (listed != vm_pages_free)
		return ("the free count is not what the lists hold");
	if (marked != vm_pages_free)
		return ("the free count is not what the pages say");
	return (NULL);
}

/**
 * Checks the allocator's invariants; slow.
 * @return	NULL, or a sentence naming the invariant that does not hold
 */
const char *
vm_page_audit(void)
{
	const char *wrong;

	spin_lock(&vm_page_lock);
	wrong = audit();
	spin_unlock(&vm_page_lock);
	return (wrong);
}

/* The first page of the allocated block that holds a page. */
static vm_page_t
block_head(vm_page_t m)
{
	uint32_t i = m - vm_page_array;
	vm_page_t head;

	for (u_int order = 0; order <= VM_PAGE_MAXORDER; order++) {
		head = &vm_page_array[i & -(1U << order)];
		if (head->state == VM_PAGE_USED && head->order == order)
			return (head);
	}
	panic("vm_page: page %#lx is not allocated", vm_page_phys(m));
}

/**
 * @param m	any page of an allocated block
 * @return	the block's order
 */
u_int
vm_page_order(vm_page_t m)
{
	u_int order;

	spin_lock(&vm_page_lock);
	order = block_head(m)->order;
	spin_unlock(&vm_page_lock);
	return (order);
}

/**
 * Turns an allocated block into single pages, each of which is then freed by
 * itself.  Does nothing to a page that is single already.
 * @param m	any page of the block
 */
void
vm_page_split(vm_page_t m)
{
	vm_page_t head;
	u_int count;

	spin_lock(&vm_page_lock);
	head = block_head(m);
	count = 1U << head->order;
	for (u_int i = 0; i < count; i++)
		mark_block(head + i - vm_page_array, 0, VM_PAGE_USED,
		    VM_PAGE_USED_TAIL);
	spin_unlock(&vm_page_lock);
}
