/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Multiboot2 parser on anything: what comes out has to be fit for use.
 */
#include "hosted.h"
#include <machine/multiboot2.h>

#define MAXRANGES 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_info(const struct mb2_info *info)
{
	require(memchr(info->cmdline, 0, sizeof(info->cmdline)) != NULL);
	require(info->nmmap <= MB2_MAXMMAP);
	require(info->nmodules <= MB2_MAXMODULES);
	require(info->rsdp_size == 0 || info->rsdp_size == 20 ||
	    info->rsdp_size == 36);
	for (unsigned i = 0; i < info->nmmap; i++)
		require(info->mmap[i].start < info->mmap[i].end);
	for (unsigned i = 0; i < info->nmodules; i++) {
		require(info->modules[i].start <= info->modules[i].end);
		require(memchr(info->modules[i].name, 0, MB2_MAXNAME) != NULL);
	}
}

/* Whole pages, none of them twice, none in a hole. */
static void
check_usable(const struct mb2_info *info)
{
	static const struct mb2_range hole = { 0x1000, 0x200800, 0 };
	struct mb2_range out[MAXRANGES];
	unsigned n;

	n = mb2_usable(info, &hole, 1, out, MAXRANGES);
	require(n <= MAXRANGES);
	for (unsigned i = 0; i < n; i++) {
		require(out[i].start < out[i].end);
		require(((out[i].start | out[i].end) & 0xfff) == 0);
		require(out[i].end <= 0x1000 || out[i].start >= 0x201000);
		for (unsigned k = 0; k < i; k++)
			require(out[i].end <= out[k].start ||
			    out[k].end <= out[i].start);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mb2_info info;
	const char *wrong;
	uint8_t *copy;

	copy = malloc(size); /* aligned as a loader's */
	if (copy == NULL)
		return (0);
	memcpy(copy, data, size);
	wrong = mb2_parse(copy, size, &info);
	require(wrong == NULL || strlen(wrong) > 10);
	free(copy);
	check_info(&info);
	check_usable(&info);
	return (0);
}
