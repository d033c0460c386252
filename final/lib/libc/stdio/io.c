/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Streams: reading and writing.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"

/* Whether a stream may be used so, and has a buffer if it wants one. */
static bool
ready(FILE *fp, int flag)
{
	if ((fp->f_flags & flag) == 0) {
		errno = EBADF;
		fp->f_flags |= F_ERROR;
		return (false);
	}
	if (fp->f_mode == -1) {
		int error = errno; /* isatty() says no by an error */

		fp->f_mode = isatty(fp->f_fd) ? _IOLBF : _IOFBF;
		errno = error;
	}
	if (fp->f_buf == NULL && (fp->f_mode != _IONBF || flag == F_READ)) {
		fp->f_buf = malloc(BUFSIZ);
		if (fp->f_buf == NULL) {
			fp->f_flags |= F_ERROR;
			return (false);
		}
		fp->f_size = BUFSIZ;
		fp->f_flags |= F_OWNBUF;
	}
	return (true);
}

/**
 * Reads into an empty buffer. What a program has asked on a terminal is shown
 * before it waits for the answer. The caller has taken the stream. May sleep.
 * @param fp	stream
 * @return	0; EOF: the end, or read(2)'s errors, or EBADF
 */
int
__fill(FILE *fp)
{
	ssize_t n;

	if (!ready(fp, F_READ) || __fflush(fp) != 0)
		return (EOF);
	if (fp->f_fd == STDIN_FILENO && stdout->f_mode == _IOLBF)
		fflush(stdout);
	do {
		n = read(
		    fp->f_fd, fp->f_buf, fp->f_mode == _IONBF ? 1 : fp->f_size);
	} while (n < 0 && errno == EINTR);
	fp->f_pos = 0;
	fp->f_end = n > 0 ? (size_t)n : 0;
	if (n <= 0)
		fp->f_flags |= n == 0 ? F_EOF : F_ERROR;
	return (n > 0 ? 0 : EOF);
}

/**
 * Takes a character. The caller has taken the stream. May sleep.
 * @param fp	stream
 * @return	0 to 255, or EOF
 */
int
__getc(FILE *fp)
{
	int c = fp->f_unread;

	if (c != EOF) {
		fp->f_unread = EOF;
		return (c);
	}
	if (fp->f_pos == fp->f_end && __fill(fp) != 0)
		return (EOF);
	return ((unsigned char)fp->f_buf[fp->f_pos++]);
}

/* Writes past the buffer; how many bytes have left. */
static size_t
write_through(FILE *fp, const char *p, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = write(fp->f_fd, p + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			fp->f_flags |= F_ERROR;
			break;
		}
		done += (size_t)got;
	}
	return (done);
}

/**
 * Writes to the buffer, and it to the file when it is full. The caller has
 * taken the stream. May sleep.
 * @param fp	stream
 * @param p	bytes
 * @param n	how many
 * @return	how many were taken; less than n: write(2)'s errors, or EBADF
 */
size_t
__write(FILE *fp, const char *p, size_t n)
{
	size_t done = 0, part;

	if (!ready(fp, F_WRITE))
		return (0);
	if (fp->f_pos != fp->f_end || fp->f_unread != EOF)
		fseeko(fp, 0, SEEK_CUR); /* it was read up to here */
	if (fp->f_buf == NULL || fp->f_mode == _IONBF)
		return (write_through(fp, p, n));
	while (done < n) {
		if (fp->f_out == fp->f_size && __fflush(fp) != 0)
			return (done);
		if (fp->f_out == 0 && n - done >= fp->f_size)
			return (done + write_through(fp, p + done, n - done));
		part = fp->f_size - fp->f_out;
		if (part > n - done)
			part = n - done;
		memcpy(fp->f_buf + fp->f_out, p + done, part);
		fp->f_out += part;
		done += part;
	}
	if (fp->f_mode == _IOLBF && memrchr(p, '\n', n) != NULL)
		__fflush(fp);
	return (done);
}

/**
 * Reads a character.
 * @param fp	stream
 * @return	0 to 255; EOF: feof() or ferror() says why
 */
int
fgetc(FILE *fp)
{
	int c;

	flockfile(fp);
	c = __getc(fp);
	funlockfile(fp);
	return (c);
}

/**
 * As fgetc().
 * @param fp	stream
 * @return	0 to 255, or EOF
 */
int
getc(FILE *fp)
{
	return (fgetc(fp));
}

/**
 * Reads a character from standard input.
 * @return	0 to 255, or EOF
 */
int
getchar(void)
{
	return (fgetc(stdin));
}

/**
 * Puts one character back: it is read next, and the end is forgotten.
 * @param c	character
 * @param fp	stream
 * @return	c; EOF: c is EOF, or there is one already
 */
int
ungetc(int c, FILE *fp)
{
	flockfile(fp);
	if (c == EOF || fp->f_unread != EOF) {
		c = EOF;
	} else {
		fp->f_unread = c = (unsigned char)c;
		fp->f_flags &= ~F_EOF;
	}
	funlockfile(fp);
	return (c);
}

/**
 * Reads a line, its newline included, as far as there is room.
 * @param s	gets it, and a NUL
 * @param size	bytes there
 * @param fp	stream
 * @return	s; NULL: nothing was read
 */
