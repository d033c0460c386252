/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opcode recogniser against an oracle that is written the other way
 * round: from the definition of the accepted strings, not from a scan.
 */
#include "hosted.h"
#include "vmx_insn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Is the string all prefixes, none of them LOCK?  (REX are 40 to 4f.) */
static bool
all_prefixes(const uint8_t *p, size_t n)
{
	static const uint8_t legacy[] = "\x26\x2e\x36\x3e\x64\x65\x66\x67"
					"\xf2\xf3";

	for (size_t i = 0; i < n; i++)
		if (p[i] >> 4 != 4 && memchr(legacy, p[i], 10) == NULL)
			return (false);
	return (true);
}

static int
oracle(const uint8_t *p, size_t n)
{
	/* k prefixes and then the opcode, k + 2 bytes, at most 15. */
	for (size_t k = 0; k <= 13 && k + 2 <= n; k++)
		if (all_prefixes(p, k) && p[k] == 0x0f && p[k + 1] == 0x05)
			return ((int)k + 2);
	/* Could more bytes make it one?  Then n of them were a beginning. */
	if (n <= 13 && all_prefixes(p, n))
		return (-1);
	if (n >= 1 && n <= 14 && all_prefixes(p, n - 1) && p[n - 1] == 0x0f)
		return (-1);
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (vmx_insn_is_syscall(data, size) != oracle(data, size))
		abort();
	return (0);
}
