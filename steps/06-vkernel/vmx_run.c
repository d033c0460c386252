/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The run loop: enter the guest, see why it came back, answer, repeat.
 *
 * Exits go through a table of small handlers.  What has no handler ends the
 * guest with a sentence; nothing a guest does ends the host.
 */
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/vmparam.h>
#include "vmm.h"
#include "vmm_copyio.h"
#include "vmx_insn.h"

/** VM exits so far, by basic reason. */
uint64_t vmx_exit_count[EXIT_REASON_COUNT];
/** INVEPTs so far. */
volatile u_long vmx_invept_count;

/**
 * Ends a process; its threads do not enter the guest any more.
 * @param p		process
 * @param end		how it ended
 * @param status	see enum guest_end
 */
void
guest_ended(struct proc *p, enum guest_end end, int status)
{
	const struct vmx_thread_info *vti = vmm_cpus[mycpuid].current;

	if (p->end != GUEST_RUNNING)
		return;
	p->end = end;
	p->status = status;
	if (vti != NULL)
		p->exit = vti->exit;
	vmm_interrupt((1UL << ncpus) - 1); /* out of the guest, or of HLT */
}

/* Goes on after the instruction that exited. */
static void
skip_instruction(struct vmx_thread_info *vti, uint32_t length)
{
	vti->guest.vg_frame.tf_rip += length;
}

/* tag::syscall[] */
/*
 * #UD: EFER.SCE is clear, so SYSCALL raises it.  So does any other opcode
 * that the processor does not know; only the bytes tell them apart.
 */
static bool
try_syscall(struct vmx_thread_info *vti)
{
	vm_offset_t rip = vti->guest.vg_frame.tf_rip;
	uint8_t code[VMX_INSN_MAX];
	size_t n = MIN(sizeof(code), PAGE_SIZE - (rip & PAGE_MASK));
	int length;

	/* Another thread may have taken the page away since.  Then the
	 * processor says so when it comes back; but it is asked only once. */
	if (vmm_fetch(&vti->linear, rip, code, n) != 0)
		return (vti->unfetched = !vti->unfetched);
	vti->unfetched = false;
	/* The next page counts only if the instruction goes on there. */
	length = vmx_insn_is_syscall(code, n);
	if (length < 0 &&
	    vmm_fetch(&vti->linear, rip + n, code + n, sizeof(code) - n) == 0)
		length = vmx_insn_is_syscall(code, sizeof(code));
	if (length <= 0)
		return (false);
	skip_instruction(vti, length);
	/* LAB 06.1 begin: find out whose system call it is */
	if (vti->vk.ve != 0)
		vkernel_trap(vti, T_FAST_SYSCALL, length, 0);
	/* -1 asks for this exit and nothing else: it has flushed the TLB. */
	else if (vti->guest.vg_frame.tf_rax != -1)
		syscall2(vti);
	/* LAB 06.1 end */
	return (true);
}
/* end::syscall[] */

/* tag::exception[] */
/* A page fault of a vkernel, or of any program, is a signal. */
static bool
segv(struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;

	tf->tf_trapno = T_PAGEFLT;
	tf->tf_err = vti->exit.intr_error;
	tf->tf_addr = vti->exit.qualification;
	return (trapsignal(vti, SIGSEGV));
}

/* An exception that nobody takes ends the guest. */
static void
exit_exception(struct vmx_thread_info *vti)
{
	uint32_t vector = vti->exit.intr_info & INTR_INFO_VECTOR_MASK;

	if ((vti->exit.intr_info & INTR_INFO_TYPE_MASK) == INTR_INFO_TYPE_NMI) {
		__asm __volatile("int $2"); /* it is for the host */
		return;
	}
	if (vector == IDT_UD && try_syscall(vti))
		return;
	vti->unfetched = false;
	/* LAB 06.2 begin: give it to the vkernel of a process, or to itself */
	if (vkernel_exception(vti, vector) || (vector == IDT_PF && segv(vti)))
		return;
	/* LAB 06.2 end */
	vmx_exit_explain(vti->proc->name, &vti->exit);
	guest_ended(vti->proc, GUEST_KILLED, vector);
}
/* end::exception[] */

