/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What mount(2)'s data points to when the kind is "tmpfs"; DragonFly's layout.
 */
#ifndef _VFS_TMPFS_TMPFS_ARGS_H_
#define _VFS_TMPFS_TMPFS_ARGS_H_

#include <sys/types.h>

#define TMPFS_ARGS_VERSION 1

/** How a tmpfs is to be. */
struct tmpfs_args {
	int ta_version;	     /**< TMPFS_ARGS_VERSION */
	ino_t ta_nodes_max;  /**< files; 0: one for each page of its size */
	off_t ta_size_max;   /**< bytes; 0: half of the memory */
	uid_t ta_root_uid;   /**< owner of its root */
	gid_t ta_root_gid;   /**< group of its root */
	mode_t ta_root_mode; /**< rights to its root */
};

#endif
