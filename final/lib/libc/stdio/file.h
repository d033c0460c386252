/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A stream, inside.
 *
 * The buffer holds either what was read and not yet taken (f_pos < f_end) or
 * what was written and has not yet left (f_out bytes), never both.
 */
#ifndef _STDIO_FILE_H_
#define _STDIO_FILE_H_

#include <stdio.h>
#include "libc_private.h"

/** One stream. */
struct __FILE {
	int f_fd;		 /**< descriptor, -1: a string */
	int f_flags;		 /**< F_* */
	int f_mode;		 /**< _IOFBF, ...; -1: not yet known */
	char *f_buf;		 /**< buffer, NULL: none yet */
	size_t f_size;		 /**< its bytes */
	size_t f_pos;		 /**< next byte that was read */
	size_t f_end;		 /**< end of those */
	size_t f_out;		 /**< bytes that were written */
	int f_unread;		 /**< of ungetc(), or EOF */
	libc_lock_t f_lock;	 /**< see flockfile() */
	struct pthread *f_owner; /**< who has it */
	int f_count;		 /**< how often */
	struct __FILE *f_next;	 /**< list of all but the first three */
};

/** @name f_flags */
/** @{ */
#define F_READ	 0x01 /* may be read */
#define F_WRITE	 0x02 /* may be written */
#define F_APPEND 0x04 /* every write goes to the end */
#define F_EOF	 0x08 /* the end was seen */
#define F_ERROR	 0x10 /* something failed */
#define F_OWNBUF 0x20 /* the buffer is ours to free */
/** @} */

int __fflush(FILE *fp);
int __fill(FILE *fp);
size_t __write(FILE *fp, const char *p, size_t n);
int __getc(FILE *fp);

#endif
