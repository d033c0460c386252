/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory.  The processor's own string instructions are the fastest there are
 * in an emulator that counts instructions, and short.
 */
#include <string.h>

/**
 * Copies; the areas must not overlap.
 * @param dst	where to
 * @param src	where from
 * @param n	bytes
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
 * Copies; the areas may overlap.
 * @param dst	where to
 * @param src	where from
 * @param n	bytes
 * @return	dst
 */
void *
memmove(void *dst, const void *src, size_t n)
{
	char *d = (char *)dst + n;
	const char *s = (const char *)src + n;

	if ((uintptr_t)dst - (uintptr_t)src >= n)
		return (memcpy(dst, src, n));
	/* From the end: no direction flag, which a signal would find set. */
	for (; n >= 8; n -= 8) {
		uint64_t word;

		d -= 8;
		s -= 8;
		__builtin_memcpy(&word, s, 8);
		__builtin_memcpy(d, &word, 8);
	}
	while (n-- > 0)
		*--d = *--s;
	return (dst);
}

/**
 * Fills with one byte.
 * @param dst	where
 * @param c	the byte, its lower 8 bits
 * @param n	bytes
 * @return	dst
 */
void *
memset(void *dst, int c, size_t n)
{
	void *d = dst;
	uint64_t pattern = (uint8_t)c * 0x0101010101010101UL;
	size_t words = n / 8;

	n %= 8;
	__asm __volatile("rep stosq"
			 : "+D"(d), "+c"(words)
			 : "a"(pattern)
			 : "memory");
	__asm __volatile("rep stosb"
			 : "+D"(d), "+c"(n)
			 : "a"(pattern)
			 : "memory");
	return (dst);
}

/**
 * Compares as unsigned bytes.
 * @param a	bytes
 * @param b	others
 * @param n	how many
 * @return	below 0, 0, above 0: a is before b, the same, behind b
 */
int
memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n >= 8; n -= 8, x += 8, y += 8) {
		uint64_t v, w;

		__builtin_memcpy(&v, x, 8);
		__builtin_memcpy(&w, y, 8);
		if (v != w) {
			v = __builtin_bswap64(v);
			w = __builtin_bswap64(w);
			return (v < w ? -1 : 1);
		}
	}
	for (; n > 0; n--, x++, y++)
		if (*x != *y)
			return (*x - *y);
	return (0);
}

/**
 * Finds the first such byte.
 * @param p	where to look
 * @param c	the byte, its lower 8 bits
 * @param n	bytes
 * @return	where it is, or NULL
 */
void *
memchr(const void *p, int c, size_t n)
{
	for (const uint8_t *s = p; n > 0; s++, n--)
		if (*s == (uint8_t)c)
			return ((void *)s);
	return (NULL);
}

/**
 * Finds the last such byte.
 * @param p	where to look
 * @param c	the byte, its lower 8 bits
 * @param n	bytes
 * @return	where it is, or NULL
 */
void *
memrchr(const void *p, int c, size_t n)
{
	const uint8_t *s = p;

	while (n-- > 0)
		if (s[n] == (uint8_t)c)
			return ((void *)(s + n));
	return (NULL);
}

/**
 * Copies up to a byte, and that.
 * @param dst	where to
 * @param src	where from; must not overlap dst
 * @param c	the byte, its lower 8 bits
 * @param n	most bytes
 * @return	what follows the byte in dst; NULL: it was not among the n
 */
void *
memccpy(void *dst, const void *src, int c, size_t n)
{
	const void *end = memchr(src, c, n);

	if (end == NULL) {
		memcpy(dst, src, n);
		return (NULL);
	}
	n = (size_t)((const char *)end - (const char *)src) + 1;
	memcpy(dst, src, n);
	return ((char *)dst + n);
}

/**
 * Finds bytes in bytes: their first place.
 * @param big	where to look
 * @param nbig	bytes there
 * @param small	what for
 * @param nsmall	bytes of it; 0: they are at the beginning
 * @return	where they are, or NULL
 */
void *
memmem(const void *big, size_t nbig, const void *small, size_t nsmall)
{
	const char *b = big;

	for (; nbig >= nsmall; b++, nbig--)
		if (memcmp(b, small, nsmall) == 0)
			return ((void *)b);
	return (NULL);
}

/**
 * Fills with zeros.
 * @param p	where
 * @param n	bytes
 */
void
bzero(void *p, size_t n)
{
	memset(p, 0, n);
}

/**
 * Fills with zeros, also what nobody reads any more: the compiler leaves it in.
 * @param p	where
 * @param n	bytes
 */
void
explicit_bzero(void *p, size_t n)
{
	memset(p, 0, n);
	__asm __volatile("" : : "r"(p) : "memory");
}

/**
 * Copies; the areas may overlap. The order of arguments is not memmove()'s.
 * @param src	where from
 * @param dst	where to
 * @param n	bytes
 */
void
bcopy(const void *src, void *dst, size_t n)
{
	memmove(dst, src, n);
}

/**
 * Whether bytes differ.
 * @param a	bytes
 * @param b	others
 * @param n	how many
 * @return	0: they are the same
 */
int
bcmp(const void *a, const void *b, size_t n)
{
	return (memcmp(a, b, n));
}

/**
 * Lowest bit that is set.
 * @param n	number
 * @return	1 to 32, or 0: none
 */
int
ffs(int n)
{
	return (__builtin_ffs(n));
}

/**
 * Lowest bit that is set.
 * @param n	number
 * @return	1 to 64, or 0: none
 */
int
ffsl(long n)
{
	return (__builtin_ffsl(n));
}

/**
 * Highest bit that is set.
 * @param n	number
 * @return	1 to 32, or 0: none
 */
int
fls(int n)
{
	return (n == 0 ? 0 : 32 - __builtin_clz((unsigned)n));
}

/**
 * Highest bit that is set.
 * @param n	number
 * @return	1 to 64, or 0: none
 */
int
flsl(long n)
{
	return (n == 0 ? 0 : 64 - __builtin_clzl((unsigned long)n));
}
