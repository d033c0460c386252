/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pages of user memory: counted, held, freed once.
 *
 * A page has references (refs: one from its object, or one from each amap
 * that has it) and holders (hold).  It is freed when both are none.  The
 * last reference cannot be followed by a new hold: a page is held only by who
 * sees it in an object or an amap, whose lock is held.  So a page without
 * holders is freed at once, and one with holders is marked PG_FREED for the
 * last of them; hold_spin orders these two.
 *
 * The last pages of the machine are the kernel's: without them it could not
 * even end a process.
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/** Pages allocated by vm_page_alloc_user() and not free again. */
volatile u_long vm_pages_user;

static struct spinlock hold_spin = SPINLOCK_INITIALIZER("vm_hold");

/**
 * @param m	a page
 * @return	its address in the kernel
 */
void *
vm_page_kva(struct vm_page *m)
{
	return (PHYS_TO_DMAP(vm_page_phys(m)));
}

/**
 * Allocates a page for user memory.  Does not sleep; leaves the kernel its
 * reserve.
 * @param zero	it is to be cleared
 * @return	the page with one reference, or NULL
 */
struct vm_page *
vm_page_alloc_user(bool zero)
{
	struct vm_page *m;

	if (vm_page_free_count() <= vm_page_reserve)
		return (NULL);
	m = vm_page_alloc(0);
	if (m == NULL)
		return (NULL);
	m->refs = 1;
	m->hold = 0;
	m->flags = 0;
	m->object = NULL;
	m->pindex = 0;
	atomic_add_long(&vm_pages_user, 1);
	if (zero)
		bzero(vm_page_kva(m), PAGE_SIZE);
	return (m);
}

/**
 * Allocates a page of zeros.  Sleeps until there is one.
 * @return	the page with one reference, for vm_page_release(); NULL only
 *		if the process is to end
 */
struct vm_page *
vm_page_grab(void)
{
	struct vm_page *m;

	while ((m = vm_page_alloc_user(true)) == NULL)
		if (!vm_wait())
			return (NULL);
	return (m);
}

static void
page_free(struct vm_page *m)
{
	atomic_add_long(&vm_pages_user, -1UL);
	vm_page_free(m);
}

/**
 * Takes a reference away; the last one frees the page, or leaves that to its
 * holders.
 * @param m	in no object
 */
void
vm_page_release(struct vm_page *m)
{
	bool wait = false;

	KASSERT(m->refs != 0 && m->object == NULL,
	    ("vm_page_release: page %#lx is in use", vm_page_phys(m)));
	if (atomic_fetchadd_int(&m->refs, -1U) != 1)
		return;
	if (m->hold != 0) {
		spin_lock(&hold_spin);
		wait = m->hold != 0;
		if (wait)
			m->flags |= PG_FREED;
		spin_unlock(&hold_spin);
	}
	if (!wait)
		page_free(m);
}

/**
 * Keeps a page from being freed or reused.
 * @param m	busy, or seen in an object or amap that is locked
 */
void
vm_page_hold(struct vm_page *m)
{
	atomic_add_int(&m->hold, 1);
}

/**
 * Ends a vm_page_hold().
 * @param m	the page
 */
void
vm_page_unhold(struct vm_page *m)
{
	bool last;

	spin_lock(&hold_spin);
	KASSERT(m->hold != 0,
	    ("vm_page_unhold: page %#lx is not held", vm_page_phys(m)));
	last = atomic_fetchadd_int(&m->hold, -1U) == 1 &&
	    (m->flags & PG_FREED) != 0;
	if (last)
		m->flags &= ~PG_FREED;
	spin_unlock(&hold_spin);
	if (last)
		page_free(m);
}
