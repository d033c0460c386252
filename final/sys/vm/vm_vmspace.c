/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The address spaces that a vkernel has for its processes: made, filled, read,
 * written and ended by name.  How one is run is in vm_vkernel.c.
 *
 * Behind nested page tables a process is not known to the host, and there is
 * nothing to do here: such a vkernel only says that it is one.
 *
 *     vkernel_proc --- tree by id ---> vmspace_entry ---> vmspace
 *                                        ^
 *     vkernel_lwp ----- the last one ----+
 *
 * vk_spin protects the tree.  An entry has a reference from the tree and from
 * each thread that remembers it, so that the thread gets in again without the
 * tree.  ve_runs counts those who are in.  It gets the mark VE_GONE by one
 * instruction, while it is 0 (or else the space is in use, EBUSY), and who has
 * seen the mark has to stay outside; so the memory goes at once, though a
 * thread may remember the name for long.
 *
 * Source: DragonFly's sys/vm/vm_vmspace.c, for the behaviour.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_VKERNEL, "vkernels");

static int vkernel_enable = 1;
SYSCTL_INT(vm_vkernel_enable, "vm.vkernel_enable", CTLFLAG_RW, &vkernel_enable,
    "Whether processes may be vkernels");

static int
entry_cmp(struct vmspace_entry *a, struct vmspace_entry *b)
{
	return (a->ve_id < b->ve_id ? -1 : a->ve_id > b->ve_id);
}
RB_GENERATE_STATIC(vmspace_tree, vmspace_entry, ve_node, entry_cmp)

/* --- names --- */

/* The tree is locked. */
static struct vmspace_entry *
find(struct vkernel_proc *vk, void *id)
{
	struct vmspace_entry key = { .ve_id = (u_register_t)id };

	return (RB_FIND(vmspace_tree, &vk->vk_spaces, &key));
}

/**
 * Finds an entry by its name.
 * @param vk	vkernel
 * @param id	the name
 * @return	the entry with a reference, or NULL
 */
struct vmspace_entry *
vmspace_entry_get(struct vkernel_proc *vk, void *id)
{
	struct vmspace_entry *ve;

	spin_lock(&vk->vk_spin);
	ve = find(vk, id);
	if (ve != NULL)
		atomic_add_int(&ve->ve_refs, 1);
	spin_unlock(&vk->vk_spin);
	return (ve);
}

/**
 * Gives a reference back.
 * @param ve	entry
 */
void
vmspace_entry_rel(struct vmspace_entry *ve)
{
	if (atomic_fetchadd_int(&ve->ve_refs, -1U) == 1)
		kfree(ve, M_VKERNEL);
}

/**
 * A thread is about to run in an address space, which stays until
 * vmspace_entry_leave().
 * @param ve	entry with a reference
 * @return	false: it is destroyed
 */
bool
vmspace_entry_enter(struct vmspace_entry *ve)
{
	if ((atomic_fetchadd_int(&ve->ve_runs, 1) & VE_GONE) == 0)
		return (true);
	atomic_add_int(&ve->ve_runs, -1U);
	return (false);
}

/**
 * The reverse of vmspace_entry_enter().
 * @param ve	entry; the thread uses another address space already
 */
void
vmspace_entry_leave(struct vmspace_entry *ve)
{
	atomic_add_int(&ve->ve_runs, -1U);
}

/* Takes an entry out of the tree, which is locked, if nobody is in it. */
static bool
take_out(struct vkernel_proc *vk, struct vmspace_entry *ve)
{
	if (!atomic_cmpset_int(&ve->ve_runs, 0, VE_GONE))
		return (false);
	RB_REMOVE(vmspace_tree, &vk->vk_spaces, ve);
	return (true);
}

/* The memory of what take_out() has taken out, and the name. */
static void
dispose(struct vmspace_entry *ve)
{
	vmspace_rel(ve->ve_vmspace);
	vmspace_entry_rel(ve);
}

/* The address space that a call of the current process means, with a
 * reference.  EINVAL: not a vkernel; ENOENT. */
