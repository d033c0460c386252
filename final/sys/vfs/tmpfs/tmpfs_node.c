/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: nodes and their vnodes.
 */
#include "tmpfs.h"
#include <sys/conf.h>
#include <sys/time.h>

MALLOC_DEFINE(M_TMPFS, "tmpfs");

/**
 * Takes bytes for a node, a name or a link off the size.  Does not sleep.
 * @param tm	file system
 * @param n	bytes
 * @return	whether there were so many
 */
bool
tmpfs_take(struct tmpfs_mount *tm, size_t n)
{
	u_long before = howmany(tm->tm_bytes, PAGE_SIZE);
	u_long after = howmany(tm->tm_bytes + n, PAGE_SIZE);

	if (!vm_quota_take(&tm->tm_pages, after - before))
		return (false);
	tm->tm_bytes += n;
	return (true);
}

/**
 * Gives bytes back.  Does not sleep.
 * @param tm	file system
 * @param n	bytes, taken before
 */
void
tmpfs_give(struct tmpfs_mount *tm, size_t n)
{
	u_long before = howmany(tm->tm_bytes, PAGE_SIZE);

	tm->tm_bytes -= n;
	vm_quota_give(&tm->tm_pages, before - howmany(tm->tm_bytes, PAGE_SIZE));
}

/* What a node takes, without its link. */
static size_t
node_bytes(enum vtype type)
{
	return (sizeof(struct tmpfs_node) +
	    (type == VREG ? sizeof(struct vm_object) : 0));
}

/**
 * Makes a node, with one link (a directory: two) that nothing leads to yet,
 * and no owner or rights.  Sleeps.
 * @param tm	file system
 * @param type	kind
 * @param np	the node
 * @return	0 or ENOSPC
 */
int
tmpfs_newnode(struct tmpfs_mount *tm, enum vtype type, struct tmpfs_node **np)
{
	struct tmpfs_node *node;

	if (tm->tm_nnodes >= tm->tm_maxnodes ||
	    !tmpfs_take(tm, node_bytes(type)))
		return (ENOSPC);
	tm->tm_nnodes++;
	node = kmalloc(sizeof(*node), M_TMPFS, M_WAITOK | M_ZERO);
	node->tn_tm = tm;
	node->tn_type = type;
	node->tn_ino = ++tm->tm_lastino;
	node->tn_nlink = type == VDIR ? 2 : 1;
	node->tn_nextplace = 2; /* after "." and ".." */
	RB_INIT(&node->tn_names);
	RB_INIT(&node->tn_places);
	tmpfs_touch(node, TMPFS_ACCESS | TMPFS_MODIFY | TMPFS_CHANGE);
	if (type == VREG) {
		node->tn_object = vm_object_allocate(OBJT_ANON, 0, "tmpfs");
		node->tn_object->vo_quota = &tm->tm_pages;
	}
	LIST_INSERT_HEAD(&tm->tm_nodes, node, tn_list);
	*np = node;
	return (0);
}

/* The pages of a file go, and whoever still maps it has SIGBUS from now on:
 * that is after a forced unmount. */
static void
free_object(struct vm_object *obj)
{
	vm_object_setsize(obj, 0);
	vm_object_page_remove(obj, 0, 0);
	spin_lock(&obj->vo_spin);
	obj->vo_quota = NULL;
	spin_unlock(&obj->vo_spin);
	vm_object_rel(obj);
}

/**
 * Frees a node, what it has, and what it has taken.  Sleeps.
 * @param node	without a vnode; a directory without names
 */
void
tmpfs_freenode(struct tmpfs_node *node)
{
	struct tmpfs_mount *tm = node->tn_tm;

	LIST_REMOVE(node, tn_list);
	if (node->tn_object != NULL)
		free_object(node->tn_object);
	if (node->tn_link != NULL) {
		tmpfs_give(tm, node->tn_size);
		kfree(node->tn_link, M_TMPFS);
	}
	tmpfs_give(tm, node_bytes(node->tn_type));
	tm->tm_nnodes--;
	kfree(node, M_TMPFS);
}

/* Nothing may want it any more: then it goes. */
static void
node_drop(struct tmpfs_node *node)
{
	if (node->tn_nlink == 0 && node->tn_vnode == NULL && node->tn_hold == 0)
		tmpfs_freenode(node);
}

