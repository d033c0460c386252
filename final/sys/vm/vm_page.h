/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Physical pages: one `struct vm_page` for each, and their allocator.
 */
#ifndef _VM_VM_PAGE_H_
#define _VM_VM_PAGE_H_

#include <sys/types.h>

/** Largest order: 2^18 pages of 4 KB are 1 GB, the largest page there is. */
#define VM_PAGE_MAXORDER 18
/** Order of a 2 MB page. */
#define VM_PAGE_ORDER_2M 9

/** State of one page frame. */
enum vm_page_state {
	VM_PAGE_ABSENT = 0, /**< no RAM, or not ours */
	VM_PAGE_FREE,	    /**< first page of a free block */
	VM_PAGE_FREE_TAIL,  /**< any other page of a free block */
	VM_PAGE_USED,	    /**< first page of an allocated block */
	VM_PAGE_USED_TAIL,  /**< any other page of an allocated block */
};

/** One page frame.  Its number is its index in the array. */
struct vm_page {
	uint32_t next; /**< free list, index or VM_PAGE_NIL */
	uint32_t prev; /**< free list, index or VM_PAGE_NIL */
	uint8_t state; /**< enum vm_page_state */
	uint8_t order; /**< of the block, in its first page */
#ifdef VM_PAGE_SMALL
	uint16_t reserved; /**< a step has no objects: only the above */
#else
	volatile uint16_t flags; /**< PG_*, of the virtual memory system */
	volatile uint32_t refs;	 /**< amaps that have it; 1 if an object has */
	volatile uint32_t hold;	 /**< holders: not to be freed */
	uint32_t vptgen; /**< its object's vo_vptgen when it was mapped */
	struct vm_object *object; /**< whose, or NULL: private memory */
	vm_pindex_t pindex;	  /**< index there */
#endif
};

/** @name flags of a page, changed under its object's lock */
/** @{ */
#define PG_BUSY	    0x0001 /* being read or written */
#define PG_WANTED   0x0002 /* somebody sleeps on it */
#define PG_VALID    0x0004 /* contents are there */
#define PG_DIRTY    0x0008 /* to be written */
#define PG_REF	    0x0010 /* used since pageout looked */
#define PG_INQUEUE  0x0020 /* in pageout's queue */
#define PG_FREED    0x0040 /* to be freed by the last holder */
/** @} */

/** No page. */
#define VM_PAGE_NIL 0xffffffffU

typedef struct vm_page *vm_page_t; /**< BSD's name for a page */

/**
 * @param m	a page
 * @return	whether the virtual memory system has something to do with it
 */
static __inline bool
vm_page_in_use(const struct vm_page *m)
{
#ifdef VM_PAGE_SMALL
	return (m->reserved != 0);
#else
	return (
	    m->refs != 0 || m->hold != 0 || m->object != NULL || m->flags != 0);
#endif
}

void
vm_page_startup(struct vm_page *array, vm_paddr_t base, vm_pindex_t npages);
void vm_page_add(vm_paddr_t start, vm_paddr_t end);
vm_page_t vm_page_alloc(u_int order);
void vm_page_free(vm_page_t m);
void vm_page_split(vm_page_t m);
u_int vm_page_order(vm_page_t m);
vm_paddr_t vm_page_phys(vm_page_t m);
vm_page_t vm_page_lookup(vm_paddr_t pa);
uint64_t vm_page_free_count(void);
uint64_t vm_page_total_count(void);
const char *vm_page_audit(void);

#endif