static int
get_vmspace(void *id, struct vmspace **vmp)
{
	struct vkernel_proc *vk = curproc->p_vkernel;
	struct vmspace_entry *ve;

	if (vk == NULL)
		return (EINVAL);
	spin_lock(&vk->vk_spin);
	ve = find(vk, id);
	if (ve != NULL) {
		*vmp = ve->ve_vmspace;
		vmspace_ref(*vmp);
	}
	spin_unlock(&vk->vk_spin);
	return (ve != NULL ? 0 : ENOENT);
}

/* --- made and ended --- */

/* Makes a process a vkernel, if it is none.  Sleeps. */
static struct vkernel_proc *
make_vkernel(struct proc *p)
{
	struct vkernel_proc *vk;

	ASSERT_MP_TOKEN();
	if (p->p_vkernel != NULL)
		return (p->p_vkernel);
	vk = kmalloc(sizeof(*vk), M_VKERNEL, M_WAITOK | M_ZERO);
	/* Another thread may have been faster while we slept. */
	if (p->p_vkernel != NULL) {
		kfree(vk, M_VKERNEL);
		return (p->p_vkernel);
	}
	spin_init(&vk->vk_spin, "vkernel");
	RB_INIT(&vk->vk_spaces);
	vk->vk_refs = 1;
	p->p_vkernel = vk;
	return (vk);
}

/**
 * vmspace_create(id, type, data): makes the caller a vkernel, and an empty
 * address space for a process.  Behind nested page tables the process's page
 * table is all that it needs, and nothing is made.
 * @param sysmsg	unused
 * @param uap		id: its name; the rest does not matter
 * @return		0; EOPNOTSUPP: vm.vkernel_enable is 0; EEXIST; ENOMEM
 */
int
sys_vmspace_create(
    struct sysmsg *sysmsg __unused, const struct vmspace_create_args *uap)
{
	struct vkernel_proc *vk;
	struct vmspace_entry *ve, *other;
	struct vmspace *vm;

	if (vkernel_enable == 0)
		return (EOPNOTSUPP);
	vk = make_vkernel(curproc);
	if (curthread->td_vmm != NULL)
		return (0);
	vm = vmspace_alloc(0, VM_MAX_USER_ADDRESS);
	if (vm == NULL)
		return (ENOMEM);
	ve = kmalloc(sizeof(*ve), M_VKERNEL, M_WAITOK | M_ZERO);
	ve->ve_id = (u_register_t)uap->id;
	ve->ve_vmspace = vm;
	ve->ve_refs = 1;
	spin_lock(&vk->vk_spin);
	other = RB_INSERT(vmspace_tree, &vk->vk_spaces, ve);
	spin_unlock(&vk->vk_spin);
	if (other == NULL)
		return (0);
	dispose(ve);
	return (EEXIST);
}

/**
 * vmspace_destroy(id): ends an address space that vmspace_create(2) made.
 * @param sysmsg	unused
 * @param uap		id
 * @return		0; EINVAL: not a vkernel; ENOENT; EBUSY: a thread is in
 *			it
 */
int
sys_vmspace_destroy(
    struct sysmsg *sysmsg __unused, const struct vmspace_destroy_args *uap)
{
	struct vkernel_proc *vk = curproc->p_vkernel;
	struct vmspace_entry *ve;
	int error = 0;

	if (vk == NULL)
		return (EINVAL);
	spin_lock(&vk->vk_spin);
	ve = find(vk, uap->id);
	if (ve == NULL)
		error = ENOENT;
	else if (!take_out(vk, ve))
		error = EBUSY;
	spin_unlock(&vk->vk_spin);
	if (error == 0)
		dispose(ve);
	return (error);
}

/**
 * A child of a vkernel is part of it.  Under mp_token.
 * @param p1	the parent
 * @param p2	the child
 */
void
vkernel_inherit(struct proc *p1, struct proc *p2)
{
	p2->p_vkernel = p1->p_vkernel;
	if (p2->p_vkernel != NULL)
		p2->p_vkernel->vk_refs++;
}

