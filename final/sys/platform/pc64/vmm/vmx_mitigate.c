/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a guest could learn from what the host leaves in the processor, and
 * what is done against it where the processor says that it is affected.
 *
 *     L1TF   A guest chooses guest-physical addresses freely, and an affected
 *	      processor reads the first-level data cache by a table entry that
 *	      is not present.  The cache is emptied before each entry.
 *     MDS    Buffers of loads and stores may keep bytes of the host.  VERW
 *	      empties them, before each entry; the same helps against TAA, MMIO
 *	      Stale Data and RFDS, which reach such bytes in other ways.
 *
 * Branch predictors: a guest is a process, in ring 3, and what a process could
 * train against the host by a guest it could train without one.
 *
 * Which of them it is, and by which means, is in vmx_affected.c.  Source:
 * Intel, "Deep Dive: Intel Analysis of L1 Terminal Fault" and
 * "Microarchitectural Data Sampling", for the means.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include "vmx.h"
#include "vmx_affected.h"

#define MSR_FLUSH_CMD 0x10b
#define FLUSH_CMD_L1D 0x001

static u_int affected;
static char text[VMX_AFFECTED_TEXT] = "none needed";
/** Whether vmx_mitigate_entry() has anything to do. */
bool vmx_mitigate;

/** Finds out what this processor needs. */
void
vmx_mitigate_init(void)
{
	uint64_t cap = 0;
	u_int p[4];

	do_cpuid(0, p);
	if (p[0] >= 7) {
		cpuid_count(7, 0, p);
		if ((p[3] & CPUID7_EDX_ARCH_CAP) != 0)
			cap = rdmsr(MSR_ARCH_CAPABILITIES);
		affected = vmx_affected(p[1], p[3], cap);
	}
	vmx_affected_text(affected, text, sizeof(text));
	vmx_mitigate = affected != 0;
}

/** Called immediately before each entry.  Interrupts are off. */
void
vmx_mitigate_entry(void)
{
	static const uint16_t selector = KDATA_SEL;

	if ((affected & VMX_AFFECTED_L1TF) != 0)
		wrmsr(MSR_FLUSH_CMD, FLUSH_CMD_L1D);
	if ((affected & VMX_AFFECTED_VERW) != 0)
		__asm __volatile("verw %0" : : "m"(selector) : "cc");
}

/**
 * @return what is done, in words
 */
const char *
vmx_mitigations(void)
{
	return (text);
}
