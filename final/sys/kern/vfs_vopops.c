/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Calls of a file system's operations, and what happens when it has none.
 *
 * Devices are the same on every file system: what a program does to the open
 * device (and not to its node) goes to vfs_spec.c.
 */
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/systm.h>
#include <sys/unistd.h>
#include <sys/vnode.h>
#include <vm/vm_object.h>

/* An operation that the file system does not have. */
static int
missing(const struct vnode *vp)
{
	return ((vp->v_flag & VDEAD) != 0 ? EIO : EOPNOTSUPP);
}

/* Whose the operations on the open file are. */
static const struct vop_ops *
file_ops(const struct vnode *vp)
{
	if ((vp->v_type == VCHR || vp->v_type == VBLK) &&
	    (vp->v_flag & VDUPFD) == 0 && vp->v_ops != &dead_vnode_vops)
		return (&spec_vnode_vops);
	return (vp->v_ops);
}

/* Calls op of ops if it is there; else the value is dflt. */
#define CALL(ops, op, dflt, ...)                                               \
	((ops)->op != NULL ? (ops)->op(__VA_ARGS__) : (dflt))

/**
 * Finds a name in a directory.
 * @param dvp	directory, locked
 * @param vpp	set to the file, referenced and locked
 * @param cnp	the name
 * @return	vop_lookup's errors, ENOTDIR
 */
int
VOP_LOOKUP(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	if (dvp->v_type != VDIR)
		return (ENOTDIR);
	return (CALL(dvp->v_ops, vop_lookup, missing(dvp), dvp, vpp, cnp));
}

/**
 * Creates a file.
 * @param dvp	directory, locked
 * @param vpp	set to the file, referenced and locked
 * @param cnp	the name
 * @param va	its kind and rights
 * @return	vop_create's errors
 */
int
VOP_CREATE(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (CALL(dvp->v_ops, vop_create, missing(dvp), dvp, vpp, cnp, va));
}

/**
 * Creates a device node.
 * @param dvp	directory, locked
 * @param vpp	set to the node, referenced and locked
 * @param cnp	the name
 * @param va	its kind, rights and device
 * @return	vop_mknod's errors
 */
int
VOP_MKNOD(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (CALL(dvp->v_ops, vop_mknod, missing(dvp), dvp, vpp, cnp, va));
}

/**
 * Creates a directory.
 * @param dvp	directory, locked
 * @param vpp	set to the new one, referenced and locked
 * @param cnp	the name
 * @param va	its rights
 * @return	vop_mkdir's errors
 */
int
VOP_MKDIR(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (CALL(dvp->v_ops, vop_mkdir, missing(dvp), dvp, vpp, cnp, va));
}

/**
 * Creates a symbolic link.
 * @param dvp	directory, locked
 * @param vpp	set to the link, referenced and locked
 * @param cnp	the name
 * @param va	its rights
 * @param target	what it contains
 * @return	vop_symlink's errors
 */
int
VOP_SYMLINK(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, const char *target)
{
	return (CALL(
	    dvp->v_ops, vop_symlink, missing(dvp), dvp, vpp, cnp, va, target));
}

/**
 * Removes a name.
 * @param dvp	directory, locked
 * @param vp	what has the name, locked; no directory
 * @param cnp	the name
 * @return	vop_remove's errors
 */
int
VOP_REMOVE(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	return (CALL(dvp->v_ops, vop_remove, missing(dvp), dvp, vp, cnp));
}

/**
 * Removes an empty directory.
 * @param dvp	directory, locked
 * @param vp	what has the name, locked
 * @param cnp	the name
 * @return	vop_rmdir's errors
 */
int
VOP_RMDIR(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	return (CALL(dvp->v_ops, vop_rmdir, missing(dvp), dvp, vp, cnp));
}

/**
 * Gives a file another name.
 * @param dvp	directory, locked
 * @param vp	the file, locked
 * @param cnp	the name
 * @return	vop_link's errors
 */
