/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For rigs: a kernel none of whose processes is a guest or a vkernel.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <machine/vmm.h>

void
vmm_vmdestroy(struct thread *td __unused)
{
}

int
vmm_lwp_fork(struct lwp *lp1 __unused, struct lwp *lp2 __unused)
{
	panic("vmm_lwp_fork");
}

struct vmm_proc *
vmm_proc_alloc(register_t guest_cr3 __unused)
{
	panic("vmm_proc_alloc");
}

void
vmm_proc_free(struct vmm_proc *vmm)
{
	if (vmm != NULL)
		panic("vmm_proc_free");
}

register_t
vmm_proc_cr3(const struct vmm_proc *vmm __unused)
{
	panic("vmm_proc_cr3");
}

void
vmm_quiesce(void *arg __unused)
{
	panic("vmm_quiesce");
}

void
vmm_flush_linear(struct vmspace *vm __unused)
{
	panic("vmm_flush_linear");
}

int
vmm_rdwr(struct vmspace *vm __unused, vm_offset_t uaddr __unused,
    void *buf __unused, size_t n __unused, bool write __unused)
{
	panic("vmm_rdwr");
}

void
vkernel_inherit(struct proc *p1 __unused, struct proc *p2 __unused)
{
}

u_long
vkernel_pages(struct proc *p __unused)
{
	return (0);
}

void
vkernel_lwp_exit(struct lwp *lp __unused)
{
}

void
vkernel_exit(struct proc *p __unused)
{
}
