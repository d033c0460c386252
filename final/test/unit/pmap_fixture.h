/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One pmap at a time, and what tests of it say about a page.
 */
#ifndef _PMAP_FIXTURE_H_
#define _PMAP_FIXTURE_H_

#include "pmap_model.h"

#define SIZE(level) PMAP_LEVEL_SIZE(level)
#define RW	    (VM_PROT_READ | VM_PROT_WRITE)
#define RX	    (VM_PROT_READ | VM_PROT_EXECUTE)
#define UC	    VM_MEMATTR_UNCACHEABLE
#define KERNEL	    (&model_kinds[0])
#define EPT	    (&model_kinds[2])
#define EPT_NO_AD   (&model_kinds[3])

#define VA	    0x7fc0000000ul /* last gigabyte below 512 GB */
#define PA	    0x4440000000ul

extern struct pmap pmap;
extern unsigned invlpgs; /* since start() */

/* Makes the pmap, empty. */
void start(const struct model_kind *kind);

/* Checks what is true between operations, and that nothing leaks. */
void finish(void);

/* The entry where the walk to va ends. */
pt_entry_t entry(vm_offset_t va);

void assert_absent(vm_offset_t va);
void assert_page(const struct model_kind *kind, vm_offset_t va, vm_paddr_t pa,
    u_int prot, u_int level);

#endif
