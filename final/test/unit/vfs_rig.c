/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around names and vnodes: one process with a few descriptors.
 * Compiled as a part of the kernel.  A lock that is wanted while "another
 * thread" has it cannot be had here: so every lock is the one thread's, and
 * what is left locked or referenced at the end is found by rig_vfs_check().
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/lockf.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/pipe.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/vnode.h>
#include <vm/vm_object.h>
#include "vfs_rig.h"

void *malloc(size_t n);
void free(void *p);

struct globaldata rig_gd;
struct lwkt_token mp_token;
const u_int hz = 100;
struct malloc_type M_TEMP[1];
struct proc proc0;
volatile u_long vm_pages_object;
const struct vfsops devfs_vfsops = { .vfs_name = "none" };
const struct vfsops procfs_vfsops = { .vfs_name = "none" };
const struct vfsops tmpfs_vfsops = { .vfs_name = "none" };

static struct thread thread_;
static struct lwp lwp_;
static struct proc proc_;
static struct pgrp pgrp_;
static struct session session_;
static struct ucred root_cred = { .cr_ngroups = 1 };
static struct ucred user_cred = {
	.cr_uid = 100, .cr_ruid = 100, .cr_ngroups = 1, .cr_groups = { 100 }
};
static struct filedesc fdesc;
static struct file *files[RIG_FILES];
static long allocations, locks_held;

void *
kmalloc(size_t size, struct malloc_type *type __unused, int flags)
{
	void *p = malloc(size);

	if ((flags & M_ZERO) != 0)
		memset(p, 0, size);
	allocations++;
	return (p);
}

void
kfree(void *p, struct malloc_type *type __unused)
{
	allocations--;
	free(p);
}

void
spin_init(struct spinlock *lock, const char *name)
{
	*lock = (struct spinlock)SPINLOCK_INITIALIZER(name);
}

void
spin_lock(struct spinlock *lock)
{
	if (lock->owner != 0)
		panic("spin_lock: %s is held", lock->name);
	lock->owner = 1;
}

void
spin_unlock(struct spinlock *lock)
{
	if (lock->owner == 0)
		panic("spin_unlock: %s is not held", lock->name);
	lock->owner = 0;
}

void
lwkt_gettoken(struct lwkt_token *tok __unused)
{
}

void
lwkt_reltoken(struct lwkt_token *tok __unused)
{
}

/* One thread: no lock is another's. */
void
lwkt_yield(void)
{
	panic("lwkt_yield: for whom?");
}

bool
lwkt_token_held(const struct lwkt_token *tok __unused)
{
	return (true);
}

struct thread *
lwkt_create(void (*func)(void *) __unused, void *arg __unused,
    const char *name __unused, u_int cpuid __unused)
{
	return (&thread_);
}

void
lwkt_schedule(struct thread *td __unused)
{
}

void
lockinit(struct lock *lk, const char *name)
{
	*lk = (struct lock){ .lk_name = name };
}

int
lockmgr(struct lock *lk, u_int flags)
{
	if ((flags & LK_TYPE_MASK) == LK_RELEASE) {
		if (lk->lk_exclusive == 0)
			panic("lockmgr: %s is not held", lk->lk_name);
		lk->lk_exclusive--;
		locks_held--;
	} else {
		lk->lk_exclusive++;
		locks_held++;
	}
	return (0);
}

int
tsleep(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg __unused, int timo __unused)
{
	return (EINTR);
}

void
wakeup(const volatile void *chan __unused)
{
}

void
lwpsignal(struct proc *p __unused, struct lwp *lp __unused, int sig __unused)
{
}

struct ucred *
crhold(struct ucred *cr)
{
	return (cr);
}

void
crfree(struct ucred *cr)
{
	if (cr != &root_cred && cr != &user_cred)
		kfree(cr, M_TEMP);
}

struct ucred *
crdup(const struct ucred *cr)
{
	struct ucred *new = kmalloc(sizeof(*new), M_TEMP, M_WAITOK);

	*new = *cr;
	return (new);
}

bool
groupmember(gid_t gid, const struct ucred *cr)
{
	return (cr->cr_gid == gid);
}

int
suser(const struct ucred *cr)
{
	return (cr->cr_uid == 0 ? 0 : EPERM);
}

int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	if (uaddr == NULL)
		return (EFAULT);
	memcpy(kaddr, uaddr, len);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	if (uaddr == NULL)
		return (EFAULT);
	memcpy(uaddr, kaddr, len);
	return (0);
}

int
copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	if (uaddr == NULL)
		return (EFAULT);
	*done = strlcpy(kaddr, uaddr, len) + 1;
	return (*done <= len ? 0 : ENAMETOOLONG);
}

int
uzero(void *uaddr, size_t len)
{
	memset(uaddr, 0, len);
	return (0);
}

void
nanotime(struct timespec *ts)
{
	*ts = (struct timespec){ 1000, 0 };
}

/* --- descriptors --- */

