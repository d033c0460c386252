/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file system in memory, no more than the tests of names need: directories
 * with a fixed number of entries.  Compiled as a part of the kernel.
 */
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <sys/vnode.h>

#include "vfs_rig.h"

#define ENTRIES 16
#define INODES	64

struct inode {
	struct vattr at;
	struct vnode *vp; /* or NULL */
	struct inode *up; /* of a directory: ".." */
	char target[64];  /* of a link */
	struct {
		char name[NAME_MAX_FS + 1];
		struct inode *ip; /* or NULL */
	} entry[ENTRIES];
};
struct fs {
	struct inode *inodes[INODES];
};

static MALLOC_DEFINE(M_RIGFS, "rigfs");
static const struct vop_ops rigfs_vops;

static struct inode *
inode_new(struct fs *fs, const struct vattr *va, struct ucred *cred)
{
	struct inode *ip = kmalloc(sizeof(*ip), M_RIGFS, M_WAITOK | M_ZERO);

	ip->at = *va;
	ip->at.va_nlink = va->va_type == VDIR ? 2 : 1;
	ip->at.va_uid = cred->cr_uid;
	ip->at.va_gid = cred->cr_gid;
	ip->at.va_size = 0;
	for (u_int i = 2; i < INODES; i++) {
		if (fs->inodes[i] != NULL)
			continue;
		fs->inodes[i] = ip;
		ip->at.va_fileid = i;
		return (ip);
	}
	panic("rigfs: no inodes");
}

static int
get_vnode(struct mount *mp, struct inode *ip, struct vnode **vpp)
{
	if (ip->vp != NULL) {
		*vpp = ip->vp;
		return (vget(ip->vp, LK_EXCLUSIVE));
	}
	if (getnewvnode(mp, &rigfs_vops, ip->at.va_type, vpp) != 0)
		panic("rigfs: no vnodes");
	(*vpp)->v_data = ip;
	ip->vp = *vpp;
	ip->at.va_fsid = mp->mnt_dev;
	if (ip->up == ip)
		(*vpp)->v_flag |= VROOT;
	return (0);
}

void
rig_set_parent(int ino, int up)
{
	struct fs *fs = TAILQ_FIRST(&mountlist)->mnt_data;

	fs->inodes[ino]->up = fs->inodes[up];
}

static int
find(struct inode *dp, const struct componentname *cnp)
{
	for (int i = 0; i < ENTRIES; i++)
		if (dp->entry[i].ip != NULL &&
		    strlen(dp->entry[i].name) == cnp->cn_namelen &&
		    memcmp(dp->entry[i].name, cnp->cn_nameptr,
			cnp->cn_namelen) == 0)
			return (i);
	return (-1);
}

static void
add(struct inode *dp, const struct componentname *cnp, struct inode *ip)
{
	for (int i = 0; i < ENTRIES; i++) {
		if (dp->entry[i].ip != NULL)
			continue;
		strlcpy(
		    dp->entry[i].name, cnp->cn_nameptr, cnp->cn_namelen + 1);
		dp->entry[i].ip = ip;
		return;
	}
	panic("rigfs: a directory is full");
}

static bool
is_empty(const struct inode *dp)
{
	for (int i = 0; i < ENTRIES; i++)
		if (dp->entry[i].ip != NULL)
			return (false);
	return (true);
}

static void
locked(struct vnode *vp)
{
	if (vp->v_lock.lk_exclusive == 0)
		panic("rigfs: a vnode is not locked");
	if (vp->v_usecount == 0)
		panic("rigfs: a vnode is not referenced");
}

static void
unlocked(struct vnode *vp)
{
	if (vp->v_lock.lk_exclusive != 0)
		panic("rigfs: a vnode is locked");
}

static int
rigfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct inode *dp = dvp->v_data;
	int i, error;

	locked(dvp);
	if ((cnp->cn_flags & NLC_ISDOTDOT) != 0) {
		vn_unlock(dvp);
		error = get_vnode(dvp->v_mount, dp->up, vpp);
		vn_lock(dvp, LK_EXCLUSIVE);
		return (error);
	}
	if (dp->at.va_nlink == 0)
		return (ENOENT);
	i = find(dp, cnp);
	if (i >= 0)
		return (get_vnode(dvp->v_mount, dp->entry[i].ip, vpp));
	if ((cnp->cn_flags & NLC_LAST) != 0 &&
	    (cnp->cn_nameiop == NAMEI_CREATE ||
		cnp->cn_nameiop == NAMEI_RENAME))
		return (EJUSTRETURN);
	return (ENOENT);
}

static int
rigfs_create(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	struct inode *dp = dvp->v_data, *ip;

	locked(dvp);
	ip = inode_new(dvp->v_mount->mnt_data, va, cnp->cn_cred);
	add(dp, cnp, ip);
	if (va->va_type == VDIR) {
		ip->up = dp;
		dp->at.va_nlink++;
	}
	return (get_vnode(dvp->v_mount, ip, vpp));
}

static int
rigfs_symlink(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, const char *target)
{
	int error = rigfs_create(dvp, vpp, cnp, va);
	struct inode *ip = (*vpp)->v_data;

	strlcpy(ip->target, target, sizeof(ip->target));
	return (error);
}

static int
rigfs_remove(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *dp = dvp->v_data, *ip = vp->v_data;

	locked(dvp);
	locked(vp);
	dp->entry[find(dp, cnp)].ip = NULL;
	ip->at.va_nlink--;
	return (0);
}

