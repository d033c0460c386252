/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: operations on files; <sys/vnode.h> says what each has to do.
 */
#include "ufs.h"
#include <sys/dirent.h>
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/time.h>
#include <sys/unistd.h>
#include <machine/globaldata.h>
#include <vm/vm_object.h>

#define IFTODT(mode) (((mode)&S_IFMT) >> 12)

static bool
read_only(const struct vnode *vp)
{
	return (VTOI(vp)->i_ump->um_ronly);
}

/* Makes a file of a kind and enters its name. */
static int
make(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, mode_t kind)
{
	struct vnode *vp;
	int error;

	*vpp = NULL;
	if (read_only(dvp))
		return (EROFS);
	if (VTOI(dvp)->i_din.di_nlink == 0)
		return (ENOENT);
	error = ufs_makeinode(dvp, va, kind, cnp->cn_cred, &vp);
	if (error != 0)
		return (error);
	error = ufs_direnter(VTOI(dvp), cnp->cn_nameptr, cnp->cn_namelen,
	    VTOI(vp)->i_number, IFTODT(kind));
	if (error != 0) {
		VTOI(vp)->i_din.di_nlink = 0;
		VTOI(vp)->i_flag |= IN_CHANGE | IN_DIRTY;
		vput(vp);
		return (error);
	}
	*vpp = vp;
	return (0);
}

static int
ufs_create(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (make(dvp, vpp, cnp, va,
	    va->va_type == VNON ? S_IFREG : VTTOIF(va->va_type)));
}

static int
ufs_mknod(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	return (make(dvp, vpp, cnp, va, VTTOIF(va->va_type)));
}

/*
 * The new directory is whole on disk, and its parent's count is raised, before
 * its name is entered.
 */
static int
ufs_mkdir(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va)
{
	struct inode *dp = VTOI(dvp), *ip;
	struct vnode *vp;
	int error;

	*vpp = NULL;
	if (read_only(dvp))
		return (EROFS);
	if (dp->i_din.di_nlink == 0)
		return (ENOENT);
	if (dp->i_din.di_nlink >= UFS_LINK_MAX)
		return (EMLINK);
	error = ufs_makeinode(dvp, va, S_IFDIR, cnp->cn_cred, &vp);
	if (error != 0)
		return (error);
	ip = VTOI(vp);
	dp->i_din.di_nlink++;
	dp->i_flag |= IN_CHANGE | IN_DIRTY;
	error = ufs_update(dp, true);
	if (error == 0)
		error = ufs_dirmake(ip, dp->i_number);
	if (error == 0)
		error = ufs_direnter(
		    dp, cnp->cn_nameptr, cnp->cn_namelen, ip->i_number, DT_DIR);
	if (error != 0) {
		dp->i_din.di_nlink--;
		dp->i_flag |= IN_CHANGE | IN_DIRTY;
		ip->i_din.di_nlink = 0;
		ip->i_flag |= IN_CHANGE | IN_DIRTY;
		vput(vp);
		return (error);
	}
	*vpp = vp;
	return (0);
}

static int
ufs_symlink(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp,
    struct vattr *va, const char *target)
{
	struct ufsmount *ump = VTOI(dvp)->i_ump;
	size_t len = strlen(target);
	struct inode *ip;
	struct vnode *vp;
	struct buf *bp;
	int32_t addr;
	bool fresh;
	int error;

	*vpp = NULL;
	if (read_only(dvp))
		return (EROFS);
	if (VTOI(dvp)->i_din.di_nlink == 0)
		return (ENOENT);
	if (len >= MAXPATHLEN)
		return (ENAMETOOLONG);
	error = ufs_makeinode(dvp, va, S_IFLNK, cnp->cn_cred, &vp);
	if (error != 0)
		return (error);
	ip = VTOI(vp);
	if (len < (size_t)ump->um_fs->fs_maxsymlinklen) {
		memcpy(ip->i_din.di_db, target, len);
		ip->i_size = len;
	} else {
		error = ufs_balloc(ip, 0, len, &addr, &fresh);
		if (error == 0) {
			ip->i_size = len;
			bp = getblk(ump->um_dev, fsbtobytes(ump->um_fs, addr),
			    ufs_blksize(ip, 0));
			bzero(bp->b_data, bp->b_bcount);
			memcpy(bp->b_data, target, len);
			error = bwrite(bp);
		}
	}
	ip->i_flag |= IN_DIRTY;
	if (error == 0)
		error = ufs_update(ip, true);
	if (error == 0)
		error = ufs_direnter(VTOI(dvp), cnp->cn_nameptr,
		    cnp->cn_namelen, ip->i_number, DT_LNK);
	if (error != 0) {
		ip->i_din.di_nlink = 0;
		ip->i_flag |= IN_CHANGE | IN_DIRTY;
		vput(vp);
		return (error);
	}
	*vpp = vp;
	return (0);
}

