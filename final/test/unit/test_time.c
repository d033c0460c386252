/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arithmetic on times, and the timers that are charged by ticks.
 */
#include "hosted.h"
#include <sys/time.h>
#include <time.h>

#define FOREVER (1ul << 62)
#define SECOND	1000000000ul
#define TICK	10000000ul

bool timespec_ns(const struct timespec *ts, uint64_t *ns);
bool timeval_ns(const struct timeval *tv, uint64_t *ns);
struct timespec ns_timespec(uint64_t ns);
struct timeval ns_timeval(uint64_t ns);
uint64_t itimer_next(uint64_t when, uint64_t interval, uint64_t now);
bool itimer_charge(struct itimerval *it, uint64_t ns);

static void
test_timespec(void **state)
{
	static const struct {
		struct timespec ts;
		bool valid;
		uint64_t ns;
	} rows[] = {
		{ { 0, 0 }, true, 0 },
		{ { 0, 1 }, true, 1 },
		{ { 0, 999999999 }, true, 999999999 },
		{ { 3, 5 }, true, 3 * SECOND + 5 },
		{ { 0, 1000000000 }, false, 0 },
		{ { 0, -1 }, false, 0 },
		{ { -1, 0 }, false, 0 },
		{ { INT64_MIN, 0 }, false, 0 },
		{ { 0, INT64_MAX }, false, 0 },
		{ { INT64_MAX, 999999999 }, true, FOREVER },
		{ { FOREVER / SECOND, 0 }, true, FOREVER },
		{ { FOREVER / SECOND - 1, 999999999 }, true,
		    FOREVER / SECOND * SECOND - 1 },
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		ns = 0;
		assert_int_equal(timespec_ns(&rows[i].ts, &ns), rows[i].valid);
		if (rows[i].valid)
			assert_true(ns == rows[i].ns);
	}
}

static void
test_timeval(void **state)
{
	struct timeval tv = { 2, 999999 };
	uint64_t ns;

	(void)state;
	assert_true(timeval_ns(&tv, &ns) && ns == 3 * SECOND - 1000);
	tv.tv_usec = 1000000;
	assert_false(timeval_ns(&tv, &ns));
	tv.tv_usec = -1;
	assert_false(timeval_ns(&tv, &ns));
}

/* A timer that has not expired is not told as nothing. */
static void
test_rounding(void **state)
{
	struct timeval tv;
	struct timespec ts;

	(void)state;
	tv = ns_timeval(1);
	assert_true(tv.tv_sec == 0 && tv.tv_usec == 1);
	tv = ns_timeval(0);
	assert_true(tv.tv_sec == 0 && tv.tv_usec == 0);
	tv = ns_timeval(SECOND - 999);
	assert_true(tv.tv_sec == 1 && tv.tv_usec == 0);
	tv = ns_timeval(FOREVER);
	assert_true(tv.tv_sec > 0 && tv.tv_usec >= 0 && tv.tv_usec < 1000000);
	ts = ns_timespec(5 * SECOND + 7);
	assert_true(ts.tv_sec == 5 && ts.tv_nsec == 7);
}

static void
test_next(void **state)
{
	(void)state;
	assert_true(itimer_next(100, 10, 100) == 110);
	assert_true(itimer_next(100, 10, 109) == 110);
	assert_true(itimer_next(100, 10, 110) == 120);
	assert_true(itimer_next(100, 10, 1234) == 1240);
	assert_true(itimer_next(5, FOREVER, 6) == FOREVER + 5);
	for (uint64_t now = 7; now < 200; now++) {
		uint64_t next = itimer_next(7, 13, now);

		assert_true(next > now && next - now <= 13);
		assert_int_equal((next - 7) % 13, 0);
	}
}

static void
test_charge_once(void **state)
{
	struct itimerval it = { { 0, 0 }, { 0, 25000 } };

	(void)state;
	assert_false(itimer_charge(&it, TICK));
	assert_int_equal(it.it_value.tv_usec, 15000);
	assert_false(itimer_charge(&it, TICK));
	assert_true(itimer_charge(&it, TICK));
	assert_true(it.it_value.tv_sec == 0 && it.it_value.tv_usec == 0);
	for (int i = 0; i < 10; i++)
		assert_false(itimer_charge(&it, TICK));
}

/* 35 ms in ticks of 10: 4, 7, 11, 14 ... and no drift. */
static void
test_charge_again(void **state)
{
	struct itimerval it = { { 0, 35000 }, { 0, 35000 } };
	unsigned n = 0;

	(void)state;
	for (unsigned tick = 1; tick <= 700; tick++) {
		if (itimer_charge(&it, TICK))
			n++;
		assert_int_equal(n, tick * 10000 / 35000);
		assert_true(it.it_value.tv_usec != 0);
	}
}

/* An interval shorter than a tick is once for each tick. */
static void
test_charge_short(void **state)
{
	struct itimerval it = { { 0, 3000 }, { 0, 1 } };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(itimer_charge(&it, TICK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_timespec),
		cmocka_unit_test(test_timeval), cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_next), cmocka_unit_test(test_charge_once),
		cmocka_unit_test(test_charge_again),
		cmocka_unit_test(test_charge_short) };

	return (RUN_TESTS(tests));
}
