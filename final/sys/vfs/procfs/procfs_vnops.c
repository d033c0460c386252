/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: operations of its vnodes.
 *
 * Positions in a directory: 0 is ".", 1 is "..", then the files; at the top
 * processes follow by number, so that one that ends meanwhile hides no other.
 */
#include "procfs.h"
#include <sys/dirent.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/globaldata.h>

#define POS_FILES 2
#define POS_PIDS  1024

/* Inode of a node. */
static ino_t
fileno_of(pid_t pid, int file)
{
	return ((ino_t)pid << 8 | (ino_t)(file + 2));
}

/* A decimal number without leading zeros; or 0. */
static pid_t
parse_pid(const struct componentname *cnp)
{
	pid_t pid = 0;

	if (cnp->cn_namelen > 8 || cnp->cn_nameptr[0] == '0')
		return (0);
	for (size_t i = 0; i < cnp->cn_namelen; i++) {
		if (cnp->cn_nameptr[i] < '0' || cnp->cn_nameptr[i] > '9')
			return (0);
		pid = pid * 10 + cnp->cn_nameptr[i] - '0';
	}
	return (pid);
}

static bool
exists(const struct pfs_node *pn)
{
	struct proc *p;

	if (pn->pn_pid == 0)
		return (true);
	p = procfs_proc(pn);
	if (p == NULL)
		return (false);
	PRELE(p);
	return (true);
}

static int
lookup_name(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	pid_t pid = VTOPN(dvp)->pn_pid, number;
	const struct pfs_file *files;
	u_int n;

	if (!exists(VTOPN(dvp)))
		return (ENOENT);
	files = procfs_files(pid, &n);
	for (u_int i = 0; i < n; i++)
		if (strlen(files[i].pf_name) == cnp->cn_namelen &&
		    memcmp(files[i].pf_name, cnp->cn_nameptr,
			cnp->cn_namelen) == 0)
			return (procfs_allocvp(dvp->v_mount, pid, i, vpp));
	number = pid == 0 ? parse_pid(cnp) : 0;
	if (number == 0)
		return (ENOENT);
	return (procfs_allocvp(dvp->v_mount, number, -1, vpp));
}

/* vop_lookup: nothing can be created or removed here. */
static int
procfs_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct mount *mp = dvp->v_mount;
	int error;

	if ((cnp->cn_flags & NLC_ISDOTDOT) != 0) {
		mp->mnt_busy++; /* it stays while nothing is locked */
		vn_unlock(dvp);
		error = vfs_enter(mp, vpp);
		vn_lock(dvp, LK_EXCLUSIVE);
		mp->mnt_busy--;
		return (error);
	}
	error = lookup_name(dvp, vpp, cnp);
	if (error == ENOENT && (cnp->cn_flags & NLC_LAST) != 0 &&
	    (cnp->cn_nameiop == NAMEI_CREATE ||
		cnp->cn_nameiop == NAMEI_RENAME))
		error = EPERM;
	return (error);
}

static const struct pfs_file *
file_of(const struct pfs_node *pn)
{
	u_int n;

	return (&procfs_files(pn->pn_pid, &n)[pn->pn_file]);
}

static mode_t
mode_of(const struct vnode *vp)
{
	if (vp->v_type == VDIR)
		return (0555);
	if (vp->v_type == VLNK)
		return (0777);
	if ((file_of(VTOPN(vp))->pf_flags & PFS_MEM) != 0)
		return (0600);
	return (
	    (file_of(VTOPN(vp))->pf_flags & PFS_PRIVATE) != 0 ? 0400 : 0444);
}

static int
procfs_getattr(struct vnode *vp, struct vattr *va)
{
	const struct pfs_node *pn = VTOPN(vp);
	struct proc *p = NULL;

	if (pn->pn_pid != 0) {
		p = procfs_proc(pn);
		if (p == NULL)
			return (ENOENT);
	}
	*va = (struct vattr){
		.va_type = vp->v_type,
		.va_mode = mode_of(vp),
		.va_nlink = vp->v_type == VDIR ? 2 : 1,
		.va_fsid = vp->v_mount->mnt_dev,
		.va_fileid = fileno_of(pn->pn_pid, pn->pn_file),
		.va_blocksize = PAGE_SIZE,
	};
	nanotime(&va->va_mtime);
	if (p != NULL) {
		va->va_uid = p->p_ucred->cr_uid;
		va->va_gid = p->p_ucred->cr_gid;
		va->va_mtime = p->p_start;
		PRELE(p);
	}
	va->va_atime = va->va_ctime = va->va_mtime;
	return (0);
}

/* The text of a file; pt_buf is to be freed also after an error. */
static int
make_text(const struct pfs_node *pn, struct pfs_text *pt)
{
	const struct pfs_file *pf = file_of(pn);
	struct proc *p = NULL;
	int error = 0;

	pt->pt_buf = kmalloc(PROCFS_TEXT, M_TEMP, M_WAITOK);
	pt->pt_len = 0;
	if (pn->pn_pid != 0) {
		p = procfs_proc(pn);
		if (p == NULL)
			return (ESRCH);
		/* At each access: it may run another program by now. */
		if ((pf->pf_flags & PFS_PRIVATE) != 0)
			error = p_candebug(p);
	}
	if (error == 0)
		error = pf->pf_text(pt, p);
	if (p != NULL)
		PRELE(p);
	return (error);
}