static int
ufs_remove(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *ip = VTOI(vp);
	int error;

	if (read_only(dvp))
		return (EROFS);
	error = ufs_dirremove(VTOI(dvp), cnp->cn_nameptr, cnp->cn_namelen);
	if (error != 0)
		return (error);
	if (ip->i_din.di_nlink > 0)
		ip->i_din.di_nlink--;
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
	return (0);
}

static int
ufs_rmdir(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *dp = VTOI(dvp), *ip = VTOI(vp);
	int error;

	if (read_only(dvp))
		return (EROFS);
	if (dp == ip)
		return (EINVAL);
	error = ufs_dirempty(ip);
	if (error == 0)
		error = ufs_dirremove(dp, cnp->cn_nameptr, cnp->cn_namelen);
	if (error != 0)
		return (error);
	/* Its "." and its parent's "..". */
	ip->i_din.di_nlink = 0;
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
	if (dp->i_din.di_nlink > 2)
		dp->i_din.di_nlink--;
	dp->i_flag |= IN_CHANGE | IN_DIRTY;
	return (ufs_update(dp, false));
}

static int
ufs_link(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct inode *ip = VTOI(vp);
	int error;

	if (read_only(dvp))
		return (EROFS);
	if (ip->i_din.di_nlink >= UFS_LINK_MAX)
		return (EMLINK);
	if (ip->i_din.di_nlink == 0 || VTOI(dvp)->i_din.di_nlink == 0)
		return (ENOENT);
	ip->i_din.di_nlink++;
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
	error = ufs_update(ip, true);
	if (error == 0)
		error = ufs_direnter(VTOI(dvp), cnp->cn_nameptr,
		    cnp->cn_namelen, ip->i_number, IFTODT(ip->i_mode));
	if (error != 0) {
		ip->i_din.di_nlink--;
		ip->i_flag |= IN_CHANGE | IN_DIRTY;
	}
	return (error);
}

static int
ufs_getattr(struct vnode *vp, struct vattr *va)
{
	struct inode *ip = VTOI(vp);
	const struct ufs1_dinode *di = &ip->i_din;

	ufs_itimes(ip);
	va->va_type = vp->v_type;
	va->va_mode = di->di_mode & ALLPERMS;
	va->va_nlink = di->di_nlink;
	va->va_uid = di->di_uid;
	va->va_gid = di->di_gid;
	va->va_fsid = vp->v_mount->mnt_dev;
	va->va_fileid = ip->i_number;
	va->va_size = di->di_size;
	va->va_blocksize = ip->i_ump->um_fs->fs_bsize;
	va->va_atime = (struct timespec){ di->di_atime, di->di_atimensec };
	va->va_mtime = (struct timespec){ di->di_mtime, di->di_mtimensec };
	va->va_ctime = (struct timespec){ di->di_ctime, di->di_ctimensec };
	va->va_rdev = vp->v_type == VCHR || vp->v_type == VBLK ? di->di_db[0]
							       : 0;
	va->va_bytes = (uint64_t)di->di_blocks * DEV_BSIZE;
	va->va_gen = di->di_gen;
	va->va_flags = 0;
	return (0);
}

/* Who may change owner, rights, times: the owner and root. */
static int
owns(const struct inode *ip, const struct ucred *cred)
{
	return (
	    cred->cr_uid == 0 || cred->cr_uid == ip->i_din.di_uid ? 0 : EPERM);
}

static int
set_owner(struct inode *ip, const struct vattr *va, const struct ucred *cred)
{
	uid_t uid = va->va_uid == (uid_t)VNOVAL ? ip->i_din.di_uid : va->va_uid;
	gid_t gid = va->va_gid == (gid_t)VNOVAL ? ip->i_din.di_gid : va->va_gid;

	if (cred->cr_uid != 0 &&
	    (owns(ip, cred) != 0 || uid != ip->i_din.di_uid ||
		(gid != ip->i_din.di_gid && !groupmember(gid, cred))))
		return (EPERM);
	if (cred->cr_uid != 0)
		ip->i_mode &= ~(S_ISUID | S_ISGID);
	ip->i_din.di_uid = uid;
	ip->i_din.di_gid = gid;
	return (0);
}

static int
set_mode(struct inode *ip, mode_t mode, const struct ucred *cred)
{
	if (owns(ip, cred) != 0)
		return (EPERM);
	mode &= ALLPERMS;
	if (cred->cr_uid != 0 && !groupmember(ip->i_din.di_gid, cred))
		mode &= ~S_ISGID;
	ip->i_mode = (ip->i_mode & S_IFMT) | mode;
	return (0);
}

