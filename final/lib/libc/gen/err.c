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

/** A message with errno in words, and the end. */
void
verr(int status, const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
	exit(status);
}

/** A message, and the end. */
void
verrx(int status, const char *fmt, va_list ap)
{
	message(-1, fmt, ap);
	exit(status);
}

/** A message with errno in words. */
void
vwarn(const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
}

/** A message. */
void
vwarnx(const char *fmt, va_list ap)
{
	message(-1, fmt, ap);
}

/** A message with errno in words, and the end. */
void
err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(errno, fmt, ap);
	va_end(ap);
	exit(status);
}

/** A message with an error in words, and the end. */
void
errc(int status, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(code, fmt, ap);
	va_end(ap);
	exit(status);
}

/** A message, and the end. */
void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
	exit(status);
}

/** A message with errno in words. */
void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(errno, fmt, ap);
	va_end(ap);
}

/** A message with an error in words. */
void
warnc(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(code, fmt, ap);
	va_end(ap);
}

/** A message. */
void
warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
}

/** Says what did not hold, and aborts. */
void
__assert_failed(
    const char *what, const char *file, int line, const char *function)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s:%d: %s: not so: %s\n", getprogname(), file,
	    line, function, what);
	abort();
}
