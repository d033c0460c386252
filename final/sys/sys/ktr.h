/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Kernel trace: what happens, in its order.  See kern/kern_ktr.c.
 */
#ifndef _SYS_KTR_H_
#define _SYS_KTR_H_

#include <sys/types.h>

/** Whether events are kept. */
extern volatile u_int ktr_enabled;

void ktr_log(const char *format, u_long a, u_long b);
void ktr_init(void);

/**
 * Notes an event, from anywhere but an NMI's handler.
 * @param format	a literal in printf's manner, with up to two numbers of
 *			type long (%lu, %ld, %lx, %ju) or texts that are never
 *			freed (%s)
 * @param a		the first
 * @param b		the second
 */
#define KTR_LOG(format, a, b)                                                  \
	do {                                                                   \
		if (__predict_false(ktr_enabled != 0))                         \
			ktr_log((format), (u_long)(a), (u_long)(b));           \
	} while (0)

#endif
