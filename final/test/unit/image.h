/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A VMCS in an array, and a valid content for it.
 */
#ifndef _IMAGE_H_
#define _IMAGE_H_

#include "vector.h"
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define IMAGE_FIELDS 0x7000u   /* encodings are below */
#define IMAGE_VMCS   0x5000ull /* physical address of this VMCS */

struct image {
	uint64_t field[IMAGE_FIELDS];
	struct vmx_caps caps;	/* the processor it is for */
	struct vmx_check check; /* ready for vmx_check() */
};

/*
 * Makes a VMCS that this processor accepts: a 64-bit host and a 64-bit guest
 * in ring 3, controls at their defaults.
 */
void image_init(struct image *im, const struct vmx_caps *caps);

/* Reads a field; fails the test for a field the processor lacks. */
uint64_t image_rd(void *arg, uint32_t field);

#endif
