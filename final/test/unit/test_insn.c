/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opcode recogniser: a table of instructions, and every way to cut one.
 */
#include "hosted.h"
#include "vmx_insn.h"

struct row {
	const char *what;
	uint8_t bytes[18];
	size_t n;
	int want;
};

#define ROW(what, want, ...)                                                   \
	{                                                                      \
		what, { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }),     \
		    want                                                       \
	}

static const struct row rows[] = {
	ROW("syscall", 2, 0x0f, 0x05),
	ROW("syscall and more", 2, 0x0f, 0x05, 0x90, 0x0f, 0x0b),
	ROW("rex.W syscall", 3, 0x48, 0x0f, 0x05),
	ROW("plain rex syscall", 3, 0x40, 0x0f, 0x05),
	ROW("rep syscall", 3, 0xf3, 0x0f, 0x05),
	ROW("repne syscall", 3, 0xf2, 0x0f, 0x05),
	ROW("data16 syscall", 3, 0x66, 0x0f, 0x05),
	ROW("addr32 syscall", 3, 0x67, 0x0f, 0x05),
	ROW("fs syscall", 3, 0x64, 0x0f, 0x05),
	ROW("all segment overrides", 8, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
	    0x0f, 0x05),
	ROW("legacy prefixes, then rex", 5, 0x66, 0xf3, 0x4f, 0x0f, 0x05),
	ROW("rex, ignored, then a legacy prefix", 4, 0x48, 0x66, 0x0f, 0x05),
	ROW("two rex, the first ignored", 4, 0x41, 0x48, 0x0f, 0x05),
	ROW("longest: 13 prefixes", 15, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0x05),
	ROW("too long: 14 prefixes", 0, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0x05),
	ROW("prefixes only", 0, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66),
	ROW("lock syscall is undefined", 0, 0xf0, 0x0f, 0x05),
	ROW("lock among others", 0, 0x66, 0xf0, 0x48, 0x0f, 0x05),
	ROW("lock alone", 0, 0xf0),
	ROW("ud2", 0, 0x0f, 0x0b),
	ROW("ud1", 0, 0x0f, 0xb9, 0x00),
	ROW("sysret", 0, 0x48, 0x0f, 0x07),
	ROW("sysenter", 0, 0x0f, 0x34),
	ROW("clts, one beside", 0, 0x0f, 0x06),
	ROW("one beside below", 0, 0x0f, 0x04),
	ROW("int 0x80", 0, 0xcd, 0x80),
	ROW("opcode without escape", 0, 0x05, 0x0f),
	ROW("three-byte map", 0, 0x0f, 0x38, 0x05),
	ROW("vex", 0, 0xc5, 0x0f, 0x05),
	ROW("evex", 0, 0x62, 0x0f, 0x05),
	ROW("rex2", 0, 0xd5, 0x80, 0x05),
	ROW("nop", 0, 0x90),
	ROW("escape only", -1, 0x0f),
	ROW("rex only", -1, 0x48),
	ROW("prefix and escape", -1, 0x66, 0x0f),
	{ "nothing", { 0 }, 0, -1 },
};

static void
table(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		if (vmx_insn_is_syscall(rows[i].bytes, rows[i].n) !=
		    rows[i].want)
			fail_msg("%s: got %d, want %d", rows[i].what,
			    vmx_insn_is_syscall(rows[i].bytes, rows[i].n),
			    rows[i].want);
}

/*
 * A cut instruction gives "too few" or what the whole one gives, and the
 * buffer is not read past its end (the copy has its exact size; ASan looks).
 */
static void
cut_short(void **state)
{
	uint8_t *copy;
	int got;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (size_t n = 0; n < rows[i].n; n++) {
			copy = malloc(n);
			memcpy(copy, rows[i].bytes, n);
			got = vmx_insn_is_syscall(copy, n);
			free(copy);
			if (got == -1)
				continue;
			assert_int_equal(got, rows[i].want);
		}
}

/* Every pair of bytes: one of 65536 is SYSCALL. */
static void
two_bytes(void **state)
{
	unsigned found = 0;
	uint8_t pair[2];

	(void)state;
	for (unsigned v = 0; v < 0x10000; v++) {
		pair[0] = (uint8_t)(v >> 8);
		pair[1] = (uint8_t)v;
		found += vmx_insn_is_syscall(pair, 2) > 0;
	}
	assert_int_equal(found, 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(two_bytes),
	};

	return (RUN_TESTS(tests));
}
