/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Parser of the Multiboot2 boot information.
 *
 * The information is a header of 8 bytes (total size, reserved) and then
 * tags: a type, a size, a payload, padding to 8 bytes.  Each handler gets its
 * tag's payload and the number of bytes that are really there; nothing is
 * read beyond that.  Called by pc64_init() and by a fuzzer on Linux.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include <machine/multiboot2.h>

/** A tag as its handler sees it: payload after type and size. */
struct mb2_tag {
	const uint8_t *p; /**< payload */
	size_t len;	  /**< bytes of payload */
};

/** Section header of ELF64; facts from the ELF-64 Object File Format. */
struct elf64_shdr {
	uint32_t sh_name, sh_type;
	uint64_t sh_flags, sh_addr, sh_offset, sh_size;
	uint32_t sh_link, sh_info;
	uint64_t sh_addralign, sh_entsize;
};
CTASSERT(sizeof(struct elf64_shdr) == 64);
#define SHT_SYMTAB 2
#define SHT_STRTAB 3

static uint32_t
le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return (v);
}

static uint64_t
le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return (v);
}

/* A string that may lack its terminator: cut at the end of the tag. */
static void
copy_string(char *dst, size_t size, const uint8_t *p, size_t len)
{
	size_t n;

	n = strnlen((const char *)p, MIN(len, size - 1));
	memcpy(dst, p, n);
	dst[n] = '\0';
}

static void
tag_cmdline(struct mb2_tag t, struct mb2_info *out)
{
	copy_string(out->cmdline, sizeof(out->cmdline), t.p, t.len);
}

static void
tag_module(struct mb2_tag t, struct mb2_info *out)
{
	struct mb2_module *m;

	if (t.len < 8)
		return;
	if (out->nmodules == MB2_MAXMODULES) {
		out->dropped++;
		return;
	}
	m = &out->modules[out->nmodules];
	m->start = le32(t.p);
	m->end = le32(t.p + 4);
	if (m->end < m->start)
		return;
	copy_string(m->name, sizeof(m->name), t.p + 8, t.len - 8);
	out->nmodules++;
}

static void
tag_mmap(struct mb2_tag t, struct mb2_info *out)
{
	struct mb2_range *r;
	size_t esize, off;
	uint64_t base, len;

	if (t.len < 8)
		return;
	esize = le32(t.p);
	if (esize < 20) /* base, length, type */
		return;
	for (off = 8; off + esize <= t.len; off += esize) {
		base = le64(t.p + off);
		len = le64(t.p + off + 8);
		if (len == 0 || base + len < base)
			continue;
		if (out->nmmap == MB2_MAXMMAP) {
			out->dropped++;
			continue;
		}
		r = &out->mmap[out->nmmap++];
		r->start = base;
		r->end = base + len;
		r->type = le32(t.p + off + 16);
	}
}

static void
tag_framebuffer(struct mb2_tag t, struct mb2_info *out)
{
	if (t.len < 22) /* address, pitch, size, depth, type */
		return;
	out->has_framebuffer = true;
	out->framebuffer_type = t.p[21];
}

static void
tag_elf_sections(struct mb2_tag t, struct mb2_info *out)
{
	struct elf64_shdr sh, str;
	size_t num, esize, i;

	if (t.len < 12)
		return;
	num = le32(t.p);
	esize = le32(t.p + 4);
	if (esize != sizeof(sh) || num > (t.len - 12) / esize)
		return;
	for (i = 0; i < num; i++) {
		memcpy(&sh, t.p + 12 + i * esize, sizeof(sh));
		if (sh.sh_type != SHT_SYMTAB || sh.sh_link >= num)
			continue;
		memcpy(&str, t.p + 12 + sh.sh_link * esize, sizeof(str));
		if (str.sh_type != SHT_STRTAB)
			continue;
		out->symtab = sh.sh_addr;
		out->symtab_size = sh.sh_size;
		out->strtab = str.sh_addr;
		out->strtab_size = str.sh_size;
		return;
	}
}

/* ACPI 1 gives 20 bytes, ACPI 2 and later 36; the newer one wins. */
static void
tag_rsdp(struct mb2_tag t, struct mb2_info *out)
{
	uint32_t n;

	n = t.len >= MB2_RSDP_SIZE ? MB2_RSDP_SIZE : 20;
	if (t.len < n || n < out->rsdp_size)
		return;
	memcpy(out->rsdp, t.p, n);
	out->rsdp_size = n;
}

