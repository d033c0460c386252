/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * UFS: mounting, unmounting, writing what is dirty.
 *
 * A super block is looked at closely before anything is believed that it says;
 * from then on its numbers can be used without a check.
 */
#include "ufs.h"
#include <sys/proc.h>
#include <sys/time.h>
#include <vm/vm_object.h>

static bool
power_of_two(int32_t n, int32_t log)
{
	return (log >= 0 && log < 31 && n == 1 << log);
}

/* NULL, or what is wrong with a super block. */
static const char *
check_super(const struct fs *fs, off_t mediasize)
{
	if (fs->fs_magic != FS_MAGIC)
		return ("no UFS version 1 is there");
	if (!power_of_two(fs->fs_bsize, fs->fs_bshift) ||
	    fs->fs_bsize < MIN_BSIZE || fs->fs_bsize > MAX_BSIZE ||
	    !power_of_two(fs->fs_fsize, fs->fs_fshift) ||
	    fs->fs_fsize < DEV_BSIZE ||
	    !power_of_two(fs->fs_frag, fs->fs_fragshift) ||
	    fs->fs_frag > MAX_FRAG ||
	    fs->fs_bsize != fs->fs_fsize * fs->fs_frag)
		return ("its sizes of blocks and fragments are impossible");
	if (fs->fs_inodefmt != FS_44INODEFMT)
		return ("its inodes are of an old format");
	if (fs->fs_inopb != fs->fs_bsize / (int)sizeof(struct ufs1_dinode) ||
	    fs->fs_nindir != fs->fs_bsize / 4)
		return ("its counts for a block are impossible");
	if (fs->fs_size <= 0 || (off_t)fs->fs_size > mediasize >> fs->fs_fshift)
		return ("it is larger than its device");
	if (fs->fs_fpg <= 0 || fs->fs_fpg % fs->fs_frag != 0 ||
	    fs->fs_ncg <= 0 || fs->fs_ncg != (fs->fs_size - 1) / fs->fs_fpg + 1)
		return ("its cylinder groups do not fit it");
	if (fs->fs_ipg <= 0 || fs->fs_ipg % fs->fs_inopb != 0 ||
	    fs->fs_ipg > 1 << 20 ||
	    (int64_t)fs->fs_ncg * fs->fs_ipg > 0x7fffffff)
		return ("its numbers of inodes are impossible");
	if (fs->fs_cgoffset < 0 || fs->fs_cgmask >= 0 ||
	    fs->fs_cgoffset * (int64_t)MIN(~fs->fs_cgmask, fs->fs_ncg - 1) +
		    fs->fs_dblkno >=
		fs->fs_fpg)
		return ("its groups' offsets are impossible");
	if (fs->fs_cgsize < (int)sizeof(struct cg) ||
	    fs->fs_cgsize > fs->fs_bsize)
		return ("its cylinder groups have an impossible size");
	if (fs->fs_sblkno < 0 || fs->fs_cblkno <= fs->fs_sblkno ||
	    fs->fs_iblkno <= fs->fs_cblkno ||
	    fs->fs_dblkno - fs->fs_iblkno <
		fs->fs_ipg / fs->fs_inopb * fs->fs_frag ||
	    (fs->fs_sblkno | fs->fs_cblkno | fs->fs_iblkno | fs->fs_dblkno |
		fs->fs_cgoffset) %
		    fs->fs_frag !=
		0)
		return ("the parts of its groups overlap");
	if (fs->fs_cssize / (int)sizeof(struct csum) < fs->fs_ncg ||
	    fs->fs_cssize > 1 << 24 || fs->fs_csaddr <= 0 ||
	    fs->fs_csaddr >
		fs->fs_size - (int)howmany(fs->fs_cssize, fs->fs_fsize))
		return ("its sums of groups are impossible");
	if (fs->fs_maxsymlinklen < 0 || fs->fs_maxsymlinklen > 60 ||
	    fs->fs_contigsumsize < 0 || fs->fs_contigsumsize > 64 ||
	    fs->fs_minfree < 0 || fs->fs_minfree > 99 ||
	    fs->fs_maxfilesize == 0 || fs->fs_maxfilesize > 1UL << 60)
		return ("its limits are impossible");
	return (NULL);
}

/**
 * Says what is wrong with a file system; the first few times.
 * @param ump	file system
 * @param fmt	sentence without a full stop
 */
void
ufs_bad(struct ufsmount *ump, const char *fmt, ...)
{
	static u_int said;
	va_list ap;

	if (said >= 20)
		return;
	kprintf("ufs: %s: ", ump->um_dev->si_name);
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf(++said == 20 ? " (no more of these)\n" : "\n");
}

