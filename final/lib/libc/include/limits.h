/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Limits of types and of the system.
 */
#ifndef _LIMITS_H_
#define _LIMITS_H_

/** @name Types */
/** @{ */
#define CHAR_BIT    8
#define SCHAR_MIN   (-128)
#define SCHAR_MAX   127
#define UCHAR_MAX   255
#define CHAR_MIN    SCHAR_MIN
#define CHAR_MAX    SCHAR_MAX
#define MB_LEN_MAX  1
#define SHRT_MIN    (-32768)
#define SHRT_MAX    32767
#define USHRT_MAX   65535
#define INT_MIN	    (-INT_MAX - 1)
#define INT_MAX	    0x7fffffff
#define UINT_MAX    0xffffffffU
#define LONG_MIN    (-LONG_MAX - 1)
#define LONG_MAX    0x7fffffffffffffffL
#define ULONG_MAX   0xffffffffffffffffUL
#define LLONG_MIN   (-LLONG_MAX - 1)
#define LLONG_MAX   0x7fffffffffffffffLL
#define ULLONG_MAX  0xffffffffffffffffULL
#define SSIZE_MAX   LONG_MAX
#define SIZE_MAX    ULONG_MAX
#define OFF_MAX	    LONG_MAX
#define OFF_MIN	    LONG_MIN
/** @} */

/** @name The system */
/** @{ */
#define ARG_MAX	    262144
#define CHILD_MAX   40
#define IOV_MAX	    1024
#define LINK_MAX    32767
#define NAME_MAX    255
#define NGROUPS_MAX 16
#define OPEN_MAX    64
#define PATH_MAX    1024
#define PIPE_BUF    512
/** @} */

#endif
