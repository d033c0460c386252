/* SPDX-License-Identifier: BSD-3-Clause */
#include "hosted.h"
#include "check.h"
#include "fs.h"

#define howmany(n, d) (((n) + (d)-1) / (d))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define S_KIND	      0170000
#define S_DIR	      0040000
#define S_REG	      0100000
#define S_LNK	      0120000

/** What is known of an inode. */
struct known {
	unsigned names;	 /* entries that name it, "." and ".." not counted */
	unsigned dots;	 /* its own "." and its children's ".." */
	uint32_t dotdot; /* of a directory */
	bool walked;	 /* a directory that was reached */
};

static const uint8_t *image;
static size_t image_size;
static const struct fs *fs;
static struct check_result *result;
static bool strict_;
static uint32_t *owner; /* of each fragment: inode, 0: nobody */
static struct known *known;

enum severity { BAD, LEFTOVER, SUMS };

__attribute__((__format__(__printf__, 2, 3))) static void
say(enum severity how, const char *fmt, ...)
{
	va_list ap;

	result->bad += how == BAD;
	result->leftovers += how == LEFTOVER;
	result->sums += how == SUMS;
	if (result->first[0] != '\0' || (how != BAD && !strict_))
		return;
	va_start(ap, fmt);
	vsnprintf(result->first, sizeof(result->first), fmt, ap);
	va_end(ap);
}

static const void *
frag_data(int64_t frag)
{
	return (image + frag * fs->fs_fsize);
}

static int
groups_start(int c)
{
	return (fs->fs_fpg * c + fs->fs_cgoffset * (c & ~fs->fs_cgmask));
}

static const struct cg *
group(int c)
{
	return (frag_data(groups_start(c) + fs->fs_cblkno));
}

static bool
bit(const struct cg *cg, int offset, unsigned n)
{
	return (((const uint8_t *)cg)[offset + n / 8] >> n % 8 & 1);
}

static const struct ufs1_dinode *
dinode(uint32_t ino)
{
	const struct ufs1_dinode *first = frag_data(
	    groups_start((int)(ino / (unsigned)fs->fs_ipg)) + fs->fs_iblkno);

	return (first + ino % (unsigned)fs->fs_ipg);
}

/* Notes whose a run of fragments is; false if it cannot be used. */
static bool
take(uint32_t ino, int64_t addr, unsigned frags)
{
	if (addr <= 0 || addr + frags > fs->fs_size ||
	    addr % fs->fs_frag + frags > (unsigned)fs->fs_frag) {
		say(BAD, "inode %u has address %ld + %u", ino, addr, frags);
		return (false);
	}
	for (unsigned i = 0; i < frags; i++) {
		if (owner[addr + i] != 0) {
			say(BAD, "fragment %ld is of inodes %u and %u",
			    addr + i, owner[addr + i], ino);
			return (false);
		}
		owner[addr + i] = ino;
	}
	return (true);
}

/* An indirect block and all below it: fragments, and the highest block. */
static unsigned
indirect(uint32_t ino, int32_t addr, int level, int64_t base, int64_t last)
{
	unsigned sum = (unsigned)fs->fs_frag;
	const int32_t *entry;
	int64_t span = 1;

	if (!take(ino, addr, sum))
		return (0);
	for (int i = 1; i < level; i++)
		span *= fs->fs_nindir;
	entry = frag_data(addr);
	for (int i = 0; i < fs->fs_nindir; i++) {
		if (entry[i] == 0)
			continue;
		if (base + i * span > last)
			say(LEFTOVER, "inode %u has blocks behind its end",
			    ino);
		if (level > 1)
			sum += indirect(
			    ino, entry[i], level - 1, base + i * span, last);
		else if (take(ino, entry[i], (unsigned)fs->fs_frag))
			sum += (unsigned)fs->fs_frag;
	}
	return (sum);
}

static unsigned
direct_frags(const struct ufs1_dinode *di, int i)
{
	int64_t left = (int64_t)di->di_size - (int64_t)i * fs->fs_bsize;

	if (left >= fs->fs_bsize)
		return ((unsigned)fs->fs_frag);
	return (left <= 0 ? 0 : (unsigned)howmany(left, fs->fs_fsize));
}

