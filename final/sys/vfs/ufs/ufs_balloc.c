/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: which block of a file is where, and making it longer.
 *
 *     block  0..11   di_db
 *            12..    di_ib[0]: an indirect block of addresses
 *            then    di_ib[1]: of addresses of such blocks; di_ib[2]: once more
 *
 * An address of 0 is a hole.  The last block may be fragments, if it is one of
 * the first twelve: as many as the size needs.
 */
#include "ufs.h"

/** The way to a block: which of di_ib, and the index at each level. */
struct path {
	int levels;		 /**< 0: di_db */
	u_int index[UFS_NIADDR]; /**< from the top */
};

/**
 * @param ip	file
 * @param lbn	block of it
 * @return	bytes that the block has on disk, by the size of the file
 */
u_int
ufs_blksize(const struct inode *ip, off_t lbn)
{
	const struct fs *fs = ip->i_ump->um_fs;

	if (lbn >= UFS_NDADDR || (off_t)ip->i_size >= lblktosize(fs, lbn + 1))
		return (fs->fs_bsize);
	return (fragroundup(fs, blkoff(fs, ip->i_size)));
}

/* EFBIG: no block of any file. */
static int
find_path(const struct fs *fs, off_t lbn, struct path *p)
{
	off_t n = fs->fs_nindir, span = 1;

	if (lbn < UFS_NDADDR) {
		p->levels = 0;
		p->index[0] = lbn;
		return (0);
	}
	lbn -= UFS_NDADDR;
	for (p->levels = 1; p->levels <= UFS_NIADDR; p->levels++) {
		if (lbn < span * n)
			break;
		lbn -= span * n;
		span *= n;
	}
	if (p->levels > UFS_NIADDR)
		return (EFBIG);
	for (int i = 0; i < p->levels; i++, span /= n)
		p->index[i] = lbn / span % n;
	return (0);
}

/**
 * Reads an indirect block, if its address can be one.
 * @param ip	file
 * @param addr	its first fragment
 * @param bpp	set to the buffer
 * @return	0 or EIO
 */
int
ufs_read_indirect(struct inode *ip, int32_t addr, struct buf **bpp)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;

	if (!ufs_addr_ok(ump, addr, fs->fs_frag)) {
		ufs_bad(ump, "inode %u has an impossible address %d",
		    ip->i_number, addr);
		return (EIO);
	}
	return (bread(ump->um_dev, fsbtobytes(fs, addr), fs->fs_bsize, bpp));
}

/**
 * Finds a block of a file.
 * @param ip	file
 * @param lbn	block of it
 * @param addr	set to its first fragment, 0 for a hole
 * @return	0; EIO; EFBIG
 */
int
ufs_bmap(struct inode *ip, off_t lbn, int32_t *addr)
{
	struct ufsmount *ump = ip->i_ump;
	struct path p;
	struct buf *bp;
	int error;

	error = find_path(ump->um_fs, lbn, &p);
	if (error != 0)
		return (error);
	*addr = p.levels == 0 ? ip->i_din.di_db[p.index[0]]
			      : ip->i_din.di_ib[p.levels - 1];
	for (int i = 0; i < p.levels && *addr != 0; i++) {
		error = ufs_read_indirect(ip, *addr, &bp);
		if (error != 0)
			return (error);
		*addr = ((int32_t *)(void *)bp->b_data)[p.index[i]];
		brelse(bp);
	}
	if (*addr != 0 &&
	    !ufs_addr_ok(ump, *addr,
		numfrags(ump->um_fs, MAX(ufs_blksize(ip, lbn), 1u)))) {
		ufs_bad(ump, "inode %u has an impossible address %d",
		    ip->i_number, *addr);
		return (EIO);
	}
	return (0);
}

/**
 * Counts what a file has on disk.
 * @param ip	file
 * @param frags	so many fragments more, or less
 */
void
ufs_count_frags(struct inode *ip, int frags)
{
	ufs_add(&ip->i_din.di_blocks,
	    frags * (ip->i_ump->um_fs->fs_fsize / DEV_BSIZE));
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
}

/**
 * Clears bytes on disk, past the cache.
 * @param ump	file system
 * @param at	first byte
 * @param n	how many, whole sectors
 * @return	0 or EIO
 */
int
ufs_clear_bytes(struct ufsmount *ump, off_t at, size_t n)
{
	void *zeros = kmalloc(n, M_UFS, M_WAITOK | M_ZERO);
	int error;

	error = dev_rdwr(ump->um_dev, BUF_CMD_WRITE, zeros, at, n);
	kfree(zeros, M_UFS);
	return (error);
}

