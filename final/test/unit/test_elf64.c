/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ELF headers: a good program, and every way of being a bad one.
 */
#include "hosted.h"
#include "elf64.h"
#include "elf64_layout.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096ul

static const struct elf64_limits limits = {
	.min = 0x1000,
	.max = 0x7ffffbffd000,
	.dyn_base = 0x20000000,
};

/* A file: headers in its first page. */
static struct {
	uint8_t page[PAGE];
	size_t len;
	uint64_t size;
	struct elf64_layout lo;
} f;

static Elf64_Ehdr *
ehdr(void)
{
	return ((Elf64_Ehdr *)f.page);
}

static Elf64_Phdr *
phdr(unsigned i)
{
	return ((Elf64_Phdr *)(f.page + ehdr()->e_phoff) + i);
}

/* Code at 0x400000, data and bss at 0x404f80, a note. */
static void
good(void)
{
	memset(&f, 0, sizeof(f));
	f.len = PAGE;
	f.size = 0x6000;
	memcpy(ehdr()->e_ident, "\177ELF", 4);
	ehdr()->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr()->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr()->e_ident[EI_VERSION] = 1;
	ehdr()->e_type = ET_EXEC;
	ehdr()->e_machine = EM_X86_64;
	ehdr()->e_version = 1;
	ehdr()->e_entry = 0x400120;
	ehdr()->e_phoff = 64;
	ehdr()->e_ehsize = 64;
	ehdr()->e_phentsize = 56;
	ehdr()->e_phnum = 3;
	*phdr(0) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_X, 0, 0x400000, 0, 0x3456,
		0x3456, PAGE };
	*phdr(1) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_W, 0x3f80, 0x404f80, 0,
		0x1100, 0x8000, PAGE };
	*phdr(2) = (Elf64_Phdr){ PT_NOTE, PF_R, 0x5400, 0x405400, 0, 0x18, 0x18,
		4 };
}

static const char *
check(void)
{
	return (elf64_check(f.page, f.len, f.size, &limits, &f.lo));
}

static void
assert_good(void)
{
	const char *wrong = check();

	if (wrong != NULL)
		fail_msg("refused: %s", wrong);
}

static void
layout(void **state)
{
	const struct elf64_segment *s = f.lo.seg;

	(void)state;
	good();
	assert_good();
	assert_int_equal(f.lo.nseg, 2);
	assert_int_equal(s[0].start, 0x400000);
	assert_int_equal(s[0].file_end, 0x404000);
	assert_int_equal(s[0].end, 0x404000);
	assert_int_equal(s[0].offset, 0);
	assert_int_equal(s[0].zero_start, s[0].zero_end);
	assert_int_equal(s[0].flags, PF_R | PF_X);
	assert_int_equal(s[1].start, 0x404000);
	assert_int_equal(s[1].file_end, 0x407000);
	assert_int_equal(s[1].end, 0x40d000);
	assert_int_equal(s[1].offset, 0x3000);
	assert_int_equal(s[1].zero_start, 0x406080);
	assert_int_equal(s[1].zero_end, 0x407000);
	assert_int_equal(f.lo.entry, 0x400120);
	assert_int_equal(f.lo.base, 0);
	assert_int_equal(f.lo.phdr, 0x400040);
	assert_int_equal(f.lo.phnum, 3);
	assert_int_equal(f.lo.text_start, 0x400000);
	assert_int_equal(f.lo.text_end, 0x403456);
	assert_int_equal(f.lo.data_end, 0x40d000);
	assert_int_equal(f.lo.total, 0xd000);
	assert_int_equal(f.lo.nnotes, 1);
	assert_int_equal(f.lo.note_offset[0], 0x5400);
	assert_int_equal(f.lo.note_size[0], 0x18);
}

static void
position_independent(void **state)
{
	(void)state;
	good();
	ehdr()->e_type = ET_DYN;
	ehdr()->e_entry = 0x120;
	phdr(0)->p_vaddr = 0;
	phdr(1)->p_vaddr = 0x4f80;
	assert_good();
	assert_int_equal(f.lo.base, 0x20000000);
	assert_int_equal(f.lo.entry, 0x20000120);
	assert_int_equal(f.lo.phdr, 0x20000040);
	assert_int_equal(f.lo.seg[1].zero_start, 0x20006080);
}

static void
only_bss(void **state)
{
	(void)state;
	good();
	phdr(1)->p_filesz = 0;
	assert_good();
	assert_int_equal(f.lo.seg[1].file_end, f.lo.seg[1].start);
	assert_int_equal(f.lo.seg[1].zero_start, f.lo.seg[1].zero_end);
}

