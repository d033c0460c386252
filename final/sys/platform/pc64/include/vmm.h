/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes behind nested page tables: what the rest of the kernel knows of
 * them.
 *
 * Such a process has a struct vmm_proc at its address space (vm_vmm), and each
 * of its threads a struct vmx_thread_info (td_vmm).  Its address space is the
 * guest's physical memory; what it uses as addresses is what its own page
 * table, in that memory, makes of them.  So whoever has an address from a
 * program goes through copyin(9) and its kin, vmm_vm_get_gpa() or vmm_rdwr().
 *
 *     vmm.c      on and off, sysctl hw.vmm
 *     vmx.c      a processor's VMX operation; a thread's VMCS
 *     vmx_run.c  the loop: enter, see why it came back, answer
 *     vmm_mem.c  the address space: EPT, who has to forget what
 *     vmm_access.c  the kernel's copies to and from it
 */
#ifndef _MACHINE_VMM_H_
#define _MACHINE_VMM_H_

#include <sys/types.h>

struct lwp;
struct pmap;
struct proc;
struct thread;
struct vmm_proc;
struct vmspace;

/* --- vmm/vmm.c --- */
void vmm_init(void);
void vmm_shutdown(void);
bool vmm_enabled(void);
const char *vmm_exits(struct proc *p, u_int reason, u_long *count);

/* --- vmm/vmx.c --- */
int vmm_vminit(struct lwp *lp, register_t guest_cr3);
int vmm_lwp_fork(struct lwp *lp1, struct lwp *lp2);
void vmm_vmdestroy(struct thread *td);
register_t vmm_vm_get_guest_cr3(struct lwp *lp);
void vmm_flush_self(struct lwp *lp);
void vmm_vm_set_guest_cr3(struct lwp *lp, register_t cr3);
void vmm_vm_set_tls_area(struct lwp *lp);
void vmm_vm_set_fpu(struct lwp *lp, bool on);

/* --- vmm/vmx_run.c --- */
void vmm_vmrun(struct lwp *lp) __dead2;

/* --- vmm/vmm_mem.c --- */
struct vmm_proc *vmm_proc_alloc(register_t guest_cr3);
void vmm_proc_free(struct vmm_proc *vmm);
register_t vmm_proc_cr3(const struct vmm_proc *vmm);
int vmm_pinit(struct vmspace *vm);
void vmm_quiesce(void *arg);
void vmm_flush_linear(struct vmspace *vm);

/* --- vmm/vmm_access.c --- */
bool vmm_valid_cr3(register_t cr3);
int vmm_vm_get_gpa(
    struct thread *td, vm_offset_t va, u_int access, vm_offset_t *gpa);
int vmm_rdwr(
    struct vmspace *vm, vm_offset_t uaddr, void *buf, size_t n, bool write);
int vmm_sync_addr(struct lwp *lp, vm_offset_t dst, vm_offset_t src);
int vmm_user_copyin(const void *uaddr, void *kaddr, size_t len);
int vmm_user_copyin_rw(void *uaddr, void *kaddr, size_t len);
int vmm_user_copyout(const void *kaddr, void *uaddr, size_t len);
int
vmm_user_copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done);
int vmm_user_fetch(const volatile void *uaddr, void *val, size_t size);
int vmm_user_store(volatile void *uaddr, uint64_t val, size_t size);
int vmm_user_cas(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval);
int vmm_user_zero(void *uaddr, size_t len);
int vmm_user_access(vm_offset_t va, u_int access);

#endif
