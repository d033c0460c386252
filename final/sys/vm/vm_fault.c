/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Page faults: an access becomes possible, or is refused with a reason.
 *
 *     entry         page                     access   what happens
 *     private       in its amap, 1 ref       any      mapped
 *     private       in its amap, more refs   read     mapped read-only
 *                                            write    copied, mapped
 *     private       object's                 read     mapped read-only
 *                                            write    copied, mapped
 *     private       none                     any      page of zeros
 *     shared        object's                 read     mapped; a file's clean
 *                                                     page read-only
 *                                            write    marked dirty, mapped;
 *                                                     a file makes room for
 *                                                     its page before that
 *     behind a      that which the table     any      as shared, with the
 *     vkernel's     says (vm_vpte.c), and             table's rights
 *     page table    the pages of the table
 *
 * vm_lock is shared: threads of a process fault at the same time.  So whatever
 * one of them has seen in an amap is looked at again with vm_pmap_spin held
 * before it counts, and a page enters an amap and the pmap under one holding
 * of it.  Nobody sleeps with vm_lock held: a page that has to be read, waited
 * for or made in an object is fetched with everything given back, and then the
 * fault begins again, since the map may be another one.  This also keeps the
 * order of locks: a vnode's is taken before vm_lock, never after.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_vpte.h>

/* Resident neighbours are mapped with a page: so many, aligned. */
#define AROUND_PAGES 16
#define AROUND_SIZE  (AROUND_PAGES * PAGE_SIZE)

/** What is to be done when the map is unlocked, before the next attempt. */
enum fault_todo {
	TODO_NOTHING, /**< just try again */
	TODO_FETCH,   /**< f_object's page f_index has to be had */
	TODO_GROW,    /**< a stack may grow down to f_va */
};

/** A fault under way. */
struct fault {
	struct vmspace *f_vm;	    /**< where */
	vm_offset_t f_va;	    /**< page */
	bool f_write;		    /**< write access */
	vm_prot_t f_access;	    /**< VM_PROT_* */
	struct vm_map_entry *f_e;   /**< entry, while the map is locked */
	enum fault_todo f_todo;	    /**< with EAGAIN */
	struct vm_object *f_object; /**< TODO_FETCH: referenced */
	vm_pindex_t f_index;	    /**< TODO_FETCH: which page */
	bool f_dirty;		    /**< TODO_FETCH: it is to be stored into */
	bool f_major;		    /**< TODO_FETCH: it was not in memory */
};

/* Number of the page in the entry. */
static vm_pindex_t
entry_index(const struct fault *f)
{
	return (atop(f->f_va - f->f_e->e_start));
}

static int
map_page(struct fault *f, struct vm_page *m, vm_prot_t prot)
{
	return (pmap_enter(
	    &f->f_vm->vm_pmap, f->f_va, vm_page_phys(m), prot, PMAP_LEVEL_4K));
}

/* Makes sure that the entry has an amap. */
static bool
have_amap(struct fault *f)
{
	struct vm_map_entry *e = f->f_e;
	struct vm_amap *am;

	if (e->e_amap != NULL)
		return (true);
	am = amap_alloc();
	if (am == NULL)
		return (false);
	spin_lock(&f->f_vm->vm_pmap_spin);
	if (e->e_amap == NULL) {
		e->e_amap = am;
		am = NULL;
	}
	spin_unlock(&f->f_vm->vm_pmap_spin);
	amap_rel(f->f_vm, am, 0, 0); /* another thread was faster */
	return (true);
}

/* Puts a new page where `old` was seen, or nothing.  Locked.  EAGAIN: it is
 * not like that any more. */
static int
amap_set(struct fault *f, struct vm_page *m, struct vm_page *old)
{
	struct vm_radix *rt = &f->f_e->e_amap->am_pages;
	vm_pindex_t index = f->f_e->e_aoffset + entry_index(f);
	void **slot;
	int error;

	if (old == NULL) {
		error = vm_radix_insert(rt, index, m);
		if (error == 0)
			f->f_vm->vm_private++;
		return (error == EEXIST ? EAGAIN : error);
	}
	slot = vm_radix_slot(rt, index);
	/* Alone with it again, another thread may have written to it since it
	 * was copied. */
	if (slot == NULL || *slot != old || old->refs == 1)
		return (EAGAIN);
	*slot = m;
	return (0);
}

