/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How to switch off: ACPI tables made here, whole and damaged.
 *
 * Physical memory is an array from address BASE; the map function gives out
 * exact copies, so that ASan sees a read beyond what was asked for.
 */
#include "hosted.h"
#include <machine/acpi.h>

#define BASE  0x7fe0000ul
#define RSDT  0x000
#define XSDT  0x100
#define FADT  0x200
#define DSDT  0x400
#define XDSDT 0x500 /* the one that a 64-bit pointer names */
#define SIZE  0x600

static uint8_t memory[SIZE];
static uint8_t rsdp[36];
static struct acpi_s5 s5;
static void *copies[64];
static unsigned ncopies;

static const void *
map(void *arg, vm_paddr_t pa, size_t len)
{
	(void)arg;
	if (pa < BASE || pa - BASE > SIZE || len > SIZE - (pa - BASE))
		return (NULL);
	assert_true(ncopies < nitems(copies));
	copies[ncopies] = malloc(len);
	memcpy(copies[ncopies], memory + (pa - BASE), len);
	return (copies[ncopies++]);
}

static const char *
find(size_t rsdp_size)
{
	const struct acpi_tables t = { rsdp, rsdp_size, map, NULL };
	const char *wrong = acpi_s5_find(&t, &s5);

	while (ncopies > 0)
		free(copies[--ncopies]);
	return (wrong);
}

static void
put(size_t at, uint64_t v, size_t n)
{
	memcpy(memory + at, &v, n);
}

static void
table(size_t at, const char *name, uint32_t length)
{
	memcpy(memory + at, name, 4);
	put(at + 4, length, 4);
}

/* Name (_S5, Package (4) { Zero, 5, Zero, Zero }), as a compiler writes it. */
static const uint8_t plain_s5[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x07, 0x04,
	0x00, 0x0a, 0x05, 0x00, 0x00 };

static void
build(const uint8_t *aml, size_t n)
{
	memset(memory, 0, sizeof(memory));
	table(RSDT, "RSDT", 40);
	put(RSDT + 36, BASE + FADT, 4);
	table(XSDT, "XSDT", 44);
	put(XSDT + 36, BASE + FADT, 8);
	table(FADT, "FACP", 116);
	put(FADT + 40, BASE + DSDT, 4);
	put(FADT + 48, 0xb2, 4);
	put(FADT + 52, 0xf1, 1);
	put(FADT + 64, 0xb004, 4);
	table(DSDT, "DSDT", (uint32_t)(36 + n + 16));
	memcpy(memory + DSDT + 40, aml, n);
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	rsdp[15] = 2;
	put(0x5f0, BASE + RSDT, 4);
	memcpy(rsdp + 16, memory + 0x5f0, 4);
	put(0x5f0, BASE + XSDT, 8);
	memcpy(rsdp + 24, memory + 0x5f0, 8);
}

static void
found_by_either_root(void **state)
{
	(void)state;
	build(plain_s5, sizeof(plain_s5));
	assert_null(find(36));
	assert_int_equal(s5.pm1a_cnt, 0xb004);
	assert_int_equal(s5.pm1b_cnt, 0);
	assert_int_equal(s5.smi_cmd, 0xb2);
	assert_int_equal(s5.acpi_enable, 0xf1);
	assert_int_equal(s5.slp_typa, 0);
	assert_int_equal(s5.slp_typb, 5);
	rsdp[15] = 0; /* ACPI 1: by the RSDT */
	assert_null(find(20));
	build(plain_s5, sizeof(plain_s5));
	memset(rsdp + 24, 0, 8); /* no XSDT: the RSDT again */
	assert_null(find(36));
}

/* Makes the FADT one of ACPI 2, with a second DSDT whose types are 6 and 6. */
static void
add_x_dsdt(void)
{
	static const uint8_t six[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x06,
		0x02, 0x0a, 0x06, 0x0a, 0x06 };

	table(FADT, "FACP", 148);
	put(FADT + 140, BASE + XDSDT, 8);
	table(XDSDT, "DSDT", 36 + 4 + sizeof(six));
	memcpy(memory + XDSDT + 40, six, sizeof(six));
}

static void
x_dsdt_is_preferred(void **state)
{
	(void)state;
	build(plain_s5, sizeof(plain_s5));
	add_x_dsdt();
	assert_null(find(36));
	assert_int_equal(s5.slp_typa, 6);
	put(FADT + 40, 0, 4); /* nothing else is needed */
	assert_null(find(36));
	assert_int_equal(s5.slp_typa, 6);
	/* One byte too short to have it; then as long as ACPI 1 makes it. */
	build(plain_s5, sizeof(plain_s5));
	add_x_dsdt();
	put(FADT + 4, 147, 4);
	assert_null(find(36));
	assert_int_equal(s5.slp_typb, 5);
	put(FADT + 4, 116, 4);
	assert_null(find(36));
	assert_int_equal(s5.slp_typb, 5);
}

