/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS in memory.
 *
 * Everything runs under mp_token.  An inode's i_lock protects its addresses
 * against a page that is read or written while its vnode is not locked.  Who
 * has it must not wait for a page: it comes after the vnode's lock and after a
 * busy page, and before a buffer's.  A cylinder group is protected by its
 * buffer.  Nobody holds two buffers, nor one while user memory is touched.
 *
 * Order of writing, so that a disk whose machine has stopped is no more than a
 * little untidy:
 *
 *     an inode is on disk before a directory entry names it
 *     an entry is gone from disk before its inode is freed
 *     an indirect block is on disk, cleared, before an address leads to it
 *     addresses are gone from disk before their blocks are free
 *     a new block of a file is cleared on disk before an address leads to it
 *     a bitmap says that something is in use before anything leads to it
 *
 * That something is free again is written later, and so are sums: what bitmaps
 * say wrongly after a crash is that something is in use which is not.
 */
#ifndef _UFS_UFS_H_
#define _UFS_UFS_H_

#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/queue.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <sys/vnode.h>
#include "fs.h"

MALLOC_DECLARE(M_UFS);

struct inode;
LIST_HEAD(inodehash, inode);
#define INODE_HASH 128

/** A mounted file system. */
struct ufsmount {
	struct mount *um_mp; /**< the mount */
	struct cdev *um_dev; /**< where it is */
	struct fs *um_fs;    /**< super block */
	struct csum *um_cs;  /**< counts of the groups */
	bool um_ronly;	     /**< read only */
	bool um_fmod;	     /**< super block or counts have changed */
	bool um_clean;	     /**< had been unmounted: may say so again */
	u_int um_pass;	     /**< of ufs_sync(), under mnt_lock */
	struct inodehash um_hash[INODE_HASH]; /**< inodes in memory */
};

/** A file. */
struct inode {
	LIST_ENTRY(inode) i_hash; /**< um_hash */
	struct vnode *i_vnode;	  /**< its vnode */
	struct ufsmount *i_ump;	  /**< its file system */
	uint32_t i_number;	  /**< its number */
	u_int i_flag;		  /**< IN_* */
	struct lock i_lock;	  /**< see above */
	struct ufs1_dinode i_din; /**< as on disk */
	u_int i_pass;		  /**< ufs_sync()'s, which has been here */
};
#define i_size		  i_din.di_size
#define i_mode		  i_din.di_mode

/** @name i_flag */
/** @{ */
#define IN_ACCESS	  0x1 /* time of access is to be set */
#define IN_UPDATE	  0x2 /* time of change of contents */
#define IN_CHANGE	  0x4 /* time of change */
#define IN_DIRTY	  0x8 /* i_din is not on disk */
/** @} */

/** @name What is behind a vnode and a mount */
/** @{ */
#define VTOI(vp)	  ((struct inode *)(vp)->v_data)
#define VFSTOUFS(mp)	  ((struct ufsmount *)(mp)->mnt_data)
/** @} */

/** @name Arithmetic of a file system */
/** @{ */
#define fsbtobytes(fs, b) ((off_t)(b) << (fs)->fs_fshift)
#define lblkno(fs, off)	  ((off_t)(off) >> (fs)->fs_bshift)
#define lblktosize(fs, l) ((off_t)(l) << (fs)->fs_bshift)
#define blkoff(fs, off)	  ((u_int)((off) & ((fs)->fs_bsize - 1)))
#define fragroundup(fs, n)                                                     \
	(((n) + (fs)->fs_fsize - 1) & ~((off_t)(fs)->fs_fsize - 1))
#define numfrags(fs, n) ((u_int)((n) >> (fs)->fs_fshift))
#define cgbase(fs, c)	((fs)->fs_fpg * (c))
#define cgstart(fs, c)                                                         \
	(cgbase(fs, c) + (fs)->fs_cgoffset * ((c) & ~(fs)->fs_cgmask))
#define cgtod(fs, c)	   (cgstart(fs, c) + (fs)->fs_cblkno)
#define cgimin(fs, c)	   (cgstart(fs, c) + (fs)->fs_iblkno)
#define cgdmin(fs, c)	   (cgstart(fs, c) + (fs)->fs_dblkno)
#define cgsblock(fs, c)	   (cgstart(fs, c) + (fs)->fs_sblkno)
#define ino_to_cg(fs, ino) ((int)((ino) / (fs)->fs_ipg))
#define dtog(fs, d)	   ((d) / (fs)->fs_fpg)
#define dtogd(fs, d)	   ((d) % (fs)->fs_fpg)
/** @} */