char *
fgets(char *s, int size, FILE *fp)
{
	int n = 0, c = 0;

	flockfile(fp);
	while (n < size - 1 && c != '\n' && (c = __getc(fp)) != EOF)
		s[n++] = (char)c;
	funlockfile(fp);
	if (size <= 0 || (n == 0 && c == EOF))
		return (NULL);
	s[n] = '\0';
	return (s);
}

/**
 * Reads up to a character, and that, to memory that grows.
 * @param line	memory of malloc(), or NULL; set to where it is now
 * @param room	bytes there; set
 * @param delimiter	character
 * @param fp	stream
 * @return	bytes without the NUL that follows; -1: nothing was read, or
 *		ENOMEM
 */
ssize_t
getdelim(char **line, size_t *room, int delimiter, FILE *fp)
{
	size_t n = 0, more;
	int c = EOF;
	char *p;

	flockfile(fp);
	if (*line == NULL)
		*room = 0;
	do {
		if (n + 2 > *room) {
			more = *room < 64 ? 128 : *room * 2;
			p = realloc(*line, more);
			if (p == NULL) {
				n = 0;
				break;
			}
			*line = p;
			*room = more;
		}
		c = __getc(fp);
		if (c != EOF)
			(*line)[n++] = (char)c;
	} while (c != EOF && c != delimiter);
	funlockfile(fp);
	if (n == 0)
		return (-1);
	(*line)[n] = '\0';
	return ((ssize_t)n);
}

/**
 * Reads a line, its newline included, to memory that grows.
 * @param line	memory of malloc(), or NULL; set to where it is now
 * @param room	bytes there; set
 * @param fp	stream
 * @return	bytes without the NUL that follows; -1: nothing was read, or
 *		ENOMEM
 */
ssize_t
getline(char **line, size_t *room, FILE *fp)
{
	return (getdelim(line, room, '\n', fp));
}

/**
 * Reads elements.
 * @param p	where to
 * @param size	bytes of each
 * @param n	elements
 * @param fp	stream
 * @return	how many are whole; less than n: the end, or an error
 */
size_t
fread(void *p, size_t size, size_t n, FILE *fp)
{
	size_t total, done = 0, part;
	char *s = p;
	int c;

	if (size == 0 || n == 0 || __builtin_mul_overflow(size, n, &total))
		return (0);
	flockfile(fp);
	while (done < total) {
		part = fp->f_end - fp->f_pos;
		if (fp->f_unread != EOF || part == 0) {
			c = __getc(fp);
			if (c == EOF)
				break;
			s[done++] = (char)c;
			continue;
		}
		if (part > total - done)
			part = total - done;
		memcpy(s + done, fp->f_buf + fp->f_pos, part);
		fp->f_pos += part;
		done += part;
	}
	funlockfile(fp);
	return (done / size);
}

/**
 * Writes elements.
 * @param p	where they are
 * @param size	bytes of each
 * @param n	elements
 * @param fp	stream
 * @return	how many were taken as a whole; less than n: write(2)'s errors
 */
size_t
fwrite(const void *p, size_t size, size_t n, FILE *fp)
{
	size_t total, done;

	if (size == 0 || n == 0 || __builtin_mul_overflow(size, n, &total))
		return (0);
	flockfile(fp);
	done = __write(fp, p, total);
	funlockfile(fp);
	return (done / size);
}

/**
 * Writes a character.
 * @param c	its lower 8 bits
 * @param fp	stream
 * @return	0 to 255; EOF with write(2)'s errors
 */
int
fputc(int c, FILE *fp)
{
	char byte = (char)c;

	return (fwrite(&byte, 1, 1, fp) == 1 ? (unsigned char)c : EOF);
}

/**
 * As fputc().
 * @param c	its lower 8 bits
 * @param fp	stream
 * @return	0 to 255; EOF with write(2)'s errors
 */
int
putc(int c, FILE *fp)
{
	return (fputc(c, fp));
}

/**
 * Writes a character to standard output.
 * @param c	its lower 8 bits
 * @return	0 to 255; EOF with write(2)'s errors
 */
int
putchar(int c)
{
	return (fputc(c, stdout));
}

/**
 * Writes a string.
 * @param s	string
 * @param fp	stream
 * @return	0; EOF with write(2)'s errors
 */
int
fputs(const char *s, FILE *fp)
{
	size_t n = strlen(s);

	return (n == 0 || fwrite(s, 1, n, fp) == n ? 0 : EOF);
}

/**
 * Writes a string and a newline to standard output.
 * @param s	string
 * @return	0; EOF with write(2)'s errors
 */
int
puts(const char *s)
{
	int error;

	flockfile(stdout);
	error = fputs(s, stdout) == EOF || fputc('\n', stdout) == EOF;
	funlockfile(stdout);
	return (error ? EOF : 0);
}

/**
 * Writes a message with errno in words to standard error.
 * @param s	before the error and a colon; NULL or empty: nothing
 */
void
perror(const char *s)
{
	int error = errno;

	fprintf(stderr, "%s%s%s\n", s != NULL ? s : "",
	    s != NULL && *s != '\0' ? ": " : "", strerror(error));
}
