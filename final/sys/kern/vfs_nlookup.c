/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From a path to a vnode.
 *
 * The walk always has one directory, locked; it locks the next file before it
 * lets go of the directory.  If it has to wait for that it does let go, and
 * looks again afterwards (vn_lock_also()), so two walks cannot wait for each
 * other, up or down, even in a damaged file system that goes in circles.
 *
 *     nl_path   "usr/bin/../lib"
 *                       ^ nl_pos: what is still to be walked
 *
 * A symbolic link replaces nl_path by its text and the rest of the path.
 *
 * Names are looked up in the cache first, unless something is to be changed
 * there: then the file system has to see the last name itself.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tsleep.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

static MALLOC_DEFINE(M_NAMEI, "paths");

/** @return the current process's root directory, without a reference */
struct vnode *
vfs_procroot(void)
{
	struct proc *p = curproc;

	if (p == NULL || p->p_fd == NULL || p->p_fd->fd_rdir == NULL)
		return (rootvnode);
	return (p->p_fd->fd_rdir);
}

/** @return the current process's working directory, without a reference */
struct vnode *
vfs_proccwd(void)
{
	struct proc *p = curproc;

	if (p == NULL || p->p_fd == NULL || p->p_fd->fd_cdir == NULL)
		return (rootvnode);
	return (p->p_fd->fd_cdir);
}

static int
copy_path(char *dst, const char *path, enum uio_seg seg)
{
	size_t n;

	if (seg == UIO_USERSPACE)
		return (copyinstr(path, dst, MAXPATHLEN, &n));
	return (strlcpy(dst, path, MAXPATHLEN) < MAXPATHLEN ? 0 : ENAMETOOLONG);
}

/**
 * Prepares a look-up from the working directory.
 * @param nd	filled in; nlookup_done() must follow, also after an error
 * @param path	the path, copied
 * @param seg	whose memory that is
 * @param op	what the last name is looked up for
 * @param flags	NLC_FOLLOW, NLC_PARENT, NLC_NOMOUNT
 * @return	0, EFAULT, ENAMETOOLONG
 */
int
nlookup_init(struct nlookupdata *nd, const char *path, enum uio_seg seg,
    enum nameiop op, u_int flags)
{
	return (nlookup_init_at(nd, (int)AT_FDCWD, path, seg, op, flags));
}

/* The directory that a relative path begins in, referenced. */
static int
start_directory(int dirfd, struct vnode **vpp)
{
	struct file *fp;
	struct vnode *vp;
	int error;

	if (dirfd == (int)AT_FDCWD) {
		*vpp = vfs_proccwd();
		if (*vpp == NULL)
			return (ENOENT); /* the root has gone, at shutdown */
		vref(*vpp);
		return (0);
	}
	error = holdvnode(curproc->p_fd, dirfd, &fp);
	if (error != 0)
		return (error == EINVAL ? ENOTDIR : error);
	vp = fp->f_data;
	if (vp->v_type == VDIR) {
		vref(vp);
		*vpp = vp;
	} else
		error = ENOTDIR;
	fdrop(fp);
	return (error);
}

/**
 * Prepares a look-up from a directory that is open.
 * @param nd	filled in; nlookup_done() must follow, also after an error
 * @param dirfd	descriptor, or AT_FDCWD; not looked at if the path is absolute
 * @param path	the path, copied
 * @param seg	whose memory that is
 * @param op	what the last name is looked up for
 * @param flags	NLC_FOLLOW, NLC_PARENT, NLC_NOMOUNT
 * @return	0, EFAULT, ENAMETOOLONG, EBADF, ENOTDIR
 */
int
nlookup_init_at(struct nlookupdata *nd, int dirfd, const char *path,
    enum uio_seg seg, enum nameiop op, u_int flags)
{
	struct proc *p = curproc;
	int error;

	ASSERT_MP_TOKEN();
	*nd = (struct nlookupdata){
		.nl_op = op,
		.nl_flags = flags,
		.nl_cred = crhold(p != NULL ? p->p_ucred : proc0.p_ucred),
		.nl_path = kmalloc(MAXPATHLEN, M_NAMEI, M_WAITOK),
	};
	nd->nl_path[0] = '\0';
	error = copy_path(nd->nl_path, path, seg);
	if (error != 0)
		return (error);
	nd->nl_pos = nd->nl_path;
	return (start_directory(
	    nd->nl_path[0] == '/' ? (int)AT_FDCWD : dirfd, &nd->nl_startdir));
}

