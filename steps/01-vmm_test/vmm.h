/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prototypes and structures of step 01, grouped by file.
 */
#ifndef _VMM_H_
#define _VMM_H_

#include <sys/types.h>
#include "vmx_cpu.h"
#include "vmx_trap.h"

/** @name Where a guest finds itself */
/** @{ */
#define GUEST_IDENTITY	(4UL << 30) /* VA equals PA below this */
#define GUEST_STACK_TOP 0x0000800000000000
#define GUEST_HOLE	(5UL << 30) /* mapped by nobody */
/** @} */

/** Ticks of the preemption timer after which a guest counts as stuck. */
#define GUEST_PATIENCE	200000

/** How a guest ended. */
enum guest_end {
	GUEST_RUNNING = 0, /**< not yet */
	GUEST_EXITED,	   /**< exit(2); status is its argument */
	GUEST_KILLED,	   /**< an exception; status is its vector */
	GUEST_STUCK,	   /**< ran too long */
	GUEST_UNHANDLED,   /**< an exit nobody handles; status is it */
	GUEST_NO_ENTRY,	   /**< VM entry failed; status says why */
};

/** One guest: its VMCS, its registers and the last exit. */
struct vmx_thread_info {
	const char *name;	/**< for messages */
	vm_paddr_t vmcs;	/**< region of the VMCS */
	bool launched;		/**< VMRESUME instead of VMLAUNCH */
	struct vmx_guest guest; /**< registers */
	vm_paddr_t guest_cr3;	/**< PML4 of the guest's page table */
	vm_paddr_t stack;	/**< memory behind GUEST_STACK_TOP */

	struct vmx_exit_info exit; /**< the last VM exit */
	enum guest_end end;	   /**< why the guest does not run any more */
	int status;		   /**< see enum guest_end */
};

/* --- vmx.c --- */
extern struct vmx_caps vmx_caps;
extern struct vmx_ctls vmx_ctls;
const char *vmx_init(void);
void vmx_vminit(struct vmx_thread_info *vti, vm_offset_t entry);
void vmx_vmdestroy(struct vmx_thread_info *vti);

/* --- vmx_run.c --- */
extern uint64_t vmx_exit_count[];
void vmx_vmrun(struct vmx_thread_info *vti);

/* --- vmm.c --- */
bool guest_memory_init(struct vmx_thread_info *vti);
void guest_memory_free(struct vmx_thread_info *vti);
const void *guest_bytes(vm_offset_t va, size_t len);

/* --- vmm_test.c --- */
void vmm_test(void);

/* --- guest.c, linked at its physical address by guest.ld --- */
extern char guest_start[], guest_end[];
void guest_hello(void);
void guest_cpuid(void);
void guest_sum(void);
void guest_memory(const volatile uint64_t *low);
void guest_fault(void);
void guest_prefixed(void);
void guest_ud2(void);
void guest_divide(void);
void guest_privileged(void);
void guest_bad_pointer(void);
void guest_vmcall(void);
void guest_spin(void);
void guest_exits(void);

#endif
