/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Devices: what a driver offers, and how it is found by name.
 *
 * A driver makes a device by make_dev(); it appears in /dev.  Disks come with
 * slices and partitions by disk_create() (kern/subr_disk.c): md0, md0s0,
 * md0s0a.  All operations run under mp_token and may sleep.
 */
#ifndef _SYS_CONF_H_
#define _SYS_CONF_H_

#include <sys/queue.h>
#include <sys/types.h>

struct bio;
struct buf;
struct cdev;
struct file;
struct knote;
struct tty;
struct ucred;
struct uio;
struct vm_object;

/** @name d_flags */
/** @{ */
#define D_TTY  0x01 /* may become a controlling terminal */
#define D_DISK 0x02 /* blocks: d_strategy */
/** @} */

/** What a driver does. */
struct dev_ops {
	const char *d_name; /**< of the driver */
	u_int d_flags;	    /**< D_* */
	/** A device that stands for others (/dev/ptmx): the free one that is
	 * opened in its place, or NULL.  Does not sleep. */
	struct cdev *(*d_clone)(struct cdev *dev);
	/** It is opened, for F* in fflag; NULL: always well. */
	int (*d_open)(struct cdev *dev, int fflag, struct ucred *cred);
	/** The last one closes. */
	int (*d_close)(struct cdev *dev, int fflag);
	/** Reads. */
	int (*d_read)(struct cdev *dev, struct uio *uio, int ioflag);
	/** Writes. */
	int (*d_write)(struct cdev *dev, struct uio *uio, int ioflag);
	/** Does what com says; data is in the kernel. */
	int (*d_ioctl)(struct cdev *dev, u_long com, caddr_t data, int fflag,
	    struct ucred *cred);
	/** Attaches a knote for kn_filter. */
	int (*d_kqfilter)(struct cdev *dev, struct knote *kn);
	/** Starts a transfer; bufdone() ends it, at once or later. */
	void (*d_strategy)(struct cdev *dev, struct buf *bp);
	/** Gives what mmap(2) is to map. */
	int (*d_mmap)(struct cdev *dev, off_t off, size_t len, int prot,
	    struct vm_object **objp);
};

/** A device. */
struct cdev {
	LIST_ENTRY(cdev) si_list;     /**< all devices */
	const struct dev_ops *si_ops; /**< its driver */
	dev_t si_dev;		      /**< st_rdev: unique */
	char si_name[24];	      /**< in /dev, "pts/0" too */
	uid_t si_uid;		      /**< owner of the node */
	gid_t si_gid;		      /**< group of the node */
	mode_t si_perms;	      /**< rights of the node */
	bool si_block;		      /**< VBLK */
	ino_t si_inode;		      /**< its number in devfs */
	u_int si_opens;		      /**< open vnodes */
	int64_t si_mediasize;	      /**< disks: bytes */
	void *si_drv1;		      /**< the driver's own */
	struct tty *si_tty;	      /**< terminals */
	struct timespec *si_unused;   /**< NULL */
	bool si_dead; /**< destroy_dev(): waits for last close */
};
LIST_HEAD(cdevlist, cdev);
extern struct cdevlist alldevs;

/* --- kern/kern_conf.c --- */
struct cdev *make_dev(const struct dev_ops *ops, int minor, uid_t uid,
    gid_t gid, mode_t perms, const char *fmt, ...) __printflike(6, 7);
void destroy_dev(struct cdev *dev);
struct cdev *dev_find(const char *name);
struct cdev *dev_find_num(dev_t dev);
void dev_init(void); /* null, zero, random, mem..., every driver's probe */
void dev_drop(struct cdev *dev);      /* an open less; frees a dead one */
void spec_dev_gone(struct cdev *dev); /* kern/vfs_spec.c */
void mem_init(void);		      /* dev/misc/mem.c */
void md_init(void);		      /* dev/md: memory disks */
#define makedev(maj, min) ((dev_t)((maj) << 8 | ((min)&0xff)))
#define major(dev)	  ((u_int)(dev) >> 8)
#define minor(dev)	  ((u_int)(dev)&0xff)

/* --- kern/subr_disk.c --- */
int disk_create(const struct dev_ops *ops, int unit, const char *name,
    int64_t mediasize, void *drv1, struct cdev **devp); /* reads the label */

#endif
