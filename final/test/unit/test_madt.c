/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which processors there are: ACPI tables made here, whole and damaged.
 *
 * Physical memory is an array from address BASE; the map function gives out
 * exact copies, so that ASan sees a read beyond what was asked for.
 */
#include "hosted.h"
#include <machine/acpi.h>

#define BASE	0x7fe0000ul
#define RSDT	0x000
#define XSDT	0x100
#define OTHER	0x200 /* some other table, before the one that counts */
#define MADT	0x300
#define ENTRIES (MADT + 44)
#define SIZE	0x2000

static uint8_t memory[SIZE];
static uint8_t rsdp[36];
static struct acpi_madt madt;
static size_t end; /* of the entries, in memory */
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
	const char *wrong = acpi_madt_find(&t, &madt);

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

/* Tables with an empty list of processors. */
static void
start(void)
{
	uint64_t xsdt = BASE + XSDT;
	uint32_t rsdt = BASE + RSDT;

	memset(memory, 0, sizeof(memory));
	table(RSDT, "RSDT", 44);
	put(RSDT + 36, BASE + OTHER, 4);
	put(RSDT + 40, BASE + MADT, 4);
	table(XSDT, "XSDT", 52);
	put(XSDT + 36, BASE + OTHER, 8);
	put(XSDT + 44, BASE + MADT, 8);
	table(OTHER, "HPET", 56);
	end = ENTRIES;
	table(MADT, "APIC", 44);
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	rsdp[15] = 2;
	memcpy(rsdp + 16, &rsdt, 4);
	memcpy(rsdp + 24, &xsdt, 8);
}

/* An entry of any type and length; returns where it is. */
static size_t
entry(uint8_t type, uint8_t length)
{
	size_t at = end;

	put(at, type, 1);
	put(at + 1, length, 1);
	end += length;
	put(MADT + 4, end - MADT, 4);
	return (at);
}

static void
lapic(uint8_t id, uint32_t flags)
{
	size_t at = entry(0, 8);

	put(at + 2, 0x55, 1); /* the ACPI processor's number, not ours */
	put(at + 3, id, 1);
	put(at + 4, flags, 4);
}

static void
x2apic(uint32_t id, uint32_t flags)
{
	size_t at = entry(9, 16);

	put(at + 4, id, 4);
	put(at + 8, flags, 4);
	put(at + 12, 0x55555555, 4);
}

static void
both_types(void **state)
{
	(void)state;
	start();
	lapic(0, 1);
	entry(1, 12); /* I/O APIC */
	lapic(2, 1);
	entry(4, 6); /* NMI of all processors */
	x2apic(0x12345, 1);
	x2apic(3, 3);
	assert_null(find(36));
	assert_int_equal(madt.napics, 4);
	assert_int_equal(madt.apicid[0], 0);
	assert_int_equal(madt.apicid[1], 2);
	assert_int_equal(madt.apicid[2], 0x12345);
	assert_int_equal(madt.apicid[3], 3);
	assert_int_equal(madt.disabled, 0);
	assert_int_equal(madt.dropped, 0);
	rsdp[15] = 0; /* ACPI 1: by the RSDT */
	assert_null(find(20));
	assert_int_equal(madt.napics, 4);
	rsdp[15] = 2;
	memset(rsdp + 24, 0, 8); /* no XSDT: the RSDT again */
	assert_null(find(36));
	assert_int_equal(madt.napics, 4);
}

/* Not enabled is not there, whether one may be plugged in or not. */
static void
only_enabled(void **state)
{
	(void)state;
	start();
	lapic(0, 1);
	lapic(1, 0);
	lapic(2, 2);
	x2apic(300, 2);
	x2apic(301, 0xfffffffe);
	lapic(3, 3);
	assert_null(find(36));
	assert_int_equal(madt.napics, 2);
	assert_int_equal(madt.apicid[1], 3);
	assert_int_equal(madt.disabled, 4);
}

static void
each_once(void **state)
{
	(void)state;
	start();
	lapic(0, 1);
	lapic(1, 1);
	x2apic(1, 1);
	x2apic(0, 1);
	lapic(1, 1);
	lapic(0xff, 1);	       /* all of them */
	x2apic(0xffffffff, 1); /* likewise */
	x2apic(0xff, 1);       /* but this is one */
	assert_null(find(36));
	assert_int_equal(madt.napics, 3);
	assert_int_equal(madt.apicid[2], 0xff);
}

