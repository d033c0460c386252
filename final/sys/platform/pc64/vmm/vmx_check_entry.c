/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on the event that an entry injects, on the MSR areas and on SMM.
 *
 * Breaking one of them makes VMLAUNCH fail with VM-instruction error 7.  From
 * the SDM's "VM-Exit Control Fields" and "VM-Entry Control Fields"; called by
 * vmx_check.c.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define EXIT		   "VM-Exit Control Fields"
#define ENTRY		   "VM-Entry Control Fields"

/* Exceptions that push an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC. */
#define ERROR_CODE_VECTORS 0x00027d00u

static uint32_t
vector(uint32_t event)
{
	return (event & INTR_INFO_VECTOR_MASK);
}

static bool
event_type(const struct vmx_check *c, uint32_t arg __unused)
{
	uint32_t event = vmx_check_event(c);

	if (event == 0)
		return (true);
	switch (event & INTR_INFO_TYPE_MASK) {
	case INTR_INFO_TYPE_RESERVED:
		return (false);
	case INTR_INFO_TYPE_OTHER:
		return ((vmx_caps_may_be_1(c->caps, VMX_CTL_PROC) &
			    PROC_CTLS_MONITOR_TRAP) != 0);
	default:
		return (true);
	}
}

static bool
event_vector(const struct vmx_check *c, uint32_t arg __unused)
{
	uint32_t event = vmx_check_event(c);

	switch (event & INTR_INFO_TYPE_MASK) {
	case INTR_INFO_TYPE_NMI:
		return (vector(event) == 2);
	case INTR_INFO_TYPE_HW_EXCEPTION:
		return (vector(event) <= 31);
	case INTR_INFO_TYPE_OTHER:
		return (vector(event) == 0);
	default:
		return (true);
	}
}

/* An unrestricted guest may be in real mode, where nothing pushes a code. */
static bool
real_mode(const struct vmx_check *c)
{
	return (vmx_check_proc2(c, PROC2_CTLS_UNRESTRICTED_GUEST) &&
	    !vmx_check_set(c, VMCS_GUEST_CR0, CR0_PE));
}

static bool
event_error_code(const struct vmx_check *c, uint32_t arg __unused)
{
	uint32_t event = vmx_check_event(c);
	bool code = (event & INTR_INFO_ERROR_CODE) != 0;

	if (event == 0)
		return (true);
	if (!vmx_check_event_is(c, INTR_INFO_TYPE_HW_EXCEPTION) || real_mode(c))
		return (!code);
	if ((c->caps->msr[VMX_CAP_BASIC] & VMX_BASIC_ANY_ERROR_CODE) != 0 ||
	    vector(event) > 31)
		return (true);
	return (code == ((ERROR_CODE_VECTORS >> vector(event) & 1) != 0));
}

static bool
event_reserved(const struct vmx_check *c, uint32_t arg __unused)
{
	return ((vmx_check_event(c) & INTR_INFO_ENTRY_RESERVED) == 0);
}

static bool
error_code_value(const struct vmx_check *c, uint32_t field)
{
	return ((vmx_check_event(c) & INTR_INFO_ERROR_CODE) == 0 ||
	    vmx_check_rd(c, field) <= 0xffff);
}

static bool
event_length(const struct vmx_check *c, uint32_t field)
{
	uint64_t length;

	if (!vmx_check_event_is(c, INTR_INFO_TYPE_SW_INTERRUPT) &&
	    !vmx_check_event_is(c, INTR_INFO_TYPE_SW_EXCEPTION) &&
	    !vmx_check_event_is(c, INTR_INFO_TYPE_PRIV_SW_EXC))
		return (true);
	length = vmx_check_rd(c, field);
	if (length == 0)
		return ((c->caps->msr[VMX_CAP_MISC] &
			    VMX_MISC_ZERO_LENGTH_INJECTION) != 0);
	return (length <= 15);
}

/* The count's field for the address field of an MSR area. */
static uint64_t
area_count(const struct vmx_check *c, uint32_t field)
{
	switch (field) {
	case VMCS_CTL_EXIT_MSR_STORE_ADDR:
		return (vmx_check_rd(c, VMCS_CTL_EXIT_MSR_STORE_COUNT));
	case VMCS_CTL_EXIT_MSR_LOAD_ADDR:
		return (vmx_check_rd(c, VMCS_CTL_EXIT_MSR_LOAD_COUNT));
	default:
		return (vmx_check_rd(c, VMCS_CTL_ENTRY_MSR_LOAD_COUNT));
	}
}

