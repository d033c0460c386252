/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From a vnode to a path: upwards to the root, name by name.
 *
 * The cache knows the name of what was looked up lately.  A directory can also
 * find its own: its parent is "..", and there is an entry with its number.
 */
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define DIRBUF 4096

/* Looks for a number in a piece of a directory. */
static bool
find_fileno(const char *buf, size_t n, ino_t ino, char *name)
{
	const struct dirent *de;

	for (size_t at = 0; at + __offsetof(struct dirent, d_name) < n;
	     at += _DIRENT_DIRSIZ(de)) {
		de = (const struct dirent *)(buf + at);
		if (de->d_fileno != ino || strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		strlcpy(name, de->d_name, NAME_MAX_FS + 1);
		return (true);
	}
	return (false);
}

/* The name of number ino in dvp, which is locked. */
static int
scan_directory(struct vnode *dvp, ino_t ino, char *name)
{
	char *buf = kmalloc(DIRBUF, M_TEMP, M_WAITOK);
	struct iovec iov;
	struct uio uio = { .uio_segflg = UIO_SYSSPACE, .uio_rw = UIO_READ };
	bool eof = false;
	int error;

	do {
		iov = (struct iovec){ buf, DIRBUF };
		uio.uio_iov = &iov;
		uio.uio_iovcnt = 1;
		uio.uio_resid = DIRBUF;
		error = VOP_READDIR(dvp, &uio, proc0.p_ucred, &eof);
		if (error == 0 && uio.uio_resid == DIRBUF)
			eof = true;
		if (error == 0 &&
		    find_fileno(buf, DIRBUF - uio.uio_resid, ino, name))
			break;
		if (error == 0 && eof)
			error = ENOENT;
	} while (error == 0);
	kfree(buf, M_TEMP);
	return (error);
}

/* Asks the file system; vp is a directory, referenced, not locked. */
static int
ask_parent(struct vnode *vp, struct vnode **dvpp, char *name)
{
	struct componentname cn = {
		.cn_nameiop = NAMEI_LOOKUP,
		.cn_flags = NLC_ISDOTDOT,
		.cn_nameptr = "..",
		.cn_namelen = 2,
		.cn_cred = proc0.p_ucred,
	};
	struct vattr va;
	int error;

	vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_GETATTR(vp, &va);
	if (error == 0)
		error = VOP_LOOKUP(vp, dvpp, &cn);
	vn_unlock(vp);
	if (error != 0)
		return (error);
	error = scan_directory(*dvpp, va.va_fileid, name);
	if (error != 0)
		vput(*dvpp);
	else
		vn_unlock(*dvpp);
	return (error);
}

/* One step: the directory, referenced, and the name in it. */
static int
parent_of(struct vnode *vp, struct vnode **dvpp, char *name)
{
	const char *cached;
	size_t len;

	if ((vp->v_flag & VDEAD) != 0)
		return (ENOENT);
	if (cache_name_of(vp, dvpp, &cached, &len)) {
		memcpy(name, cached, len);
		name[len] = '\0';
		vref(*dvpp);
		return (0);
	}
	return (vp->v_type == VDIR ? ask_parent(vp, dvpp, name) : ENOENT);
}

/* Puts "/name" before *p. */
static int
prepend(char *buf, char **p, const char *name)
{
	size_t n = strlen(name);

	if ((size_t)(*p - buf) < n + 1)
		return (ERANGE);
	*p -= n;
	memcpy(*p, name, n);
	*--*p = '/';
	return (0);
}

/* What the root of a file system is mounted on, or NULL: it is at the top. */
static struct vnode *
covered_by(const struct vnode *vp)
{
	if ((vp->v_flag & (VROOT | VDEAD)) != VROOT)
		return (NULL);
	return (vp->v_mount->mnt_vnodecovered);
}

static int
build(struct vnode *vp, char *buf, char **p, char *name)
{
	struct vnode *up;
	int error = 0;

	vref(vp);
	while (error == 0 && vp != vfs_procroot() && vp != rootvnode) {
		up = covered_by(vp);
		if (up != NULL)
			vref(up);
		else {
			error = parent_of(vp, &up, name);
			if (error != 0)
				break;
			error = prepend(buf, p, name);
		}
		vrele(vp);
		vp = up;
	}
	vrele(vp);
	return (error);
}

/**
 * Makes the path of a file from the current process's root.  Sleeps.
 * @param vp	referenced, not locked
 * @param buf	room for it, filled from the end
 * @param size	bytes there
 * @param start	where it begins in buf
 * @return	0; ERANGE: no room; ENOENT: no name is known, or it has none
 */
int
vn_fullpath(struct vnode *vp, char *buf, size_t size, char **start)
{
	char *name, *p;
	int error;

	if (size < 2)
		return (ERANGE);
	p = buf + size - 1;
	*p = '\0';
	name = kmalloc(NAME_MAX_FS + 1, M_TEMP, M_WAITOK);
	error = build(vp, buf, &p, name);
	kfree(name, M_TEMP);
	if (error == 0 && *p == '\0')
		*--p = '/';
	*start = p;
	return (error);
}
