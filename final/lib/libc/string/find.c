/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings: finding and taking apart.
 */
#include <string.h>

/** First such character, also the NUL, or NULL. */
char *
strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return ((char *)s);
		if (*s == '\0')
			return (NULL);
	}
}

/** The same, but the end instead of NULL. */
char *
strchrnul(const char *s, int c)
{
	while (*s != '\0' && *s != (char)c)
		s++;
	return ((char *)s);
}

/** Last such character, also the NUL, or NULL. */
char *
strrchr(const char *s, int c)
{
	return (memrchr(s, c, strlen(s) + 1));
}

/** BSD's old name of strchr(). */
char *
index(const char *s, int c)
{
	return (strchr(s, c));
}

/** BSD's old name of strrchr(). */
char *
rindex(const char *s, int c)
{
	return (strrchr(s, c));
}

/** First place of a string in a string, or NULL. */
char *
strstr(const char *big, const char *small)
{
	size_t n = strlen(small);

	for (;; big++) {
		if (strncmp(big, small, n) == 0)
			return ((char *)big);
		if (*big == '\0')
			return (NULL);
	}
}

/** The same without regard to case. */
char *
strcasestr(const char *big, const char *small)
{
	size_t n = strlen(small);

	for (;; big++) {
		if (strncasecmp(big, small, n) == 0)
			return ((char *)big);
		if (*big == '\0')
			return (NULL);
	}
}

/** Characters at the beginning that are in a set. */
size_t
strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(accept, s[n]) != NULL)
		n++;
	return (n);
}

/** Characters at the beginning that are not. */
size_t
strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (strchr(reject, s[n]) == NULL)
		n++;
	return (n);
}

/** First character that is in a set, or NULL. */
char *
strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return (*s != '\0' ? (char *)s : NULL);
}

/** Cuts at the next delimiter; what was before it, or NULL at the end. */
char *
strsep(char **s, const char *delimiters)
{
	char *start = *s, *end;

	if (start == NULL)
		return (NULL);
	end = strpbrk(start, delimiters);
	if (end != NULL)
		*end++ = '\0';
	*s = end;
	return (start);
}

/** The next word that is not empty, or NULL. */
char *
strtok_r(char *s, const char *delimiters, char **rest)
{
	if (s == NULL)
		s = *rest;
	if (s != NULL)
		s += strspn(s, delimiters);
	if (s == NULL || *s == '\0') {
		*rest = NULL;
		return (NULL);
	}
	*rest = s;
	return (strsep(rest, delimiters));
}

/** The same with a state of the program. */
char *
strtok(char *s, const char *delimiters)
{
	static char *rest;

	return (strtok_r(s, delimiters, &rest));
}
