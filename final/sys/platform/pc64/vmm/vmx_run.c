/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The run loop of a thread behind nested page tables: enter the guest, see why
 * it came back, answer, repeat.
 *
 * The loop takes the place of the way to user mode: what userret() does there
 * is done here before each entry, and the thread never comes out but by its
 * end or by execve(2).  Interrupts are off from the last look at what is to be
 * done until the exit has been read; one that ended the stay in the guest is
 * taken when they are on again.
 *
 * Exits go through a table of small handlers.  What has no handler ends the
 * process with a sentence; nothing that a guest does ends the host.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <sys/wait.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include "ept.h"
#include "vmx.h"
#include "vmx_insn.h"

/* The name of the process for messages. */
static const char *
name_of(const struct lwp *lp)
{
	return (lp->lwp_proc->p_comm);
}

/* Ends the process, after a message. */
static void __dead2
end_process(struct lwp *lp, int status)
{
	lwkt_gettoken(&mp_token);
	kprintf("pid %d (%s) ends with status %d\n", lp->lwp_proc->p_pid,
	    name_of(lp), status);
	exit1(W_EXITCODE(status, 0));
}

/* Tells the process of an exception in itself. */
static void
signal_exception(struct lwp *lp, struct vmx_thread_info *vti, u_int vector)
{
	struct trapframe *tf = &vti->guest.vg_frame;

	tf->tf_err = 0;
	if ((vti->exit.intr_info & INTR_INFO_ERROR_CODE) != 0)
		tf->tf_err = vti->exit.intr_error;
	tf->tf_addr = tf->tf_rip;
	if (vector == IDT_PF)
		tf->tf_addr = vti->exit.qualification;
	if (!user_trap_signal(lp, tf, vector)) {
		vmx_exit_explain(name_of(lp), &vti->exit);
		end_process(lp, 128 + vector);
	}
}

/* SYSCALL as compilers write it, as two bytes. */
#define OPCODE_SYSCALL 0x050f

/* tag::syscall[] */
/* Reads the instruction that raised #UD; how long it is as a system call. */
static int
syscall_length(struct vmx_thread_info *vti, vm_offset_t rip, bool *unread)
{
	uint8_t code[VMX_INSN_MAX];
	size_t n = MIN(sizeof(code), PAGE_SIZE - (rip & PAGE_MASK));
	int length;

	*unread = vmm_fetch_code(vti, rip, code, n) != 0;
	if (*unread)
		return (0);
	/* The next page counts only if the instruction goes on there. */
	length = vmx_insn_is_syscall(code, n);
	if (length < 0 &&
	    vmm_fetch_code(vti, rip + n, code + n, sizeof(code) - n) == 0)
		length = vmx_insn_is_syscall(code, sizeof(code));
	return (length);
}

/*
 * #UD: EFER.SCE is clear, so SYSCALL raises it.  So does any other opcode that
 * the processor does not know; only the bytes tell them apart.
 */
static bool
try_syscall(struct lwp *lp, struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	bool unread;
	int length;

	if (__predict_true(vti->opcode == OPCODE_SYSCALL)) {
		unread = false;
		length = 2;
	} else {
		length = syscall_length(vti, tf->tf_rip, &unread);
	}
	/* Another thread may have taken the page away since.  Then the
	 * processor says so when it comes back; but it is asked only once. */
	if (unread)
		return (vti->unfetched = !vti->unfetched);
	vti->unfetched = false;
	if (length <= 0)
		return (false);
	tf->tf_rip += length;
	/* -1 asks for this exit and nothing else; but what a process of a
	 * vkernel asks for is a system call, though there is none of -1. */
	if (tf->tf_rax == -1 && !VKERNEL_RUNS(lp)) {
		vti->flush = true;
		return (true);
	}
	tf->tf_err = length;
	tf->tf_trapno = T_FAST_SYSCALL;
	tf->tf_xflags = 0;
	/* SYSCALL destroys rcx; argument 4 is in r10. */
	tf->tf_rcx = tf->tf_r10;
	if (VKERNEL_RUNS(lp)) {
		vkernel_trap(lp, tf);
		return (true);
	}
	mycpu->gd_cnt_syscall++;
	lp->lwp_proc->p_sysent->sv_syscall(lp, tf);
	return (true);
}
/* end::syscall[] */

