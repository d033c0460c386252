/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers from strings, times, options.
 */
#include "libc_test.h"

static void
same_number(const char *s, int base)
{
	char *end, *wanted_end;
	long n, wanted;
	unsigned long u, wanted_u;

	errno = d_errno = 0;
	n = d_strtol(s, &end, base);
	wanted = strtol(s, &wanted_end, base);
	if (n != wanted || end != wanted_end ||
	    (d_errno == D_ERANGE) != (errno == ERANGE))
		fail_msg(
		    "strtol(\"%s\", %d): %ld, not %ld", s, base, n, wanted);
	errno = d_errno = 0;
	u = d_strtoul(s, &end, base);
	wanted_u = strtoul(s, &wanted_end, base);
	if (u != wanted_u || end != wanted_end ||
	    (d_errno == D_ERANGE) != (errno == ERANGE))
		fail_msg(
		    "strtoul(\"%s\", %d): %lu, not %lu", s, base, u, wanted_u);
}

static void
test_strtol(void **state)
{
	static const char *const texts[] = { "", " ", "0", "-", "+", "0x",
		"0xg", "0x1f", " -0x1F z", "08", "077", "  +12", "- 1", "1e5",
		"9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616",
		"-18446744073709551616", "99999999999999999999999",
		"\t\n\v\f\r 5", "zz", "-zZ9", "0X7fffffffffffffff" };
	static const char letters[] = "0123456789abcxXzZ+- ";
	char s[24];
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (int base = 0; base <= 36; base++)
			if (base != 1)
				same_number(texts[i], base);
	for (int i = 0; i < 200000; i++) {
		size_t n = random_below(sizeof(s));

		for (size_t j = 0; j < n; j++)
			s[j] = letters[random_below(sizeof(letters) - 1)];
		s[n] = '\0';
		same_number(s, (int[]){ 0, 2, 8, 10, 16, 36 }[i % 6]);
	}
	d_errno = 0;
	assert_int_equal(d_strtol("1", NULL, 1), 0);
	assert_int_equal(d_errno, D_EINVAL);
}

static void
test_strtonum(void **state)
{
	const char *error;
	(void)state;

	assert_int_equal(d_strtonum("17", 0, 20, &error), 17);
	assert_null(error);
	assert_int_equal(d_strtonum("21", 0, 20, &error), 0);
	assert_string_equal(error, "too large");
	assert_int_equal(d_strtonum("-1", 0, 20, &error), 0);
	assert_string_equal(error, "too small");
	assert_int_equal(d_strtonum("99999999999999999999", 0, 20, &error), 0);
	assert_string_equal(error, "too large");
	d_strtonum("1x", 0, 20, &error);
	assert_string_equal(error, "invalid");
	d_strtonum("", 0, 20, &error);
	assert_string_equal(error, "invalid");
}

/* Numbers between two doubles that are not equal. */
static uint64_t
distance(double a, double b)
{
	int64_t x, y;

	memcpy(&x, &a, 8);
	memcpy(&y, &b, 8);
	return ((uint64_t)(x > y ? x - y : y - x));
}

static void
test_strtod(void **state)
{
	char s[64], *end, *wanted_end;
	double got, wanted;
	(void)state;

	for (int i = 0; i < 200000; i++) {
		uint64_t bits = next_random();
		bool easy = i % 2 == 0;

		memcpy(&wanted, &bits, 8);
		if (easy)
			snprintf(s, sizeof(s), " %s%zu.%zue%d!",
			    i % 4 == 0 ? "-" : "", random_below(100000000),
			    random_below(1000000), (int)random_below(20) - 10);
		else if (wanted - wanted != 0 || wanted == 0)
			continue;
		else
			snprintf(s, sizeof(s), "%.17g,", wanted);
		wanted = strtod(s, &wanted_end);
		got = d_strtod(s, &end);
		assert_int_equal(end - s, wanted_end - s);
		if (distance(got, wanted) > (easy ? 0 : 1))
			fail_msg(
			    "strtod(\"%s\"): %.17g, not %.17g", s, got, wanted);
	}
	assert_true(d_strtod("1e400", NULL) == __builtin_inf());
	assert_int_equal(d_errno, D_ERANGE);
	assert_true(d_strtod("-Infinityx", &end) == -__builtin_inf());
	assert_string_equal(end, "x");
	assert_true(d_strtod("nan", &end) != d_strtod("nan", &end));
	assert_true(d_strtod("1e+x", &end) == 1);
	assert_string_equal(end, "e+x");
	assert_true(d_strtod(".", &end) == 0);
	assert_string_equal(end, ".");
}

static void
test_time(void **state)
{
	static const char fmt[] = "%A %a %B %b %C %c %D %d %e %F %H %I %j %M "
				  "%m %p %R %S %T %u %w %Y %y %%";
	struct tm tm, wanted;
	char s[256], wanted_s[256];
	(void)state;

	for (int i = 0; i < 100000; i++) {
		time_t t = (time_t)random_below(1UL << 38) - (1L << 34);

		assert_non_null(d_gmtime_r(&t, &tm));
		gmtime_r(&t, &wanted);
		assert_int_equal(tm.tm_year, wanted.tm_year);
		assert_int_equal(tm.tm_yday, wanted.tm_yday);
		assert_int_equal(tm.tm_wday, wanted.tm_wday);
		assert_int_equal(d_strftime(s, sizeof(s), fmt, &tm),
		    strftime(wanted_s, sizeof(wanted_s), fmt, &wanted));
		assert_string_equal(s, wanted_s);
		assert_int_equal(d_timegm(&tm), t);
		tm.tm_mon += (int)random_below(50) - 25;
		tm.tm_mday += (int)random_below(100) - 50;
		wanted = tm;
		assert_int_equal(d_timegm(&tm), timegm(&wanted));
		assert_int_equal(tm.tm_mday, wanted.tm_mday);
	}
	assert_int_equal(d_strftime(s, 4, "%F", &tm), 0);
}

static void
test_getopt(void **state)
{
	char *argv[] = { "x", "-ab", "-cone", "-c", "two", "-q", "-", "-a",
		NULL };
	char *missing[] = { "x", "-c", NULL };
	char *ends[] = { "x", "-a", "--", "-b", NULL };
	(void)state;

	assert_int_equal(d_getopt(8, argv, "abc:"), 'a');
	assert_int_equal(d_getopt(8, argv, "abc:"), 'b');
	assert_int_equal(d_getopt(8, argv, "abc:"), 'c');
	assert_string_equal(d_optarg, "one");
	assert_int_equal(d_getopt(8, argv, "abc:"), 'c');
	assert_string_equal(d_optarg, "two");
	d_opterr = 0;
	assert_int_equal(d_getopt(8, argv, "abc:"), '?');
	assert_int_equal(d_optopt, 'q');
	assert_int_equal(d_getopt(8, argv, "abc:"), -1);
	assert_int_equal(d_optind, 6);
	d_optind = d_optreset = 1;
	assert_int_equal(d_getopt(2, missing, ":c:"), ':');
	d_optind = d_optreset = 1;
	assert_int_equal(d_getopt(4, ends, "ab"), 'a');
	assert_int_equal(d_getopt(4, ends, "ab"), -1);
	assert_int_equal(d_optind, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strtol),
		cmocka_unit_test(test_strtonum),
		cmocka_unit_test(test_strtod),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_getopt),
	};

	return (RUN_TESTS(tests));
}
