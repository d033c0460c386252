/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: operations on files; <sys/vnode.h> says what each has to do.
 *
 * Whether somebody may do it has been looked at by who calls them.
 */
#include "tmpfs.h"

static bool
read_only(const struct vnode *vp)
{
	return ((vp->v_mount->mnt_flag & MNT_RDONLY) != 0);
}

/* It could not be entered: it goes. */
static int
unmake(struct vnode *vp, int error)
{
	VTON(vp)->tn_nlink = 0;
	vput(vp);
	return (error);
}

/* Makes a file of a kind and enters its name. */
static int
make(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, enum vtype type)
{
	struct tmpfs_node *dnode = VTON(dvp);
	struct vnode *vp;
	int error;

	*vpp = NULL;
	if (read_only(dvp))
		return (EROFS);
	if (dnode->tn_nlink == 0)
		return (ENOENT);
	error = tmpfs_makenode(dnode, va, type, cnp->cn_cred, &vp);
	if (error != 0)
		return (error);
	error = tmpfs_enter(dnode, cnp, VTON(vp));
	if (error != 0)
		return (unmake(vp, error));
	*vpp = vp;
	return (0);
}

static int
tmpfs_create(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (
	    make(dvp, vpp, cnp, va, va->va_type == VNON ? VREG : va->va_type));
}

static int
tmpfs_mknod(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (make(dvp, vpp, cnp, va, va->va_type));
}

static int
tmpfs_mkdir(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	struct tmpfs_node *dnode = VTON(dvp);
	int error;

	if (dnode->tn_nlink >= TMPFS_LINK_MAX)
		return (EMLINK);
	error = make(dvp, vpp, cnp, va, VDIR);
	if (error != 0)
		return (error);
	VTON(*vpp)->tn_parent = dnode;
	dnode->tn_nlink++;
	return (0);
}

static int
tmpfs_symlink(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, const char *target)
{
	struct tmpfs_mount *tm = VTON(dvp)->tn_tm;
	size_t len = strlen(target);
	struct tmpfs_node *node;
	char *text;
	int error;

	*vpp = NULL;
	if (len >= MAXPATHLEN)
		return (ENAMETOOLONG);
	if (!tmpfs_take(tm, len))
		return (ENOSPC);
	text = kmalloc(len + 1, M_TMPFS, M_WAITOK);
	strlcpy(text, target, len + 1);
	error = make(dvp, vpp, cnp, va, VLNK);
	if (error != 0) {
		kfree(text, M_TMPFS);
		tmpfs_give(tm, len);
		return (error);
	}
	node = VTON(*vpp);
	node->tn_link = text;
	node->tn_size = len;
	return (0);
}

static int
tmpfs_remove(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct tmpfs_node *dnode = VTON(dvp), *node = VTON(vp);
	struct tmpfs_dirent *de;

	if (read_only(dvp))
		return (EROFS);
	de = tmpfs_find(dnode, cnp->cn_nameptr, cnp->cn_namelen);
	if (de == NULL || de->td_node != node)
		return (ENOENT);
	tmpfs_leave(dnode, de);
	node->tn_nlink--;
	tmpfs_touch(node, TMPFS_CHANGE);
	return (0);
}

static int
tmpfs_rmdir(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct tmpfs_node *dnode = VTON(dvp), *node = VTON(vp);
	int error;

	if (dnode == node)
		return (EINVAL);
	if (!tmpfs_isempty(node))
		return (ENOTEMPTY);
	error = tmpfs_remove(dvp, vp, cnp);
	if (error != 0)
		return (error);
	/* Its "." and its parent's "..". */
	node->tn_nlink = 0;
	node->tn_parent = NULL;
	dnode->tn_nlink--;
	return (0);
}

static int
tmpfs_link(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct tmpfs_node *dnode = VTON(dvp), *node = VTON(vp);
	int error;

	if (read_only(dvp))
		return (EROFS);
	if (node->tn_nlink >= TMPFS_LINK_MAX)
		return (EMLINK);
	if (node->tn_nlink == 0 || dnode->tn_nlink == 0)
		return (ENOENT);
	error = tmpfs_enter(dnode, cnp, node);
	if (error != 0)
		return (error);
	node->tn_nlink++;
	tmpfs_touch(node, TMPFS_CHANGE);
	return (0);
}

static int
tmpfs_getattr(struct vnode *vp, struct vattr *va)
{
	const struct tmpfs_node *node = VTON(vp);

	*va = (struct vattr){
		.va_type = vp->v_type,
		.va_mode = node->tn_mode,
		.va_nlink = node->tn_nlink,
		.va_uid = node->tn_uid,
		.va_gid = node->tn_gid,
		.va_fsid = vp->v_mount->mnt_dev,
		.va_fileid = node->tn_ino,
		.va_size = node->tn_size,
		.va_blocksize = PAGE_SIZE,
		.va_atime = node->tn_atime,
		.va_mtime = node->tn_mtime,
		.va_ctime = node->tn_ctime,
		.va_rdev = node->tn_rdev,
	};
	if (node->tn_object != NULL)
		va->va_bytes = ptoa(node->tn_object->vo_pages.rt_count);
	return (0);
}

static int
tmpfs_setattr(struct vnode *vp, struct vattr *va, struct ucred *cred __unused)
{
	struct tmpfs_node *node = VTON(vp);
	int error = 0;

	if (read_only(vp))
		return (EROFS);
	if (va->va_size != VNOVAL && vp->v_type == VDIR)
		return (EISDIR);
	if (va->va_size != VNOVAL && vp->v_type == VREG)
		error = tmpfs_truncate(vp, va->va_size);
	if (error != 0)
		return (error);
	if (va->va_uid != (uid_t)VNOVAL)
		node->tn_uid = va->va_uid;
	if (va->va_gid != (gid_t)VNOVAL)
		node->tn_gid = va->va_gid;
	if (va->va_mode != (mode_t)VNOVAL)
		node->tn_mode = va->va_mode & ALLPERMS;
	if (va->va_atime.tv_sec != VNOVAL)
		node->tn_atime = va->va_atime;
	if (va->va_mtime.tv_sec != VNOVAL)
		node->tn_mtime = va->va_mtime;
	tmpfs_touch(node, TMPFS_CHANGE);
	return (0);
}

static int
tmpfs_readlink(struct vnode *vp, struct uio *uio, struct ucred *cred __unused)
{
	struct tmpfs_node *node = VTON(vp);

	tmpfs_touch(node, TMPFS_ACCESS);
	return (uiomove(node->tn_link, node->tn_size, uio));
}

/** What tmpfs does. */
const struct vop_ops tmpfs_vops = {
	.vop_name = "tmpfs",
	.vop_lookup = tmpfs_lookup,
	.vop_create = tmpfs_create,
	.vop_mknod = tmpfs_mknod,
	.vop_mkdir = tmpfs_mkdir,
	.vop_symlink = tmpfs_symlink,
	.vop_remove = tmpfs_remove,
	.vop_rmdir = tmpfs_rmdir,
	.vop_link = tmpfs_link,
	.vop_rename = tmpfs_rename,
	.vop_getattr = tmpfs_getattr,
	.vop_setattr = tmpfs_setattr,
	.vop_read = tmpfs_read,
	.vop_write = tmpfs_write,
	.vop_readdir = tmpfs_readdir,
	.vop_readlink = tmpfs_readlink,
	.vop_inactive = tmpfs_inactive,
	.vop_reclaim = tmpfs_reclaim,
};
