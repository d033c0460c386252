/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An image with page tables for vpte_walk(), and what the walk should make of
 * it: for test_vpte.c and fuzz_vpte.c.
 */
#ifndef _VPTE_IMAGE_H_
#define _VPTE_IMAGE_H_

#include "hosted.h"
#include <errno.h>
/* Of these only the format of an entry is wanted. */
#define _CPU_VFRAME_H_
#include "vkernel.h"
#include "vm_vpte.h"

#define IMAGE_PAGES 8
#define R	    1u
#define W	    2u
#define X	    4u
#define TABLE	    (VPTE_V | VPTE_RW | VPTE_U)

static vpte_t image[IMAGE_PAGES][512];
/* Calls of image_page(), those to store; which call fails, 0: none. */
static unsigned image_calls, image_stores, image_fail;
/* What changes when its table is to be stored into. */
static vpte_t *image_slot, image_value;

static inline void
image_reset(void)
{
	image_calls = image_stores = image_fail = 0;
	image_slot = NULL;
}

static inline int
image_page(void *arg, vm_pindex_t index, bool store, vpte_t **table)
{
	(void)arg;
	if (++image_calls == image_fail)
		return (ENXIO);
	if (index >= IMAGE_PAGES)
		return (EIO);
	image_stores += store;
	*table = image[index];
	if (store && image_slot >= image[index] &&
	    image_slot < image[index] + 512)
		*image_slot = image_value;
	return (0);
}

/* Entries that mostly lead somewhere. */
static inline void
image_entry(vpte_t *e, vpte_t random)
{
	vpte_t bits = random & 0xfff;

	if ((random & 0x7000) != 0)
		bits |= TABLE;
	if ((random & 0x18000) != 0)
		bits &= ~VPTE_PS;
	*e = bits | (random >> 17) % (IMAGE_PAGES + 1) << 12 |
	    ((random & 0xf00000) == 0 ? VPTE_NX : 0) |
	    ((random & 0xf000000) == 0 ? random << 20 & VPTE_FRAME : 0);
}

/* The same, put down in another way: from the top, level by level, on a copy
 * of the image, with all rights in three counts. */
static inline int
image_expect(vpte_t copy[IMAGE_PAGES][512], vpte_t root, vm_pindex_t *page,
    unsigned access, unsigned *prot)
{
	unsigned entries = 1, rw = (root & VPTE_RW) != 0,
		 user = (root & VPTE_U) != 0, nx = (root & VPTE_NX) != 0;
	vpte_t *path[5] = { &root }, e = root;
	unsigned bits = 36;

	if ((root & VPTE_V) == 0)
		return (EFAULT);
	while (bits > 0 && (e & VPTE_PS) == 0) {
		if ((e & VPTE_FRAME) / 4096 >= IMAGE_PAGES)
			return (EIO);
		bits -= 9;
		path[entries] =
		    &copy[(e & VPTE_FRAME) / 4096][*page / (1ul << bits) % 512];
		e = *path[entries++];
		if ((e & VPTE_V) == 0)
			return (EFAULT);
		rw += (e & VPTE_RW) != 0;
		user += (e & VPTE_U) != 0;
		nx += (e & VPTE_NX) != 0;
		/* Those on the way are used by now. */
		if (bits > 0 && (e & VPTE_PS) == 0)
			*path[entries - 1] |= VPTE_A;
		e = *path[entries - 1];
	}
	if ((access == W && rw < entries) || (access == X && nx > 0) ||
	    ((root & VPTE_U) != 0 && user < entries))
		return (EACCES);
	*path[entries - 1] |= VPTE_A | (access == W ? VPTE_M : 0);
	e = *path[entries - 1];
	*prot = R | (nx == 0 ? X : 0);
	if (rw == entries && ((e & VPTE_M) != 0 || entries == 1))
		*prot |= W;
	*page = (e & VPTE_FRAME) / 4096 / (1ul << bits) * (1ul << bits) +
	    *page % (1ul << bits);
	return (0);
}

/* One walk, of a random page of a random root: whether it is as expected. */
static inline bool
image_try(vpte_t random, unsigned access)
{
	static vpte_t copy[IMAGE_PAGES][512];
	vm_pindex_t page = random >> 20 & ((1ul << 36) - 1), want = page;
	unsigned prot = 0, want_prot = 0;
	int error, want_error;
	vpte_t root;

	image_entry(&root, random);
	memcpy(copy, image, sizeof(copy));
	image_reset();
	want_error = image_expect(copy, root, &want, access, &want_prot);
	error = vpte_walk(root, &page, access, &prot, image_page, NULL);
	return (error == want_error && prot == want_prot && image_calls <= 8 &&
	    (error != 0 || page == want) &&
	    memcmp(copy, image, sizeof(copy)) == 0);
}

#endif
