/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The name that <sys/vmm.h> had in 2013, and the structure's.
 */
#ifndef _SYS_VMM_GUEST_CTL_H_
#define _SYS_VMM_GUEST_CTL_H_

#include <sys/vmm.h>

#define guest_options vmm_guest_options

#endif
