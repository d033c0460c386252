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

/**
 * Begins a sequence of random(), which is the program's, not the thread's.
 * @param seed	the same one begins the same sequence
 */
void
srandom(unsigned long seed)
{
	state = seeded(seed);
}

/**
 * The next number of a sequence, which can be guessed.
 * @return	0 to RAND_MAX, 2^31 - 1
 */
long
random(void)
{
	return ((long)(step(&state) >> 33));
}

/**
 * As srandom(): it is one sequence.
 * @param seed	the same one begins the same sequence
 */
void
srand(unsigned seed)
{
	srandom(seed);
}

/**
 * As random(): it is one sequence.
 * @return	0 to RAND_MAX, 2^31 - 1
 */
int
rand(void)
{
	return ((int)random());
}

/**
 * A number of a sequence whose state is the caller's.
 * @param seed	state; changed
 * @return	0 to RAND_MAX, 2^31 - 1
 */
int
rand_r(unsigned *seed)
{
	uint64_t s = seeded(*seed);

	*seed += 1;
	return ((int)(step(&s) >> 33));
}

/**
 * Fills with bytes that nobody can guess: getrandom(2)'s.
 * @param p	where
 * @param n	bytes
 */
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

/**
 * A number that nobody can guess.
 * @return	32 bits
 */
uint32_t
arc4random(void)
{
	uint32_t n;

	arc4random_buf(&n, sizeof(n));
	return (n);
}

/**
 * A number that nobody can guess, each as often as any other.
 * @param bound	how many there are
 * @return	0 to bound - 1; 0 if bound is 0
 */
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
