/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory that several processors change, under DragonFly's names.
 *
 * A load with `acq` is done before everything that follows it, a store with
 * `rel` after everything before it.  Every other operation here reads,
 * changes and writes as one, and is a full barrier: on this processor that
 * costs nothing, since a locked instruction is one.  SDM volume 3, "Memory
 * Ordering" and "Locked Atomic Operations".
 *
 * The one order that the processor does not keep by itself is a store before
 * a load from elsewhere: that takes cpu_mfence().
 */
#ifndef _CPU_ATOMIC_H_
#define _CPU_ATOMIC_H_

#include <sys/types.h>

/** All loads and stores before this are done before any that follow. */
static __inline void
cpu_mfence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/**
 * Defines the operations on one type.
 *
 * atomic_cmpset_* stores src when *p is exp, and returns 1 if it did, else 0;
 * atomic_swap_* returns what was there before.  atomic_fcmpset_* does as
 * atomic_cmpset_* and leaves in *exp what was there.  The operand of these two
 * need not be aligned: the processor then locks the bus, which is slow but
 * still atomic.
 */
#define ATOMIC_OPERATIONS(sfx, type)                                           \
	static __inline type atomic_load_acq_##sfx(const volatile type *p)     \
	{                                                                      \
		return (__atomic_load_n(p, __ATOMIC_ACQUIRE));                 \
	}                                                                      \
                                                                               \
	static __inline void atomic_store_rel_##sfx(volatile type *p, type v)  \
	{                                                                      \
		__atomic_store_n(p, v, __ATOMIC_RELEASE);                      \
	}                                                                      \
                                                                               \
	static __inline int atomic_cmpset_##sfx(                               \
	    volatile type *p, type exp, type src)                              \
	{                                                                      \
		return (__atomic_compare_exchange_n(                           \
		    p, &exp, src, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)); \
	}                                                                      \
                                                                               \
	static __inline type atomic_swap_##sfx(volatile void *p, type v)       \
	{                                                                      \
		__asm __volatile("xchg %0, (%1)"                               \
				 : "+r"(v)                                     \
				 : "r"(p)                                      \
				 : "memory");                                  \
		return (v);                                                    \
	}                                                                      \
                                                                               \
	static __inline bool atomic_fcmpset_##sfx(                             \
	    volatile void *p, type *exp, type src)                             \
	{                                                                      \
		bool equal;                                                    \
                                                                               \
		__asm __volatile("lock cmpxchg %3, (%2); sete %0"              \
				 : "=q"(equal), "+a"(*exp)                     \
				 : "r"(p), "r"(src)                            \
				 : "memory");                                  \
		return (equal);                                                \
	}                                                                      \
                                                                               \
	static __inline type atomic_fetchadd_##sfx(volatile type *p, type v)   \
	{                                                                      \
		return (__atomic_fetch_add(p, v, __ATOMIC_SEQ_CST));           \
	}                                                                      \
                                                                               \
	static __inline void atomic_add_##sfx(volatile type *p, type v)        \
	{                                                                      \
		__atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);                    \
	}                                                                      \
                                                                               \
	static __inline void atomic_set_##sfx(volatile type *p, type bits)     \
	{                                                                      \
		__atomic_fetch_or(p, bits, __ATOMIC_SEQ_CST);                  \
	}                                                                      \
                                                                               \
	static __inline void atomic_clear_##sfx(volatile type *p, type bits)   \
	{                                                                      \
		__atomic_fetch_and(p, ~bits, __ATOMIC_SEQ_CST);                \
	}

ATOMIC_OPERATIONS(int, u_int)
ATOMIC_OPERATIONS(long, u_long)
#undef ATOMIC_OPERATIONS

#endif
