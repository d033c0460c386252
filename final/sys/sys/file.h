/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Open files, descriptors, and what a process knows of the file system.
 *
 * A struct file is counted (f_count, atomic).  A filedesc is protected by
 * fd_spin; the operations of a file run without it, holding the file.
 */
#ifndef _SYS_FILE_H_
#define _SYS_FILE_H_

#include <sys/types.h>

#ifdef __USERLAND
#include <sys/fcntl.h>
#else

#include <sys/event.h>
#include <sys/fcntl.h>
#include <sys/queue.h>
#include <sys/spinlock.h>
#include <sys/uio.h>

struct file;
struct knote;
struct lwp;
struct proc;
struct stat;
struct timespec;
struct ucred;
struct vnode;

/** What a kind of file does.  Called under mp_token; all may sleep. */
struct fileops {
	/** Transfers at uio_offset, or at f_offset and moves it, when
	 * FOF_OFFSET is not in flags.  Short counts are no error. */
	int (*fo_read)(
	    struct file *fp, struct uio *uio, struct ucred *cred, int flags);
	/** The same in the other direction. */
	int (*fo_write)(
	    struct file *fp, struct uio *uio, struct ucred *cred, int flags);
	/** data is in the kernel: IOCPARM_LEN(com) bytes. */
	int (*fo_ioctl)(
	    struct file *fp, u_long com, caddr_t data, struct ucred *cred);
	/** Attaches a knote for kn_filter; EINVAL if it cannot be watched. */
	int (*fo_kqfilter)(struct file *fp, struct knote *kn);
	/** Tells what it is. */
	int (*fo_stat)(struct file *fp, struct stat *sb, struct ucred *cred);
	/** The last reference has gone. */
	int (*fo_close)(struct file *fp);
	/** Changes f_offset; *res is set to it. */
	int (*fo_seek)(struct file *fp, off_t offset, int whence, off_t *res);
};

/** @name flags of fo_read() and fo_write() */
/** @{ */
#define O_FOFFSET 0x00200000 /* at uio_offset, f_offset stays (pread) */
/** @} */

/** What an open file is of. */
enum filetype { DTYPE_VNODE = 1, DTYPE_PIPE, DTYPE_KQUEUE, DTYPE_SOCKET };

/** An open file. */
struct file {
	const struct fileops *f_ops; /**< what it does */
	enum filetype f_type;	     /**< kind */
	volatile u_int f_flag;	     /**< FREAD, FWRITE, O_* of FCNTLFLAGS */
	volatile u_int f_count;	     /**< holders */
	off_t f_offset;		     /**< position */
	void *f_data;		     /**< vnode, pipe, ... */
	struct ucred *f_cred;	     /**< of who opened it */
	struct klist f_klist;	     /**< knotes of this file, for close */
	struct sigio *f_sigio;	     /**< FIOSETOWN; freed by funsetown() */
	LIST_ENTRY(file) f_list;     /**< all files */
};

/** One descriptor. */
struct fdnode {
	struct file *fp;  /**< or NULL */
	u_char fileflags; /**< FD_CLOEXEC */
	u_char reserved;  /**< falloc() has promised it to somebody */
};

/** Descriptors and directories of a process; RFFDG copies, else shared. */
struct filedesc {
	struct spinlock fd_spin;  /**< all below */
	struct fdnode *fd_files;  /**< fd_nfiles of them */
	int fd_nfiles;		  /**< size of the table */
	int fd_lastfile;	  /**< highest in use, -1 if none */
	int fd_freefile;	  /**< none below is free */
	volatile u_int fd_refcnt; /**< processes that share it */
	struct vnode *fd_cdir;	  /**< current directory */
	struct vnode *fd_rdir;	  /**< root directory */
	mode_t fd_cmask;	  /**< umask */
};

#define NDFILE	  20 /* descriptors of a new table */

/* --- kern/kern_descrip.c --- */
struct filedesc *fdinit(struct proc *p); /* empty */
struct filedesc *fdcopy(struct proc *p); /* of p */
void fdcopy_undo(struct filedesc *fdp);
struct filedesc *fdshare(struct proc *p);
void fdfree(struct proc *p); /* closes, drops */
void fdcloseexec(struct proc *p);
int falloc(struct proc *p, struct file **fpp, int *fdp);    /* reserves fd */
void fsetfd(struct filedesc *fdp, struct file *fp, int fd); /* NULL: gives up */
struct file *holdfp(struct filedesc *fdp, int fd, int flag); /* FREAD..-1 any */
int holdvnode(struct filedesc *fdp, int fd, struct file **fpp);
void fhold(struct file *fp);
int fdrop(struct file *fp); /* last one: fo_close */
int kern_close(int fd);
int kern_dup(int options_dup, int from, int to, bool cloexec, int *res);
int kern_fcntl(int fd, int cmd, long arg, long *res);
void closefrom(struct proc *p, int fd);
int fsetown(pid_t pgid, struct sigio **sigiop);
void funsetown(struct sigio **sigiop);
pid_t fgetown(struct sigio **sigiop);
void pgsigio(struct sigio *sigio, int sig);    /* under mp_token */
void pgsigiop(struct sigio **sigiop, int sig); /* from interrupts too */
int
nosys_seek(struct file *fp, off_t offset, int whence, off_t *res); /* ESPIPE */
/** How kern_dup() chooses the new descriptor: F_DUPFD or dup2(2). */
enum dup_type { DUP_VARIABLE, DUP_FIXED };
int kern_fstat(int fd, struct stat *sb);
int kern_flock(int fd, int how);
int kern_setcloexec(int fd, bool on);
int kern_getdtablesize(void);
extern const struct fileops badfileops; /* of a file that is not open yet */

/* --- kern/kern_lockf.c --- */
struct flock;
/**
 * Sets, removes (l_type F_UNLCK) or looks up (op F_GETLK) a lock.
 * fl's l_whence is SEEK_SET or SEEK_END.  flags: F_POSIX, the current process
 * owns it, or F_FLOCK, fp does; F_WAIT: sleeps until it can be had.
 */
int vop_advlock(struct file *fp, int op, struct flock *fl, int flags);

/* --- kern/sys_generic.c --- */
int kern_preadv(int fd, struct uio *uio, int flags, size_t *res);
int kern_pwritev(int fd, struct uio *uio, int flags, size_t *res);
int kern_rwv_user(enum uio_rw rw, int fd, const struct iovec *uiov, u_int n,
    int flags, off_t offset, size_t *res); /* readv: pieces of the process */
int kern_ioctl(int fd, u_long com, caddr_t kdata); /* kdata in the kernel */
struct pollfd;
int
kern_poll(struct pollfd *kfds, u_int nfds, const struct timespec *ts, int *res);

/* --- kern/sys_pipe.c --- */
int kern_pipe(long fds[2], int flags); /* O_CLOEXEC, O_NONBLOCK */

#endif

#endif
