/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What proc_rig.c and proc_calls.c share.
 */
#ifndef _PROC_RIG_KERN_H_
#define _PROC_RIG_KERN_H_

#include <sys/thread.h>

#define RIG_PIDS 1000 /* processes by number, modulo this */

extern struct thread rig_idle;	     /* runs when no process does */
extern u_int rig_tokens;	     /* times mp_token is held */
extern long rig_kmallocs;	     /* allocations in use */
extern bool rig_memory_out;	     /* no more address spaces */
extern bool rig_group_signal;	     /* one comes during fork */
extern u_long rig_signals[RIG_PIDS]; /* sent: bit n is signal n */
void *rig_user(const void *uaddr, size_t len);
void rig_end_thread(void *arg);

#endif