/* tag::exception[] */
/* Gives an exception of a vkernel's process to the vkernel. */
static bool
try_vkernel(struct lwp *lp, struct vmx_thread_info *vti, u_int vector)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	int trapno = user_trapno(vector);

	if (!VKERNEL_RUNS(lp) || trapno == 0)
		return (false);
	tf->tf_trapno = trapno;
	tf->tf_err = 0;
	if ((vti->exit.intr_info & INTR_INFO_ERROR_CODE) != 0)
		tf->tf_err = vti->exit.intr_error;
	tf->tf_addr = vector == IDT_PF ? vti->exit.qualification : 0;
	tf->tf_xflags = 0;
	vkernel_trap(lp, tf);
	return (true);
}

static void
exit_exception(struct lwp *lp, struct vmx_thread_info *vti)
{
	uint32_t info = vti->exit.intr_info, type = info & INTR_INFO_TYPE_MASK;
	u_int vector = info & INTR_INFO_VECTOR_MASK;

	if (type == INTR_INFO_TYPE_NMI) {
		__asm __volatile("int $2"); /* it is for the host */
		return;
	}
	if (vector == IDT_MC) {
		__asm __volatile("int $18"); /* likewise */
		return;
	}
	if (vector == IDT_UD && try_syscall(lp, vti))
		return;
	vti->unfetched = false;
	/* As on the bare machine: behind INT3 and the like. */
	if (type == INTR_INFO_TYPE_SW_EXCEPTION ||
	    type == INTR_INFO_TYPE_PRIV_SW_EXC)
		vti->guest.vg_frame.tf_rip += vti->exit.insn_length;
	if (vector == IDT_PF)
		mycpu->gd_cnt_fault++;
	if (!try_vkernel(lp, vti, vector))
		signal_exception(lp, vti, vector);
}
/* end::exception[] */

/* tag::cpuid[] */
/* Features that the guest has not, whatever the processor has: leaf 7, ecx. */
#define CPUID7_ECX_WAITPKG 0x00000020
#define CPUID81_EDX_RDTSCP 0x08000000

/* CPUID always exits.  The guest sees the processor, but not what VMX takes
 * away from it. */
static void
exit_cpuid(struct lwp *lp __unused, struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	uint32_t leaf = tf->tf_rax;
	u_int p[4];

	cpuid_count(leaf, tf->tf_rcx, p);
	if (leaf == 1)
		p[2] &= ~(CPUID2_VMX | CPUID2_SMX);
	if (leaf == 7 && (uint32_t)tf->tf_rcx == 0)
		p[2] &= ~CPUID7_ECX_WAITPKG;
	if (leaf == 0x80000001 &&
	    (vmx_ctls.word[VMX_CTL_PROC2] & PROC2_CTLS_RDTSCP) == 0)
		p[3] &= ~CPUID81_EDX_RDTSCP;
	tf->tf_rax = p[0];
	tf->tf_rbx = p[1];
	tf->tf_rcx = p[2];
	tf->tf_rdx = p[3];
	tf->tf_rip += vti->exit.insn_length;
}
/* end::cpuid[] */

/* It has been taken already: interrupts are on. */
static void
exit_interrupt(struct lwp *lp __unused, struct vmx_thread_info *vti __unused)
{
}

/* tag::ept[] */
/* What EPT does not show is an ordinary page fault of the process. */
static void
exit_ept_violation(struct lwp *lp, struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	struct ept_violation v;
	vm_prot_t access = VM_PROT_READ;
	int error;

	ept_decode(vti->exit.qualification, vti->exit_gpa, vti->exit_gva, &v);
	if ((v.access & VM_PROT_WRITE) != 0)
		access = VM_PROT_WRITE;
	else if ((v.access & VM_PROT_EXECUTE) != 0)
		access = VM_PROT_EXECUTE;
	mycpu->gd_cnt_fault++;
	error = v.gpa < VM_MAX_USER_ADDRESS
	    ? vm_fault(
		  lp->lwp_vmspace, trunc_page(v.gpa), access, VM_FAULT_NORMAL)
	    : EFAULT;
	if (error == 0)
		return;
	tf->tf_err = PGEX_U | (access == VM_PROT_WRITE ? PGEX_W : 0) |
	    (access == VM_PROT_EXECUTE ? PGEX_I : 0);
	tf->tf_addr = v.has_gva ? v.gva : v.gpa;
	tf->tf_trapno = T_PAGEFLT;
	user_fault_signal(lp, tf, error);
}

