/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Extended page tables: a pmap in another format, and what EPT exits mean.
 *
 * Source: Intel SDM volume 3, "The Extended Page Table Mechanism (EPT)".
 */
#ifndef _VMM_EPT_H_
#define _VMM_EPT_H_

#include <sys/types.h>
#include <machine/pmap.h>
#include "vmx_caps.h"

/* clang-format off */
/** @name Bits of an EPT entry */
/** @{ */
#define EPT_PG_R	0x001UL		/* readable */
#define EPT_PG_W	0x002UL		/* writable */
#define EPT_PG_X	0x004UL		/* executable */
#define EPT_PG_MEMTYPE(t) ((uint64_t)(t) << 3)	/* of a leaf */
#define EPT_PG_IPAT	0x040UL		/* guest's PAT does not count */
#define EPT_PG_PS	0x080UL		/* 2 MB or 1 GB page */
#define EPT_PG_A	0x100UL		/* accessed */
#define EPT_PG_M	0x200UL		/* dirty */
#define EPT_PG_WIRED	0x800UL		/* software; the CPU ignores it */
#define EPT_PG_MANAGED	(1UL << 52)	/* software; the CPU ignores it */
/** @} */
/* clang-format on */

/** An EPT violation: what the guest did, and what it was allowed. */
struct ept_violation {
	vm_paddr_t gpa;	 /**< guest-physical address */
	vm_offset_t gva; /**< linear address, if has_gva */
	bool has_gva;	 /**< there was a linear address */
	bool table_walk; /**< the access was to the guest's page table */
	u_int access;	 /**< VM_PROT_* that were wanted */
	u_int allowed;	 /**< VM_PROT_* that EPT gave */
};

/* --- ept.c --- */
extern const struct pmap_format pmap_format_ept;
const char *ept_refusal(const struct vmx_caps *caps);
int ept_pinit(pmap_t pmap, const struct vmx_caps *caps);
uint64_t ept_pointer(pmap_t pmap);
void ept_decode(uint64_t qualification, vm_paddr_t gpa, vm_offset_t gva,
    struct ept_violation *v);
void ept_describe(const struct ept_violation *v, char *buf, size_t size);
bool ept_find_misconfig(pmap_t pmap, const struct vmx_caps *caps,
    vm_paddr_t gpa, char *buf, size_t size);

/* --- vmx_ept.c --- */
bool ept_sync(pmap_t pmap, const struct vmx_caps *caps, u_long *seen);
void ept_read_violation(struct ept_violation *v);
void ept_explain(
    const char *name, uint64_t rip, const struct ept_violation *v, int error);
void ept_explain_misconfig(
    const char *name, pmap_t pmap, const struct vmx_caps *caps);

#endif
