/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ChaCha20 block function: the vectors of RFC 8439, 2.3.2 and A.1.
 */
#include "hosted.h"

void chacha20_block(const uint32_t *key, const uint32_t *nonce, uint32_t *out);

static void
test_rfc_example(void **state)
{
	static const uint32_t nonce[4] = { 1, 0x09000000, 0x4a000000, 0 };
	static const uint32_t want[16] = { 0xe4e7f110, 0x15593bd1, 0x1fdd0f50,
		0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
		0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5,
		0xb94e16de, 0xe883d0cb, 0x4e3c50a2 };
	uint8_t key[32];
	uint32_t words[8], out[16];

	(void)state;
	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	memcpy(words, key, sizeof(words));
	chacha20_block(words, nonce, out);
	assert_memory_equal(out, want, sizeof(out));
}

static void
test_rfc_zero(void **state)
{
	static const uint32_t zero[8];
	static const uint32_t want[4] = { 0xade0b876, 0x903df1a0, 0xe56a5d40,
		0x28bd8653 };
	uint32_t out[16];

	(void)state;
	chacha20_block(zero, zero, out);
	assert_memory_equal(out, want, sizeof(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rfc_example),
		cmocka_unit_test(test_rfc_zero) };

	return (RUN_TESTS(tests));
}
