/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of the SMP test share.
 */
#ifndef _SMP_TEST_H_
#define _SMP_TEST_H_

#include <sys/types.h>

/* smp_run.c: work for the other processors */
extern volatile u_int ipi_count[];
void run_init(void);
void run_loop(void); /* what mp_start() is given */
void run_on(u_int cpuid, void (*job)(void));
void run_on_all(void (*job)(void));
bool wait_for(volatile u_int *count, u_int value);

/* smp_cases.c: what ends the run, by name */
void run_case(const char *name);

#endif
