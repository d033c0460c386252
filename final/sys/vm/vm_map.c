/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Address spaces: made, copied, ended; ranges mapped, unmapped, protected.
 *
 * vm_lock is held exclusively while entries change, shared by faults.  What
 * may sleep on a vnode happens after it is given back: entries that have been
 * taken out are collected in a list and disposed of then, when no processor
 * can reach their pages any more.
 *
 * Spinlocks are held for at most one page table's worth of pages at a time.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_VMSPACE, "vmspaces");

/* Bytes of a stack that are mapped from the start, and by which it grows. */
#define STACK_INITIAL (32 * PAGE_SIZE)

/* An empty address space; vmm goes to it, or away. */
static struct vmspace *
alloc_with(vm_offset_t min, vm_offset_t max, struct vmm_proc *vmm)
{
	struct vmspace *vm;

	vm = kmalloc(sizeof(*vm), M_VMSPACE, M_WAITOK | M_ZERO);
	lockinit(&vm->vm_lock, "vm_map");
	spin_init(&vm->vm_pmap_spin, "vm_pmap");
	RB_INIT(&vm->vm_tree);
	vm->vm_min = min;
	/* The last page stays empty: see <machine/vmparam.h>. */
	vm->vm_max = MIN(max, VM_MAX_USER_ADDRESS - PAGE_SIZE);
	vm->vm_ref = 1;
	vm->vm_hint = VM_MMAP_MIN;
	vm->vm_vmm = vmm;
	while (pmap_user_pinit(vm) != 0)
		if (!vm_wait()) {
			vmm_proc_free(vmm);
			kfree(vm, M_VMSPACE);
			return (NULL);
		}
	return (vm);
}

/**
 * Makes an empty address space.  May sleep for memory.
 * @param min	lowest address
 * @param max	end
 * @return	the space with one reference, or NULL without memory
 */
struct vmspace *
vmspace_alloc(vm_offset_t min, vm_offset_t max)
{
	return (alloc_with(min, max, NULL));
}

/**
 * Takes a reference.
 * @param vm	a space that the caller has a reference to
 */
void
vmspace_ref(struct vmspace *vm)
{
	atomic_add_int(&vm->vm_ref, 1);
}

/**
 * Gives a reference back; with the last one everything goes.  May sleep.  No
 * thread may run on its tables or be switched to with them.
 * @param vm	the space
 */
void
vmspace_rel(struct vmspace *vm)
{
	struct vm_map_entry *e;

	if (atomic_fetchadd_int(&vm->vm_ref, -1U) != 1)
		return;
	pmap_user_unload(vm);
	while ((e = RB_ROOT(&vm->vm_tree)) != NULL) {
		vm_entry_unlink(e);
		vm_entry_dispose(e);
	}
	KASSERT(vm->vm_private == 0 && vm->vm_size == 0,
	    ("vmspace_rel: %ld pages, %lu bytes are left", vm->vm_private,
		vm->vm_size));
	/* No object leads here any more. */
	pmap_user_release(vm);
	vmm_proc_free(vm->vm_vmm);
	kfree(vm, M_VMSPACE);
}

/* Gives the child what the parent has in one entry. */
static int
fork_entry(struct vm_map_entry *e1, struct vmspace *vm2)
{
	struct vm_object *obj = e1->e_object;
	struct vm_map_entry *e2;

	e2 = vm_entry_alloc(vm2, e1->e_start, e1->e_end);
	e2->e_prot = e1->e_prot;
	e2->e_maxprot = e1->e_maxprot;
	e2->e_flags = e1->e_flags;
	e2->e_limit = e1->e_limit;
	e2->e_aux = e1->e_aux;
	e2->e_aoffset = e1->e_aoffset;
	if ((e1->e_flags & MAPE_COPYFORK) != 0) {
		e2->e_flags ^= MAPE_COPYFORK | MAPE_PRIVATE;
		if (obj->vo_type == OBJT_ANON)
			obj = NULL; /* it has all that there is */
	}
	if (obj != NULL)
		vm_object_ref(obj);
	vm_entry_set_object(e2, obj, e1->e_offset);
	vm_entry_insert(e2);
	return ((e1->e_flags & MAPE_COPYFORK) != 0 ? amap_copy_object(e1, e2)
						   : amap_fork(e1, e2));
}

