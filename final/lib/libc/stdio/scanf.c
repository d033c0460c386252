/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * sscanf(3): whole numbers, words, characters, %n and what is to be left out.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_private.h"

/* One conversion. */
struct item {
	bool skip;    /* '*': nobody gets it */
	size_t width; /* most characters, 0: any */
	char size;    /* h H l or 0 */
	char letter;
};

static const char *
parse(const char *p, struct item *item)
{
	*item = (struct item){ 0 };
	if (*p == '*') {
		item->skip = true;
		p++;
	}
	while (isdigit((unsigned char)*p))
		item->width = item->width * 10 + (size_t)(*p++ - '0');
	if (*p != '\0' && strchr("hlqjztL", *p) != NULL) {
		item->size = *p == 'h' ? 'h' : 'l';
		p++;
		if (*p == 'h' || *p == 'l') {
			item->size = *p == 'h' ? 'H' : 'l';
			p++;
		}
	}
	item->letter = *p;
	return (*p != '\0' ? p + 1 : p);
}

static void
store(const struct item *item, void *p, long n)
{
	switch (item->size) {
	case 'H':
		*(signed char *)p = (signed char)n;
		break;
	case 'h':
		*(short *)p = (short)n;
		break;
	case 0:
		*(int *)p = (int)n;
		break;
	default:
		*(long *)p = n;
		break;
	}
}

/* A number; where the text goes on, or NULL. */
static const char *
scan_number(const char *s, const struct item *item, long *n)
{
	static const char letters[] = "diuxXop",
			  bases[] = { 10, 0, 10, 16, 16, 8, 16 };
	char copy[128], *end;
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = item->width != 0 && item->width < sizeof(copy) - 1
	    ? item->width
	    : sizeof(copy) - 1;
	strlcpy(copy, s, len + 1);
	if (strchr("di", item->letter) != NULL)
		*n = strtol(
		    copy, &end, bases[strchr(letters, item->letter) - letters]);
	else
		*n = (long)strtoul(
		    copy, &end, bases[strchr(letters, item->letter) - letters]);
	return (end == copy ? NULL : s + (end - copy));
}

/* A word or characters; where the text goes on, or NULL. */
static const char *
scan_text(const char *s, const struct item *item, char *to)
{
	bool word = item->letter == 's';
	size_t n = 0,
	       most = item->width != 0 ? item->width
	    : word		       ? (size_t)-1
				       : 1;

	while (word && isspace((unsigned char)*s))
		s++;
	while (
	    n < most && s[n] != '\0' && !(word && isspace((unsigned char)s[n])))
		n++;
	if (n == 0 || (!word && n < most))
		return (NULL);
	if (to != NULL) {
		memcpy(to, s, n);
		if (word)
			to[n] = '\0';
	}
	return (s + n);
}

/**
 * Reads a string as a format says: whole numbers, words, characters, places and
 * what is to be left out.
 * @param s	string
 * @param fmt	text and conversions: d, i, u, x, X, o, p, s, c, n with *, a
 *		width and a size
 * @param ap	pointers to what gets the values
 * @return	how many got something; EOF if the string ended before the first
 */
int
vsscanf(const char *s, const char *fmt, va_list ap)
{
	const char *start = s, *next;
	struct item item;
	int got = 0;
	long n;

	while (*fmt != '\0') {
		if (isspace((unsigned char)*fmt)) {
			fmt++;
			while (isspace((unsigned char)*s))
				s++;
			continue;
		}
		if (*fmt != '%' || fmt[1] == '%') {
			fmt += *fmt == '%';
			if (*s != *fmt)
				break;
			s++;
			fmt++;
			continue;
		}
		fmt = parse(fmt + 1, &item);
		if (item.letter == 'n') {
			store(&item, va_arg(ap, void *), s - start);
			continue;
		}
		if (item.letter == 's' || item.letter == 'c') {
			next = scan_text(
			    s, &item, item.skip ? NULL : va_arg(ap, char *));
		} else if (item.letter != '\0' &&
		    strchr("diuxXop", item.letter) != NULL) {
			if (item.letter == 'p')
				item.size = 'l';
			next = scan_number(s, &item, &n);
			if (next != NULL && !item.skip)
				store(&item, va_arg(ap, void *), n);
		} else {
			break;
		}
		if (next == NULL)
			return (got == 0 && *s == '\0' ? EOF : got);
		got += !item.skip;
		s = next;
	}
	return (got == 0 && *s == '\0' && *fmt != '\0' ? EOF : got);
}

/**
 * Reads a string as a format says: vsscanf().
 * @param s	string
 * @param fmt	text and conversions
 * @return	how many got something; EOF if the string ended before the first
 */
int
sscanf(const char *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsscanf(s, fmt, ap);
	va_end(ap);
	return (n);
}
