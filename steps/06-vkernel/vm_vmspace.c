/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes of a vkernel: another page table and other registers for a while.
 *
 *     the vkernel                the host              a process of it
 *
 *     vmspace_ctl(RUN) --------> keeps registers
 *                                loads CR3 and the
 *                                process's frame ----> runs
 *                                                      SYSCALL, fault,
 *     reads the frame: <-------- loads CR3 and    <--- or a signal for
 *     what happened?             registers again       the vkernel
 *
 * A process is not known to the host.  Its name is the guest-physical address
 * of its page table, which the vkernel makes and fills; that the processor
 * walks it is what the 2013 work is about.  In the guest only CR3 changes:
 * rights, EPT and the VMCS stay.
 *
 * What a process does ends nothing but, if the vkernel likes, the process.
 * The time it takes is its vkernel's, though, and counts as such (proc.patience).
 * Source: DragonFly's sys/vm/vm_vmspace.c, for the behaviour.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/vmspace.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include "vmm.h"
#include "vmm_copyio.h"

/**
 * vmspace_create(id, type, data): makes the caller a vkernel.  A page table is
 * all that a process needs, so that there is nothing else to create.
 * @param vti	thread
 * @param sm	arguments, which do not matter
 * @return	0
 */
int
sys_vmspace_create(struct vmx_thread_info *vti, struct sysmsg *sm __unused)
{
	vti->proc->vkernel = true;
	return (0);
}

/**
 * vmspace_destroy(id).
 * @param vti	thread
 * @param sm	arguments
 * @return	EINVAL: not a vkernel; ENOENT: nothing was created
 */
int
sys_vmspace_destroy(struct vmx_thread_info *vti, struct sysmsg *sm __unused)
{
	return (vti->proc->vkernel ? ENOENT : EINVAL);
}

/* tag::switch[] */
/* Changes the address space and FS and GS; the VMCS is current. */
static void
switch_to(struct vmx_thread_info *vti, vm_paddr_t cr3, const u_register_t *base)
{
	vti->linear.cr3 = cr3;
	vmcs_write(VMCS_GUEST_CR3, cr3);
	vmcs_write(VMCS_GUEST_FS_BASE, base[0]);
	vmcs_write(VMCS_GUEST_GS_BASE, base[1]);
	/* Nothing else of the last instruction is left: who has no GDT cannot
	 * load SS, and in ring 3 only that would hold back an interrupt. */
}
/* end::switch[] */

/* tag::sanitize[] */
/* Whether a process can run with these; what is not its business is forced. */
static bool
sanitize(struct trapframe *tf, const struct savetls *tls)
{
	/* LAB 06.4 begin: force what is not a process's business */
	tf->tf_cs = UCODE_SEL;
	tf->tf_ss = UDATA_SEL;
	tf->tf_rflags = (tf->tf_rflags & PSL_USERCHANGE) | PSL_RESERVED | PSL_I;
	return (is_canonical(tf->tf_rip) && is_canonical(tls->info[0].base) &&
	    is_canonical(tls->info[1].base));
	/* LAB 06.4 end */
}
/* end::sanitize[] */

/* tag::run[] */
/**
 * vmspace_ctl(id, cmd, tf, vf): runs the process whose page table is at
 * guest-physical `id`, with the registers at tf and the TLS at vf, until it
 * makes a system call or raises an exception, or a signal comes for the
 * vkernel.  tf then has the registers, and why in tf_trapno.
 *
 * @param vti	thread
 * @param sm	arguments; pointers are linear addresses of the vkernel
 * @return	EJUSTRETURN: the process runs, and vkernel_trap() gives the
 *		result, 0 or EFAULT; EINVAL: not a vkernel, no page table can
 *		be at id, or no program can have those registers; EOPNOTSUPP:
 *		cmd is not VMSPACE_CTL_RUN; EFAULT: tf or vf cannot be read
 */
