/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Every VMCS field with its name, and which processors have it.
 *
 * VMREAD of a field that a processor lacks fails, so the dump has to know
 * before it reads, and so do the tests of whatever reads fields.  Most fields
 * came with a control and exist where that control may be 1.
 *
 * Some fields exist for one of two controls that go together (IA32_PAT: loaded
 * on entry or saved on exit); the table names one of them and errs on the side
 * of "does not exist".
 *
 * Source: Intel SDM volume 3, "Field Encoding in VMCS".
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_names.h"
#include "vmx_vmcs.h"

#define ANY(field, text)                                                       \
	{                                                                      \
		.name = (text), .encoding = (field), .when = VMX_FIELD_ALWAYS  \
	}
#define CTL(field, ctl, bits, text)                                            \
	{                                                                      \
		.name = (text), .encoding = (field), .when = VMX_FIELD_CTL,    \
		.word = VMX_CTL_##ctl, .mask = (bits)                          \
	}
#define FOR(what, value, field, text)                                          \
	{                                                                      \
		.name = (text), .encoding = (field), .when = VMX_FIELD_##what, \
		.mask = (value)                                                \
	}

/* Sorted by encoding: vmx_field_find() searches by halves. */
/* clang-format off */
static const struct vmx_field fields[] = {
	CTL(VMCS_CTL_VPID, PROC2, PROC2_CTLS_VPID, "VPID"),
	CTL(VMCS_CTL_POSTED_INT_VECTOR, PIN, PIN_CTLS_POSTED_INTERRUPTS,
	    "posted-interrupt notification vector"),
	CTL(VMCS_CTL_EPTP_INDEX, PROC2, PROC2_CTLS_EPT_VE, "EPTP index"),
	CTL(VMCS_CTL_HLAT_PREFIX_SIZE, PROC3, PROC3_CTLS_HLAT,
	    "HLAT prefix size"),
	CTL(VMCS_CTL_LAST_PID_POINTER_INDEX, PROC3,
	    PROC3_CTLS_IPI_VIRTUALIZATION, "last PID-pointer index"),
	ANY(VMCS_GUEST_ES_SELECTOR, "guest ES selector"),
	ANY(VMCS_GUEST_CS_SELECTOR, "guest CS selector"),
	ANY(VMCS_GUEST_SS_SELECTOR, "guest SS selector"),
	ANY(VMCS_GUEST_DS_SELECTOR, "guest DS selector"),
	ANY(VMCS_GUEST_FS_SELECTOR, "guest FS selector"),
	ANY(VMCS_GUEST_GS_SELECTOR, "guest GS selector"),
	ANY(VMCS_GUEST_LDTR_SELECTOR, "guest LDTR selector"),
	ANY(VMCS_GUEST_TR_SELECTOR, "guest TR selector"),
	CTL(VMCS_GUEST_INTERRUPT_STATUS, PROC2, PROC2_CTLS_VIRT_INT_DELIVERY,
	    "guest interrupt status"),
	CTL(VMCS_GUEST_PML_INDEX, PROC2, PROC2_CTLS_PML, "PML index"),
	CTL(VMCS_GUEST_UINV, ENTRY, ENTRY_CTLS_LOAD_UINV, "guest UINV"),
	ANY(VMCS_HOST_ES_SELECTOR, "host ES selector"),
	ANY(VMCS_HOST_CS_SELECTOR, "host CS selector"),
	ANY(VMCS_HOST_SS_SELECTOR, "host SS selector"),
	ANY(VMCS_HOST_DS_SELECTOR, "host DS selector"),
	ANY(VMCS_HOST_FS_SELECTOR, "host FS selector"),
	ANY(VMCS_HOST_GS_SELECTOR, "host GS selector"),
	ANY(VMCS_HOST_TR_SELECTOR, "host TR selector"),
	ANY(VMCS_CTL_IO_BITMAP_A, "I/O bitmap A address"),
	ANY(VMCS_CTL_IO_BITMAP_B, "I/O bitmap B address"),
	CTL(VMCS_CTL_MSR_BITMAP, PROC, PROC_CTLS_MSR_BITMAPS,
	    "MSR bitmap address"),
	ANY(VMCS_CTL_EXIT_MSR_STORE_ADDR, "VM-exit MSR-store address"),
	ANY(VMCS_CTL_EXIT_MSR_LOAD_ADDR, "VM-exit MSR-load address"),
	ANY(VMCS_CTL_ENTRY_MSR_LOAD_ADDR, "VM-entry MSR-load address"),
	FOR(DUAL_MONITOR, 0, VMCS_CTL_EXECUTIVE_VMCS, "executive-VMCS pointer"),
	CTL(VMCS_CTL_PML_ADDR, PROC2, PROC2_CTLS_PML, "PML address"),
	ANY(VMCS_CTL_TSC_OFFSET, "TSC offset"),
	CTL(VMCS_CTL_VIRTUAL_APIC_ADDR, PROC, PROC_CTLS_TPR_SHADOW,
	    "virtual-APIC address"),
	CTL(VMCS_CTL_APIC_ACCESS_ADDR, PROC2, PROC2_CTLS_VIRT_APIC_ACCESSES,
	    "APIC-access address"),
	CTL(VMCS_CTL_POSTED_INT_DESC, PIN, PIN_CTLS_POSTED_INTERRUPTS,
	    "posted-interrupt descriptor address"),
	CTL(VMCS_CTL_VMFUNC, PROC2, PROC2_CTLS_VMFUNC, "VM-function controls"),
	CTL(VMCS_CTL_EPTP, PROC2, PROC2_CTLS_EPT, "EPT pointer"),
	CTL(VMCS_CTL_EOI_EXIT_BITMAP0, PROC2, PROC2_CTLS_VIRT_INT_DELIVERY,
	    "EOI-exit bitmap 0"),
	CTL(VMCS_CTL_EOI_EXIT_BITMAP1, PROC2, PROC2_CTLS_VIRT_INT_DELIVERY,
	    "EOI-exit bitmap 1"),
	CTL(VMCS_CTL_EOI_EXIT_BITMAP2, PROC2, PROC2_CTLS_VIRT_INT_DELIVERY,
	    "EOI-exit bitmap 2"),
	CTL(VMCS_CTL_EOI_EXIT_BITMAP3, PROC2, PROC2_CTLS_VIRT_INT_DELIVERY,
	    "EOI-exit bitmap 3"),
	FOR(EPTP_LIST, 0, VMCS_CTL_EPTP_LIST, "EPTP-list address"),
	CTL(VMCS_CTL_VMREAD_BITMAP, PROC2, PROC2_CTLS_VMCS_SHADOWING,
	    "VMREAD bitmap address"),
	CTL(VMCS_CTL_VMWRITE_BITMAP, PROC2, PROC2_CTLS_VMCS_SHADOWING,
	    "VMWRITE bitmap address"),
	CTL(VMCS_CTL_VE_INFO_ADDR, PROC2, PROC2_CTLS_EPT_VE,
	    "virtualization-exception information address"),
	CTL(VMCS_CTL_XSS_EXITING, PROC2, PROC2_CTLS_XSAVES,
	    "XSS-exiting bitmap"),
	CTL(VMCS_CTL_ENCLS_EXITING, PROC2, PROC2_CTLS_ENCLS_EXITING,
	    "ENCLS-exiting bitmap"),
	CTL(VMCS_CTL_SPP_TABLE, PROC2, PROC2_CTLS_SUBPAGE_WRITE,
	    "sub-page permission table pointer"),
	CTL(VMCS_CTL_TSC_MULTIPLIER, PROC2, PROC2_CTLS_TSC_SCALING,
	    "TSC multiplier"),
	CTL(VMCS_CTL_PROC3, PROC, PROC_CTLS_TERTIARY,
	    "tertiary processor-based controls"),
	CTL(VMCS_CTL_ENCLV_EXITING, PROC2, PROC2_CTLS_ENCLV_EXITING,
	    "ENCLV-exiting bitmap"),
	CTL(VMCS_CTL_LOW_PASID_DIR, PROC2, PROC2_CTLS_PASID_TRANSLATION,
	    "low PASID directory address"),
	CTL(VMCS_CTL_HIGH_PASID_DIR, PROC2, PROC2_CTLS_PASID_TRANSLATION,
	    "high PASID directory address"),
	FOR(NEVER, 0, VMCS_CTL_SHARED_EPTP, "shared EPT pointer"),
	CTL(VMCS_CTL_PCONFIG_EXITING, PROC2, PROC2_CTLS_PCONFIG,
	    "PCONFIG-exiting bitmap"),
	CTL(VMCS_CTL_HLATP, PROC3, PROC3_CTLS_HLAT, "HLAT pointer"),
	CTL(VMCS_CTL_PID_POINTER_TABLE, PROC3, PROC3_CTLS_IPI_VIRTUALIZATION,
	    "PID-pointer table address"),
	CTL(VMCS_CTL_EXIT2, EXIT, EXIT_CTLS_SECONDARY,
	    "secondary VM-exit controls"),
	CTL(VMCS_CTL_SPEC_CTRL_MASK, PROC3, PROC3_CTLS_VIRT_SPEC_CTRL,
	    "IA32_SPEC_CTRL mask"),
	CTL(VMCS_CTL_SPEC_CTRL_SHADOW, PROC3, PROC3_CTLS_VIRT_SPEC_CTRL,
	    "IA32_SPEC_CTRL shadow"),
	FOR(FRED, 0, VMCS_CTL_INJECTED_EVENT_DATA, "injected-event data"),
	CTL(VMCS_GUEST_PHYSICAL_ADDRESS, PROC2, PROC2_CTLS_EPT,
	    "guest-physical address"),
	FOR(FRED, 0, VMCS_ORIGINAL_EVENT_DATA, "original-event data"),
	ANY(VMCS_GUEST_LINK_POINTER, "VMCS link pointer"),
	ANY(VMCS_GUEST_DEBUGCTL, "guest IA32_DEBUGCTL"),
	CTL(VMCS_GUEST_PAT, ENTRY, ENTRY_CTLS_LOAD_PAT, "guest IA32_PAT"),
	CTL(VMCS_GUEST_EFER, ENTRY, ENTRY_CTLS_LOAD_EFER, "guest IA32_EFER"),
	CTL(VMCS_GUEST_PERF_GLOBAL_CTRL, ENTRY, ENTRY_CTLS_LOAD_PERF_GLOBAL,
	    "guest IA32_PERF_GLOBAL_CTRL"),
	CTL(VMCS_GUEST_PDPTE0, PROC2, PROC2_CTLS_EPT, "guest PDPTE0"),
	CTL(VMCS_GUEST_PDPTE1, PROC2, PROC2_CTLS_EPT, "guest PDPTE1"),
	CTL(VMCS_GUEST_PDPTE2, PROC2, PROC2_CTLS_EPT, "guest PDPTE2"),
	CTL(VMCS_GUEST_PDPTE3, PROC2, PROC2_CTLS_EPT, "guest PDPTE3"),
	CTL(VMCS_GUEST_BNDCFGS, ENTRY, ENTRY_CTLS_LOAD_BNDCFGS,
	    "guest IA32_BNDCFGS"),
	CTL(VMCS_GUEST_RTIT_CTL, ENTRY, ENTRY_CTLS_LOAD_RTIT_CTL,
	    "guest IA32_RTIT_CTL"),
	CTL(VMCS_GUEST_LBR_CTL, ENTRY, ENTRY_CTLS_LOAD_LBR_CTL,
	    "guest IA32_LBR_CTL"),
	CTL(VMCS_GUEST_PKRS, ENTRY, ENTRY_CTLS_LOAD_PKRS, "guest IA32_PKRS"),
	CTL(VMCS_GUEST_FRED_CONFIG, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_CONFIG"),
	CTL(VMCS_GUEST_FRED_RSP1, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_RSP1"),
	CTL(VMCS_GUEST_FRED_RSP2, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_RSP2"),
	CTL(VMCS_GUEST_FRED_RSP3, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_RSP3"),
	CTL(VMCS_GUEST_FRED_STKLVLS, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_STKLVLS"),
	CTL(VMCS_GUEST_FRED_SSP1, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_SSP1"),
	CTL(VMCS_GUEST_FRED_SSP2, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_SSP2"),
	CTL(VMCS_GUEST_FRED_SSP3, ENTRY, ENTRY_CTLS_LOAD_FRED,
	    "guest IA32_FRED_SSP3"),
	CTL(VMCS_HOST_PAT, EXIT, EXIT_CTLS_LOAD_PAT, "host IA32_PAT"),
	CTL(VMCS_HOST_EFER, EXIT, EXIT_CTLS_LOAD_EFER, "host IA32_EFER"),
	CTL(VMCS_HOST_PERF_GLOBAL_CTRL, EXIT, EXIT_CTLS_LOAD_PERF_GLOBAL,
	    "host IA32_PERF_GLOBAL_CTRL"),
	CTL(VMCS_HOST_PKRS, EXIT, EXIT_CTLS_LOAD_PKRS, "host IA32_PKRS"),
	CTL(VMCS_HOST_FRED_CONFIG, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_CONFIG"),
	CTL(VMCS_HOST_FRED_RSP1, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_RSP1"),
	CTL(VMCS_HOST_FRED_RSP2, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_RSP2"),
	CTL(VMCS_HOST_FRED_RSP3, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_RSP3"),
	CTL(VMCS_HOST_FRED_STKLVLS, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_STKLVLS"),
	CTL(VMCS_HOST_FRED_SSP1, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_SSP1"),
	CTL(VMCS_HOST_FRED_SSP2, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_SSP2"),
	CTL(VMCS_HOST_FRED_SSP3, EXIT2, EXIT2_CTLS_LOAD_FRED,
	    "host IA32_FRED_SSP3"),
	ANY(VMCS_CTL_PIN, "pin-based controls"),
	ANY(VMCS_CTL_PROC, "primary processor-based controls"),
	ANY(VMCS_CTL_EXCEPTION_BITMAP, "exception bitmap"),
	ANY(VMCS_CTL_PF_ERROR_MASK, "page-fault error-code mask"),
	ANY(VMCS_CTL_PF_ERROR_MATCH, "page-fault error-code match"),
	ANY(VMCS_CTL_CR3_TARGET_COUNT, "CR3-target count"),
	ANY(VMCS_CTL_EXIT, "VM-exit controls"),
	ANY(VMCS_CTL_EXIT_MSR_STORE_COUNT, "VM-exit MSR-store count"),
	ANY(VMCS_CTL_EXIT_MSR_LOAD_COUNT, "VM-exit MSR-load count"),
	ANY(VMCS_CTL_ENTRY, "VM-entry controls"),
	ANY(VMCS_CTL_ENTRY_MSR_LOAD_COUNT, "VM-entry MSR-load count"),
	ANY(VMCS_CTL_ENTRY_INTR_INFO, "VM-entry interruption information"),
	ANY(VMCS_CTL_ENTRY_ERROR_CODE, "VM-entry exception error code"),
	ANY(VMCS_CTL_ENTRY_INSN_LENGTH, "VM-entry instruction length"),
	CTL(VMCS_CTL_TPR_THRESHOLD, PROC, PROC_CTLS_TPR_SHADOW,
	    "TPR threshold"),
	CTL(VMCS_CTL_PROC2, PROC, PROC_CTLS_SECONDARY,
	    "secondary processor-based controls"),
	CTL(VMCS_CTL_PLE_GAP, PROC2, PROC2_CTLS_PAUSE_LOOP_EXITING, "PLE gap"),
	CTL(VMCS_CTL_PLE_WINDOW, PROC2, PROC2_CTLS_PAUSE_LOOP_EXITING,
	    "PLE window"),
	CTL(VMCS_CTL_INSN_TIMEOUT, PROC2, PROC2_CTLS_INSN_TIMEOUT,
	    "instruction-timeout control"),
	ANY(VMCS_INSTRUCTION_ERROR, "VM-instruction error"),
	ANY(VMCS_EXIT_REASON, "exit reason"),
	ANY(VMCS_EXIT_INTR_INFO, "VM-exit interruption information"),
	ANY(VMCS_EXIT_INTR_ERROR_CODE, "VM-exit interruption error code"),
	ANY(VMCS_IDT_VECTORING_INFO, "IDT-vectoring information"),
	ANY(VMCS_IDT_VECTORING_ERROR_CODE, "IDT-vectoring error code"),
	ANY(VMCS_EXIT_INSN_LENGTH, "VM-exit instruction length"),
	ANY(VMCS_EXIT_INSN_INFO, "VM-exit instruction information"),
	ANY(VMCS_GUEST_ES_LIMIT, "guest ES limit"),
	ANY(VMCS_GUEST_CS_LIMIT, "guest CS limit"),
	ANY(VMCS_GUEST_SS_LIMIT, "guest SS limit"),
	ANY(VMCS_GUEST_DS_LIMIT, "guest DS limit"),
	ANY(VMCS_GUEST_FS_LIMIT, "guest FS limit"),
	ANY(VMCS_GUEST_GS_LIMIT, "guest GS limit"),
	ANY(VMCS_GUEST_LDTR_LIMIT, "guest LDTR limit"),
	ANY(VMCS_GUEST_TR_LIMIT, "guest TR limit"),
	ANY(VMCS_GUEST_GDTR_LIMIT, "guest GDTR limit"),
	ANY(VMCS_GUEST_IDTR_LIMIT, "guest IDTR limit"),
	ANY(VMCS_GUEST_ES_AR, "guest ES access rights"),
	ANY(VMCS_GUEST_CS_AR, "guest CS access rights"),
	ANY(VMCS_GUEST_SS_AR, "guest SS access rights"),
	ANY(VMCS_GUEST_DS_AR, "guest DS access rights"),
	ANY(VMCS_GUEST_FS_AR, "guest FS access rights"),
	ANY(VMCS_GUEST_GS_AR, "guest GS access rights"),
	ANY(VMCS_GUEST_LDTR_AR, "guest LDTR access rights"),
	ANY(VMCS_GUEST_TR_AR, "guest TR access rights"),
	ANY(VMCS_GUEST_INTERRUPTIBILITY, "guest interruptibility state"),
	ANY(VMCS_GUEST_ACTIVITY, "guest activity state"),
	ANY(VMCS_GUEST_SMBASE, "guest SMBASE"),
	ANY(VMCS_GUEST_SYSENTER_CS, "guest IA32_SYSENTER_CS"),
	CTL(VMCS_GUEST_PREEMPTION_TIMER, PIN, PIN_CTLS_PREEMPTION_TIMER,
	    "VMX-preemption timer value"),
	ANY(VMCS_HOST_SYSENTER_CS, "host IA32_SYSENTER_CS"),
	ANY(VMCS_CTL_CR0_MASK, "CR0 guest/host mask"),
	ANY(VMCS_CTL_CR4_MASK, "CR4 guest/host mask"),
	ANY(VMCS_CTL_CR0_SHADOW, "CR0 read shadow"),
	ANY(VMCS_CTL_CR4_SHADOW, "CR4 read shadow"),
	FOR(CR3_TARGET, 0, VMCS_CTL_CR3_TARGET0, "CR3-target value 0"),
	FOR(CR3_TARGET, 1, VMCS_CTL_CR3_TARGET1, "CR3-target value 1"),
	FOR(CR3_TARGET, 2, VMCS_CTL_CR3_TARGET2, "CR3-target value 2"),
	FOR(CR3_TARGET, 3, VMCS_CTL_CR3_TARGET3, "CR3-target value 3"),
	ANY(VMCS_EXIT_QUALIFICATION, "exit qualification"),
	FOR(DUAL_MONITOR, 0, VMCS_IO_RCX, "I/O RCX"),
	FOR(DUAL_MONITOR, 0, VMCS_IO_RSI, "I/O RSI"),
	FOR(DUAL_MONITOR, 0, VMCS_IO_RDI, "I/O RDI"),
	FOR(DUAL_MONITOR, 0, VMCS_IO_RIP, "I/O RIP"),
	ANY(VMCS_GUEST_LINEAR_ADDRESS, "guest-linear address"),
	ANY(VMCS_GUEST_CR0, "guest CR0"),
	ANY(VMCS_GUEST_CR3, "guest CR3"),
	ANY(VMCS_GUEST_CR4, "guest CR4"),
	ANY(VMCS_GUEST_ES_BASE, "guest ES base"),
	ANY(VMCS_GUEST_CS_BASE, "guest CS base"),
	ANY(VMCS_GUEST_SS_BASE, "guest SS base"),
	ANY(VMCS_GUEST_DS_BASE, "guest DS base"),
	ANY(VMCS_GUEST_FS_BASE, "guest FS base"),
	ANY(VMCS_GUEST_GS_BASE, "guest GS base"),
	ANY(VMCS_GUEST_LDTR_BASE, "guest LDTR base"),
	ANY(VMCS_GUEST_TR_BASE, "guest TR base"),
	ANY(VMCS_GUEST_GDTR_BASE, "guest GDTR base"),
	ANY(VMCS_GUEST_IDTR_BASE, "guest IDTR base"),
	ANY(VMCS_GUEST_DR7, "guest DR7"),
	ANY(VMCS_GUEST_RSP, "guest RSP"),
	ANY(VMCS_GUEST_RIP, "guest RIP"),
	ANY(VMCS_GUEST_RFLAGS, "guest RFLAGS"),
	ANY(VMCS_GUEST_PENDING_DEBUG, "guest pending debug exceptions"),
	ANY(VMCS_GUEST_SYSENTER_ESP, "guest IA32_SYSENTER_ESP"),
	ANY(VMCS_GUEST_SYSENTER_EIP, "guest IA32_SYSENTER_EIP"),
	CTL(VMCS_GUEST_S_CET, ENTRY, ENTRY_CTLS_LOAD_CET, "guest IA32_S_CET"),
	CTL(VMCS_GUEST_SSP, ENTRY, ENTRY_CTLS_LOAD_CET, "guest SSP"),
	CTL(VMCS_GUEST_INT_SSP_TABLE, ENTRY, ENTRY_CTLS_LOAD_CET,
	    "guest IA32_INTERRUPT_SSP_TABLE_ADDR"),
	ANY(VMCS_HOST_CR0, "host CR0"),
	ANY(VMCS_HOST_CR3, "host CR3"),
	ANY(VMCS_HOST_CR4, "host CR4"),
	ANY(VMCS_HOST_FS_BASE, "host FS base"),
	ANY(VMCS_HOST_GS_BASE, "host GS base"),
	ANY(VMCS_HOST_TR_BASE, "host TR base"),
	ANY(VMCS_HOST_GDTR_BASE, "host GDTR base"),
	ANY(VMCS_HOST_IDTR_BASE, "host IDTR base"),
	ANY(VMCS_HOST_SYSENTER_ESP, "host IA32_SYSENTER_ESP"),
	ANY(VMCS_HOST_SYSENTER_EIP, "host IA32_SYSENTER_EIP"),
	ANY(VMCS_HOST_RSP, "host RSP"),
	ANY(VMCS_HOST_RIP, "host RIP"),
	CTL(VMCS_HOST_S_CET, EXIT, EXIT_CTLS_LOAD_CET, "host IA32_S_CET"),
	CTL(VMCS_HOST_SSP, EXIT, EXIT_CTLS_LOAD_CET, "host SSP"),
	CTL(VMCS_HOST_INT_SSP_TABLE, EXIT, EXIT_CTLS_LOAD_CET,
	    "host IA32_INTERRUPT_SSP_TABLE_ADDR"),
};
/* clang-format on */

const struct vmx_field *
vmx_field(size_t n)
{
	return (n < nitems(fields) ? &fields[n] : NULL);
}

const struct vmx_field *
vmx_field_find(uint32_t encoding)
{
	size_t low = 0, high = nitems(fields), mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (fields[mid].encoding == encoding)
			return (&fields[mid]);
		if (fields[mid].encoding < encoding)
			low = mid + 1;
		else
			high = mid;
	}
	return (NULL);
}

const char *
vmx_field_name(uint32_t encoding)
{
	const struct vmx_field *field = vmx_field_find(encoding);

	return (field != NULL ? field->name : "unknown field");
}

bool
vmx_field_exists(const struct vmx_caps *caps, const struct vmx_field *field)
{
	switch ((enum vmx_field_when)field->when) {
	case VMX_FIELD_ALWAYS:
		return (true);
	case VMX_FIELD_CTL:
		return (
		    (vmx_caps_may_be_1(caps, (enum vmx_ctl_word)field->word) &
			field->mask) != 0);
	case VMX_FIELD_CR3_TARGET:
		return (VMX_MISC_CR3_TARGETS(caps->msr[VMX_CAP_MISC]) >
		    field->mask);
	case VMX_FIELD_EPTP_LIST:
		return (
		    (caps->msr[VMX_CAP_VMFUNC] & VMFUNC_EPTP_SWITCHING) != 0);
	case VMX_FIELD_DUAL_MONITOR:
		return (
		    (caps->msr[VMX_CAP_BASIC] & VMX_BASIC_DUAL_MONITOR) != 0);
	case VMX_FIELD_FRED:
		return ((caps->msr[VMX_CAP_BASIC] & VMX_BASIC_FRED) != 0);
	case VMX_FIELD_NEVER:
		break;
	}
	return (false);
}
