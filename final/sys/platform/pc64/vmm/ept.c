/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * EPT is an ordinary pmap with another table of bits: everything that makes,
 * splits or removes entries is in pmap_table.c.  Here is what is EPT's own:
 * the bits, the pointer for the VMCS, and the meaning of its two exits.
 *
 * Processors before Haswell set no accessed and dirty bits.  The positions
 * are ignored by them, so software keeps its own marks there
 * (PMAP_EMULATE_AD_BITS): a page is mapped without W until it is written.
 *
 * Pure: compiled for Linux and tested there.
 */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/systm.h>
#include "ept.h"
#include "vmx_vmcs.h"

/* tag::format[] */
/** EPT's bits.  Write without read would be a misconfiguration. */
const struct pmap_format pmap_format_ept = {
	.name = "EPT",
	.bits = {
		[PG_V_IDX] = EPT_PG_R | EPT_PG_W | EPT_PG_X,
		[PG_RW_IDX] = EPT_PG_W,
		[PG_A_IDX] = EPT_PG_A,
		[PG_M_IDX] = EPT_PG_M,
		[PG_PS_IDX] = EPT_PG_PS,
		[PG_W_IDX] = EPT_PG_WIRED,
		[PG_MANAGED_IDX] = EPT_PG_MANAGED,
	},
	.prot = {
		/* LAB 02.4 begin rows: the rights of a leaf */
		[VM_PROT_READ] = EPT_PG_R,
		[VM_PROT_WRITE] = EPT_PG_R | EPT_PG_W,
		[VM_PROT_READ | VM_PROT_WRITE] = EPT_PG_R | EPT_PG_W,
		[VM_PROT_EXECUTE] = EPT_PG_R | EPT_PG_X,
		[VM_PROT_READ | VM_PROT_EXECUTE] = EPT_PG_R | EPT_PG_X,
		[VM_PROT_WRITE | VM_PROT_EXECUTE] =
		    EPT_PG_R | EPT_PG_W | EPT_PG_X,
		[VM_PROT_ALL] = EPT_PG_R | EPT_PG_W | EPT_PG_X,
		/* LAB 02.4 end */
	},
	.prot_mask = EPT_PG_R | EPT_PG_W | EPT_PG_X,
	.leaf = EPT_PG_MEMTYPE(EPTP_MEMTYPE_WB),
	.uncached = EPT_PG_MEMTYPE(EPTP_MEMTYPE_WB), /* UC is 0 */
	.table = EPT_PG_R | EPT_PG_W | EPT_PG_X,
};
/* end::format[] */

/* tag::refusal[] */
/**
 * @param caps	a processor that vmx_caps_refusal() accepts
 * @return	NULL, or why its EPT cannot be used
 */
const char *
ept_refusal(const struct vmx_caps *caps)
{
	uint64_t cap = caps->msr[VMX_CAP_EPT_VPID];

	if (!vmx_has_ept(caps))
		return ("EPT refused: this processor has VMX but no EPT; a "
			"Nehalem or later is needed");
	if ((cap & EPT_CAP_WALK_4) == 0)
		return ("EPT refused: no walk of 4 levels");
	if ((cap & EPT_CAP_MEMTYPE_WB) == 0)
		return ("EPT refused: no write-back tables");
	if ((cap & EPT_CAP_INVEPT) == 0 ||
	    (cap & (EPT_CAP_INVEPT_SINGLE | EPT_CAP_INVEPT_ALL)) == 0)
		return ("EPT refused: no INVEPT");
	return (NULL);
}
/* end::refusal[] */

/* tag::pinit[] */
/**
 * Makes an empty EPT pmap that uses what the processor has: large pages and
 * accessed and dirty bits.
 * @param pmap	filled in
 * @param caps	a processor that ept_refusal() accepts
 * @return	0 or ENOMEM
 */
int
ept_pinit(pmap_t pmap, const struct vmx_caps *caps)
{
	u_int level = PMAP_LEVEL_4K;

	if (vmx_has_ept_2m(caps))
		level = vmx_has_ept_1g(caps) ? PMAP_LEVEL_1G : PMAP_LEVEL_2M;
	return (pmap_pinit(pmap, &pmap_format_ept, level,
	    PMAP_HVM | (vmx_has_ept_ad(caps) ? 0 : PMAP_EMULATE_AD_BITS)));
}
/* end::pinit[] */

/* tag::pointer[] */
/**
 * @param pmap	made by ept_pinit()
 * @return	the value for VMCS_CTL_EPTP
 */
uint64_t
ept_pointer(pmap_t pmap)
{
	return (pmap->pm_pml4 | EPTP_MEMTYPE_WB | EPTP_WALK_4 |
	    ((pmap->pm_flags & PMAP_EMULATE_AD_BITS) != 0 ? 0 : EPTP_AD));
}
/* end::pointer[] */

/* tag::decode[] */
/* Three bits of the exit qualification as VM_PROT_*. */
static u_int
qualification_prot(uint64_t read, uint64_t write, uint64_t fetch)
{
	return ((read != 0 ? VM_PROT_READ : 0) |
	    (write != 0 ? VM_PROT_WRITE : 0) |
	    (fetch != 0 ? VM_PROT_EXECUTE : 0));
}

