/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Rules on guest segment registers.
 *
 * Breaking one of them makes the entry fail with exit reason 33.  From the
 * SDM's "Checks on Guest Segment Registers"; called by vmx_check.c.
 *
 * The eight registers are numbered as in a VMCS, ES first, so that one
 * predicate serves all and a rule's argument says which one.  In virtual-8086
 * mode six of them follow rules of their own, and the usual ones do not apply.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "vmx_check.h"
#include "vmx_vmcs.h"

#define SEGS   "Checks on Guest Segment Registers"
#define V86_AR 0xf3u /* present, DPL 3, writable and accessed data */

enum seg { ES, CS, SS, DS, FS, GS, LDTR, TR };

static uint32_t
selector(const struct vmx_check *c, uint32_t seg)
{
	return ((uint32_t)vmx_check_rd(c, VMCS_GUEST_ES_SELECTOR + 2 * seg));
}

static uint64_t
base(const struct vmx_check *c, uint32_t seg)
{
	return (vmx_check_rd(c, VMCS_GUEST_ES_BASE + 2 * seg));
}

static uint32_t
limit(const struct vmx_check *c, uint32_t seg)
{
	return ((uint32_t)vmx_check_rd(c, VMCS_GUEST_ES_LIMIT + 2 * seg));
}

static uint32_t
rights(const struct vmx_check *c, uint32_t seg)
{
	return ((uint32_t)vmx_check_rd(c, VMCS_GUEST_ES_AR + 2 * seg));
}

static uint32_t
type(const struct vmx_check *c, uint32_t seg)
{
	return (rights(c, seg) & SEG_AR_TYPE_MASK);
}

static uint32_t
dpl(const struct vmx_check *c, uint32_t seg)
{
	return ((rights(c, seg) & SEG_AR_DPL_MASK) >> SEG_AR_DPL_SHIFT);
}

static uint32_t
rpl(const struct vmx_check *c, uint32_t seg)
{
	return (selector(c, seg) & SELECTOR_RPL_MASK);
}

static bool
v86(const struct vmx_check *c)
{
	return (vmx_check_set(c, VMCS_GUEST_RFLAGS, PSL_VM));
}

static bool
unrestricted(const struct vmx_check *c)
{
	return (vmx_check_proc2(c, PROC2_CTLS_UNRESTRICTED_GUEST));
}

static bool
is_64bit(const struct vmx_check *c)
{
	return (vmx_check_set(c, VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA));
}

/* Do the ordinary rules apply?  CS and TR cannot be unusable. */
static bool
ruled(const struct vmx_check *c, uint32_t seg)
{
	if (seg == TR)
		return (true);
	if (seg != LDTR && v86(c))
		return (false);
	return (seg == CS || (rights(c, seg) & SEG_AR_UNUSABLE) == 0);
}

/* --- selectors and bases --- */

static bool
table_indicator(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || (selector(c, seg) & SELECTOR_TI) == 0);
}

static bool
ss_rpl(const struct vmx_check *c, uint32_t seg)
{
	return (v86(c) || unrestricted(c) || rpl(c, seg) == rpl(c, CS));
}

static bool
v86_base(const struct vmx_check *c, uint32_t seg)
{
	return (!v86(c) || base(c, seg) == (uint64_t)selector(c, seg) << 4);
}

/* TR, FS and GS always; LDTR if usable. */
static bool
base_canonical(const struct vmx_check *c, uint32_t seg)
{
	return ((seg == LDTR && !ruled(c, seg)) ||
	    vmx_check_canonical(c, base(c, seg)));
}

/* CS always; SS, DS and ES if usable. */
static bool
base_32bit(const struct vmx_check *c, uint32_t seg)
{
	return ((seg != CS && (rights(c, seg) & SEG_AR_UNUSABLE) != 0) ||
	    base(c, seg) >> 32 == 0);
}

/* --- virtual-8086 mode --- */

static bool
v86_limit(const struct vmx_check *c, uint32_t seg)
{
	return (!v86(c) || limit(c, seg) == 0xffff);
}

static bool
v86_rights(const struct vmx_check *c, uint32_t seg)
{
	return (!v86(c) || rights(c, seg) == V86_AR);
}

