/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Buffered input and output, and formats.
 */
#ifndef _STDIO_H_
#define _STDIO_H_

#include <sys/types.h>
#include <sys/unistd.h>
#include <stdarg.h>

/** A stream. */
typedef struct __FILE FILE;
typedef off_t fpos_t; /**< a position */

/** @name Constants */
/** @{ */
#define EOF	     (-1)
#define BUFSIZ	     4096
#define FILENAME_MAX 1024
#define FOPEN_MAX    64
#define _IOFBF	     0 /* a full buffer is written */
#define _IOLBF	     1 /* a line is */
#define _IONBF	     2 /* everything is at once */
/** @} */

extern FILE *const __stdinp;  /**< stdin */
extern FILE *const __stdoutp; /**< stdout */
extern FILE *const __stderrp; /**< stderr */
/** @name The first three streams, as C names them */
/** @{ */
#define stdin  __stdinp
#define stdout __stdoutp
#define stderr __stderrp
/** @} */

FILE *fopen(const char *path, const char *mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *path, const char *mode, FILE *fp);
int fclose(FILE *fp);
int fflush(FILE *fp);
int setvbuf(FILE *fp, char *buf, int mode, size_t size);
void setbuf(FILE *fp, char *buf);
int setlinebuf(FILE *fp);

size_t fread(void *p, size_t size, size_t n, FILE *fp);
size_t fwrite(const void *p, size_t size, size_t n, FILE *fp);
int fgetc(FILE *fp);
int getc(FILE *fp);
int getchar(void);
int ungetc(int c, FILE *fp);
char *fgets(char *s, int size, FILE *fp);
ssize_t getdelim(char **line, size_t *room, int delimiter, FILE *fp);
ssize_t getline(char **line, size_t *room, FILE *fp);
int fputc(int c, FILE *fp);
int putc(int c, FILE *fp);
int putchar(int c);
int fputs(const char *s, FILE *fp);
int puts(const char *s);

int fseek(FILE *fp, long offset, int whence);
int fseeko(FILE *fp, off_t offset, int whence);
long ftell(FILE *fp);
off_t ftello(FILE *fp);
void rewind(FILE *fp);
void clearerr(FILE *fp);
int feof(FILE *fp);
int ferror(FILE *fp);
int fileno(FILE *fp);
void flockfile(FILE *fp);
void funlockfile(FILE *fp);

int printf(const char *fmt, ...) __printflike(1, 2);
int fprintf(FILE *fp, const char *fmt, ...) __printflike(2, 3);
int dprintf(int fd, const char *fmt, ...) __printflike(2, 3);
int sprintf(char *s, const char *fmt, ...) __printflike(2, 3);
int snprintf(char *s, size_t size, const char *fmt, ...) __printflike(3, 4);
int asprintf(char **s, const char *fmt, ...) __printflike(2, 3);
int vprintf(const char *fmt, va_list ap) __printflike(1, 0);
int vfprintf(FILE *fp, const char *fmt, va_list ap) __printflike(2, 0);
int vdprintf(int fd, const char *fmt, va_list ap) __printflike(2, 0);
int vsprintf(char *s, const char *fmt, va_list ap) __printflike(2, 0);
int
vsnprintf(char *s, size_t size, const char *fmt, va_list ap) __printflike(3, 0);
int vasprintf(char **s, const char *fmt, va_list ap) __printflike(2, 0);
int sscanf(const char *s, const char *fmt, ...)
    __attribute__((__format__(__scanf__, 2, 3)));
int vsscanf(const char *s, const char *fmt, va_list ap)
    __attribute__((__format__(__scanf__, 2, 0)));

void perror(const char *s);
int remove(const char *path);
/**
 * Gives a file another name, in place of one that was there.
 * @param from	the name
 * @param to	the new one, on the same file system
 * @return	0; -1 with EXDEV, ENOTEMPTY, EISDIR, ENOTDIR, EINVAL, ENOSPC, or
 *		an error of a path
 */
int rename(const char *from, const char *to);

#endif
