/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Where the characters of a format go.
 */
#ifndef _STDIO_PRINTF_H_
#define _STDIO_PRINTF_H_

#include <stdarg.h>
#include "libc_private.h"

/** A sink of characters. */
struct sink {
	/** Takes n of them; false ends it all. */
	bool (*put)(struct sink *sink, const char *p, size_t n);
	void *arg;    /**< its own */
	char *s;      /**< of a string: next byte */
	size_t room;  /**< of a string: bytes that are left */
	size_t total; /**< characters so far */
	bool failed;  /**< it has ended */
};

int __vformat(struct sink *sink, const char *fmt, va_list ap);

#endif