/* --- access rights --- */

static bool
cs_type(const struct vmx_check *c, uint32_t seg)
{
	uint32_t t = type(c, seg);

	if (!ruled(c, seg))
		return (true);
	if (t == (SEG_AR_TYPE_WRITE | SEG_AR_TYPE_ACCESSED))
		return (unrestricted(c));
	return ((t & SEG_AR_TYPE_CODE) != 0 && (t & SEG_AR_TYPE_ACCESSED) != 0);
}

/* Writable and accessed data, expanding up or down. */
static bool
ss_type(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || type(c, seg) == 3 || type(c, seg) == 7);
}

static bool
data_type(const struct vmx_check *c, uint32_t seg)
{
	uint32_t t = type(c, seg);

	if (!ruled(c, seg))
		return (true);
	return ((t & SEG_AR_TYPE_ACCESSED) != 0 &&
	    ((t & SEG_AR_TYPE_CODE) == 0 || (t & SEG_AR_TYPE_READ) != 0));
}

/* tag::tr_type[] */
static bool
tr_type(const struct vmx_check *c, uint32_t seg)
{
	return (type(c, seg) == SEG_AR_TYPE_TSS_BUSY ||
	    (type(c, seg) == SEG_AR_TYPE_TSS16_BUSY && !is_64bit(c)));
}
/* end::tr_type[] */

static bool
ldtr_type(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || type(c, seg) == SEG_AR_TYPE_LDT);
}

/* S is 1 for code and data, 0 for system segments. */
static bool
descriptor_type(const struct vmx_check *c, uint32_t seg)
{
	bool s = (rights(c, seg) & SEG_AR_S) != 0;

	return (!ruled(c, seg) || s == (seg < LDTR));
}

static bool
cs_dpl(const struct vmx_check *c, uint32_t seg)
{
	uint32_t t = type(c, seg);

	if (!ruled(c, seg))
		return (true);
	if ((t & SEG_AR_TYPE_CODE) == 0)
		return (dpl(c, seg) == 0);
	if ((t & SEG_AR_TYPE_CONFORMING) == 0)
		return (dpl(c, seg) == dpl(c, SS));
	return (dpl(c, seg) <= dpl(c, SS));
}

/* Not only for a usable SS: its DPL is the guest's privilege level. */
static bool
ss_dpl(const struct vmx_check *c, uint32_t seg)
{
	return (v86(c) || unrestricted(c) || dpl(c, seg) == rpl(c, seg));
}

static bool
ss_dpl_zero(const struct vmx_check *c, uint32_t seg)
{
	if (v86(c))
		return (true);
	if (type(c, CS) != 3 && vmx_check_set(c, VMCS_GUEST_CR0, CR0_PE))
		return (true);
	return (dpl(c, seg) == 0);
}

/* Conforming code (types 12 and up) is exempt. */
static bool
data_dpl(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || unrestricted(c) || type(c, seg) > 11 ||
	    dpl(c, seg) >= rpl(c, seg));
}

static bool
present(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || (rights(c, seg) & SEG_AR_P) != 0);
}

static bool
reserved(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || (rights(c, seg) & SEG_AR_RESERVED) == 0);
}

static bool
cs_size(const struct vmx_check *c, uint32_t seg)
{
	return (!ruled(c, seg) || !is_64bit(c) ||
	    (rights(c, seg) & (SEG_AR_L | SEG_AR_DB)) !=
		(SEG_AR_L | SEG_AR_DB));
}

/* In pages a limit ends in fff; in bytes it has no more than 20 bits. */
static bool
granularity(const struct vmx_check *c, uint32_t seg)
{
	uint32_t l = limit(c, seg);

	if (!ruled(c, seg))
		return (true);
	if ((rights(c, seg) & SEG_AR_G) != 0)
		return ((l & 0xfff) == 0xfff);
	return (l >> 20 == 0);
}

static bool
usable(const struct vmx_check *c, uint32_t seg)
{
	return ((rights(c, seg) & SEG_AR_UNUSABLE) == 0);
}

/* clang-format off */

