/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Objects: the pages of a file, of shared memory, of a device.
 *
 * A page in an object has one reference, the object's.  PG_BUSY says that
 * somebody reads, fills or writes it, without the object's lock; everybody
 * else sleeps on the page until it is no longer busy, and then looks it up
 * again, since it may be gone.  A page that is not busy belongs to whoever has
 * the object's lock.
 *
 * Pages of files are never writable in a pmap unless they are PG_DIRTY:
 * the fault that makes them writable marks them, and vm_object_flush() takes
 * the right away before it clears the mark.  So vo_dirty is exact.
 *
 * A file's pages may be memory as well (tmpfs): then the object is OBJT_ANON,
 * has no dirty pages, is never written and never in pageout's queue, and its
 * vo_vnode only keeps the file in use while it is mapped.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/tsleep.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

static MALLOC_DEFINE(M_VMOBJ, "vm objects");

/** Pages in objects, all of them. */
volatile u_long vm_pages_object;

/**
 * Makes an object without pages.
 * @param type	kind
 * @param size	pages
 * @param name	for messages; kept
 * @return	the object with one reference
 */
struct vm_object *
vm_object_allocate(enum obj_type type, vm_pindex_t size, const char *name)
{
	struct vm_object *obj;

	obj = kmalloc(sizeof(*obj), M_VMOBJ, M_WAITOK | M_ZERO);
	spin_init(&obj->vo_spin, "vm_object");
	obj->vo_type = type;
	obj->vo_ref = 1;
	obj->vo_size = size;
	obj->vo_vptgen = 1;
	obj->vo_name = name;
	LIST_INIT(&obj->vo_entries);
	return (obj);
}

/**
 * Takes a reference.
 * @param obj	an object that the caller has a reference to, or locked
 */
void
vm_object_ref(struct vm_object *obj)
{
	atomic_add_int(&obj->vo_ref, 1);
}

/**
 * Gives a reference back; the last one frees the object and its pages, whose
 * contents are lost.  May sleep.
 * @param obj	the object
 */
void
vm_object_rel(struct vm_object *obj)
{
	if (atomic_fetchadd_int(&obj->vo_ref, -1U) != 1)
		return;
	KASSERT(LIST_EMPTY(&obj->vo_entries),
	    ("vm_object_rel: %s is mapped", obj->vo_name));
	vm_object_page_remove(obj, 0, 0);
	vm_radix_free(&obj->vo_pages);
	kfree(obj, M_VMOBJ);
}

/**
 * Takes pages off what a quota leaves.  Does not sleep; needs no lock.
 * @param vq	the quota, or NULL: without limit
 * @param n	pages
 * @return	whether so many were left; else none is taken
 */
bool
vm_quota_take(struct vm_quota *vq, u_long n)
{
	u_long used;

	if (vq == NULL)
		return (true);
	used = vq->vq_used;
	do {
		if (used > vq->vq_max || n > vq->vq_max - used)
			return (false);
	} while (!atomic_fcmpset_long(&vq->vq_used, &used, used + n));
	return (true);
}

/**
 * Gives pages back.  Does not sleep; needs no lock.
 * @param vq	the quota, or NULL
 * @param n	pages, taken before
 */
void
vm_quota_give(struct vm_quota *vq, u_long n)
{
	if (vq != NULL)
		atomic_add_long(&vq->vq_used, -n);
}

/**
 * Sets the number of pages beyond which accesses fail.  Does not remove pages.
 * @param obj	the object
 * @param size	pages
 */
void
vm_object_setsize(struct vm_object *obj, vm_pindex_t size)
{
	spin_lock(&obj->vo_spin);
	obj->vo_size = size;
	spin_unlock(&obj->vo_spin);
}

/* Makes the page busy if it is not; else sleeps, and false.  Locked. */
static bool
page_busy(struct vm_object *obj, struct vm_page *m)
{
	if ((m->flags & PG_BUSY) == 0) {
		m->flags |= PG_BUSY | PG_REF;
		return (true);
	}
	m->flags |= PG_WANTED;
	ssleep(m, &obj->vo_spin, 0, "vmpgbz", 0);
	return (false);
}

