/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copying through a guest's page table: pointers of every kind, and what is
 * and is not done when one is bad.
 */
#include "guest_layout.h"
#include "vmm_copyio.h"

/* --- copyin and copyout --- */

/*
 * One pointer and what may be done with it.  Before an error that many bytes
 * are copied in or out: whole pages, up to the bad one.
 */
static const struct {
	const char *name;
	vm_offset_t va;
	size_t len;
	int in, out, fetch;
	size_t read, written;
} ranges[] = {
	{ "in a page", P(0) + 100, 300, 0, 0, 0, 0, 0 },
	{ "a page", P(0), PAGE, 0, 0, 0, 0, 0 },
	{ "into the next page", P(1) - 5, 10, 0, 0, 0, 0, 0 },
	{ "all but a byte of two pages", P(0), 2 * PAGE - 1, 0, 0, 0, 0, 0 },
	{ "three pages", P(0) + 1, 3 * PAGE - 1, 0, EFAULT, 0, 2 * PAGE - 1,
	    2 * PAGE - 1 },
	{ "up to the absent page", P(2) + 1, PAGE - 1, 0, EFAULT, 0, 0, 0 },
	{ "into the absent page", P(2) + 1, PAGE, EFAULT, EFAULT, EFAULT,
	    PAGE - 1, 0 },
	{ "absent", P(3), 1, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "out of the absent page", P(4) - 1, 2, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "read-only for the guest", P(2), 1, 0, EFAULT, 0, 0, 0 },
	{ "read-only for the process", P(4), 1, 0, EFAULT, 0, 0, 0 },
	{ "nothing there", P(5) + 8, 8, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "into nothing", P(5) - 8, 16, EFAULT, EFAULT, EFAULT, 8, 0 },
	{ "not executable", P(8), 8, 0, 0, EFAULT, 0, 0 },
	{ "not for ring 3", P(7), 8, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "into ring 0's", P(7) - 1, 2, EFAULT, EFAULT, EFAULT, 1, 1 },
	{ "last byte below the gap", TOP + PAGE - 1, 1, 0, 0, 0, 0, 0 },
	{ "into the gap", TOP, PAGE + 1, EFAULT, EFAULT, EFAULT, PAGE, PAGE },
	{ "in the gap", TOP + PAGE, 1, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "out of the gap", 0xffff7fffffffffff, 2, EFAULT, EFAULT, EFAULT, 0,
	    0 },
	{ "the kernel", 0xffffffff80000000, 8, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "null", 0, 16, 0, 0, 0, 0, 0 },
	{ "last byte of all", -1ul, 1, 0, 0, 0, 0, 0 },
	{ "up to the end", LAST, PAGE, 0, 0, 0, 0, 0 },
	{ "around the end", LAST, PAGE + 1, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "around the end to page 1", LAST + 4000, 2 * PAGE, EFAULT, EFAULT,
	    EFAULT, 0, 0 },
	{ "all", 0, -1ul, EFAULT, EFAULT, EFAULT, PAGE, PAGE },
	{ "all but a page", P(0), -PAGE, EFAULT, EFAULT, EFAULT, 0, 0 },
	{ "nothing of the absent page", P(3), 0, 0, 0, 0, 0, 0 },
	{ "nothing of the gap", TOP + PAGE + 1, 0, 0, 0, 0, 0, 0 },
	{ "nothing at all", 0, 0, 0, 0, 0, 0, 0 },
};

#define UNTOUCHED 0xee

static void
check_in(unsigned r, int want,
    int (*in)(const struct vmm_linear *, vm_offset_t, void *, size_t))
{
	static uint8_t buf[4 * PAGE];
	size_t n = want == 0 ? ranges[r].len : ranges[r].read;

	layout_start();
	memset(buf, UNTOUCHED, sizeof(buf));
	if (in(&linear, ranges[r].va, buf, ranges[r].len) != want)
		fail_msg("%s: not %d", ranges[r].name, want);
	assert_false(mem_changed());
	for (size_t i = 0; i < sizeof(buf); i++)
		if (buf[i] !=
		    (i < n ? layout_pattern(ranges[r].va + i) : UNTOUCHED))
			fail_msg("%s: byte %zu", ranges[r].name, i);
}

static void
check_out(unsigned r)
{
	static uint8_t buf[4 * PAGE];
	size_t n = ranges[r].out == 0 ? ranges[r].len : ranges[r].written;

	layout_start();
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 3) & ~1;
	if (vmm_copyout(&linear, buf, ranges[r].va, ranges[r].len) !=
	    ranges[r].out)
		fail_msg("%s: not %d", ranges[r].name, ranges[r].out);
	for (size_t i = 0; i < n; i++) {
		if (*layout_byte(ranges[r].va + i) != buf[i])
			fail_msg("%s: byte %zu", ranges[r].name, i);
		*layout_byte(ranges[r].va + i) = layout_pattern(
		    ranges[r].va + i);
	}
	/* Nothing but that was changed. */
	assert_false(mem_changed());
}

