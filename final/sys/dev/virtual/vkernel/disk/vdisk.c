/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * vkd: disks of a vkernel, images in files of its host.
 *
 * Source: DragonFly's dev/virtual/vkernel/disk/vdisk.c, for the behaviour.
 */
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/systm.h>
#include <machine/host.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>

/* All of a transfer, or EIO. */
static int
transfer(const struct vk_disk *d, struct buf *bp)
{
	size_t done = 0;
	long n;

	while (done < bp->b_bcount) {
		n = bp->b_cmd == BUF_CMD_READ
		    ? host_extpread(d->fd, bp->b_data + done,
			  bp->b_bcount - done, 0, bp->b_doffset + done)
		    : host_extpwrite(d->fd, bp->b_data + done,
			  bp->b_bcount - done, 0, bp->b_doffset + done);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (EIO);
		done += n;
	}
	return (0);
}

/* Writes stay in this process's mapping. */
static int
transfer_cow(const struct vk_disk *d, struct buf *bp)
{
	if (bp->b_cmd == BUF_CMD_READ)
		memcpy(bp->b_data, d->cow + bp->b_doffset, bp->b_bcount);
	else
		memcpy(d->cow + bp->b_doffset, bp->b_data, bp->b_bcount);
	return (0);
}

static void
vkd_strategy(struct cdev *dev, struct buf *bp)
{
	const struct vk_disk *d = dev->si_drv1;

	bp->b_error = 0;
	if (bp->b_cmd == BUF_CMD_FLUSH) {
		if (!d->readonly && d->cow == NULL && host_fsync(d->fd) < 0)
			bp->b_error = EIO;
	} else if (bp->b_doffset < 0 || (u_long)bp->b_doffset > d->size ||
	    bp->b_bcount > d->size - bp->b_doffset) {
		bp->b_error = EIO;
	} else if (bp->b_cmd == BUF_CMD_WRITE && d->readonly) {
		bp->b_error = EROFS;
	} else {
		bp->b_error = d->cow != NULL ? transfer_cow(d, bp)
					     : transfer(d, bp);
	}
	bufdone(bp);
}

static const struct dev_ops vkd_ops = {
	.d_name = "vkd",
	.d_flags = D_DISK,
	.d_strategy = vkd_strategy,
};

/** Makes a disk of every image that the command line names. */
void
vkd_init(void)
{
	const struct vk_disk *d;
	int error;

	for (int i = 0; i < vk_config->ndisks; i++) {
		d = &vk_config->disks[i];
		kprintf("vkd%d: %lu KB, %s%s%s%s%s\n", i, d->size >> 10,
		    d->name, d->serial != NULL ? ", serial number " : "",
		    d->serial != NULL ? d->serial : "",
		    d->readonly ? ", read-only" : "",
		    d->cow != NULL ? ", writes are not kept" : "");
		error = disk_create(
		    &vkd_ops, i, "vkd", d->size, (void *)(uintptr_t)d, NULL);
		if (error != 0)
			kprintf("vkd%d: error %d\n", i, error);
	}
}
