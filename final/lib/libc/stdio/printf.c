/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The printf family: each its own sink.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"
#include "printf.h"

static bool
to_stream(struct sink *sink, const char *p, size_t n)
{
	return (__write(sink->arg, p, n) == n);
}

static bool
to_string(struct sink *sink, const char *p, size_t n)
{
	if (n > sink->room)
		n = sink->room;
	memcpy(sink->s, p, n);
	sink->s += n;
	sink->room -= n;
	return (true);
}

/**
 * Formats to a stream.
 * @param fp	stream
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
vfprintf(FILE *fp, const char *fmt, va_list ap)
{
	struct sink sink = { .put = to_stream, .arg = fp };
	char some[256];
	bool unbuffered;
	int n;

	flockfile(fp);
	/* One write of a message, not one of each piece of it. */
	unbuffered = fp->f_mode == _IONBF && fp->f_buf == NULL;
	if (unbuffered) {
		fp->f_buf = some;
		fp->f_size = sizeof(some);
		fp->f_mode = _IOFBF;
	}
	n = __vformat(&sink, fmt, ap);
	if (unbuffered) {
		if (__fflush(fp) != 0)
			n = -1;
		fp->f_out = 0;
		fp->f_buf = NULL;
		fp->f_size = 0;
		fp->f_mode = _IONBF;
	}
	funlockfile(fp);
	return (n);
}

/**
 * Formats to standard output.
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
vprintf(const char *fmt, va_list ap)
{
	return (vfprintf(stdout, fmt, ap));
}

/**
 * Formats to a string, as much as fits with its NUL.
 * @param s	where to
 * @param size	bytes there; 0: nothing is written
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters of the whole, without the NUL; size or more: it was
 *		cut; -1 with EOVERFLOW
 */
int
vsnprintf(char *s, size_t size, const char *fmt, va_list ap)
{
	struct sink sink = {
		.put = to_string, .s = s, .room = size > 0 ? size - 1 : 0
	};
	int n = __vformat(&sink, fmt, ap);

	if (size > 0)
		*sink.s = '\0';
	return (n);
}

/**
 * Formats to a string.
 * @param s	where to; long enough
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters without the NUL; -1 with EOVERFLOW
 */
int
vsprintf(char *s, const char *fmt, va_list ap)
{
	return (vsnprintf(s, (size_t)1 << 31, fmt, ap));
}

/**
 * Formats to memory of its own.
 * @param s	set to it, for free(3); NULL if that fails
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters without the NUL; -1 with ENOMEM or EOVERFLOW
 */
int
vasprintf(char **s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	*s = NULL;
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return (-1);
	*s = malloc((size_t)n + 1);
	if (*s == NULL)
		return (-1);
	return (vsnprintf(*s, (size_t)n + 1, fmt, ap));
}

/**
 * Formats to a descriptor.
 * @param fd	descriptor
 * @param fmt	text and conversions
 * @param ap	arguments
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
vdprintf(int fd, const char *fmt, va_list ap)
{
	FILE file = { .f_fd = fd,
		.f_flags = F_WRITE,
		.f_mode = _IONBF,
		.f_unread = EOF };

	return (vfprintf(&file, fmt, ap));
}

/**
 * Formats to standard output.
 * @param fmt	text and conversions
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats to a stream.
 * @param fp	stream
 * @param fmt	text and conversions
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
fprintf(FILE *fp, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(fp, fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats to a descriptor.
 * @param fd	descriptor
 * @param fmt	text and conversions
 * @return	characters; -1 with write(2)'s errors or EOVERFLOW
 */
int
dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats to a string.
 * @param s	where to; long enough
 * @param fmt	text and conversions
 * @return	characters without the NUL; -1 with EOVERFLOW
 */
int
sprintf(char *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsprintf(s, fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats to a string, as much as fits with its NUL.
 * @param s	where to
 * @param size	bytes there; 0: nothing is written
 * @param fmt	text and conversions
 * @return	characters of the whole, without the NUL; size or more: it was
 *		cut; -1 with EOVERFLOW
 */
int
snprintf(char *s, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s, size, fmt, ap);
	va_end(ap);
	return (n);
}

/**
 * Formats to memory of its own.
 * @param s	set to it, for free(3); NULL if that fails
 * @param fmt	text and conversions
 * @return	characters without the NUL; -1 with ENOMEM or EOVERFLOW
 */
int
asprintf(char **s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(s, fmt, ap);
	va_end(ap);
	return (n);
}
