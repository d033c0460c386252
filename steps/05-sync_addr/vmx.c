/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * VMX: may we use it, and how is a guest described to the processor.
 *
 *     vmx_init()      reads the capabilities and negotiates the controls;
 *                     a refusal is a sentence
 *     vmx_vminit()    a VMCS with controls, host state and guest state
 *
 * What every guest has in common is in vmx_state.c.  Nothing is assumed about
 * the processor: every control bit is negotiated (vmx_ctls.c), every fixed
 * bit of CR0 and CR4 is applied (vmx_cpu.c).
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include "vmm.h"

/** How this processor describes itself. */
struct vmx_caps vmx_caps;
/** The control words that it and we agreed on. */
struct vmx_ctls vmx_ctls;
/** How often a thread went on on another processor; under vmm_lock. */
uint64_t vmx_migrations;

/* tag::requests[] */
/*
 * What we ask of the processor.  EFER cannot be required: the oldest machines
 * with VMX do not switch it.  There the guest shares the host's, whose SCE
 * bit is clear too (vmx_vminit() makes sure).
 */
static const struct vmx_ctl_request vmx_requests[] = {
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_EXTINT_EXITING,
	    "so that interrupts stay the host's" },
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_NMI_EXITING,
	    "so that NMIs stay the host's" },
	{ VMX_CTL_PIN, VMX_MAY_BE_1, PIN_CTLS_PREEMPTION_TIMER,
	    "to end a guest that never ends" },
	{ VMX_CTL_EXIT, VMX_MAY_BE_1, EXIT_CTLS_SAVE_PREEMPTION_TIMER,
	    "to go on counting after an exit" },
	{ VMX_CTL_PROC, VMX_MUST_BE_1, PROC_CTLS_IO_EXITING,
	    "so that no device is within the guest's reach" },
	{ VMX_CTL_PROC2, VMX_MUST_BE_1, PROC2_CTLS_EPT,
	    "to make the process's memory the guest's" },
	{ VMX_CTL_EXIT, VMX_MUST_BE_1, EXIT_CTLS_HOST_LMA,
	    "since the host runs in 64-bit mode" },
	{ VMX_CTL_EXIT, VMX_MAY_BE_1, EXIT_CTLS_LOAD_EFER,
	    "to get the host's EFER back" },
	{ VMX_CTL_ENTRY, VMX_MUST_BE_1, ENTRY_CTLS_GUEST_LMA,
	    "since the guest runs in 64-bit mode" },
	{ VMX_CTL_ENTRY, VMX_MAY_BE_1, ENTRY_CTLS_LOAD_EFER,
	    "to clear SCE: SYSCALL shall raise #UD" },
};
/* end::requests[] */

/**
 * Finds out whether this processor can do what we need.  Changes nothing.
 * @return	NULL, or why not and what to do about it
 */
const char *
vmx_init(void)
{
	const char *refusal;

	refusal = vmx_cpu_agree(
	    &vmx_caps, vmx_requests, nitems(vmx_requests), &vmx_ctls);
	vmx_ctls_together(&vmx_caps, &vmx_ctls, VMX_CTL_PIN,
	    PIN_CTLS_PREEMPTION_TIMER, VMX_CTL_EXIT,
	    EXIT_CTLS_SAVE_PREEMPTION_TIMER);
	vmx_ctls_together(&vmx_caps, &vmx_ctls, VMX_CTL_ENTRY,
	    ENTRY_CTLS_LOAD_EFER, VMX_CTL_EXIT, EXIT_CTLS_LOAD_EFER);
	return (refusal != NULL ? refusal : ept_refusal(&vmx_caps));
}

/* tag::guest[] */
static void
init_controls(void)
{
	vmcs_write(VMCS_CTL_PIN, vmx_ctls.word[VMX_CTL_PIN]);
	vmcs_write(VMCS_CTL_PROC, vmx_ctls.word[VMX_CTL_PROC]);
	vmcs_write(VMCS_CTL_EXIT, vmx_ctls.word[VMX_CTL_EXIT]);
	vmcs_write(VMCS_CTL_ENTRY, vmx_ctls.word[VMX_CTL_ENTRY]);
	if ((vmx_ctls.word[VMX_CTL_PROC] & PROC_CTLS_SECONDARY) != 0)
		vmcs_write(VMCS_CTL_PROC2, vmx_ctls.word[VMX_CTL_PROC2]);
	vmcs_write(VMCS_CTL_EXCEPTION_BITMAP, 0xffffffff);
}