int
VOP_LINK(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	return (CALL(dvp->v_ops, vop_link, missing(dvp), dvp, vp, cnp));
}

/**
 * Renames; nothing is locked.
 * @param fdvp	directory of the old name
 * @param fvp	the file
 * @param fcnp	old name
 * @param tdvp	directory of the new name
 * @param tvp	what has that name, or NULL
 * @param tcnp	new name
 * @return	vop_rename's errors
 */
int
VOP_RENAME(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp)
{
	return (CALL(fdvp->v_ops, vop_rename, missing(fdvp), fdvp, fvp, fcnp,
	    tdvp, tvp, tcnp));
}

/**
 * Finds what a VCLONE is this time: a device that is another one at each open.
 * @param vp	the VCLONE, referenced, not locked
 * @param vpp	set to the vnode to open, referenced and locked
 * @return	vop_clone's errors
 */
int
VOP_CLONE(struct vnode *vp, struct vnode **vpp)
{
	return (CALL(vp->v_ops, vop_clone, missing(vp), vp, vpp));
}

/**
 * A file is opened; counts it.
 * @param vp	locked
 * @param fflag	F*: what for
 * @param cred	who opens it
 * @param fp	the open file, or NULL for the kernel
 * @return	vop_open's errors
 */
int
VOP_OPEN(struct vnode *vp, int fflag, struct ucred *cred, struct file *fp)
{
	int error;

	if ((vp->v_flag & VDEAD) != 0)
		return (EIO);
	error = CALL(file_ops(vp), vop_open, 0, vp, fflag, cred, fp);
	if (error != 0)
		return (error);
	vp->v_opencount++;
	if ((fflag & FWRITE) != 0)
		vp->v_writecount++;
	return (0);
}

/**
 * Undoes one VOP_OPEN() with these flags.
 * @param vp	locked
 * @param fflag	those of the VOP_OPEN()
 * @return	vop_close's errors
 */
int
VOP_CLOSE(struct vnode *vp, int fflag)
{
	/* vgone() has closed it for everybody. */
	if (vp->v_opencount == 0)
		return (0);
	vp->v_opencount--;
	if ((fflag & FWRITE) != 0 && vp->v_writecount > 0)
		vp->v_writecount--;
	return (CALL(file_ops(vp), vop_close, 0, vp, fflag));
}

static int
default_access(struct vnode *vp, int mode, const struct ucred *cred)
{
	struct vattr va;
	int error;

	if ((mode & VWRITE) != 0 && vp->v_mount != NULL &&
	    (vp->v_mount->mnt_flag & MNT_RDONLY) != 0 &&
	    (vp->v_type == VREG || vp->v_type == VDIR || vp->v_type == VLNK))
		return (EROFS);
	error = VOP_GETATTR(vp, &va);
	return (error != 0 ? error : vop_helper_access(&va, mode, cred));
}

/**
 * Whether cred may do `mode` (VREAD...).
 * @param vp	locked
 * @param mode	VREAD, VWRITE, VEXEC
 * @param cred	who asks
 * @return	0, EACCES, EROFS, EIO
 */
int
VOP_ACCESS(struct vnode *vp, int mode, struct ucred *cred)
{
	if (vp->v_ops->vop_access == NULL)
		return (default_access(vp, mode, cred));
	return (vp->v_ops->vop_access(vp, mode, cred));
}

/**
 * Tells what the file is.
 * @param vp	locked
 * @param va	filled in
 * @return	vop_getattr's errors
 */
int
VOP_GETATTR(struct vnode *vp, struct vattr *va)
{
	return (CALL(vp->v_ops, vop_getattr, missing(vp), vp, va));
}

/**
 * Changes what is not VNOVAL.
 * @param vp	locked
 * @param va	what is to be
 * @param cred	who asks
 * @return	vop_setattr's errors
 */
