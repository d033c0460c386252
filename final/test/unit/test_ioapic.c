/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the interrupts of devices arrive: a list of I/O APICs made here, whole
 * and damaged.  That tables are found and bounds of memory kept is test_madt's.
 */
#include "hosted.h"
#include <machine/acpi.h>

#define BASE 0x1000ul
#define RSDT 0x000
#define MADT 0x100
#define SIZE 0x1000

static uint8_t memory[SIZE], rsdp[36];
static struct acpi_ioapics io;
static size_t end;

static const void *
map(void *arg, vm_paddr_t pa, size_t len)
{
	(void)arg;
	if (pa < BASE || pa - BASE > SIZE || len > SIZE - (pa - BASE))
		return (NULL);
	return (memory + (pa - BASE));
}

static const char *
find(void)
{
	const struct acpi_tables t = { rsdp, 20, map, NULL };

	return (acpi_ioapic_find(&t, &io));
}

static void
put(size_t at, uint64_t v, size_t n)
{
	memcpy(memory + at, &v, n);
}

static void
start(void)
{
	uint32_t rsdt = BASE + RSDT;

	memset(memory, 0, sizeof(memory));
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	memcpy(rsdp + 16, &rsdt, 4);
	memcpy(memory + RSDT, "RSDT", 4);
	put(RSDT + 4, 40, 4);
	put(RSDT + 36, BASE + MADT, 4);
	memcpy(memory + MADT, "APIC", 4);
	end = MADT + 44;
	put(MADT + 4, 44, 4);
}

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
ioapic(uint32_t pa, uint32_t base)
{
	size_t at = entry(1, 12);

	put(at + 2, 7, 1);
	put(at + 4, pa, 4);
	put(at + 8, base, 4);
}

static void
override(uint8_t bus, uint8_t irq, uint32_t gsi, uint16_t flags)
{
	size_t at = entry(2, 10);

	put(at + 2, bus, 1);
	put(at + 3, irq, 1);
	put(at + 4, gsi, 4);
	put(at + 8, flags, 2);
}

static void
a_usual_machine(void **state)
{
	(void)state;
	start();
	entry(0, 8);
	ioapic(0xfec00000, 0);
	override(0, 0, 2, 0);
	override(0, 9, 9, 0xd);
	override(0, 4, 20, 0xf);
	entry(4, 6);
	ioapic(0xfec10000, 24);
	assert_null(find());
	assert_int_equal(io.nioapics, 2);
	assert_int_equal(io.ioapic[0].pa, 0xfec00000);
	assert_int_equal(io.ioapic[1].gsi_base, 24);
	assert_int_equal(io.isa[0].gsi, 2);
	assert_int_equal(io.isa[1].gsi, 1);
	assert_false(io.isa[1].level || io.isa[1].active_low);
	assert_true(io.isa[9].level && !io.isa[9].active_low);
	assert_int_equal(io.isa[4].gsi, 20);
	assert_true(io.isa[4].level && io.isa[4].active_low);
}

static void
what_is_not_ours(void **state)
{
	(void)state;
	start();
	ioapic(0xfec00000, 0);
	override(1, 4, 30, 0xf);  /* another bus */
	override(0, 16, 31, 0xf); /* no ISA interrupt */
	override(0, 255, 31, 0xf);
	entry(1, 11); /* too short to be one */
	entry(2, 9);
	assert_null(find());
	assert_int_equal(io.nioapics, 1);
	for (unsigned i = 0; i < ACPI_NISA; i++) {
		assert_int_equal(io.isa[i].gsi, i);
		assert_false(io.isa[i].level || io.isa[i].active_low);
	}
}

static void
too_many(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < ACPI_MAXIOAPICS + 3; i++)
		ioapic(0xfec00000 + i * 0x1000, i * 24);
	assert_null(find());
	assert_int_equal(io.nioapics, ACPI_MAXIOAPICS);
	assert_int_equal(io.dropped, 3);
}

static void
refused(void **state)
{
	(void)state;
	start();
	assert_string_equal(find(), "ACPI lists no I/O APIC");
	ioapic(0xfec00000, 0);
	put(entry(1, 12) + 1, 0, 1);
	assert_string_equal(
	    find(), "an entry of ACPI's list of I/O APICs leaves its bounds");
	start();
	ioapic(0xfec00000, 0);
	entry(1, 12);
	put(MADT + 4, end - MADT - 1, 4);
	assert_string_equal(
	    find(), "an entry of ACPI's list of I/O APICs leaves its bounds");
	memory[MADT] = 'X';
	assert_string_equal(find(), "ACPI has no list of I/O APICs");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_machine),
		cmocka_unit_test(what_is_not_ours),
		cmocka_unit_test(too_many),
		cmocka_unit_test(refused),
	};

	return (RUN_TESTS(tests));
}
