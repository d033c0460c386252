/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Opening and closing a file by its path: vn_open() is what open(2), execve(2)
 * and the kernel itself use.
 */
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/systm.h>
#include <sys/vnode.h>

/* O_CREAT, and it is not there: makes it.  nl_dvp is locked. */
static int
open_create(struct nlookupdata *nd, int cmode)
{
	struct vnode *dvp = nd->nl_dvp;
	struct vattr va;
	int error;

	if ((nd->nl_flags & NLC_TRAILING) != 0)
		return (EISDIR);
	if (dvp->v_mount != NULL && (dvp->v_mount->mnt_flag & MNT_RDONLY) != 0)
		return (EROFS);
	error = VOP_ACCESS(dvp, VWRITE, nd->nl_cred);
	if (error != 0)
		return (error);
	vattr_null(&va);
	va.va_type = VREG;
	va.va_mode = cmode & ALLPERMS;
	error = VOP_CREATE(dvp, &nd->nl_vp, &nd->nl_cn, &va);
	if (error != 0)
		nd->nl_vp = NULL;
	else
		cache_remove(dvp, &nd->nl_cn);
	return (error);
}

/* Whether what is there may be opened so. */
static int
open_check(struct vnode *vp, int fmode, struct ucred *cred)
{
	bool write = (fmode & (FWRITE | O_TRUNC)) != 0;
	int mode = 0;

	if (vp->v_type == VLNK)
		return (ELOOP);
	if (vp->v_type == VSOCK)
		return (EOPNOTSUPP);
	if ((fmode & O_DIRECTORY) != 0 && vp->v_type != VDIR)
		return (ENOTDIR);
	if (write && vp->v_type == VDIR)
		return (EISDIR);
	if ((vp->v_flag & VDUPFD) != 0)
		return (0); /* the descriptor knows */
	if (write) {
		if (vp->v_type == VREG && vp->v_mount != NULL &&
		    (vp->v_mount->mnt_flag & MNT_RDONLY) != 0)
			return (EROFS);
		if (vp->v_execcount > 0)
			return (ETXTBSY);
		mode |= VWRITE;
	}
	if ((fmode & FREAD) != 0)
		mode |= VREAD;
	return (VOP_ACCESS(vp, mode, cred));
}

static int
open_truncate(struct vnode *vp, struct ucred *cred)
{
	struct vattr va;

	if (vp->v_type != VREG)
		return (0);
	vattr_null(&va);
	va.va_size = 0;
	return (VOP_SETATTR(vp, &va, cred));
}

/* The vnode is there, locked, and may be opened: does it. */
static int
open_vnode(struct vnode *vp, struct file *fp, int fmode, struct ucred *cred)
{
	struct vattr va;
	int error;

	if ((vp->v_flag & VDUPFD) != 0) {
		if (fp == NULL)
			return (ENXIO);
		error = VOP_GETATTR(vp, &va);
		fp->f_offset = va.va_gen;
		return (error != 0 ? error : EJUSTRETURN);
	}
	error = VOP_OPEN(vp, fmode, cred, fp);
	if (error != 0)
		return (error);
	if ((fmode & O_TRUNC) != 0)
		error = open_truncate(vp, cred);
	if (error == 0 && vp->v_type == VFIFO) {
		if (fp == NULL)
			error = EOPNOTSUPP;
		else
			error = fifo_open(vp, fmode, fp);
	}
	if (error != 0)
		VOP_CLOSE(vp, fmode);
	return (error);
}

/* nl_vp stands for others, whichever of them is free: opens that one, which is
 * nl_vp then. */
static int
open_clone(struct nlookupdata *nd, struct file *fp, int fmode)
{
	struct vnode *stand = nd->nl_vp, *vp;
	int error;

	vn_unlock(stand);
	do {
		error = VOP_CLONE(stand, &vp);
		if (error != 0)
			break;
		error = open_vnode(vp, fp, fmode, nd->nl_cred);
		if (error != 0)
			vput(vp);
	} while (error == EBUSY); /* somebody else was faster */
	if (error != 0) {
		vn_lock(stand, LK_EXCLUSIVE);
		return (error);
	}
	vrele(stand);
	nd->nl_vp = vp;
	return (0);
}

/* Finds or creates nl_vp, locked; nl_dvp is free afterwards. */
static int
open_lookup(struct nlookupdata *nd, int fmode, int cmode, bool *created)
{
	int error;

	if ((fmode & O_CREAT) != 0) {
		nd->nl_op = NAMEI_CREATE;
		nd->nl_flags |= NLC_PARENT;
	}
	nd->nl_flags |= NLC_FOLLOW;
	if ((fmode & O_NOFOLLOW) != 0 ||
	    (fmode & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		nd->nl_flags &= ~NLC_FOLLOW;
	error = nlookup(nd);
	if (error != 0)
		return (error);
	*created = nd->nl_vp == NULL;
	if (*created)
		error = open_create(nd, cmode);
	else if ((fmode & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		error = EEXIST;
	if (nd->nl_dvp != NULL) {
		vput(nd->nl_dvp);
		nd->nl_dvp = NULL;
	}
	return (error);
}

/**
 * Opens a file.  Sleeps.
 * @param nd	prepared for NAMEI_LOOKUP; nlookup_done() is the caller's
 * @param fp	the open file to be, or NULL
 * @param fmode	FREAD, FWRITE and O_*
 * @param cmode	rights of a file that is created
 * @param vpp	the file, locked and opened; the reference is fp's if there is
 *		an fp, else the caller's
 * @return	0; EJUSTRETURN: see <sys/vnode.h>; or an errno
 */
int
vn_open(struct nlookupdata *nd, struct file *fp, int fmode, int cmode,
    struct vnode **vpp)
{
	struct vnode *vp;
	bool created;
	int error;

	error = open_lookup(nd, fmode, cmode, &created);
	if (error != 0)
		return (error);
	vp = nd->nl_vp;
	if (created)
		fmode &= ~O_TRUNC;
	else
		error = open_check(vp, fmode, nd->nl_cred);
	if (error == 0)
		error = (vp->v_flag & VCLONE) != 0
		    ? open_clone(nd, fp, fmode)
		    : open_vnode(vp, fp, fmode, nd->nl_cred);
	if (error != 0)
		return (error);
	vp = nd->nl_vp;
	nd->nl_vp = NULL;
	if (fp != NULL) {
		if (vp->v_type != VFIFO)
			fp->f_ops = &vnode_fileops;
		fp->f_type = DTYPE_VNODE;
		fp->f_flag = fmode & (FREAD | FWRITE | FCNTLFLAGS);
		fp->f_offset = 0;
		fp->f_data = vp;
	}
	*vpp = vp;
	return (0);
}

/**
 * Closes what vn_open() opened, and drops its reference.  Sleeps.
 * @param vp	not locked
 * @param flags	FREAD, FWRITE as it was opened
 * @return	0 or the file system's error
 */
int
vn_close(struct vnode *vp, int flags)
{
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_CLOSE(vp, flags);
	vput(vp);
	return (error);
}
