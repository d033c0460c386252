/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes behind nested page tables: on this platform there are none.
 *
 * What the rest of the kernel asks then is answered here; vmm_guest_ctl(2)
 * says ENODEV.
 */
#ifndef _MACHINE_VMM_H_
#define _MACHINE_VMM_H_

#include <sys/errno.h>
#include <sys/types.h>

struct lwp;
struct pmap;
struct proc;
struct thread;
struct vmm_proc;
struct vmspace;

/** @cond shared */
/* What each is for is where there are such processes. */
static __inline void
vmm_init(void)
{
}

static __inline void
vmm_shutdown(void)
{
}

static __inline bool
vmm_enabled(void)
{
	return (false);
}

static __inline const char *
vmm_exits(
    struct proc *p __unused, u_int reason __unused, u_long *count __unused)
{
	return (NULL);
}

static __inline int
vmm_vminit(struct lwp *lp __unused, register_t guest_cr3 __unused)
{
	return (ENODEV);
}

static __inline int
vmm_lwp_fork(struct lwp *lp1 __unused, struct lwp *lp2 __unused)
{
	return (0);
}

static __inline void
vmm_vmdestroy(struct thread *td __unused)
{
}

static __inline register_t
vmm_vm_get_guest_cr3(struct lwp *lp __unused)
{
	return (0);
}

static __inline void
vmm_flush_self(struct lwp *lp __unused)
{
}

static __inline void
vmm_vm_set_guest_cr3(struct lwp *lp __unused, register_t cr3 __unused)
{
}

static __inline void
vmm_vm_set_tls_area(struct lwp *lp __unused)
{
}

static __inline void
vmm_vm_set_fpu(struct lwp *lp __unused, bool on __unused)
{
}

static __inline void
vmm_vmrun(struct lwp *lp __unused)
{
}

static __inline struct vmm_proc *
vmm_proc_alloc(register_t guest_cr3 __unused)
{
	return (NULL);
}

static __inline void
vmm_proc_free(struct vmm_proc *vmm __unused)
{
}

static __inline register_t
vmm_proc_cr3(const struct vmm_proc *vmm __unused)
{
	return (0);
}

static __inline void
vmm_flush_linear(struct vmspace *vm __unused)
{
}

static __inline bool
vmm_valid_cr3(register_t cr3 __unused)
{
	return (false);
}

static __inline int
vmm_vm_get_gpa(struct thread *td __unused, vm_offset_t va __unused,
    u_int access __unused, vm_offset_t *gpa __unused)
{
	return (EFAULT);
}

static __inline int
vmm_rdwr(struct vmspace *vm __unused, vm_offset_t uaddr __unused,
    void *buf __unused, size_t n __unused, bool write __unused)
{
	return (EFAULT);
}

static __inline int
vmm_user_copyin_rw(
    void *uaddr __unused, void *kaddr __unused, size_t len __unused)
{
	return (EFAULT);
}

static __inline int
vmm_user_access(vm_offset_t va __unused, u_int access __unused)
{
	return (EFAULT);
}

static __inline int
vmm_sync_addr(
    struct lwp *lp __unused, vm_offset_t dst __unused, vm_offset_t src __unused)
{
	return (ENOSYS);
}
/** @endcond */

#endif
