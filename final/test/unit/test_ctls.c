/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control negotiation against the capability MSRs of many processors.
 *
 * Expected words are worked out by hand from the MSRs: start with the low half
 * of the ordinary MSR (default1), add what is wanted, take away what is not,
 * then force what the low half of the TRUE MSR insists on.  A second test
 * checks, for every processor, properties that any right answer has.
 */
#include "vector.h"
#include "vmx_ctls.h"
#include "vmx_vmcs.h"

#define MUST1(w, b)                                                            \
	{                                                                      \
		VMX_CTL_##w, VMX_MUST_BE_1, b, "for the test"                  \
	}
#define MAY1(w, b)                                                             \
	{                                                                      \
		VMX_CTL_##w, VMX_MAY_BE_1, b, "for the test"                   \
	}
#define MUST0(w, b)                                                            \
	{                                                                      \
		VMX_CTL_##w, VMX_MUST_BE_0, b, "for the test"                  \
	}
#define MAY0(w, b)                                                             \
	{                                                                      \
		VMX_CTL_##w, VMX_MAY_BE_0, b, "for the test"                   \
	}

/* As little as a guest in ring 3 needs: any processor with VMX can. */
static const struct vmx_ctl_request small[] = {
	MUST1(PIN, PIN_CTLS_EXTINT_EXITING),
	MUST1(PIN, PIN_CTLS_NMI_EXITING),
	MUST1(PROC, PROC_CTLS_HLT_EXITING),
	MUST1(EXIT, EXIT_CTLS_HOST_LMA),
	MUST1(ENTRY, ENTRY_CTLS_GUEST_LMA),
	MUST0(ENTRY, ENTRY_CTLS_SMM),
};

/* The vkernel of the final system: EPT and EFER; the rest if possible. */
static const struct vmx_ctl_request full[] = {
	MUST1(PIN, PIN_CTLS_EXTINT_EXITING),
	MUST1(PIN, PIN_CTLS_NMI_EXITING),
	MAY1(PIN, PIN_CTLS_PREEMPTION_TIMER),
	MAY0(PROC, PROC_CTLS_CR3_LOAD_EXITING),
	MAY0(PROC, PROC_CTLS_CR3_STORE_EXITING),
	MUST1(PROC2, PROC2_CTLS_EPT),
	MAY1(PROC2, PROC2_CTLS_VPID),
	MAY1(PROC2, PROC2_CTLS_INVPCID),
	MUST1(EXIT, EXIT_CTLS_HOST_LMA),
	MUST1(EXIT, EXIT_CTLS_SAVE_EFER),
	MUST1(EXIT, EXIT_CTLS_LOAD_EFER),
	MAY0(EXIT, EXIT_CTLS_SAVE_DEBUG),
	MUST1(ENTRY, ENTRY_CTLS_GUEST_LMA),
	MUST1(ENTRY, ENTRY_CTLS_LOAD_EFER),
	MAY0(ENTRY, ENTRY_CTLS_LOAD_DEBUG),
};

/* Wishes that go against what some processors fix: the processor wins. */
static const struct vmx_ctl_request against[] = {
	MAY0(PROC, PROC_CTLS_CR3_LOAD_EXITING),
	MAY0(ENTRY, ENTRY_CTLS_LOAD_DEBUG),
	MAY1(PROC2, PROC2_CTLS_PML),
};

struct expected {
	const char *name;
	const struct vmx_ctl_request *req;
	size_t n;
	enum vmx_ctls_status status;
	uint32_t word[VMX_CTL_WORDS]; /* pin, proc, proc2, exit, entry */
	uint32_t refused[VMX_CTL_WORDS];
	const char *words; /* part of the explanation */
};