/* Makes m the entry's own page, in place of old (or of nothing); m's
 * reference goes to the amap. */
static int
install(struct fault *f, struct vm_page *m, struct vm_page *old)
{
	struct vmspace *vm = f->f_vm;
	bool set = false;
	int error = ENOMEM;

	if (have_amap(f)) {
		spin_lock(&vm->vm_pmap_spin);
		error = amap_set(f, m, old);
		set = error == 0;
		/* If a table is missing, old was not mapped either. */
		if (set)
			error = map_page(f, m, f->f_e->e_prot);
		spin_unlock(&vm->vm_pmap_spin);
	}
	if (!set)
		vm_page_release(m);
	else if (old != NULL)
		vm_page_release(old);
	return (error);
}

static int
fault_zero(struct fault *f)
{
	struct vm_page *m;

	m = vm_page_alloc_user(true);
	return (m == NULL ? ENOMEM : install(f, m, NULL));
}

/* A copy of src, which is held, takes the place of old. */
static int
fault_copy(struct fault *f, struct vm_page *src, struct vm_page *old)
{
	struct vm_page *m;

	m = vm_page_alloc_user(false);
	if (m != NULL)
		memcpy(vm_page_kva(m), vm_page_kva(src), PAGE_SIZE);
	vm_page_unhold(src);
	return (m == NULL ? ENOMEM : install(f, m, old));
}

/* tag::amap[] */
/* The entry's own page, if it has one; ENOENT: it has none. */
static int
fault_amap(struct fault *f)
{
	struct vm_map_entry *e = f->f_e;
	vm_prot_t prot = e->e_prot;
	struct vm_page *m;
	bool copy = false;
	int error = ENOENT;

	spin_lock(&f->f_vm->vm_pmap_spin);
	m = vm_radix_lookup(
	    &e->e_amap->am_pages, e->e_aoffset + entry_index(f));
	if (m != NULL) {
		/* Only a fork makes them more, and that has to wait.  They may
		 * get fewer at any time: see amap_set(). */
		copy = m->refs > 1 && f->f_write;
		if (m->refs > 1)
			prot &= ~VM_PROT_WRITE;
		if (copy)
			vm_page_hold(m);
		else
			error = map_page(f, m, prot);
	}
	spin_unlock(&f->f_vm->vm_pmap_spin);
	return (copy ? fault_copy(f, m, m) : error);
}
/* end::amap[] */

/* Maps neighbours of a page that has just been mapped, read-only and without
 * their A bits.  Object and pmap are locked. */
static void
fault_around(struct fault *f)
{
	struct vm_map_entry *e = f->f_e;
	struct vm_object *obj = e->e_object;
	vm_offset_t va = MAX(rounddown2(f->f_va, AROUND_SIZE), e->e_start);
	vm_offset_t end = MIN(
	    rounddown2(f->f_va, AROUND_SIZE) + AROUND_SIZE, e->e_end);
	struct vm_page *m;
	vm_pindex_t n;

	for (; va < end; va += PAGE_SIZE) {
		n = atop(va - e->e_start);
		m = vm_radix_lookup(&obj->vo_pages, e->e_offset + n);
		if (m == NULL ||
		    (m->flags & (PG_BUSY | PG_VALID)) != PG_VALID ||
		    m->pindex >= obj->vo_size)
			continue;
		if (e->e_amap != NULL &&
		    vm_radix_lookup(&e->e_amap->am_pages, e->e_aoffset + n) !=
			NULL)
			continue;
		(void)pmap_enter_quick(&f->f_vm->vm_pmap, va, vm_page_phys(m),
		    e->e_prot & ~VM_PROT_WRITE);
	}
}

/* Maps a page of an object that is locked.  EAGAIN: another thread has made
 * a private copy of it meanwhile. */
static int
map_object_page(struct fault *f, struct vm_page *m, vm_prot_t prot)
{
	struct vm_map_entry *e = f->f_e;
	bool private = (e->e_flags & MAPE_PRIVATE) != 0;
	int error = EAGAIN;

	if (private ||
	    (e->e_object->vo_type == OBJT_VNODE && (m->flags & PG_DIRTY) == 0))
		prot &= ~VM_PROT_WRITE;
	spin_lock(&f->f_vm->vm_pmap_spin);
	if (!private || e->e_amap == NULL ||
	    vm_radix_lookup(
		&e->e_amap->am_pages, e->e_aoffset + entry_index(f)) == NULL)
		error = map_page(f, m, prot);
	/* Neighbours behind a page table are anywhere. */
	if ((e->e_flags & MAPE_VPAGETABLE) != 0)
		m->vptgen = e->e_object->vo_vptgen;
	else if (error == 0 && !f->f_write)
		fault_around(f);
	spin_unlock(&f->f_vm->vm_pmap_spin);
	return (error);
}

