/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: directories.
 *
 * A directory is a row of entries in pieces of DIRBLKSIZ bytes; no entry
 * crosses from one piece to the next, so that each is written as one.  An
 * entry's d_reclen covers the room behind it, where a new one may go.  An
 * entry is removed by giving its room to the one before, or, if it is the
 * first of its piece, by clearing d_ino.
 *
 * Nothing that is read is trusted: an entry that leaves its piece, or is too
 * short for its name, makes the directory unreadable with a message.
 */
#include "ufs.h"
#include <sys/dirent.h>

/* Reads the block that holds an offset; *p is where in it. */
static int
dir_read(struct inode *dp, off_t offset, struct buf **bpp, char **p)
{
	struct ufsmount *ump = dp->i_ump;
	const struct fs *fs = ump->um_fs;
	off_t lbn = lblkno(fs, offset);
	int32_t addr;
	int error;

	error = ufs_bmap(dp, lbn, &addr);
	if (error != 0)
		return (error);
	if (addr == 0) {
		ufs_bad(ump, "directory %u has a hole", dp->i_number);
		return (EIO);
	}
	error = bread(
	    ump->um_dev, fsbtobytes(fs, addr), ufs_blksize(dp, lbn), bpp);
	if (error == 0)
		*p = (*bpp)->b_data + blkoff(fs, offset);
	return (error);
}

/* Whether the entry at `at` in a piece can be one. */
static bool
entry_ok(const struct direct *d, u_int at)
{
	return (at + sizeof(*d) <= DIRBLKSIZ && d->d_reclen >= sizeof(*d) &&
	    d->d_reclen % 4 == 0 && d->d_reclen <= DIRBLKSIZ - at &&
	    (d->d_ino == 0 ||
		(d->d_namlen != 0 && DIRECTSIZ(d->d_namlen) <= d->d_reclen)));
}

/* Room behind an entry's own. */
static u_int
entry_room(const struct direct *d)
{
	return (d->d_reclen - (d->d_ino == 0 ? 0 : DIRECTSIZ(d->d_namlen)));
}

/* Looks through one piece; ENOENT: not there. */
static int
search_piece(struct inode *dp, const char *piece, off_t base, const char *name,
    size_t len, struct ufs_slot *slot)
{
	const struct direct *d;
	u_int prev = 0;

	for (u_int at = 0; at < DIRBLKSIZ; at += d->d_reclen) {
		d = (const struct direct *)(const void *)(piece + at);
		if (!entry_ok(d, at)) {
			ufs_bad(dp->i_ump, "directory %u is damaged at %ld",
			    dp->i_number, base + at);
			return (EIO);
		}
		if (slot->s_room < 0 && entry_room(d) >= DIRECTSIZ(len))
			slot->s_room = base + at;
		if (d->d_ino != 0 && d->d_namlen == len &&
		    memcmp(d->d_name, name, len) == 0) {
			slot->s_offset = base + at;
			slot->s_prev = prev;
			slot->s_ino = d->d_ino;
			slot->s_type = d->d_type;
			return (0);
		}
		prev = d->d_reclen;
	}
	return (ENOENT);
}

/**
 * Finds an entry, and room for one of that length.
 * @param dp	directory, locked
 * @param name	name
 * @param len	its bytes
 * @param slot	set; s_room only as far as was looked
 * @return	0; ENOENT; EIO
 */
int
ufs_dirlookup(
    struct inode *dp, const char *name, size_t len, struct ufs_slot *slot)
{
	const struct fs *fs = dp->i_ump->um_fs;
	struct buf *bp = NULL;
	char *p = NULL;
	int error = ENOENT;

	*slot = (struct ufs_slot){ .s_room = -1 };
	for (off_t at = 0; at < (off_t)dp->i_size && error == ENOENT;
	     at += DIRBLKSIZ) {
		if (blkoff(fs, at) == 0) {
			if (bp != NULL)
				brelse(bp);
			bp = NULL;
			error = dir_read(dp, at, &bp, &p);
			if (error != 0)
				break;
		}
		error = search_piece(dp, p, at, name, len, slot);
		p += DIRBLKSIZ;
	}
	if (bp != NULL)
		brelse(bp);
	return (error);
}