static const struct expected expected[] = {
	{ "real-core2-t5600", small, nitems(small), VMX_CTLS_OK,
	    { 0x1f, 0x0401e1f2, 0, 0x36fff, 0x13ff }, { 0 }, "agreed" },
	{ "real-core2-t9600", small, nitems(small), VMX_CTLS_OK,
	    { 0x1f, 0x0401e1f2, 0, 0x36fff, 0x13ff }, { 0 }, "agreed" },
	{ "real-i7-4770", small, nitems(small), VMX_CTLS_OK,
	    { 0x1f, 0x0401e1f2, 0, 0x36fff, 0x13ff }, { 0 }, "agreed" },
	{ "bochs-penryn", small, nitems(small), VMX_CTLS_OK,
	    { 0x1f, 0x0401e1f2, 0, 0x36fff, 0x13ff }, { 0 }, "agreed" },
	{ "bochs-tigerlake", small, nitems(small), VMX_CTLS_OK,
	    { 0x1f, 0x0401e1f2, 0, 0x36fff, 0x13ff }, { 0 }, "agreed" },
	{ "real-core2-t5600", full, nitems(full), VMX_CTLS_FIXED_0, { 0 },
	    { 0 },
	    "secondary processor-based control \"enable EPT\" (bit 1) "
	    "cannot be 1 on this processor; it is needed for the test" },
	{ "real-core2-t9600", full, nitems(full), VMX_CTLS_FIXED_0, { 0 },
	    { 0 }, "\"enable EPT\"" },
	{ "bochs-penryn", full, nitems(full), VMX_CTLS_FIXED_0, { 0 }, { 0 },
	    "\"enable EPT\"" },
	{ "real-core2-t9600", against, nitems(against), VMX_CTLS_OK,
	    { 0x16, 0x0401e172, 0, 0x36dff, 0x11ff },
	    { 0, 0x8000, 0x20000, 0, 0x4 }, "agreed" },
	{ "real-i7-4770", against, nitems(against), VMX_CTLS_OK,
	    { 0x16, 0x04016172, 0, 0x36dff, 0x11fb }, { 0, 0, 0x20000, 0, 0 },
	    "agreed" },
	{ "real-i7-6700k", against, nitems(against), VMX_CTLS_OK,
	    { 0x16, 0x84016172, 0x20000, 0x36dff, 0x11fb }, { 0 }, "agreed" },
	{ "bochs-lynnfield", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x22, 0x336ffb, 0x93fb },
	    { 0, 0, 0x1000, 0, 0 }, "agreed" },
	{ "real-i7-2600", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x22, 0x336ffb, 0x93fb },
	    { 0, 0, 0x1000, 0, 0 }, "agreed" },
	{ "bochs-sandybridge", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x22, 0x336ffb, 0x93fb },
	    { 0, 0, 0x1000, 0, 0 }, "agreed" },
	{ "real-i7-4770", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x1022, 0x336ffb, 0x93fb }, { 0 }, "agreed" },
	{ "bochs-haswell", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x1022, 0x336ffb, 0x93fb }, { 0 }, "agreed" },
	{ "real-xeon-6252n", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x1022, 0x336ffb, 0x93fb }, { 0 }, "agreed" },
	{ "bochs-icelake", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x1022, 0x336ffb, 0x93fb }, { 0 }, "agreed" },
	{ "bochs-tigerlake", full, nitems(full), VMX_CTLS_OK,
	    { 0x5f, 0x84006172, 0x1022, 0x336ffb, 0x93fb }, { 0 }, "agreed" },
};

static void
by_hand(void **state)
{
	const struct expected *e;
	struct vmx_caps caps;
	struct vmx_ctls out;
	char text[256];

	(void)state;
	for (size_t i = 0; i < nitems(expected); i++) {
		e = &expected[i];
		vector_load(e->name, &caps);
		print_message("# %s\n", e->name);
		assert_int_equal(
		    vmx_ctls_negotiate(&caps, e->req, e->n, &out), e->status);
		vmx_ctls_explain(e->status, &out, text, sizeof(text));
		assert_non_null(strstr(text, e->words));
		if (e->status != VMX_CTLS_OK)
			continue;
		for (unsigned w = 0; w < VMX_CTL_WORDS; w++) {
			assert_int_equal(out.word[w], e->word[w]);
			assert_int_equal(out.refused[w], e->refused[w]);
		}
	}
}

/* Does the answer keep to the MSRs? */
static void
check_answer_words(const struct vmx_caps *caps, const struct vmx_ctls *out)
{
	static const unsigned msr[VMX_CTL_WORDS][2] = {
		{ 0x481, 0x48d },
		{ 0x482, 0x48e },
		{ 0x48b, 0x48b },
		{ 0x483, 0x48f },
		{ 0x484, 0x490 },
	};
	bool is_true = (caps->msr[0] >> 55 & 1) != 0;
	uint64_t limits;

	for (unsigned w = 0; w < VMX_CTL_WORDS; w++) {
		limits = caps->msr[msr[w][is_true] - 0x480];
		assert_int_equal(
		    out->word[w] & (uint32_t)limits, (uint32_t)limits);
		assert_int_equal(out->word[w] & ~(uint32_t)(limits >> 32), 0);
		assert_int_equal(out->granted[w] & out->refused[w], 0);
	}
}

