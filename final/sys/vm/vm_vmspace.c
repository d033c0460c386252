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
 * Behind nested page tables a process is not known to the host: its name is
 * the guest-physical address of its page table, which the vkernel makes and
 * fills.  In the guest only CR3 changes.
 *
 * Without them the host has an address space for each process of a vkernel;
 * they are made and ended here, and cannot be run.
 *
 * What a process does ends nothing but, if the vkernel likes, the process.
 * Source: DragonFly's sys/vm/vm_vmspace.c, for the behaviour.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
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

static MALLOC_DEFINE(M_VKERNEL, "vkernels");

static int vkernel_enable = 1;
SYSCTL_INT(vm_vkernel_enable, "vm.vkernel_enable", CTLFLAG_RW, &vkernel_enable,
    "Whether processes may be vkernels");

static int
entry_cmp(struct vmspace_entry *a, struct vmspace_entry *b)
{
	return (a->ve_id < b->ve_id ? -1 : a->ve_id > b->ve_id);
}
RB_GENERATE_STATIC(vmspace_tree, vmspace_entry, ve_node, entry_cmp)

static struct vmspace_entry *
find(struct vkernel_proc *vk, void *id)
{
	struct vmspace_entry key = { .ve_id = (u_register_t)id };

	return (RB_FIND(vmspace_tree, &vk->vk_spaces, &key));
}

/**
 * vmspace_create(id, type, data): makes the caller a vkernel, and an address
 * space for a process.  Behind nested page tables the process's page table is
 * all that it needs, and nothing is made.
 * @param sysmsg	unused
 * @param uap		id: its name; the rest does not matter
 * @return		0; EOPNOTSUPP: vm.vkernel_enable is 0; EEXIST; ENOMEM
 */
int
sys_vmspace_create(
    struct sysmsg *sysmsg __unused, const struct vmspace_create_args *uap)
{
	struct proc *p = curproc;
	struct vmspace_entry *ve;
	struct vmspace *vm;

	if (vkernel_enable == 0)
		return (EOPNOTSUPP);
	if (p->p_vkernel == NULL) {
		p->p_vkernel = kmalloc(
		    sizeof(*p->p_vkernel), M_VKERNEL, M_WAITOK | M_ZERO);
		RB_INIT(&p->p_vkernel->vk_spaces);
		p->p_vkernel->vk_refs = 1;
	}
	if (curthread->td_vmm != NULL)
		return (0);
	if (find(p->p_vkernel, uap->id) != NULL)
		return (EEXIST);
	vm = vmspace_alloc(VM_MIN_USER_ADDRESS, VM_MAX_USER_ADDRESS);
	if (vm == NULL)
		return (ENOMEM);
	ve = kmalloc(sizeof(*ve), M_VKERNEL, M_WAITOK | M_ZERO);
	ve->ve_id = (u_register_t)uap->id;
	ve->ve_vmspace = vm;
	/* Another thread may have been faster while we slept. */
	if (RB_INSERT(vmspace_tree, &p->p_vkernel->vk_spaces, ve) == NULL)
		return (0);
	vmspace_rel(vm);
	kfree(ve, M_VKERNEL);
	return (EEXIST);
}

static void
entry_free(struct vkernel_proc *vk, struct vmspace_entry *ve)
{
	RB_REMOVE(vmspace_tree, &vk->vk_spaces, ve);
	vmspace_rel(ve->ve_vmspace);
	kfree(ve, M_VKERNEL);
}

/**
 * vmspace_destroy(id): ends an address space that vmspace_create(2) made.
 * @param sysmsg	unused
 * @param uap		id
 * @return		0; EINVAL: not a vkernel; ENOENT; EBUSY: a thread is in
 *			it
 */
int
sys_vmspace_destroy(
    struct sysmsg *sysmsg __unused, const struct vmspace_destroy_args *uap)
{
	struct vkernel_proc *vk = curproc->p_vkernel;
	struct vmspace_entry *ve;

	if (vk == NULL)
		return (EINVAL);
	ve = find(vk, uap->id);
	if (ve == NULL)
		return (ENOENT);
	if (ve->ve_refs != 0)
		return (EBUSY);
	entry_free(vk, ve);
	return (0);
}

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

/* The process's registers are the thread's now.  PGEX_FPFAULT among the flags
 * asks for a trap at the first floating-point instruction. */
static void
switch_to(struct lwp *lp, u_register_t cr3, const struct savetls *tls,
    register_t xflags)
{
	vmm_vm_set_guest_cr3(lp, cr3);
	vmm_vm_set_fpu(lp, (xflags & PGEX_FPFAULT) == 0);
	lp->lwp_tls = *tls;
	vmm_vm_set_tls_area(lp);
}

