/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processors as text files: see vectors/README.
 */
#ifndef _VECTOR_H_
#define _VECTOR_H_

#include "hosted.h"
#include "vmx_caps.h"

/* Loads a file; fails the calling test if it cannot be read or understood. */
void vector_load_file(const char *path, struct vmx_caps *caps);

/* Loads vectors/NAME.txt; fails the calling test if it cannot. */
void vector_load(const char *name, struct vmx_caps *caps);

/* All vectors there are, sorted by name; NULL after the last. */
const char *vector_name(size_t n);

/* One without VMX would make most tests pointless. */
bool vector_has_vmx(const struct vmx_caps *caps);

/* Finds the vectors; the folder is that of the test's sources. */
void vector_init(const char *folder);

/*
 * A processor that can do everything this code knows of, for rules about
 * features that no machine here has.
 */
void vector_everything(struct vmx_caps *caps);

#endif
