/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Numbers that look random, and ones that the kernel vouches for.
 */
#include <stdlib.h>
#include <unistd.h>

static uint64_t state = 1;

/* One step of xorshift64*. */
static uint64_t
step(uint64_t *s)
{
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return (*s * 0x2545f4914f6cdd1d);
}

/* A seed that is never 0. */
static uint64_t
seeded(uint64_t seed)
{
	return (seed * 0x9e3779b97f4a7c15 + 0x632be59bd9b4e019);
}

/** Begins a sequence of random(). */
void
srandom(unsigned long seed)
{
	state = seeded(seed);
}

/** A number from 0 to RAND_MAX. */
long
random(void)
{
	return ((long)(step(&state) >> 33));
}

/** As srandom(). */
void
srand(unsigned seed)
{
	srandom(seed);
}

/** As random(). */
int
rand(void)
{
	return ((int)random());
}

/** A number whose state is the caller's. */
int
rand_r(unsigned *seed)
{
	uint64_t s = seeded(*seed);

	*seed += 1;
	return ((int)(step(&s) >> 33));
}

/** Fills with bytes that nobody can guess. */
void
arc4random_buf(void *p, size_t n)
{
	char *s = p;
	int got;

	while (n > 0) {
		got = getrandom(s, n < 256 ? n : 256, 0);
		if (got <= 0)
			abort();
		s += got;
		n -= (size_t)got;
	}
}

/** 32 such bits. */
uint32_t
arc4random(void)
{
	uint32_t n;

	arc4random_buf(&n, sizeof(n));
	return (n);
}

/** Such a number below a bound, each as often as any other. */
uint32_t
arc4random_uniform(uint32_t bound)
{
	uint32_t n, least;

	if (bound < 2)
		return (0);
	/* The first 2^32 mod bound numbers would come once too often. */
	least = -bound % bound;
	do {
		n = arc4random();
	} while (n < least);
	return (n % bound);
}
