/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: cylinder groups, and the inodes that they give.
 *
 * A file's inode is in its directory's group if there is room; a directory's
 * is in the group with the fewest directories among those with more free
 * inodes than the average, so that files have room near their directory.
 */
#include "ufs.h"

/* Whether a group is what the super block makes of it. */
static bool
cg_ok(const struct fs *fs, const struct cg *cg, int c)
{
	u_int maps = fs->fs_cgsize, last = fs->fs_size - cgbase(fs, c);

	return (cg->cg_magic == CG_MAGIC && cg->cg_cgx == c &&
	    cg->cg_ndblk > 0 &&
	    (u_int)cg->cg_ndblk <= MIN((u_int)fs->fs_fpg, last) &&
	    cg->cg_iusedoff >= (int)sizeof(*cg) &&
	    cg->cg_freeoff >= (int)sizeof(*cg) &&
	    (u_int)cg->cg_iusedoff + howmany(fs->fs_ipg, 8) <= maps &&
	    (u_int)cg->cg_freeoff + howmany(fs->fs_fpg, 8) <= maps &&
	    (fs->fs_contigsumsize <= 0 ||
		(cg->cg_clustersumoff >= (int)sizeof(*cg) &&
		    cg->cg_clusteroff >= (int)sizeof(*cg) &&
		    cg->cg_nclusterblks >= 0 &&
		    cg->cg_nclusterblks <= fs->fs_fpg / fs->fs_frag &&
		    cg->cg_clustersumoff % 4 == 0 &&
		    (u_int)cg->cg_clustersumoff +
			    4 * ((u_int)fs->fs_contigsumsize + 1) <=
			maps &&
		    (u_int)cg->cg_clusteroff +
			    howmany(cg->cg_nclusterblks, 8) <=
			maps)));
}

/**
 * Reads a cylinder group.
 * @param ump	file system
 * @param c	0 to fs_ncg - 1
 * @param bpp	set to its buffer
 * @param cgp	set to the group in it
 * @return	0; EIO: it is damaged, or the device's error
 */
int
ufs_cgread(struct ufsmount *ump, int c, struct buf **bpp, struct cg **cgp)
{
	const struct fs *fs = ump->um_fs;
	int error;

	error = bread(
	    ump->um_dev, fsbtobytes(fs, cgtod(fs, c)), fs->fs_bsize, bpp);
	if (error != 0)
		return (error);
	*cgp = (struct cg *)(void *)(*bpp)->b_data;
	if (cg_ok(fs, *cgp, c))
		return (0);
	ufs_bad(ump, "cylinder group %d is damaged", c);
	brelse(*bpp);
	return (EIO);
}

static void
count_inode(struct ufsmount *ump, struct cg *cg, int free, int dirs)
{
	struct csum *sums[] = { &cg->cg_cs, &ump->um_cs[cg->cg_cgx],
		&ump->um_fs->fs_cstotal };

	for (u_int i = 0; i < nitems(sums); i++) {
		ufs_add(&sums[i]->cs_nifree, free);
		ufs_add(&sums[i]->cs_ndir, dirs);
	}
	ump->um_fmod = true;
}

/* A free inode of a group; ENOSPC: it has none. */
static int
ialloc_cg(struct ufsmount *ump, int c, bool dir, uint32_t *ino)
{
	const struct fs *fs = ump->um_fs;
	uint8_t *used;
	struct buf *bp;
	struct cg *cg;
	uint32_t n;
	int error;

	if (ump->um_cs[c].cs_nifree <= 0)
		return (ENOSPC);
	error = ufs_cgread(ump, c, &bp, &cg);
	if (error != 0)
		return (error);
	used = (uint8_t *)cg + cg->cg_iusedoff;
	n = (u_int)cg->cg_irotor < (u_int)fs->fs_ipg ? cg->cg_irotor : 0;
	for (int i = 0; i < fs->fs_ipg; i++, n++) {
		if (n == (u_int)fs->fs_ipg)
			n = 0;
		if ((used[n / 8] & 1 << n % 8) == 0 &&
		    (c != 0 || n > UFS_ROOTINO)) {
			used[n / 8] |= 1 << n % 8;
			cg->cg_irotor = n;
			count_inode(ump, cg, -1, dir);
			*ino = c * fs->fs_ipg + n;
			return (bwrite(bp));
		}
	}
	brelse(bp);
	return (ENOSPC);
}

/* The group for a new directory. */
static int
dir_group(const struct ufsmount *ump, int near)
{
	const struct fs *fs = ump->um_fs;
	int average = fs->fs_cstotal.cs_nifree / fs->fs_ncg, best = near;
	int least = 0x7fffffff;

	for (int i = 0; i < fs->fs_ncg; i++) {
		if (ump->um_cs[i].cs_nifree >= average &&
		    ump->um_cs[i].cs_ndir < least) {
			least = ump->um_cs[i].cs_ndir;
			best = i;
		}
	}
	return (best);
}

/**
 * Takes an inode.  What it holds on disk is not looked at.
 * @param ump	file system
 * @param near	inode of the directory that it will be in
 * @param dir	whether it becomes a directory
 * @param ino	set
 * @return	0; ENOSPC; EIO
 */
int
ufs_ialloc(struct ufsmount *ump, uint32_t near, bool dir, uint32_t *ino)
{
	const struct fs *fs = ump->um_fs;
	int c = ino_to_cg(fs, near), error = ENOSPC;

	if (dir)
		c = dir_group(ump, c);
	for (int i = 0; i < fs->fs_ncg && error == ENOSPC; i++)
		error = ialloc_cg(ump, (c + i) % fs->fs_ncg, dir, ino);
	return (error);
}

/**
 * Gives an inode back; it is free on disk already.
 * @param ump	file system
 * @param ino	which
 * @param dir	whether it was a directory
 */
void
ufs_ifree(struct ufsmount *ump, uint32_t ino, bool dir)
{
	const struct fs *fs = ump->um_fs;
	uint32_t n = ino % fs->fs_ipg;
	uint8_t *used;
	struct buf *bp;
	struct cg *cg;

	if (ufs_cgread(ump, ino_to_cg(fs, ino), &bp, &cg) != 0)
		return;
	used = (uint8_t *)cg + cg->cg_iusedoff;
	if ((used[n / 8] & 1 << n % 8) == 0) {
		ufs_bad(ump, "inode %u is free already", ino);
		brelse(bp);
		return;
	}
	used[n / 8] &= ~(1 << n % 8);
	if ((int)n < cg->cg_irotor)
		cg->cg_irotor = n;
	count_inode(ump, cg, 1, -(int)dir);
	bdwrite(bp);
}
