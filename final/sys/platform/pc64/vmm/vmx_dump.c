/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prints a VMCS by groups, and a processor's capabilities as a test vector.
 *
 * What to print comes from the field table (vmx_fields.c), so a field cannot
 * be forgotten and one the processor lacks is not read.  Called after a failed
 * entry and on request; output is meant to be compared, one field per line.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_ctls.h"
#include "vmx_dump.h"
#include "vmx_names.h"
#include "vmx_vmcs.h"

/* Groups in the order in which they are printed. */
static const struct {
	const char *title;
	uint32_t kind;
} groups[] = {
	{ "controls", VMCS_KIND_CONTROL },
	{ "guest state", VMCS_KIND_GUEST },
	{ "host state", VMCS_KIND_HOST },
	{ "exit information", VMCS_KIND_READONLY },
};

static const struct {
	uint32_t field;
	enum vmx_ctl_word word;
} words[] = {
	{ VMCS_CTL_PIN, VMX_CTL_PIN },
	{ VMCS_CTL_PROC, VMX_CTL_PROC },
	{ VMCS_CTL_PROC2, VMX_CTL_PROC2 },
	{ VMCS_CTL_PROC3, VMX_CTL_PROC3 },
	{ VMCS_CTL_EXIT, VMX_CTL_EXIT },
	{ VMCS_CTL_EXIT2, VMX_CTL_EXIT2 },
	{ VMCS_CTL_ENTRY, VMX_CTL_ENTRY },
};

/* Named bits in a line each; the others are 1 because they must be. */
static void
print_bits(enum vmx_ctl_word word, uint64_t value)
{
	const char *name, *sep = "    reserved bits that are 1: ";

	for (unsigned bit = 0; bit < 64; bit++) {
		name = vmx_ctl_bit_name(word, bit);
		if ((value >> bit & 1) != 0 && strcmp(name, "reserved") != 0)
			kprintf("    bit %2u %s\n", bit, name);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		name = vmx_ctl_bit_name(word, bit);
		if ((value >> bit & 1) == 0 || strcmp(name, "reserved") != 0)
			continue;
		kprintf("%s%u", sep, bit);
		sep = ", ";
	}
	if (sep[0] == ',')
		kprintf("\n");
}

static void
print_words(uint32_t field, uint64_t value)
{
	const struct vmx_name *name = NULL;

	if (field == VMCS_EXIT_REASON)
		name = vmx_exit_reason((uint32_t)value);
	else if (field == VMCS_INSTRUCTION_ERROR)
		name = vmx_instruction_error((uint32_t)value);
	if (name != NULL)
		kprintf("    %s: %s\n", name->name, name->text);
	for (size_t i = 0; i < nitems(words); i++)
		if (words[i].field == field)
			print_bits(words[i].word, value);
}

/* As many digits as the field has; naturally wide ones have 64 bits. */
static void
print_field(const struct vmx_field *field, uint64_t value)
{
	static const int digits[] = {
		[VMCS_WIDTH_16] = 4,
		[VMCS_WIDTH_64] = 16,
		[VMCS_WIDTH_32] = 8,
		[VMCS_WIDTH_NATURAL] = 16,
	};

	kprintf("  %04x %-40s %0*lx\n", field->encoding, field->name,
	    digits[VMCS_FIELD_WIDTH(field->encoding)], (u_long)value);
	print_words(field->encoding, value);
}

void
vmx_dump(uint64_t (*rd)(void *arg, uint32_t field), void *arg,
    const struct vmx_caps *caps)
{
	const struct vmx_field *field;

	for (size_t g = 0; g < nitems(groups); g++) {
		kprintf("VMCS %s:\n", groups[g].title);
		for (size_t n = 0; (field = vmx_field(n)) != NULL; n++)
			if (VMCS_FIELD_KIND(field->encoding) ==
				groups[g].kind &&
			    vmx_field_exists(caps, field))
				print_field(field, rd(arg, field->encoding));
	}
}

void
vmx_dump_ctl(enum vmx_ctl_word word, uint64_t value)
{
	kprintf("%s controls %lx\n", vmx_ctl_word_name(word), (u_long)value);
	print_bits(word, value);
}

void
vmx_dump_caps(const struct vmx_caps *caps)
{
	kprintf("vendor %s\n", caps->vendor);
	kprintf("maxphyaddr %u\n", caps->maxphyaddr);
	kprintf("maxlinaddr %u\n", caps->maxlinaddr);
	kprintf("cpuid1.eax %08x\n", caps->cpuid1_eax);
	kprintf("cpuid1.ecx %08x\n", caps->cpuid1_ecx);
	kprintf("cpuid81.edx %08x\n", caps->cpuid81_edx);
	kprintf("feature_control %016lx\n", (u_long)caps->feature_control);
	for (unsigned cap = 0; cap < VMX_CAP_COUNT; cap++)
		if ((caps->present >> cap & 1) != 0)
			kprintf("msr %08x %016lx\n", VMX_CAP_MSR(cap),
			    (u_long)caps->msr[cap]);
}
