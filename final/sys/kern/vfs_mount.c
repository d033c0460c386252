/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Mounted file systems: the list of them, mounting, unmounting, writing all.
 *
 * A mount refers to the vnode that it covers, which points back to it by
 * v_mountedhere; a walk that crosses over says so by mnt_busy, for the mount
 * must not go while its root is looked for.  The root itself is vfs_root.c's.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define MNT_USER     (MNT_RDONLY | MNT_SYNCHRONOUS | MNT_NOEXEC | MNT_NOSUID)
#define MOUNT_MAJOR  255 /* of st_dev of what has no device */
#define BUSY_SECONDS 2
#define SYNC_SECONDS 30

static MALLOC_DEFINE(M_MOUNT, "mounts");

/** All mounts, in the order in which they came. */
struct mountlist mountlist = TAILQ_HEAD_INITIALIZER(mountlist);
/** The root directory, referenced; NULL before there is one. */
struct vnode *rootvnode;

/** Every kind of file system. */
const struct vfsops *const vfsconf[] = {
	&ufs_vfsops,
	&devfs_vfsops,
	&procfs_vfsops,
	&tmpfs_vfsops,
	NULL,
};

/**
 * Finds a kind of file system.
 * @param name	"ufs"
 * @return	its operations, or NULL
 */
const struct vfsops *
vfs_find_kind(const char *name)
{
	for (u_int i = 0; vfsconf[i] != NULL; i++)
		if (strcmp(vfsconf[i]->vfs_name, name) == 0)
			return (vfsconf[i]);
	return (NULL);
}

/**
 * Gets the root of a mounted file system.  Sleeps.
 * @param mp	mount, kept from going by the caller (mnt_busy)
 * @param vpp	root, referenced and locked
 * @return	0 or the file system's error
 */
int
vfs_enter(struct mount *mp, struct vnode **vpp)
{
	return (mp->mnt_op->vfs_root(mp, vpp));
}

/* The vnode to be covered, referenced, not locked. */
static int
find_covered(const char *on, struct vnode **vpp)
{
	struct nlookupdata nd;
	int error;

	error = nlookup_init(&nd, on, UIO_SYSSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0 && nd.nl_vp->v_type != VDIR)
		error = ENOTDIR;
	if (error == 0) {
		*vpp = nd.nl_vp;
		nd.nl_vp = NULL;
		vn_unlock(*vpp);
	}
	nlookup_done(&nd);
	return (error);
}

/* MNT_UPDATE: other flags for a mount that is there. */
static int
update_mount(const struct vfsops *ops, const char *on, const char *from,
    u_int flags, const struct mount_options *mo, struct ucred *cred)
{
	struct vnode *vp;
	struct mount *mp;
	u_int old;
	int error;

	error = find_covered(on, &vp);
	if (error != 0)
		return (error);
	mp = vp->v_mount;
	if ((vp->v_flag & VROOT) == 0 || mp == NULL ||
	    (mo->mo_args != NULL && mp->mnt_op != ops))
		error = EINVAL;
	else {
		mp->mnt_busy++;
		old = mp->mnt_flag;
		mp->mnt_flag = (old & ~MNT_USER) | (flags & MNT_USER) |
		    MNT_UPDATE;
		error = mp->mnt_op->vfs_mount(mp, from, mo, cred);
		if (error != 0)
			mp->mnt_flag = old;
		mp->mnt_flag &= ~MNT_UPDATE;
		mp->mnt_busy--;
	}
	vrele(vp);
	return (error);
}

static struct mount *
new_mount(
    const struct vfsops *ops, const char *from, const char *on, u_int flags)
{
	static u_int unique;
	struct mount *mp = kmalloc(sizeof(*mp), M_MOUNT, M_WAITOK | M_ZERO);

	mp->mnt_op = ops;
	mp->mnt_flag = flags & MNT_USER;
	mp->mnt_dev = makedev(MOUNT_MAJOR, unique++);
	lockinit(&mp->mnt_renamelock, "rename");
	lockinit(&mp->mnt_lock, "mount");
	LIST_INIT(&mp->mnt_vnodes);
	strlcpy(mp->mnt_from, from != NULL ? from : ops->vfs_name,
	    sizeof(mp->mnt_from));
	strlcpy(mp->mnt_on, on, sizeof(mp->mnt_on));
	return (mp);
}

/* Makes a mount that went well visible. */
static int
attach(struct mount *mp, struct vnode *covered)
{
	int error = 0;

	if (covered == NULL) {
		error = vfs_enter(mp, &rootvnode);
		if (error == 0)
			vn_unlock(rootvnode);
	} else if (covered->v_mountedhere != NULL ||
	    (covered->v_flag & VDEAD) != 0)
		error = EBUSY;
	else {
		covered->v_mountedhere = mp;
		mp->mnt_vnodecovered = covered;
	}
	if (error == 0)
		TAILQ_INSERT_TAIL(&mountlist, mp, mnt_list);
	else
		mp->mnt_op->vfs_unmount(mp, true);
	return (error);
}

/**
 * Mounts a file system.  Sleeps.
 * @param type	kind
 * @param from	device, or NULL
 * @param on	path of a directory; "/" when there is no root yet
 * @param flags	MNT_*; MNT_UPDATE: changes those of what is mounted there
 * @param mo	what else there is to say, the kind's own; or NULL
 * @param cred	who asks
 * @return	0; EPERM; ENODEV: no such kind; EBUSY; ENAMETOOLONG; or another
 *		errno
 */
