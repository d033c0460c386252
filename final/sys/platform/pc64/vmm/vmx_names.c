/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Exit reasons, VM-instruction errors and exceptions in words.
 *
 * Tables by designated initialisers, so that a row cannot slip, and one
 * bounds-checked lookup for all.  Holes in a table are numbers the SDM does
 * not assign.  Called wherever a number is printed; pure.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_names.h"
#include "vmx_vmcs.h"

/* clang-format off */
static const struct vmx_name exit_reasons[EXIT_REASON_COUNT] = {
	[EXIT_REASON_EXCEPTION_NMI] = { "exception or NMI",
		"the guest raised an exception that is intercepted, or an "
		"NMI arrived" },
	[EXIT_REASON_EXTERNAL_INTERRUPT] = { "external interrupt",
		"a device or another processor interrupted" },
	[EXIT_REASON_TRIPLE_FAULT] = { "triple fault",
		"an exception could not be delivered even as a double fault" },
	[EXIT_REASON_INIT] = { "INIT signal",
		"another processor sent INIT" },
	[EXIT_REASON_SIPI] = { "start-up IPI",
		"a start-up IPI reached a guest that waits for one" },
	[EXIT_REASON_IO_SMI] = { "I/O SMI",
		"an SMI arrived right after an I/O instruction" },
	[EXIT_REASON_OTHER_SMI] = { "other SMI",
		"an SMI arrived, not caused by an I/O instruction" },
	[EXIT_REASON_INTERRUPT_WINDOW] = { "interrupt window",
		"the guest can take an interrupt now" },
	[EXIT_REASON_NMI_WINDOW] = { "NMI window",
		"the guest can take an NMI now" },
	[EXIT_REASON_TASK_SWITCH] = { "task switch",
		"the guest tried to switch tasks by hardware" },
	[EXIT_REASON_CPUID] = { "CPUID", "the guest executed CPUID" },
	[EXIT_REASON_GETSEC] = { "GETSEC", "the guest executed GETSEC" },
	[EXIT_REASON_HLT] = { "HLT", "the guest executed HLT" },
	[EXIT_REASON_INVD] = { "INVD", "the guest executed INVD" },
	[EXIT_REASON_INVLPG] = { "INVLPG", "the guest executed INVLPG" },
	[EXIT_REASON_RDPMC] = { "RDPMC", "the guest executed RDPMC" },
	[EXIT_REASON_RDTSC] = { "RDTSC", "the guest executed RDTSC" },
	[EXIT_REASON_RSM] = { "RSM", "the guest executed RSM in SMM" },
	[EXIT_REASON_VMCALL] = { "VMCALL", "the guest executed VMCALL" },
	[EXIT_REASON_VMCLEAR] = { "VMCLEAR", "the guest executed VMCLEAR" },
	[EXIT_REASON_VMLAUNCH] = { "VMLAUNCH", "the guest executed VMLAUNCH" },
	[EXIT_REASON_VMPTRLD] = { "VMPTRLD", "the guest executed VMPTRLD" },
	[EXIT_REASON_VMPTRST] = { "VMPTRST", "the guest executed VMPTRST" },
	[EXIT_REASON_VMREAD] = { "VMREAD",
		"the guest executed VMREAD of a field that is not shadowed" },
	[EXIT_REASON_VMRESUME] = { "VMRESUME", "the guest executed VMRESUME" },
	[EXIT_REASON_VMWRITE] = { "VMWRITE",
		"the guest executed VMWRITE of a field that is not shadowed" },
	[EXIT_REASON_VMXOFF] = { "VMXOFF", "the guest executed VMXOFF" },
	[EXIT_REASON_VMXON] = { "VMXON", "the guest executed VMXON" },
	[EXIT_REASON_CR_ACCESS] = { "control-register access",
		"the guest accessed CR0, CR3, CR4 or CR8" },
	[EXIT_REASON_MOV_DR] = { "MOV DR",
		"the guest moved to or from a debug register" },
	[EXIT_REASON_IO] = { "I/O instruction",
		"the guest executed IN, OUT, INS or OUTS" },
	[EXIT_REASON_RDMSR] = { "RDMSR",
		"the guest read a model-specific register" },
	[EXIT_REASON_WRMSR] = { "WRMSR",
		"the guest wrote a model-specific register" },
	[EXIT_REASON_INVALID_GUEST_STATE] = { "invalid guest state",
		"the VM entry failed: guest state breaks a rule" },
	[EXIT_REASON_MSR_LOADING] = { "MSR loading",
		"the VM entry failed: an entry of its MSR-load area is bad" },
	[EXIT_REASON_MWAIT] = { "MWAIT", "the guest executed MWAIT" },
	[EXIT_REASON_MONITOR_TRAP] = { "monitor trap flag",
		"the guest completed one instruction under the monitor trap "
		"flag" },
	[EXIT_REASON_MONITOR] = { "MONITOR", "the guest executed MONITOR" },
	[EXIT_REASON_PAUSE] = { "PAUSE",
		"the guest executed PAUSE, or too many of them in a loop" },
	[EXIT_REASON_MACHINE_CHECK] = { "machine check during entry",
		"the VM entry failed: the hardware reported an error" },
	[EXIT_REASON_TPR_BELOW] = { "TPR below threshold",
		"the guest lowered its task priority below the threshold" },
	[EXIT_REASON_APIC_ACCESS] = { "APIC access",
		"the guest touched the page of its local APIC" },
	[EXIT_REASON_VIRTUALIZED_EOI] = { "virtualized EOI",
		"the guest ended an interrupt whose vector is intercepted" },
	[EXIT_REASON_GDTR_IDTR] = { "GDTR or IDTR access",
		"the guest executed LGDT, LIDT, SGDT or SIDT" },
	[EXIT_REASON_LDTR_TR] = { "LDTR or TR access",
		"the guest executed LLDT, LTR, SLDT or STR" },
	[EXIT_REASON_EPT_VIOLATION] = { "EPT violation",
		"the EPT does not permit the access to that guest-physical "
		"address" },
	[EXIT_REASON_EPT_MISCONFIG] = { "EPT misconfiguration",
		"an EPT entry holds a combination of bits that is not "
		"allowed" },
	[EXIT_REASON_INVEPT] = { "INVEPT", "the guest executed INVEPT" },
	[EXIT_REASON_RDTSCP] = { "RDTSCP", "the guest executed RDTSCP" },
	[EXIT_REASON_PREEMPTION_TIMER] = { "preemption timer",
		"the VMX-preemption timer counted down to zero" },
	[EXIT_REASON_INVVPID] = { "INVVPID", "the guest executed INVVPID" },
	[EXIT_REASON_WBINVD] = { "WBINVD",
		"the guest executed WBINVD or WBNOINVD" },
	[EXIT_REASON_XSETBV] = { "XSETBV", "the guest executed XSETBV" },
	[EXIT_REASON_APIC_WRITE] = { "APIC write",
		"the guest wrote to its virtual-APIC page and software has to "
		"finish it" },
	[EXIT_REASON_RDRAND] = { "RDRAND", "the guest executed RDRAND" },
	[EXIT_REASON_INVPCID] = { "INVPCID", "the guest executed INVPCID" },
	[EXIT_REASON_VMFUNC] = { "VMFUNC",
		"the guest executed VMFUNC with a function that is not "
		"enabled or failed" },
	[EXIT_REASON_ENCLS] = { "ENCLS", "the guest executed ENCLS" },
	[EXIT_REASON_RDSEED] = { "RDSEED", "the guest executed RDSEED" },
	[EXIT_REASON_PML_FULL] = { "page-modification log full",
		"the log of modified pages has no room for one more" },
	[EXIT_REASON_XSAVES] = { "XSAVES",
		"the guest executed XSAVES with a component that is "
		"intercepted" },
	[EXIT_REASON_XRSTORS] = { "XRSTORS",
		"the guest executed XRSTORS with a component that is "
		"intercepted" },
	[EXIT_REASON_PCONFIG] = { "PCONFIG", "the guest executed PCONFIG" },
	[EXIT_REASON_SPP] = { "sub-page permission event",
		"a sub-page permission table was missing or malformed" },
	[EXIT_REASON_UMWAIT] = { "UMWAIT", "the guest executed UMWAIT" },
	[EXIT_REASON_TPAUSE] = { "TPAUSE", "the guest executed TPAUSE" },
	[EXIT_REASON_LOADIWKEY] = { "LOADIWKEY",
		"the guest executed LOADIWKEY" },
	[EXIT_REASON_ENCLV] = { "ENCLV", "the guest executed ENCLV" },
	[EXIT_REASON_ENQCMD] = { "ENQCMD",
		"the PASID of an ENQCMD could not be translated" },
	[EXIT_REASON_ENQCMDS] = { "ENQCMDS",
		"the PASID of an ENQCMDS could not be translated" },
	[EXIT_REASON_BUS_LOCK] = { "bus lock",
		"the guest locked the bus" },
	[EXIT_REASON_INSN_TIMEOUT] = { "instruction timeout",
		"the guest let no event through for too long" },
	[EXIT_REASON_SEAMCALL] = { "SEAMCALL",
		"the guest executed SEAMCALL" },
	[EXIT_REASON_TDCALL] = { "TDCALL", "the guest executed TDCALL" },
	[EXIT_REASON_RDMSRLIST] = { "RDMSRLIST",
		"the guest read a list of model-specific registers" },
	[EXIT_REASON_WRMSRLIST] = { "WRMSRLIST",
		"the guest wrote a list of model-specific registers" },
};

