/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is EPT's own: refusals, the pointer, the meaning of its exits, and the
 * search for a bad entry with one row for each way in which one can be bad.
 */
#include "arena.h"
#include "ept.h"
#include "vector.h"
#include "vmx_exit.h"
#include "vmx_vmcs.h"
#include <errno.h>

#define GPA 0x7fc0201000ul
#define RW  (VM_PROT_READ | VM_PROT_WRITE)

/* --- the processor --- */

/* By hand from each file's MSR 48c (and 48b for EPT at all). */
static const struct {
	const char *name;
	bool ept;
	u_int level;
	bool ad;
} processors[] = {
	{ "bochs-arrandale", true, PMAP_LEVEL_2M, false },
	{ "bochs-broadwell", true, PMAP_LEVEL_1G, true },
	{ "bochs-cannonlake", true, PMAP_LEVEL_1G, true },
	{ "bochs-generic", false, 0, false },
	{ "bochs-haswell", true, PMAP_LEVEL_1G, true },
	{ "bochs-icelake", true, PMAP_LEVEL_1G, true },
	{ "bochs-ivybridge", true, PMAP_LEVEL_2M, false },
	{ "bochs-lynnfield", true, PMAP_LEVEL_2M, false },
	{ "bochs-penryn", false, 0, false },
	{ "bochs-ryzen", false, 0, false },
	{ "bochs-sandybridge", true, PMAP_LEVEL_2M, false },
	{ "bochs-skylake", true, PMAP_LEVEL_1G, true },
	{ "bochs-tigerlake", true, PMAP_LEVEL_1G, true },
	{ "qemu-max", false, 0, false },
	{ "real-core2-t5600", false, 0, false },
	{ "real-core2-t9600", false, 0, false },
	{ "real-i7-2600", true, PMAP_LEVEL_2M, false },
	{ "real-i7-4770", true, PMAP_LEVEL_1G, true },
	{ "real-i7-6700k", true, PMAP_LEVEL_1G, true },
	{ "real-i7-9700k", true, PMAP_LEVEL_1G, true },
	{ "real-n3150", true, PMAP_LEVEL_2M, false },
	{ "real-xeon-6252n", true, PMAP_LEVEL_1G, true },
};

static void
every_processor(void **state)
{
	struct vmx_caps caps;
	struct pmap pmap;

	(void)state;
	for (size_t i = 0; i < nitems(processors); i++) {
		/* The list is complete, and sorted as the files are. */
		assert_string_equal(vector_name(i), processors[i].name);
		vector_load(processors[i].name, &caps);
		print_message("# %s\n", processors[i].name);
		assert_int_equal(ept_refusal(&caps) == NULL, processors[i].ept);
		if (!processors[i].ept) {
			assert_non_null(strstr(ept_refusal(&caps), "no EPT"));
			continue;
		}
		arena_reset();
		assert_int_equal(ept_pinit(&pmap, &caps), 0);
		assert_int_equal(pmap.pm_maxlevel, processors[i].level);
		assert_int_equal(pmap.pm_flags,
		    PMAP_HVM | (processors[i].ad ? 0 : PMAP_EMULATE_AD_BITS));
		assert_ptr_equal(pmap.pm_format, &pmap_format_ept);
		/* Write-back is 6, 4 levels are 3 << 3, A/D is bit 6. */
		assert_int_equal(ept_pointer(&pmap),
		    pmap.pm_pml4 | (processors[i].ad ? 0x5e : 0x1e));
		pmap_release(&pmap);
		assert_int_equal(arena_used(), 0);
	}
	assert_null(vector_name(nitems(processors)));
}