/* tag::cpuid[] */
/* CPUID always exits.  The guest sees the processor, but no VMX. */
static void
exit_cpuid(struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	uint32_t leaf = tf->tf_rax;
	u_int p[4];

	cpuid_count(leaf, tf->tf_rcx, p);
	if (leaf == 1)
		p[2] &= ~(CPUID2_VMX | CPUID2_SMX);
	tf->tf_rax = p[0];
	tf->tf_rbx = p[1];
	tf->tf_rcx = p[2];
	tf->tf_rdx = p[3];
	skip_instruction(vti, vti->exit.insn_length);
}
/* end::cpuid[] */

/* It is still pending: one instruction with interrupts on lets the host take
 * it, which it has to, or the guest would never get to run again.  vmm_lock is
 * held, and none of the handlers takes a lock. */
static void
exit_interrupt(struct vmx_thread_info *vti __unused)
{
	__asm __volatile("sti; nop; cli");
}

static void
exit_timer(struct vmx_thread_info *vti)
{
	kprintf("%s: it ran for %d timer ticks; guest ended\n", vti->proc->name,
	    vti->proc->patience);
	guest_ended(vti->proc, GUEST_STUCK, 0);
}

/* tag::ept[] */
/* What EPT does not show is an ordinary page fault of the process. */
static void
exit_ept_violation(struct vmx_thread_info *vti)
{
	struct ept_violation v;
	int error;

	ept_read_violation(&v);
	error = vm_fault(&vti->proc->map, v.gpa, v.access);
	if (error == 0)
		return;
	ept_explain(vti->proc->name, vti->exit.rip, &v, error);
	guest_ended(vti->proc, GUEST_BAD_ACCESS, error);
}

static void
exit_ept_misconfig(struct vmx_thread_info *vti)
{
	ept_explain_misconfig(vti->proc->name, &vti->proc->map.pmap, &vmx_caps);
	guest_ended(vti->proc, GUEST_MISCONFIG, 0);
}
/* end::ept[] */

/* tag::unhandled[] */
static void
exit_unhandled(struct vmx_thread_info *vti)
{
	/* VMX instructions, in VMX non-root operation; see SDM, "Instructions
	 * That Cause VM Exits Unconditionally". */
	if (((vti->exit.basic >= EXIT_REASON_VMCALL &&
		 vti->exit.basic <= EXIT_REASON_VMXON) ||
		vti->exit.basic == EXIT_REASON_INVEPT ||
		vti->exit.basic == EXIT_REASON_INVVPID) &&
	    vkernel_exception(vti, IDT_UD))
		return;
	vmx_exit_explain(vti->proc->name, &vti->exit);
	guest_ended(vti->proc, GUEST_UNHANDLED, vti->exit.basic);
}
/* end::unhandled[] */

/* tag::handlers[] */
typedef void exit_handler_t(struct vmx_thread_info *vti);

static exit_handler_t *const exit_handlers[EXIT_REASON_COUNT] = {
	[EXIT_REASON_EXCEPTION_NMI] = exit_exception,
	[EXIT_REASON_EXTERNAL_INTERRUPT] = exit_interrupt,
	[EXIT_REASON_CPUID] = exit_cpuid,
	[EXIT_REASON_PREEMPTION_TIMER] = exit_timer,
	[EXIT_REASON_EPT_VIOLATION] = exit_ept_violation,
	[EXIT_REASON_EPT_MISCONFIG] = exit_ept_misconfig,
};
/* end::handlers[] */

/* tag::frame[] */
/* What the processor keeps of the frame goes into the VMCS ... */
static void
write_frame(const struct trapframe *tf)
{
	vmcs_write(VMCS_GUEST_RIP, tf->tf_rip);
	vmcs_write(VMCS_GUEST_RSP, tf->tf_rsp);
	vmcs_write(VMCS_GUEST_RFLAGS, tf->tf_rflags);
}