static int
read_super(struct ufsmount *ump)
{
	const char *wrong;
	char *data;
	int error;

	if (ump->um_dev->si_mediasize < SBLOCK_OFFSET + SBLOCK_READ) {
		ufs_bad(ump, "the device is too small");
		return (EINVAL);
	}
	data = kmalloc(SBLOCK_READ, M_UFS, M_WAITOK);
	error = dev_rdwr(
	    ump->um_dev, BUF_CMD_READ, data, SBLOCK_OFFSET, SBLOCK_READ);
	ump->um_fs = (struct fs *)(void *)data;
	if (error != 0)
		return (error);
	wrong = check_super(ump->um_fs, ump->um_dev->si_mediasize);
	if (wrong == NULL)
		return (0);
	ufs_bad(ump, "%s", wrong);
	return (EINVAL);
}

/* Transfers the groups' sums, fragment by fragment. */
static int
transfer_sums(struct ufsmount *ump, enum buf_cmd cmd)
{
	const struct fs *fs = ump->um_fs;

	return (dev_rdwr(ump->um_dev, cmd, ump->um_cs,
	    fsbtobytes(fs, fs->fs_csaddr), fragroundup(fs, fs->fs_cssize)));
}

static int
read_sums(struct ufsmount *ump)
{
	const struct fs *fs = ump->um_fs;

	ump->um_cs = kmalloc(fragroundup(fs, fs->fs_cssize), M_UFS, M_WAITOK);
	return (transfer_sums(ump, BUF_CMD_READ));
}

static int
write_super(struct ufsmount *ump)
{
	struct timespec now;
	char *data;
	int error;

	nanotime(&now);
	ump->um_fs->fs_time = ufs_disk_time(now.tv_sec);
	/* The rest of the sectors stays what it is. */
	data = kmalloc(SBLOCK_READ, M_UFS, M_WAITOK);
	memcpy(data, ump->um_fs, SBLOCK_READ);
	error = dev_rdwr(
	    ump->um_dev, BUF_CMD_WRITE, data, SBLOCK_OFFSET, SBLOCK_READ);
	kfree(data, M_UFS);
	return (error);
}

/**
 * Writes super block and sums if they have changed.
 * @param ump	file system
 * @return	0 or EIO
 */
int
ufs_sbupdate(struct ufsmount *ump)
{
	int error;

	if (!ump->um_fmod || ump->um_ronly)
		return (0);
	ump->um_fmod = false;
	error = transfer_sums(ump, BUF_CMD_WRITE);
	return (error != 0 ? error : write_super(ump));
}

static void
free_mount(struct ufsmount *ump)
{
	kfree(ump->um_cs, M_UFS);
	kfree(ump->um_fs, M_UFS);
	kfree(ump, M_UFS);
}

/* A device by name, with or without "/dev/". */
static struct cdev *
find_device(const char *from)
{
	return (dev_find(strncmp(from, "/dev/", 5) == 0 ? from + 5 : from));
}

/* Says on disk that the file system is unmounted (which it cannot be if it was
 * not when it was mounted: nobody has looked at it since) or not. */
static int
set_clean(struct ufsmount *ump, bool clean)
{
	ump->um_fs->fs_clean = clean && ump->um_clean;
	return (write_super(ump));
}

/* From read-only to read-write and back. */
static int
remount(struct ufsmount *ump, bool ronly)
{
	struct inode *ip;
	int error;

	if (ronly == ump->um_ronly)
		return (0);
	if (!ronly) {
		error = set_clean(ump, false);
		ump->um_ronly = error != 0;
		return (error);
	}
	for (u_int i = 0; i < INODE_HASH; i++)
		LIST_FOREACH(ip, &ump->um_hash[i], i_hash)
	if (ip->i_din.di_nlink == 0 || ip->i_vnode->v_writecount != 0)
		return (EBUSY);
	error = ump->um_mp->mnt_op->vfs_sync(ump->um_mp, true);
	if (error == 0)
		error = set_clean(ump, true);
	if (error == 0)
		ump->um_ronly = true;
	return (error);
}

/* Whether a file system of that device is mounted. */
static bool
is_mounted(const struct cdev *dev)
{
	const struct mount *mp;

	TAILQ_FOREACH(mp, &mountlist, mnt_list)
	if (mp->mnt_op == &ufs_vfsops && mp->mnt_data != NULL &&
	    VFSTOUFS(mp)->um_dev == dev)
		return (true);
	return (false);
}

static int
ufs_mount(struct mount *mp, const char *from,
    const struct mount_options *mo __unused, struct ucred *cred __unused)
{
	struct ufsmount *ump;
	struct cdev *dev;
	int error;

	if ((mp->mnt_flag & MNT_UPDATE) != 0)
		return (
		    remount(VFSTOUFS(mp), (mp->mnt_flag & MNT_RDONLY) != 0));
	if (from == NULL)
		return (EINVAL);
	dev = find_device(from);
	if (dev == NULL)
		return (ENXIO);
	if ((dev->si_ops->d_flags & D_DISK) == 0)
		return (ENOTBLK);
	if (is_mounted(dev))
		return (EBUSY);
	/* It may have been written to since it was mounted last. */
	bpurge(dev);
	ump = kmalloc(sizeof(*ump), M_UFS, M_WAITOK | M_ZERO);
	ump->um_mp = mp;
	ump->um_dev = dev;
	ump->um_ronly = (mp->mnt_flag & MNT_RDONLY) != 0;
	error = read_super(ump);
	if (error == 0)
		error = read_sums(ump);
	ump->um_clean = error == 0 && ump->um_fs->fs_clean != 0;
	if (error == 0 && !ump->um_ronly) {
		if (!ump->um_clean)
			kprintf("ufs: %s was not unmounted\n", dev->si_name);
		error = set_clean(ump, false);
	}
	if (error != 0) {
		free_mount(ump);
		return (error);
	}
	dev->si_opens++;
	mp->mnt_data = ump;
	return (0);
}

