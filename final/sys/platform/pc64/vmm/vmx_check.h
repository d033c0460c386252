/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The software VMCS checker: which rule will the processor object to?
 *
 * A processor answers a bad VMCS with "invalid control fields" or "invalid
 * guest state" and nothing else.  vmx_check() applies the same rules one by
 * one, each a row of a table with a name and a sentence, and reports every
 * one that is broken.  It runs before the first entry in debug builds and on
 * Linux over an array.  Emulators skip some of these checks: passing there is
 * no proof, passing here is the next best one.
 *
 * What needs guest memory is not checked: contents of MSR areas, the virtual
 * APIC page, PDPTEs in memory, the VMCS a link pointer refers to.
 *
 * Source: Intel SDM volume 3, "Checks on VMX Controls and Host-State Area"
 * and "Checking and Loading Guest State".
 */
#ifndef _VMM_VMX_CHECK_H_
#define _VMM_VMX_CHECK_H_

#include <sys/types.h>
#include "vmx_caps.h"

/** What the checker looks at. */
struct vmx_check {
	/** Reads a VMCS field; called only for fields this processor has. */
	uint64_t (*rd)(void *arg, uint32_t field);
	void *arg;		     /**< handed to rd */
	const struct vmx_caps *caps; /**< the processor that will enter */
	bool ia32e;		     /**< it is in IA-32e mode (EFER.LMA) */
	bool smm;		     /**< it is in SMM */
	uint64_t vmcs;		     /**< physical address of this VMCS */
};

/** One rule. */
struct vmx_check_rule {
	const char *id;	     /**< short and stable, as in "guest.rflags.vm" */
	const char *section; /**< title of the section in the SDM */
	const char *text;    /**< what must hold, one sentence */
	bool (*holds)(const struct vmx_check *c, uint32_t arg); /**< does it? */
	uint32_t arg; /**< handed to holds: a field, a segment, ... */
};

/** Rules of one area, in the order of the SDM. */
struct vmx_check_table {
	const struct vmx_check_rule *rule; /**< the rules */
	size_t count;			   /**< how many */
};

/**
 * Called for each rule that is broken.
 * @param arg	as given to vmx_check()
 * @param rule	the rule
 */
typedef void vmx_check_report_t(void *arg, const struct vmx_check_rule *rule);

/**
 * Apply every rule.  Pure but for @p report.
 * @param c		what to look at
 * @param report	called for each broken rule; may be NULL
 * @param arg		handed to @p report
 * @return number of broken rules, 0 if the VMCS is ready for an entry
 */
unsigned
vmx_check(const struct vmx_check *c, vmx_check_report_t *report, void *arg);

/**
 * @param n	index from 0
 * @return the nth rule of all, or NULL after the last
 */
const struct vmx_check_rule *vmx_check_rule(size_t n);

/**
 * @name The tables, one per file
 * @{
 */
/** Rules of one area. */
extern const struct vmx_check_table vmx_check_ctls;
extern const struct vmx_check_table vmx_check_entry;
extern const struct vmx_check_table vmx_check_host;
extern const struct vmx_check_table vmx_check_guest;
extern const struct vmx_check_table vmx_check_segs;
extern const struct vmx_check_table vmx_check_state;
/** @} */

/* --- shared by the predicates --- */

/**
 * @param c	what is checked
 * @param field	VMCS_*
 * @return its value; 0 for a field that this processor lacks
 */
uint64_t vmx_check_rd(const struct vmx_check *c, uint32_t field);

/**
 * @param c	what is checked
 * @param field	VMCS_*
 * @param mask	bits
 * @return true if all of them are 1 in that field
 */
bool vmx_check_set(const struct vmx_check *c, uint32_t field, uint64_t mask);

/**
 * @param c	what is checked
 * @param mask	PROC2_CTLS_*, or 0 to ask for activation only
 * @return true if secondary controls are activated and all of mask are 1
 */
bool vmx_check_proc2(const struct vmx_check *c, uint32_t mask);

/**
 * @param c	what is checked
 * @param mask	PROC3_CTLS_*, or 0 to ask for activation only
 * @return true if tertiary controls are activated and all of mask are 1
 */
bool vmx_check_proc3(const struct vmx_check *c, uint64_t mask);

/**
 * @param c	what is checked
 * @return interruption information of the event to inject, 0 if there is none
 */
uint32_t vmx_check_event(const struct vmx_check *c);

/**
 * @param c	what is checked
 * @param type	INTR_INFO_TYPE_*
 * @return true if an event of that type is to be injected
 */
bool vmx_check_event_is(const struct vmx_check *c, uint32_t type);

/**
 * @param c	what is checked
 * @param address	linear address
 * @return true if it is canonical on this processor
 */
bool vmx_check_canonical(const struct vmx_check *c, uint64_t address);

/**
 * @param c	what is checked
 * @param address	physical address
 * @param low	bits that must be 0
 * @return true if they are and the address is within the physical width
 */
bool vmx_check_phys(const struct vmx_check *c, uint64_t address, uint64_t low);

/**
 * @param pat	a value for IA32_PAT
 * @return true if each of its bytes is a memory type
 */
bool vmx_check_pat(uint64_t pat);

/**
 * @param c	what is checked
 * @param efer	a value for IA32_EFER
 * @return true if it has only bits that CPUID announces
 */
bool vmx_check_efer(const struct vmx_check *c, uint64_t efer);

/**
 * @param c	what is checked
 * @param s_cet	a value for IA32_S_CET
 * @return true if the processor takes it
 */
bool vmx_check_s_cet(const struct vmx_check *c, uint64_t s_cet);

/**
 * A predicate of its own.
 * @param c	what is checked
 * @param field	VMCS_*
 * @return true if the field holds a canonical address
 */
bool vmx_check_is_canonical(const struct vmx_check *c, uint32_t field);

#endif /* _VMM_VMX_CHECK_H_ */
