/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capability words: what is read, what is refused and why, what a processor
 * has.  Expectations are written down here, by processor, from its data sheet
 * or from the bits by hand; they do not come from the code under test.
 */
#include "vector.h"
#include "vmx_vmcs.h"

#define FEATURE_CONTROL_MSR 0x3au

/* --- reading --- */

/* A processor that answers RDMSR, and fails the test where it would #GP. */
static uint64_t
rdmsr_strict(void *arg, uint32_t msr)
{
	const struct vmx_caps *processor = arg;
	unsigned cap = msr - VMX_CAP_MSR(0);

	if (msr == FEATURE_CONTROL_MSR && vector_has_vmx(processor))
		return (processor->feature_control);
	if (cap >= VMX_CAP_COUNT || (processor->present >> cap & 1) == 0)
		fail_msg("RDMSR of %#x, which does not exist", msr);
	return (processor->msr[cap]);
}

static void
collect_reads_what_exists(void **state)
{
	struct vmx_caps processor, caps;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &processor);
		caps = processor;
		caps.feature_control = 0xdead;
		caps.present = 0xdead;
		memset(caps.msr, 0xee, sizeof(caps.msr));
		vmx_caps_collect(&caps, rdmsr_strict, &processor);
		assert_memory_equal(&caps, &processor, sizeof(caps));
	}
}

static void
msr_numbers(void **state)
{
	(void)state;
	assert_int_equal(VMX_CAP_MSR(VMX_CAP_BASIC), 0x480);
	assert_int_equal(VMX_CAP_MSR(VMX_CAP_VMCS_ENUM), 0x48a);
	assert_int_equal(VMX_CAP_MSR(VMX_CAP_EPT_VPID), 0x48c);
	assert_int_equal(VMX_CAP_MSR(VMX_CAP_TRUE_ENTRY), 0x490);
	assert_int_equal(VMX_CAP_MSR(VMX_CAP_EXIT2), 0x493);
}

/* --- IA32_FEATURE_CONTROL --- */

static void
feature_control(void **state)
{
	static const struct {
		uint64_t msr;
		enum vmx_feature_control want;
		uint64_t write;
	} rows[] = {
		{ 0x0, VMX_FC_UNLOCKED, 0x5 },
		{ 0x1, VMX_FC_LOCKED_OFF, 0 },
		{ 0x2, VMX_FC_UNLOCKED, 0x7 },
		{ 0x3, VMX_FC_SMX_ONLY, 0 },
		{ 0x4, VMX_FC_UNLOCKED, 0x5 },
		{ 0x5, VMX_FC_READY, 0 },
		{ 0x7, VMX_FC_READY, 0 },
		{ 0xff07, VMX_FC_READY, 0 },
		{ 0x20000, VMX_FC_UNLOCKED, 0x20005 },
		{ 0x100001, VMX_FC_LOCKED_OFF, 0 },
	};
	struct vmx_caps caps;
	uint64_t value;

	(void)state;
	vector_everything(&caps);
	for (size_t i = 0; i < nitems(rows); i++) {
		caps.feature_control = rows[i].msr;
		value = 0;
		assert_int_equal(
		    vmx_feature_control(&caps, &value), rows[i].want);
		assert_int_equal(value, rows[i].write);
		assert_int_equal(
		    vmx_feature_control(&caps, NULL), rows[i].want);
	}
}

/* --- refusals --- */

static void
refuse(struct vmx_caps *caps, enum vmx_refusal want)
{
	assert_int_equal(vmx_caps_refusal(caps), want);
	vector_everything(caps);
}

