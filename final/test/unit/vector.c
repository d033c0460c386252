/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loads processors from text files, or makes one up.
 */
#include "vector.h"
#include "vmx_vmcs.h"

#include <dirent.h>

#define MAXVECTORS 64

static const char *vector_folder;
static char names[MAXVECTORS][64];
static size_t count;

static int
by_name(const void *a, const void *b)
{
	return (strcmp(a, b));
}

void
vector_init(const char *folder)
{
	struct dirent *entry;
	size_t length;
	DIR *dir;

	vector_folder = folder;
	dir = opendir(folder);
	if (dir == NULL) {
		perror(folder);
		exit(1);
	}
	while ((entry = readdir(dir)) != NULL && count < MAXVECTORS) {
		length = strlen(entry->d_name);
		if (length < 5 || length - 4 >= sizeof(names[0]) ||
		    strcmp(entry->d_name + length - 4, ".txt") != 0)
			continue;
		memcpy(names[count], entry->d_name, length - 4);
		names[count++][length - 4] = '\0';
	}
	closedir(dir);
	qsort(names, count, sizeof(names[0]), by_name);
}

const char *
vector_name(size_t n)
{
	return (n < count ? names[n] : NULL);
}

static bool
parse_msr(const char *line, struct vmx_caps *caps)
{
	unsigned long msr, value;

	if (sscanf(line, "msr %lx %lx", &msr, &value) != 2 ||
	    msr < VMX_CAP_MSR(0) || msr >= VMX_CAP_MSR(VMX_CAP_COUNT))
		return (false);
	caps->msr[msr - VMX_CAP_MSR(0)] = value;
	caps->present |= 1u << (msr - VMX_CAP_MSR(0));
	return (true);
}

static bool
parse_line(const char *line, struct vmx_caps *caps)
{
	char key[32], text[32];
	unsigned long value;

	if (line[0] == '#' || line[0] == '\n')
		return (true);
	if (strncmp(line, "msr ", 4) == 0)
		return (parse_msr(line, caps));
	if (sscanf(line, "%31s %31s", key, text) != 2)
		return (false);
	if (strcmp(key, "vendor") == 0) {
		snprintf(caps->vendor, sizeof(caps->vendor), "%.12s", text);
		return (true);
	}
	value = strtoul(text, NULL, strncmp(key, "max", 3) == 0 ? 10 : 16);
	if (strcmp(key, "maxphyaddr") == 0)
		caps->maxphyaddr = (uint8_t)value;
	else if (strcmp(key, "maxlinaddr") == 0)
		caps->maxlinaddr = (uint8_t)value;
	else if (strcmp(key, "cpuid1.eax") == 0)
		caps->cpuid1_eax = (uint32_t)value;
	else if (strcmp(key, "cpuid1.ecx") == 0)
		caps->cpuid1_ecx = (uint32_t)value;
	else if (strcmp(key, "cpuid81.edx") == 0)
		caps->cpuid81_edx = (uint32_t)value;
	else if (strcmp(key, "feature_control") == 0)
		caps->feature_control = value;
	else
		return (false);
	return (true);
}

void
vector_load_file(const char *path, struct vmx_caps *caps)
{
	char line[256];
	FILE *file;

	memset(caps, 0, sizeof(*caps));
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: cannot be read", path);
	while (fgets(line, sizeof(line), file) != NULL)
		if (!parse_line(line, caps))
			fail_msg("%s: line not understood: %s", path, line);
	fclose(file);
}

void
vector_load(const char *name, struct vmx_caps *caps)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.txt", vector_folder, name);
	vector_load_file(path, caps);
}

bool
vector_has_vmx(const struct vmx_caps *caps)
{
	return ((caps->cpuid1_ecx & VMX_CPUID1_ECX_VMX) != 0);
}

void
vector_everything(struct vmx_caps *caps)
{
	static const uint64_t msr[VMX_CAP_COUNT] = {
		[VMX_CAP_BASIC] = 0x05da100000000001,
		[VMX_CAP_PIN] = 0xffffffff00000016,
		[VMX_CAP_PROC] = 0xffffffff0401e172,
		[VMX_CAP_EXIT] = 0xffffffff00036dff,
		[VMX_CAP_ENTRY] = 0xffffffff000011ff,
		[VMX_CAP_MISC] = 0x00000000300401e5,
		[VMX_CAP_CR0_FIXED0] = 0x80000021,
		[VMX_CAP_CR0_FIXED1] = 0xffffffff,
		[VMX_CAP_CR4_FIXED0] = 0x2000,
		[VMX_CAP_CR4_FIXED1] = 0x01ffffff,
		[VMX_CAP_VMCS_ENUM] = 0x34,
		[VMX_CAP_PROC2] = 0xdfffffff00000000,
		[VMX_CAP_EPT_VPID] = 0x00000f0106f341c1,
		[VMX_CAP_TRUE_PIN] = 0xffffffff00000016,
		[VMX_CAP_TRUE_PROC] = 0xffffffff04006172,
		[VMX_CAP_TRUE_EXIT] = 0xffffffff00036dfb,
		[VMX_CAP_TRUE_ENTRY] = 0xffffffff000011fb,
		[VMX_CAP_VMFUNC] = 0x1,
		[VMX_CAP_PROC3] = 0xdf,
		[VMX_CAP_EXIT2] = 0xb,
	};

	memset(caps, 0, sizeof(*caps));
	memcpy(caps->vendor, "GenuineIntel", 13);
	caps->maxphyaddr = 46;
	caps->maxlinaddr = 48;
	caps->cpuid1_ecx = VMX_CPUID1_ECX_VMX;
	caps->cpuid81_edx = 0x2c100800;
	caps->feature_control = 5;
	caps->present = (1u << VMX_CAP_COUNT) - 1;
	memcpy(caps->msr, msr, sizeof(msr));
}