static void
refusals(void **state)
{
	static const struct {
		uint64_t without; /* bits taken from the capability MSR */
		const char *words;
	} rows[] = {
		{ 0, NULL },
		{ EPT_CAP_WALK_4, "4 levels" },
		{ EPT_CAP_MEMTYPE_WB, "write-back" },
		{ EPT_CAP_INVEPT, "INVEPT" },
		{ EPT_CAP_INVEPT_SINGLE, NULL },
		{ EPT_CAP_INVEPT_ALL, NULL },
		{ EPT_CAP_INVEPT_SINGLE | EPT_CAP_INVEPT_ALL, "INVEPT" },
		{ EPT_CAP_2M | EPT_CAP_1G | EPT_CAP_AD | EPT_CAP_EXECUTE_ONLY |
			EPT_CAP_MEMTYPE_UC | EPT_CAP_WALK_5,
		    NULL },
	};
	struct vmx_caps caps;
	const char *words;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		vector_everything(&caps);
		caps.msr[VMX_CAP_EPT_VPID] &= ~rows[i].without;
		words = ept_refusal(&caps);
		assert_int_equal(words == NULL, rows[i].words == NULL);
		if (words != NULL)
			assert_non_null(strstr(words, rows[i].words));
	}
	/* VPID alone gives a processor that MSR too. */
	vector_everything(&caps);
	caps.msr[VMX_CAP_PROC2] &= ~((uint64_t)PROC2_CTLS_EPT << 32);
	assert_non_null(strstr(ept_refusal(&caps), "no EPT"));
}

static void
no_memory(void **state)
{
	struct vmx_caps caps;
	struct pmap pmap;

	(void)state;
	arena_reset();
	vector_everything(&caps);
	arena_limit(0);
	assert_int_equal(ept_pinit(&pmap, &caps), ENOMEM);
}

/* --- violations --- */

static void
decode(void **state)
{
	static const struct {
		uint64_t q;
		struct ept_violation v;
		const char *words;
	} rows[] = {
		{ 0x181, { 0x1000, 0x2000, true, false, 1, 0 },
		    "read of guest-physical 0x1000 (linear 0x2000), "
		    "allowed nothing" },
		{ 0x182, { 0x1000, 0x2000, true, false, 2, 0 },
		    "write of guest-physical 0x1000 (linear 0x2000), "
		    "allowed nothing" },
		{ 0x184, { 0x1000, 0x2000, true, false, 4, 0 },
		    "fetch of guest-physical 0x1000 (linear 0x2000), "
		    "allowed nothing" },
		{ 0x18a, { 0x1000, 0x2000, true, false, 2, 1 },
		    "write of guest-physical 0x1000 (linear 0x2000), "
		    "allowed read" },
		{ 0x1aa, { 0x1000, 0x2000, true, false, 2, 5 },
		    "write of guest-physical 0x1000 (linear 0x2000), "
		    "allowed read and fetch" },
		{ 0x19c, { 0x1000, 0x2000, true, false, 4, 3 },
		    "fetch of guest-physical 0x1000 (linear 0x2000), "
		    "allowed read and write" },
		{ 0x081, { 0x1000, 0x2000, true, true, 1, 0 },
		    "read of guest-physical 0x1000 (linear 0x2000) by the "
		    "page-table walk, allowed nothing" },
		{ 0x08b, { 0x1000, 0x2000, true, true, 3, 1 },
		    "read and write of guest-physical 0x1000 (linear 0x2000) "
		    "by the page-table walk, allowed read" },
		/* No linear address: the field and bit 8 mean nothing. */
		{ 0x001, { 0x1000, 0, false, false, 1, 0 },
		    "read of guest-physical 0x1000, allowed nothing" },
		{ 0x101, { 0x1000, 0, false, false, 1, 0 },
		    "read of guest-physical 0x1000, allowed nothing" },
		/* Bits that are not ours change nothing. */
		{ 0xfffffffffffffe41, { 0x1000, 0, false, false, 1, 0 },
		    "read of guest-physical 0x1000, allowed nothing" },
		{ 0x1bf, { 0x1000, 0x2000, true, false, 7, 7 },
		    "read, write and fetch of guest-physical 0x1000 (linear "
		    "0x2000), allowed read, write and fetch" },
		{ 0x000, { 0x1000, 0, false, false, 0, 0 },
		    "nothing of guest-physical 0x1000, allowed nothing" },
	};
	struct ept_violation v;
	char words[160];

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		memset(&v, 0xa5, sizeof(v));
		ept_decode(rows[i].q, 0x1000, 0x2000, &v);
		assert_int_equal(v.gpa, rows[i].v.gpa);
		assert_int_equal(v.gva, rows[i].v.gva);
		assert_int_equal(v.has_gva, rows[i].v.has_gva);
		assert_int_equal(v.table_walk, rows[i].v.table_walk);
		assert_int_equal(v.access, rows[i].v.access);
		assert_int_equal(v.allowed, rows[i].v.allowed);
		ept_describe(&v, words, sizeof(words));
		assert_string_equal(words, rows[i].words);
	}
}