static void
refusals(void **state)
{
	struct vmx_caps c;

	(void)state;
	vector_everything(&c);
	refuse(&c, VMX_REFUSE_NOT);
	c.feature_control = 0; /* unlocked: we can enable it */
	refuse(&c, VMX_REFUSE_NOT);
	c.cpuid1_ecx = 0;
	refuse(&c, VMX_REFUSE_CPUID);
	c.cpuid1_ecx = VMX_CPUID1_ECX_HYPERVISOR;
	refuse(&c, VMX_REFUSE_VIRTUAL);
	c.cpuid1_ecx = 0;
	strcpy(c.vendor, "AuthenticAMD");
	refuse(&c, VMX_REFUSE_AMD);
	c.cpuid1_ecx = 0;
	strcpy(c.vendor, "HygonGenuine");
	refuse(&c, VMX_REFUSE_AMD);
	strcpy(c.vendor, "CentaurHauls"); /* has VMX, is welcome */
	refuse(&c, VMX_REFUSE_NOT);
	c.cpuid81_edx &= ~VMX_CPUID81_EDX_LM;
	refuse(&c, VMX_REFUSE_LONG_MODE);
	c.feature_control = 1;
	refuse(&c, VMX_REFUSE_LOCKED_OFF);
	c.feature_control = 3;
	refuse(&c, VMX_REFUSE_SMX_ONLY);
	c.msr[VMX_CAP_BASIC] &= ~0x7fffffffull;
	refuse(&c, VMX_REFUSE_REVISION);
	c.msr[VMX_CAP_BASIC] &= ~0x1fff00000000ull;
	refuse(&c, VMX_REFUSE_REGION_SIZE);
	c.msr[VMX_CAP_BASIC] |= 0x1fff00000000ull;
	refuse(&c, VMX_REFUSE_REGION_SIZE);
	c.msr[VMX_CAP_BASIC] &= ~(0xfull << 50);
	refuse(&c, VMX_REFUSE_MEMTYPE);
	c.msr[VMX_CAP_BASIC] |= 1ull << 48;
	refuse(&c, VMX_REFUSE_32BIT);
}

static void
refusals_have_words(void **state)
{
	const char *reason, *remedy;

	(void)state;
	for (int why = -1; why <= VMX_REFUSE_COUNT + 1; why++) {
		reason = vmx_refusal_reason((enum vmx_refusal)why);
		remedy = vmx_refusal_remedy((enum vmx_refusal)why);
		assert_non_null(reason);
		assert_non_null(remedy);
		assert_true(strlen(reason) > 10 && strlen(remedy) > 10);
		assert_int_not_equal(reason[strlen(reason) - 1], '.');
		assert_int_not_equal(remedy[strlen(remedy) - 1], '.');
	}
}

/* --- what each processor has --- */

/* Columns of a row, as letters: present if in the string. */
struct has {
	const char *name;
	const char *what; /* see has_letters() */
	uint32_t invept;
	uint32_t invvpid;
};

static const struct has has[] = {
	{ "bochs-arrandale", "TSE2VUP", 0x6, 0xf },
	{ "bochs-broadwell", "TSEA12VUPGX", 0x6, 0xf },
	{ "bochs-cannonlake", "TSEA12VUPGX", 0x6, 0xf },
	{ "bochs-generic", "TS", 0, 0 },
	{ "bochs-haswell", "TSEA12VUPGX", 0x6, 0xf },
	{ "bochs-icelake", "TSEA12VUPGX", 0x6, 0xf },
	{ "bochs-ivybridge", "TSE2VUPX", 0x6, 0xf },
	{ "bochs-lynnfield", "TSE2VP", 0x6, 0xf },
	{ "bochs-penryn", "TS", 0, 0 },
	{ "bochs-ryzen", "", 0, 0 },
	{ "bochs-sandybridge", "TSE2VUP", 0x6, 0xf },
	{ "bochs-skylake", "TSEA12VUPGX", 0x6, 0xf },
	{ "bochs-tigerlake", "TSEA12VUPGX", 0x6, 0xf },
	{ "qemu-max", "", 0, 0 },
	{ "real-core2-t5600", "", 0, 0 },
	{ "real-core2-t9600", "S", 0, 0 },
	{ "real-i7-2600", "TSE2VUP", 0x6, 0xf },
	{ "real-i7-4770", "TSEA12VUP", 0x6, 0xf },
	{ "real-i7-6700k", "TSEA12VUP", 0x6, 0xf },
	{ "real-i7-9700k", "TSEA12VUP", 0x6, 0xf },
	{ "real-n3150", "TSE2VUP", 0x6, 0xf },
	{ "real-xeon-6252n", "TSEA12VUP", 0x6, 0xf },
};

