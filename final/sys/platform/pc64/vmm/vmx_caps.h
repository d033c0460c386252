/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a processor says about its VMX: raw words, and questions about them.
 *
 * struct vmx_caps holds CPUID words and capability MSRs as read, nothing
 * derived, so that a processor is a small text file: the unit tests load such
 * files (final/test/unit/vectors), and the bench's probe prints them with
 * vmx_dump_caps().  Everything but vmx_caps_read() is a pure function of that
 * structure.
 *
 * Two kinds of answer are kept apart.  vmx_caps_refusal() says whether VMX can
 * be used at all, with a sentence for the user and one on what to change; the
 * vmx_has_*() predicates are about optional features.
 *
 * Source: Intel SDM volume 3, "VMX Capability Reporting Facility" and
 * "Enabling and Entering VMX Operation".
 */
#ifndef _VMM_VMX_CAPS_H_
#define _VMM_VMX_CAPS_H_

#include <sys/types.h>

/* clang-format off */

/**
 * @name IA32_VMX_BASIC
 * @{
 */
/** Part of IA32_VMX_BASIC. */
#define VMX_BASIC_REVISION(v)		((uint32_t)((v) & 0x7fffffffull))
#define VMX_BASIC_REGION_SIZE(v)	((uint32_t)(((v) >> 32) & 0x1fffull))
#define VMX_BASIC_ADDRESS_32BIT		0x0001000000000000ull
#define VMX_BASIC_DUAL_MONITOR		0x0002000000000000ull
#define VMX_BASIC_MEMTYPE(v)		((uint32_t)(((v) >> 50) & 0xfull))
#define		VMX_BASIC_MEMTYPE_UC		0u
#define		VMX_BASIC_MEMTYPE_WB		6u
#define VMX_BASIC_IO_INFO		0x0040000000000000ull
#define VMX_BASIC_TRUE_CTLS		0x0080000000000000ull
#define VMX_BASIC_ANY_ERROR_CODE	0x0100000000000000ull
#define VMX_BASIC_FRED			0x0400000000000000ull
/** @} */

/**
 * @name IA32_VMX_MISC
 * @{
 */
/** Part of IA32_VMX_MISC. */
#define VMX_MISC_TIMER_RATE(v)		((unsigned)((v) & 0x1full))
#define VMX_MISC_STORES_LMA		0x00000020ull
#define VMX_MISC_ACTIVITY_HLT		0x00000040ull
#define VMX_MISC_ACTIVITY_SHUTDOWN	0x00000080ull
#define VMX_MISC_ACTIVITY_WAIT_SIPI	0x00000100ull
#define VMX_MISC_PT			0x00004000ull
#define VMX_MISC_CR3_TARGETS(v)		((unsigned)(((v) >> 16) & 0x1ffull))
#define VMX_MISC_MSR_AREA_MAX(v)	\
	(512u * ((unsigned)(((v) >> 25) & 0x7ull) + 1u))
#define VMX_MISC_VMWRITE_ANY		0x20000000ull
#define VMX_MISC_ZERO_LENGTH_INJECTION	0x40000000ull
/** @} */

/**
 * @name IA32_VMX_EPT_VPID_CAP
 * @{
 */
/** Part of IA32_VMX_EPT_VPID_CAP. */
#define EPT_CAP_EXECUTE_ONLY		0x0000000000000001ull
#define EPT_CAP_WALK_4			0x0000000000000040ull
#define EPT_CAP_WALK_5			0x0000000000000080ull
#define EPT_CAP_MEMTYPE_UC		0x0000000000000100ull
#define EPT_CAP_MEMTYPE_WB		0x0000000000004000ull
#define EPT_CAP_2M			0x0000000000010000ull
#define EPT_CAP_1G			0x0000000000020000ull
#define EPT_CAP_INVEPT			0x0000000000100000ull
#define EPT_CAP_AD			0x0000000000200000ull
#define EPT_CAP_VIOLATION_INFO		0x0000000000400000ull
#define EPT_CAP_SUPERVISOR_SS		0x0000000000800000ull
#define EPT_CAP_INVEPT_SINGLE		0x0000000002000000ull
#define EPT_CAP_INVEPT_ALL		0x0000000004000000ull
#define VPID_CAP_INVVPID		0x0000000100000000ull
#define VPID_CAP_ADDRESS		0x0000010000000000ull
#define VPID_CAP_SINGLE			0x0000020000000000ull
#define VPID_CAP_ALL			0x0000040000000000ull
#define VPID_CAP_SINGLE_KEEP_GLOBAL	0x0000080000000000ull
/** @} */

