/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VMCS checker on any VMCS: it answers, counts what it reports, and asks
 * only for fields that exist.  The input is a list of fields with values, and
 * before it three words that spoil the capabilities.
 */
#include "hosted.h"
#include "image.h"
#include "vmx_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct image im;

static void
count(void *arg, const struct vmx_check_rule *rule)
{
	unsigned *n = arg;

	if (rule->id == NULL)
		abort();
	(*n)++;
}

static uint64_t
read_existing(void *arg, uint32_t encoding)
{
	const struct vmx_field *field = vmx_field_find(encoding);

	(void)arg;
	if (field == NULL || !vmx_field_exists(&im.caps, field))
		abort();
	return (im.field[encoding]);
}

static uint64_t
take(const uint8_t **data, size_t *size)
{
	uint64_t v = 0;
	size_t n = *size < 8 ? *size : 8;

	memcpy(&v, *data, n);
	*data += n;
	*size -= n;
	return (v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct vmx_field *field;
	struct vmx_caps caps;
	unsigned fields = 0, broken, n = 0;
	uint64_t v;

	vector_everything(&caps);
	for (unsigned i = 0; i < 3; i++) {
		v = take(&data, &size);
		caps.msr[v % VMX_CAP_COUNT] ^= v & ~0xffull;
	}
	image_init(&im, &caps);
	im.check.rd = read_existing;
	while (vmx_field(fields) != NULL)
		fields++;
	while (size > 0) {
		field = vmx_field(take(&data, &size) % fields);
		v = take(&data, &size);
		im.field[field->encoding] = v;
		im.check.smm = (v & 1) != 0;
		im.check.ia32e = (v & 2) != 0;
	}
	broken = vmx_check(&im.check, count, &n);
	if (broken != n)
		abort();
	return (0);
}
