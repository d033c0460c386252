/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Reads this processor's VMX capabilities.
 *
 * The only part of the capability code that executes CPUID and RDMSR, kept
 * apart so that all the rest runs on Linux too.  Called once at the start, and
 * later once on each processor: hybrid machines differ.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include "vmx_caps.h"

#define LEAF_EXTENDED 0x80000000u

static uint64_t
read_msr(void *arg __unused, uint32_t msr)
{
	return (rdmsr(msr));
}

/* Leaves 0x80000001 and 0x80000008, where the processor has them. */
static void
read_extended(struct vmx_caps *caps)
{
	u_int max, regs[4];

	do_cpuid(LEAF_EXTENDED, regs);
	max = regs[0];
	if (max >= LEAF_EXTENDED + 1 && max < LEAF_EXTENDED + 0x10000) {
		do_cpuid(LEAF_EXTENDED + 1, regs);
		caps->cpuid81_edx = regs[3];
	}
	caps->maxphyaddr = 36;
	caps->maxlinaddr = 48;
	if (max >= LEAF_EXTENDED + 8 && max < LEAF_EXTENDED + 0x10000) {
		do_cpuid(LEAF_EXTENDED + 8, regs);
		caps->maxphyaddr = regs[0] & 0xff;
		caps->maxlinaddr = (regs[0] >> 8) & 0xff;
	}
}

void
vmx_caps_read(struct vmx_caps *caps)
{
	u_int regs[4];

	memset(caps, 0, sizeof(*caps));
	do_cpuid(0, regs);
	memcpy(caps->vendor, &regs[1], 4);
	memcpy(caps->vendor + 4, &regs[3], 4);
	memcpy(caps->vendor + 8, &regs[2], 4);
	do_cpuid(1, regs);
	caps->cpuid1_eax = regs[0];
	caps->cpuid1_ecx = regs[2];
	read_extended(caps);
	vmx_caps_collect(caps, read_msr, NULL);
}
