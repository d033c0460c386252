/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory disks: files that the boot loader has put into memory, as md0, md1...
 *
 * What is written stays until the machine is switched off.  A transfer is a
 * copy and ends at once.
 */
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <machine/md_var.h>

static MALLOC_DEFINE(M_MD, "memory disks");

/** A disk. */
struct md_disk {
	char *data;  /**< its contents */
	size_t size; /**< bytes: whole sectors */
};

static void
md_strategy(struct cdev *dev, struct buf *bp)
{
	const struct md_disk *md = dev->si_drv1;

	bp->b_error = 0;
	if (bp->b_cmd != BUF_CMD_FLUSH &&
	    (bp->b_doffset < 0 || (size_t)bp->b_doffset > md->size ||
		bp->b_bcount > md->size - bp->b_doffset))
		bp->b_error = EIO;
	else if (bp->b_cmd == BUF_CMD_READ)
		memcpy(bp->b_data, md->data + bp->b_doffset, bp->b_bcount);
	else if (bp->b_cmd == BUF_CMD_WRITE)
		memcpy(md->data + bp->b_doffset, bp->b_data, bp->b_bcount);
	bufdone(bp);
}

static const struct dev_ops md_ops = {
	.d_name = "md",
	.d_flags = D_DISK,
	.d_strategy = md_strategy,
};

/** Makes a disk of every file that the boot loader brought. */
void
md_init(void)
{
	struct md_disk *md;
	const char *name;
	size_t size;
	void *data;
	u_int n;

	for (n = 0; (data = md_preload(n, &size, &name)) != NULL; n++) {
		md = kmalloc(sizeof(*md), M_MD, M_WAITOK);
		md->data = data;
		md->size = rounddown2(size, DEV_BSIZE);
		kprintf(
		    "md%u: %zu KB in memory, %s\n", n, md->size >> 10, name);
		if (disk_create(&md_ops, n, "md", md->size, md, NULL) != 0)
			kfree(md, M_MD);
	}
}