static void
init_guest_state(const struct vmx_thread_info *vti)
{
	vmx_write_segments();
	/* TS: threads have no FPU, since nobody switches its state. */
	vmcs_write(VMCS_GUEST_CR0,
	    vmx_fixed_cr0(&vmx_caps,
		CR0_PE | CR0_PG | CR0_NE | CR0_ET | CR0_WP | CR0_TS));
	vmcs_write(VMCS_GUEST_CR3, vti->linear.cr3);
	vmcs_write(VMCS_GUEST_CR4, vmx_fixed_cr4(&vmx_caps, CR4_PAE));
	if ((vmx_ctls.granted[VMX_CTL_ENTRY] & ENTRY_CTLS_LOAD_EFER) != 0)
		vmcs_write(VMCS_GUEST_EFER, EFER_LME | EFER_LMA);
}
/* end::guest[] */

/* tag::current[] */
/**
 * Makes a thread's VMCS current on this processor.  All access to one comes
 * behind this.  What the host state says of the processor is written anew when
 * it is another one: else a VM exit would bring back the other's stack for
 * exceptions, and its data for this one's.
 * @param vti	thread that no other processor has
 */
void
vmcs_enter(struct vmx_thread_info *vti)
{
	struct vmm_cpu *cpu = &vmm_cpus[mycpuid];

	if (cpu->current == vti)
		return;
	/* LAB 05.1 begin: take over a thread from any processor */
	if (cpu->current != NULL)
		vmcs_leave(cpu->current);
	KASSERT(vti->cpu == 0, ("vmcs_enter: processor %u has it", vti->cpu));
	vmx_must(vmptrld(vti->vmcs), "vmptrld");
	cpu->current = vti;
	vti->cpu = mycpuid + 1;
	if (vti->last_cpu != vti->cpu) {
		vmx_write_host_state(&vmx_ctls, (vm_offset_t)vmx_exit);
		vmx_migrations += vti->last_cpu != 0;
		vti->last_cpu = vti->cpu;
	}
	/* LAB 05.1 end */
}

/**
 * Writes a thread's VMCS back to memory, so that any processor may take it.
 * @param vti	thread whose VMCS is current here
 */
void
vmcs_leave(struct vmx_thread_info *vti)
{
	/* LAB 05.5 begin: give up a VMCS, so that any processor may take it */
	vmx_must(vmclear(vti->vmcs), "vmclear");
	vti->launched = false;
	vti->cpu = 0;
	vmm_cpus[mycpuid].current = NULL;
	/* LAB 05.5 end */
}
/* end::current[] */

/**
 * Makes a VMCS for a thread; the one that was current stays so.
 * @param vti	its process, registers and linear address space are set
 */
void
vmx_vminit(struct vmx_thread_info *vti)
{
	struct vmx_thread_info *current = vmm_cpus[mycpuid].current;

	KASSERT((rdmsr(MSR_EFER) & EFER_SCE) == 0,
	    ("vmx_vminit: a guest could inherit EFER.SCE"));
	vti->vmcs = vmx_region_alloc(&vmx_caps);
	vti->launched = false;
	vmx_must(vmclear(vti->vmcs), "vmclear");
	vmx_must(vmptrld(vti->vmcs), "vmptrld");
	vmx_write_idle_state();
	init_controls();
	init_guest_state(vti);
	if ((vmx_ctls.granted[VMX_CTL_PIN] & PIN_CTLS_PREEMPTION_TIMER) != 0)
		vmcs_write(VMCS_GUEST_PREEMPTION_TIMER, vti->proc->patience);
	vmcs_write(VMCS_CTL_EPTP, ept_pointer(&vti->proc->map.pmap));
	vmx_must(vmclear(vti->vmcs), "vmclear");
	if (current != NULL)
		vmx_must(vmptrld(current->vmcs), "vmptrld");
}

/**
 * Gives a thread's VMCS back.
 * @param vti	thread; must not enter the guest any more
 */
void
vmx_vmdestroy(struct vmx_thread_info *vti)
{
	if (vmm_cpus[mycpuid].current == vti)
		vmcs_leave(vti);
	KASSERT(vti->cpu == 0, ("vmx_vmdestroy: it is in use"));
	vmx_region_free(vti->vmcs);
}
