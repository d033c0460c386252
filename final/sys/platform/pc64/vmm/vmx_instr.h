/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The VMX instructions as functions.
 *
 * Each tells success from its two failures by the flags that the processor
 * leaves (SDM volume 3, "VMX Instruction Reference", section "Conventions"):
 * CF: failed without a current VMCS to report to; ZF: failed, and the error's
 * number is in the current VMCS.  The vmcs_* variants are for what cannot
 * fail in a correct kernel: they panic and name instruction, field and error.
 *
 * All need VMX root operation in ring 0, except vmxon() before it; none
 * sleeps or locks.  What they act on belongs to this processor, so callers
 * that could migrate keep themselves from it.
 */
#ifndef _VMM_VMX_INSTR_H_
#define _VMM_VMX_INSTR_H_

#include <sys/systm.h>
#include "vmx_names.h"
#include "vmx_vmcs.h"

/* tag::status[] */
/** Outcome of a VMX instruction. */
enum vmx_status {
	VMX_OK = 0,	      /**< VMsucceed */
	VMX_FAIL_INVALID = 1, /**< VMfailInvalid: no current VMCS */
	VMX_FAIL_VALID = 2,   /**< VMfailValid: see VMCS_INSTRUCTION_ERROR */
};
/* end::status[] */

/** Descriptor of INVEPT.  The SDM wants the second word to be 0. */
struct invept_desc {
	uint64_t eptp;	   /**< EPT pointer */
	uint64_t reserved; /**< zero */
};
CTASSERT(sizeof(struct invept_desc) == 16);

/** Descriptor of INVVPID. */
struct invvpid_desc {
	uint64_t vpid;	 /**< bits 15:0; the rest zero */
	uint64_t linear; /**< linear address, for type 0 */
};
CTASSERT(sizeof(struct invvpid_desc) == 16);

/** The flags that the instruction left, as an outcome. */
#define VMX_STATUS(cf, zf)                                                     \
	((cf) ? VMX_FAIL_INVALID : (zf) ? VMX_FAIL_VALID : VMX_OK)

/**
 * Enters VMX root operation.  CR0, CR4 and IA32_FEATURE_CONTROL must be as
 * the processor wants them, or it raises #GP.
 * @param region	physical address of a VMXON region: a page of its own
 *			that starts with the revision identifier
 * @return		outcome; VMX_FAIL_VALID only when already in VMX root
 */
