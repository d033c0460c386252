/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Questions about a processor's VMX, answered from its capability words.
 *
 * Pure: the words come in through struct vmx_caps, whoever read them.  Called
 * by the start of VMX, by control negotiation, by the VMCS checker and dump,
 * and by the unit tests.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_caps.h"
#include "vmx_vmcs.h"

#define VMX_PAGE_SIZE 4096u

/* tag::exists[] */
/* Controls that say whether a capability MSR exists. */
static const struct {
	enum vmx_cap cap;  /* first of a range ... */
	enum vmx_cap last; /* ... of MSRs */
	enum vmx_cap by;   /* exist if this MSR ... */
	uint64_t mask;	   /* ... has one of these bits */
} cap_exists[] = {
	{ VMX_CAP_PROC2, VMX_CAP_PROC2, VMX_CAP_PROC,
	    (uint64_t)PROC_CTLS_SECONDARY << 32 },
	{ VMX_CAP_EPT_VPID, VMX_CAP_EPT_VPID, VMX_CAP_PROC2,
	    (uint64_t)(PROC2_CTLS_EPT | PROC2_CTLS_VPID) << 32 },
	{ VMX_CAP_TRUE_PIN, VMX_CAP_TRUE_ENTRY, VMX_CAP_BASIC,
	    VMX_BASIC_TRUE_CTLS },
	{ VMX_CAP_VMFUNC, VMX_CAP_VMFUNC, VMX_CAP_PROC2,
	    (uint64_t)PROC2_CTLS_VMFUNC << 32 },
	{ VMX_CAP_PROC3, VMX_CAP_PROC3, VMX_CAP_PROC,
	    (uint64_t)PROC_CTLS_TERTIARY << 32 },
	{ VMX_CAP_EXIT2, VMX_CAP_EXIT2, VMX_CAP_EXIT,
	    (uint64_t)EXIT_CTLS_SECONDARY << 32 },
};
/* end::exists[] */

/* Capability MSRs of each control word; BASIC stands for "none". */
static const struct {
	enum vmx_cap plain;
	enum vmx_cap best;
	bool wide; /* 64 allowed-1 bits instead of two halves */
} word_caps[] = {
	[VMX_CTL_PIN] = { VMX_CAP_PIN, VMX_CAP_TRUE_PIN, false },
	[VMX_CTL_PROC] = { VMX_CAP_PROC, VMX_CAP_TRUE_PROC, false },
	[VMX_CTL_PROC2] = { VMX_CAP_PROC2, VMX_CAP_BASIC, false },
	[VMX_CTL_EXIT] = { VMX_CAP_EXIT, VMX_CAP_TRUE_EXIT, false },
	[VMX_CTL_ENTRY] = { VMX_CAP_ENTRY, VMX_CAP_TRUE_ENTRY, false },
	[VMX_CTL_PROC3] = { VMX_CAP_PROC3, VMX_CAP_BASIC, true },
	[VMX_CTL_EXIT2] = { VMX_CAP_EXIT2, VMX_CAP_BASIC, true },
};

/* clang-format off */
/* tag::refusals[] */
static const struct {
	const char *reason;
	const char *remedy;
} refusals[VMX_REFUSE_COUNT] = {
	[VMX_REFUSE_NOT] = {
		"VMX can be used",
		"nothing needs to change" },
	[VMX_REFUSE_AMD] = {
		"this is an AMD processor: it has SVM instead of Intel VMX",
		"run on an Intel processor, or choose another machine model" },
	[VMX_REFUSE_VIRTUAL] = {
		"this is a virtual machine whose processor has no VMX",
		"enable nested virtualisation in the hypervisor, or run on "
		"the bare machine" },
	[VMX_REFUSE_CPUID] = {
		"this processor has no VMX (CPUID.1:ECX bit 5 is 0)",
		"run on a processor with Intel VT-x; some firmware hides it "
		"when \"Intel Virtualization Technology\" is disabled" },
	[VMX_REFUSE_LOCKED_OFF] = {
		"the firmware has locked VMX off (IA32_FEATURE_CONTROL bit 2 "
		"is 0)",
		"enable \"Intel Virtualization Technology\" (VT-x) in the "
		"firmware set-up and switch the machine off and on" },
	[VMX_REFUSE_SMX_ONLY] = {
		"the firmware allows VMX only inside SMX operation "
		"(IA32_FEATURE_CONTROL has bit 1, not bit 2)",
		"disable \"Trusted Execution\" (TXT) or enable VT-x outside "
		"it in the firmware set-up" },
	[VMX_REFUSE_REVISION] = {
		"the VMCS revision identifier is 0 (IA32_VMX_BASIC)",
		"report this processor: its VMX description makes no sense" },
	[VMX_REFUSE_REGION_SIZE] = {
		"the VMCS region is not 1 to 4096 bytes (IA32_VMX_BASIC)",
		"report this processor: its VMX description makes no sense" },
	[VMX_REFUSE_MEMTYPE] = {
		"VMCS memory would have to be of another type than "
		"write-back (IA32_VMX_BASIC)",
		"report this processor: only write-back is supported here" },
	[VMX_REFUSE_32BIT] = {
		"VMX structures would have to lie below 4 GB "
		"(IA32_VMX_BASIC bit 48)",
		"report this processor: 64-bit ones do not ask for this" },
	[VMX_REFUSE_LONG_MODE] = {
		"this processor has no 64-bit mode",
		"run on a 64-bit processor" },
};
/* end::refusals[] */
/* clang-format on */

