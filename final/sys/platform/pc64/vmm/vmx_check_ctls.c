/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on the VM-execution and VM-exit controls.
 *
 * Breaking one of them makes VMLAUNCH fail with VM-instruction error 7.  In
 * the order of the SDM, "Checks on VMX Controls"; called by vmx_check.c.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define EXEC	 "VM-Execution Control Fields"
#define EXIT	 "VM-Exit Control Fields"
#define PAGE_LOW 0xfffull

/* The field of each control word. */
static const uint32_t word_field[] = {
	[VMX_CTL_PIN] = VMCS_CTL_PIN,
	[VMX_CTL_PROC] = VMCS_CTL_PROC,
	[VMX_CTL_PROC2] = VMCS_CTL_PROC2,
	[VMX_CTL_EXIT] = VMCS_CTL_EXIT,
	[VMX_CTL_ENTRY] = VMCS_CTL_ENTRY,
	[VMX_CTL_PROC3] = VMCS_CTL_PROC3,
	[VMX_CTL_EXIT2] = VMCS_CTL_EXIT2,
};

/* Is a word in use?  Some exist only when another word activates them. */
static bool
active(const struct vmx_check *c, uint32_t word)
{
	switch (word) {
	case VMX_CTL_PROC2:
		return (vmx_check_proc2(c, 0));
	case VMX_CTL_PROC3:
		return (vmx_check_proc3(c, 0));
	case VMX_CTL_EXIT2:
		return (vmx_check_set(c, VMCS_CTL_EXIT, EXIT_CTLS_SECONDARY));
	default:
		return (true);
	}
}

static bool
word_allowed(const struct vmx_check *c, uint32_t word)
{
	uint64_t value, must, may;

	if (!active(c, word))
		return (true);
	value = vmx_check_rd(c, word_field[word]);
	must = vmx_caps_must_be_1(c->caps, word);
	may = vmx_caps_may_be_1(c->caps, word);
	return ((value & must) == must && (value & ~may) == 0);
}

static bool
cr3_targets(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_rd(c, field) <=
	    VMX_MISC_CR3_TARGETS(c->caps->msr[VMX_CAP_MISC]));
}

/* --- addresses of pages, each of them in use by one control --- */

static bool
page_ok(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_phys(c, vmx_check_rd(c, field), PAGE_LOW));
}

/* Page addresses by the secondary control that uses them. */
static bool
proc2_page(const struct vmx_check *c, uint32_t field)
{
	static const struct {
		uint32_t field;
		uint32_t mask;
	} by[] = {
		{ VMCS_CTL_APIC_ACCESS_ADDR, PROC2_CTLS_VIRT_APIC_ACCESSES },
		{ VMCS_CTL_PML_ADDR, PROC2_CTLS_PML },
		{ VMCS_CTL_SPP_TABLE, PROC2_CTLS_SUBPAGE_WRITE },
		{ VMCS_CTL_VMREAD_BITMAP, PROC2_CTLS_VMCS_SHADOWING },
		{ VMCS_CTL_VMWRITE_BITMAP, PROC2_CTLS_VMCS_SHADOWING },
		{ VMCS_CTL_VE_INFO_ADDR, PROC2_CTLS_EPT_VE },
		{ VMCS_CTL_LOW_PASID_DIR, PROC2_CTLS_PASID_TRANSLATION },
		{ VMCS_CTL_HIGH_PASID_DIR, PROC2_CTLS_PASID_TRANSLATION },
	};

	for (size_t i = 0; i < nitems(by); i++)
		if (by[i].field == field && vmx_check_proc2(c, by[i].mask))
			return (page_ok(c, field));
	return (true);
}

static bool
io_bitmap(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(c, VMCS_CTL_PROC, PROC_CTLS_IO_BITMAPS) ||
	    page_ok(c, field));
}

static bool
msr_bitmap(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(c, VMCS_CTL_PROC, PROC_CTLS_MSR_BITMAPS) ||
	    page_ok(c, field));
}

/* --- virtual APIC and virtual interrupts --- */

static bool
tpr_shadow(const struct vmx_check *c)
{
	return (vmx_check_set(c, VMCS_CTL_PROC, PROC_CTLS_TPR_SHADOW));
}

static bool
virtual_apic(const struct vmx_check *c, uint32_t field)
{
	return (!tpr_shadow(c) || page_ok(c, field));
}

static bool
tpr_threshold(const struct vmx_check *c, uint32_t field)
{
	return (!tpr_shadow(c) ||
	    vmx_check_proc2(c, PROC2_CTLS_VIRT_INT_DELIVERY) ||
	    vmx_check_rd(c, field) <= 0xf);
}

