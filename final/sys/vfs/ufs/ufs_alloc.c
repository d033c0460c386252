/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: blocks and fragments, taken and given back.
 *
 * A bit of cg_freeoff is a free fragment; a block is free if all its bits are.
 * cg_frsum[n] counts runs of n free fragments in blocks that are not free.
 * Where the super block wants it (fs_contigsumsize), cg_clusteroff has a bit
 * for each free block and cg_clustersumoff counts runs of them.
 *
 * A search begins where the caller prefers and goes through all groups.
 */
#include "ufs.h"
#include <sys/proc.h>
#include <machine/globaldata.h>

static uint8_t *
free_map(struct cg *cg)
{
	return ((uint8_t *)cg + cg->cg_freeoff);
}

static bool
is_free(struct cg *cg, u_int frag)
{
	return ((free_map(cg)[frag / 8] & 1 << frag % 8) != 0);
}

static void
set_free(struct cg *cg, u_int frag, bool to)
{
	if (to)
		free_map(cg)[frag / 8] |= 1 << frag % 8;
	else
		free_map(cg)[frag / 8] &= ~(1 << frag % 8);
}

/* Free fragments of the block that begins at `frag`, as bits. */
static u_int
block_bits(const struct fs *fs, struct cg *cg, u_int frag)
{
	return (free_map(cg)[frag / 8] >> frag % 8 & ((1U << fs->fs_frag) - 1));
}

static bool
block_free(const struct fs *fs, struct cg *cg, u_int frag)
{
	return (block_bits(fs, cg, frag) == (1U << fs->fs_frag) - 1);
}

/* Adds to cg_frsum what the runs of a block are, if it is not wholly free. */
static void
count_runs(const struct fs *fs, struct cg *cg, u_int frag, int by)
{
	u_int bits = block_bits(fs, cg, frag), run = 0;

	if (bits == (1U << fs->fs_frag) - 1)
		return;
	for (int i = 0; i <= fs->fs_frag; i++) {
		if ((bits & 1U << i) != 0) {
			run++;
		} else {
			if (run != 0)
				ufs_add(&cg->cg_frsum[run], by);
			run = 0;
		}
	}
}

/* A block has become free or taken: the runs around it change. */
static void
count_cluster(const struct fs *fs, struct cg *cg, u_int block, bool to_free)
{
	uint8_t *map = (uint8_t *)cg + cg->cg_clusteroff;
	int32_t *sum = (int32_t *)(void *)((uint8_t *)cg +
	    cg->cg_clustersumoff);
	int limit = fs->fs_contigsumsize, back = 0, forw = 0, both, by;

	if (limit <= 0 || block >= (u_int)cg->cg_nclusterblks)
		return;
	if (to_free)
		map[block / 8] |= 1 << block % 8;
	else
		map[block / 8] &= ~(1 << block % 8);
	for (u_int b = block + 1; forw < limit &&
	     b < (u_int)cg->cg_nclusterblks && (map[b / 8] & 1 << b % 8) != 0;
	     b++)
		forw++;
	for (u_int b = block;
	     back < limit && b-- > 0 && (map[b / 8] & 1 << b % 8) != 0;)
		back++;
	both = MIN(back + forw + 1, limit);
	by = to_free ? 1 : -1;
	ufs_add(&sum[both], by);
	if (back > 0)
		ufs_add(&sum[back], -by);
	if (forw > 0)
		ufs_add(&sum[forw], -by);
}

static void
add_counts(struct ufsmount *ump, struct cg *cg, int nbfree, int nffree)
{
	struct csum *sums[] = { &cg->cg_cs, &ump->um_cs[cg->cg_cgx],
		&ump->um_fs->fs_cstotal };

	for (u_int i = 0; i < nitems(sums); i++) {
		ufs_add(&sums[i]->cs_nbfree, nbfree);
		ufs_add(&sums[i]->cs_nffree, nffree);
	}
	ump->um_fmod = true;
}

