/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Step 01: a program builds its own page table, enters VMX non-root mode and
 * runs code there.
 *
 * The standalone counterpart of DragonFly's test/vmm/vmm_test.c of 2013.  Read
 * on in calling order: vmx.c asks for VMX and describes a guest to the
 * processor, vmm.c builds its page table, vmx_run.c enters it and
 * answers its exits, vmm_test.c is the list of guests, guest.c is what they
 * do.
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
	vmx_cpu_disable();
	vmx_region_free(region);
	vmx_print_counts(vmx_exit_count);
	return (tap_status());
}
