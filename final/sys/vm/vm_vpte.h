/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The walk of a vkernel's page table, for memory that is mapped
 * MAP_VPAGETABLE.
 */
#ifndef _VM_VM_VPTE_H_
#define _VM_VM_VPTE_H_

#include <sys/types.h>

/**
 * Finds a page of a table.
 * @param arg	the walk's
 * @param index	which page of the image
 * @param store	an entry is to be changed
 * @param table	its 512 entries, which stay where they are until the walk is
 *		over
 * @return	0, or the walk's result
 */
typedef int
vpte_page_t(void *arg, vm_pindex_t index, bool store, unsigned long **table);

int vpte_walk(unsigned long root, vm_pindex_t *pindex, u_int access,
    u_int *prot, vpte_page_t *page, void *arg);

#endif