static void
x_dsdt_of_no_use(void **state)
{
	/* None; beyond memory; the same with good low bits; a bad table. */
	static const uint64_t bad[] = { 0, BASE + SIZE,
		BASE + XDSDT + (1ul << 32), BASE + 0x580 };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		build(plain_s5, sizeof(plain_s5));
		add_x_dsdt();
		put(FADT + 140, bad[i], 8);
		assert_null(find(36));
		assert_int_equal(s5.slp_typa, 0);
		assert_int_equal(s5.slp_typb, 5);
		put(FADT + 40, 0, 4);
		assert_non_null(find(36));
	}
}

static void
other_encodings(void **state)
{
	static const uint8_t long_length[] = { 0x08, '_', 'S', '5', '_', 0x12,
		0x48, 0x00, 0x04, 0x0a, 0x07, 0x0a, 0x07, 0x00, 0x00 };
	static const uint8_t rooted[] = { 0x08, '\\', '_', 'S', '5', '_', 0x12,
		0x06, 0x04, 0x01, 0x01, 0x00, 0x00 };
	static const uint8_t word[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x0a,
		0x02, 0x0b, 0x06, 0x00, 0x0b, 0x06, 0x00 };
	static const uint8_t one_element[] = { 0x08, '_', 'S', '5', '_', 0x12,
		0x04, 0x01, 0x0a, 0x05, 0xff };

	(void)state;
	build(long_length, sizeof(long_length));
	assert_null(find(36));
	assert_int_equal(s5.slp_typa, 7);
	build(rooted, sizeof(rooted));
	assert_null(find(36));
	assert_int_equal(s5.slp_typa, 1);
	build(word, sizeof(word));
	assert_null(find(36));
	assert_int_equal(s5.slp_typb, 6);
	build(one_element, sizeof(one_element));
	assert_null(find(36));
	assert_int_equal(s5.slp_typb, 5);
}

static void
refused_in_words(void **state)
{
	static const uint8_t method[] = { 0x14, 0x09, '_', 'S', '5', '_', 0x00,
		0xa4, 0x00 };
	static const uint8_t too_big[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x07,
		0x04, 0x0a, 0x09, 0x0a, 0x05, 0x00 };

	(void)state;
	build(plain_s5, sizeof(plain_s5));
	assert_non_null(find(0));
	assert_non_null(find(19));
	rsdp[0] = 'X';
	assert_non_null(find(36));
	build(method, sizeof(method));
	assert_non_null(find(36));
	build(too_big, sizeof(too_big));
	assert_non_null(find(36));
	build(plain_s5, sizeof(plain_s5));
	put(FADT + 64, 0x10000, 4);
	assert_non_null(find(36));
	build(plain_s5, sizeof(plain_s5));
	put(FADT + 4, 71, 4); /* too short for its last field */
	assert_non_null(find(36));
	build(plain_s5, sizeof(plain_s5));
	memcpy(memory + FADT, "XXXX", 4);
	assert_non_null(find(36));
}

/* Any byte of any table at any value: an answer, and no read outside. */
static void
damage_each_byte(void)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	uint8_t saved;

	for (size_t at = 0; at < SIZE; at++) {
		saved = memory[at];
		for (size_t v = 0; v < nitems(values); v++) {
			memory[at] = values[v];
			(void)find(36);
		}
		memory[at] = saved;
	}
	for (size_t at = 8; at < sizeof(rsdp); at++) {
		saved = rsdp[at];
		rsdp[at] ^= 0xff;
		(void)find(36);
		rsdp[at] = saved;
	}
	assert_null(find(36));
}

static void
damage(void **state)
{
	(void)state;
	build(plain_s5, sizeof(plain_s5));
	damage_each_byte();
	add_x_dsdt();
	damage_each_byte();
}

/* The DSDT ends within the package: each length is answered. */
static void
cut_package(void **state)
{
	(void)state;
	for (uint32_t length = 0; length < 64; length++) {
		build(plain_s5, sizeof(plain_s5));
		put(DSDT + 4, length, 4);
		if (find(36) == NULL)
			assert_true(length >= 49); /* first number whole */
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_either_root),
		cmocka_unit_test(x_dsdt_is_preferred),
		cmocka_unit_test(x_dsdt_of_no_use),
		cmocka_unit_test(other_encodings),
		cmocka_unit_test(refused_in_words),
		cmocka_unit_test(damage),
		cmocka_unit_test(cut_package),
	};

	return (RUN_TESTS(tests));
}
