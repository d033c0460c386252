/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Do the software checker and the processor agree?
 *
 * Each row takes a VMCS that works, makes it wrong in one field, asks the
 * checker which rule is broken, and then lets the processor try: it must
 * refuse in the way that the SDM says.  A second table does the same with the
 * VMX instructions.  Step 01's own files make the VMCS.
 */
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/segments.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/vmparam.h>
#include "vmm.h"
#include "vmx_check.h"

#define NONCANONICAL 0x0000900000000000UL

/** How the processor says no. */
enum refusal_kind {
	BY_INSTRUCTION, /**< VMLAUNCH fails with an error number */
	BY_EXIT,	/**< an exit with the entry-failure bit */
};

/** Checks that the emulator is known to leave out; a processor makes them. */
#define BOCHS_SKIPS "Bochs 2.7 does not make this check"

/** One field made wrong. */
struct entry_test {
	const char *name;	/**< what is wrong */
	uint32_t field;		/**< VMCS_* */
	uint64_t clear;		/**< bits to clear in it ... */
	uint64_t set;		/**< ... and then to set */
	enum refusal_kind kind; /**< how the processor refuses */
	uint32_t number;	/**< its error number or exit reason */
	const char *rule;	/**< what the checker must name */
	bool bochs_skips;	/**< success counts as a skip */
};

#define CTL_ROW(name, field, clear, set, rule)                                 \
	{                                                                      \
		name, field, clear, set, BY_INSTRUCTION,                       \
		    VMX_ERROR_ENTRY_CONTROLS, rule, false                      \
	}
#define HOST_ROW(name, field, clear, set, rule)                                \
	{                                                                      \
		name, field, clear, set, BY_INSTRUCTION,                       \
		    VMX_ERROR_ENTRY_HOST_STATE, rule, false                    \
	}
#define GUEST_ROW(name, field, clear, set, rule)                               \
	{                                                                      \
		name, field, clear, set, BY_EXIT,                              \
		    EXIT_REASON_INVALID_GUEST_STATE, rule, false               \
	}

/* clang-format off */
static const struct entry_test entry_tests[] = {
	CTL_ROW("pin-based word 0", VMCS_CTL_PIN, ~0UL, 0, "ctl.pin"),
	CTL_ROW("processor-based word 0", VMCS_CTL_PROC, ~0UL, 0, "ctl.proc"),
	CTL_ROW("VM-exit word 0", VMCS_CTL_EXIT, ~0UL, 0, "ctl.exit"),
	CTL_ROW("VM-entry word 0", VMCS_CTL_ENTRY, ~0UL, 0, "ctl.entry"),
	CTL_ROW("nine CR3 targets", VMCS_CTL_CR3_TARGET_COUNT, 0, 9,
	    "ctl.cr3_targets"),
	CTL_ROW("event of the reserved type", VMCS_CTL_ENTRY_INTR_INFO, 0,
	    INTR_INFO_VALID | INTR_INFO_TYPE_RESERVED, "event.type"),
	CTL_ROW("NMI with vector 3", VMCS_CTL_ENTRY_INTR_INFO, 0,
	    INTR_INFO_VALID | INTR_INFO_TYPE_NMI | 3, "event.vector"),

	HOST_ROW("host CR0 without paging", VMCS_HOST_CR0, CR0_PG, 0,
	    "host.cr0"),
	HOST_ROW("host CR4 without VMXE", VMCS_HOST_CR4, CR4_VMXE, 0,
	    "host.cr4"),
	HOST_ROW("host CS of ring 3", VMCS_HOST_CS_SELECTOR, 0, 3,
	    "host.cs"),
	HOST_ROW("host TR null", VMCS_HOST_TR_SELECTOR, ~0UL, 0,
	    "host.tr_null"),
	HOST_ROW("host CS null", VMCS_HOST_CS_SELECTOR, ~0UL, 0,
	    "host.cs_null"),
	HOST_ROW("host RIP not canonical", VMCS_HOST_RIP, ~0UL, NONCANONICAL,
	    "host.space_rip"),
	HOST_ROW("host GS base not canonical", VMCS_HOST_GS_BASE, ~0UL,
	    NONCANONICAL, "host.gs_base"),
	HOST_ROW("32-bit host", VMCS_CTL_EXIT, EXIT_CTLS_HOST_LMA, 0,
	    "host.space_long"),

	GUEST_ROW("guest RFLAGS without bit 1", VMCS_GUEST_RFLAGS,
	    PSL_RESERVED, 0, "guest.rflags"),
	GUEST_ROW("virtual-8086 in 64-bit mode", VMCS_GUEST_RFLAGS, 0,
	    PSL_VM, "guest.rflags_vm"),
	GUEST_ROW("64-bit guest without PAE", VMCS_GUEST_CR4, CR4_PAE, 0,
	    "guest.long_pae"),
	GUEST_ROW("guest CR4 without VMXE", VMCS_GUEST_CR4, CR4_VMXE, 0,
	    "guest.cr4"),
	GUEST_ROW("guest CS is data", VMCS_GUEST_CS_AR, SEG_AR_TYPE_CODE, 0,
	    "guest.cs_type"),
	GUEST_ROW("guest CS is L and D", VMCS_GUEST_CS_AR, 0, SEG_AR_DB,
	    "guest.cs_db"),
	GUEST_ROW("guest SS of ring 0, RPL 3", VMCS_GUEST_SS_AR,
	    SEG_AR_DPL_MASK, 0, "guest.ss_dpl"),
	GUEST_ROW("guest TSS not busy", VMCS_GUEST_TR_AR, 2, 0,
	    "guest.tr_type"),
	GUEST_ROW("guest TR unusable", VMCS_GUEST_TR_AR, 0, SEG_AR_UNUSABLE,
	    "guest.tr_usable"),
	{ "guest RIP beyond the linear width", VMCS_GUEST_RIP, ~0UL,
	    1UL << 48, BY_EXIT, EXIT_REASON_INVALID_GUEST_STATE,
	    "guest.rip64", true },
	GUEST_ROW("activity state 4", VMCS_GUEST_ACTIVITY, 0, 4,
	    "guest.activity"),
	GUEST_ROW("blocked by STI and by MOV SS", VMCS_GUEST_INTERRUPTIBILITY,
	    0, INTR_STATE_STI | INTR_STATE_MOV_SS, "guest.intr_one"),
	GUEST_ROW("link pointer 1", VMCS_GUEST_LINK_POINTER, ~0UL, 1,
	    "guest.link"),
	GUEST_ROW("guest FS base not canonical", VMCS_GUEST_FS_BASE, ~0UL,
	    NONCANONICAL, "guest.fs_base"),
	GUEST_ROW("GDTR limit over 64 KB", VMCS_GUEST_GDTR_LIMIT, 0, 0x10000,
	    "guest.gdtr_limit"),
};
/* clang-format on */