static void
copy(void **state)
{
	(void)state;
	for (unsigned r = 0; r < nitems(ranges); r++) {
		check_in(r, ranges[r].in, vmm_copyin);
		check_in(r, ranges[r].fetch, vmm_fetch);
		/* No source is as long as that. */
		if (ranges[r].len <= 4 * PAGE)
			check_out(r);
		assert_string_equal(console, "");
	}
}

/* A wrapping range is refused before anything is touched. */
static void
wrap_touches_nothing(void **state)
{
	uint8_t buf[16];
	uint64_t v = 0;

	(void)state;
	layout_start();
	assert_int_equal(vmm_copyin(&linear, -8ul, buf, 16), EFAULT);
	assert_int_equal(vmm_copyout(&linear, buf, -8ul, 16), EFAULT);
	assert_int_equal(vmm_suword64(&linear, -4ul, v), EFAULT);
	assert_int_equal(vmm_fuword64(&linear, -4ul, &v), EFAULT);
	assert_int_equal(vmm_swapu64(&linear, -4ul, &v), EFAULT);
	mem.calls = 0;
	assert_int_equal(vmm_copyin(&linear, -8ul, buf, 16), EFAULT);
	assert_int_equal(mem.calls, 0);
	assert_int_equal(vmm_suword64(&linear, -4ul, v), EFAULT);
	assert_int_equal(mem.calls, 0);
}

/* --- strings --- */

#define NONE -1 /* a string that does not end */

static const struct {
	const char *name;
	vm_offset_t va;
	int length;
	size_t size; /* of the buffer */
	int error;
	size_t done;
} strings[] = {
	{ "short", P(0) + 10, 5, 100, 0, 6 },
	{ "empty", P(0) + 10, 0, 100, 0, 1 },
	{ "just fits", P(0) + 10, 5, 6, 0, 6 },
	{ "a byte too long", P(0) + 10, 5, 5, ENAMETOOLONG, 5 },
	{ "empty, one byte", P(0) + 10, 0, 1, 0, 1 },
	{ "no room", P(0) + 10, 0, 0, ENAMETOOLONG, 0 },
	{ "no room, absent", P(3), NONE, 0, ENAMETOOLONG, 0 },
	{ "over two pages", P(0) + 10, 6000, 8000, 0, 6001 },
	{ "NUL first in a page", P(0) + 4000, 96, 8000, 0, 97 },
	{ "from one page into another", P(1) - 1, 4096, 8000, 0, 4097 },
	{ "up to the absent page", P(2) + 4000, 95, 8000, 0, 96 },
	{ "into the absent page", P(2) + 4000, NONE, 8000, EFAULT, 96 },
	{ "buffer up to the absent page", P(2) + 4000, NONE, 96, ENAMETOOLONG,
	    96 },
	{ "absent", P(3), NONE, 10, EFAULT, 0 },
	{ "not for ring 3", P(7), 0, 10, EFAULT, 0 },
	{ "read-only", P(2), 5, 10, 0, 6 },
	{ "to the end of all", LAST, 4095, 8000, 0, 4096 },
	{ "around the end", LAST, NONE, 8000, EFAULT, 4096 },
	{ "into the gap", TOP, NONE, 8000, EFAULT, 4096 },
};

static void
copyinstr(void **state)
{
	static char buf[8192];
	size_t done;

	(void)state;
	for (unsigned i = 0; i < nitems(strings); i++) {
		layout_start();
		if (strings[i].length != NONE)
			*layout_byte(strings[i].va + strings[i].length) = 0;
		mem_save();
		memset(buf, UNTOUCHED, sizeof(buf));
		done = 12345;
		if (vmm_copyinstr(&linear, strings[i].va, buf, strings[i].size,
			&done) != strings[i].error ||
		    done != strings[i].done)
			fail_msg("%s: %zu done", strings[i].name, done);
		assert_false(mem_changed());
		for (size_t k = 0; k < done; k++)
			assert_int_equal(
			    (uint8_t)buf[k], *layout_byte(strings[i].va + k));
		for (size_t k = done; k < sizeof(buf); k++)
			assert_int_equal((uint8_t)buf[k], UNTOUCHED);
		assert_int_equal(vmm_copyinstr(&linear, strings[i].va, buf,
				     strings[i].size, NULL),
		    strings[i].error);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(copy),
		cmocka_unit_test(wrap_touches_nothing),
		cmocka_unit_test(copyinstr),
	};

	return (RUN_TESTS(tests));
}
