/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls that add names to directories and take them away; rename is in
 * vfs_renamesys.c.
 *
 * What holds on every file system is checked here: rights to the directory,
 * the sticky bit, read-only file systems, mount points.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

static bool
read_only(const struct vnode *vp)
{
	return (
	    vp->v_mount != NULL && (vp->v_mount->mnt_flag & MNT_RDONLY) != 0);
}

/**
 * Whether a name may be created.
 * @param nd	looked up for NAMEI_CREATE with NLC_PARENT
 * @param directory what it is going to be: only then it may end in a slash
 * @return	0, EEXIST, ENOENT, EROFS, EACCES
 */
int
vfs_create_check(const struct nlookupdata *nd, bool directory)
{
	if (nd->nl_vp != NULL)
		return (EEXIST);
	if (!directory && (nd->nl_flags & NLC_TRAILING) != 0)
		return (ENOENT);
	if (read_only(nd->nl_dvp))
		return (EROFS);
	return (VOP_ACCESS(nd->nl_dvp, VWRITE, nd->nl_cred));
}

/**
 * Whether a name may be taken away.
 * @param dvp	directory, locked
 * @param vp	what the name leads to, locked
 * @param cred	who asks
 * @return	0, EROFS, EBUSY: a mount point; EACCES; EPERM: sticky
 */
int
vfs_delete_check(struct vnode *dvp, struct vnode *vp, struct ucred *cred)
{
	struct vattr dva, va;
	int error;

	if (read_only(dvp))
		return (EROFS);
	if ((vp->v_flag & VROOT) != 0 || vp->v_mountedhere != NULL)
		return (EBUSY);
	error = VOP_ACCESS(dvp, VWRITE, cred);
	if (error == 0)
		error = VOP_GETATTR(dvp, &dva);
	if (error != 0 || (dva.va_mode & S_ISVTX) == 0 ||
	    dva.va_uid == cred->cr_uid)
		return (error);
	error = VOP_GETATTR(vp, &va);
	if (error == 0 && va.va_uid != cred->cr_uid)
		error = suser(cred);
	return (error);
}

/* Looks up a name that is to be created. */
static int
lookup_create(
    struct nlookupdata *nd, int dirfd, const char *upath, bool directory)
{
	int error;

	error = nlookup_init_at(
	    nd, dirfd, upath, UIO_USERSPACE, NAMEI_CREATE, NLC_PARENT);
	if (error == 0)
		error = nlookup(nd);
	return (error != 0 ? error : vfs_create_check(nd, directory));
}

/* Attributes of a new file. */
static void
new_attributes(struct vattr *va, enum vtype type, int mode)
{
	vattr_null(va);
	va->va_type = type;
	va->va_mode = mode & ~curproc->p_fd->fd_cmask & ALLPERMS;
}

/* The name is there, or is not: what the cache knows is old. */
static int
created(struct nlookupdata *nd, int error)
{
	if (error != 0)
		nd->nl_vp = NULL;
	cache_remove(nd->nl_dvp, &nd->nl_cn);
	return (error);
}

/**
 * mkdir(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param mode	rights
 * @return	0 or an errno
 */
int
kern_mkdir(int dirfd, const char *upath, int mode)
{
	struct nlookupdata nd;
	struct vattr va;
	int error;

	error = lookup_create(&nd, dirfd, upath, true);
	if (error == 0) {
		new_attributes(&va, VDIR, mode & ~(S_ISUID | S_ISGID));
		error = created(
		    &nd, VOP_MKDIR(nd.nl_dvp, &nd.nl_vp, &nd.nl_cn, &va));
	}
	nlookup_done(&nd);
	return (error);
}

/** mkdir(path, mode). @return as kern_mkdir() */
int
sys_mkdir(struct sysmsg *sysmsg __unused, const struct mkdir_args *uap)
{
	return (kern_mkdir((int)AT_FDCWD, uap->path, uap->mode));
}

/** mkdirat(fd, path, mode). @return as kern_mkdir() */
int
sys_mkdirat(struct sysmsg *sysmsg __unused, const struct mkdirat_args *uap)
{
	return (kern_mkdir(uap->fd, uap->path, uap->mode));
}

/**
 * mknod(2): devices (for the super-user), fifos, regular files, sockets.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param mode	S_IF* and rights
 * @param dev	number of a device
 * @return	0 or an errno
 */