/* The host's fault, and a bug of it. */
static void
exit_ept_misconfig(struct lwp *lp, struct vmx_thread_info *vti)
{
	char words[144] = "no bad entry found";
	struct vmspace *vm = lp->lwp_vmspace;

	spin_lock(&vm->vm_pmap_spin);
	ept_find_misconfig(
	    &vm->vm_pmap, &vmx_caps, vti->exit_gpa, words, sizeof(words));
	spin_unlock(&vm->vm_pmap_spin);
	kprintf("%s: EPT misconfiguration at guest-physical %#lx: %s\n",
	    name_of(lp), vti->exit_gpa, words);
	end_process(lp, EXIT_REASON_EPT_MISCONFIG);
}
/* end::ept[] */

/* tag::unhandled[] */
static void
exit_unhandled(struct lwp *lp, struct vmx_thread_info *vti)
{
	uint32_t reason = vti->exit.basic;

	/* VMX instructions exit before anybody asks for the privilege level;
	 * on the bare machine a program gets #UD.  See the SDM,
	 * "Instructions That Cause VM Exits Unconditionally". */
	if ((reason >= EXIT_REASON_VMCALL && reason <= EXIT_REASON_VMXON) ||
	    reason == EXIT_REASON_INVEPT || reason == EXIT_REASON_INVVPID ||
	    reason == EXIT_REASON_GETSEC || reason == EXIT_REASON_VMFUNC) {
		vti->exit.intr_info = 0;
		if (!try_vkernel(lp, vti, IDT_UD))
			signal_exception(lp, vti, IDT_UD);
		return;
	}
	vmx_exit_explain(name_of(lp), &vti->exit);
	end_process(lp, reason);
}
/* end::unhandled[] */

/* tag::handlers[] */
typedef void exit_handler_t(struct lwp *lp, struct vmx_thread_info *vti);

static exit_handler_t *const exit_handlers[EXIT_REASON_COUNT] = {
	[EXIT_REASON_EXCEPTION_NMI] = exit_exception,
	[EXIT_REASON_EXTERNAL_INTERRUPT] = exit_interrupt,
	[EXIT_REASON_CPUID] = exit_cpuid,
	[EXIT_REASON_EPT_VIOLATION] = exit_ept_violation,
	[EXIT_REASON_EPT_MISCONFIG] = exit_ept_misconfig,
};
/* end::handlers[] */

/* tag::write[] */
/* Only what has changed since the VMCS was last written or read. */
static void
write_changes(struct vmm_cpu *cpu, struct vmx_thread_info *vti)
{
	const struct trapframe *tf = &vti->guest.vg_frame;
	struct vmx_written *w = &vti->written;

	if (w->rip != tf->tf_rip)
		vmx_write(cpu, VMCS_GUEST_RIP, w->rip = tf->tf_rip);
	if (w->rsp != tf->tf_rsp)
		vmx_write(cpu, VMCS_GUEST_RSP, w->rsp = tf->tf_rsp);
	if (w->rflags != tf->tf_rflags) {
		/* A single step that was due is due no more. */
		if (((w->rflags ^ tf->tf_rflags) & PSL_T) != 0)
			vmx_write(cpu, VMCS_GUEST_PENDING_DEBUG, 0);
		vmx_write(cpu, VMCS_GUEST_RFLAGS, w->rflags = tf->tf_rflags);
	}
	if (w->cr3 != vti->linear.cr3)
		vmx_write(cpu, VMCS_GUEST_CR3, w->cr3 = vti->linear.cr3);
	if (__predict_false(w->fsbase != vti->lwp->lwp_tls.info[0].base))
		vmx_write(cpu, VMCS_GUEST_FS_BASE,
		    w->fsbase = vti->lwp->lwp_tls.info[0].base);
	if (__predict_false(w->gsbase != vti->lwp->lwp_tls.info[1].base))
		vmx_write(cpu, VMCS_GUEST_GS_BASE,
		    w->gsbase = vti->lwp->lwp_tls.info[1].base);
	if (__predict_false(w->nofpu != vti->nofpu)) {
		w->nofpu = vti->nofpu;
		vmx_write(cpu, VMCS_GUEST_CR0, vmx_guest_cr0(vti));
	}
}

/* tag::peek[] */
/*
 * The two bytes at rip, if the last walk to its page is still good; else 0.
 * This processor still counts as inside, so no page goes meanwhile: whoever
 * takes one away waits for it.
 */
