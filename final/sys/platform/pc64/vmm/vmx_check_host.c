/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on the host-state area.
 *
 * Breaking one of them makes VMLAUNCH fail with VM-instruction error 8.  In
 * the order of the SDM; called by vmx_check.c.  Not checked: reserved bits of
 * IA32_PERF_GLOBAL_CTRL, which depend on CPUID leaf 10, and FRED state.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define REGS	      "Checks on Host Control Registers, MSRs, and SSP"
#define SEGS	      "Checks on Host Segment and Descriptor-Table Registers"
#define SPACE	      "Checks Related to Address-Space Size"

#define CHECK_CR4_CET 0x00800000ull

static bool
exit_ctl(const struct vmx_check *c, uint32_t mask)
{
	return (vmx_check_set(c, VMCS_CTL_EXIT, mask));
}

static bool
cr0_fixed(const struct vmx_check *c, uint32_t field)
{
	const uint64_t *msr = c->caps->msr;
	uint64_t v = vmx_check_rd(c, field);

	return ((v & msr[VMX_CAP_CR0_FIXED0]) == msr[VMX_CAP_CR0_FIXED0] &&
	    (v & ~msr[VMX_CAP_CR0_FIXED1]) == 0);
}

static bool
cr4_fixed(const struct vmx_check *c, uint32_t field)
{
	const uint64_t *msr = c->caps->msr;
	uint64_t v = vmx_check_rd(c, field);

	return ((v & msr[VMX_CAP_CR4_FIXED0]) == msr[VMX_CAP_CR4_FIXED0] &&
	    (v & ~msr[VMX_CAP_CR4_FIXED1]) == 0);
}

static bool
cet_wp(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(c, field, CHECK_CR4_CET) ||
	    vmx_check_set(c, VMCS_HOST_CR0, CR0_WP));
}

static bool
cr3_width(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_phys(c, vmx_check_rd(c, field), 0));
}

static bool
pat(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_PAT) ||
	    vmx_check_pat(vmx_check_rd(c, field)));
}

static bool
efer_reserved(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_EFER) ||
	    vmx_check_efer(c, vmx_check_rd(c, field)));
}

static bool
efer_lma(const struct vmx_check *c, uint32_t field)
{
	uint64_t bits, want;

	if (!exit_ctl(c, EXIT_CTLS_LOAD_EFER))
		return (true);
	want = exit_ctl(c, EXIT_CTLS_HOST_LMA) ? EFER_LMA | EFER_LME : 0;
	bits = vmx_check_rd(c, field) & (EFER_LMA | EFER_LME);
	return (bits == want);
}

static bool
s_cet(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_CET) ||
	    vmx_check_s_cet(c, vmx_check_rd(c, field)));
}

static bool
ssp(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_CET) ||
	    ((vmx_check_rd(c, field) & 0x3) == 0 &&
		vmx_check_is_canonical(c, field)));
}

static bool
ssp_table(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_CET) ||
	    vmx_check_is_canonical(c, field));
}

static bool
pkrs(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_LOAD_PKRS) ||
	    vmx_check_rd(c, field) >> 32 == 0);
}

static bool
selector(const struct vmx_check *c, uint32_t field)
{
	return (
	    (vmx_check_rd(c, field) & (SELECTOR_RPL_MASK | SELECTOR_TI)) == 0);
}

static bool
not_null(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_rd(c, field) != 0);
}

static bool
ss_not_null(const struct vmx_check *c, uint32_t field)
{
	return (exit_ctl(c, EXIT_CTLS_HOST_LMA) || not_null(c, field));
}

static bool
outside_long(const struct vmx_check *c, uint32_t arg __unused)
{
	return (c->ia32e ||
	    (!exit_ctl(c, EXIT_CTLS_HOST_LMA) &&
		!vmx_check_set(c, VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA)));
}

static bool
inside_long(const struct vmx_check *c, uint32_t mask)
{
	return (!c->ia32e || exit_ctl(c, mask));
}

static bool
guest_size(const struct vmx_check *c, uint32_t mask)
{
	return (exit_ctl(c, EXIT_CTLS_HOST_LMA) ||
	    !vmx_check_set(c, VMCS_CTL_ENTRY, mask));
}

static bool
pcide(const struct vmx_check *c, uint32_t field)
{
	return (exit_ctl(c, EXIT_CTLS_HOST_LMA) ||
	    !vmx_check_set(c, field, CR4_PCIDE));
}

static bool
rip_32(const struct vmx_check *c, uint32_t field)
{
	return (exit_ctl(c, EXIT_CTLS_HOST_LMA) ||
	    vmx_check_rd(c, field) >> 32 == 0);
}

static bool
pae(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_HOST_LMA) ||
	    vmx_check_set(c, field, CR4_PAE));
}

static bool
rip_64(const struct vmx_check *c, uint32_t field)
{
	return (!exit_ctl(c, EXIT_CTLS_HOST_LMA) ||
	    vmx_check_is_canonical(c, field));
}

#define CANONICAL(id, section, name, field)                                    \
	{                                                                      \
		id, section, name " is a canonical address",                   \
		    vmx_check_is_canonical, field                              \
	}
