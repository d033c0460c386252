/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: which block of a file is where, and making it longer or shorter.
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

/* Reads an indirect block, if its address can be one. */
static int
read_indirect(struct inode *ip, int32_t addr, struct buf **bpp)
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
		error = read_indirect(ip, *addr, &bp);
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

static void
count_sectors(struct inode *ip, int frags)
{
	ufs_add(&ip->i_din.di_blocks,
	    frags * (ip->i_ump->um_fs->fs_fsize / DEV_BSIZE));
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
}

/* Clears n bytes on disk. */
static int
clear_bytes(struct ufsmount *ump, off_t at, size_t n)
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

	return (clear_bytes(ump, fsbtobytes(fs, addr), frags << fs->fs_fshift));
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
		count_sectors(ip, frags);
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
	error = ufs_extend(ip, old, from, to);
	if (error == 0) {
		binval(ump->um_dev, fsbtobytes(ump->um_fs, old + from),
		    (to - from) << ump->um_fs->fs_fshift);
		error = clear_frags(ump, old + from, to - from);
		if (error != 0)
			ufs_free(ump, old + from, to - from);
		else
			count_sectors(ip, to - from);
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
		count_sectors(ip, -(int)to);
		return (error);
	}
	ip->i_din.di_db[lbn] = new;
	error = ufs_update(ip, true);
	ufs_free(ump, old, from);
	count_sectors(ip, -(int)from);
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

	error = read_indirect(ip, block, &bp);
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

	error = read_indirect(ip, block, &bp);
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
			count_sectors(ip, -fs->fs_frag);
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
	error = read_indirect(ip, addr, &bp);
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
			count_sectors(ip, -fs->fs_frag);
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
		count_sectors(ip, -fs->fs_frag);
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
		count_sectors(ip, -(int)(had - keep));
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
	return (clear_bytes(ump, fsbtobytes(fs, addr) + from, to - from));
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
