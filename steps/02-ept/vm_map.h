/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A process's address space: ranges, the memory behind them, and the pmap
 * that shows it to the processor.  In this step the pmap is EPT, so the
 * space's addresses are guest-physical ones.
 */
#ifndef _VM_MAP_H_
#define _VM_MAP_H_

#include <sys/types.h>
#include <machine/pmap.h>
#include <vm/vm_page.h>

#define VM_MAP_ENTRIES 16 /**< ranges that a space may have */

/* tag::map[] */
/** Memory: pages that come when they are touched. */
struct vm_object {
	u_int npages;	    /**< size in pages of 4 KB */
	u_int refs;	    /**< ranges that show it */
	vm_paddr_t backing; /**< initial contents, contiguous; 0 for zeros */
	vm_page_t pages[];  /**< one for each page; NULL is not there yet */
};

/** A range of addresses. */
struct vm_map_entry {
	vm_offset_t start;	  /**< first byte */
	vm_offset_t end;	  /**< first byte after it */
	u_int prot;		  /**< VM_PROT_* */
	struct vm_object *object; /**< memory behind it */
	vm_offset_t offset;	  /**< of start in the object, in bytes */
};

/** An address space. */
struct vm_map {
	struct pmap pmap;			     /**< what the CPU sees */
	u_int nentries;				     /**< used entries */
	struct vm_map_entry entries[VM_MAP_ENTRIES]; /**< sorted, disjoint */
	u_long faults[3]; /**< pages mapped by a fault, by level */
	u_long resident;  /**< pages that its objects hold */
	u_long emulated;  /**< write faults that only set a dirty mark */
};
/* end::map[] */

void vm_map_destroy(struct vm_map *map);
int vm_map_mmap(struct vm_map *map, vm_offset_t start, size_t size, u_int prot,
    vm_paddr_t backing);
int vm_map_protect(
    struct vm_map *map, vm_offset_t start, vm_offset_t end, u_int prot);
int vm_map_remove(struct vm_map *map, vm_offset_t start, vm_offset_t end);
int vm_fault(struct vm_map *map, vm_offset_t va, u_int access);
void *vm_fault_page(struct vm_map *map, vm_offset_t va, u_int access);

#endif