/* The blocks of an inode. */
static void
blocks(uint32_t ino, const struct ufs1_dinode *di)
{
	int64_t last = ((int64_t)di->di_size - 1) / fs->fs_bsize, base = 12;
	int64_t span = fs->fs_nindir;
	unsigned sum = 0, n, kind = di->di_mode & S_KIND;

	if (kind != S_REG && kind != S_DIR &&
	    (kind != S_LNK || (int64_t)di->di_size < fs->fs_maxsymlinklen)) {
		if (di->di_blocks != 0)
			say(LEFTOVER, "inode %u: no blocks, but di_blocks",
			    ino);
		return;
	}
	for (int i = 0; i < UFS_NDADDR; i++) {
		if (di->di_db[i] == 0)
			continue;
		n = direct_frags(di, i);
		if (n == 0)
			say(LEFTOVER, "inode %u has a block behind its end",
			    ino);
		else if (take(ino, di->di_db[i], n))
			sum += n;
	}
	for (int i = 0; i < UFS_NIADDR;
	     i++, base += span, span *= fs->fs_nindir) {
		if (di->di_ib[i] == 0)
			continue;
		if (di->di_size == 0 || base > last)
			say(LEFTOVER, "inode %u: indirect behind its end", ino);
		sum += indirect(ino, di->di_ib[i], i + 1, base, last);
	}
	if (di->di_blocks != (int)sum * (fs->fs_fsize / 512))
		say(LEFTOVER, "inode %u: di_blocks %d, has %u", ino,
		    di->di_blocks, sum * (unsigned)fs->fs_fsize / 512);
}

/* Where a block of a directory is. */
static int32_t
dir_block(const struct ufs1_dinode *di, int64_t lbn)
{
	const int32_t *entry;

	if (lbn < UFS_NDADDR)
		return (di->di_db[lbn]);
	lbn -= UFS_NDADDR;
	if (lbn >= fs->fs_nindir || di->di_ib[0] == 0)
		return (0);
	entry = frag_data(di->di_ib[0]);
	return (entry[lbn]);
}

static void walk(uint32_t ino, uint32_t parent);

static void
entry(uint32_t dir, const struct direct *d, unsigned count)
{
	uint32_t ninodes = (uint32_t)(fs->fs_ncg * fs->fs_ipg);
	const struct ufs1_dinode *di;

	if (d->d_ino < UFS_ROOTINO || d->d_ino >= ninodes) {
		say(BAD, "directory %u names inode %u", dir, d->d_ino);
		return;
	}
	di = dinode(d->d_ino);
	if (di->di_mode == 0 ||
	    !bit(group((int)(d->d_ino / (unsigned)fs->fs_ipg)),
		group((int)(d->d_ino / (unsigned)fs->fs_ipg))->cg_iusedoff,
		d->d_ino % (unsigned)fs->fs_ipg))
		say(BAD, "directory %u names inode %u, which is free (%s)", dir,
		    d->d_ino, di->di_mode == 0 ? "mode" : "bitmap");
	if (d->d_type != di->di_mode >> 12)
		say(BAD, "directory %u: type of inode %u", dir, d->d_ino);
	if (count < 2) {
		if (d->d_namlen != count + 1 ||
		    memcmp(d->d_name, "..", count + 1) != 0)
			say(BAD, "directory %u has no dots", dir);
		else if (count == 0 && d->d_ino != dir)
			say(BAD, "directory %u: \".\" is %u", dir, d->d_ino);
		known[d->d_ino].dots++;
		if (count == 1)
			known[dir].dotdot = d->d_ino;
		return;
	}
	if (strlen(d->d_name) != d->d_namlen || strchr(d->d_name, '/') != NULL)
		say(BAD, "directory %u has an impossible name", dir);
	known[d->d_ino].names++;
	if ((di->di_mode & S_KIND) == S_DIR)
		walk(d->d_ino, dir);
}

