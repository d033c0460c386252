/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Step 03: system calls, whose pointers are the guest's linear addresses.
 *
 * Read on from step 02: sysent.c has the calls and their convention,
 * vmm_utils.c walks the guest's page table by hand, vmm_copyio.c copies
 * through it, guest_copyio.c has the guests that try every bad pointer.
 */
#include <sys/systm.h>
#include <sys/tap.h>
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
