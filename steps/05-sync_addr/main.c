/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Step 05: all processors, and page tables that change under virtual CPUs.
 *
 * Read on from step 04: sys_vmm.c gets virtual CPUs out of the guest, vmx.c
 * moves them between processors, usched.c shares them out, guest_sync.c has
 * the guests that change what others use.
 */
#include <sys/systm.h>
#include <sys/tap.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/smp.h>
#include "vmm.h"

/* tag::other[] */
/* Every processor but the first. */
static void
other_main(void)
{
	struct vmx_caps mine;

	vmx_caps_read(&mine);
	if (memcmp(mine.msr, vmx_caps.msr, sizeof(mine.msr)) != 0) {
		kprintf("processor %u has other VMX capabilities; it is not "
			"used\n",
		    mycpuid);
		for (;;)
			cpu_idle();
	}
	lapic_timer_periodic(HZ);
	vmx_cpu_enable(&vmx_caps, vmx_region_alloc(&vmx_caps));
	usched_serve();
}
/* end::other[] */

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
	mp_start(other_main);
	lapic_timer_periodic(HZ);
	region = vmx_region_alloc(&vmx_caps);
	vmx_cpu_enable(&vmx_caps, region);
	vmm_test();
	if (kgetenv_int("bench", 0) != 0)
		vmm_bench();
	vmx_cpu_disable();
	vmx_region_free(region);
	vmx_print_counts(vmx_exit_count);
	kprintf("%8lu  INVEPT\n%8lu  IPI\n%8lu  threads on another processor\n",
	    vmx_invept_count, ipi_count, vmx_migrations);
	return (tap_status());
}
