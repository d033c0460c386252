/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the processor reports, in words: rules that a VMCS breaks, entries
 * that failed, exceptions and exits that nobody handles.  All act on the
 * current VMCS and print to the console.
 */
#include <sys/systm.h>
#include <cpu/trap.h>
#include "vmx_check.h"
#include "vmx_cpu.h"
#include "vmx_dump.h"

static uint64_t
read_field(void *arg __unused, uint32_t field)
{
	return (vmcs_read(field));
}

/* tag::check[] */
static void
report_rule(void *arg, const struct vmx_check_rule *rule)
{
	const struct vmx_entry *e = arg;

	kprintf("%s: VMCS rule %s is broken: %s (SDM, \"%s\")\n", e->name,
	    rule->id, rule->text, rule->section);
}

/**
 * Applies the SDM's rules for VM entry in software and prints each one that
 * is broken; the processor would only say "invalid".  With `vmcs_dump=all` in
 * the kernel environment the whole VMCS is printed first.
 * @param e	what it is about; the kernel runs in 64-bit mode
 * @return	number of broken rules
 */
u_int
vmx_check_current(const struct vmx_entry *e)
{
	struct vmx_check check = {
		.rd = read_field,
		.caps = e->caps,
		.ia32e = true,
		.vmcs = e->vmcs,
	};
	const char *dump = kgetenv("vmcs_dump");

	if (dump != NULL && strcmp(dump, "all") == 0)
		vmx_dump(read_field, NULL, e->caps);
	return (vmx_check(&check, report_rule, (void *)(uintptr_t)e) +
	    vmx_check_host_state(e->name));
}
/* end::check[] */

/* tag::entry[] */
/**
 * Says why an entry failed.  There are two ways: the instruction fails, with
 * an error number, or the processor finds the guest's state wrong and makes
 * a VM exit that says so.  `vmcs_dump` in the kernel environment adds the
 * whole VMCS.
 * @param e		what it is about
 * @param status	what vmx_enter() returned
 * @return		the error number or exit reason
 */
uint32_t
vmx_entry_explain(const struct vmx_entry *e, enum vmx_status status)
{
	uint64_t number = 0;

	if (status == VMX_OK) {
		number = EXIT_REASON_BASIC(vmcs_read(VMCS_EXIT_REASON));
		kprintf("%s: VM entry failed with exit reason %lu (%s), "
			"qualification %lu: %s\n",
		    e->name, number, vmx_exit_reason(number)->name,
		    vmcs_read(VMCS_EXIT_QUALIFICATION),
		    vmx_exit_reason(number)->text);
	} else {
		if (status == VMX_FAIL_VALID)
			number = vmcs_read(VMCS_INSTRUCTION_ERROR);
		kprintf("%s: VM entry failed with error %lu: %s\n", e->name,
		    number, vmx_status_text(status));
	}
	if (kgetenv("vmcs_dump") != NULL)
		vmx_dump(read_field, NULL, e->caps);
	return (number);
}
/* end::entry[] */

/* tag::exit[] */
/**
 * Collects what the processor left about a VM exit.
 * @param exit	filled in wholly
 */
void
vmx_read_exit(struct vmx_exit_info *exit)
{
	exit->reason = vmcs_read(VMCS_EXIT_REASON);
	exit->basic = EXIT_REASON_BASIC(exit->reason);
	exit->qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
	exit->intr_info = vmcs_read(VMCS_EXIT_INTR_INFO);
	exit->intr_error = vmcs_read(VMCS_EXIT_INTR_ERROR_CODE);
	exit->insn_length = vmcs_read(VMCS_EXIT_INSN_LENGTH);
	exit->rip = vmcs_read(VMCS_GUEST_RIP);
}
/* end::exit[] */

/* tag::explain[] */
/* The access that a page fault refused, from its error code. */
static void
print_page_fault(const struct vmx_exit_info *exit)
{
	const char *access = "read";

	if ((exit->intr_error & PGEX_W) != 0)
		access = "write";
	else if ((exit->intr_error & PGEX_I) != 0)
		access = "fetch";
	kprintf(", address %#lx: %s of %s", exit->qualification, access,
	    (exit->intr_error & PGEX_RSV) != 0	   ? "a page with a bad entry"
		: (exit->intr_error & PGEX_P) != 0 ? "a protected page"
						   : "an absent page");
}

/**
 * Says why an exit ends its guest: which exception, or which exit.
 * @param name	starts the line
 * @param exit	the exit
 */
void
vmx_exit_explain(const char *name, const struct vmx_exit_info *exit)
{
	uint32_t vector = exit->intr_info & INTR_INFO_VECTOR_MASK;
	const struct vmx_name *n = vmx_exit_reason(exit->basic);

	if (exit->basic == EXIT_REASON_EXCEPTION_NMI) {
		n = vmx_exception(vector);
		kprintf(
		    "%s: %s (%s) at %#lx", name, n->name, n->text, exit->rip);
		if (vector == IDT_PF)
			print_page_fault(exit);
		kprintf("; guest ended\n");
		return;
	}
	kprintf("%s: exit reason %u (%s) at %#lx: %s; guest ended\n", name,
	    exit->basic, n->name, exit->rip, n->text);
}
/* end::explain[] */

/**
 * Prints how often each exit reason occurred.
 * @param count	by basic reason
 */
void
vmx_print_counts(const uint64_t count[EXIT_REASON_COUNT])
{
	kprintf("VM exits by reason:\n");
	for (u_int i = 0; i < EXIT_REASON_COUNT; i++)
		if (count[i] != 0)
			kprintf("%8lu  %2u %s\n", count[i], i,
			    vmx_exit_reason(i)->name);
}

/**
 * @param count	VM exits by basic reason
 * @return	all of them together
 */
uint64_t
vmx_sum_counts(const uint64_t count[EXIT_REASON_COUNT])
{
	uint64_t sum = 0;

	for (u_int i = 0; i < EXIT_REASON_COUNT; i++)
		sum += count[i];
	return (sum);
}
