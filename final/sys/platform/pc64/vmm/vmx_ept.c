/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * EPT on this processor: what its exits left in the current VMCS, and INVEPT.
 * The format and the meaning of its bits are in ept.c, which knows no VMCS.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include "ept.h"
#include "vmx_cpu.h"

/* tag::sync[] */
/**
 * Drops what this processor may still hold of an address space, if a
 * translation has changed since it last did so.  To be called before each
 * entry, with interrupts off until then: nothing may change between the
 * comparison and the entry.
 * @param pmap	EPT tables of the guest to be entered
 * @param caps	this processor
 * @param seen	generation that this processor last dropped; updated
 * @return	whether there was an INVEPT
 */
bool
ept_sync(pmap_t pmap, const struct vmx_caps *caps, u_long *seen)
{
	u_long gen = pmap->pm_invgen;

	/* LAB 02.5 begin: drop stale translations, if there can be any */
	if (*seen == gen)
		return (false);
	if ((vmx_invept_types(caps) & VMX_INV_TYPE(1)) != 0)
		vmx_must(invept(1, ept_pointer(pmap)), "invept");
	else
		vmx_must(invept(2, 0), "invept");
	*seen = gen;
	/* LAB 02.5 end */
	return (true);
}
/* end::sync[] */

/**
 * Reads what the processor left about an EPT violation.
 * @param v	filled in
 */
void
ept_read_violation(struct ept_violation *v)
{
	ept_decode(vmcs_read(VMCS_EXIT_QUALIFICATION),
	    vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS),
	    vmcs_read(VMCS_GUEST_LINEAR_ADDRESS), v);
}

/**
 * Says why an EPT violation ends its guest.
 * @param name	starts the line
 * @param rip	where the guest was
 * @param v	the violation
 * @param error	why it could not be resolved: EFAULT, EACCES or ENOMEM
 */
void
ept_explain(
    const char *name, uint64_t rip, const struct ept_violation *v, int error)
{
	const char *why = "there is no memory left";
	char words[144];

	if (error == EFAULT)
		why = "nothing is mapped there";
	else if (error == EACCES)
		why = "its range does not allow that";
	ept_describe(v, words, sizeof(words));
	kprintf("%s: EPT violation at %#lx: %s; %s; guest ended\n", name, rip,
	    words, why);
}

/**
 * Names the entry that an EPT misconfiguration is about.  It is the host's
 * fault, not the guest's.
 * @param name	starts the line
 * @param pmap	EPT tables
 * @param caps	this processor
 */
void
ept_explain_misconfig(
    const char *name, pmap_t pmap, const struct vmx_caps *caps)
{
	vm_paddr_t gpa = vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS);
	char words[144] = "no bad entry found";

	ept_find_misconfig(pmap, caps, gpa, words, sizeof(words));
	kprintf("%s: EPT misconfiguration at guest-physical %#lx: %s; "
		"guest ended\n",
	    name, gpa, words);
}
