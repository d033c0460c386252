/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Work that an interrupt leaves to a thread: what needs mp_token, which an
 * interrupt cannot have.
 *
 * One thread of high priority calls the functions, one after the other and
 * under mp_token, so that they run soon even while a process computes.
 */
#ifndef _SYS_TASKQUEUE_H_
#define _SYS_TASKQUEUE_H_

#include <sys/queue.h>
#include <sys/types.h>

/** One piece of work; embedded in what it is about. */
struct task {
	TAILQ_ENTRY(task) ta_link;  /**< those that wait */
	void (*ta_func)(void *arg); /**< what is called */
	void *ta_arg;		    /**< with this */
	bool ta_pending;	    /**< is in the list */
};

/** Prepares a task. */
#define TASK_INIT(ta, func, arg)                                               \
	(*(ta) = (struct task){ .ta_func = (func), .ta_arg = (arg) })

/* --- kern/subr_taskqueue.c --- */
void taskqueue_init(void);
void taskqueue_enqueue(struct task *ta);
bool taskqueue_cancel(struct task *ta);

#endif
