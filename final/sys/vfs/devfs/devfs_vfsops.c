/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * devfs: mounting, and the vnode of a node.
 */
#include "devfs.h"
#include <sys/buf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/systm.h>
#include <sys/time.h>

static MALLOC_DEFINE(M_DEVFS, "devfs");

static int
devfs_mount(struct mount *mp, const char *from __unused,
    const struct mount_options *mo __unused, struct ucred *cred __unused)
{
	struct devfs_mount *dm;

	if ((mp->mnt_flag & MNT_UPDATE) != 0)
		return (0);
	dm = kmalloc(sizeof(*dm), M_DEVFS, M_WAITOK | M_ZERO);
	nanotime(&dm->dm_time);
	mp->mnt_data = dm;
	mp->mnt_flag |= MNT_NOCACHE;
	return (0);
}

static int
devfs_unmount(struct mount *mp, bool force)
{
	int error = vflush(mp, NULL, force);

	if (error == 0)
		kfree(mp->mnt_data, M_DEVFS);
	return (error);
}

static int
devfs_root(struct mount *mp, struct vnode **vpp)
{
	const struct devfs_node root = {
		.dn_kind = DEVFS_DIR,
		.dn_ino = DEVFS_INO_ROOT,
	};

	return (devfs_allocvp(mp, &root, NULL, vpp));
}

static int
devfs_statvfs(struct mount *mp __unused, struct statvfs *sbp)
{
	sbp->f_bsize = sbp->f_frsize = DEV_BSIZE;
	return (0);
}

static int
devfs_sync(struct mount *mp __unused, bool wait __unused)
{
	return (0);
}

/** Devices as a file system. */
const struct vfsops devfs_vfsops = {
	.vfs_name = "devfs",
	.vfs_mount = devfs_mount,
	.vfs_unmount = devfs_unmount,
	.vfs_root = devfs_root,
	.vfs_statvfs = devfs_statvfs,
	.vfs_sync = devfs_sync,
};

static enum vtype
vtype_of(const struct devfs_node *dn, const struct cdev *dev)
{
	switch (dn->dn_kind) {
	case DEVFS_DIR:
	case DEVFS_FDDIR:
		return (VDIR);
	case DEVFS_LINK:
		return (VLNK);
	case DEVFS_FD:
		return (VCHR);
	default:
		return (dev->si_block ? VBLK : VCHR);
	}
}

static struct devfs_node *
find_node(const struct devfs_mount *dm, ino_t ino)
{
	struct devfs_node *dn;

	LIST_FOREACH(dn, &dm->dm_nodes, dn_list)
	if (dn->dn_ino == ino)
		return (dn);
	return (NULL);
}

/**
 * Gets the vnode of a node.  Sleeps.
 * @param mp	mount
 * @param like	the node: dn_kind, dn_ino, dn_num, dn_prefix
 * @param dev	DEVFS_DEV: the device
 * @param vpp	the vnode, referenced and locked
 * @return	0, ENFILE
 */
int
devfs_allocvp(struct mount *mp, const struct devfs_node *like, struct cdev *dev,
    struct vnode **vpp)
{
	struct devfs_mount *dm = mp->mnt_data;
	struct devfs_node *dn;
	struct vnode *vp;
	int error;

	/* One that dies while its lock is waited for is looked for again. */
	while ((dn = find_node(dm, like->dn_ino)) != NULL) {
		*vpp = dn->dn_vnode;
		error = vget(*vpp, LK_EXCLUSIVE);
		if (error != ENOENT)
			return (error);
	}
	dn = kmalloc(sizeof(*dn), M_DEVFS, M_WAITOK | M_ZERO);
	error = getnewvnode(mp, &devfs_vnode_vops, vtype_of(like, dev), &vp);
	if (error != 0) {
		kfree(dn, M_DEVFS);
		return (error);
	}
	if (find_node(dm, like->dn_ino) != NULL) {
		/* Somebody else made it while we slept. */
		kfree(dn, M_DEVFS);
		vgone(vp);
		vput(vp);
		return (devfs_allocvp(mp, like, dev, vpp));
	}
	*dn = *like;
	dn->dn_vnode = vp;
	vp->v_data = dn;
	vp->v_rdev = dev;
	if (dn->dn_ino == DEVFS_INO_ROOT)
		vp->v_flag |= VROOT;
	if (dn->dn_kind == DEVFS_FD)
		vp->v_flag |= VDUPFD;
	if (dn->dn_kind == DEVFS_DEV && dev->si_ops->d_clone != NULL)
		vp->v_flag |= VCLONE;
	LIST_INSERT_HEAD(&dm->dm_nodes, dn, dn_list);
	*vpp = vp;
	return (0);
}

