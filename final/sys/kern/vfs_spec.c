/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Devices as vnodes, on whatever file system: from VOP_ calls to the driver.
 *
 * A driver may wait for long (for a key, for a line to be opened), so the
 * vnode is unlocked while it works.  d_close is called when the last of all
 * vnodes of the device is closed.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/systm.h>
#include <sys/vnode.h>

/* The device, also of a node that a file system made by its number only. */
static struct cdev *
device_of(struct vnode *vp)
{
	struct vattr va;

	if (vp->v_rdev == NULL && VOP_GETATTR(vp, &va) == 0)
		vp->v_rdev = dev_find_num(va.va_rdev);
	return (vp->v_rdev);
}

static int
spec_open(
    struct vnode *vp, int fflag, struct ucred *cred, struct file *fp __unused)
{
	struct cdev *dev = device_of(vp);
	int error = 0;

	if (dev == NULL)
		return (ENXIO);
	dev->si_opens++;
	if (dev->si_ops->d_open != NULL) {
		vn_unlock(vp);
		error = dev->si_ops->d_open(dev, fflag, cred);
		vn_lock(vp, LK_EXCLUSIVE);
	}
	if (error == 0 && dev->si_dead)
		error = ENXIO;
	if (error != 0)
		dev_drop(dev);
	return (error);
}

/* VOP_CLOSE has counted v_opencount down already. */
static int
spec_close(struct vnode *vp, int fflag)
{
	struct cdev *dev = vp->v_rdev;
	int error = 0;

	if (dev == NULL)
		return (0);
	if (dev->si_dead && vp->v_opencount == 0)
		vp->v_rdev = NULL;
	/* It counts as open until it has been closed. */
	if (dev->si_opens == 1 && dev->si_ops->d_close != NULL) {
		vn_unlock(vp);
		error = dev->si_ops->d_close(dev, fflag);
		vn_lock(vp, LK_EXCLUSIVE);
	}
	dev_drop(dev);
	return (error);
}

/**
 * A device is destroyed: only vnodes that have it open know it from now on.
 * @param dev	the device
 */
void
spec_dev_gone(struct cdev *dev)
{
	struct mount *mp;
	struct vnode *vp;

	TAILQ_FOREACH(mp, &mountlist, mnt_list)
	LIST_FOREACH(vp, &mp->mnt_vnodes, v_mntvnodes)
	if (vp->v_rdev == dev && vp->v_opencount == 0)
		vp->v_rdev = NULL;
}

static int
spec_read(
    struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred __unused)
{
	struct cdev *dev = vp->v_rdev;
	int error;

	if (dev == NULL)
		return (ENXIO);
	if (dev->si_ops->d_read == NULL)
		return (ENODEV);
	vn_unlock(vp);
	error = dev->si_ops->d_read(dev, uio, ioflag);
	vn_lock(vp, LK_EXCLUSIVE);
	return (error);
}

static int
spec_write(
    struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred __unused)
{
	struct cdev *dev = vp->v_rdev;
	int error;

	if (dev == NULL)
		return (ENXIO);
	if (dev->si_ops->d_write == NULL)
		return (ENODEV);
	vn_unlock(vp);
	error = dev->si_ops->d_write(dev, uio, ioflag);
	vn_lock(vp, LK_EXCLUSIVE);
	return (error);
}

static int
spec_ioctl(
    struct vnode *vp, u_long com, caddr_t data, int fflag, struct ucred *cred)
{
	struct cdev *dev = vp->v_rdev;
	int error;

	if (dev == NULL)
		return (ENXIO);
	if (dev->si_ops->d_ioctl == NULL)
		return (ENOTTY);
	vn_unlock(vp);
	error = dev->si_ops->d_ioctl(dev, com, data, fflag, cred);
	vn_lock(vp, LK_EXCLUSIVE);
	return (error);
}

static void
spec_ready_detach(struct knote *kn)
{
	struct vnode *vp = kn->kn_hook;

	knote_remove(&vp->v_klist, kn);
}

static int
spec_ready_event(struct knote *kn, long hint __unused)
{
	kn->kn_data = 0;
	return (1);
}

static const struct filterops spec_ready_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = spec_ready_detach,
	.f_event = spec_ready_event,
};

/* A driver without a filter never makes anybody wait. */
static int
spec_kqfilter(struct vnode *vp, struct knote *kn)
{
	struct cdev *dev = vp->v_rdev;

	if (dev == NULL)
		return (ENXIO);
	if (dev->si_ops->d_kqfilter != NULL)
		return (dev->si_ops->d_kqfilter(dev, kn));
	if (kn->kn_filter != EVFILT_READ && kn->kn_filter != EVFILT_WRITE)
		return (EINVAL);
	kn->kn_fop = &spec_ready_filtops;
	kn->kn_hook = vp;
	knote_insert(&vp->v_klist, kn);
	return (0);
}

static int
spec_mmap(
    struct vnode *vp, off_t off, size_t len, int prot, struct vm_object **objp)
{
	struct cdev *dev = vp->v_rdev;

	if (dev == NULL || dev->si_ops->d_mmap == NULL)
		return (ENODEV);
	return (dev->si_ops->d_mmap(dev, off, len, prot, objp));
}

/** What the open file of a device does. */
const struct vop_ops spec_vnode_vops = {
	.vop_name = "device",
	.vop_open = spec_open,
	.vop_close = spec_close,
	.vop_read = spec_read,
	.vop_write = spec_write,
	.vop_ioctl = spec_ioctl,
	.vop_kqfilter = spec_kqfilter,
	.vop_mmap = spec_mmap,
};
