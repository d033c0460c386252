/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables against the model: the first byte chooses the kind of table,
 * the others are operations.
 */
#include "pmap_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model m;
	unsigned kinds = 0;

	if (size < 1)
		return (0);
	while (model_kinds[kinds].format != NULL)
		kinds++;
	model_init(&m, &model_kinds[data[0] % kinds]);
	for (data++, size--; size >= MODEL_OP; size -= MODEL_OP) {
		model_step(&m, data);
		data += MODEL_OP;
	}
	model_done(&m);
	return (0);
}