/* Nobody needs them, nobody must mind. */
static void
harmless(void **state)
{
	(void)state;
	good();
	phdr(0)->p_align = 0;
	phdr(1)->p_align = 1;
	phdr(2)->p_type = PT_GNU_STACK;
	assert_good();
	good();
	phdr(1)->p_memsz = phdr(1)->p_filesz = 0; /* takes no memory */
	phdr(1)->p_vaddr = 3;
	assert_good();
	assert_int_equal(f.lo.nseg, 1);
	good();
	phdr(2)->p_filesz = 0;
	assert_good();
	assert_int_equal(f.lo.nnotes, 0);
	good();
	f.len = 64 + 3 * 56; /* a short read */
	assert_good();
	good();
	phdr(0)->p_offset = 0x1000; /* no segment has the headers */
	assert_good();
	assert_int_equal(f.lo.phdr, 0);
}

/* A dynamic program says where the path of its linker is. */
static void
dynamic(void **state)
{
	(void)state;
	good();
	assert_good();
	assert_int_equal(f.lo.interp_size, 0);
	phdr(2)->p_type = PT_INTERP;
	assert_good();
	assert_int_equal(f.lo.interp_offset, 0x5400);
	assert_int_equal(f.lo.interp_size, 0x18);
	phdr(2)->p_filesz = ELF64_MAXPATH; /* just in the file, just allowed */
	phdr(2)->p_offset = f.size - ELF64_MAXPATH;
	assert_good();
	phdr(2)->p_filesz = 2;
	assert_good();
}

/* Another file beside the good one: so many segments, a page each. */
static bool
overlaps(unsigned n, const uint64_t *start)
{
	struct elf64_layout other = { .nseg = n };

	for (unsigned i = 0; i < n; i++) {
		other.seg[i].start = other.seg[i].file_end = start[i];
		other.seg[i].end = start[i] + PAGE;
	}
	assert_int_equal(
	    elf64_overlap(&f.lo, &other), elf64_overlap(&other, &f.lo));
	return (elf64_overlap(&f.lo, &other));
}

/* The good one has 0x400000 to 0x404000 and 0x404000 to 0x40d000. */
static void
together(void **state)
{
	(void)state;
	good();
	phdr(1)->p_vaddr += 0x10000; /* 0x414000 to 0x41d000 */
	assert_good();
	assert_false(overlaps(0, NULL));
	assert_false(overlaps(2, (uint64_t[]){ 0x1000, 0x3ff000 }));
	assert_false(overlaps(2, (uint64_t[]){ 0x404000, 0x413000 }));
	assert_false(overlaps(3, (uint64_t[]){ 0x3ff000, 0x413000, 0x41d000 }));
	assert_true(overlaps(1, (uint64_t[]){ 0x400000 }));
	assert_true(overlaps(2, (uint64_t[]){ 0x404000, 0x414000 }));
	assert_true(overlaps(2, (uint64_t[]){ 0x403000, 0x500000 }));
	assert_true(overlaps(3, (uint64_t[]){ 0x1000, 0x413000, 0x41c000 }));
}

/* One thing that is wrong, and what is said of it. */
struct bad {
	const char *words;
	void (*spoil)(void);
};

#define BAD(name, statement)                                                   \
	static void name(void)                                                 \
	{                                                                      \
		statement;                                                     \
	}
BAD(magic, ehdr()->e_ident[1] = 'e')
BAD(empty, f.len = 0)
BAD(cut_header, f.len = 63)
BAD(class32, ehdr()->e_ident[EI_CLASS] = 1)
BAD(big_endian, ehdr()->e_ident[EI_DATA] = 2)
BAD(ident_version, ehdr()->e_ident[EI_VERSION] = 0)
BAD(version, ehdr()->e_version = 2)
BAD(arm, ehdr()->e_machine = 183)
BAD(object, ehdr()->e_type = 1)
BAD(core, ehdr()->e_type = 4)
BAD(phentsize, ehdr()->e_phentsize = 32)
BAD(no_phdrs, ehdr()->e_phnum = 0)
BAD(many_phdrs, ehdr()->e_phnum = 65)
BAD(phnum_max, ehdr()->e_phnum = 0xffff)
BAD(phoff_far, ehdr()->e_phoff = PAGE - 100)
BAD(phoff_wraps, ehdr()->e_phoff = -56ul)
BAD(phdrs_cut, f.len = 64 + 3 * 56 - 1)
BAD(filesz, phdr(1)->p_filesz = 0x8001)
BAD(beyond_file, f.size = 0x3f80 + 0x1100 - 1)
BAD(offset_wraps, phdr(1)->p_offset = -0x80ul)
BAD(offset_huge, phdr(0)->p_offset = 0x7ffffffffffff000)
BAD(congruence, phdr(1)->p_vaddr += 8)
BAD(align_odd, phdr(0)->p_align = 0x1800)
BAD(align_lie, phdr(1)->p_align = 0x10000)
BAD(align_dyn,
    ((ehdr()->e_type = ET_DYN, phdr(0)->p_align = 1ul << 40,
	phdr(0)->p_vaddr = 0)))