/**
 * @name CPUID bits kept in struct vmx_caps
 * @{
 */
/** CPUID bit kept in struct vmx_caps. */
#define VMX_CPUID1_ECX_VMX		0x00000020u
#define VMX_CPUID1_ECX_SMX		0x00000040u
#define VMX_CPUID1_ECX_PCID		0x00020000u
#define VMX_CPUID1_ECX_X2APIC		0x00200000u
#define VMX_CPUID1_ECX_HYPERVISOR	0x80000000u
#define VMX_CPUID81_EDX_SYSCALL		0x00000800u
#define VMX_CPUID81_EDX_NX		0x00100000u
#define VMX_CPUID81_EDX_PAGE1GB		0x04000000u
#define VMX_CPUID81_EDX_LM		0x20000000u
/** @} */

/* clang-format on */

/** VMX capability MSRs; their numbers are VMX_CAP_MSR() of these. */
enum vmx_cap {
	VMX_CAP_BASIC,	    /**< IA32_VMX_BASIC, 0x480 */
	VMX_CAP_PIN,	    /**< IA32_VMX_PINBASED_CTLS */
	VMX_CAP_PROC,	    /**< IA32_VMX_PROCBASED_CTLS */
	VMX_CAP_EXIT,	    /**< IA32_VMX_EXIT_CTLS */
	VMX_CAP_ENTRY,	    /**< IA32_VMX_ENTRY_CTLS */
	VMX_CAP_MISC,	    /**< IA32_VMX_MISC */
	VMX_CAP_CR0_FIXED0, /**< bits of CR0 that must be 1 */
	VMX_CAP_CR0_FIXED1, /**< bits of CR0 that may be 1 */
	VMX_CAP_CR4_FIXED0, /**< bits of CR4 that must be 1 */
	VMX_CAP_CR4_FIXED1, /**< bits of CR4 that may be 1 */
	VMX_CAP_VMCS_ENUM,  /**< IA32_VMX_VMCS_ENUM */
	VMX_CAP_PROC2,	    /**< if PROC allows bit 31 */
	VMX_CAP_EPT_VPID,   /**< if PROC2 allows EPT or VPID */
	VMX_CAP_TRUE_PIN,   /**< these four if BASIC has bit 55 */
	VMX_CAP_TRUE_PROC,  /**< IA32_VMX_TRUE_PROCBASED_CTLS */
	VMX_CAP_TRUE_EXIT,  /**< IA32_VMX_TRUE_EXIT_CTLS */
	VMX_CAP_TRUE_ENTRY, /**< IA32_VMX_TRUE_ENTRY_CTLS */
	VMX_CAP_VMFUNC,	    /**< if PROC2 allows VM functions */
	VMX_CAP_PROC3,	    /**< if PROC allows bit 17; 64 allowed-1 bits */
	VMX_CAP_EXIT2,	    /**< if EXIT allows bit 31; 64 allowed-1 bits */
	VMX_CAP_COUNT	    /**< how many there are */
};

/** MSR number of a capability, 0x480 .. 0x493. */
#define VMX_CAP_MSR(cap) (0x480u + (unsigned)(cap))

