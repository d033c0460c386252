/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The life of vnodes.
 *
 *     getnewvnode()        one reference, locked
 *     vref() ... vrele()   in use
 *     last vrele()         VOP_INACTIVE; then cached: in the list of unused
 *                          ones, with its pages and its names
 *     vget()               in use again
 *     vgone()              parted from its file system (VDEAD); who still has
 *                          a reference gets errors.  Without references the
 *                          structure is freed.
 *
 * So a vnode's memory goes exactly when it is dead and nobody refers to it.
 * Names in the cache do not count as references; vgone() removes them.  A
 * file system's own table of vnodes does not count either: VOP_RECLAIM takes
 * it out of there.  Whoever holds a vnode's lock has a reference as well.
 *
 * All of it runs under mp_token, but references to a vnode that is in use may
 * be taken without (mappings, in fork).
 */
#include <sys/errno.h>
#include <sys/lockf.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/tsleep.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <vm/vm_object.h>

/* The fewest vnodes that are kept, and the most. */
#define MINVNODES 256
#define MAXVNODES 200000
/* How far down the list of unused vnodes a clean one is looked for. */
#define SCAN_MAX  128

static MALLOC_DEFINE(M_VNODE, "vnodes");

/** Vnodes that exist. */
u_int numvnodes;
/** Vnodes that may exist before unused ones are reclaimed. */
u_int maxvnodes;
SYSCTL_INT(kern_maxvnodes, "kern.maxvnodes", CTLFLAG_RW, &maxvnodes,
    "Vnodes that may exist before unused ones are reclaimed");
SYSCTL_INT(kern_numvnodes, "kern.numvnodes", CTLFLAG_RD, &numvnodes,
    "Vnodes that exist");

/* Unused vnodes, oldest first. */
static TAILQ_HEAD(, vnode) vnode_free_list = TAILQ_HEAD_INITIALIZER(
    vnode_free_list);

/** What a vnode has after vgone(): every operation fails with EIO. */
const struct vop_ops dead_vnode_vops = { .vop_name = "dead" };

/** Kinds by the four upper bits of st_mode. */
const enum vtype iftovt_tab[16] = {
	VNON, VFIFO, VCHR, VNON, VDIR, VNON, VBLK, VNON, /* 0 to 7 */
	VREG, VNON, VLNK, VNON, VSOCK, VNON, VNON, VBAD, /* 8 to 15 */
};
/** The bits by kind. */
const mode_t vttoif_tab[9] = {
	[VNON] = 0,
	[VREG] = S_IFREG,
	[VDIR] = S_IFDIR,
	[VBLK] = S_IFBLK,
	[VCHR] = S_IFCHR,
	[VLNK] = S_IFLNK,
	[VSOCK] = S_IFSOCK,
	[VFIFO] = S_IFIFO,
	[VBAD] = S_IFMT,
};

/** Prepares vnodes and names; called once. */
void
vfs_init(void)
{
	maxvnodes = MIN(MAX(vm_page_total_count() / 8, MINVNODES), MAXVNODES);
	cache_init(maxvnodes * 2);
}

/* Whether it can be reclaimed without writing. */
static bool
vnode_clean(const struct vnode *vp)
{
	return ((vp->v_flag & VONDIRTY) == 0 &&
	    (vp->v_object == NULL || vp->v_object->vo_dirty == 0));
}

/* Frees a dead vnode without references. */
static void
vnode_destroy(struct vnode *vp)
{
	KASSERT(vp->v_usecount == 0 && (vp->v_flag & VFREE) == 0,
	    ("vnode_destroy: vnode is in use"));
	lockf_purge(vp);
	numvnodes--;
	kfree(vp, M_VNODE);
}

/*
 * Reclaims an unused vnode, if there is one whose lock is free.  Who calls
 * this may hold locks of other vnodes and buffers: with `clean` nothing is
 * written, so none of these can be wanted.
 */
