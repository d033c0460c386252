/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Floating-point numbers in decimal, exactly.
 *
 * A double is m * 2^e with a whole m.  It is written out in full, in base 10^9
 * and as many digits as it has (309 before the point, 1074 behind it), and
 * rounded there, to the nearest and of two to the even one.  That costs a few
 * microseconds, and is right.
 */
#include <string.h>
#include "libc_private.h"

#define BASE   1000000000U
#define WHOLE  36  /* groups of nine digits before the point */
#define GROUPS 160 /* and all of them: 36 + 1074 / 9 + spare */
#define DIGITS (GROUPS * 9)

/* Decimal digits: digits[0, point) are before the point. */
struct decimal {
	char digits[DIGITS + 1];
	int n;	   /* how many */
	int point; /* may be any number if they are one with an exponent */
};

/* Groups of m * 2^e; group WHOLE - 1 is the units. */
static void
expand(double value, uint32_t *g)
{
	uint64_t bits, m;
	int e;

	memcpy(&bits, &value, sizeof(bits));
	m = bits & 0xfffffffffffff;
	e = (int)(bits >> 52 & 0x7ff);
	if (e != 0)
		m |= 1UL << 52;
	else
		e = 1;
	e -= 1075;
	memset(g, 0, GROUPS * sizeof(*g));
	for (int i = WHOLE - 1; m != 0; i--, m /= BASE)
		g[i] = (uint32_t)(m % BASE);
	for (; e > 0; e -= e < 29 ? e : 29) {
		uint64_t carry = 0;
		int shift = e < 29 ? e : 29;

		for (int i = WHOLE - 1; i >= 0; i--) {
			carry += (uint64_t)g[i] << shift;
			g[i] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
	}
	for (; e < 0; e += -e < 9 ? -e : 9) {
		int shift = -e < 9 ? -e : 9;
		uint64_t rest = 0;

		/* 10^9 is a multiple of 2^9: nothing is lost at the end. */
		for (int i = 0; i < GROUPS; i++) {
			rest = rest * BASE + g[i];
			g[i] = (uint32_t)(rest >> shift);
			rest &= (1UL << shift) - 1;
		}
	}
}

static void
to_digits(double value, struct decimal *d)
{
	uint32_t g[GROUPS];
	char all[DIGITS];
	int first = 0, last = DIGITS;

	expand(value, g);
	for (int i = 0; i < GROUPS; i++) {
		uint32_t group = g[i];

		for (int j = 8; j >= 0; j--, group /= 10)
			all[i * 9 + j] = (char)('0' + group % 10);
	}
	while (first < WHOLE * 9 - 1 && all[first] == '0')
		first++;
	while (last > WHOLE * 9 && all[last - 1] == '0')
		last--;
	d->n = last - first;
	d->point = WHOLE * 9 - first;
	memcpy(d->digits, all + first, (size_t)d->n);
}

/* Drops leading zeros, so that the first digit counts (unless all are 0). */
static void
normalize(struct decimal *d)
{
	int zeros = 0;

	while (zeros < d->n - 1 && d->digits[zeros] == '0')
		zeros++;
	memmove(d->digits, d->digits + zeros, (size_t)(d->n - zeros));
	d->n -= zeros;
	d->point -= zeros;
	if (d->n == 1 && d->digits[0] == '0')
		d->point = 1;
}

/* Keeps `keep` digits, which may be 0. */
static void
round_to(struct decimal *d, int keep)
{
	bool up;
	int i;

	if (keep >= d->n || keep < 0)
		return;
	up = d->digits[keep] > '5';
	if (d->digits[keep] == '5') {
		for (i = keep + 1; i < d->n && d->digits[i] == '0'; i++)
			;
		up = i < d->n || (keep > 0 && (d->digits[keep - 1] & 1) != 0);
	}
	d->n = keep;
	for (i = keep - 1; up && i >= 0; i--) {
		up = d->digits[i] == '9';
		d->digits[i] = up ? '0' : (char)(d->digits[i] + 1);
	}
	if (up) {
		memmove(d->digits + 1, d->digits, (size_t)d->n);
		d->digits[0] = '1';
		d->n++;
		d->point++;
	}
	if (d->n == 0) {
		d->digits[0] = '0';
		d->n = 1;
		d->point = 1;
	}
}

static char
digit_at(const struct decimal *d, int i)
{
	return (i >= 0 && i < d->n ? d->digits[i] : '0');
}

/* Digits with a point: `behind` of them follow it. */
static int
fixed(const struct decimal *d, int behind, bool alternate, char *buf)
{
	int n = 0;

	if (d->point < 1)
		buf[n++] = '0';
	for (int i = 0; i < d->point; i++)
		buf[n++] = digit_at(d, i);
	if (behind > 0 || alternate)
		buf[n++] = '.';
	for (int i = 0; i < behind; i++)
		buf[n++] = digit_at(d, d->point + i);
	return (n);
}

/* One digit, a point, more digits, an exponent. */
static int
scientific(const struct decimal *d, int behind, bool alternate, char *buf)
{
	int e = d->point - 1, n = 0;

	buf[n++] = d->digits[0];
	if (behind > 0 || alternate)
		buf[n++] = '.';
	for (int i = 1; i <= behind; i++)
		buf[n++] = digit_at(d, i);
	buf[n++] = 'e';
	buf[n++] = e < 0 ? '-' : '+';
	if (e < 0)
		e = -e;
	if (e >= 100)
		buf[n++] = (char)('0' + e / 100);
	buf[n++] = (char)('0' + e / 10 % 10);
	buf[n++] = (char)('0' + e % 10);
	return (n);
}

/* 'g': whichever is shorter, without zeros at the end. */
static int
shortest(struct decimal *d, int precision, bool alternate, char *buf)
{
	int e, digits;

	if (precision == 0)
		precision = 1;
	round_to(d, precision);
	e = d->point - 1;
	digits = precision;
	if (!alternate) {
		while (d->n > 1 && d->digits[d->n - 1] == '0')
			d->n--;
		if (digits > d->n)
			digits = d->n;
	}
	if (e < -4 || e >= precision)
		return (scientific(d, digits - 1, alternate, buf));
	digits -= d->point;
	return (fixed(d, digits > 0 ? digits : 0, alternate, buf));
}

/**
 * Converts a number that is finite and has no sign.
 * @param value		number
 * @param conversion	'e', 'f' or 'g'
 * @param precision	digits as printf means them; -1 is 6; cut at 1200
 * @param alternate	printf's '#'
 * @param buf		gets the characters, no NUL
 * @param size		its bytes: DTOA_MAX
 * @return		how many
 */
int
__dtoa(double value, char conversion, int precision, bool alternate, char *buf,
    size_t size __unused)
{
	struct decimal d;

	if (precision < 0)
		precision = 6;
	if (precision > 1200)
		precision = 1200;
	to_digits(value, &d);
	if (conversion == 'f') {
		round_to(&d, d.point + precision);
		return (fixed(&d, precision, alternate, buf));
	}
	normalize(&d);
	if (conversion == 'e') {
		round_to(&d, precision + 1);
		return (scientific(&d, precision, alternate, buf));
	}
	return (shortest(&d, precision, alternate, buf));
}
