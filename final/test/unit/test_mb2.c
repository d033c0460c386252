/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Multiboot2 parser: well-formed information, every way to cut it short,
 * and the arithmetic on memory ranges.
 */
#include "hosted.h"
#include "mb2_build.h"

static struct mb2_info info;

/* Parses a copy of exact size, so that ASan sees a read beyond it. */
static const char *
parse(const struct mb2_build *b, size_t n)
{
	uint8_t *copy = malloc(n);
	const char *wrong;

	memcpy(copy, b->bytes, n);
	wrong = mb2_parse(copy, n, &info);
	free(copy);
	return (wrong);
}

static void
a_usual_one(struct mb2_build *b)
{
	mb2_begin(b);
	mb2_string(b, MB2_TAG_CMDLINE, "kernel do=pass", 14);
	mb2_mmap_begin(b, 24);
	mb2_mmap_entry(b, 24, 0, 0x9fc00, 1);
	mb2_mmap_entry(b, 24, 0xf0000, 0x10000, 2);
	mb2_mmap_entry(b, 24, 0x100000, 0x7f00000, 1);
	mb2_tag_end(b);
	mb2_module(b, 0x400000, 0x500000, "root.img");
	mb2_rsdp(b, MB2_TAG_ACPI_OLD, 20);
	mb2_rsdp(b, MB2_TAG_ACPI_NEW, 36);
	mb2_end(b);
}

static void
usual(void **state)
{
	struct mb2_build b;

	(void)state;
	a_usual_one(&b);
	assert_null(parse(&b, b.used));
	assert_string_equal(info.cmdline, "kernel do=pass");
	assert_int_equal(info.nmmap, 3);
	assert_int_equal(info.mmap[2].start, 0x100000);
	assert_int_equal(info.mmap[2].end, 0x8000000);
	assert_int_equal(info.mmap[1].type, 2);
	assert_int_equal(info.nmodules, 1);
	assert_string_equal(info.modules[0].name, "root.img");
	assert_int_equal(info.modules[0].end, 0x500000);
	assert_int_equal(info.rsdp_size, 36);
	assert_int_equal(info.dropped, 0);
}

/* A loader may say more than it gives: no read beyond what there is. */
static void
cut_anywhere(void **state)
{
	struct mb2_build b;

	(void)state;
	a_usual_one(&b);
	for (size_t n = 0; n < b.used; n++)
		assert_non_null(parse(&b, n));
	/* The same with a total size that fits: a tag is cut, or the end. */
	for (size_t n = 8; n < b.used; n++) {
		mb2_put32(b.bytes, (uint32_t)n);
		assert_non_null(parse(&b, n));
	}
}

static void
newer_rsdp_wins_in_any_order(void **state)
{
	struct mb2_build b;

	(void)state;
	mb2_begin(&b);
	mb2_rsdp(&b, MB2_TAG_ACPI_NEW, 36);
	mb2_rsdp(&b, MB2_TAG_ACPI_OLD, 20);
	mb2_end(&b);
	assert_null(parse(&b, b.used));
	assert_int_equal(info.rsdp_size, 36);
	mb2_begin(&b);
	mb2_rsdp(&b, MB2_TAG_ACPI_OLD, 19);
	mb2_end(&b);
	assert_null(parse(&b, b.used));
	assert_int_equal(info.rsdp_size, 0);
}

static void
too_many_entries_are_counted(void **state)
{
	struct mb2_build b;

	(void)state;
	mb2_begin(&b);
	mb2_mmap_begin(&b, 24);
	for (unsigned i = 0; i < MB2_MAXMMAP + 7; i++)
		mb2_mmap_entry(&b, 24, (i + 1) * 0x10000ull, 0x1000, 1);
	mb2_tag_end(&b);
	for (unsigned i = 0; i < MB2_MAXMODULES + 2; i++)
		mb2_module(&b, 0x1000, 0x2000, "m");
	mb2_end(&b);
	assert_null(parse(&b, b.used));
	assert_int_equal(info.nmmap, MB2_MAXMMAP);
	assert_int_equal(info.nmodules, MB2_MAXMODULES);
	assert_int_equal(info.dropped, 9);
}

/* A map of n entries, each a page of its own, 20 of them to a tag. */
static const char *
parse_map_of(unsigned n)
{
	struct mb2_build b;

	mb2_begin(&b);
	mb2_mmap_begin(&b, 24);
	for (unsigned i = 0; i < n; i++) {
		if (i != 0 && i % 20 == 0) {
			mb2_tag_end(&b);
			mb2_mmap_begin(&b, 24);
		}
		mb2_mmap_entry(&b, 24, (i + 1) * 0x2000ull, 0x1000, 1);
	}
	mb2_tag_end(&b);
	mb2_end(&b);
	return (parse(&b, b.used));
}

/* A kernel that is told of one dropped entry does not start: none too many. */
static void
a_full_map_drops_nothing(void **state)
{
	static const unsigned beyond[] = { 0, 1, 2, 40 };

	(void)state;
	assert_null(parse_map_of(MB2_MAXMMAP - 1));
	assert_int_equal(info.nmmap, MB2_MAXMMAP - 1);
	assert_int_equal(info.dropped, 0);
	for (size_t k = 0; k < nitems(beyond); k++) {
		assert_null(parse_map_of(MB2_MAXMMAP + beyond[k]));
		assert_int_equal(info.nmmap, MB2_MAXMMAP);
		assert_int_equal(info.dropped, beyond[k]);
		for (unsigned i = 0; i < MB2_MAXMMAP; i++)
			assert_int_equal(
			    info.mmap[i].start, (i + 1) * 0x2000ull);
	}
}

