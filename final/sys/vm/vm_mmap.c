/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * mmap(2) and its relatives.
 *
 * What is checked here: arguments, limits of the process, rights of the file.
 * All of these calls run without mp_token; what touches a vnode takes it.
 * Neither MAP_SHARED nor MAP_PRIVATE means MAP_PRIVATE.  Memory is promised
 * without limit other than RLIMIT_VMEM and RLIMIT_DATA (see vm_pageout.c).
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#define MAP_KNOWN                                                              \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_RENAME | MAP_NORESERVE |   \
	    MAP_INHERIT | MAP_NOEXTEND | MAP_HASSEMAPHORE | MAP_STACK |        \
	    MAP_NOSYNC | MAP_ANON | MAP_VPAGETABLE | MAP_TRYFIXED |            \
	    MAP_NOCORE | MAP_SIZEALIGN)

/* Pages that mincore(2) copies out at a time. */
#define MINCORE_BATCH 64

/**
 * The range of whole pages that a call means.
 * @param addr	first byte
 * @param len	bytes
 * @param start	set to the first byte of the first page
 * @param end	set to the end of the last one
 * @return	0; EINVAL: it wraps, or is beyond user space
 */
int
vm_page_range(
    const void *addr, size_t len, vm_offset_t *start, vm_offset_t *end)
{
	vm_offset_t a = (vm_offset_t)addr;

	if (a + len < a || a + len > VM_MAX_USER_ADDRESS)
		return (EINVAL);
	*start = trunc_page(a);
	*end = round_page(a + len);
	return (0);
}

/* Whether the process may have that much more memory. */
static bool
within_limit(struct vmspace *vm, int limit, vm_size_t used, vm_size_t more)
{
	struct proc *p = curthread->td_proc;
	vm_size_t max;

	if (p == NULL || p->p_vmspace != vm)
		return (true);
	max = p->p_rlimit[limit].rlim_cur;
	return (used <= max && more <= max - used);
}

/* The rights that a mapping of a vnode may ever have; EACCES, EPERM. */
static int
vnode_maxprot(const struct vnode *vp, u_int fflag, u_int prot, u_int flags,
    u_int *maxprot)
{
	u_int max = VM_PROT_ALL;

	if ((fflag & FREAD) == 0)
		return (EACCES);
	if ((flags & MAP_SHARED) != 0 && (fflag & FWRITE) == 0)
		max &= ~VM_PROT_WRITE;
	if ((prot & ~max) != 0)
		return (EACCES);
	if (vp->v_mount != NULL && (vp->v_mount->mnt_flag & MNT_NOEXEC) != 0)
		max &= ~VM_PROT_EXECUTE;
	if ((prot & ~max) != 0)
		return (EPERM);
	*maxprot = max;
	return (0);
}

/* The object of an open file, with a reference, and the rights it allows. */
static int
file_object(struct file *fp, off_t pos, size_t len, u_int prot, u_int flags,
    struct vm_object **objp, u_int *maxprot)
{
	struct vnode *vp = fp->f_data;
	int error;

	if (fp->f_type != DTYPE_VNODE)
		return (EINVAL);
	if (vp->v_type != VREG && vp->v_type != VCHR)
		return (ENODEV);
	error = vnode_maxprot(vp, fp->f_flag, prot, flags, maxprot);
	if (error != 0)
		return (error);
	lwkt_gettoken(&mp_token);
	error = vn_lock(vp, LK_EXCLUSIVE);
	if (error == 0) {
		error = VOP_MMAP(vp, pos, len, prot, objp);
		vn_unlock(vp);
	}
	lwkt_reltoken(&mp_token);
	return (error);
}

/* Lengths, flags, rights and addresses that make no sense. */
static int
check_mmap(size_t len, int prot, int flags, const struct file *fp, off_t pos)
{
	if (len > VM_MAX_USER_ADDRESS)
		return ((flags & (MAP_FIXED | MAP_TRYFIXED)) != 0 ? EINVAL
								  : ENOMEM);
	if (len == 0 || (flags & ~MAP_KNOWN) != 0 ||
	    (prot & ~VM_PROT_ALL) != 0 ||
	    (flags & (MAP_SHARED | MAP_PRIVATE)) == (MAP_SHARED | MAP_PRIVATE))
		return (EINVAL);
	if ((flags & MAP_STACK) != 0 &&
	    (fp != NULL || (flags & MAP_SHARED) != 0 ||
		(prot & (PROT_READ | PROT_WRITE)) != (PROT_READ | PROT_WRITE)))
		return (EINVAL);
	/* The table is in the memory that it is about. */
	if ((flags & MAP_VPAGETABLE) != 0 &&
	    (flags & (MAP_SHARED | MAP_STACK)) != MAP_SHARED)
		return (EINVAL);
	if (fp != NULL &&
	    (pos < 0 || (u_long)pos + len > (~0UL >> 1) - PAGE_SIZE))
		return (EINVAL);
	return (0);
}