/* Into what is mounted on *vpp, which is locked.  On an error it is gone. */
static int
cross_mounts(struct vnode **vpp)
{
	struct mount *mp;
	int error;

	while ((mp = (*vpp)->v_mountedhere) != NULL) {
		if ((mp->mnt_flag & MNT_UNMOUNTING) != 0) {
			/* It goes, or stays: both soon. */
			vn_unlock(*vpp);
			tsleep(mp, 0, "umount", 1);
			vn_lock(*vpp, LK_EXCLUSIVE);
			continue;
		}
		mp->mnt_busy++;
		vput(*vpp);
		error = vfs_enter(mp, vpp);
		mp->mnt_busy--;
		if (error != 0)
			return (error);
	}
	return (0);
}

/* "..": *dpp may become what the file system that it is of is mounted on. */
static int
step_up(struct nlookupdata *nd, struct vnode **dpp, struct vnode **vpp)
{
	struct vnode *dp = *dpp, *covered;
	int error;

	while (dp != vfs_procroot() && dp != rootvnode &&
	    (dp->v_flag & (VROOT | VDEAD)) == VROOT) {
		covered = dp->v_mount->mnt_vnodecovered;
		if (covered == NULL)
			break;
		vref(covered);
		vput(dp);
		vn_lock(covered, LK_EXCLUSIVE);
		*dpp = dp = covered;
		error = VOP_ACCESS(dp, VEXEC, nd->nl_cred);
		if (error != 0)
			return (error);
	}
	if (dp == vfs_procroot() || dp == rootvnode) {
		vref(dp);
		vn_lock(dp, LK_EXCLUSIVE);
		*vpp = dp;
		return (0);
	}
	return (VOP_LOOKUP(dp, vpp, &nd->nl_cn));
}

/* From the cache, else from the file system. */
static int
step_down(struct vnode *dp, struct vnode **vpp, struct componentname *cnp)
{
	bool cached = cnp->cn_nameiop == NAMEI_LOOKUP && dp->v_mount != NULL &&
	    (dp->v_mount->mnt_flag & MNT_NOCACHE) == 0;
	int error = 0;

	while (cached && (error = cache_lookup(dp, vpp, cnp)) == -1) {
		if (vn_lock_also(*vpp, dp)) {
			if (((*vpp)->v_flag & VDEAD) == 0)
				return (0);
			vput(*vpp);
			break;
		}
		/* It may be another one's name by now. */
		vput(*vpp);
		if ((dp->v_flag & VDEAD) != 0)
			return (ENOENT);
	}
	if (cached && error == ENOENT)
		return (error);
	error = VOP_LOOKUP(dp, vpp, cnp);
	if (cached && error == 0)
		cache_enter(dp, *vpp, cnp);
	else if (cached && error == ENOENT)
		cache_enter(dp, NULL, cnp);
	return (error);
}

/*
 * One component: *dpp is locked and stays so (but may be another one, after
 * ".."); *vpp is locked, too.
 */
static int
step(struct nlookupdata *nd, const struct path_part *part, struct vnode **dpp,
    struct vnode **vpp)
{
	struct componentname *cnp = &nd->nl_cn;
	struct vnode *dp = *dpp;
	int error;

	*cnp = (struct componentname){
		.cn_nameiop = part->pp_last ? nd->nl_op : NAMEI_LOOKUP,
		.cn_flags = part->pp_last ? NLC_LAST : 0,
		.cn_nameptr = part->pp_name,
		.cn_namelen = part->pp_len,
		.cn_cred = nd->nl_cred,
	};
	if (dp->v_type != VDIR)
		return (ENOTDIR);
	error = VOP_ACCESS(dp, VEXEC, nd->nl_cred);
	if (error != 0)
		return (error);
	if (path_is(part, ".")) {
		vref(dp);
		vn_lock(dp, LK_EXCLUSIVE);
		*vpp = dp;
		return (0);
	}
	if (path_is(part, "..")) {
		cnp->cn_flags |= NLC_ISDOTDOT;
		error = step_up(nd, dpp, vpp);
	} else
		error = step_down(dp, vpp, cnp);
	if (error != 0)
		return (error);
	if (part->pp_last && (nd->nl_flags & NLC_NOMOUNT) != 0)
		return (0);
	return (cross_mounts(vpp));
}

/* The text of a link, then what followed it in the path. */
static int
splice_link(struct nlookupdata *nd, struct vnode *vp, const char *rest)
{
	char *text = kmalloc(MAXPATHLEN, M_NAMEI, M_WAITOK);
	struct iovec iov = { text, MAXPATHLEN - 1 };
	struct uio uio = {
		.uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_resid = MAXPATHLEN - 1,
		.uio_segflg = UIO_SYSSPACE,
		.uio_rw = UIO_READ,
	};
	int error;

	error = VOP_READLINK(vp, &uio, nd->nl_cred);
	text[MAXPATHLEN - 1 - uio.uio_resid] = '\0';
	if (error == 0 && text[0] == '\0')
		error = ENOENT;
	if (error == 0 && strlcat(text, rest, MAXPATHLEN) >= MAXPATHLEN)
		error = ENAMETOOLONG;
	if (error != 0) {
		kfree(text, M_NAMEI);
		return (error);
	}
	kfree(nd->nl_path, M_NAMEI);
	nd->nl_path = text;
	nd->nl_pos = text;
	return (0);
}