/**
 * Decodes an EPT violation.  SDM: "Exit Qualification for EPT Violations".
 * @param q	exit qualification
 * @param gpa	VMCS_GUEST_PHYSICAL_ADDRESS
 * @param gva	VMCS_GUEST_LINEAR_ADDRESS
 * @param v	filled in
 */
void
ept_decode(uint64_t q, vm_paddr_t gpa, vm_offset_t gva, struct ept_violation *v)
{
	/* LAB 02.7 begin: decode the exit qualification */
	v->gpa = gpa;
	v->has_gva = (q & EXIT_QUAL_EPT_LINEAR) != 0;
	v->gva = v->has_gva ? gva : 0;
	v->table_walk = v->has_gva && (q & EXIT_QUAL_EPT_FINAL) == 0;
	v->access = qualification_prot(q & EXIT_QUAL_EPT_READ,
	    q & EXIT_QUAL_EPT_WRITE, q & EXIT_QUAL_EPT_FETCH);
	v->allowed = qualification_prot(q & EXIT_QUAL_EPT_ALLOW_READ,
	    q & EXIT_QUAL_EPT_ALLOW_WRITE, q & EXIT_QUAL_EPT_ALLOW_EXECUTE);
	/* LAB 02.7 end */
}
/* end::decode[] */

static const char *const prot_words[8] = {
	[VM_PROT_NONE] = "nothing",
	[VM_PROT_READ] = "read",
	[VM_PROT_WRITE] = "write",
	[VM_PROT_READ | VM_PROT_WRITE] = "read and write",
	[VM_PROT_EXECUTE] = "fetch",
	[VM_PROT_READ | VM_PROT_EXECUTE] = "read and fetch",
	[VM_PROT_WRITE | VM_PROT_EXECUTE] = "write and fetch",
	[VM_PROT_ALL] = "read, write and fetch",
};

/**
 * Puts a violation into words.
 * @param v	a violation
 * @param buf	the words, without a full stop
 * @param size	bytes at buf; 144 suffice
 */
void
ept_describe(const struct ept_violation *v, char *buf, size_t size)
{
	char at[40] = "";

	if (v->has_gva)
		ksnprintf(at, sizeof(at), " (linear %#lx)", v->gva);
	ksnprintf(buf, size, "%s of guest-physical %#lx%s%s, allowed %s",
	    prot_words[v->access], v->gpa, at,
	    v->table_walk ? " by the page-table walk" : "",
	    prot_words[v->allowed]);
}

/* tag::misconfig[] */
/* Why a processor rejects an entry, or NULL.  SDM: "EPT Misconfigurations". */
static const char *
entry_fault(
    const struct vmx_caps *caps, pt_entry_t pte, u_int level, u_int maxlevel)
{
	bool leaf = level == PMAP_LEVEL_4K || (pte & EPT_PG_PS) != 0;
	u_int memtype = pte >> 3 & 7;
	uint64_t address = pte & X86_PG_FRAME;

	if ((pte & (EPT_PG_R | EPT_PG_W)) == EPT_PG_W)
		return ("is writable but not readable");
	if ((pte & EPT_PG_R) == 0 && !vmx_has_ept_execute_only(caps))
		return ("is executable only, which this processor lacks");
	if (address >> caps->maxphyaddr != 0)
		return ("has an address beyond the physical width");
	if (leaf && level > maxlevel)
		return ("is a large page of a size that does not exist here");
	if (leaf && (memtype == 2 || memtype == 3 || memtype == 7))
		return ("has a reserved memory type");
	if (leaf && (address & (PMAP_LEVEL_SIZE(level) - 1)) != 0)
		return ("is a large page that is not aligned");
	if (!leaf && (pte & 0xf8) != 0)
		return ("is a table entry with reserved bits set");
	return (NULL);
}
/* end::misconfig[] */

/**
 * Finds the entry that made the processor report an EPT misconfiguration.
 * @param pmap	EPT tables
 * @param caps	this processor
 * @param gpa	guest-physical address of the exit
 * @param buf	the entry and what is wrong with it, in words
 * @param size	bytes at buf; 144 suffice
 * @return	false if all entries on the way are well-formed
 */
bool
ept_find_misconfig(pmap_t pmap, const struct vmx_caps *caps, vm_paddr_t gpa,
    char *buf, size_t size)
{
	const char *fault;
	pt_entry_t *pte;
	u_int level, reached;

	for (level = PMAP_LEVEL_PML4;; level--) {
		reached = level;
		pte = pmap_pte(pmap, gpa, &reached);
		if (reached != level ||
		    (*pte & pmap->pm_format->bits[PG_V_IDX]) == 0)
			return (false);
		fault = entry_fault(caps, *pte, level, pmap->pm_maxlevel);
		if (fault != NULL) {
			ksnprintf(buf, size, "entry %#lx at level %u %s", *pte,
			    level, fault);
			return (true);
		}
		if (level == PMAP_LEVEL_4K)
			return (false);
	}
}
