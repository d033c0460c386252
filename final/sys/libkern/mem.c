/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory functions.  The compiler may call the first four by itself, so they
 * exist under their C names and must not be turned into calls to themselves.
 */
#include <sys/systm.h>

/**
 * Copies n bytes between areas that do not overlap.
 * @param dst	destination
 * @param src	source
 * @param n	number of bytes
 * @return	dst
 */
void *
memcpy(void *dst, const void *src, size_t n)
{
	void *d = dst;
	size_t words = n / 8;

	n %= 8;
	__asm __volatile("rep movsq"
			 : "+D"(d), "+S"(src), "+c"(words)
			 :
			 : "memory");
	__asm __volatile("rep movsb"
			 : "+D"(d), "+S"(src), "+c"(n)
			 :
			 : "memory");
	return (dst);
}

/**
 * Copies n bytes; the areas may overlap.
 * @param dst	destination
 * @param src	source
 * @param n	number of bytes
 * @return	dst
 */
void *
memmove(void *dst, const void *src, size_t n)
{
	const u_char *s = src;
	u_char *d = dst;

	if (d <= s || d >= s + n)
		return (memcpy(dst, src, n));
	d += n - 1;
	s += n - 1;
	__asm __volatile("std; rep movsb; cld"
			 : "+D"(d), "+S"(s), "+c"(n)
			 :
			 : "memory");
	return (dst);
}

/**
 * Fills n bytes with the byte c.
 * @param dst	destination
 * @param c	value, its low 8 bits count
 * @param n	number of bytes
 * @return	dst
 */
void *
memset(void *dst, int c, size_t n)
{
	uint64_t word = (u_char)c * 0x0101010101010101UL;
	size_t words = n / 8;
	void *d = dst;

	n %= 8;
	__asm __volatile("rep stosq"
			 : "+D"(d), "+c"(words)
			 : "a"(word)
			 : "memory");
	__asm __volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(word) : "memory");
	return (dst);
}

/**
 * Compares n bytes.
 * @param a	one area
 * @param b	the other
 * @param n	number of bytes
 * @return	0 if equal, else the sign of the first difference, as unsigned
 *		bytes
 */
int
memcmp(const void *a, const void *b, size_t n)
{
	const u_char *p = a, *q = b;

	for (; n != 0; n--, p++, q++)
		if (*p != *q)
			return (*p - *q);
	return (0);
}

/**
 * Fills n bytes with zero.
 * @param dst	destination
 * @param n	number of bytes
 */
void
bzero(void *dst, size_t n)
{
	memset(dst, 0, n);
}