int
vfs_domount(const char *type, const char *from, const char *on, u_int flags,
    const struct mount_options *mo, struct ucred *cred)
{
	static const struct mount_options none;
	const struct vfsops *ops = vfs_find_kind(type);
	struct vnode *covered = NULL;
	struct mount *mp;
	int error;

	error = suser(cred);
	if (error != 0)
		return (error);
	if (mo == NULL)
		mo = &none;
	if ((flags & MNT_UPDATE) != 0)
		return (update_mount(ops, on, from, flags, mo, cred));
	if (ops == NULL)
		return (ENODEV);
	if (strlen(on) >= sizeof(mp->mnt_on) ||
	    (from != NULL && strlen(from) >= sizeof(mp->mnt_from)))
		return (ENAMETOOLONG);
	if (rootvnode != NULL) {
		error = find_covered(on, &covered);
		if (error != 0)
			return (error);
	}
	mp = new_mount(ops, from, on, flags);
	error = ops->vfs_mount(mp, from, mo, cred);
	if (error == 0)
		error = attach(mp, covered);
	if (error != 0) {
		kfree(mp, M_MOUNT);
		if (covered != NULL)
			vrele(covered);
	}
	return (error);
}

/* Whether something is mounted on one of its directories. */
static bool
is_covered(const struct mount *mp)
{
	const struct mount *other;

	TAILQ_FOREACH(other, &mountlist, mnt_list)
	if (other->mnt_vnodecovered != NULL &&
	    other->mnt_vnodecovered->v_mount == mp)
		return (true);
	return (false);
}

/*
 * Waits for walks that are about to enter, and for sync; others wait for us.
 * Not for ever: a rename may hold the mount and wait to enter it.
 */
static int
wait_idle(struct mount *mp)
{
	for (u_int i = 0; mp->mnt_busy != 0; i++) {
		if (i == BUSY_SECONDS * hz)
			return (EBUSY);
		tsleep(mp, 0, "umount", 1);
	}
	return (0);
}

/* It has gone from the file system's side. */
static void
detach(struct mount *mp)
{
	struct vnode *covered = mp->mnt_vnodecovered;

	TAILQ_REMOVE(&mountlist, mp, mnt_list);
	if (covered != NULL) {
		covered->v_mountedhere = NULL;
		vrele(covered);
	} else {
		vrele(rootvnode);
		rootvnode = NULL;
	}
	kfree(mp, M_MOUNT);
}

static bool
is_mounted(const struct mount *mp)
{
	const struct mount *other;

	TAILQ_FOREACH(other, &mountlist, mnt_list)
	if (other == mp)
		return (true);
	return (false);
}

/**
 * Unmounts.  Sleeps.
 * @param mp	the mount
 * @param force	also if files are in use: they are of no use any more
 * @return	0; EINVAL: it has gone already; EBUSY: files are in use, or a
 *		file system is mounted in it; EIO
 */
int
vfs_unmount(struct mount *mp, bool force)
{
	int error;

	if (!is_mounted(mp))
		return (EINVAL);
	if (is_covered(mp) || (mp->mnt_flag & MNT_UNMOUNTING) != 0 ||
	    (mp->mnt_vnodecovered == NULL && !force))
		return (EBUSY);
	mp->mnt_flag |= MNT_UNMOUNTING;
	error = wait_idle(mp);
	if (error == 0) {
		mp->mnt_op->vfs_sync(mp, true);
		error = is_covered(mp) ? EBUSY
				       : mp->mnt_op->vfs_unmount(mp, force);
	}
	if (error == 0)
		detach(mp);
	else
		mp->mnt_flag &= ~MNT_UNMOUNTING;
	return (error);
}

/** Unmounts everything, the last first; at shutdown.  Sleeps. */
void
vfs_unmountall(void)
{
	struct mount *mp, *prev;
	int error;

	vfs_sync_all(true);
	for (mp = TAILQ_LAST(&mountlist, mountlist); mp != NULL; mp = prev) {
		prev = TAILQ_PREV(mp, mountlist, mnt_list);
		error = vfs_unmount(mp, true);
		if (error != 0)
			kprintf("%s cannot be unmounted: error %d\n",
			    mp->mnt_on, error);
	}
}

/**
 * Writes what is dirty in all file systems.  Sleeps.
 * @param wait	until it is on disk
 */
void
vfs_sync_all(bool wait)
{
	struct mount *mp, *next;

	for (mp = TAILQ_FIRST(&mountlist); mp != NULL; mp = next) {
		/* Busy, it stays in the list. */
		mp->mnt_busy++;
		if ((mp->mnt_flag & MNT_RDONLY) == 0)
			mp->mnt_op->vfs_sync(mp, wait);
		next = TAILQ_NEXT(mp, mnt_list);
		mp->mnt_busy--;
	}
}

/* What programs have written gets to the disk though nobody asks. */
static void
syncer(void *arg __unused)
{
	lwkt_gettoken(&mp_token);
	for (;;) {
		tsleep(&mountlist, 0, "syncer", SYNC_SECONDS * hz);
		vfs_sync_all(false);
	}
}

/** Starts the thread that writes from time to time. */
void
vfs_start_syncer(void)
{
	lwkt_create(syncer, NULL, "syncer", mycpuid);
}
