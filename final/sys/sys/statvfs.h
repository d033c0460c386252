/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a file system is: statvfs(2), DragonFly's fields.
 */
#ifndef _SYS_STATVFS_H_
#define _SYS_STATVFS_H_

#include <sys/types.h>

/** statvfs(2). */
struct statvfs {
	u_long f_bsize;		 /**< size of a block */
	u_long f_frsize;	 /**< size of a fragment: the unit below */
	uint64_t f_blocks;	 /**< all */
	uint64_t f_bfree;	 /**< free */
	uint64_t f_bavail;	 /**< free for anybody */
	uint64_t f_files;	 /**< inodes */
	uint64_t f_ffree;	 /**< free inodes */
	uint64_t f_favail;	 /**< free for anybody */
	u_long f_fsid;		 /**< which */
	u_long f_flag;		 /**< ST_RDONLY 1, ST_NOSUID 2 */
	u_long f_namemax;	 /**< longest name */
	uid_t f_owner;		 /**< 0 */
	u_int f_type;		 /**< 0 */
	uint64_t f_syncreads;	 /**< counters */
	uint64_t f_syncwrites;	 /**< counters */
	uint64_t f_asyncreads;	 /**< counters */
	uint64_t f_asyncwrites;	 /**< counters */
	uint64_t f_fsid_uuid[2]; /**< 0 */
	uint64_t f_uid_uuid[2];	 /**< 0 */
};
#define ST_RDONLY 1
#define ST_NOSUID 2

#ifdef __USERLAND
int statvfs(const char *path, struct statvfs *buf);
int fstatvfs(int fd, struct statvfs *buf);
#endif

#endif
