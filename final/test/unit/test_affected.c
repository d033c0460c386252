/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which weaknesses something is done about: what processors of several years
 * say of themselves.
 */
#include "hosted.h"
#include "vmx_affected.h"

#define MD     CPUID7_EDX_MD_CLEAR
#define L1D    CPUID7_EDX_L1D_FLUSH
#define CAPS   CPUID7_EDX_ARCH_CAP
#define RTM    CPUID7_EBX_RTM
#define MDS_NO (ARCH_CAP_RDCL_NO | ARCH_CAP_MDS_NO)

static const struct {
	uint32_t ebx, edx;
	uint64_t cap;
	u_int want;
	const char *text;
} rows[] = {
	{ 0, 0, 0, 0, "none needed" },
	{ RTM, 0, 0, 0, "none needed" }, /* affected, and no means */
	{ 0, L1D, 0, VMX_AFFECTED_L1TF, "L1TF: L1D flush" },
	{ 0, L1D | MD, 0, VMX_AFFECTED_L1TF | VMX_AFFECTED_MDS,
	    "L1TF: L1D flush; MDS: VERW" },
	{ RTM, L1D | MD, 0,
	    VMX_AFFECTED_L1TF | VMX_AFFECTED_MDS | VMX_AFFECTED_TAA,
	    "L1TF: L1D flush; MDS, TAA: VERW" },
	{ 0, L1D | MD | CAPS, ARCH_CAP_SKIP_L1DFL, VMX_AFFECTED_MDS,
	    "MDS: VERW" },
	{ 0, L1D | MD | CAPS, MDS_NO, 0, "none needed" },
	{ RTM, L1D | MD | CAPS, MDS_NO, VMX_AFFECTED_TAA, "TAA: VERW" },
	{ RTM, L1D | MD | CAPS, MDS_NO | ARCH_CAP_TAA_NO, 0, "none needed" },
	{ 0, MD | CAPS, MDS_NO | ARCH_CAP_FB_CLEAR, VMX_AFFECTED_MMIO,
	    "MMIO: VERW" },
	{ 0, MD | CAPS, MDS_NO | ARCH_CAP_FB_CLEAR | 0x2000, VMX_AFFECTED_MMIO,
	    "MMIO: VERW" },
	{ 0, MD | CAPS, MDS_NO | ARCH_CAP_FB_CLEAR | ARCH_CAP_MMIO_NO, 0,
	    "none needed" },
	{ 0, CAPS, MDS_NO | ARCH_CAP_RFDS_CLEAR, VMX_AFFECTED_RFDS,
	    "RFDS: VERW" },
	{ 0, CAPS, MDS_NO | ARCH_CAP_RFDS_CLEAR | ARCH_CAP_RFDS_NO, 0,
	    "none needed" },
	{ RTM, L1D | MD | CAPS, ARCH_CAP_FB_CLEAR | ARCH_CAP_RFDS_CLEAR, 0x1f,
	    "L1TF: L1D flush; MDS, TAA, MMIO, RFDS: VERW" },
};

static void
table(void **state)
{
	char text[VMX_AFFECTED_TEXT];
	u_int affected;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		affected = vmx_affected(rows[i].ebx, rows[i].edx, rows[i].cap);
		assert_int_equal(affected, rows[i].want);
		vmx_affected_text(affected, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	return (RUN_TESTS(tests));
}
