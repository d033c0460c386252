/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How the interrupts of devices arrive: I/O APICs and interrupt source
 * overrides in the Multiple APIC Description Table.
 *
 *     type 1, 12 bytes: +2 id, +4 address, +8 number of its first input
 *     type 2, 10 bytes: +2 bus, +3 interrupt, +4 input, +8 flags
 *
 * An ISA interrupt without an override arrives at the input of its own number,
 * by an edge, active high; so does one whose override says `as the bus has
 * it`.  Source: ACPI Specification, "I/O APIC Structure", "Interrupt Source
 * Override Structure" and "MPS INTI Flags".
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/acpi.h>

#define MADT_ENTRIES	  44
#define MADT_IOAPIC	  1
#define MADT_IOAPIC_LEN	  12
#define MADT_OVERRIDE	  2
#define MADT_OVERRIDE_LEN 10
#define BUS_ISA		  0
#define INTI_POLARITY	  0x3 /* mask */
#define INTI_LOW	  0x3
#define INTI_TRIGGER	  0xc /* mask */
#define INTI_LEVEL	  0xc

static void
read_ioapic(struct acpi_ioapics *out, const uint8_t *p)
{
	struct acpi_ioapic *io;

	if (out->nioapics == nitems(out->ioapic)) {
		out->dropped++;
		return;
	}
	io = &out->ioapic[out->nioapics++];
	io->pa = acpi_le(p + 4, 4);
	io->gsi_base = acpi_le(p + 8, 4);
}

static void
read_override(struct acpi_ioapics *out, const uint8_t *p)
{
	uint32_t flags = acpi_le(p + 8, 2);
	struct acpi_isa_irq *irq;

	if (p[2] != BUS_ISA || p[3] >= nitems(out->isa))
		return;
	irq = &out->isa[p[3]];
	irq->gsi = acpi_le(p + 4, 4);
	irq->active_low = (flags & INTI_POLARITY) == INTI_LOW;
	irq->level = (flags & INTI_TRIGGER) == INTI_LEVEL;
}

/**
 * Lists the machine's I/O APICs and where ISA interrupts arrive.
 * @param t	access to the tables
 * @param out	filled in
 * @return	NULL, or a sentence that says what is missing
 */
const char *
acpi_ioapic_find(const struct acpi_tables *t, struct acpi_ioapics *out)
{
	struct acpi_sdt madt;
	const uint8_t *p;
	const char *error;
	uint32_t off;
	u_int len;

	memset(out, 0, sizeof(*out));
	for (u_int i = 0; i < nitems(out->isa); i++)
		out->isa[i].gsi = i;
	error = acpi_find(
	    t, "APIC", MADT_ENTRIES, "ACPI has no list of I/O APICs", &madt);
	if (error != NULL)
		return (error);
	for (off = MADT_ENTRIES; off + 2 <= madt.len; off += len) {
		p = madt.p + off;
		len = p[1];
		if (len < 2 || len > madt.len - off)
			return ("an entry of ACPI's list of I/O APICs leaves "
				"its bounds");
		if (p[0] == MADT_IOAPIC && len >= MADT_IOAPIC_LEN)
			read_ioapic(out, p);
		else if (p[0] == MADT_OVERRIDE && len >= MADT_OVERRIDE_LEN)
			read_override(out, p);
	}
	if (out->nioapics == 0)
		return ("ACPI lists no I/O APIC");
	return (NULL);
}
