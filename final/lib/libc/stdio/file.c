/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Streams: opening, closing, buffers, positions.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"

static char out_buf[BUFSIZ], in_buf[BUFSIZ];
static FILE first[3] = {
	{ .f_fd = 0,
	    .f_flags = F_READ,
	    .f_mode = _IOFBF,
	    .f_buf = in_buf,
	    .f_size = BUFSIZ,
	    .f_unread = EOF },
	{ .f_fd = 1,
	    .f_flags = F_WRITE,
	    .f_mode = -1,
	    .f_buf = out_buf,
	    .f_size = BUFSIZ,
	    .f_unread = EOF },
	{ .f_fd = 2, .f_flags = F_WRITE, .f_mode = _IONBF, .f_unread = EOF },
};
FILE *const __stdinp = &first[0];
FILE *const __stdoutp = &first[1];
FILE *const __stderrp = &first[2];

libc_lock_t __stdio_lock; /**< of the list; before a stream's own */
static FILE *all;

/**
 * Takes a stream; sleeps until it is free. A thread may take it again.
 * @param fp	stream
 */
void
flockfile(FILE *fp)
{
	struct pthread *self = __self();

	if (fp->f_owner != self) {
		__lock(&fp->f_lock);
		fp->f_owner = self;
	}
	fp->f_count++;
}

/**
 * Gives a stream back, as often as it was taken.
 * @param fp	stream
 */
void
funlockfile(FILE *fp)
{
	if (--fp->f_count == 0) {
		fp->f_owner = NULL;
		__unlock(&fp->f_lock);
	}
}