static bool
vnode_recycle(bool clean)
{
	struct vnode *vp;
	u_int scanned = 0;

	TAILQ_FOREACH(vp, &vnode_free_list, v_list)
	{
		if (scanned++ == SCAN_MAX)
			return (false);
		if ((!clean || vnode_clean(vp)) &&
		    vn_lock(vp, LK_EXCLUSIVE | LK_NOWAIT) == 0)
			break;
	}
	if (vp == NULL)
		return (false);
	vref(vp);
	vgone(vp);
	vput(vp);
	return (true);
}

/**
 * Makes a vnode.  May sleep, and reclaim another.
 * @param mp	its file system, or NULL
 * @param ops	what it does
 * @param type	kind
 * @param vpp	the vnode, with a reference, locked
 * @return	0; ENFILE: far too many are in use
 */
int
getnewvnode(struct mount *mp, const struct vop_ops *ops, enum vtype type,
    struct vnode **vpp)
{
	struct vnode *vp;

	ASSERT_MP_TOKEN();
	if (numvnodes >= maxvnodes && !vnode_recycle(true) &&
	    !vnode_recycle(false) && numvnodes / 2 >= maxvnodes)
		return (ENFILE);
	vp = kmalloc(sizeof(*vp), M_VNODE, M_WAITOK | M_ZERO);
	numvnodes++;
	lockinit(&vp->v_lock, "vnode");
	spin_init(&vp->v_spin, "vnode");
	vp->v_usecount = 1;
	vp->v_type = type;
	vp->v_ops = ops;
	vp->v_mount = mp;
	LIST_INIT(&vp->v_klist);
	LIST_INIT(&vp->v_ncs);
	LIST_INIT(&vp->v_ncdir);
	if (mp != NULL)
		LIST_INSERT_HEAD(&mp->mnt_vnodes, vp, v_mntvnodes);
	vn_lock(vp, LK_EXCLUSIVE);
	*vpp = vp;
	return (0);
}

/**
 * Takes a reference.  An unused vnode only under mp_token.
 * @param vp	a vnode that cannot go meanwhile
 */
void
vref(struct vnode *vp)
{
	if (atomic_fetchadd_int(&vp->v_usecount, 1) != 0)
		return;
	ASSERT_MP_TOKEN();
	if ((vp->v_flag & VFREE) != 0) {
		TAILQ_REMOVE(&vnode_free_list, vp, v_list);
		vp->v_flag &= ~VFREE;
	}
}

/* Gives back what may be the last reference; it is locked, and unlocked. */
static void
vrele_last(struct vnode *vp)
{
	if ((vp->v_flag & VDEAD) == 0)
		VOP_INACTIVE(vp);
	/* Nothing sleeps from here on, so that nobody finds it meanwhile. */
	vn_unlock(vp);
	if (atomic_fetchadd_int(&vp->v_usecount, -1U) != 1)
		return;
	if ((vp->v_flag & VDEAD) != 0) {
		vnode_destroy(vp);
		return;
	}
	vp->v_flag |= VFREE;
	TAILQ_INSERT_TAIL(&vnode_free_list, vp, v_list);
}

/**
 * Gives a reference back.  With the last one the file system is told, which
 * may sleep; the lock is free then, for who holds it has a reference.
 * @param vp	not locked by the caller, or with another reference
 */
void
vrele(struct vnode *vp)
{
	u_int n = vp->v_usecount;

	while (n > 1)
		if (atomic_fcmpset_int(&vp->v_usecount, &n, n - 1))
			return;
	KASSERT(n == 1, ("vrele: vnode has no references"));
	ASSERT_MP_TOKEN();
	vn_lock(vp, LK_EXCLUSIVE);
	vrele_last(vp);
}

/**
 * Unlocks and gives a reference back.
 * @param vp	locked by the caller
 */
void
vput(struct vnode *vp)
{
	if (vp->v_usecount == 1) {
		vrele_last(vp);
		return;
	}
	vn_unlock(vp);
	vrele(vp);
}

