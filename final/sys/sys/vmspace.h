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
#include <sys/cdefs.h>
#include <sys/types.h>

struct trapframe;
struct vextframe;

__BEGIN_DECLS
int vmspace_create(void *id, int type, void *data);
int vmspace_destroy(void *id);
int vmspace_ctl(
    void *id, int cmd, struct trapframe *tframe, struct vextframe *vframe);
void *vmspace_mmap(void *id, void *addr, size_t len, int prot, int flags,
    int fd, off_t offset);
int vmspace_munmap(void *id, void *addr, size_t len);
int vmspace_mcontrol(void *id, void *addr, size_t len, int behav, off_t value);
ssize_t
vmspace_pread(void *id, void *buf, size_t nbyte, int flags, off_t offset);
ssize_t vmspace_pwrite(
    void *id, const void *buf, size_t nbyte, int flags, off_t offset);
__END_DECLS
#endif
/** @endcond */

#endif
