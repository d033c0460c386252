/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls on file systems: mount, unmount, statvfs.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/** What mount(2)'s data begins with, as for DragonFly's UFS, if the kind has
 * no structure of its own. */
struct mount_data {
	const char *fspec; /**< device: "md0s0a", "/dev/md0s0a" */
};

/** Copies of what mount(2) is given. */
struct mount_names {
	char type[MFSNAMELEN]; /**< kind */
	char on[MAXPATHLEN];   /**< directory */
	char from[MAXPATHLEN]; /**< device */
	/** The kind's structure. */
	uint64_t args[MOUNT_ARGS_MAX / sizeof(uint64_t)];
};

static int
copyin_names(const struct mount_args *uap, struct mount_names *names,
    const char **from, struct mount_options *mo)
{
	const struct vfsops *ops;
	struct mount_data data;
	size_t n;
	int error;

	*from = NULL;
	*mo = (struct mount_options){ NULL, NULL };
	error = copyinstr(uap->type, names->type, sizeof(names->type), &n);
	if (error == ENAMETOOLONG)
		error = ENODEV;
	if (error == 0)
		error = copyinstr(uap->path, names->on, MAXPATHLEN, &n);
	if (error != 0 || uap->data == NULL)
		return (error);
	ops = vfs_find_kind(names->type);
	if (ops != NULL && ops->vfs_argsize != 0) {
		KASSERT(ops->vfs_argsize <= MOUNT_ARGS_MAX,
		    ("mount: arguments of %s", ops->vfs_name));
		mo->mo_args = names->args;
		return (copyin(uap->data, names->args, ops->vfs_argsize));
	}
	error = copyin(uap->data, &data, sizeof(data));
	if (error == 0 && data.fspec != NULL) {
		error = copyinstr(data.fspec, names->from, MAXPATHLEN, &n);
		*from = names->from;
	}
	return (error);
}

/** mount(type, path, flags, data). @return 0 or an errno */
int
sys_mount(struct sysmsg *sysmsg __unused, const struct mount_args *uap)
{
	struct mount_options mo;
	struct mount_names *names;
	const char *from;
	int error;

	error = suser(curproc->p_ucred);
	if (error != 0)
		return (error);
	names = kmalloc(sizeof(*names), M_TEMP, M_WAITOK);
	error = copyin_names(uap, names, &from, &mo);
	if (error == 0)
		error = vfs_domount(names->type, from, names->on, uap->flags,
		    &mo, curproc->p_ucred);
	kfree(names, M_TEMP);
	return (error);
}

/** unmount(path, flags). @return 0 or an errno */
int
sys_unmount(struct sysmsg *sysmsg __unused, const struct unmount_args *uap)
{
	struct mount *mp = NULL;
	struct nlookupdata nd;
	int error;

	error = suser(curproc->p_ucred);
	if (error != 0)
		return (error);
	error = nlookup_init(
	    &nd, uap->path, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0) {
		if ((nd.nl_vp->v_flag & VROOT) != 0)
			mp = nd.nl_vp->v_mount;
		if (mp == NULL)
			error = EINVAL;
	}
	nlookup_done(&nd);
	return (error != 0 ? error
			   : vfs_unmount(mp, (uap->flags & MNT_FORCE) != 0));
}

/* What the file system says, and what is the mount's. */
static int
fill(struct vnode *vp, struct statvfs *buf)
{
	struct mount *mp = vp->v_mount;
	int error;

	bzero(buf, sizeof(*buf));
	if (mp == NULL)
		return (EIO);
	if (mp->mnt_op->vfs_statvfs != NULL) {
		error = mp->mnt_op->vfs_statvfs(mp, buf);
		if (error != 0)
			return (error);
	}
	buf->f_fsid = mp->mnt_dev;
	buf->f_namemax = NAME_MAX_FS;
	if ((mp->mnt_flag & MNT_RDONLY) != 0)
		buf->f_flag |= ST_RDONLY;
	if ((mp->mnt_flag & MNT_NOSUID) != 0)
		buf->f_flag |= ST_NOSUID;
	return (0);
}

/**
 * statvfs(2).  Sleeps.
 * @param upath	path of a file in it
 * @param buf	filled in
 * @return	0 or an errno
 */
int
kern_statvfs(const char *upath, struct statvfs *buf)
{
	struct nlookupdata nd;
	int error;

	error = nlookup_init(
	    &nd, upath, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0)
		error = fill(nd.nl_vp, buf);
	nlookup_done(&nd);
	return (error);
}

/** statvfs(path, buf). @return as kern_statvfs() */
int
sys_statvfs(struct sysmsg *sysmsg __unused, const struct statvfs_args *uap)
{
	struct statvfs buf;
	int error;

	error = kern_statvfs(uap->path, &buf);
	return (error != 0 ? error : copyout(&buf, uap->buf, sizeof(buf)));
}

/**
 * fstatvfs(2).  Sleeps.
 * @param fd	an open file of it
 * @param buf	filled in
 * @return	0, EBADF, EINVAL: not a file; EIO
 */
int
kern_fstatvfs(int fd, struct statvfs *buf)
{
	struct file *fp;
	struct vnode *vp;
	int error;

	error = holdvnode(curproc->p_fd, fd, &fp);
	if (error != 0)
		return (error);
	vp = fp->f_data;
	vn_lock(vp, LK_EXCLUSIVE);
	error = fill(vp, buf);
	vn_unlock(vp);
	fdrop(fp);
	return (error);
}

/** fstatvfs(fd, buf). @return as kern_fstatvfs() */
int
sys_fstatvfs(struct sysmsg *sysmsg __unused, const struct fstatvfs_args *uap)
{
	struct statvfs buf;
	int error;

	error = kern_fstatvfs(uap->fd, &buf);
	return (error != 0 ? error : copyout(&buf, uap->buf, sizeof(buf)));
}
