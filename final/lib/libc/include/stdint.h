/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Integers of fixed sizes.
 */
#ifndef _STDINT_H_
#define _STDINT_H_

#include <sys/types.h>

typedef int8_t int_least8_t;	     /**< 8 bits and more */
typedef int16_t int_least16_t;	     /**< 16 bits and more */
typedef int32_t int_least32_t;	     /**< 32 bits and more */
typedef int64_t int_least64_t;	     /**< 64 bits and more */
typedef uint8_t uint_least8_t;	     /**< 8 bits and more */
typedef uint16_t uint_least16_t;     /**< 16 bits and more */
typedef uint32_t uint_least32_t;     /**< 32 bits and more */
typedef uint64_t uint_least64_t;     /**< 64 bits and more */
typedef int int_fast8_t;	     /**< 8 bits and more, fast */
typedef int int_fast16_t;	     /**< 16 bits and more, fast */
typedef int int_fast32_t;	     /**< 32 bits and more, fast */
typedef long int_fast64_t;	     /**< 64 bits and more, fast */
typedef unsigned int uint_fast8_t;   /**< 8 bits and more, fast */
typedef unsigned int uint_fast16_t;  /**< 16 bits and more, fast */
typedef unsigned int uint_fast32_t;  /**< 32 bits and more, fast */
typedef unsigned long uint_fast64_t; /**< 64 bits and more, fast */
typedef long intmax_t;		     /**< the largest integer */
typedef unsigned long uintmax_t;     /**< the same without a sign */

/** @name Limits */
/** @{ */
#define INT8_MIN    (-128)
#define INT8_MAX    127
#define UINT8_MAX   255
#define INT16_MIN   (-32768)
#define INT16_MAX   32767
#define UINT16_MAX  65535
#define INT32_MIN   (-INT32_MAX - 1)
#define INT32_MAX   0x7fffffff
#define UINT32_MAX  0xffffffffU
#define INT64_MIN   (-INT64_MAX - 1)
#define INT64_MAX   0x7fffffffffffffffL
#define UINT64_MAX  0xffffffffffffffffUL
#define INTPTR_MIN  INT64_MIN
#define INTPTR_MAX  INT64_MAX
#define UINTPTR_MAX UINT64_MAX
#define INTMAX_MIN  INT64_MIN
#define INTMAX_MAX  INT64_MAX
#define UINTMAX_MAX UINT64_MAX
#define PTRDIFF_MIN INT64_MIN
#define PTRDIFF_MAX INT64_MAX
#ifndef SIZE_MAX
#define SIZE_MAX 0xffffffffffffffffUL
#endif
/** @} */

/** @name Constants */
/** @{ */
#define INT8_C(c)    c
#define INT16_C(c)   c
#define INT32_C(c)   c
#define INT64_C(c)   c##L
#define UINT8_C(c)   c
#define UINT16_C(c)  c
#define UINT32_C(c)  c##U
#define UINT64_C(c)  c##UL
#define INTMAX_C(c)  c##L
#define UINTMAX_C(c) c##UL
/** @} */

#endif
