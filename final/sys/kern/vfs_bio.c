/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Buffers; <sys/buf.h> says what they are for.
 *
 * A buffer is found by device and offset and locked by who uses it.  One that
 * is not in use waits in a list, oldest first, until its memory is wanted for
 * another block.  What is dirty (B_DELWRI) is written then, or by the syncer
 * every few seconds, or by bsync().
 *
 * All of it runs under mp_token; only bufdone() may come from an interrupt.
 */
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <sys/tsleep.h>
#include <machine/globaldata.h>
#include <vm/vm_page.h>

#define BUF_HASH     256 /* hash_of() gives 8 bits */
#define SPACE_SHARE  16	 /* buffers take no more than this part of memory */
#define SPACE_MIN    (1UL << 20)
#define SYNC_SECONDS 5

static MALLOC_DEFINE(M_BUF, "buffers");

LIST_HEAD(bufhash, buf);

static struct bufhash hash[BUF_HASH];
static TAILQ_HEAD(, buf) unused = TAILQ_HEAD_INITIALIZER(unused);
static u_long space, space_limit; /* bytes of buffers */

static struct bufhash *
hash_of(const struct cdev *dev, off_t offset)
{
	u_long key = (uintptr_t)dev >> 4 ^ (u_long)offset >> DEV_BSHIFT;

	/* Blocks lie many sectors apart: the upper bits of a product. */
	return (&hash[key * 0x9e3779b97f4a7c15UL >> 56]);
}

/* Starts what b_cmd says and waits for its end. */
static int
transfer(struct buf *bp)
{
	bp->b_flags &= ~(B_DONE | B_ERROR);
	bp->b_error = 0;
	bp->b_done = NULL;
	bp->b_doffset = bp->b_offset;
	bp->b_dev->si_ops->d_strategy(bp->b_dev, bp);
	return (bufwait(bp));
}

/**
 * A driver has done what a buffer asked for.  Callable from interrupts.
 * @param bp	b_error says how it went
 */
void
bufdone(struct buf *bp)
{
	u_int flags = bp->b_error != 0 ? B_DONE | B_ERROR : B_DONE;

	if (bp->b_done != NULL) {
		__atomic_fetch_or(&bp->b_flags, flags, __ATOMIC_SEQ_CST);
		bp->b_done(bp);
		return;
	}
	__atomic_fetch_or(&bp->b_flags, flags, __ATOMIC_SEQ_CST);
	wakeup(bp);
}

/**
 * Waits until bufdone().
 * @param bp	whose transfer has been started
 * @return	0 or its error
 */
int
bufwait(struct buf *bp)
{
	while ((bp->b_flags & B_DONE) == 0) {
		tsleep_interlock(bp, 0);
		if ((bp->b_flags & B_DONE) != 0) {
			tsleep_remove();
			break;
		}
		tsleep(bp, PINTERLOCKED, "biowait", 0);
	}
	return ((bp->b_flags & B_ERROR) != 0 ? bp->b_error : 0);
}

static struct buf *
find(const struct cdev *dev, off_t offset)
{
	struct buf *bp;

	LIST_FOREACH(bp, hash_of(dev, offset), b_hash)
	if (bp->b_dev == dev && bp->b_offset == offset)
		return (bp);
	return (NULL);
}

/* Gives the memory of a buffer that is locked and in no list but the hash. */
static void
destroy(struct buf *bp)
{
	LIST_REMOVE(bp, b_hash);
	space -= bp->b_bufsize;
	kfree(bp->b_data, M_BUF);
	kfree(bp, M_BUF);
}

/* Writes an unused dirty buffer; it is clean or of no use afterwards. */
static int
write_back(struct buf *bp)
{
	int error;

	bp->b_cmd = BUF_CMD_WRITE;
	error = transfer(bp);
	bp->b_flags &= ~B_DELWRI;
	if (error != 0) {
		kprintf("%s: writing %u bytes at %ld: error %d\n",
		    bp->b_dev->si_name, bp->b_bcount, bp->b_offset, error);
		bp->b_flags |= B_INVAL;
	}
	return (error);
}

/* The oldest buffer that nobody uses goes; false if there is none, or somebody
 * wants it after all: he must run first. */
static bool
drop_oldest(void)
{
	struct buf *bp;

	TAILQ_FOREACH(bp, &unused, b_freelist)
	if (lockmgr(&bp->b_lock, LK_EXCLUSIVE | LK_NOWAIT) == 0)
		break;
	if (bp == NULL)
		return (false);
	TAILQ_REMOVE(&unused, bp, b_freelist);
	if ((bp->b_flags & B_DELWRI) != 0)
		write_back(bp);
	/* Somebody may have found it while it was being written. */
	if (bp->b_lock.lk_waiters != 0) {
		TAILQ_INSERT_TAIL(&unused, bp, b_freelist);
		lockmgr(&bp->b_lock, LK_RELEASE);
		return (false);
	}
	lockmgr(&bp->b_lock, LK_RELEASE);
	destroy(bp);
	return (true);
}

