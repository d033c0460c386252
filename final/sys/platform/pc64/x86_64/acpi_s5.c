/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How to switch a PC off: finds the fixed ACPI description table and in the
 * DSDT the package _S5_.
 *
 * No AML is interpreted.  A compiler encodes `Name (_S5, Package () {a, b})`
 * in one way, and those bytes are looked for; a table that hides _S5 behind a
 * method is reported as such.  The parser is pure: every access goes through
 * the caller's map function with a length.  Source: ACPI Specification,
 * "Root System Description Pointer", "Fixed ACPI Description Table",
 * "ACPI Machine Language Specification".
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/md_var.h>

#define SDT_HEADER	 36 /* bytes before a table's payload */
#define SDT_MAXLEN	 (4UL << 20)
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

/** A table that has been mapped and whose length has been checked. */
struct sdt {
	const uint8_t *p; /**< first byte of the header */
	uint32_t len;	  /**< all its bytes */
};

static uint64_t
le(const uint8_t *p, u_int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return (v);
}

static bool
sdt_map(vm_paddr_t pa, acpi_map_t *map, void *arg, struct sdt *t)
{
	t->p = pa == 0 ? NULL : map(arg, pa, SDT_HEADER);
	if (t->p == NULL)
		return (false);
	t->len = le(t->p + 4, 4);
	if (t->len < SDT_HEADER || t->len > SDT_MAXLEN)
		return (false);
	t->p = map(arg, pa, t->len);
	return (t->p != NULL);
}

/* Looks through the root table, whose entries have 4 or 8 bytes. */
static bool
find_fadt(const struct sdt *root, u_int width, acpi_map_t *map, void *arg,
    struct sdt *fadt)
{
	uint32_t off;

	for (off = SDT_HEADER; off + width <= root->len; off += width)
		if (sdt_map(le(root->p + off, width), map, arg, fadt) &&
		    memcmp(fadt->p, "FACP", 4) == 0 && fadt->len >= FADT_MINLEN)
			return (true);
	return (false);
}

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
		*v = le(p + 1, 2);
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
find_s5(const struct sdt *dsdt, struct acpi_s5 *out)
{
	uint32_t i;

	for (i = SDT_HEADER + 1; i + 8 <= dsdt->len; i++) {
		if (memcmp(dsdt->p + i, "_S5_", 4) != 0)
			continue;
		if (dsdt->p[i - 1] != AML_NAME && dsdt->p[i - 1] != '\\')
			continue;
		if (parse_s5(dsdt->p + i + 4, dsdt->len - i - 4, out))
			return (true);
	}
	return (false);
}

/**
 * Finds out how to enter the soft-off state.
 * @param rsdp		copy of the root pointer, from the boot loader
 * @param rsdp_size	its size: 0 if there is none, 20 or 36
 * @param map		gives access to physical memory
 * @param arg		passed to map
 * @param out		filled in on success
 * @return		NULL, or a sentence that says what is missing
 */
const char *
acpi_s5_find(const uint8_t *rsdp, size_t rsdp_size, acpi_map_t *map, void *arg,
    struct acpi_s5 *out)
{
	struct sdt root, fadt, dsdt;
	u_int width = 4;
	bool ok = false;

	memset(out, 0, sizeof(*out));
	if (rsdp_size < 20 || memcmp(rsdp, "RSD PTR ", 8) != 0)
		return ("the firmware gave no ACPI root pointer");
	if (rsdp_size >= 36 && rsdp[15] >= 2) {
		width = 8;
		ok = sdt_map(le(rsdp + 24, 8), map, arg, &root);
	}
	if (!ok) {
		width = 4;
		ok = sdt_map(le(rsdp + 16, 4), map, arg, &root);
	}
	if (!ok)
		return ("the ACPI root table cannot be read");
	if (!find_fadt(&root, width, map, arg, &fadt))
		return ("ACPI has no fixed description table");
	out->smi_cmd = le(fadt.p + FADT_SMI_CMD, 4);
	out->acpi_enable = fadt.p[FADT_ACPI_ENABLE];
	out->pm1a_cnt = le(fadt.p + FADT_PM1A_CNT, 4);
	out->pm1b_cnt = le(fadt.p + FADT_PM1B_CNT, 4);
	if (out->pm1a_cnt == 0 || out->pm1a_cnt > 0xffff ||
	    out->pm1b_cnt > 0xffff || out->smi_cmd > 0xffff)
		return ("ACPI's power register is not an I/O port");
	ok = fadt.len >= FADT_X_DSDT + 8 &&
	    sdt_map(le(fadt.p + FADT_X_DSDT, 8), map, arg, &dsdt);
	if (!ok && !sdt_map(le(fadt.p + FADT_DSDT, 4), map, arg, &dsdt))
		return ("ACPI's DSDT cannot be read");
	if (!find_s5(&dsdt, out))
		return ("the DSDT has no plain _S5 package");
	return (NULL);
}
