/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Finds a table of the firmware by its signature: root pointer, then root
 * table, then the table.
 *
 * Source: ACPI Specification, "Root System Description Pointer", "Root System
 * Description Table" and "Extended System Description Table".  Checksums are
 * not looked at: tables with wrong ones are in use, and what is in a table is
 * checked anyway.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/acpi.h>

#define SDT_MAXLEN (4UL << 20)

/**
 * Reads an unsigned number.
 * @param p	its first byte, the lowest
 * @param n	bytes, 1 to 8
 * @return	the number
 */
uint64_t
acpi_le(const uint8_t *p, u_int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return (v);
}

/**
 * Maps a whole table.
 * @param t	access to the tables
 * @param pa	its physical address, 0 for none
 * @param sdt	filled in
 * @return	whether it is there and its length makes sense
 */
bool
acpi_sdt_map(const struct acpi_tables *t, vm_paddr_t pa, struct acpi_sdt *sdt)
{
	sdt->p = pa == 0 ? NULL : t->map(t->arg, pa, ACPI_HEADER);
	if (sdt->p == NULL)
		return (false);
	sdt->len = acpi_le(sdt->p + 4, 4);
	if (sdt->len < ACPI_HEADER || sdt->len > SDT_MAXLEN)
		return (false);
	sdt->p = t->map(t->arg, pa, sdt->len);
	return (sdt->p != NULL);
}

/*
 * The root table: since ACPI 2 there is one with 8-byte entries, and where it
 * cannot be read the older one may serve.  Returns the size of an entry, 0 if
 * there is no table.
 */
static u_int
find_root(const struct acpi_tables *t, struct acpi_sdt *root)
{
	if (t->rsdp_size >= 36 && t->rsdp[15] >= 2 &&
	    acpi_sdt_map(t, acpi_le(t->rsdp + 24, 8), root))
		return (8);
	if (acpi_sdt_map(t, acpi_le(t->rsdp + 16, 4), root))
		return (4);
	return (0);
}

/**
 * Finds a table.
 * @param t		access to the tables
 * @param signature	its four letters
 * @param minlen	bytes it must have at least
 * @param missing	sentence for when there is none
 * @param sdt		filled in on success
 * @return		NULL, or a sentence that says what is missing
 */
const char *
acpi_find(const struct acpi_tables *t, const char *signature, uint32_t minlen,
    const char *missing, struct acpi_sdt *sdt)
{
	struct acpi_sdt root;
	uint32_t off;
	u_int width;

	if (t->rsdp_size < 20 || memcmp(t->rsdp, "RSD PTR ", 8) != 0)
		return ("the firmware gave no ACPI root pointer");
	width = find_root(t, &root);
	if (width == 0)
		return ("the ACPI root table cannot be read");
	for (off = ACPI_HEADER; off + width <= root.len; off += width)
		if (acpi_sdt_map(t, acpi_le(root.p + off, width), sdt) &&
		    memcmp(sdt->p, signature, 4) == 0 && sdt->len >= minlen)
			return (NULL);
	return (missing);
}