static bool
needs_tpr_shadow(const struct vmx_check *c, uint32_t mask)
{
	return (tpr_shadow(c) || !vmx_check_proc2(c, mask));
}

static bool
ipi_tpr_shadow(const struct vmx_check *c, uint32_t arg __unused)
{
	return (tpr_shadow(c) ||
	    !vmx_check_proc3(c, PROC3_CTLS_IPI_VIRTUALIZATION));
}

static bool
virtual_nmis(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_set(c, field, PIN_CTLS_NMI_EXITING) ||
	    !vmx_check_set(c, field, PIN_CTLS_VIRTUAL_NMIS));
}

static bool
nmi_window(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_set(c, VMCS_CTL_PIN, PIN_CTLS_VIRTUAL_NMIS) ||
	    !vmx_check_set(c, field, PROC_CTLS_NMI_WINDOW_EXITING));
}

static bool
x2apic_exclusive(const struct vmx_check *c, uint32_t arg __unused)
{
	return (!vmx_check_proc2(
	    c, PROC2_CTLS_VIRT_X2APIC | PROC2_CTLS_VIRT_APIC_ACCESSES));
}

static bool
delivery_extint(const struct vmx_check *c, uint32_t arg __unused)
{
	return (!vmx_check_proc2(c, PROC2_CTLS_VIRT_INT_DELIVERY) ||
	    vmx_check_set(c, VMCS_CTL_PIN, PIN_CTLS_EXTINT_EXITING));
}

static bool
posted(const struct vmx_check *c)
{
	return (vmx_check_set(c, VMCS_CTL_PIN, PIN_CTLS_POSTED_INTERRUPTS));
}

static bool
posted_delivery(const struct vmx_check *c, uint32_t mask)
{
	return (!posted(c) || vmx_check_proc2(c, mask));
}

static bool
posted_ack(const struct vmx_check *c, uint32_t field)
{
	return (!posted(c) || vmx_check_set(c, field, EXIT_CTLS_ACK_INTERRUPT));
}

static bool
posted_vector(const struct vmx_check *c, uint32_t field)
{
	return (!posted(c) || vmx_check_rd(c, field) <= 0xff);
}

static bool
posted_desc(const struct vmx_check *c, uint32_t field)
{
	return (!posted(c) ||
	    vmx_check_phys(
		c, vmx_check_rd(c, field), POSTED_INT_DESC_ALIGN_MASK));
}

/* The table's last entry, of 8 bytes, has to be within reach as well. */
static bool
ipi_table(const struct vmx_check *c, uint32_t field)
{
	uint64_t table, last;

	if (!vmx_check_proc3(c, PROC3_CTLS_IPI_VIRTUALIZATION))
		return (true);
	table = vmx_check_rd(c, field);
	last = vmx_check_rd(c, VMCS_CTL_LAST_PID_POINTER_INDEX);
	return (vmx_check_phys(c, table, 0x7) &&
	    vmx_check_phys(c, table + last * 8, 0));
}

/* --- EPT and what needs it --- */

static bool
vpid(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_proc2(c, PROC2_CTLS_VPID) ||
	    vmx_check_rd(c, field) != 0);
}

static bool
ept(const struct vmx_check *c)
{
	return (vmx_check_proc2(c, PROC2_CTLS_EPT));
}

static bool
eptp_memtype(const struct vmx_check *c, uint32_t field)
{
	uint64_t cap = c->caps->msr[VMX_CAP_EPT_VPID];

	if (!ept(c))
		return (true);
	switch (vmx_check_rd(c, field) & EPTP_MEMTYPE_MASK) {
	case EPTP_MEMTYPE_UC:
		return ((cap & EPT_CAP_MEMTYPE_UC) != 0);
	case EPTP_MEMTYPE_WB:
		return ((cap & EPT_CAP_MEMTYPE_WB) != 0);
	default:
		return (false);
	}
}

static bool
eptp_walk(const struct vmx_check *c, uint32_t field)
{
	uint64_t cap = c->caps->msr[VMX_CAP_EPT_VPID];

	if (!ept(c))
		return (true);
	switch (vmx_check_rd(c, field) & EPTP_WALK_MASK) {
	case EPTP_WALK_4:
		return ((cap & EPT_CAP_WALK_4) != 0);
	case EPTP_WALK_5:
		return ((cap & EPT_CAP_WALK_5) != 0);
	default:
		return (false);
	}
}

