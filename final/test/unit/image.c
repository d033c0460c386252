/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A valid VMCS for any processor, from a table of values.
 *
 * Values are chosen so that each says which field it is; control words take
 * what the processor insists on and little more.
 */
#include "image.h"
#include "vmx_names.h"

struct value {
	uint32_t field;
	uint64_t value;
};

static const struct value values[] = {
	{ VMCS_GUEST_LINK_POINTER, ~0ull },
	{ VMCS_GUEST_CR3, 0x101000 },
	{ VMCS_GUEST_RIP, 0x400000 },
	{ VMCS_GUEST_RSP, 0x7fff0000 },
	{ VMCS_GUEST_RFLAGS, 0x202 },
	{ VMCS_GUEST_DR7, 0x400 },
	{ VMCS_GUEST_ES_SELECTOR, 0x1b },
	{ VMCS_GUEST_CS_SELECTOR, 0x23 },
	{ VMCS_GUEST_SS_SELECTOR, 0x1b },
	{ VMCS_GUEST_DS_SELECTOR, 0x1b },
	{ VMCS_GUEST_FS_SELECTOR, 0x1b },
	{ VMCS_GUEST_GS_SELECTOR, 0x1b },
	{ VMCS_GUEST_TR_SELECTOR, 0x28 },
	{ VMCS_GUEST_ES_AR, 0xc0f3 },
	{ VMCS_GUEST_CS_AR, 0xa0fb },
	{ VMCS_GUEST_SS_AR, 0xc0f3 },
	{ VMCS_GUEST_DS_AR, 0xc0f3 },
	{ VMCS_GUEST_FS_AR, 0xc0f3 },
	{ VMCS_GUEST_GS_AR, 0xc0f3 },
	{ VMCS_GUEST_LDTR_AR, 0x10000 },
	{ VMCS_GUEST_TR_AR, 0x8b },
	{ VMCS_GUEST_ES_LIMIT, 0xffffffff },
	{ VMCS_GUEST_CS_LIMIT, 0xffffffff },
	{ VMCS_GUEST_SS_LIMIT, 0xffffffff },
	{ VMCS_GUEST_DS_LIMIT, 0xffffffff },
	{ VMCS_GUEST_FS_LIMIT, 0xffffffff },
	{ VMCS_GUEST_GS_LIMIT, 0xffffffff },
	{ VMCS_GUEST_TR_LIMIT, 0x67 },
	{ VMCS_GUEST_GDTR_LIMIT, 0x37 },
	{ VMCS_GUEST_IDTR_LIMIT, 0xfff },
	{ VMCS_GUEST_PAT, 0x0007040600070406ull },
	{ VMCS_GUEST_EFER, 0x500 },
	{ VMCS_HOST_CR3, 0x200000 },
	{ VMCS_HOST_ES_SELECTOR, 0x10 },
	{ VMCS_HOST_CS_SELECTOR, 0x08 },
	{ VMCS_HOST_SS_SELECTOR, 0x10 },
	{ VMCS_HOST_DS_SELECTOR, 0x10 },
	{ VMCS_HOST_TR_SELECTOR, 0x28 },
	{ VMCS_HOST_RIP, 0xffffffff80101000ull },
	{ VMCS_HOST_RSP, 0xffffffff80202000ull },
	{ VMCS_HOST_GS_BASE, 0xffffffff80203000ull },
	{ VMCS_HOST_TR_BASE, 0xffffffff80204000ull },
	{ VMCS_HOST_GDTR_BASE, 0xffffffff80205000ull },
	{ VMCS_HOST_IDTR_BASE, 0xffffffff80206000ull },
	{ VMCS_HOST_PAT, 0x0007040600070406ull },
	{ VMCS_HOST_EFER, 0xd01 },
	{ VMCS_CTL_IO_BITMAP_A, 0x301000 },
	{ VMCS_CTL_IO_BITMAP_B, 0x302000 },
	{ VMCS_CTL_MSR_BITMAP, 0x303000 },
	{ VMCS_CTL_VIRTUAL_APIC_ADDR, 0x304000 },
	{ VMCS_CTL_APIC_ACCESS_ADDR, 0xfee00000 },
	{ VMCS_CTL_POSTED_INT_DESC, 0x305040 },
	{ VMCS_CTL_POSTED_INT_VECTOR, 0xf2 },
	{ VMCS_CTL_EPTP, 0x30601e },
	{ VMCS_CTL_VPID, 1 },
	{ VMCS_CTL_PML_ADDR, 0x307000 },
	{ VMCS_CTL_EPTP_LIST, 0x308000 },
	{ VMCS_CTL_TSC_MULTIPLIER, 1ull << 48 },
};

uint64_t
image_rd(void *arg, uint32_t field)
{
	const struct vmx_field *f = vmx_field_find(field);
	const struct image *im = arg;

	if (f == NULL || !vmx_field_exists(&im->caps, f))
		fail_msg("VMREAD of field %#x, which does not exist", field);
	return (im->field[field]);
}

void
image_init(struct image *im, const struct vmx_caps *caps)
{
	const uint64_t *msr = caps->msr;

	memset(im, 0, sizeof(*im));
	im->caps = *caps;
	im->check = (struct vmx_check){ .rd = image_rd,
		.arg = im,
		.caps = &im->caps,
		.ia32e = true,
		.vmcs = IMAGE_VMCS };
	for (size_t i = 0; i < nitems(values); i++)
		im->field[values[i].field] = values[i].value;
	/* The low half of the ordinary MSRs is what every processor takes. */
	im->field[VMCS_CTL_PIN] = (uint32_t)msr[VMX_CAP_PIN];
	im->field[VMCS_CTL_PROC] = (uint32_t)msr[VMX_CAP_PROC];
	im->field[VMCS_CTL_EXIT] = (uint32_t)msr[VMX_CAP_EXIT] |
	    EXIT_CTLS_HOST_LMA;
	im->field[VMCS_CTL_ENTRY] = (uint32_t)msr[VMX_CAP_ENTRY] |
	    ENTRY_CTLS_GUEST_LMA;
	im->field[VMCS_GUEST_CR0] = 0x80000031;
	im->field[VMCS_HOST_CR0] = 0x80010031;
	im->field[VMCS_GUEST_CR4] = 0x2620;
	im->field[VMCS_HOST_CR4] = 0x2620;
}