static bool
area_place(const struct vmx_check *c, uint32_t field)
{
	uint64_t count = area_count(c, field), start;

	if (count == 0)
		return (true);
	start = vmx_check_rd(c, field);
	return (vmx_check_phys(c, start, VMX_MSR_AREA_ALIGN_MASK) &&
	    vmx_check_phys(c, start + count * VMX_MSR_AREA_ENTRY_SIZE - 1, 0));
}

/* More is not an entry failure but "undefined behaviour": worse. */
static bool
area_size(const struct vmx_check *c, uint32_t field)
{
	return (area_count(c, field) <=
	    VMX_MISC_MSR_AREA_MAX(c->caps->msr[VMX_CAP_MISC]));
}

static bool
smm_controls(const struct vmx_check *c, uint32_t field)
{
	return (c->smm ||
	    (vmx_check_rd(c, field) &
		(ENTRY_CTLS_SMM | ENTRY_CTLS_DEACTIVATE_DUAL)) == 0);
}

static bool
smm_exclusive(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(
	    c, field, ENTRY_CTLS_SMM | ENTRY_CTLS_DEACTIVATE_DUAL));
}

#define PLACE_TEXT                                                             \
	" area is aligned to 16 bytes and within the physical-address width"
#define SIZE_TEXT " area has no more entries than IA32_VMX_MISC recommends"

/* clang-format off */
static const struct vmx_check_rule rules[] = {
	{ "exit.msr_store", EXIT, "the VM-exit MSR-store" PLACE_TEXT,
	    area_place, VMCS_CTL_EXIT_MSR_STORE_ADDR },
	{ "exit.msr_store_count", EXIT, "the VM-exit MSR-store" SIZE_TEXT,
	    area_size, VMCS_CTL_EXIT_MSR_STORE_ADDR },
	{ "exit.msr_load", EXIT, "the VM-exit MSR-load" PLACE_TEXT,
	    area_place, VMCS_CTL_EXIT_MSR_LOAD_ADDR },
	{ "exit.msr_load_count", EXIT, "the VM-exit MSR-load" SIZE_TEXT,
	    area_size, VMCS_CTL_EXIT_MSR_LOAD_ADDR },
	{ "event.type", ENTRY, "the injected event's type is not reserved",
	    event_type, 0 },
	{ "event.vector", ENTRY, "the injected event's vector fits its type: "
	    "2 for an NMI, up to 31 for an exception, 0 for another event",
	    event_vector, 0 },
	{ "event.error_code", ENTRY, "the injected event delivers an error "
	    "code exactly if it is an exception that has one",
	    event_error_code, 0 },
	{ "event.reserved", ENTRY, "bits 30:12 of the injected event's "
	    "information are 0", event_reserved, 0 },
	{ "event.error_code_value", ENTRY, "bits 31:16 of the injected error "
	    "code are 0", error_code_value, VMCS_CTL_ENTRY_ERROR_CODE },
	{ "event.length", ENTRY, "the instruction length of an injected "
	    "software event is 1 to 15, or 0 where the processor permits it",
	    event_length, VMCS_CTL_ENTRY_INSN_LENGTH },
	{ "entry.msr_load", ENTRY, "the VM-entry MSR-load" PLACE_TEXT,
	    area_place, VMCS_CTL_ENTRY_MSR_LOAD_ADDR },
	{ "entry.msr_load_count", ENTRY, "the VM-entry MSR-load" SIZE_TEXT,
	    area_size, VMCS_CTL_ENTRY_MSR_LOAD_ADDR },
	{ "entry.smm", ENTRY, "\"entry to SMM\" and \"deactivate dual-monitor "
	    "treatment\" are 0 outside SMM", smm_controls, VMCS_CTL_ENTRY },
	{ "entry.smm_exclusive", ENTRY, "\"entry to SMM\" and \"deactivate "
	    "dual-monitor treatment\" exclude each other",
	    smm_exclusive, VMCS_CTL_ENTRY },
};
/* clang-format on */

const struct vmx_check_table vmx_check_entry = { rules, nitems(rules) };
