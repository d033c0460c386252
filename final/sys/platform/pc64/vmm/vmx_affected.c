/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Which weaknesses of a processor there is something to be done about before
 * each VM entry: those that it does not deny, if it has the means.
 *
 *     name    not affected if           means
 *     L1TF    RDCL_NO, SKIP_L1DFL       L1D_FLUSH: MSR_FLUSH_CMD
 *     MDS     MDS_NO                    MD_CLEAR: VERW
 *     TAA     no RTM, or TAA_NO         MD_CLEAR: VERW
 *     MMIO    three bits, all of them   FB_CLEAR, or MD_CLEAR and no MDS_NO
 *     RFDS    RFDS_NO                   RFDS_CLEAR: VERW
 *
 * Pure: compiled for Linux and tested there.  Source: Intel's pages on each of
 * them, for bits.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_affected.h"

static const char *const verw_names[] = { "MDS", "TAA", "MMIO", "RFDS" };

/**
 * @param ebx		CPUID leaf 7
 * @param edx		the same
 * @param arch_cap	IA32_ARCH_CAPABILITIES; 0 if there is none
 * @return		VMX_AFFECTED_*, any of them
 */
u_int
vmx_affected(uint32_t ebx, uint32_t edx, uint64_t arch_cap)
{
	bool md_clear = (edx & CPUID7_EDX_MD_CLEAR) != 0;
	bool mds = md_clear && (arch_cap & ARCH_CAP_MDS_NO) == 0;
	u_int affected = mds ? VMX_AFFECTED_MDS : 0;

	if ((edx & CPUID7_EDX_L1D_FLUSH) != 0 &&
	    (arch_cap & (ARCH_CAP_RDCL_NO | ARCH_CAP_SKIP_L1DFL)) == 0)
		affected |= VMX_AFFECTED_L1TF;
	if (md_clear && (ebx & CPUID7_EBX_RTM) != 0 &&
	    (arch_cap & ARCH_CAP_TAA_NO) == 0)
		affected |= VMX_AFFECTED_TAA;
	/* Without the bit for its means MDS's serve, and are named so. */
	if ((arch_cap & ARCH_CAP_FB_CLEAR) != 0 &&
	    (arch_cap & ARCH_CAP_MMIO_NO) != ARCH_CAP_MMIO_NO)
		affected |= VMX_AFFECTED_MMIO;
	if ((arch_cap & ARCH_CAP_RFDS_CLEAR) != 0 &&
	    (arch_cap & ARCH_CAP_RFDS_NO) == 0)
		affected |= VMX_AFFECTED_RFDS;
	return (affected);
}

/**
 * Says what is done.
 * @param affected	VMX_AFFECTED_*
 * @param buf		the words
 * @param size		bytes at buf, VMX_AFFECTED_TEXT
 */
void
vmx_affected_text(u_int affected, char *buf, size_t size)
{
	const char *between = "";
	size_t n = 0;

	if (affected == 0)
		n = ksnprintf(buf, size, "none needed");
	if ((affected & VMX_AFFECTED_L1TF) != 0) {
		n = ksnprintf(buf, size, "L1TF: L1D flush");
		between = "; ";
	}
	for (u_int i = 0; i < nitems(verw_names) && n < size; i++)
		if ((affected & VMX_AFFECTED_MDS << i) != 0) {
			n += ksnprintf(
			    buf + n, size - n, "%s%s", between, verw_names[i]);
			between = ", ";
		}
	if ((affected & VMX_AFFECTED_VERW) != 0 && n < size)
		ksnprintf(buf + n, size - n, ": VERW");
}
