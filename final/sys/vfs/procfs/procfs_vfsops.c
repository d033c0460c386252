/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: mounting, and the vnode of a node.
 */
#include "procfs.h"
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/atomic.h>

static MALLOC_DEFINE(M_PROCFS, "procfs");

static int
procfs_mount(struct mount *mp, const char *from __unused,
    const struct mount_options *mo __unused, struct ucred *cred __unused)
{
	if ((mp->mnt_flag & MNT_UPDATE) != 0)
		return (0);
	mp->mnt_data = kmalloc(
	    sizeof(struct pfs_mount), M_PROCFS, M_WAITOK | M_ZERO);
	mp->mnt_flag |= MNT_NOCACHE;
	pfs_load_start();
	return (0);
}

static int
procfs_unmount(struct mount *mp, bool force)
{
	int error = vflush(mp, NULL, force);

	if (error == 0) {
		pfs_load_stop();
		kfree(mp->mnt_data, M_PROCFS);
	}
	return (error);
}

static int
procfs_root(struct mount *mp, struct vnode **vpp)
{
	return (procfs_allocvp(mp, 0, -1, vpp));
}

static int
procfs_statvfs(struct mount *mp __unused, struct statvfs *sbp)
{
	sbp->f_bsize = sbp->f_frsize = PAGE_SIZE;
	return (0);
}

static int
procfs_sync(struct mount *mp __unused, bool wait __unused)
{
	return (0);
}

/** Processes as a file system. */
const struct vfsops procfs_vfsops = {
	.vfs_name = "procfs",
	.vfs_mount = procfs_mount,
	.vfs_unmount = procfs_unmount,
	.vfs_root = procfs_root,
	.vfs_statvfs = procfs_statvfs,
	.vfs_sync = procfs_sync,
};

/**
 * Finds a process, zombies too.
 * @param pid	its number
 * @return	it, held: PRELE() it; or NULL
 */
struct proc *
procfs_find(pid_t pid)
{
	struct proc *p = pfind(pid);

	if (p == NULL) {
		p = zpfind(pid);
		if (p != NULL)
			PHOLD(p);
	}
	return (p);
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return (a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec);
}

/**
 * Finds the process of a node, zombies too.
 * @param pn	node of a process
 * @return	it, held: PRELE() it; or NULL: it has gone
 */
struct proc *
procfs_proc(const struct pfs_node *pn)
{
	struct proc *p = procfs_find(pn->pn_pid);

	if (p != NULL && !same_time(&p->p_start, &pn->pn_born)) {
		PRELE(p);
		p = NULL;
	}
	return (p);
}

/**
 * Tells which files a directory has.
 * @param pid	process; 0: the top
 * @param n	set to how many
 * @return	the files
 */
const struct pfs_file *
procfs_files(pid_t pid, u_int *n)
{
	*n = pid == 0 ? pfs_nsys_files : pfs_nproc_files;
	return (pid == 0 ? pfs_sys_files : pfs_proc_files);
}

static struct pfs_node *
find_node(const struct pfs_mount *pm, pid_t pid, int file,
    const struct timespec *born)
{
	struct pfs_node *pn;

	LIST_FOREACH(pn, &pm->pm_nodes, pn_list)
	if (pn->pn_pid == pid && pn->pn_file == file &&
	    same_time(&pn->pn_born, born))
		return (pn);
	return (NULL);
}

static enum vtype
vtype_of(pid_t pid, int file)
{
	u_int n;

	if (file < 0)
		return (VDIR);
	return (procfs_files(pid, &n)[file].pf_flags & PFS_LINK ? VLNK : VREG);
}

/**
 * Gets the vnode of a node.  Sleeps.
 * @param mp	mount
 * @param pid	process; 0: the system
 * @param file	index of its file; -1: the directory
 * @param vpp	the vnode, referenced and locked
 * @return	0, ENFILE, ENOENT: there is no such process
 */
int
procfs_allocvp(struct mount *mp, pid_t pid, int file, struct vnode **vpp)
{
	struct pfs_mount *pm = mp->mnt_data;
	struct timespec born = { 0 };
	struct pfs_node *pn;
	struct proc *p;
	struct vnode *vp;
	int error;

	if (pid != 0) {
		p = procfs_find(pid);
		if (p == NULL)
			return (ENOENT);
		born = p->p_start;
		PRELE(p);
	}
	/* One that dies while its lock is waited for is looked for again. */
	while ((pn = find_node(pm, pid, file, &born)) != NULL) {
		*vpp = pn->pn_vnode;
		error = vget(*vpp, LK_EXCLUSIVE);
		if (error != ENOENT)
			return (error);
	}
	pn = kmalloc(sizeof(*pn), M_PROCFS, M_WAITOK | M_ZERO);
	error = getnewvnode(mp, &procfs_vnode_vops, vtype_of(pid, file), &vp);
	if (error != 0) {
		kfree(pn, M_PROCFS);
		return (error);
	}
	pn->pn_vnode = vp;
	pn->pn_pid = pid;
	pn->pn_born = born;
	pn->pn_file = file;
	vp->v_data = pn;
	if (find_node(pm, pid, file, &born) != NULL) {
		/* Somebody else made it while we slept. */
		LIST_INSERT_HEAD(&pm->pm_nodes, pn, pn_list);
		pn->pn_file = -2;
		vgone(vp);
		vput(vp);
		return (procfs_allocvp(mp, pid, file, vpp));
	}
	if (pid == 0 && file < 0)
		vp->v_flag |= VROOT;
	LIST_INSERT_HEAD(&pm->pm_nodes, pn, pn_list);
	*vpp = vp;
	return (0);
}

/**
 * vop_reclaim: v_data goes.
 * @param vp	locked
 * @return	0
 */
int
procfs_reclaim(struct vnode *vp)
{
	LIST_REMOVE(VTOPN(vp), pn_list);
	kfree(VTOPN(vp), M_PROCFS);
	return (0);
}

/**
 * vop_inactive: nothing is worth keeping, and processes go by the thousand.
 * @param vp	locked
 * @return	0
 */
int
procfs_inactive(struct vnode *vp)
{
	if ((vp->v_flag & VROOT) == 0)
		vgone(vp);
	return (0);
}
