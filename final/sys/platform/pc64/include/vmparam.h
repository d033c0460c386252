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

#include <cpu/uservm.h>

/** @name Fixed addresses */
/** @{ */
#define KERNBASE	   0xffffffff80000000
#define DEVMAP_MIN_ADDRESS 0xffffffffe0000000
#define DEVMAP_MAX_SIZE	   0x0000000010000000
#define PERCPU_MIN_ADDRESS 0xffffffffc0000000
#define PERCPU_SIZE	   0x0000000000010000 /* for each processor */
#define KSTACK_MIN_ADDRESS 0xffffffffd0000000
#define KSTACK_MAX_ADDRESS 0xffffffffe0000000
#define DMAP_MIN_ADDRESS   0xfffff80000000000
#define DMAP_MAX_SIZE	   0x0000008000000000 /* one PML4 entry */
/** @} */

/** Where the root is, if nobody says so. */
#define ROOT_DEFAULT	   "ufs:md0s0a"
/** Consoles that there may be, in the order in which they show a character. */
#define CONSOLE_DEVICES	   &uart_consdev, &vga_consdev

/** Memory that boot.S maps before pmap_bootstrap() has run. */
#define BOOT_MAPPED	   0x0000000100000000

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