/* And to the requests? */
static void
check_answer(const struct vmx_caps *caps, const struct vmx_ctl_request *req,
    size_t n, const struct vmx_ctls *out)
{
	bool one;

	check_answer_words(caps, out);
	for (size_t i = 0; i < n; i++) {
		one = req[i].want == VMX_MUST_BE_1 ||
		    req[i].want == VMX_MAY_BE_1;
		if ((out->refused[req[i].word] & req[i].bit) != 0)
			continue;
		assert_int_equal(
		    (out->word[req[i].word] & req[i].bit) != 0, one);
	}
	assert_int_equal(
	    out->word[VMX_CTL_PROC] >> 31, out->word[VMX_CTL_PROC2] != 0);
}

static void
every_processor(void **state)
{
	struct vmx_caps caps;
	struct vmx_ctls out;

	(void)state;
	for (size_t v = 0; vector_name(v) != NULL; v++) {
		vector_load(vector_name(v), &caps);
		if (!vector_has_vmx(&caps))
			continue;
		assert_int_equal(
		    vmx_ctls_negotiate(&caps, small, nitems(small), &out),
		    VMX_CTLS_OK);
		check_answer(&caps, small, nitems(small), &out);
		if (vmx_ctls_negotiate(&caps, full, nitems(full), &out) ==
		    VMX_CTLS_OK)
			check_answer(&caps, full, nitems(full), &out);
		else
			assert_true(out.failed >= full &&
			    out.failed < full + nitems(full));
		assert_int_equal(
		    vmx_ctls_negotiate(&caps, NULL, 0, &out), VMX_CTLS_OK);
		check_answer(&caps, NULL, 0, &out);
	}
}

/* Single requests with the status they must give. */
static void
single(const char *name, struct vmx_ctl_request r, enum vmx_ctls_status want)
{
	struct vmx_caps caps;
	struct vmx_ctls out;

	vector_load(name, &caps);
	assert_int_equal(vmx_ctls_negotiate(&caps, &r, 1, &out), want);
	if (want != VMX_CTLS_OK)
		assert_ptr_equal(out.failed, &r);
}

#define R(...) ((struct vmx_ctl_request)__VA_ARGS__)

static void
fixed_settings(void **state)
{
	(void)state;
	/* CR3 exiting can be 0 only where the TRUE MSRs say so. */
	single("real-core2-t9600", R(MUST0(PROC, PROC_CTLS_CR3_LOAD_EXITING)),
	    VMX_CTLS_FIXED_1);
	single("real-i7-2600", R(MUST0(PROC, PROC_CTLS_CR3_LOAD_EXITING)),
	    VMX_CTLS_OK);
	single("real-core2-t9600", R(MAY0(PROC, PROC_CTLS_CR3_LOAD_EXITING)),
	    VMX_CTLS_OK);
	/* Bit 1 of the pin-based controls is 1 everywhere. */
	single("real-i7-4770", R(MUST0(PIN, 0x2)), VMX_CTLS_FIXED_1);
	/* Tertiary controls came later than any of these. */
	single("real-xeon-6252n", R(MUST1(PROC, PROC_CTLS_TERTIARY)),
	    VMX_CTLS_FIXED_0);
	/* A real Haswell has no virtual-interrupt delivery; Bochs' has. */
	single("real-i7-4770", R(MUST1(PROC2, PROC2_CTLS_VIRT_INT_DELIVERY)),
	    VMX_CTLS_FIXED_0);
	single("bochs-haswell", R(MUST1(PROC2, PROC2_CTLS_VIRT_INT_DELIVERY)),
	    VMX_CTLS_OK);
	single("real-core2-t5600", R(MAY1(PROC2, PROC2_CTLS_EPT)), VMX_CTLS_OK);
}

static void
bad_requests(void **state)
{
	static const struct vmx_ctl_request conflict[] = {
		MAY1(PROC, PROC_CTLS_HLT_EXITING),
		MUST0(PROC, PROC_CTLS_HLT_EXITING),
	};
	static const struct vmx_ctl_request twice[] = {
		MUST1(PROC, PROC_CTLS_HLT_EXITING),
		MAY1(PROC, PROC_CTLS_HLT_EXITING),
	};
	struct vmx_caps caps;
	struct vmx_ctls out;
	char text[256];

	(void)state;
	single("real-i7-4770", R(MUST1(PIN, 0)), VMX_CTLS_BAD_REQUEST);
	single("real-i7-4770", R(MUST1(PIN, 0x9)), VMX_CTLS_BAD_REQUEST);
	single("real-i7-4770", R(MUST1(PROC3, 0x1)), VMX_CTLS_BAD_REQUEST);
	vector_load("real-i7-4770", &caps);
	assert_int_equal(
	    vmx_ctls_negotiate(&caps, conflict, 2, &out), VMX_CTLS_CONFLICT);
	assert_ptr_equal(out.failed, &conflict[1]);
	vmx_ctls_explain(VMX_CTLS_CONFLICT, &out, text, sizeof(text));
	assert_string_equal(text,
	    "primary processor-based control \"HLT "
	    "exiting\" (bit 7) is requested both as 1 and as 0; it is needed "
	    "for the test");
	assert_int_equal(
	    vmx_ctls_negotiate(&caps, twice, 2, &out), VMX_CTLS_OK);
}

