/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Random numbers, by ChaCha20.
 *
 * Each request makes blocks with the key; the first words of each are the next
 * key and are told nobody, so that who learns the state later does not learn
 * what was handed out before.
 *
 * The key is made of the clock and, where there is one, the processor's own
 * generator (RDRAND), and at every request the clock is stirred in.  In an
 * emulator that counts instructions all of that is the same in every run, and
 * that is wanted.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/random.h>
#include <sys/spinlock.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

#define KEY_WORDS     8
#define OUT_WORDS     (CHACHA_WORDS - KEY_WORDS)
#define OUT_BYTES     (OUT_WORDS * sizeof(uint32_t))
#define SEED_ROUNDS   4
#define CPUID2_RDRAND 0x40000000 /* leaf 1, ECX */
#define RDRAND_TRIES  10
#define PIECE	      256 /* bytes that getrandom(2) copies at once */
/* Bytes of one call: nobody else runs on this processor meanwhile. */
#define REQUEST_MAX   (1UL << 20)

/* Protects what follows.  A leaf. */
static struct spinlock random_spin = SPINLOCK_INITIALIZER("random");
static uint32_t random_key[KEY_WORDS];
static uint32_t random_counter[4];
static bool random_seeded;

static bool
has_rdrand(void)
{
	u_int p[4];

	do_cpuid(1, p);
	return ((p[2] & CPUID2_RDRAND) != 0);
}

/* A word of the processor's; it may have none for a while. */
static uint64_t
rdrand(void)
{
	uint64_t v = 0;
	bool ok = false;

	for (u_int i = 0; i < RDRAND_TRIES && !ok; i++)
		__asm __volatile("rdrand %0" : "=r"(v), "=@ccc"(ok));
	return (v);
}

/* The next block; its first words are the key from now on. */
static void
next_block(uint32_t *block)
{
	random_counter[0]++;
	chacha20_block(random_key, random_counter, block);
	memcpy(random_key, block, sizeof(random_key));
}

static void
stir(uint64_t v)
{
	random_counter[2] ^= (uint32_t)v;
	random_counter[3] ^= (uint32_t)(v >> 32);
}

static void
seed(void)
{
	uint32_t block[CHACHA_WORDS];
	bool rd = has_rdrand();

	for (u_int i = 0; i < SEED_ROUNDS; i++) {
		stir(cputimer_count());
		next_block(block);
		if (rd)
			stir(rdrand());
		next_block(block);
	}
	bzero(block, sizeof(block));
	random_seeded = true;
}

/**
 * Fills memory with random bytes.  Callable from interrupts.
 * @param buf	kernel memory
 * @param n	bytes
 */
void
read_random(void *buf, size_t n)
{
	uint32_t block[CHACHA_WORDS];
	char *to = buf;
	size_t part;

	spin_lock(&random_spin);
	if (!random_seeded)
		seed();
	stir(cputimer_count());
	for (; n > 0; n -= part, to += part) {
		part = MIN(n, OUT_BYTES);
		next_block(block);
		memcpy(to, block + KEY_WORDS, part);
	}
	bzero(block, sizeof(block));
	spin_unlock(&random_spin);
}

/** @return a random word */
uint32_t
krandom(void)
{
	uint32_t v;

	read_random(&v, sizeof(v));
	return (v);
}

/**
 * getrandom(buf, len, flags): random bytes.
 * @param sysmsg	result: bytes; REQUEST_MAX at most, or fewer after a signal
 * @param uap		flags: GRND_*, which change nothing
 * @return		0; EINVAL: flags; EFAULT
 */
int
sys_getrandom(struct sysmsg *sysmsg, const struct getrandom_args *uap)
{
	size_t left = MIN(uap->len, REQUEST_MAX), part;
	char piece[PIECE], *to = uap->buf;
	int error = 0;

	if ((uap->flags & ~(GRND_RANDOM | GRND_NONBLOCK | GRND_INSECURE)) != 0)
		return (EINVAL);
	while (left > 0 && error == 0) {
		part = MIN(left, sizeof(piece));
		read_random(piece, part);
		error = copyout(piece, to, part);
		if (error == 0) {
			to += part;
			left -= part;
			if (left > 0 && curproc_sigintr())
				break;
		}
	}
	bzero(piece, sizeof(piece));
	if (error == 0)
		sysmsg->sysmsg_szresult = (size_t)(to - (char *)uap->buf);
	return (error);
}