static const struct vmx_name instruction_errors[VMX_ERROR_COUNT] = {
	[0] = { "no error", "no VMX instruction has failed" },
	[VMX_ERROR_VMCALL_IN_ROOT] = { "VMCALL in VMX root operation",
		"VMCALL was executed by the host, which has no one to call" },
	[VMX_ERROR_VMCLEAR_ADDRESS] = { "VMCLEAR with invalid address",
		"the address is not aligned to 4 KB or too wide" },
	[VMX_ERROR_VMCLEAR_VMXON] = { "VMCLEAR with VMXON pointer",
		"the VMXON region was given in place of a VMCS" },
	[VMX_ERROR_VMLAUNCH_NOT_CLEAR] = { "VMLAUNCH with non-clear VMCS",
		"this VMCS was launched already: use VMRESUME, or VMCLEAR "
		"before VMLAUNCH" },
	[VMX_ERROR_VMRESUME_NOT_LAUNCHED] = { "VMRESUME with non-launched VMCS",
		"this VMCS was not launched since its VMCLEAR: use VMLAUNCH" },
	[VMX_ERROR_VMRESUME_AFTER_VMXOFF] = { "VMRESUME after VMXOFF",
		"VMXOFF and VMXON came between VMLAUNCH and VMRESUME" },
	[VMX_ERROR_ENTRY_CONTROLS] = { "entry with invalid control fields",
		"a control field breaks a rule; nothing of the guest was "
		"looked at" },
	[VMX_ERROR_ENTRY_HOST_STATE] = { "entry with invalid host state",
		"a host-state field breaks a rule; nothing of the guest was "
		"looked at" },
	[VMX_ERROR_VMPTRLD_ADDRESS] = { "VMPTRLD with invalid address",
		"the address is not aligned to 4 KB or too wide" },
	[VMX_ERROR_VMPTRLD_VMXON] = { "VMPTRLD with VMXON pointer",
		"the VMXON region was given in place of a VMCS" },
	[VMX_ERROR_VMPTRLD_REVISION] = { "VMPTRLD with wrong revision",
		"the first word of the region is not the processor's VMCS "
		"revision identifier" },
	[VMX_ERROR_UNSUPPORTED_FIELD] = { "unsupported VMCS field",
		"VMREAD or VMWRITE named a field that this processor does not "
		"have" },
	[VMX_ERROR_READONLY_FIELD] = { "VMWRITE to a read-only field",
		"only the processor writes that field" },
	[VMX_ERROR_VMXON_IN_ROOT] = { "VMXON in VMX root operation",
		"VMX is on already on this processor" },
	[VMX_ERROR_ENTRY_EXECUTIVE_PTR] = {
		"entry with invalid executive-VMCS pointer",
		"the address in that field is not that of a VMCS" },
	[VMX_ERROR_ENTRY_EXECUTIVE_STATE] = {
		"entry with non-launched executive VMCS",
		"the executive VMCS has not been launched" },
	[VMX_ERROR_ENTRY_EXECUTIVE_VMXON] = {
		"entry with executive-VMCS pointer not VMXON pointer",
		"the dual-monitor treatment cannot be left with that "
		"pointer" },
	[VMX_ERROR_VMCALL_NOT_CLEAR] = { "VMCALL with non-clear VMCS",
		"the dual-monitor treatment needs a clear VMCS to start" },
	[VMX_ERROR_VMCALL_EXIT_CONTROLS] = {
		"VMCALL with invalid VM-exit control fields",
		"the dual-monitor treatment cannot start with those" },
	[VMX_ERROR_VMCALL_MSEG_REVISION] = {
		"VMCALL with wrong MSEG revision",
		"the SMM monitor's header is of another revision" },
	[VMX_ERROR_VMXOFF_DUAL_MONITOR] = {
		"VMXOFF under dual-monitor treatment",
		"the SMM monitor has to be deactivated first" },
	[VMX_ERROR_VMCALL_SMM_FEATURES] = {
		"VMCALL with invalid SMM-monitor features",
		"the SMM monitor's header asks for what this processor lacks" },
	[VMX_ERROR_ENTRY_EXECUTIVE_CTLS] = {
		"entry with invalid executive-VMCS controls",
		"the execution controls in the executive VMCS break a rule" },
	[VMX_ERROR_ENTRY_MOV_SS] = { "entry blocked by MOV SS",
		"VMLAUNCH or VMRESUME came right after a load of SS" },
	[VMX_ERROR_INVALIDATE_OPERAND] = {
		"invalid operand to INVEPT or INVVPID",
		"the type is not supported or the descriptor is malformed" },
};

