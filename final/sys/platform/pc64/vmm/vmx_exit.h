/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the processor reports back: exit reasons, VM-instruction errors, and
 * the formats of interruption information and exit qualifications.
 *
 * Numbers only; their names and sentences are in vmx_names.c.  Included by
 * vmx_vmcs.h, and separate from it because a reader looks things up here
 * after an exit and there before an entry.
 *
 * Source: Intel SDM volume 3, "VMX Basic Exit Reasons", "VM Instruction Error
 * Numbers", "VM-Exit Information Fields" and "Exit Qualification".
 */
#ifndef _VMM_VMX_EXIT_H_
#define _VMM_VMX_EXIT_H_

/* clang-format off */

/* tag::exit_reason_field[] */
/**
 * @name Parts of the exit-reason field
 * @{
 */
/** Part of the exit-reason field. */
#define EXIT_REASON_BASIC_MASK		0x0000ffffu
#define EXIT_REASON_ENCLAVE		0x08000000u	/* in enclave mode */
#define EXIT_REASON_PENDING_MTF		0x10000000u
#define EXIT_REASON_FROM_ROOT		0x20000000u	/* SMM exit from root */
#define EXIT_REASON_ENTRY_FAILURE	0x80000000u	/* the entry failed */
#define EXIT_REASON_BASIC(r)		((r) & EXIT_REASON_BASIC_MASK)
/** @} */
/* end::exit_reason_field[] */

/* tag::exit_reasons[] */
/**
 * @name Basic exit reasons
 * Numbers 35, 38, 42 and 71 are not assigned.
 * @{
 */
/** Basic exit reason. */
#define EXIT_REASON_EXCEPTION_NMI	0u
#define EXIT_REASON_EXTERNAL_INTERRUPT	1u
#define EXIT_REASON_TRIPLE_FAULT	2u
#define EXIT_REASON_INIT		3u
#define EXIT_REASON_SIPI		4u
#define EXIT_REASON_IO_SMI		5u
#define EXIT_REASON_OTHER_SMI		6u
#define EXIT_REASON_INTERRUPT_WINDOW	7u
#define EXIT_REASON_NMI_WINDOW		8u
#define EXIT_REASON_TASK_SWITCH		9u
#define EXIT_REASON_CPUID		10u
#define EXIT_REASON_GETSEC		11u
#define EXIT_REASON_HLT			12u
#define EXIT_REASON_INVD		13u
#define EXIT_REASON_INVLPG		14u
#define EXIT_REASON_RDPMC		15u
#define EXIT_REASON_RDTSC		16u
#define EXIT_REASON_RSM			17u
#define EXIT_REASON_VMCALL		18u
#define EXIT_REASON_VMCLEAR		19u
#define EXIT_REASON_VMLAUNCH		20u
#define EXIT_REASON_VMPTRLD		21u
#define EXIT_REASON_VMPTRST		22u
#define EXIT_REASON_VMREAD		23u
#define EXIT_REASON_VMRESUME		24u
#define EXIT_REASON_VMWRITE		25u
#define EXIT_REASON_VMXOFF		26u
#define EXIT_REASON_VMXON		27u
#define EXIT_REASON_CR_ACCESS		28u
#define EXIT_REASON_MOV_DR		29u
#define EXIT_REASON_IO			30u
#define EXIT_REASON_RDMSR		31u
#define EXIT_REASON_WRMSR		32u
#define EXIT_REASON_INVALID_GUEST_STATE	33u
#define EXIT_REASON_MSR_LOADING		34u
#define EXIT_REASON_MWAIT		36u
#define EXIT_REASON_MONITOR_TRAP	37u
#define EXIT_REASON_MONITOR		39u
#define EXIT_REASON_PAUSE		40u
#define EXIT_REASON_MACHINE_CHECK	41u
#define EXIT_REASON_TPR_BELOW		43u
#define EXIT_REASON_APIC_ACCESS		44u
#define EXIT_REASON_VIRTUALIZED_EOI	45u
#define EXIT_REASON_GDTR_IDTR		46u
#define EXIT_REASON_LDTR_TR		47u
#define EXIT_REASON_EPT_VIOLATION	48u
#define EXIT_REASON_EPT_MISCONFIG	49u
#define EXIT_REASON_INVEPT		50u
#define EXIT_REASON_RDTSCP		51u
#define EXIT_REASON_PREEMPTION_TIMER	52u
#define EXIT_REASON_INVVPID		53u
#define EXIT_REASON_WBINVD		54u
#define EXIT_REASON_XSETBV		55u
#define EXIT_REASON_APIC_WRITE		56u
#define EXIT_REASON_RDRAND		57u
#define EXIT_REASON_INVPCID		58u
#define EXIT_REASON_VMFUNC		59u
#define EXIT_REASON_ENCLS		60u
#define EXIT_REASON_RDSEED		61u
#define EXIT_REASON_PML_FULL		62u
#define EXIT_REASON_XSAVES		63u
#define EXIT_REASON_XRSTORS		64u
#define EXIT_REASON_PCONFIG		65u
#define EXIT_REASON_SPP			66u
#define EXIT_REASON_UMWAIT		67u
#define EXIT_REASON_TPAUSE		68u
#define EXIT_REASON_LOADIWKEY		69u
#define EXIT_REASON_ENCLV		70u
#define EXIT_REASON_ENQCMD		72u
#define EXIT_REASON_ENQCMDS		73u
#define EXIT_REASON_BUS_LOCK		74u
#define EXIT_REASON_INSN_TIMEOUT	75u
#define EXIT_REASON_SEAMCALL		76u
#define EXIT_REASON_TDCALL		77u
#define EXIT_REASON_RDMSRLIST		78u
#define EXIT_REASON_WRMSRLIST		79u
#define EXIT_REASON_COUNT		80u	/* size of a table by reason */
/** @} */
/* end::exit_reasons[] */

