/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets of signals, and what signals do by default.
 */
#include "hosted.h"

typedef struct {
	uint32_t bits[4];
} set_t;

#define KILL	0x01
#define CORE	0x02
#define STOP	0x04
#define TTYSTOP 0x08
#define IGNORE	0x10
#define CONT	0x20

unsigned sigprop(int sig);
int sig_lowest(const set_t *a, const set_t *b, const set_t *blocked);
bool sig_valid(int sig);
extern const char *const sys_signame[64];

static set_t
set_of(int s1, int s2)
{
	set_t s = { { 0 } };

	if (s1 != 0)
		s.bits[(s1 - 1) / 32] |= 1u << (s1 - 1) % 32;
	if (s2 != 0)
		s.bits[(s2 - 1) / 32] |= 1u << (s2 - 1) % 32;
	return (s);
}

static void
test_lowest(void **state)
{
	set_t none = set_of(0, 0);

	(void)state;
	assert_int_equal(sig_lowest(&none, NULL, NULL), 0);
	assert_int_equal(sig_lowest(&none, &none, &none), 0);
	for (int i = 1; i <= 128; i++) {
		set_t a = set_of(i, 0), other = set_of(i == 1 ? 2 : 1, 0);

		assert_int_equal(sig_lowest(&a, NULL, NULL), i);
		assert_int_equal(sig_lowest(&none, &a, NULL), i);
		assert_int_equal(sig_lowest(&a, NULL, &a), 0);
		assert_int_equal(sig_lowest(&a, &none, &other), i);
	}
}

/* Every pair, with each of the two blocked. */
static void
test_order(void **state)
{
	(void)state;
	for (int i = 1; i < 64; i++)
		for (int j = i + 1; j < 64; j++) {
			set_t a = set_of(i, 0), b = set_of(j, 0);
			int first = j == 9 ? 9 : i;

			assert_int_equal(sig_lowest(&a, &b, NULL), first);
			assert_int_equal(sig_lowest(&b, &a, NULL), first);
			assert_int_equal(sig_lowest(&a, &b, &a), j);
			assert_int_equal(sig_lowest(&a, &b, &b), i);
		}
}

/* SIGKILL is before all others, wherever those are. */
static void
test_kill_first(void **state)
{
	(void)state;
	for (int i = 1; i <= 128; i++) {
		set_t a = set_of(i, 9);

		assert_int_equal(sig_lowest(&a, NULL, NULL), 9);
	}
}

static void
test_properties(void **state)
{
	static const struct {
		int sig;
		unsigned prop;
	} rows[] = { { 1, KILL }, { 3, KILL | CORE }, { 4, KILL | CORE },
		{ 9, KILL }, { 11, KILL | CORE }, { 16, IGNORE }, { 17, STOP },
		{ 18, STOP | TTYSTOP }, { 19, IGNORE | CONT }, { 20, IGNORE },
		{ 21, STOP | TTYSTOP }, { 22, STOP | TTYSTOP }, { 23, IGNORE },
		{ 28, IGNORE }, { 29, IGNORE }, { 30, KILL }, { 40, KILL },
		{ 63, KILL } };

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		assert_int_equal(sigprop(rows[i].sig), rows[i].prop);
	assert_true(PANICS(sigprop(0)));
	assert_true(PANICS(sigprop(64)));
}

/* Each number does one thing: end, stop, or nothing. */
static void
test_exclusive(void **state)
{
	(void)state;
	for (int i = 1; i < 64; i++) {
		unsigned p = sigprop(i);

		assert_int_equal(
		    ((p & KILL) != 0) + ((p & STOP) != 0) + ((p & IGNORE) != 0),
		    1);
		assert_true((p & CORE) == 0 || (p & KILL) != 0);
		assert_true((p & TTYSTOP) == 0 || (p & STOP) != 0);
	}
}

static void
test_valid(void **state)
{
	(void)state;
	assert_false(sig_valid(0));
	assert_false(sig_valid(-1));
	assert_false(sig_valid(64));
	assert_false(sig_valid(INT32_MAX));
	assert_false(sig_valid(INT32_MIN));
	assert_true(sig_valid(1) && sig_valid(63));
	assert_string_equal(sys_signame[11], "SEGV");
	assert_null(sys_signame[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lowest),
		cmocka_unit_test(test_order), cmocka_unit_test(test_kill_first),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_exclusive),
		cmocka_unit_test(test_valid) };

	return (RUN_TESTS(tests));
}
