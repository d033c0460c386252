/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Types and macros that the compiler knows.
 */
#ifndef _STDDEF_H_
#define _STDDEF_H_

#include <sys/types.h>

typedef long ptrdiff_t; /**< difference of two pointers */
#ifndef __cplusplus
typedef int wchar_t; /**< a wide character */
#endif

/** With the strictest alignment. */
typedef struct {
	long long __ll __attribute__((__aligned__(8)));	   /**< 8 */
	long double __ld __attribute__((__aligned__(16))); /**< 16 */
} max_align_t;

#ifndef offsetof
#define offsetof(type, field) __builtin_offsetof(type, field)
#endif

#endif
