/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Assertions.  May be included again with another NDEBUG.
 */
#ifndef _ASSERT_H_
#define _ASSERT_H_

#include <sys/cdefs.h>

void __assert_failed(
    const char *what, const char *file, int line, const char *function) __dead2;

#endif

#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
/** Aborts with a message when `e` is false. */
#define assert(e)                                                              \
	((e) ? (void)0 : __assert_failed(#e, __FILE__, __LINE__, __func__))
#endif
#ifndef static_assert
#define static_assert _Static_assert
#endif
