/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The capability probe: prints what the processor it runs on really has.
 *
 * The bench runs it on every machine and makes a table of the `feature` lines
 * (labs/bench/benchlib/capabilities.py).  The lines between `vector begin` and
 * `vector end` are the raw words in the format of the unit tests' vectors, so
 * that the tests on Linux negotiate with the same processors.
 *
 * Nothing is derived here: every answer is one of vmx_caps.h, the module that
 * the steps and final use.  An MSR that does not exist is never read.
 */
#include <sys/systm.h>
#include <sys/tap.h>

#include "vmx_caps.h"
#include "vmx_dump.h"

/** A feature that is there or not. */
struct feature {
	const char *name;		      /**< a word for the table */
	bool (*has)(const struct vmx_caps *); /**< the predicate */
};

static const struct feature features[] = {
	{ "ept", vmx_has_ept },
	{ "ept_ad", vmx_has_ept_ad },
	{ "ept_1g", vmx_has_ept_1g },
	{ "page_1g", vmx_has_page_1gb },
	{ "vpid", vmx_has_vpid },
	{ "unrestricted_guest", vmx_has_unrestricted_guest },
	{ "preemption_timer", vmx_has_preemption_timer },
	{ "x2apic", vmx_has_x2apic },
};

/* The types that an invalidation instruction takes: "1+2", or "no". */
static void
print_types(const char *name, uint32_t types)
{
	const char *separator = "";

	kprintf("feature %s ", name);
	for (u_int type = 0; type < 4; type++) {
		if ((types & VMX_INV_TYPE(type)) != 0) {
			kprintf("%s%u", separator, type);
			separator = "+";
		}
	}
	kprintf("%s\n", types == 0 ? "no" : "");
}

/**
 * Asks the processor and prints its answers; called by the boot layer.
 * @return 0, the exit status of the run
 */
int
main(void)
{
	struct vmx_caps caps;
	enum vmx_refusal refusal;

	tap_plan(1);
	vmx_caps_read(&caps);
	refusal = vmx_caps_refusal(&caps);
	if (refusal != VMX_REFUSE_NOT)
		tap_diag("no VMX: %s", vmx_refusal_reason(refusal));
	kprintf("vector begin\n");
	vmx_dump_caps(&caps);
	kprintf("vector end\n");

	kprintf("feature vmx %s\n", refusal == VMX_REFUSE_NOT ? "yes" : "no");
	for (u_int i = 0; i < nitems(features); i++)
		kprintf("feature %s %s\n", features[i].name,
		    features[i].has(&caps) ? "yes" : "no");
	print_types("invept", vmx_invept_types(&caps));
	print_types("invvpid", vmx_invvpid_types(&caps));
	kprintf("feature maxphyaddr %u\n", caps.maxphyaddr);
	tap_ok(true, "the processor has answered");
	return (tap_status());
}
