/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Messages that begin with the name of the program, and failed assertions.
 */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One write, so that the messages of two processes do not mix. */
static void
message(int code, const char *fmt, va_list ap)
{
	char text[1024];
	size_t n = 0;

	text[0] = '\0';
	if (fmt != NULL) {
		vsnprintf(text, sizeof(text), fmt, ap);
		n = strlen(text);
	}
	if (code >= 0)
		snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? ": " : "",
		    strerror(code));
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", getprogname(), text);
}

/**
 * Writes a message with errno in words to standard error, and ends the program.
 * @param status	of exit(3)
 * @param fmt	printf(3)'s; or NULL: none
 * @param ap	its arguments
 */
void
verr(int status, const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
	exit(status);
}

/**
 * Writes a message to standard error, and ends the program.
 * @param status	of exit(3)
 * @param fmt	printf(3)'s; or NULL: none
 * @param ap	its arguments
 */
void
verrx(int status, const char *fmt, va_list ap)
{
	message(-1, fmt, ap);
	exit(status);
}

/**
 * Writes a message with errno in words to standard error.
 * @param fmt	printf(3)'s; or NULL: none
 * @param ap	its arguments
 */
void
vwarn(const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
}

/**
 * Writes a message to standard error.
 * @param fmt	printf(3)'s; or NULL: none
 * @param ap	its arguments
 */
void
vwarnx(const char *fmt, va_list ap)
{
	message(-1, fmt, ap);
}

/**
 * Writes a message with errno in words to standard error, and ends the program.
 * @param status	of exit(3)
 * @param fmt	printf(3)'s; or NULL: none
 */
void
err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(errno, fmt, ap);
	va_end(ap);
	exit(status);
}

/**
 * Writes a message with an error in words to standard error, and ends the
 * program.
 * @param status	of exit(3)
 * @param code	the error
 * @param fmt	printf(3)'s; or NULL: none
 */
void
errc(int status, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(code, fmt, ap);
	va_end(ap);
	exit(status);
}

/**
 * Writes a message to standard error, and ends the program.
 * @param status	of exit(3)
 * @param fmt	printf(3)'s; or NULL: none
 */
void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
	exit(status);
}

/**
 * Writes a message with errno in words to standard error.
 * @param fmt	printf(3)'s; or NULL: none
 */
void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(errno, fmt, ap);
	va_end(ap);
}

/**
 * Writes a message with an error in words to standard error.
 * @param code	the error
 * @param fmt	printf(3)'s; or NULL: none
 */
void
warnc(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(code, fmt, ap);
	va_end(ap);
}

/**
 * Writes a message to standard error.
 * @param fmt	printf(3)'s; or NULL: none
 */
void
warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
}

/**
 * Says on standard error what did not hold, and aborts: for assert().
 * @param what	the expression
 * @param file	where it is
 * @param line	where it is
 * @param function	where it is
 */
void
__assert_failed(
    const char *what, const char *file, int line, const char *function)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s:%d: %s: not so: %s\n", getprogname(), file,
	    line, function, what);
	abort();
}
