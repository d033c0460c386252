/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Private memory: the pages that entries have of their own.
 *
 * An amap belongs to one vmspace; entries that were one once share it, each
 * with its own range of indices.  A page is in several amaps, of as many
 * vmspaces, after a fork: its refs say in how many, and who writes to it while
 * they are more than one gets a copy (vm_fault.c).
 *
 * vm_pmap_spin of the vmspace protects what is in an amap.  am_ref changes
 * only while the map is locked exclusively, or has no users any more.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <vm/vm_map.h>

/* Pages copied by a fork before interrupts get their chance. */
#define FORK_BATCH  64
/* Pages of an entry that the child has mapped from the start. */
#define FORK_PREMAP 64

static MALLOC_DEFINE(M_AMAP, "amaps");

/**
 * Makes an amap without pages.  Does not sleep.
 * @return	the amap with one reference, or NULL
 */
struct vm_amap *
amap_alloc(void)
{
	struct vm_amap *am;

	am = kmalloc(sizeof(*am), M_AMAP, M_NOWAIT | M_ZERO);
	if (am != NULL)
		am->am_ref = 1;
	return (am);
}

/**
 * One more entry uses it.
 * @param am	the amap
 */
void
amap_ref(struct vm_amap *am)
{
	am->am_ref++;
}

/**
 * Frees pages.  They are mapped nowhere in this vmspace any more.
 * @param vm	whose amap it is
 * @param am	the amap
 * @param start	first index
 * @param n	number of indices
 */
void
amap_remove(
    struct vmspace *vm, struct vm_amap *am, vm_pindex_t start, vm_size_t n)
{
	vm_pindex_t end = start + n;
	struct vm_page *m;

	for (;;) {
		spin_lock(&vm->vm_pmap_spin);
		m = vm_radix_next(&am->am_pages, &start);
		if (m == NULL || start >= end) {
			spin_unlock(&vm->vm_pmap_spin);
			return;
		}
		vm_radix_remove(&am->am_pages, start);
		vm->vm_private--;
		spin_unlock(&vm->vm_pmap_spin);
		vm_page_release(m);
	}
}

static void
release_page(void *p, void *arg)
{
	struct vmspace *vm = arg;

	vm->vm_private--;
	vm_page_release(p);
}

/**
 * An entry does not use it any more: its pages are freed.
 * @param vm	whose amap it is
 * @param am	the amap, or NULL
 * @param start	first index of the entry
 * @param n	number of its indices
 */
void
amap_rel(struct vmspace *vm, struct vm_amap *am, vm_pindex_t start, vm_size_t n)
{
	if (am == NULL)
		return;
	if (am->am_ref > 1) {
		amap_remove(vm, am, start, n);
		am->am_ref--;
		return;
	}
	/* Nobody else can find it: no lock. */
	vm_radix_drain(&am->am_pages, release_page, vm);
	kfree(am, M_AMAP);
}

/* tag::fork[] */
/* Enters a parent's page in the child, and takes the right to write away. */
static int
fork_page(struct vm_map_entry *e1, struct vm_map_entry *e2, vm_pindex_t index,
    struct vm_page *m)
{
	struct vmspace *vm1 = e1->e_vmspace, *vm2 = e2->e_vmspace;
	vm_offset_t va;
	int error;

	error = vm_radix_insert(&e2->e_amap->am_pages, index, m);
	if (error != 0)
		return (error);
	atomic_add_int(&m->refs, 1);
	vm2->vm_private++;
	va = e1->e_start + ((index - e1->e_aoffset) << PAGE_SHIFT);
	pmap_protect(
	    &vm1->vm_pmap, va, va + PAGE_SIZE, VM_PROT_READ | VM_PROT_EXECUTE);
	/* Without memory for a table the child's first fault will find some. */
	if (e2->e_amap->am_pages.rt_count <= FORK_PREMAP &&
	    e2->e_prot != VM_PROT_NONE)
		(void)pmap_enter(&vm2->vm_pmap, va, vm_page_phys(m),
		    e2->e_prot & ~VM_PROT_WRITE, PMAP_LEVEL_4K);
	return (0);
}
/* end::fork[] */

/* Some pages from *index on; EAGAIN: there are more. */
static int
fork_batch(struct vm_map_entry *e1, struct vm_map_entry *e2, vm_pindex_t *index)
{
	struct vmspace *vm1 = e1->e_vmspace, *vm2 = e2->e_vmspace;
	vm_pindex_t end = e1->e_aoffset + vm_entry_pages(e1);
	struct vm_page *m;
	int error = EAGAIN;

	/* Two of one level: nobody has the child's and waits for another. */
	spin_lock(&vm1->vm_pmap_spin);
	spin_lock(&vm2->vm_pmap_spin);
	pmap_defer(&vm1->vm_pmap);
	for (u_int i = 0; i < FORK_BATCH && error == EAGAIN; i++, ++*index) {
		m = vm_radix_next(&e1->e_amap->am_pages, index);
		if (m == NULL || *index >= end)
			error = 0;
		else if (fork_page(e1, e2, *index, m) != 0)
			error = ENOMEM;
	}
	pmap_flush(&vm1->vm_pmap);
	spin_unlock(&vm2->vm_pmap_spin);
	spin_unlock(&vm1->vm_pmap_spin);
	return (error);
}

