/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ACPI's list of I/O APICs, of any content: the input is as fuzz_madt's, a
 * root pointer of 36 bytes and then physical memory from address 0x1000 on.
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
	static struct acpi_ioapics io;
	const char *wrong;

	if (size < 36)
		return (0);
	wrong = acpi_ioapic_find(&t, &io);
	if ((wrong == NULL && io.nioapics == 0) ||
	    io.nioapics > ACPI_MAXIOAPICS ||
	    (io.dropped != 0 && io.nioapics != ACPI_MAXIOAPICS))
		abort();
	return (0);
}
