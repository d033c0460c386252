/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line discipline: characters in, what a reader gets and what is shown.
 */
#include "hosted.h"
#include "tty_rig.h"

#define TYPE(s)			  rig_type(s, sizeof(s) - 1)
#define WRITE(s)		  rig_write(s, sizeof(s) - 1)
#define SIG(n)			  (1u << (n))
#define INT			  2
#define QUIT			  3
#define TSTP			  18

/* What has been shown is exactly s. */
#define assert_shown(s)		  shown(s, sizeof(s) - 1, __LINE__)
/* A read of max bytes gives exactly s, and whether it is over. */
#define assert_read(max, s, over) got(max, s, sizeof(s) - 1, over, __LINE__)

static char buf[2 * RIG_HOG];

static void
equal(const char *got_s, size_t n, const char *want, size_t want_n, int line)
{
	if (n == want_n && memcmp(got_s, want, n) == 0)
		return;
	fail_msg("line %d: %zu bytes \"%.*s\", not %zu \"%.*s\"", line, n,
	    (int)n, got_s, want_n, (int)want_n, want);
}

static void
shown(const char *want, size_t want_n, int line)
{
	size_t n = rig_shown(buf, sizeof(buf));

	equal(buf, n, want, want_n, line);
}

static void
got(size_t max, const char *want, size_t want_n, bool over, int line)
{
	bool end;
	size_t n = rig_read(buf, max, &end);

	equal(buf, n, want, want_n, line);
	if (end != over)
		fail_msg(
		    "line %d: the read is%s over", line, end ? "" : " not");
}

static void
a_line(void **state)
{
	(void)state;
	rig_reset();
	assert_false(TYPE("ab"));
	assert_false(rig_readable());
	assert_true(TYPE("c\rde"));
	assert_shown("abc\r\nde");
	assert_int_equal(rig_canread(), 4);
	assert_read(2, "ab", false);
	assert_read(100, "c\n", true);
	assert_false(rig_readable());
	assert_true(TYPE("\nfg\r"));
	assert_read(100, "de\n", true);
	assert_read(100, "fg\n", true);
}

static void
erase(void **state)
{
	(void)state;
	rig_reset();
	TYPE("\x7f"
	     "abc\x7f\x7f"
	     "d\r");
	assert_shown("abc\b \b\b \bd\r\n");
	assert_read(100, "ad\n", true);
	TYPE("\x01\x7f");
	assert_shown("^A\b \b\b \b");
	TYPE("a\t\x7f");
	assert_shown("a\t\b \b\b \b\b \b\b \b\b \b\b \b\b \b");
	TYPE("\x7f\x7f\x7f\r");
	assert_shown("\b \b\r\n");
	assert_read(100, "\n", true);
	rig_stty("-echoe");
	TYPE("xy\x7f\r");
	assert_shown("xy^?\r\n");
	assert_read(100, "x\n", true);
	rig_stty("-echo");
	TYPE("xy\x7f\r");
	assert_shown("");
	assert_read(100, "x\n", true);
}

static void
words_and_lines(void **state)
{
	(void)state;
	rig_reset();
	TYPE("ls  foo \x17");
	assert_shown("ls  foo \b \b\b \b\b \b\b \b");
	TYPE("bar\r");
	assert_shown("bar\r\n");
	assert_read(100, "ls  bar\n", true);
	TYPE("ab\x15"
	     "c\r");
	assert_shown("ab\b \b\b \bc\r\n");
	assert_read(100, "c\n", true);
	rig_stty("-echoke echok");
	TYPE("ab\x15"
	     "c\r");
	assert_shown("ab^U\r\nc\r\n");
	assert_read(100, "c\n", true);
	TYPE("ab\x12\r");
	assert_shown("ab^R\r\nab\r\n");
	assert_read(100, "ab\n", true);
	rig_stty("-iexten");
	TYPE("a \x17\r");
	assert_read(100, "a \x17\n", true);
}

/* A program writes into the line that is typed: an erase shows it again. */
static void
line_again(void **state)
{
	(void)state;
	rig_reset();
	TYPE("abc");
	WRITE("hello\n");
	TYPE("\x7f");
	assert_shown("abchello\r\n\r\nab");
	TYPE("\x7f\r");
	assert_shown("\b \b\r\n");
	assert_read(100, "a\n", true);
}

