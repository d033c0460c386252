/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: contents of files, which are the pages of their object
 * (kern/vfs_cluster.c copies to and from them).
 */
#include "tmpfs.h"
#include <sys/proc.h>

/**
 * VOP_READ.  May sleep.
 * @param vp	file, locked
 * @param uio	where to, how much, and from which byte on
 * @param ioflag	unused
 * @param cred	unused
 * @return	0; EISDIR; EINVAL; EFAULT; ENOMEM; EINTR: the thread is to end
 */
int
tmpfs_read(struct vnode *vp, struct uio *uio, int ioflag __unused,
    struct ucred *cred __unused)
{
	struct tmpfs_node *node = VTON(vp);

	if (vp->v_type != VREG)
		return (vp->v_type == VDIR ? EISDIR : EINVAL);
	if (uio->uio_resid == 0)
		return (0);
	tmpfs_touch(node, TMPFS_ACCESS);
	return (vn_cache_read(vp, uio, node->tn_size));
}

/* Writes; what could not be had is not there afterwards. */
static int
write_pages(struct vnode *vp, struct uio *uio)
{
	struct tmpfs_node *node = VTON(vp);
	off_t oldsize = node->tn_size;
	int error = 0;

	/* Behind the end a mapping may have left something. */
	if (uio->uio_offset > oldsize)
		vn_cache_truncate(vp, oldsize);
	while (uio->uio_resid > 0 && error == 0) {
		error = vn_cache_write(
		    vp, uio, MIN(uio->uio_resid, UIO_TURN), false);
		node->tn_size = MAX(oldsize, uio->uio_offset);
		if (error == 0 && uio->uio_resid > 0 && lwkt_user_yield())
			error = EINTR;
	}
	return (error);
}

/**
 * VOP_WRITE.  May sleep.
 * @param vp	file, locked
 * @param uio	where from, how much, and to which byte on
 * @param ioflag	IO_*
 * @param cred	who writes: its set-id bits may go
 * @return	0: all, or, without IO_UNIT, some; EISDIR; EINVAL; EROFS; EFBIG;
 *		ENOSPC; EFAULT; ENOMEM; EINTR: the thread is to end
 */
int
tmpfs_write(struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred)
{
	struct tmpfs_node *node = VTON(vp);
	size_t resid = uio->uio_resid;
	off_t oldsize = node->tn_size;
	int error;

	if (vp->v_type != VREG)
		return (vp->v_type == VDIR ? EISDIR : EINVAL);
	if ((vp->v_mount->mnt_flag & MNT_RDONLY) != 0)
		return (EROFS);
	if ((ioflag & IO_APPEND) != 0)
		uio->uio_offset = oldsize;
	if (uio->uio_offset < 0)
		return (EINVAL);
	if (resid == 0)
		return (0);
	if (uio->uio_offset >= TMPFS_FILE_MAX ||
	    resid > (size_t)(TMPFS_FILE_MAX - uio->uio_offset))
		return (EFBIG);
	error = write_pages(vp, uio);
	if (error != 0) {
		if (uio->uio_resid == resid)
			node->tn_size = oldsize;
		vn_cache_truncate(vp, node->tn_size);
	}
	if (uio->uio_resid == resid)
		return (error);
	if (cred != NULL && cred->cr_uid != 0)
		node->tn_mode &= ~(S_ISUID | S_ISGID);
	tmpfs_touch(node, TMPFS_MODIFY | TMPFS_CHANGE);
	KNOTE(&vp->v_klist, 0);
	/* What has been written has been written. */
	return ((ioflag & IO_UNIT) == 0 && error != EFAULT ? 0 : error);
}

/**
 * Changes the size of a file: pages behind its end go, from mappings, too, and
 * the rest of the last page is cleared.  Sleeps.
 * @param vp		regular file, locked
 * @param length	new size
 * @return		0; EINVAL; EFBIG
 */
int
tmpfs_truncate(struct vnode *vp, off_t length)
{
	struct tmpfs_node *node = VTON(vp);

	if (length < 0)
		return (EINVAL);
	if (length > TMPFS_FILE_MAX)
		return (EFBIG);
	/* Behind the old end a mapping may have left something. */
	vn_cache_truncate(vp, MIN(length, node->tn_size));
	if (length > node->tn_size)
		vn_cache_truncate(vp, length);
	node->tn_size = length;
	tmpfs_touch(node, TMPFS_MODIFY | TMPFS_CHANGE);
	return (0);
}