/**
 * Gives memory back.
 * @param n	so many buffers, if there are
 * @return	whether there was one
 */
bool
buf_free_some(u_int n)
{
	bool any = false;

	while (n-- > 0 && drop_oldest())
		any = true;
	return (any);
}

/* Locks a buffer that was found; false if it has become another one. */
static bool
claim(struct buf *bp, const struct cdev *dev, off_t offset)
{
	KASSERT(!lockowned(&bp->b_lock), ("getblk: the caller has it"));
	lockmgr(&bp->b_lock, LK_EXCLUSIVE);
	if (find(dev, offset) != bp) {
		lockmgr(&bp->b_lock, LK_RELEASE);
		return (false);
	}
	TAILQ_REMOVE(&unused, bp, b_freelist);
	return (true);
}

/* Makes it another size: what a fragment that grows needs. */
static void
resize(struct buf *bp, u_int size)
{
	if (size > bp->b_bufsize) {
		bp->b_data = krealloc(bp->b_data, size, M_BUF, M_WAITOK);
		space += size - bp->b_bufsize;
		bp->b_bufsize = size;
	}
	if (size > bp->b_bcount)
		bp->b_flags &= ~B_CACHE;
	bp->b_bcount = size;
}

/**
 * A buffer for a block, whether its contents are there or not (B_CACHE).
 * Sleeps.
 * @param dev		device
 * @param offset	first byte, a multiple of 512
 * @param size		bytes, a multiple of 512, at most MAXBSIZE
 * @return		the buffer, locked
 */
struct buf *
getblk(struct cdev *dev, off_t offset, u_int size)
{
	struct buf *bp, *new;

	KASSERT(size != 0 && size <= MAXBSIZE, ("getblk: %u bytes", size));
	for (;;) {
		while ((bp = find(dev, offset)) != NULL) {
			if (!claim(bp, dev, offset))
				continue;
			if (bp->b_bcount != size &&
			    (bp->b_flags & B_DELWRI) != 0)
				write_back(bp);
			if (bp->b_bcount != size)
				resize(bp, size);
			if ((bp->b_flags & B_INVAL) != 0)
				bp->b_flags &= ~(B_INVAL | B_CACHE);
			return (bp);
		}
		while (space + size > space_limit && drop_oldest())
			;
		new = kmalloc(sizeof(*new), M_BUF, M_WAITOK | M_ZERO);
		new->b_data = kmalloc(size, M_BUF, M_WAITOK);
		/* Memory may have been waited for. */
		if (find(dev, offset) == NULL)
			break;
		kfree(new->b_data, M_BUF);
		kfree(new, M_BUF);
	}
	new->b_dev = dev;
	new->b_offset = offset;
	new->b_bcount = new->b_bufsize = size;
	lockinit(&new->b_lock, "buf");
	lockmgr(&new->b_lock, LK_EXCLUSIVE);
	LIST_INSERT_HEAD(hash_of(dev, offset), new, b_hash);
	space += size;
	return (new);
}

/**
 * A buffer with the contents of a block.  Sleeps.
 * @param dev		device
 * @param offset	first byte
 * @param size		bytes
 * @param bpp		set to the buffer, locked; NULL on error
 * @return		0 or the device's error
 */
int
bread(struct cdev *dev, off_t offset, u_int size, struct buf **bpp)
{
	struct buf *bp = getblk(dev, offset, size);
	int error;

	*bpp = bp;
	if ((bp->b_flags & B_CACHE) != 0)
		return (0);
	bp->b_cmd = BUF_CMD_READ;
	error = transfer(bp);
	if (error == 0) {
		bp->b_flags |= B_CACHE;
		return (0);
	}
	bp->b_flags |= B_INVAL;
	brelse(bp);
	*bpp = NULL;
	return (error);
}

/**
 * Gives a buffer back.
 * @param bp	locked by the caller
 */
void
brelse(struct buf *bp)
{
	bool gone = (bp->b_flags & (B_INVAL | B_NOCACHE)) != 0 ||
	    (bp->b_flags & (B_CACHE | B_DELWRI)) == 0;

	if (gone && bp->b_lock.lk_waiters == 0) {
		lockmgr(&bp->b_lock, LK_RELEASE);
		destroy(bp);
		return;
	}
	if (gone)
		bp->b_flags &= ~(B_INVAL | B_NOCACHE | B_CACHE | B_DELWRI);
	TAILQ_INSERT_TAIL(&unused, bp, b_freelist);
	lockmgr(&bp->b_lock, LK_RELEASE);
}

