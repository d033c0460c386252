/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A checker of UFS images, which shares nothing with the file system but the
 * layout on disk.
 */
#ifndef _CHECK_H_
#define _CHECK_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What was found. */
struct check_result {
	unsigned bad;	    /* damage: what must never be */
	unsigned leftovers; /* untidy: in use for nobody, links too many */
	unsigned sums;	    /* counts that are not those of the bitmaps */
	char first[160];    /* the first that counts, in words */
	bool clean;	    /* fs_clean */
};

/**
 * Checks an image.
 * @param img	its bytes
 * @param size	how many
 * @param r	set
 * @return	whether there is no damage and, if strict, nothing else either
 */
bool check_image(
    const uint8_t *img, size_t size, bool strict, struct check_result *r);

#endif
