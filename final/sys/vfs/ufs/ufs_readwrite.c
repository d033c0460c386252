/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: contents of files.
 *
 * They are in the pages of v_object (kern/vfs_cluster.c); here are the blocks
 * behind these pages.  A write has its blocks before it has its bytes, so that
 * what was written can be flushed; so has a store through a mapping: the fault
 * asks for them (ufs_backpage()), and is refused if there is no room.
 */
#include "ufs.h"
#include <sys/proc.h>
#include <vm/vm_object.h>

/**
 * VOP_READ.  May sleep.
 * @param vp	file, locked
 * @param uio	where to, how much, and from which byte on
 * @param ioflag	unused
 * @param cred	unused
 * @return	0; EISDIR; EINVAL; EFAULT; EIO; EINTR: the
 *		thread is to end
 */
int
ufs_read(struct vnode *vp, struct uio *uio, int ioflag __unused,
    struct ucred *cred __unused)
{
	struct inode *ip = VTOI(vp);

	if (vp->v_type != VREG)
		return (vp->v_type == VDIR ? EISDIR : EINVAL);
	if (uio->uio_resid == 0)
		return (0);
	ip->i_flag |= IN_ACCESS;
	return (vn_cache_read(vp, uio, ip->i_size));
}

/*
 * Blocks for a write within one block.  What this size has to have is had
 * before the size is set; if something is wanting, what had been had goes.
 */
static int
allocate(struct inode *ip, off_t offset, size_t n, bool *fresh)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t lbn = lblkno(fs, offset), oldsize = ip->i_size, end = offset + n;
	bool next = end > oldsize && lbn > lblkno(fs, oldsize), undo = false;
	int32_t addr;
	int error = 0;

	lockmgr(&ip->i_lock, LK_EXCLUSIVE);
	if (next)
		error = ufs_grow_last(ip, lblktosize(fs, lbn));
	if (error == 0) {
		error = ufs_balloc(
		    ip, lbn, blkoff(fs, offset) + n, &addr, fresh);
		undo = error != 0 && end > oldsize &&
		    (next || lbn >= UFS_NDADDR);
	}
	if (error == 0)
		ip->i_size = MAX(oldsize, end);
	else if (undo) /* its last block before that is whole */
		ip->i_size = lbn >= UFS_NDADDR ? end : lblktosize(fs, lbn);
	lockmgr(&ip->i_lock, LK_RELEASE);
	if (undo)
		ufs_truncate(ip, oldsize);
	return (error);
}

/* Writes within one block. */
static int
write_block(struct vnode *vp, struct uio *uio, size_t n)
{
	struct inode *ip = VTOI(vp);
	off_t offset = uio->uio_offset, oldsize = ip->i_size;
	bool fresh;
	int error;

	/* Behind the end a mapping may have left something. */
	if (offset > oldsize)
		vn_cache_truncate(vp, oldsize);
	error = allocate(ip, offset, n, &fresh);
	if (error != 0)
		return (error);
	error = vn_cache_write(vp, uio, n,
	    fresh && (offset & PAGE_MASK) == 0 && (n & PAGE_MASK) == 0);
	if (error != 0 && (off_t)ip->i_size > oldsize)
		ufs_truncate(ip, MAX(oldsize, uio->uio_offset));
	ip->i_flag |= IN_CHANGE | IN_UPDATE | IN_DIRTY;
	return (error);
}

/**
 * VOP_WRITE.  May sleep.
 * @param vp	file, locked
 * @param uio	where from, how much, and to which byte on
 * @param ioflag	IO_*
 * @param cred	who writes: its set-id bits may go
 * @return	0: all, or, without IO_UNIT, some; EISDIR; EINVAL; EROFS; EFBIG;
 *		ENOSPC; EFAULT; EIO; EINTR: the thread is to end
 */
int
ufs_write(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred)
{
	struct inode *ip = VTOI(vp);
	const struct fs *fs = ip->i_ump->um_fs;
	size_t resid = uio->uio_resid, before, n;
	int error = 0;

	if (vp->v_type != VREG)
		return (vp->v_type == VDIR ? EISDIR : EINVAL);
	if (ip->i_ump->um_ronly)
		return (EROFS);
	if ((ioflag & IO_APPEND) != 0)
		uio->uio_offset = ip->i_size;
	if (uio->uio_offset < 0)
		return (EINVAL);
	if (uio->uio_resid == 0)
		return (0);
	if ((uint64_t)uio->uio_offset >= fs->fs_maxfilesize ||
	    uio->uio_resid > fs->fs_maxfilesize - uio->uio_offset)
		return (EFBIG);
	while (uio->uio_resid > 0 && error == 0) {
		before = uio->uio_resid;
		n = fs->fs_bsize - blkoff(fs, uio->uio_offset);
		error = write_block(vp, uio, MIN(n, before));
		if (error == 0 && uio_turn(uio, before) && lwkt_user_yield())
			error = EINTR;
	}
	if (uio->uio_resid != resid && cred != NULL && cred->cr_uid != 0)
		ip->i_mode &= ~(S_ISUID | S_ISGID);
	if (uio->uio_resid != resid)
		KNOTE(&vp->v_klist, 0);
	/* What has been written has been written. */
	if (error != 0 && uio->uio_resid != resid && (ioflag & IO_UNIT) == 0 &&
	    error != EFAULT)
		error = 0;
	if ((ioflag & IO_SYNC) != 0 && error == 0)
		error = VOP_FSYNC(vp, true);
	return (error);
}