static void
has_letters(const struct vmx_caps *c, char *out)
{
	static const struct {
		char letter;
		bool (*has)(const struct vmx_caps *);
	} predicates[] = {
		{ 'T', vmx_has_true_ctls },
		{ 'S', vmx_has_secondary },
		{ 'E', vmx_has_ept },
		{ 'A', vmx_has_ept_ad },
		{ '1', vmx_has_ept_1g },
		{ '2', vmx_has_ept_2m },
		{ 'V', vmx_has_vpid },
		{ 'U', vmx_has_unrestricted_guest },
		{ 'P', vmx_has_preemption_timer },
		{ 'G', vmx_has_page_1gb },
		{ 'X', vmx_has_x2apic },
	};

	for (size_t i = 0; i < nitems(predicates); i++)
		if (predicates[i].has(c))
			*out++ = predicates[i].letter;
	*out = '\0';
}

static void
predicates(void **state)
{
	struct vmx_caps caps;
	char letters[16];
	size_t n;

	(void)state;
	for (n = 0; n < nitems(has); n++) {
		vector_load(has[n].name, &caps);
		/* Words outside VMX are not what this table is about. */
		if (!vector_has_vmx(&caps))
			caps.cpuid81_edx = caps.cpuid1_ecx = 0;
		has_letters(&caps, letters);
		if (strcmp(letters, has[n].what) != 0)
			fail_msg("%s has %s, want %s", has[n].name, letters,
			    has[n].what);
		assert_int_equal(vmx_invept_types(&caps), has[n].invept);
		assert_int_equal(vmx_invvpid_types(&caps), has[n].invvpid);
	}
	/* A vector without a row would be a processor not looked at. */
	for (n = 0; vector_name(n) != NULL; n++)
		assert_string_equal(vector_name(n), has[n].name);
	assert_int_equal(n, nitems(has));
}

static void
fields_of_basic_and_misc(void **state)
{
	struct vmx_caps caps;

	(void)state;
	vector_load("real-i7-4770", &caps);
	assert_int_equal(VMX_BASIC_REVISION(caps.msr[VMX_CAP_BASIC]), 0x12);
	assert_int_equal(VMX_BASIC_REGION_SIZE(caps.msr[VMX_CAP_BASIC]), 1024);
	assert_int_equal(VMX_BASIC_MEMTYPE(caps.msr[VMX_CAP_BASIC]), 6);
	assert_int_equal(vmx_preemption_timer_rate(&caps), 5);
	assert_int_equal(VMX_MISC_CR3_TARGETS(caps.msr[VMX_CAP_MISC]), 4);
	assert_int_equal(VMX_MISC_MSR_AREA_MAX(caps.msr[VMX_CAP_MISC]), 512);
	vector_load("bochs-haswell", &caps);
	assert_int_equal(VMX_BASIC_REVISION(caps.msr[VMX_CAP_BASIC]), 0x2b);
	assert_int_equal(VMX_BASIC_REGION_SIZE(caps.msr[VMX_CAP_BASIC]), 4096);
	assert_int_equal(vmx_preemption_timer_rate(&caps), 0);
	vector_load("real-xeon-6252n", &caps);
	assert_int_equal(vmx_preemption_timer_rate(&caps), 7);
}

static void
every_vmx_processor_is_accepted(void **state)
{
	enum vmx_refusal want;
	struct vmx_caps caps;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		want = VMX_REFUSE_NOT;
		if (strcmp(vector_name(n), "bochs-ryzen") == 0)
			want = VMX_REFUSE_AMD;
		if (strcmp(vector_name(n), "qemu-max") == 0)
			want = VMX_REFUSE_VIRTUAL;
		assert_int_equal(vmx_caps_refusal(&caps), want);
	}
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(collect_reads_what_exists),
		cmocka_unit_test(msr_numbers),
		cmocka_unit_test(feature_control),
		cmocka_unit_test(refusals),
		cmocka_unit_test(refusals_have_words),
		cmocka_unit_test(predicates),
		cmocka_unit_test(fields_of_basic_and_misc),
		cmocka_unit_test(every_vmx_processor_is_accepted),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
