/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Numbers from text.
 */
#include <sys/systm.h>

static u_int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'z')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'Z')
		return (c - 'A' + 10);
	return (~0U);
}

static bool
is_hex_prefix(const char *s)
{
	return (
	    s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16);
}

/**
 * Reads a number, after blanks and an optional sign.
 * @param s	text
 * @param end	set to the first character that is not of it; s if there is
 *		no number; may be NULL
 * @param base	2 to 36; 0: by a prefix 0x or 0, else 10
 * @return	the number; the largest one if it does not fit
 */
u_long
strtoul(const char *s, char **end, int base)
{
	const char *p = s, *first;
	bool negative = false, overflow = false;
	u_long v = 0;

	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if ((base == 0 || base == 16) && is_hex_prefix(p)) {
		p += 2;
		base = 16;
	}
	if (base == 0)
		base = *p == '0' ? 8 : 10;
	for (first = p; digit(*p) < (u_int)base; p++) {
		if (__builtin_mul_overflow(v, (u_long)base, &v) ||
		    __builtin_add_overflow(v, (u_long)digit(*p), &v))
			overflow = true;
	}
	if (end != NULL)
		*end = (char *)(uintptr_t)(p == first ? s : p);
	if (overflow)
		return (~0UL);
	return (negative ? -v : v);
}

/**
 * The same with a sign.
 * @param s	text
 * @param end	as strtoul()
 * @param base	as strtoul()
 * @return	the number; the largest or smallest one if it does not fit
 */
long
strtol(const char *s, char **end, int base)
{
	const char *p = s;
	u_long v;

	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	if (*p != '-' || digit(p[1]) >= 36) {
		v = strtoul(s, end, base);
		return (v > 0x7fffffffffffffff ? 0x7fffffffffffffff : (long)v);
	}
	v = strtoul(p + 1, end, base);
	if (end != NULL && *end == p + 1)
		*end = (char *)(uintptr_t)s;
	if (v > 0x8000000000000000)
		v = 0x8000000000000000;
	return ((long)-v);
}
