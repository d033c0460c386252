/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * rename(2).
 *
 * Only one rename is under way in a file system (mnt_renamelock): so a
 * directory's way to the root stays what it is while it is checked that the
 * directory does not move below itself.  Nothing is locked when the file
 * system begins; other calls may have changed the directories by then, so it
 * looks both names up once more.
 */
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* Names that cannot be renamed, or to. */
static bool
is_special(const struct componentname *cnp)
{
	return (cnp->cn_namelen == 0 || (cnp->cn_flags & NLC_ISDOTDOT) != 0 ||
	    (cnp->cn_namelen == 1 && cnp->cn_nameptr[0] == '.'));
}

/* What was looked up stays referenced, but is not locked any more. */
static void
unlock_all(struct nlookupdata *nd)
{
	if (nd->nl_vp != NULL)
		vn_unlock(nd->nl_vp);
	vn_unlock(nd->nl_dvp);
}

/* Drops what unlock_all() has unlocked. */
static void
drop_all(struct nlookupdata *nd)
{
	if (nd->nl_vp != NULL)
		vrele(nd->nl_vp);
	vrele(nd->nl_dvp);
	nd->nl_vp = nd->nl_dvp = NULL;
}

/* What is above a directory; referenced. */
static int
parent_of(struct vnode *dvp, struct vnode **upp)
{
	struct componentname cn = {
		.cn_nameiop = NAMEI_LOOKUP,
		.cn_flags = NLC_ISDOTDOT,
		.cn_nameptr = "..",
		.cn_namelen = 2,
		.cn_cred = proc0.p_ucred,
	};
	int error;

	vn_lock(dvp, LK_EXCLUSIVE);
	error = VOP_LOOKUP(dvp, upp, &cn);
	vn_unlock(dvp);
	if (error == 0)
		vn_unlock(*upp);
	return (error);
}

/*
 * Whether vp is dvp or above it; the rename lock is held.  In a file system
 * that is damaged the way up may lead in a circle: then it comes back to
 * `seen`, which follows after 1, 2, 4... steps.
 */
static int
check_path(struct vnode *vp, struct vnode *dvp)
{
	struct vnode *seen = dvp, *up;
	u_long steps = 0, follow = 1;
	int error = 0;

	vref(dvp);
	vref(seen);
	while (error == 0 && (dvp->v_flag & VROOT) == 0) {
		error = dvp == vp ? EINVAL : parent_of(dvp, &up);
		if (error != 0)
			break;
		vrele(dvp);
		dvp = up;
		if (dvp == seen)
			error = EIO;
		if (++steps == follow) {
			vref(dvp);
			vrele(seen);
			seen = dvp;
			follow *= 2;
		}
	}
	vrele(seen);
	vrele(dvp);
	return (error);
}

/* One name that goes away, with nothing locked. */
static int
check_delete(struct vnode *dvp, struct vnode *vp, struct ucred *cred)
{
	int error;

	vn_lock(dvp, LK_EXCLUSIVE);
	vn_lock(vp, LK_EXCLUSIVE);
	error = vfs_delete_check(dvp, vp, cred);
	vn_unlock(vp);
	vn_unlock(dvp);
	return (error);
}

static int
check_access(struct vnode *vp, struct ucred *cred)
{
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_ACCESS(vp, VWRITE, cred);
	vn_unlock(vp);
	return (error);
}

/* Kinds and names; nothing is locked. */
static int
check_kinds(const struct nlookupdata *fnd, const struct nlookupdata *tnd)
{
	const struct vnode *fvp = fnd->nl_vp, *tvp = tnd->nl_vp;

	if (fnd->nl_dvp->v_mount == NULL ||
	    fnd->nl_dvp->v_mount != tnd->nl_dvp->v_mount)
		return (EXDEV);
	if ((fvp->v_flag & VROOT) != 0 || fvp->v_mountedhere != NULL ||
	    (tvp != NULL &&
		((tvp->v_flag & VROOT) != 0 || tvp->v_mountedhere != NULL)))
		return (EBUSY);
	if (is_special(&fnd->nl_cn) || is_special(&tnd->nl_cn))
		return (EINVAL);
	if (fvp->v_type != VDIR && (tnd->nl_flags & NLC_TRAILING) != 0)
		return (ENOTDIR);
	if (tvp != NULL && fvp->v_type == VDIR && tvp->v_type != VDIR)
		return (ENOTDIR);
	if (tvp != NULL && fvp->v_type != VDIR && tvp->v_type == VDIR)
		return (EISDIR);
	return (0);
}

