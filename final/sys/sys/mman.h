/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Arguments of mmap(2) and its relatives, DragonFly's values.
 */
#ifndef _SYS_MMAN_H_
#define _SYS_MMAN_H_

#include <sys/types.h>

/* clang-format off */
/** @name Protection */
/** @{ */
#define PROT_NONE	0
#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
/** @} */

/** @name Kind of mapping */
/** @{ */
#define MAP_SHARED	0x0001	/* changes are seen by all */
#define MAP_PRIVATE	0x0002	/* changes are one's own */
#define MAP_FIXED	0x0010	/* at that address and nowhere else */
#define MAP_FILE	0x0000	/* a file */
#define MAP_RENAME	0x0020	/* no meaning */
#define MAP_NORESERVE	0x0040	/* no meaning */
#define MAP_INHERIT	0x0080	/* no meaning */
#define MAP_NOEXTEND	0x0100	/* no meaning */
#define MAP_HASSEMAPHORE 0x0200	/* no meaning */
#define MAP_STACK	0x0400	/* grows downward */
#define MAP_NOSYNC	0x0800	/* not written unless it must */
#define MAP_ANON	0x1000	/* memory, no file */
#define MAP_ANONYMOUS	MAP_ANON
#define MAP_VPAGETABLE	0x2000	/* behind a page table in it */
#define MAP_TRYFIXED	0x10000	/* there, if nothing else is */
#define MAP_NOCORE	0x20000	/* no meaning */
#define MAP_SIZEALIGN	0x40000	/* aligned to its size */
#define MAP_FAILED	((void *)-1)
/** @} */

/** @name msync(2), madvise(2), mcontrol(2), minherit(2) */
/** @{ */
#define MS_SYNC		0x0000
#define MS_ASYNC	0x0001
#define MS_INVALIDATE	0x0002
#define MADV_NORMAL	0
#define MADV_RANDOM	1
#define MADV_SEQUENTIAL	2
#define MADV_WILLNEED	3
#define MADV_DONTNEED	4
#define MADV_FREE	5
#define MADV_NOSYNC	6
#define MADV_AUTOSYNC	7
#define MADV_NOCORE	8
#define MADV_CORE	9
#define MADV_INVAL	10	/* mcontrol: drop translations */
#define MADV_SETMAP	11	/* mcontrol: set the root */
#define MADV_CONTROL_START MADV_INVAL
#define MADV_CONTROL_END MADV_SETMAP
#define INHERIT_SHARE	0
#define INHERIT_COPY	1
#define INHERIT_NONE	2
#define MINCORE_INCORE	1
/** @} */
/* clang-format on */

/** @cond host */
#ifndef _KERNEL
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t pos);
int munmap(void *addr, size_t len);
int mprotect(void *addr, size_t len, int prot);
int madvise(void *addr, size_t len, int behav);
int mcontrol(void *addr, size_t len, int behav, off_t value);
int msync(void *addr, size_t len, int flags);
int minherit(void *addr, size_t len, int inherit);
int mincore(const void *addr, size_t len, char *vec);
#endif
/** @endcond */

#endif
