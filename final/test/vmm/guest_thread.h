/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads of a guest: what a thread library would offer, in its smallest form.
 */
#ifndef _GUEST_THREAD_H_
#define _GUEST_THREAD_H_

#include <sys/types.h>

/** A word that threads sleep on. */
typedef volatile int umtx_t;

/** Stacks for threads are given out from here; see thread_start(). */
#define THREAD_STACK 4096

/* --- guest_thread.c --- */
int thread_start(void (*func)(void *), void *arg);
void thread_exit(void) __attribute__((__noreturn__));
void thread_join(int tid);
int umtx_sleep(umtx_t *ptr, int value, int us);
int umtx_wakeup(umtx_t *ptr, int count);
void mutex_lock(umtx_t *m);
void mutex_unlock(umtx_t *m);
int signal_handle(int sig, void (*handler)(int));

#endif
