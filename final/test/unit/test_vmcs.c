/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMCS field encodings: spot checks against numbers worked out by hand from
 * "Structure of VMCS Component Encoding", and properties of the whole table.
 */
#include "hosted.h"
#include "vmx_vmcs.h"
#include "vmx_names.h"

static void
known_encodings(void **state)
{
	static const struct {
		uint32_t field, width, kind, index;
	} known[] = {
		{ VMCS_CTL_VPID, 0, 0, 0 },
		{ VMCS_GUEST_TR_SELECTOR, 0, 2, 7 },
		{ VMCS_HOST_TR_SELECTOR, 0, 3, 6 },
		{ VMCS_CTL_EPTP, 1, 0, 13 },
		{ VMCS_GUEST_PHYSICAL_ADDRESS, 1, 1, 0 },
		{ VMCS_GUEST_LINK_POINTER, 1, 2, 0 },
		{ VMCS_HOST_EFER, 1, 3, 1 },
		{ VMCS_CTL_PROC2, 2, 0, 15 },
		{ VMCS_EXIT_REASON, 2, 1, 1 },
		{ VMCS_GUEST_PREEMPTION_TIMER, 2, 2, 23 },
		{ VMCS_HOST_SYSENTER_CS, 2, 3, 0 },
		{ VMCS_CTL_CR3_TARGET3, 3, 0, 7 },
		{ VMCS_EXIT_QUALIFICATION, 3, 1, 0 },
		{ VMCS_GUEST_RFLAGS, 3, 2, 16 },
		{ VMCS_HOST_INT_SSP_TABLE, 3, 3, 14 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(known); i++) {
		assert_int_equal(
		    VMCS_FIELD_WIDTH(known[i].field), known[i].width);
		assert_int_equal(
		    VMCS_FIELD_KIND(known[i].field), known[i].kind);
		assert_int_equal(
		    VMCS_FIELD_INDEX(known[i].field), known[i].index);
		assert_int_equal(
		    VMCS_ENCODE(known[i].width, known[i].kind, known[i].index),
		    known[i].field);
	}
}

static void
table_is_sorted_and_legal(void **state)
{
	const struct vmx_field *field;
	uint32_t last = 0;
	size_t n;

	(void)state;
	for (n = 0; (field = vmx_field(n)) != NULL; n++) {
		assert_true(n == 0 || field->encoding > last);
		assert_int_equal(
		    field->encoding & (VMCS_FIELD_RESERVED | VMCS_FIELD_HIGH),
		    0);
		last = field->encoding;
	}
	assert_true(n > 170);
}

static void
segments_are_evenly_spaced(void **state)
{
	static const char *const seg[] = { "ES", "CS", "SS", "DS", "FS", "GS",
		"LDTR", "TR" };
	char name[64];

	(void)state;
	for (uint32_t i = 0; i < nitems(seg); i++) {
		snprintf(name, sizeof(name), "guest %s selector", seg[i]);
		assert_string_equal(
		    name, vmx_field_name(VMCS_GUEST_ES_SELECTOR + 2 * i));
		snprintf(name, sizeof(name), "guest %s base", seg[i]);
		assert_string_equal(
		    name, vmx_field_name(VMCS_GUEST_ES_BASE + 2 * i));
		snprintf(name, sizeof(name), "guest %s limit", seg[i]);
		assert_string_equal(
		    name, vmx_field_name(VMCS_GUEST_ES_LIMIT + 2 * i));
		snprintf(name, sizeof(name), "guest %s access rights", seg[i]);
		assert_string_equal(
		    name, vmx_field_name(VMCS_GUEST_ES_AR + 2 * i));
	}
}

static void
reserved_masks_leave_the_named_bits(void **state)
{
	(void)state;
	assert_int_equal(SEG_AR_RESERVED,
	    ~(SEG_AR_TYPE_MASK | SEG_AR_S | SEG_AR_DPL_MASK | SEG_AR_P |
		SEG_AR_AVL | SEG_AR_L | SEG_AR_DB | SEG_AR_G |
		SEG_AR_UNUSABLE));
	assert_int_equal(INTR_STATE_RESERVED,
	    ~(INTR_STATE_STI | INTR_STATE_MOV_SS | INTR_STATE_SMI |
		INTR_STATE_NMI | INTR_STATE_ENCLAVE));
	assert_true(PENDING_DEBUG_RESERVED ==
	    ~(PENDING_DEBUG_B_MASK | PENDING_DEBUG_BLD |
		PENDING_DEBUG_ENABLED_BP | PENDING_DEBUG_BS |
		PENDING_DEBUG_RTM));
	assert_int_equal(INTR_INFO_ENTRY_RESERVED,
	    ~(INTR_INFO_VECTOR_MASK | INTR_INFO_TYPE_MASK |
		INTR_INFO_ERROR_CODE | INTR_INFO_VALID));
}

/* An I/O exit: OUT of one byte to port 0x3f8, DX-indexed. */
static void
qualifications_decode(void **state)
{
	uint64_t q = 0x03f80000;

	(void)state;
	assert_int_equal(EXIT_QUAL_IO_SIZE(q), 1);
	assert_int_equal(EXIT_QUAL_IO_PORT(q), 0x3f8);
	assert_int_equal(q & EXIT_QUAL_IO_IN, 0);
	q = 0x00000513; /* MOV from CR3 to RBP */
	assert_int_equal(EXIT_QUAL_CR_NUMBER(q), 3);
	assert_int_equal(EXIT_QUAL_CR_TYPE(q), EXIT_QUAL_CR_MOV_FROM);
	assert_int_equal(EXIT_QUAL_CR_GPR(q), 5);
	q = 0xc0000028; /* task gate in the IDT, TSS 0x28 */
	assert_int_equal(EXIT_QUAL_TASK_SELECTOR(q), 0x28);
	assert_int_equal(EXIT_QUAL_TASK_SOURCE(q), EXIT_QUAL_TASK_GATE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_encodings),
		cmocka_unit_test(table_is_sorted_and_legal),
		cmocka_unit_test(segments_are_evenly_spaced),
		cmocka_unit_test(reserved_masks_leave_the_named_bits),
		cmocka_unit_test(qualifications_decode),
	};

	return (RUN_TESTS(tests));
}
