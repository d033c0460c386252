/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Formats of the printf family: all of C11 but wide characters and %a.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include "printf.h"

/* One conversion. */
struct conversion {
	bool left, plus, blank, alternate, zero; /* flags */
	int width;				 /* least characters */
	int precision;				 /* -1: none given */
	char size;				 /* h H l q j z t L or 0 */
	char letter;				 /* what is converted */
};

static void
put(struct sink *sink, const char *p, size_t n)
{
	if (!sink->failed && n > 0 && !sink->put(sink, p, n))
		sink->failed = true;
	sink->total += n;
}

static void
pad(struct sink *sink, char c, long n)
{
	char some[32];

	memset(some, c, sizeof(some));
	for (; n > 0; n -= (long)sizeof(some))
		put(sink, some,
		    n < (long)sizeof(some) ? (size_t)n : sizeof(some));
}

/*
 * Blanks, prefix, zeros, the text, blanks: whatever makes up the width.  Zeros
 * are `zeros`, or all that is missing if the conversion says so.
 */
static void
put_field(struct sink *sink, const struct conversion *c, const char *prefix,
    long zeros, const char *text, size_t n)
{
	long missing = (long)c->width - (long)strlen(prefix) - zeros - (long)n;

	if (c->zero && !c->left && missing > 0) {
		zeros += missing;
		missing = 0;
	}
	if (!c->left)
		pad(sink, ' ', missing);
	put(sink, prefix, strlen(prefix));
	pad(sink, '0', zeros);
	put(sink, text, n);
	if (c->left)
		pad(sink, ' ', missing);
}

static const char *
sign_of(const struct conversion *c, bool negative)
{
	return (negative ? "-" : c->plus ? "+" : c->blank ? " " : "");
}

/* A whole number in base 8, 10 or 16. */
static void
put_number(
    struct sink *sink, struct conversion *c, unsigned long n, bool negative)
{
	const char *digits = c->letter == 'X' ? "0123456789ABCDEF"
					      : "0123456789abcdef";
	char text[24], *p = text + sizeof(text);
	unsigned base = c->letter == 'o'       ? 8
	    : strchr("xXp", c->letter) != NULL ? 16
					       : 10;
	const char *prefix = "";
	bool none = n == 0;
	long len, zeros;

	for (; n != 0; n /= base)
		*--p = digits[n % base];
	len = text + (long)sizeof(text) - p;
	if (none && c->precision != 0) {
		*--p = '0';
		len = 1;
	}
	if (c->letter == 'd' || c->letter == 'i')
		prefix = sign_of(c, negative);
	else if (c->letter == 'p' || (c->alternate && base == 16 && !none))
		prefix = c->letter == 'X' ? "0X" : "0x";
	zeros = c->precision > len ? c->precision - len : 0;
	if (c->alternate && base == 8 && zeros == 0 && (len == 0 || *p != '0'))
		zeros = 1;
	if (c->precision >= 0)
		c->zero = false;
	put_field(sink, c, prefix, zeros, p, (size_t)len);
}

static long
signed_argument(const struct conversion *c, va_list *ap)
{
	switch (c->size) {
	case 'H':
		return ((signed char)va_arg(*ap, int));
	case 'h':
		return ((short)va_arg(*ap, int));
	case 0:
		return (va_arg(*ap, int));
	default:
		return (va_arg(*ap, long));
	}
}

static unsigned long
unsigned_argument(const struct conversion *c, va_list *ap)
{
	switch (c->size) {
	case 'H':
		return ((unsigned char)va_arg(*ap, int));
	case 'h':
		return ((unsigned short)va_arg(*ap, int));
	case 0:
		return (va_arg(*ap, unsigned));
	default:
		return (va_arg(*ap, unsigned long));
	}
}

static void
put_double(struct sink *sink, struct conversion *c, double d)
{
	char text[DTOA_MAX];
	bool negative = __builtin_signbit(d) != 0;
	const char *sign = sign_of(c, negative);
	bool capital = c->letter >= 'A' && c->letter <= 'Z';
	char letter = (char)(capital ? c->letter + 'a' - 'A' : c->letter);
	int n;

	if (__builtin_isinf(d) || __builtin_isnan(d)) {
		c->zero = false;
		put_field(sink, c, sign, 0,
		    __builtin_isnan(d) ? (capital ? "NAN" : "nan")
				       : (capital ? "INF" : "inf"),
		    3);
		return;
	}
	n = __dtoa(negative ? -d : d, letter, c->precision, c->alternate, text,
	    sizeof(text));
	for (int i = 0; capital && i < n; i++)
		if (text[i] == 'e')
			text[i] = 'E';
	put_field(sink, c, sign, 0, text, (size_t)n);
}