/* Rules for ES, CS, SS, DS, FS and GS in virtual-8086 mode. */
#define V86(name, seg)							\
	{ "guest." name "_v86_base", SEGS, "in virtual-8086 mode the base " \
	    "is the selector times 16", v86_base, seg },		\
	{ "guest." name "_v86_limit", SEGS, "in virtual-8086 mode the "	\
	    "limit is ffff", v86_limit, seg },				\
	{ "guest." name "_v86_rights", SEGS, "in virtual-8086 mode the " \
	    "access rights are f3", v86_rights, seg }

/* Rules for all eight of them. */
#define COMMON(name, seg)						\
	{ "guest." name "_s", SEGS, "S is 1 for code and data, 0 for LDTR " \
	    "and TR", descriptor_type, seg },				\
	{ "guest." name "_present", SEGS, "a usable segment is present", \
	    present, seg },						\
	{ "guest." name "_reserved", SEGS, "reserved bits of the access " \
	    "rights are 0", reserved, seg },				\
	{ "guest." name "_granularity", SEGS, "G is 0 if limit bits 11:0 " \
	    "are not all 1, and 1 if bits 31:20 are not all 0",		\
	    granularity, seg }

/* Rules for DS, ES, FS and GS. */
#define DATA(name, seg)							\
	V86(name, seg),							\
	{ "guest." name "_type", SEGS, "the type is accessed, and readable " \
	    "if it is code", data_type, seg },				\
	{ "guest." name "_dpl", SEGS, "DPL is not below RPL",		\
	    data_dpl, seg },						\
	COMMON(name, seg)

#define BASE_CANONICAL(name, seg)					\
	{ "guest." name "_base", SEGS, "the base is a canonical address", \
	    base_canonical, seg }
#define BASE_32BIT(name, seg)						\
	{ "guest." name "_base", SEGS, "bits 63:32 of the base are 0",	\
	    base_32bit, seg }

static const struct vmx_check_rule rules[] = {
	{ "guest.tr_ti", SEGS, "TR's selector has TI 0",
	    table_indicator, TR },
	{ "guest.ldtr_ti", SEGS, "a usable LDTR's selector has TI 0",
	    table_indicator, LDTR },
	{ "guest.ss_rpl", SEGS, "the RPL of SS equals that of CS",
	    ss_rpl, SS },
	BASE_CANONICAL("tr", TR),
	BASE_CANONICAL("fs", FS),
	BASE_CANONICAL("gs", GS),
	BASE_CANONICAL("ldtr", LDTR),
	BASE_32BIT("cs", CS),
	BASE_32BIT("ss", SS),
	BASE_32BIT("ds", DS),
	BASE_32BIT("es", ES),
	V86("cs", CS),
	{ "guest.cs_type", SEGS, "CS is accessed code, or accessed writable "
	    "data in an unrestricted guest", cs_type, CS },
	{ "guest.cs_dpl", SEGS, "the DPL of CS fits that of SS: equal, not "
	    "above if conforming, 0 if data", cs_dpl, CS },
	{ "guest.cs_db", SEGS, "64-bit code has D/B 0", cs_size, CS },
	COMMON("cs", CS),
	V86("ss", SS),
	{ "guest.ss_type", SEGS, "a usable SS is accessed writable data",
	    ss_type, SS },
	{ "guest.ss_dpl", SEGS, "the DPL of SS equals its RPL",
	    ss_dpl, SS },
	{ "guest.ss_dpl_zero", SEGS, "the DPL of SS is 0 in real mode and "
	    "with a data segment as CS", ss_dpl_zero, SS },
	COMMON("ss", SS),
	DATA("ds", DS),
	DATA("es", ES),
	DATA("fs", FS),
	DATA("gs", GS),
	{ "guest.ldtr_type", SEGS, "a usable LDTR has type 2",
	    ldtr_type, LDTR },
	COMMON("ldtr", LDTR),
	/* tag::tr_row[] */
	{ "guest.tr_type", SEGS, "TR is a busy TSS (type 11; type 3 outside "
	    "IA-32e mode)", tr_type, TR },
	/* end::tr_row[] */
	{ "guest.tr_usable", SEGS, "TR is usable", usable, TR },
	COMMON("tr", TR),
};
/* clang-format on */

const struct vmx_check_table vmx_check_segs = { rules, nitems(rules) };
