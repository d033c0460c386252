/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * devfs: the list of devices as a directory.
 *
 *     /dev/null, /dev/md0s0a ...   devices by name
 *     /dev/pts/                    a folder, because there is a "pts/0"
 *     /dev/fd/0 ...                descriptors of whoever looks
 *     /dev/stdin ...               links to those
 *
 * Nothing is stored: a node exists while it has a vnode.
 */
#ifndef _DEVFS_H_
#define _DEVFS_H_

#include <sys/conf.h>
#include <sys/vnode.h>

/** What a node is. */
enum devfs_kind { DEVFS_DIR, DEVFS_FDDIR, DEVFS_FD, DEVFS_LINK, DEVFS_DEV };

/** @name Inodes; devices have theirs, descriptors and folders come after */
/** @{ */
#define DEVFS_INO_ROOT	2
#define DEVFS_INO_FDDIR 3
#define DEVFS_INO_LINK	4	    /* and following */
#define DEVFS_INO_FD	(1UL << 32) /* plus the descriptor */
#define DEVFS_INO_DIR	(1UL << 33) /* plus the inode of its first device */
/** @} */

/** A node; v_data of its vnode. */
struct devfs_node {
	LIST_ENTRY(devfs_node) dn_list; /**< all of the mount */
	struct vnode *dn_vnode;		/**< its vnode */
	enum devfs_kind dn_kind;	/**< what it is */
	ino_t dn_ino;			/**< its number */
	u_int dn_num;	    /**< descriptor, or number of the link */
	char dn_prefix[24]; /**< folders: "" or "pts/" */
};

/** What a mount has: mnt_data. */
struct devfs_mount {
	LIST_HEAD(, devfs_node) dm_nodes; /**< those with vnodes */
	struct timespec dm_time;	  /**< of all files */
};

/** A link at the top. */
struct devfs_link {
	const char *dl_name;   /**< its name */
	const char *dl_target; /**< where it leads */
};
extern const struct devfs_link devfs_links[];
extern const u_int devfs_nlinks;

extern const struct vop_ops devfs_vnode_vops;

/**
 * @param vp	a vnode of devfs
 * @return	its node
 */
static __inline struct devfs_node *
VTODN(const struct vnode *vp)
{
	return (vp->v_data);
}

/* --- devfs_vfsops.c --- */
int devfs_allocvp(struct mount *mp, const struct devfs_node *like,
    struct cdev *dev, struct vnode **vpp);

/* --- devfs_lookup.c --- */
int
devfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp);
int devfs_readdir(
    struct vnode *vp, struct uio *uio, struct ucred *cred, bool *eofflag);

#endif
