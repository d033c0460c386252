/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: inodes in memory, from disk and back.
 */
#include "ufs.h"
#include <sys/time.h>
#include <vm/vm_object.h>

#define TIME_MAX 0x7fffffffL /* in 2038 */
#define TIME_MIN (-TIME_MAX - 1)

MALLOC_DEFINE(M_UFS, "UFS");

static struct inodehash *
hash_of(struct ufsmount *ump, uint32_t ino)
{
	return (&ump->um_hash[ino % INODE_HASH]);
}

/* The buffer that an inode is in, and where. */
static int
read_dinode(struct ufsmount *ump, uint32_t ino, struct buf **bpp,
    struct ufs1_dinode **dip)
{
	const struct fs *fs = ump->um_fs;
	int c = ino_to_cg(fs, ino);
	u_int n = ino % fs->fs_ipg;
	int error;

	error = bread(ump->um_dev,
	    fsbtobytes(fs, cgimin(fs, c) + n / fs->fs_inopb * fs->fs_frag),
	    fs->fs_bsize, bpp);
	if (error == 0)
		*dip = (struct ufs1_dinode *)(void *)(*bpp)->b_data +
		    n % fs->fs_inopb;
	return (error);
}

/* Whether what an inode says of itself is possible. */
static bool
dinode_ok(const struct ufsmount *ump, const struct ufs1_dinode *di)
{
	const struct fs *fs = ump->um_fs;
	u_int kind = di->di_mode & S_IFMT;

	if (kind != S_IFREG && kind != S_IFDIR && kind != S_IFLNK &&
	    kind != S_IFCHR && kind != S_IFBLK && kind != S_IFIFO &&
	    kind != S_IFSOCK)
		return (false);
	if (di->di_size > fs->fs_maxfilesize || di->di_nlink < 0)
		return (false);
	if (kind == S_IFDIR &&
	    (di->di_size % DIRBLKSIZ != 0 || di->di_size > 1UL << 31))
		return (false);
	return (kind != S_IFLNK || di->di_size < MAXPATHLEN);
}

/* Makes the vnode of an inode that has been read. */
static int
new_inode(struct ufsmount *ump, uint32_t ino, const struct ufs1_dinode *di,
    struct vnode **vpp)
{
	struct inode *ip;
	struct vnode *vp;
	int error;

	error = getnewvnode(ump->um_mp, &ufs_vops, IFTOVT(di->di_mode), &vp);
	if (error != 0)
		return (error);
	ip = kmalloc(sizeof(*ip), M_UFS, M_WAITOK | M_ZERO);
	ip->i_vnode = vp;
	ip->i_ump = ump;
	ip->i_number = ino;
	ip->i_din = *di;
	lockinit(&ip->i_lock, "inode");
	vp->v_data = ip;
	if (vp->v_type == VREG) {
		vp->v_object = vm_object_allocate(
		    OBJT_VNODE, atop(round_page(di->di_size)), "ufs");
		vp->v_object->vo_vnode = vp;
	} else if (vp->v_type == VCHR || vp->v_type == VBLK) {
		vp->v_rdev = dev_find_num(di->di_db[0]);
	}
	if (ino == UFS_ROOTINO)
		vp->v_flag |= VROOT;
	LIST_INSERT_HEAD(hash_of(ump, ino), ip, i_hash);
	*vpp = vp;
	return (0);
}

/**
 * @param ump	file system
 * @param ino	number
 * @return	the inode if it is in memory, else NULL
 */
struct inode *
ufs_incore(struct ufsmount *ump, uint32_t ino)
{
	struct inode *ip;

	LIST_FOREACH(ip, hash_of(ump, ino), i_hash)
	if (ip->i_number == ino)
		return (ip);
	return (NULL);
}

/**
 * The vnode of an inode, from memory or from disk.
 * @param ump	file system
 * @param ino	number
 * @param lkflags LK_EXCLUSIVE; LK_NOWAIT
 * @param vpp	set: referenced, locked
 * @return	0; ENOENT: the inode is free; EBUSY; EIO
 */