/* vp, a link in *dpp, is locked, and gone afterwards; *dpp stays locked. */
static int
follow_link(struct nlookupdata *nd, const struct path_part *part,
    struct vnode **dpp, struct vnode *vp)
{
	int error;

	if (++nd->nl_loops > MAXSYMLINKS)
		error = ELOOP;
	else
		error = splice_link(nd, vp, part->pp_rest);
	vput(vp);
	if (error != 0 || nd->nl_path[0] != '/')
		return (error);
	if (vfs_procroot() == NULL)
		return (ENOENT);
	vput(*dpp);
	*dpp = vfs_procroot();
	vref(*dpp);
	vn_lock(*dpp, LK_EXCLUSIVE);
	return (0);
}

/* The end of the walk; dp and vp (unless NULL) are locked. */
static int
arrive(struct nlookupdata *nd, const struct path_part *part, struct vnode *dp,
    struct vnode *vp)
{
	if (part->pp_trailing) {
		nd->nl_flags |= NLC_TRAILING;
		if (vp != NULL && vp->v_type != VDIR) {
			vput(vp);
			vput(dp);
			return (ENOTDIR);
		}
	}
	nd->nl_vp = vp;
	if ((nd->nl_flags & NLC_PARENT) != 0)
		nd->nl_dvp = dp;
	else
		vput(dp);
	return (0);
}

/* A path without a name, such as "/": dp itself, as its own directory. */
static int
arrive_here(
    struct nlookupdata *nd, const struct path_part *part, struct vnode *dp)
{
	nd->nl_cn = (struct componentname){
		.cn_nameiop = nd->nl_op,
		.cn_flags = NLC_LAST,
		.cn_nameptr = part->pp_name,
		.cn_cred = nd->nl_cred,
	};
	vref(dp);
	vn_lock(dp, LK_EXCLUSIVE);
	return (arrive(nd, part, dp, dp));
}

/* Walks from dp, which is locked. */
static int
walk(struct nlookupdata *nd, struct vnode *dp)
{
	struct path_part part;
	struct vnode *vp;
	int error;

	for (;;) {
		error = path_next(nd->nl_pos, &part);
		if (error == 0 && part.pp_len == 0)
			return (arrive_here(nd, &part, dp));
		vp = NULL;
		if (error == 0)
			error = step(nd, &part, &dp, &vp);
		if (error == EJUSTRETURN && part.pp_last)
			return (arrive(nd, &part, dp, NULL));
		if (error == 0 && vp->v_type == VLNK &&
		    (!part.pp_last || part.pp_trailing ||
			(nd->nl_flags & NLC_FOLLOW) != 0)) {
			error = follow_link(nd, &part, &dp, vp);
			if (error == 0)
				continue;
		}
		if (error != 0)
			break;
		if (part.pp_last)
			return (arrive(nd, &part, dp, vp));
		vput(dp);
		dp = vp;
		nd->nl_pos = part.pp_rest;
	}
	vput(dp);
	/* Of the kernel itself; a file system that says so is wrong. */
	return (error < 0 ? EIO : error);
}

/**
 * Finds the file.  Sleeps.
 * @param nd	prepared; nl_vp, nl_dvp, nl_cn, NLC_TRAILING are set
 * @return	0; ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, EIO.  With
 *		NAMEI_CREATE or NAMEI_RENAME nl_vp is NULL if the name can be
 *		created
 */
int
nlookup(struct nlookupdata *nd)
{
	struct vnode *dp;

	if (nd->nl_path[0] == '\0')
		return (ENOENT);
	dp = nd->nl_path[0] == '/' ? vfs_procroot() : nd->nl_startdir;
	if (dp == NULL)
		return (ENOENT);
	vref(dp);
	vn_lock(dp, LK_EXCLUSIVE);
	return (walk(nd, dp));
}

/**
 * Ends a look-up: unlocks and drops what the caller has not taken (by setting
 * nl_vp or nl_dvp to NULL).  May sleep.
 * @param nd	prepared by nlookup_init(), whether or not that went well
 */
void
nlookup_done(struct nlookupdata *nd)
{
	if (nd->nl_vp != NULL)
		vput(nd->nl_vp);
	if (nd->nl_dvp != NULL)
		vput(nd->nl_dvp);
	if (nd->nl_startdir != NULL)
		vrele(nd->nl_startdir);
	kfree(nd->nl_path, M_NAMEI);
	crfree(nd->nl_cred);
	nd->nl_vp = nd->nl_dvp = nd->nl_startdir = NULL;
	nd->nl_path = NULL;
	nd->nl_cred = NULL;
}
