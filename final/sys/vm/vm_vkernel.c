/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Running a process of a vkernel, and coming back.
 *
 *     the vkernel                the host              a process of it
 *
 *     vmspace_ctl(RUN) --------> keeps registers
 *                                loads addresses and
 *                                the process's frame -> runs
 *                                                      SYSCALL, fault,
 *     reads the frame: <-------- loads addresses  <--- or a signal for
 *     what happened?             and registers again   the vkernel
 *
 * Where a process's memory is comes in two ways.  In software the host has an
 * address space for it (vm_vmspace.c), which the thread uses while it is
 * there: lwp_vmspace.  So a switch to another thread and back, on whatever
 * processor, needs nothing more.  Behind nested page tables the process is a
 * page table in the guest's memory, and only the guest's CR3 changes.
 *
 * What a process does ends nothing but, if the vkernel likes, the process.
 *
 * Each RUN and its way back is part of every system call of a process: a
 * thread remembers the address space that it was in last, and takes no lock
 * to be there again.
 *
 * Source: DragonFly's sys/vm/vm_vmspace.c, for the behaviour.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysent.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <sys/vmspace.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_VKERNEL_LWP, "vkernel threads");

/* tag::sanitize[] */
/* Whether a process can run with these; what is not its business is forced. */
static bool
sanitize(struct trapframe *tf, const struct savetls *tls)
{
	tf->tf_cs = UCODE_SEL;
	tf->tf_ss = UDATA_SEL;
	tf->tf_rflags = (tf->tf_rflags & PSL_USERCHANGE) | PSL_RESERVED | PSL_I;
	return ((u_long)tf->tf_rip < VM_MAX_USER_ADDRESS &&
	    tls->info[0].base < VM_MAX_USER_ADDRESS &&
	    tls->info[1].base < VM_MAX_USER_ADDRESS);
}
/* end::sanitize[] */

/* The arguments of vmspace_ctl(2) that do not depend on whose space it is. */
static int
get_frames(const struct vmspace_ctl_args *uap, bool nested,
    struct trapframe *tf, struct vextframe *vf)
{
	/* Its registers must not get lost when it has run: the frame can be
	 * written, in the one or two pages that it is in. */
	if (nested ? vmm_user_copyin_rw(uap->tframe, tf, sizeof(*tf)) != 0
		   : copyin(uap->tframe, tf, sizeof(*tf)) != 0 ||
		    suword64(&uap->tframe->tf_rdi, tf->tf_rdi) != 0 ||
		    suword64(&uap->tframe->tf_ss, tf->tf_ss) != 0)
		return (EFAULT);
	if (copyin(uap->vframe, vf, sizeof(*vf)) != 0)
		return (EFAULT);
	return (sanitize(tf, &vf->vx_tls) ? 0 : EINVAL);
}

static struct vkernel_lwp *
vkernel_lwp(struct lwp *lp)
{
	if (lp->lwp_vkernel == NULL)
		lp->lwp_vkernel = kmalloc(
		    sizeof(*lp->lwp_vkernel), M_VKERNEL_LWP, M_WAITOK | M_ZERO);
	return (lp->lwp_vkernel);
}

/* tag::switch[] */
/*
 * From now on the thread's addresses, TLS and floating-point registers are
 * others; the kernel's copies to and from user memory follow.
 */
static void
switch_to(struct lwp *lp, struct vmspace *vm, u_register_t cr3,
    const struct savetls *tls, bool fpu)
{
	if (lp->lwp_thread->td_vmm != NULL) {
		vmm_vm_set_guest_cr3(lp, cr3);
		vmm_vm_set_fpu(lp, fpu);
	} else {
		lp->lwp_vmspace = vm;
		pmap_activate(vm);
		fpu_set_trap(lp->lwp_thread, !fpu);
	}
	lp->lwp_tls = *tls;
	cpu_set_user_tls(lp);
}
/* end::switch[] */

/* Takes the thread into the address space `id`; ENOENT: there is none. */
static int
enter_space(struct vkernel_proc *vkp, struct vkernel_lwp *vk, void *id)
{
	struct vmspace_entry *ve = vk->space;

	if (ve == NULL || ve->ve_id != (u_register_t)id ||
	    !vmspace_entry_enter(ve)) {
		ve = vmspace_entry_get(vkp, id);
		if (ve == NULL)
			return (ENOENT);
		if (vk->space != NULL)
			vmspace_entry_rel(vk->space);
		vk->space = ve;
		if (!vmspace_entry_enter(ve))
			return (ENOENT);
	}
	vk->in = ve;
	return (0);
}

static void
leave_space(struct vkernel_lwp *vk)
{
	struct vmspace_entry *ve = vk->in;

	vk->in = NULL;
	if (ve != NULL)
		vmspace_entry_leave(ve);
}

/* The thread is the vkernel again. */
static void
come_back(struct lwp *lp, struct vkernel_lwp *vk)
{
	switch_to(
	    lp, lp->lwp_proc->p_vmspace, vk->vkernel_cr3, &vk->save_tls, true);
	vk->running = false;
	leave_space(vk);
}

