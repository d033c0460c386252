/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Where a process has what in its address space; the same on all platforms.
 */
#ifndef _CPU_USERVM_H_
#define _CPU_USERVM_H_

/*
 * User space of a process.  A process that may become a guest has everything
 * but its stack below 32 GB: guest-physical addresses have no more bits on
 * some processors.
 *
 *     0x0000000000400000  program, heap
 *     0x0000000020000000  the same, if it is position-independent
 *     0x00000000f0000000  dynamic linker
 *     0x0000000100000000  mmap, upward
 *     0x0000000800000000  end of what mmap gives without being asked
 *     0x00007fffffffe000  sigcode: one page of code, shared by all
 *     0x00007fffffffd000  stack, downward
 *
 * The last page stays empty: SYSRET to its end would fault in ring 0.
 */
/** @name Addresses in user space */
/** @{ */
#define VM_MAX_USER_ADDRESS 0x0000800000000000
#define VM_MIN_USER_ADDRESS 0x0000000000001000
#define VM_MMAP_MIN	    0x0000000100000000
#define VM_MMAP_MAX	    0x0000000800000000
#define VM_DYN_BASE	    0x0000000020000000 /* ET_DYN programs */
#define VM_LINKER_BASE	    0x00000000f0000000 /* and their linker */
#define SIGCODE_ADDRESS	    0x00007fffffffe000
#define USRSTACK	    0x00007fffffffd000
#define MAXSSIZ		    0x0000000004000000 /* 64 MB */
#define DFLSSIZ		    0x0000000000800000 /* 8 MB */
#define MAXDSIZ		    0x0000000040000000
/** @} */

#ifndef __ASSEMBLER__
#include <sys/types.h>

/**
 * @param va	linear address
 * @return	whether there can be such: bits 48 to 63 are as bit 47 is
 */
static __inline bool
va_is_canonical(u_long va)
{
	return ((u_long)((long)(va << 16) >> 16) == va);
}
#endif

#endif
