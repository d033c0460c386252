/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: processes, and the system, as text files in the format that
 * programs of Linux read.
 *
 * The text is made when it is read.  A vnode knows the number of a process,
 * and the birth of a process, not the process: that may have ended at any
 * time, and then there is nothing to be read, also if another one has got the
 * number.
 */
#ifndef _PROCFS_H_
#define _PROCFS_H_

#include <sys/time.h>
#include <sys/vnode.h>

struct proc;

#define PROCFS_TEXT 16384 /* most bytes of a file */

/** Text that grows; what has no room is cut. */
struct pfs_text {
	char *pt_buf;  /**< PROCFS_TEXT bytes */
	size_t pt_len; /**< used */
};

/** @name pf_flags */
/** @{ */
#define PFS_LINK    0x01 /* a symbolic link: the text is its target */
#define PFS_PRIVATE 0x02 /* for who may debug the process */
#define PFS_MEM	    0x04 /* its memory, by address: there is no text */
/** @} */

/** One file, of each process or of the system. */
struct pfs_file {
	const char *pf_name; /**< its name */
	u_int pf_flags;	     /**< PFS_* */
	/** Makes the text; p is held, or NULL in the system's files.  May
	 * sleep.  @return 0 or an errno */
	int (*pf_text)(struct pfs_text *pt, struct proc *p);
};

/** A node; v_data of its vnode. */
struct pfs_node {
	LIST_ENTRY(pfs_node) pn_list; /**< all of the mount */
	struct vnode *pn_vnode;	      /**< its vnode */
	pid_t pn_pid;		      /**< process; 0: the system */
	struct timespec pn_born;      /**< when it began: numbers come again */
	int pn_file; /**< index of its file; -1: the directory */
};

/** What a mount has: mnt_data. */
struct pfs_mount {
	LIST_HEAD(, pfs_node) pm_nodes; /**< those with vnodes */
};

/**
 * @param vp	a vnode of procfs
 * @return	its node
 */
static __inline struct pfs_node *
VTOPN(const struct vnode *vp)
{
	return (vp->v_data);
}

/* --- procfs_text.c --- */
void pfs_printf(struct pfs_text *pt, const char *fmt, ...) __printflike(2, 3);
void pfs_append(struct pfs_text *pt, const char *s, size_t n);

/* --- procfs_proc.c, procfs_sys.c: the files --- */
extern const struct pfs_file pfs_proc_files[];
extern const struct pfs_file pfs_sys_files[];
extern const u_int pfs_nproc_files;
extern const u_int pfs_nsys_files;

/* --- procfs_mem.c --- */
int procfs_mem(struct proc *p, struct uio *uio);

/* --- procfs_load.c --- */
void pfs_load_start(void);
void pfs_load_stop(void);
void pfs_load(u_long load[3]); /* in hundredths, of 1, 5 and 15 minutes */

/* --- procfs_vnops.c --- */
extern const struct vop_ops procfs_vnode_vops;

/* --- procfs_vfsops.c --- */
int procfs_allocvp(struct mount *mp, pid_t pid, int file, struct vnode **vpp);
int procfs_reclaim(struct vnode *vp);
int procfs_inactive(struct vnode *vp);
struct proc *procfs_find(pid_t pid); /* held, zombies too; or NULL */
struct proc *procfs_proc(const struct pfs_node *pn); /* the same */
const struct pfs_file *procfs_files(pid_t pid, u_int *n);

#endif
