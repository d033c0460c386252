/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings: length, copies, comparison.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/** Characters without the NUL. */
size_t
strlen(const char *s)
{
	const char *p = s;

	while (*p != '\0')
		p++;
	return ((size_t)(p - s));
}

/** The same, and no more than n. */
size_t
strnlen(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] != '\0'; i++)
		;
	return (i);
}

/** Copies; its end, where the NUL is. */
char *
stpcpy(char *dst, const char *src)
{
	size_t n = strlen(src);

	memcpy(dst, src, n + 1);
	return (dst + n);
}

/** Copies. */
char *
strcpy(char *dst, const char *src)
{
	stpcpy(dst, src);
	return (dst);
}

/** Copies to a field of n bytes: NULs fill it, and may be none. */
char *
strncpy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return (dst);
}

/** Appends. */
char *
strcat(char *dst, const char *src)
{
	stpcpy(dst + strlen(dst), src);
	return (dst);
}

/** Appends at most n characters and a NUL. */
char *
strncat(char *dst, const char *src, size_t n)
{
	char *end = dst + strlen(dst);
	size_t len = strnlen(src, n);

	memcpy(end, src, len);
	end[len] = '\0';
	return (dst);
}

/** Copies as much as fits with its NUL; what it wanted to be. */
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

/** Appends as much as fits with its NUL; what it wanted to be. */
size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(dst, size);

	if (len == size)
		return (size + strlen(src));
	return (len + strlcpy(dst + len, src, size - len));
}

/** A copy in memory of its own, or NULL. */
char *
strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);

	return (p != NULL ? memcpy(p, s, n) : NULL);
}

/** The same of at most n characters. */
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

/** Compares as unsigned characters. */
int
strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return ((unsigned char)*a - (unsigned char)*b);
}

/** The same of at most n. */
int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return ((unsigned char)*a - (unsigned char)*b);
	return (0);
}

/** As strcmp(): there are no other orders. */
int
strcoll(const char *a, const char *b)
{
	return (strcmp(a, b));
}

/** Compares without regard to case. */
int
strcasecmp(const char *a, const char *b)
{
	return (strncasecmp(a, b, (size_t)-1));
}

/** The same of at most n. */
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