/* The object is locked, and unlocked afterwards. */
static void
page_unbusy_locked(struct vm_object *obj, struct vm_page *m)
{
	bool wanted = (m->flags & PG_WANTED) != 0;

	KASSERT((m->flags & PG_BUSY) != 0,
	    ("vm_page_unbusy: page %#lx is not busy", vm_page_phys(m)));
	m->flags &= ~(PG_BUSY | PG_WANTED);
	spin_unlock(&obj->vo_spin);
	if (wanted)
		wakeup(m);
}

/**
 * Lets others have a page, and wakes who waits for it.
 * @param m	busy by the caller
 */
void
vm_page_unbusy(struct vm_page *m)
{
	struct vm_object *obj = m->object;

	spin_lock(&obj->vo_spin);
	page_unbusy_locked(obj, m);
}

/**
 * Notes that the contents are to be written; they are valid then.
 * @param m	busy, or of an object that is locked
 */
void
vm_page_set_dirty(struct vm_page *m)
{
	struct vm_object *obj = m->object;
	bool locked = spin_held(&obj->vo_spin);

	if (!locked)
		spin_lock(&obj->vo_spin);
	if ((m->flags & PG_DIRTY) == 0 && obj->vo_type == OBJT_VNODE) {
		m->flags |= PG_DIRTY;
		obj->vo_dirty++;
	}
	m->flags |= PG_VALID;
	if (!locked)
		spin_unlock(&obj->vo_spin);
}

/**
 * A mapping is about to store into a file's page: the file makes room for it
 * on disk, so that it can be written later, and the page is dirty.  Sleeps.
 * @param m	busy, of an object of a vnode
 * @return	0; EIO: the vnode has gone; ENOSPC, EROFS: the vnode's error
 */
int
vm_object_make_dirty(struct vm_page *m)
{
	struct vm_object *obj = m->object;
	int error;

	lwkt_gettoken(&mp_token);
	error = obj->vo_vnode != NULL ? VOP_BACKPAGE(obj->vo_vnode, m) : EIO;
	lwkt_reltoken(&mp_token);
	if (error == 0)
		vm_page_set_dirty(m);
	return (error);
}

/**
 * Notes that the contents have been written, or are about to be.
 * @param m	of an object that is locked; mapped writable nowhere
 */
void
vm_object_clear_dirty(struct vm_page *m)
{
	if ((m->flags & PG_DIRTY) == 0)
		return;
	m->flags &= ~PG_DIRTY;
	m->object->vo_dirty--;
}

/**
 * Takes a page out of its object: unmapped everywhere, no longer dirty.  The
 * reference is the caller's, for vm_page_release().
 * @param m	of an object that is locked
 */
void
vm_object_detach(struct vm_page *m)
{
	struct vm_object *obj = m->object;

	vm_page_unmap(m);
	vm_object_clear_dirty(m);
	if ((m->flags & PG_INQUEUE) != 0)
		vm_pageout_dequeue(m);
	vm_radix_remove(&obj->vo_pages, m->pindex);
	vm_quota_give(obj->vo_quota, 1);
	atomic_add_long(&vm_pages_object, -1UL);
	m->object = NULL;
	m->pindex = 0;
	m->flags = 0;
}

/* Enters a new page, busy.  The object is locked.  EEXIST, ENOMEM, ENOSPC */
static int
page_insert(struct vm_object *obj, vm_pindex_t index, struct vm_page *m)
{
	int error;

	if (!vm_quota_take(obj->vo_quota, 1))
		return (ENOSPC);
	error = vm_radix_insert(&obj->vo_pages, index, m);
	if (error != 0) {
		vm_quota_give(obj->vo_quota, 1);
		return (error);
	}
	m->object = obj;
	m->pindex = index;
	m->vptgen = 0;
	m->flags = PG_BUSY | PG_REF;
	atomic_add_long(&vm_pages_object, 1);
	if (obj->vo_type == OBJT_VNODE)
		vm_pageout_enqueue(m);
	return (0);
}

