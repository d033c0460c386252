/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ACPI's list of processors, of any content: the input is a root pointer of 36
 * bytes and then physical memory from address 0x1000 on.
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

/* Each processor once, and only numbers that address one. */
static void
check(const struct acpi_madt *madt)
{
	if (madt->napics > ACPI_MAXAPICS)
		abort();
	for (u_int i = 0; i < madt->napics; i++) {
		if (madt->apicid[i] == 0xffffffff)
			abort();
		for (u_int j = 0; j < i; j++)
			if (madt->apicid[i] == madt->apicid[j])
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { data + 36, size - 36 };
	const struct acpi_tables t = { data, 36, map, &m };
	static struct acpi_madt madt;
	const char *wrong;

	if (size < 36)
		return (0);
	wrong = acpi_madt_find(&t, &madt);
	if (wrong == NULL && madt.napics == 0)
		abort();
	check(&madt);
	return (0);
}