/* Reads a directory, and what is below it. */
static void
walk(uint32_t ino, uint32_t parent)
{
	const struct ufs1_dinode *di = dinode(ino);
	const struct direct *d;
	unsigned count = 0;
	int32_t addr;

	if (known[ino].walked)
		return;
	known[ino].walked = true;
	if (di->di_size == 0 || di->di_size % DIRBLKSIZ != 0) {
		say(BAD, "directory %u has %lu bytes", ino, di->di_size);
		return;
	}
	for (int64_t at = 0; at < (int64_t)di->di_size; at += d->d_reclen) {
		addr = dir_block(di, at / fs->fs_bsize);
		if (addr <= 0 || addr >= fs->fs_size) {
			say(BAD, "directory %u has a hole", ino);
			return;
		}
		d = (const struct direct *)((const uint8_t *)frag_data(addr) +
		    at % fs->fs_bsize);
		if (d->d_reclen < 8 || d->d_reclen % 4 != 0 ||
		    at % DIRBLKSIZ + d->d_reclen > DIRBLKSIZ ||
		    (d->d_ino != 0 && DIRECTSIZ(d->d_namlen) > d->d_reclen)) {
			say(BAD, "directory %u is damaged at %ld", ino, at);
			return;
		}
		if (d->d_ino != 0)
			entry(ino, d, count++);
	}
	if (count < 2)
		say(BAD, "directory %u has no dots", ino);
	if (known[ino].dotdot != parent)
		say(LEFTOVER, "directory %u: \"..\" is %u, not %u", ino,
		    known[ino].dotdot, parent);
}

/* The inodes of a group against what was found. */
static void
inodes(int c, struct csum *sum)
{
	const struct cg *cg = group(c);
	const struct ufs1_dinode *di;
	unsigned links;
	uint32_t ino;
	bool used;

	for (int i = 0; i < fs->fs_ipg; i++) {
		ino = (uint32_t)(c * fs->fs_ipg + i);
		di = dinode(ino);
		used = bit(cg, cg->cg_iusedoff, (unsigned)i);
		sum->cs_nifree += !used;
		if (ino < UFS_ROOTINO) {
			if (!used)
				say(BAD, "inode %u is free", ino);
			continue;
		}
		if (di->di_mode != 0 && !used)
			say(BAD, "inode %u is used, but free", ino);
		if (di->di_mode == 0) {
			if (used)
				say(LEFTOVER, "inode %u is lost", ino);
			continue;
		}
		sum->cs_ndir += (di->di_mode & S_KIND) == S_DIR;
		links = known[ino].names + known[ino].dots;
		if (ino == UFS_ROOTINO)
			links = known[ino].dots;
		if (known[ino].names == 0 && ino != UFS_ROOTINO)
			say(LEFTOVER, "inode %u has no name", ino);
		else if ((unsigned)di->di_nlink < links)
			say(BAD, "inode %u: %u links, says %d", ino, links,
			    di->di_nlink);
		else if ((unsigned)di->di_nlink > links)
			say(LEFTOVER, "inode %u: %u links, says %d", ino, links,
			    di->di_nlink);
		if ((di->di_mode & S_KIND) == S_DIR && known[ino].names > 1)
			say(LEFTOVER, "directory %u has several names", ino);
	}
}

/* Counts of runs of free blocks against cluster map and sums. */
static void
clusters(int c, const uint8_t *free_blocks, int nblocks)
{
	const struct cg *cg = group(c);
	const int32_t *sums = (const int32_t *)((const uint8_t *)cg +
	    cg->cg_clustersumoff);
	int32_t count[65] = { 0 };
	int run = 0;

	for (int b = 0; b <= nblocks; b++) {
		if (b < nblocks && free_blocks[b]) {
			run++;
		} else if (run != 0) {
			count[MIN(run, fs->fs_contigsumsize)]++;
			run = 0;
		}
		if (b < nblocks &&
		    bit(cg, cg->cg_clusteroff, (unsigned)b) != free_blocks[b])
			say(SUMS, "group %d: cluster map, block %d", c, b);
	}
	for (int i = 1; i <= fs->fs_contigsumsize; i++)
		if (sums[i] != count[i])
			say(SUMS, "group %d: cluster sum %d: %d, is %d", c, i,
			    sums[i], count[i]);
}

/* Whether a fragment is in the super block, the group's head or inodes, or the
 * sums. */
static bool
reserved(int c, int64_t frag)
{
	int64_t start = groups_start(c);

	if (frag >= fs->fs_csaddr &&
	    frag < fs->fs_csaddr + howmany(fs->fs_cssize, fs->fs_fsize))
		return (true);
	return (frag >= (c == 0 ? 0 : start + fs->fs_sblkno) &&
	    frag < start + fs->fs_dblkno);
}

