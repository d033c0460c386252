/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pointers by number, sparse: which page is at which index.
 */
#ifndef _VM_VM_RADIX_H_
#define _VM_VM_RADIX_H_

#include <sys/types.h>

/** A tree of tables of 64 pointers. */
struct vm_radix {
	void *rt_root;	   /**< top table, or NULL */
	u_int rt_height;   /**< tables from the top to a pointer */
	uint64_t rt_count; /**< pointers in it */
};

/* --- vm/vm_radix.c: pure but for its allocator; the caller locks --- */
int vm_radix_insert(struct vm_radix *rt, uint64_t index, void *p); /* ENOMEM */
void **vm_radix_slot(struct vm_radix *rt, uint64_t index);
void vm_radix_drain(
    struct vm_radix *rt, void (*func)(void *p, void *arg), void *arg);
void *vm_radix_lookup(const struct vm_radix *rt, uint64_t index);
void *vm_radix_remove(struct vm_radix *rt, uint64_t index);
/** The first pointer at *index or above; sets *index. */
void *vm_radix_next(const struct vm_radix *rt, uint64_t *index);
void vm_radix_free(struct vm_radix *rt); /* the tables; must be empty */

#endif
