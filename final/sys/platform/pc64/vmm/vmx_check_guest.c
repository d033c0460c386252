/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on guest control registers, MSRs, descriptor tables, RIP and RFLAGS.
 *
 * Breaking one of them makes the entry fail with exit reason 33.  From the
 * SDM's "Checks on Guest Control Registers, Debug Registers, and MSRs" and two
 * later sections; called by vmx_check.c.  Not checked: reserved bits that
 * depend on CPUID leaves not in struct vmx_caps (IA32_PERF_GLOBAL_CTRL,
 * IA32_RTIT_CTL), and FRED state.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

/* clang-format off */
#define REGS	"Checks on Guest Control Registers, Debug Registers, and MSRs"
/* clang-format on */
#define TABLES		  "Checks on Guest Descriptor-Table Registers"
#define FLOW		  "Checks on Guest RIP, RFLAGS, and SSP"

#define CHECK_CR4_CET	  0x00800000ull
#define DEBUGCTL_RESERVED 0xffffffffffff0038ull
#define LBR_CTL_RESERVED  0xffffffffff80fff0ull
#define BNDCFGS_RESERVED  0xffcull
#define RFLAGS_RESERVED	  0xffffffffffc08028ull

static bool
entry_ctl(const struct vmx_check *c, uint32_t mask)
{
	return (vmx_check_set(c, VMCS_CTL_ENTRY, mask));
}

static bool
is_64bit(const struct vmx_check *c)
{
	return (entry_ctl(c, ENTRY_CTLS_GUEST_LMA));
}

static bool
cr0_fixed(const struct vmx_check *c, uint32_t field)
{
	uint64_t v = vmx_check_rd(c, field);
	uint64_t must = c->caps->msr[VMX_CAP_CR0_FIXED0];

	if (vmx_check_proc2(c, PROC2_CTLS_UNRESTRICTED_GUEST))
		must &= ~(CR0_PE | CR0_PG);
	return (
	    (v & must) == must && (v & ~c->caps->msr[VMX_CAP_CR0_FIXED1]) == 0);
}

static bool
cr0_paging(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(c, field, CR0_PG) ||
	    vmx_check_set(c, field, CR0_PE));
}

static bool
cr4_fixed(const struct vmx_check *c, uint32_t field)
{
	uint64_t v = vmx_check_rd(c, field);
	uint64_t must = c->caps->msr[VMX_CAP_CR4_FIXED0];

	return (
	    (v & must) == must && (v & ~c->caps->msr[VMX_CAP_CR4_FIXED1]) == 0);
}

static bool
cet_wp(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_set(c, field, CHECK_CR4_CET) ||
	    vmx_check_set(c, VMCS_GUEST_CR0, CR0_WP));
}

static bool
debugctl(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_DEBUG) ||
	    (vmx_check_rd(c, field) & DEBUGCTL_RESERVED) == 0);
}

static bool
long_paging(const struct vmx_check *c, uint32_t field)
{
	return (!is_64bit(c) || vmx_check_set(c, field, CR0_PG));
}

static bool
long_pae(const struct vmx_check *c, uint32_t field)
{
	return (!is_64bit(c) || vmx_check_set(c, field, CR4_PAE));
}

static bool
legacy_pcide(const struct vmx_check *c, uint32_t field)
{
	return (is_64bit(c) || !vmx_check_set(c, field, CR4_PCIDE));
}

static bool
cr3_width(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_phys(c, vmx_check_rd(c, field), 0));
}

static bool
dr7(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_DEBUG) ||
	    vmx_check_rd(c, field) >> 32 == 0);
}

static bool
pat(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_PAT) ||
	    vmx_check_pat(vmx_check_rd(c, field)));
}

static bool
efer_reserved(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_EFER) ||
	    vmx_check_efer(c, vmx_check_rd(c, field)));
}

static bool
efer_lma(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_EFER) ||
	    vmx_check_set(c, field, EFER_LMA) == is_64bit(c));
}

static bool
efer_lme(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_EFER) ||
	    !vmx_check_set(c, VMCS_GUEST_CR0, CR0_PG) ||
	    vmx_check_set(c, field, EFER_LMA) ==
		vmx_check_set(c, field, EFER_LME));
}

