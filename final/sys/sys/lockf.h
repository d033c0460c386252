/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Locks on ranges of a file: what fcntl(2) and flock(2) set.
 */
#ifndef _SYS_LOCKF_H_
#define _SYS_LOCKF_H_

#include <sys/types.h>

struct vnode;

#define LF_TO_END 0x7fffffffffffffffL /* lf_end of a lock to the end */

/** One lock.  An owner's locks of one kind never overlap. */
struct lockf {
	struct lockf *lf_next; /**< next of the file, or of a free list */
	const void *lf_owner;  /**< process, or open file */
	off_t lf_start;	       /**< first byte */
	off_t lf_end;	       /**< last byte */
	pid_t lf_pid;	       /**< for F_GETLK */
	bool lf_posix;	       /**< fcntl's: other kinds do not conflict */
	bool lf_write;	       /**< exclusive */
};

/* --- kern/lockf_range.c: pure --- */
const struct lockf *
lockf_blocker(const struct lockf *list, const struct lockf *want);
void lockf_clear(
    struct lockf **list, const struct lockf *range, struct lockf **spare);
void lockf_insert(
    struct lockf **list, const struct lockf *want, struct lockf **spare);
bool lockf_range(off_t base, off_t start, off_t len, off_t *first, off_t *last,
    bool *overflow);

/* --- kern/kern_lockf.c --- */
void lockf_purge(struct vnode *vp); /* the vnode is freed */

#endif
