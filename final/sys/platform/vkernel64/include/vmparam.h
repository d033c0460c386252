/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The kernel's view of virtual memory as a process of another kernel.
 *
 *     0x0000008000000000  KVA: what the kernel's own page table maps: stacks
 *     dmap_min_address    DMAP: all physical memory
 *     below 32 GB         program, C library, stacks of the host's threads
 *
 * Its processes have address spaces of their own, from 0 to
 * VM_MAX_USER_ADDRESS; nothing of the kernel is in them.
 */
#ifndef _MACHINE_VMPARAM_H_
#define _MACHINE_VMPARAM_H_

#include <cpu/uservm.h>

/** @name Fixed addresses */
/** @{ */
#define KVA_MIN_ADDRESS	   0x0000008000000000
#define KVA_SIZE	   0x0000000010000000
#define KSTACK_MIN_ADDRESS KVA_MIN_ADDRESS
#define KSTACK_MAX_ADDRESS (KVA_MIN_ADDRESS + KVA_SIZE)
/** @} */

/** Where the root is, if nobody says so. */
#define ROOT_DEFAULT	   "ufs:vkd0s0a"
/** Consoles that there may be. */
#define CONSOLE_DEVICES	   &vcons_consdev

#ifndef __ASSEMBLER__
#include <sys/types.h>

/** Where physical address 0 is. */
extern vm_offset_t dmap_min_address;
/** The first physical address that there is. */
extern vm_paddr_t phys_base;

/** @name Physical address to kernel virtual address and back */
/** @{ */
#define DMAP_MIN_ADDRESS dmap_min_address
#define PHYS_TO_DMAP(pa) ((void *)(DMAP_MIN_ADDRESS + (vm_paddr_t)(pa)))
#define DMAP_TO_PHYS(va) ((vm_paddr_t)(va)-DMAP_MIN_ADDRESS)
/** @} */
#endif

#endif
