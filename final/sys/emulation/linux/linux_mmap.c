/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's memory calls.
 *
 * They are the native ones with other flags, but for brk(2) and mremap(2).
 * The latter is for malloc: it grows, shrinks and moves private memory without
 * a file, and shrinks anything.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include "linux_conv.h"

#define PROT_ALL     (PROT_READ | PROT_WRITE | PROT_EXEC)
#define LINUX_PR_SEM 0x8 /* PROT_SEM: no meaning */

/** mmap(2). */
int
sys_linux_mmap(struct sysmsg *sysmsg, const struct linux_mmap_args *uap)
{
	struct mmap_args a = { .addr = (caddr_t)uap->addr,
		.len = uap->len,
		.prot = uap->prot & PROT_ALL,
		.fd = -1,
		.pos = uap->pos };
	int error;

	if (uap->len == 0 || uap->len > VM_MAX_USER_ADDRESS ||
	    (uap->pos & PAGE_MASK) != 0)
		return (uap->len > VM_MAX_USER_ADDRESS ? ENOMEM : EINVAL);
	error = linux_mmap_flags(uap->flags, &a.flags);
	if (error != 0)
		return (error);
	if ((a.flags & MAP_ANON) == 0)
		a.fd = uap->fd;
	else
		a.pos = 0; /* without a file it has no meaning */
	return (sys_mmap(sysmsg, &a));
}

/** mprotect(2). */
int
sys_linux_mprotect(struct sysmsg *sysmsg, const struct linux_mprotect_args *uap)
{
	struct mprotect_args a = { .addr = (void *)uap->addr, .len = uap->len };

	if ((uap->addr & PAGE_MASK) != 0 ||
	    (uap->prot &
		~(u_long)(PROT_ALL | LINUX_PR_SEM | LINUX_PROT_GROWSDOWN)) != 0)
		return (EINVAL);
	a.prot = uap->prot & PROT_ALL;
	return (sys_mprotect(sysmsg, &a));
}

/** msync(2). */
int
sys_linux_msync(struct sysmsg *sysmsg, const struct linux_msync_args *uap)
{
	struct msync_args a = { .addr = (void *)uap->addr,
		.len = uap->len,
		.flags = linux_msync_flags(uap->flags) };

	if (a.flags < 0 || (uap->addr & PAGE_MASK) != 0)
		return (EINVAL);
	return (sys_msync(sysmsg, &a));
}

/** madvise(2). */
int
sys_linux_madvise(struct sysmsg *sysmsg, const struct linux_madvise_args *uap)
{
	struct madvise_args a = { .addr = (void *)uap->addr,
		.len = uap->len,
		.behav = linux_madvice(uap->behav) };
	struct minherit_args inherit = { .addr = a.addr, .len = a.len };

	if ((uap->addr & PAGE_MASK) != 0)
		return (EINVAL);
	if (uap->behav == LINUX_MADV_DONTFORK ||
	    uap->behav == LINUX_MADV_DOFORK) {
		inherit.inherit = uap->behav == LINUX_MADV_DOFORK
		    ? INHERIT_COPY
		    : INHERIT_NONE;
		return (sys_minherit(sysmsg, &inherit));
	}
	return (a.behav < 0 ? EINVAL : sys_madvise(sysmsg, &a));
}

/**
 * brk(2).
 * Never fails: says where the heap ends, as before or as wanted.
 */
int
sys_linux_brk(struct sysmsg *sysmsg, const struct linux_brk_args *uap)
{
	vm_offset_t end;

	if (kern_brk(uap->addr, &end) != 0)
		end = curproc->p_vmspace->vm_brk;
	sysmsg->sysmsg_lresult = end;
	return (0);
}

/* --- mremap --- */

/** A request: page-aligned. */
struct remap {
	vm_offset_t addr;   /* where it is */
	vm_size_t oldlen;   /* bytes, not 0 */
	vm_size_t newlen;   /* bytes, not 0 */
	vm_offset_t target; /* where it is to go, if so */
	bool maymove;	    /* anywhere */
	bool fixed;	    /* to target and nowhere else */
};

/* Rights of a range that mremap can move: private, no file, one entry. */
static int
check_movable(struct vmspace *vm, const struct remap *r, vm_prot_t *prot)
{
	struct vm_map_entry *e;
	int error = 0;

	lockmgr(&vm->vm_lock, LK_SHARED);
	e = vm_map_lookup(vm, r->addr);
	if (e == NULL || e->e_end - r->addr < r->oldlen)
		error = EFAULT;
	else if ((e->e_flags & MAPE_PRIVATE) == 0 || e->e_object != NULL ||
	    (e->e_flags & (MAPE_STACK | MAPE_GUARD | MAPE_VPAGETABLE)) != 0 ||
	    e->e_wired != 0)
		error = EINVAL;
	else
		*prot = e->e_prot;
	lockmgr(&vm->vm_lock, LK_RELEASE);
	return (error);
}