extern const struct vop_ops ufs_vops;

/* --- ufs_vfsops.c --- */
void ufs_bad(struct ufsmount *ump, const char *fmt, ...) __printflike(2, 3);
int ufs_sbupdate(struct ufsmount *ump);

/* --- ufs_alloc.c: blocks --- */
/**
 * Adds to a number on disk, which may be anything: it may overflow.
 * @param to	the number
 * @param by	how much
 */
static inline void
ufs_add(int32_t *to, int by)
{
	*to = (int32_t)((uint32_t)*to + (uint32_t)by);
}
bool ufs_addr_ok(const struct ufsmount *ump, int32_t addr, u_int frags);
int ufs_alloc(struct inode *ip, int32_t pref, u_int frags, int32_t *addr);
int ufs_extend(struct inode *ip, int32_t addr, u_int from, u_int to);
void ufs_free(struct ufsmount *ump, int32_t addr, u_int frags);

/* --- ufs_ialloc.c: inodes --- */
struct inode *ufs_incore(struct ufsmount *ump, uint32_t ino);
int ufs_ialloc(struct ufsmount *ump, uint32_t near, bool dir, uint32_t *ino);
void ufs_ifree(struct ufsmount *ump, uint32_t ino, bool dir);
int ufs_cgread(struct ufsmount *ump, int c, struct buf **bpp, struct cg **cgp);

/* --- ufs_balloc.c: addresses of a file --- */
u_int ufs_blksize(const struct inode *ip, off_t lbn);
int ufs_bmap(struct inode *ip, off_t lbn, int32_t *addr);
int
ufs_balloc(struct inode *ip, off_t lbn, u_int size, int32_t *addr, bool *fresh);
int ufs_grow_last(struct inode *ip, off_t newsize);
int ufs_read_indirect(struct inode *ip, int32_t addr, struct buf **bpp);
int ufs_clear_bytes(struct ufsmount *ump, off_t at, size_t n);
void ufs_count_frags(struct inode *ip, int frags);

/* --- ufs_truncate.c --- */
int ufs_truncate(struct inode *ip, off_t length);

/* --- ufs_inode.c --- */
int32_t ufs_disk_time(time_t seconds);
int
ufs_vget(struct ufsmount *ump, uint32_t ino, u_int lkflags, struct vnode **vpp);
void ufs_itimes(struct inode *ip);
int ufs_update(struct inode *ip, bool now);
int ufs_makeinode(struct vnode *dvp, struct vattr *va, mode_t kind,
    struct ucred *cred, struct vnode **vpp);
int ufs_inactive(struct vnode *vp);
int ufs_reclaim(struct vnode *vp);

/* --- ufs_lookup.c: directories --- */
/** Where an entry is, or where there is room for one. */
struct ufs_slot {
	off_t s_offset; /**< of the entry */
	u_int s_prev;	/**< bytes back to the one before in its 512, or 0 */
	off_t s_room;	/**< of an entry with room, -1 if there is none */
	uint32_t s_ino; /**< its inode */
	uint8_t s_type; /**< DT_* */
};
int ufs_dirlookup(
    struct inode *dp, const char *name, size_t len, struct ufs_slot *slot);
int ufs_direnter(
    struct inode *dp, const char *name, size_t len, uint32_t ino, uint8_t type);
int ufs_dirremove(struct inode *dp, const char *name, size_t len);
int ufs_dirrewrite(
    struct inode *dp, const char *name, size_t len, uint32_t ino, uint8_t type);
int ufs_dirempty(struct inode *dp);
int ufs_dirmake(struct inode *dp, uint32_t parent);
int
ufs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp);
int ufs_readdir(
    struct vnode *vp, struct uio *uio, struct ucred *cred, bool *eofflag);

/* --- ufs_readwrite.c --- */
int ufs_read(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
int
ufs_write(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
int ufs_fsync(struct vnode *vp, bool wait);
int ufs_getpage(struct vnode *vp, struct vm_page *m);
int ufs_backpage(struct vnode *vp, struct vm_page *m);
int ufs_putpage(struct vnode *vp, struct vm_page *m);

/* --- ufs_rename.c --- */
int
ufs_rename(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp);

#endif