/* Everything that can be said without the file system's help. */
static int
check_all(struct nlookupdata *fnd, struct nlookupdata *tnd)
{
	struct vnode *fdvp = fnd->nl_dvp, *fvp = fnd->nl_vp;
	struct vnode *tdvp = tnd->nl_dvp, *tvp = tnd->nl_vp;
	struct ucred *cred = fnd->nl_cred;
	int error;

	error = check_kinds(fnd, tnd);
	if (error == 0)
		error = check_delete(fdvp, fvp, cred);
	if (error == 0)
		error = tvp != NULL ? check_delete(tdvp, tvp, cred)
				    : check_access(tdvp, cred);
	if (error != 0 || fvp->v_type != VDIR || fdvp == tdvp)
		return (error);
	/* It gets another "..". */
	error = check_access(fvp, cred);
	return (error != 0 ? error : check_path(fvp, tdvp));
}

/* Both names are looked up, nothing is locked but the rename lock. */
static int
rename_found(struct nlookupdata *fnd, struct nlookupdata *tnd)
{
	int error;

	/* Two names of one file: nothing is done, says POSIX. */
	if (fnd->nl_vp == tnd->nl_vp && !is_special(&fnd->nl_cn) &&
	    !is_special(&tnd->nl_cn))
		return (0);
	error = check_all(fnd, tnd);
	if (error != 0)
		return (error);
	error = VOP_RENAME(fnd->nl_dvp, fnd->nl_vp, &fnd->nl_cn, tnd->nl_dvp,
	    tnd->nl_vp, &tnd->nl_cn);
	cache_remove(fnd->nl_dvp, &fnd->nl_cn);
	cache_remove(tnd->nl_dvp, &tnd->nl_cn);
	cache_purge(fnd->nl_vp);
	if (tnd->nl_vp != NULL)
		cache_purge(tnd->nl_vp);
	return (error);
}

/* Looks up where it goes to. */
static int
rename_to(struct nlookupdata *fnd, int tdir, const char *to)
{
	struct nlookupdata tnd;
	int error;

	error = nlookup_init_at(
	    &tnd, tdir, to, UIO_USERSPACE, NAMEI_RENAME, NLC_PARENT);
	if (error == 0)
		error = nlookup(&tnd);
	if (error == 0) {
		unlock_all(&tnd);
		error = rename_found(fnd, &tnd);
		drop_all(&tnd);
	}
	nlookup_done(&tnd);
	return (error);
}

/* The file system that a file is in, which cannot be unmounted meanwhile. */
static int
rename_mount(int fdir, const char *from, struct mount **mpp)
{
	struct nlookupdata nd;
	int error;

	error = nlookup_init_at(
	    &nd, fdir, from, UIO_USERSPACE, NAMEI_LOOKUP, NLC_PARENT);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0 && nd.nl_dvp->v_mount == NULL)
		error = ENOENT;
	if (error == 0) {
		*mpp = nd.nl_dvp->v_mount;
		(*mpp)->mnt_busy++;
	}
	nlookup_done(&nd);
	return (error);
}

/**
 * rename(2).  Sleeps.
 * @param fdir	where a relative `from` begins
 * @param from	path
 * @param tdir	where a relative `to` begins
 * @param to	path
 * @return	0 or an errno
 */
int
kern_rename(int fdir, const char *from, int tdir, const char *to)
{
	struct nlookupdata fnd;
	struct mount *mp;
	int error;

	error = rename_mount(fdir, from, &mp);
	if (error != 0)
		return (error);
	lockmgr(&mp->mnt_renamelock, LK_EXCLUSIVE);
	error = nlookup_init_at(
	    &fnd, fdir, from, UIO_USERSPACE, NAMEI_DELETE, NLC_PARENT);
	if (error == 0)
		error = nlookup(&fnd);
	if (error == 0) {
		unlock_all(&fnd);
		/* The path may lead elsewhere by now: then it is not ours. */
		error = fnd.nl_dvp->v_mount == mp ? rename_to(&fnd, tdir, to)
						  : EXDEV;
		drop_all(&fnd);
	}
	nlookup_done(&fnd);
	lockmgr(&mp->mnt_renamelock, LK_RELEASE);
	mp->mnt_busy--;
	return (error);
}

/** rename(from, to). @return as kern_rename() */
int
sys_rename(struct sysmsg *sysmsg __unused, const struct rename_args *uap)
{
	return (kern_rename((int)AT_FDCWD, uap->from, (int)AT_FDCWD, uap->to));
}

/** renameat(oldfd, old, newfd, new). @return as kern_rename() */
int
sys_renameat(struct sysmsg *sysmsg __unused, const struct renameat_args *uap)
{
	return (kern_rename(uap->oldfd, uap->old, uap->newfd, uap->new));
}
