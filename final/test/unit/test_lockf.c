/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Locks on ranges of a file, against a model that keeps the lock of every
 * byte and owner.
 */
#include "hosted.h"
#include "lockf.h"

#define BYTES  24
#define OWNERS 3
#define SPARES 64
#define ROUNDS 20000

enum { NONE, SHARED, EXCLUSIVE };

static int owners[OWNERS];
static char model[OWNERS][BYTES + 1]; /* [BYTES]: everything behind */
static struct lockf *list, *spare;

static unsigned
draw(unsigned below)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return ((x >> 8) % below);
}

static void
start(void)
{
	static struct lockf locks[SPARES];

	memset(model, 0, sizeof(model));
	list = spare = NULL;
	for (int i = 0; i < SPARES; i++) {
		locks[i].lf_next = spare;
		spare = &locks[i];
	}
}

static size_t
length(const struct lockf *lf)
{
	size_t n = 0;

	for (; lf != NULL; lf = lf->lf_next)
		n++;
	return (n);
}

static off_t
last_of(const struct lockf *lf)
{
	return (lf->lf_end == LF_TO_END ? BYTES : lf->lf_end);
}

static struct lockf
random_range(int owner)
{
	off_t a = draw(BYTES), b = draw(BYTES + 1);
	struct lockf lf = { .lf_owner = &owners[owner], .lf_posix = true };

	lf.lf_start = b == BYTES || a <= b ? a : b;
	lf.lf_end = b == BYTES ? LF_TO_END : a <= b ? b : a;
	lf.lf_write = draw(2) != 0;
	return (lf);
}

static bool
model_blocked(const struct lockf *want)
{
	int kind;

	for (int o = 0; o < OWNERS; o++) {
		if (&owners[o] == want->lf_owner)
			continue;
		for (off_t i = want->lf_start; i <= last_of(want); i++) {
			kind = model[o][i];
			if (kind == EXCLUSIVE ||
			    (kind == SHARED && want->lf_write))
				return (true);
		}
	}
	return (false);
}

static void
model_set(int owner, const struct lockf *range, char kind)
{
	for (off_t i = range->lf_start; i <= last_of(range); i++)
		model[owner][i] = kind;
}

/* The list says what the model says, and no lock is on it twice. */
static void
compare(void)
{
	char seen[OWNERS][BYTES + 1] = { { 0 } };
	const struct lockf *lf;
	long owner;

	for (lf = list; lf != NULL; lf = lf->lf_next) {
		owner = (const int *)lf->lf_owner - owners;
		assert_true(lf->lf_start <= lf->lf_end);
		for (off_t i = lf->lf_start; i <= last_of(lf); i++) {
			assert_int_equal(seen[owner][i], NONE);
			seen[owner][i] = lf->lf_write ? EXCLUSIVE : SHARED;
		}
	}
	assert_memory_equal(seen, model, sizeof(model));
	assert_int_equal(length(list) + length(spare), SPARES);
}

static void
against_model(void **state)
{
	struct lockf want;
	bool blocked;
	int owner;

	(void)state;
	start();
	for (int n = 0; n < ROUNDS; n++) {
		owner = draw(OWNERS);
		want = random_range(owner);
		if (draw(3) == 0) {
			lockf_clear(&list, &want, &spare);
			model_set(owner, &want, NONE);
		} else {
			blocked = lockf_blocker(list, &want) != NULL;
			assert_int_equal(blocked, model_blocked(&want));
			if (!blocked) {
				lockf_insert(&list, &want, &spare);
				model_set(owner, &want,
				    want.lf_write ? EXCLUSIVE : SHARED);
			}
		}
		compare();
	}
}

/* Neighbours that are alike become one. */
static void
neighbours(void **state)
{
	struct lockf want = { .lf_owner = &owners[0], .lf_posix = true };

	(void)state;
	start();
	for (off_t at = 0; at < 10; at += 2) {
		want.lf_start = want.lf_end = at;
		lockf_insert(&list, &want, &spare);
	}
	assert_int_equal(length(list), 5);
	for (off_t at = 1; at < 10; at += 2) {
		want.lf_start = want.lf_end = at;
		lockf_insert(&list, &want, &spare);
	}
	assert_int_equal(length(list), 1);
	assert_int_equal(list->lf_start, 0);
	assert_int_equal(list->lf_end, 9);
	want.lf_start = 10;
	want.lf_end = LF_TO_END;
	lockf_insert(&list, &want, &spare);
	assert_int_equal(length(list), 1);
	assert_int_equal(list->lf_end, LF_TO_END);
}

/* fcntl's locks and flock's do not see each other. */
static void
kinds(void **state)
{
	struct lockf a = { .lf_owner = &owners[0],
		.lf_posix = true,
		.lf_write = true,
		.lf_end = LF_TO_END };
	struct lockf b = {
		.lf_owner = &owners[1], .lf_write = true, .lf_end = LF_TO_END
	};

	(void)state;
	start();
	lockf_insert(&list, &a, &spare);
	assert_null(lockf_blocker(list, &b));
	b.lf_posix = true;
	assert_non_null(lockf_blocker(list, &b));
	a.lf_posix = false;
	lockf_clear(&list, &a, &spare);
	assert_int_equal(length(list), 1);
}

static void
ranges(void **state)
{
	const off_t max = LF_TO_END, min = -LF_TO_END - 1;
	off_t first, last;
	bool overflow;

	(void)state;
	assert_true(lockf_range(0, 5, 10, &first, &last, &overflow));
	assert_int_equal(first, 5);
	assert_int_equal(last, 14);
	assert_true(lockf_range(100, -10, 0, &first, &last, &overflow));
	assert_int_equal(first, 90);
	assert_int_equal(last, LF_TO_END);
	assert_true(lockf_range(0, 10, -4, &first, &last, &overflow));
	assert_int_equal(first, 6);
	assert_int_equal(last, 9);
	assert_true(lockf_range(0, max, 1, &first, &last, &overflow));
	assert_false(lockf_range(0, max, 2, &first, &last, &overflow));
	assert_true(overflow);
	assert_false(lockf_range(1, max, 1, &first, &last, &overflow));
	assert_true(overflow);
	assert_false(lockf_range(0, -1, 1, &first, &last, &overflow));
	assert_false(overflow);
	assert_false(lockf_range(0, 3, -4, &first, &last, &overflow));
	assert_false(overflow);
	assert_false(lockf_range(0, min, min, &first, &last, &overflow));
	assert_false(lockf_range(0, max, min, &first, &last, &overflow));
	assert_false(overflow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_model),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(kinds),
		cmocka_unit_test(ranges),
	};

	return (RUN_TESTS(tests));
}
