/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The kernel's view of virtual memory on the bare machine.
 *
 *     0xffffffffe0000000  DEVMAP: registers of devices, uncached
 *     0xffffffffd0000000  KSTACK: kernel stacks of Damselfly's threads
 *     0xffffffffc0000000  PERCPU: stacks and data of the processors
 *     0xffffffff80000000  KERNBASE: the kernel image, physical 0 upward
 *     0xfffff80000000000  DMAP: all physical memory, read-write, no execute
 *     0x0000800000000000  VM_MAX_USER_ADDRESS: end of user space
 *     0x0000000000000000  user space
 */
#ifndef _MACHINE_VMPARAM_H_
#define _MACHINE_VMPARAM_H_

/** @name Fixed addresses */
/** @{ */
#define KERNBASE	    0xffffffff80000000
#define DEVMAP_MIN_ADDRESS  0xffffffffe0000000
#define DEVMAP_MAX_SIZE	    0x0000000010000000
#define PERCPU_MIN_ADDRESS  0xffffffffc0000000
#define PERCPU_SIZE	    0x0000000000010000 /* for each processor */
#define KSTACK_MIN_ADDRESS  0xffffffffd0000000
#define KSTACK_MAX_ADDRESS  0xffffffffe0000000
#define DMAP_MIN_ADDRESS    0xfffff80000000000
#define DMAP_MAX_SIZE	    0x0000008000000000 /* one PML4 entry */
#define VM_MAX_USER_ADDRESS 0x0000800000000000
/** @} */

/*
 * User space of a process.  A process that may become a guest has everything
 * but its stack below 32 GB: guest-physical addresses have no more bits on
 * some processors.
 *
 *     0x0000000000400000  program, heap
 *     0x0000000100000000  mmap, upward
 *     0x0000000800000000  end of what mmap gives without being asked
 *     0x00007fffffffe000  sigcode: one page of code, shared by all
 *     0x00007fffffffd000  stack, downward
 *
 * The last page stays empty: SYSRET to its end would fault in ring 0.
 */
/** @name Addresses in user space */
/** @{ */
#define VM_MIN_USER_ADDRESS 0x0000000000001000
#define VM_MMAP_MIN	    0x0000000100000000
#define VM_MMAP_MAX	    0x0000000800000000
#define VM_DYN_BASE	    0x0000000020000000 /* ET_DYN programs */
#define SIGCODE_ADDRESS	    0x00007fffffffe000
#define USRSTACK	    0x00007fffffffd000
#define MAXSSIZ		    0x0000000004000000 /* 64 MB */
#define DFLSSIZ		    0x0000000000800000 /* 8 MB */
#define MAXDSIZ		    0x0000000040000000
/** @} */

/** Where the root is, if nobody says so. */
#define ROOT_DEFAULT	    "ufs:md0s0a"
/** Consoles that there may be, in the order in which they show a character. */
#define CONSOLE_DEVICES	    &uart_consdev, &vga_consdev

/** Memory that boot.S maps before pmap_bootstrap() has run. */
#define BOOT_MAPPED	    0x0000000100000000

#ifndef __ASSEMBLER__
#include <sys/types.h>

/** @name Physical address to kernel virtual address and back */
/** @{ */
#ifndef PHYS_TO_DMAP /* a unit test has its own */
#define PHYS_TO_DMAP(pa) ((void *)(DMAP_MIN_ADDRESS + (vm_paddr_t)(pa)))
#endif
#define DMAP_TO_PHYS(va) ((vm_paddr_t)(va)-DMAP_MIN_ADDRESS)
#define KERN_TO_PHYS(va) ((vm_paddr_t)(va)-KERNBASE)
/** @} */
#endif

#endif