/**
 * Gives a child's entry the pages of its parent's: the same pages, counted,
 * and writable for neither.
 * @param e1	parent's entry; its map is locked exclusively
 * @param e2	child's entry, same range and offsets; nobody else knows it
 * @return	0 or ENOMEM; then the child has some of them
 */
int
amap_fork(struct vm_map_entry *e1, struct vm_map_entry *e2)
{
	vm_pindex_t index = e1->e_aoffset;
	int error;

	if (e1->e_amap == NULL)
		return (0);
	e2->e_amap = amap_alloc();
	if (e2->e_amap == NULL)
		return (ENOMEM);
	do
		error = fork_batch(e1, e2, &index);
	while (error == EAGAIN);
	return (error);
}

/* The next page of an entry's object from *index on, held; or NULL. */
static struct vm_page *
next_held(const struct vm_map_entry *e, vm_pindex_t *index)
{
	vm_pindex_t end = e->e_offset + vm_entry_pages(e);
	struct vm_object *obj = e->e_object;
	struct vm_page *m;

	spin_lock(&obj->vo_spin);
	for (;; ++*index) {
		m = vm_radix_next(&obj->vo_pages, index);
		if (m == NULL || *index >= end) {
			m = NULL;
			break;
		}
		if ((m->flags & PG_VALID) != 0) {
			vm_page_hold(m);
			break;
		}
	}
	spin_unlock(&obj->vo_spin);
	return (m);
}

/**
 * Gives a child copies of what shared memory of its parent's has (minherit(2),
 * INHERIT_COPY): all at once, since no page of an object is copied on writing.
 * @param e1	parent's entry; its map is locked exclusively
 * @param e2	child's entry, same range; nobody else knows it
 * @return	0 or ENOMEM; then the child has some of them
 */
int
amap_copy_object(struct vm_map_entry *e1, struct vm_map_entry *e2)
{
	vm_pindex_t index = e1->e_offset;
	struct vm_page *m, *copy;
	int error;

	e2->e_amap = amap_alloc();
	if (e2->e_amap == NULL)
		return (ENOMEM);
	for (; (m = next_held(e1, &index)) != NULL; index++) {
		copy = vm_page_alloc_user(false);
		if (copy != NULL)
			memcpy(vm_page_kva(copy), vm_page_kva(m), PAGE_SIZE);
		vm_page_unhold(m);
		if (copy == NULL)
			return (ENOMEM);
		error = vm_radix_insert(&e2->e_amap->am_pages,
		    e2->e_aoffset + index - e1->e_offset, copy);
		if (error != 0) {
			vm_page_release(copy);
			return (error);
		}
		e2->e_vmspace->vm_private++;
	}
	return (0);
}

/* Takes the next page of an entry's own from *index on off its amap. */
static struct vm_page *
take_page(struct vm_map_entry *e, vm_pindex_t *index)
{
	struct vmspace *vm = e->e_vmspace;
	vm_pindex_t end = e->e_aoffset + vm_entry_pages(e);
	struct vm_page *m = NULL;

	spin_lock(&vm->vm_pmap_spin);
	if (e->e_amap != NULL)
		m = vm_radix_next(&e->e_amap->am_pages, index);
	if (m != NULL && *index >= end)
		m = NULL;
	if (m != NULL) {
		vm_radix_remove(&e->e_amap->am_pages, *index);
		vm->vm_private--;
	}
	spin_unlock(&vm->vm_pmap_spin);
	return (m);
}

/* A page that nobody else has, with the contents of m, which goes. */
static struct vm_page *
own_page(struct vm_page *m)
{
	struct vm_page *copy;

	if (m->refs == 1)
		return (m);
	copy = vm_page_grab();
	if (copy != NULL)
		memcpy(vm_page_kva(copy), vm_page_kva(m), PAGE_SIZE);
	vm_page_release(m);
	return (copy);
}

/**
 * Makes private memory shared (minherit(2), INHERIT_SHARE): its pages become
 * an object's.  Sleeps for memory; a process that is to end may lose some.
 * @param e	entry; its map is locked exclusively
 * @return	0; EINVAL: a stack, or of a file
 */
int
amap_share(struct vm_map_entry *e)
{
	vm_size_t n = vm_entry_pages(e);
	vm_pindex_t index = e->e_aoffset;
	struct vm_object *obj;
	struct vm_page *m;
	bool more = true;

	if (e->e_object != NULL || (e->e_flags & (MAPE_STACK | MAPE_GUARD)))
		return (EINVAL);
	vm_map_pmap_remove(e->e_vmspace, e->e_start, e->e_end);
	obj = vm_object_allocate(OBJT_ANON, n, "inherited");
	while ((m = take_page(e, &index)) != NULL) {
		m = own_page(m);
		while (m != NULL && more &&
		    vm_object_adopt(obj, index - e->e_aoffset, m) != 0)
			more = vm_wait();
		if (m != NULL && m->object == NULL)
			vm_page_release(m);
	}
	amap_rel(e->e_vmspace, e->e_amap, e->e_aoffset, n);
	e->e_amap = NULL;
	e->e_aoffset = 0;
	e->e_flags &= ~MAPE_PRIVATE;
	vm_entry_set_object(e, obj, 0);
	return (0);
}
