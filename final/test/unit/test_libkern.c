/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's own memory and string functions (compiled as k_NAME) against
 * the C library's, over lengths, alignments and overlaps.
 */
#include "hosted.h"

void *k_memcpy(void *dst, const void *src, size_t n);
void *k_memmove(void *dst, const void *src, size_t n);
void *k_memset(void *dst, int c, size_t n);
int k_memcmp(const void *a, const void *b, size_t n);
void k_bzero(void *dst, size_t n);
size_t k_strlen(const char *s);
size_t k_strnlen(const char *s, size_t max);
int k_strcmp(const char *a, const char *b);
int k_strncmp(const char *a, const char *b, size_t n);
char *k_strchr(const char *s, int c);
size_t k_strlcpy(char *dst, const char *src, size_t size);

static int
sign(int v)
{
	return (v > 0 ? 1 : v < 0 ? -1 : 0);
}

static void
copies(void **state)
{
	uint8_t source[96], got[96], want[96];

	(void)state;
	for (unsigned i = 0; i < sizeof(source); i++)
		source[i] = (uint8_t)(i * 7 + 1);
	for (size_t n = 0; n < 40; n++)
		for (size_t from = 0; from < 9; from++)
			for (size_t to = 0; to < 9; to++) {
				memset(got, 0xee, sizeof(got));
				memset(want, 0xee, sizeof(want));
				assert_ptr_equal(
				    k_memcpy(got + to, source + from, n),
				    got + to);
				memcpy(want + to, source + from, n);
				assert_memory_equal(got, want, sizeof(got));
				/* Overlapping, both ways. */
				memcpy(got, source, sizeof(got));
				memcpy(want, source, sizeof(want));
				assert_ptr_equal(
				    k_memmove(got + to, got + from, n),
				    got + to);
				memmove(want + to, want + from, n);
				assert_memory_equal(got, want, sizeof(got));
				k_memset(got + to, 0x1a5, n);
				memset(want + to, 0xa5, n);
				assert_memory_equal(got, want, sizeof(got));
				k_bzero(got + to, n);
				memset(want + to, 0, n);
				assert_memory_equal(got, want, sizeof(got));
			}
}

static void
comparisons(void **state)
{
	static const char *const s[] = { "", "a", "ab", "abc", "abd", "b",
		"\xff", "abc\xff", "ABC" };

	(void)state;
	for (size_t i = 0; i < nitems(s); i++)
		for (size_t j = 0; j < nitems(s); j++) {
			assert_int_equal(sign(k_strcmp(s[i], s[j])),
			    sign(strcmp(s[i], s[j])));
			for (size_t n = 0; n < 6; n++)
				assert_int_equal(sign(k_strncmp(s[i], s[j], n)),
				    sign(strncmp(s[i], s[j], n)));
		}
	assert_int_equal(sign(k_memcmp("a\0b", "a\0c", 3)), -1);
	assert_int_equal(sign(k_memcmp("\xff", "\x01", 1)), 1);
	assert_int_equal(k_memcmp("a", "b", 0), 0);
}

static void
strings(void **state)
{
	static const char text[] = "hello";
	char small[4] = "old";

	(void)state;
	assert_int_equal(k_strlen(""), 0);
	assert_int_equal(k_strlen(text), 5);
	assert_int_equal(k_strnlen(text, 3), 3);
	assert_int_equal(k_strnlen(text, 9), 5);
	assert_ptr_equal(k_strchr(text, 'l'), text + 2);
	assert_ptr_equal(k_strchr(text, '\0'), text + 5);
	assert_null(k_strchr(text, 'z'));
	assert_int_equal(k_strlcpy(small, text, sizeof(small)), 5);
	assert_string_equal(small, "hel");
	assert_int_equal(k_strlcpy(small, "a", sizeof(small)), 1);
	assert_string_equal(small, "a");
	assert_int_equal(k_strlcpy(small, text, 0), 5);
	assert_string_equal(small, "a");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(strings),
	};

	return (RUN_TESTS(tests));
}
