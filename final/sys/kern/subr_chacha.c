/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The ChaCha20 block function: 64 bytes that nobody predicts who has not the
 * key.  Source: RFC 8439, section 2.3.
 *
 * Pure: it is also compiled for Linux and tested there.
 */
#include <sys/random.h>
#include <sys/systm.h>

#define DOUBLE_ROUNDS 10

static __inline uint32_t
rotl(uint32_t v, u_int n)
{
	return (v << n | v >> (32 - n));
}

static __inline void
quarter_round(uint32_t *x, u_int a, u_int b, u_int c, u_int d)
{
	x[a] += x[b];
	x[d] = rotl(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rotl(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rotl(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rotl(x[b] ^ x[c], 7);
}

/**
 * Computes one block.
 * @param key	8 words
 * @param nonce	4 words: counter, then nonce
 * @param out	set to the block's 16 words
 */
void
chacha20_block(const uint32_t *key, const uint32_t *nonce, uint32_t *out)
{
	uint32_t in[CHACHA_WORDS] = { 0x61707865, 0x3320646e, 0x79622d32,
		0x6b206574 };

	memcpy(in + 4, key, 8 * sizeof(*key));
	memcpy(in + 12, nonce, 4 * sizeof(*nonce));
	memcpy(out, in, sizeof(in));
	for (u_int i = 0; i < DOUBLE_ROUNDS; i++) {
		quarter_round(out, 0, 4, 8, 12);
		quarter_round(out, 1, 5, 9, 13);
		quarter_round(out, 2, 6, 10, 14);
		quarter_round(out, 3, 7, 11, 15);
		quarter_round(out, 0, 5, 10, 15);
		quarter_round(out, 1, 6, 11, 12);
		quarter_round(out, 2, 7, 8, 13);
		quarter_round(out, 3, 4, 9, 14);
	}
	for (u_int i = 0; i < CHACHA_WORDS; i++)
		out[i] += in[i];
}