/* A new vnode becomes the node's. */
static void
attach(struct tmpfs_node *node, struct vnode *vp)
{
	struct vm_object *obj = node->tn_object;

	node->tn_vnode = vp;
	vp->v_data = node;
	if (node == node->tn_tm->tm_root)
		vp->v_flag |= VROOT;
	if (node->tn_type == VCHR || node->tn_type == VBLK)
		vp->v_rdev = dev_find_num(node->tn_rdev);
	if (obj == NULL)
		return;
	vm_object_ref(obj);
	vp->v_object = obj;
	spin_lock(&obj->vo_spin);
	obj->vo_vnode = vp;
	spin_unlock(&obj->vo_spin);
}

/* tag::getvnode[] */
/**
 * Gets the vnode of a node.  Sleeps; the node stays meanwhile.
 * @param node	the node
 * @param vpp	the vnode, referenced and locked
 * @return	0, ENFILE; EBUSY, EINTR...: vget()'s
 */
int
tmpfs_getvnode(struct tmpfs_node *node, struct vnode **vpp)
{
	struct vnode *vp;
	int error;

	node->tn_hold++;
	for (;;) {
		vp = node->tn_vnode;
		if (vp != NULL) {
			error = vget(vp, LK_EXCLUSIVE);
			if (error != ENOENT)
				break;
			continue; /* it died: another one, if any */
		}
		error = getnewvnode(
		    node->tn_tm->tm_mp, &tmpfs_vops, node->tn_type, &vp);
		if (error != 0)
			break;
		if (node->tn_vnode == NULL) {
			attach(node, vp);
			break;
		}
		/* Somebody else has made one while we slept. */
		vgone(vp);
		vput(vp);
	}
	node->tn_hold--;
	if (error == 0)
		*vpp = vp;
	else
		node_drop(node);
	return (error);
}
/* end::getvnode[] */

/**
 * Sets times to now.  Does not sleep.
 * @param node	the node
 * @param what	TMPFS_ACCESS, TMPFS_MODIFY, TMPFS_CHANGE
 */
void
tmpfs_touch(struct tmpfs_node *node, u_int what)
{
	struct timespec now;

	nanotime(&now);
	if ((what & TMPFS_ACCESS) != 0 &&
	    (node->tn_tm->tm_mp->mnt_flag & MNT_RDONLY) == 0)
		node->tn_atime = now;
	if ((what & TMPFS_MODIFY) != 0)
		node->tn_mtime = now;
	if ((what & TMPFS_CHANGE) != 0)
		node->tn_ctime = now;
}

/**
 * Makes a file that no name leads to yet.  Sleeps.
 * @param dnode	directory that it will be in
 * @param va	va_mode; va_rdev of devices
 * @param type	kind
 * @param cred	owner; the group is the directory's
 * @param vpp	its vnode, referenced and locked; if it gets no name set its
 *		tn_nlink to 0 before vput()
 * @return	0; ENOSPC; ENFILE
 */
int
tmpfs_makenode(struct tmpfs_node *dnode, struct vattr *va, enum vtype type,
    struct ucred *cred, struct vnode **vpp)
{
	struct tmpfs_node *node;
	int error;

	error = tmpfs_newnode(dnode->tn_tm, type, &node);
	if (error != 0)
		return (error);
	node->tn_mode = va->va_mode & ALLPERMS;
	node->tn_uid = cred->cr_uid;
	node->tn_gid = dnode->tn_gid;
	if ((node->tn_mode & S_ISGID) != 0 && cred->cr_uid != 0 &&
	    type != VDIR && !groupmember(node->tn_gid, cred))
		node->tn_mode &= ~S_ISGID;
	if (type == VCHR || type == VBLK)
		node->tn_rdev = va->va_rdev;
	error = tmpfs_getvnode(node, vpp);
	if (error != 0) {
		node->tn_nlink = 0;
		node_drop(node);
	}
	return (error);
}

/**
 * VOP_INACTIVE: a file that has no name goes with its last user.
 * @param vp	locked
 * @return	0
 */
int
tmpfs_inactive(struct vnode *vp)
{
	struct tmpfs_node *node = VTON(vp);

	if (node == NULL || node->tn_nlink == 0)
		vgone(vp);
	return (0);
}

/**
 * VOP_RECLAIM: parts a vnode from its node, which stays if it has a name.
 * @param vp	locked; it has let go of the object
 * @return	0
 */
int
tmpfs_reclaim(struct vnode *vp)
{
	struct tmpfs_node *node = VTON(vp);

	if (node == NULL)
		return (0); /* it never had one */
	node->tn_vnode = NULL;
	vp->v_data = NULL;
	node_drop(node);
	return (0);
}