/* Takes or frees a run of fragments inside one block, with all counts. */
static void
change(struct ufsmount *ump, struct cg *cg, u_int frag, u_int n, bool to_free)
{
	const struct fs *fs = ump->um_fs;
	u_int block = rounddown2(frag, (u_int)fs->fs_frag);
	bool before = block_free(fs, cg, block), after;
	int frags = to_free ? (int)n : -(int)n, blocks = 0;

	count_runs(fs, cg, block, -1);
	for (u_int i = 0; i < n; i++)
		set_free(cg, frag + i, to_free);
	count_runs(fs, cg, block, 1);
	after = block_free(fs, cg, block);
	if (before && !after) {
		blocks = -1;
		frags += fs->fs_frag;
		count_cluster(fs, cg, block / fs->fs_frag, false);
	} else if (!before && after) {
		blocks = 1;
		frags -= fs->fs_frag;
		count_cluster(fs, cg, block / fs->fs_frag, true);
	}
	add_counts(ump, cg, blocks, frags);
}

/**
 * @param ump	file system
 * @param addr	first fragment
 * @param frags	how many
 * @return	whether a file may have them: inside the data of one group
 */
bool
ufs_addr_ok(const struct ufsmount *ump, int32_t addr, u_int frags)
{
	const struct fs *fs = ump->um_fs;

	return (addr > 0 && addr < fs->fs_size &&
	    frags <= (u_int)(fs->fs_size - addr) &&
	    addr % fs->fs_frag + frags <= (u_int)fs->fs_frag &&
	    (dtog(fs, addr) == 0 ? addr >= fs->fs_dblkno
				 : addr >= cgdmin(fs, dtog(fs, addr)) ||
			addr < cgsblock(fs, dtog(fs, addr))));
}

/* The first free block at or after `from`, going round; -1: none. */
static int
find_block(const struct fs *fs, struct cg *cg, u_int from)
{
	u_int n = cg->cg_ndblk / fs->fs_frag, b = from / fs->fs_frag;

	if (cg->cg_cs.cs_nbfree <= 0)
		return (-1);
	for (u_int i = 0; i < n; i++, b++) {
		if (b >= n)
			b = 0;
		if (block_free(fs, cg, b * fs->fs_frag))
			return (b * fs->fs_frag);
	}
	return (-1);
}

/* A run of exactly `want` free fragments in a block that is not free. */
static int
find_run(const struct fs *fs, struct cg *cg, u_int want, u_int from)
{
	u_int n = howmany((u_int)cg->cg_ndblk, (u_int)fs->fs_frag);
	u_int b = from / fs->fs_frag, bits, run;

	for (u_int i = 0; i < n; i++, b++) {
		if (b >= n)
			b = 0;
		bits = block_bits(fs, cg, b * fs->fs_frag);
		if (bits == 0 || bits == (1U << fs->fs_frag) - 1)
			continue;
		run = 0;
		for (int f = 0; f <= fs->fs_frag; f++) {
			if ((bits & 1U << f) != 0) {
				run++;
				continue;
			}
			if (run == want)
				return (b * fs->fs_frag + f - run);
			run = 0;
		}
	}
	return (-1);
}

/* Fragments in a group: the smallest run that is enough, or a new block. */
static int
find_frags(const struct fs *fs, struct cg *cg, u_int frags, u_int from)
{
	int at;

	for (u_int size = frags; size < (u_int)fs->fs_frag; size++) {
		if (cg->cg_frsum[size] <= 0)
			continue;
		at = find_run(fs, cg, size, from);
		if (at >= 0)
			return (at);
	}
	return (find_block(fs, cg, from));
}

/* Takes fragments from a group; ENOSPC: it has none. */
static int
alloc_cg(struct ufsmount *ump, int c, u_int from, u_int frags, int32_t *addr)
{
	const struct fs *fs = ump->um_fs;
	struct buf *bp;
	struct cg *cg;
	int error, at;

	if (ump->um_cs[c].cs_nbfree <= 0 &&
	    (frags == (u_int)fs->fs_frag || ump->um_cs[c].cs_nffree <= 0))
		return (ENOSPC);
	error = ufs_cgread(ump, c, &bp, &cg);
	if (error != 0)
		return (error);
	if (from == 0)
		from = frags == (u_int)fs->fs_frag ? cg->cg_rotor
						   : cg->cg_frotor;
	at = frags == (u_int)fs->fs_frag ? find_block(fs, cg, from)
					 : find_frags(fs, cg, frags, from);
	if (at < 0 || !ufs_addr_ok(ump, cgbase(fs, c) + at, frags)) {
		if (at >= 0)
			ufs_bad(ump, "group %d says that fragment %d is free",
			    c, at);
		brelse(bp);
		return (at >= 0 ? EIO : ENOSPC);
	}
	change(ump, cg, at, frags, false);
	if (frags == (u_int)fs->fs_frag)
		cg->cg_rotor = at;
	else
		cg->cg_frotor = at;
	*addr = cgbase(fs, c) + at;
	return (bwrite(bp));
}