/* Flags of open(2) and of a stream for a mode; false for one that is none. */
static bool
parse_mode(const char *mode, int *oflags, int *flags)
{
	bool plus = strchr(mode, '+') != NULL;

	switch (*mode) {
	case 'r':
		*oflags = plus ? O_RDWR : O_RDONLY;
		*flags = F_READ | (plus ? F_WRITE : 0);
		break;
	case 'w':
		*oflags = (plus ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC;
		*flags = F_WRITE | (plus ? F_READ : 0);
		break;
	case 'a':
		*oflags = (plus ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND;
		*flags = F_WRITE | F_APPEND | (plus ? F_READ : 0);
		break;
	default:
		errno = EINVAL;
		return (false);
	}
	if (strchr(mode, 'x') != NULL)
		*oflags |= O_EXCL;
	if (strchr(mode, 'e') != NULL)
		*oflags |= O_CLOEXEC;
	return (true);
}

static FILE *
new_stream(int fd, int flags)
{
	FILE *fp = calloc(1, sizeof(*fp));

	if (fp == NULL)
		return (NULL);
	fp->f_fd = fd;
	fp->f_flags = flags;
	fp->f_mode = -1;
	fp->f_unread = EOF;
	__lock(&__stdio_lock);
	fp->f_next = all;
	all = fp;
	__unlock(&__stdio_lock);
	return (fp);
}

/**
 * Opens a file as a stream.
 * @param path	where it is
 * @param mode	"r", "w" or "a"; then "+": for both, "x": it must be new, "e":
 *		execve(2) closes it
 * @return	it; NULL with EINVAL: no mode; ENOMEM; open(2)'s errors
 */
FILE *
fopen(const char *path, const char *mode)
{
	int oflags, flags, fd;
	FILE *fp;

	if (!parse_mode(mode, &oflags, &flags))
		return (NULL);
	fd = open(path, oflags, 0666);
	if (fd < 0)
		return (NULL);
	fp = new_stream(fd, flags);
	if (fp == NULL)
		close(fd);
	return (fp);
}

/**
 * Makes a stream of a descriptor, which belongs to it from then on.
 * @param fd	descriptor
 * @param mode	as for fopen(), and as it was opened
 * @return	it; NULL with EINVAL: no mode; EBADF; ENOMEM
 */
FILE *
fdopen(int fd, const char *mode)
{
	int oflags, flags;

	if (!parse_mode(mode, &oflags, &flags) || fcntl(fd, F_GETFD) < 0)
		return (NULL);
	return (new_stream(fd, flags));
}

/**
 * Lets a stream be of another file, under the same descriptor.
 * @param path	where that is
 * @param mode	as for fopen()
 * @param fp	stream; what it has buffered is written
 * @return	fp; NULL: the mode is none (EINVAL), and fp stays; or open(2)'s
 *		errors, and fp is closed
 */
FILE *
freopen(const char *path, const char *mode, FILE *fp)
{
	int oflags, flags, fd;

	if (!parse_mode(mode, &oflags, &flags))
		return (NULL);
	flockfile(fp);
	__fflush(fp);
	fd = open(path, oflags, 0666);
	if (fd >= 0 && fd != fp->f_fd && fp->f_fd >= 0) {
		dup2(fd, fp->f_fd);
		close(fd);
	} else if (fd >= 0) {
		fp->f_fd = fd;
	}
	fp->f_flags = flags | (fp->f_flags & F_OWNBUF);
	fp->f_pos = fp->f_end = fp->f_out = 0;
	fp->f_unread = EOF;
	funlockfile(fp);
	if (fd >= 0)
		return (fp);
	fclose(fp);
	return (NULL);
}

/**
 * Writes what is buffered, closes the descriptor and frees the stream.
 * @param fp	stream
 * @return	0; EOF with write(2)'s or close(2)'s errors: it is closed all
 *		the same
 */
int
fclose(FILE *fp)
{
	FILE **p;
	int error;

	__lock(&__stdio_lock);
	for (p = &all; *p != NULL && *p != fp; p = &(*p)->f_next)
		;
	if (*p != NULL)
		*p = fp->f_next;
	__unlock(&__stdio_lock);
	flockfile(fp);
	error = __fflush(fp);
	if (fp->f_fd >= 0 && close(fp->f_fd) != 0)
		error = EOF;
	fp->f_fd = -1;
	if ((fp->f_flags & F_OWNBUF) != 0)
		free(fp->f_buf);
	fp->f_flags = 0;
	funlockfile(fp);
	if (fp < first || fp > &first[2])
		free(fp);
	return (error);
}

/**
 * Writes what a stream has buffered; the caller has taken it. May sleep.
 * @param fp	stream
 * @return	0; EOF with write(2)'s errors: what was not written stays
 */
int
__fflush(FILE *fp)
{
	size_t done = 0;
	ssize_t n;

	while (done < fp->f_out) {
		n = write(fp->f_fd, fp->f_buf + done, fp->f_out - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fp->f_flags |= F_ERROR;
			memmove(fp->f_buf, fp->f_buf + done, fp->f_out - done);
			fp->f_out -= done;
			return (EOF);
		}
		done += (size_t)n;
	}
	fp->f_out = 0;
	return (0);
}

/**
 * Writes what is buffered. May sleep.
 * @param fp	stream; NULL: all of them
 * @return	0; EOF with write(2)'s errors
 */
int
fflush(FILE *fp)
{
	int error = 0;

	if (fp != NULL) {
		flockfile(fp);
		error = __fflush(fp);
		funlockfile(fp);
		return (error);
	}
	for (int i = 0; i < 3; i++)
		error |= fflush(&first[i]);
	__lock(&__stdio_lock);
	for (fp = all; fp != NULL; fp = fp->f_next)
		error |= fflush(fp);
	__unlock(&__stdio_lock);
	return (error);
}

/**
 * Writes what all streams have buffered, at the end of the program and without
 * locks: whoever has a stream then will not go on.
 */
void
__stdio_flush_all(void)
{
	for (int i = 0; i < 3; i++)
		__fflush(&first[i]);
	for (FILE *fp = all; fp != NULL; fp = fp->f_next)
		__fflush(fp);
}

/**
 * Sets how a stream is buffered, and writes what it has buffered.
 * @param fp	stream
 * @param buf	size bytes for it; NULL: the one it has, or one that it makes
 * @param mode	_IOFBF, _IOLBF or _IONBF
 * @param size	bytes of buf
 * @return	0; EOF with EINVAL
 */
int
setvbuf(FILE *fp, char *buf, int mode, size_t size)
{
	if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF) {
		errno = EINVAL;
		return (EOF);
	}
	flockfile(fp);
	__fflush(fp);
	if (mode == _IONBF || (buf != NULL && size > 0)) {
		if ((fp->f_flags & F_OWNBUF) != 0)
			free(fp->f_buf);
		fp->f_flags &= ~F_OWNBUF;
		fp->f_buf = mode == _IONBF ? NULL : buf;
		fp->f_size = mode == _IONBF ? 0 : size;
		fp->f_pos = fp->f_end = 0;
	}
	fp->f_mode = mode;
	funlockfile(fp);
	return (0);
}

/**
 * Sets how a stream is buffered.
 * @param fp	stream
 * @param buf	BUFSIZ bytes for it; NULL: it is not
 */
void
setbuf(FILE *fp, char *buf)
{
	setvbuf(fp, buf, buf != NULL ? _IOFBF : _IONBF, BUFSIZ);
}

/**
 * Has a stream write lines when they end.
 * @param fp	stream
 * @return	0
 */
int
setlinebuf(FILE *fp)
{
	return (setvbuf(fp, NULL, _IOLBF, 0));
}

/**
 * Moves in the file, and forgets ungetc() and the end.
 * @param fp	stream; what it has buffered is written
 * @param offset	bytes
 * @param whence	from SEEK_SET: the beginning, SEEK_CUR: here, SEEK_END:
 *			the end
 * @return	0; -1 with ESPIPE, EINVAL, or write(2)'s errors
 */
int
fseeko(FILE *fp, off_t offset, int whence)
{
	int error = 0;

	flockfile(fp);
	if (__fflush(fp) != 0)
		error = -1;
	/* The descriptor is ahead of the stream by what was not taken. */
	if (whence == SEEK_CUR)
		offset -= (off_t)(fp->f_end - fp->f_pos) +
		    (fp->f_unread != EOF);
	if (error == 0 && lseek(fp->f_fd, offset, whence) < 0)
		error = -1;
	if (error == 0) {
		fp->f_pos = fp->f_end = 0;
		fp->f_unread = EOF;
		fp->f_flags &= ~F_EOF;
	}
	funlockfile(fp);
	return (error);
}

/**
 * As fseeko(): a long is an off_t.
 * @param fp	stream
 * @param offset	bytes
 * @param whence	SEEK_*
 * @return	0; -1 with ESPIPE, EINVAL, or write(2)'s errors
 */
int
fseek(FILE *fp, long offset, int whence)
{
	return (fseeko(fp, offset, whence));
}

/**
 * Where a stream is in its file.
 * @param fp	stream
 * @return	bytes from the beginning; -1 with ESPIPE, EBADF
 */
off_t
ftello(FILE *fp)
{
	off_t at;

	flockfile(fp);
	if ((fp->f_flags & F_APPEND) != 0)
		__fflush(fp);
	at = lseek(fp->f_fd, 0, SEEK_CUR);
	if (at >= 0)
		at += (off_t)fp->f_out - (off_t)(fp->f_end - fp->f_pos) -
		    (fp->f_unread != EOF);
	funlockfile(fp);
	return (at);
}

/**
 * As ftello(): a long is an off_t.
 * @param fp	stream
 * @return	bytes from the beginning; -1 with ESPIPE, EBADF
 */
long
ftell(FILE *fp)
{
	return (ftello(fp));
}

/**
 * Moves to the beginning, and forgets that something failed.
 * @param fp	stream
 */
void
rewind(FILE *fp)
{
	fseeko(fp, 0, SEEK_SET);
	fp->f_flags &= ~F_ERROR;
}

/**
 * Forgets that something failed or the end was seen.
 * @param fp	stream
 */
void
clearerr(FILE *fp)
{
	fp->f_flags &= ~(F_ERROR | F_EOF);
}

/**
 * Whether the end was seen: by a read, not by a look ahead.
 * @param fp	stream
 * @return	1 or 0
 */
int
feof(FILE *fp)
{
	return ((fp->f_flags & F_EOF) != 0);
}

/**
 * Whether something failed since the stream was opened or clearerr().
 * @param fp	stream
 * @return	1 or 0
 */
int
ferror(FILE *fp)
{
	return ((fp->f_flags & F_ERROR) != 0);
}

/**
 * The descriptor of a stream.
 * @param fp	stream
 * @return	it; below 0 with EBADF: it has none
 */
int
fileno(FILE *fp)
{
	if (fp->f_fd < 0)
		errno = EBADF;
	return (fp->f_fd);
}

/**
 * Takes a name away, of a file or an empty directory.
 * @param path	the name
 * @return	0; -1 with unlink(2)'s or rmdir(2)'s errors
 */
int
remove(const char *path)
{
	struct stat sb;

	if (lstat(path, &sb) != 0)
		return (-1);
	return (S_ISDIR(sb.st_mode) ? rmdir(path) : unlink(path));
}