BAD(readonly_bss, phdr(1)->p_flags = PF_R)
BAD(null_page, phdr(0)->p_vaddr = 0)
BAD(kernel, phdr(1)->p_vaddr = 0xffffffff80000f80)
BAD(top, phdr(1)->p_vaddr = 0x7ffffbffcf80)
BAD(memsz_wraps, phdr(1)->p_memsz = -0x1000ul)
BAD(vaddr_wraps, phdr(1)->p_vaddr = -0x80ul)
BAD(dyn_wraps,
    ((ehdr()->e_type = ET_DYN, phdr(1)->p_vaddr = -0x20000000ul + 0xf80)))
BAD(overlap, phdr(1)->p_vaddr = 0x403f80)
BAD(same_page,
    ((phdr(1)->p_vaddr = 0x403f80, phdr(0)->p_filesz = 0x3f00,
	phdr(0)->p_memsz = 0x3f00)))
BAD(order, phdr(1)->p_vaddr = 0x300f80)
BAD(linkers2,
    ((phdr(1)->p_type = phdr(2)->p_type = PT_INTERP, phdr(1)->p_filesz = 0x20)))
BAD(linker_far, ((phdr(2)->p_type = PT_INTERP, phdr(2)->p_offset = 0x5fe9)))
BAD(linker_wraps, ((phdr(2)->p_type = PT_INTERP, phdr(2)->p_offset = -8ul)))
BAD(linker_empty, ((phdr(2)->p_type = PT_INTERP, phdr(2)->p_filesz = 1)))
BAD(linker_none, ((phdr(2)->p_type = PT_INTERP, phdr(2)->p_filesz = 0)))
BAD(linker_long,
    ((phdr(2)->p_type = PT_INTERP, phdr(2)->p_offset = 0,
	phdr(2)->p_filesz = ELF64_MAXPATH + 1)))
BAD(note_far, phdr(2)->p_offset = 0x6000)
BAD(note_wraps, phdr(2)->p_filesz = -1ul)
BAD(nothing, phdr(0)->p_type = phdr(1)->p_type = 0)
BAD(entry_data, ehdr()->e_entry = 0x405000)
BAD(entry_nowhere, ehdr()->e_entry = 0)
BAD(entry_after, ehdr()->e_entry = 0x40d000)
BAD(entry_wraps, ((ehdr()->e_type = ET_DYN, ehdr()->e_entry = -1ul)))
BAD(no_text, phdr(0)->p_flags = PF_R)

static void
segments17(void)
{
	ehdr()->e_phnum = ELF64_MAXLOAD + 1;
	for (unsigned i = 0; i <= ELF64_MAXLOAD; i++)
		*phdr(i) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_X, 0,
			0x400000 + i * PAGE, 0, 64, 64, PAGE };
}

static const struct bad bad[] = {
	{ "no ELF", magic },
	{ "no ELF", empty },
	{ "shorter", cut_header },
	{ "64-bit", class32 },
	{ "little-endian", big_endian },
	{ "unknown version", ident_version },
	{ "unknown version", version },
	{ "another processor", arm },
	{ "object or core", object },
	{ "object or core", core },
	{ "unknown size", phentsize },
	{ "too many", no_phdrs },
	{ "too many", many_phdrs },
	{ "too many", phnum_max },
	{ "first page", phoff_far },
	{ "first page", phoff_wraps },
	{ "first page", phdrs_cut },
	{ "larger in the file", filesz },
	{ "beyond the end", beyond_file },
	{ "beyond the end", offset_wraps },
	{ "beyond the end", offset_huge },
	{ "do not match", congruence },
	{ "not aligned", align_odd },
	{ "not aligned", align_lie },
	{ "more alignment", align_dyn },
	{ "cannot be written", readonly_bss },
	{ "outside of user space", null_page },
	{ "outside of user space", kernel },
	{ "outside of user space", top },
	{ "outside of user space", memsz_wraps },
	{ "outside of user space", vaddr_wraps },
	{ "outside of user space", dyn_wraps },
	{ "overlap", overlap },
	{ "overlap", same_page },
	{ "not in order", order },
	{ "two dynamic linkers", linkers2 },
	{ "beyond the end", linker_far },
	{ "beyond the end", linker_wraps },
	{ "empty or too long", linker_empty },
	{ "empty or too long", linker_none },
	{ "empty or too long", linker_long },
	{ "note", note_far },
	{ "note", note_wraps },
	{ "nothing to be loaded", nothing },
	{ "entry", entry_data },
	{ "entry", entry_nowhere },
	{ "entry", entry_after },
	{ "entry", entry_wraps },
	{ "entry", no_text },
	{ "too many segments", segments17 },
};

