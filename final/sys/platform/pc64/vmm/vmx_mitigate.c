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
 *	      empties them, before each entry.
 *
 * Branch predictors: a guest is a process, in ring 3, and what a process could
 * train against the host by a guest it could train without one.
 *
 * A processor says that it is not affected by bits of
 * IA32_ARCH_CAPABILITIES, and by not having the means.  Source: Intel,
 * "Deep Dive: Intel Analysis of L1 Terminal Fault" and "Microarchitectural
 * Data Sampling", for bits and MSRs.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include "vmx.h"

#define MSR_ARCH_CAPABILITIES 0x10a
#define ARCH_CAP_RDCL_NO      0x001 /* no L1TF */
#define ARCH_CAP_SKIP_L1DFL   0x008 /* nested: somebody else does it */
#define ARCH_CAP_MDS_NO	      0x020
#define MSR_FLUSH_CMD	      0x10b
#define FLUSH_CMD_L1D	      0x001
/* CPUID leaf 7, EDX */
#define CPUID7_EDX_MD_CLEAR   0x00000400
#define CPUID7_EDX_L1D_FLUSH  0x10000000
#define CPUID7_EDX_ARCH_CAP   0x20000000

static bool flush_l1d, clear_buffers;
/** Whether vmx_mitigate_entry() has anything to do. */
bool vmx_mitigate;

/** Finds out what this processor needs. */
void
vmx_mitigate_init(void)
{
	uint64_t cap = 0;
	u_int p[4];

	do_cpuid(0, p);
	if (p[0] < 7)
		return;
	cpuid_count(7, 0, p);
	if ((p[3] & CPUID7_EDX_ARCH_CAP) != 0)
		cap = rdmsr(MSR_ARCH_CAPABILITIES);
	flush_l1d = (p[3] & CPUID7_EDX_L1D_FLUSH) != 0 &&
	    (cap & (ARCH_CAP_RDCL_NO | ARCH_CAP_SKIP_L1DFL)) == 0;
	clear_buffers = (p[3] & CPUID7_EDX_MD_CLEAR) != 0 &&
	    (cap & ARCH_CAP_MDS_NO) == 0;
	vmx_mitigate = flush_l1d || clear_buffers;
}

/** Called immediately before each entry.  Interrupts are off. */
void
vmx_mitigate_entry(void)
{
	static const uint16_t selector = KDATA_SEL;

	if (flush_l1d)
		wrmsr(MSR_FLUSH_CMD, FLUSH_CMD_L1D);
	if (clear_buffers)
		__asm __volatile("verw %0" : : "m"(selector) : "cc");
}

/**
 * @return what is done, in words
 */
const char *
vmx_mitigations(void)
{
	if (flush_l1d)
		return (clear_buffers ? "L1TF: L1D flush; MDS: VERW"
				      : "L1TF: L1D flush");
	return (clear_buffers ? "MDS: VERW" : "none needed");
}
