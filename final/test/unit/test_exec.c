/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The strings of execve, from the caller to the new program's stack, and the
 * first line of scripts.
 */
#include "hosted.h"
#include "proc_rig.h"

enum { E_2BIG = 7, E_NOEXEC = 8 };

/* No thread ends here. */
void
rig_call(void (*func)(void *), void *arg)
{
	func(arg);
}

void
rig_away(void)
{
	abort();
}

static long before;

static int
begin(void **state)
{
	(void)state;
	before = rig_allocations();
	return (0);
}

static int
end(void **state)
{
	(void)state;
	assert_int_equal(rig_allocations(), before);
	return (0);
}

static char listed[8192];

static const char *
list(void)
{
	rig_args_list(listed, sizeof(listed));
	return (listed);
}

static void
strings(void **state)
{
	static char big[300000];
	int error = 0, n = 0;

	(void)state;
	rig_args_begin();
	rig_args_add("ls", false);
	rig_args_add("", false);
	rig_args_add("-l", false);
	rig_args_add("A=1", true);
	assert_string_equal(list(), "ls||-l|;A=1|");
	assert_int_equal(rig_args_stack(listed, sizeof(listed)), 0);
	assert_string_equal(listed, "3|ls||-l|;A=1|");
	rig_args_end();

	rig_args_begin(); /* grows, and what was there stays */
	memset(big, 'x', sizeof(big) - 1);
	big[100000] = '\0';
	assert_int_equal(rig_args_add("first", false), 0);
	assert_int_equal(rig_args_add(big, false), 0);
	assert_int_equal(rig_args_add(big, false), 0);
	assert_int_equal(rig_args_add(big, true), -E_2BIG);
	rig_args_end();

	rig_args_begin(); /* exactly so much is too much: its pointers */
	big[100000] = 'x';
	big[262143] = '\0';
	assert_int_equal(rig_args_add(big, false), -E_2BIG);
	rig_args_end();

	rig_args_begin(); /* pointers count, too */
	while (error == 0 && n < 300000) {
		error = rig_args_add("", false);
		n++;
	}
	assert_int_equal(error, -E_2BIG);
	assert_in_range(n, 262144 / 9 - 2, 262144 / 9 + 2);
	rig_args_end();
}

/* Many words: more than are written at a time. */
static void
long_vectors(void **state)
{
	char want[8192] = "300|", word[16];

	(void)state;
	rig_args_begin();
	for (unsigned i = 0; i < 300; i++) {
		snprintf(word, sizeof(word), "w%u", i);
		assert_int_equal(rig_args_add(word, false), 0);
		strcat(strcat(want, word), "|");
	}
	strcat(want, ";");
	assert_int_equal(rig_args_stack(listed, sizeof(listed)), 0);
	assert_string_equal(listed, want);
	rig_args_end();
}

static int
shell(const char *text, char *interp)
{
	int error;

	rig_args_begin();
	rig_args_add("argv0", false);
	rig_args_add("arg", false);
	rig_args_add("E=1", true);
	error = rig_args_shell("/bin/script", text, strlen(text), interp);
	list();
	rig_args_end();
	return (error);
}

static void
scripts(void **state)
{
	char interp[64], text[400];

	(void)state;
	assert_int_equal(shell("#!/bin/sh\nexit", interp), 0);
	assert_string_equal(interp, "/bin/sh");
	assert_string_equal(listed, "/bin/sh|/bin/script|arg|;E=1|");
	assert_int_equal(shell("#! /bin/awk  -f x \t\n", interp), 0);
	assert_string_equal(interp, "/bin/awk");
	assert_string_equal(listed, "/bin/awk|-f x|/bin/script|arg|;E=1|");
	assert_int_equal(shell("#!/bin/sh -e\r\n", interp), 0);
	assert_string_equal(listed, "/bin/sh|-e|/bin/script|arg|;E=1|");
	assert_int_equal(shell("#!/bin/sh", interp), 0); /* the whole file */
	assert_string_equal(listed, "/bin/sh|/bin/script|arg|;E=1|");
	assert_int_equal(shell("#!", interp), -E_NOEXEC);
	assert_int_equal(shell("#!\n/bin/sh", interp), -E_NOEXEC);
	assert_int_equal(shell("#! \t \n", interp), -E_NOEXEC);
	assert_int_equal(shell("#", interp), 1);
	assert_int_equal(shell("", interp), 1);
	assert_int_equal(shell("\177ELF", interp), 1);
	assert_string_equal(listed, "argv0|arg|;E=1|");
	snprintf(text, sizeof(text), "#!/%063d\n", 0);
	assert_int_equal(shell(text, interp), -E_NOEXEC);
	snprintf(text, sizeof(text), "#!/%062d\n", 0);
	assert_int_equal(shell(text, interp), 0);
	assert_int_equal(strlen(interp), 63);
	snprintf(text, sizeof(text), "#!/bin/sh %0300d\n", 0);
	assert_int_equal(shell(text, interp), -E_NOEXEC);
}

#define LEAVES_NOTHING(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(strings),
		LEAVES_NOTHING(long_vectors),
		LEAVES_NOTHING(scripts),
	};

	rig_proc_boot();
	return (RUN_TESTS(tests));
}
