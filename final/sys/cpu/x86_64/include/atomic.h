/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Locked instructions as functions, under the BSDs' names.
 *
 * Each is a full barrier.  An operand need not be aligned: the processor then
 * locks the bus, which is slow but still atomic.  SDM volume 3, "Locked Atomic
 * Operations".
 */
#ifndef _CPU_ATOMIC_H_
#define _CPU_ATOMIC_H_

#include <sys/types.h>

/** Defines atomic_swap_NAME and atomic_fcmpset_NAME for one type. */
#define ATOMIC_OPERATIONS(name, type)                                          \
	static __inline type atomic_swap_##name(void *dst, type v)             \
	{                                                                      \
		__asm __volatile("xchg %0, (%1)"                               \
				 : "+r"(v)                                     \
				 : "r"(dst)                                    \
				 : "memory");                                  \
		return (v);                                                    \
	}                                                                      \
                                                                               \
	static __inline bool atomic_fcmpset_##name(                            \
	    void *dst, type *old, type new)                                    \
	{                                                                      \
		bool equal;                                                    \
                                                                               \
		__asm __volatile("lock cmpxchg %3, (%2)"                       \
				 : "=@ccz"(equal), "+a"(*old)                  \
				 : "r"(dst), "r"(new)                          \
				 : "memory");                                  \
		return (equal);                                                \
	}

ATOMIC_OPERATIONS(int, u_int)
ATOMIC_OPERATIONS(long, u_long)
#undef ATOMIC_OPERATIONS

#endif
