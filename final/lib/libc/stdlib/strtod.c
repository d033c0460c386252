/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Floating-point numbers from strings.
 *
 * Fifteen digits and the powers of ten up to 22 are doubles exactly: of these
 * the result is the nearest one.  Others are worked out in extended numbers,
 * which are rounded twice: the last bit may be off.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#define DIGITS	    19
#define EXPONENT    5000 /* more is infinite, or zero */

#define EXACT	    (1UL << 53)
#define EXACT_POWER 22

static long double
power(int e)
{
	long double p = 1, b = 10;

	for (; e > 0; e >>= 1, b *= b)
		if (e & 1)
			p *= b;
	return (p);
}

/* Digits and a point; the power of ten that is missing; how many digits. */
static const char *
mantissa(const char *p, uint64_t *value, int *exponent, int *digits)
{
	bool point = false;
	int kept = 0;

	for (*digits = 0; isdigit((unsigned char)*p) || (*p == '.' && !point);
	     p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		(*digits)++;
		if (kept < DIGITS) {
			*value = *value * 10 + (uint64_t)(*p - '0');
			kept += *value != 0;
			*exponent -= point;
		} else {
			*exponent += !point;
		}
	}
	return (p);
}

/* digits * 10^e. */
static double
value_of(uint64_t digits, int e)
{
	long double x = digits;

	if (digits == 0)
		return (0);
	if (digits <= EXACT && e >= -EXACT_POWER && e <= EXACT_POWER) {
		double p = (double)power(e < 0 ? -e : e), d = (double)digits;

		return (e < 0 ? d / p : d * p);
	}
	return ((double)(e < 0 ? x / power(-e) : x * power(e)));
}

/* Infinity and what is no number. */
static const char *
special(const char *p, double *value)
{
	if (strncasecmp(p, "inf", 3) == 0) {
		*value = __builtin_inf();
		return (strncasecmp(p, "infinity", 8) == 0 ? p + 8 : p + 3);
	}
	if (strncasecmp(p, "nan", 3) == 0) {
		*value = __builtin_nan("");
		return (p + 3);
	}
	return (NULL);
}

/**
 * Reads a number in base 10, infinity or "nan", after blanks. Up to 15 digits
 * and small powers of ten the result is the nearest one; else its last bit may
 * be off.
 * @param s	text
 * @param end	gets what follows, s if there is no number; or NULL
 * @return	the number; 0 if there is none; infinity with ERANGE if it is
 *		too large
 */
double
strtod(const char *s, char **end)
{
	const char *p = s, *q;
	uint64_t digits = 0;
	int e = 0, n;
	bool negative = false;
	double d = 0;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	q = special(p, &d);
	if (q == NULL) {
		q = mantissa(p, &digits, &e, &n);
		if (n == 0) {
			if (end != NULL)
				*end = (char *)s;
			return (0);
		}
		p = q;
		if ((*p == 'e' || *p == 'E') &&
		    isdigit(
			(unsigned char)p[1 + (p[1] == '-' || p[1] == '+')])) {
			long more = strtol(p + 1, (char **)&q, 10);

			if (more > EXPONENT)
				more = EXPONENT;
			if (more < -EXPONENT)
				more = -EXPONENT;
			e += (int)more;
		}
		d = value_of(digits, e);
		if (__builtin_isinf(d))
			errno = ERANGE;
	}
	if (end != NULL)
		*end = (char *)q;
	return (negative ? -d : d);
}

/**
 * strtod() without an end.
 * @param s	text
 * @return	the number; 0 if there is none
 */
double
atof(const char *s)
{
	return (strtod(s, NULL));
}
