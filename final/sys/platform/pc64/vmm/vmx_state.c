/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The parts of a VMCS that are the same for every guest of ours: the host to
 * come back to, the segments of 64-bit mode in ring 3, and the fields that
 * mean "nothing special".  All act on the current VMCS.
 *
 * SDM volume 3, "Host-State Area" and "Guest-State Area".
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include "vmx_cpu.h"

/* tag::host[] */
/**
 * Writes what the processor loads at a VM exit: exactly what it has now, save
 * for RIP.  RSP is written by vmx_enter().
 * @param ctls	negotiated controls; decide whether EFER is loaded
 * @param rip	where VM exits arrive
 */
void
vmx_write_host_state(const struct vmx_ctls *ctls, vm_offset_t rip)
{
	struct region_descriptor gdtr, idtr;

	__asm __volatile("sgdt %0; sidt %1" : "=m"(gdtr), "=m"(idtr));
	/* LAB 01.4 begin: describe the host to come back to */
	vmcs_write(VMCS_HOST_CR0, rcr0());
	vmcs_write(VMCS_HOST_CR3, rcr3());
	vmcs_write(VMCS_HOST_CR4, rcr4());
	vmcs_write(VMCS_HOST_CS_SELECTOR, KCODE_SEL);
	vmcs_write(VMCS_HOST_SS_SELECTOR, KDATA_SEL);
	vmcs_write(VMCS_HOST_DS_SELECTOR, KDATA_SEL);
	vmcs_write(VMCS_HOST_ES_SELECTOR, KDATA_SEL);
	vmcs_write(VMCS_HOST_FS_SELECTOR, 0);
	vmcs_write(VMCS_HOST_GS_SELECTOR, 0);
	vmcs_write(VMCS_HOST_TR_SELECTOR, TSS_SEL);
	vmcs_write(VMCS_HOST_FS_BASE, rdmsr(MSR_FSBASE));
	vmcs_write(VMCS_HOST_GS_BASE, rdmsr(MSR_GSBASE));
	vmcs_write(VMCS_HOST_TR_BASE, gdt_tss());
	vmcs_write(VMCS_HOST_GDTR_BASE, gdtr.rd_base);
	vmcs_write(VMCS_HOST_IDTR_BASE, idtr.rd_base);
	vmcs_write(VMCS_HOST_RIP, rip);
	/* LAB 01.4 end */
	vmcs_write(VMCS_HOST_SYSENTER_CS, rdmsr(MSR_SYSENTER_CS));
	vmcs_write(VMCS_HOST_SYSENTER_ESP, rdmsr(MSR_SYSENTER_ESP));
	vmcs_write(VMCS_HOST_SYSENTER_EIP, rdmsr(MSR_SYSENTER_EIP));
	if ((ctls->word[VMX_CTL_EXIT] & EXIT_CTLS_LOAD_EFER) != 0)
		vmcs_write(VMCS_HOST_EFER, rdmsr(MSR_EFER));
}
/* end::host[] */

/* The base in the descriptor that TR was loaded from. */
static uint64_t
tr_base(const struct region_descriptor *gdtr)
{
	const uint64_t *descriptor;
	uint16_t tr;

	__asm __volatile("str %0" : "=r"(tr));
	descriptor = (const uint64_t *)(gdtr->rd_base + (tr & ~7UL));
	return ((descriptor[0] >> 16 & 0xffffff) | (descriptor[0] >> 56) << 24 |
	    descriptor[1] << 32);
}

/* tag::intact[] */
/**
 * Compares the host-state area with what the processor has now.  A base that
 * a VM exit would not bring back breaks no rule of the SDM and shows much
 * later: at the next exception, interrupt or access to per-cpu data.
 * @param name	starts every line that is printed
 * @return	number of fields that differ
 */
u_int
vmx_check_host_state(const char *name)
{
	struct region_descriptor gdtr, idtr;
	u_int differ = 0;

	__asm __volatile("sgdt %0; sidt %1" : "=m"(gdtr), "=m"(idtr));
	const struct {
		uint32_t field;
		uint64_t now;
	} host[] = {
		{ VMCS_HOST_CR3, rcr3() },
		{ VMCS_HOST_FS_BASE, rdmsr(MSR_FSBASE) },
		{ VMCS_HOST_GS_BASE, rdmsr(MSR_GSBASE) },
		{ VMCS_HOST_TR_BASE, tr_base(&gdtr) },
		{ VMCS_HOST_GDTR_BASE, gdtr.rd_base },
		{ VMCS_HOST_IDTR_BASE, idtr.rd_base },
	};

	for (u_int i = 0; i < nitems(host); i++) {
		if (vmcs_read(host[i].field) == host[i].now)
			continue;
		differ++;
		kprintf("%s: a VM exit would set the %s to %#lx, but it is "
			"%#lx\n",
		    name, vmx_field_name(host[i].field),
		    vmcs_read(host[i].field), host[i].now);
	}
	return (differ);
}
/* end::intact[] */

