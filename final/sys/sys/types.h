/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The integer types that every file of the kernel uses.
 *
 * Pure modules (those that are also compiled for Linux and tested there)
 * include this header and nothing else of ours in their own headers; on
 * Linux the name resolves to the C library's, which declares the same types.
 */
#ifndef _SYS_TYPES_H_
#define _SYS_TYPES_H_

#include <sys/cdefs.h>

typedef signed char int8_t;	 /**< exactly 8 bits */
typedef short int16_t;		 /**< exactly 16 bits */
typedef int int32_t;		 /**< exactly 32 bits */
typedef long int64_t;		 /**< exactly 64 bits */
typedef unsigned char uint8_t;	 /**< exactly 8 bits */
typedef unsigned short uint16_t; /**< exactly 16 bits */
typedef unsigned int uint32_t;	 /**< exactly 32 bits */
typedef unsigned long uint64_t;	 /**< exactly 64 bits */

typedef unsigned char u_char;	/**< BSD's name */
typedef unsigned short u_short; /**< BSD's name */
typedef unsigned int u_int;	/**< BSD's name */
typedef unsigned long u_long;	/**< BSD's name */

typedef unsigned long size_t;	    /**< size of an object in bytes */
typedef long ssize_t;		    /**< size or -1 */
typedef unsigned long uintptr_t;    /**< holds any pointer */
typedef long intptr_t;		    /**< holds any pointer, signed */
typedef long register_t;	    /**< a general register */
typedef unsigned long u_register_t; /**< a general register, unsigned */
typedef unsigned long vm_offset_t;  /**< virtual address */
typedef unsigned long vm_size_t;    /**< size of a range of memory */
typedef unsigned long vm_paddr_t;   /**< physical address */
typedef unsigned long vm_pindex_t;  /**< number of a page in an object */

typedef long off_t;	       /**< position in a file */
typedef long time_t;	       /**< seconds since 1970 */
typedef long suseconds_t;      /**< microseconds, signed */
typedef long daddr_t;	       /**< number of a disk sector */
typedef long blkcnt_t;	       /**< number of 512-byte blocks */
typedef unsigned long ino_t;   /**< number of an inode */
typedef unsigned int nlink_t;  /**< number of links */
typedef unsigned int dev_t;    /**< number of a device */
typedef unsigned short mode_t; /**< kind and rights of a file */
typedef unsigned int uid_t;    /**< user */
typedef unsigned int gid_t;    /**< group */
typedef int pid_t;	       /**< process, or process group */
typedef int lwpid_t;	       /**< thread in its process */
typedef int clockid_t;	       /**< CLOCK_* */
typedef char *caddr_t;	       /**< address of bytes, BSD's name */

#ifndef __cplusplus
#define bool _Bool /**< truth value */
#define true 1	   /**< the true value */
#define false 0	   /**< the false value */
#endif
#ifdef __USERLAND
typedef uint8_t u_int8_t;	  /**< BSD's old name */
typedef uint16_t u_int16_t;	  /**< BSD's old name */
typedef uint32_t u_int32_t;	  /**< BSD's old name */
typedef uint64_t u_int64_t;	  /**< BSD's old name */
typedef unsigned int uint;	  /**< System V's name */
typedef unsigned short ushort;	  /**< System V's name */
typedef long quad_t;		  /**< BSD's name */
typedef unsigned long u_quad_t;	  /**< BSD's name */
typedef unsigned int useconds_t;  /**< microseconds */
typedef long id_t;		  /**< process, group or user */
typedef unsigned int blksize_t;	  /**< size of a block */
typedef unsigned long fsblkcnt_t; /**< blocks of a file system */
typedef unsigned long fsfilcnt_t; /**< files of a file system */
#endif
#ifndef NULL
#define NULL ((void *)0) /**< the null pointer */
#endif

#ifdef __USERLAND
#include <sys/select.h>
#endif

#endif