static bool
is_zero(const u_long *words)
{
	for (u_int i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		if (words[i] != 0)
			return (false);
	return (true);
}

/* Copies pages of the process; those of zeros need none at the target. */
static int
copy_pages(vm_offset_t from, vm_offset_t to, vm_size_t len)
{
	void *page = kmalloc(PAGE_SIZE, M_TEMP, M_WAITOK);
	int error = 0;

	for (vm_size_t at = 0; at < len && error == 0; at += PAGE_SIZE) {
		error = copyin((const void *)(from + at), page, PAGE_SIZE);
		if (error == 0 && !is_zero(page))
			error = copyout(page, (void *)(to + at), PAGE_SIZE);
	}
	kfree(page, M_TEMP);
	return (error);
}

/* To another place: new memory, the contents, and the old range goes. */
static int
remap_move(
    struct vmspace *vm, const struct remap *r, vm_prot_t prot, vm_offset_t *res)
{
	u_int flags = MAP_PRIVATE | (r->fixed ? MAP_FIXED : 0);
	vm_offset_t to = r->fixed ? r->target : 0;
	int error;

	error = vm_map_insert(vm, &to, r->newlen, NULL, 0,
	    VM_PROT_READ | VM_PROT_WRITE, PROT_ALL, flags);
	if (error != 0)
		return (error);
	error = copy_pages(r->addr, to, MIN(r->oldlen, r->newlen));
	if (error == 0)
		error = vm_map_protect(vm, to, to + r->newlen, prot);
	if (error != 0) {
		vm_map_remove(vm, to, to + r->newlen);
		return (error);
	}
	vm_map_remove(vm, r->addr, r->addr + r->oldlen);
	*res = to;
	return (0);
}

/* Where it is, if nothing lies behind it. */
static int
remap_grow(struct vmspace *vm, const struct remap *r, vm_prot_t prot)
{
	vm_offset_t end = r->addr + r->oldlen;

	return (vm_map_insert(vm, &end, r->newlen - r->oldlen, NULL, 0, prot,
	    PROT_ALL, MAP_PRIVATE | MAP_TRYFIXED));
}

/* RLIMIT_VMEM. */
static bool
within_limit(const struct vmspace *vm, vm_size_t more)
{
	vm_size_t limit = curproc->p_rlimit[RLIMIT_VMEM].rlim_cur;

	return (vm->vm_size <= limit && more <= limit - vm->vm_size);
}

static int
remap(struct vmspace *vm, const struct remap *r, vm_offset_t *res)
{
	vm_prot_t prot;
	int error;

	*res = r->addr;
	if (!r->fixed && r->newlen == r->oldlen)
		return (0);
	if (!r->fixed && r->newlen < r->oldlen)
		return (vm_map_remove(
		    vm, r->addr + r->newlen, r->addr + r->oldlen));
	error = check_movable(vm, r, &prot);
	if (error != 0)
		return (error);
	if (r->newlen > r->oldlen && !within_limit(vm, r->newlen - r->oldlen))
		return (ENOMEM);
	if (!r->fixed && remap_grow(vm, r, prot) == 0)
		return (0);
	if (!r->maymove)
		return (ENOMEM);
	return (remap_move(vm, r, prot, res));
}

/* Whether [addr, addr + len) are addresses of a program. */
static bool
in_user_space(vm_offset_t addr, vm_size_t len)
{
	return (
	    addr < VM_MAX_USER_ADDRESS && len <= VM_MAX_USER_ADDRESS - addr);
}

/** mremap(2). */
int
sys_linux_mremap(struct sysmsg *sysmsg, const struct linux_mremap_args *uap)
{
	struct remap r = { .addr = uap->addr,
		.target = uap->newaddr,
		.maymove = (uap->flags & LINUX_MREMAP_MAYMOVE) != 0,
		.fixed = (uap->flags & LINUX_MREMAP_FIXED) != 0 };
	vm_offset_t res;
	int error;

	if ((uap->flags &
		~(u_long)(LINUX_MREMAP_MAYMOVE | LINUX_MREMAP_FIXED)) != 0 ||
	    (r.fixed && !r.maymove) || (r.addr & PAGE_MASK) != 0)
		return (EINVAL);
	if (!in_user_space(r.addr, uap->oldlen) || uap->oldlen == 0 ||
	    uap->newlen == 0)
		return (EINVAL);
	if (uap->newlen > VM_MAX_USER_ADDRESS)
		return (ENOMEM);
	r.oldlen = round_page(uap->oldlen);
	r.newlen = round_page(uap->newlen);
	if (r.fixed &&
	    ((r.target & PAGE_MASK) != 0 ||
		!in_user_space(r.target, r.newlen) ||
		(r.target < r.addr + r.oldlen && r.addr < r.target + r.newlen)))
		return (EINVAL);
	error = remap(curproc->p_vmspace, &r, &res);
	sysmsg->sysmsg_lresult = res;
	return (error);
}
