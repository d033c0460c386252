/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes of a vkernel.
 */
#ifndef _SYS_VMSPACE_H_
#define _SYS_VMSPACE_H_

/** Command of vmspace_ctl(2): run a process until it needs the vkernel. */
#define VMSPACE_CTL_RUN 1

#endif