#define SELECTOR(id, name, field)                                              \
	{                                                                      \
		id, SEGS, "the " name " selector has RPL and TI 0", selector,  \
		    field                                                      \
	}

/* clang-format off */
static const struct vmx_check_rule rules[] = {
	{ "host.cr0", REGS, "CR0 has the bits that VMX operation fixes",
	    cr0_fixed, VMCS_HOST_CR0 },
	{ "host.cr4", REGS, "CR4 has the bits that VMX operation fixes",
	    cr4_fixed, VMCS_HOST_CR4 },
	{ "host.cr4_cet", REGS, "CR4.CET needs CR0.WP",
	    cet_wp, VMCS_HOST_CR4 },
	{ "host.cr3", REGS, "CR3 is within the physical-address width",
	    cr3_width, VMCS_HOST_CR3 },
	CANONICAL("host.sysenter_esp", REGS, "IA32_SYSENTER_ESP",
	    VMCS_HOST_SYSENTER_ESP),
	CANONICAL("host.sysenter_eip", REGS, "IA32_SYSENTER_EIP",
	    VMCS_HOST_SYSENTER_EIP),
	{ "host.pat", REGS, "IA32_PAT holds memory types only",
	    pat, VMCS_HOST_PAT },
	{ "host.efer", REGS, "reserved bits of IA32_EFER are 0",
	    efer_reserved, VMCS_HOST_EFER },
	{ "host.efer_lma", REGS, "IA32_EFER.LMA and LME both equal \"host "
	    "address-space size\"", efer_lma, VMCS_HOST_EFER },
	{ "host.s_cet", REGS, "IA32_S_CET is canonical, its reserved bits 0",
	    s_cet, VMCS_HOST_S_CET },
	{ "host.ssp", REGS, "SSP is canonical and aligned to 4 bytes",
	    ssp, VMCS_HOST_SSP },
	{ "host.ssp_table", REGS, "IA32_INTERRUPT_SSP_TABLE_ADDR is canonical",
	    ssp_table, VMCS_HOST_INT_SSP_TABLE },
	{ "host.pkrs", REGS, "bits 63:32 of IA32_PKRS are 0",
	    pkrs, VMCS_HOST_PKRS },
	SELECTOR("host.es", "ES", VMCS_HOST_ES_SELECTOR),
	SELECTOR("host.cs", "CS", VMCS_HOST_CS_SELECTOR),
	SELECTOR("host.ss", "SS", VMCS_HOST_SS_SELECTOR),
	SELECTOR("host.ds", "DS", VMCS_HOST_DS_SELECTOR),
	SELECTOR("host.fs", "FS", VMCS_HOST_FS_SELECTOR),
	SELECTOR("host.gs", "GS", VMCS_HOST_GS_SELECTOR),
	SELECTOR("host.tr", "TR", VMCS_HOST_TR_SELECTOR),
	{ "host.cs_null", SEGS, "the CS selector is not 0",
	    not_null, VMCS_HOST_CS_SELECTOR },
	{ "host.tr_null", SEGS, "the TR selector is not 0",
	    not_null, VMCS_HOST_TR_SELECTOR },
	{ "host.ss_null", SEGS, "the SS selector is not 0 for a 32-bit host",
	    ss_not_null, VMCS_HOST_SS_SELECTOR },
	CANONICAL("host.fs_base", SEGS, "the FS base", VMCS_HOST_FS_BASE),
	CANONICAL("host.gs_base", SEGS, "the GS base", VMCS_HOST_GS_BASE),
	CANONICAL("host.gdtr_base", SEGS, "the GDTR base",
	    VMCS_HOST_GDTR_BASE),
	CANONICAL("host.idtr_base", SEGS, "the IDTR base",
	    VMCS_HOST_IDTR_BASE),
	CANONICAL("host.tr_base", SEGS, "the TR base", VMCS_HOST_TR_BASE),
	{ "host.space_legacy", SPACE, "outside IA-32e mode neither host nor "
	    "guest is 64-bit", outside_long, 0 },
	{ "host.space_long", SPACE, "in IA-32e mode \"host address-space "
	    "size\" is 1", inside_long, EXIT_CTLS_HOST_LMA },
	{ "host.space_guest", SPACE, "a 32-bit host has no \"IA-32e mode "
	    "guest\"", guest_size, ENTRY_CTLS_GUEST_LMA },
	{ "host.space_pcide", SPACE, "a 32-bit host has CR4.PCIDE 0",
	    pcide, VMCS_HOST_CR4 },
	{ "host.space_rip32", SPACE, "a 32-bit host has bits 63:32 of RIP 0",
	    rip_32, VMCS_HOST_RIP },
	{ "host.space_pae", SPACE, "a 64-bit host has CR4.PAE 1",
	    pae, VMCS_HOST_CR4 },
	{ "host.space_rip", SPACE, "a 64-bit host has a canonical RIP",
	    rip_64, VMCS_HOST_RIP },
};
/* clang-format on */

const struct vmx_check_table vmx_check_host = { rules, nitems(rules) };
