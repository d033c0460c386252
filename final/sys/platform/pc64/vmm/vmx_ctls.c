/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Negotiation of the VMX controls, and the controls' names.
 *
 * One algorithm for all words, run on 32 bits at a time.  Unlike programs that
 * hard-code control words, it fails by naming the control and the reason for
 * which it was wanted, never by an entry that fails later.  Called by the start
 * of VMX; pure.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_ctls.h"
#include "vmx_vmcs.h"

static const char *const word_names[] = {
	[VMX_CTL_PIN] = "pin-based",
	[VMX_CTL_PROC] = "primary processor-based",
	[VMX_CTL_PROC2] = "secondary processor-based",
	[VMX_CTL_EXIT] = "VM-exit",
	[VMX_CTL_ENTRY] = "VM-entry",
	[VMX_CTL_PROC3] = "tertiary processor-based",
	[VMX_CTL_EXIT2] = "secondary VM-exit",
};

static const char *const pin_names[64] = {
	[0] = "external-interrupt exiting",
	[3] = "NMI exiting",
	[5] = "virtual NMIs",
	[6] = "activate VMX-preemption timer",
	[7] = "process posted interrupts",
};

static const char *const proc_names[64] = {
	[2] = "interrupt-window exiting",
	[3] = "use TSC offsetting",
	[7] = "HLT exiting",
	[9] = "INVLPG exiting",
	[10] = "MWAIT exiting",
	[11] = "RDPMC exiting",
	[12] = "RDTSC exiting",
	[15] = "CR3-load exiting",
	[16] = "CR3-store exiting",
	[17] = "activate tertiary controls",
	[19] = "CR8-load exiting",
	[20] = "CR8-store exiting",
	[21] = "use TPR shadow",
	[22] = "NMI-window exiting",
	[23] = "MOV-DR exiting",
	[24] = "unconditional I/O exiting",
	[25] = "use I/O bitmaps",
	[27] = "monitor trap flag",
	[28] = "use MSR bitmaps",
	[29] = "MONITOR exiting",
	[30] = "PAUSE exiting",
	[31] = "activate secondary controls",
};

static const char *const proc2_names[64] = {
	[0] = "virtualize APIC accesses",
	[1] = "enable EPT",
	[2] = "descriptor-table exiting",
	[3] = "enable RDTSCP",
	[4] = "virtualize x2APIC mode",
	[5] = "enable VPID",
	[6] = "WBINVD exiting",
	[7] = "unrestricted guest",
	[8] = "APIC-register virtualization",
	[9] = "virtual-interrupt delivery",
	[10] = "PAUSE-loop exiting",
	[11] = "RDRAND exiting",
	[12] = "enable INVPCID",
	[13] = "enable VM functions",
	[14] = "VMCS shadowing",
	[15] = "enable ENCLS exiting",
	[16] = "RDSEED exiting",
	[17] = "enable PML",
	[18] = "EPT-violation #VE",
	[19] = "conceal VMX from PT",
	[20] = "enable XSAVES/XRSTORS",
	[21] = "PASID translation",
	[22] = "mode-based execute control for EPT",
	[23] = "sub-page write permissions for EPT",
	[24] = "Intel PT uses guest physical addresses",
	[25] = "use TSC scaling",
	[26] = "enable user wait and pause",
	[27] = "enable PCONFIG",
	[28] = "enable ENCLV exiting",
	[30] = "VMM bus-lock detection",
	[31] = "instruction timeout",
};

static const char *const proc3_names[64] = {
	[0] = "LOADIWKEY exiting",
	[1] = "enable HLAT",
	[2] = "EPT paging-write control",
	[3] = "guest-paging verification",
	[4] = "IPI virtualization",
	[6] = "enable MSR-list instructions",
	[7] = "virtualize IA32_SPEC_CTRL",
};

static const char *const exit_names[64] = {
	[2] = "save debug controls",
	[9] = "host address-space size",
	[12] = "load IA32_PERF_GLOBAL_CTRL",
	[15] = "acknowledge interrupt on exit",
	[18] = "save IA32_PAT",
	[19] = "load IA32_PAT",
	[20] = "save IA32_EFER",
	[21] = "load IA32_EFER",
	[22] = "save VMX-preemption timer value",
	[23] = "clear IA32_BNDCFGS",
	[24] = "conceal VMX from PT",
	[25] = "clear IA32_RTIT_CTL",
	[26] = "clear IA32_LBR_CTL",
	[27] = "clear UINV",
	[28] = "load CET state",
	[29] = "load PKRS",
	[30] = "save IA32_PERF_GLOBAL_CTRL",
	[31] = "activate secondary controls",
};