int
falloc(struct proc *p __unused, struct file **fpp, int *fdp)
{
	for (int fd = 0; fd < RIG_FILES; fd++) {
		if (files[fd] != NULL)
			continue;
		*fpp = kmalloc(sizeof(**fpp), M_TEMP, M_ZERO);
		(*fpp)->f_count = 1;
		(*fpp)->f_cred = proc_.p_ucred;
		*fdp = fd;
		return (0);
	}
	return (EMFILE);
}

void
fsetfd(struct filedesc *fdp __unused, struct file *fp, int fd)
{
	files[fd] = fp;
	if (fp != NULL)
		fp->f_count++;
}

int
fdrop(struct file *fp)
{
	if (--fp->f_count != 0)
		return (0);
	if (fp->f_ops != NULL)
		fp->f_ops->fo_close(fp);
	kfree(fp, M_TEMP);
	return (0);
}

struct file *
holdfp(struct filedesc *fdp __unused, int fd, int flag __unused)
{
	if (fd < 0 || fd >= RIG_FILES || files[fd] == NULL)
		return (NULL);
	files[fd]->f_count++;
	return (files[fd]);
}

int
holdvnode(struct filedesc *fdp, int fd, struct file **fpp)
{
	*fpp = holdfp(fdp, fd, -1);
	return (*fpp == NULL ? EBADF : 0);
}

int
kern_setcloexec(int fd __unused, bool on __unused)
{
	return (0);
}

int
kern_close(int fd)
{
	struct file *fp = files[fd];

	files[fd] = NULL;
	return (fdrop(fp));
}

int
nosys_seek(struct file *fp __unused, off_t offset __unused, int whence __unused,
    off_t *res __unused)
{
	return (ESPIPE);
}

/* --- what is not under test --- */

void
knote_insert(struct klist *list __unused, struct knote *kn __unused)
{
}

void
knote_remove(struct klist *list __unused, struct knote *kn __unused)
{
}

void
knote_empty(struct klist *list __unused)
{
}

int
fifo_open(
    struct vnode *vp __unused, int fflag __unused, struct file *fp __unused)
{
	return (EOPNOTSUPP);
}

struct cdev *
dev_find_num(dev_t num __unused)
{
	return (NULL);
}

void
dev_drop(struct cdev *dev __unused)
{
}

void
vm_object_ref(struct vm_object *obj __unused)
{
}

void
vm_object_rel(struct vm_object *obj __unused)
{
}

void
vm_object_page_remove(struct vm_object *obj __unused,
    vm_pindex_t start __unused, vm_pindex_t end __unused)
{
}

int
vn_cache_flush(struct vnode *vp __unused, off_t start __unused,
    off_t end __unused, bool wait __unused)
{
	return (0);
}

/* --- for the test --- */

void
rig_user(bool root)
{
	proc_.p_ucred = root ? &root_cred : &user_cred;
}

void
rig_umask(int mask)
{
	fdesc.fd_cmask = mask;
}

int
rig_inode(const char *path)
{
	struct stat sb;
	int error = kern_stat((int)AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &sb);

	return (error != 0 ? -error : (int)sb.st_ino);
}

int
rig_mount(const char *on)
{
	return (vfs_domount("rigfs", NULL, on, 0, NULL, &root_cred));
}

int
rig_unmount_last(bool force)
{
	return (vfs_unmount(TAILQ_LAST(&mountlist, mountlist), force));
}

void
rig_vfs_start(void)
{
	rig_gd.gd_curthread = &thread_;
	thread_.td_proc = &proc_;
	thread_.td_lwp = &lwp_;
	proc_.p_fd = &fdesc;
	proc_.p_pgrp = &pgrp_;
	pgrp_.pg_session = &session_;
	proc0.p_ucred = &root_cred;
	for (u_int i = 0; i < RLIM_NLIMITS; i++)
		proc_.p_rlimit[i].rlim_cur = RLIM_INFINITY;
	rig_user(true);
	fdesc = (struct filedesc){ .fd_cmask = 022 };
	spin_init(&fdesc.fd_spin, "filedesc");
	if (maxvnodes == 0) {
		maxvnodes = 8;
		cache_init(64);
	}
	if (rig_mount("/") != 0)
		panic("rig_vfs_start: no root");
}

/* Everything is given back: an error in words, or NULL. */
const char *
rig_vfs_end(void)
{
	for (int fd = 0; fd < RIG_FILES; fd++)
		if (files[fd] != NULL)
			kern_close(fd);
	if (fdesc.fd_cdir != NULL)
		vrele(fdesc.fd_cdir);
	if (fdesc.fd_rdir != NULL)
		vrele(fdesc.fd_rdir);
	fdesc.fd_cdir = fdesc.fd_rdir = NULL;
	if (locks_held != 0)
		return ("a lock is held");
	while (TAILQ_LAST(&mountlist, mountlist) != TAILQ_FIRST(&mountlist))
		if (rig_unmount_last(false) != 0)
			return ("a file of a mounted file system is in use");
	if (rootvnode->v_usecount != 1)
		return ("the root directory is in use");
	if (rig_unmount_last(true) != 0)
		return ("the root cannot be unmounted");
	if (numvnodes != 0)
		return ("a vnode is left");
	if (locks_held != 0)
		return ("a lock is held");
	return (allocations == 1 ? NULL : "memory is left");
}
