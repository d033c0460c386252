/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * VMX operation of one processor: from "the capabilities say yes" to VMXON,
 * and back.  SDM volume 3, "Enabling and Entering VMX Operation" and
 * "Restrictions on VMX Operation".
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include "vmx_cpu.h"

static char refusal[384];

/* tag::agree[] */
/**
 * Finds out whether this processor can do what a kernel needs.  Reads the
 * capabilities, changes nothing.
 * @param caps	filled in
 * @param req	control bits wanted
 * @param n	number of requests
 * @param ctls	filled in: the control words agreed on
 * @return	NULL, or one sentence: why not, and what to do about it
 */
const char *
vmx_cpu_agree(struct vmx_caps *caps, const struct vmx_ctl_request *req,
    size_t n, struct vmx_ctls *ctls)
{
	enum vmx_refusal why;
	enum vmx_ctls_status status;
	char reason[256];

	vmx_caps_read(caps);
	why = vmx_caps_refusal(caps);
	if (why != VMX_REFUSE_NOT) {
		ksnprintf(refusal, sizeof(refusal), "VMX refused: %s; %s",
		    vmx_refusal_reason(why), vmx_refusal_remedy(why));
		return (refusal);
	}
	status = vmx_ctls_negotiate(caps, req, n, ctls);
	if (status != VMX_CTLS_OK) {
		vmx_ctls_explain(status, ctls, reason, sizeof(reason));
		ksnprintf(refusal, sizeof(refusal), "VMX refused: %s", reason);
		return (refusal);
	}
	return (NULL);
}
/* end::agree[] */

/* tag::region[] */
/**
 * Allocates a VMXON or VMCS region: a page of zeros that starts with the
 * revision identifier.  A page always suffices: capabilities that want more
 * are refused.
 * @param caps	this processor
 * @return	its physical address; panics when there is no page
 */
vm_paddr_t
vmx_region_alloc(const struct vmx_caps *caps)
{
	vm_paddr_t pa;

	pa = pmap_page_alloc();
	if (pa == 0)
		panic("vmx: no page for a VMX region");
	*(uint32_t *)PHYS_TO_DMAP(pa) = VMX_BASIC_REVISION(
	    caps->msr[VMX_CAP_BASIC]);
	return (pa);
}
/* end::region[] */

/**
 * Frees a region that the processor does not use any more: after VMXOFF or
 * VMCLEAR.
 * @param region	what vmx_region_alloc() returned
 */
void
vmx_region_free(vm_paddr_t region)
{
	pmap_page_free(region);
}

/* tag::fixed[] */
/**
 * @param caps	this processor
 * @param cr0	bits wanted
 * @return	a value of CR0 that VMX operation allows
 */
uint64_t
vmx_fixed_cr0(const struct vmx_caps *caps, uint64_t cr0)
{
	return ((cr0 | caps->msr[VMX_CAP_CR0_FIXED0]) &
	    caps->msr[VMX_CAP_CR0_FIXED1]);
}
/* end::fixed[] */

/**
 * @param caps	this processor
 * @param cr4	bits wanted
 * @return	a value of CR4 that VMX operation allows
 */
uint64_t
vmx_fixed_cr4(const struct vmx_caps *caps, uint64_t cr4)
{
	return ((cr4 | caps->msr[VMX_CAP_CR4_FIXED0]) &
	    caps->msr[VMX_CAP_CR4_FIXED1]);
}

/* tag::enable[] */
/**
 * Enters VMX root operation on this processor.
 * @param caps		this processor; vmx_caps_refusal() accepts it
 * @param region	VMXON region, kept until vmx_cpu_disable()
 */
void
vmx_cpu_enable(const struct vmx_caps *caps, vm_paddr_t region)
{
	/* LAB 01.2 begin: enter VMX root operation */
	uint64_t value;

	if (vmx_feature_control(caps, &value) == VMX_FC_UNLOCKED)
		wrmsr(MSR_IA32_FEATURE_CONTROL, value);
	load_cr0(vmx_fixed_cr0(caps, rcr0()));
	load_cr4(vmx_fixed_cr4(caps, rcr4() | CR4_VMXE));
	vmx_must(vmxon(region), "vmxon");
	/* LAB 01.2 end */
}
/* end::enable[] */

/** Leaves VMX operation on this processor; no VMCS may be active. */
void
vmx_cpu_disable(void)
{
	vmx_must(vmxoff(), "vmxoff");
	load_cr4(rcr4() & ~CR4_VMXE);
}
