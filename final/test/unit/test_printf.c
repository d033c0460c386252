/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's printf: a table of expected texts, the C library as a second
 * opinion, bounds, and what must not happen on odd formats.
 */
#include "hosted.h"

/* Formats are what is tested here, also ones the compiler would refuse. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
conversions(void **state)
{
	char got[128];

	(void)state;
#define IS(want, ...)                                                          \
	do {                                                                   \
		int n = ksnprintf(got, sizeof(got), __VA_ARGS__);              \
		assert_string_equal(got, want);                                \
		assert_int_equal(n, strlen(want));                             \
	} while (0)
	IS("plain", "plain");
	IS("", "%s", "");
	IS("%", "%%");
	IS("a-1b", "a%db", -1);
	IS("-2147483648", "%d", -2147483647 - 1);
	IS("-9223372036854775808", "%ld", (long)(1ul << 63));
	IS("18446744073709551615", "%lu", ~0ul);
	IS("ffffffffffffffff", "%lx", ~0ul);
	IS("DEADBEEF", "%X", 0xdeadbeef);
	IS("0x10", "%#x", 16);
	IS("0", "%#x", 0);
	IS("017", "%#o", 15);
	IS("0000002a", "%08x", 42);
	IS("      2a", "%8x", 42);
	IS("2a      .", "%-8x.", 42);
	IS("  +42", "%+5d", 42);
	IS(" 42", "% d", 42);
	IS("-0042", "%05d", -42);
	IS("007", "%.3d", 7);
	IS("", "%.0d", 0);
	IS("  007", "%5.3d", 7);
	IS("  007", "%05.3d", 7);
	IS("abc", "%.3s", "abcdef");
	IS("   ab", "%5.2s", "abcdef");
	IS("ab   .", "%-5s.", "ab");
	IS("(null)", "%s", (char *)NULL);
	IS("x", "%c", 'x');
	IS("0x1000", "%p", (void *)0x1000);
	IS("255", "%hhu", 0x1ff);
	IS("-1", "%hhd", 0xff);
	IS("-1", "%hd", 0xffff);
	IS("12", "%zu", (size_t)12);
	IS("   12", "%*d", 5, 12);
	IS("12   ", "%*d", -5, 12);
	IS("ab", "%.*s", 2, "abcdef");
	IS("1 2 3 4 5 6 7 8", "%d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7,
	    8);
#undef IS
}

/* C leaves these flags undefined for such conversions. */
static bool
undefined(const char *flags, char kind)
{
	if (strpbrk(flags, "+ ") != NULL && strchr("di", kind) == NULL)
		return (true);
	return (strchr(flags, '#') != NULL && strchr("diu", kind) != NULL);
}

/* Both printfs on one format and many values. */
static void
compare(const char *format)
{
	static const long values[] = { 0, 1, -1, 7, 42, 255, 256, -128, 65535,
		0x7fffffff, -0x80000000l, 0x123456789abcdef0 };
	char want[128], got[128];

	for (size_t i = 0; i < nitems(values); i++) {
		snprintf(want, sizeof(want), format, values[i]);
		ksnprintf(got, sizeof(got), format, values[i]);
		if (strcmp(want, got) != 0)
			fail_msg("%s of %ld: got [%s], want [%s]", format,
			    values[i], got, want);
	}
}

/* Every kind with flags and size, over widths and precisions. */
static void
compare_kinds(const char *flags, const char *size)
{
	static const char *const widths[] = { "", "1", "7", "23" };
	static const char *const precisions[] = { "", ".0", ".3", ".11" };
	char format[32];

	for (const char *kind = "diuxXo"; *kind != '\0'; kind++) {
		if (undefined(flags, *kind))
			continue;
		for (unsigned i = 0; i < 16; i++) {
			snprintf(format, sizeof(format), "%%%s%s%s%s%c", flags,
			    widths[i / 4], precisions[i % 4], size, *kind);
			compare(format);
		}
	}
}

static void
agrees_with_the_c_library(void **state)
{
	static const char *const flags[] = { "", "-", "0", "+", " ", "#", "-0",
		"+0", "-#", "#0" };
	static const char *const sizes[] = { "hh", "h", "", "l", "z", "j" };

	(void)state;
	for (unsigned f = 0; f < nitems(flags); f++)
		for (unsigned s = 0; s < nitems(sizes); s++)
			compare_kinds(flags[f], sizes[s]);
}

static void
bounds(void **state)
{
	char *buf;

	(void)state;
	assert_int_equal(ksnprintf(NULL, 0, "%d", 12345), 5);
	for (size_t size = 1; size < 12; size++) {
		buf = malloc(size); /* exact, for ASan to guard */
		memset(buf, 'x', size);
		assert_int_equal(ksnprintf(buf, size, "%s", "0123456789"), 10);
		assert_int_equal(strlen(buf), size - 1 < 10 ? size - 1 : 10);
		assert_memory_equal(buf, "0123456789", strlen(buf));
		free(buf);
	}
}

static void
odd_formats(void **state)
{
	static const char *const formats[] = { "%", "abc%", "%5", "%-", "%l",
		"%.", "%99999999999d", "%q", "%!", "%#", "%hhhhhd" };
	char got[64];

	(void)state;
	for (size_t i = 0; i < nitems(formats); i++) {
		ksnprintf(got, sizeof(got), formats[i], 1, 2, 3);
		assert_true(strlen(got) < sizeof(got));
	}
	ksnprintf(got, sizeof(got), "%y|%d", 5);
	assert_string_equal(got, "%y|5");
}

static void
console_gets_the_same(void **state)
{
	(void)state;
	console_clear();
	assert_int_equal(kprintf("%s %04x\n", "value", 0xab), 11);
	assert_string_equal(console, "value 00ab\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversions),
		cmocka_unit_test(agrees_with_the_c_library),
		cmocka_unit_test(bounds),
		cmocka_unit_test(odd_formats),
		cmocka_unit_test(console_gets_the_same),
	};

	return (RUN_TESTS(tests));
}