/** Looks for one rule among those that the checker reports. */
struct rule_search {
	const char *wanted; /**< rule id */
	bool found;	    /**< it was reported */
};

static uint64_t
read_field(void *arg __unused, uint32_t field)
{
	return (vmcs_read(field));
}

static void
note_rule(void *arg, const struct vmx_check_rule *rule)
{
	struct rule_search *s = arg;

	if (strcmp(rule->id, s->wanted) == 0)
		s->found = true;
	else
		tap_diag("the checker also names %s", rule->id);
}

static bool
checker_names(const struct entry_test *t, vm_paddr_t vmcs)
{
	struct rule_search s = { t->rule, false };
	struct vmx_check check = {
		.rd = read_field,
		.caps = &vmx_caps,
		.ia32e = true,
		.vmcs = vmcs,
	};

	vmx_check(&check, note_rule, &s);
	return (s.found);
}

/* Lets the processor try, and compares its answer. */
static void
ask_processor(const struct entry_test *t, struct vmx_thread_info *vti)
{
	struct vmx_entry e = { t->name, &vmx_caps, vti->vmcs };
	enum vmx_status status;
	uint32_t number;
	uint64_t reason = 0;

	status = vmx_enter(&vti->guest, false);
	if (status == VMX_OK)
		reason = vmcs_read(VMCS_EXIT_REASON);
	if (status == VMX_OK && (reason & EXIT_REASON_ENTRY_FAILURE) == 0) {
		if (t->bochs_skips && inb(0xe9) == 0xe9) /* Bochs */
			tap_skip(BOCHS_SKIPS, "processor: %s", t->name);
		else
			tap_ok(false, "processor: %s: it entered", t->name);
		return;
	}
	number = vmx_entry_explain(&e, status);
	tap_ok(
	    number == t->number && (status == VMX_OK) == (t->kind == BY_EXIT),
	    "processor: %s", t->name);
}

static void
run_entry_test(const struct entry_test *t)
{
	struct vmx_thread_info vti = { .name = t->name };

	if (!guest_memory_init(&vti))
		panic("vmx_entry: out of memory");
	vmx_vminit(&vti, (vm_offset_t)guest_sum);
	vmcs_write(t->field, (vmcs_read(t->field) & ~t->clear) | t->set);
	tap_ok(checker_names(t, vti.vmcs), "checker: %s", t->name);
	ask_processor(t, &vti);
	vmx_vmdestroy(&vti);
	guest_memory_free(&vti);
}