/**
 * Maps memory or a file.  Sleeps.
 * @param vm	where
 * @param addr	address or hint, see mmap(2)
 * @param len	bytes
 * @param prot	PROT_*
 * @param flags	MAP_*
 * @param fp	open file; NULL: memory
 * @param pos	byte of the file; need not be aligned, the address then has
 *		the same offset in its page
 * @param res	result: the address
 * @return	0, EINVAL, EACCES, EPERM, ENODEV, ENOMEM, EEXIST
 */
int
kern_mmap(struct vmspace *vm, vm_offset_t addr, vm_size_t len, int prot,
    int flags, struct file *fp, off_t pos, vm_offset_t *res)
{
	struct vm_object *obj = NULL;
	vm_offset_t offset = fp != NULL ? pos & PAGE_MASK : 0;
	u_int maxprot = VM_PROT_ALL;
	int error;

	error = check_mmap(len, prot, flags, fp, pos);
	if (error != 0)
		return (error);
	len = round_page(len + offset);
	if ((flags & (MAP_FIXED | MAP_TRYFIXED)) != 0) {
		if (addr < offset || ((addr - offset) & PAGE_MASK) != 0)
			return (EINVAL);
		addr -= offset;
	} else if (addr < VM_MMAP_MIN || addr >= vm->vm_max)
		addr = 0; /* no hint, or one into the program's own range */
	else
		addr = trunc_page(addr);
	if (!within_limit(vm, RLIMIT_VMEM, vm->vm_size, len))
		return (ENOMEM);
	if (fp != NULL) {
		pos -= offset;
		error = file_object(fp, pos, len, prot, flags, &obj, &maxprot);
		if (error != 0)
			return (error);
	}
	if ((flags & MAP_VPAGETABLE) != 0) {
		if (obj != NULL && obj->vo_type == OBJT_DEVICE) {
			vm_object_rel(obj);
			return (EINVAL);
		}
		/* Whether what is read may be run is the table's to say. */
		if ((prot & PROT_READ) != 0)
			prot |= PROT_EXEC & maxprot;
	}
	error = vm_map_insert(
	    vm, &addr, len, obj, fp != NULL ? pos : 0, prot, maxprot, flags);
	if (error != 0 && obj != NULL)
		vm_object_rel(obj);
	*res = addr + offset;
	return (error);
}

/**
 * Sets the end of the heap.  Sleeps.
 * @param newbrk first byte after it; anything below its start changes nothing
 * @param res	result: the end, also when it could not be had
 * @return	0 or ENOMEM
 */
int
kern_brk(vm_offset_t newbrk, vm_offset_t *res)
{
	struct vmspace *vm = curproc->p_vmspace;
	vm_offset_t old = round_page(vm->vm_brk), new, addr = old;
	int error = 0;

	*res = vm->vm_brk;
	if (newbrk < vm->vm_daddr)
		return (0);
	if (newbrk > VM_MAX_USER_ADDRESS ||
	    !within_limit(vm, RLIMIT_DATA, 0, newbrk - vm->vm_daddr))
		return (ENOMEM);
	new = round_page(newbrk);
	if (new > old) {
		if (!within_limit(vm, RLIMIT_VMEM, vm->vm_size, new - old))
			return (ENOMEM);
		error = vm_map_insert(vm, &addr, new - old, NULL, 0,
		    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL,
		    MAP_PRIVATE | MAP_TRYFIXED);
	} else if (new < old)
		error = vm_map_remove(vm, new, old);
	if (error != 0)
		return (ENOMEM);
	*res = vm->vm_brk = newbrk;
	return (0);
}

/**
 * The same with a descriptor of the current process, which MAP_ANON and
 * MAP_STACK do not need.  Sleeps.
 * @param vm	where
 * @param addr	address or hint
 * @param len	bytes
 * @param prot	PROT_*
 * @param flags	MAP_*
 * @param fd	descriptor
 * @param pos	byte of its file
 * @param res	result: the address
 * @return	0; EBADF; kern_mmap()'s
 */
