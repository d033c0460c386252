/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Mounted file systems.
 */
#ifndef _SYS_MOUNT_H_
#define _SYS_MOUNT_H_

#include <sys/types.h>

#ifdef __USERLAND
int mount(const char *type, const char *path, int flags, void *data);
int unmount(const char *path, int flags);
#else

#include <sys/lock.h>
#include <sys/namei.h>
#include <sys/queue.h>
#include <sys/statvfs.h>

struct mount;
struct ucred;
struct vnode;

#define MFSNAMELEN     16
#define MOUNT_ARGS_MAX 64

/** What mount(2) was told beside device and flags; in the kernel. */
struct mount_options {
	const char *mo_text; /**< Linux's way: "size=1m,mode=755"; or NULL */
	const void *mo_args; /**< BSD's way: vfs_argsize bytes; or NULL */
};

/** Kinds of file systems register one of these in vfsconf.c. */
struct vfsops {
	const char *vfs_name; /**< "ufs", "devfs", "procfs", "tmpfs" */
	/** Bytes of mount(2)'s data, MOUNT_ARGS_MAX at most; 0: it begins with
	 * the name of a device. */
	size_t vfs_argsize;
	/** Mounts: from is a device or NULL; mo is never NULL. */
	int (*vfs_mount)(struct mount *mp, const char *from,
	    const struct mount_options *mo, struct ucred *cred);
	/** Writes what is dirty and ends; EBUSY unless forced. */
	int (*vfs_unmount)(struct mount *mp, bool force);
	/** Its root, referenced and locked. */
	int (*vfs_root)(struct mount *mp, struct vnode **vpp);
	/** How full it is. */
	int (*vfs_statvfs)(struct mount *mp, struct statvfs *sbp);
	/** Writes what is dirty. */
	int (*vfs_sync)(struct mount *mp, bool wait);
};

/** One mounted file system. */
struct mount {
	TAILQ_ENTRY(mount) mnt_list;	/**< all, in the order of mounting */
	const struct vfsops *mnt_op;	/**< kind */
	struct vnode *mnt_vnodecovered; /**< NULL for the root */
	LIST_HEAD(, vnode) mnt_vnodes;	/**< its vnodes */
	u_int mnt_flag;			/**< MNT_* */
	dev_t mnt_dev;			/**< st_dev of its files */
	void *mnt_data;			/**< the kind's own */
	struct lock mnt_renamelock;	/**< one rename at a time */
	struct lock mnt_lock;		/**< the kind's use */
	char mnt_from[MAXPATHLEN / 8];	/**< "md0s0a" */
	char mnt_on[MAXPATHLEN / 8];	/**< "/" */
	u_int mnt_busy;			/**< walks about to enter it */
};
TAILQ_HEAD(mountlist, mount);
extern struct mountlist mountlist;
extern struct vnode *rootvnode; /**< referenced */

#endif

/** @name mnt_flag and flags of mount(2) */
/** @{ */
#define MNT_RDONLY	0x00000001
#define MNT_SYNCHRONOUS 0x00000002
#define MNT_NOEXEC	0x00000004
#define MNT_NOSUID	0x00000008
#define MNT_UPDATE	0x00010000
#define MNT_FORCE	0x00080000
#define MNT_UNMOUNTING	0x02000000 /* is going, or about to */
#define MNT_NOCACHE	0x01000000 /* kind's: names come and go by themselves */
/** @} */

#ifndef __USERLAND
/* --- kern/vfs_mount.c --- */
/** On "/" first: the root.  mo may be NULL. */
int vfs_domount(const char *type, const char *from, const char *on, u_int flags,
    const struct mount_options *mo, struct ucred *cred);
const struct vfsops *vfs_find_kind(const char *name); /* NULL: none */
int vfs_unmount(struct mount *mp, bool force);
void vfs_unmountall(void); /* at shutdown: syncs, unmounts */
void vfs_sync_all(bool wait);
int vfs_enter(struct mount *mp, struct vnode **vpp); /* its root, locked */
extern const struct vfsops ufs_vfsops, devfs_vfsops, procfs_vfsops;
extern const struct vfsops tmpfs_vfsops;
void vfs_start_syncer(void);
extern const struct vfsops *const vfsconf[]; /* NULL at the end */

/* --- kern/vfs_root.c --- */
int vfs_mountroot(const char *spec); /* "ufs:md0s0a" */

#endif

#endif