/**
 * Takes a reference and the lock; sleeps for the lock.
 * @param vp	a vnode from a table that vgone() removes it from
 * @param lkflags LK_EXCLUSIVE; LK_NOWAIT, LK_PCATCH
 * @return	0; ENOENT: it died meanwhile; EBUSY, EINTR, ERESTART
 */
int
vget(struct vnode *vp, u_int lkflags)
{
	int error;

	vref(vp);
	error = vn_lock(vp, lkflags);
	if (error == 0) {
		if ((vp->v_flag & VDEAD) == 0)
			return (0);
		vn_unlock(vp);
		error = ENOENT;
	}
	vrele(vp);
	return (error);
}

/**
 * Locks a vnode, exclusively.  A dead one can be locked, too: then every
 * operation fails.
 * @param vp	referenced
 * @param lkflags LK_NOWAIT, LK_PCATCH
 * @return	0; EBUSY, EINTR, ERESTART
 */
int
vn_lock(struct vnode *vp, u_int lkflags)
{
	return (lockmgr(
	    &vp->v_lock, LK_EXCLUSIVE | (lkflags & (LK_NOWAIT | LK_PCATCH))));
}

/**
 * Locks a vnode while another one is locked, without ever waiting for one with
 * the other held: so it does not matter which of the two others would lock
 * first, as they may where a directory is damaged and contains its parent.
 * @param vp	referenced
 * @param held	referenced, locked; may be unlocked for a while
 * @return	whether `held` has been locked all the time; if not, both may
 *		have changed, and may be dead
 */
bool
vn_lock_also(struct vnode *vp, struct vnode *held)
{
	struct vnode *tmp;
	bool all_the_time = true;

	while (vn_lock(vp, LK_NOWAIT) != 0) {
		all_the_time = false;
		vn_unlock(held);
		vn_lock(vp, LK_EXCLUSIVE);
		tmp = vp;
		vp = held;
		held = tmp;
	}
	return (all_the_time);
}

/**
 * Undoes vn_lock().
 * @param vp	locked by the caller
 */
void
vn_unlock(struct vnode *vp)
{
	lockmgr(&vp->v_lock, LK_RELEASE);
}

/* One attempt; the first one may be waited for. */
static bool
try_lock_all(struct vnode *const *vps, u_int n)
{
	u_int i;

	for (i = 0; i < n; i++)
		if (vps[i] != NULL &&
		    vn_lock(vps[i], i == 0 ? 0 : LK_NOWAIT) != 0)
			break;
	if (i != n)
		vn_unlock_all(vps, i);
	return (i == n);
}

/**
 * Locks vnodes of which it is not known which lies below which, as for a
 * rename.  None but the first is waited for with another one held: if one
 * cannot be had all are given back, and the attempt begins again.
 * @param vps	vnodes, referenced, each only once; some may be NULL
 * @param n	how many
 */
void
vn_lock_all(struct vnode *const *vps, u_int n)
{
	while (!try_lock_all(vps, n))
		lwkt_yield();
}

/**
 * Undoes vn_lock_all().
 * @param vps	vnodes, some may be NULL
 * @param n	how many
 */
void
vn_unlock_all(struct vnode *const *vps, u_int n)
{
	while (n-- > 0)
		if (vps[n] != NULL)
			vn_unlock(vps[n]);
}

/* Its pages go: what is dirty is written first, if that can be done.  Those
 * that are nowhere else, memory, are left to the file system. */
static void
vnode_drop_object(struct vnode *vp)
{
	struct vm_object *obj = vp->v_object;

	if (obj == NULL)
		return;
	if (vn_cache_flush(vp, 0, 0, true) != 0)
		kprintf("vnode: contents of a file are lost: cannot be "
			"written\n");
	spin_lock(&obj->vo_spin);
	obj->vo_vnode = NULL;
	if (obj->vo_type == OBJT_VNODE)
		obj->vo_size = 0;
	spin_unlock(&obj->vo_spin);
	if (obj->vo_type == OBJT_VNODE)
		vm_object_page_remove(obj, 0, 0);
	vp->v_object = NULL;
	vm_object_rel(obj);
}

