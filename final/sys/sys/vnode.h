/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Vnodes: files of any file system.
 *
 * A vnode is referenced (vref, vrele: it stays what it is) and locked
 * (vn_lock: nobody changes it).  vget does both, vput undoes both.  When the
 * last reference goes VOP_INACTIVE is called, locked; the vnode then stays
 * cached, with its pages, until memory or the vnode itself is wanted: then
 * VOP_RECLAIM parts it from its file system.
 *
 * All of this runs under mp_token.  The pages of v_object are protected by the
 * object alone (<vm/vm_object.h>), since page faults come without the token;
 * a fault that has to read a page takes it.
 *
 * Locking order: parent before child; a vnode's lock before a vm_map's.  So a
 * file system must not touch user memory that may be a mapping of the same
 * file while it holds the vnode's lock exclusively other than by uiomove() to
 * pages of v_object that it has busied: see vn_cache_read() and its relatives.
 */
#ifndef _SYS_VNODE_H_
#define _SYS_VNODE_H_

#include <sys/event.h>
#include <sys/file.h>
#include <sys/lock.h>
#include <sys/namei.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/uio.h>

struct buf;
struct cdev;
struct componentname;
struct dev_ops;
struct mount;
struct statvfs;
struct ucred;
struct vm_object;
struct vm_page;

/** Kinds of files. */
enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VSOCK, VFIFO, VBAD };

/** What is known of a file; VNOVAL in a field of setattr: stays. */
struct vattr {
	enum vtype va_type;	  /**< kind */
	mode_t va_mode;		  /**< rights, without S_IFMT */
	nlink_t va_nlink;	  /**< links */
	uid_t va_uid;		  /**< owner */
	gid_t va_gid;		  /**< group */
	dev_t va_fsid;		  /**< file system */
	ino_t va_fileid;	  /**< inode */
	off_t va_size;		  /**< bytes */
	uint32_t va_blocksize;	  /**< best size of a transfer */
	struct timespec va_atime; /**< last access */
	struct timespec va_mtime; /**< last change of the contents */
	struct timespec va_ctime; /**< last change */
	dev_t va_rdev;		  /**< of a device */
	uint64_t va_bytes;	  /**< in use on disk */
	uint32_t va_gen;	  /**< generation */
	uint32_t va_flags;	  /**< 0 */
	u_int va_vaflags;	  /**< VA_UTIMES_NULL */
};
#define VNOVAL	       (-1)
#define VA_UTIMES_NULL 1 /* times are now: who may write may do it */

/** A file. */
struct vnode {
	struct lock v_lock;	       /**< see above */
	volatile u_int v_usecount;     /**< references */
	u_int v_flag;		       /**< V* */
	enum vtype v_type;	       /**< kind */
	struct mount *v_mount;	       /**< its file system, or NULL */
	const struct vop_ops *v_ops;   /**< what it does */
	void *v_data;		       /**< the file system's own: inode */
	struct vm_object *v_object;    /**< its pages; regular files, or NULL */
	struct mount *v_mountedhere;   /**< what is mounted on it, or NULL */
	struct cdev *v_rdev;	       /**< of VCHR and VBLK, or NULL */
	struct pipe *v_fifo;	       /**< of VFIFO while open, or NULL */
	u_int v_opencount;	       /**< VOP_OPENs */
	u_int v_writecount;	       /**< of these, for writing */
	u_int v_execcount;	       /**< programs running: ETXTBSY */
	struct klist v_klist;	       /**< who watches it */
	struct spinlock v_spin;	       /**< v_lockf */
	struct lockf *v_lockf;	       /**< flock and fcntl locks */
	TAILQ_ENTRY(vnode) v_list;     /**< unused vnodes, oldest first */
	LIST_ENTRY(vnode) v_mntvnodes; /**< all of v_mount */
	LIST_HEAD(, namecache) v_ncs;  /**< names that lead to it */
	LIST_HEAD(, namecache) v_ncdir; /**< names in it */
};

/** @name v_flag */
/** @{ */
#define VROOT	  0x0001 /* root of its file system */
#define VDEAD	  0x0002 /* reclaimed: every operation gives EIO, EBADF */
#define VFREE	  0x0004 /* in the list of unused ones */
#define VONDIRTY  0x0008 /* has changes that are not on disk */
#define VDUPFD	  0x0010 /* /dev/fd/N: opening it copies descriptor va_gen */
#define VCLONE	  0x0020 /* /dev/ptmx: opening it opens another one */
/** @} */

/** @name ioflag of VOP_READ and VOP_WRITE */
/** @{ */
#define IO_UNIT	  0x01 /* all or nothing */
#define IO_APPEND 0x02 /* at the end */
#define IO_SYNC	  0x04 /* on disk before it returns */
#define IO_NDELAY 0x10 /* does not wait */
/** @} */

