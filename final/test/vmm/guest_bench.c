/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Guests that do one thing many times.  Linked with guest.c; see there for
 * the rules.
 */
#include <sys/param.h>
#include "guest_call.h"
#include "vmm.h"
#include "vmm_bench.h"

#define NOSYS 1023 /* a system call that is not there */

/**
 * Makes system calls that do nothing.
 * @param n	how many
 */
void
guest_null_calls(u_long n)
{
	for (u_long i = 0; i < n; i++)
		guest_call(NOSYS, 0, 0, 0);
	guest_exit(0);
}

/**
 * Touches pages of 4 KB for the first time.
 * @param n	how many, in GUEST_SMALL
 */
void
guest_touch_pages(u_long n)
{
	for (u_long i = 0; i < n; i++)
		*(volatile char *)(GUEST_SMALL + ptoa(i)) = 1;
	guest_exit(0);
}