/**
 * A process is no vkernel any more: it ends, or is another program.  May
 * sleep.  Under mp_token.
 * @param p	process; none of its threads runs a process, or will
 */
void
vkernel_exit(struct proc *p)
{
	struct vkernel_proc *vk = p->p_vkernel;
	struct vmspace_entry *ve;
	bool out;

	p->p_vkernel = NULL;
	if (vk == NULL || --vk->vk_refs > 0)
		return;
	while ((ve = RB_ROOT(&vk->vk_spaces)) != NULL) {
		out = take_out(vk, ve);
		KASSERT(out, ("vkernel_exit: somebody is in %#lx", ve->ve_id));
		dispose(ve);
	}
	kfree(vk, M_VKERNEL);
}

/**
 * Counts what would be free without a process's vkernel.  Does not sleep.
 * Under mp_token.
 * @param p	process
 * @return	pages, about
 */
u_long
vkernel_pages(struct proc *p)
{
	struct vkernel_proc *vk = p->p_vkernel;
	struct vmspace_entry *ve;
	u_long n = 0;

	if (vk == NULL)
		return (0);
	spin_lock(&vk->vk_spin);
	RB_FOREACH(ve, vmspace_tree, &vk->vk_spaces)
	n += vmspace_private_pages(ve->ve_vmspace);
	spin_unlock(&vk->vk_spin);
	return (n / vk->vk_refs);
}

/* --- filled, read and written --- */

/* A space begins at 0.  Its last page stays empty, whatever a vkernel maps:
 * see <machine/vmparam.h>. */
#define SPACE_END (VM_MAX_USER_ADDRESS - PAGE_SIZE)

/* The whole pages of a range, as far as there may be any. */
static int
page_range(const void *addr, size_t len, vm_offset_t *start, vm_offset_t *end)
{
	int error = vm_page_range(addr, len, start, end);

	if (error != 0)
		return (error);
	*start = MIN(*start, SPACE_END);
	*end = MIN(*end, SPACE_END);
	return (0);
}

/**
 * vmspace_mmap(id, addr, len, prot, flags, fd, offset): mmap(2) in an address
 * space of a vkernel.
 * @param sysmsg	result: the address
 * @param uap		arguments
 * @return		0; EINVAL: not a vkernel; ENOENT; mmap(2)'s
 */
int
sys_vmspace_mmap(struct sysmsg *sysmsg, const struct vmspace_mmap_args *uap)
{
	struct vmspace *vm;
	vm_offset_t addr = (vm_offset_t)uap->addr, res = 0;
	size_t len = uap->len;
	int error;

	error = get_vmspace(uap->id, &vm);
	if (error != 0)
		return (error);
	/* All there is. */
	if (addr < SPACE_END && len == VM_MAX_USER_ADDRESS - addr)
		len -= PAGE_SIZE;
	error = fd_mmap(
	    vm, addr, len, uap->prot, uap->flags, uap->fd, uap->offset, &res);
	vmspace_rel(vm);
	if (error == 0)
		sysmsg->sysmsg_resultp = (void *)res;
	return (error);
}

/**
 * vmspace_munmap(id, addr, len): unmaps pages of a vkernel's address space.
 * @param sysmsg	unused
 * @param uap		arguments
 * @return		0; EINVAL: not a vkernel, or not all of it is mapped;
 *			ENOENT; ENOMEM: too many parts would be left
 */
int
sys_vmspace_munmap(
    struct sysmsg *sysmsg __unused, const struct vmspace_munmap_args *uap)
{
	vm_offset_t start, end;
	struct vmspace *vm;
	int error;

	error = get_vmspace(uap->id, &vm);
	if (error != 0)
		return (error);
	error = page_range(uap->addr, uap->len, &start, &end);
	if (error == 0 && !vm_map_check(vm, start, end, VM_PROT_NONE))
		error = EINVAL;
	if (error == 0)
		error = vm_map_remove(vm, start, end);
	vmspace_rel(vm);
	return (error);
}

