/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strings and memory: random ones, the same answer as this machine's library.
 */
#include "libc_test.h"

#define ROUNDS 20000
#define MOST   70

/* Letters of which there are few, so that things are found. */
static void
random_string(char *s, size_t most)
{
	size_t n = random_below(most);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)("abAB\xe9"[random_below(5)]);
	s[n] = '\0';
}

static int
sign(int n)
{
	return ((n > 0) - (n < 0));
}

static void
test_memory(void **state)
{
	unsigned char a[MOST], b[MOST], c[MOST], *p, *q;
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		size_t from = random_below(30), to = random_below(30),
		       n = random_below(40);

		for (int j = 0; j < MOST; j++)
			a[j] = c[j] = (unsigned char)random_below(3);
		memcpy(b, a, MOST);
		assert_ptr_equal(d_memmove(a + to, a + from, n), a + to);
		memmove(b + to, b + from, n);
		assert_memory_equal(a, b, MOST);
		d_memset(a + from, (int)to, n);
		memset(b + from, (int)to, n);
		assert_memory_equal(a, b, MOST);
		assert_int_equal(sign(d_memcmp(a + from, c + from, n)),
		    sign(memcmp(a + from, c + from, n)));
		assert_ptr_equal(
		    d_memchr(a + from, 1, n), memchr(a + from, 1, n));
		assert_ptr_equal(
		    d_memrchr(a + from, 1, n), memrchr(a + from, 1, n));
		assert_ptr_equal(d_memmem(a, MOST, c + from, n % 6),
		    memmem(a, MOST, c + from, n % 6));
		p = d_memccpy(a, c, 2, n);
		q = memccpy(b, c, 2, n);
		assert_int_equal(p == NULL, q == NULL);
		if (p != NULL)
			assert_int_equal(p - a, q - b);
		assert_memory_equal(a, b, MOST);
	}
}

static void
test_strings(void **state)
{
	char a[MOST], b[8];
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		size_t n = random_below(12);

		random_string(a, MOST);
		random_string(b, sizeof(b));
		assert_int_equal(d_strlen(a), strlen(a));
		assert_int_equal(d_strnlen(a, n), strnlen(a, n));
		assert_int_equal(sign(d_strcmp(a, b)), sign(strcmp(a, b)));
		assert_int_equal(
		    sign(d_strncmp(a, b, n)), sign(strncmp(a, b, n)));
		assert_int_equal(
		    sign(d_strcasecmp(a, b)), sign(strcasecmp(a, b)));
		assert_ptr_equal(d_strchr(a, b[0]), strchr(a, b[0]));
		assert_ptr_equal(d_strrchr(a, b[0]), strrchr(a, b[0]));
		assert_ptr_equal(d_strstr(a, b), strstr(a, b));
		assert_int_equal(d_strspn(a, b), strspn(a, b));
		assert_int_equal(d_strcspn(a, b), strcspn(a, b));
	}
}

static void
test_copies(void **state)
{
	char a[MOST], x[2 * MOST], y[2 * MOST];
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		size_t n = random_below(MOST), wanted;

		random_string(a, MOST);
		memset(x, '#', sizeof(x));
		memset(y, '#', sizeof(y));
		d_strncpy(x, a, n);
		strncpy(y, a, n);
		assert_memory_equal(x, y, sizeof(x));
		x[n] = y[n] = '\0';
		d_strncat(x, a, n / 2);
		strncat(y, a, n / 2);
		assert_memory_equal(x, y, sizeof(x));

		/* strlcpy and strlcat by what they promise. */
		memset(x, '#', sizeof(x));
		assert_int_equal(d_strlcpy(x, a, n), strlen(a));
		if (n > 0) {
			assert_int_equal(
			    strlen(x), strlen(a) < n ? strlen(a) : n - 1);
			assert_memory_equal(x, a, strlen(x));
		}
		assert_int_equal(x[n], '#');
		strcpy(x, "abc");
		x[n + 4] = '#';
		wanted = n < 3 ? n + strlen(a) : 3 + strlen(a);
		assert_int_equal(d_strlcat(x, a, n), wanted);
		if (n > 3) {
			assert_int_equal(
			    strlen(x), wanted < n ? wanted : n - 1);
			assert_memory_equal(x + 3, a, strlen(x) - 3);
		} else {
			assert_string_equal(x, "abc");
		}
	}
}

static void
test_words(void **state)
{
	char x[MOST], y[MOST], *p, *q, *rest_x, *rest_y;
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		random_string(x, MOST);
		strcpy(y, x);
		if (i % 2 == 0) {
			for (rest_x = x, rest_y = y;;) {
				p = d_strsep(&rest_x, "aB");
				q = strsep(&rest_y, "aB");
				assert_int_equal(p == NULL, q == NULL);
				if (p == NULL)
					break;
				assert_string_equal(p, q);
			}
			continue;
		}
		p = d_strtok_r(x, "aB", &rest_x);
		q = strtok_r(y, "aB", &rest_y);
		while (p != NULL && q != NULL) {
			assert_string_equal(p, q);
			p = d_strtok_r(NULL, "aB", &rest_x);
			q = strtok_r(NULL, "aB", &rest_y);
		}
		assert_ptr_equal(p, q);
	}
}

static int
compare(const void *a, const void *b)
{
	return (memcmp(a, b, 2));
}

static void
test_sort(void **state)
{
	unsigned char a[50 * 20] = { 0 }, b[50 * 20];
	(void)state;

	for (int i = 0; i < 2000; i++) {
		/* The size may not be a multiple of anything. */
		size_t n = random_below(50), size = 2 + random_below(18);

		for (size_t j = 0; j < n * size; j++)
			a[j] = (unsigned char)(j % size < 2 ? random_below(4)
							    : 0);
		memcpy(b, a, sizeof(a));
		d_qsort(a, n, size, compare);
		qsort(b, n, size, compare);
		assert_memory_equal(a, b, n * size);
		for (size_t j = 0; j < n; j++) {
			unsigned char *p = d_bsearch(
			    a + j * size, a, n, size, compare);

			assert_non_null(p);
			assert_int_equal(compare(p, a + j * size), 0);
		}
		assert_null(d_bsearch("\xff\xff", a, n, size, compare));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_sort),
	};

	return (RUN_TESTS(tests));
}
