/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Step 04: threads of a guest, which sleep and wake each other.
 *
 * Read on from step 03: usched.c says who runs, kern_umtx.c who sleeps and
 * until when, kern_sig.c interrupts them; guest_umtx.c has the guests.
 */
#include <sys/systm.h>
#include <sys/tap.h>
#include <machine/lapic.h>
#include "vmm.h"

/** @return 0 when every test passed or VMX is refused with a reason */
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
	if (!lapic_init()) {
		tap_skip_all("no local APIC to preempt with");
		return (0);
	}
	usched_init();
	region = vmx_region_alloc(&vmx_caps);
	vmx_cpu_enable(&vmx_caps, region);
	vmm_test();
	if (kgetenv_int("bench", 0) != 0)
		vmm_bench();
	vmx_cpu_disable();
	vmx_region_free(region);
	vmx_print_counts(vmx_exit_count);
	kprintf("%8lu  INVEPT\n", vmx_invept_count);
	return (tap_status());
}