static bool
eptp_ad(const struct vmx_check *c, uint32_t field)
{
	return (!ept(c) || !vmx_check_set(c, field, EPTP_AD) ||
	    (c->caps->msr[VMX_CAP_EPT_VPID] & EPT_CAP_AD) != 0);
}

static bool
eptp_sss(const struct vmx_check *c, uint32_t field)
{
	return (!ept(c) ||
	    !vmx_check_set(c, field, EPTP_SUPERVISOR_SHADOW_STACK) ||
	    (c->caps->msr[VMX_CAP_EPT_VPID] & EPT_CAP_SUPERVISOR_SS) != 0);
}

static bool
eptp_address(const struct vmx_check *c, uint32_t field)
{
	return (!ept(c) ||
	    vmx_check_phys(c, vmx_check_rd(c, field), EPTP_RESERVED));
}

static bool
needs_ept(const struct vmx_check *c, uint32_t mask)
{
	return (ept(c) || !vmx_check_proc2(c, mask));
}

static bool
needs_ept3(const struct vmx_check *c, uint32_t mask)
{
	return (ept(c) || !vmx_check_proc3(c, mask));
}

static bool
hlatp(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_proc3(c, PROC3_CTLS_HLAT) ||
	    vmx_check_phys(c, vmx_check_rd(c, field), 0xfe7));
}

static bool
pt_rtit(const struct vmx_check *c, uint32_t mask)
{
	return (!vmx_check_proc2(c, mask) ||
	    (vmx_check_set(c, VMCS_CTL_ENTRY, ENTRY_CTLS_LOAD_RTIT_CTL) &&
		vmx_check_set(c, VMCS_CTL_EXIT, EXIT_CTLS_CLEAR_RTIT_CTL)));
}

/* --- VM functions, TSC scaling --- */

static bool
vmfunc(const struct vmx_check *c)
{
	return (vmx_check_proc2(c, PROC2_CTLS_VMFUNC));
}

static bool
vmfunc_allowed(const struct vmx_check *c, uint32_t field)
{
	return (!vmfunc(c) ||
	    (vmx_check_rd(c, field) & ~c->caps->msr[VMX_CAP_VMFUNC]) == 0);
}

static bool
eptp_switching(const struct vmx_check *c)
{
	return (vmfunc(c) &&
	    vmx_check_set(c, VMCS_CTL_VMFUNC, VMFUNC_EPTP_SWITCHING));
}

static bool
switching_ept(const struct vmx_check *c, uint32_t arg __unused)
{
	return (!eptp_switching(c) || ept(c));
}

static bool
switching_list(const struct vmx_check *c, uint32_t field)
{
	return (!eptp_switching(c) || page_ok(c, field));
}

static bool
tsc_multiplier(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_proc2(c, PROC2_CTLS_TSC_SCALING) ||
	    vmx_check_rd(c, field) != 0);
}

/* --- VM exit --- */

static bool
save_timer(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_set(c, VMCS_CTL_PIN, PIN_CTLS_PREEMPTION_TIMER) ||
	    !vmx_check_set(c, field, EXIT_CTLS_SAVE_PREEMPTION_TIMER));
}

#define PAGE_TEXT " is aligned to 4 KB and within the physical-address width"

