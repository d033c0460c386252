/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What system calls make of UFS's operations: paths, references, locks.
 * Compiled as a part of the kernel.
 */
#include <sys/buf.h>
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>
#include <vm/vm_object.h>
#include "rig.h"

static struct mount mount;
static long before; /* allocations without the file system */

static struct ucred *
cred(void)
{
	struct ucred *cr = curproc->p_ucred;

	cr->cr_uid = rig_uid;
	return (cr);
}

int
rig_mount(const char *device, int ronly)
{
	int error;

	cred();
	rig_forget();
	before = rig_allocations();
	mount = (struct mount){ .mnt_op = &ufs_vfsops,
		.mnt_flag = ronly ? MNT_RDONLY : 0,
		.mnt_dev = 77 };
	LIST_INIT(&mount.mnt_vnodes);
	lockinit(&mount.mnt_renamelock, "rename");
	lockinit(&mount.mnt_lock, "mount");
	error = ufs_vfsops.vfs_mount(&mount, device, NULL, cred());
	if (error == 0)
		TAILQ_INSERT_TAIL(&mountlist, &mount, mnt_list);
	return (error);
}

int
rig_remount(int ronly)
{
	u_int old = mount.mnt_flag;
	int error;

	mount.mnt_flag = MNT_UPDATE | (ronly ? MNT_RDONLY : 0);
	error = ufs_vfsops.vfs_mount(&mount, NULL, NULL, cred());
	mount.mnt_flag &= ~MNT_UPDATE;
	if (error != 0)
		mount.mnt_flag = old;
	return (error);
}

int
rig_unmount(int force)
{
	int error = ufs_vfsops.vfs_unmount(&mount, force);

	if (error == 0)
		TAILQ_REMOVE(&mountlist, &mount, mnt_list);
	return (error);
}

const char *
rig_leaks(void)
{
	static char text[80];

	rig_forget();
	if (numvnodes != 0)
		return ("a vnode is left");
	if (rig_allocations() == before)
		return (NULL);
	ksnprintf(text, sizeof(text), "%ld pieces of memory are left",
	    rig_allocations() - before);
	return (text);
}

int
rig_sync(void)
{
	return (ufs_vfsops.vfs_sync(&mount, true));
}

int
rig_free(unsigned long *frags, unsigned long *inodes)
{
	struct statvfs st;
	int error = ufs_vfsops.vfs_statvfs(&mount, &st);

	*frags = st.f_bfree;
	*inodes = st.f_ffree;
	return (error);
}

/* A name in a directory, which is locked: *vpp locked. */
static int
lookup(struct vnode *dvp, const char *name, size_t len, enum nameiop op,
    bool last, struct componentname *cn, struct vnode **vpp)
{
	*cn = (struct componentname){ .cn_nameiop = op,
		.cn_nameptr = name,
		.cn_namelen = len,
		.cn_cred = cred() };
	if (last)
		cn->cn_flags |= NLC_LAST;
	if (len == 2 && name[0] == '.' && name[1] == '.')
		cn->cn_flags |= NLC_ISDOTDOT;
	return (VOP_LOOKUP(dvp, vpp, cn));
}

/* The directory of a path's last name: referenced, locked. */
static int
parent(const char *path, struct vnode **dvpp, const char **name)
{
	struct componentname cn;
	struct vnode *vp;
	const char *end;
	int error;

	error = ufs_vfsops.vfs_root(&mount, dvpp);
	while (error == 0) {
		*name = ++path;
		end = strchr(path, '/');
		if (end == NULL)
			return (0);
		error = lookup(*dvpp, path, (size_t)(end - path), NAMEI_LOOKUP,
		    false, &cn, &vp);
		if (vp == *dvpp) {
			vn_unlock(vp);
			vrele(vp);
		} else
			vput(*dvpp);
		*dvpp = vp;
		path = end;
	}
	return (error);
}

/* Both, locked; op LOOKUP and DELETE: vp is there. */
static int
find(const char *path, enum nameiop op, struct componentname *cn,
    struct vnode **dvpp, struct vnode **vpp)
{
	const char *name;
	int error;

	error = parent(path, dvpp, &name);
	if (error != 0)
		return (error);
	error = lookup(*dvpp, name, strlen(name), op, true, cn, vpp);
	if (error != 0 && error != EJUSTRETURN)
		vput(*dvpp);
	return (error);
}

static void
put_both(struct vnode *dvp, struct vnode *vp)
{
	if (dvp == vp) {
		vn_unlock(vp);
		vrele(vp);
	} else if (vp != NULL)
		vput(vp);
	vput(dvp);
}

