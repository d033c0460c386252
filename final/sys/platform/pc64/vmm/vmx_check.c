/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The software VMCS checker: its loop, and what the predicates share.
 *
 * The rules are data in the other vmx_check_*.c files, one per area.  A rule's
 * predicate answers "does it hold"; a rule about a feature that is not in use
 * holds.
 * Called before the first entry in debug builds, after a failed entry, and by
 * the unit tests.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_names.h"
#include "vmx_vmcs.h"

/* In the order in which a processor checks. */
static const struct vmx_check_table *const tables[] = {
	&vmx_check_ctls,
	&vmx_check_entry,
	&vmx_check_host,
	&vmx_check_guest,
	&vmx_check_segs,
	&vmx_check_state,
};

const struct vmx_check_rule *
vmx_check_rule(size_t n)
{
	for (size_t t = 0; t < nitems(tables); t++) {
		if (n < tables[t]->count)
			return (&tables[t]->rule[n]);
		n -= tables[t]->count;
	}
	return (NULL);
}

/* tag::loop[] */
unsigned
vmx_check(const struct vmx_check *c, vmx_check_report_t *report, void *arg)
{
	const struct vmx_check_rule *rule;
	unsigned broken = 0;

	for (size_t n = 0; (rule = vmx_check_rule(n)) != NULL; n++) {
		if (rule->holds(c, rule->arg))
			continue;
		broken++;
		if (report != NULL)
			report(arg, rule);
	}
	return (broken);
}
/* end::loop[] */

/*
 * The value of a field.  A field this processor lacks reads as 0: it is only
 * looked at when a control asks for it that the processor lacks as well, and
 * that is reported by the rule on that control word.
 */
uint64_t
vmx_check_rd(const struct vmx_check *c, uint32_t field)
{
	const struct vmx_field *f = vmx_field_find(field);

	if (f == NULL || !vmx_field_exists(c->caps, f))
		return (0);
	return (c->rd(c->arg, field));
}

/* Are all bits of mask set in that field? */
bool
vmx_check_set(const struct vmx_check *c, uint32_t field, uint64_t mask)
{
	return ((vmx_check_rd(c, field) & mask) == mask);
}

/* Secondary controls count as 0 unless they are activated. */
bool
vmx_check_proc2(const struct vmx_check *c, uint32_t mask)
{
	return (vmx_check_set(c, VMCS_CTL_PROC, PROC_CTLS_SECONDARY) &&
	    vmx_check_set(c, VMCS_CTL_PROC2, mask));
}

/* Tertiary controls count as 0 unless they are activated. */
bool
vmx_check_proc3(const struct vmx_check *c, uint64_t mask)
{
	return (vmx_check_set(c, VMCS_CTL_PROC, PROC_CTLS_TERTIARY) &&
	    vmx_check_set(c, VMCS_CTL_PROC3, mask));
}

/* The event that the entry injects, 0 if it injects none. */
uint32_t
vmx_check_event(const struct vmx_check *c)
{
	uint32_t info = (uint32_t)vmx_check_rd(c, VMCS_CTL_ENTRY_INTR_INFO);

	return ((info & INTR_INFO_VALID) != 0 ? info : 0);
}

/* Does the entry inject an event of that type (INTR_INFO_TYPE_*)? */
bool
vmx_check_event_is(const struct vmx_check *c, uint32_t type)
{
	uint32_t info = vmx_check_event(c);

	return (info != 0 && (info & INTR_INFO_TYPE_MASK) == type);
}

/* Are all bits from the highest implemented one upward equal? */
bool
vmx_check_canonical(const struct vmx_check *c, uint64_t address)
{
	unsigned width = c->caps->maxlinaddr != 0 ? c->caps->maxlinaddr : 48;
	uint64_t high = address >> (width - 1);

	return (high == 0 || high == ~0ull >> (width - 1));
}

/* Is the address within the physical width, with no bit of low set? */
bool
vmx_check_phys(const struct vmx_check *c, uint64_t address, uint64_t low)
{
	unsigned width = c->caps->maxphyaddr != 0 ? c->caps->maxphyaddr : 36;

	return ((address & low) == 0 && address >> width == 0);
}

/* Are all eight entries memory types?  2 and 3 are not, nor is 8 and up. */
bool
vmx_check_pat(uint64_t pat)
{
	unsigned type;

	for (unsigned i = 0; i < 8; i++) {
		type = (pat >> (8 * i)) & 0xff;
		if (type > 7 || type == 2 || type == 3)
			return (false);
	}
	return (true);
}

/* Has an IA32_EFER value only bits that CPUID announces? */
bool
vmx_check_efer(const struct vmx_check *c, uint64_t efer)
{
	uint64_t known = 0;

	if ((c->caps->cpuid81_edx & VMX_CPUID81_EDX_SYSCALL) != 0)
		known |= EFER_SCE;
	if ((c->caps->cpuid81_edx & VMX_CPUID81_EDX_LM) != 0)
		known |= EFER_SCE | EFER_LME | EFER_LMA;
	if ((c->caps->cpuid81_edx & VMX_CPUID81_EDX_NX) != 0)
		known |= EFER_NXE;
	return ((efer & ~known) == 0);
}

/* IA32_S_CET: bits 9:6 are reserved, 10 and 11 exclude each other. */
bool
vmx_check_s_cet(const struct vmx_check *c, uint64_t s_cet)
{
	return ((s_cet & 0x3c0) == 0 && (s_cet & 0xc00) != 0xc00 &&
	    vmx_check_canonical(c, s_cet));
}

/* Predicate of its own: the field holds a canonical address. */
bool
vmx_check_is_canonical(const struct vmx_check *c, uint32_t field)
{
	return (vmx_check_canonical(c, vmx_check_rd(c, field)));
}