static struct vkernel_lwp *
vkernel_lwp(struct lwp *lp)
{
	if (lp->lwp_vkernel == NULL)
		lp->lwp_vkernel = kmalloc(
		    sizeof(*lp->lwp_vkernel), M_VKERNEL, M_WAITOK | M_ZERO);
	return (lp->lwp_vkernel);
}

/* tag::run[] */
/**
 * vmspace_ctl(id, cmd, tf, vf): runs the process whose page table is at
 * guest-physical `id`, with the registers at tf and the TLS at vf, until it
 * makes a system call or raises an exception, or a signal comes for the
 * vkernel.  tf then has the registers, and why in tf_trapno.
 *
 * @param sysmsg	the registers
 * @param uap		arguments
 * @return		EJUSTRETURN: the process runs, and vkernel_trap() gives
 *			the result, 0 or EFAULT; EINVAL: not a vkernel, no page
 *			table can be at id, or no program can have those
 *			registers; EOPNOTSUPP: cmd is not VMSPACE_CTL_RUN, or
 *			the caller is not behind nested page tables; ENOENT: nor
 *			has it that id; EFAULT: tf or vf cannot be read, or tf
 *			cannot be written
 */
int
sys_vmspace_ctl(struct sysmsg *sysmsg, const struct vmspace_ctl_args *uap)
{
	struct lwp *lp = curlwp;
	struct vkernel_lwp *vk;
	struct trapframe tf;
	struct vextframe vf;

	if (lp->lwp_proc->p_vkernel == NULL)
		return (EINVAL);
	if (lp->lwp_thread->td_vmm == NULL &&
	    find(lp->lwp_proc->p_vkernel, uap->id) == NULL)
		return (ENOENT);
	if (uap->cmd != VMSPACE_CTL_RUN || lp->lwp_thread->td_vmm == NULL)
		return (EOPNOTSUPP);
	if (!vmm_valid_cr3((register_t)uap->id))
		return (EINVAL);
	if (copyin(uap->tframe, &tf, sizeof(tf)) != 0 ||
	    copyin(uap->vframe, &vf, sizeof(vf)) != 0)
		return (EFAULT);
	/* Once it has run, its registers must not get lost. */
	if (!useracc(uap->tframe, sizeof(tf), VM_PROT_WRITE))
		return (EFAULT);
	if (!sanitize(&tf, &vf.vx_tls))
		return (EINVAL);
	vk = vkernel_lwp(lp);
	vk->user_trapframe = (vm_offset_t)uap->tframe;
	vk->save_trapframe = *sysmsg->sysmsg_frame;
	vk->save_tls = lp->lwp_tls;
	vk->vkernel_cr3 = vmm_vm_get_guest_cr3(lp);
	vk->ve = (u_register_t)uap->id;
	*sysmsg->sysmsg_frame = tf;
	switch_to(lp, vk->ve, &vf.vx_tls, tf.tf_xflags);
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
	struct trapframe user = *tf;
	int error;

	*tf = vk->save_trapframe;
	switch_to(lp, vk->vkernel_cr3, &vk->save_tls, 0);
	vk->ve = 0;
	/* Only now: the address is one of the vkernel's. */
	error = copyout(&user, (void *)vk->user_trapframe, sizeof(user));
	sysmsg.sysmsg_reg[1] = tf->tf_rdx;
	syscall_finish(tf, &sysmsg, error);
}
/* end::trap[] */

/**
 * A child of a vkernel is part of it.
 * @param p1	the parent
 * @param p2	the child
 */
void
vkernel_inherit(struct proc *p1, struct proc *p2)
{
	p2->p_vkernel = p1->p_vkernel;
	if (p2->p_vkernel != NULL)
		p2->p_vkernel->vk_refs++;
}

/**
 * Frees what a thread has as one of a vkernel.
 * @param lp	thread that has ended
 */
void
vkernel_lwp_exit(struct lwp *lp)
{
	if (lp->lwp_vkernel != NULL)
		kfree(lp->lwp_vkernel, M_VKERNEL);
	lp->lwp_vkernel = NULL;
}

/**
 * A process is no vkernel any more: it ends, or is another program.  May
 * sleep.  Under mp_token.
 * @param p	process; none of its threads runs a process
 */
void
vkernel_exit(struct proc *p)
{
	struct vkernel_proc *vk = p->p_vkernel;
	struct vmspace_entry *ve;

	p->p_vkernel = NULL;
	if (vk == NULL || --vk->vk_refs > 0)
		return;
	while ((ve = RB_ROOT(&vk->vk_spaces)) != NULL)
		entry_free(vk, ve);
	kfree(vk, M_VKERNEL);
}
