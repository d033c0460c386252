/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The local APIC, put to rest.
 *
 * Firmware may leave its timer or its LINT lines on.  Disabled by software it
 * delivers nothing of that; lapic_init() turns it on again.  SDM volume 3,
 * "Local APIC Status and Location" and "Spurious Interrupt".
 */
#include <sys/types.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/lapic.h>
#include <machine/vmparam.h>

/** Disables this processor's local APIC by software, if it has one. */
void
lapic_quiet(void)
{
	volatile uint32_t *svr;
	uint64_t base;
	u_int p[4];

	do_cpuid(1, p);
	if ((p[3] & CPUID_APIC) == 0)
		return;
	base = rdmsr(MSR_APICBASE);
	if ((base & APICBASE_ENABLED) == 0)
		return;
	if ((base & APICBASE_X2APIC) != 0) {
		wrmsr(MSR_X2APIC(LAPIC_SVR),
		    rdmsr(MSR_X2APIC(LAPIC_SVR)) & ~SVR_ENABLE);
		return;
	}
	base &= APICBASE_ADDRESS;
	if (base >= BOOT_MAPPED)
		return;
	svr = PHYS_TO_DMAP(base + LAPIC_SVR);
	*svr &= ~SVR_ENABLE;
}
