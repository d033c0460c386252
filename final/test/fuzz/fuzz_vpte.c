/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables of a vkernel of any content, against the same walk put down in
 * another way: the input is entries, the first of which say what is walked.
 */
#include "vpte_image.h"

#define WALKS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vpte_t what[WALKS];

	if (size < sizeof(what) + sizeof(vpte_t))
		return (0);
	memcpy(what, data, sizeof(what));
	data += sizeof(what);
	size -= sizeof(what);
	/* All of the image, by what there is of input again and again. */
	for (size_t at = 0; at < sizeof(image); at += size)
		memcpy((char *)image + at, data,
		    size < sizeof(image) - at ? size : sizeof(image) - at);
	/* Half of the pages lead somewhere. */
	for (unsigned page = 0; page < IMAGE_PAGES / 2; page++)
		for (unsigned i = 0; i < 512; i++)
			image_entry(&image[page][i], image[page][i]);
	for (unsigned i = 0; i < WALKS; i++)
		if (!image_try(what[i], 1u << what[i] % 3))
			abort();
	return (0);
}
