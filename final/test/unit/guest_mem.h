/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's memory in an array: 64 pages at guest-physical 1 GB, each of which
 * can be read-only or absent, and page tables in the first of them.
 */
#ifndef _GUEST_MEM_H_
#define _GUEST_MEM_H_

#include "hosted.h"
#include "vmm_utils.h"

#define MEM_GPA	  0x40000000ul
#define MEM_PAGES 64u
#define MEM_PAGE  4096ul

/* Tables as mem_map() makes them at first; data from MEM_DATA on. */
#define MEM_PML4  0u
#define MEM_PDP	  1u
#define MEM_PD	  2u
#define MEM_PT	  3u
#define MEM_DATA  8u

#define GPA(page) (MEM_GPA + (page)*MEM_PAGE)

/* Usual bits of an entry. */
#define PTE_USER  (X86_PG_V | X86_PG_RW | X86_PG_U)

struct guest_mem {
	uint8_t rights[MEM_PAGES]; /* VM_PROT_* */
	bool fold;		   /* addresses wrap around in the array */
	unsigned calls;		   /* of page() */
	unsigned next_table;	   /* for mem_map() */
	unsigned fail_at;	   /* that call fails; 0: none */
	/* Before page() answers, if not NULL. */
	void (*hook)(struct guest_mem *mem, vm_paddr_t gpa, unsigned access);
	unsigned hook_left; /* for hooks that stop */
};

extern struct guest_mem mem;
extern struct vmm_linear linear;

/* Everything is zero, readable and writable; cr3 is MEM_PML4. */
void mem_reset(void);

/* Where a page is, or the entry of a table in one. */
uint8_t *mem_page(unsigned page);
volatile pt_entry_t *mem_entry(unsigned page, unsigned index);

/* Index into the table of a level. */
unsigned mem_index(vm_offset_t va, unsigned level);

/*
 * Makes a leaf for frame at a level, and the tables on the way that are not
 * there yet.
 */
void mem_map(vm_offset_t va, vm_paddr_t frame, unsigned leaf, pt_entry_t bits);

/* A copy of all of it, to compare with afterwards. */
void mem_save(void);
bool mem_changed(void);

#endif
