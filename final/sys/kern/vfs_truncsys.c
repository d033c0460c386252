/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls that change the size of a file.
 */
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

/* vp is locked; the right to write has been checked. */
static int
truncate_vnode(struct vnode *vp, off_t length, struct ucred *cred)
{
	struct vattr va;

	if (vp->v_type == VDIR)
		return (EISDIR);
	if (vp->v_type != VREG)
		return (EINVAL);
	if (vp->v_mount != NULL && (vp->v_mount->mnt_flag & MNT_RDONLY) != 0)
		return (EROFS);
	if (vp->v_execcount > 0)
		return (ETXTBSY);
	if (length > curproc->p_rlimit[RLIMIT_FSIZE].rlim_cur) {
		lwpsignal(curproc, curlwp, SIGXFSZ);
		return (EFBIG);
	}
	vattr_null(&va);
	va.va_size = length;
	return (VOP_SETATTR(vp, &va, cred));
}

/**
 * truncate(2).  Sleeps.
 * @param upath	path
 * @param length new size
 * @return	0, EINVAL, EISDIR, ETXTBSY, EFBIG, or another errno
 */
int
kern_truncate(const char *upath, off_t length)
{
	struct nlookupdata nd;
	int error;

	if (length < 0)
		return (EINVAL);
	error = nlookup_init(
	    &nd, upath, UIO_USERSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0 && nd.nl_vp->v_type == VREG)
		error = VOP_ACCESS(nd.nl_vp, VWRITE, nd.nl_cred);
	if (error == 0)
		error = truncate_vnode(nd.nl_vp, length, nd.nl_cred);
	nlookup_done(&nd);
	return (error);
}

/** truncate(path, pad, length). @return as kern_truncate() */
int
sys_truncate(struct sysmsg *sysmsg __unused, const struct truncate_args *uap)
{
	return (kern_truncate(uap->path, uap->length));
}

/**
 * ftruncate(2).  Sleeps.
 * @param fd	descriptor
 * @param length new size
 * @return	0, EBADF, EINVAL: not a file, or not open to write; EFBIG, ...
 */
int
kern_ftruncate(int fd, off_t length)
{
	struct file *fp;
	struct vnode *vp;
	int error;

	error = holdvnode(curproc->p_fd, fd, &fp);
	if (error != 0)
		return (error);
	if (length < 0 || (fp->f_flag & FWRITE) == 0)
		error = EINVAL;
	else {
		vp = fp->f_data;
		vn_lock(vp, LK_EXCLUSIVE);
		error = truncate_vnode(vp, length, fp->f_cred);
		vn_unlock(vp);
	}
	fdrop(fp);
	return (error);
}

/** ftruncate(fd, pad, length). @return as kern_ftruncate() */
int
sys_ftruncate(struct sysmsg *sysmsg __unused, const struct ftruncate_args *uap)
{
	return (kern_ftruncate(uap->fd, uap->length));
}
