/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a pmap should say, kept without any page table.
 *
 * The address space is cut into segments at a few places around the edges of
 * large pages.  Every operation starts and ends at such places, so that all
 * pages of a segment are always alike, and an array with one row for each
 * segment is an exact model.  Pages' sizes, tables that were made, memory that
 * ran out, and translations that a processor may still hold are modelled too.
 */
#ifndef _PMAP_MODEL_H_
#define _PMAP_MODEL_H_

#include "arena.h"

#define MODEL_SEGMENTS 64
#define MODEL_OP       5 /* bytes that describe an operation */

/* Ordinary tables, as pmap.c sets them up on a processor with NX. */
extern const struct pmap_format format_kernel;

/* One kind of pmap; `format` NULL ends a list. */
struct model_kind {
	const char *name;
	const struct pmap_format *format;
	u_int maxlevel;
	u_int flags;
};

/* All kinds that are worth a test. */
extern const struct model_kind model_kinds[];

struct segment {
	vm_offset_t start;
	vm_size_t size;
	bool mapped;
	u_int level;	/* where a walk stops */
	vm_paddr_t pa;	/* of its first byte */
	u_int prot;	/* VM_PROT_* */
	unsigned marks; /* 1 << enum pmap_bit */
};

struct model {
	struct pmap pmap; /* what is under test */
	const struct model_kind *kind;
	struct segment seg[MODEL_SEGMENTS];
	struct segment tlb[MODEL_SEGMENTS]; /* what a processor may hold */
	unsigned nsegs;
	long limit;	  /* allocations left in this operation, or -1 */
	bool must_sync;	  /* this operation needs an INVEPT */
	unsigned invlpgs; /* in this operation */
	unsigned steps;
};

void model_init(struct model *m, const struct model_kind *kind);

/*
 * Does what the bytes say to the pmap and to the model, and compares them.
 * Any bytes will do.  Fails the test at a difference.
 */
void model_step(struct model *m, const uint8_t op[MODEL_OP]);

/* Releases the pmap; fails the test if a page stays behind. */
void model_done(struct model *m);

/* Tables that can be reached from the root, the root included. */
unsigned long model_count_tables(const struct pmap *pmap);

/* Rights in an entry for a page, read without the pmap's format. */
u_int model_prot(const struct model_kind *kind, pt_entry_t pte);

#endif