/* An instruction failed with the error number expected. */
static void
expect_error(enum vmx_status status, uint32_t number, const char *name)
{
	uint64_t error = 0;

	if (status == VMX_FAIL_VALID)
		vmread(VMCS_INSTRUCTION_ERROR, &error);
	if (!tap_ok(error == number, "%s: error %u (%s)", name, number,
		vmx_instruction_error(number)->name))
		tap_diag("status %d, error %lu", status, error);
}

/* Leaves VMX operation to try a region, and enters it again as before. */
static enum vmx_status
try_vmxon(vm_paddr_t region, vm_paddr_t good)
{
	enum vmx_status status;

	vmx_must(vmxoff(), "vmxoff");
	status = vmxon(region);
	vmx_must(vmxon(good), "vmxon");
	return (status);
}

#define NINSTRUCTION_TESTS 12

/* Errors of the VMX instructions, with a VMCS of ours current. */
static void
run_instruction_tests(vm_paddr_t vmxon_copy)
{
	struct vmx_thread_info vti = { .name = "instructions" };
	vm_paddr_t wrong = vmx_region_alloc(&vmx_caps);
	uint64_t v;

	*(uint32_t *)PHYS_TO_DMAP(wrong) += 1;
	if (!guest_memory_init(&vti))
		panic("vmx_entry: out of memory");
	vmx_vminit(&vti, (vm_offset_t)guest_sum);
	expect_error(vmclear(vti.vmcs + 8), VMX_ERROR_VMCLEAR_ADDRESS,
	    "VMCLEAR of an unaligned region");
	expect_error(vmclear(vmxon_copy), VMX_ERROR_VMCLEAR_VMXON,
	    "VMCLEAR of the VMXON region");
	expect_error(vmptrld(vti.vmcs + 8), VMX_ERROR_VMPTRLD_ADDRESS,
	    "VMPTRLD of an unaligned region");
	expect_error(vmptrld(vmxon_copy), VMX_ERROR_VMPTRLD_VMXON,
	    "VMPTRLD of the VMXON region");
	expect_error(vmptrld(wrong), VMX_ERROR_VMPTRLD_REVISION,
	    "VMPTRLD of another revision");
	expect_error(vmread(0x6fee, &v), VMX_ERROR_UNSUPPORTED_FIELD,
	    "VMREAD of no field");
	/* Newer processors let every field be written, and say so. */
	expect_error(vmwrite(VMCS_EXIT_REASON, 0),
	    (vmx_caps.msr[VMX_CAP_MISC] & VMX_MISC_VMWRITE_ANY) != 0
		? 0
		: VMX_ERROR_READONLY_FIELD,
	    "VMWRITE of a read-only field");
	expect_error(vmxon(vmxon_copy), VMX_ERROR_VMXON_IN_ROOT,
	    "VMXON in VMX root operation");
	tap_ok(try_vmxon(wrong, vmxon_copy) == VMX_FAIL_INVALID,
	    "VMXON of another revision: no error number");
	vmx_must(vmptrld(vti.vmcs), "vmptrld");
	expect_error(vmx_enter(&vti.guest, true),
	    VMX_ERROR_VMRESUME_NOT_LAUNCHED, "VMRESUME before VMLAUNCH");
	tap_ok(
	    vmx_enter(&vti.guest, false) == VMX_OK, "VMLAUNCH after all that");
	expect_error(vmx_enter(&vti.guest, false), VMX_ERROR_VMLAUNCH_NOT_CLEAR,
	    "VMLAUNCH twice");
	vmx_vmdestroy(&vti);
	guest_memory_free(&vti);
	vmx_region_free(wrong);
}

/*
 * A guest that is interrupted by what the host does not expect.  The timer's
 * line is opened; the interrupt leaves the guest and must then reach the host,
 * which says so, instead of coming back for ever.
 */
static void __dead2
run_interrupted(void)
{
	struct vmx_thread_info vti = { .name = "interrupted" };

	outb(0x21, 0xfe);
	if (!guest_memory_init(&vti))
		panic("vmx_entry: out of memory");
	vmx_vminit(&vti, (vm_offset_t)guest_spin);
	vmx_vmrun(&vti);
	panic("vmx_entry: no interrupt came");
}

/** @return 0 when all agree, or VMX is refused with a reason */
int
main(void)
{
	const char *refusal;
	vm_paddr_t region;

	refusal = vmx_init();
	if (refusal != NULL) {
		tap_skip_all("%s", refusal);
		return (0);
	}
	region = vmx_region_alloc(&vmx_caps);
	vmx_cpu_enable(&vmx_caps, region);
	if (kgetenv("irq") != NULL)
		run_interrupted();
	tap_plan(2 * nitems(entry_tests) + NINSTRUCTION_TESTS);
	for (u_int i = 0; i < nitems(entry_tests); i++)
		run_entry_test(&entry_tests[i]);
	run_instruction_tests(region);
	vmx_cpu_disable();
	vmx_region_free(region);
	return (tap_status());
}