static int
clear_frags(struct ufsmount *ump, int32_t addr, u_int frags)
{
	const struct fs *fs = ump->um_fs;

	return (
	    ufs_clear_bytes(ump, fsbtobytes(fs, addr), frags << fs->fs_fshift));
}

/* A new run, cleared on disk, that no address leads to yet. */
static int
alloc_cleared(struct inode *ip, int32_t pref, u_int frags, int32_t *addr)
{
	struct ufsmount *ump = ip->i_ump;
	int error;

	error = ufs_alloc(ip, pref, frags, addr);
	if (error != 0)
		return (error);
	binval(ump->um_dev, fsbtobytes(ump->um_fs, *addr),
	    frags << ump->um_fs->fs_fshift);
	error = clear_frags(ump, *addr, frags);
	if (error != 0)
		ufs_free(ump, *addr, frags);
	else
		ufs_count_frags(ip, frags);
	return (error);
}

/* Copies a block's beginning to where it goes on, past the cache. */
static int
copy_frags(struct ufsmount *ump, int32_t from, int32_t to, u_int frags)
{
	const struct fs *fs = ump->um_fs;
	size_t n = frags << fs->fs_fshift;
	void *data = kmalloc(n, M_UFS, M_WAITOK);
	struct buf *bp;
	int error;

	/* A directory's block may be in the cache, and newer there. */
	bp = getblk(ump->um_dev, fsbtobytes(fs, from), n);
	if ((bp->b_flags & B_CACHE) != 0) {
		memcpy(data, bp->b_data, n);
		error = 0;
	} else {
		bp->b_flags |= B_INVAL;
		error = dev_rdwr(
		    ump->um_dev, BUF_CMD_READ, data, fsbtobytes(fs, from), n);
	}
	brelse(bp);
	if (error == 0)
		error = dev_rdwr(
		    ump->um_dev, BUF_CMD_WRITE, data, fsbtobytes(fs, to), n);
	kfree(data, M_UFS);
	return (error);
}

/* Makes the fragments of block lbn (of di_db) more: here or elsewhere. */
static int
grow_frags(struct inode *ip, u_int lbn, u_int from, u_int to)
{
	struct ufsmount *ump = ip->i_ump;
	int32_t old = ip->i_din.di_db[lbn], new;
	int error;

	if (from >= to)
		return (0);
	if (from == 0 || !ufs_addr_ok(ump, old, from)) {
		ufs_bad(ump, "inode %u has an impossible address %d",
		    ip->i_number, old);
		return (EIO);
	}
	error = ufs_extend(ip, old, from, to);
	if (error == 0) {
		binval(ump->um_dev, fsbtobytes(ump->um_fs, old + from),
		    (to - from) << ump->um_fs->fs_fshift);
		error = clear_frags(ump, old + from, to - from);
		if (error != 0)
			ufs_free(ump, old + from, to - from);
		else
			ufs_count_frags(ip, to - from);
		return (error);
	}
	if (error != ENOSPC)
		return (error);
	error = alloc_cleared(ip, old, to, &new);
	if (error != 0)
		return (error);
	error = copy_frags(ump, old, new, from);
	if (error != 0) {
		ufs_free(ump, new, to);
		ufs_count_frags(ip, -(int)to);
		return (error);
	}
	ip->i_din.di_db[lbn] = new;
	error = ufs_update(ip, true);
	ufs_free(ump, old, from);
	ufs_count_frags(ip, -(int)from);
	return (error);
}

/**
 * The file will be longer: its last block gets the fragments that it then has
 * to have.  The size is not changed.
 * @param ip		file
 * @param newsize	bytes, more than i_size
 * @return		0; ENOSPC; EIO
 */
int
ufs_grow_last(struct inode *ip, off_t newsize)
{
	const struct fs *fs = ip->i_ump->um_fs;
	off_t lbn = lblkno(fs, ip->i_size);
	u_int now, want;

	if (blkoff(fs, ip->i_size) == 0 || lbn >= UFS_NDADDR ||
	    ip->i_din.di_db[lbn] == 0)
		return (0);
	now = ufs_blksize(ip, lbn);
	want = newsize >= lblktosize(fs, lbn + 1)
	    ? (u_int)fs->fs_bsize
	    : (u_int)fragroundup(fs, blkoff(fs, newsize));
	return (grow_frags(ip, lbn, numfrags(fs, now), numfrags(fs, want)));
}

