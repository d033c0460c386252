/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Buffers: blocks of a device in memory.  File systems keep what is not the
 * contents of files in them: super blocks, inodes, directories, indirect
 * blocks; the contents are pages of vnodes.
 */
#ifndef _SYS_BUF_H_
#define _SYS_BUF_H_

#include <sys/lock.h>
#include <sys/queue.h>

struct cdev;

#define DEV_BSIZE  512
#define DEV_BSHIFT 9
#define MAXBSIZE   65536

/** What a transfer is to do. */
enum buf_cmd { BUF_CMD_READ, BUF_CMD_WRITE, BUF_CMD_FLUSH };

/** A transfer, and, in the cache, what came of it. */
struct buf {
	TAILQ_ENTRY(buf) b_freelist; /**< unused ones, oldest first */
	LIST_ENTRY(buf) b_hash;	     /**< by device and block */
	struct cdev *b_dev;	     /**< device */
	off_t b_offset;		     /**< first byte on it, 512-aligned */
	off_t b_doffset;	/**< transfer: first byte on the device below */
	caddr_t b_data;		/**< memory */
	u_int b_bcount;		/**< bytes */
	u_int b_bufsize;	/**< bytes of memory */
	enum buf_cmd b_cmd;	/**< what is to be done */
	volatile u_int b_flags; /**< B_* */
	int b_error;		/**< errno, or 0 */
	struct lock b_lock;	/**< whoever uses it */
	void (*b_done)(struct buf *bp); /**< instead of waking, or NULL */
	void *b_private;		/**< b_done's */
	uint64_t b_dirtied;		/**< nsuptime() of the first change */
};

/** @name b_flags */
/** @{ */
#define B_CACHE	  0x0001 /* the contents are the device's */
#define B_DELWRI  0x0002 /* to be written */
#define B_DONE	  0x0004 /* the transfer has ended */
#define B_ERROR	  0x0008 /* b_error */
#define B_INVAL	  0x0010 /* of no use any more */
#define B_NOCACHE 0x0020 /* brelse() throws it away */
/** @} */

/* --- kern/vfs_bio.c: under mp_token --- */
void bufinit(void);
int bread(struct cdev *dev, off_t offset, u_int size, struct buf **bpp);
struct buf *getblk(struct cdev *dev, off_t offset, u_int size);
int bwrite(struct buf *bp);   /* now, waits, releases */
void bdwrite(struct buf *bp); /* some time, releases */
void bawrite(struct buf *bp); /* now, does not wait, releases */
void brelse(struct buf *bp);
void binval(struct cdev *dev, off_t offset, u_int size); /* forget blocks */
int bsync(struct cdev *dev, bool wait); /* writes all that are dirty */
void bpurge(struct cdev *dev);		/* forgets all, dirty or not */
bool buf_free_some(u_int n);		/* memory is short */
void bufdone(struct buf *bp);		/* driver: the transfer has ended */
int bufwait(struct buf *bp);
/** A transfer past the cache: between memory of the kernel and a device. */
int dev_rdwr(
    struct cdev *dev, enum buf_cmd cmd, void *data, off_t offset, size_t size);

#endif