/** Control words of a VMCS. */
enum vmx_ctl_word {
	VMX_CTL_PIN,		       /**< pin-based */
	VMX_CTL_PROC,		       /**< primary processor-based */
	VMX_CTL_PROC2,		       /**< secondary processor-based */
	VMX_CTL_EXIT,		       /**< primary VM-exit */
	VMX_CTL_ENTRY,		       /**< VM-entry */
	VMX_CTL_WORDS,		       /**< how many words are negotiated */
	VMX_CTL_PROC3 = VMX_CTL_WORDS, /**< tertiary, 64 bits; not negotiated */
	VMX_CTL_EXIT2 /**< secondary VM-exit, 64 bits; not negotiated */
};

/** A processor's account of itself.  All zero describes one without VMX. */
struct vmx_caps {
	char vendor[13];	     /**< CPUID.0, with a final NUL */
	uint8_t maxphyaddr;	     /**< physical-address bits, 32..52 */
	uint8_t maxlinaddr;	     /**< linear-address bits, 48 or 57 */
	uint32_t cpuid1_eax;	     /**< family, model, stepping */
	uint32_t cpuid1_ecx;	     /**< VMX_CPUID1_ECX_* */
	uint32_t cpuid81_edx;	     /**< CPUID.80000001H:EDX */
	uint64_t feature_control;    /**< IA32_FEATURE_CONTROL; 0 if absent */
	uint32_t present;	     /**< bit n: msr[n] exists and was read */
	uint64_t msr[VMX_CAP_COUNT]; /**< by enum vmx_cap; 0 if absent */
};

/** What IA32_FEATURE_CONTROL asks of us. */
enum vmx_feature_control {
	VMX_FC_READY,	   /**< locked with VMX on: nothing to do */
	VMX_FC_UNLOCKED,   /**< write the value handed out, then use VMX */
	VMX_FC_LOCKED_OFF, /**< locked with VMX off: only firmware can help */
	VMX_FC_SMX_ONLY	   /**< locked with VMX inside SMX only */
};

/** Why VMX cannot be used on this processor. */
enum vmx_refusal {
	VMX_REFUSE_NOT,		/**< it can */
	VMX_REFUSE_AMD,		/**< AMD or Hygon: SVM instead of VMX */
	VMX_REFUSE_VIRTUAL,	/**< a virtual machine without nested VMX */
	VMX_REFUSE_CPUID,	/**< no VMX in CPUID */
	VMX_REFUSE_LOCKED_OFF,	/**< see VMX_FC_LOCKED_OFF */
	VMX_REFUSE_SMX_ONLY,	/**< see VMX_FC_SMX_ONLY */
	VMX_REFUSE_REVISION,	/**< revision identifier 0 */
	VMX_REFUSE_REGION_SIZE, /**< region size 0 or over one page */
	VMX_REFUSE_MEMTYPE,	/**< VMCS memory is not write-back */
	VMX_REFUSE_32BIT,	/**< VMX structures must lie below 4 GB */
	VMX_REFUSE_LONG_MODE,	/**< no 64-bit mode */
	VMX_REFUSE_COUNT	/**< how many there are */
};

/**
 * Read this processor's account of itself.  Never reads an MSR that does not
 * exist.  Kernel only (vmx_caps_md.c); may be called with interrupts off.
 * @param[out] caps	filled in wholly
 */
void vmx_caps_read(struct vmx_caps *caps);

/**
 * Read the capability MSRs in an order in which each says whether the next
 * ones exist.  @p caps must hold the CPUID words; without VMX nothing is read.
 * @param[in,out] caps	feature_control, present and msr are set
 * @param rd		reads one MSR, called only for MSRs that exist
 * @param arg		handed to @p rd
 */
void vmx_caps_collect(
    struct vmx_caps *caps, uint64_t (*rd)(void *arg, uint32_t msr), void *arg);

/**
 * @param caps	a processor; the MSRs that @p cap depends on must be present
 * @param cap	a capability MSR
 * @return true if the processor has that MSR
 */
bool vmx_caps_exists(const struct vmx_caps *caps, enum vmx_cap cap);