static void
refused(void **state)
{
	const char *wrong;

	(void)state;
	for (unsigned i = 0; i < nitems(bad); i++) {
		good();
		bad[i].spoil();
		wrong = check();
		if (wrong == NULL)
			fail_msg("row %u, %s: accepted", i, bad[i].words);
		if (strstr(wrong, bad[i].words) == NULL)
			fail_msg("row %u, %s: %s", i, bad[i].words, wrong);
	}
}

/* A note in bytes. */
static size_t
note(uint8_t *p, const char *name, uint32_t namesz, uint32_t type,
    const void *desc, uint32_t descsz)
{
	Elf64_Nhdr nh = { namesz, descsz, type };
	size_t name4 = (namesz + 3) & ~3ul, desc4 = (descsz + 3) & ~3ul;

	memcpy(p, &nh, sizeof(nh));
	memset(p + sizeof(nh), 0, name4 + desc4);
	memcpy(p + sizeof(nh), name, namesz);
	memcpy(p + sizeof(nh) + name4, desc, descsz);
	return (sizeof(nh) + name4 + desc4);
}

static void
notes(void **state)
{
	const uint32_t tag[4] = { 0, 3, 2, 0 }, hurd[4] = { 1, 0, 0, 0 };
	uint8_t p[256] = { 0 };
	size_t n, gnu;

	(void)state;
	assert_int_equal(elf64_note_brand(p, 0), ELF64_BRAND_NONE);
	n = note(p, "DragonFly", 10, 1, tag, 4);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_DRAGONFLY);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(elf64_note_brand(p, i), ELF64_BRAND_NONE);
	n = note(p, "Damselfly", 10, 1, tag, 4);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_DRAGONFLY);
	n = note(p, "DragonFlx", 10, 1, tag, 4);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_NONE);
	n = note(p, "DragonFly", 10, 2, tag, 4);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_NONE);
	gnu = note(p, "GNU", 4, 3, "0123456789abcdef0123", 20);
	assert_int_equal(elf64_note_brand(p, gnu), ELF64_BRAND_NONE);
	n = gnu + note(p + gnu, "GNU", 4, 1, tag, 16);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_LINUX);
	n = gnu + note(p + gnu, "GNU", 4, 1, hurd, 16);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_FOREIGN);
	n = gnu + note(p + gnu, "GNU", 4, 1, tag, 3);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_NONE);
	n = note(p, "", 0, 1, "", 0); /* nothing, and then something */
	n += note(p + n, "DragonFly", 10, 1, tag, 4);
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_DRAGONFLY);
	((Elf64_Nhdr *)p)->n_namesz = 0xffffffff; /* rounds to 0 in 32 bits */
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_NONE);
	n = note(p, "", 0, 1, "", 0);
	((Elf64_Nhdr *)p)->n_descsz = 0xfffffffe;
	assert_int_equal(elf64_note_brand(p, n), ELF64_BRAND_NONE);
}

static void
osabi(void **state)
{
	(void)state;
	assert_int_equal(elf64_osabi_brand(0), ELF64_BRAND_NONE);
	assert_int_equal(elf64_osabi_brand(3), ELF64_BRAND_LINUX);
	assert_int_equal(elf64_osabi_brand(9), ELF64_BRAND_FOREIGN);
}

/* What Debian links is a program of Linux, and its linker one, too. */
static void
debian(void **state)
{
	static const char *const paths[] = { "/bin/busybox", "/bin/bash-static",
		"/usr/bin/make", "/usr/bin/tcc",
		"/lib64/ld-linux-x86-64.so.2" };
	struct stat sb;
	unsigned seen = 0;
	int fd;

	(void)state;
	for (unsigned i = 0; i < nitems(paths); i++) {
		fd = open(paths[i], O_RDONLY);
		if (fd < 0)
			continue;
		seen++;
		assert_int_equal(fstat(fd, &sb), 0);
		f.len = (size_t)read(fd, f.page, sizeof(f.page));
		f.size = (uint64_t)sb.st_size;
		close(fd);
		assert_good();
		assert_true(f.lo.phdr != 0);
		assert_int_equal(f.lo.interp_size != 0, i == 2 || i == 3);
	}
	if (seen == 0)
		skip();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(position_independent),
		cmocka_unit_test(only_bss),
		cmocka_unit_test(harmless),
		cmocka_unit_test(dynamic),
		cmocka_unit_test(together),
		cmocka_unit_test(refused),
		cmocka_unit_test(notes),
		cmocka_unit_test(osabi),
		cmocka_unit_test(debian),
	};

	return (RUN_TESTS(tests));
}