static int
rigfs_rmdir(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *dp = dvp->v_data, *ip = vp->v_data;

	locked(dvp);
	locked(vp);
	if (!is_empty(ip))
		return (ENOTEMPTY);
	dp->entry[find(dp, cnp)].ip = NULL;
	dp->at.va_nlink--;
	ip->at.va_nlink = 0;
	return (0);
}

static int
rigfs_link(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *ip = vp->v_data;

	locked(dvp);
	locked(vp);
	add(dvp->v_data, cnp, ip);
	ip->at.va_nlink++;
	return (0);
}

static int
rigfs_rename(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp)
{
	struct inode *from = fdvp->v_data, *to = tdvp->v_data;
	struct inode *ip = fvp->v_data, *old;

	unlocked(fdvp);
	unlocked(fvp);
	unlocked(tdvp);
	if (tvp != NULL) {
		unlocked(tvp);
		old = tvp->v_data;
		if (old->at.va_type == VDIR && !is_empty(old))
			return (ENOTEMPTY);
		to->entry[find(to, tcnp)].ip = NULL;
		old->at.va_nlink = old->at.va_type == VDIR
		    ? 0
		    : old->at.va_nlink - 1;
	}
	from->entry[find(from, fcnp)].ip = NULL;
	add(to, tcnp, ip);
	if (ip->at.va_type == VDIR)
		ip->up = to;
	return (0);
}

static int
rigfs_getattr(struct vnode *vp, struct vattr *va)
{
	locked(vp);
	*va = ((struct inode *)vp->v_data)->at;
	return (0);
}

static int
rigfs_setattr(struct vnode *vp, struct vattr *va, struct ucred *cred __unused)
{
	struct inode *ip = vp->v_data;

	locked(vp);
	if (va->va_mode != (mode_t)VNOVAL)
		ip->at.va_mode = va->va_mode;
	if (va->va_uid != (uid_t)VNOVAL)
		ip->at.va_uid = va->va_uid;
	if (va->va_gid != (gid_t)VNOVAL)
		ip->at.va_gid = va->va_gid;
	if (va->va_size != VNOVAL)
		ip->at.va_size = va->va_size;
	return (0);
}

static int
rigfs_readdir(struct vnode *vp, struct uio *uio, struct ucred *cred __unused,
    bool *eofflag)
{
	struct inode *dp = vp->v_data;
	int error = 0;

	locked(vp);
	for (off_t i = uio->uio_offset; i < ENTRIES; i++) {
		if (dp->entry[i].ip != NULL &&
		    vop_write_dirent(&error, uio, dp->entry[i].ip->at.va_fileid,
			DT_UNKNOWN, dp->entry[i].name,
			strlen(dp->entry[i].name)))
			return (error);
		uio->uio_offset = i + 1;
	}
	*eofflag = true;
	return (0);
}

static int
rigfs_readlink(struct vnode *vp, struct uio *uio, struct ucred *cred __unused)
{
	struct inode *ip = vp->v_data;

	return (uiomove(ip->target, strlen(ip->target), uio));
}

static int
rigfs_inactive(struct vnode *vp)
{
	if (((struct inode *)vp->v_data)->at.va_nlink == 0)
		vgone(vp);
	return (0);
}

static int
rigfs_reclaim(struct vnode *vp)
{
	struct inode *ip = vp->v_data;
	struct fs *fs = vp->v_mount->mnt_data;

	ip->vp = NULL;
	if (ip->at.va_nlink == 0) {
		fs->inodes[ip->at.va_fileid] = NULL;
		kfree(ip, M_RIGFS);
	}
	return (0);
}

static const struct vop_ops rigfs_vops = {
	.vop_name = "rigfs",
	.vop_lookup = rigfs_lookup,
	.vop_create = rigfs_create,
	.vop_mkdir = rigfs_create,
	.vop_symlink = rigfs_symlink,
	.vop_remove = rigfs_remove,
	.vop_rmdir = rigfs_rmdir,
	.vop_link = rigfs_link,
	.vop_rename = rigfs_rename,
	.vop_getattr = rigfs_getattr,
	.vop_setattr = rigfs_setattr,
	.vop_readdir = rigfs_readdir,
	.vop_readlink = rigfs_readlink,
	.vop_inactive = rigfs_inactive,
	.vop_reclaim = rigfs_reclaim,
};

static int
rigfs_mount(struct mount *mp, const char *from __unused,
    const struct mount_options *mo __unused, struct ucred *cred)
{
	struct vattr va = { .va_type = VDIR, .va_mode = 0755 };
	struct inode *root;

	mp->mnt_data = kmalloc(sizeof(struct fs), M_RIGFS, M_WAITOK | M_ZERO);
	root = inode_new(mp->mnt_data, &va, cred);
	root->up = root;
	return (0);
}

static int
rigfs_unmount(struct mount *mp, bool force)
{
	struct fs *fs = mp->mnt_data;
	int error = vflush(mp, NULL, force);

	if (error != 0)
		return (error);
	for (u_int i = 0; i < INODES; i++)
		if (fs->inodes[i] != NULL)
			kfree(fs->inodes[i], M_RIGFS);
	kfree(fs, M_RIGFS);
	return (0);
}

static int
rigfs_root(struct mount *mp, struct vnode **vpp)
{
	return (get_vnode(mp, ((struct fs *)mp->mnt_data)->inodes[2], vpp));
}

static int
rigfs_sync(struct mount *mp __unused, bool wait __unused)
{
	return (0);
}

const struct vfsops ufs_vfsops = {
	.vfs_name = "rigfs",
	.vfs_mount = rigfs_mount,
	.vfs_unmount = rigfs_unmount,
	.vfs_root = rigfs_root,
	.vfs_sync = rigfs_sync,
};
