/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: making a file shorter (or longer by a hole).
 *
 * Addresses go from disk first; what they led to is free afterwards.
 */
#include "ufs.h"

/* Frees what an indirect block leads to from index `from` on; levels 1: its
 * addresses are of data.  The block itself stays. */
static int
free_indirect(struct inode *ip, int32_t addr, int levels, off_t from)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;
	off_t span = 1;
	int32_t *copy;
	struct buf *bp;
	int error;

	for (int i = 1; i < levels; i++)
		span *= fs->fs_nindir;
	error = ufs_read_indirect(ip, addr, &bp);
	if (error != 0)
		return (error);
	copy = kmalloc(fs->fs_bsize, M_UFS, M_WAITOK);
	memcpy(copy, bp->b_data, fs->fs_bsize);
	/* First the addresses go from disk, then the blocks are free. */
	for (off_t i = howmany(from, span); i < fs->fs_nindir; i++)
		((int32_t *)(void *)bp->b_data)[i] = 0;
	error = bwrite(bp);
	for (off_t i = from / span; i < fs->fs_nindir && error == 0; i++) {
		off_t part = from > i * span ? from - i * span : 0;

		if (copy[i] == 0)
			continue;
		if (levels > 1)
			error = free_indirect(ip, copy[i], levels - 1, part);
		if (part == 0 && error == 0) {
			ufs_free(ump, copy[i], fs->fs_frag);
			ufs_count_frags(ip, -fs->fs_frag);
		}
	}
	kfree(copy, M_UFS);
	return (error);
}

/* Frees the blocks of di_ib from file block `first` on. */
static int
free_indirects(struct inode *ip, off_t first)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t base = UFS_NDADDR, span = fs->fs_nindir, from;
	int32_t old[UFS_NIADDR];
	int error = 0;

	memcpy(old, ip->i_din.di_ib, sizeof(old));
	for (int i = 0; i < UFS_NIADDR;
	     i++, base += span, span *= fs->fs_nindir) {
		if (old[i] == 0 || first >= base + span)
			continue;
		from = first > base ? first - base : 0;
		error = free_indirect(ip, old[i], i + 1, from);
		if (error != 0)
			return (error);
		if (from != 0)
			continue;
		ip->i_din.di_ib[i] = 0;
		error = ufs_update(ip, true);
		if (error != 0)
			return (error);
		ufs_free(ip->i_ump, old[i], fs->fs_frag);
		ufs_count_frags(ip, -fs->fs_frag);
	}
	return (0);
}

/* Fragments that direct block i of a file of that size has. */
static u_int
direct_frags(const struct fs *fs, off_t size, off_t i)
{
	if (i != lblkno(fs, size) || blkoff(fs, size) == 0)
		return (fs->fs_frag);
	return (numfrags(fs, fragroundup(fs, blkoff(fs, size))));
}

/* Frees the direct blocks behind a new, smaller size: i_size. */
static int
free_directs(struct inode *ip, off_t oldsize)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;
	off_t first = lblkno(fs, ip->i_size + fs->fs_bsize - 1);
	int32_t old[UFS_NDADDR];
	u_int had, keep;
	int error;

	memcpy(old, ip->i_din.di_db, sizeof(old));
	for (int i = 0; i < UFS_NDADDR; i++)
		if (i >= first)
			ip->i_din.di_db[i] = 0;
	ip->i_flag |= IN_DIRTY;
	/* First the addresses go from disk, then the blocks are free. */
	error = ufs_update(ip, true);
	for (int i = 0; i < UFS_NDADDR && error == 0; i++) {
		if (old[i] == 0)
			continue;
		had = direct_frags(fs, oldsize, i);
		keep = i >= first ? 0 : direct_frags(fs, ip->i_size, i);
		if (keep >= had)
			continue;
		ufs_free(ump, old[i] + keep, had - keep);
		ufs_count_frags(ip, -(int)(had - keep));
	}
	return (error);
}

/*
 * A file gets shorter: what stays of its last block behind the page of the new
 * end (which is vn_cache_truncate()'s) is cleared on disk, for nobody does it
 * when the file grows again.
 */
static int
clear_tail(struct inode *ip, off_t length)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;
	off_t lbn = lblkno(fs, length);
	u_int from = roundup2(blkoff(fs, length), PAGE_SIZE), to = fs->fs_bsize;
	int32_t addr;
	int error;

	if (lbn < UFS_NDADDR)
		to = fragroundup(fs, blkoff(fs, length));
	if (blkoff(fs, length) == 0 || from >= to)
		return (0);
	error = ufs_bmap(ip, lbn, &addr);
	if (error != 0 || addr == 0)
		return (error);
	return (ufs_clear_bytes(ump, fsbtobytes(fs, addr) + from, to - from));
}

/**
 * Changes the size of a file.  Its pages are cut or cleared.  The vnode is
 * locked.
 * @param ip		file, directory or symbolic link with blocks
 * @param length	new size
 * @return		0; EFBIG; ENOSPC; EIO
 */
int
ufs_truncate(struct inode *ip, off_t length)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t oldsize = ip->i_size;
	int error = 0;

	if (length < 0)
		return (EINVAL);
	if ((uint64_t)length > fs->fs_maxfilesize)
		return (EFBIG);
	if (length == oldsize)
		return (0);
	/* Behind the old end a mapping may have left something. */
	vn_cache_truncate(ip->i_vnode, MIN(length, oldsize));
	lockmgr(&ip->i_lock, LK_EXCLUSIVE);
	if (length > oldsize) {
		error = ufs_grow_last(ip, length);
		if (error == 0)
			ip->i_size = length;
	} else {
		error = clear_tail(ip, length);
		if (error == 0)
			error = free_indirects(
			    ip, lblkno(fs, length + fs->fs_bsize - 1));
		if (error == 0) {
			ip->i_size = length;
			error = free_directs(ip, oldsize);
		}
	}
	ip->i_flag |= IN_CHANGE | IN_UPDATE | IN_DIRTY;
	lockmgr(&ip->i_lock, LK_RELEASE);
	if (error == 0 && length > oldsize)
		vn_cache_truncate(ip->i_vnode, length);
	return (error);
}
