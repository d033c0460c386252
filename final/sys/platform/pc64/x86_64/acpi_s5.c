/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How to switch a PC off: finds the fixed ACPI description table and in the
 * DSDT the package _S5_.
 *
 * No AML is interpreted.  A compiler encodes `Name (_S5, Package () {a, b})`
 * in one way, and those bytes are looked for; a table that hides _S5 behind a
 * method is reported as such.  Source: ACPI Specification, "Fixed ACPI
 * Description Table", "ACPI Machine Language Specification".
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/acpi.h>

#define FADT_DSDT	 40
#define FADT_SMI_CMD	 48
#define FADT_ACPI_ENABLE 52
#define FADT_PM1A_CNT	 64
#define FADT_PM1B_CNT	 68
#define FADT_MINLEN	 72
#define FADT_X_DSDT	 140 /* since ACPI 2 */
#define AML_NAME	 0x08
#define AML_PACKAGE	 0x12
#define AML_ZERO	 0x00
#define AML_ONE		 0x01
#define AML_BYTE	 0x0a
#define AML_WORD	 0x0b

/*
 * Reads one integer of a package.  Returns the number of bytes, 0 if it is
 * not one.
 */
static u_int
aml_integer(const uint8_t *p, size_t n, uint16_t *v)
{
	if (n >= 1 && (p[0] == AML_ZERO || p[0] == AML_ONE)) {
		*v = p[0];
		return (1);
	}
	if (n >= 2 && p[0] == AML_BYTE) {
		*v = p[1];
		return (2);
	}
	if (n >= 3 && p[0] == AML_WORD) {
		*v = acpi_le(p + 1, 2);
		return (3);
	}
	return (0);
}

/* After the name: package, length (1 to 4 bytes), count, then integers. */
static bool
parse_s5(const uint8_t *p, size_t n, struct acpi_s5 *out)
{
	size_t off;
	u_int used;

	if (n < 4 || p[0] != AML_PACKAGE)
		return (false);
	off = 2 + (p[1] >> 6) + 1;
	if (off >= n)
		return (false);
	used = aml_integer(p + off, n - off, &out->slp_typa);
	if (used == 0)
		return (false);
	off += used;
	if (aml_integer(p + off, n - off, &out->slp_typb) == 0)
		out->slp_typb = out->slp_typa;
	return (out->slp_typa < 8 && out->slp_typb < 8);
}

static bool
find_s5(const struct acpi_sdt *dsdt, struct acpi_s5 *out)
{
	uint32_t i;

	for (i = ACPI_HEADER + 1; i + 8 <= dsdt->len; i++) {
		if (memcmp(dsdt->p + i, "_S5_", 4) != 0)
			continue;
		if (dsdt->p[i - 1] != AML_NAME && dsdt->p[i - 1] != '\\')
			continue;
		if (parse_s5(dsdt->p + i + 4, dsdt->len - i - 4, out))
			return (true);
	}
	return (false);
}

/* Since ACPI 2 the DSDT has a second address, which counts first. */
static bool
find_dsdt(const struct acpi_tables *t, const struct acpi_sdt *fadt,
    struct acpi_sdt *dsdt)
{
	if (fadt->len >= FADT_X_DSDT + 8 &&
	    acpi_sdt_map(t, acpi_le(fadt->p + FADT_X_DSDT, 8), dsdt))
		return (true);
	return (acpi_sdt_map(t, acpi_le(fadt->p + FADT_DSDT, 4), dsdt));
}

/**
 * Finds out how to enter the soft-off state.
 * @param t	access to the tables
 * @param out	filled in on success
 * @return	NULL, or a sentence that says what is missing
 */
const char *
acpi_s5_find(const struct acpi_tables *t, struct acpi_s5 *out)
{
	struct acpi_sdt fadt, dsdt;
	const char *error;

	memset(out, 0, sizeof(*out));
	error = acpi_find(t, "FACP", FADT_MINLEN,
	    "ACPI has no fixed description table", &fadt);
	if (error != NULL)
		return (error);
	out->smi_cmd = acpi_le(fadt.p + FADT_SMI_CMD, 4);
	out->acpi_enable = fadt.p[FADT_ACPI_ENABLE];
	out->pm1a_cnt = acpi_le(fadt.p + FADT_PM1A_CNT, 4);
	out->pm1b_cnt = acpi_le(fadt.p + FADT_PM1B_CNT, 4);
	if (out->pm1a_cnt == 0 || out->pm1a_cnt > 0xffff ||
	    out->pm1b_cnt > 0xffff || out->smi_cmd > 0xffff)
		return ("ACPI's power register is not an I/O port");
	if (!find_dsdt(t, &fadt, &dsdt))
		return ("ACPI's DSDT cannot be read");
	if (!find_s5(&dsdt, out))
		return ("the DSDT has no plain _S5 package");
	return (NULL);
}
