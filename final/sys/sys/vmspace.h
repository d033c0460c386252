/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes of a vkernel.
 */
#ifndef _SYS_VMSPACE_H_
#define _SYS_VMSPACE_H_

/** Command of vmspace_ctl(2): run a process until it needs the vkernel. */
#define VMSPACE_CTL_RUN 1

/** @cond host */
#ifndef _KERNEL
struct trapframe;
struct vextframe;
int vmspace_create(void *id, int type, void *data);
int vmspace_destroy(void *id);
int vmspace_ctl(
    void *id, int cmd, struct trapframe *tframe, struct vextframe *vframe);
#endif
/** @endcond */

#endif