static const char *const exit2_names[64] = {
	[0] = "save IA32_FRED",
	[1] = "load IA32_FRED",
	[3] = "prematurely busy shadow stack",
};

static const char *const entry_names[64] = {
	[2] = "load debug controls",
	[9] = "IA-32e mode guest",
	[10] = "entry to SMM",
	[11] = "deactivate dual-monitor treatment",
	[13] = "load IA32_PERF_GLOBAL_CTRL",
	[14] = "load IA32_PAT",
	[15] = "load IA32_EFER",
	[16] = "load IA32_BNDCFGS",
	[17] = "conceal VMX from PT",
	[18] = "load IA32_RTIT_CTL",
	[19] = "load UINV",
	[20] = "load CET state",
	[21] = "load guest IA32_LBR_CTL",
	[22] = "load PKRS",
	[23] = "load IA32_FRED",
};

static const char *const *const bit_names[] = {
	[VMX_CTL_PIN] = pin_names,
	[VMX_CTL_PROC] = proc_names,
	[VMX_CTL_PROC2] = proc2_names,
	[VMX_CTL_EXIT] = exit_names,
	[VMX_CTL_ENTRY] = entry_names,
	[VMX_CTL_PROC3] = proc3_names,
	[VMX_CTL_EXIT2] = exit2_names,
};
CTASSERT(nitems(bit_names) == nitems(word_names));

const char *
vmx_ctl_word_name(enum vmx_ctl_word word)
{
	return (
	    (unsigned)word < nitems(word_names) ? word_names[word] : "unknown");
}

const char *
vmx_ctl_bit_name(enum vmx_ctl_word word, unsigned bit)
{
	if ((unsigned)word >= nitems(bit_names) || bit > 63 ||
	    bit_names[word][bit] == NULL)
		return ("reserved");
	return (bit_names[word][bit]);
}

/* What the requests ask of one word. */
struct wishes {
	uint32_t one;
	uint32_t zero;
};

static bool
wants_one(const struct vmx_ctl_request *r)
{
	return (r->want == VMX_MUST_BE_1 || r->want == VMX_MAY_BE_1);
}

static bool
is_must(const struct vmx_ctl_request *r)
{
	return (r->want == VMX_MUST_BE_1 || r->want == VMX_MUST_BE_0);
}

static bool
well_formed(const struct vmx_ctl_request *r)
{
	return ((unsigned)r->word < VMX_CTL_WORDS &&
	    (unsigned)r->want <= VMX_MAY_BE_0 && r->bit != 0 &&
	    (r->bit & (r->bit - 1)) == 0);
}

/*
 * What the processor leaves open in a word.  Secondary controls exist only
 * where they can be activated; where they cannot, all of them are 0.
 */
static void
settings(const struct vmx_caps *caps, enum vmx_ctl_word word, uint32_t *must,
    uint32_t *may)
{
	*must = (uint32_t)vmx_caps_must_be_1(caps, word);
	*may = (uint32_t)vmx_caps_may_be_1(caps, word);
	if (word == VMX_CTL_PROC2 && !vmx_has_secondary(caps))
		*must = *may = 0;
}

/* tag::consider[] */
/* Note one request: granted, refused, or the reason to give up. */
static enum vmx_ctls_status
consider(const struct vmx_caps *caps, const struct vmx_ctl_request *r,
    struct wishes *w, struct vmx_ctls *out)
{
	uint32_t must, may;
	bool possible;

	if (!well_formed(r))
		return (VMX_CTLS_BAD_REQUEST);
	w += r->word;
	if (((wants_one(r) ? w->zero : w->one) & r->bit) != 0)
		return (VMX_CTLS_CONFLICT);
	settings(caps, r->word, &must, &may);
	possible = ((wants_one(r) ? may : ~must) & r->bit) != 0;
	if (wants_one(r))
		w->one |= r->bit;
	else
		w->zero |= r->bit;
	if (!possible && is_must(r))
		return (wants_one(r) ? VMX_CTLS_FIXED_0 : VMX_CTLS_FIXED_1);
	if (!is_must(r) && possible)
		out->granted[r->word] |= r->bit;
	if (!is_must(r) && !possible)
		out->refused[r->word] |= r->bit;
	return (VMX_CTLS_OK);
}
/* end::consider[] */

