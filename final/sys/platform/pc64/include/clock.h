/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How fast time passes on this machine.
 */
#ifndef _MACHINE_CLOCK_H_
#define _MACHINE_CLOCK_H_

#include <sys/types.h>

/* --- x86_64/clock.c --- */
extern uint64_t tsc_hz;
bool clock_init(void);
void delay_us(uint64_t us);
uint64_t tsc_deadline(uint64_t us);

#endif
