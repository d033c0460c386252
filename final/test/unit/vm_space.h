/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of address spaces: DragonFly's numbers, and short words for what is
 * done often.
 */
#ifndef _UNIT_VM_SPACE_H_
#define _UNIT_VM_SPACE_H_

#include "hosted.h"
#include "vm_rig.h"
#include <errno.h>
#include <limits.h>
#include <sys/mman.h>

/* DragonFly's values; this C library's are others. */
#define F_SHARED   0x0001
#define F_PRIVATE  0x0002
#define F_FIXED	   0x0010
#define F_TRYFIXED 0x10000
#define F_ALIGN	   0x40000
#define F_STACK	   0x0400
#define F_ANON	   0x1000
#define F_VPAGE	   0x2000
#define ADV_FREE   5
#define INH_SHARE  0
#define INH_COPY   1
#define INH_NONE   2

#define R	   1
#define RW	   3
#define ALL	   7
#define PAGE	   4096ul
#define BASE	   0x100000000ul /* VM_MMAP_MIN */
#define MMAP_MAX   0x800000000ul
#define USER_MAX   (1ul << 47)

static inline int
map(struct vmspace *vm, vm_offset_t at, size_t n, int prot, int flags)
{
	return (rig_mmap(vm, &at, n, prot, ALL, flags | F_FIXED, -1, 0));
}

static inline void
assert_word(struct vmspace *vm, vm_offset_t va, uint64_t expected)
{
	uint64_t got = ~expected;

	assert_int_equal(rig_read(vm, va, &got), 0);
	assert_int_equal(got, expected);
}

static inline void
put(struct vmspace *vm, vm_offset_t va, uint64_t value)
{
	assert_int_equal(rig_write(vm, va, value), 0);
}

#endif
