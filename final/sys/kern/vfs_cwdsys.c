/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls on a process's own directories: where paths begin.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* Makes a directory the process's; vp is locked, and stays the caller's. */
static int
set_directory(struct vnode *vp, struct vnode **dirp, struct ucred *cred)
{
	struct vnode *old;
	int error;

	if (vp->v_type != VDIR)
		return (ENOTDIR);
	error = VOP_ACCESS(vp, VEXEC, cred);
	if (error != 0)
		return (error);
	old = *dirp;
	vref(vp);
	*dirp = vp;
	if (old != NULL)
		vrele(old);
	return (0);
}

static int
change_to(const char *upath, struct vnode **dirp)
{
	struct nlookupdata nd;
	int error;

	error = nlookup_init(
	    &nd, upath, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0)
		error = set_directory(nd.nl_vp, dirp, nd.nl_cred);
	nlookup_done(&nd);
	return (error);
}

/**
 * chdir(2).  Sleeps.
 * @param upath	path
 * @return	0, ENOTDIR, EACCES, or another errno
 */
int
kern_chdir(const char *upath)
{
	return (change_to(upath, &curproc->p_fd->fd_cdir));
}

/** chdir(path). @return as kern_chdir() */
int
sys_chdir(struct sysmsg *sysmsg __unused, const struct chdir_args *uap)
{
	return (kern_chdir(uap->path));
}

/**
 * fchdir(2).  Sleeps.
 * @param fd	an open directory
 * @return	0, EBADF, ENOTDIR, EACCES
 */
int
kern_fchdir(int fd)
{
	struct file *fp;
	struct vnode *vp;
	int error;

	error = holdvnode(curproc->p_fd, fd, &fp);
	if (error != 0)
		return (error == EINVAL ? ENOTDIR : error);
	vp = fp->f_data;
	vn_lock(vp, LK_EXCLUSIVE);
	error = set_directory(vp, &curproc->p_fd->fd_cdir, curproc->p_ucred);
	vn_unlock(vp);
	fdrop(fp);
	return (error);
}

/** fchdir(fd). @return as kern_fchdir() */
int
sys_fchdir(struct sysmsg *sysmsg __unused, const struct fchdir_args *uap)
{
	return (kern_fchdir(uap->fd));
}

/**
 * chroot(2).  Sleeps.
 * @param upath	path
 * @return	0, EPERM, ENOTDIR, or another errno
 */
int
kern_chroot(const char *upath)
{
	int error = suser(curproc->p_ucred);

	return (error != 0 ? error : change_to(upath, &curproc->p_fd->fd_rdir));
}

/** chroot(path). @return as kern_chroot() */
int
sys_chroot(struct sysmsg *sysmsg __unused, const struct chroot_args *uap)
{
	return (kern_chroot(uap->path));
}

/**
 * Tells the working directory.  Sleeps.
 * @param kbuf	in the kernel, filled from its end
 * @param size	its bytes
 * @param start	where the path begins
 * @return	0, ERANGE, ENOENT: it was removed
 */
int
kern_getcwd(char *kbuf, size_t size, char **start)
{
	struct vnode *vp = vfs_proccwd();
	int error;

	if (vp == NULL)
		return (ENOENT);
	vref(vp);
	error = vn_fullpath(vp, kbuf, size, start);
	vrele(vp);
	return (error);
}

/** __getcwd(buf, buflen). @return as kern_getcwd() */
int
sys___getcwd(struct sysmsg *sysmsg __unused, const struct __getcwd_args *uap)
{
	size_t size = MIN(uap->buflen, MAXPATHLEN);
	char *buf, *start;
	int error;

	if (size < 2)
		return (EINVAL);
	buf = kmalloc(size, M_TEMP, M_WAITOK);
	error = kern_getcwd(buf, size, &start);
	if (error == 0)
		error = copyout(start, uap->buf, strlen(start) + 1);
	kfree(buf, M_TEMP);
	return (error);
}
