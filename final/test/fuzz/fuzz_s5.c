/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ACPI tables of any content: the input is a root pointer of 36 bytes and then
 * physical memory from address 0x1000 on.
 */
#include "hosted.h"
#include <machine/acpi.h>

#define BASE 0x1000ul

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	const uint8_t *p;
	size_t size;
};

static const void *
map(void *arg, vm_paddr_t pa, size_t len)
{
	const struct memory *m = arg;

	if (pa < BASE || pa - BASE > m->size || len > m->size - (pa - BASE))
		return (NULL);
	return (m->p + (pa - BASE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { data + 36, size - 36 };
	const struct acpi_tables t = { data, 36, map, &m };
	struct acpi_s5 s5;
	const char *wrong;

	if (size < 36)
		return (0);
	wrong = acpi_s5_find(&t, &s5);
	if (wrong == NULL &&
	    (s5.pm1a_cnt == 0 || s5.pm1a_cnt > 0xffff || s5.slp_typa > 7 ||
		s5.slp_typb > 7))
		abort();
	return (0);
}
