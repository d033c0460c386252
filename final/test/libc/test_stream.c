/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Streams, over a file of this machine.
 */
#include "libc_test.h"

static int
temporary(void)
{
	FILE *fp = tmpfile();
	int fd;

	assert_non_null(fp);
	fd = dup(fileno(fp));
	fclose(fp);
	return (fd);
}

static void
test_write_read(void **state)
{
	static const int modes[] = { 0 /* full */, 1 /* line */, 2 /* none */ };
	char line[64], wanted[64], *any = NULL;
	size_t room = 0;
	(void)state;

	for (int m = 0; m < 3; m++) {
		int fd = temporary();
		struct d_file *fp = d_fdopen(dup(fd), "w+");

		assert_non_null(fp);
		assert_int_equal(d_setvbuf(fp, NULL, modes[m], 100), 0);
		for (int i = 0; i < 3000; i++) {
			int n = snprintf(
			    wanted, sizeof(wanted), "line %d\n", i);

			if (i % 2 == 0)
				assert_int_equal(
				    d_fprintf(fp, "line %d\n", i), n);
			else
				assert_int_equal(
				    d_fwrite(wanted, 1, (size_t)n, fp), n);
		}
		assert_int_equal(d_fseek(fp, 0, SEEK_SET), 0);
		for (int i = 0; i < 3000; i++) {
			snprintf(wanted, sizeof(wanted), "line %d\n", i);
			if (i % 2 == 0) {
				assert_non_null(
				    d_fgets(line, sizeof(line), fp));
				assert_string_equal(line, wanted);
			} else {
				assert_int_equal(
				    d_getline(&any, &room, fp), strlen(wanted));
				assert_string_equal(any, wanted);
			}
		}
		assert_null(d_fgets(line, sizeof(line), fp));
		assert_true(d_feof(fp));
		assert_false(d_ferror(fp));
		assert_int_equal(d_fclose(fp), 0);
		close(fd);
	}
	d_free(any);
}

static void
test_positions(void **state)
{
	int fd = temporary();
	struct d_file *fp = d_fdopen(dup(fd), "w+");
	char text[16] = "";
	(void)state;

	assert_int_equal(d_fputs("0123456789", fp), 0);
	assert_int_equal(d_ftell(fp), 10);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0); /* it has not left yet */
	assert_int_equal(d_fseek(fp, 2, SEEK_SET), 0);
	assert_int_equal(d_fgetc(fp), '2');
	assert_int_equal(d_ftell(fp), 3);
	assert_int_equal(d_ungetc('x', fp), 'x');
	assert_int_equal(d_ungetc('y', fp), EOF);
	assert_int_equal(d_ftell(fp), 2);
	assert_int_equal(d_fgetc(fp), 'x');
	assert_int_equal(d_fseek(fp, 1, SEEK_CUR), 0);
	assert_int_equal(d_fread(text, 1, 3, fp), 3);
	assert_string_equal(text, "456");
	/* What is written after reading goes to where reading was. */
	assert_int_equal(d_fputs("ab", fp), 0);
	assert_int_equal(d_fflush(fp), 0);
	assert_int_equal(pread(fd, text, 10, 0), 10);
	assert_memory_equal(text, "0123456ab9", 10);
	assert_int_equal(d_fread(text, 3, 5, fp), 0); /* none is whole */
	assert_true(d_feof(fp));
	d_fclose(fp);
	close(fd);
}

static void
test_errors(void **state)
{
	int fd = open("/dev/full", 2), pipes[2];
	struct d_file *fp = d_fdopen(fd, "w");
	(void)state;

	assert_int_equal(d_fputs("x", fp), 0);
	assert_int_equal(d_fflush(fp), EOF);
	assert_true(d_ferror(fp));
	assert_int_equal(d_fgetc(fp), EOF); /* it was not opened for that */
	d_fclose(fp);
	assert_int_equal(pipe(pipes), 0);
	fp = d_fdopen(pipes[0], "r");
	assert_int_equal(d_fputs("x", fp), EOF);
	close(pipes[1]);
	assert_int_equal(d_fgetc(fp), EOF);
	assert_true(d_feof(fp));
	assert_int_equal(d_fclose(fp), 0);
	assert_null(d_fdopen(0, "q"));
	assert_int_equal(d_errno, D_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_read),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_errors),
	};

	return (RUN_TESTS(tests));
}
