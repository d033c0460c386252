/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The thread that does what interrupts leave to it; <sys/taskqueue.h>.
 *
 * It has mp_token already when it takes a task off the list.  So who holds the
 * token and cancels a task knows that it is either off the list for good, or
 * its function has returned or sleeps.
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <sys/thread.h>
#include <sys/tsleep.h>
#include <machine/globaldata.h>

static TAILQ_HEAD(, task) tasks = TAILQ_HEAD_INITIALIZER(tasks);
/* Last in the order: no lock is taken with it held but a sleep queue's. */
static struct spinlock task_spin = SPINLOCK_INITIALIZER("taskqueue");
static bool task_started;

/* Takes the first task off the list; mp_token is held. */
static void
task_run(void)
{
	struct task *ta;

	spin_lock(&task_spin);
	ta = TAILQ_FIRST(&tasks);
	if (ta != NULL) {
		TAILQ_REMOVE(&tasks, ta, ta_link);
		ta->ta_pending = false;
	}
	spin_unlock(&task_spin);
	if (ta != NULL)
		ta->ta_func(ta->ta_arg); /* ta may be gone afterwards */
}

static void
task_thread(void *arg __unused)
{
	lwkt_setpri(curthread, TDPRI_INT);
	for (;;) {
		spin_lock(&task_spin);
		while (TAILQ_EMPTY(&tasks))
			ssleep(&tasks, &task_spin, 0, "tqthr", 0);
		spin_unlock(&task_spin);
		lwkt_gettoken(&mp_token);
		task_run();
		lwkt_reltoken(&mp_token);
	}
}

/** Starts the thread, once; may be called by everybody who needs it. */
void
taskqueue_init(void)
{
	if (task_started)
		return;
	task_started = true;
	lwkt_create(task_thread, NULL, "taskq", 0);
}

/**
 * Has a task's function called soon; once, however often this is called before
 * that.  Callable from interrupts and with spinlocks held.
 * @param ta	prepared by TASK_INIT()
 */
void
taskqueue_enqueue(struct task *ta)
{
	bool wake = false;

	spin_lock(&task_spin);
	if (!ta->ta_pending) {
		wake = TAILQ_EMPTY(&tasks);
		ta->ta_pending = true;
		TAILQ_INSERT_TAIL(&tasks, ta, ta_link);
	}
	spin_unlock(&task_spin);
	if (wake)
		wakeup(&tasks);
}

/**
 * Takes a task back.  The caller holds mp_token, so the function does not run
 * when this returns, unless it sleeps.
 * @param ta	prepared by TASK_INIT()
 * @return	whether it was waiting
 */
bool
taskqueue_cancel(struct task *ta)
{
	bool pending;

	spin_lock(&task_spin);
	pending = ta->ta_pending;
	if (pending)
		TAILQ_REMOVE(&tasks, ta, ta_link);
	ta->ta_pending = false;
	spin_unlock(&task_spin);
	return (pending);
}
