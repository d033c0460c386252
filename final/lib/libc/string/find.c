/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings: finding and taking apart.
 */
#include <string.h>

/**
 * Finds the first such character; the NUL is one, too.
 * @param s	string
 * @param c	character
 * @return	where it is, or NULL
 */
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

/**
 * Finds the first such character, or the end.
 * @param s	string
 * @param c	character
 * @return	where it is; where the NUL is, if there is none
 */
char *
strchrnul(const char *s, int c)
{
	while (*s != '\0' && *s != (char)c)
		s++;
	return ((char *)s);
}

/**
 * Finds the last such character; the NUL is one, too.
 * @param s	string
 * @param c	character
 * @return	where it is, or NULL
 */
char *
strrchr(const char *s, int c)
{
	return (memrchr(s, c, strlen(s) + 1));
}

/**
 * BSD's old name of strchr().
 * @param s	string
 * @param c	character
 * @return	where it is, or NULL
 */
char *
index(const char *s, int c)
{
	return (strchr(s, c));
}

/**
 * BSD's old name of strrchr().
 * @param s	string
 * @param c	character
 * @return	where it is, or NULL
 */
char *
rindex(const char *s, int c)
{
	return (strrchr(s, c));
}

/**
 * Finds a string in a string: its first place.
 * @param big	where to look
 * @param small	what for; the empty string is at the beginning
 * @return	where it is, or NULL
 */
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

/**
 * strstr() without regard to case.
 * @param big	where to look
 * @param small	what for; the empty string is at the beginning
 * @return	where it is, or NULL
 */
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

/**
 * Counts the characters at the beginning that are in a set.
 * @param s	string
 * @param accept	the set
 * @return	how many
 */
size_t
strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(accept, s[n]) != NULL)
		n++;
	return (n);
}

/**
 * Counts the characters at the beginning that are not in a set.
 * @param s	string
 * @param reject	the set
 * @return	how many
 */
size_t
strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (strchr(reject, s[n]) == NULL)
		n++;
	return (n);
}

/**
 * Finds the first character that is in a set.
 * @param s	string
 * @param accept	the set
 * @return	where it is, or NULL
 */
char *
strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return (*s != '\0' ? (char *)s : NULL);
}

/**
 * Cuts a string at the next delimiter; two of them side by side have an empty
 * part between.
 * @param s	the string, which is written to; set to what follows, or NULL
 * @param delimiters	characters
 * @return	the part before the delimiter; NULL when *s is NULL
 */
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

/**
 * Cuts the next word that is not empty out of a string.
 * @param s	the string, which is written to; NULL: go on in *rest
 * @param delimiters	characters
 * @param rest	set to what follows, or NULL
 * @return	the word; NULL at the end
 */
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

/**
 * strtok_r() with one state of the whole program: not for threads.
 * @param s	the string, which is written to; NULL: go on in the last one
 * @param delimiters	characters
 * @return	the word; NULL at the end
 */
char *
strtok(char *s, const char *delimiters)
{
	static char *rest;

	return (strtok_r(s, delimiters, &rest));
}