static bool
is_mem(const struct vnode *vp)
{
	return (vp->v_type == VREG &&
	    (file_of(VTOPN(vp))->pf_flags & PFS_MEM) != 0);
}

/* Reads or writes memory of the process. */
static int
mem_rw(const struct vnode *vp, struct uio *uio)
{
	struct proc *p = procfs_proc(VTOPN(vp));
	int error;

	if (p == NULL)
		return (ESRCH);
	error = procfs_mem(p, uio);
	PRELE(p);
	return (error);
}

static int
procfs_write(struct vnode *vp, struct uio *uio, int ioflag __unused,
    struct ucred *cred __unused)
{
	/* The super-user gets here with files that nobody may write. */
	return (is_mem(vp) ? mem_rw(vp, uio) : EPERM);
}

static int
procfs_read(struct vnode *vp, struct uio *uio, int ioflag __unused,
    struct ucred *cred __unused)
{
	struct pfs_text pt;
	int error;

	if (vp->v_type != VREG || uio->uio_offset < 0)
		return (EINVAL);
	if (is_mem(vp))
		return (mem_rw(vp, uio));
	error = make_text(VTOPN(vp), &pt);
	if (error == 0 && (size_t)uio->uio_offset < pt.pt_len)
		error = uiomove(pt.pt_buf + uio->uio_offset,
		    pt.pt_len - uio->uio_offset, uio);
	kfree(pt.pt_buf, M_TEMP);
	return (error);
}

static int
procfs_readlink(struct vnode *vp, struct uio *uio, struct ucred *cred __unused)
{
	const struct pfs_node node = *VTOPN(vp);
	struct pfs_text pt;
	int error;

	/* Finding out a path locks other vnodes, perhaps this one's parents. */
	vn_unlock(vp);
	error = make_text(&node, &pt);
	vn_lock(vp, LK_EXCLUSIVE);
	if (error == 0)
		error = uiomove(pt.pt_buf, pt.pt_len, uio);
	kfree(pt.pt_buf, M_TEMP);
	return (error);
}

/* Writes an entry at a position, and moves on behind it; true: stop. */
static bool
put(int *error, struct uio *uio, off_t pos, ino_t ino, u_int type,
    const char *name)
{
	if (uio->uio_offset > pos)
		return (false);
	uio->uio_offset = pos;
	if (vop_write_dirent(error, uio, ino, type, name, strlen(name)))
		return (true);
	uio->uio_offset = pos + 1;
	return (false);
}

static void
lowest(const struct proclist *list, pid_t from, pid_t *pid)
{
	const struct proc *p;

	LIST_FOREACH(p, list, p_list)
	if (p->p_pid >= from && p->p_pid > 0 && (*pid == 0 || p->p_pid < *pid))
		*pid = p->p_pid;
}

/* The process with the lowest number from a position on, or 0. */
static pid_t
next_pid(off_t pos)
{
	pid_t from = MAX(pos - POS_PIDS, 1), pid = 0;

	lowest(&allproc, from, &pid);
	lowest(&zombproc, from, &pid);
	return (pid);
}

static bool
put_processes(int *error, struct uio *uio)
{
	char name[12];
	pid_t pid;

	while (uio->uio_offset <= POS_PIDS + PID_MAX &&
	    (pid = next_pid(uio->uio_offset)) != 0) {
		ksnprintf(name, sizeof(name), "%d", pid);
		if (put(error, uio, POS_PIDS + pid, fileno_of(pid, -1), DT_DIR,
			name))
			return (true);
	}
	return (false);
}

static int
procfs_readdir(struct vnode *vp, struct uio *uio, struct ucred *cred __unused,
    bool *eofflag)
{
	const struct pfs_node *pn = VTOPN(vp);
	const struct pfs_file *files;
	int error = 0;
	bool stop;
	u_int n;

	if (uio->uio_offset < 0)
		return (EINVAL);
	if (!exists(pn))
		return (ENOENT);
	stop = put(&error, uio, 0, fileno_of(pn->pn_pid, -1), DT_DIR, ".") ||
	    put(&error, uio, 1, fileno_of(0, -1), DT_DIR, "..");
	files = procfs_files(pn->pn_pid, &n);
	for (u_int i = 0; i < n && !stop; i++)
		stop = put(&error, uio, POS_FILES + i, fileno_of(pn->pn_pid, i),
		    files[i].pf_flags & PFS_LINK ? DT_LNK : DT_REG,
		    files[i].pf_name);
	if (!stop && pn->pn_pid == 0)
		stop = put_processes(&error, uio);
	*eofflag = !stop;
	return (error);
}

/** Operations of procfs's vnodes. */
const struct vop_ops procfs_vnode_vops = {
	.vop_name = "procfs",
	.vop_lookup = procfs_lookup,
	.vop_getattr = procfs_getattr,
	.vop_read = procfs_read,
	.vop_write = procfs_write,
	.vop_readdir = procfs_readdir,
	.vop_readlink = procfs_readlink,
	.vop_inactive = procfs_inactive,
	.vop_reclaim = procfs_reclaim,
};
