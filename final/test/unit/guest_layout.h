/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest with a page of each kind, to point at.
 */
#ifndef _GUEST_LAYOUT_H_
#define _GUEST_LAYOUT_H_

#include "guest_mem.h"

/*
 *     P(0)      data, in frames that are not neighbours
 *     P(1)      data
 *     P(2)      data, read-only in the guest's table
 *     P(3)      absent
 *     P(4)      data, read-only for the process
 *     P(5)      mapped, but the process has nothing there
 *     P(6)      data
 *     P(7)      data, not for ring 3
 *     P(8)      data, not executable
 *     TOP       data, the last page below the gap of the canonical addresses
 *     LAST      data, the last page of all
 *     0         data, the first page of all
 */
#define PAGE	     4096ul
#define P(n)	     (0x0000008080604000ul + (n)*PAGE)
#define TOP	     0x00007ffffffff000ul
#define LAST	     0xfffffffffffff000ul

/* The kernel's error numbers. */
#define EFAULT	     14
#define ENAMETOOLONG 63

/* Makes it, with all marks set: a copy changes nothing but data. */
void layout_start(void);

/* The byte that a linear address means, and what layout_start() puts there. */
uint8_t *layout_byte(vm_offset_t va);
uint8_t layout_pattern(vm_offset_t va);

/* What 1, 4 or 8 bytes hold. */
uint64_t layout_value(vm_offset_t va, unsigned size);

#endif