/**
 * @param caps		a processor with VMX in CPUID
 * @param[out] value	for VMX_FC_UNLOCKED what to write to
 *			IA32_FEATURE_CONTROL on *every* processor; may be NULL
 * @return what that MSR allows; only VMX outside SMX counts as usable
 */
enum vmx_feature_control
vmx_feature_control(const struct vmx_caps *caps, uint64_t *value);

/**
 * Can VMX be used?  Control bits are another matter: vmx_ctls_negotiate().
 * @param caps	a processor, as read before IA32_FEATURE_CONTROL is written
 * @return VMX_REFUSE_NOT, or the first reason why not
 */
enum vmx_refusal vmx_caps_refusal(const struct vmx_caps *caps);

/**
 * @param why	a refusal; out of range is answered too
 * @return one sentence that names the cause, without a full stop
 */
const char *vmx_refusal_reason(enum vmx_refusal why);

/**
 * @param why	a refusal; out of range is answered too
 * @return one sentence on what the user can change, without a full stop
 */
const char *vmx_refusal_remedy(enum vmx_refusal why);

/**
 * Bits of a control word that must be 1, by the TRUE MSR where there is one.
 * @param caps	a processor
 * @param word	any control word
 * @return the allowed-0 settings
 */
uint64_t
vmx_caps_must_be_1(const struct vmx_caps *caps, enum vmx_ctl_word word);

/**
 * Bits of a control word that may be 1.
 * @param caps	a processor
 * @param word	any control word
 * @return the allowed-1 settings; 0 for a word the processor does not have
 */
uint64_t vmx_caps_may_be_1(const struct vmx_caps *caps, enum vmx_ctl_word word);

/**
 * Bits of a control word that software which does not know them leaves at 1
 * (the default1 class), taken from the ordinary MSR.
 * @param caps	a processor
 * @param word	any control word
 * @return the default settings; 0 for words without a default1 class
 */
uint64_t
vmx_caps_default_1(const struct vmx_caps *caps, enum vmx_ctl_word word);

/**
 * @name Optional features
 * Pure predicates: true if the processor has the feature.
 * @{
 */
/**
 * One optional feature; the function's name says which.
 * @param caps	a processor
 * @return true if it has the feature
 */
bool vmx_has_true_ctls(const struct vmx_caps *caps);
bool vmx_has_secondary(const struct vmx_caps *caps);
bool vmx_has_ept(const struct vmx_caps *caps);
bool vmx_has_ept_ad(const struct vmx_caps *caps);
bool vmx_has_ept_1g(const struct vmx_caps *caps);
bool vmx_has_ept_2m(const struct vmx_caps *caps);
bool vmx_has_ept_execute_only(const struct vmx_caps *caps);
bool vmx_has_vpid(const struct vmx_caps *caps);
bool vmx_has_unrestricted_guest(const struct vmx_caps *caps);
bool vmx_has_preemption_timer(const struct vmx_caps *caps);
bool vmx_has_page_1gb(const struct vmx_caps *caps);
bool vmx_has_x2apic(const struct vmx_caps *caps);
/** @} */

/** Types of INVEPT and INVVPID, as bits 1 << type. @see vmx_invept_types() */
#define VMX_INV_TYPE(type) (1u << (type))

/**
 * @param caps	a processor
 * @return VMX_INV_TYPE(1) single context, VMX_INV_TYPE(2) all contexts; 0 if
 *	   there is no INVEPT
 */
uint32_t vmx_invept_types(const struct vmx_caps *caps);

/**
 * @param caps	a processor
 * @return VMX_INV_TYPE(0) address, (1) single context, (2) all contexts,
 *	   (3) single context but global pages; 0 if there is no INVVPID
 */
uint32_t vmx_invvpid_types(const struct vmx_caps *caps);

/**
 * @param caps	a processor with a preemption timer
 * @return n: the timer counts down by 1 every 2^n ticks of the TSC, 0..31
 */
unsigned vmx_preemption_timer_rate(const struct vmx_caps *caps);

#endif /* _VMM_VMX_CAPS_H_ */