static uint16_t
peek_opcode(struct vmx_thread_info *vti, vm_offset_t rip)
{
	const struct vmm_walk *w = &vmm_walks_at(vti, rip)[VMM_WALK_EXECUTE];

	if ((rip & PAGE_MASK) == PAGE_MASK ||
	    !vmm_same_walk(&vti->linear, w, rip))
		return (0);
	return (*(const volatile uint16_t *)(w->host + (rip & PAGE_MASK)));
}
/* end::peek[] */

/* What the exit left, as far as its handler asks for it. */
static void
read_exit(struct vmm_cpu *cpu, struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	struct vmx_exit_info *exit = &vti->exit;

	exit->reason = vmx_read(cpu, VMCS_EXIT_REASON);
	exit->basic = EXIT_REASON_BASIC(exit->reason);
	exit->intr_info = 0;
	tf->tf_rip = exit->rip = vti->written.rip = vmx_read(
	    cpu, VMCS_GUEST_RIP);
	tf->tf_rsp = vti->written.rsp = vmx_read(cpu, VMCS_GUEST_RSP);
	tf->tf_rflags = vti->written.rflags = vmx_read(cpu, VMCS_GUEST_RFLAGS);
	switch (exit->basic) {
	case EXIT_REASON_EXTERNAL_INTERRUPT:
		break;
	case EXIT_REASON_EXCEPTION_NMI:
		exit->intr_info = vmx_read(cpu, VMCS_EXIT_INTR_INFO);
		if ((exit->intr_info & INTR_INFO_VECTOR_MASK) == IDT_UD) {
			vti->opcode = peek_opcode(vti, tf->tf_rip);
			break;
		}
		exit->intr_error = vmx_read(cpu, VMCS_EXIT_INTR_ERROR_CODE);
		exit->qualification = vmx_read(cpu, VMCS_EXIT_QUALIFICATION);
		exit->insn_length = vmx_read(cpu, VMCS_EXIT_INSN_LENGTH);
		break;
	case EXIT_REASON_EPT_VIOLATION:
		exit->qualification = vmx_read(cpu, VMCS_EXIT_QUALIFICATION);
		vti->exit_gpa = vmx_read(cpu, VMCS_GUEST_PHYSICAL_ADDRESS);
		vti->exit_gva = vmx_read(cpu, VMCS_GUEST_LINEAR_ADDRESS);
		break;
	default:
		exit->insn_length = vmx_read(cpu, VMCS_EXIT_INSN_LENGTH);
		exit->qualification = vmx_read(cpu, VMCS_EXIT_QUALIFICATION);
		vti->exit_gpa = vmx_read(cpu, VMCS_GUEST_PHYSICAL_ADDRESS);
		break;
	}
}
/* end::write[] */

/* tag::flush[] */
/* Drops what this processor holds and must not use any more. */
static void
flush_stale(struct vmm_cpu *cpu, struct vmx_thread_info *vti)
{
	struct vmm_proc *vmm = vti->vmm;
	struct vmm_proc_cpu *vc = &vmm->vp_cpu[mycpuid];
	u_long gen = vmm->vp_lineargen;
	bool stale;

	if (ept_sync(&vmm->vp_vmspace->vm_pmap, &vmx_caps, &vc->eptgen)) {
		cpu->invepts++;
		stale = false; /* all of its linear translations went, too */
	} else {
		stale = vc->lineargen != gen || vc->cr3 != vti->linear.cr3 ||
		    vti->flush;
	}
	vc->lineargen = gen;
	vc->cr3 = vti->linear.cr3;
	vti->flush = false;
	if (!stale || vmm->vp_vpid == 0)
		return; /* without a VPID the entry drops them */
	if ((vmx_caps.msr[VMX_CAP_EPT_VPID] & VPID_CAP_SINGLE) != 0)
		vmx_must(invvpid(1, vmm->vp_vpid, 0), "invvpid");
	else
		vmx_must(invvpid(2, 0, 0), "invvpid");
	cpu->invvpids++;
}
/* end::flush[] */

static void
count_exit(struct vmm_cpu *cpu, struct vmx_thread_info *vti)
{
	u_int reason = MIN(vti->exit.basic, EXIT_REASON_COUNT - 1);

	vti->exits[reason]++;
	cpu->exits[reason]++;
}