int
ufs_vget(struct ufsmount *ump, uint32_t ino, u_int lkflags, struct vnode **vpp)
{
	const struct fs *fs = ump->um_fs;
	struct ufs1_dinode *di, copy;
	struct inode *ip;
	struct buf *bp;
	int error;

	if (ino < UFS_ROOTINO || ino >= (uint32_t)fs->fs_ncg * fs->fs_ipg) {
		ufs_bad(ump, "there is no inode %u", ino);
		return (EIO);
	}
again:
	ip = ufs_incore(ump, ino);
	if (ip != NULL) {
		*vpp = ip->i_vnode;
		error = vget(*vpp, lkflags);
		if (error == ENOENT)
			goto again;
		return (error);
	}
	error = read_dinode(ump, ino, &bp, &di);
	if (error != 0)
		return (error);
	copy = *di;
	brelse(bp);
	if (copy.di_mode == 0)
		return (ENOENT);
	if (!dinode_ok(ump, &copy)) {
		ufs_bad(ump, "inode %u is damaged", ino);
		return (EIO);
	}
	/* Somebody else may have made it while we slept. */
	if (ufs_incore(ump, ino) != NULL)
		goto again;
	return (new_inode(ump, ino, &copy, vpp));
}

/**
 * A time as the disk has it, 32 bits: what is too early or too late becomes
 * the first or the last second that there is.
 * @param seconds	since 1970
 * @return		the same, or the nearest that fits
 */
int32_t
ufs_disk_time(time_t seconds)
{
	return ((int32_t)MIN(MAX(seconds, TIME_MIN), TIME_MAX));
}

/**
 * Sets the times that are due.
 * @param ip	inode
 */
void
ufs_itimes(struct inode *ip)
{
	struct ufs1_dinode *di = &ip->i_din;
	struct timespec now;

	if ((ip->i_flag & (IN_ACCESS | IN_UPDATE | IN_CHANGE)) == 0)
		return;
	nanotime(&now);
	if (!ip->i_ump->um_ronly) {
		if ((ip->i_flag & IN_ACCESS) != 0) {
			di->di_atime = ufs_disk_time(now.tv_sec);
			di->di_atimensec = now.tv_nsec;
		}
		if ((ip->i_flag & IN_UPDATE) != 0) {
			di->di_mtime = ufs_disk_time(now.tv_sec);
			di->di_mtimensec = now.tv_nsec;
		}
		if ((ip->i_flag & IN_CHANGE) != 0) {
			di->di_ctime = ufs_disk_time(now.tv_sec);
			di->di_ctimensec = now.tv_nsec;
		}
		ip->i_flag |= IN_DIRTY;
	}
	ip->i_flag &= ~(IN_ACCESS | IN_UPDATE | IN_CHANGE);
}

/**
 * Writes an inode to its block.
 * @param ip	inode
 * @param now	on disk before this returns
 * @return	0 or EIO
 */
int
ufs_update(struct inode *ip, bool now)
{
	struct ufs1_dinode *di;
	struct buf *bp;
	int error;

	ufs_itimes(ip);
	if ((ip->i_flag & IN_DIRTY) == 0 || ip->i_ump->um_ronly)
		return (0);
	error = read_dinode(ip->i_ump, ip->i_number, &bp, &di);
	if (error != 0)
		return (error);
	ip->i_flag &= ~IN_DIRTY;
	*di = ip->i_din;
	if (now)
		return (bwrite(bp));
	bdwrite(bp);
	return (0);
}

/* Takes an inode that is free on disk, too; *bpp is the buffer it is in. */
static int
take_inode(struct ufsmount *ump, uint32_t near, bool dir, uint32_t *ino,
    struct buf **bpp, struct ufs1_dinode **dip)
{
	int error;

	for (;;) {
		error = ufs_ialloc(ump, near, dir, ino);
		if (error != 0)
			return (error);
		error = read_dinode(ump, *ino, bpp, dip);
		if (error != 0) {
			ufs_ifree(ump, *ino, dir);
			return (error);
		}
		if ((*dip)->di_mode == 0 && ufs_incore(ump, *ino) == NULL)
			return (0);
		brelse(*bpp);
		/* It is taken now, as it should have been. */
		ufs_bad(ump, "inode %u is in use, but marked free", *ino);
	}
}

