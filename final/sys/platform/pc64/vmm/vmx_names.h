/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Names and sentences for the numbers that a processor reports.
 *
 * Every lookup is bounds-checked and returns something printable for any
 * number; callers print the number next to it.
 */
#ifndef _VMM_VMX_NAMES_H_
#define _VMM_VMX_NAMES_H_

#include <sys/types.h>
#include "vmx_caps.h"

/** A number in words. */
struct vmx_name {
	const char *name; /**< short, as in "EPT violation" */
	const char *text; /**< one sentence that says what happened */
};

/**
 * @param reason	an exit-reason field; only the basic reason counts
 * @return its name and sentence; for numbers without one, name is "reserved"
 *	   or "unknown"
 */
const struct vmx_name *vmx_exit_reason(uint32_t reason);

/**
 * @param error		a VM-instruction error number
 * @return its name and sentence; for numbers without one, name is "reserved"
 *	   or "unknown"
 */
const struct vmx_name *vmx_instruction_error(uint32_t error);

/**
 * @param vector	an exception vector
 * @return mnemonic and name (as in "#UD", "invalid opcode"); above 31
 *	   "vector", "not an exception"
 */
const struct vmx_name *vmx_exception(uint32_t vector);

/**
 * @param info	an interruption-information field
 * @return the name of its type, as in "hardware exception"
 */
const char *vmx_intr_type(uint32_t info);

/** When a VMCS field exists. */
enum vmx_field_when {
	VMX_FIELD_ALWAYS,	/**< on every processor with VMX */
	VMX_FIELD_CTL,		/**< one control of a mask may be 1 */
	VMX_FIELD_CR3_TARGET,	/**< more CR3 targets than mask */
	VMX_FIELD_EPTP_LIST,	/**< VM function "EPTP switching" */
	VMX_FIELD_DUAL_MONITOR, /**< dual-monitor treatment of SMM */
	VMX_FIELD_FRED,		/**< flexible return and event delivery */
	VMX_FIELD_NEVER		/**< only with features not known here */
};

/** A VMCS field. */
struct vmx_field {
	const char *name;  /**< as in "guest CS selector" */
	uint64_t mask;	   /**< see enum vmx_field_when */
	uint32_t encoding; /**< VMCS_* */
	uint8_t when;	   /**< enum vmx_field_when */
	uint8_t word;	   /**< enum vmx_ctl_word, for VMX_FIELD_CTL */
};

/**
 * @param n	index from 0; fields are sorted by encoding
 * @return the nth field, or NULL after the last
 */
const struct vmx_field *vmx_field(size_t n);

/**
 * @param encoding	of a field
 * @return the field, or NULL if that encoding is not assigned
 */
const struct vmx_field *vmx_field_find(uint32_t encoding);

/**
 * @param encoding	of a field
 * @return its name; "unknown field" if that encoding is not assigned
 */
const char *vmx_field_name(uint32_t encoding);

/**
 * @param caps	a processor
 * @param field	a field
 * @return true if VMREAD of that field succeeds there
 */
bool
vmx_field_exists(const struct vmx_caps *caps, const struct vmx_field *field);

#endif /* _VMM_VMX_NAMES_H_ */