/* Without activation of secondary controls their MSR counts for nothing. */
static void
secondary_without_activation(void **state)
{
	static const struct vmx_ctl_request ept = MAY1(PROC2, PROC2_CTLS_EPT);
	struct vmx_caps caps;
	struct vmx_ctls out;

	(void)state;
	vector_load("real-i7-4770", &caps);
	caps.msr[VMX_CAP_PROC] &= ~(1ull << 63);
	caps.msr[VMX_CAP_TRUE_PROC] &= ~(1ull << 63);
	assert_int_equal(vmx_ctls_negotiate(&caps, &ept, 1, &out), VMX_CTLS_OK);
	assert_int_equal(out.word[VMX_CTL_PROC2], 0);
	assert_int_equal(out.refused[VMX_CTL_PROC2], PROC2_CTLS_EPT);
	assert_int_equal(out.word[VMX_CTL_PROC] >> 31, 0);
}

/* A processor may insist on activation and leave every secondary control 0. */
static void
activation_that_is_insisted_on(void **state)
{
	struct vmx_caps caps;
	struct vmx_ctls out;

	(void)state;
	vector_load("bochs-haswell", &caps);
	caps.msr[VMX_CAP_PROC] |= PROC_CTLS_SECONDARY; /* default1 only */
	assert_int_equal(vmx_ctls_negotiate(&caps, NULL, 0, &out), VMX_CTLS_OK);
	assert_int_equal(out.word[VMX_CTL_PROC], 0x0401e172);
	caps.msr[VMX_CAP_TRUE_PROC] |= PROC_CTLS_SECONDARY;
	assert_int_equal(vmx_ctls_negotiate(&caps, NULL, 0, &out), VMX_CTLS_OK);
	assert_int_equal(out.word[VMX_CTL_PROC], 0x8401e172);
	assert_int_equal(out.word[VMX_CTL_PROC2], 0);
	check_answer_words(&caps, &out);
}

/* --- controls that need each other --- */

/* The preemption timer and its saving, after one that stands alone. */
static const struct vmx_ctl_request paired[] = {
	MAY1(PIN, PIN_CTLS_VIRTUAL_NMIS),
	MAY1(PIN, PIN_CTLS_PREEMPTION_TIMER),
	MAY1(EXIT, EXIT_CTLS_SAVE_PREEMPTION_TIMER),
};

enum { TIMER = 1, SAVE = 2 };

/* Takes from a processor what may be 1, in the ordinary and the TRUE MSRs. */
static void
forbid(struct vmx_caps *caps, unsigned which)
{
	uint64_t timer = (uint64_t)PIN_CTLS_PREEMPTION_TIMER << 32;
	uint64_t save = (uint64_t)EXIT_CTLS_SAVE_PREEMPTION_TIMER << 32;

	if ((which & TIMER) != 0) {
		caps->msr[VMX_CAP_PIN] &= ~timer;
		caps->msr[VMX_CAP_TRUE_PIN] &= ~timer;
	}
	if ((which & SAVE) != 0) {
		caps->msr[VMX_CAP_EXIT] &= ~save;
		caps->msr[VMX_CAP_TRUE_EXIT] &= ~save;
	}
}

/* Negotiates, then asks for the pair, in either order. */
static bool
together(const struct vmx_caps *caps, bool timer_first, struct vmx_ctls *out)
{
	assert_int_equal(
	    vmx_ctls_negotiate(caps, paired, nitems(paired), out), VMX_CTLS_OK);
	if (timer_first)
		return (vmx_ctls_together(caps, out, VMX_CTL_PIN,
		    PIN_CTLS_PREEMPTION_TIMER, VMX_CTL_EXIT,
		    EXIT_CTLS_SAVE_PREEMPTION_TIMER));
	return (vmx_ctls_together(caps, out, VMX_CTL_EXIT,
	    EXIT_CTLS_SAVE_PREEMPTION_TIMER, VMX_CTL_PIN,
	    PIN_CTLS_PREEMPTION_TIMER));
}

