/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings: length, copies, comparison.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/**
 * Length of a string.
 * @param s	string
 * @return	characters without the NUL
 */
size_t
strlen(const char *s)
{
	const char *p = s;

	while (*p != '\0')
		p++;
	return ((size_t)(p - s));
}

/**
 * Length of a string that may have no NUL.
 * @param s	string
 * @param n	most characters
 * @return	characters without the NUL, at most n
 */
size_t
strnlen(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] != '\0'; i++)
		;
	return (i);
}

/**
 * Copies a string.
 * @param dst	where to; long enough
 * @param src	string; must not overlap dst
 * @return	where the NUL is in dst
 */
char *
stpcpy(char *dst, const char *src)
{
	size_t n = strlen(src);

	memcpy(dst, src, n + 1);
	return (dst + n);
}

/**
 * Copies a string.
 * @param dst	where to; long enough
 * @param src	string; must not overlap dst
 * @return	dst
 */
char *
strcpy(char *dst, const char *src)
{
	stpcpy(dst, src);
	return (dst);
}

/**
 * Copies to a field of n bytes: NULs fill what is left, and there is none if
 * src fills it.
 * @param dst	field
 * @param src	string
 * @param n	bytes of the field
 * @return	dst
 */
char *
strncpy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return (dst);
}

/**
 * Appends a string.
 * @param dst	string with room for both
 * @param src	what is appended
 * @return	dst
 */
char *
strcat(char *dst, const char *src)
{
	stpcpy(dst + strlen(dst), src);
	return (dst);
}

/**
 * Appends at most n characters, and a NUL.
 * @param dst	string with room for strlen(dst) + n + 1 bytes
 * @param src	what is appended
 * @param n	most characters
 * @return	dst
 */
char *
strncat(char *dst, const char *src, size_t n)
{
	char *end = dst + strlen(dst);
	size_t len = strnlen(src, n);

	memcpy(end, src, len);
	end[len] = '\0';
	return (dst);
}

/**
 * Copies as much as fits with its NUL.
 * @param dst	where to
 * @param src	string
 * @param size	bytes there; 0: nothing is written
 * @return	length of src; size or more: it was cut
 */
size_t
strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src), n = len;

	if (size == 0)
		return (len);
	if (n >= size)
		n = size - 1;
	memcpy(dst, src, n);
	dst[n] = '\0';
	return (len);
}

/**
 * Appends as much as fits with its NUL.
 * @param dst	string
 * @param src	what is appended
 * @param size	bytes of dst, the string's included
 * @return	length of both; size or more: it was cut
 */
size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(dst, size);

	if (len == size)
		return (size + strlen(src));
	return (len + strlcpy(dst + len, src, size - len));
}

/**
 * Copies a string to memory of its own.
 * @param s	string
 * @return	for free(3), or NULL with ENOMEM
 */
char *
strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);

	return (p != NULL ? memcpy(p, s, n) : NULL);
}

/**
 * Copies the beginning of a string to memory of its own.
 * @param s	string; needs no NUL within n
 * @param n	most characters
 * @return	for free(3), or NULL with ENOMEM
 */
char *
strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = malloc(len + 1);

	if (p == NULL)
		return (NULL);
	memcpy(p, s, len);
	p[len] = '\0';
	return (p);
}

/**
 * Compares as unsigned characters.
 * @param a	string
 * @param b	another one
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return ((unsigned char)*a - (unsigned char)*b);
}

/**
 * Compares at most n unsigned characters.
 * @param a	string
 * @param b	another one
 * @param n	most characters
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return ((unsigned char)*a - (unsigned char)*b);
	return (0);
}

/**
 * As strcmp(): there is one locale.
 * @param a	string
 * @param b	another one
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
strcoll(const char *a, const char *b)
{
	return (strcmp(a, b));
}

/**
 * Compares without regard to case.
 * @param a	string
 * @param b	another one
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
strcasecmp(const char *a, const char *b)
{
	return (strncasecmp(a, b, (size_t)-1));
}

/**
 * Compares at most n characters without regard to case.
 * @param a	string
 * @param b	another one
 * @param n	most characters
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
strncasecmp(const char *a, const char *b, size_t n)
{
	int x, y;

	for (; n > 0; n--, a++, b++) {
		x = tolower((unsigned char)*a);
		y = tolower((unsigned char)*b);
		if (x != y || x == '\0')
			return (x - y);
	}
	return (0);
}