/**
 * vmspace_mcontrol(id, addr, len, behav, value): mcontrol(2) in an address
 * space of a vkernel.
 * @param sysmsg	unused
 * @param uap		arguments
 * @return		0; EINVAL: not a vkernel; ENOENT; mcontrol(2)'s
 */
int
sys_vmspace_mcontrol(
    struct sysmsg *sysmsg __unused, const struct vmspace_mcontrol_args *uap)
{
	vm_offset_t start, end;
	struct vmspace *vm;
	int error;

	error = get_vmspace(uap->id, &vm);
	if (error != 0)
		return (error);
	if (uap->behav < 0 || uap->behav > MADV_CONTROL_END)
		error = EINVAL;
	if (error == 0)
		error = page_range(uap->addr, uap->len, &start, &end);
	if (error == 0)
		error = vm_map_madvise(vm, start, end, uap->behav, uap->value);
	vmspace_rel(vm);
	return (error);
}

/* One page at most: between the caller's memory and that of vm at va. */
static int
copy_part(struct vmspace *vm, vm_offset_t va, char *uaddr, size_t n, bool write,
    char *page)
{
	int error = 0;

	if (write)
		error = copyin(uaddr, page, n);
	/* Whatever vm_fault() says: to the caller it is a bad address. */
	if (error == 0 && vmspace_rdwr(vm, va, page, n, write) != 0)
		error = EFAULT;
	if (error == 0 && !write)
		error = copyout(page, uaddr, n);
	if (error == 0 && lwkt_user_yield())
		error = EINTR;
	return (error);
}

/* vmspace_pread(2) and vmspace_pwrite(2).  What has been done before an error
 * counts as success. */
static int
space_rdwr(struct sysmsg *sysmsg, void *id, char *uaddr, size_t n, int flags,
    off_t offset, bool write)
{
	vm_offset_t va = (vm_offset_t)offset;
	size_t part, done = 0;
	struct vmspace *vm;
	char *page;
	int error;

	error = get_vmspace(id, &vm);
	if (error != 0)
		return (error);
	if ((ssize_t)n < 0 || offset < 0 || flags != 0)
		error = EINVAL;
	page = kmalloc(PAGE_SIZE, M_VKERNEL, M_WAITOK);
	for (; error == 0 && done < n; done += part) {
		part = MIN(n - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
		error = copy_part(
		    vm, va + done, uaddr + done, part, write, page);
		if (error != 0)
			break;
	}
	kfree(page, M_VKERNEL);
	vmspace_rel(vm);
	if (error != 0 && done == 0)
		return (error);
	sysmsg->sysmsg_szresult = (ssize_t)done;
	return (0);
}

/**
 * vmspace_pread(id, buf, nbyte, flags, offset): reads memory of a vkernel's
 * address space.
 * @param sysmsg	result: bytes, fewer if the rest cannot be read
 * @param uap		flags: 0; offset: the address there
 * @return		0; EINVAL: not a vkernel, flags, offset; ENOENT; EFAULT:
 *			nothing could be read, or buf not written to; EINTR
 */
int
sys_vmspace_pread(struct sysmsg *sysmsg, const struct vmspace_pread_args *uap)
{
	return (space_rdwr(sysmsg, uap->id, uap->buf, uap->nbyte, uap->flags,
	    uap->offset, false));
}

/**
 * vmspace_pwrite(id, buf, nbyte, flags, offset): writes memory of a vkernel's
 * address space.
 * @param sysmsg	result: bytes, fewer if the rest cannot be written
 * @param uap		flags: 0; offset: the address there
 * @return		as vmspace_pread()
 */
int
sys_vmspace_pwrite(struct sysmsg *sysmsg, const struct vmspace_pwrite_args *uap)
{
	return (space_rdwr(sysmsg, uap->id, (char *)(uintptr_t)uap->buf,
	    uap->nbyte, uap->flags, uap->offset, true));
}