/**
 * Gives an object a page that is nobody's yet, with its contents.
 * @param obj	of memory, not of a file
 * @param index	where it has none
 * @param m	mapped nowhere; the caller's reference becomes the object's
 * @return	0 or ENOMEM
 */
int
vm_object_adopt(struct vm_object *obj, vm_pindex_t index, struct vm_page *m)
{
	int error;

	spin_lock(&obj->vo_spin);
	error = page_insert(obj, index, m);
	if (error == 0)
		m->flags = PG_VALID | PG_REF;
	spin_unlock(&obj->vo_spin);
	return (error);
}

/* Adds a page that was not there, busy.  EAGAIN: look again. */
static int
page_add(
    struct vm_object *obj, vm_pindex_t index, u_int flags, struct vm_page **mp)
{
	struct vm_page *m;
	int error;

	m = vm_page_alloc_user((flags & (VMO_READ | VMO_NOZERO)) == 0);
	if (m == NULL)
		return (vm_wait() ? EAGAIN : ENOMEM);
	spin_lock(&obj->vo_spin);
	/* Under the lock: a file that gets shorter leaves no page behind. */
	if ((flags & VMO_ALLOC) == 0 && index >= obj->vo_size)
		error = EIO;
	else
		error = page_insert(obj, index, m);
	if (error == 0 && (flags & (VMO_READ | VMO_NOZERO)) == 0)
		m->flags |= PG_VALID;
	spin_unlock(&obj->vo_spin);
	if (error == 0)
		*mp = m;
	else
		vm_page_release(m);
	if (error == ENOMEM)
		return (vm_wait() ? EAGAIN : ENOMEM);
	return (error == EEXIST ? EAGAIN : error);
}

/* Takes a busy page out for good: it could not be read. */
static void
page_discard(struct vm_object *obj, struct vm_page *m)
{
	bool wanted;

	spin_lock(&obj->vo_spin);
	wanted = (m->flags & PG_WANTED) != 0;
	vm_object_detach(m);
	spin_unlock(&obj->vo_spin);
	if (wanted)
		wakeup(m);
	vm_page_release(m);
}

/* Fills a busy page: from the file, or with zeros. */
static int
page_fill(struct vm_object *obj, struct vm_page *m, u_int flags)
{
	int error = 0;

	if ((flags & VMO_READ) != 0 && obj->vo_type == OBJT_VNODE) {
		lwkt_gettoken(&mp_token);
		error = obj->vo_vnode != NULL ? VOP_GETPAGE(obj->vo_vnode, m)
					      : EIO;
		lwkt_reltoken(&mp_token);
	} else if ((flags & VMO_NOZERO) == 0)
		bzero(vm_page_kva(m), PAGE_SIZE);
	else
		return (0); /* valid when its owner says so */
	if (error != 0) {
		page_discard(obj, m);
		return (error);
	}
	spin_lock(&obj->vo_spin);
	m->flags |= PG_VALID;
	spin_unlock(&obj->vo_spin);
	return (0);
}

/**
 * Finds a page and makes it busy.  Sleeps while others have it.
 * @param obj	the object, referenced
 * @param index	number of the page
 * @param flags	VMO_*; none: only a page that is there
 * @param mp	the page
 * @return	0; ENOENT; EIO beyond the end, or with the vnode gone; the
 *		vnode's error; ENOSPC: the object's quota has no page left;
 *		ENOMEM if the process is to end
 */
int
vm_object_page(
    struct vm_object *obj, vm_pindex_t index, u_int flags, struct vm_page **mp)
{
	struct vm_page *m;
	bool valid;
	int error;