/* Frames of a device: they have no struct vm_page, or not one of ours. */
static int
fault_device(struct fault *f)
{
	struct vm_map_entry *e = f->f_e;
	struct vm_object *obj = e->e_object;
	vm_pindex_t index = e->e_offset + entry_index(f);
	vm_paddr_t pa = obj->vo_paddr + ptoa(index);
	u_int prot = e->e_prot;
	int error;

	if (index >= obj->vo_size)
		return (EIO);
	if (vm_page_lookup(pa) == NULL)
		prot |= VM_MEMATTR_UNCACHEABLE;
	spin_lock(&f->f_vm->vm_pmap_spin);
	error = pmap_enter(&f->f_vm->vm_pmap, f->f_va, pa, prot, PMAP_LEVEL_4K);
	spin_unlock(&f->f_vm->vm_pmap_spin);
	return (error);
}

/* Whether a page of an object that is locked can be mapped as it is.  A file's
 * page that is stored into has to be dirty. */
static bool
is_ready(const struct fault *f, const struct vm_page *m)
{
	if (m == NULL || (m->flags & (PG_BUSY | PG_VALID)) != PG_VALID)
		return (false);
	return (!f->f_dirty || (m->flags & PG_DIRTY) != 0);
}

/* A page of an object that is locked, if it is ready to be used, and perhaps
 * stored into.  EAGAIN: it is to be fetched. */
static int
object_page(struct fault *f, vm_pindex_t index, bool store, struct vm_page **mp)
{
	struct vm_object *obj = f->f_e->e_object;
	struct vm_page *m = vm_radix_lookup(&obj->vo_pages, index);

	if (index >= obj->vo_size)
		return (EIO);
	f->f_dirty = store && obj->vo_type == OBJT_VNODE;
	*mp = m;
	if (is_ready(f, m)) {
		m->flags |= PG_REF;
		return (0);
	}
	vm_object_ref(obj);
	f->f_todo = TODO_FETCH;
	f->f_object = obj;
	f->f_index = index;
	f->f_major = m == NULL;
	return (EAGAIN);
}

/* A page of a vkernel's page table, for vpte_walk().  It stays, since the
 * object is locked for all of the walk. */
static int
table_page(void *arg, vm_pindex_t index, bool store, u_long **table)
{
	struct vm_page *m;
	int error;

	error = object_page(arg, index, store, &m);
	if (error == 0)
		*table = vm_page_kva(m);
	/* A table that is nowhere translates nothing. */
	return (error == EIO ? EFAULT : error);
}

/* Where a page is in the object, which is locked, and what rights it has. */
static int
translate(struct fault *f, vm_pindex_t *index, vm_prot_t *prot)
{
	struct vm_map_entry *e = f->f_e;
	u_int allowed;
	int error;

	*index = e->e_offset + entry_index(f);
	*prot = e->e_prot;
	if ((e->e_flags & MAPE_VPAGETABLE) == 0)
		return (0);
	error = vpte_walk(
	    e->e_aux, index, f->f_access, &allowed, table_page, f);
	KTR_LOG("walk of the vkernel's page table: error %ld, page %#lx", error,
	    *index);
	if (error == 0)
		*prot &= allowed;
	return (error);
}

static int
fault_object(struct fault *f)
{
	struct vm_map_entry *e = f->f_e;
	struct vm_object *obj = e->e_object;
	bool private = (e->e_flags & MAPE_PRIVATE) != 0;
	vm_pindex_t index;
	struct vm_page *m;
	vm_prot_t prot;
	int error;

	spin_lock(&obj->vo_spin);
	error = translate(f, &index, &prot);
	if (error == 0)
		error = object_page(f, index, f->f_write && !private, &m);
	if (error == 0 && f->f_write && private) {
		vm_page_hold(m);
		spin_unlock(&obj->vo_spin);
		return (fault_copy(f, m, NULL));
	}
	if (error == 0)
		error = map_object_page(f, m, prot);
	spin_unlock(&obj->vo_spin);
	return (error);
}

