/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * VMX on one processor: on, off, its regions and fixed bits, the state that
 * it returns to, and what a failed entry means.  Grouped by file.
 */
#ifndef _VMM_VMX_CPU_H_
#define _VMM_VMX_CPU_H_

#include <sys/types.h>
#include "vmx_caps.h"
#include "vmx_ctls.h"
#include "vmx_instr.h"

/** What vmx_check_current() and vmx_entry_explain() print about. */
struct vmx_entry {
	const char *name;	     /**< starts every line */
	const struct vmx_caps *caps; /**< this processor */
	vm_paddr_t vmcs;	     /**< the current VMCS */
};

/** What the processor leaves about a VM exit. */
struct vmx_exit_info {
	uint32_t reason;	/**< whole field: flags and basic reason */
	uint32_t basic;		/**< EXIT_REASON_* without the flags */
	uint64_t qualification; /**< its meaning depends on the reason */
	uint32_t intr_info;	/**< INTR_INFO_*, if the reason is 0 */
	uint32_t intr_error;	/**< that exception's error code */
	uint32_t insn_length;	/**< of the instruction that exited */
	uint64_t rip;		/**< where the guest was */
};

/* --- vmx_cpu.c --- */
const char *vmx_cpu_agree(struct vmx_caps *caps,
    const struct vmx_ctl_request *req, size_t n, struct vmx_ctls *ctls);
vm_paddr_t vmx_region_alloc(const struct vmx_caps *caps);
void vmx_region_free(vm_paddr_t region);
uint64_t vmx_fixed_cr0(const struct vmx_caps *caps, uint64_t cr0);
uint64_t vmx_fixed_cr4(const struct vmx_caps *caps, uint64_t cr4);
void vmx_cpu_enable(const struct vmx_caps *caps, vm_paddr_t region);
void vmx_cpu_disable(void);

/* --- vmx_state.c --- */
void vmx_write_host_state(const struct vmx_ctls *ctls, vm_offset_t rip);
u_int vmx_check_host_state(const char *name);
void vmx_write_segments(void);
void vmx_write_idle_state(void);

/* --- vmx_report.c --- */
u_int vmx_check_current(const struct vmx_entry *e);
uint32_t vmx_entry_explain(const struct vmx_entry *e, enum vmx_status status);
void vmx_read_exit(struct vmx_exit_info *exit);
void vmx_exit_explain(const char *name, const struct vmx_exit_info *exit);
void vmx_print_counts(const uint64_t count[EXIT_REASON_COUNT]);
uint64_t vmx_sum_counts(const uint64_t count[EXIT_REASON_COUNT]);

#endif