/* tag::segments[] */
/** A segment register as a guest has it at its start. */
struct vmx_seg {
	uint32_t index;	   /**< order of the fields: ES is 0, TR is 7 */
	uint16_t selector; /**< visible part */
	uint32_t limit;	   /**< last byte */
	uint32_t ar;	   /**< access rights, SEG_AR_* */
};

#define AR_USER                                                                \
	(SEG_AR_P | SEG_AR_S | 3 << SEG_AR_DPL_SHIFT | SEG_AR_TYPE_ACCESSED |  \
	    SEG_AR_G)
#define AR_DATA (AR_USER | SEG_AR_TYPE_WRITE | SEG_AR_DB)
#define AR_CODE (AR_USER | SEG_AR_TYPE_CODE | SEG_AR_TYPE_READ | SEG_AR_L)

/*
 * Ring 3 in 64-bit mode.  The TSS must look busy though nobody uses it; its
 * limit of 0 leaves the guest no I/O port.
 */
static const struct vmx_seg user_segs[] = {
	{ 0, UDATA_SEL, 0xffffffff, AR_DATA },		    /* ES */
	{ 1, UCODE_SEL, 0xffffffff, AR_CODE },		    /* CS */
	{ 2, UDATA_SEL, 0xffffffff, AR_DATA },		    /* SS */
	{ 3, UDATA_SEL, 0xffffffff, AR_DATA },		    /* DS */
	{ 4, UDATA_SEL, 0xffffffff, AR_DATA },		    /* FS */
	{ 5, UDATA_SEL, 0xffffffff, AR_DATA },		    /* GS */
	{ 6, 0, 0, SEG_AR_UNUSABLE },			    /* LDTR */
	{ 7, TSS_SEL, 0, SEG_AR_P | SEG_AR_TYPE_TSS_BUSY }, /* TR */
};

/** Gives the guest the segments of ring 3 in 64-bit mode, all bases 0. */
void
vmx_write_segments(void)
{
	const struct vmx_seg *s;

	for (s = user_segs; s < user_segs + nitems(user_segs); s++) {
		vmcs_write(VMCS_GUEST_ES_SELECTOR + 2 * s->index, s->selector);
		vmcs_write(VMCS_GUEST_ES_LIMIT + 2 * s->index, s->limit);
		vmcs_write(VMCS_GUEST_ES_AR + 2 * s->index, s->ar);
		vmcs_write(VMCS_GUEST_ES_BASE + 2 * s->index, 0);
	}
}
/* end::segments[] */

/* tag::idle[] */
/* Fields that are 0 for a guest at its start. */
static const uint32_t idle_fields[] = {
	VMCS_CTL_PF_ERROR_MASK,	 /* no #PF is filtered out ... */
	VMCS_CTL_PF_ERROR_MATCH, /* ... by its error code */
	VMCS_CTL_CR3_TARGET_COUNT,
	VMCS_CTL_EXIT_MSR_STORE_COUNT,
	VMCS_CTL_EXIT_MSR_LOAD_COUNT,
	VMCS_CTL_ENTRY_MSR_LOAD_COUNT,
	VMCS_CTL_ENTRY_INTR_INFO, /* nothing to inject */
	VMCS_CTL_CR0_MASK,	  /* ring 3 cannot touch CR0 and CR4 */
	VMCS_CTL_CR4_MASK,
	VMCS_GUEST_GDTR_BASE,
	VMCS_GUEST_GDTR_LIMIT,
	VMCS_GUEST_IDTR_BASE,
	VMCS_GUEST_IDTR_LIMIT,
	VMCS_GUEST_DEBUGCTL,
	VMCS_GUEST_SYSENTER_CS,
	VMCS_GUEST_SYSENTER_ESP,
	VMCS_GUEST_SYSENTER_EIP,
	VMCS_GUEST_INTERRUPTIBILITY,
	VMCS_GUEST_PENDING_DEBUG,
};

/**
 * Writes every field that has the same value in all our guests: nothing to
 * inject, no MSR lists, no shadows, active, not in a debugger's hands.
 */
void
vmx_write_idle_state(void)
{
	for (u_int i = 0; i < nitems(idle_fields); i++)
		vmcs_write(idle_fields[i], 0);
	vmcs_write(VMCS_GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmcs_write(VMCS_GUEST_DR7, 0x400); /* its value after reset */
	vmcs_write(VMCS_GUEST_LINK_POINTER, VMCS_LINK_POINTER_NONE);
}
/* end::idle[] */