/* tag::vmx_errors[] */
/**
 * @name VM-instruction errors
 * The value of VMCS_INSTRUCTION_ERROR after VMfailValid.  Numbers 14, 21 and
 * 27 are not assigned.
 * @{
 */
/** VM-instruction error number. */
#define VMX_ERROR_VMCALL_IN_ROOT	1u
#define VMX_ERROR_VMCLEAR_ADDRESS	2u
#define VMX_ERROR_VMCLEAR_VMXON		3u
#define VMX_ERROR_VMLAUNCH_NOT_CLEAR	4u
#define VMX_ERROR_VMRESUME_NOT_LAUNCHED	5u
#define VMX_ERROR_VMRESUME_AFTER_VMXOFF	6u
#define VMX_ERROR_ENTRY_CONTROLS	7u
#define VMX_ERROR_ENTRY_HOST_STATE	8u
#define VMX_ERROR_VMPTRLD_ADDRESS	9u
#define VMX_ERROR_VMPTRLD_VMXON		10u
#define VMX_ERROR_VMPTRLD_REVISION	11u
#define VMX_ERROR_UNSUPPORTED_FIELD	12u
#define VMX_ERROR_READONLY_FIELD	13u
#define VMX_ERROR_VMXON_IN_ROOT		15u
#define VMX_ERROR_ENTRY_EXECUTIVE_PTR	16u
#define VMX_ERROR_ENTRY_EXECUTIVE_STATE	17u
#define VMX_ERROR_ENTRY_EXECUTIVE_VMXON	18u
#define VMX_ERROR_VMCALL_NOT_CLEAR	19u
#define VMX_ERROR_VMCALL_EXIT_CONTROLS	20u
#define VMX_ERROR_VMCALL_MSEG_REVISION	22u
#define VMX_ERROR_VMXOFF_DUAL_MONITOR	23u
#define VMX_ERROR_VMCALL_SMM_FEATURES	24u
#define VMX_ERROR_ENTRY_EXECUTIVE_CTLS	25u
#define VMX_ERROR_ENTRY_MOV_SS		26u
#define VMX_ERROR_INVALIDATE_OPERAND	28u
#define VMX_ERROR_COUNT			29u	/* size of a table by number */
/** @} */
/* end::vmx_errors[] */