/* Every combination of bits fits where the interface says it does. */
static void
words_fit(void **state)
{
	struct ept_violation v;
	char words[256];

	(void)state;
	for (uint64_t q = 0; q < 0x200; q++) {
		ept_decode(q, 0xffffffffff000, -1ul, &v);
		ept_describe(&v, words, sizeof(words));
		if (strlen(words) >= 144)
			fail_msg("qualification %#lx needs %zu bytes, 144 are "
				 "promised to suffice",
			    q, strlen(words) + 1);
		for (size_t size = 1; size < 100; size += 7) {
			memset(words, 'x', sizeof(words));
			ept_describe(&v, words, size);
			assert_true(strlen(words) < size);
			assert_int_equal(words[size], 'x');
		}
	}
}

/* --- misconfigurations --- */

struct misconfig {
	u_int page;  /* level of the page that is mapped */
	u_int level; /* of the entry that is changed */
	pt_entry_t clear, set;
	const char *words; /* NULL: nothing wrong */
};

/* A processor with all there is; physical addresses have 46 bits. */
static const struct misconfig misconfigs[] = {
	{ 0, 0, 0, 0, NULL },
	{ 1, 1, 0, 0, NULL },
	{ 2, 2, 0, 0, NULL },
	{ 0, 0, EPT_PG_R, 0, "writable but not readable" },
	{ 0, 0, EPT_PG_R, EPT_PG_X, "writable but not readable" },
	{ 0, 1, EPT_PG_R, 0, "writable but not readable" },
	{ 0, 2, EPT_PG_R, 0, "writable but not readable" },
	{ 0, 3, EPT_PG_R | EPT_PG_X, 0, "writable but not readable" },
	{ 0, 0, EPT_PG_R | EPT_PG_W, EPT_PG_X, NULL },
	{ 0, 0, 0, 1ul << 46, "beyond the physical width" },
	{ 1, 1, 0, 1ul << 51, "beyond the physical width" },
	{ 0, 2, 0, 1ul << 47, "beyond the physical width" },
	{ 0, 0, 0x38, 0x10, "reserved memory type" },
	{ 0, 0, 0x38, 0x18, "reserved memory type" },
	{ 1, 1, 0x38, 0x38, "reserved memory type" },
	{ 2, 2, 0x38, 0x38, "reserved memory type" },
	{ 0, 0, 0x38, 0x00, NULL }, /* UC, WC, WT, WP exist */
	{ 0, 0, 0x38, 0x08, NULL },
	{ 0, 0, 0x38, 0x20, NULL },
	{ 0, 0, 0x38, 0x28, NULL },
	{ 1, 1, 0, 0x1000, "not aligned" },
	{ 2, 2, 0, 0x20000000, "not aligned" },
	{ 2, 2, 0, 0x1000, "not aligned" },
	{ 0, 1, 0, 0x08, "reserved bits" },
	{ 0, 2, 0, 0x40, "reserved bits" },
	{ 0, 3, 0, 0x20, "reserved bits" },
	{ 0, 3, 0, 0x80, "size that does not exist" },
	/* What the processor ignores. */
	{ 0, 0, 0, EPT_PG_IPAT | EPT_PG_A | EPT_PG_M | EPT_PG_WIRED, NULL },
	{ 0, 0, 0, EPT_PG_PS | EPT_PG_MANAGED | 1ul << 63, NULL },
	{ 0, 1, 0, EPT_PG_A | EPT_PG_M | EPT_PG_WIRED | 1ul << 62, NULL },
	/* Absent, whatever else the entry holds. */
	{ 0, 0, -1ul, 0, NULL },
	{ 0, 0, 7, 0, NULL },
	{ 0, 1, 7, 0x78, NULL },
	{ 0, 3, -1ul, EPT_PG_A, NULL },
};