/* Nothing is mapped there: perhaps a stack may grow. */
static int
fault_nothing(struct fault *f)
{
	struct vm_map_entry *e = vm_entry_find_from(f->f_vm, f->f_va);

	if (e == NULL || (e->e_flags & MAPE_STACK) == 0 || f->f_va < e->e_limit)
		return (EFAULT);
	f->f_todo = TODO_GROW;
	return (EAGAIN);
}

/* tag::once[] */
/* One attempt; vm_lock is shared.  EAGAIN: f_todo, then another one. */
static int
fault_once(struct fault *f)
{
	struct vm_map_entry *e;
	int error;

	f->f_todo = TODO_NOTHING;
	e = f->f_e = vm_entry_find(f->f_vm, f->f_va);
	if (e == NULL)
		return (fault_nothing(f));
	if ((e->e_flags & MAPE_GUARD) != 0)
		return (EFAULT);
	if ((f->f_access & ~e->e_prot) != 0)
		return (EACCES);
	if (e->e_amap != NULL) {
		error = fault_amap(f);
		if (error != ENOENT)
			return (error);
	}
	if (e->e_object == NULL)
		return (fault_zero(f));
	if (e->e_object->vo_type == OBJT_DEVICE)
		return (fault_device(f));
	return (fault_object(f));
}
/* end::once[] */

/* Has the object get the page, and make it dirty.  Everything is unlocked. */
static int
fault_fetch(struct fault *f)
{
	struct vm_object *obj = f->f_object;
	struct vm_page *m;
	int error;

	/* Not beyond the end: a file may have got shorter meanwhile. */
	error = vm_object_page(obj, f->f_index, VMO_READ, &m);
	if (error == 0) {
		if (f->f_dirty)
			error = vm_object_make_dirty(m);
		vm_page_unbusy(m);
	}
	vm_object_rel(obj);
	if (f->f_major && curthread->td_lwp != NULL)
		curthread->td_lwp->lwp_ru.ru_majflt++;
	/* Whatever a file system says: the page cannot be had. */
	return (error != 0 && error != ENOMEM ? EIO : error);
}

static int
fault_grow(struct fault *f)
{
	struct proc *p = curthread->td_proc;

	if (p != NULL && p->p_vmspace == f->f_vm &&
	    (rlim_t)(f->f_vm->vm_ssize_top - f->f_va) >
		p->p_rlimit[RLIMIT_STACK].rlim_cur)
		return (EFAULT);
	return (vm_map_growstack(f->f_vm, f->f_va));
}

/* What an attempt has asked for. */
static int
fault_todo(struct fault *f)
{
	switch (f->f_todo) {
	case TODO_FETCH:
		return (fault_fetch(f));
	case TODO_GROW:
		return (fault_grow(f));
	default:
		return (0);
	}
}

/**
 * Makes an access possible, or says why it is not.  May sleep; no lock may be
 * held that comes after vm_lock.
 * @param vm	the space
 * @param va	address
 * @param access VM_PROT_READ, WRITE or EXECUTE
 * @param flags	VM_FAULT_NORMAL
 * @return	0; EFAULT: nothing is there; EACCES: not that way; EIO: the page
 *		cannot be had; ENOMEM: and the process is to end
 */
int
vm_fault(
    struct vmspace *vm, vm_offset_t va, vm_prot_t access, u_int flags __unused)
{
	struct thread *td = curthread;
	struct fault f;
	int error;

	if (va < vm->vm_min || va >= vm->vm_max)
		return (EFAULT);
	f.f_vm = vm;
	f.f_va = trunc_page(va);
	f.f_access = access;
	f.f_write = (access & VM_PROT_WRITE) != 0;
	for (;;) {
		lockmgr(&vm->vm_lock, LK_SHARED);
		error = fault_once(&f);
		lockmgr(&vm->vm_lock, LK_RELEASE);
		if (error == EAGAIN)
			error = fault_todo(&f);
		else if (error != ENOMEM)
			break;
		if (error == ENOMEM && vm_wait())
			error = 0;
		if (error != 0)
			break;
	}
	if (td->td_lwp != NULL)
		td->td_lwp->lwp_ru.ru_minflt++;
	return (error);
}