int
kern_mknod(int dirfd, const char *upath, int mode, dev_t dev)
{
	enum vtype type = (mode & S_IFMT) == 0 ? VREG : IFTOVT(mode);
	struct nlookupdata nd;
	struct vattr va;
	int error;

	if (type != VCHR && type != VBLK && type != VFIFO && type != VREG &&
	    type != VSOCK)
		return (EINVAL);
	if (type == VCHR || type == VBLK) {
		error = suser(curproc->p_ucred);
		if (error != 0)
			return (error);
	}
	error = lookup_create(&nd, dirfd, upath, false);
	if (error == 0) {
		new_attributes(&va, type, mode);
		if (type == VCHR || type == VBLK) {
			va.va_rdev = dev;
			error = VOP_MKNOD(nd.nl_dvp, &nd.nl_vp, &nd.nl_cn, &va);
		} else
			error = VOP_CREATE(
			    nd.nl_dvp, &nd.nl_vp, &nd.nl_cn, &va);
		error = created(&nd, error);
	}
	nlookup_done(&nd);
	return (error);
}

/** mknod(path, mode, dev). @return as kern_mknod() */
int
sys_mknod(struct sysmsg *sysmsg __unused, const struct mknod_args *uap)
{
	return (kern_mknod((int)AT_FDCWD, uap->path, uap->mode, uap->dev));
}

/** mknodat(fd, path, mode, dev). @return as kern_mknod() */
int
sys_mknodat(struct sysmsg *sysmsg __unused, const struct mknodat_args *uap)
{
	return (kern_mknod(uap->fd, uap->path, uap->mode, uap->dev));
}

/** mkfifo(path, mode). @return as kern_mknod() */
int
sys_mkfifo(struct sysmsg *sysmsg __unused, const struct mkfifo_args *uap)
{
	return (kern_mknod(
	    (int)AT_FDCWD, uap->path, S_IFIFO | (uap->mode & ALLPERMS), 0));
}

/** mkfifoat(fd, path, mode). @return as kern_mknod() */
int
sys_mkfifoat(struct sysmsg *sysmsg __unused, const struct mkfifoat_args *uap)
{
	return (kern_mknod(
	    uap->fd, uap->path, S_IFIFO | (uap->mode & ALLPERMS), 0));
}

/* The link's text has been copied. */
static int
symlink_text(const char *text, int dirfd, const char *upath)
{
	struct nlookupdata nd;
	struct vattr va;
	int error;

	error = lookup_create(&nd, dirfd, upath, false);
	if (error == 0) {
		new_attributes(&va, VLNK, ACCESSPERMS);
		error = created(&nd,
		    VOP_SYMLINK(nd.nl_dvp, &nd.nl_vp, &nd.nl_cn, &va, text));
	}
	nlookup_done(&nd);
	return (error);
}

/**
 * symlink(2).  Sleeps.
 * @param target what the link leads to
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path of the link
 * @return	0 or an errno
 */
int
kern_symlink(const char *target, int dirfd, const char *upath)
{
	char *text = kmalloc(MAXPATHLEN, M_TEMP, M_WAITOK);
	size_t n;
	int error;

	error = copyinstr(target, text, MAXPATHLEN, &n);
	if (error == 0)
		error = text[0] == '\0' ? ENOENT
					: symlink_text(text, dirfd, upath);
	kfree(text, M_TEMP);
	return (error);
}

/** symlink(path, link). @return as kern_symlink() */
int
sys_symlink(struct sysmsg *sysmsg __unused, const struct symlink_args *uap)
{
	return (kern_symlink(uap->path, (int)AT_FDCWD, uap->link));
}

/** symlinkat(path1, fd, path2). @return as kern_symlink() */
int
sys_symlinkat(struct sysmsg *sysmsg __unused, const struct symlinkat_args *uap)
{
	return (kern_symlink(uap->path1, uap->fd, uap->path2));
}

/* The name is to be one more of vp, which is referenced, not locked. */
static int
link_to(struct vnode *vp, struct nlookupdata *nd)
{
	int error;

	if (vp->v_mount == NULL || vp->v_mount != nd->nl_dvp->v_mount)
		return (EXDEV);
	vn_lock(vp, LK_EXCLUSIVE);
	error = (vp->v_flag & VDEAD) != 0
	    ? ENOENT
	    : VOP_LINK(nd->nl_dvp, vp, &nd->nl_cn);
	vn_unlock(vp);
	cache_remove(nd->nl_dvp, &nd->nl_cn);
	return (error);
}

/**
 * link(2).  Sleeps.
 * @param fdir	where a relative `from` begins
 * @param from	path of the file
 * @param tdir	where a relative `to` begins
 * @param to	path of the new name
 * @param flag	AT_SYMLINK_FOLLOW, or 0
 * @return	0 or an errno
 */
