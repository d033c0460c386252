/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sleeping locks; <sys/lock.h> says how they behave.
 *
 * Who wants a lock exclusively goes before those who would share it and come
 * later, so that readers cannot keep a writer out for ever.  A thread that has
 * a lock shared must therefore not take it shared once more.
 */
#include <sys/errno.h>
#include <sys/lock.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/tsleep.h>
#include <machine/globaldata.h>

/**
 * Makes a lock that nobody holds.
 * @param lk	the lock
 * @param name	for messages and ps; kept
 */
void
lockinit(struct lock *lk, const char *name)
{
	*lk = (struct lock){ .lk_name = name };
	spin_init(&lk->lk_spin, name);
}

/* Whether it can be had now; if so it is.  lk_spin is held. */
static bool
lock_take(struct lock *lk, u_int type, struct thread *td)
{
	if (type == LK_EXCLUSIVE) {
		if (lk->lk_owner != td &&
		    (lk->lk_owner != NULL || lk->lk_shared != 0))
			return (false);
		lk->lk_owner = td;
		lk->lk_exclusive++;
		return (true);
	}
	if (lk->lk_owner != NULL || lk->lk_wantexcl != 0)
		return (false);
	lk->lk_shared++;
	return (true);
}

static int
lock_wait(struct lock *lk, u_int type, u_int flags, struct thread *td)
{
	int error = 0;

	KASSERT(type == LK_EXCLUSIVE || lk->lk_owner != td,
	    ("lockmgr: %s: shared by its exclusive owner", lk->lk_name));
	lk->lk_waiters++;
	lk->lk_wantexcl += type == LK_EXCLUSIVE;
	for (;;) {
		error = ssleep(lk, &lk->lk_spin,
		    (flags & LK_PCATCH) != 0 ? PCATCH : 0, lk->lk_name, 0);
		if (type == LK_EXCLUSIVE)
			lk->lk_wantexcl--;
		if (error != 0 || lock_take(lk, type, td))
			break;
		lk->lk_wantexcl += type == LK_EXCLUSIVE;
	}
	lk->lk_waiters--;
	/* Who would share it has stood back for us. */
	if (error != 0 && type == LK_EXCLUSIVE && lk->lk_wantexcl == 0 &&
	    lk->lk_waiters != 0)
		wakeup(lk);
	return (error);
}

/* Gives it back; whether somebody is to be woken. */
static bool
lock_release(struct lock *lk, struct thread *td)
{
	if (lk->lk_owner != NULL) {
		KASSERT(lk->lk_owner == td,
		    ("lockmgr: %s: released by who does not hold it",
			lk->lk_name));
		if (--lk->lk_exclusive != 0)
			return (false);
		lk->lk_owner = NULL;
	} else {
		KASSERT(lk->lk_shared != 0,
		    ("lockmgr: %s: released, but not held", lk->lk_name));
		if (--lk->lk_shared != 0)
			return (false);
	}
	return (lk->lk_waiters != 0);
}

/**
 * Takes a lock or gives it back.  Sleeps while it cannot be had.
 * @param lk	the lock
 * @param flags	LK_SHARED, LK_EXCLUSIVE or LK_RELEASE; LK_NOWAIT, LK_PCATCH
 * @return	0; EBUSY with LK_NOWAIT; EINTR or ERESTART with LK_PCATCH
 */
int
lockmgr(struct lock *lk, u_int flags)
{
	struct thread *td = curthread;
	u_int type = flags & LK_TYPE_MASK;
	bool wake = false;
	int error = 0;

	spin_lock(&lk->lk_spin);
	if (type == LK_RELEASE)
		wake = lock_release(lk, td);
	else if (lock_take(lk, type, td))
		;
	else if ((flags & LK_NOWAIT) != 0)
		error = EBUSY;
	else
		error = lock_wait(lk, type, flags, td);
	spin_unlock(&lk->lk_spin);
	if (wake)
		wakeup(lk);
	return (error);
}

/**
 * @param lk	a lock
 * @return	whether the calling thread holds it exclusively
 */
bool
lockowned(const struct lock *lk)
{
	return (lk->lk_owner == curthread);
}