int
VOP_SETATTR(struct vnode *vp, struct vattr *va, struct ucred *cred)
{
	return (CALL(vp->v_ops, vop_setattr, missing(vp), vp, va, cred));
}

/**
 * Reads at uio_offset.
 * @param vp	locked
 * @param uio	where to, how much and from which byte on
 * @param ioflag	IO_*
 * @param cred	who reads
 * @return	vop_read's errors
 */
int
VOP_READ(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred)
{
	return (
	    CALL(file_ops(vp), vop_read, missing(vp), vp, uio, ioflag, cred));
}

/**
 * Writes at uio_offset.
 * @param vp	locked
 * @param uio	where from, how much and to which byte on
 * @param ioflag	IO_*
 * @param cred	who writes
 * @return	vop_write's errors
 */
int
VOP_WRITE(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred)
{
	return (
	    CALL(file_ops(vp), vop_write, missing(vp), vp, uio, ioflag, cred));
}

/**
 * Controls a device.
 * @param vp	locked
 * @param com	what: an ioctl's number
 * @param data	the argument, in the kernel
 * @param fflag	F* of the open file
 * @param cred	who asks
 * @return	vop_ioctl's errors, ENOTTY
 */
int
VOP_IOCTL(
    struct vnode *vp, u_long com, caddr_t data, int fflag, struct ucred *cred)
{
	int error = (vp->v_flag & VDEAD) != 0
	    ? EIO
	    : CALL(file_ops(vp), vop_ioctl, ENOTTY, vp, com, data, fflag, cred);

	return (error == ENOIOCTL ? ENOTTY : error);
}

static void
ready_detach(struct knote *kn)
{
	struct vnode *vp = kn->kn_hook;

	knote_remove(&vp->v_klist, kn);
}

static int
ready_event(struct knote *kn, long hint __unused)
{
	kn->kn_data = 1;
	return (1);
}

static const struct filterops ready_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = ready_detach,
	.f_event = ready_event,
};

/* Files that never make anybody wait are always ready. */
static int
default_kqfilter(struct vnode *vp, struct knote *kn)
{
	if ((vp->v_flag & VDEAD) != 0)
		return (EIO);
	if (kn->kn_filter != EVFILT_READ && kn->kn_filter != EVFILT_WRITE)
		return (EINVAL);
	kn->kn_fop = &ready_filtops;
	kn->kn_hook = vp;
	knote_insert(&vp->v_klist, kn);
	return (0);
}

/**
 * Watches a file.
 * @param vp	any vnode
 * @param kn	who watches
 * @return	vop_kqfilter's errors, EINVAL
 */
int
VOP_KQFILTER(struct vnode *vp, struct knote *kn)
{
	return (
	    CALL(file_ops(vp), vop_kqfilter, default_kqfilter(vp, kn), vp, kn));
}

/**
 * Writes what is not on disk.
 * @param vp	locked
 * @param wait	until it is on disk
 * @return	vop_fsync's errors
 */
int
VOP_FSYNC(struct vnode *vp, bool wait)
{
	return (CALL(vp->v_ops, vop_fsync, 0, vp, wait));
}

/**
 * Reads entries of a directory.
 * @param vp	locked
 * @param uio	where to, how much, and the cookie to go on from
 * @param cred	who reads
 * @param eofflag	set to whether that was the end
 * @return	vop_readdir's errors, ENOTDIR
 */
int
VOP_READDIR(
    struct vnode *vp, struct uio *uio, struct ucred *cred, bool *eofflag)
{
	if (vp->v_type != VDIR)
		return (ENOTDIR);
	return (
	    CALL(vp->v_ops, vop_readdir, missing(vp), vp, uio, cred, eofflag));
}

/**
 * Reads a symbolic link.
 * @param vp	locked
 * @param uio	where to and how much
 * @param cred	who reads
 * @return	vop_readlink's errors, EINVAL
 */
