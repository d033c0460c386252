/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel environment: words of the boot loader's command line.
 */
#include "hosted.h"

void kenv_init(const char *cmdline);
const char *kgetenv(const char *name);
int kgetenv_int(const char *name, int dflt);

static void
words(void **state)
{
	(void)state;
	kenv_init("  kernel  do=pass mem= debug a=b=c a=second ");
	assert_string_equal(kgetenv("do"), "pass");
	assert_string_equal(kgetenv("mem"), "");
	assert_string_equal(kgetenv("debug"), "1");
	assert_string_equal(kgetenv("kernel"), "1");
	assert_string_equal(kgetenv("a"), "b=c");
	assert_null(kgetenv("b"));
	assert_null(kgetenv(""));
	assert_null(kgetenv("d"));
	kenv_init("");
	assert_null(kgetenv("do"));
}

static void
numbers(void **state)
{
	(void)state;
	kenv_init("n=42 zero=0 bad=4x neg=-1 empty= big=99999999999999999999");
	assert_int_equal(kgetenv_int("n", 7), 42);
	assert_int_equal(kgetenv_int("zero", 7), 0);
	assert_int_equal(kgetenv_int("bad", 7), 7);
	assert_int_equal(kgetenv_int("neg", 7), 7);
	assert_int_equal(kgetenv_int("empty", 7), 7);
	assert_int_equal(kgetenv_int("big", 7), 7);
	assert_int_equal(kgetenv_int("absent", -3), -3);
}

static void
too_long(void **state)
{
	char line[2048];
	size_t used = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		used += (size_t)snprintf(
		    line + used, sizeof(line) - used, "v%u=%u ", i, i);
	kenv_init(line);
	assert_string_equal(kgetenv("v31"), "31");
	assert_null(kgetenv("v99"));
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	kenv_init(line);
	assert_null(kgetenv("x"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(numbers),
		cmocka_unit_test(too_long),
	};

	return (RUN_TESTS(tests));
}