/* All entries; the parent is locked.  Without memory the child is gone. */
static struct vmspace *
fork_all(struct vmspace *vm1, bool nested, register_t cr3)
{
	struct vm_map_entry *e;
	struct vmspace *vm2;

	vm2 = alloc_with(
	    vm1->vm_min, vm1->vm_max, nested ? vmm_proc_alloc(cr3) : NULL);
	if (vm2 == NULL)
		return (NULL);
	vm2->vm_hint = vm1->vm_hint;
	vm2->vm_daddr = vm1->vm_daddr;
	vm2->vm_brk = vm1->vm_brk;
	vm2->vm_ssize_top = vm1->vm_ssize_top;
	vm2->vm_textstart = vm1->vm_textstart;
	vm2->vm_textend = vm1->vm_textend;
	RB_FOREACH(e, vm_map_tree, &vm1->vm_tree)
	if ((e->e_flags & MAPE_NOFORK) == 0 && fork_entry(e, vm2) != 0) {
		vmspace_rel(vm2);
		return (NULL);
	}
	return (vm2);
}

/* The same; waits for memory while there is hope. */
static struct vmspace *
fork_with(struct vmspace *vm1, bool nested, register_t cr3)
{
	struct vmspace *vm2;

	do {
		lockmgr(&vm1->vm_lock, LK_EXCLUSIVE);
		vm2 = fork_all(vm1, nested, cr3);
		lockmgr(&vm1->vm_lock, LK_RELEASE);
	} while (vm2 == NULL && vm_wait());
	return (vm2);
}

/**
 * Copies an address space for a child: private pages are shared until one of
 * the two writes to them.  The child of a guest is one.  May sleep.
 * @param vm1	the parent's
 * @return	the child's, or NULL without memory
 */
struct vmspace *
vmspace_fork(struct vmspace *vm1)
{
	return (fork_with(vm1, vm1->vm_vmm != NULL,
	    vm1->vm_vmm != NULL ? vmm_proc_cr3(vm1->vm_vmm) : 0));
}

/**
 * The same, and the copy is a guest's physical memory.  May sleep.
 * @param vm1		the process's
 * @param guest_cr3	where its page table is
 * @return		the copy, or NULL without memory
 */
struct vmspace *
vmspace_fork_nested(struct vmspace *vm1, register_t guest_cr3)
{
	return (fork_with(vm1, true, guest_cr3));
}

/* The end of what lies in one table from va on, or the end of the range. */
static vm_offset_t
table_end(vm_offset_t va, u_int level, vm_offset_t end)
{
	vm_offset_t next;

	next = rounddown2(va, PMAP_LEVEL_SIZE(level)) + PMAP_LEVEL_SIZE(level);
	return (next - 1 < end ? next : end);
}

/* Takes rights away, table by table; VM_PROT_NONE unmaps. */
static void
reduce_prot(struct vmspace *vm, vm_offset_t va, vm_offset_t end, vm_prot_t prot)
{
	struct pmap *pmap = &vm->vm_pmap;
	vm_offset_t next;
	u_int level;

	for (; va < end; va = next) {
		level = PMAP_LEVEL_2M;
		spin_lock(&vm->vm_pmap_spin);
		/* Where there is no table, a whole level of them is missing. */
		(void)pmap_pte(pmap, va, &level);
		next = table_end(va, level, end);
		if (level == PMAP_LEVEL_2M)
			(void)pmap_protect(pmap, va, next, prot);
		spin_unlock(&vm->vm_pmap_spin);
	}
}

/**
 * Unmaps a range for the processor; the next access faults.
 * @param vm	the space
 * @param start	page-aligned
 * @param end	page-aligned
 */
void
vm_map_pmap_remove(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	reduce_prot(vm, start, end, VM_PROT_NONE);
}

/* Takes all entries of a range out.  Locked; dispose of `dead` unlocked.
 * ENOMEM: nothing has happened. */
static int
take_out(struct vmspace *vm, vm_offset_t start, vm_offset_t end,
    struct vm_map_tree *dead)
{
	struct vm_map_entry *e, *next;

	if (vm_entry_clip_range(vm, start, end) != 0)
		return (ENOMEM);
	for (e = vm_entry_find_from(vm, start); e != NULL && e->e_start < end;
	     e = next) {
		next = RB_NEXT(vm_map_tree, &vm->vm_tree, e);
		vm_map_pmap_remove(vm, e->e_start, e->e_end);
		vm_entry_unlink(e);
		RB_INSERT(vm_map_tree, dead, e);
	}
	if (start >= VM_MMAP_MIN && start < vm->vm_hint)
		vm->vm_hint = start;
	return (0);
}

/*
 * What take_out() left.  Amaps that live entries share are changed, so this
 * part wants the lock; vnodes want it gone.
 */
