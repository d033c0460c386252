/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory disks: files that the boot loader has put into memory, as md0, md1...
 *
 * A loader takes its time for every byte.  So a file may come without the
 * zeros at its end, with "size=BYTES" as the second word of its name, and the
 * zeros are made here, in pieces.
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
#include <vm/vm_page.h>

#define MD_PIECE (64 * 1024)

static MALLOC_DEFINE(M_MD, "memory disks");

/** A disk. */
struct md_disk {
	char *data;    /**< its contents, as far as they were loaded */
	size_t loaded; /**< bytes of that: whole sectors */
	char **pieces; /**< its contents from there on */
	size_t size;   /**< bytes of all: whole sectors */
};

/* Where a byte of a disk is; *n is cut to what lies behind it in one piece. */
static char *
md_place(const struct md_disk *md, size_t offset, size_t *n)
{
	if (offset < md->loaded) {
		*n = MIN(*n, md->loaded - offset);
		return (md->data + offset);
	}
	offset -= md->loaded;
	*n = MIN(*n, MD_PIECE - offset % MD_PIECE);
	return (md->pieces[offset / MD_PIECE] + offset % MD_PIECE);
}

static void
md_copy(const struct md_disk *md, const struct buf *bp)
{
	size_t done, n;
	char *place;

	for (done = 0; done < bp->b_bcount; done += n) {
		n = bp->b_bcount - done;
		place = md_place(md, bp->b_doffset + done, &n);
		if (bp->b_cmd == BUF_CMD_READ)
			memcpy(bp->b_data + done, place, n);
		else
			memcpy(place, bp->b_data + done, n);
	}
}

static void
md_strategy(struct cdev *dev, struct buf *bp)
{
	const struct md_disk *md = dev->si_drv1;

	bp->b_error = 0;
	if (bp->b_cmd != BUF_CMD_FLUSH &&
	    (bp->b_doffset < 0 || (size_t)bp->b_doffset > md->size ||
		bp->b_bcount > md->size - bp->b_doffset))
		bp->b_error = EIO;
	else if (bp->b_cmd == BUF_CMD_READ || bp->b_cmd == BUF_CMD_WRITE)
		md_copy(md, bp);
	bufdone(bp);
}

static const struct dev_ops md_ops = {
	.d_name = "md",
	.d_flags = D_DISK,
	.d_strategy = md_strategy,
};

/* Makes a disk larger, as far as there is memory. */
static void
md_extend(struct md_disk *md, size_t size)
{
	size_t n = howmany(size - md->size, MD_PIECE);

	if (atop(size - md->size) >= vm_page_free_count())
		return;
	md->pieces = kmalloc(n * sizeof(char *), M_MD, M_NOWAIT);
	if (md->pieces == NULL)
		return;
	for (u_int i = 0; md->size < size; i++) {
		md->pieces[i] = kmalloc(MD_PIECE, M_MD, M_NOWAIT | M_ZERO);
		if (md->pieces[i] == NULL)
			return;
		md->size += MIN(MD_PIECE, size - md->size);
	}
}

/* The size that a name tells, in whole sectors, or 0. */
static size_t
size_in_name(const char *name)
{
	static const char word[] = " size=";
	const char *at = strstr(name, word);

	if (at == NULL)
		return (0);
	return (rounddown2(strtoul(at + strlen(word), NULL, 10), DEV_BSIZE));
}

static int
first_word(const char *name)
{
	const char *end = strchr(name, ' ');

	return (int)(end != NULL ? (size_t)(end - name) : strlen(name));
}

/** Makes a disk of every file that the boot loader brought. */
void
md_init(void)
{
	struct md_disk *md;
	const char *name;
	size_t size, whole;
	void *data;
	u_int n;

	for (n = 0; (data = md_preload(n, &size, &name)) != NULL; n++) {
		md = kmalloc(sizeof(*md), M_MD, M_WAITOK);
		md->data = data;
		md->pieces = NULL;
		md->size = md->loaded = rounddown2(size, DEV_BSIZE);
		whole = size_in_name(name);
		if (whole > md->size)
			md_extend(md, whole);
		if (whole > md->size)
			kprintf("md%u: no memory for its last %zu KB\n", n,
			    (whole - md->size) >> 10);
		kprintf("md%u: %zu KB in memory, %.*s\n", n, md->size >> 10,
		    first_word(name), name);
		if (disk_create(&md_ops, n, "md", md->size, md, NULL) != 0)
			kfree(md, M_MD);
	}
}
