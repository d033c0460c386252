/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How a program that runs as a guest makes system calls.
 *
 * For the small guests of the steps and tests, which have no C library.
 */
#ifndef _GUEST_CALL_H_
#define _GUEST_CALL_H_

#include <sys/syscall.h>
#include <sys/types.h>

/* tag::call[] */
/**
 * Makes a system call: number in rax, arguments in rdi, rsi and rdx.
 * @param number	SYS_*
 * @param a1		first argument
 * @param a2		second argument
 * @param a3		third argument
 * @return		what the host left in rax
 */
static __inline long
guest_call(long number, long a1, long a2, long a3)
{
	long result;

	__asm __volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a1), "S"(a2), "d"(a3)
			 : "rcx", "r11", "memory");
	return (result);
}

/**
 * Ends this guest.
 * @param status	what the host shall see
 */
static __inline void __dead2
guest_exit(long status)
{
	for (;;)
		guest_call(SYS_exit, status, 0, 0);
}
/* end::call[] */

#endif