static void
fill_entry(
    struct direct *d, const char *name, size_t len, uint32_t ino, uint8_t type)
{
	d->d_ino = ino;
	d->d_type = type;
	d->d_namlen = len;
	memcpy(d->d_name, name, len);
	memset(d->d_name + len, 0, DIRECTSIZ(len) - sizeof(*d) - len);
}

/* Adds a piece with one entry at the end. */
static int
append_piece(
    struct inode *dp, const char *name, size_t len, uint32_t ino, uint8_t type)
{
	const struct fs *fs = dp->i_ump->um_fs;
	off_t at = dp->i_size;
	struct direct *d;
	struct buf *bp;
	int32_t addr;
	bool fresh;
	char *p;
	int error;

	lockmgr(&dp->i_lock, LK_EXCLUSIVE);
	error = ufs_balloc(
	    dp, lblkno(fs, at), blkoff(fs, at) + DIRBLKSIZ, &addr, &fresh);
	if (error == 0) {
		dp->i_size = at + DIRBLKSIZ;
		dp->i_flag |= IN_CHANGE | IN_UPDATE | IN_DIRTY;
	}
	lockmgr(&dp->i_lock, LK_RELEASE);
	if (error != 0) {
		/* An indirect block may have been had, and no other. */
		if (lblkno(fs, at) >= UFS_NDADDR) {
			dp->i_size = at + DIRBLKSIZ;
			ufs_truncate(dp, at);
		}
		return (error);
	}
	error = dir_read(dp, at, &bp, &p);
	if (error != 0)
		return (error);
	d = (struct direct *)(void *)p;
	memset(p, 0, DIRBLKSIZ);
	d->d_reclen = DIRBLKSIZ;
	fill_entry(d, name, len, ino, type);
	error = bwrite(bp);
	if (error == 0)
		error = ufs_update(dp, true);
	return (error);
}

/**
 * Enters a name, on disk when it returns.  The name must not be there.
 * @param dp	directory, locked
 * @param name	name
 * @param len	its bytes
 * @param ino	inode, on disk already
 * @param type	DT_*
 * @return	0; ENOSPC; EIO
 */
int
ufs_direnter(
    struct inode *dp, const char *name, size_t len, uint32_t ino, uint8_t type)
{
	struct ufs_slot slot;
	struct direct *d, *new;
	struct buf *bp;
	u_int own;
	char *p;
	int error;

	error = ufs_dirlookup(dp, name, len, &slot);
	if (error != ENOENT)
		return (error == 0 ? EEXIST : error);
	if (slot.s_room < 0)
		return (append_piece(dp, name, len, ino, type));
	error = dir_read(dp, slot.s_room, &bp, &p);
	if (error != 0)
		return (error);
	d = new = (struct direct *)(void *)p;
	if (d->d_ino != 0) {
		own = DIRECTSIZ(d->d_namlen);
		new = (struct direct *)(void *)(p + own);
		new->d_reclen = d->d_reclen - own;
		d->d_reclen = own;
	}
	fill_entry(new, name, len, ino, type);
	dp->i_flag |= IN_CHANGE | IN_UPDATE;
	error = bwrite(bp);
	if (error == 0)
		error = ufs_update(dp, false);
	return (error);
}

/**
 * Removes a name, on disk when it returns.
 * @param dp	directory, locked
 * @param name	name
 * @param len	its bytes
 * @return	0; ENOENT; EIO
 */
int
ufs_dirremove(struct inode *dp, const char *name, size_t len)
{
	struct ufs_slot slot;
	struct direct *d, *prev;
	struct buf *bp;
	char *p;
	int error;

	error = ufs_dirlookup(dp, name, len, &slot);
	if (error == 0)
		error = dir_read(dp, slot.s_offset, &bp, &p);
	if (error != 0)
		return (error);
	d = (struct direct *)(void *)p;
	if (slot.s_prev == 0) {
		d->d_ino = 0;
	} else {
		prev = (struct direct *)(void *)(p - slot.s_prev);
		prev->d_reclen += d->d_reclen;
	}
	dp->i_flag |= IN_CHANGE | IN_UPDATE;
	error = bwrite(bp);
	if (error == 0)
		error = ufs_update(dp, false);
	return (error);
}

