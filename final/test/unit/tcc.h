/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What gcc and clang have built in and Debian's tcc lacks, for code that is
 * compiled with it: `make CC=tcc` has every file begin with this.
 *
 * Operations on memory that several processors change are single instructions,
 * locked, as they are with gcc.  They are as strong as any order that is asked
 * for.
 */
#ifndef _TCC_H_
#define _TCC_H_

#define __ATOMIC_RELAXED 0
#define __ATOMIC_ACQUIRE 2
#define __ATOMIC_RELEASE 3
#define __ATOMIC_ACQ_REL 4
#define __ATOMIC_SEQ_CST 5

/* clang-format off */
#define __atomic_thread_fence(order)					\
	__asm__ __volatile__("mfence" : : : "memory")
#define __atomic_signal_fence(order)					\
	__asm__ __volatile__("" : : : "memory")

#define __atomic_load_n(p, order) (*(__typeof__(*(p)) volatile *)(p))
#define __atomic_store_n(p, v, order) ((void)__atomic_exchange_n(p, v, order))

#define __atomic_exchange_n(p, v, order) ({				\
	__typeof__(*(p)) _new = (v);					\
	__asm__ __volatile__("xchg %0, %1"				\
	    : "+r"(_new), "+m"(*(p)) : : "memory");			\
	_new;								\
})

#define __atomic_fetch_add(p, v, order) ({				\
	__typeof__(*(p)) _n = (v);					\
	__asm__ __volatile__("lock; xadd %0, %1"			\
	    : "+r"(_n), "+m"(*(p)) : : "memory");			\
	_n;								\
})
#define __atomic_fetch_sub(p, v, order) __atomic_fetch_add(p, -(v), order)

/* exp: where the value that is expected is, and that which was there goes. */
#define __atomic_compare_exchange_n(p, exp, v, weak, order, order2) ({		\
	__typeof__(*(p)) _to = (v);					\
	unsigned char _same;						\
	__asm__ __volatile__("lock; cmpxchg %3, %1; sete %0"		\
	    : "=q"(_same), "+m"(*(p)), "+a"(*(exp)) : "r"(_to) : "memory"); \
	_same;								\
})

#define _ATOMIC_CHANGE(p, op, v) ({					\
	__typeof__(*(p)) _old = *(p);					\
	while (!__atomic_compare_exchange_n(p, &_old, _old op (v), 0, 5, 5)) \
		;							\
	_old;								\
})
#define __atomic_fetch_or(p, v, order)	_ATOMIC_CHANGE(p, |, v)
#define __atomic_fetch_and(p, v, order) _ATOMIC_CHANGE(p, &, v)

#define __sync_bool_compare_and_swap(p, exp, v) ({			\
	__typeof__(*(p)) _exp = (exp);					\
	__atomic_compare_exchange_n(p, &_exp, v, 0, 5, 5);		\
})

/* All operands are of one type, of 64 bits; -1 of a signed type is below 0. */
#define __builtin_add_overflow(a, b, sum) ({				\
	__typeof__(*(sum)) _a = (a), _b = (b);				\
	*(sum) = (unsigned long)_a + (unsigned long)_b;			\
	(__typeof__(_a))-1 < (__typeof__(_a))0				\
	    ? (_b < 0) != (*(sum) < _a) : *(sum) < _a;			\
})
/* Of an unsigned type. */
#define __builtin_mul_overflow(a, b, product) ({			\
	__typeof__(*(product)) _a = (a), _b = (b);			\
	*(product) = _a * _b;						\
	_a != 0 && *(product) / _a != _b;				\
})
/* clang-format on */

/* The number of the lowest bit that is set; v is not 0. */
static inline int
__builtin_ctzl(unsigned long v)
{
	__asm__("bsf %1, %0" : "=r"(v) : "r"(v));
	return ((int)v);
}
#define __builtin_ctz(v) __builtin_ctzl((unsigned int)(v))

/* How many bits above the highest that is set are not. */
static inline int
__builtin_clzl(unsigned long v)
{
	__asm__("bsr %1, %0" : "=r"(v) : "r"(v));
	return (63 - (int)v);
}

#endif
