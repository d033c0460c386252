/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a processor says that a guest could learn from it, and by which means
 * it can be kept from that.
 */
#ifndef _VMM_VMX_AFFECTED_H_
#define _VMM_VMX_AFFECTED_H_

#include <sys/types.h>

/* clang-format off */
/** @name CPUID leaf 7, subleaf 0 */
/** @{ */
#define CPUID7_EBX_RTM		0x00000800
#define CPUID7_EDX_MD_CLEAR	0x00000400
#define CPUID7_EDX_L1D_FLUSH	0x10000000
#define CPUID7_EDX_ARCH_CAP	0x20000000
/** @} */

/** @name IA32_ARCH_CAPABILITIES */
/** @{ */
#define MSR_ARCH_CAPABILITIES	0x10a
#define ARCH_CAP_RDCL_NO	0x00000001UL /* no L1TF */
#define ARCH_CAP_SKIP_L1DFL	0x00000008UL /* nested: somebody else does */
#define ARCH_CAP_MDS_NO		0x00000020UL
#define ARCH_CAP_TAA_NO		0x00000100UL
#define ARCH_CAP_MMIO_NO	0x0000e000UL /* three kinds: 15:13 */
#define ARCH_CAP_FB_CLEAR	0x00020000UL /* VERW empties fill buffers */
#define ARCH_CAP_RFDS_NO	0x08000000UL
#define ARCH_CAP_RFDS_CLEAR	0x10000000UL /* VERW empties register files */
/** @} */

/** @name What is to be done something about */
/** @{ */
#define VMX_AFFECTED_L1TF	0x01 /* by emptying the L1 data cache */
#define VMX_AFFECTED_MDS	0x02 /* by VERW, as all that follow */
#define VMX_AFFECTED_TAA	0x04
#define VMX_AFFECTED_MMIO	0x08
#define VMX_AFFECTED_RFDS	0x10
#define VMX_AFFECTED_VERW	0x1e
/** @} */
/* clang-format on */

/** Bytes that suffice for vmx_affected_text(). */
#define VMX_AFFECTED_TEXT 64

u_int vmx_affected(uint32_t ebx, uint32_t edx, uint64_t arch_cap);
void vmx_affected_text(u_int affected, char *buf, size_t size);

#endif