/** @name Rights asked of VOP_ACCESS */
/** @{ */
#define VEXEC	  0000100
#define VWRITE	  0000200
#define VREAD	  0000400
/** @} */

/**
 * Operations of a file system or device.  Vnodes come locked exclusively and
 * stay so, if nothing else is said.  NULL: EOPNOTSUPP, or the default named.
 */
struct vop_ops {
	const char *vop_name; /**< for messages */
	/** Finds cnp's name in dvp: *vpp referenced and locked (dvp stays
	 * locked; for "." they are the same, referenced twice, locked twice).
	 * For ".." dvp is unlocked meanwhile.  ENOENT: the name is not there;
	 * EJUSTRETURN instead if cnp->cn_nameiop is CREATE or RENAME, it is
	 * the last component and may be created. */
	int (*vop_lookup)(
	    struct vnode *dvp, struct vnode **vpp, struct componentname *cnp);
	/** Creates a regular file, fifo or socket: va_type, va_mode. */
	int (*vop_create)(struct vnode *dvp, struct vnode **vpp,
	    struct componentname *cnp, struct vattr *va);
	/** Creates a device node: va_type, va_mode, va_rdev. */
	int (*vop_mknod)(struct vnode *dvp, struct vnode **vpp,
	    struct componentname *cnp, struct vattr *va);
	/** Creates a directory: va_mode. */
	int (*vop_mkdir)(struct vnode *dvp, struct vnode **vpp,
	    struct componentname *cnp, struct vattr *va);
	/** Creates a symbolic link. */
	int (*vop_symlink)(struct vnode *dvp, struct vnode **vpp,
	    struct componentname *cnp, struct vattr *va, const char *target);
	/** Removes; vp is locked, not a directory. */
	int (*vop_remove)(
	    struct vnode *dvp, struct vnode *vp, struct componentname *cnp);
	/** Removes an empty directory; vp is locked. */
	int (*vop_rmdir)(
	    struct vnode *dvp, struct vnode *vp, struct componentname *cnp);
	/** Gives vp, which is locked, one more name. */
	int (*vop_link)(
	    struct vnode *dvp, struct vnode *vp, struct componentname *cnp);
	/** tvp may be NULL.  All referenced; the caller holds the mount's
	 * rename lock, none of the vnodes is locked. */
	int (*vop_rename)(struct vnode *fdvp, struct vnode *fvp,
	    struct componentname *fcnp, struct vnode *tdvp, struct vnode *tvp,
	    struct componentname *tcnp);
	/** What a VCLONE (referenced, not locked) is this time: *vpp
	 * referenced and locked; EBUSY when it is opened: ask again. */
	int (*vop_clone)(struct vnode *vp, struct vnode **vpp);
	/** It is opened; default: nothing. */
	int (*vop_open)(
	    struct vnode *vp, int fflag, struct ucred *cred, struct file *fp);
	/** Undoes one vop_open; default: nothing. */
	int (*vop_close)(struct vnode *vp, int fflag);
	/** Whether cred may do `mode`; default: by VOP_GETATTR. */
	int (*vop_access)(struct vnode *vp, int mode, struct ucred *cred);
	/** Tells what the file is. */
	int (*vop_getattr)(struct vnode *vp, struct vattr *va);
	/** Changes what is not VNOVAL. */
	int (*vop_setattr)(
	    struct vnode *vp, struct vattr *va, struct ucred *cred);
	/** Reads at uio_offset. */
	int (*vop_read)(
	    struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
	/** Writes at uio_offset. */
	int (*vop_write)(
	    struct vnode *vp, struct uio *uio, int ioflag, struct ucred *cred);
	/** Controls a device; default: ENOTTY. */
	int (*vop_ioctl)(struct vnode *vp, u_long com, caddr_t data, int fflag,
	    struct ucred *cred);
	/** Attaches a knote; default: always ready. */
	int (*vop_kqfilter)(struct vnode *vp, struct knote *kn);
	/** Writes what is not on disk. */
	int (*vop_fsync)(struct vnode *vp, bool wait);
	/** Writes struct dirents that fit; uio_offset is a cookie that goes on
	 * where it stopped; *eofflag if that was the end. */
	int (*vop_readdir)(struct vnode *vp, struct uio *uio,
	    struct ucred *cred, bool *eofflag);
	/** Reads what a symbolic link contains. */
	int (*vop_readlink)(
	    struct vnode *vp, struct uio *uio, struct ucred *cred);
	/** Fills a busied page of v_object from disk; zero beyond the end.
	 * vp may be unlocked. */
	int (*vop_getpage)(struct vnode *vp, struct vm_page *m);
	/** A busied page is about to be stored into through a mapping: it
	 * gets its place on disk, if there is room.  vp may be unlocked.
	 * Default: nothing. */
	int (*vop_backpage)(struct vnode *vp, struct vm_page *m);
	/** Writes a busied page to disk, up to the end of the file. */
	int (*vop_putpage)(struct vnode *vp, struct vm_page *m);
	/** The last reference has gone. */
	int (*vop_inactive)(struct vnode *vp);
	/** Frees v_data; v_object has gone already. */
	int (*vop_reclaim)(struct vnode *vp);
	/** Tells a limit; default: what all have. */
	int (*vop_pathconf)(struct vnode *vp, int name, long *res);
	/** Gives what mmap(2) is to map; default: v_object. */
	int (*vop_mmap)(struct vnode *vp, off_t off, size_t len, int prot,
	    struct vm_object **objp);
};

/** @name Calls of operations; defaults are in kern/vfs_vopops.c */
/** @{ */
int VOP_LOOKUP(struct vnode *, struct vnode **, struct componentname *);
int VOP_CREATE(
    struct vnode *, struct vnode **, struct componentname *, struct vattr *);
int VOP_MKNOD(
    struct vnode *, struct vnode **, struct componentname *, struct vattr *);
int VOP_MKDIR(
    struct vnode *, struct vnode **, struct componentname *, struct vattr *);
int VOP_SYMLINK(struct vnode *, struct vnode **, struct componentname *,
    struct vattr *, const char *);
int VOP_REMOVE(struct vnode *, struct vnode *, struct componentname *);
int VOP_RMDIR(struct vnode *, struct vnode *, struct componentname *);
int VOP_LINK(struct vnode *, struct vnode *, struct componentname *);
int VOP_RENAME(struct vnode *, struct vnode *, struct componentname *,
    struct vnode *, struct vnode *, struct componentname *);
int VOP_CLONE(struct vnode *, struct vnode **);
int VOP_OPEN(struct vnode *, int, struct ucred *, struct file *);
int VOP_CLOSE(struct vnode *, int);
int VOP_ACCESS(struct vnode *, int, struct ucred *);
int VOP_GETATTR(struct vnode *, struct vattr *);
int VOP_SETATTR(struct vnode *, struct vattr *, struct ucred *);
int VOP_READ(struct vnode *, struct uio *, int, struct ucred *);
int VOP_WRITE(struct vnode *, struct uio *, int, struct ucred *);
int VOP_IOCTL(struct vnode *, u_long, caddr_t, int, struct ucred *);
int VOP_KQFILTER(struct vnode *, struct knote *);
int VOP_FSYNC(struct vnode *, bool);
int VOP_READDIR(struct vnode *, struct uio *, struct ucred *, bool *);
int VOP_READLINK(struct vnode *, struct uio *, struct ucred *);
int VOP_GETPAGE(struct vnode *, struct vm_page *);
int VOP_BACKPAGE(struct vnode *, struct vm_page *);
int VOP_PUTPAGE(struct vnode *, struct vm_page *);
int VOP_INACTIVE(struct vnode *);
int VOP_RECLAIM(struct vnode *);
int VOP_PATHCONF(struct vnode *, int, long *);
int VOP_MMAP(struct vnode *, off_t, size_t, int, struct vm_object **);
/** @} */

/* --- kern/vfs_subr.c --- */
/** Operations of a vnode whose file has gone: none. */
extern const struct vop_ops dead_vnode_vops;
extern u_int numvnodes; /**< vnodes, used or not */
extern u_int maxvnodes; /**< kern.maxvnodes: so many may be kept */
void vfs_init(void);
int getnewvnode(struct mount *mp, const struct vop_ops *ops, enum vtype type,
    struct vnode **vpp); /* referenced, locked */
void vref(struct vnode *vp);
void vrele(struct vnode *vp);
void vput(struct vnode *vp);
int
vget(struct vnode *vp, u_int lkflags); /* reference and lock; ENOENT: dead */
int vn_lock(struct vnode *vp, u_int lkflags);
bool vn_lock_also(struct vnode *vp, struct vnode *held);
void vn_unlock(struct vnode *vp);
void vn_lock_all(struct vnode *const *vps, u_int n); /* in whatever order */
void vn_unlock_all(struct vnode *const *vps, u_int n);
void vgone(struct vnode *vp); /* locked: reclaims it now */
int vflush(struct mount *mp, struct vnode *skip, bool force);
bool vnode_free_some(u_int n); /* memory is short: drops cached ones */
extern const enum vtype iftovt_tab[16];
extern const mode_t vttoif_tab[9];
#define IFTOVT(mode) (iftovt_tab[((mode)&S_IFMT) >> 12])
#define VTTOIF(type) (vttoif_tab[(int)(type)])
void vattr_null(struct vattr *va);
int
vop_helper_access(const struct vattr *va, int mode, const struct ucred *cred);

void vattr_to_stat(const struct vattr *va, struct stat *sb);

/* --- kern/vfs_spec.c: devices, whatever file system has their vnodes: the
 * VOP_ calls come here for VCHR and VBLK --- */
extern const struct vop_ops spec_vnode_vops;

/* --- kern/vfs_fifo.c: named pipes: vn_open() comes here for VFIFO --- */
int fifo_open(struct vnode *vp, int fflag, struct file *fp);

/* --- kern/vfs_dirent.c: for VOP_READDIR --- */
bool vop_write_dirent(int *error, struct uio *uio, ino_t ino, u_int type,
    const char *name, size_t namelen);

/* --- kern/vfs_vnops.c: files that are vnodes --- */
extern const struct fileops vnode_fileops;
/**
 * Opens.  fp may be NULL: kernel use.  *vpp is locked and opened; the
 * reference is fp's, or the caller's for vn_close() if there is no fp.
 * EJUSTRETURN (with fp only): a VDUPFD; f_offset is the descriptor to copy.
 */
int vn_open(struct nlookupdata *nd, struct file *fp, int fmode, int cmode,
    struct vnode **vpp);
int vn_close(struct vnode *vp, int flags); /* unlocked; drops a reference */
int vn_stat(struct vnode *vp, struct stat *sb, struct ucred *cred);
int vn_rdwr(enum uio_rw rw, struct vnode *vp, void *base, size_t len,
    off_t offset, enum uio_seg seg, int ioflag, struct ucred *cred,
    size_t *resid); /* vp locked */

/* --- kern/vfs_cluster.c: file contents through v_object --- */
int vn_cache_read(struct vnode *vp, struct uio *uio, off_t filesize);
int vn_cache_write(struct vnode *vp, struct uio *uio, size_t n,
    bool whole_or_new); /* blocks are allocated; n within one page or more */
int vn_cache_flush(struct vnode *vp, off_t start, off_t end, bool wait);
void vn_cache_truncate(struct vnode *vp, off_t newsize);

/* --- kern/vfs_syscalls.c, vfs_dirsys.c, vfs_renamesys.c, vfs_attrsys.c,
 * vfs_cwdsys.c, vfs_mountsys.c: upath is the process's; where it may be NULL
 * dirfd itself is meant --- */
int kern_open(int dirfd, const char *upath, int oflags, int mode, int *res);
int kern_stat(int dirfd, const char *upath, int flag, struct stat *sb);
int
kern_readlink(int dirfd, const char *upath, char *ubuf, size_t n, size_t *res);
int kern_access(int dirfd, const char *upath, int amode, int flag);
int kern_mkdir(int dirfd, const char *upath, int mode);
int kern_unlink(int dirfd, const char *upath, int flag);
int kern_rename(int fdir, const char *from, int tdir, const char *to);
int kern_link(int fdir, const char *from, int tdir, const char *to, int flag);
int kern_symlink(const char *target, int dirfd, const char *upath);
int kern_mknod(int dirfd, const char *upath, int mode, dev_t dev);
int vfs_delete_check(struct vnode *dvp, struct vnode *vp, struct ucred *cred);
int vfs_create_check(const struct nlookupdata *nd, bool directory);
/* upath NULL: of dirfd itself */
int kern_chmod(int dirfd, const char *upath, int mode, int flag);
int kern_chown(int dirfd, const char *upath, uid_t uid, gid_t gid, int flag);
int kern_utimensat(int dirfd, const char *upath, const struct timespec ts[2],
    int flag); /* upath NULL: of dirfd itself */
int kern_truncate(const char *upath, off_t length);
int kern_ftruncate(int fd, off_t length);
int kern_lseek(int fd, off_t offset, int whence, off_t *res);
int kern_chdir(const char *upath);
int kern_fchdir(int fd);
int kern_chroot(const char *upath);
int kern_getcwd(char *kbuf, size_t size, char **start); /* in kbuf */
int kern_statvfs(const char *upath, struct statvfs *buf);
int kern_fstatvfs(int fd, struct statvfs *buf);
int kern_fsync(int fd);
int kern_sync(void);
/** One batch of entries; ubuf is the process's if seg says so. */
int kern_getdirentries(int fd, char *buf, size_t count, enum uio_seg seg,
    off_t *base, size_t *res);

#endif