static void
end_of_file(void **state)
{
	(void)state;
	rig_reset();
	assert_true(TYPE("abc\x04"));
	assert_shown("abc^D\b\b");
	assert_int_equal(rig_canread(), 3);
	assert_read(100, "abc", true);
	assert_false(rig_readable());
	assert_true(TYPE("\x04"));
	assert_int_equal(rig_canread(), 0);
	assert_true(rig_readable());
	assert_read(100, "", true);
	assert_false(rig_readable());
	/* The end belongs to a read that is full of what was before it. */
	TYPE("abc\x04");
	assert_read(3, "abc", true);
	assert_false(rig_readable());
	TYPE("abc\x04");
	assert_read(2, "ab", false);
	assert_read(2, "c", true);
	assert_false(rig_readable());
}

static void
literal(void **state)
{
	(void)state;
	rig_reset();
	TYPE("\x16\x03\x16\x04\x16\x7f\x16\x16\r");
	assert_shown("^\b^C^\b^D^\b^?^\b^V\r\n");
	assert_int_equal(rig_signals(), 0);
	assert_read(100, "\x03\x04\x7f\x16\n", true);
}

static void
all_bytes(void **state)
{
	char all[256];

	(void)state;
	rig_reset();
	rig_stty("-icanon -isig -ixon -icrnl -echo");
	for (unsigned i = 0; i < 256; i++)
		all[i] = i;
	rig_type(all, 256);
	assert_int_equal(rig_canread(), 256);
	equal(buf, rig_read(buf, 1000, &(bool){ false }), all, 256, __LINE__);
	/* A byte 0xff is one in a line, too. */
	rig_reset();
	rig_stty("-echo");
	TYPE("\xff\xff\r");
	assert_int_equal(rig_canread(), 3);
	assert_read(100, "\xff\xff\n", true);
}

static void
signals(void **state)
{
	(void)state;
	rig_reset();
	TYPE("one\rtwo\x03");
	assert_int_equal(rig_signals(), SIG(INT));
	assert_false(rig_readable());
	assert_shown("^C");
	TYPE("x\r");
	assert_read(100, "x\n", true);
	TYPE("\x1c");
	assert_int_equal(rig_signals(), SIG(QUIT));
	TYPE("\x1a\x03");
	assert_int_equal(rig_signals(), SIG(TSTP) | SIG(INT));
	rig_stty("noflsh");
	TYPE("ab\x03"
	     "c\r");
	assert_int_equal(rig_signals(), SIG(INT));
	assert_read(100, "abc\n", true);
	rig_stty("-isig");
	TYPE("\x03\r");
	assert_int_equal(rig_signals(), 0);
	assert_read(100, "\x03\n", true);
}

static void
flow_control(void **state)
{
	(void)state;
	rig_reset();
	TYPE("\x13");
	WRITE("text");
	assert_shown("");
	TYPE("a"); /* is no ^Q */
	assert_shown("");
	TYPE("\x11");
	assert_shown("texta");
	rig_stty("ixany");
	TYPE("\x13");
	WRITE("more");
	TYPE("b");
	assert_shown("moreb");
	TYPE("\x13");
	WRITE("!");
	TYPE("\x03"); /* ends it, too, and what was written is gone */
	assert_shown("^C");
	rig_stty("-ixon -echo");
	TYPE("\x13\r");
	assert_read(100, "\x13\n", true);
}

static void
newlines(void **state)
{
	(void)state;
	rig_reset();
	rig_stty("-echo -icrnl");
	TYPE("a\rb\n");
	assert_read(100, "a\rb\n", true);
	rig_stty("igncr");
	TYPE("a\rb\n");
	assert_read(100, "ab\n", true);
	rig_stty("-igncr inlcr icrnl");
	TYPE("a\nb\r");
	assert_read(100, "a\rb\n", true);
	rig_stty("istrip echonl");
	TYPE("\xe1\x8d");
	assert_shown("\r\n");
	assert_read(100, "a\n", true);
}