/* ... and comes from there. */
static void
read_frame(struct trapframe *tf)
{
	tf->tf_rip = vmcs_read(VMCS_GUEST_RIP);
	tf->tf_rsp = vmcs_read(VMCS_GUEST_RSP);
	tf->tf_rflags = vmcs_read(VMCS_GUEST_RFLAGS);
}
/* end::frame[] */

/* tag::run[] */
/* From here to vmm_leave() this processor counts as being in the guest. */
static enum vmx_status
enter_guest(struct vmx_thread_info *vti)
{
	struct proc *p = vti->proc;
	enum vmx_status status;
	u_int cpu = mycpuid;
	u_long gen __unused = p->map.pmap.pm_invgen;

	vmm_cpus[cpu].busy += rdtsc();
	/* LAB 05.3 begin: drop what is out of date, and enter */
	if (ept_sync(&p->map.pmap, &vmx_caps, &p->eptgen[cpu]))
		atomic_add_long(&vmx_invept_count, 1);
	p->inside[cpu] = p->eptgen[cpu] + 1;
	KASSERT((long)(p->eptgen[cpu] - gen) >= 0,
	    ("processor %u enters with generation %ld, but %ld is in force",
		cpu, p->eptgen[cpu], gen));
	status = vmx_enter(&vti->guest, vti->launched);
	p->inside[cpu] = 0;
	/* LAB 05.3 end */
	vmm_cpus[cpu].busy -= rdtsc();
	return (status);
}

static void
run_once(struct vmx_thread_info *vti)
{
	struct vmx_entry e = { vti->proc->name, &vmx_caps, vti->vmcs };
	exit_handler_t *handler = NULL;
	enum vmx_status status;

	write_frame(&vti->guest.vg_frame);
	spin_unlock(&vmm_lock);
	if (!vmm_enter(vti->proc)) {
		spin_lock(&vmm_lock); /* whoever wants us out has it */
		return;
	}
	status = enter_guest(vti);
	vmm_leave(vti->proc);
	spin_lock(&vmm_lock);
	if (status == VMX_OK)
		vmx_read_exit(&vti->exit);
	if (status != VMX_OK ||
	    (vti->exit.reason & EXIT_REASON_ENTRY_FAILURE) != 0) {
		guest_ended(
		    vti->proc, GUEST_NO_ENTRY, vmx_entry_explain(&e, status));
		return;
	}
	vti->launched = true;
	read_frame(&vti->guest.vg_frame);
	if (vti->exit.basic < EXIT_REASON_COUNT) {
		vmx_exit_count[vti->exit.basic]++;
		handler = exit_handlers[vti->exit.basic];
	}
	if (handler == NULL)
		handler = exit_unhandled;
	handler(vti);
}

/* Enters for the first time only what breaks no rule. */
static bool
check_first_entry(struct vmx_thread_info *vti)
{
#ifdef INVARIANTS
	struct vmx_entry e = { vti->proc->name, &vmx_caps, vti->vmcs };

	write_frame(&vti->guest.vg_frame);
	if (!vti->checked && vmx_check_current(&e) != 0) {
		guest_ended(vti->proc, GUEST_NO_ENTRY, -1);
		return (false);
	}
	vti->checked = true;
#endif
	return (vti->proc->end == GUEST_RUNNING);
}

/**
 * Runs threads of a process on this processor until it ends.  Interrupts must
 * be off; they are taken between the exit that announces one and the next
 * entry.
 * @param p	process; its end and status are set
 */
void
vmx_vmrun(struct proc *p)
{
	struct vmx_thread_info *vti;

	spin_lock(&vmm_lock);
	vmm_cpus[mycpuid].busy -= rdtsc();
	while ((vti = usched_choose(p)) != NULL) {
		vmcs_enter(vti);
		if (!check_first_entry(vti))
			break;
		while (p->end == GUEST_RUNNING && vti->state == LWP_RUN &&
		    !need_resched) {
			if (sig_pending(vti))
				postsig(vti);
			else
				run_once(vti);
		}
	}
	if (vmm_cpus[mycpuid].current != NULL)
		vmcs_leave(vmm_cpus[mycpuid].current);
	vmm_cpus[mycpuid].busy += rdtsc();
	spin_unlock(&vmm_lock);
}
/* end::run[] */
