/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Variable arguments, by the compiler's own means.
 */
#ifndef _STDARG_H_
#define _STDARG_H_

#ifndef va_start
typedef __builtin_va_list va_list; /**< where the next argument is */

/** @name The arguments behind the last that has a name */
/** @{ */
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_arg(ap, type)   __builtin_va_arg(ap, type)
#define va_end(ap)	   __builtin_va_end(ap)
#define va_copy(dst, src)  __builtin_va_copy(dst, src)
/** @} */

#endif

#endif
