/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: directories.
 *
 * A name is in two trees: by name, to be looked up, and by place, to be read.
 * A place is a number that counts up and is given to one name only, so that
 * who reads on from a place misses nothing and sees nothing twice, whatever
 * has been removed meanwhile.  "." and ".." have places 0 and 1 and are not in
 * the trees.  A file that is renamed within its directory keeps its place: who
 * renames while he reads comes to an end.
 */
#include "tmpfs.h"
#include <sys/dirent.h>

#define PLACE_DOT    0
#define PLACE_DOTDOT 1

static int
compare_names(struct tmpfs_dirent *a, struct tmpfs_dirent *b)
{
	int d = memcmp(a->td_name, b->td_name, MIN(a->td_len, b->td_len));

	if (d != 0)
		return (d);
	return (a->td_len < b->td_len ? -1 : a->td_len > b->td_len);
}

static int
compare_places(struct tmpfs_dirent *a, struct tmpfs_dirent *b)
{
	return (a->td_place < b->td_place ? -1 : a->td_place > b->td_place);
}

RB_GENERATE_STATIC(tmpfs_names, tmpfs_dirent, td_byname, compare_names)
RB_GENERATE_STATIC(tmpfs_places, tmpfs_dirent, td_byplace, compare_places)

/**
 * Finds a name.  Does not sleep.
 * @param dnode	directory, locked
 * @param name	name, neither "." nor ".."
 * @param len	its bytes
 * @return	its entry, or NULL
 */
struct tmpfs_dirent *
tmpfs_find(struct tmpfs_node *dnode, const char *name, size_t len)
{
	struct tmpfs_dirent *de = RB_ROOT(&dnode->tn_names);
	int d;

	while (de != NULL) {
		d = memcmp(name, de->td_name, MIN(len, de->td_len));
		if (d == 0 && len == de->td_len)
			break;
		if (d == 0)
			d = len < de->td_len ? -1 : 1;
		de = d < 0 ? RB_LEFT(de, td_byname) : RB_RIGHT(de, td_byname);
	}
	return (de);
}

/**
 * Makes a name that is in no directory yet.  Sleeps.
 * @param cnp	name
 * @param node	what it is to lead to
 * @return	it, for tmpfs_insert(); NULL: ENOSPC
 */
struct tmpfs_dirent *
tmpfs_newname(const struct componentname *cnp, struct tmpfs_node *node)
{
	size_t len = cnp->cn_namelen;
	struct tmpfs_dirent *de;

	if (!tmpfs_take(node->tn_tm, sizeof(*de) + len))
		return (NULL);
	de = kmalloc(sizeof(*de) + len, M_TMPFS, M_WAITOK);
	de->td_node = node;
	de->td_len = len;
	memcpy(de->td_name, cnp->cn_nameptr, len);
	return (de);
}

/**
 * Enters a name.  Links are the caller's to count.  Does not sleep.
 * @param dnode	directory, locked, which does not have the name
 * @param de	the name
 * @param place	of one that was in this directory and has left; 0: a new one
 */
void
tmpfs_insert(struct tmpfs_node *dnode, struct tmpfs_dirent *de, off_t place)
{
	de->td_place = place != 0 ? place : dnode->tn_nextplace++;
	RB_INSERT(tmpfs_names, &dnode->tn_names, de);
	RB_INSERT(tmpfs_places, &dnode->tn_places, de);
	dnode->tn_size += _DIRENT_RECLEN(de->td_len);
	tmpfs_touch(dnode, TMPFS_MODIFY | TMPFS_CHANGE);
}

/**
 * Makes a name and enters it.  Links are the caller's to count.  Sleeps.
 * @param dnode	directory, locked
 * @param cnp	name
 * @param node	what it is to lead to
 * @return	0; EEXIST; ENOSPC
 */
int
tmpfs_enter(struct tmpfs_node *dnode, const struct componentname *cnp,
    struct tmpfs_node *node)
{
	struct tmpfs_dirent *de;

	if (tmpfs_find(dnode, cnp->cn_nameptr, cnp->cn_namelen) != NULL)
		return (EEXIST);
	de = tmpfs_newname(cnp, node);
	if (de == NULL)
		return (ENOSPC);
	tmpfs_insert(dnode, de, 0);
	return (0);
}

/**
 * Takes a name away.  Links are the caller's to count.  Does not sleep.
 * @param dnode	directory, locked
 * @param de	entry of it
 */
void
tmpfs_leave(struct tmpfs_node *dnode, struct tmpfs_dirent *de)
{
	RB_REMOVE(tmpfs_names, &dnode->tn_names, de);
	RB_REMOVE(tmpfs_places, &dnode->tn_places, de);
	dnode->tn_size -= _DIRENT_RECLEN(de->td_len);
	tmpfs_give(dnode->tn_tm, sizeof(*de) + de->td_len);
	kfree(de, M_TMPFS);
	tmpfs_touch(dnode, TMPFS_MODIFY | TMPFS_CHANGE);
}

