/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The contents of files: pages of v_object, which mappings see, too.
 *
 * User memory is touched while a page is held, not busy: it may be a mapping
 * of that same page, whose fault would wait for ever for who copies.  A held
 * page may leave its object meanwhile (it was clean, and memory short; or the
 * file was cut, which the vnode's lock prevents here).  Whoever reads does not
 * care.  Whoever writes looks again, and moves what he has written to the page
 * that is there now.
 *
 * A read of a page that is there costs one look under the object's lock, a
 * hold, the copy, and the unhold; only other pages take the longer way
 * through vm_object_page().
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <vm/vm_object.h>

/* A valid page that nobody works on, held; else NULL. */
static struct vm_page *
page_hold_cached(struct vm_object *obj, vm_pindex_t index)
{
	struct vm_page *m;

	spin_lock(&obj->vo_spin);
	m = vm_radix_lookup(&obj->vo_pages, index);
	if (m != NULL && (m->flags & (PG_VALID | PG_BUSY)) == PG_VALID) {
		m->flags |= PG_REF;
		vm_page_hold(m);
	} else
		m = NULL;
	spin_unlock(&obj->vo_spin);
	return (m);
}

/* How a page is looked for of which only the contents count: memory that is
 * not there is zeros, and need not be made. */
static u_int
look_flags(const struct vm_object *obj)
{
	return (obj->vo_type == OBJT_VNODE ? VMO_READ : 0);
}

/* A page with its contents, held; or NULL: zeros. */
static int
page_hold_read(struct vm_object *obj, vm_pindex_t index, struct vm_page **mp)
{
	int error;

	*mp = page_hold_cached(obj, index);
	if (__predict_true(*mp != NULL))
		return (0);
	error = vm_object_page(obj, index, look_flags(obj), mp);
	if (error == ENOENT) {
		*mp = NULL;
		return (0);
	}
	if (error != 0)
		return (error);
	vm_page_hold(*mp);
	vm_page_unbusy(*mp);
	return (0);
}

/**
 * Reads from a file's pages, up to its end.  Sleeps.
 * @param vp	regular file, locked
 * @param uio	UIO_READ at uio_offset
 * @param filesize bytes of the file
 * @return	0; EINVAL: a negative offset; EFAULT; EINTR: the thread is to
 *		end; the file system's error
 */
int
vn_cache_read(struct vnode *vp, struct uio *uio, off_t filesize)
{
	struct vm_object *obj = vp->v_object;
	struct vm_page *m;
	size_t at, n;
	int error = 0;

	if (uio->uio_offset < 0)
		return (EINVAL);
	while (
	    error == 0 && uio->uio_resid != 0 && uio->uio_offset < filesize) {
		at = uio->uio_offset & PAGE_MASK;
		n = MIN(PAGE_SIZE - at, uio->uio_resid);
		n = MIN(n, (size_t)(filesize - uio->uio_offset));
		error = page_hold_read(obj, atop(uio->uio_offset), &m);
		if (error != 0)
			break;
		if (m == NULL) {
			error = uiomove_zero(n, uio);
		} else {
			error = uiomove((char *)vm_page_kva(m) + at, n, uio);
			vm_page_unhold(m);
		}
		if (error == 0 && uio_turn(uio, uio->uio_resid + n) &&
		    lwkt_user_yield())
			error = EINTR;
	}
	return (error);
}

/*
 * The held page m has got n bytes at `at`.  If it still is the file's page it
 * is dirty now; else the bytes go to the page that is.
 */
static int
page_written(struct vm_object *obj, vm_pindex_t index, struct vm_page *m,
    size_t at, size_t n)
{
	struct vm_page *now;
	bool same;
	int error;

	spin_lock(&obj->vo_spin);
	same = vm_radix_lookup(&obj->vo_pages, index) == m;
	if (same)
		vm_page_set_dirty(m);
	spin_unlock(&obj->vo_spin);
	if (same)
		return (0);
	error = vm_object_page(obj, index, VMO_READ, &now);
	if (error != 0)
		return (error);
	memcpy((char *)vm_page_kva(now) + at, (char *)vm_page_kva(m) + at, n);
	vm_page_set_dirty(now);
	vm_page_unbusy(now);
	return (0);
}

/* Writes within one page. */
static int
write_page(struct vm_object *obj, struct uio *uio, size_t n, bool fresh)
{
	vm_pindex_t index = atop(uio->uio_offset);
	size_t at = uio->uio_offset & PAGE_MASK, before = uio->uio_resid;
	struct vm_page *m;
	int error, error2;

	error = vm_object_page(obj, index, fresh ? VMO_ALLOC : VMO_READ, &m);
	if (error != 0)
		return (error);
	/* A page that is dirty is not dropped; and a new one, of zeros, must
	 * get to the disk even if the copy fails, for it has blocks there. */
	vm_page_set_dirty(m);
	vm_page_hold(m);
	vm_page_unbusy(m);
	error = uiomove((char *)vm_page_kva(m) + at, n, uio);
	error2 = page_written(obj, index, m, at, before - uio->uio_resid);
	vm_page_unhold(m);
	return (error != 0 ? error : error2);
}

/**
 * Writes to a file's pages, which become dirty.  The file system has allocated
 * blocks, and sets the size (by how far uio_offset has come) afterwards.
 * Sleeps.
 * @param vp	regular file, locked
 * @param uio	UIO_WRITE at uio_offset
 * @param n	bytes of it
 * @param whole_or_new nothing that is on disk in these pages stays: they need
 *		not be read
 * @return	0; EFAULT, ENOMEM, the file system's error: uio tells how far
 *		it got
 */
int
vn_cache_write(struct vnode *vp, struct uio *uio, size_t n, bool whole_or_new)
{
	struct vm_object *obj = vp->v_object;
	vm_pindex_t end;
	size_t part, before;
	int error = 0;

	n = MIN(n, uio->uio_resid);
	end = howmany((vm_pindex_t)uio->uio_offset + n, PAGE_SIZE);
	if (obj->vo_size < end)
		vm_object_setsize(obj, end);
	while (n > 0 && error == 0) {
		part = MIN(n, PAGE_SIZE - (uio->uio_offset & PAGE_MASK));
		before = uio->uio_resid;
		error = write_page(obj, uio, part, whole_or_new);
		n -= before - uio->uio_resid;
	}
	return (error);
}

/**
 * Writes dirty pages by VOP_PUTPAGE.  Sleeps.
 * @param vp	regular file
 * @param start	first byte
 * @param end	end; 0: of the file
 * @param wait	of no account: VOP_PUTPAGE knows when a page is written
 * @return	0 or the first error; all pages were tried
 */
int
vn_cache_flush(struct vnode *vp, off_t start, off_t end, bool wait __unused)
{
	struct vm_object *obj = vp->v_object;

	if (obj == NULL || obj->vo_dirty == 0)
		return (0);
	return (vm_object_flush(obj, atop(start), howmany(end, PAGE_SIZE)));
}

/* Whether there is anything but zeros. */
static bool
any_set(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return (true);
	return (false);
}

/*
 * What is behind the new end in its page must be zeros when the file grows
 * again, in memory and on disk.
 */
static void
zero_tail(struct vm_object *obj, off_t newsize)
{
	u_int flags = look_flags(obj);
	size_t at = newsize & PAGE_MASK;
	struct vm_page *m;
	char *p;

	if (at == 0 || vm_object_page(obj, atop(newsize), flags, &m) != 0)
		return;
	p = vm_page_kva(m);
	if (any_set(p + at, PAGE_SIZE - at)) {
		bzero(p + at, PAGE_SIZE - at);
		vm_page_set_dirty(m);
	}
	vm_page_unbusy(m);
}

/**
 * A file gets another size: pages behind its end go, from mappings, too, and
 * the rest of the last page is cleared.  Call it before blocks are freed and,
 * when the file gets shorter, before the size is changed, so that VOP_GETPAGE
 * can still read the last page.  Sleeps.
 * @param vp	regular file, locked
 * @param newsize its new size
 */
void
vn_cache_truncate(struct vnode *vp, off_t newsize)
{
	struct vm_object *obj = vp->v_object;
	vm_pindex_t pages = howmany((vm_pindex_t)newsize, PAGE_SIZE);

	if (obj == NULL)
		return;
	if (pages <= obj->vo_size) {
		zero_tail(obj, newsize);
		/* First the size: so that no fault brings pages back. */
		vm_object_setsize(obj, pages);
		vm_object_page_remove(obj, pages, 0);
	} else
		vm_object_setsize(obj, pages);
}
