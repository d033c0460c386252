/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every number that a processor can report has a name and a sentence.
 */
#include "hosted.h"
#include "vector.h"
#include "vmx_ctls.h"
#include "vmx_names.h"
#include "vmx_vmcs.h"

/* A name is short; a sentence has no full stop and no capital, as messages. */
static void
check_words(const struct vmx_name *n)
{
	assert_non_null(n);
	assert_non_null(n->name);
	assert_non_null(n->text);
	assert_in_range(strlen(n->name), 2, 60);
	assert_in_range(strlen(n->text), 8, 120);
	assert_int_not_equal(n->text[strlen(n->text) - 1], '.');
}

static void
exit_reasons(void **state)
{
	static const uint32_t holes[] = { 35, 38, 42, 71 };
	bool hole;

	(void)state;
	for (uint32_t reason = 0; reason < EXIT_REASON_COUNT; reason++) {
		hole = false;
		for (size_t i = 0; i < nitems(holes); i++)
			hole |= holes[i] == reason;
		check_words(vmx_exit_reason(reason));
		assert_int_equal(hole,
		    strcmp("reserved", vmx_exit_reason(reason)->name) == 0);
	}
	assert_string_equal(vmx_exit_reason(10)->name, "CPUID");
	assert_string_equal(vmx_exit_reason(48)->name, "EPT violation");
	assert_string_equal(
	    vmx_exit_reason(0x80000021)->name, "invalid guest state");
}

static void
numbers_out_of_range(void **state)
{
	static const uint32_t far[] = { 80, 255, 0xfffe, 0x7fffffff,
		0xffffffff };

	(void)state;
	for (size_t i = 0; i < nitems(far); i++) {
		assert_string_equal(vmx_exit_reason(far[i])->name, "unknown");
		assert_string_equal(
		    vmx_instruction_error(far[i])->name, "unknown");
		assert_string_equal(
		    vmx_exception(far[i])->text, "not an exception");
	}
	assert_string_equal(vmx_field_name(0xffffffff), "unknown field");
	assert_string_equal(
	    vmx_field_name(VMCS_CTL_EPTP | VMCS_FIELD_HIGH), "unknown field");
	assert_null(vmx_field_find(0x2054));
	assert_string_equal(
	    vmx_ctl_word_name((enum vmx_ctl_word)99), "unknown");
	assert_string_equal(vmx_ctl_bit_name(VMX_CTL_PIN, 64), "reserved");
	assert_string_equal(
	    vmx_ctl_bit_name((enum vmx_ctl_word)99, 0), "reserved");
}

static void
instruction_errors(void **state)
{
	(void)state;
	for (uint32_t error = 0; error < VMX_ERROR_COUNT; error++) {
		check_words(vmx_instruction_error(error));
		assert_int_equal(error == 14 || error == 21 || error == 27,
		    strcmp("reserved", vmx_instruction_error(error)->name) ==
			0);
	}
	assert_string_equal(vmx_instruction_error(7)->name,
	    "entry with invalid control fields");
	assert_string_equal(
	    vmx_instruction_error(12)->name, "unsupported VMCS field");
}

static void
exceptions(void **state)
{
	(void)state;
	assert_string_equal(vmx_exception(6)->name, "#UD");
	assert_string_equal(vmx_exception(14)->name, "#PF");
	assert_string_equal(vmx_exception(15)->name, "reserved");
	assert_string_equal(vmx_exception(21)->name, "#CP");
	assert_string_equal(vmx_exception(32)->name, "vector");
}

static void
interruption_types(void **state)
{
	(void)state;
	assert_string_equal(vmx_intr_type(0x80000306), "hardware exception");
	assert_string_equal(vmx_intr_type(0x80000202), "NMI");
	assert_string_equal(vmx_intr_type(0x80000603), "software exception");
	assert_string_equal(vmx_intr_type(0xffffffff), "other event");
}

static void
field_names_are_unique(void **state)
{
	const struct vmx_field *a, *b;

	(void)state;
	for (size_t i = 0; (a = vmx_field(i)) != NULL; i++) {
		assert_in_range(strlen(a->name), 4, 50);
		assert_ptr_equal(vmx_field_find(a->encoding), a);
		for (size_t j = 0; j < i; j++) {
			b = vmx_field(j);
			assert_string_not_equal(a->name, b->name);
		}
	}
}

static bool
exists(const struct vmx_caps *caps, uint32_t encoding)
{
	return (vmx_field_exists(caps, vmx_field_find(encoding)));
}

static void
fields_exist_with_their_control(void **state)
{
	struct vmx_caps caps;

	(void)state;
	vector_load("real-core2-t5600", &caps);
	assert_true(exists(&caps, VMCS_GUEST_RIP));
	assert_false(exists(&caps, VMCS_CTL_PROC2));
	assert_false(exists(&caps, VMCS_CTL_EPTP));
	assert_false(exists(&caps, VMCS_GUEST_EFER));
	assert_true(exists(&caps, VMCS_CTL_CR3_TARGET3));
	vector_load("real-i7-4770", &caps);
	assert_true(exists(&caps, VMCS_CTL_PROC2));
	assert_true(exists(&caps, VMCS_CTL_EPTP));
	assert_true(exists(&caps, VMCS_CTL_EPTP_LIST));
	assert_true(exists(&caps, VMCS_GUEST_EFER));
	assert_false(exists(&caps, VMCS_CTL_PML_ADDR));
	assert_false(exists(&caps, VMCS_GUEST_S_CET));
	assert_false(exists(&caps, VMCS_CTL_PROC3));
	vector_load("bochs-tigerlake", &caps);
	assert_true(exists(&caps, VMCS_GUEST_S_CET));
	assert_true(exists(&caps, VMCS_CTL_PML_ADDR));
	assert_false(exists(&caps, VMCS_HOST_FRED_RSP1));
}

/* Every control that a processor of ours allows has a name. */
static void
allowed_controls_have_names(void **state)
{
	struct vmx_caps caps;
	uint64_t open;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		for (unsigned word = 0; word <= VMX_CTL_EXIT2; word++) {
			open = vmx_caps_may_be_1(
				   &caps, (enum vmx_ctl_word)word) &
			    ~vmx_caps_default_1(&caps, (enum vmx_ctl_word)word);
			for (unsigned bit = 0; bit < 64; bit++)
				if ((open >> bit & 1) != 0)
					assert_string_not_equal("reserved",
					    vmx_ctl_bit_name(
						(enum vmx_ctl_word)word, bit));
		}
	}
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_reasons),
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(instruction_errors),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(interruption_types),
		cmocka_unit_test(field_names_are_unique),
		cmocka_unit_test(fields_exist_with_their_control),
		cmocka_unit_test(allowed_controls_have_names),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
