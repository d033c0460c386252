/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The printf family: random formats and numbers, the same characters.
 */
#include "libc_test.h"

#define ROUNDS 200000

/* Makes "%[flags][width][.precision]". */
static char *
random_format(char *s, const char *flags)
{
	size_t n = strlen(flags);

	*s++ = '%';
	for (size_t i = random_below(4); i > 0; i--)
		*s++ = flags[random_below(n)];
	if (random_below(2) == 0)
		s += sprintf(s, "%zu", random_below(40) + 1);
	if (random_below(2) == 0)
		s += sprintf(s, ".%zu", random_below(24));
	return (s);
}

static void __attribute__((__format__(__printf__, 1, 0)))
same(const char *fmt, ...)
{
	char got[2048], wanted[2048];
	va_list ap, again;
	int n, wanted_n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = d_vsnprintf(got, sizeof(got), fmt, ap);
	wanted_n = vsnprintf(wanted, sizeof(wanted), fmt, again);
	va_end(again);
	va_end(ap);
	/* This machine's library loses zeros of %#g when a 9 carries. */
	if (strchr(fmt, '#') != NULL && strpbrk(fmt, "gG") != NULL &&
	    strtod(got, NULL) == strtod(wanted, NULL))
		return;
	if (n != wanted_n || strcmp(got, wanted) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", fmt, got, wanted);
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
test_integers(void **state)
{
	static const char *const sizes[] = { "hh", "h", "", "l", "ll", "j", "z",
		"t" };
	char fmt[64], *p;
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t n = next_random() >> random_below(64);
		size_t size = random_below(8);

		if (random_below(8) == 0)
			n = 0;
		p = random_format(fmt, "-+ #0");
		/* What the standard leaves open is not compared. */
		sprintf(p, "%s%c|", sizes[size], "diouxX"[random_below(6)]);
		if (strchr(fmt, '#') != NULL && strpbrk(fmt, "diu") != NULL)
			continue;
		if (size < 3)
			same(fmt, (int)n);
		else
			same(fmt, (long)n);
	}
	same("%d %d %ld %ld", INT_MIN, INT_MAX, LONG_MIN, LONG_MAX);
	same("%*d|%-*d|%*d|%.*d", 5, 42, 5, 42, -5, 42, 3, 7);
	same("%.0d|%.0x|%#.0o|%+.0d|%5.0d", 0, 0, 0, 0, 0);
	same("%p %p", (void *)0x1234, (void *)-1L);
}

static void
test_doubles(void **state)
{
	char fmt[64], *p;
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t bits = next_random();
		double d;

		memcpy(&d, &bits, 8);
		if (i % 3 == 0) /* of sizes that people print */
			d = (double)(int64_t)(bits >> random_below(64)) /
			    (double)(1L << random_below(20));
		if (i % 3 == 1) /* halves, where rounding has a choice */
			d = (double)random_below(4000) / 8;
		if (random_below(50) == 0)
			d = (double[]){ 0.0, -0.0, __builtin_inf(),
				__builtin_nan(""), 5e-324,
				1.7976931348623157e308, 999999.5,
				0.0001 }[random_below(8)];
		p = random_format(fmt, "-+ #0");
		sprintf(p, "%c|", "eEfFgG"[random_below(6)]);
		same(fmt, d);
	}
	same("%f %e %g %.0f %.0e %#.0f", 0.1, 1e-300, 1e100, 2.5, 15.0, 3.0);
	same("%.1000f", 5e-324);
}

static void
test_strings(void **state)
{
	char small[8], *p;
	int n = -1;
	long total = -1;
	(void)state;

	same("%s|%10s|%-10s|%.2s|%.0s|%c|%5c|%-5c|%%", "abc", "abc", "abc",
	    "abc", "abc", 'x', 'y', 'z');
	same("%.3s", (const char[]){ 'n', 'o', 'e' });
	d_snprintf(small, sizeof(small), "%s", (const char *)NULL);
	assert_string_equal(small, "(null)");
	assert_int_equal(
	    d_snprintf(small, sizeof(small), "%s", "0123456789"), 10);
	assert_string_equal(small, "0123456");
	assert_int_equal(d_snprintf(small, 1, "abc"), 3);
	assert_string_equal(small, "");
	assert_int_equal(d_snprintf(NULL, 0, "%d", 12345), 5);
	assert_int_equal(
	    d_snprintf(small, sizeof(small), "ab%nc%ln", &n, &total), 3);
	assert_int_equal(n, 2);
	assert_int_equal(total, 3);
	assert_int_equal(d_asprintf(&p, "%0*d", 3000, 5), 3000);
	assert_int_equal(strlen(p), 3000);
	assert_int_equal(p[2999], '5');
	d_free(p);
	/* Longer than an int can say. */
	assert_int_equal(d_snprintf(NULL, 0, "%2147483647d%d", 1, 1), -1);
	assert_int_equal(d_errno, 84);
}

static void
test_scan(void **state)
{
	int a = 0, b = 0, n = 0;
	long l = 0;
	unsigned u = 0;
	char s[16] = "", c = 0;
	(void)state;

	assert_int_equal(d_sscanf(" 12 -7abc", "%d%d%s", &a, &b, s), 3);
	assert_int_equal(a, 12);
	assert_int_equal(b, -7);
	assert_string_equal(s, "abc");
	assert_int_equal(
	    d_sscanf("0x1f,077:9 z", "%i,%i:%ld %c%n", &a, &b, &l, &c, &n), 4);
	assert_int_equal(a, 31);
	assert_int_equal(b, 63);
	assert_int_equal(l, 9);
	assert_int_equal(c, 'z');
	assert_int_equal(n, 12);
	assert_int_equal(d_sscanf("12345", "%2d%*d", &a), 1);
	assert_int_equal(a, 12);
	assert_int_equal(d_sscanf("ff", "%x", &u), 1);
	assert_int_equal(u, 255);
	assert_int_equal(d_sscanf("", "%d", &a), EOF);
	assert_int_equal(d_sscanf("x", "%d", &a), 0);
	assert_int_equal(d_sscanf("1 x", "%d %d", &a, &b), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_scan),
	};

	return (RUN_TESTS(tests));
}
