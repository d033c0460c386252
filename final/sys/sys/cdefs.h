/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Compiler attributes under their BSD names.
 */
#ifndef _SYS_CDEFS_H_
#define _SYS_CDEFS_H_

/**
 * Set for programs of the native ABI, whose compiler wrapper names the system:
 * some structures have other types there than in the kernel, at the same
 * offsets.  Parts of the kernel under test on Linux have the kernel's.
 */
#if defined(__DragonFly__) && !defined(_KERNEL)
#define __USERLAND 1
#endif

/** @name Prototypes that C++ may include */
/** @{ */
#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS   }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif
/** @} */

/** @name Attributes of functions, types and expressions */
/** @{ */
#define __dead2	     __attribute__((__noreturn__))
#define __packed     __attribute__((__packed__))
#define __aligned(x) __attribute__((__aligned__(x)))
#define __section(x) __attribute__((__section__(x)))
#ifndef __unused
#define __unused __attribute__((__unused__))
#endif
#define __used __attribute__((__used__))
#define __printflike(fmt, first)                                               \
	__attribute__((__format__(__printf__, fmt, first)))
#define __predict_true(e)	__builtin_expect((e) != 0, 1)
#define __predict_false(e)	__builtin_expect((e) != 0, 0)
#define __offsetof(type, field) __builtin_offsetof(type, field)
/** @} */

/** Fails the build when the constant expression `x` is false. */
#define CTASSERT(x)		_Static_assert(x, #x)

#endif