/**
 * Lets a name lead to another inode, on disk when it returns.
 * @param dp	directory, locked
 * @param name	name, which is there
 * @param len	its bytes
 * @param ino	inode
 * @param type	DT_*
 * @return	0; ENOENT; EIO
 */
int
ufs_dirrewrite(
    struct inode *dp, const char *name, size_t len, uint32_t ino, uint8_t type)
{
	struct ufs_slot slot;
	struct direct *d;
	struct buf *bp;
	char *p;
	int error;

	error = ufs_dirlookup(dp, name, len, &slot);
	if (error == 0)
		error = dir_read(dp, slot.s_offset, &bp, &p);
	if (error != 0)
		return (error);
	d = (struct direct *)(void *)p;
	d->d_ino = ino;
	d->d_type = type;
	dp->i_flag |= IN_CHANGE | IN_UPDATE;
	return (bwrite(bp));
}

/* Calls `each` for every entry, with no buffer held: it may touch user memory.
 * Stops when it does not return 0. */
static int
for_each(struct inode *dp, off_t from,
    int (*each)(const struct direct *d, off_t at, void *arg), void *arg)
{
	uint32_t piece[DIRBLKSIZ / sizeof(uint32_t)];
	const struct direct *d;
	struct buf *bp;
	off_t base;
	char *p;
	int error = 0;

	for (base = rounddown2(from, DIRBLKSIZ);
	     base < (off_t)dp->i_size && error == 0; base += DIRBLKSIZ) {
		error = dir_read(dp, base, &bp, &p);
		if (error != 0)
			break;
		memcpy(piece, p, sizeof(piece));
		brelse(bp);
		for (u_int at = 0; at < DIRBLKSIZ && error == 0;
		     at += d->d_reclen) {
			d = (const struct direct *)(void *)&piece[at / 4];
			if (!entry_ok(d, at)) {
				ufs_bad(dp->i_ump,
				    "directory %u is damaged at %ld",
				    dp->i_number, base + at);
				error = EIO;
				break;
			}
			if (base + at >= from)
				error = each(d, base + at, arg);
		}
	}
	return (error);
}

static bool
is_dots(const struct direct *d)
{
	return ((d->d_namlen == 1 && d->d_name[0] == '.') ||
	    (d->d_namlen == 2 && d->d_name[0] == '.' && d->d_name[1] == '.'));
}

static int
refuse_entry(const struct direct *d, off_t at __unused, void *arg __unused)
{
	return (d->d_ino == 0 || is_dots(d) ? 0 : ENOTEMPTY);
}

/**
 * @param dp	directory, locked
 * @return	0 if it has nothing but "." and ".."; ENOTEMPTY; EIO
 */
int
ufs_dirempty(struct inode *dp)
{
	return (for_each(dp, 0, refuse_entry, NULL));
}

/**
 * Gives a new directory its "." and "..", on disk when it returns.
 * @param dp		directory of size 0, locked
 * @param parent	its parent
 * @return		0; ENOSPC; EIO
 */
int
ufs_dirmake(struct inode *dp, uint32_t parent)
{
	int error;

	error = append_piece(dp, ".", 1, dp->i_number, DT_DIR);
	if (error == 0)
		error = ufs_direnter(dp, "..", 2, parent, DT_DIR);
	return (error);
}

/*
 * What a directory's entry names.  EBUSY: dvp has been unlocked meanwhile, and
 * has to be looked at again.
 */
static int
get_child(struct vnode *dvp, uint32_t ino, struct vnode **vpp)
{
	struct inode *ip = ufs_incore(VTOI(dvp)->i_ump, ino);

	if (ip == NULL)
		return (ufs_vget(VTOI(dvp)->i_ump, ino, LK_NOWAIT, vpp));
	*vpp = ip->i_vnode;
	vref(*vpp);
	if (vn_lock_also(*vpp, dvp) && ((*vpp)->v_flag & VDEAD) == 0)
		return (0);
	vput(*vpp);
	*vpp = NULL;
	return (EBUSY);
}

