/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Entries of directories, DragonFly's layout.
 */
#ifndef _SYS_DIRENT_H_
#define _SYS_DIRENT_H_

#include <sys/types.h>

/** An entry; its length is _DIRENT_RECLEN(d_namlen). */
struct dirent {
	ino_t d_fileno;	    /**< inode */
	uint16_t d_namlen;  /**< bytes of the name, without the NUL */
	uint8_t d_type;	    /**< DT_* */
	uint8_t d_unused1;  /**< 0 */
	uint32_t d_unused2; /**< 0 */
	char d_name[256];   /**< the name, NUL at the end */
};
CTASSERT(__offsetof(struct dirent, d_name) == 16);
#define _DIRENT_RECLEN(namlen) ((16 + (namlen) + 1 + 7) & ~7UL)
#define _DIRENT_DIRSIZ(dp)     _DIRENT_RECLEN((dp)->d_namlen)

/** @name d_type: bits 15:12 of st_mode */
/** @{ */
#define DT_UNKNOWN	       0
#define DT_FIFO		       1
#define DT_CHR		       2
#define DT_DIR		       4
#define DT_BLK		       6
#define DT_REG		       8
#define DT_LNK		       10
#define DT_SOCK		       12
/** @} */

#endif