/* clang-format off */
static const struct vmx_check_rule rules[] = {
	{ "ctl.pin", EXEC, "pin-based controls have allowed settings",
	    word_allowed, VMX_CTL_PIN },
	{ "ctl.proc", EXEC, "primary processor-based controls have allowed "
	    "settings", word_allowed, VMX_CTL_PROC },
	{ "ctl.proc2", EXEC, "secondary processor-based controls have allowed "
	    "settings", word_allowed, VMX_CTL_PROC2 },
	{ "ctl.proc3", EXEC, "tertiary processor-based controls have allowed "
	    "settings", word_allowed, VMX_CTL_PROC3 },
	{ "ctl.cr3_targets", EXEC, "the CR3-target count is not above what "
	    "IA32_VMX_MISC gives", cr3_targets, VMCS_CTL_CR3_TARGET_COUNT },
	{ "ctl.io_bitmap_a", EXEC, "I/O bitmap A" PAGE_TEXT,
	    io_bitmap, VMCS_CTL_IO_BITMAP_A },
	{ "ctl.io_bitmap_b", EXEC, "I/O bitmap B" PAGE_TEXT,
	    io_bitmap, VMCS_CTL_IO_BITMAP_B },
	{ "ctl.msr_bitmap", EXEC, "the MSR bitmap" PAGE_TEXT,
	    msr_bitmap, VMCS_CTL_MSR_BITMAP },
	{ "ctl.virtual_apic", EXEC, "the virtual-APIC page" PAGE_TEXT,
	    virtual_apic, VMCS_CTL_VIRTUAL_APIC_ADDR },
	{ "ctl.tpr_threshold", EXEC, "the TPR threshold is at most 15 unless "
	    "virtual interrupts are delivered",
	    tpr_threshold, VMCS_CTL_TPR_THRESHOLD },
	{ "ctl.x2apic_tpr", EXEC, "\"virtualize x2APIC mode\" needs \"use TPR "
	    "shadow\"", needs_tpr_shadow, PROC2_CTLS_VIRT_X2APIC },
	{ "ctl.apic_register_tpr", EXEC, "\"APIC-register virtualization\" "
	    "needs \"use TPR shadow\"",
	    needs_tpr_shadow, PROC2_CTLS_APIC_REGISTER_VIRT },
	{ "ctl.delivery_tpr", EXEC, "\"virtual-interrupt delivery\" needs "
	    "\"use TPR shadow\"",
	    needs_tpr_shadow, PROC2_CTLS_VIRT_INT_DELIVERY },
	{ "ctl.ipi_tpr", EXEC, "\"IPI virtualization\" needs \"use TPR "
	    "shadow\"", ipi_tpr_shadow, 0 },
	{ "ctl.virtual_nmis", EXEC, "\"virtual NMIs\" needs \"NMI exiting\"",
	    virtual_nmis, VMCS_CTL_PIN },
	{ "ctl.nmi_window", EXEC, "\"NMI-window exiting\" needs \"virtual "
	    "NMIs\"", nmi_window, VMCS_CTL_PROC },
	{ "ctl.apic_access", EXEC, "the APIC-access page" PAGE_TEXT,
	    proc2_page, VMCS_CTL_APIC_ACCESS_ADDR },
	{ "ctl.x2apic_exclusive", EXEC, "\"virtualize x2APIC mode\" excludes "
	    "\"virtualize APIC accesses\"", x2apic_exclusive, 0 },
	{ "ctl.delivery_extint", EXEC, "\"virtual-interrupt delivery\" needs "
	    "\"external-interrupt exiting\"", delivery_extint, 0 },
	{ "ctl.posted_delivery", EXEC, "posted interrupts need "
	    "\"virtual-interrupt delivery\"",
	    posted_delivery, PROC2_CTLS_VIRT_INT_DELIVERY },
	{ "ctl.posted_ack", EXEC, "posted interrupts need \"acknowledge "
	    "interrupt on exit\"", posted_ack, VMCS_CTL_EXIT },
	{ "ctl.posted_vector", EXEC, "the posted-interrupt notification "
	    "vector is at most 255",
	    posted_vector, VMCS_CTL_POSTED_INT_VECTOR },
	{ "ctl.posted_desc", EXEC, "the posted-interrupt descriptor is aligned "
	    "to 64 bytes and within the physical-address width",
	    posted_desc, VMCS_CTL_POSTED_INT_DESC },
	{ "ctl.vpid", EXEC, "the VPID is not 0", vpid, VMCS_CTL_VPID },
	{ "ctl.eptp_memtype", EXEC, "the EPT pointer's memory type is one the "
	    "processor supports", eptp_memtype, VMCS_CTL_EPTP },
	{ "ctl.eptp_walk", EXEC, "the EPT pointer's page-walk length is one "
	    "the processor supports", eptp_walk, VMCS_CTL_EPTP },
	{ "ctl.eptp_ad", EXEC, "the EPT pointer enables accessed and dirty "
	    "flags only where the processor has them",
	    eptp_ad, VMCS_CTL_EPTP },
	{ "ctl.eptp_shadow_stack", EXEC, "the EPT pointer enables supervisor "
	    "shadow-stack control only where the processor has it",
	    eptp_sss, VMCS_CTL_EPTP },
	{ "ctl.eptp_address", EXEC, "the EPT pointer's reserved bits are 0 and "
	    "it is within the physical-address width",
	    eptp_address, VMCS_CTL_EPTP },
	{ "ctl.pml_ept", EXEC, "\"enable PML\" needs \"enable EPT\"",
	    needs_ept, PROC2_CTLS_PML },
	{ "ctl.pml_address", EXEC, "the PML page" PAGE_TEXT,
	    proc2_page, VMCS_CTL_PML_ADDR },
	{ "ctl.unrestricted_ept", EXEC, "\"unrestricted guest\" needs \"enable "
	    "EPT\"", needs_ept, PROC2_CTLS_UNRESTRICTED_GUEST },
	{ "ctl.mode_based_ept", EXEC, "\"mode-based execute control\" needs "
	    "\"enable EPT\"", needs_ept, PROC2_CTLS_MODE_BASED_EXECUTE },
	{ "ctl.subpage_ept", EXEC, "\"sub-page write permissions\" needs "
	    "\"enable EPT\"", needs_ept, PROC2_CTLS_SUBPAGE_WRITE },
	{ "ctl.subpage_table", EXEC, "the sub-page permission table" PAGE_TEXT,
	    proc2_page, VMCS_CTL_SPP_TABLE },
	{ "ctl.vmfunc", EXEC, "only VM functions that the processor has are "
	    "enabled", vmfunc_allowed, VMCS_CTL_VMFUNC },
	{ "ctl.eptp_switching_ept", EXEC, "\"EPTP switching\" needs \"enable "
	    "EPT\"", switching_ept, 0 },
	{ "ctl.eptp_list", EXEC, "the EPTP list" PAGE_TEXT,
	    switching_list, VMCS_CTL_EPTP_LIST },
	{ "ctl.vmread_bitmap", EXEC, "the VMREAD bitmap" PAGE_TEXT,
	    proc2_page, VMCS_CTL_VMREAD_BITMAP },
	{ "ctl.vmwrite_bitmap", EXEC, "the VMWRITE bitmap" PAGE_TEXT,
	    proc2_page, VMCS_CTL_VMWRITE_BITMAP },
	{ "ctl.ve_info", EXEC, "the virtualization-exception information "
	    "page" PAGE_TEXT, proc2_page, VMCS_CTL_VE_INFO_ADDR },
	{ "ctl.pt_ept", EXEC, "\"Intel PT uses guest physical addresses\" "
	    "needs \"enable EPT\"", needs_ept, PROC2_CTLS_PT_GUEST_PHYSICAL },
	{ "ctl.pt_rtit", EXEC, "\"Intel PT uses guest physical addresses\" "
	    "needs IA32_RTIT_CTL loaded on entry and cleared on exit",
	    pt_rtit, PROC2_CTLS_PT_GUEST_PHYSICAL },
	{ "ctl.tsc_multiplier", EXEC, "the TSC multiplier is not 0",
	    tsc_multiplier, VMCS_CTL_TSC_MULTIPLIER },
	{ "ctl.low_pasid", EXEC, "the low PASID directory" PAGE_TEXT,
	    proc2_page, VMCS_CTL_LOW_PASID_DIR },
	{ "ctl.high_pasid", EXEC, "the high PASID directory" PAGE_TEXT,
	    proc2_page, VMCS_CTL_HIGH_PASID_DIR },
	{ "ctl.hlat_ept", EXEC, "\"enable HLAT\" needs \"enable EPT\"",
	    needs_ept3, PROC3_CTLS_HLAT },
	{ "ctl.paging_write_ept", EXEC, "\"EPT paging-write control\" needs "
	    "\"enable EPT\"", needs_ept3, PROC3_CTLS_EPT_PAGING_WRITE },
	{ "ctl.paging_verify_ept", EXEC, "\"guest-paging verification\" needs "
	    "\"enable EPT\"", needs_ept3, PROC3_CTLS_GUEST_PAGING_VERIFY },
	{ "ctl.hlatp", EXEC, "the HLAT pointer's reserved bits are 0 and it "
	    "is within the physical-address width", hlatp, VMCS_CTL_HLATP },
	{ "ctl.ipi_table", EXEC, "the PID-pointer table is aligned to 8 bytes "
	    "and within the physical-address width",
	    ipi_table, VMCS_CTL_PID_POINTER_TABLE },
	{ "ctl.exit", EXIT, "VM-exit controls have allowed settings",
	    word_allowed, VMX_CTL_EXIT },
	{ "ctl.exit2", EXIT, "secondary VM-exit controls have allowed "
	    "settings", word_allowed, VMX_CTL_EXIT2 },
	{ "ctl.save_timer", EXIT, "saving the preemption timer's value needs "
	    "\"activate VMX-preemption timer\"", save_timer, VMCS_CTL_EXIT },
	{ "ctl.entry", "VM-Entry Control Fields", "VM-entry controls have "
	    "allowed settings", word_allowed, VMX_CTL_ENTRY },
};
/* clang-format on */

const struct vmx_check_table vmx_check_ctls = { rules, nitems(rules) };