/* The node of the device that is to be opened in place of this one. */
static int
devfs_clone(struct vnode *vp, struct vnode **vpp)
{
	struct devfs_node like = { .dn_kind = DEVFS_DEV };
	struct cdev *dev = vp->v_rdev;
	int error;

	if (dev == NULL || vp->v_mount == NULL)
		return (ENXIO);
	dev = dev->si_ops->d_clone(dev);
	if (dev == NULL)
		return (EAGAIN);
	like.dn_ino = dev->si_inode;
	dev->si_opens++; /* so that it stays meanwhile */
	error = devfs_allocvp(vp->v_mount, &like, dev, vpp);
	dev_drop(dev);
	return (error);
}

/* v_data goes. */
static int
devfs_reclaim(struct vnode *vp)
{
	struct devfs_node *dn = VTODN(vp);

	if (dn == NULL)
		return (0); /* it never was one */
	LIST_REMOVE(dn, dn_list);
	kfree(dn, M_DEVFS);
	return (0);
}

static void
times(struct vattr *va, const struct vnode *vp)
{
	const struct devfs_mount *dm = vp->v_mount->mnt_data;

	va->va_atime = va->va_mtime = va->va_ctime = dm->dm_time;
}

static int
devfs_getattr(struct vnode *vp, struct vattr *va)
{
	const struct devfs_node *dn = VTODN(vp);
	const struct cdev *dev = vp->v_rdev;

	*va = (struct vattr){
		.va_type = vp->v_type,
		.va_mode = 0555,
		.va_nlink = 1,
		.va_fsid = vp->v_mount->mnt_dev,
		.va_fileid = dn->dn_ino,
		.va_blocksize = DEV_BSIZE,
	};
	times(va, vp);
	switch (dn->dn_kind) {
	case DEVFS_DIR:
	case DEVFS_FDDIR:
		va->va_nlink = 2;
		break;
	case DEVFS_LINK:
		va->va_size = strlen(devfs_links[dn->dn_num].dl_target);
		va->va_mode = 0777;
		break;
	case DEVFS_FD:
		va->va_mode = 0666;
		va->va_gen = dn->dn_num;
		break;
	case DEVFS_DEV:
		if (dev == NULL)
			return (ENXIO);
		va->va_mode = dev->si_perms;
		va->va_uid = dev->si_uid;
		va->va_gid = dev->si_gid;
		va->va_rdev = dev->si_dev;
		break;
	}
	return (0);
}

/* Owner and rights of a device are kept in it; times are not. */
static int
devfs_setattr(struct vnode *vp, struct vattr *va, struct ucred *cred __unused)
{
	struct cdev *dev = vp->v_rdev;

	if (VTODN(vp)->dn_kind != DEVFS_DEV)
		return (EPERM);
	if (dev == NULL)
		return (ENXIO);
	if (va->va_mode != (mode_t)VNOVAL)
		dev->si_perms = va->va_mode & ALLPERMS;
	if (va->va_uid != (uid_t)VNOVAL)
		dev->si_uid = va->va_uid;
	if (va->va_gid != (gid_t)VNOVAL)
		dev->si_gid = va->va_gid;
	return (0);
}

static int
devfs_readlink(struct vnode *vp, struct uio *uio, struct ucred *cred __unused)
{
	char text[32];
	size_t n;

	n = strlcpy(
	    text, devfs_links[VTODN(vp)->dn_num].dl_target, sizeof(text));
	return (uiomove(text, n, uio));
}

/** Operations of devfs's vnodes; open devices are kern/vfs_spec.c's. */
const struct vop_ops devfs_vnode_vops = {
	.vop_name = "devfs",
	.vop_lookup = devfs_lookup,
	.vop_clone = devfs_clone,
	.vop_getattr = devfs_getattr,
	.vop_setattr = devfs_setattr,
	.vop_readdir = devfs_readdir,
	.vop_readlink = devfs_readlink,
	.vop_reclaim = devfs_reclaim,
};