static bool
bndcfgs(const struct vmx_check *c, uint32_t field)
{
	uint64_t v = vmx_check_rd(c, field);

	return (!entry_ctl(c, ENTRY_CTLS_LOAD_BNDCFGS) ||
	    ((v & BNDCFGS_RESERVED) == 0 && vmx_check_canonical(c, v)));
}

static bool
uinv(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_UINV) ||
	    vmx_check_rd(c, field) <= 0xff);
}

static bool
lbr_ctl(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_LBR_CTL) ||
	    (vmx_check_rd(c, field) & LBR_CTL_RESERVED) == 0);
}

static bool
pkrs(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_PKRS) ||
	    vmx_check_rd(c, field) >> 32 == 0);
}

static bool
s_cet(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_CET) ||
	    vmx_check_s_cet(c, vmx_check_rd(c, field)));
}

static bool
ssp_table(const struct vmx_check *c, uint32_t field)
{
	return (!entry_ctl(c, ENTRY_CTLS_LOAD_CET) ||
	    vmx_check_is_canonical(c, field));
}

static bool
table_limit(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_rd(c, field) <= 0xffff);
}

/* 64-bit code: what RIP may hold depends on CS.L, not on LMA alone. */
static bool
is_64bit_code(const struct vmx_check *c)
{
	return (is_64bit(c) && vmx_check_set(c, VMCS_GUEST_CS_AR, SEG_AR_L));
}

static bool
rip_32(const struct vmx_check *c, uint32_t field)
{
	return (is_64bit_code(c) || vmx_check_rd(c, field) >> 32 == 0);
}

/*
 * Weaker than canonical: the bits above the linear width must be equal, but
 * not equal to the width's last bit.  An instruction that ends the lower half
 * leaves such a RIP behind.
 */
static bool
rip_64(const struct vmx_check *c, uint32_t field)
{
	unsigned width = c->caps->maxlinaddr != 0 ? c->caps->maxlinaddr : 48;
	uint64_t high = vmx_check_rd(c, field) >> width;

	return (!is_64bit_code(c) || high == 0 || high == ~0ull >> width);
}

static bool
rflags_reserved(const struct vmx_check *c, uint32_t field)
{
	uint64_t v = vmx_check_rd(c, field);

	return ((v & RFLAGS_RESERVED) == 0 && (v & PSL_RESERVED) != 0);
}

static bool
rflags_vm(const struct vmx_check *c, uint32_t field)
{
	if (!is_64bit(c) && vmx_check_set(c, VMCS_GUEST_CR0, CR0_PE))
		return (true);
	return (!vmx_check_set(c, field, PSL_VM));
}

static bool
rflags_if(const struct vmx_check *c, uint32_t field)
{
	return (!vmx_check_event_is(c, INTR_INFO_TYPE_EXTINT) ||
	    vmx_check_set(c, field, PSL_I));
}

static bool
ssp(const struct vmx_check *c, uint32_t field)
{
	uint64_t v = vmx_check_rd(c, field);

	if (!entry_ctl(c, ENTRY_CTLS_LOAD_CET))
		return (true);
	if ((v & 0x3) != 0)
		return (false);
	return (is_64bit_code(c) ? vmx_check_canonical(c, v) : v >> 32 == 0);
}

#define CANONICAL(id, section, name, field)                                    \
	{                                                                      \
		id, section, name " is a canonical address",                   \
		    vmx_check_is_canonical, field                              \
	}

