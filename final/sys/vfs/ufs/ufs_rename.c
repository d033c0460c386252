/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: rename.
 *
 * The name is entered in its new place before it leaves the old one, with the
 * file's count of links raised meanwhile: a crash leaves two names, not none.
 */
#include "ufs.h"
#include <sys/dirent.h>

#define IFTODT(mode) (((mode)&S_IFMT) >> 12)

/* Whether both names are what the caller has seen; ERESTART: look again. */
static int
check_names(struct inode *fdp, const struct inode *ip,
    const struct componentname *fcnp, struct inode *tdp,
    const struct inode *tip, const struct componentname *tcnp)
{
	struct ufs_slot slot;
	int error;

	error = ufs_dirlookup(fdp, fcnp->cn_nameptr, fcnp->cn_namelen, &slot);
	if (error != 0 || slot.s_ino != ip->i_number)
		return (error == EIO ? EIO : ERESTART);
	error = ufs_dirlookup(tdp, tcnp->cn_nameptr, tcnp->cn_namelen, &slot);
	if (error == EIO)
		return (EIO);
	if (tip == NULL)
		return (error == ENOENT ? 0 : ERESTART);
	return (error == 0 && slot.s_ino == tip->i_number ? 0 : ERESTART);
}

static void
add_links(struct inode *ip, int by)
{
	ip->i_din.di_nlink += by;
	ip->i_flag |= IN_CHANGE | IN_DIRTY;
}

/* Enters the new name, over tip if there is one. */
static int
enter(struct inode *tdp, struct inode *ip, struct inode *tip,
    const struct componentname *tcnp)
{
	uint8_t type = IFTODT(ip->i_mode);

	if (tip == NULL)
		return (ufs_direnter(tdp, tcnp->cn_nameptr, tcnp->cn_namelen,
		    ip->i_number, type));
	return (ufs_dirrewrite(
	    tdp, tcnp->cn_nameptr, tcnp->cn_namelen, ip->i_number, type));
}

/* What has been renamed over loses its name. */
static void
lose(struct inode *tdp, struct inode *tip, bool dir)
{
	if (!dir) {
		add_links(tip, -1);
		return;
	}
	tip->i_din.di_nlink = 0;
	tip->i_flag |= IN_CHANGE | IN_DIRTY;
	add_links(tdp, -1); /* its ".." */
}

/* tag::rename[] */
/* All are locked. */
static int
rename_locked(struct inode *fdp, struct inode *ip,
    const struct componentname *fcnp, struct inode *tdp, struct inode *tip,
    const struct componentname *tcnp)
{
	bool dir = (ip->i_mode & S_IFMT) == S_IFDIR;
	bool moved = dir && fdp != tdp;
	int error;

	if (tdp->i_din.di_nlink == 0)
		return (ENOENT);
	if (ip->i_din.di_nlink >= UFS_LINK_MAX ||
	    (moved && tip == NULL && tdp->i_din.di_nlink >= UFS_LINK_MAX))
		return (EMLINK);
	error = check_names(fdp, ip, fcnp, tdp, tip, tcnp);
	if (error == 0 && tip != NULL && dir)
		error = ufs_dirempty(tip);
	if (error != 0)
		return (error);
	add_links(ip, 1);
	if (moved)
		add_links(tdp, 1);
	error = ufs_update(ip, true);
	if (error == 0 && moved)
		error = ufs_update(tdp, true);
	if (error == 0)
		error = enter(tdp, ip, tip, tcnp);
	if (error != 0) {
		add_links(ip, -1);
		if (moved)
			add_links(tdp, -1);
		return (error);
	}
	if (tip != NULL)
		lose(tdp, tip, dir);
	if (moved) {
		error = ufs_dirrewrite(ip, "..", 2, tdp->i_number, DT_DIR);
		if (error == 0)
			add_links(fdp, -1);
	}
	if (error == 0)
		error = ufs_dirremove(fdp, fcnp->cn_nameptr, fcnp->cn_namelen);
	if (error == 0)
		add_links(ip, -1);
	return (error);
}
/* end::rename[] */

/**
 * VOP_RENAME; see <sys/vnode.h>.
 * @param fdvp	directory of the old name; none of the vnodes is locked
 * @param fvp	the file
 * @param fcnp	old name
 * @param tdvp	directory of the new name
 * @param tvp	what has that name, or NULL
 * @param tcnp	new name
 * @return	0; ERESTART: the names have changed; ENOTEMPTY; ENOSPC; EIO...
 */
int
ufs_rename(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp)
{
	struct vnode *vps[4] = { fdvp, tdvp == fdvp ? NULL : tdvp, fvp, tvp };
	int error = ERESTART;

	if (VTOI(fdvp) != NULL && VTOI(fdvp)->i_ump->um_ronly)
		return (EROFS);
	if (fvp == tvp)
		return (0); /* two names of one file: both stay */
	vn_lock_all(vps, nitems(vps));
	for (u_int i = 0; i < nitems(vps); i++)
		if (vps[i] != NULL && VTOI(vps[i]) == NULL)
			goto out; /* reclaimed meanwhile */
	error = rename_locked(VTOI(fdvp), VTOI(fvp), fcnp, VTOI(tdvp),
	    tvp != NULL ? VTOI(tvp) : NULL, tcnp);
out:
	vn_unlock_all(vps, nitems(vps));
	return (error);
}