static int
make(const char *path, enum vtype type, mode_t mode, dev_t rdev,
    const char *target)
{
	struct vnode *dvp, *vp;
	struct componentname cn;
	struct vattr va;
	int error;

	error = find(path, NAMEI_CREATE, &cn, &dvp, &vp);
	if (error == 0)
		put_both(dvp, vp);
	if (error != EJUSTRETURN)
		return (error == 0 ? EEXIST : error);
	vattr_null(&va);
	va.va_type = type;
	va.va_mode = mode;
	va.va_rdev = rdev;
	if (type == VDIR)
		error = VOP_MKDIR(dvp, &vp, &cn, &va);
	else if (type == VLNK)
		error = VOP_SYMLINK(dvp, &vp, &cn, &va, target);
	else if (type == VREG)
		error = VOP_CREATE(dvp, &vp, &cn, &va);
	else
		error = VOP_MKNOD(dvp, &vp, &cn, &va);
	if (error == 0)
		vput(vp);
	vput(dvp);
	return (error);
}

int
rig_create(const char *path)
{
	return (make(path, VREG, 0644, 0, NULL));
}

int
rig_mkdir(const char *path)
{
	return (make(path, VDIR, 0755, 0, NULL));
}

int
rig_mknod(const char *path, unsigned mode, unsigned dev)
{
	return (make(path, IFTOVT(mode), mode & ALLPERMS, dev, NULL));
}

int
rig_symlink(const char *target, const char *path)
{
	return (make(path, VLNK, 0777, 0, target));
}

int
rig_symlink_at(struct vnode *dvp, const char *target, const char *name)
{
	struct componentname cn;
	struct vnode *vp;
	struct vattr va;
	int error;

	vn_lock(dvp, LK_EXCLUSIVE);
	error = lookup(dvp, name, strlen(name), NAMEI_CREATE, true, &cn, &vp);
	vattr_null(&va);
	va.va_type = VLNK;
	va.va_mode = 0777;
	if (error == EJUSTRETURN) {
		error = VOP_SYMLINK(dvp, &vp, &cn, &va, target);
		if (error == 0)
			vput(vp);
	}
	vn_unlock(dvp);
	return (error);
}

static void
uio_init(struct uio *uio, struct iovec *iov, enum uio_rw rw, off_t offset,
    const void *buf, size_t n)
{
	*iov = (struct iovec){ (void *)(uintptr_t)buf, n };
	*uio = (struct uio){ .uio_iov = iov,
		.uio_iovcnt = 1,
		.uio_offset = offset,
		.uio_resid = n,
		.uio_segflg = UIO_SYSSPACE,
		.uio_rw = rw };
}

int
rig_readlink(const char *path, char *buf, unsigned long n, unsigned long *len)
{
	struct vnode *dvp, *vp;
	struct componentname cn;
	struct iovec iov;
	struct uio uio;
	int error;

	error = find(path, NAMEI_LOOKUP, &cn, &dvp, &vp);
	if (error != 0)
		return (error);
	uio_init(&uio, &iov, UIO_READ, 0, buf, n);
	error = VOP_READLINK(vp, &uio, cred());
	*len = n - uio.uio_resid;
	put_both(dvp, vp);
	return (error);
}

int
rig_unlink(const char *path)
{
	struct vnode *dvp, *vp;
	struct componentname cn;
	int error;

	error = find(path, NAMEI_DELETE, &cn, &dvp, &vp);
	if (error != 0)
		return (error);
	error = vp->v_type == VDIR ? EPERM : VOP_REMOVE(dvp, vp, &cn);
	put_both(dvp, vp);
	return (error);
}

int
rig_rmdir(const char *path)
{
	struct vnode *dvp, *vp;
	struct componentname cn;
	int error;

	error = find(path, NAMEI_DELETE, &cn, &dvp, &vp);
	if (error != 0)
		return (error);
	error = vp->v_type != VDIR ? ENOTDIR : VOP_RMDIR(dvp, vp, &cn);
	put_both(dvp, vp);
	return (error);
}

int
rig_link(const char *from, const char *to)
{
	struct vnode *dvp, *vp, *old;
	struct componentname cn;
	int error;

	error = rig_open(from, &vp);
	if (error != 0)
		return (error);
	error = find(to, NAMEI_CREATE, &cn, &dvp, &old);
	if (error == 0) {
		put_both(dvp, old);
		error = EEXIST;
	} else if (error == EJUSTRETURN) {
		vn_lock(vp, LK_EXCLUSIVE);
		error = vp->v_type == VDIR ? EPERM : VOP_LINK(dvp, vp, &cn);
		vn_unlock(vp);
		vput(dvp);
	}
	vrele(vp);
	return (error);
}

/* What the caller of VOP_RENAME checks, a directory's way up included, has to
 * be right already. */
int
rig_rename(const char *from, const char *to)
{
	struct vnode *fdvp, *fvp, *tdvp, *tvp = NULL;
	struct componentname fcn, tcn;
	int error;

	error = find(from, NAMEI_RENAME, &fcn, &fdvp, &fvp);
	if (error == EJUSTRETURN) {
		vput(fdvp);
		return (ENOENT);
	}
	if (error != 0)
		return (error);
	vn_unlock(fvp);
	vn_unlock(fdvp);
	error = find(to, NAMEI_RENAME, &tcn, &tdvp, &tvp);
	if (error == 0 || error == EJUSTRETURN) {
		if (tvp != NULL)
			vn_unlock(tvp);
		vn_unlock(tdvp);
		error = VOP_RENAME(fdvp, fvp, &fcn, tdvp, tvp, &tcn);
		if (tvp != NULL)
			vrele(tvp);
		vrele(tdvp);
	}
	vrele(fvp);
	vrele(fdvp);
	return (error);
}