bool
vmx_caps_exists(const struct vmx_caps *caps, enum vmx_cap cap)
{
	if ((caps->cpuid1_ecx & VMX_CPUID1_ECX_VMX) == 0 ||
	    (unsigned)cap >= VMX_CAP_COUNT)
		return (false);
	for (size_t i = 0; i < nitems(cap_exists); i++)
		if (cap >= cap_exists[i].cap && cap <= cap_exists[i].last)
			return ((caps->msr[cap_exists[i].by] &
				    cap_exists[i].mask) != 0);
	return (true);
}

/* tag::collect[] */
void
vmx_caps_collect(
    struct vmx_caps *caps, uint64_t (*rd)(void *arg, uint32_t msr), void *arg)
{
	enum vmx_cap cap;

	caps->feature_control = 0;
	caps->present = 0;
	memset(caps->msr, 0, sizeof(caps->msr));
	if ((caps->cpuid1_ecx & VMX_CPUID1_ECX_VMX) == 0)
		return;
	caps->feature_control = rd(arg, MSR_IA32_FEATURE_CONTROL);
	/* Ascending order: an MSR comes after the one it depends on. */
	for (cap = 0; cap < VMX_CAP_COUNT; cap++) {
		if (!vmx_caps_exists(caps, cap))
			continue;
		caps->msr[cap] = rd(arg, VMX_CAP_MSR(cap));
		caps->present |= 1u << cap;
	}
}
/* end::collect[] */

/* tag::feature_control[] */
enum vmx_feature_control
vmx_feature_control(const struct vmx_caps *caps, uint64_t *value)
{
	uint64_t fc = caps->feature_control;

	if ((fc & FEATURE_CONTROL_LOCK) == 0) {
		if (value != NULL)
			*value = fc | FEATURE_CONTROL_LOCK |
			    FEATURE_CONTROL_VMX;
		return (VMX_FC_UNLOCKED);
	}
	if ((fc & FEATURE_CONTROL_VMX) != 0)
		return (VMX_FC_READY);
	return ((fc & FEATURE_CONTROL_VMX_SMX) != 0 ? VMX_FC_SMX_ONLY
						    : VMX_FC_LOCKED_OFF);
}
/* end::feature_control[] */

/* tag::refusal[] */
static bool
is_amd(const struct vmx_caps *caps)
{
	return (strcmp(caps->vendor, "AuthenticAMD") == 0 ||
	    strcmp(caps->vendor, "HygonGenuine") == 0);
}

/* Not only Intel has VMX: the CPUID bit decides, and not the vendor. */
static enum vmx_refusal
refuse_without_vmx(const struct vmx_caps *caps)
{
	if (is_amd(caps))
		return (VMX_REFUSE_AMD);
	if ((caps->cpuid1_ecx & VMX_CPUID1_ECX_HYPERVISOR) != 0)
		return (VMX_REFUSE_VIRTUAL);
	return (VMX_REFUSE_CPUID);
}

static enum vmx_refusal
refuse_by_basic(uint64_t basic)
{
	uint32_t size = VMX_BASIC_REGION_SIZE(basic);

	if (VMX_BASIC_REVISION(basic) == 0)
		return (VMX_REFUSE_REVISION);
	if (size == 0 || size > VMX_PAGE_SIZE)
		return (VMX_REFUSE_REGION_SIZE);
	if (VMX_BASIC_MEMTYPE(basic) != VMX_BASIC_MEMTYPE_WB)
		return (VMX_REFUSE_MEMTYPE);
	if ((basic & VMX_BASIC_ADDRESS_32BIT) != 0)
		return (VMX_REFUSE_32BIT);
	return (VMX_REFUSE_NOT);
}

enum vmx_refusal
vmx_caps_refusal(const struct vmx_caps *caps)
{
	if ((caps->cpuid1_ecx & VMX_CPUID1_ECX_VMX) == 0)
		return (refuse_without_vmx(caps));
	if ((caps->cpuid81_edx & VMX_CPUID81_EDX_LM) == 0)
		return (VMX_REFUSE_LONG_MODE);
	switch (vmx_feature_control(caps, NULL)) {
	case VMX_FC_LOCKED_OFF:
		return (VMX_REFUSE_LOCKED_OFF);
	case VMX_FC_SMX_ONLY:
		return (VMX_REFUSE_SMX_ONLY);
	default:
		return (refuse_by_basic(caps->msr[VMX_CAP_BASIC]));
	}
}
/* end::refusal[] */

const char *
vmx_refusal_reason(enum vmx_refusal why)
{
	return ((unsigned)why < VMX_REFUSE_COUNT
		? refusals[why].reason
		: "VMX cannot be used, for an unknown reason");
}

