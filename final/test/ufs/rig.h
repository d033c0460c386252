/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UFS under Linux: between the tests and the kernel's side (rig_kern.c,
 * rig_vfs.c).  Only types that both have.  Functions return 0 or the kernel's
 * errno.  Paths begin with a slash and are walked by VOP_LOOKUP.
 */
#ifndef _RIG_H_
#define _RIG_H_

enum {
	K_ENOENT = 2,
	K_EIO = 5,
	K_ENXIO = 6,
	K_EBUSY = 16,
	K_EEXIST = 17,
	K_EINVAL = 22,
	K_EFBIG = 27,
	K_ENOSPC = 28,
	K_EROFS = 30,
	K_ENOTEMPTY = 66
};

struct vnode;

/** What rig_stat() tells. */
struct rig_stat {
	unsigned mode;	     /* S_IF* and rights */
	unsigned long nlink; /* links */
	unsigned long ino;   /* number */
	long size;	     /* bytes */
	unsigned long bytes; /* in use on disk */
};

/* --- rig_kern.c --- */
extern int rig_quiet;	       /* kprintf() says nothing */
extern unsigned rig_uid;       /* whose process it is */
extern const char *rig_last;   /* kprintf()'s last line */
extern char *rig_data;	       /* contents of the disk ... */
extern unsigned long rig_size; /* ... and its bytes */
/** Called before a write changes the disk, if it is not NULL. */
extern void (*rig_on_write)(
    unsigned long offset, const void *data, unsigned long n);
/** When it is 0 writes fail; counts down with each; negative: never. */
extern long rig_writes_left;
long rig_allocations(void);
void rig_start(void);
/** Another disk: the memory becomes the rig's; devices are made of it. */
void rig_disk(char *data, unsigned long size);
/** The disk's contents were changed from outside: nothing is cached. */
void rig_forget(void);
int rig_has_device(const char *name);
int rig_device_read(const char *name, long offset, void *buf, unsigned long n);

/* --- rig_vfs.c --- */
int rig_mount(const char *device, int ronly);
int rig_remount(int ronly);
int rig_unmount(int force);
int rig_sync(void);
int rig_free(unsigned long *frags, unsigned long *inodes);
int rig_create(const char *path);
int rig_mkdir(const char *path);
int rig_mknod(const char *path, unsigned mode, unsigned dev);
int rig_symlink(const char *target, const char *path);
int
rig_readlink(const char *path, char *buf, unsigned long n, unsigned long *len);
int rig_unlink(const char *path);
int rig_rmdir(const char *path);
int rig_link(const char *from, const char *to);
int rig_rename(const char *from, const char *to);
int rig_open(const char *path, struct vnode **vpp); /* referenced */
void rig_close(struct vnode *vp);
/** Names in an open directory. */
int rig_open_at(struct vnode *dvp, const char *name, struct vnode **vpp);
int rig_symlink_at(struct vnode *dvp, const char *target, const char *name);
int rig_write(struct vnode *vp, long offset, const void *buf, unsigned long n,
    unsigned long *done);
int rig_read(struct vnode *vp, long offset, void *buf, unsigned long n,
    unsigned long *done);
int rig_truncate(struct vnode *vp, long size);
int rig_fsync(struct vnode *vp);
int rig_stat(struct vnode *vp, struct rig_stat *st);
/** Like a mapping's store: changes a page, which may reach behind the end. */
int rig_store(struct vnode *vp, long offset, const void *buf, unsigned long n);
/** Calls back for every entry; `size` bytes are read at a time. */
int rig_readdir(const char *path, unsigned long size,
    void (*each)(const char *name, unsigned long ino, void *arg), void *arg);
/** Vnodes that nobody uses go. */
void rig_uncache(void);
/* Another thread has vp's lock, until somebody waits for it; who must not have
 * that of `other`. */
void rig_lock_elsewhere(struct vnode *vp, const struct vnode *other);
/** Everything is given back: NULL or what is not. */
const char *rig_leaks(void);

#endif