/**
 * @name Interruption information
 * Common to VMCS_CTL_ENTRY_INTR_INFO, VMCS_EXIT_INTR_INFO and
 * VMCS_IDT_VECTORING_INFO, except bit 12 (exit only).
 * @{
 */
/** Part of an interruption-information field. */
#define INTR_INFO_VECTOR_MASK		0x000000ffu
#define INTR_INFO_TYPE_MASK		0x00000700u
#define		INTR_INFO_TYPE_EXTINT		0x00000000u
#define		INTR_INFO_TYPE_RESERVED		0x00000100u
#define		INTR_INFO_TYPE_NMI		0x00000200u
#define		INTR_INFO_TYPE_HW_EXCEPTION	0x00000300u
#define		INTR_INFO_TYPE_SW_INTERRUPT	0x00000400u
#define		INTR_INFO_TYPE_PRIV_SW_EXC	0x00000500u	/* INT1 */
#define		INTR_INFO_TYPE_SW_EXCEPTION	0x00000600u	/* INT3, INTO */
#define		INTR_INFO_TYPE_OTHER		0x00000700u	/* MTF */
#define INTR_INFO_ERROR_CODE		0x00000800u	/* error code valid */
#define INTR_INFO_NMI_UNBLOCKING	0x00001000u	/* by IRET */
#define INTR_INFO_ENTRY_RESERVED	0x7ffff000u
#define INTR_INFO_VALID			0x80000000u
/** @} */

/**
 * @name Exit qualification: debug exceptions
 * @{
 */
/** Part of the exit qualification of a debug exception. */
#define EXIT_QUAL_DB_B_MASK		0x0000000full
#define EXIT_QUAL_DB_BLD		0x00000800ull
#define EXIT_QUAL_DB_BD			0x00002000ull
#define EXIT_QUAL_DB_BS			0x00004000ull
#define EXIT_QUAL_DB_RTM		0x00010000ull
/** @} */

/**
 * @name Exit qualification: task switch
 * @{
 */
/** Part of the exit qualification of a task switch. */
#define EXIT_QUAL_TASK_SELECTOR(q)	((q) & 0xffffull)
#define EXIT_QUAL_TASK_SOURCE(q)	(((q) >> 30) & 0x3ull)
#define		EXIT_QUAL_TASK_CALL		0ull
#define		EXIT_QUAL_TASK_IRET		1ull
#define		EXIT_QUAL_TASK_JMP		2ull
#define		EXIT_QUAL_TASK_GATE		3ull	/* gate in the IDT */
/** @} */

/**
 * @name Exit qualification: control-register access
 * @{
 */
/** Part of the exit qualification of a control-register access. */
#define EXIT_QUAL_CR_NUMBER(q)		((q) & 0xfull)
#define EXIT_QUAL_CR_TYPE(q)		(((q) >> 4) & 0x3ull)
#define		EXIT_QUAL_CR_MOV_TO		0ull
#define		EXIT_QUAL_CR_MOV_FROM		1ull
#define		EXIT_QUAL_CR_CLTS		2ull
#define		EXIT_QUAL_CR_LMSW		3ull
#define EXIT_QUAL_CR_LMSW_MEMORY	0x00000040ull
#define EXIT_QUAL_CR_GPR(q)		(((q) >> 8) & 0xfull)
#define EXIT_QUAL_CR_LMSW_SOURCE(q)	(((q) >> 16) & 0xffffull)
/** @} */

/**
 * @name Exit qualification: MOV to or from a debug register
 * @{
 */