#ifdef INVARIANTS
/* Enters for the first time only what breaks no rule. */
static void
check_first_entry(struct lwp *lp, struct vmx_thread_info *vti)
{
	struct vmx_entry e = { name_of(lp), &vmx_caps, vti->vmcs };

	if (vmx_check_current(&e) != 0) {
		intr_enable();
		end_process(lp, 1);
	}
	vti->checked = true;
}
#endif

/* The entry did not come about: a bug of the host, which it survives. */
static void __dead2
entry_failed(
    struct lwp *lp, struct vmx_thread_info *vti, enum vmx_status status)
{
	struct vmx_entry e = { name_of(lp), &vmx_caps, vti->vmcs };
	uint32_t number = vmx_entry_explain(&e, status);

	vti->launched = false;
	intr_enable();
	end_process(lp, number != 0 ? number : 1);
}

/* tag::run[] */
/*
 * Everything that comes before the guest's next instruction, then the guest,
 * then its exit is read.  Called with interrupts off and returns with them on.
 * False: it was not entered, all begins again.
 */
static bool
run_once(struct lwp *lp, struct vmx_thread_info *vti)
{
	struct vmm_cpu *cpu = &vmm_cpus[mycpuid];
	struct vmm_proc *vmm = vti->vmm;
	struct vmm_proc_cpu *vc = &vmm->vp_cpu[mycpuid];
	vm_offset_t frame = (vm_offset_t)__builtin_frame_address(0);
	enum vmx_status status;

	if (__predict_false(cpu->current != vti) && !vmx_load_other(cpu, vti)) {
		intr_enable();
		vmx_take_over(vti);
		return (false);
	}
	write_changes(cpu, vti);
#ifdef INVARIANTS
	if (__predict_false(!vti->checked))
		check_first_entry(lp, vti);
#endif
	if (__predict_false(!vmm_enter(vmm))) {
		intr_enable();
		cpu_pause();
		return (false);
	}
	flush_stale(cpu, vti);
	vc->inside = vc->eptgen + 1;
	if (__predict_false(vmx_mitigate))
		vmx_mitigate_entry();
	/* HOST_RSP is where it was as long as this function's frame is. */
	if (__predict_true(vti->frame == frame)) {
		status = vmx_enter_same(&vti->guest, vti->launched);
	} else {
		cpu->vmwrites++;
		vti->frame = frame;
		status = vmx_enter(&vti->guest, vti->launched);
	}
	vc->inside = 0;
	if (__predict_true(status == VMX_OK))
		read_exit(cpu, vti);
	vmm_leave(vmm);
	if (__predict_false(status != VMX_OK ||
		(vti->exit.reason & EXIT_REASON_ENTRY_FAILURE) != 0))
		entry_failed(lp, vti, status);
	vti->launched = true;
	count_exit(cpu, vti);
	if (vti->exit.basic == EXIT_REASON_EXTERNAL_INTERRUPT) {
		/* Whatever comes was in user mode, for who counts ticks. */
		atomic_set_int(&mycpu->gd_reqflags, RQF_VIRTUSER);
		intr_enable();
		__asm __volatile("nop");
		atomic_clear_int(&mycpu->gd_reqflags, RQF_VIRTUSER);
	} else {
		intr_enable();
	}
	return (true);
}

/**
 * Runs the calling thread behind nested page tables until it ends or becomes
 * another program.  Called in place of a return to user mode; holds nothing.
 * @param lp	the calling thread; has its td_vmm
 */
void
vmm_vmrun(struct lwp *lp)
{
	struct thread *td = lp->lwp_thread;
	struct vmx_thread_info *vti;
	exit_handler_t *handler;

	while ((vti = td->td_vmm) != NULL) {
		trap_return_guest(&vti->guest.vg_frame); /* interrupts off */
		if (!run_once(lp, vti))
			continue;
		KTR_LOG("VM exit: reason %lu, qualification %#lx",
		    vti->exit.basic, vti->exit.qualification);
		handler = vti->exit.basic < EXIT_REASON_COUNT
		    ? exit_handlers[vti->exit.basic]
		    : NULL;
		if (handler == NULL)
			handler = exit_unhandled;
		handler(lp, vti);
		KASSERT(td->td_ntokens == 0,
		    ("vmm_vmrun: an exit returns with a token"));
	}
	user_return(cpu_user_frame(td));
}
/* end::run[] */
