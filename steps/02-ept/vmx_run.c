/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The run loop: enter the guest, see why it came back, answer, repeat.
 *
 * Exits go through a table of small handlers.  What has no handler ends the
 * guest with a sentence; nothing a guest does ends the host.
 */
#include <sys/errno.h>
#include <sys/syscall.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/vmparam.h>
#include "vmm.h"
#include "vmx_insn.h"

/** VM exits so far, by basic reason. */
uint64_t vmx_exit_count[EXIT_REASON_COUNT];
/** INVEPTs so far. */
uint64_t vmx_invept_count;

static void
guest_ended(struct vmx_thread_info *vti, enum guest_end end, int status)
{
	vti->end = end;
	vti->status = status;
}

/* Goes on after the instruction that exited. */
static void
skip_instruction(struct vmx_thread_info *vti, uint32_t length)
{
	vti->guest.vg_frame.tf_rip += length;
	vmcs_write(VMCS_GUEST_RIP, vti->guest.vg_frame.tf_rip);
}

static int
sys_write(struct vmx_thread_info *vti, vm_offset_t va, size_t len)
{
	const char *p;

	if (len > PAGE_SIZE)
		return (EINVAL);
	p = guest_bytes(vti, va, len);
	if (p == NULL)
		return (EFAULT);
	kprintf("%.*s", (int)len, p);
	return (0);
}

/* tag::syscall[] */
/* Number in rax, arguments in rdi, rsi, rdx; the error goes to rax. */
static void
guest_syscall(struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;

	switch (tf->tf_rax) {
	case SYS_exit:
		guest_ended(vti, GUEST_EXITED, tf->tf_rdi);
		break;
	case SYS_write:
		tf->tf_rax = sys_write(vti, tf->tf_rsi, tf->tf_rdx);
		break;
	case SYS_munmap:
		tf->tf_rax = vm_map_remove(
		    &vti->map, tf->tf_rdi, tf->tf_rdi + tf->tf_rsi);
		break;
	case SYS_mprotect:
		tf->tf_rax = vm_map_protect(&vti->map, tf->tf_rdi,
		    tf->tf_rdi + tf->tf_rsi, tf->tf_rdx & VM_PROT_ALL);
		break;
	default:
		tf->tf_rax = ENOSYS;
		break;
	}
}

/*
 * #UD: EFER.SCE is clear, so SYSCALL raises it.  So does any other opcode
 * that the processor does not know; only the bytes tell them apart.
 */
static bool
try_syscall(struct vmx_thread_info *vti)
{
	vm_offset_t rip = vti->guest.vg_frame.tf_rip;
	const uint8_t *code;
	size_t n;
	int length;

	/* As many bytes as there are, up to the longest instruction. */
	for (n = VMX_INSN_MAX; n > 0; n--)
		if ((code = guest_bytes(vti, rip, n)) != NULL)
			break;
	length = n == 0 ? 0 : vmx_insn_is_syscall(code, n);
	if (length <= 0)
		return (false);
	skip_instruction(vti, length);
	guest_syscall(vti);
	return (true);
}
/* end::syscall[] */

/* An exception that is not a system call ends the guest. */
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
	vmx_exit_explain(vti->name, &vti->exit);
	guest_ended(vti, GUEST_KILLED, vector);
}

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
 * it, which it has to, or the guest would never get to run again. */
static void
exit_interrupt(struct vmx_thread_info *vti __unused)
{
	__asm __volatile("sti; nop; cli");
}

static void
exit_timer(struct vmx_thread_info *vti)
{
	kprintf("%s: it ran for %d timer ticks; guest ended\n", vti->name,
	    GUEST_PATIENCE);
	guest_ended(vti, GUEST_STUCK, 0);
}

/* tag::ept[] */
/* What EPT does not show is an ordinary page fault of the process. */
static void
exit_ept_violation(struct vmx_thread_info *vti)
{
	struct ept_violation v;
	int error;

	/* LAB 02.6 begin: answer an EPT violation by a page fault */
	ept_read_violation(&v);
	error = vm_fault(&vti->map, v.gpa, v.access);
	if (error == 0)
		return;
	ept_explain(vti->name, vti->exit.rip, &v, error);
	guest_ended(vti, GUEST_BAD_ACCESS, error);
	/* LAB 02.6 end */
}

static void
exit_ept_misconfig(struct vmx_thread_info *vti)
{
	ept_explain_misconfig(vti->name, &vti->map.pmap, &vmx_caps);
	guest_ended(vti, GUEST_MISCONFIG, 0);
}
/* end::ept[] */

static void
exit_unhandled(struct vmx_thread_info *vti)
{
	vmx_exit_explain(vti->name, &vti->exit);
	guest_ended(vti, GUEST_UNHANDLED, vti->exit.basic);
}

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

/* tag::run[] */
static void
run_once(struct vmx_thread_info *vti)
{
	struct vmx_entry e = { vti->name, &vmx_caps, vti->vmcs };
	exit_handler_t *handler = NULL;
	enum vmx_status status;

	vmx_invept_count += ept_sync(&vti->map.pmap, &vmx_caps, &vti->eptgen);
	status = vmx_enter(&vti->guest, vti->launched);
	if (status == VMX_OK)
		vmx_read_exit(&vti->exit);
	if (status != VMX_OK ||
	    (vti->exit.reason & EXIT_REASON_ENTRY_FAILURE) != 0) {
		guest_ended(vti, GUEST_NO_ENTRY, vmx_entry_explain(&e, status));
		return;
	}
	vti->launched = true;
	vti->guest.vg_frame.tf_rip = vti->exit.rip;
	if (vti->exit.basic < EXIT_REASON_COUNT) {
		vmx_exit_count[vti->exit.basic]++;
		handler = exit_handlers[vti->exit.basic];
	}
	if (handler == NULL)
		handler = exit_unhandled;
	handler(vti);
}

/**
 * Runs a guest until it ends.  Interrupts must be off.
 * @param vti	guest whose VMCS is current; end and status are set
 */
void
vmx_vmrun(struct vmx_thread_info *vti)
{
#ifdef INVARIANTS
	struct vmx_entry e = { vti->name, &vmx_caps, vti->vmcs };

	if (vmx_check_current(&e) != 0)
		guest_ended(vti, GUEST_NO_ENTRY, -1);
#endif
	while (vti->end == GUEST_RUNNING)
		run_once(vti);
}
/* end::run[] */
