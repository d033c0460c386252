/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Negotiation of the VMX controls: from wishes to control words.
 *
 * A program states what it needs as a table of requests, one bit each with
 * its reason; vmx_ctls_negotiate() turns the table and a processor's account
 * of itself into the five control words, or names the first request that this
 * processor cannot meet.  Being pure, it is tested on Linux against the
 * capability MSRs of many processors.
 *
 * Source: Intel SDM volume 3, "Algorithms for Determining VMX Capabilities".
 */
#ifndef _VMM_VMX_CTLS_H_
#define _VMM_VMX_CTLS_H_

#include <sys/types.h>
#include "vmx_caps.h"

/** How much a control is wanted, and at which setting. */
enum vmx_ctl_want {
	VMX_MUST_BE_1, /**< without it: an error */
	VMX_MAY_BE_1,  /**< without it: noted in vmx_ctls.refused */
	VMX_MUST_BE_0, /**< otherwise: an error */
	VMX_MAY_BE_0   /**< otherwise: noted in vmx_ctls.refused */
};

/** One wish: one bit of one control word, and the reason for it. */
struct vmx_ctl_request {
	enum vmx_ctl_word word; /**< < VMX_CTL_WORDS */
	enum vmx_ctl_want want; /**< setting and urgency */
	uint32_t bit;		/**< mask of exactly one bit, PIN_CTLS_*, ... */
	const char *why;	/**< completes "it is needed ..." */
};

/** The outcome of a negotiation. */
struct vmx_ctls {
	uint32_t word[VMX_CTL_WORDS];	 /**< what to write to the VMCS */
	uint32_t granted[VMX_CTL_WORDS]; /**< VMX_MAY_* bits that were met */
	uint32_t refused[VMX_CTL_WORDS]; /**< VMX_MAY_* bits that were not */
	const struct vmx_ctl_request *failed; /**< the request, on failure */
};

/** Result of a negotiation. */
enum vmx_ctls_status {
	VMX_CTLS_OK,	     /**< vmx_ctls.word is complete */
	VMX_CTLS_FIXED_0,    /**< wanted 1, the processor allows 0 only */
	VMX_CTLS_FIXED_1,    /**< wanted 0, the processor allows 1 only */
	VMX_CTLS_CONFLICT,   /**< two requests want opposite settings */
	VMX_CTLS_BAD_REQUEST /**< not one bit, or no such word */
};

/**
 * Turn requests into control words.  Bits that nobody asked for take the
 * processor's default.  "Activate secondary controls" is set when, and only
 * when, a secondary control is; nobody needs to ask for it.
 * @param caps		a processor that vmx_caps_refusal() accepts
 * @param req		requests, in any order
 * @param n		number of requests
 * @param[out] out	filled in wholly; on failure only failed is of use
 * @return VMX_CTLS_OK, or why out->failed cannot be met
 */
enum vmx_ctls_status vmx_ctls_negotiate(const struct vmx_caps *caps,
    const struct vmx_ctl_request *req, size_t n, struct vmx_ctls *out);

/**
 * Two optional controls that make sense only together: gives back the one
 * that was granted if the other was not.
 * @param caps		the processor
 * @param[in,out] ctls	a negotiation that succeeded
 * @param word1		one control's word
 * @param bit1		that control, asked for as VMX_MAY_BE_1
 * @param word2		the other control's word
 * @param bit2		that control, asked for as VMX_MAY_BE_1
 * @return true if the processor has both
 */
bool vmx_ctls_together(const struct vmx_caps *caps, struct vmx_ctls *ctls,
    enum vmx_ctl_word word1, uint32_t bit1, enum vmx_ctl_word word2,
    uint32_t bit2);

/**
 * Put a failed negotiation into words, as in: primary processor-based
 * control "HLT exiting" (bit 7) cannot be 1 on this processor; it is needed
 * to idle.
 * @param status	what vmx_ctls_negotiate() returned
 * @param ctls		what it filled in
 * @param[out] buf	the sentence, always terminated, without a full stop
 * @param size		of @p buf in bytes, at least 1; 256 is enough for a
 *			reason of 100 characters
 */
void vmx_ctls_explain(enum vmx_ctls_status status, const struct vmx_ctls *ctls,
    char *buf, size_t size);

/**
 * @param word	any control word; out of range is answered too
 * @return its name as in "primary processor-based"
 */
const char *vmx_ctl_word_name(enum vmx_ctl_word word);

/**
 * @param word	any control word
 * @param bit	0..63; out of range is answered too
 * @return the control's name as in "HLT exiting"; "reserved" if it has none
 */
const char *vmx_ctl_bit_name(enum vmx_ctl_word word, unsigned bit);

#endif /* _VMM_VMX_CTLS_H_ */
