/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: rename.  That a directory does not move below itself has been looked
 * at (kern/vfs_renamesys.c), and stays so: only one rename is under way.
 */
#include "tmpfs.h"

/* Whether a name still leads to where the caller has seen it lead. */
static bool
leads_to(const struct tmpfs_dirent *de, const struct tmpfs_node *node)
{
	return (node == NULL ? de == NULL : de != NULL && de->td_node == node);
}

/* What has been renamed over loses its name. */
static void
lose(struct tmpfs_node *tdnode, struct tmpfs_node *tnode)
{
	if (tnode->tn_type == VDIR) {
		tnode->tn_nlink = 0;
		tnode->tn_parent = NULL;
		tdnode->tn_nlink--; /* its ".." */
	} else
		tnode->tn_nlink--;
	tmpfs_touch(tnode, TMPFS_CHANGE);
}

/* All are locked: while a name is made, which may sleep, nothing changes. */
static int
rename_locked(struct tmpfs_node *fdnode, struct tmpfs_node *node,
    const struct componentname *fcnp, struct tmpfs_node *tdnode,
    struct tmpfs_node *tnode, const struct componentname *tcnp)
{
	bool moved = node->tn_type == VDIR && fdnode != tdnode;
	struct tmpfs_dirent *fde, *tde, *new = NULL;
	off_t place;

	fde = tmpfs_find(fdnode, fcnp->cn_nameptr, fcnp->cn_namelen);
	tde = tmpfs_find(tdnode, tcnp->cn_nameptr, tcnp->cn_namelen);
	if (tdnode->tn_nlink == 0)
		return (ENOENT);
	if (!leads_to(fde, node) || !leads_to(tde, tnode))
		return (ERESTART);
	if (tnode != NULL && tnode->tn_type == VDIR && !tmpfs_isempty(tnode))
		return (ENOTEMPTY);
	if (moved && tnode == NULL && tdnode->tn_nlink >= TMPFS_LINK_MAX)
		return (EMLINK);
	if (tde == NULL) {
		new = tmpfs_newname(tcnp, node);
		if (new == NULL)
			return (ENOSPC);
	}
	place = fdnode == tdnode ? fde->td_place : 0;
	tmpfs_leave(fdnode, fde);
	if (new != NULL)
		tmpfs_insert(tdnode, new, place);
	else {
		lose(tdnode, tnode);
		tde->td_node = node;
		tmpfs_touch(tdnode, TMPFS_MODIFY | TMPFS_CHANGE);
	}
	if (moved) {
		node->tn_parent = tdnode;
		tdnode->tn_nlink++;
		fdnode->tn_nlink--;
	}
	tmpfs_touch(node, TMPFS_CHANGE);
	return (0);
}

/**
 * VOP_RENAME; see <sys/vnode.h>.
 * @param fdvp	directory of the old name; none of the vnodes is locked
 * @param fvp	the file
 * @param fcnp	old name
 * @param tdvp	directory of the new name
 * @param tvp	what has that name, or NULL
 * @param tcnp	new name
 * @return	0; ERESTART: the names have changed; ENOENT: the directory was
 *		removed; ENOTEMPTY; EMLINK; ENOSPC; EROFS
 */
int
tmpfs_rename(struct vnode *fdvp, struct vnode *fvp, struct componentname *fcnp,
    struct vnode *tdvp, struct vnode *tvp, struct componentname *tcnp)
{
	struct vnode *vps[4] = { fdvp, tdvp == fdvp ? NULL : tdvp, fvp, tvp };
	int error = 0;

	if (fvp == tvp)
		return (0); /* two names of one file: both stay */
	vn_lock_all(vps, nitems(vps));
	for (u_int i = 0; i < nitems(vps); i++)
		if (vps[i] != NULL && VTON(vps[i]) == NULL)
			error = ERESTART; /* reclaimed meanwhile */
	if (error == 0 && (fdvp->v_mount->mnt_flag & MNT_RDONLY) != 0)
		error = EROFS;
	if (error == 0)
		error = rename_locked(VTON(fdvp), VTON(fvp), fcnp, VTON(tdvp),
		    tvp != NULL ? VTON(tvp) : NULL, tcnp);
	vn_unlock_all(vps, nitems(vps));
	return (error);
}