/**
 * Parts a vnode from its file system, now, whoever has references.  Sleeps.
 * @param vp	referenced and locked by the caller; stays so
 */
void
vgone(struct vnode *vp)
{
	if ((vp->v_flag & VDEAD) != 0)
		return;
	vp->v_flag |= VDEAD;
	cache_purge(vp);
	vnode_drop_object(vp);
	while (vp->v_opencount > 0)
		VOP_CLOSE(vp, vp->v_writecount > 0 ? FREAD | FWRITE : FREAD);
	VOP_RECLAIM(vp);
	cache_purge(vp);
	knote_empty(&vp->v_klist);
	vp->v_ops = &dead_vnode_vops;
	vp->v_data = NULL;
	vp->v_rdev = NULL;
	if (vp->v_mount != NULL) {
		LIST_REMOVE(vp, v_mntvnodes);
		vp->v_mount = NULL;
	}
}

/* One vnode of a file system that can be reclaimed. */
static struct vnode *
vflush_next(struct mount *mp, const struct vnode *skip, bool force)
{
	struct vnode *vp;

	LIST_FOREACH(vp, &mp->mnt_vnodes, v_mntvnodes)
	if (vp != skip && (force || vp->v_usecount == 0))
		return (vp);
	return (NULL);
}

/**
 * Reclaims all vnodes of a file system.  Sleeps.
 * @param mp	the file system; nobody can get at its files by name
 * @param skip	one that stays, or NULL
 * @param force	those in use, too
 * @return	0; EBUSY: some are in use
 */
int
vflush(struct mount *mp, struct vnode *skip, bool force)
{
	struct vnode *vp;

	while ((vp = vflush_next(mp, skip, force)) != NULL) {
		vref(vp);
		vn_lock(vp, LK_EXCLUSIVE);
		if ((vp->v_flag & VDEAD) != 0 && vp->v_mount == mp) {
			/* Another thread is about it, and sleeps. */
			vput(vp);
			tsleep(mp, 0, "vflush", 1);
			continue;
		}
		if (vp->v_mount == mp && (force || vp->v_usecount == 1))
			vgone(vp);
		vput(vp);
	}
	LIST_FOREACH(vp, &mp->mnt_vnodes, v_mntvnodes)
	if (vp != skip)
		return (EBUSY);
	return (0);
}

/**
 * Reclaims unused vnodes, with their pages: memory is short.  Only such as
 * need not be written, so that no lock of the caller can be in the way.
 * @param n	how many
 * @return	whether there was one
 */
bool
vnode_free_some(u_int n)
{
	static bool busy;
	bool any;

	lwkt_gettoken(&mp_token);
	any = cache_free_some(n);
	if (!busy) {
		busy = true;
		for (; n > 0 && vnode_recycle(true); n--)
			any = true;
		busy = false;
	}
	lwkt_reltoken(&mp_token);
	return (any);
}

/**
 * Prepares attributes for VOP_SETATTR: nothing is to change.
 * @param va	set
 */
void
vattr_null(struct vattr *va)
{
	const struct timespec none = { VNOVAL, VNOVAL };

	*va = (struct vattr){
		.va_type = VNON,
		.va_mode = (mode_t)VNOVAL,
		.va_nlink = (nlink_t)VNOVAL,
		.va_uid = (uid_t)VNOVAL,
		.va_gid = (gid_t)VNOVAL,
		.va_fsid = (dev_t)VNOVAL,
		.va_fileid = (ino_t)VNOVAL,
		.va_size = VNOVAL,
		.va_blocksize = (uint32_t)VNOVAL,
		.va_atime = none,
		.va_mtime = none,
		.va_ctime = none,
		.va_rdev = (dev_t)VNOVAL,
		.va_bytes = (uint64_t)VNOVAL,
		.va_gen = (uint32_t)VNOVAL,
		.va_flags = (uint32_t)VNOVAL,
	};
}