/* clang-format off */
static const struct vmx_check_rule rules[] = {
	{ "guest.cr0", REGS, "CR0 has the bits that VMX operation fixes (PE "
	    "and PG are free for an unrestricted guest)",
	    cr0_fixed, VMCS_GUEST_CR0 },
	{ "guest.cr0_paging", REGS, "CR0.PG needs CR0.PE",
	    cr0_paging, VMCS_GUEST_CR0 },
	{ "guest.cr4", REGS, "CR4 has the bits that VMX operation fixes",
	    cr4_fixed, VMCS_GUEST_CR4 },
	{ "guest.cr4_cet", REGS, "CR4.CET needs CR0.WP",
	    cet_wp, VMCS_GUEST_CR4 },
	{ "guest.debugctl", REGS, "reserved bits of IA32_DEBUGCTL are 0",
	    debugctl, VMCS_GUEST_DEBUGCTL },
	{ "guest.long_paging", REGS, "an IA-32e mode guest has CR0.PG 1",
	    long_paging, VMCS_GUEST_CR0 },
	{ "guest.long_pae", REGS, "an IA-32e mode guest has CR4.PAE 1",
	    long_pae, VMCS_GUEST_CR4 },
	{ "guest.legacy_pcide", REGS, "a guest outside IA-32e mode has "
	    "CR4.PCIDE 0", legacy_pcide, VMCS_GUEST_CR4 },
	{ "guest.cr3", REGS, "CR3 is within the physical-address width",
	    cr3_width, VMCS_GUEST_CR3 },
	{ "guest.dr7", REGS, "bits 63:32 of DR7 are 0",
	    dr7, VMCS_GUEST_DR7 },
	CANONICAL("guest.sysenter_esp", REGS, "IA32_SYSENTER_ESP",
	    VMCS_GUEST_SYSENTER_ESP),
	CANONICAL("guest.sysenter_eip", REGS, "IA32_SYSENTER_EIP",
	    VMCS_GUEST_SYSENTER_EIP),
	{ "guest.pat", REGS, "IA32_PAT holds memory types only",
	    pat, VMCS_GUEST_PAT },
	{ "guest.efer", REGS, "reserved bits of IA32_EFER are 0",
	    efer_reserved, VMCS_GUEST_EFER },
	{ "guest.efer_lma", REGS, "IA32_EFER.LMA equals \"IA-32e mode "
	    "guest\"", efer_lma, VMCS_GUEST_EFER },
	{ "guest.efer_lme", REGS, "IA32_EFER.LME equals LMA while paging is "
	    "on", efer_lme, VMCS_GUEST_EFER },
	{ "guest.bndcfgs", REGS, "IA32_BNDCFGS is canonical, its reserved "
	    "bits 0", bndcfgs, VMCS_GUEST_BNDCFGS },
	{ "guest.uinv", REGS, "bits 15:8 of UINV are 0",
	    uinv, VMCS_GUEST_UINV },
	{ "guest.lbr_ctl", REGS, "reserved bits of IA32_LBR_CTL are 0",
	    lbr_ctl, VMCS_GUEST_LBR_CTL },
	{ "guest.pkrs", REGS, "bits 63:32 of IA32_PKRS are 0",
	    pkrs, VMCS_GUEST_PKRS },
	{ "guest.s_cet", REGS, "IA32_S_CET is canonical, its reserved bits 0",
	    s_cet, VMCS_GUEST_S_CET },
	{ "guest.ssp_table", REGS, "IA32_INTERRUPT_SSP_TABLE_ADDR is "
	    "canonical", ssp_table, VMCS_GUEST_INT_SSP_TABLE },
	CANONICAL("guest.gdtr_base", TABLES, "the GDTR base",
	    VMCS_GUEST_GDTR_BASE),
	CANONICAL("guest.idtr_base", TABLES, "the IDTR base",
	    VMCS_GUEST_IDTR_BASE),
	{ "guest.gdtr_limit", TABLES, "bits 31:16 of the GDTR limit are 0",
	    table_limit, VMCS_GUEST_GDTR_LIMIT },
	{ "guest.idtr_limit", TABLES, "bits 31:16 of the IDTR limit are 0",
	    table_limit, VMCS_GUEST_IDTR_LIMIT },
	{ "guest.rip32", FLOW, "bits 63:32 of RIP are 0 outside 64-bit code",
	    rip_32, VMCS_GUEST_RIP },
	{ "guest.rip64", FLOW, "bits of RIP above the linear width are "
	    "equal in 64-bit code",
	    rip_64, VMCS_GUEST_RIP },
	{ "guest.rflags", FLOW, "reserved bits of RFLAGS are 0, bit 1 is 1",
	    rflags_reserved, VMCS_GUEST_RFLAGS },
	{ "guest.rflags_vm", FLOW, "RFLAGS.VM is 0 in IA-32e mode and in real "
	    "mode", rflags_vm, VMCS_GUEST_RFLAGS },
	{ "guest.rflags_if", FLOW, "RFLAGS.IF is 1 when an external interrupt "
	    "is injected", rflags_if, VMCS_GUEST_RFLAGS },
	{ "guest.ssp", FLOW, "SSP is aligned to 4 bytes and fits the code's "
	    "width", ssp, VMCS_GUEST_SSP },
};
/* clang-format on */

const struct vmx_check_table vmx_check_guest = { rules, nitems(rules) };