int
kern_link(int fdir, const char *from, int tdir, const char *to, int flag)
{
	struct nlookupdata fnd, tnd;
	int error;

	if ((flag & ~AT_SYMLINK_FOLLOW) != 0)
		return (EINVAL);
	error = nlookup_init_at(&fnd, fdir, from, UIO_USERSPACE, NAMEI_LOOKUP,
	    flag != 0 ? NLC_FOLLOW : 0);
	if (error == 0)
		error = nlookup(&fnd);
	if (error == 0 && fnd.nl_vp->v_type == VDIR)
		error = EPERM;
	if (error == 0) {
		/* The directory is locked before its file. */
		vn_unlock(fnd.nl_vp);
		error = lookup_create(&tnd, tdir, to, false);
		if (error == 0)
			error = link_to(fnd.nl_vp, &tnd);
		nlookup_done(&tnd);
		vrele(fnd.nl_vp);
		fnd.nl_vp = NULL;
	}
	nlookup_done(&fnd);
	return (error);
}

/** link(path, link). @return as kern_link() */
int
sys_link(struct sysmsg *sysmsg __unused, const struct link_args *uap)
{
	return (kern_link((int)AT_FDCWD, uap->path, (int)AT_FDCWD, uap->link,
	    AT_SYMLINK_FOLLOW));
}

/** linkat(fd1, path1, fd2, path2, flags). @return as kern_link() */
int
sys_linkat(struct sysmsg *sysmsg __unused, const struct linkat_args *uap)
{
	return (
	    kern_link(uap->fd1, uap->path1, uap->fd2, uap->path2, uap->flags));
}

/* rmdir of "." and the like. */
static int
rmdir_check(const struct nlookupdata *nd)
{
	const struct componentname *cnp = &nd->nl_cn;

	if (nd->nl_vp->v_type != VDIR)
		return (ENOTDIR);
	if ((cnp->cn_flags & NLC_ISDOTDOT) != 0)
		return (ENOTEMPTY);
	if (cnp->cn_namelen == 1 && cnp->cn_nameptr[0] == '.')
		return (EINVAL);
	return (0);
}

static int
remove_name(struct nlookupdata *nd, bool directory)
{
	struct vnode *dvp = nd->nl_dvp, *vp = nd->nl_vp;
	int error = 0;

	if (directory)
		error = rmdir_check(nd);
	else if (vp->v_type == VDIR)
		error = EPERM;
	if (error == 0)
		error = vfs_delete_check(dvp, vp, nd->nl_cred);
	if (error != 0)
		return (error);
	error = directory ? VOP_RMDIR(dvp, vp, &nd->nl_cn)
			  : VOP_REMOVE(dvp, vp, &nd->nl_cn);
	cache_remove(dvp, &nd->nl_cn);
	if (error == 0 && directory)
		cache_purge(vp);
	return (error);
}

/**
 * unlink(2) and rmdir(2).  Sleeps.
 * @param dirfd	where a relative path begins, or AT_FDCWD
 * @param upath	path
 * @param flag	AT_REMOVEDIR: a directory; 0: anything else
 * @return	0 or an errno; EPERM: a directory, without AT_REMOVEDIR
 */
int
kern_unlink(int dirfd, const char *upath, int flag)
{
	struct nlookupdata nd;
	int error;

	if ((flag & ~AT_REMOVEDIR) != 0)
		return (EINVAL);
	error = nlookup_init_at(
	    &nd, dirfd, upath, UIO_USERSPACE, NAMEI_DELETE, NLC_PARENT);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0)
		error = remove_name(&nd, flag != 0);
	nlookup_done(&nd);
	return (error);
}

/** unlink(path). @return as kern_unlink() */
int
sys_unlink(struct sysmsg *sysmsg __unused, const struct unlink_args *uap)
{
	return (kern_unlink((int)AT_FDCWD, uap->path, 0));
}

/** unlinkat(fd, path, flags). @return as kern_unlink() */
int
sys_unlinkat(struct sysmsg *sysmsg __unused, const struct unlinkat_args *uap)
{
	return (kern_unlink(uap->fd, uap->path, uap->flags));
}

/** rmdir(path). @return as kern_unlink() */
int
sys_rmdir(struct sysmsg *sysmsg __unused, const struct rmdir_args *uap)
{
	return (kern_unlink((int)AT_FDCWD, uap->path, AT_REMOVEDIR));
}
