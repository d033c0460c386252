/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * devfs: names in its directories.
 *
 * A folder is a prefix of devices' names ("pts/"); the top is the empty one.
 *
 * Positions in a directory: 0 is ".", 1 is "..", then at the top "fd" and the
 * links, then devices by inode, so that devices that come and go meanwhile
 * neither hide others nor show them twice.
 */
#include "devfs.h"
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/globaldata.h>

/** Links at the top. */
const struct devfs_link devfs_links[] = {
	{ "stdin", "fd/0" },
	{ "stdout", "fd/1" },
	{ "stderr", "fd/2" },
};
/** How many there are. */
const u_int devfs_nlinks = nitems(devfs_links);

#define POS_FDDIR 2
#define POS_LINKS 3

static bool
name_is(const struct componentname *cnp, const char *name)
{
	return (strlen(name) == cnp->cn_namelen &&
	    memcmp(name, cnp->cn_nameptr, cnp->cn_namelen) == 0);
}

/* What of a device's name is below a folder, or NULL. */
static const char *
below(const struct cdev *dev, const char *prefix)
{
	size_t n = strlen(prefix);

	return (
	    strncmp(dev->si_name, prefix, n) == 0 ? dev->si_name + n : NULL);
}

/* A device, or the folder that it is in. */
static int
lookup_device(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	const char *prefix = VTODN(dvp)->dn_prefix, *rest;
	struct devfs_node like = { .dn_kind = DEVFS_DEV };
	struct cdev *dev;
	int error;

	LIST_FOREACH(dev, &alldevs, si_list)
	{
		rest = below(dev, prefix);
		if (rest == NULL ||
		    strncmp(rest, cnp->cn_nameptr, cnp->cn_namelen) != 0)
			continue;
		like.dn_ino = dev->si_inode;
		if (rest[cnp->cn_namelen] == '\0') {
			dev->si_opens++; /* so that it stays meanwhile */
			error = devfs_allocvp(dvp->v_mount, &like, dev, vpp);
			if (error == 0 && dev->si_dead)
				(*vpp)->v_rdev = NULL;
			dev_drop(dev);
			return (error);
		}
		if (rest[cnp->cn_namelen] != '/')
			continue;
		like.dn_kind = DEVFS_DIR;
		like.dn_ino += DEVFS_INO_DIR;
		strlcpy(like.dn_prefix, dev->si_name,
		    rest - dev->si_name + cnp->cn_namelen + 2);
		return (devfs_allocvp(dvp->v_mount, &like, NULL, vpp));
	}
	return (ENOENT);
}

static int
lookup_top(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct devfs_node like = { .dn_kind = DEVFS_LINK };

	for (u_int i = 0; i < devfs_nlinks; i++) {
		if (!name_is(cnp, devfs_links[i].dl_name))
			continue;
		like.dn_ino = DEVFS_INO_LINK + i;
		like.dn_num = i;
		return (devfs_allocvp(dvp->v_mount, &like, NULL, vpp));
	}
	if (name_is(cnp, "fd")) {
		like.dn_kind = DEVFS_FDDIR;
		like.dn_ino = DEVFS_INO_FDDIR;
		return (devfs_allocvp(dvp->v_mount, &like, NULL, vpp));
	}
	return (lookup_device(dvp, vpp, cnp));
}

/* Whether the process has it open. */
static bool
fd_is_open(u_int fd)
{
	struct filedesc *fdp = curproc != NULL ? curproc->p_fd : NULL;
	struct file *fp = fdp != NULL ? holdfp(fdp, fd, -1) : NULL;

	if (fp == NULL)
		return (false);
	fdrop(fp);
	return (true);
}

/* A number without sign or leading zeros, below 10^8; or -1. */
static long
parse_fd(const struct componentname *cnp)
{
	long n = 0;

	if (cnp->cn_namelen > 8 ||
	    (cnp->cn_namelen > 1 && cnp->cn_nameptr[0] == '0'))
		return (-1);
	for (size_t i = 0; i < cnp->cn_namelen; i++) {
		if (cnp->cn_nameptr[i] < '0' || cnp->cn_nameptr[i] > '9')
			return (-1);
		n = n * 10 + cnp->cn_nameptr[i] - '0';
	}
	return (n);
}

static int
lookup_fd(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct devfs_node like = { .dn_kind = DEVFS_FD };
	long fd = parse_fd(cnp);

	if (fd < 0 || !fd_is_open(fd))
		return (ENOENT);
	like.dn_num = fd;
	like.dn_ino = DEVFS_INO_FD + fd;
	return (devfs_allocvp(dvp->v_mount, &like, NULL, vpp));
}

/**
 * vop_lookup.  ".." is always the top: folders in folders do not exist.
 * @param dvp	directory, locked
 * @param vpp	set to the file, referenced and locked
 * @param cnp	the name
 * @return	0, ENOENT; EPERM: nothing can be created or removed here
 */