static void
strings_are_cut(void **state)
{
	char text[MB2_MAXCMDLINE + 100];
	struct mb2_build b;

	(void)state;
	memset(text, 'a', sizeof(text));
	mb2_begin(&b);
	mb2_string(&b, MB2_TAG_CMDLINE, text, sizeof(text));
	mb2_end(&b);
	assert_null(parse(&b, b.used));
	assert_int_equal(strlen(info.cmdline), MB2_MAXCMDLINE - 1);
}

static void
bad_memory_entries_are_skipped(void **state)
{
	struct mb2_build b;

	(void)state;
	mb2_begin(&b);
	mb2_mmap_begin(&b, 24);
	mb2_mmap_entry(&b, 24, 0x1000, 0, 1);	      /* empty */
	mb2_mmap_entry(&b, 24, ~0xfffull, 0x2000, 1); /* wraps */
	mb2_mmap_entry(&b, 24, 0x5000, 0x1000, 1);
	mb2_tag_end(&b);
	mb2_mmap_begin(&b, 8); /* too small */
	mb2_tag_end(&b);
	mb2_end(&b);
	assert_null(parse(&b, b.used));
	assert_int_equal(info.nmmap, 1);
	assert_int_equal(info.mmap[0].start, 0x5000);
}

/* --- ranges --- */

static void
set_map(const struct mb2_range *r, unsigned n)
{
	memset(&info, 0, sizeof(info));
	memcpy(info.mmap, r, n * sizeof(*r));
	info.nmmap = n;
}

static uint64_t
sum(const struct mb2_range *r, unsigned n)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < n; i++)
		bytes += r[i].end - r[i].start;
	return (bytes);
}

static void
usable_memory(void **state)
{
	static const struct mb2_range map[] = {
		{ 0x0, 0x9fc00, 1 }, /* rounds down to 9f000 */
		{ 0xf0000, 0x100000, 2 }, { 0x100000, 0x800000, 1 },
		{ 0x700000, 0x710000, 2 }, /* inside: reserved wins */
	};
	static const struct mb2_range holes[] = {
		{ 0x0, 0x1000, 0 },
		{ 0x200100, 0x300001, 0 }, /* grows to 200000-301000 */
	};
	struct mb2_range out[16];
	unsigned n;

	(void)state;
	set_map(map, nitems(map));
	n = mb2_usable(&info, holes, nitems(holes), out, nitems(out));
	assert_int_equal(n, 4);
	assert_int_equal(sum(out, n), 0x9e000 + 0x100000 + 0x3ff000 + 0xf0000);
}

/* Random maps against one bit per page. */
static void
usable_memory_at_random(void **state)
{
	enum { PAGES = 64 };
	struct mb2_range map[12], holes[4], out[64];
	bool want[PAGES], got[PAGES];
	unsigned n, type;

	(void)state;
	srandom(1);
	for (unsigned round = 0; round < 20000; round++) {
		for (unsigned i = 0; i < nitems(map); i++) {
			map[i].start = (uint64_t)(random() % PAGES) << 12;
			map[i].end = map[i].start +
			    ((uint64_t)(random() % 20) << 12);
			if (map[i].end > PAGES << 12)
				map[i].end = PAGES << 12;
			map[i].type = random() % 3 == 0 ? 2 : 1;
		}
		for (unsigned i = 0; i < nitems(holes); i++) {
			holes[i].start = (uint64_t)(random() % PAGES) << 12;
			holes[i].end = holes[i].start + (1u << 12);
			holes[i].type = 0;
		}
		set_map(map, nitems(map));
		n = mb2_usable(&info, holes, nitems(holes), out, nitems(out));
		memset(want, 0, sizeof(want));
		memset(got, 0, sizeof(got));
		for (type = 1; type <= 2; type++)
			for (unsigned i = 0; i < nitems(map); i++)
				for (uint64_t p = map[i].start; p < map[i].end;
				     p += 4096)
					if (map[i].type == type)
						want[p >> 12] = type == 1;
		for (unsigned i = 0; i < nitems(holes); i++)
			want[holes[i].start >> 12] = false;
		for (unsigned i = 0; i < n; i++)
			for (uint64_t p = out[i].start; p < out[i].end;
			     p += 4096) {
				assert_false(got[p >> 12]);
				got[p >> 12] = true;
			}
		assert_memory_equal(want, got, sizeof(want));
	}
}

/* With too little room, memory is lost and never handed out twice. */
static void
usable_memory_in_little_room(void **state)
{
	static const struct mb2_range map[] = { { 0x1000, 0x100000, 1 } };
	static const struct mb2_range holes[] = {
		{ 0x10000, 0x11000, 0 },
		{ 0x20000, 0x21000, 0 },
		{ 0x30000, 0x31000, 0 },
	};
	struct mb2_range out[5];

	(void)state;
	set_map(map, 1);
	for (unsigned max = 0; max <= 4; max++) {
		memset(out, 0xff, sizeof(out));
		assert_true(mb2_usable(&info, holes, 3, out, max) <= max);
		assert_int_equal(out[max].type, 0xffffffff);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(newer_rsdp_wins_in_any_order),
		cmocka_unit_test(too_many_entries_are_counted),
		cmocka_unit_test(a_full_map_drops_nothing),
		cmocka_unit_test(strings_are_cut),
		cmocka_unit_test(bad_memory_entries_are_skipped),
		cmocka_unit_test(usable_memory),
		cmocka_unit_test(usable_memory_at_random),
		cmocka_unit_test(usable_memory_in_little_room),
	};

	return (RUN_TESTS(tests));
}
