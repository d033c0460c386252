/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What vmspace_ctl(VMSPACE_CTL_RUN) loads besides a trapframe, DragonFly's
 * layout.
 */
#ifndef _CPU_VFRAME_H_
#define _CPU_VFRAME_H_

#include <sys/tls.h>

/** Loaded when a process begins to run; never written back. */
struct vextframe {
	struct savetls vx_tls; /**< its thread-local storage */
};

#endif
