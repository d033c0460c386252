/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * vmm_guest_ctl(2) and vmm_guest_sync_addr(2): a process goes on behind nested
 * page tables.  sys/kern/sys_vmm.c says what the calls do.
 */
#ifndef _SYS_VMM_H_
#define _SYS_VMM_H_

#include <sys/types.h>
#include <cpu/frame.h>

/** Operation of vmm_guest_ctl(2): go on in VMX non-root mode. */
#define VMM_GUEST_RUN 1

/** What vmm_guest_ctl(2) is told, and tells. */
struct vmm_guest_options {
	register_t guest_cr3; /**< where the process's page table is, in it */
	register_t vmm_cr3;   /**< unused: the host's business */
	register_t new_stack; /**< end of the memory for a copy of the stack */
	struct trapframe tf;  /**< unused: the host's business */
	uint8_t master;	      /**< 1 */
};

#ifndef _KERNEL
#include <sys/cdefs.h>
__BEGIN_DECLS
int vmm_guest_ctl(int op, struct vmm_guest_options *options);
int vmm_guest_sync_addr(long *dstaddr, long *srcaddr);
__END_DECLS
#endif

#endif
