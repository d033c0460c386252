/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between test_vfs.c and the kernel's side of it, vfs_rig.c and rigfs.c: only
 * types that both have.
 */
#ifndef _VFS_RIG_H_
#define _VFS_RIG_H_

#define RIG_FILES 8

void rig_vfs_start(void);
const char *rig_vfs_end(void);
void rig_user(bool root);
void rig_umask(int mask);
int rig_inode(const char *path); /* or -errno */
/** Damage in the root: a directory's ".." leads elsewhere. */
void rig_set_parent(int ino, int up);
int rig_mount(const char *on);
int rig_unmount_last(bool force);

#endif