/** Part of the exit qualification of a debug-register access. */
#define EXIT_QUAL_DR_NUMBER(q)		((q) & 0x7ull)
#define EXIT_QUAL_DR_MOV_FROM		0x00000010ull
#define EXIT_QUAL_DR_GPR(q)		(((q) >> 8) & 0xfull)
/** @} */

/**
 * @name Exit qualification: I/O instruction
 * @{
 */
/** Part of the exit qualification of an I/O instruction. */
#define EXIT_QUAL_IO_SIZE(q)		(((q) & 0x7ull) + 1)	/* bytes */
#define EXIT_QUAL_IO_IN			0x00000008ull
#define EXIT_QUAL_IO_STRING		0x00000010ull
#define EXIT_QUAL_IO_REP		0x00000020ull
#define EXIT_QUAL_IO_IMMEDIATE		0x00000040ull
#define EXIT_QUAL_IO_PORT(q)		(((q) >> 16) & 0xffffull)
/** @} */

/**
 * @name Exit qualification: APIC access
 * @{
 */
/** Part of the exit qualification of an APIC access. */
#define EXIT_QUAL_APIC_OFFSET(q)	((q) & 0xfffull)
#define EXIT_QUAL_APIC_TYPE(q)		(((q) >> 12) & 0xfull)
#define		EXIT_QUAL_APIC_LINEAR_READ	0ull
#define		EXIT_QUAL_APIC_LINEAR_WRITE	1ull
#define		EXIT_QUAL_APIC_LINEAR_FETCH	2ull
#define		EXIT_QUAL_APIC_LINEAR_EVENT	3ull
#define		EXIT_QUAL_APIC_PHYSICAL_EVENT	10ull
#define		EXIT_QUAL_APIC_PHYSICAL_OTHER	15ull
/** @} */

/**
 * @name Exit qualification: EPT violation
 * ALLOW_* is what the EPT entries together permitted.  LINEAR says that
 * VMCS_GUEST_LINEAR_ADDRESS is valid, FINAL that the access was to the
 * translation of that address and not to a paging-structure entry.
 * @{
 */
/** Part of the exit qualification of an EPT violation. */
#define EXIT_QUAL_EPT_READ		0x00000001ull
#define EXIT_QUAL_EPT_WRITE		0x00000002ull
#define EXIT_QUAL_EPT_FETCH		0x00000004ull
#define EXIT_QUAL_EPT_ALLOW_READ	0x00000008ull
#define EXIT_QUAL_EPT_ALLOW_WRITE	0x00000010ull
#define EXIT_QUAL_EPT_ALLOW_EXECUTE	0x00000020ull
#define EXIT_QUAL_EPT_ALLOW_USER_EXEC	0x00000040ull
#define EXIT_QUAL_EPT_LINEAR		0x00000080ull
#define EXIT_QUAL_EPT_FINAL		0x00000100ull
#define EXIT_QUAL_EPT_USER		0x00000200ull
#define EXIT_QUAL_EPT_WRITABLE_PAGE	0x00000400ull
#define EXIT_QUAL_EPT_EXECUTE_DISABLE	0x00000800ull
#define EXIT_QUAL_EPT_NMI_UNBLOCKING	0x00001000ull
#define EXIT_QUAL_EPT_SHADOW_STACK	0x00002000ull
#define EXIT_QUAL_EPT_SUPERVISOR_SS	0x00004000ull
#define EXIT_QUAL_EPT_VERIFICATION	0x00008000ull
#define EXIT_QUAL_EPT_ASYNC		0x00010000ull
/** @} */

/**
 * @name Exit qualification: entry failed on invalid guest state
 * @{
 */
/** Exit qualification of EXIT_REASON_INVALID_GUEST_STATE. */
#define EXIT_QUAL_GUEST_PDPTE		2ull
#define EXIT_QUAL_GUEST_NMI		3ull
#define EXIT_QUAL_GUEST_LINK_POINTER	4ull
/** @} */

/* clang-format on */

#endif /* _VMM_VMX_EXIT_H_ */
