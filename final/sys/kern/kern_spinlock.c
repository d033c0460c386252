/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Spinlocks; <sys/spinlock.h> says how they behave.
 *
 * The number of locks held, and whether interrupts were on before the first,
 * are kept per processor, not in the lock: locks may be given back in any
 * order.
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

/**
 * Called by a processor that waits for a lock, again and again, interrupts
 * off: there it can serve what others wait for.  NULL when there is nothing
 * of that kind.  It must not take a spinlock.
 */
void (*spin_poll)(void);

/** Longest wait in TSC ticks; clock_init() makes it SPIN_SECONDS. */
uint64_t spin_limit = 1UL << 34;

/* Interrupts off, once for each lock held; this processor. */
static struct globaldata *
spin_enter(void)
{
	bool intr = intr_enabled();
	struct globaldata *gd;

	intr_disable();
	gd = mycpu;
	if (gd->gd_spinlocks++ == 0)
		gd->gd_spin_intr = intr;
	return (gd);
}

static void
spin_leave(struct globaldata *gd)
{
	if (--gd->gd_spinlocks == 0 && gd->gd_spin_intr)
		intr_enable();
}

/* Whether the lock was free and is this processor's now. */
static bool
spin_take(struct spinlock *lock, const struct globaldata *gd)
{
	return (atomic_cmpset_int(&lock->owner, 0, gd->gd_cpuid + 1) != 0);
}

/* Reads until the lock looks free: only a write takes the line from others. */
static void
spin_wait(struct spinlock *lock)
{
#ifdef INVARIANTS
	uint64_t start = rdtsc();
#endif
	u_int owner;

	while ((owner = lock->owner) != 0) {
		cpu_spinwait(lock);
		if (spin_poll != NULL)
			spin_poll();
		KASSERT(rdtsc() - start < spin_limit,
		    ("spin_lock: %s: processor %u waits for processor %u, too "
		     "long",
			lock->name, mycpuid, owner - 1));
	}
}

/**
 * Makes a lock that nobody holds.
 * @param lock	the lock
 * @param name	for messages; kept
 */
void
spin_init(struct spinlock *lock, const char *name)
{
	*lock = (struct spinlock)SPINLOCK_INITIALIZER(name);
}

/**
 * Takes a lock, waiting for it if need be.  Interrupts are off from then on.
 * @param lock	not held by this processor
 */
void
spin_lock(struct spinlock *lock)
{
	struct globaldata *gd = spin_enter();

	KASSERT(lock->owner != gd->gd_cpuid + 1,
	    ("spin_lock: %s: processor %u has it already", lock->name,
		gd->gd_cpuid));
	while (!spin_take(lock, gd))
		spin_wait(lock);
}

/**
 * Takes a lock if it is free.
 * @param lock	the lock
 * @return	whether this processor has it now
 */
bool
spin_trylock(struct spinlock *lock)
{
	struct globaldata *gd = spin_enter();

	if (spin_take(lock, gd))
		return (true);
	spin_leave(gd);
	return (false);
}

/**
 * Gives a lock back.
 * @param lock	held by this processor
 */
void
spin_unlock(struct spinlock *lock)
{
	struct globaldata *gd = mycpu;

	KASSERT(lock->owner == gd->gd_cpuid + 1,
	    ("spin_unlock: %s: processor %u does not have it", lock->name,
		gd->gd_cpuid));
	atomic_store_rel_int(&lock->owner, 0);
	cpu_lock_freed(lock);
	spin_leave(gd);
}

/**
 * @param lock	the lock
 * @return	whether this processor holds it
 */
bool
spin_held(const struct spinlock *lock)
{
	return (lock->owner == mycpuid + 1);
}