/* What ".." names.  Others lock that first, and then dvp. */
static int
get_parent(struct vnode *dvp, uint32_t ino, struct vnode **vpp)
{
	struct ufsmount *ump = VTOI(dvp)->i_ump;
	int error;

	vn_unlock(dvp);
	error = ufs_vget(ump, ino, LK_EXCLUSIVE, vpp);
	if (error != 0) {
		vn_lock(dvp, LK_EXCLUSIVE);
		return (error);
	}
	(void)vn_lock_also(dvp, *vpp);
	if (((*vpp)->v_flag & VDEAD) == 0)
		return (0);
	vput(*vpp);
	*vpp = NULL;
	return (EIO);
}

/**
 * VOP_LOOKUP; see <sys/vnode.h>.
 * @param dvp	directory, locked
 * @param vpp	set: referenced, locked
 * @param cnp	name
 * @return	0; ENOENT; EJUSTRETURN; EIO
 */
int
ufs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct inode *dp = VTOI(dvp);
	struct ufs_slot slot;
	int error;

	*vpp = NULL;
	if (cnp->cn_namelen > NAME_MAX_FS)
		return (ENAMETOOLONG);
again:
	if ((dvp->v_flag & VDEAD) != 0)
		return (EIO);
	/* What a removed directory names may be something else by now. */
	if (dp->i_din.di_nlink == 0)
		return (ENOENT);
	error = ufs_dirlookup(dp, cnp->cn_nameptr, cnp->cn_namelen, &slot);
	if (error == ENOENT && (cnp->cn_flags & NLC_LAST) != 0 &&
	    (cnp->cn_nameiop == NAMEI_CREATE ||
		cnp->cn_nameiop == NAMEI_RENAME))
		return (EJUSTRETURN);
	if (error != 0)
		return (error);
	dp->i_flag |= IN_ACCESS;
	if (slot.s_ino == dp->i_number) {
		vref(dvp);
		vn_lock(dvp, LK_EXCLUSIVE);
		*vpp = dvp;
		return (0);
	}
	error = (cnp->cn_flags & NLC_ISDOTDOT) != 0
	    ? get_parent(dvp, slot.s_ino, vpp)
	    : get_child(dvp, slot.s_ino, vpp);
	if (error == EBUSY)
		goto again;
	/* An entry of a free inode is damage, not absence. */
	return (error == ENOENT ? EIO : error);
}

/** What readdir's function gets. */
struct reading {
	struct uio *uio; /**< where to */
	off_t next;	 /**< cookie to go on with */
	int error;	 /**< of the copy */
};

static int
read_entry(const struct direct *d, off_t at, void *arg)
{
	struct reading *r = arg;

	if (d->d_ino != 0 &&
	    vop_write_dirent(&r->error, r->uio, d->d_ino, d->d_type, d->d_name,
		d->d_namlen)) {
		r->next = at;
		return (-1);
	}
	r->next = at + d->d_reclen;
	return (r->error);
}

/**
 * VOP_READDIR; see <sys/vnode.h>.  A cookie is an offset.
 * @param vp	directory, locked
 * @param uio	where to
 * @param cred	unused
 * @param eofflag set if there is no more
 * @return	0; EINVAL; EIO; EFAULT
 */
int
ufs_readdir(struct vnode *vp, struct uio *uio, struct ucred *cred __unused,
    bool *eofflag)
{
	struct inode *dp = VTOI(vp);
	struct reading r = { uio, uio->uio_offset, 0 };
	int error;

	if (uio->uio_offset < 0)
		return (EINVAL);
	error = for_each(dp, uio->uio_offset, read_entry, &r);
	uio->uio_offset = r.next;
	dp->i_flag |= IN_ACCESS;
	*eofflag = error == 0;
	return (error == -1 ? r.error : error);
}