	for (;;) {
		spin_lock(&obj->vo_spin);
		m = vm_radix_lookup(&obj->vo_pages, index);
		if (m != NULL && !page_busy(obj, m)) {
			spin_unlock(&obj->vo_spin);
			continue;
		}
		valid = m != NULL && (m->flags & PG_VALID) != 0;
		spin_unlock(&obj->vo_spin);
		if (m == NULL) {
			if ((flags & (VMO_ALLOC | VMO_READ)) == 0)
				return (ENOENT);
			error = page_add(obj, index, flags, &m);
			if (error == EAGAIN)
				continue;
			if (error != 0)
				return (error);
			valid = (m->flags & PG_VALID) != 0;
		}
		break;
	}
	*mp = m;
	if (valid)
		return (0);
	if ((flags & (VMO_ALLOC | VMO_READ)) == 0) {
		vm_page_unbusy(m);
		return (ENOENT);
	}
	return (page_fill(obj, m, flags));
}

/**
 * Unmaps and frees pages; waits for busy ones.  Dirty contents are lost.
 * @param obj	the object
 * @param start	first
 * @param end	first after them; 0: all from start on
 */
void
vm_object_page_remove(struct vm_object *obj, vm_pindex_t start, vm_pindex_t end)
{
	struct vm_page *m;

	for (;;) {
		spin_lock(&obj->vo_spin);
		m = vm_radix_next(&obj->vo_pages, &start);
		if (m == NULL || (end != 0 && start >= end)) {
			spin_unlock(&obj->vo_spin);
			return;
		}
		if ((m->flags & PG_BUSY) != 0) {
			m->flags |= PG_WANTED;
			ssleep(m, &obj->vo_spin, 0, "vmpgrm", 0);
			spin_unlock(&obj->vo_spin);
			continue;
		}
		vm_object_detach(m);
		spin_unlock(&obj->vo_spin);
		vm_page_release(m);
	}
}

/* The next dirty page from *index on, busy; NULL: there is none. */
static struct vm_page *
next_dirty(struct vm_object *obj, vm_pindex_t *index, vm_pindex_t end)
{
	struct vm_page *m;

	spin_lock(&obj->vo_spin);
	for (;; ++*index) {
		m = obj->vo_dirty == 0 ? NULL
				       : vm_radix_next(&obj->vo_pages, index);
		if (m == NULL || (end != 0 && *index >= end)) {
			m = NULL;
			break;
		}
		while ((m = vm_radix_lookup(&obj->vo_pages, *index)) != NULL &&
		    (m->flags & PG_DIRTY) != 0 && !page_busy(obj, m))
			;
		if (m != NULL && (m->flags & PG_DIRTY) != 0)
			break;
	}
	spin_unlock(&obj->vo_spin);
	return (m);
}

/* Writes one busy page and lets it go. */
static int
flush_page(struct vm_object *obj, struct vm_page *m)
{
	int error;

	spin_lock(&obj->vo_spin);
	vm_page_clean_mappings(m);
	vm_object_clear_dirty(m);
	spin_unlock(&obj->vo_spin);
	lwkt_gettoken(&mp_token);
	error = obj->vo_vnode != NULL ? VOP_PUTPAGE(obj->vo_vnode, m) : EIO;
	lwkt_reltoken(&mp_token);
	if (error != 0)
		vm_page_set_dirty(m);
	vm_page_unbusy(m);
	return (error);
}

/**
 * Writes dirty pages.  A page that cannot be written stays dirty.  Sleeps.
 * @param obj	of a vnode; of others nothing is to be written
 * @param start	first page
 * @param end	first after them; 0: all from start on
 * @return	0, or the first error of VOP_PUTPAGE; all pages were tried
 */
int
vm_object_flush(struct vm_object *obj, vm_pindex_t start, vm_pindex_t end)
{
	struct vm_page *m;
	int error, first = 0;

	if (obj->vo_type != OBJT_VNODE)
		return (0);
	while ((m = next_dirty(obj, &start, end)) != NULL) {
		start = m->pindex + 1;
		error = flush_page(obj, m);
		if (first == 0)
			first = error;
	}
	return (first);
}