/* An inode that could not be used is free again. */
static void
untake_inode(struct ufsmount *ump, uint32_t ino, bool dir)
{
	struct ufs1_dinode *di;
	struct buf *bp;

	if (read_dinode(ump, ino, &bp, &di) != 0)
		return;
	di->di_mode = 0;
	if (bwrite(bp) == 0)
		ufs_ifree(ump, ino, dir);
}

/**
 * Makes a new inode, on disk, with one link (a directory: two), that no
 * directory entry names yet.
 * @param dvp	directory that it will be in
 * @param va	va_mode; va_rdev of devices
 * @param kind	S_IF*
 * @param cred	owner
 * @param vpp	set: referenced, locked
 * @return	0; ENOSPC; EIO
 */
int
ufs_makeinode(struct vnode *dvp, struct vattr *va, mode_t kind,
    struct ucred *cred, struct vnode **vpp)
{
	struct inode *dp = VTOI(dvp);
	struct ufsmount *ump = dp->i_ump;
	struct ufs1_dinode *di, new = { 0 };
	struct buf *bp;
	uint32_t ino;
	int error;

	error = take_inode(ump, dp->i_number, kind == S_IFDIR, &ino, &bp, &di);
	if (error != 0)
		return (error);
	new.di_mode = kind | (va->va_mode & ALLPERMS);
	new.di_nlink = kind == S_IFDIR ? 2 : 1;
	new.di_uid = cred->cr_uid;
	new.di_gid = dp->i_din.di_gid;
	new.di_gen = di->di_gen;
	ufs_add(&new.di_gen, 1);
	if ((va->va_mode & S_ISGID) != 0 && cred->cr_uid != 0 &&
	    kind != S_IFDIR && !groupmember(new.di_gid, cred))
		new.di_mode &= ~S_ISGID;
	if (kind == S_IFCHR || kind == S_IFBLK)
		new.di_db[0] = va->va_rdev;
	*di = new;
	error = bwrite(bp);
	if (error == 0)
		error = new_inode(ump, ino, &new, vpp);
	if (error != 0) {
		untake_inode(ump, ino, kind == S_IFDIR);
		return (error);
	}
	VTOI(*vpp)->i_flag |= IN_ACCESS | IN_UPDATE | IN_CHANGE;
	error = ufs_update(VTOI(*vpp), true);
	if (error != 0) {
		VTOI(*vpp)->i_din.di_nlink = 0;
		vput(*vpp);
	}
	return (error);
}

/* tag::inactive[] */
/**
 * The last reference has gone: a file without links goes, too.
 * @param vp	locked
 * @return	0 or an error that cost some space
 */
int
ufs_inactive(struct vnode *vp)
{
	struct inode *ip = VTOI(vp);
	bool dir = vp->v_type == VDIR;
	int error = 0;

	if (ip == NULL)
		return (0);
	if (ip->i_din.di_nlink > 0 || ip->i_ump->um_ronly)
		return (ufs_update(ip, false));
	if (vp->v_type == VREG || dir ||
	    (vp->v_type == VLNK &&
		(off_t)ip->i_size >= ip->i_ump->um_fs->fs_maxsymlinklen))
		error = ufs_truncate(ip, 0);
	ip->i_mode = 0;
	ip->i_flag = IN_DIRTY;
	if (error == 0)
		error = ufs_update(ip, true);
	if (error == 0)
		ufs_ifree(ip->i_ump, ip->i_number, dir);
	vgone(vp);
	return (error);
}
/* end::inactive[] */

/**
 * Parts a vnode from its inode.
 * @param vp	locked; its pages have gone
 * @return	0
 */
int
ufs_reclaim(struct vnode *vp)
{
	struct inode *ip = VTOI(vp);

	if (ip == NULL)
		return (0);
	if (ip->i_mode != 0)
		ufs_update(ip, false);
	LIST_REMOVE(ip, i_hash);
	vp->v_data = NULL;
	kfree(ip, M_UFS);
	return (0);
}