static bool
find(const struct misconfig *row, const struct vmx_caps *caps, u_int maxlevel,
    char *words, size_t size)
{
	u_int level = row->level;
	vm_offset_t base = GPA & -PMAP_LEVEL_SIZE(row->page);
	pt_entry_t *pte, saved;
	struct pmap pmap;
	bool found;

	arena_reset();
	assert_int_equal(ept_pinit(&pmap, caps), 0);
	assert_int_equal(pmap_enter(&pmap, base, base, RW, row->page), 0);
	pte = pmap_pte(&pmap, GPA, &level);
	assert_int_equal(level, row->level);
	saved = *pte;
	*pte = (*pte & ~row->clear) | row->set;
	pmap.pm_maxlevel = maxlevel;
	words[0] = '\0';
	found = ept_find_misconfig(&pmap, caps, GPA, words, size);
	*pte = saved;
	pmap_release(&pmap);
	return (found);
}

static void
find_misconfig(void **state)
{
	const struct misconfig *row;
	struct vmx_caps caps;
	char words[128], level[16];
	bool found;

	(void)state;
	vector_everything(&caps);
	for (row = misconfigs; row < misconfigs + nitems(misconfigs); row++) {
		found = find(row, &caps, 2, words, sizeof(words));
		if (found != (row->words != NULL))
			fail_msg("row %td: %s", row - misconfigs,
			    found ? words : "nothing found");
		if (!found)
			continue;
		snprintf(level, sizeof(level), "level %u ", row->level);
		if (strstr(words, row->words) == NULL ||
		    strstr(words, level) == NULL)
			fail_msg("row %td: %s", row - misconfigs, words);
	}
}

/* What is well-formed on one processor only. */
static void
misconfig_depends_on_the_processor(void **state)
{
	static const struct misconfig execute_only = { 0, 0, 3, 4, "" },
				      execute_only_table = { 0, 2, 3, 0, "" },
				      gigabyte = { 2, 2, 0, 0, "" },
				      high = { 0, 0, 0, 1ul << 40, "" };
	struct vmx_caps caps;
	char words[128];

	(void)state;
	vector_everything(&caps);
	assert_false(find(&execute_only, &caps, 2, words, sizeof(words)));
	assert_false(find(&execute_only_table, &caps, 2, words, 128));
	assert_false(find(&high, &caps, 2, words, sizeof(words)));
	caps.msr[VMX_CAP_EPT_VPID] &= ~EPT_CAP_EXECUTE_ONLY;
	assert_true(find(&execute_only, &caps, 2, words, sizeof(words)));
	assert_non_null(strstr(words, "executable only"));
	assert_true(find(&execute_only_table, &caps, 2, words, 128));
	caps.maxphyaddr = 40;
	assert_true(find(&high, &caps, 2, words, sizeof(words)));
	caps.maxphyaddr = 52;
	assert_false(find(&high, &caps, 2, words, sizeof(words)));
	assert_true(find(&gigabyte, &caps, 1, words, sizeof(words)));
	assert_non_null(strstr(words, "size that does not exist"));
}

/* The entry's value is in the sentence, for the reader of a log. */
static void
misconfig_in_words(void **state)
{
	static const struct misconfig row = { 1, 1, EPT_PG_R, 0, "" };
	struct vmx_caps caps;
	char words[128];

	(void)state;
	vector_everything(&caps);
	assert_true(find(&row, &caps, 2, words, sizeof(words)));
	assert_string_equal(words,
	    "entry 0x7fc02000b2 at level 1 is writable but not readable");
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_processor),
		cmocka_unit_test(refusals),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(decode),
		cmocka_unit_test(words_fit),
		cmocka_unit_test(find_misconfig),
		cmocka_unit_test(misconfig_depends_on_the_processor),
		cmocka_unit_test(misconfig_in_words),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