static void
more_than_fit(void **state)
{
	(void)state;
	start();
	for (uint32_t id = 0; id < ACPI_MAXAPICS + 3; id++)
		x2apic(1000 + id, 1);
	assert_null(find(36));
	assert_int_equal(madt.napics, ACPI_MAXAPICS);
	assert_int_equal(
	    madt.apicid[ACPI_MAXAPICS - 1], 1000 + ACPI_MAXAPICS - 1);
	assert_int_equal(madt.dropped, 3);
}

/* Entries that are shorter than their type is, or than an entry can be. */
static void
bad_lengths(void **state)
{
	(void)state;
	start();
	lapic(0, 1);
	put(entry(0, 7) + 3, 0x107, 5); /* enabled, were it long enough */
	put(entry(9, 15) + 4, 0x100000008, 8);
	assert_null(find(36));
	assert_int_equal(madt.napics, 1);
	for (uint8_t length = 0; length < 2; length++) {
		start();
		lapic(0, 1);
		/* From its second byte on it would be an entry of type 1. */
		put(entry(0, 8) + 1, length | 7 << 8, 2);
		assert_non_null(find(36));
	}
	start();
	lapic(0, 1);
	put(entry(0, 8) + 1, 9, 1); /* one byte beyond the table */
	assert_non_null(find(36));
}

/* The table ends anywhere: whole entries count, and nothing else is read. */
static void
cut(void **state)
{
	const char *wrong;

	(void)state;
	for (uint32_t length = 0; length < 44 + 3 * 8; length++) {
		start();
		lapic(5, 1);
		lapic(6, 1);
		lapic(7, 1);
		put(MADT + 4, length, 4);
		wrong = find(36);
		if (length < 44 + 8)
			assert_non_null(wrong);
		else if ((length - 44) % 8 < 2)
			assert_null(wrong);
		else
			assert_non_null(wrong);
		if (length >= 44)
			assert_int_equal(madt.napics, (length - 44) / 8);
	}
}

/* The newer root table counts first, and only where there can be one. */
static void
newer_root(void **state)
{
	(void)state;
	start();
	lapic(0, 1);
	put(RSDT + 4, 0, 4);
	assert_null(find(36));
	rsdp[15] = 1;
	assert_non_null(find(36));
	rsdp[15] = 2;
	assert_non_null(find(35));
}

/* A root table of any length: part of an entry is none. */
static void
cut_root(void **state)
{
	(void)state;
	for (uint32_t length = 36; length < 36 + 3 * 8; length++) {
		start();
		lapic(0, 1);
		put(XSDT + 4, length, 4);
		assert_true((find(36) == NULL) == (length >= 52));
		put(RSDT + 4, length, 4);
		assert_true((find(20) == NULL) == (length >= 44));
	}
}

static void
refused_in_words(void **state)
{
	(void)state;
	start();
	assert_non_null(find(36)); /* nobody */
	lapic(0, 0);
	assert_non_null(find(36));
	lapic(0, 1);
	assert_null(find(36));
	assert_string_equal(find(0), "the firmware gave no ACPI root pointer");
	assert_non_null(find(19));
	memcpy(memory + MADT, "XXXX", 4);
	assert_string_equal(find(36), "ACPI has no list of processors");
	memset(rsdp + 16, 0, 20);
	assert_string_equal(find(36), "the ACPI root table cannot be read");
}

/* Any byte of any table at any value: an answer, and no read outside. */
static void
damage(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 9, 0x7f, 0x80, 0xff };
	uint8_t saved;

	(void)state;
	start();
	lapic(0, 1);
	x2apic(1, 1);
	for (size_t at = 0; at < end; at++) {
		saved = memory[at];
		for (size_t v = 0; v < nitems(values); v++) {
			memory[at] = values[v];
			(void)find(36);
		}
		memory[at] = saved;
	}
	assert_null(find(36));
	assert_int_equal(madt.napics, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_types),
		cmocka_unit_test(only_enabled),
		cmocka_unit_test(each_once),
		cmocka_unit_test(more_than_fit),
		cmocka_unit_test(bad_lengths),
		cmocka_unit_test(cut),
		cmocka_unit_test(newer_root),
		cmocka_unit_test(cut_root),
		cmocka_unit_test(refused_in_words),
		cmocka_unit_test(damage),
	};

	return (RUN_TESTS(tests));
}
