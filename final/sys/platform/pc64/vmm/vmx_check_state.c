/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on guest state that is not in registers, and on PDPTEs.
 *
 * Activity, interruptibility, pending debug exceptions, the VMCS link pointer.
 * Breaking one of them makes the entry fail with exit reason 33.  From the
 * SDM's "Checks on Guest Non-Register State" and "Checks on Guest
 * Page-Directory-Pointer-Table Entries"; called by vmx_check.c.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define STATE	       "Checks on Guest Non-Register State"
#define PDPTES	       "Checks on Guest Page-Directory-Pointer-Table Entries"

#define DEBUGCTL_BTF   0x2ull
#define PDPTE_RESERVED 0x1e6ull
#define VECTOR_DB      1u
#define VECTOR_MC      18u

static uint32_t
activity(const struct vmx_check *c)
{
	return ((uint32_t)vmx_check_rd(c, VMCS_GUEST_ACTIVITY));
}

static bool
blocked(const struct vmx_check *c, uint32_t any)
{
	return ((vmx_check_rd(c, VMCS_GUEST_INTERRUPTIBILITY) & any) != 0);
}

static bool
to_smm(const struct vmx_check *c)
{
	return (vmx_check_set(c, VMCS_CTL_ENTRY, ENTRY_CTLS_SMM));
}

static bool
injects_exception(const struct vmx_check *c, uint32_t vector)
{
	return (vmx_check_event_is(c, INTR_INFO_TYPE_HW_EXCEPTION) &&
	    (vmx_check_event(c) & INTR_INFO_VECTOR_MASK) == vector);
}

/* --- activity --- */

static bool
activity_known(const struct vmx_check *c, uint32_t arg __unused)
{
	static const uint64_t needs[] = {
		[ACTIVITY_ACTIVE] = 0,
		[ACTIVITY_HLT] = VMX_MISC_ACTIVITY_HLT,
		[ACTIVITY_SHUTDOWN] = VMX_MISC_ACTIVITY_SHUTDOWN,
		[ACTIVITY_WAIT_SIPI] = VMX_MISC_ACTIVITY_WAIT_SIPI,
	};
	uint64_t state = vmx_check_rd(c, VMCS_GUEST_ACTIVITY);

	return (state < nitems(needs) &&
	    (needs[state] == 0 ||
		(c->caps->msr[VMX_CAP_MISC] & needs[state]) != 0));
}

static bool
hlt_dpl(const struct vmx_check *c, uint32_t field)
{
	return (activity(c) != ACTIVITY_HLT ||
	    (vmx_check_rd(c, field) & SEG_AR_DPL_MASK) == 0);
}

static bool
active_if_blocked(const struct vmx_check *c, uint32_t arg __unused)
{
	return (activity(c) == ACTIVITY_ACTIVE ||
	    !blocked(c, INTR_STATE_STI | INTR_STATE_MOV_SS));
}

static bool
hlt_event(const struct vmx_check *c, uint32_t arg __unused)
{
	if (activity(c) != ACTIVITY_HLT || vmx_check_event(c) == 0)
		return (true);
	return (vmx_check_event_is(c, INTR_INFO_TYPE_EXTINT) ||
	    vmx_check_event_is(c, INTR_INFO_TYPE_NMI) ||
	    vmx_check_event_is(c, INTR_INFO_TYPE_OTHER) ||
	    injects_exception(c, VECTOR_DB) || injects_exception(c, VECTOR_MC));
}

static bool
shutdown_event(const struct vmx_check *c, uint32_t arg __unused)
{
	if (activity(c) != ACTIVITY_SHUTDOWN || vmx_check_event(c) == 0)
		return (true);
	return (vmx_check_event_is(c, INTR_INFO_TYPE_NMI) ||
	    injects_exception(c, VECTOR_MC));
}

static bool
sipi_event(const struct vmx_check *c, uint32_t arg __unused)
{
	return (activity(c) != ACTIVITY_WAIT_SIPI || vmx_check_event(c) == 0);
}

static bool
sipi_smm(const struct vmx_check *c, uint32_t arg __unused)
{
	return (activity(c) != ACTIVITY_WAIT_SIPI || !to_smm(c));
}

/* --- interruptibility --- */

static bool
intr_reserved(const struct vmx_check *c, uint32_t mask)
{
	return (!blocked(c, mask));
}

