/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Disks, their slices and partitions.
 *
 *     md0        the whole disk
 *     md0s0      the disk, if it has no MBR
 *     md0s1..4   what an MBR lists
 *     md0s0a..p  what the BSD disklabel in the second sector of a slice lists
 *
 * A slice or partition is a device whose transfers are moved and handed to the
 * disk's driver.
 */
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/disklabel.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/uio.h>

#define MBR_TABLE	   446
#define MBR_ENTRIES	   4
#define MBR_ENTRY	   16
#define MBR_SIGNATURE	   510
#define MINOR(slice, part) ((slice)*32 + (part))
#define BOUNCE		   (16 * 1024) /* bytes of a raw transfer */

static MALLOC_DEFINE(M_DISK, "disks");

/** A part of a disk: the whole, a slice, a partition. */
struct diskpart {
	const struct dev_ops *dp_ops; /**< the disk's driver */
	struct cdev *dp_disk;	      /**< for that driver */
	off_t dp_start;		      /**< first byte on the disk */
	off_t dp_size;		      /**< bytes */
};

static void
part_strategy(struct cdev *dev, struct buf *bp)
{
	const struct diskpart *dp = dev->si_drv1;
	off_t offset = bp->b_doffset;

	if (bp->b_cmd != BUF_CMD_FLUSH &&
	    (offset < 0 || offset % DEV_BSIZE != 0 ||
		bp->b_bcount % DEV_BSIZE != 0 || offset > dp->dp_size ||
		bp->b_bcount > (u_long)(dp->dp_size - offset))) {
		bp->b_error = EIO;
		bufdone(bp);
		return;
	}
	bp->b_doffset = offset + dp->dp_start;
	dp->dp_ops->d_strategy(dp->dp_disk, bp);
}

static int
part_ioctl(struct cdev *dev, u_long com, caddr_t data, int fflag __unused,
    struct ucred *cred __unused)
{
	const struct diskpart *dp = dev->si_drv1;

	switch (com) {
	case DIOCGMEDIASIZE:
		*(off_t *)(void *)data = dp->dp_size;
		return (0);
	case DIOCGSECTORSIZE:
		*(u_int *)(void *)data = DEV_BSIZE;
		return (0);
	}
	return (ENOTTY);
}

/* Raw reads and writes, of whole sectors or of less. */
static int
part_rdwr(struct cdev *dev, struct uio *uio, enum buf_cmd cmd)
{
	const struct diskpart *dp = dev->si_drv1;
	char *bounce;
	size_t n, at, span;
	off_t base;
	int error = 0;

	if (uio->uio_offset < 0)
		return (EINVAL);
	bounce = kmalloc(BOUNCE, M_DISK, M_WAITOK);
	while (uio->uio_resid > 0 && error == 0) {
		if (uio->uio_offset >= dp->dp_size) {
			error = cmd == BUF_CMD_WRITE ? ENOSPC : 0;
			break;
		}
		base = rounddown2(uio->uio_offset, DEV_BSIZE);
		at = uio->uio_offset - base;
		n = MIN(uio->uio_resid, BOUNCE - at);
		n = MIN(n, (size_t)(dp->dp_size - uio->uio_offset));
		span = roundup2(at + n, DEV_BSIZE);
		if (cmd == BUF_CMD_READ || span != n)
			error = dev_rdwr(dev, BUF_CMD_READ, bounce, base, span);
		if (error == 0)
			error = uiomove(bounce + at, n, uio);
		if (error == 0 && cmd == BUF_CMD_WRITE)
			error = dev_rdwr(
			    dev, BUF_CMD_WRITE, bounce, base, span);
	}
	kfree(bounce, M_DISK);
	return (error);
}

static int
part_read(struct cdev *dev, struct uio *uio, int ioflag __unused)
{
	return (part_rdwr(dev, uio, BUF_CMD_READ));
}

static int
part_write(struct cdev *dev, struct uio *uio, int ioflag __unused)
{
	return (part_rdwr(dev, uio, BUF_CMD_WRITE));
}

static const struct dev_ops part_ops = {
	.d_name = "disk",
	.d_flags = D_DISK,
	.d_read = part_read,
	.d_write = part_write,
	.d_ioctl = part_ioctl,
	.d_strategy = part_strategy,
};

/* A device for a part of the disk that `of` is. */
static struct cdev *
part_create(const struct diskpart *of, int minor, off_t start, off_t size,
    const char *name)
{
	struct diskpart *dp;
	struct cdev *dev;

	dp = kmalloc(sizeof(*dp), M_DISK, M_WAITOK);
	*dp = *of;
	dp->dp_start += start;
	dp->dp_size = size;
	dev = make_dev(&part_ops, minor, 0, 0, 0640, "%s", name);
	dev->si_drv1 = dp;
	dev->si_mediasize = size;
	return (dev);
}