static int
ufs_root(struct mount *mp, struct vnode **vpp)
{
	int error = ufs_vget(VFSTOUFS(mp), UFS_ROOTINO, LK_EXCLUSIVE, vpp);

	if (error != 0)
		return (error == ENOENT ? EFTYPE : error);
	if ((*vpp)->v_type == VDIR)
		return (0);
	vput(*vpp);
	return (EFTYPE);
}

static int
ufs_statvfs(struct mount *mp, struct statvfs *sbp)
{
	const struct ufsmount *ump = VFSTOUFS(mp);
	const struct fs *fs = ump->um_fs;
	int64_t reserved = (int64_t)fs->fs_dsize * fs->fs_minfree / 100;

	sbp->f_bsize = fs->fs_bsize;
	sbp->f_frsize = fs->fs_fsize;
	sbp->f_blocks = fs->fs_dsize;
	sbp->f_bfree = ((uint64_t)fs->fs_cstotal.cs_nbfree
			   << fs->fs_fragshift) +
	    fs->fs_cstotal.cs_nffree;
	sbp->f_bavail = sbp->f_bfree > (uint64_t)reserved
	    ? sbp->f_bfree - reserved
	    : 0;
	sbp->f_files = (uint64_t)fs->fs_ncg * fs->fs_ipg - UFS_ROOTINO;
	sbp->f_ffree = sbp->f_favail = fs->fs_cstotal.cs_nifree;
	sbp->f_namemax = NAME_MAX_FS;
	return (0);
}

/* One of a list that has something to write, and that this pass of ufs_sync()
 * has not seen: what cannot be written does not stop the others. */
static struct vnode *
next_dirty(const struct ufsmount *ump, struct inodehash *list)
{
	struct inode *ip;
	struct vm_object *obj;

	LIST_FOREACH(ip, list, i_hash)
	{
		obj = ip->i_vnode->v_object;
		if (ip->i_pass == ump->um_pass ||
		    ((ip->i_flag &
			 (IN_DIRTY | IN_ACCESS | IN_UPDATE | IN_CHANGE)) == 0 &&
			(obj == NULL || obj->vo_dirty == 0)))
			continue;
		ip->i_pass = ump->um_pass;
		return (ip->i_vnode);
	}
	return (NULL);
}

/* Contents, inodes, metadata, sums: in this order. */
static int
ufs_sync(struct mount *mp, bool wait)
{
	struct ufsmount *ump = VFSTOUFS(mp);
	struct vnode *vp;
	int error, first = 0;

	if (ump->um_ronly)
		return (0);
	lockmgr(&mp->mnt_lock, LK_EXCLUSIVE);
	ump->um_pass++;
	for (u_int i = 0; i < INODE_HASH; i++) {
		/* The list may be another after each. */
		while ((vp = next_dirty(ump, &ump->um_hash[i])) != NULL) {
			if (vget(vp, LK_EXCLUSIVE) != 0)
				continue;
			error = vn_cache_flush(vp, 0, 0, wait);
			if (error == 0)
				error = ufs_update(VTOI(vp), false);
			vput(vp);
			if (first == 0)
				first = error;
		}
	}
	error = bsync(ump->um_dev, wait);
	if (first == 0)
		first = error;
	error = ufs_sbupdate(ump);
	lockmgr(&mp->mnt_lock, LK_RELEASE);
	return (first != 0 ? first : error);
}

static int
ufs_unmount(struct mount *mp, bool force)
{
	struct ufsmount *ump = VFSTOUFS(mp);
	int error;

	error = ufs_sync(mp, true);
	if (error != 0 && !force)
		return (error);
	error = vflush(mp, NULL, force);
	if (error != 0)
		return (error);
	if (!ump->um_ronly) {
		error = bsync(ump->um_dev, true);
		ump->um_fmod = true;
		if (error == 0)
			error = ufs_sbupdate(ump);
		if (error == 0)
			error = set_clean(ump, true);
		if (error != 0 && !force)
			return (error);
	}
	bpurge(ump->um_dev);
	dev_drop(ump->um_dev);
	free_mount(ump);
	mp->mnt_data = NULL;
	return (0);
}

/** UFS as a kind of file system. */
const struct vfsops ufs_vfsops = {
	.vfs_name = "ufs",
	.vfs_mount = ufs_mount,
	.vfs_unmount = ufs_unmount,
	.vfs_root = ufs_root,
	.vfs_statvfs = ufs_statvfs,
	.vfs_sync = ufs_sync,
};
