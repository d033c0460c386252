/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The interface of vmx_trap.S: registers that the processor does not switch
 * by itself, and the one way into a guest.
 */
#ifndef _VMM_VMX_TRAP_H_
#define _VMM_VMX_TRAP_H_

#include <cpu/frame_offsets.h>

/** Byte offset of vg_cr2 in struct vmx_guest. */
#define VG_CR2 200

#ifndef __ASSEMBLER__
#include <cpu/frame.h>

/* tag::guest[] */
/**
 * A guest's registers while it is not running.  A VM exit saves rip, cs,
 * rflags, rsp and ss in the VMCS; the others are software's business.
 */
struct vmx_guest {
	struct trapframe vg_frame; /**< general registers; the rest as the
					 *   exit handler fills it in */
	register_t vg_cr2;	   /**< page-fault address register */
};
CTASSERT(__offsetof(struct vmx_guest, vg_cr2) == VG_CR2);
/* end::guest[] */

/**
 * Enters the guest of the current VMCS and returns at its next VM exit.
 * Writes VMCS_HOST_RSP; VMCS_HOST_RIP must be vmx_exit.  Interrupts must be
 * off, and stay off.
 * @param guest		loaded before the entry, saved after the exit
 * @param launched	whether this VMCS has been launched since VMCLEAR
 * @return		0 after a VM exit (also one that says that the entry
 *			failed late), else enum vmx_status: the entry failed
 *			and the guest's registers are as before
 */
int vmx_enter(struct vmx_guest *guest, int launched);

/**
 * The same, and VMCS_HOST_RSP is not written: for a caller that called
 * vmx_enter() with this VMCS before, with its stack pointer where it is now.
 * @param guest		as for vmx_enter()
 * @param launched	as for vmx_enter()
 * @return		as vmx_enter()
 */
int vmx_enter_same(struct vmx_guest *guest, int launched);

/** Where VM exits arrive; not to be called. */
void vmx_exit(void);
#endif

#endif