static const struct vmx_name exceptions[32] = {
	[0] = { "#DE", "divide error" },
	[1] = { "#DB", "debug exception" },
	[2] = { "NMI", "non-maskable interrupt" },
	[3] = { "#BP", "breakpoint" },
	[4] = { "#OF", "overflow" },
	[5] = { "#BR", "bound range exceeded" },
	[6] = { "#UD", "invalid opcode" },
	[7] = { "#NM", "device not available" },
	[8] = { "#DF", "double fault" },
	[9] = { "#MF9", "coprocessor segment overrun" },
	[10] = { "#TS", "invalid TSS" },
	[11] = { "#NP", "segment not present" },
	[12] = { "#SS", "stack-segment fault" },
	[13] = { "#GP", "general protection" },
	[14] = { "#PF", "page fault" },
	[16] = { "#MF", "x87 floating-point error" },
	[17] = { "#AC", "alignment check" },
	[18] = { "#MC", "machine check" },
	[19] = { "#XM", "SIMD floating-point error" },
	[20] = { "#VE", "virtualization exception" },
	[21] = { "#CP", "control protection" },
};
/* clang-format on */

/* Numbers inside a table that it does not name, and numbers beyond it. */
static const struct vmx_name reserved = { "reserved",
	"the SDM does not assign this number" };
static const struct vmx_name unknown = { "unknown",
	"this number is newer than this program" };
static const struct vmx_name no_exception = { "vector", "not an exception" };

static const struct vmx_name *
lookup(const struct vmx_name *table, size_t count, uint32_t number)
{
	if (number >= count)
		return (&unknown);
	return (table[number].name != NULL ? &table[number] : &reserved);
}

const struct vmx_name *
vmx_exit_reason(uint32_t reason)
{
	return (lookup(
	    exit_reasons, nitems(exit_reasons), EXIT_REASON_BASIC(reason)));
}

const struct vmx_name *
vmx_instruction_error(uint32_t error)
{
	return (lookup(instruction_errors, nitems(instruction_errors), error));
}

const struct vmx_name *
vmx_exception(uint32_t vector)
{
	if (vector >= nitems(exceptions))
		return (&no_exception);
	return (lookup(exceptions, nitems(exceptions), vector));
}

const char *
vmx_intr_type(uint32_t info)
{
	static const char *const types[] = {
		"external interrupt",
		"reserved type",
		"NMI",
		"hardware exception",
		"software interrupt",
		"privileged software exception",
		"software exception",
		"other event",
	};

	return (types[(info & INTR_INFO_TYPE_MASK) >> 8]);
}
