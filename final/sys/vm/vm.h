/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Virtual memory: how its parts fit together.
 *
 *     vmspace     an address space: a vm_map and a pmap
 *     vm_map      ordered entries; each maps a range
 *     entry       private memory: an amap (pages of its own), over an object
 *                 or over zeros; shared memory: an object
 *     vm_object   pages of a file, of shared memory or of a device, by index
 *     vm_amap     pages of private memory, by index; after fork(2) the same
 *                 page is in several amaps until one of them writes to it
 *     vm_page     a page frame
 *
 * There are no chains of shadow objects: a fork copies the list of pages
 * (which are then shared and counted), not the pages.
 *
 * Locks, in order: vmspace's vm_lock (sleeping), object's spinlock, pmap's
 * spinlock, page allocator's.  A page that is being read or written is busy
 * (PG_BUSY): only its owner touches it, others sleep on it.
 */
#ifndef _VM_VM_H_
#define _VM_VM_H_

#include <sys/types.h>
#include <machine/pmap.h>

typedef uint8_t vm_prot_t; /**< VM_PROT_* */

#endif