const char *
vmx_refusal_remedy(enum vmx_refusal why)
{
	return ((unsigned)why < VMX_REFUSE_COUNT ? refusals[why].remedy
						 : "no remedy is known");
}

/* The TRUE MSR of a word where the processor has one, else the plain one. */
static uint64_t
best_msr(const struct vmx_caps *caps, enum vmx_ctl_word word)
{
	if (word_caps[word].best != VMX_CAP_BASIC && vmx_has_true_ctls(caps))
		return (caps->msr[word_caps[word].best]);
	return (caps->msr[word_caps[word].plain]);
}

uint64_t
vmx_caps_must_be_1(const struct vmx_caps *caps, enum vmx_ctl_word word)
{
	return (word_caps[word].wide ? 0 : (uint32_t)best_msr(caps, word));
}

uint64_t
vmx_caps_may_be_1(const struct vmx_caps *caps, enum vmx_ctl_word word)
{
	uint64_t msr = best_msr(caps, word);

	return (word_caps[word].wide ? msr : msr >> 32);
}

uint64_t
vmx_caps_default_1(const struct vmx_caps *caps, enum vmx_ctl_word word)
{
	return (word_caps[word].wide
		? 0
		: (uint32_t)caps->msr[word_caps[word].plain]);
}

/* --- optional features --- */

static bool
has_proc2(const struct vmx_caps *caps, uint32_t mask)
{
	return ((vmx_caps_may_be_1(caps, VMX_CTL_PROC2) & mask) == mask);
}

static bool
has_ept_cap(const struct vmx_caps *caps, uint64_t mask)
{
	return ((caps->msr[VMX_CAP_EPT_VPID] & mask) == mask);
}

bool
vmx_has_true_ctls(const struct vmx_caps *caps)
{
	return ((caps->msr[VMX_CAP_BASIC] & VMX_BASIC_TRUE_CTLS) != 0);
}

bool
vmx_has_secondary(const struct vmx_caps *caps)
{
	return (
	    (vmx_caps_may_be_1(caps, VMX_CTL_PROC) & PROC_CTLS_SECONDARY) != 0);
}

bool
vmx_has_ept(const struct vmx_caps *caps)
{
	return (has_proc2(caps, PROC2_CTLS_EPT));
}

bool
vmx_has_ept_ad(const struct vmx_caps *caps)
{
	return (vmx_has_ept(caps) && has_ept_cap(caps, EPT_CAP_AD));
}

bool
vmx_has_ept_1g(const struct vmx_caps *caps)
{
	return (vmx_has_ept(caps) && has_ept_cap(caps, EPT_CAP_1G));
}

bool
vmx_has_ept_2m(const struct vmx_caps *caps)
{
	return (vmx_has_ept(caps) && has_ept_cap(caps, EPT_CAP_2M));
}

bool
vmx_has_ept_execute_only(const struct vmx_caps *caps)
{
	return (vmx_has_ept(caps) && has_ept_cap(caps, EPT_CAP_EXECUTE_ONLY));
}

bool
vmx_has_vpid(const struct vmx_caps *caps)
{
	return (has_proc2(caps, PROC2_CTLS_VPID));
}

bool
vmx_has_unrestricted_guest(const struct vmx_caps *caps)
{
	return (has_proc2(caps, PROC2_CTLS_UNRESTRICTED_GUEST));
}

bool
vmx_has_preemption_timer(const struct vmx_caps *caps)
{
	return ((vmx_caps_may_be_1(caps, VMX_CTL_PIN) &
		    PIN_CTLS_PREEMPTION_TIMER) != 0);
}

bool
vmx_has_page_1gb(const struct vmx_caps *caps)
{
	return ((caps->cpuid81_edx & VMX_CPUID81_EDX_PAGE1GB) != 0);
}

bool
vmx_has_x2apic(const struct vmx_caps *caps)
{
	return ((caps->cpuid1_ecx & VMX_CPUID1_ECX_X2APIC) != 0);
}

uint32_t
vmx_invept_types(const struct vmx_caps *caps)
{
	uint32_t types = 0;

	if (!vmx_has_ept(caps) || !has_ept_cap(caps, EPT_CAP_INVEPT))
		return (0);
	if (has_ept_cap(caps, EPT_CAP_INVEPT_SINGLE))
		types |= VMX_INV_TYPE(1);
	if (has_ept_cap(caps, EPT_CAP_INVEPT_ALL))
		types |= VMX_INV_TYPE(2);
	return (types);
}

uint32_t
vmx_invvpid_types(const struct vmx_caps *caps)
{
	if (!vmx_has_vpid(caps) || !has_ept_cap(caps, VPID_CAP_INVVPID))
		return (0);
	/* Bits 40..43 of the MSR are types 0..3. */
	return ((uint32_t)(caps->msr[VMX_CAP_EPT_VPID] >> 40) & 0xfu);
}

unsigned
vmx_preemption_timer_rate(const struct vmx_caps *caps)
{
	return (VMX_MISC_TIMER_RATE(caps->msr[VMX_CAP_MISC]));
}