static void
dispose_all(struct vmspace *vm, struct vm_map_tree *dead)
{
	struct vm_map_entry *e;

	RB_FOREACH(e, vm_map_tree, dead)
	{
		amap_rel(vm, e->e_amap, e->e_aoffset, vm_entry_pages(e));
		e->e_amap = NULL;
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	while ((e = RB_ROOT(dead)) != NULL) {
		RB_REMOVE(vm_map_tree, dead, e);
		vm_entry_dispose(e);
	}
}

/* Whether a range lies in the address space. */
static bool
in_range(const struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	return (start <= end && start >= vm->vm_min && end <= vm->vm_max);
}

/**
 * Unmaps whatever is in a range.  May sleep.
 * @param vm	the space
 * @param start	page-aligned
 * @param end	page-aligned
 * @return	0; EINVAL outside of the space; ENOMEM: too many parts would be
 *		left
 */
int
vm_map_remove(struct vmspace *vm, vm_offset_t start, vm_offset_t end)
{
	struct vm_map_tree dead = RB_INITIALIZER(&dead);
	int error;

	if (!in_range(vm, start, end))
		return (EINVAL);
	if (start == end)
		return (0);
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	error = take_out(vm, start, end, &dead);
	dispose_all(vm, &dead);
	return (error);
}

/* Where a mapping goes; the map is locked. */
static int
place(struct vmspace *vm, vm_offset_t *addr, vm_size_t size, u_int flags,
    struct vm_map_tree *dead)
{
	vm_size_t align = PAGE_SIZE;
	vm_offset_t from = *addr, max;
	struct vm_map_entry *e;

	if ((flags & (MAP_FIXED | MAP_TRYFIXED)) != 0) {
		if ((from & PAGE_MASK) != 0 || !in_range(vm, from, from + size))
			return (EINVAL);
		if ((flags & MAP_FIXED) != 0)
			return (take_out(vm, from, from + size, dead));
		e = vm_entry_find_from(vm, from);
		return (e != NULL && e->e_start < from + size ? EEXIST : 0);
	}
	if ((flags & MAP_SIZEALIGN) != 0)
		while (align < size)
			align <<= 1;
	/* A hint, and what comes after it; above mmap's own range just it. */
	from = MAX(from == 0 ? 0 : round_page(from), vm->vm_min);
	max = from < VM_MMAP_MAX ? VM_MMAP_MAX : from + size;
	if (*addr != 0 && in_range(vm, from, max) &&
	    vm_map_findspace(vm, from, max, size, align, addr) == 0)
		return (0);
	/* What cannot be in mmap's own range goes above it. */
	if (size > VM_MMAP_MAX - VM_MMAP_MIN)
		return (vm_map_findspace(
		    vm, VM_MMAP_MAX, vm->vm_max, size, align, addr));
	if (vm_map_findspace(vm, vm->vm_hint, VM_MMAP_MAX, size, align, addr) !=
		0 &&
	    vm_map_findspace(vm, VM_MMAP_MIN, VM_MMAP_MAX, size, align, addr) !=
		0)
		return (ENOMEM);
	vm->vm_hint = *addr + size;
	return (0);
}

static u_short
entry_flags(u_int mapflags)
{
	return (((mapflags & MAP_SHARED) != 0 ? 0 : MAPE_PRIVATE) |
	    ((mapflags & MAP_NOSYNC) != 0 ? MAPE_NOSYNC : 0) |
	    ((mapflags & MAP_VPAGETABLE) != 0 ? MAPE_VPAGETABLE : 0));
}

/* On x86 whoever may write or execute may read. */
static vm_prot_t
prot_normal(vm_prot_t prot)
{
	return (prot == VM_PROT_NONE ? prot : prot | VM_PROT_READ);
}

/**
 * Maps memory.  May sleep.  On success the map has the caller's reference to
 * the object.
 * @param vm	the space
 * @param addr	in: where, or a hint, or 0; out: where
 * @param size	bytes, page-aligned, not 0
 * @param obj	object, or NULL: zeros
 * @param offset byte of it that comes first, page-aligned
 * @param prot	rights
 * @param maxprot what vm_map_protect() may give
 * @param mapflags MAP_SHARED or not; MAP_FIXED, MAP_TRYFIXED, MAP_SIZEALIGN,
 *		MAP_NOSYNC, MAP_VPAGETABLE
 * @return	0; EINVAL; ENOMEM: no room, or too many mappings; EEXIST:
 *		MAP_TRYFIXED and something is there
 */
int
vm_map_insert(struct vmspace *vm, vm_offset_t *addr, vm_size_t size,
    struct vm_object *obj, off_t offset, vm_prot_t prot, vm_prot_t maxprot,
    u_int mapflags)
{
	struct vm_map_tree dead = RB_INITIALIZER(&dead);
	struct vm_map_entry *e;
	bool made = false;
	int error;

	if (size == 0 || ((size | offset) & PAGE_MASK) != 0 || offset < 0)
		return (EINVAL);
	if (size > vm->vm_max - vm->vm_min)
		return ((mapflags & (MAP_FIXED | MAP_TRYFIXED)) != 0 ? EINVAL
								     : ENOMEM);
	if (obj == NULL && (mapflags & MAP_SHARED) != 0) {
		obj = vm_object_allocate(OBJT_ANON, atop(size), "shared");
		offset = 0;
		made = true;
	}
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	error = vm->vm_nentries >= vm_max_entries
	    ? ENOMEM
	    : place(vm, addr, size, mapflags, &dead);
	if (error == 0) {
		e = vm_entry_alloc(vm, *addr, *addr + size);
		e->e_prot = prot_normal(prot & maxprot);
		e->e_maxprot = prot_normal(maxprot);
		e->e_flags = entry_flags(mapflags);
		vm_entry_set_object(e, obj, atop(offset));
		vm_entry_insert(e);
		vm_entry_merge(e);
	}
	dispose_all(vm, &dead);
	if (error != 0 && made)
		vm_object_rel(obj);
	return (error);
}

/**
 * Maps a stack: private memory that grows downward.
 * @param vm	the space
 * @param top	its end, page-aligned
 * @param maxsize bytes that it may have
 * @param prot	rights
 * @return	0; EINVAL; EEXIST: something is there
 */
int
vm_map_stack(
    struct vmspace *vm, vm_offset_t top, vm_size_t maxsize, vm_prot_t prot)
{
	struct vm_map_entry *e, *other;
	vm_offset_t start;
	int error = 0;

	if (((top | maxsize) & PAGE_MASK) != 0 || maxsize == 0 ||
	    maxsize > top || !in_range(vm, top - maxsize, top))
		return (EINVAL);
	start = top - MIN(maxsize, STACK_INITIAL);
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	other = vm_entry_find_from(vm, top - maxsize);
	if (other != NULL && other->e_start < top)
		error = EEXIST;
	else {
		e = vm_entry_alloc(vm, start, top);
		e->e_prot = prot_normal(prot);
		e->e_maxprot = VM_PROT_ALL;
		e->e_flags = MAPE_PRIVATE | MAPE_STACK;
		e->e_limit = top - maxsize;
		e->e_aoffset = atop(start - e->e_limit);
		vm_entry_insert(e);
		vm->vm_ssize_top = top;
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

/**
 * Lets a stack grow down to an address.
 * @param vm	the space, not locked
 * @param va	page that was touched
 * @return	0: look again; EFAULT: no stack may grow there
 */
int
vm_map_growstack(struct vmspace *vm, vm_offset_t va)
{
	struct vm_map_entry *e, *prev;
	vm_offset_t start;
	int error = 0;

	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	e = vm_entry_find_from(vm, va);
	if (e == NULL || (e->e_flags & MAPE_STACK) == 0 || va < e->e_limit)
		error = EFAULT;
	else if (va < e->e_start) {
		prev = RB_PREV(vm_map_tree, &vm->vm_tree, e);
		KASSERT(prev == NULL || prev->e_end <= va,
		    ("vm_map_growstack: %#lx is mapped", va));
		start = MAX(rounddown2(va, STACK_INITIAL), e->e_limit);
		if (prev != NULL)
			start = MAX(start, prev->e_end);
		vm->vm_size += e->e_start - start;
		vm_entry_set_range(e, start, e->e_end);
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

/**
 * Changes the rights of a range.
 * @param vm	the space
 * @param start	page-aligned
 * @param end	page-aligned
 * @param prot	rights
 * @return	0; EINVAL; ENOMEM: not all is mapped, or there would be too many
 *		mappings; EACCES: more than e_maxprot allows.  On an error nothing has changed.
 */
int
vm_map_protect(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot)
{
	struct vm_map_entry *e;
	int error = 0;

	if (!in_range(vm, start, end))
		return (EINVAL);
	prot = prot_normal(prot);
	lockmgr(&vm->vm_lock, LK_EXCLUSIVE);
	if (!vm_map_check_locked(vm, start, end, VM_PROT_NONE))
		error = ENOMEM;
	for (e = vm_entry_find_from(vm, start);
	     error == 0 && e != NULL && e->e_start < end;
	     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e))
		if ((prot & ~e->e_maxprot) != 0)
			error = EACCES;
	if (error == 0 && start != end)
		error = vm_entry_clip_range(vm, start, end);
	if (error == 0 && start != end) {
		for (e = vm_entry_find_from(vm, start);
		     e != NULL && e->e_start < end;
		     e = RB_NEXT(vm_map_tree, &vm->vm_tree, e)) {
			if ((e->e_prot & ~prot) != 0)
				reduce_prot(vm, e->e_start, e->e_end, prot);
			e->e_prot = prot;
		}
		vm_entry_merge_range(vm, start, end);
	}
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}