/* The fragments of a group against what was found. */
static void
fragments(int c, struct csum *sum)
{
	const struct cg *cg = group(c);
	int32_t frsum[MAX_FRAG] = { 0 };
	uint8_t *whole = calloc(1, (size_t)cg->cg_ndblk + 1);
	int64_t addr;
	int n, run;
	bool is_free;

	for (int b = 0; b < cg->cg_ndblk; b += fs->fs_frag) {
		n = run = 0;
		for (int i = 0; i < fs->fs_frag; i++) {
			addr = (int64_t)fs->fs_fpg * c + b + i;
			is_free = b + i < cg->cg_ndblk &&
			    bit(cg, cg->cg_freeoff, (unsigned)(b + i));
			n += is_free;
			if (b + i >= cg->cg_ndblk)
				break;
			if (is_free && (reserved(c, addr) || owner[addr] != 0))
				say(BAD, "fragment %ld of inode %u is free",
				    addr, owner[addr]);
			if (!is_free && !reserved(c, addr) && owner[addr] == 0)
				say(LEFTOVER, "fragment %ld is lost", addr);
		}
		whole[b / fs->fs_frag] = n == fs->fs_frag;
		if (n == fs->fs_frag) {
			sum->cs_nbfree++;
			continue;
		}
		sum->cs_nffree += n;
		for (int i = 0; i <= fs->fs_frag; i++) {
			if (i < fs->fs_frag && b + i < cg->cg_ndblk &&
			    bit(cg, cg->cg_freeoff, (unsigned)(b + i))) {
				run++;
				continue;
			}
			if (run != 0)
				frsum[run]++;
			run = 0;
		}
	}
	for (int i = 1; i < fs->fs_frag; i++)
		if (cg->cg_frsum[i] != frsum[i])
			say(SUMS, "group %d: frsum %d: %d, is %d", c, i,
			    cg->cg_frsum[i], frsum[i]);
	if (fs->fs_contigsumsize > 0)
		clusters(c, whole, cg->cg_ndblk / fs->fs_frag);
	free(whole);
}

static void
compare(const char *what, int c, const struct csum *is, const struct csum *says)
{
	if (memcmp(is, says, sizeof(*is)) != 0)
		say(SUMS,
		    "%s %d: says %d dirs %d blocks %d inodes %d frags, is %d "
		    "%d %d %d",
		    what, c, says->cs_ndir, says->cs_nbfree, says->cs_nifree,
		    says->cs_nffree, is->cs_ndir, is->cs_nbfree, is->cs_nifree,
		    is->cs_nffree);
}

static void
check_groups(void)
{
	const struct csum *sums = frag_data(fs->fs_csaddr);
	struct csum total = { 0 };

	for (int c = 0; c < fs->fs_ncg; c++) {
		struct csum sum = { 0 };

		inodes(c, &sum);
		fragments(c, &sum);
		compare("group", c, &sum, &group(c)->cg_cs);
		compare("sums of group", c, &sum, &sums[c]);
		total.cs_ndir += sum.cs_ndir;
		total.cs_nbfree += sum.cs_nbfree;
		total.cs_nifree += sum.cs_nifree;
		total.cs_nffree += sum.cs_nffree;
	}
	compare("total", 0, &total, &fs->fs_cstotal);
}

bool
check_image(
    const uint8_t *img, size_t size, bool strict, struct check_result *r)
{
	uint32_t n;

	memset(r, 0, sizeof(*r));
	image = img;
	image_size = size;
	result = r;
	strict_ = strict;
	fs = (const struct fs *)(img + SBLOCK_OFFSET);
	if (fs->fs_magic != FS_MAGIC ||
	    (int64_t)fs->fs_size * fs->fs_fsize > (int64_t)size) {
		say(BAD, "no super block");
		return (false);
	}
	r->clean = fs->fs_clean != 0;
	n = (uint32_t)(fs->fs_ncg * fs->fs_ipg);
	owner = calloc((size_t)fs->fs_size, sizeof(*owner));
	known = calloc(n, sizeof(*known));
	for (uint32_t ino = UFS_ROOTINO; ino < n; ino++)
		if (dinode(ino)->di_mode != 0)
			blocks(ino, dinode(ino));
	walk(UFS_ROOTINO, UFS_ROOTINO);
	check_groups();
	free(owner);
	free(known);
	return (r->bad == 0 && (!strict || r->leftovers + r->sums == 0));
}