/**
 * @param dnode	directory, locked
 * @return	whether it has nothing but "." and ".."
 */
bool
tmpfs_isempty(const struct tmpfs_node *dnode)
{
	return (RB_EMPTY(&dnode->tn_names));
}

/**
 * Takes all names away: the file system goes.
 * @param dnode	directory that nobody uses
 */
void
tmpfs_dropnames(struct tmpfs_node *dnode)
{
	struct tmpfs_dirent *de;

	while ((de = RB_ROOT(&dnode->tn_names)) != NULL)
		tmpfs_leave(dnode, de);
}

/* The directory that dvp is in; dvp is unlocked meanwhile. */
static int
lookup_parent(struct vnode *dvp, struct vnode **vpp)
{
	struct tmpfs_node *parent = VTON(dvp)->tn_parent;
	int error;

	vn_unlock(dvp);
	error = tmpfs_getvnode(parent, vpp);
	if (error == 0 && VTON(*vpp)->tn_nlink == 0) {
		/* dvp was moved elsewhere, and this one removed. */
		vput(*vpp);
		error = ENOENT;
	}
	vn_lock(dvp, LK_EXCLUSIVE);
	return (error);
}

/**
 * VOP_LOOKUP; see <sys/vnode.h>.
 * @param dvp	directory, locked
 * @param vpp	set: referenced, locked
 * @param cnp	name
 * @return	0; ENOENT; EJUSTRETURN; ENAMETOOLONG; ENFILE
 */
int
tmpfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	bool dotdot = (cnp->cn_flags & NLC_ISDOTDOT) != 0;
	struct tmpfs_node *dnode = VTON(dvp);
	struct tmpfs_dirent *de;

	*vpp = NULL;
	if (cnp->cn_namelen > NAME_MAX_FS)
		return (ENAMETOOLONG);
	if (dnode->tn_nlink == 0)
		return (ENOENT);
	tmpfs_touch(dnode, TMPFS_ACCESS);
	if ((cnp->cn_namelen == 1 && cnp->cn_nameptr[0] == '.') ||
	    (dotdot && dnode->tn_parent == dnode)) {
		vref(dvp);
		vn_lock(dvp, LK_EXCLUSIVE);
		*vpp = dvp;
		return (0);
	}
	if (dotdot)
		return (lookup_parent(dvp, vpp));
	de = tmpfs_find(dnode, cnp->cn_nameptr, cnp->cn_namelen);
	if (de != NULL)
		return (tmpfs_getvnode(de->td_node, vpp));
	if ((cnp->cn_flags & NLC_LAST) != 0 &&
	    (cnp->cn_nameiop == NAMEI_CREATE ||
		cnp->cn_nameiop == NAMEI_RENAME))
		return (EJUSTRETURN);
	return (ENOENT);
}

static u_int
dirent_type(const struct tmpfs_node *node)
{
	return (VTTOIF(node->tn_type) >> 12);
}

/* The first name at a place or behind it. */
static struct tmpfs_dirent *
from_place(struct tmpfs_node *dnode, off_t place)
{
	struct tmpfs_dirent *de = RB_ROOT(&dnode->tn_places), *best = NULL;

	while (de != NULL)
		if (de->td_place >= place) {
			best = de;
			de = RB_LEFT(de, td_byplace);
		} else
			de = RB_RIGHT(de, td_byplace);
	return (best);
}

/**
 * VOP_READDIR; see <sys/vnode.h>.  A cookie is a place.
 * @param vp	directory, locked
 * @param uio	where to
 * @param cred	unused
 * @param eofflag set if there is no more
 * @return	0; EINVAL; EFAULT
 */
int
tmpfs_readdir(struct vnode *vp, struct uio *uio, struct ucred *cred __unused,
    bool *eofflag)
{
	struct tmpfs_node *dnode = VTON(vp);
	struct tmpfs_dirent *de;
	int error = 0;

	*eofflag = dnode->tn_nlink == 0;
	if (uio->uio_offset < 0)
		return (EINVAL);
	if (*eofflag)
		return (0); /* it was removed */
	tmpfs_touch(dnode, TMPFS_ACCESS);
	if (uio->uio_offset == PLACE_DOT) {
		if (vop_write_dirent(
			&error, uio, dnode->tn_ino, DT_DIR, ".", 1))
			return (error);
		uio->uio_offset = PLACE_DOTDOT;
	}
	if (uio->uio_offset == PLACE_DOTDOT) {
		if (vop_write_dirent(
			&error, uio, dnode->tn_parent->tn_ino, DT_DIR, "..", 2))
			return (error);
		uio->uio_offset = PLACE_DOTDOT + 1;
	}
	for (de = from_place(dnode, uio->uio_offset); de != NULL;
	     de = RB_NEXT(tmpfs_places, &dnode->tn_places, de)) {
		if (vop_write_dirent(&error, uio, de->td_node->tn_ino,
			dirent_type(de->td_node), de->td_name, de->td_len))
			return (error);
		uio->uio_offset = de->td_place + 1;
	}
	*eofflag = true;
	return (0);
}