/* tag::choose[] */
/*
 * Choose the setting of every bit of a word:
 *
 * (a) take the allowed settings from the TRUE MSR where there is one;
 * (b) a bit with one allowed setting has that setting;
 * (c) else a bit that somebody asked for has the setting asked for;
 * (d) else a bit that the ordinary MSR insists on (default1) is 1;
 * (e) else it is 0.
 */
static uint32_t
choose(
    const struct vmx_caps *caps, enum vmx_ctl_word word, const struct wishes *w)
{
	uint32_t must, may, value;

	settings(caps, word, &must, &may);		  /* (a) */
	value = (uint32_t)vmx_caps_default_1(caps, word); /* (d), (e) */
	value = (value | w->one) & ~w->zero;		  /* (c) */
	return ((value | must) & may);			  /* (b) */
}
/* end::choose[] */

/* tag::negotiate[] */
enum vmx_ctls_status
vmx_ctls_negotiate(const struct vmx_caps *caps,
    const struct vmx_ctl_request *req, size_t n, struct vmx_ctls *out)
{
	struct wishes w[VMX_CTL_WORDS];
	enum vmx_ctls_status status;
	enum vmx_ctl_word word;

	memset(w, 0, sizeof(w));
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		status = consider(caps, &req[i], w, out);
		if (status != VMX_CTLS_OK) {
			out->failed = &req[i];
			return (status);
		}
	}
	for (word = 0; word < VMX_CTL_WORDS; word++)
		out->word[word] = choose(caps, word, &w[word]);
	if ((vmx_caps_must_be_1(caps, VMX_CTL_PROC) & PROC_CTLS_SECONDARY) == 0)
		out->word[VMX_CTL_PROC] &= ~PROC_CTLS_SECONDARY;
	if (out->word[VMX_CTL_PROC2] != 0)
		out->word[VMX_CTL_PROC] |= PROC_CTLS_SECONDARY;
	return (VMX_CTLS_OK);
}
/* end::negotiate[] */

static void
drop(const struct vmx_caps *caps, struct vmx_ctls *ctls, enum vmx_ctl_word word,
    uint32_t bit)
{
	ctls->granted[word] &= ~bit;
	ctls->refused[word] |= bit;
	ctls->word[word] &= ~bit | (uint32_t)vmx_caps_must_be_1(caps, word);
}

bool
vmx_ctls_together(const struct vmx_caps *caps, struct vmx_ctls *ctls,
    enum vmx_ctl_word word1, uint32_t bit1, enum vmx_ctl_word word2,
    uint32_t bit2)
{
	if ((ctls->granted[word1] & bit1) != 0 &&
	    (ctls->granted[word2] & bit2) != 0)
		return (true);
	drop(caps, ctls, word1, bit1);
	drop(caps, ctls, word2, bit2);
	return (false);
}

static unsigned
bit_number(uint32_t mask)
{
	unsigned bit = 0;

	while ((mask >>= 1) != 0)
		bit++;
	return (bit);
}

void
vmx_ctls_explain(enum vmx_ctls_status status, const struct vmx_ctls *ctls,
    char *buf, size_t size)
{
	static const char *const what[] = {
		[VMX_CTLS_FIXED_0] = "cannot be 1 on this processor",
		[VMX_CTLS_FIXED_1] = "cannot be 0 on this processor",
		[VMX_CTLS_CONFLICT] = "is requested both as 1 and as 0",
		[VMX_CTLS_BAD_REQUEST] = "is not a request for one bit",
	};
	const struct vmx_ctl_request *r = ctls->failed;
	unsigned bit;

	if (status == VMX_CTLS_OK || (unsigned)status >= nitems(what) ||
	    r == NULL) {
		ksnprintf(buf, size, "all VMX controls were agreed on");
		return;
	}
	bit = bit_number(r->bit);
	ksnprintf(buf, size, "%s control \"%s\" (bit %u) %s; it is needed %s",
	    vmx_ctl_word_name(r->word), vmx_ctl_bit_name(r->word, bit), bit,
	    what[status], r->why);
}