static bool
intr_one_blocking(const struct vmx_check *c, uint32_t arg __unused)
{
	return (!blocked(c, INTR_STATE_STI) || !blocked(c, INTR_STATE_MOV_SS));
}

static bool
intr_sti(const struct vmx_check *c, uint32_t field)
{
	return (!blocked(c, INTR_STATE_STI) || vmx_check_set(c, field, PSL_I));
}

static bool
intr_extint(const struct vmx_check *c, uint32_t arg __unused)
{
	return (!vmx_check_event_is(c, INTR_INFO_TYPE_EXTINT) ||
	    !blocked(c, INTR_STATE_STI | INTR_STATE_MOV_SS));
}

static bool
intr_nmi(const struct vmx_check *c, uint32_t mask)
{
	return (
	    !vmx_check_event_is(c, INTR_INFO_TYPE_NMI) || !blocked(c, mask));
}

static bool
intr_virtual_nmi(const struct vmx_check *c, uint32_t mask)
{
	return (!vmx_check_set(c, VMCS_CTL_PIN, PIN_CTLS_VIRTUAL_NMIS) ||
	    intr_nmi(c, mask));
}

static bool
intr_smi(const struct vmx_check *c, uint32_t mask)
{
	return (c->smm || !blocked(c, mask));
}

static bool
intr_smi_entry(const struct vmx_check *c, uint32_t mask)
{
	return (!to_smm(c) || blocked(c, mask));
}

static bool
intr_enclave(const struct vmx_check *c, uint32_t mask)
{
	return (!blocked(c, mask) || !blocked(c, INTR_STATE_MOV_SS));
}

/* --- pending debug exceptions --- */

static bool
debug_reserved(const struct vmx_check *c, uint32_t field)
{
	return ((vmx_check_rd(c, field) & PENDING_DEBUG_RESERVED) == 0);
}

/*
 * A single-step trap is due after the instruction that blocked interrupts, or
 * that halted: BS has to say so, exactly if TF is set and does not mean
 * single-stepping on branches.
 */
static bool
debug_single_step(const struct vmx_check *c, uint32_t field)
{
	bool due, bs;

	if (!blocked(c, INTR_STATE_STI | INTR_STATE_MOV_SS) &&
	    activity(c) != ACTIVITY_HLT)
		return (true);
	due = vmx_check_set(c, VMCS_GUEST_RFLAGS, PSL_T) &&
	    !vmx_check_set(c, VMCS_GUEST_DEBUGCTL, DEBUGCTL_BTF);
	bs = vmx_check_set(c, field, PENDING_DEBUG_BS);
	return (due == bs);
}

static bool
debug_rtm(const struct vmx_check *c, uint32_t field)
{
	uint64_t others = ~(PENDING_DEBUG_RTM | PENDING_DEBUG_ENABLED_BP);

	if (!vmx_check_set(c, field, PENDING_DEBUG_RTM))
		return (true);
	return ((vmx_check_rd(c, field) & others) == 0 &&
	    vmx_check_set(c, field, PENDING_DEBUG_ENABLED_BP) &&
	    !blocked(c, INTR_STATE_MOV_SS));
}

/* --- VMCS link pointer, PDPTEs --- */

static bool
link_place(const struct vmx_check *c, uint32_t field)
{
	uint64_t link = vmx_check_rd(c, field);

	return (
	    link == VMCS_LINK_POINTER_NONE || vmx_check_phys(c, link, 0xfff));
}

static bool
link_other(const struct vmx_check *c, uint32_t field)
{
	return ((c->smm && !to_smm(c)) || vmx_check_rd(c, field) != c->vmcs);
}

/* Only a guest with PAE paging outside IA-32e mode has them. */
static bool
pdpte(const struct vmx_check *c, uint32_t field)
{
	uint64_t v;

	if (!vmx_check_proc2(c, PROC2_CTLS_EPT) ||
	    !vmx_check_set(c, VMCS_GUEST_CR0, CR0_PG) ||
	    !vmx_check_set(c, VMCS_GUEST_CR4, CR4_PAE) ||
	    vmx_check_set(c, VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA))
		return (true);
	v = vmx_check_rd(c, field);
	return ((v & 1) == 0 || vmx_check_phys(c, v, PDPTE_RESERVED));
}