typedef void tag_handler_t(struct mb2_tag t, struct mb2_info *out);

static tag_handler_t *const tag_handlers[] = {
	[MB2_TAG_CMDLINE] = tag_cmdline,
	[MB2_TAG_MODULE] = tag_module,
	[MB2_TAG_MMAP] = tag_mmap,
	[MB2_TAG_FRAMEBUFFER] = tag_framebuffer,
	[MB2_TAG_ELF_SECTIONS] = tag_elf_sections,
	[MB2_TAG_ACPI_OLD] = tag_rsdp,
	[MB2_TAG_ACPI_NEW] = tag_rsdp,
};

/**
 * Parses the boot information.
 *
 * @param info	the information, 8-byte aligned as the loader leaves it
 * @param avail	bytes that may be read at info
 * @param out	filled in; entries beyond its capacities are counted in
 *		`dropped`
 * @return	NULL, or a sentence that says what is wrong; then `out` holds
 *		what was read before
 *
 * Source: Multiboot2 Specification, "Boot information format".
 */
const char *
mb2_parse(const void *info, size_t avail, struct mb2_info *out)
{
	const uint8_t *p = info;
	size_t total, off, size;
	uint32_t type;

	memset(out, 0, sizeof(*out));
	if (avail < 8)
		return ("the boot information is shorter than its header");
	total = le32(p);
	if (total < 8 || total > avail)
		return ("the boot information's size makes no sense");
	for (off = 8; off + 8 <= total; off += roundup2(size, 8)) {
		type = le32(p + off);
		size = le32(p + off + 4);
		if (size < 8 || size > total - off)
			return ("a boot information tag leaves its bounds");
		if (type == MB2_TAG_END)
			return (NULL);
		if (type < nitems(tag_handlers) && tag_handlers[type] != NULL)
			tag_handlers[type](
			    (struct mb2_tag){ p + off + 8, size - 8 }, out);
	}
	return ("the boot information has no end tag");
}

/*
 * Removes the range [start, end) from out[0..n): a range that contains it
 * splits in two.  What does not fit any more is given up, never handed out
 * twice.
 */
static u_int
cut_range(
    struct mb2_range *out, u_int n, u_int max, vm_paddr_t start, vm_paddr_t end)
{
	struct mb2_range r;
	u_int i, kept = 0;
	u_int last = n;

	for (i = 0; i < n; i++) {
		r = out[i];
		if (r.end <= start || r.start >= end) {
			out[kept++] = r;
			continue;
		}
		if (r.start < start)
			out[kept++] = (struct mb2_range){ r.start, start,
				r.type };
		if (r.end <= end)
			continue;
		r.start = end;
		if (kept <= i)
			out[kept++] = r;
		else if (last < max)
			out[last++] = r;
	}
	while (last > n)
		out[kept++] = out[--last];
	return (kept);
}

/**
 * Lists the page-aligned ranges of RAM that the kernel may use: what the
 * memory map calls available, less what any overlapping entry of another type
 * claims, less the holes.
 *
 * @param info	parsed boot information
 * @param holes	ranges in use already; grown outward to whole pages
 * @param nholes number of holes
 * @param out	result, in no particular order, never overlapping
 * @param max	capacity of out
 * @return	number of ranges in out
 */
u_int
mb2_usable(const struct mb2_info *info, const struct mb2_range *holes,
    u_int nholes, struct mb2_range *out, u_int max)
{
	const struct mb2_range *r;
	u_int i, n = 0;
	vm_paddr_t start, end;

	for (i = 0; i < info->nmmap && n < max; i++) {
		r = &info->mmap[i];
		if (r->type != MB2_MEMORY_AVAILABLE || r->start > ~PAGE_MASK)
			continue;
		start = round_page(r->start);
		end = trunc_page(r->end);
		if (start >= end)
			continue;
		/* Two entries may overlap: keep the first one's pages. */
		n = cut_range(out, n, max, start, end);
		if (n < max)
			out[n++] = (struct mb2_range){ start, end, r->type };
	}
	for (i = 0; i < info->nmmap; i++) {
		r = &info->mmap[i];
		if (r->type != MB2_MEMORY_AVAILABLE)
			n = cut_range(out, n, max, trunc_page(r->start),
			    r->end > ~PAGE_MASK ? ~0UL : round_page(r->end));
	}
	for (i = 0; i < nholes; i++)
		n = cut_range(out, n, max, trunc_page(holes[i].start),
		    round_page(holes[i].end));
	return (n);
}