static void
put_string(struct sink *sink, const struct conversion *c, const char *s)
{
	if (s == NULL)
		s = "(null)";
	put_field(sink, c, "", 0, s,
	    c->precision >= 0 ? strnlen(s, (size_t)c->precision) : strlen(s));
}

static void
store_total(const struct sink *sink, const struct conversion *c, va_list *ap)
{
	void *p = va_arg(*ap, void *);

	switch (c->size) {
	case 'H':
		*(signed char *)p = (signed char)sink->total;
		break;
	case 'h':
		*(short *)p = (short)sink->total;
		break;
	case 0:
		*(int *)p = (int)sink->total;
		break;
	default:
		*(long *)p = (long)sink->total;
		break;
	}
}

/* A number of the format, or `*`: an argument. */
static const char *
number(const char *p, int *n, va_list *ap)
{
	if (*p == '*') {
		*n = va_arg(*ap, int);
		return (p + 1);
	}
	for (*n = 0; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, *p - '0', n))
			*n = INT_MAX;
	return (p);
}

/* Flags, width, precision, size, letter; where the format goes on. */
static const char *
parse(const char *p, struct conversion *c, va_list *ap)
{
	*c = (struct conversion){ .precision = -1 };
	for (;; p++) {
		if (*p == '-')
			c->left = true;
		else if (*p == '+')
			c->plus = true;
		else if (*p == ' ')
			c->blank = true;
		else if (*p == '#')
			c->alternate = true;
		else if (*p == '0')
			c->zero = true;
		else
			break;
	}
	p = number(p, &c->width, ap);
	if (c->width < 0) {
		c->left = true;
		c->width = c->width == INT_MIN ? INT_MAX : -c->width;
	}
	if (*p == '.') {
		p = number(p + 1, &c->precision, ap);
		if (c->precision < 0)
			c->precision = -1;
	}
	if (*p != '\0' && strchr("hlqjztL", *p) != NULL) {
		c->size = *p++;
		if (c->size == 'h' && *p == 'h') {
			c->size = 'H';
			p++;
		} else if (c->size == 'l' && *p == 'l') {
			p++;
		}
	}
	c->letter = *p;
	return (*p != '\0' ? p + 1 : p);
}

static void
convert(struct sink *sink, struct conversion *c, va_list *ap)
{
	long n;
	char letter;

	switch (c->letter) {
	case 'd':
	case 'i':
		n = signed_argument(c, ap);
		put_number(sink, c,
		    n < 0 ? -(unsigned long)n : (unsigned long)n, n < 0);
		break;
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		put_number(sink, c, unsigned_argument(c, ap), false);
		break;
	case 'p':
		put_number(sink, c, (unsigned long)va_arg(*ap, void *), false);
		break;
	case 'c':
		letter = (char)va_arg(*ap, int);
		put_field(sink, c, "", 0, &letter, 1);
		break;
	case 's':
		put_string(sink, c, va_arg(*ap, const char *));
		break;
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		put_double(sink, c,
		    c->size == 'L' ? (double)va_arg(*ap, long double)
				   : va_arg(*ap, double));
		break;
	case 'm':
		put_string(sink, c, strerror(errno));
		break;
	case 'n':
		store_total(sink, c, ap);
		break;
	default: /* also %% */
		put(sink, &c->letter, c->letter != '\0');
		break;
	}
}

/**
 * Writes what a format says to a sink: all of C11 but wide characters and %a.
 * @param sink	takes the characters
 * @param fmt	text and conversions
 * @param ap	arguments; they stay the caller's
 * @return	characters, or -1: EOVERFLOW, or what the sink's errno says
 */
int
__vformat(struct sink *sink, const char *fmt, va_list ap)
{
	const char *percent;
	struct conversion c;
	va_list args;

	va_copy(args, ap);
	for (;;) {
		percent = strchrnul(fmt, '%');
		put(sink, fmt, (size_t)(percent - fmt));
		if (*percent == '\0')
			break;
		fmt = parse(percent + 1, &c, &args);
		convert(sink, &c, &args);
	}
	va_end(args);
	if (sink->failed)
		return (-1);
	if (sink->total > INT_MAX) {
		errno = EOVERFLOW;
		return (-1);
	}
	return ((int)sink->total);
}