/**
 * Writes a buffer now, waits for it, and gives it back.
 * @param bp	locked by the caller
 * @return	0 or the device's error
 */
int
bwrite(struct buf *bp)
{
	int error;

	bp->b_flags |= B_CACHE;
	error = write_back(bp);
	brelse(bp);
	return (error);
}

/**
 * Gives a buffer back that is to be written some time.
 * @param bp	locked by the caller
 */
void
bdwrite(struct buf *bp)
{
	if ((bp->b_flags & B_DELWRI) == 0)
		bp->b_dirtied = nsuptime();
	bp->b_flags |= B_DELWRI | B_CACHE;
	brelse(bp);
}

/**
 * Writes a buffer soon and gives it back: errors are only printed.
 * @param bp	locked by the caller
 */
void
bawrite(struct buf *bp)
{
	bwrite(bp);
}

/**
 * Forgets blocks: they belong to nobody, or to somebody else now.
 * @param dev		device
 * @param offset	first byte
 * @param size		bytes
 */
void
binval(struct cdev *dev, off_t offset, u_int size)
{
	struct buf *bp;

	for (u_int i = 0; i < size; i += DEV_BSIZE) {
		bp = find(dev, offset + i);
		if (bp == NULL || !claim(bp, dev, offset + i))
			continue;
		bp->b_flags = (bp->b_flags & ~B_DELWRI) | B_INVAL;
		brelse(bp);
	}
}

/**
 * Forgets all blocks of a device that nobody uses.
 * @param dev	device of which nothing is dirty that is worth keeping
 */
void
bpurge(struct cdev *dev)
{
	struct buf *bp;

	for (;;) {
		TAILQ_FOREACH(bp, &unused, b_freelist)
		if (bp->b_dev == dev && bp->b_lock.lk_waiters == 0)
			break;
		if (bp == NULL)
			return;
		if (!claim(bp, dev, bp->b_offset))
			continue;
		bp->b_flags = (bp->b_flags & ~B_DELWRI) | B_INVAL;
		brelse(bp);
	}
}

/* The next dirty buffer of a device (or of any) that was dirtied before. */
static struct buf *
next_dirty(const struct cdev *dev, uint64_t before)
{
	struct buf *bp;

	TAILQ_FOREACH(bp, &unused, b_freelist)
	if ((bp->b_flags & B_DELWRI) != 0 && bp->b_dirtied <= before &&
	    (dev == NULL || bp->b_dev == dev))
		return (bp);
	return (NULL);
}

static int
sync_before(const struct cdev *dev, uint64_t before)
{
	struct buf *bp;
	int error, first = 0;

	while ((bp = next_dirty(dev, before)) != NULL) {
		if (!claim(bp, bp->b_dev, bp->b_offset))
			continue;
		error = (bp->b_flags & B_DELWRI) != 0 ? bwrite(bp)
						      : (brelse(bp), 0);
		if (first == 0)
			first = error;
	}
	return (first);
}

/**
 * Writes all dirty buffers of a device.  Sleeps.
 * @param dev	device
 * @param wait	of no account: it always waits
 * @return	0 or the first error
 */
int
bsync(struct cdev *dev, bool wait __unused)
{
	return (sync_before(dev, ~0UL));
}

/**
 * A transfer past the cache.  Sleeps.
 * @param dev		device
 * @param cmd		BUF_CMD_*
 * @param data		memory of the kernel
 * @param offset	first byte on the device
 * @param size		bytes; both multiples of 512
 * @return		0 or the device's error
 */
int
dev_rdwr(
    struct cdev *dev, enum buf_cmd cmd, void *data, off_t offset, size_t size)
{
	struct buf b = { .b_dev = dev,
		.b_offset = offset,
		.b_data = data,
		.b_bcount = size,
		.b_bufsize = size,
		.b_cmd = cmd };

	if (dev->si_ops->d_strategy == NULL)
		return (ENOTBLK);
	return (transfer(&b));
}

/* Writes what has been dirty for a while. */
static void
buf_daemon(void *arg __unused)
{
	lwkt_gettoken(&mp_token);
	for (;;) {
		tsleep(&space, 0, "bufdaemon", SYNC_SECONDS * hz);
		sync_before(NULL, nsuptime() - SYNC_SECONDS * 1000000000UL);
	}
}

/** Prepares the cache; called once by main(). */
void
bufinit(void)
{
	space_limit = MAX(
	    vm_page_total_count() * PAGE_SIZE / SPACE_SHARE, SPACE_MIN);
	for (u_int i = 0; i < BUF_HASH; i++)
		LIST_INIT(&hash[i]);
	lwkt_create(buf_daemon, NULL, "bufdaemon", 0);
}
