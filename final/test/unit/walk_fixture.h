/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the walk have in common.
 */
#ifndef _WALK_FIXTURE_H_
#define _WALK_FIXTURE_H_

#include "guest_mem.h"
#include <errno.h>

#define R      VM_PROT_READ
#define W      VM_PROT_WRITE
#define X      VM_PROT_EXECUTE
#define PML4   PMAP_LEVEL_PML4

/* Another index at each level, and an offset. */
#define VA     0x0000008080604567ul
#define UNSET  0x5555555555555555ul
#define MARKS  (X86_PG_A | X86_PG_M)
#define HIGHER (VA | 0xffff800000000000ul)

/* The result of the last translation. */
extern vm_paddr_t gpa;

/* Frame of a page of each size, by level. */
extern const vm_paddr_t frames[3];

/* Maps VA to a page of a size, and to nothing else. */
void walk_start(unsigned leaf);

/* The entry that VA uses at a level, in the tables that walk_start() makes. */
volatile pt_entry_t *entry_of(vm_offset_t va, unsigned level);

/* guest_phys_addr(), which must do nothing but what it says. */
int translate(vm_offset_t va, unsigned access);

#endif
