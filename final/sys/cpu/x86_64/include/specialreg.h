/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Bits of the control registers, CPUID words and model-specific registers.
 * Sources: SDM volume 3, "Control Registers" and volume 4, "Architectural
 * MSRs"; SDM volume 2, "CPUID"; AMD's APM for the extended leaves.
 */
#ifndef _CPU_SPECIALREG_H_
#define _CPU_SPECIALREG_H_

/* clang-format off */
/** @name CR0 */
/** @{ */
#define CR0_PE		0x00000001UL	/* protected mode */
#define CR0_MP		0x00000002UL	/* monitor coprocessor */
#define CR0_EM		0x00000004UL	/* emulate coprocessor */
#define CR0_TS		0x00000008UL	/* task switched */
#define CR0_ET		0x00000010UL	/* extension type, always 1 */
#define CR0_NE		0x00000020UL	/* numeric error */
#define CR0_WP		0x00010000UL	/* write-protect in ring 0 too */
#define CR0_AM		0x00040000UL	/* alignment mask */
#define CR0_NW		0x20000000UL	/* not write-through */
#define CR0_CD		0x40000000UL	/* cache disable */
#define CR0_PG		0x80000000UL	/* paging */
/** @} */

/** @name CR4 */
/** @{ */
#define CR4_PAE		0x00000020UL	/* physical address extension */
#define CR4_PGE		0x00000080UL	/* global pages */
#define CR4_OSFXSR	0x00000200UL	/* FXSAVE and SSE */
#define CR4_OSXMMEXCPT	0x00000400UL	/* #XM */
#define CR4_LA57	0x00001000UL	/* five-level paging */
#define CR4_VMXE	0x00002000UL	/* VMX */
#define CR4_PCIDE	0x00020000UL	/* process-context identifiers */
#define CR4_OSXSAVE	0x00040000UL	/* XSAVE */
#define CR4_SMEP	0x00100000UL	/* no execution of user pages */
#define CR4_SMAP	0x00200000UL	/* no access to user pages */
/** @} */

/** @name EFER */
/** @{ */
#define EFER_SCE	0x0001UL	/* SYSCALL and SYSRET */
#define EFER_LME	0x0100UL	/* long mode enable */
#define EFER_LMA	0x0400UL	/* long mode active */
#define EFER_NXE	0x0800UL	/* no-execute enable */
/** @} */

/** @name RFLAGS */
/** @{ */
#define PSL_C		0x00000001UL	/* carry */
#define PSL_RESERVED	0x00000002UL	/* always 1 */
#define PSL_T		0x00000100UL	/* trap */
#define PSL_I		0x00000200UL	/* interrupt enable */
#define PSL_D		0x00000400UL	/* direction */
#define PSL_NT		0x00004000UL	/* nested task */
#define PSL_VM		0x00020000UL	/* virtual-8086 mode */
#define PSL_AC		0x00040000UL	/* alignment check; SMAP off */
/** What a program may change: C P A Z S T D O NT RF AC ID. */
#define PSL_USERCHANGE	0x00254dd5UL
/** @} */

/** @name CPUID leaf 1, ECX, and others */
/** @{ */
#define CPUID_APIC	0x00000200	/* leaf 1 EDX */
#define CPUID2_VMX	0x00000020	/* leaf 1 ECX */
#define CPUID2_SMX	0x00000040	/* leaf 1 ECX */
#define CPUID2_PCID	0x00020000	/* leaf 1 ECX */
#define CPUID2_X2APIC	0x00200000	/* leaf 1 ECX */
#define CPUID2_XSAVE	0x04000000	/* leaf 1 ECX */
#define CPUID2_VMM	0x80000000	/* leaf 1 ECX: under a hypervisor */
#define CPUID_STDEXT_SMEP 0x00000080	/* leaf 7 EBX */
#define CPUID_STDEXT_SMAP 0x00100000	/* leaf 7 EBX */
#define AMDID_NX	0x00100000	/* leaf 0x80000001 EDX */
#define AMDID_PAGE1GB	0x04000000	/* leaf 0x80000001 EDX */
/** @} */

/** @name Model-specific registers */
/** @{ */
#define MSR_APICBASE		0x01b
#define MSR_IA32_FEATURE_CONTROL 0x03a
#define MSR_SYSENTER_CS		0x174
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_DEBUGCTL		0x1d9
#define MSR_PAT			0x277
#define MSR_VMX_BASIC		0x480
#define MSR_VMX_PINBASED_CTLS	0x481
#define MSR_VMX_PROCBASED_CTLS	0x482
#define MSR_VMX_EXIT_CTLS	0x483
#define MSR_VMX_ENTRY_CTLS	0x484
#define MSR_VMX_MISC		0x485
#define MSR_VMX_CR0_FIXED0	0x486
#define MSR_VMX_CR0_FIXED1	0x487
#define MSR_VMX_CR4_FIXED0	0x488
#define MSR_VMX_CR4_FIXED1	0x489
#define MSR_VMX_VMCS_ENUM	0x48a
#define MSR_VMX_PROCBASED_CTLS2	0x48b
#define MSR_VMX_EPT_VPID_CAP	0x48c
#define MSR_VMX_TRUE_PINBASED_CTLS 0x48d
#define MSR_VMX_TRUE_PROCBASED_CTLS 0x48e
#define MSR_VMX_TRUE_EXIT_CTLS	0x48f
#define MSR_VMX_TRUE_ENTRY_CTLS	0x490
#define MSR_VMX_VMFUNC		0x491
#define MSR_VMX_PROCBASED_CTLS3	0x492
#define MSR_VMX_EXIT_CTLS2	0x493
#define MSR_X2APIC(offset)	(0x800 + (offset) / 16) /* LAPIC_* */
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_SF_MASK		0xc0000084
#define MSR_FSBASE		0xc0000100
#define MSR_GSBASE		0xc0000101
#define MSR_KGSBASE		0xc0000102
/** @} */

/** @name IA32_FEATURE_CONTROL */
/** @{ */
#define FEATURE_CONTROL_LOCK	0x1UL	/* no more writes until reset */
#define FEATURE_CONTROL_VMX_SMX	0x2UL	/* VMXON inside SMX operation */
#define FEATURE_CONTROL_VMX	0x4UL	/* VMXON outside SMX operation */
/** @} */
/* clang-format on */

#endif
