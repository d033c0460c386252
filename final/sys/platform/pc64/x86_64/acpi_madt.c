/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Which processors there are: the Multiple APIC Description Table.
 *
 *     offset 36  physical address of the local APICs
 *            40  flags
 *            44  entries: type, length, and what the type says
 *
 * A processor has an entry of type 0, or of type 9 where its number does not
 * fit into 8 bits; some firmware gives it both.  Only one that is `enabled`
 * is there; `online capable` without it is a place where one may be plugged
 * in later.  Source: ACPI Specification, "Multiple APIC Description Table".
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/acpi.h>

#define MADT_ENTRIES	 44
#define MADT_LAPIC	 0
#define MADT_LAPIC_LEN	 8
#define MADT_X2APIC	 9
#define MADT_X2APIC_LEN	 16
#define MADT_ENABLED	 0x1

/* Numbers that address all processors at once. */
#define LAPIC_BROADCAST	 0xff
#define X2APIC_BROADCAST 0xffffffff

static void
add_processor(struct acpi_madt *out, uint32_t apicid, uint32_t flags)
{
	if ((flags & MADT_ENABLED) == 0) {
		out->disabled++;
		return;
	}
	for (u_int i = 0; i < out->napics; i++)
		if (out->apicid[i] == apicid)
			return;
	if (out->napics < nitems(out->apicid))
		out->apicid[out->napics++] = apicid;
	else
		out->dropped++;
}

/* Entry of `len` bytes at p. */
static void
read_entry(struct acpi_madt *out, const uint8_t *p, u_int len)
{
	uint32_t id;

	if (p[0] == MADT_LAPIC && len >= MADT_LAPIC_LEN) {
		if (p[3] != LAPIC_BROADCAST)
			add_processor(out, p[3], acpi_le(p + 4, 4));
	} else if (p[0] == MADT_X2APIC && len >= MADT_X2APIC_LEN) {
		id = acpi_le(p + 4, 4);
		if (id != X2APIC_BROADCAST)
			add_processor(out, id, acpi_le(p + 8, 4));
	}
}

/**
 * Lists the machine's processors.
 * @param t	access to the tables
 * @param out	filled in; each number is there once
 * @return	NULL, or a sentence that says what is missing
 */
const char *
acpi_madt_find(const struct acpi_tables *t, struct acpi_madt *out)
{
	struct acpi_sdt madt;
	const char *error;
	uint32_t off;
	u_int len;

	memset(out, 0, sizeof(*out));
	error = acpi_find(
	    t, "APIC", MADT_ENTRIES, "ACPI has no list of processors", &madt);
	if (error != NULL)
		return (error);
	for (off = MADT_ENTRIES; off + 2 <= madt.len; off += len) {
		len = madt.p[off + 1];
		if (len < 2 || len > madt.len - off)
			return ("an entry of ACPI's list of processors leaves "
				"its bounds");
		read_entry(out, madt.p + off, len);
	}
	if (out->napics == 0)
		return ("ACPI's list of processors is empty");
	return (NULL);
}