static int
set_times(struct vnode *vp, const struct vattr *va, struct ucred *cred)
{
	struct inode *ip = VTOI(vp);
	int error = owns(ip, cred);

	if (error != 0 && (va->va_vaflags & VA_UTIMES_NULL) != 0)
		error = VOP_ACCESS(vp, VWRITE, cred);
	if (error != 0)
		return (error);
	ufs_itimes(ip);
	if (va->va_atime.tv_sec != VNOVAL) {
		ip->i_din.di_atime = ufs_disk_time(va->va_atime.tv_sec);
		ip->i_din.di_atimensec = va->va_atime.tv_nsec;
	}
	if (va->va_mtime.tv_sec != VNOVAL) {
		ip->i_din.di_mtime = ufs_disk_time(va->va_mtime.tv_sec);
		ip->i_din.di_mtimensec = va->va_mtime.tv_nsec;
	}
	return (0);
}

static int
ufs_setattr(struct vnode *vp, struct vattr *va, struct ucred *cred)
{
	struct inode *ip = VTOI(vp);
	int error = 0;

	if (read_only(vp))
		return (EROFS);
	if (va->va_uid != (uid_t)VNOVAL || va->va_gid != (gid_t)VNOVAL)
		error = set_owner(ip, va, cred);
	if (error == 0 && va->va_mode != (mode_t)VNOVAL)
		error = set_mode(ip, va->va_mode, cred);
	if (error == 0 &&
	    (va->va_atime.tv_sec != VNOVAL || va->va_mtime.tv_sec != VNOVAL))
		error = set_times(vp, va, cred);
	if (error == 0 && va->va_size != VNOVAL) {
		if (vp->v_type == VDIR)
			return (EISDIR);
		if (vp->v_type == VREG)
			error = ufs_truncate(ip, va->va_size);
	}
	if (error != 0)
		return (error);
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
	return (ufs_update(ip, false));
}

static int
ufs_readlink(struct vnode *vp, struct uio *uio, struct ucred *cred __unused)
{
	struct inode *ip = VTOI(vp);
	const struct fs *fs = ip->i_ump->um_fs;
	struct buf *bp;
	char *copy;
	int32_t addr;
	size_t n;
	int error;

	if ((off_t)ip->i_size < fs->fs_maxsymlinklen || ip->i_size == 0)
		return (uiomove(ip->i_din.di_db, ip->i_size, uio));
	error = ufs_bmap(ip, 0, &addr);
	if (error == 0 && addr == 0)
		error = EIO;
	if (error == 0)
		error = bread(ip->i_ump->um_dev, fsbtobytes(fs, addr),
		    ufs_blksize(ip, 0), &bp);
	if (error != 0)
		return (error);
	n = MIN(ip->i_size, bp->b_bcount);
	copy = kmalloc(n, M_UFS, M_WAITOK);
	memcpy(copy, bp->b_data, n);
	brelse(bp);
	error = uiomove(copy, n, uio);
	kfree(copy, M_UFS);
	return (error);
}

static int
ufs_pathconf(struct vnode *vp __unused, int name, long *res)
{
	switch (name) {
	case _PC_LINK_MAX:
		*res = UFS_LINK_MAX;
		return (0);
	case _PC_NAME_MAX:
		*res = NAME_MAX_FS;
		return (0);
	case _PC_PATH_MAX:
		*res = MAXPATHLEN;
		return (0);
	}
	return (EINVAL);
}

/** What UFS does. */
const struct vop_ops ufs_vops = {
	.vop_name = "ufs",
	.vop_lookup = ufs_lookup,
	.vop_create = ufs_create,
	.vop_mknod = ufs_mknod,
	.vop_mkdir = ufs_mkdir,
	.vop_symlink = ufs_symlink,
	.vop_remove = ufs_remove,
	.vop_rmdir = ufs_rmdir,
	.vop_link = ufs_link,
	.vop_rename = ufs_rename,
	.vop_getattr = ufs_getattr,
	.vop_setattr = ufs_setattr,
	.vop_read = ufs_read,
	.vop_write = ufs_write,
	.vop_fsync = ufs_fsync,
	.vop_readdir = ufs_readdir,
	.vop_readlink = ufs_readlink,
	.vop_getpage = ufs_getpage,
	.vop_backpage = ufs_backpage,
	.vop_putpage = ufs_putpage,
	.vop_inactive = ufs_inactive,
	.vop_reclaim = ufs_reclaim,
	.vop_pathconf = ufs_pathconf,
};