int
sys_vmspace_ctl(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	struct vkernel_lwp *vk = &vti->vk;
	u_register_t id = sm->arg[0], base[2];
	struct trapframe tf;
	struct vextframe vf;

	if (!vti->proc->vkernel)
		return (EINVAL);
	if (sm->arg[1] != VMSPACE_CTL_RUN)
		return (EOPNOTSUPP);
	if (id == 0 || (id & PAGE_MASK) != 0 || id >> vmx_caps.maxphyaddr != 0)
		return (EINVAL);
	if (vmm_copyin(&vti->linear, sm->arg[2], &tf, sizeof(tf)) != 0 ||
	    vmm_copyin(&vti->linear, sm->arg[3], &vf, sizeof(vf)) != 0)
		return (EFAULT);
	if (!sanitize(&tf, &vf.vx_tls))
		return (EINVAL);
	/* LAB 06.5 begin: keep the vkernel's state, load the process's */
	vk->user_trapframe = sm->arg[2];
	vk->save_trapframe = vti->guest.vg_frame;
	vk->save_base[0] = vmcs_read(VMCS_GUEST_FS_BASE);
	vk->save_base[1] = vmcs_read(VMCS_GUEST_GS_BASE);
	vk->vkernel_cr3 = vti->linear.cr3;
	vk->ve = id;
	vti->guest.vg_frame = tf;
	base[0] = vf.vx_tls.info[0].base;
	base[1] = vf.vx_tls.info[1].base;
	switch_to(vti, id, base);
	/* LAB 06.5 end */
	return (EJUSTRETURN);
}
/* end::run[] */

/* tag::trap[] */
/**
 * Goes back from a process to its vkernel, whose vmspace_ctl() returns.
 * @param vti		thread that runs a process; its VMCS is current
 * @param trapno	T_*, or 0: only a signal
 * @param error		error code, or an instruction's length
 * @param addr		address of a page fault
 */
void
vkernel_trap(
    struct vmx_thread_info *vti, int trapno, register_t error, vm_offset_t addr)
{
	const struct sysmsg sm = { .result = { 0, 0 } };
	struct vkernel_lwp *vk = &vti->vk;
	struct trapframe tf = vti->guest.vg_frame;
	int result;

	/* LAB 06.7 begin: back to the vkernel, and tell it why */
	tf.tf_trapno = trapno;
	tf.tf_err = error;
	tf.tf_addr = addr;
	tf.tf_xflags = 0;
	vti->guest.vg_frame = vk->save_trapframe;
	switch_to(vti, vk->vkernel_cr3, vk->save_base);
	vk->ve = 0;
	/* Only now: the address is one of the vkernel's. */
	result = vmm_copyout(&vti->linear, &tf, vk->user_trapframe, sizeof(tf));
	syscall_return(vti, &sm, result);
	/* LAB 06.7 end */
}
/* end::trap[] */

/* tag::exceptions[] */
/* What DragonFly calls an exception; 0 where a program cannot raise it. */
static const uint8_t trap_numbers[IDT_EXCEPTIONS] = {
	[IDT_DE] = T_DIVIDE,
	[IDT_DB] = T_TRCTRAP,
	[IDT_BP] = T_BPTFLT,
	[IDT_OF] = T_OFLOW,
	[IDT_BR] = T_BOUND,
	[IDT_UD] = T_PRIVINFLT,
	[IDT_NM] = T_DNA,
	[IDT_TS] = T_TSSFLT,
	[IDT_NP] = T_SEGNPFLT,
	[IDT_SS] = T_STKFLT,
	[IDT_GP] = T_PROTFLT,
	[IDT_PF] = T_PAGEFLT,
	[IDT_MF] = T_ARITHTRAP,
	[IDT_AC] = T_ALIGNFLT,
	[IDT_XM] = T_XMMFLT,
};

/**
 * Gives an exception of a process to its vkernel.
 * @param vti		thread; `exit` describes the exception
 * @param vector	IDT_*
 * @return		false: no process runs, or this is not its doing
 */
bool
vkernel_exception(struct vmx_thread_info *vti, u_int vector)
{
	uint32_t info = vti->exit.intr_info, type = info & INTR_INFO_TYPE_MASK;

	if ((info & INTR_INFO_VALID) == 0)
		info = type = 0;
	if (vti->vk.ve == 0 || vector >= nitems(trap_numbers) ||
	    trap_numbers[vector] == 0)
		return (false);
	/* LAB 06.6 begin: say it as the bare machine would */
	/* As on the bare machine: behind INT3 and the like. */
	if (type == INTR_INFO_TYPE_SW_EXCEPTION ||
	    type == INTR_INFO_TYPE_PRIV_SW_EXC)
		vti->guest.vg_frame.tf_rip += vti->exit.insn_length;
	vkernel_trap(vti, trap_numbers[vector],
	    (info & INTR_INFO_ERROR_CODE) != 0 ? vti->exit.intr_error : 0,
	    vector == IDT_PF ? vti->exit.qualification : 0);
	/* LAB 06.6 end */
	return (true);
}
/* end::exceptions[] */
