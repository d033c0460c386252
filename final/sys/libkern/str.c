/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * String functions with their C and BSD meanings.
 */
#include <sys/systm.h>

/**
 * @param s	string
 * @return	number of characters before the terminator
 */
size_t
strlen(const char *s)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		;
	return (p - s);
}

/**
 * @param s	string, need not be terminated within max
 * @param max	most characters to look at
 * @return	number of characters before the terminator, at most max
 */
size_t
strnlen(const char *s, size_t max)
{
	size_t n;

	for (n = 0; n < max && s[n] != '\0'; n++)
		;
	return (n);
}

/**
 * @param a	string
 * @param b	string
 * @return	0 if equal, else the sign of the first difference
 */
int
strcmp(const char *a, const char *b)
{
	return (strncmp(a, b, ~(size_t)0));
}

/**
 * @param a	string
 * @param b	string
 * @param n	most characters to compare
 * @return	0 if equal, else the sign of the first difference
 */
int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n != 0; n--, a++, b++) {
		if (*a != *b)
			return ((u_char)*a - (u_char)*b);
		if (*a == '\0')
			break;
	}
	return (0);
}

/**
 * @param s	string
 * @param c	character; the terminator counts as one
 * @return	the first c in s, or NULL
 */
char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return (NULL);
	return ((char *)(uintptr_t)s);
}

/**
 * Copies a string, cut if need be, always terminated.
 * @param dst	destination
 * @param src	source
 * @param size	bytes at dst, not 0
 * @return	length of src; the copy is complete if that is below size
 */
size_t
strlcpy(char *dst, const char *src, size_t size)
{
	size_t n;

	n = strlen(src);
	if (size == 0)
		return (n);
	memcpy(dst, src, MIN(n, size - 1));
	dst[MIN(n, size - 1)] = '\0';
	return (n);
}

/**
 * @param s	string
 * @param c	character
 * @return	its last place in s, or NULL
 */
char *
strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return ((char *)(uintptr_t)last);
	}
}

/**
 * @param s	string
 * @param find	another
 * @return	the first place in s where it is, or NULL
 */
char *
strstr(const char *s, const char *find)
{
	size_t n = strlen(find);

	for (; strncmp(s, find, n) != 0; s++)
		if (*s == '\0')
			return (NULL);
	return ((char *)(uintptr_t)s);
}

/**
 * Appends a string, cutting it if there is not enough room.
 * @param dst	string
 * @param src	what is appended
 * @param size	bytes at dst
 * @return	length of what would be the whole
 */
size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(dst, size);

	if (n == size)
		return (n + strlen(src));
	return (n + strlcpy(dst + n, src, size - n));
}
