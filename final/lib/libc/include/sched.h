/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Giving up the processor.
 */
#ifndef _SCHED_H_
#define _SCHED_H_

#include <sys/types.h>
#include <sys/time.h>

/**
 * Lets others run.
 * @return	0
 */
int sched_yield(void);

#endif
