/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How a guest makes a system call of DragonFly's convention: six arguments in
 * registers, further ones on the stack, errors by the carry flag.
 */
#ifndef _GUEST_SYS_H_
#define _GUEST_SYS_H_

/** A system call and what came of it. */
struct guest_sys {
	long number;	/**< SYS_* */
	long arg[8];	/**< the last two go on the stack */
	long result[2]; /**< rax and rdx */
};

/**
 * Makes a system call, with the carry flag set or clear before, by turns, and
 * rubbish in rcx.
 * @param s	result is set, also after an error
 * @return	0, or the error number
 */
int guest_sys(struct guest_sys *s);

/**
 * Makes a system call that has at most four arguments.
 * @param number	SYS_*
 * @param a1		first argument
 * @param a2		second argument
 * @param a3		third argument
 * @param a4		fourth argument
 * @param result	rax, or NULL
 * @return		0, or the error number
 */
static __inline int
guest_sys4(long number, long a1, long a2, long a3, long a4, long *result)
{
	struct guest_sys s = { number, { a1, a2, a3, a4 }, { 0 } };
	int error = guest_sys(&s);

	if (result != 0)
		*result = s.result[0];
	return (error);
}

#endif