int
devfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct mount *mp = dvp->v_mount;
	int error;

	if ((cnp->cn_flags & NLC_ISDOTDOT) != 0) {
		mp->mnt_busy++; /* it stays while nothing is locked */
		vn_unlock(dvp);
		error = vfs_enter(mp, vpp);
		vn_lock(dvp, LK_EXCLUSIVE);
		mp->mnt_busy--;
		return (error);
	}
	if (VTODN(dvp)->dn_kind == DEVFS_FDDIR)
		error = lookup_fd(dvp, vpp, cnp);
	else if (VTODN(dvp)->dn_ino == DEVFS_INO_ROOT)
		error = lookup_top(dvp, vpp, cnp);
	else
		error = lookup_device(dvp, vpp, cnp);
	if (error == ENOENT && (cnp->cn_flags & NLC_LAST) != 0 &&
	    (cnp->cn_nameiop == NAMEI_CREATE ||
		cnp->cn_nameiop == NAMEI_RENAME))
		error = EPERM;
	return (error);
}

/* Writes an entry at a position, and moves on behind it; true: stop. */
static bool
put(int *error, struct uio *uio, off_t pos, ino_t ino, u_int type,
    const char *name, size_t len)
{
	if (uio->uio_offset > pos)
		return (false);
	uio->uio_offset = pos;
	if (vop_write_dirent(error, uio, ino, type, name, len))
		return (true);
	uio->uio_offset = pos + 1;
	return (false);
}

/* Whether an older device is in the same folder: then that was told. */
static bool
told_before(const struct cdev *dev, const char *prefix, size_t len)
{
	const struct cdev *other;
	size_t n = strlen(prefix) + len + 1;

	LIST_FOREACH(other, &alldevs, si_list)
	{
		if (other == dev)
			return (false);
		if (strncmp(other->si_name, dev->si_name, n) == 0)
			return (true);
	}
	return (false);
}

static bool
put_devices(int *error, struct uio *uio, const char *prefix)
{
	const struct cdev *dev;
	const char *name, *slash;
	bool stop = false;

	LIST_FOREACH(dev, &alldevs, si_list)
	{
		name = below(dev, prefix);
		if (name == NULL || name[0] == '\0' ||
		    uio->uio_offset > (off_t)dev->si_inode)
			continue;
		slash = strchr(name, '/');
		if (slash == NULL)
			stop = put(error, uio, dev->si_inode, dev->si_inode,
			    dev->si_block ? DT_BLK : DT_CHR, name,
			    strlen(name));
		else if (!told_before(dev, prefix, slash - name))
			stop = put(error, uio, dev->si_inode,
			    dev->si_inode + DEVFS_INO_DIR, DT_DIR, name,
			    slash - name);
		if (stop)
			return (true);
	}
	return (false);
}

static bool
put_fds(int *error, struct uio *uio)
{
	struct filedesc *fdp = curproc->p_fd;
	char name[12];
	int n;

	for (int fd = MAX(uio->uio_offset - POS_FDDIR, 0);
	     fd <= fdp->fd_lastfile; fd++) {
		if (!fd_is_open(fd))
			continue;
		n = ksnprintf(name, sizeof(name), "%d", fd);
		if (put(error, uio, POS_FDDIR + fd, DEVFS_INO_FD + fd, DT_CHR,
			name, n))
			return (true);
	}
	return (false);
}

static bool
put_top(int *error, struct uio *uio)
{
	if (put(error, uio, POS_FDDIR, DEVFS_INO_FDDIR, DT_DIR, "fd", 2))
		return (true);
	for (u_int i = 0; i < devfs_nlinks; i++)
		if (put(error, uio, POS_LINKS + i, DEVFS_INO_LINK + i, DT_LNK,
			devfs_links[i].dl_name, strlen(devfs_links[i].dl_name)))
			return (true);
	return (false);
}

/**
 * vop_readdir.
 * @param vp	directory, locked
 * @param uio	where to, how much, and the cookie to go on from
 * @param cred	unused
 * @param eofflag	set to whether that was the end
 * @return	0, EFAULT
 */
int
devfs_readdir(struct vnode *vp, struct uio *uio, struct ucred *cred __unused,
    bool *eofflag)
{
	const struct devfs_node *dn = VTODN(vp);
	int error = 0;
	bool stop;

	if (uio->uio_offset < 0)
		return (EINVAL);
	stop = put(&error, uio, 0, dn->dn_ino, DT_DIR, ".", 1) ||
	    put(&error, uio, 1, DEVFS_INO_ROOT, DT_DIR, "..", 2);
	if (!stop && dn->dn_kind == DEVFS_FDDIR)
		stop = put_fds(&error, uio);
	else if (!stop) {
		if (dn->dn_ino == DEVFS_INO_ROOT)
			stop = put_top(&error, uio);
		if (!stop)
			stop = put_devices(&error, uio, dn->dn_prefix);
	}
	*eofflag = !stop;
	return (error);
}
