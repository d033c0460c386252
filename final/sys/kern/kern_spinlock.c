/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Spinlocks; <sys/spinlock.h> says how they behave.
 *
 * Ticket t holds the lock while serving == t.  The number of locks held and
 * whether interrupts were on before the first are kept per processor, not in
 * the lock: locks may be given back in any order.
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/globaldata.h>

/**
 * Called by a processor that waits for a lock, again and again, interrupts
 * off: there it can serve what others wait for.  NULL when there is nothing
 * of that kind.  It must not take a spinlock.
 */
void (*spin_poll)(void);

/** Longest wait in TSC ticks; clock_init() makes it SPIN_SECONDS. */
uint64_t spin_limit = 1UL << 34;

/* Interrupts off, once for each lock held. */
static void
spin_enter(void)
{
	bool intr = (read_rflags() & PSL_I) != 0;
	struct globaldata *gd;

	cpu_disable_intr();
	gd = mycpu;
	if (gd->gd_spinlocks++ == 0)
		gd->gd_spin_intr = intr;
}

static void
spin_leave(void)
{
	struct globaldata *gd = mycpu;

	if (--gd->gd_spinlocks == 0 && gd->gd_spin_intr)
		cpu_enable_intr();
}

#ifdef INVARIANTS
static void __dead2
spin_too_long(const struct spinlock *lock)
{
	u_int owner = lock->owner;

	if (owner == 0)
		panic("spin_lock: %s: nobody gives it to processor %u",
		    lock->name, mycpuid);
	panic("spin_lock: %s: processor %u waits for processor %u, too long",
	    lock->name, mycpuid, owner - 1);
}
#endif

static void
spin_wait(struct spinlock *lock, u_int ticket)
{
#ifdef INVARIANTS
	uint64_t start = rdtsc();
#endif

	while (atomic_load_acq_int(&lock->serving) != ticket) {
		cpu_pause();
		if (spin_poll != NULL)
			spin_poll();
#ifdef INVARIANTS
		if (rdtsc() - start > spin_limit)
			spin_too_long(lock);
#endif
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
	spin_enter();
	KASSERT(!spin_held(lock),
	    ("spin_lock: %s: processor %u has it already", lock->name,
		mycpuid));
	spin_wait(lock, atomic_fetchadd_int(&lock->next, 1));
	lock->owner = mycpuid + 1;
}

/**
 * Takes a lock if it is free.
 * @param lock	the lock
 * @return	whether this processor has it now
 */
bool
spin_trylock(struct spinlock *lock)
{
	u_int ticket;

	spin_enter();
	ticket = atomic_load_acq_int(&lock->serving);
	/* Only a lock that nobody holds has next == serving. */
	if (!atomic_cmpset_int(&lock->next, ticket, ticket + 1)) {
		spin_leave();
		return (false);
	}
	lock->owner = mycpuid + 1;
	return (true);
}

/**
 * Gives a lock back.
 * @param lock	held by this processor
 */
void
spin_unlock(struct spinlock *lock)
{
	KASSERT(spin_held(lock),
	    ("spin_unlock: %s: processor %u does not have it", lock->name,
		mycpuid));
	lock->owner = 0;
	atomic_store_rel_int(&lock->serving, lock->serving + 1);
	spin_leave();
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