#define PDPTE(id, field)                                                       \
	{                                                                      \
		id, PDPTES,                                                    \
		    "the entry is not present, or its reserved bits are 0",    \
		    pdpte, field                                               \
	}

/* clang-format off */
static const struct vmx_check_rule rules[] = {
	{ "guest.activity", STATE, "the activity state is one the processor "
	    "supports", activity_known, 0 },
	{ "guest.activity_hlt_dpl", STATE, "a halted guest has DPL 0 in SS",
	    hlt_dpl, VMCS_GUEST_SS_AR },
	{ "guest.activity_blocked", STATE, "a guest with blocking by STI or "
	    "MOV SS is active", active_if_blocked, 0 },
	{ "guest.activity_hlt_event", STATE, "a halted guest is given only an "
	    "interrupt, an NMI, #DB, #MC or a pending MTF exit",
	    hlt_event, 0 },
	{ "guest.activity_shutdown_event", STATE, "a guest in shutdown is "
	    "given only an NMI or #MC", shutdown_event, 0 },
	{ "guest.activity_sipi_event", STATE, "a guest that waits for a "
	    "start-up IPI is given no event", sipi_event, 0 },
	{ "guest.activity_sipi_smm", STATE, "an entry to SMM does not wait "
	    "for a start-up IPI", sipi_smm, 0 },
	{ "guest.intr_reserved", STATE, "reserved bits of the "
	    "interruptibility state are 0",
	    intr_reserved, INTR_STATE_RESERVED },
	{ "guest.intr_one", STATE, "blocking by STI and blocking by MOV SS "
	    "exclude each other", intr_one_blocking, 0 },
	{ "guest.intr_sti_if", STATE, "blocking by STI needs RFLAGS.IF",
	    intr_sti, VMCS_GUEST_RFLAGS },
	{ "guest.intr_extint", STATE, "an external interrupt is not injected "
	    "under blocking by STI or MOV SS", intr_extint, 0 },
	{ "guest.intr_nmi_mov_ss", STATE, "an NMI is not injected under "
	    "blocking by MOV SS", intr_nmi, INTR_STATE_MOV_SS },
	{ "guest.intr_nmi_sti", STATE, "an NMI is not injected under blocking "
	    "by STI (some processors insist)", intr_nmi, INTR_STATE_STI },
	{ "guest.intr_virtual_nmi", STATE, "with virtual NMIs, an NMI is not "
	    "injected under blocking by NMI",
	    intr_virtual_nmi, INTR_STATE_NMI },
	{ "guest.intr_smi", STATE, "blocking by SMI is 0 outside SMM",
	    intr_smi, INTR_STATE_SMI },
	{ "guest.intr_smi_entry", STATE, "an entry to SMM has blocking by "
	    "SMI", intr_smi_entry, INTR_STATE_SMI },
	{ "guest.intr_enclave", STATE, "an enclave interruption excludes "
	    "blocking by MOV SS", intr_enclave, INTR_STATE_ENCLAVE },
	{ "guest.debug_reserved", STATE, "reserved bits of the pending debug "
	    "exceptions are 0", debug_reserved, VMCS_GUEST_PENDING_DEBUG },
	{ "guest.debug_single_step", STATE, "with blocking or in HLT, BS is "
	    "pending exactly if RFLAGS.TF is 1 and IA32_DEBUGCTL.BTF is 0",
	    debug_single_step, VMCS_GUEST_PENDING_DEBUG },
	{ "guest.debug_rtm", STATE, "a pending debug exception in a "
	    "transaction comes alone, without blocking by MOV SS",
	    debug_rtm, VMCS_GUEST_PENDING_DEBUG },
	{ "guest.link", STATE, "the VMCS link pointer is all ones, or aligned "
	    "to 4 KB and within the physical-address width",
	    link_place, VMCS_GUEST_LINK_POINTER },
	{ "guest.link_other", STATE, "the VMCS link pointer is not the "
	    "current VMCS", link_other, VMCS_GUEST_LINK_POINTER },
	PDPTE("guest.pdpte0", VMCS_GUEST_PDPTE0),
	PDPTE("guest.pdpte1", VMCS_GUEST_PDPTE1),
	PDPTE("guest.pdpte2", VMCS_GUEST_PDPTE2),
	PDPTE("guest.pdpte3", VMCS_GUEST_PDPTE3),
};
/* clang-format on */

const struct vmx_check_table vmx_check_state = { rules, nitems(rules) };
