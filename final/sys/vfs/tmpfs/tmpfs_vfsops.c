/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: mounting and unmounting.
 */
#include "tmpfs.h"

#define NODES_MAX 0x7fffffffUL

/* What the caller wants, beginning with what there is or would be. */
static int
read_options(const struct mount_options *mo, struct tmpfs_args *args)
{
	if (mo->mo_args != NULL) {
		*args = *(const struct tmpfs_args *)mo->mo_args;
		if (args->ta_version != TMPFS_ARGS_VERSION ||
		    args->ta_size_max < 0)
			return (EINVAL);
	}
	return (tmpfs_options(mo->mo_text, args));
}

/* Sets the limits; EINVAL: there is more than that already. */
static int
set_limits(struct tmpfs_mount *tm, const struct tmpfs_args *args)
{
	u_long pages = howmany((u_long)args->ta_size_max, PAGE_SIZE);
	u_long nodes = args->ta_nodes_max;

	if (pages == 0)
		pages = vm_page_total_count() / 2;
	if (nodes == 0)
		nodes = pages;
	if (pages < tm->tm_pages.vq_used || nodes < tm->tm_nnodes)
		return (EINVAL);
	tm->tm_pages.vq_max = pages;
	tm->tm_maxnodes = MIN(nodes, NODES_MAX);
	return (0);
}

/* MNT_UPDATE: other limits; what is not named stays. */
static int
remount(struct tmpfs_mount *tm, const struct mount_options *mo)
{
	struct tmpfs_args args = {
		.ta_nodes_max = tm->tm_maxnodes,
		.ta_size_max = ptoa(tm->tm_pages.vq_max),
	};
	int error;

	error = read_options(mo, &args);
	return (error != 0 ? error : set_limits(tm, &args));
}

/* The root directory, its own parent. */
static int
make_root(struct tmpfs_mount *tm, const struct tmpfs_args *args)
{
	struct tmpfs_node *root;
	int error;

	error = tmpfs_newnode(tm, VDIR, &root);
	if (error != 0)
		return (error);
	root->tn_uid = args->ta_root_uid;
	root->tn_gid = args->ta_root_gid;
	root->tn_mode = args->ta_root_mode & ALLPERMS;
	root->tn_parent = root;
	tm->tm_root = root;
	return (0);
}

static int
tmpfs_mount(struct mount *mp, const char *from __unused,
    const struct mount_options *mo, struct ucred *cred __unused)
{
	struct tmpfs_args args = { .ta_root_mode = ACCESSPERMS | S_ISVTX };
	struct tmpfs_mount *tm;
	int error;

	if ((mp->mnt_flag & MNT_UPDATE) != 0)
		return (remount(VFSTOTMPFS(mp), mo));
	error = read_options(mo, &args);
	if (error != 0)
		return (error);
	tm = kmalloc(sizeof(*tm), M_TMPFS, M_WAITOK | M_ZERO);
	tm->tm_mp = mp;
	tm->tm_lastino = TMPFS_ROOTINO - 1;
	LIST_INIT(&tm->tm_nodes);
	error = set_limits(tm, &args);
	if (error == 0)
		error = make_root(tm, &args);
	if (error != 0) {
		kfree(tm, M_TMPFS);
		return (error);
	}
	mp->mnt_data = tm;
	return (0);
}

/* All files go; none has a vnode. */
static void
free_all(struct tmpfs_mount *tm)
{
	struct tmpfs_node *node;

	LIST_FOREACH(node, &tm->tm_nodes, tn_list)
	tmpfs_dropnames(node);
	while ((node = LIST_FIRST(&tm->tm_nodes)) != NULL)
		tmpfs_freenode(node);
	if (tm->tm_pages.vq_used != 0 || tm->tm_bytes != 0 ||
	    tm->tm_nnodes != 0)
		kprintf("tmpfs: %lu pages, %lu bytes, %lu files are left\n",
		    tm->tm_pages.vq_used, tm->tm_bytes, tm->tm_nnodes);
}

static int
tmpfs_unmount(struct mount *mp, bool force)
{
	struct tmpfs_mount *tm = VFSTOTMPFS(mp);
	int error;

	error = vflush(mp, NULL, force);
	if (error != 0)
		return (error);
	free_all(tm);
	kfree(tm, M_TMPFS);
	mp->mnt_data = NULL;
	return (0);
}

static int
tmpfs_root(struct mount *mp, struct vnode **vpp)
{
	return (tmpfs_getvnode(VFSTOTMPFS(mp)->tm_root, vpp));
}

static int
tmpfs_statvfs(struct mount *mp, struct statvfs *sbp)
{
	const struct tmpfs_mount *tm = VFSTOTMPFS(mp);

	sbp->f_bsize = sbp->f_frsize = PAGE_SIZE;
	sbp->f_blocks = tm->tm_pages.vq_max;
	sbp->f_bfree = tm->tm_pages.vq_max - tm->tm_pages.vq_used;
	sbp->f_bavail = sbp->f_bfree;
	sbp->f_files = tm->tm_maxnodes;
	sbp->f_ffree = sbp->f_favail = tm->tm_maxnodes - tm->tm_nnodes;
	return (0);
}

/* What is in memory is where it is to be. */
static int
tmpfs_sync(struct mount *mp __unused, bool wait __unused)
{
	return (0);
}

/** Memory as a file system. */
const struct vfsops tmpfs_vfsops = {
	.vfs_name = "tmpfs",
	.vfs_argsize = sizeof(struct tmpfs_args),
	.vfs_mount = tmpfs_mount,
	.vfs_unmount = tmpfs_unmount,
	.vfs_root = tmpfs_root,
	.vfs_statvfs = tmpfs_statvfs,
	.vfs_sync = tmpfs_sync,
};
