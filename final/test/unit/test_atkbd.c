/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a keyboard's scan codes to characters.
 */
#include "hosted.h"
#include <machine/atkbd.h>

#define KEYS(codes, want)                                                      \
	keys(codes, sizeof(codes) - 1, want, sizeof(want) - 1, __LINE__)

static struct atkbd_state ak;

static void
keys(const char *codes, size_t n, const char *want, size_t want_n, int line)
{
	char out[64], seq[ATKBD_MAXSEQ];
	size_t got = 0;
	unsigned m;

	for (size_t i = 0; i < n; i++) {
		m = atkbd_decode(&ak, codes[i], seq);
		assert_true(m <= ATKBD_MAXSEQ && got + m <= sizeof(out));
		memcpy(out + got, seq, m);
		got += m;
	}
	if (got != want_n || memcmp(out, want, got) != 0)
		fail_msg("line %d: \"%.*s\"", line, (int)got, out);
}

static void
characters(void **state)
{
	(void)state;
	memset(&ak, 0, sizeof(ak));
	KEYS("\x1e\x9e\x30\xb0\x02\x82\x39\xb9\x1c\x9c", "ab1 \r");
	KEYS("\x01\x0e\x0f\x2b\x29\x28", "\x1b\x7f\t\\`'");
	KEYS("\x2a\x1e\x9e\x02\x2b\x29\xaa\x1e", "A!|~a");
	KEYS("\x36\x35\xb6\x35", "?/");
}

static void
modifiers(void **state)
{
	(void)state;
	memset(&ak, 0, sizeof(ak));
	KEYS("\x1d\x2e\x1e\x1a\x39\x9d\x2e", "\x03\x01\x1b\0c");
	KEYS("\xe0\x1d\x2e\xe0\x9d\x2e",
	    "\x03"
	    "c");
	KEYS("\x38\x1e\xb8\x1e",
	    "\x1b"
	    "aa");
	KEYS("\x3a\xba\x1e\x02\x2a\x1e\xaa", "A1a"); /* Caps Lock */
	KEYS("\x3a\xba\x1e", "a");
}

static void
cursor(void **state)
{
	(void)state;
	memset(&ak, 0, sizeof(ak));
	KEYS("\xe0\x48\xe0\xc8\xe0\x50\xe0\x4d\xe0\x4b",
	    "\x1b[A\x1b[B\x1b[C\x1b[D");
	KEYS("\xe0\x2a\xe0\x53\xe0\xd3\xe0\xaa\x1e", "\x1b[3~a");
	KEYS("\xe0\x1c\xe0\x35", "\r/");
	KEYS("\xe1\x1d\x45\xe1\x9d\xc5\x1e", "a");	   /* Pause */
	KEYS("\x3b\xbb\x57\x54\xff\x7f\xe0\x7f\x1e", "a"); /* no characters */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters),
		cmocka_unit_test(modifiers),
		cmocka_unit_test(cursor),
	};

	return (RUN_TESTS(tests));
}