/* The process whose memory is at id, or whose space vk is in, takes over. */
static void
start(struct lwp *lp, struct vkernel_lwp *vk,
    const struct vmspace_ctl_args *uap, struct trapframe *frame,
    const struct trapframe *tf, const struct vextframe *vf)
{
	u_register_t id = (u_register_t)uap->id; /* uap is in the frame */

	vk->user_trapframe = (vm_offset_t)uap->tframe;
	vk->save_trapframe = *frame;
	vk->save_tls = lp->lwp_tls;
	if (vk->in == NULL)
		vk->vkernel_cr3 = vmm_vm_get_guest_cr3(lp);
	vk->running = true;
	*frame = *tf;
	switch_to(lp, vk->in != NULL ? vk->in->ve_vmspace : NULL, id,
	    &vf->vx_tls, (tf->tf_xflags & PGEX_FPFAULT) == 0);
}

/* tag::run[] */
/**
 * vmspace_ctl(id, cmd, tf, vf): runs the process whose memory is the address
 * space id (behind nested page tables: whose page table is at guest-physical
 * id), with the registers at tf and the TLS at vf, until it makes a system call
 * or raises an exception, or a signal comes for the vkernel.  tf then has the
 * registers, and why in tf_trapno.  PGEX_FPFAULT in tf_xflags asks for a trap
 * at the first floating-point instruction.
 *
 * @param sysmsg	the registers
 * @param uap		arguments
 * @return		EJUSTRETURN: the process runs, and vkernel_trap() gives
 *			the result, 0 or EFAULT; EINVAL: not a vkernel, no page
 *			table can be at id, or no program can have those
 *			registers; ENOENT: there is no such address space;
 *			EOPNOTSUPP: cmd is not VMSPACE_CTL_RUN; EFAULT: tf or vf
 *			cannot be read, or tf cannot be written
 */
int
sys_vmspace_ctl(struct sysmsg *sysmsg, const struct vmspace_ctl_args *uap)
{
	struct lwp *lp = curlwp;
	struct vkernel_proc *vkp = lp->lwp_proc->p_vkernel;
	struct vkernel_lwp *vk;
	struct trapframe tf;
	struct vextframe vf;
	bool nested = lp->lwp_thread->td_vmm != NULL;
	int error = 0;

	if (vkp == NULL)
		return (EINVAL);
	vk = vkernel_lwp(lp);
	if (!nested)
		error = enter_space(vkp, vk, uap->id);
	if (error == 0 && uap->cmd != VMSPACE_CTL_RUN)
		error = EOPNOTSUPP;
	if (error == 0 && nested && !vmm_valid_cr3((register_t)uap->id))
		error = EINVAL;
	if (error == 0)
		error = get_frames(uap, nested, &tf, &vf);
	if (error != 0) {
		leave_space(vk);
		return (error);
	}
	KTR_LOG("a process of the vkernel runs: RIP %#lx, TLS %#lx", tf.tf_rip,
	    vf.vx_tls.info[0].base);
	start(lp, vk, uap, sysmsg->sysmsg_frame, &tf, &vf);
	return (EJUSTRETURN);
}
/* end::run[] */

/* tag::trap[] */
/**
 * Goes back from a process to its vkernel, whose vmspace_ctl() returns.  May
 * sleep.
 * @param lp	the calling thread; VKERNEL_RUNS()
 * @param tf	its registers; tf_trapno, tf_err and tf_addr say why, trapno 0:
 *		only a signal.  They are the vkernel's on return
 */
void
vkernel_trap(struct lwp *lp, struct trapframe *tf)
{
	struct sysmsg sysmsg = { .sysmsg_reg = { 0, 0 } };
	struct vkernel_lwp *vk = lp->lwp_vkernel;
	int error;

	KTR_LOG("back to the vkernel: trap %ld, RIP %#lx", tf->tf_trapno,
	    tf->tf_rip);
	/* First: the address of the frame is one of the vkernel's. */
	come_back(lp, vk);
	error = copyout(tf, (void *)vk->user_trapframe, sizeof(*tf));
	*tf = vk->save_trapframe;
	/* Not by SYSRET, which leaves what a call of C keeps as it is. */
	tf->tf_trapno = 0;
	sysmsg.sysmsg_reg[1] = tf->tf_rdx;
	syscall_finish(tf, &sysmsg, error);
	/* All registers are to be loaded, none is the vkernel's yet. */
	tf->tf_trapno = 0;
}
/* end::trap[] */

/**
 * A thread is none of a vkernel's any more: it ends, or its program does.  If
 * it runs a process it does so no longer.
 * @param lp	the calling thread
 */
void
vkernel_lwp_exit(struct lwp *lp)
{
	struct vkernel_lwp *vk = lp->lwp_vkernel;

	if (vk == NULL)
		return;
	if (vk->running)
		come_back(lp, vk);
	lp->lwp_vkernel = NULL;
	if (vk->space != NULL)
		vmspace_entry_rel(vk->space);
	kfree(vk, M_VKERNEL_LWP);
}