/* A block among the first twelve, with at least `size` bytes. */
static int
balloc_direct(
    struct inode *ip, u_int lbn, u_int size, int32_t *addr, bool *fresh)
{
	const struct fs *fs = ip->i_ump->um_fs;
	int32_t *slot = &ip->i_din.di_db[lbn], pref;
	off_t end = lblktosize(fs, lbn) + size;
	u_int want;
	int error;

	if (*slot != 0) {
		if (end > (off_t)ip->i_size &&
		    lblkno(fs, ip->i_size) == (off_t)lbn) {
			error = grow_frags(ip, lbn,
			    numfrags(fs, ufs_blksize(ip, lbn)),
			    numfrags(fs, fragroundup(fs, size)));
			if (error != 0)
				return (error);
		}
		*addr = *slot;
		return (0);
	}
	/* As many as the file's size will make it have. */
	want = MAX((off_t)ip->i_size, end) >= lblktosize(fs, lbn + 1)
	    ? (u_int)fs->fs_bsize
	    : (u_int)fragroundup(fs, blkoff(fs, MAX((off_t)ip->i_size, end)));
	pref = lbn > 0 && ip->i_din.di_db[lbn - 1] > 0 &&
		ip->i_din.di_db[lbn - 1] < fs->fs_size
	    ? ip->i_din.di_db[lbn - 1] + fs->fs_frag
	    : 0;
	error = alloc_cleared(ip, pref, numfrags(fs, want), slot);
	if (error != 0) {
		*slot = 0;
		return (error);
	}
	*addr = *slot;
	*fresh = true;
	return (0);
}

/* Sets an address in an indirect block, on disk when it returns. */
static int
set_entry(struct inode *ip, int32_t block, u_int index, int32_t addr)
{
	struct buf *bp;
	int error;

	error = ufs_read_indirect(ip, block, &bp);
	if (error != 0)
		return (error);
	((int32_t *)(void *)bp->b_data)[index] = addr;
	return (bwrite(bp));
}

/* What an indirect block leads to; if it leads nowhere a new block. */
static int
balloc_entry(
    struct inode *ip, int32_t block, u_int index, int32_t *addr, bool *fresh)
{
	const struct fs *fs = ip->i_ump->um_fs;
	int32_t pref = block + fs->fs_frag, *entry;
	struct buf *bp;
	int error;

	error = ufs_read_indirect(ip, block, &bp);
	if (error != 0)
		return (error);
	entry = (int32_t *)(void *)bp->b_data;
	*addr = entry[index];
	if (index > 0 && entry[index - 1] > 0 && entry[index - 1] < fs->fs_size)
		pref = entry[index - 1] + fs->fs_frag;
	brelse(bp);
	*fresh = *addr == 0;
	if (*addr != 0)
		return (0);
	error = alloc_cleared(ip, pref, fs->fs_frag, addr);
	if (error == 0) {
		error = set_entry(ip, block, index, *addr);
		if (error != 0) {
			ufs_count_frags(ip, -fs->fs_frag);
			ufs_free(ip->i_ump, *addr, fs->fs_frag);
		}
	}
	return (error);
}

/**
 * Makes sure that a block of a file has a place on disk.  What is new is
 * cleared there.  i_lock is held.
 * @param ip	file
 * @param lbn	block of it
 * @param size	bytes of the block that are wanted, from its beginning
 * @param addr	set to its first fragment
 * @param fresh	set to whether it was a hole
 * @return	0; ENOSPC; EFBIG; EIO
 */
int
ufs_balloc(struct inode *ip, off_t lbn, u_int size, int32_t *addr, bool *fresh)
{
	const struct fs *fs = ip->i_ump->um_fs;
	int32_t *slot, parent;
	struct path p;
	int error;

	*fresh = false;
	error = find_path(fs, lbn, &p);
	if (error != 0)
		return (error);
	if (p.levels == 0)
		return (balloc_direct(ip, lbn, size, addr, fresh));
	slot = &ip->i_din.di_ib[p.levels - 1];
	if (*slot == 0) {
		error = alloc_cleared(ip, 0, fs->fs_frag, slot);
		if (error != 0) {
			*slot = 0;
			return (error);
		}
	}
	*addr = *slot;
	for (int i = 0; i < p.levels && error == 0; i++) {
		parent = *addr;
		error = balloc_entry(ip, parent, p.index[i], addr, fresh);
	}
	return (error);
}
