/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the thread system asks of parts that this test does not have: there are
 * no processes, no signals and no user memory.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/trap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

struct sysentvec elf64_dragonfly_sysvec;
u_char cpu_smap;
int syscall_entry(struct trapframe *tf);
void syscall_init_cpu(void);

bool
vm_wait_row(u_int npages __unused)
{
	panic("lwkt_test: no memory");
}

bool
curproc_sigintr(void)
{
	return (false);
}

int
sig_interrupted(void)
{
	return (EINTR);
}

void
itimers_tick(struct proc *p __unused, bool usermode __unused)
{
}

void
cpulimit_tick(struct proc *p __unused)
{
}

void
cons_poll(void)
{
}

void
pmap_activate(struct vmspace *vm __unused)
{
}

void
vmm_vm_set_tls_area(struct lwp *lp __unused)
{
}

void
userret(struct lwp *lp __unused, struct trapframe *tf __unused)
{
	panic("lwkt_test: a user mode");
}

void
trap_return_user(struct trapframe *tf __unused)
{
	panic("lwkt_test: a user mode");
}

int
syscall_entry(struct trapframe *tf __unused)
{
	panic("lwkt_test: a system call");
}

void
syscall_init_cpu(void)
{
}

void
trap_entry(struct trapframe *tf, u_int vector)
{
	if (vector >= IDT_EXCEPTIONS)
		mycpu->gd_intr_depth++;
	trap(tf, vector);
	if (vector >= IDT_EXCEPTIONS)
		mycpu->gd_intr_depth--;
}

void
vmm_vmrun(struct lwp *lp __unused)
{
	panic("lwkt_test: a guest");
}

void
vmm_vmdestroy(struct thread *td __unused)
{
}