/* Fragments that anybody, not only root, may take. */
static bool
may_take(const struct ufsmount *ump, u_int frags)
{
	const struct fs *fs = ump->um_fs;
	int64_t avail = (int64_t)fs->fs_cstotal.cs_nbfree * fs->fs_frag +
	    fs->fs_cstotal.cs_nffree;

	if (curproc == NULL || curproc->p_ucred == NULL ||
	    curproc->p_ucred->cr_uid == 0)
		return (true);
	return (avail - (int64_t)fs->fs_dsize * fs->fs_minfree / 100 >=
	    (int64_t)frags);
}

/**
 * Takes fragments that lie in one block.
 * @param ip	for whom
 * @param pref	address near which, 0 for near the inode
 * @param frags	1 to fs_frag
 * @param addr	set
 * @return	0; ENOSPC; EIO
 */
int
ufs_alloc(struct inode *ip, int32_t pref, u_int frags, int32_t *addr)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;
	int first, error = ENOSPC;
	u_int from = 0;

	if (!may_take(ump, frags))
		return (ENOSPC);
	first = ino_to_cg(fs, ip->i_number);
	if (pref > 0 && pref < fs->fs_size) {
		first = dtog(fs, pref);
		from = dtogd(fs, pref);
	}
	for (int i = 0; i < fs->fs_ncg; i++) {
		error = alloc_cg(
		    ump, (first + i) % fs->fs_ncg, from, frags, addr);
		if (error != ENOSPC)
			break;
		from = 0;
	}
	return (error);
}

/**
 * Makes a run of fragments longer where it is, if what follows is free.
 * @param ip	whose
 * @param addr	first fragment
 * @param from	how many it has
 * @param to	how many it shall have
 * @return	0; ENOSPC: something else is there
 */
int
ufs_extend(struct inode *ip, int32_t addr, u_int from, u_int to)
{
	struct ufsmount *ump = ip->i_ump;
	const struct fs *fs = ump->um_fs;
	struct buf *bp;
	struct cg *cg;
	int error;

	if (!may_take(ump, to - from) ||
	    addr % fs->fs_frag + to > (u_int)fs->fs_frag ||
	    !ufs_addr_ok(ump, addr, to))
		return (ENOSPC);
	error = ufs_cgread(ump, dtog(fs, addr), &bp, &cg);
	if (error != 0)
		return (error);
	for (u_int i = from; i < to && error == 0; i++)
		if (!is_free(cg, dtogd(fs, addr) + i))
			error = ENOSPC;
	if (error != 0) {
		brelse(bp);
		return (error);
	}
	change(ump, cg, dtogd(fs, addr) + from, to - from, false);
	return (bwrite(bp));
}

/**
 * Gives fragments back.  Buffers of them are forgotten.  Errors are printed:
 * what cannot be given back stays in use.
 * @param ump	file system
 * @param addr	first fragment
 * @param frags	1 to fs_frag, in one block
 */
void
ufs_free(struct ufsmount *ump, int32_t addr, u_int frags)
{
	const struct fs *fs = ump->um_fs;
	struct buf *bp;
	struct cg *cg;
	u_int at;

	if (!ufs_addr_ok(ump, addr, frags)) {
		ufs_bad(ump, "a file has block %d, which is no file's", addr);
		return;
	}
	binval(ump->um_dev, fsbtobytes(fs, addr), frags << fs->fs_fshift);
	if (ufs_cgread(ump, dtog(fs, addr), &bp, &cg) != 0)
		return;
	at = dtogd(fs, addr);
	for (u_int i = 0; i < frags; i++) {
		if (is_free(cg, at + i)) {
			ufs_bad(ump, "block %d is free already", addr);
			brelse(bp);
			return;
		}
	}
	change(ump, cg, at, frags, true);
	bdwrite(bp);
}