static void
both_of_a_pair(void **state)
{
	struct vmx_ctls before, out;
	struct vmx_caps caps;

	(void)state;
	vector_load("bochs-haswell", &caps);
	assert_int_equal(
	    vmx_ctls_negotiate(&caps, paired, nitems(paired), &before),
	    VMX_CTLS_OK);
	for (int order = 0; order < 2; order++) {
		assert_true(together(&caps, order == 0, &out));
		assert_memory_equal(&out, &before, sizeof(out));
	}
	assert_int_equal(out.word[VMX_CTL_PIN], 0x76);
	assert_int_equal(out.word[VMX_CTL_EXIT], 0x436dff);
	assert_int_equal(out.granted[VMX_CTL_PIN], 0x60);
	assert_int_equal(out.granted[VMX_CTL_EXIT], 0x400000);
}

/* With half a pair or none, all is as if only the lone one had been wanted. */
static void
half_a_pair_is_given_back(void **state)
{
	struct vmx_caps caps;
	struct vmx_ctls out;

	(void)state;
	for (unsigned missing = TIMER; missing <= (TIMER | SAVE); missing++)
		for (int order = 0; order < 2; order++) {
			vector_load("bochs-haswell", &caps);
			forbid(&caps, missing);
			assert_false(together(&caps, order == 0, &out));
			assert_int_equal(out.word[VMX_CTL_PIN], 0x36);
			assert_int_equal(out.word[VMX_CTL_EXIT], 0x36dff);
			assert_int_equal(out.granted[VMX_CTL_PIN], 0x20);
			assert_int_equal(out.granted[VMX_CTL_EXIT], 0);
			assert_int_equal(out.refused[VMX_CTL_PIN], 0x40);
			assert_int_equal(out.refused[VMX_CTL_EXIT], 0x400000);
			check_answer_words(&caps, &out);
		}
}

/* What the processor insists on cannot be given back: it stays 1, unused. */
static void
half_a_pair_that_must_be_1(void **state)
{
	struct vmx_caps caps;
	struct vmx_ctls out;

	(void)state;
	vector_load("bochs-haswell", &caps);
	forbid(&caps, SAVE);
	caps.msr[VMX_CAP_PIN] |= PIN_CTLS_PREEMPTION_TIMER;
	caps.msr[VMX_CAP_TRUE_PIN] |= PIN_CTLS_PREEMPTION_TIMER;
	assert_false(together(&caps, true, &out));
	assert_int_equal(out.word[VMX_CTL_PIN], 0x76);
	assert_int_equal(out.granted[VMX_CTL_PIN], 0x20);
	assert_int_equal(out.word[VMX_CTL_EXIT], 0x36dff);
	check_answer_words(&caps, &out);

	vector_load("bochs-haswell", &caps);
	forbid(&caps, TIMER);
	caps.msr[VMX_CAP_EXIT] |= EXIT_CTLS_SAVE_PREEMPTION_TIMER;
	caps.msr[VMX_CAP_TRUE_EXIT] |= EXIT_CTLS_SAVE_PREEMPTION_TIMER;
	assert_false(together(&caps, true, &out));
	assert_int_equal(out.word[VMX_CTL_PIN], 0x36);
	assert_int_equal(out.word[VMX_CTL_EXIT], 0x436dff);
	assert_int_equal(out.granted[VMX_CTL_EXIT], 0);
	check_answer_words(&caps, &out);
}

/* A long explanation is cut and terminated, whatever the room. */
static void
explanation_is_bounded(void **state)
{
	static const struct vmx_ctl_request ept = MUST1(PROC2, PROC2_CTLS_EPT);
	struct vmx_caps caps;
	struct vmx_ctls out;
	char text[64];

	(void)state;
	vector_load("real-core2-t9600", &caps);
	assert_int_equal(
	    vmx_ctls_negotiate(&caps, &ept, 1, &out), VMX_CTLS_FIXED_0);
	for (size_t size = 1; size <= sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		vmx_ctls_explain(VMX_CTLS_FIXED_0, &out, text, size);
		assert_int_equal(strlen(text), size - 1);
	}
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(every_processor),
		cmocka_unit_test(fixed_settings),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(secondary_without_activation),
		cmocka_unit_test(activation_that_is_insisted_on),
		cmocka_unit_test(both_of_a_pair),
		cmocka_unit_test(half_a_pair_is_given_back),
		cmocka_unit_test(half_a_pair_that_must_be_1),
		cmocka_unit_test(explanation_is_bounded),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
