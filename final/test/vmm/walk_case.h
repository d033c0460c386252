/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Random page tables of a guest, and an oracle that says what an access
 * through them does.  Shared by the fuzzer of the walk (which compares the
 * host's walk with the oracle) and by guest_walk (which compares both with the
 * processor).
 *
 * Guest-physical memory is one block of 64 pages.  Page tables are in the
 * first 16, but a table or a page can be anywhere, also outside.
 */
#ifndef _WALK_CASE_H_
#define _WALK_CASE_H_

#include <sys/types.h>
#include <machine/pmap.h>

#define WALK_GPA     0x40000000UL /**< of the block: a multiple of 1 GB */
#define WALK_PAGES   64U	  /**< of the block */
#define WALK_TABLES  16U	  /**< of these, for tables; 0 is the root */
#define WALK_PATHS   4U		  /**< pointers that a case is made for */
#define WALK_ENTRIES (4 * WALK_PATHS)

/** The block, as the host has it. */
struct walk_mem {
	uint8_t *base;	       /**< its first byte */
	const uint8_t *rights; /**< VM_PROT_* of each page */
};

/** An entry of a table. */
struct walk_entry {
	u_int at;	/**< byte offset in the block */
	pt_entry_t pte; /**< contents */
};

/** Page tables, and the processor that they are for. */
struct walk_case {
	vm_paddr_t cr3;			       /**< root */
	u_int maxphyaddr;		       /**< physical-address bits */
	bool page_1gb;			       /**< has 1 GB pages */
	bool nxe;			       /**< EFER.NXE */
	u_int nentries;			       /**< used part of entry */
	struct walk_entry entry[WALK_ENTRIES]; /**< all that are not 0 */
	vm_offset_t path[WALK_PATHS];	       /**< pointers */
};

/** What an access does. */
enum walk_kind {
	WALK_OK,      /**< it reaches gpa */
	WALK_PF,      /**< page fault with error code `code` */
	WALK_GP,      /**< the address is not canonical */
	WALK_NO_ROOT, /**< no processor has that CR3 */
	WALK_MISSING, /**< EPT violation at gpa, by the walk */
};

/** The oracle's answer. */
struct walk_answer {
	enum walk_kind kind; /**< what happens */
	vm_paddr_t gpa;	     /**< see kind */
	u_int code;	     /**< PGEX_* of a page fault */
	bool by_mark;	     /**< missing is the right to set a mark */
	u_int nmarks;	     /**< used part of mark */
	struct {
		vm_paddr_t gpa; /**< of the entry */
		uint8_t bits;	/**< to set in its first byte */
	} mark[4];		/**< what is marked, from the root down */
};

/* --- walk_gen.c --- */
extern const uint8_t walk_rights[WALK_PAGES];
uint64_t walk_random(uint64_t *seed);
void walk_generate(struct walk_case *c, uint64_t *seed);
vm_offset_t walk_pointer(const struct walk_case *c, uint64_t *seed);
void walk_install(const struct walk_case *c, struct walk_mem *mem);
void walk_remove(const struct walk_case *c, struct walk_mem *mem);
void *walk_page(void *mem, vm_paddr_t gpa, u_int access);

/* --- walk_oracle.c --- */
void walk_ask(const struct walk_case *c, const struct walk_mem *mem,
    vm_offset_t va, u_int access, bool ept_ad, struct walk_answer *answer);
void walk_mark(const struct walk_answer *answer, struct walk_mem *mem);

#endif
