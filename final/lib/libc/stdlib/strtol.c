/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Numbers from strings.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include "libc_private.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'z')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'Z')
		return (c - 'A' + 10);
	return (INT_MAX);
}

/**
 * Reads a number: blanks, a sign, a prefix of the base, digits.
 * @param s		text
 * @param end		gets what follows, or s if there is no number; NULL
 * @param base		2 to 36, or 0: the prefix says it
 * @param negative	gets whether there was a minus
 * @param overflow	gets whether it is too large
 * @return		the number without its sign; errno is EINVAL for a base
 *			that is none
 */
unsigned long
__strtoul(const char *s, char **end, int base, bool *negative, bool *overflow)
{
	const char *p = s;
	unsigned long n = 0;
	int d;

	*negative = *overflow = false;
	if (end != NULL)
		*end = (char *)s;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		return (0);
	}
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		*negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' &&
	    (p[1] == 'x' || p[1] == 'X') && digit(p[2]) < 16) {
		p += 2;
		base = 16;
	} else if (base == 0) {
		base = *p == '0' ? 8 : 10;
	}
	if (digit(*p) >= base) {
		*negative = false;
		return (0);
	}
	for (; (d = digit(*p)) < base; p++)
		if (__builtin_mul_overflow(n, (unsigned long)base, &n) ||
		    __builtin_add_overflow(n, (unsigned long)d, &n))
			*overflow = true;
	if (end != NULL)
		*end = (char *)p;
	return (n);
}

/**
 * Reads a number after blanks and a sign.
 * @param s	text
 * @param end	gets what follows, s if there is no number; or NULL
 * @param base	2 to 36; 0: 8 after 0, 16 after 0x, else 10
 * @return	the number, a minus negates it in 64 bits; 0 if there is none; 0
 *		with EINVAL: wrong base; ULONG_MAX with ERANGE: too large
 */
unsigned long
strtoul(const char *s, char **end, int base)
{
	bool negative, overflow;
	unsigned long n = __strtoul(s, end, base, &negative, &overflow);

	if (overflow) {
		errno = ERANGE;
		return (ULONG_MAX);
	}
	return (negative ? -n : n);
}

/**
 * Reads a number with a sign after blanks.
 * @param s	text
 * @param end	gets what follows, s if there is no number; or NULL
 * @param base	2 to 36; 0: 8 after 0, 16 after 0x, else 10
 * @return	the number; 0 if there is none; 0 with EINVAL: wrong base;
 *		LONG_MIN or LONG_MAX with ERANGE: beyond them
 */
long
strtol(const char *s, char **end, int base)
{
	bool negative, overflow;
	unsigned long n = __strtoul(s, end, base, &negative, &overflow);

	if (overflow || n > (unsigned long)LONG_MAX + negative) {
		errno = ERANGE;
		return (negative ? LONG_MIN : LONG_MAX);
	}
	return ((long)(negative ? -n : n));
}

/**
 * As strtoul().
 * @param s	text
 * @param end	gets what follows; or NULL
 * @param base	2 to 36, or 0
 * @return	the number
 */
unsigned long long
strtoull(const char *s, char **end, int base)
{
	return (strtoul(s, end, base));
}

/**
 * As strtol().
 * @param s	text
 * @param end	gets what follows; or NULL
 * @param base	2 to 36, or 0
 * @return	the number
 */
long long
strtoll(const char *s, char **end, int base)
{
	return (strtol(s, end, base));
}

/**
 * As strtol().
 * @param s	text
 * @param end	gets what follows; or NULL
 * @param base	2 to 36, or 0
 * @return	the number
 */
intmax_t
strtoimax(const char *s, char **end, int base)
{
	return (strtol(s, end, base));
}

/**
 * As strtoul().
 * @param s	text
 * @param end	gets what follows; or NULL
 * @param base	2 to 36, or 0
 * @return	the number
 */
uintmax_t
strtoumax(const char *s, char **end, int base)
{
	return (strtoul(s, end, base));
}

/**
 * Reads a number in base 10: strtol(), cut to 32 bits.
 * @param s	text
 * @return	the number; 0 if there is none
 */
int
atoi(const char *s)
{
	return ((int)strtol(s, NULL, 10));
}

/**
 * Reads a number in base 10: strtol().
 * @param s	text
 * @return	the number; 0 if there is none
 */
long
atol(const char *s)
{
	return (strtol(s, NULL, 10));
}

/**
 * Reads a number in base 10: strtol().
 * @param s	text
 * @return	the number; 0 if there is none
 */
long long
atoll(const char *s)
{
	return (strtol(s, NULL, 10));
}

/**
 * Reads a string that is as a whole a number in base 10 within bounds.
 * @param s	text
 * @param least	lower bound
 * @param most	upper bound
 * @param error	gets NULL, or "invalid", "too small", "too large"
 * @return	the number; 0 with EINVAL (invalid) or ERANGE
 */
long long
strtonum(const char *s, long long least, long long most, const char **error)
{
	char *end;
	int old = errno;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	*error = NULL;
	if (least > most || end == s || *end != '\0')
		*error = "invalid";
	else if ((errno == ERANGE && n < 0) || n < least)
		*error = "too small";
	else if (errno == ERANGE || n > most)
		*error = "too large";
	errno = *error == NULL ? old : **error == 'i' ? EINVAL : ERANGE;
	return (*error == NULL ? n : 0);
}

/**
 * A number without its sign.
 * @param n	number; INT_MIN has none without
 * @return	that
 */
int
abs(int n)
{
	return (n < 0 ? -n : n);
}

/**
 * A number without its sign.
 * @param n	number; LONG_MIN has none without
 * @return	that
 */
long
labs(long n)
{
	return (n < 0 ? -n : n);
}

/**
 * A number without its sign.
 * @param n	number; LLONG_MIN has none without
 * @return	that
 */
long long
llabs(long long n)
{
	return (n < 0 ? -n : n);
}

/**
 * Divides, to zero.
 * @param a	dividend
 * @param b	divisor; 0 is SIGFPE
 * @return	quotient and remainder
 */
div_t
div(int a, int b)
{
	return ((div_t){ a / b, a % b });
}

/**
 * Divides, to zero.
 * @param a	dividend
 * @param b	divisor; 0 is SIGFPE
 * @return	quotient and remainder
 */
ldiv_t
ldiv(long a, long b)
{
	return ((ldiv_t){ a / b, a % b });
}

/**
 * Divides, to zero.
 * @param a	dividend
 * @param b	divisor; 0 is SIGFPE
 * @return	quotient and remainder
 */
lldiv_t
lldiv(long long a, long long b)
{
	return ((lldiv_t){ a / b, a % b });
}
