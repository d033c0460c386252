/* SPDX-License-Identifier: BSD-3-Clause */
/* Images made by makefs(8). */
#ifndef _UFS_IMAGE_H_
#define _UFS_IMAGE_H_

#include <stddef.h>

/** Makes an empty image, by malloc(); ends the program if that fails. */
char *image_make(const char *options, size_t size);
/** Writes an image to a file. */
void image_save(const char *file, const char *data, size_t size);

#endif