static __inline enum vmx_status
vmxon(vm_paddr_t region)
{
	bool cf, zf;

	__asm __volatile("vmxon %2"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "m"(region)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Leaves VMX operation.
 * @return	outcome
 */
static __inline enum vmx_status
vmxoff(void)
{
	bool cf, zf;

	__asm __volatile("vmxoff" : "=@ccc"(cf), "=@ccz"(zf) : : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Writes a VMCS back to memory and makes its launch state "clear".
 * @param vmcs	physical address of its region
 * @return	outcome
 */
static __inline enum vmx_status
vmclear(vm_paddr_t vmcs)
{
	bool cf, zf;

	__asm __volatile("vmclear %2"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "m"(vmcs)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Makes a VMCS this processor's current one.
 * @param vmcs	physical address of its region
 * @return	outcome
 */
static __inline enum vmx_status
vmptrld(vm_paddr_t vmcs)
{
	bool cf, zf;

	__asm __volatile("vmptrld %2"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "m"(vmcs)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Tells which VMCS is current.
 * @param vmcs	physical address of its region; all ones for none
 * @return	outcome
 */
static __inline enum vmx_status
vmptrst(vm_paddr_t *vmcs)
{
	bool cf, zf;

	__asm __volatile("vmptrst %2"
			 : "=@ccc"(cf), "=@ccz"(zf), "=m"(*vmcs)
			 :
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Reads a field of the current VMCS.
 * @param field	VMCS_*
 * @param v	its value, set on success
 * @return	outcome
 */
static __inline enum vmx_status
vmread(uint64_t field, uint64_t *v)
{
	uint64_t value;
	bool cf, zf;

	__asm __volatile("vmread %3, %2"
			 : "=@ccc"(cf), "=@ccz"(zf), "=r"(value)
			 : "r"(field)
			 : "memory");
	if (!cf && !zf)
		*v = value;
	return (VMX_STATUS(cf, zf));
}

/* tag::vmlike[] */
/**
 * Writes a field of the current VMCS.
 * @param field	VMCS_*
 * @param v	its new value
 * @return	outcome
 */
static __inline enum vmx_status
vmwrite(uint64_t field, uint64_t v)
{
	bool cf, zf;

	__asm __volatile("vmwrite %2, %3"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "r"(v), "r"(field)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}
/* end::vmlike[] */

/**
 * Drops translations that depend on EPT.  SDM volume 3, "INVEPT -- Invalidate
 * Translations Derived from EPT".
 * @param type	1 single context, 2 all contexts
 * @param eptp	EPT pointer, for type 1
 * @return	outcome
 */
static __inline enum vmx_status
invept(uint64_t type, uint64_t eptp)
{
	struct invept_desc desc = { eptp, 0 };
	bool cf, zf;

	__asm __volatile("invept %2, %3"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "m"(desc), "r"(type)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * Drops translations that are tagged with a VPID.  SDM volume 3, "INVVPID --
 * Invalidate Translations Based on VPID".
 * @param type	0 one address, 1 one VPID, 2 all, 3 one but global pages
 * @param vpid	virtual-processor identifier, not 0 except for type 2
 * @param va	linear address, for type 0
 * @return	outcome
 */
static __inline enum vmx_status
invvpid(uint64_t type, uint16_t vpid, uint64_t va)
{
	struct invvpid_desc desc = { vpid, va };
	bool cf, zf;

	__asm __volatile("invvpid %2, %3"
			 : "=@ccc"(cf), "=@ccz"(zf)
			 : "m"(desc), "r"(type)
			 : "memory");
	return (VMX_STATUS(cf, zf));
}

/**
 * @param status	outcome of an instruction just executed
 * @return		why it failed, in words
 */
static __inline const char *
vmx_status_text(enum vmx_status status)
{
	uint64_t error = 0;

	if (status == VMX_OK)
		return ("success");
	if (status == VMX_FAIL_INVALID)
		return ("no VMCS is current");
	vmread(VMCS_INSTRUCTION_ERROR, &error);
	return (vmx_instruction_error(error)->text);
}

/**
 * Panics unless an instruction succeeded.
 * @param status	its outcome
 * @param what		its name, for the message
 */
static __inline void
vmx_must(enum vmx_status status, const char *what)
{
	if (__predict_false(status == VMX_FAIL_INVALID))
		panic("%s failed: its region is misaligned, out of reach or "
		      "of another revision, or no VMCS is current",
		    what);
	if (__predict_false(status != VMX_OK))
		panic("%s failed: %s", what, vmx_status_text(status));
}

/**
 * Reads a field that exists; panics when it does not.
 * @param field	VMCS_*
 * @return	its value
 */
static __inline uint64_t
vmcs_read(uint32_t field)
{
	uint64_t v;
	bool ok;

	/* Neither carry nor zero: one condition, since every exit reads ten
	 * fields.  Why it failed is asked for by doing it again. */
	__asm __volatile("vmread %2, %1"
			 : "=@cca"(ok), "=r"(v)
			 : "r"((uint64_t)field)
			 : "memory");
	if (__predict_false(!ok))
		panic("vmread of %s (%#x) failed: %s", vmx_field_name(field),
		    field, vmx_status_text(vmread(field, &v)));
	return (v);
}

/* tag::must[] */
/**
 * Writes a field that exists; panics when it does not.
 * @param field	VMCS_*
 * @param v	its new value
 */
static __inline void
vmcs_write(uint32_t field, uint64_t v)
{
	enum vmx_status status;

	status = vmwrite(field, v);
	if (__predict_false(status != VMX_OK))
		panic("vmwrite of %#lx to %s (%#x) failed: %s", v,
		    vmx_field_name(field), field, vmx_status_text(status));
}
/* end::must[] */

#endif
