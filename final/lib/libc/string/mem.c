/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory.  The processor's own string instructions are the fastest there are
 * in an emulator that counts instructions, and short.
 */
#include <string.h>

/** Copies; the areas must not overlap. */
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

/** Copies; the areas may overlap. */
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

/** Fills. */
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

/** Compares as unsigned bytes. */
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

/** Finds a byte. */
void *
memchr(const void *p, int c, size_t n)
{
	for (const uint8_t *s = p; n > 0; s++, n--)
		if (*s == (uint8_t)c)
			return ((void *)s);
	return (NULL);
}

/** Finds the last such byte. */
void *
memrchr(const void *p, int c, size_t n)
{
	const uint8_t *s = p;

	while (n-- > 0)
		if (s[n] == (uint8_t)c)
			return ((void *)(s + n));
	return (NULL);
}

/** Copies up to a byte, and that; what follows it in dst, or NULL. */
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

/** Finds bytes in bytes. */
void *
memmem(const void *big, size_t nbig, const void *small, size_t nsmall)
{
	const char *b = big;

	for (; nbig >= nsmall; b++, nbig--)
		if (memcmp(b, small, nsmall) == 0)
			return ((void *)b);
	return (NULL);
}

/** Clears. */
void
bzero(void *p, size_t n)
{
	memset(p, 0, n);
}

/** Clears, also what nobody reads any more. */
void
explicit_bzero(void *p, size_t n)
{
	memset(p, 0, n);
	__asm __volatile("" : : "r"(p) : "memory");
}

/** Copies; the areas may overlap. */
void
bcopy(const void *src, void *dst, size_t n)
{
	memmove(dst, src, n);
}

/** Whether bytes differ. */
int
bcmp(const void *a, const void *b, size_t n)
{
	return (memcmp(a, b, n));
}

/** Lowest bit that is set, from 1, or 0. */
int
ffs(int n)
{
	return (__builtin_ffs(n));
}

/** Lowest bit that is set, from 1, or 0. */
int
ffsl(long n)
{
	return (__builtin_ffsl(n));
}

/** Highest bit that is set, from 1, or 0. */
int
fls(int n)
{
	return (n == 0 ? 0 : 32 - __builtin_clz((unsigned)n));
}

/** Highest bit that is set, from 1, or 0. */
int
flsl(long n)
{
	return (n == 0 ? 0 : 64 - __builtin_clzl((unsigned long)n));
}
