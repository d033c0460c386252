/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: a file system that is memory.
 *
 *     tmpfs_mount -> all nodes           tmpfs_node <-> vnode, if there is one
 *     directory -> names -> nodes        regular file -> vm_object -> pages
 *
 * A node is a file.  It stays when its vnode is reclaimed, and gets another
 * one when it is looked up again; it goes when it has neither name nor vnode.
 *
 * The contents of a regular file are the pages of one object of memory
 * (OBJT_ANON), which the node owns: read(2) and write(2) copy to and from
 * them, a mapping has them.  So nothing has ever to be written: no page is
 * dirty.  A page that nobody has stored into or looked at through a mapping
 * does not exist and is zeros.  Pageout leaves them alone, for there is no
 * swap to put them to; they are part of the processes that map them when one
 * has to be killed for its memory.
 *
 * What is taken of the size: pages of files, one by one (vm_quota: the object
 * asks when it gets a page, so a store through a mapping beyond the size is
 * SIGBUS); and nodes, names and texts of links, by their bytes, in pages.
 *
 * Locks, as for every file system: all of it runs under mp_token.  A node's
 * attributes and contents are protected by its vnode's lock, a directory's
 * names by the directory's; a directory's is taken before that of what is in
 * it, save in tmpfs_rename().  Lists and counts of the mount change only where
 * nothing sleeps.  Pages are protected by their object.
 */
#ifndef _VFS_TMPFS_TMPFS_H_
#define _VFS_TMPFS_TMPFS_H_

#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/queue.h>
#include <sys/systm.h>
#include <sys/tree.h>
#include <sys/ucred.h>
#include <sys/vnode.h>
#include <vm/vm_object.h>
#include "tmpfs_args.h"

MALLOC_DECLARE(M_TMPFS);

#define TMPFS_LINK_MAX 32767
#define TMPFS_ROOTINO  2
/* Largest file, in bytes: its pages can be counted. */
#define TMPFS_FILE_MAX ((off_t)1 << 62)

struct tmpfs_node;

/** A name in a directory. */
struct tmpfs_dirent {
	RB_ENTRY(tmpfs_dirent) td_byname;  /**< tn_names */
	RB_ENTRY(tmpfs_dirent) td_byplace; /**< tn_places */
	struct tmpfs_node *td_node;	   /**< what it leads to */
	off_t td_place;			   /**< readdir's cookie: never again */
	size_t td_len;			   /**< bytes of the name */
	char td_name[];			   /**< the name, not terminated */
};
RB_HEAD(tmpfs_names, tmpfs_dirent);
RB_HEAD(tmpfs_places, tmpfs_dirent);

/** A mounted file system. */
struct tmpfs_mount {
	struct mount *tm_mp;		  /**< the mount */
	struct vm_quota tm_pages;	  /**< its size, in pages */
	size_t tm_bytes;		  /**< of nodes, names, links */
	u_long tm_nnodes;		  /**< nodes that are there */
	u_long tm_maxnodes;		  /**< nodes that there may be */
	ino_t tm_lastino;		  /**< last inode number given */
	struct tmpfs_node *tm_root;	  /**< root directory */
	LIST_HEAD(, tmpfs_node) tm_nodes; /**< all of them */
};

/** A file. */
struct tmpfs_node {
	LIST_ENTRY(tmpfs_node) tn_list; /**< tm_nodes */
	struct tmpfs_mount *tn_tm;	/**< its file system */
	struct vnode *tn_vnode;		/**< its vnode, or NULL */
	u_int tn_hold;			/**< tmpfs_getvnode()s under way */
	enum vtype tn_type;		/**< kind */
	ino_t tn_ino;			/**< number */
	mode_t tn_mode;			/**< rights */
	u_int tn_nlink;			/**< names, and "." and ".." */
	uid_t tn_uid;			/**< owner */
	gid_t tn_gid;			/**< group */
	dev_t tn_rdev;			/**< of a device */
	off_t tn_size;			/**< bytes; directory: of its entries */
	struct timespec tn_atime;	/**< last access */
	struct timespec tn_mtime;	/**< last change of the contents */
	struct timespec tn_ctime;	/**< last change */
	/** VREG: its contents. */
	struct vm_object *tn_object;
	/** VLNK: what it leads to, tn_size bytes. */
	char *tn_link;
	/** VDIR: the directory that it is in, the root's is itself; NULL: it
	 * was removed. */
	struct tmpfs_node *tn_parent;
	struct tmpfs_names tn_names;   /**< VDIR: by name */
	struct tmpfs_places tn_places; /**< VDIR: by td_place */
	off_t tn_nextplace;	       /**< VDIR: the next td_place */
};

/** @name Times that tmpfs_touch() sets to now */
/** @{ */
#define TMPFS_ACCESS   0x1
#define TMPFS_MODIFY   0x2
#define TMPFS_CHANGE   0x4
/** @} */

/** The node of a vnode. */
#define VTON(vp)       ((struct tmpfs_node *)(vp)->v_data)
#define VFSTOTMPFS(mp) ((struct tmpfs_mount *)(mp)->mnt_data)

extern const struct vop_ops tmpfs_vops;

/* --- tmpfs_options.c: pure but for what the machine's memory is --- */
int tmpfs_options(const char *text, struct tmpfs_args *args);

/* --- tmpfs_node.c --- */
bool tmpfs_take(struct tmpfs_mount *tm, size_t n);
void tmpfs_give(struct tmpfs_mount *tm, size_t n);
int
tmpfs_newnode(struct tmpfs_mount *tm, enum vtype type, struct tmpfs_node **np);
void tmpfs_freenode(struct tmpfs_node *node);
int tmpfs_getvnode(struct tmpfs_node *node, struct vnode **vpp);
void tmpfs_touch(struct tmpfs_node *node, u_int what);
int tmpfs_makenode(struct tmpfs_node *dnode, struct vattr *va, enum vtype type,
    struct ucred *cred, struct vnode **vpp);
int tmpfs_inactive(struct vnode *vp);
int tmpfs_reclaim(struct vnode *vp);

/* --- tmpfs_dir.c: directories --- */
struct tmpfs_dirent *
tmpfs_find(struct tmpfs_node *dnode, const char *name, size_t len);
struct tmpfs_dirent *
tmpfs_newname(const struct componentname *cnp, struct tmpfs_node *node);
void
tmpfs_insert(struct tmpfs_node *dnode, struct tmpfs_dirent *de, off_t place);
int tmpfs_enter(struct tmpfs_node *dnode, const struct componentname *cnp,
    struct tmpfs_node *node);
void tmpfs_leave(struct tmpfs_node *dnode, struct tmpfs_dirent *de);
bool tmpfs_isempty(const struct tmpfs_node *dnode);
void tmpfs_dropnames(struct tmpfs_node *dnode);
int
tmpfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp);
int tmpfs_readdir(
    struct vnode *vp, struct uio *uio, struct ucred *cred, bool *eofflag);

/* --- tmpfs_file.c: contents of files --- */
int
tmpfs_read(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
int
tmpfs_write(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
int tmpfs_truncate(struct vnode *vp, off_t length);

/* --- tmpfs_rename.c --- */
int
tmpfs_rename(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp);

#endif