int
VOP_READLINK(struct vnode *vp, struct uio *uio, struct ucred *cred)
{
	if (vp->v_type != VLNK)
		return (EINVAL);
	return (CALL(vp->v_ops, vop_readlink, missing(vp), vp, uio, cred));
}

/**
 * Fills a page.
 * @param vp	whose page it is; need not be locked
 * @param m	page of v_object, busy
 * @return	vop_getpage's errors
 */
int
VOP_GETPAGE(struct vnode *vp, struct vm_page *m)
{
	return (CALL(vp->v_ops, vop_getpage, EIO, vp, m));
}

/**
 * Makes room for a page on disk, so that a later VOP_PUTPAGE finds its block.
 * May sleep.
 * @param vp	whose page it is
 * @param m	page of v_object, busy
 * @return	vop_backpage's errors
 */
int
VOP_BACKPAGE(struct vnode *vp, struct vm_page *m)
{
	return (CALL(vp->v_ops, vop_backpage, 0, vp, m));
}

/**
 * Writes a page.
 * @param vp	whose page it is
 * @param m	page of v_object, busy
 * @return	vop_putpage's errors
 */
int
VOP_PUTPAGE(struct vnode *vp, struct vm_page *m)
{
	return (CALL(vp->v_ops, vop_putpage, EIO, vp, m));
}

/**
 * The last reference has gone.
 * @param vp	locked
 * @return	vop_inactive's errors
 */
int
VOP_INACTIVE(struct vnode *vp)
{
	return (CALL(vp->v_ops, vop_inactive, 0, vp));
}

/**
 * The file system's part goes.
 * @param vp	locked
 * @return	vop_reclaim's errors
 */
int
VOP_RECLAIM(struct vnode *vp)
{
	return (CALL(vp->v_ops, vop_reclaim, 0, vp));
}

static int
default_pathconf(int name, long *res)
{
	switch (name) {
	case _PC_LINK_MAX:
		*res = 32767;
		return (0);
	case _PC_MAX_CANON:
	case _PC_MAX_INPUT:
		*res = 255;
		return (0);
	case _PC_NAME_MAX:
		*res = NAME_MAX_FS;
		return (0);
	case _PC_PATH_MAX:
		*res = MAXPATHLEN;
		return (0);
	case _PC_PIPE_BUF:
		*res = 512;
		return (0);
	case _PC_CHOWN_RESTRICTED:
	case _PC_NO_TRUNC:
		*res = 1;
		return (0);
	case _PC_VDISABLE:
		*res = 0xff;
		return (0);
	default:
		return (EINVAL);
	}
}

/**
 * Tells a limit.
 * @param vp	locked
 * @param name	_PC_*
 * @param res	set to it
 * @return	0, EINVAL: there is no such name
 */
int
VOP_PATHCONF(struct vnode *vp, int name, long *res)
{
	return (CALL(vp->v_ops, vop_pathconf, default_pathconf(name, res), vp,
	    name, res));
}

/* A file's own pages; the caller gets a reference to the object. */
static int
default_mmap(struct vnode *vp, struct vm_object **objp)
{
	if (vp->v_type != VREG || vp->v_object == NULL)
		return (ENODEV);
	vm_object_ref(vp->v_object);
	*objp = vp->v_object;
	return (0);
}

/**
 * Gives what mmap(2) is to map, with a reference for the caller.
 * @param vp	locked
 * @param off	first byte
 * @param len	bytes
 * @param prot	PROT_*, as mapped
 * @param objp	set to the object
 * @return	0; ENODEV: it cannot be mapped; vop_mmap's errors
 */
int
VOP_MMAP(
    struct vnode *vp, off_t off, size_t len, int prot, struct vm_object **objp)
{
	return (CALL(file_ops(vp), vop_mmap, default_mmap(vp, objp), vp, off,
	    len, prot, objp));
}
