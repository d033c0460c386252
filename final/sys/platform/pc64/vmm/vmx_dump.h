/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Printing a VMCS and a processor's VMX capabilities.
 */
#ifndef _VMM_VMX_DUMP_H_
#define _VMM_VMX_DUMP_H_

#include <sys/types.h>
#include "vmx_caps.h"

/**
 * Print every field this processor has, by groups, control words decoded.
 * Writes to the console with kprintf() and does not sleep.
 * @param rd	reads a field; called only for fields this processor has
 * @param arg	handed to @p rd
 * @param caps	the processor
 */
void vmx_dump(uint64_t (*rd)(void *arg, uint32_t field), void *arg,
    const struct vmx_caps *caps);

/**
 * Print one control word: its value and the names of the bits that are set.
 * @param word	which word
 * @param value	its value
 */
void vmx_dump_ctl(enum vmx_ctl_word word, uint64_t value);

/**
 * Print a processor's capabilities in the format of the unit tests' vectors
 * (final/test/unit/vectors/README): a key and a value per line.
 * @param caps	the processor
 */
void vmx_dump_caps(const struct vmx_caps *caps);

#endif /* _VMM_VMX_DUMP_H_ */