/* Reads the label of a slice and makes its partitions. */
static void
read_label(struct cdev *slice, int number)
{
	const struct diskpart *dp = slice->si_drv1;
	struct disklabel *lp;
	const struct partition *p;
	const char *wrong;
	char name[sizeof(slice->si_name)];

	if (dp->dp_size < 2 * DEV_BSIZE)
		return;
	lp = kmalloc(DEV_BSIZE, M_DISK, M_WAITOK);
	if (dev_rdwr(slice, BUF_CMD_READ, lp, LABELSECTOR * DEV_BSIZE,
		DEV_BSIZE) != 0)
		goto out;
	wrong = disklabel_check(lp, dp->dp_size / DEV_BSIZE);
	if (wrong != NULL) {
		if (lp->d_magic == DISKMAGIC)
			kprintf("%s: %s\n", slice->si_name, wrong);
		goto out;
	}
	for (u_int i = 0; i < lp->d_npartitions; i++) {
		p = &lp->d_partitions[i];
		if (p->p_size == 0)
			continue;
		ksnprintf(name, sizeof(name), "%s%c", slice->si_name, 'a' + i);
		part_create(dp, MINOR(number, i + 1),
		    (off_t)p->p_offset * DEV_BSIZE,
		    (off_t)p->p_size * DEV_BSIZE, name);
	}
out:
	kfree(lp, M_DISK);
}

static uint32_t
le32(const uint8_t *p)
{
	return (p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24);
}

/* Makes the slices that an MBR lists; false if there is no MBR. */
static bool
read_mbr(const struct cdev *whole, const struct diskpart *dp)
{
	uint8_t *mbr = kmalloc(DEV_BSIZE, M_DISK, M_WAITOK);
	char name[sizeof(whole->si_name)];
	const uint8_t *e;
	off_t start, size;
	u_int found = 0;

	if (dp->dp_size < DEV_BSIZE ||
	    dev_rdwr((struct cdev *)(uintptr_t)whole, BUF_CMD_READ, mbr, 0,
		DEV_BSIZE) != 0 ||
	    mbr[MBR_SIGNATURE] != 0x55 || mbr[MBR_SIGNATURE + 1] != 0xaa)
		goto out;
	for (u_int i = 0; i < MBR_ENTRIES; i++) {
		e = mbr + MBR_TABLE + i * MBR_ENTRY;
		start = (off_t)le32(e + 8) * DEV_BSIZE;
		size = (off_t)le32(e + 12) * DEV_BSIZE;
		if (e[4] == 0 || size == 0 || start == 0 ||
		    start > dp->dp_size || size > dp->dp_size - start)
			continue;
		found++;
		ksnprintf(name, sizeof(name), "%ss%u", whole->si_name, i + 1);
		read_label(
		    part_create(dp, MINOR(i + 1, 0), start, size, name), i + 1);
	}
out:
	kfree(mbr, M_DISK);
	return (found != 0);
}

/**
 * Makes the devices of a disk.  Reads from it.  Under mp_token.
 * @param ops		driver: d_strategy is used
 * @param unit		its number
 * @param name		driver's name, such as "md"
 * @param mediasize	bytes
 * @param drv1		si_drv1 of the device that the driver sees
 * @param devp		set to the whole disk if not NULL
 * @return		0; EINVAL: smaller than a sector
 */
int
disk_create(const struct dev_ops *ops, int unit, const char *name,
    int64_t mediasize, void *drv1, struct cdev **devp)
{
	struct diskpart all = { .dp_ops = ops };
	struct cdev *raw, *whole;
	char text[sizeof(raw->si_name)];

	if (mediasize < DEV_BSIZE)
		return (EINVAL);
	/* What the driver sees has no name: it is reached by the parts. */
	raw = kmalloc(sizeof(*raw), M_DISK, M_WAITOK | M_ZERO);
	raw->si_ops = ops;
	raw->si_drv1 = drv1;
	raw->si_mediasize = mediasize;
	all.dp_disk = raw;
	all.dp_size = mediasize;
	ksnprintf(text, sizeof(text), "%s%d", name, unit);
	whole = part_create(&all, unit * 256, 0, mediasize, text);
	if (!read_mbr(whole, &all)) {
		ksnprintf(text, sizeof(text), "%s%ds0", name, unit);
		read_label(
		    part_create(&all, unit * 256 + 32, 0, mediasize, text),
		    unit * 8 + 1);
	}
	if (devp != NULL)
		*devp = whole;
	return (0);
}