/**
 * VOP_FSYNC.  May sleep.
 * @param vp	locked
 * @param wait	until all is on disk
 * @return	0; ENOSPC; EIO
 */
int
ufs_fsync(struct vnode *vp, bool wait)
{
	struct inode *ip = VTOI(vp);
	int error, error2;

	error = vn_cache_flush(vp, 0, 0, wait);
	error2 = ufs_update(ip, wait);
	/* Indirect blocks, and the sums that belong to the addresses. */
	if (wait && error == 0)
		error = bsync(ip->i_ump->um_dev, true);
	return (error != 0 ? error : error2);
}

/* Where a page is: its first byte on disk (0: a hole) and bytes there. */
static int
page_place(struct inode *ip, vm_pindex_t index, off_t *place, size_t *n)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t offset = (off_t)ptoa(index), lbn = lblkno(fs, offset);
	u_int at = blkoff(fs, offset), have = ufs_blksize(ip, lbn);
	int32_t addr;
	int error;

	*place = 0;
	*n = 0;
	if (offset >= (off_t)ip->i_size || at >= have)
		return (0);
	error = ufs_bmap(ip, lbn, &addr);
	if (error != 0 || addr == 0)
		return (error);
	*place = fsbtobytes(fs, addr) + at;
	*n = MIN(PAGE_SIZE, have - at);
	return (0);
}

/**
 * VOP_GETPAGE: what is not on disk is zeros.  May sleep.
 * @param vp	need not be locked
 * @param m	page of v_object, busy
 * @return	0; EIO
 */
int
ufs_getpage(struct vnode *vp, struct vm_page *m)
{
	struct inode *ip = VTOI(vp);
	char *data = vm_page_kva(m);
	size_t n, valid;
	off_t place;
	int error;

	if (ip == NULL)
		return (EIO);
	lockmgr(&ip->i_lock, LK_EXCLUSIVE);
	error = page_place(ip, m->pindex, &place, &n);
	if (place == 0)
		n = 0;
	else if (error == 0)
		error = dev_rdwr(
		    ip->i_ump->um_dev, BUF_CMD_READ, data, place, n);
	lockmgr(&ip->i_lock, LK_RELEASE);
	if (error != 0)
		return (error);
	/* Behind the end of the file nobody looks at what is on disk. */
	valid = (off_t)ptoa(m->pindex) < (off_t)ip->i_size
	    ? MIN(n, ip->i_size - ptoa(m->pindex))
	    : 0;
	bzero(data + valid, PAGE_SIZE - valid);
	return (0);
}

/* The same, of a page before the end of the file; a hole gets its block. */
static int
page_give_place(struct inode *ip, vm_pindex_t index, off_t *place, size_t *n)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t offset = (off_t)ptoa(index), lbn = lblkno(fs, offset);
	int32_t addr;
	bool fresh;
	int error;

	error = page_place(ip, index, place, n);
	if (error != 0 || *place != 0)
		return (error);
	error = ufs_balloc(ip, lbn,
	    MIN(blkoff(fs, offset) + PAGE_SIZE,
		ip->i_size - lblktosize(fs, lbn)),
	    &addr, &fresh);
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
	return (error != 0 ? error : page_place(ip, index, place, n));
}

/**
 * VOP_BACKPAGE: a page of a hole gets its block now, one behind the end of the
 * file none.  May sleep.
 * @param vp	need not be locked
 * @param m	page of v_object, busy
 * @return	0; EROFS; ENOSPC; EIO
 */
int
ufs_backpage(struct vnode *vp, struct vm_page *m)
{
	struct inode *ip = VTOI(vp);
	off_t place;
	size_t n;
	int error = 0;

	if (ip == NULL)
		return (EIO);
	if (ip->i_ump->um_ronly)
		return (EROFS);
	lockmgr(&ip->i_lock, LK_EXCLUSIVE);
	if ((off_t)ptoa(m->pindex) < (off_t)ip->i_size)
		error = page_give_place(ip, m->pindex, &place, &n);
	lockmgr(&ip->i_lock, LK_RELEASE);
	if (error == 0)
		ip->i_flag |= IN_CHANGE | IN_UPDATE;
	return (error);
}

/**
 * VOP_PUTPAGE: a page of a hole gets its block now.  May sleep.
 * @param vp	need not be locked
 * @param m	page of v_object, busy
 * @return	0; ENOSPC; EIO
 */
int
ufs_putpage(struct vnode *vp, struct vm_page *m)
{
	struct inode *ip = VTOI(vp);
	off_t place, offset = (off_t)ptoa(m->pindex);
	size_t n;
	int error;

	if (ip == NULL)
		return (EIO);
	if (offset >= (off_t)ip->i_size)
		return (0);
	lockmgr(&ip->i_lock, LK_EXCLUSIVE);
	error = page_give_place(ip, m->pindex, &place, &n);
	/* What a mapping has left behind the end does not get to the disk. */
	if ((off_t)ip->i_size - offset < (off_t)PAGE_SIZE)
		bzero((char *)vm_page_kva(m) + (ip->i_size - offset),
		    PAGE_SIZE - (ip->i_size - offset));
	if (error == 0 && place != 0)
		error = dev_rdwr(
		    ip->i_ump->um_dev, BUF_CMD_WRITE, vm_page_kva(m), place, n);
	lockmgr(&ip->i_lock, LK_RELEASE);
	return (error);
}