int
rig_open(const char *path, struct vnode **vpp)
{
	struct componentname cn;
	struct vnode *dvp;
	int error;

	if (strcmp(path, "/") == 0) {
		error = ufs_vfsops.vfs_root(&mount, vpp);
	} else {
		error = find(path, NAMEI_LOOKUP, &cn, &dvp, vpp);
		if (error == 0 && dvp == *vpp) {
			vn_unlock(dvp);
			vrele(dvp);
		} else if (error == 0)
			vput(dvp);
	}
	if (error == 0)
		vn_unlock(*vpp);
	return (error);
}

int
rig_open_at(struct vnode *dvp, const char *name, struct vnode **vpp)
{
	struct componentname cn;
	int error;

	vn_lock(dvp, LK_EXCLUSIVE);
	error = lookup(dvp, name, strlen(name), NAMEI_LOOKUP, true, &cn, vpp);
	if (error == 0)
		vn_unlock(*vpp);
	vn_unlock(dvp);
	return (error);
}

void
rig_close(struct vnode *vp)
{
	vrele(vp);
}

int
rig_write(struct vnode *vp, long offset, const void *buf, unsigned long n,
    unsigned long *done)
{
	struct iovec iov;
	struct uio uio;
	int error;

	uio_init(&uio, &iov, UIO_WRITE, offset, buf, n);
	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_WRITE(vp, &uio, 0, cred());
	vn_unlock(vp);
	*done = n - uio.uio_resid;
	return (error);
}

int
rig_read(struct vnode *vp, long offset, void *buf, unsigned long n,
    unsigned long *done)
{
	struct iovec iov;
	struct uio uio;
	int error;

	uio_init(&uio, &iov, UIO_READ, offset, buf, n);
	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_READ(vp, &uio, 0, cred());
	vn_unlock(vp);
	*done = n - uio.uio_resid;
	return (error);
}

int
rig_truncate(struct vnode *vp, long size)
{
	struct vattr va;
	int error;

	vattr_null(&va);
	va.va_size = size;
	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_SETATTR(vp, &va, cred());
	vn_unlock(vp);
	return (error);
}

int
rig_fsync(struct vnode *vp)
{
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_FSYNC(vp, true);
	vn_unlock(vp);
	return (error);
}

int
rig_stat(struct vnode *vp, struct rig_stat *st)
{
	struct vattr va;
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_GETATTR(vp, &va);
	vn_unlock(vp);
	if (error == 0)
		*st = (struct rig_stat){ VTTOIF(va.va_type) | va.va_mode,
			va.va_nlink, va.va_fileid, (long)va.va_size,
			va.va_bytes };
	return (error);
}

int
rig_store(struct vnode *vp, long offset, const void *buf, unsigned long n)
{
	struct vm_page *m;
	int error;

	error = vm_object_page(vp->v_object, atop(offset), VMO_READ, &m);
	if (error != 0)
		return (error);
	error = vm_object_make_dirty(m);
	if (error == 0)
		memcpy((char *)vm_page_kva(m) + (offset & PAGE_MASK), buf, n);
	vm_page_unbusy(m);
	return (error);
}

int
rig_readdir(const char *path, unsigned long size,
    void (*each)(const char *name, unsigned long ino, void *arg), void *arg)
{
	char *buf = kmalloc(size, M_TEMP, M_WAITOK);
	off_t cookie = 0;
	struct dirent *de;
	struct iovec iov;
	struct vnode *vp = NULL;
	struct uio uio;
	bool eof = false;
	size_t n;
	int error;

	error = rig_open(path, &vp);
	if (error != 0)
		vp = NULL;
	while (error == 0 && !eof) {
		uio_init(&uio, &iov, UIO_READ, cookie, buf, size);
		vn_lock(vp, LK_EXCLUSIVE);
		error = VOP_READDIR(vp, &uio, cred(), &eof);
		vn_unlock(vp);
		cookie = uio.uio_offset;
		n = size - uio.uio_resid;
		if (error == 0 && n == 0 && !eof)
			error = EINVAL;
		for (size_t at = 0; error == 0 && at < n;
		     at += _DIRENT_DIRSIZ(de)) {
			de = (struct dirent *)(void *)(buf + at);
			each(de->d_name, de->d_fileno, arg);
		}
	}
	if (vp != NULL)
		vrele(vp);
	kfree(buf, M_TEMP);
	return (error);
}

void
rig_uncache(void)
{
	vnode_free_some(1000);
}
