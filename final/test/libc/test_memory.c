/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * malloc and its relatives: what is in a block stays there, no two blocks
 * meet, memory comes back; the environment.
 */
#include "libc_test.h"

#define BLOCKS 300

struct block {
	unsigned char *p;
	size_t size;
	unsigned char fill;
};

static void
check(const struct block *b)
{
	for (size_t i = 0; i<b->size; i += b->size> 5000 ? 97 : 1)
		if (b->p[i] != b->fill)
			fail_msg("byte %zu of %zu has changed", i, b->size);
}

static size_t
random_size(void)
{
	return (random_below(1UL << random_below(19)) + random_below(3) * 8);
}

static void
test_random(void **state)
{
	static struct block blocks[BLOCKS];
	(void)state;

	for (int i = 0; i < 60000; i++) {
		struct block *b = &blocks[random_below(BLOCKS)];
		size_t size = random_size(), keep, alignment = 16;
		void *p;

		if (b->p != NULL) {
			check(b);
			if (i % 3 != 0) {
				d_free(b->p);
				*b = (struct block){ 0 };
				continue;
			}
			keep = b->size < size ? b->size : size;
			b->p = d_realloc(b->p, size);
			assert_non_null(b->p);
			b->size = keep;
			check(b);
		} else if (i % 4 == 0) {
			alignment = 8UL << random_below(10);
			assert_int_equal(
			    d_posix_memalign(&p, alignment, size), 0);
			b->p = p;
		} else if (i % 4 == 1) {
			b->p = d_calloc(1, size);
			b->size = size;
			b->fill = 0;
			check(b);
		} else {
			b->p = d_malloc(size);
		}
		assert_non_null(b->p);
		if (alignment > 16 || i % 3 != 0)
			assert_int_equal((uintptr_t)b->p % alignment, 0);
		b->size = size;
		b->fill = (unsigned char)next_random();
		memset(b->p, b->fill, size);
	}
	for (int i = 0; i < BLOCKS; i++)
		d_free(blocks[i].p);
}

static void
test_given_back(void **state)
{
	unsigned before;
	(void)state;

	/* Small blocks come from what was freed, large ones are unmapped. */
	d_free(d_malloc(100));
	before = maps;
	for (int i = 0; i < 100000; i++)
		d_free(d_malloc(100));
	assert_int_equal(maps, before);
	before = unmaps;
	d_free(d_malloc(1 << 20));
	assert_int_equal(unmaps, before + 1);
}

static void
test_refusals(void **state)
{
	void *p = NULL;
	(void)state;

	d_errno = 0;
	assert_null(d_malloc(SIZE_MAX));
	assert_int_equal(d_errno, D_ENOMEM);
	assert_null(d_malloc(SIZE_MAX - 15));
	assert_null(d_malloc((size_t)LONG_MAX));
	assert_null(d_calloc(1UL << 33, 1UL << 33));
	assert_int_equal(d_posix_memalign(&p, 24, 8), D_EINVAL);
	assert_int_equal(d_posix_memalign(&p, 4, 8), D_EINVAL);
	assert_int_equal(d_posix_memalign(&p, 64, SIZE_MAX - 100), D_ENOMEM);
	p = d_malloc(10);
	assert_null(d_realloc(p, SIZE_MAX - 3));
	d_free(p);
	d_free(NULL);
	assert_non_null(p = d_malloc(0));
	d_free(p);
}

static void
test_misuse(void **state)
{
	char *p = d_malloc(40), *q;
	(void)state;

	assert_true(ABORTS(d_free(p + 1)));
	assert_true(ABORTS(d_free(p + 16)));
	d_free(p);
	assert_true(ABORTS(d_free(p)));
	assert_int_equal(d_posix_memalign((void **)&q, 256, 40), 0);
	d_free(q);
	assert_true(ABORTS(d_free(q)));
}

static void
test_environment(void **state)
{
	static char *start[] = { "A=1", "AB=2", NULL };
	static char own[] = "OWN=me";
	(void)state;

	d_environ = start;
	assert_string_equal(d_getenv("A"), "1");
	assert_string_equal(d_getenv("AB"), "2");
	assert_null(d_getenv("B"));
	assert_null(d_getenv(""));
	assert_int_equal(d_setenv("A", "x", 0), 0);
	assert_string_equal(d_getenv("A"), "1");
	assert_int_equal(d_setenv("A", "x", 1), 0);
	assert_string_equal(d_getenv("A"), "x");
	for (char c = 'a'; c <= 'z'; c++)
		assert_int_equal(d_setenv((char[]){ c, 0 }, "v", 1), 0);
	assert_string_equal(d_getenv("q"), "v");
	assert_int_equal(d_putenv(own), 0);
	own[4] = 'w';
	assert_string_equal(d_getenv("OWN"), "we");
	assert_int_equal(d_unsetenv("q"), 0);
	assert_null(d_getenv("q"));
	assert_string_equal(d_getenv("z"), "v");
	assert_int_equal(d_setenv("A=B", "x", 1), -1);
	assert_int_equal(d_errno, D_EINVAL);
	assert_int_equal(d_setenv("", "x", 1), -1);
	assert_int_equal(d_unsetenv("A=B"), -1);
	assert_int_equal(d_putenv((char[]){ "none" }), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_given_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_environment),
	};

	return (RUN_TESTS(tests));
}
