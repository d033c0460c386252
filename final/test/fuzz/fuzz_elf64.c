/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ELF files of any content.  The input is the size of the file (8 bytes) and
 * its first bytes.  What is accepted has to be what the kernel relies on.
 */
#include "hosted.h"
#include "elf64.h"
#include "elf64_layout.h"

#define PAGE 4096ul

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct elf64_limits limits = {
	.min = 0x1000,
	.max = 0x7ffffbffd000,
	.dyn_base = 0x20000000,
};

static void
must(bool cond)
{
	if (!cond)
		abort();
}

static void
check_segment(const struct elf64_segment *s, uint64_t filesize)
{
	must(((s->start | s->file_end | s->end | s->offset) & (PAGE - 1)) == 0);
	must(s->start >= limits.min && s->end <= limits.max);
	must(s->start <= s->file_end && s->file_end <= s->end);
	must(s->start < s->end);
	must(s->offset <= INT64_MAX);
	if (s->file_end != s->start)
		must(s->offset <= filesize &&
		    s->file_end - s->start < filesize - s->offset + PAGE);
	must(s->zero_start <= s->zero_end);
	if (s->zero_start != s->zero_end)
		must(s->zero_start > s->start && s->zero_end == s->file_end &&
		    s->zero_end - s->zero_start < PAGE &&
		    (s->flags & PF_W) != 0);
	if (s->end != s->file_end && s->file_end != s->start)
		must((s->flags & PF_W) != 0);
}

static void
check_layout(const struct elf64_layout *lo, uint64_t filesize)
{
	bool text = false;

	must(lo->nseg > 0 && lo->nseg <= ELF64_MAXLOAD);
	for (u_int i = 0; i < lo->nseg; i++) {
		check_segment(&lo->seg[i], filesize);
		must(i == 0 || lo->seg[i - 1].end <= lo->seg[i].start);
		text |= lo->entry >= lo->seg[i].start &&
		    lo->entry < lo->seg[i].end &&
		    (lo->seg[i].flags & PF_X) != 0;
	}
	must(text);
	must(lo->data_end == lo->seg[lo->nseg - 1].end);
	must(lo->phdr == 0 ||
	    (lo->phdr >= lo->seg[0].start && lo->phdr < lo->data_end));
	for (u_int i = 0; i < lo->nnotes; i++)
		must(lo->note_size[i] <= ELF64_MAXNOTE &&
		    lo->note_offset[i] + lo->note_size[i] <= filesize);
	if (lo->interp_size != 0)
		must(lo->interp_size >= 2 && lo->interp_size <= ELF64_MAXPATH &&
		    lo->interp_offset <= filesize - lo->interp_size);
}

/* Whether a page is in one of the segments. */
static bool
has_page(const struct elf64_layout *lo, uint64_t page)
{
	for (u_int i = 0; i < lo->nseg; i++)
		if (page >= lo->seg[i].start && page < lo->seg[i].end)
			return (true);
	return (false);
}

/* Two segments have a page in common if the later of their first pages is such
 * a one. */
static bool
common_page(const struct elf64_layout *a, const struct elf64_layout *b)
{
	for (u_int i = 0; i < a->nseg; i++)
		if (has_page(b, a->seg[i].start))
			return (true);
	for (u_int i = 0; i < b->nseg; i++)
		if (has_page(a, b->seg[i].start))
			return (true);
	return (false);
}

/* The file beside itself where a dynamic linker would be. */
static void
check_linker(const uint8_t *header, size_t len, uint64_t filesize,
    const struct elf64_layout *lo)
{
	struct elf64_limits higher = limits;
	struct elf64_layout linker;

	must(elf64_overlap(lo, lo));
	higher.dyn_base = 0xf0000000;
	if (elf64_check(header, len, filesize, &higher, &linker) == NULL)
		must(elf64_overlap(lo, &linker) == common_page(lo, &linker));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf64_layout lo;
	uint64_t filesize;
	size_t len;

	if (size < sizeof(filesize))
		return (0);
	memcpy(&filesize, data, sizeof(filesize));
	filesize &= INT64_MAX;
	len = size - sizeof(filesize);
	if (len > filesize)
		len = filesize;
	if (elf64_check(data + sizeof(filesize), len, filesize, &limits, &lo) ==
	    NULL) {
		check_layout(&lo, filesize);
		check_linker(data + sizeof(filesize), len, filesize, &lo);
	}
	(void)elf64_note_brand(data, size);
	return (0);
}