static void
raw(void **state)
{
	(void)state;
	rig_reset();
	rig_stty("-icanon -echo");
	assert_true(TYPE("a"));
	assert_true(TYPE("\x7f\x04\x16"));
	assert_read(2, "a\x7f", false);
	assert_read(100, "\x04\x16", false);
	/* A line that is under way can be read when lines end. */
	rig_stty("icanon");
	TYPE("half");
	assert_false(rig_readable());
	rig_stty("-icanon");
	assert_read(100, "half", false);
}

static void
output(void **state)
{
	(void)state;
	rig_reset();
	WRITE("a\nb\r\tc");
	assert_shown("a\r\nb\r\tc");
	rig_stty("oxtabs");
	WRITE("\r\tab\tc");
	assert_shown("\r        ab      c");
	rig_stty("-onlcr ocrnl");
	WRITE("\nx\r");
	assert_shown("\nx\n");
	rig_stty("-ocrnl onocr");
	WRITE("\r\r");
	assert_shown("\r");
	rig_stty("-opost");
	WRITE("\n\t\r");
	assert_shown("\n\t\r");
}

/* Whoever types too much hears a bell, and still can end the line. */
static void
overflow(void **state)
{
	size_t n, bells = 0;

	(void)state;
	rig_reset();
	for (unsigned i = 0; i < 3 * RIG_HOG; i++) {
		TYPE("x");
		assert_true(rig_sane());
		n = rig_shown(buf, sizeof(buf));
		bells += n == 1 && buf[0] == '\a';
	}
	assert_int_equal(bells, 1);
	assert_false(rig_readable());
	assert_true(TYPE("\r"));
	n = rig_canread();
	assert_in_range(n, RIG_HOG / 4, RIG_HOG);
	assert_int_equal(rig_read(buf, sizeof(buf), &(bool){ false }), n);
	assert_int_equal(buf[n - 1], '\n');
	/* Nobody shows what is written. */
	memset(buf, '\n', sizeof(buf));
	n = rig_write(buf, sizeof(buf));
	assert_in_range(n, RIG_HOG / 2 - 16, RIG_HOG / 2);
	TYPE("abc\r");
	assert_true(rig_sane());
}

static void
change_settings(void)
{
	static const char *const all[] = { "icanon", "-icanon", "echo", "-echo",
		"echoe", "-echoe", "isig", "-isig", "ixon", "-ixon", "noflsh",
		"-noflsh", "oxtabs", "-oxtabs", "opost", "-opost", "-echoctl",
		"echoctl", "istrip", "-istrip", "iexten", "-iexten" };

	rig_stty(all[random() % nitems(all)]);
}

/* Anything, in any order: nothing overflows, and all can be read again. */
static void
at_random(void **state)
{
	char some[64];
	bool end;

	(void)state;
	srandom(1);
	rig_reset();
	for (unsigned turn = 0; turn < 200000; turn++) {
		for (unsigned i = 0; i < sizeof(some); i++)
			some[i] = random() % 4 == 0 ? random() : random() % 32;
		switch (random() % 5) {
		case 0:
			change_settings();
			break;
		case 1:
			rig_write(some, random() % sizeof(some));
			break;
		case 2:
			rig_shown(buf, random() % sizeof(buf));
			break;
		case 3:
			rig_read(buf, 1 + random() % 300, &end);
			break;
		default:
			rig_type(some, random() % sizeof(some));
			break;
		}
		assert_true(rig_sane());
	}
	for (unsigned i = 0; i < RIG_HOG && rig_readable(); i++)
		rig_read(buf, sizeof(buf), &end);
	assert_false(rig_readable());
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line),
		cmocka_unit_test(erase),
		cmocka_unit_test(words_and_lines),
		cmocka_unit_test(line_again),
		cmocka_unit_test(end_of_file),
		cmocka_unit_test(literal),
		cmocka_unit_test(all_bytes),
		cmocka_unit_test(signals),
		cmocka_unit_test(flow_control),
		cmocka_unit_test(newlines),
		cmocka_unit_test(raw),
		cmocka_unit_test(output),
		cmocka_unit_test(overflow),
		cmocka_unit_test(at_random),
	};

	return (RUN_TESTS(tests));
}
