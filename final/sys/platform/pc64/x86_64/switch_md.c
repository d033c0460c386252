/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the processor has to be told when another thread runs.
 *
 * In the kernel GS base is the processor's own; the thread's is in
 * MSR_KGSBASE, with which SWAPGS exchanges it.
 */
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/asm_offsets.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

CTASSERT(__offsetof(struct globaldata, gd_curthread) == GD_CURTHREAD);
CTASSERT(__offsetof(struct globaldata, gd_user_rsp) == GD_USER_RSP);
CTASSERT(__offsetof(struct globaldata, gd_kstack_top) == GD_KSTACK_TOP);
CTASSERT(__offsetof(struct globaldata, gd_reqflags) == GD_REQFLAGS);
CTASSERT(__offsetof(struct thread, td_lwp) == TD_LWP);
CTASSERT(__offsetof(struct lwp, lwp_mpflags) == LWP_MPFLAGS);
CTASSERT(RQF_AST_MASK == ASM_AST_MASK);
CTASSERT((LWP_MP_WEXIT | LWP_MP_SIGPEND) == ASM_MP_MASK);

/* WRMSR faults on an address that is none; the kernel's are of no use. */
static uint64_t
base_to_load(const struct tls_info *info)
{
	return (info->base < VM_MAX_USER_ADDRESS ? info->base : 0);
}

/**
 * Loads a thread's bases, if it is the one that runs.
 * @param lp	thread of a process
 */
void
cpu_set_user_tls(struct lwp *lp)
{
	if (lp != curlwp)
		return;
	/* A guest's are loaded by VM entry. */
	if (lp->lwp_thread->td_vmm != NULL) {
		vmm_vm_set_tls_area(lp);
		return;
	}
	wrmsr(MSR_FSBASE, base_to_load(&lp->lwp_tls.info[0]));
	wrmsr(MSR_KGSBASE, base_to_load(&lp->lwp_tls.info[1]));
}

/**
 * What a switch changes besides the stack.  Interrupts are off.
 * @param old	leaves the processor
 * @param new	gd_curthread already
 */
void
cpu_switch_md(struct thread *old, struct thread *new)
{
	struct globaldata *gd = mycpu;
	struct lwp *lp = new->td_lwp;

	gd->gd_kstack_top = new->td_kstack_top;
	gd->gd_tss.tss_rsp[0] = new->td_kstack_top;
	fpu_switch(old, new);
	if (__predict_false(old->td_vmm != NULL))
		gdt_restore_limit();
	/* A kernel thread uses whatever is loaded; see pmap_user_unload(). */
	if (lp == NULL)
		return;
	pmap_activate(lp->lwp_vmspace);
	if (new->td_vmm == NULL)
		cpu_set_user_tls(lp);
}