int
fd_mmap(struct vmspace *vm, vm_offset_t addr, vm_size_t len, int prot,
    int flags, int fd, off_t pos, vm_offset_t *res)
{
	struct file *fp = NULL;
	int error;

	if ((flags & MAP_STACK) != 0 && fd != -1)
		return (EINVAL);
	if ((flags & (MAP_ANON | MAP_STACK)) == 0) {
		fp = holdfp(curproc->p_fd, fd, -1);
		if (fp == NULL)
			return (EBADF);
	}
	error = kern_mmap(vm, addr, len, prot, flags, fp, pos, res);
	if (fp != NULL) {
		lwkt_gettoken(&mp_token);
		fdrop(fp);
		lwkt_reltoken(&mp_token);
	}
	return (error);
}

/**
 * mmap(2)
 */
int
sys_mmap(struct sysmsg *sysmsg, const struct mmap_args *uap)
{
	vm_offset_t res = 0;
	int error;

	error = fd_mmap(curproc->p_vmspace, (vm_offset_t)uap->addr, uap->len,
	    uap->prot, uap->flags, uap->fd, uap->pos, &res);
	if (error == 0)
		sysmsg->sysmsg_resultp = (void *)res;
	return (error);
}

/**
 * munmap(2)
 */
int
sys_munmap(struct sysmsg *sysmsg __unused, const struct munmap_args *uap)
{
	vm_offset_t start, end;

	if (((vm_offset_t)uap->addr & PAGE_MASK) != 0 || uap->len == 0 ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	return (vm_map_remove(curproc->p_vmspace, start, end));
}

/**
 * mprotect(2)
 */
int
sys_mprotect(struct sysmsg *sysmsg __unused, const struct mprotect_args *uap)
{
	vm_offset_t start, end;

	if (((vm_offset_t)uap->addr & PAGE_MASK) != 0 ||
	    (uap->prot & ~VM_PROT_ALL) != 0 ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	return (vm_map_protect(curproc->p_vmspace, start, end, uap->prot));
}

/**
 * madvise(2)
 */
int
sys_madvise(struct sysmsg *sysmsg __unused, const struct madvise_args *uap)
{
	vm_offset_t start, end;

	/* What follows is mcontrol(2)'s. */
	if (uap->behav < 0 || uap->behav >= MADV_CONTROL_START ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	return (vm_map_madvise(curproc->p_vmspace, start, end, uap->behav, 0));
}

/**
 * mcontrol(2)
 */
int
sys_mcontrol(struct sysmsg *sysmsg __unused, const struct mcontrol_args *uap)
{
	vm_offset_t start, end;

	if (uap->behav < 0 || uap->behav > MADV_CONTROL_END ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	return (vm_map_madvise(
	    curproc->p_vmspace, start, end, uap->behav, uap->value));
}

/**
 * msync(2)
 */
int
sys_msync(struct sysmsg *sysmsg __unused, const struct msync_args *uap)
{
	vm_offset_t start, end;

	if (((vm_offset_t)uap->addr & PAGE_MASK) != 0 ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	return (vm_map_msync(curproc->p_vmspace, start, end, uap->flags));
}

/**
 * minherit(2)
 */
int
sys_minherit(struct sysmsg *sysmsg __unused, const struct minherit_args *uap)
{
	vm_offset_t start, end;
	int error;

	if (vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	error = vm_map_inherit(curproc->p_vmspace, start, end, uap->inherit);
	/* Words may be in other pages than before. */
	lwkt_gettoken(&mp_token);
	umtx_fork_wakeup(curproc);
	lwkt_reltoken(&mp_token);
	return (error);
}

/**
 * mincore(2): one byte for each page.
 */
int
sys_mincore(struct sysmsg *sysmsg __unused, const struct mincore_args *uap)
{
	struct vmspace *vm = curproc->p_vmspace;
	vm_offset_t va, start, end;
	char *vec = uap->vec, batch[MINCORE_BATCH];
	size_t n = 0;
	int error = 0, incore;

	if (((vm_offset_t)uap->addr & PAGE_MASK) != 0 ||
	    vm_page_range(uap->addr, uap->len, &start, &end) != 0)
		return (EINVAL);
	for (va = start; va < end && error == 0; va += PAGE_SIZE) {
		incore = vm_map_mincore(vm, va);
		if (incore < 0)
			return (ENOMEM);
		batch[n++] = (char)incore;
		if (n == nitems(batch) || va + PAGE_SIZE == end) {
			error = copyout(batch, vec, n);
			vec += n;
			n = 0;
			if (error == 0 && lwkt_user_yield())
				error = EINTR;
		}
	}
	return (error);
}
