/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tree of sysctl's values: names, numbers, order.
 */
#include "hosted.h"
#define _KERNEL
#include "sysctl.h"

#define NODE(name, num)                                                        \
	{                                                                      \
		.oid_name = name, .oid_kind = CTLTYPE_NODE, .oid_number = num  \
	}
#define LEAF(name, num)                                                        \
	{                                                                      \
		.oid_name = name, .oid_kind = CTLTYPE_INT, .oid_number = num   \
	}

static int
handler(struct sysctl_oid *oid, struct sysctl_req *req)
{
	(void)oid;
	(void)req;
	return (0);
}

static const struct sysctl_oid values[] = {
	LEAF("vm.free", OID_AUTO),
	LEAF("kern.b", 2),
	NODE("vm", CTL_VM),
	LEAF("kern.sub.x", OID_AUTO),
	LEAF("kern.ax", OID_AUTO),
	LEAF("kern.a", 1),
	NODE("kern.sub", OID_AUTO),
	NODE("kern", CTL_KERN),
	{ .oid_name = "kern.proc",
	    .oid_kind = CTLTYPE_NODE,
	    .oid_number = KERN_PROC,
	    .oid_handler = handler },
	NODE("other", OID_AUTO),
};
#define N nitems(values)

static struct sysctl_oid table[N];

static void
number(void)
{
	memcpy(table, values, sizeof(table));
	assert_null(sysctl_number(table, N));
}

static void
test_names(void **state)
{
	struct sysctl_oid *oid;

	(void)state;
	number();
	for (size_t i = 0; i < N; i++) {
		oid = sysctl_find_name(table, N, values[i].oid_name);
		assert_non_null(oid);
		assert_string_equal(oid->oid_name, values[i].oid_name);
		assert_ptr_equal(
		    sysctl_find(table, N, oid->oid_mib, oid->oid_depth), oid);
	}
	assert_null(sysctl_find_name(table, N, "kern.su"));
	assert_null(sysctl_find_name(table, N, "kern.sub."));
	assert_null(sysctl_find_name(table, N, ""));
}

static void
test_numbers(void **state)
{
	int mib[CTL_MAXNAME] = { CTL_KERN, 1 };

	(void)state;
	number();
	assert_string_equal(sysctl_find(table, N, mib, 2)->oid_name, "kern.a");
	assert_string_equal(sysctl_find(table, N, mib, 1)->oid_name, "kern");
	/* Nothing is in a value, and nothing has such numbers. */
	assert_null(sysctl_find(table, N, mib, 3));
	mib[1] = 77;
	assert_null(sysctl_find(table, N, mib, 2));
	mib[0] = -1;
	assert_null(sysctl_find(table, N, mib, 1));
	mib[0] = INT32_MAX;
	assert_null(sysctl_find(table, N, mib, CTL_MAXNAME));
}

/* What is behind a node with a handler belongs to the handler. */
static void
test_handler(void **state)
{
	int mib[] = { CTL_KERN, KERN_PROC, 1, 42, 7 };
	struct sysctl_oid *oid;

	(void)state;
	number();
	for (unsigned depth = 2; depth <= nitems(mib); depth++) {
		oid = sysctl_find(table, N, mib, depth);
		assert_non_null(oid);
		assert_string_equal(oid->oid_name, "kern.proc");
		assert_int_equal(oid->oid_depth, 2);
	}
}

/* Going through all meets each value once, in order, and no node. */
static void
test_walk(void **state)
{
	static const char *const order[] = { "kern.a", "kern.b", "kern.sub.x",
		"kern.ax", "vm.free" };
	struct sysctl_oid *oid;
	bool seen[nitems(order)] = { false };
	unsigned n = 0;

	(void)state;
	number();
	for (oid = sysctl_find_next(table, N, NULL, 0); oid != NULL;
	     oid = sysctl_find_next(table, N, oid->oid_mib, oid->oid_depth)) {
		for (size_t i = 0; i < nitems(order); i++)
			if (strcmp(order[i], oid->oid_name) == 0) {
				assert_false(seen[i]);
				seen[i] = true;
			}
		n++;
	}
	assert_int_equal(n, nitems(order));
}

/* From numbers that are nobody's, too. */
static void
test_walk_between(void **state)
{
	int mib[] = { CTL_KERN, 1, 5 }, beyond[] = { INT32_MAX };

	(void)state;
	number();
	assert_string_equal(
	    sysctl_find_next(table, N, mib, 1)->oid_name, "kern.a");
	assert_string_equal(
	    sysctl_find_next(table, N, mib, 3)->oid_name, "kern.b");
	assert_null(sysctl_find_next(table, N, beyond, 1));
}

static void
test_bad_tables(void **state)
{
	struct sysctl_oid lost[] = { NODE("kern", 1),
		LEAF("kern.no.node", OID_AUTO) };
	struct sysctl_oid inside[] = { NODE("kern", 1), LEAF("kern.a", 1),
		LEAF("kern.a.b", 1) };
	struct sysctl_oid twice[] = { NODE("kern", 1), LEAF("kern.a", 1),
		LEAF("kern.b", 1) };
	struct sysctl_oid deep[] = { NODE("a", 1), NODE("a.a", 1),
		NODE("a.a.a", 1), NODE("a.a.a.a", 1), NODE("a.a.a.a.a", 1),
		LEAF("a.a.a.a.a.a", 1) };

	(void)state;
	assert_string_equal(sysctl_number(lost, 2), "kern.no.node");
	assert_string_equal(sysctl_number(inside, 3), "kern.a.b");
	assert_non_null(sysctl_number(twice, 3));
	assert_string_equal(sysctl_number(deep, 6), "a.a.a.a.a.a");
	assert_null(sysctl_number(deep, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_handler),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_between),
		cmocka_unit_test(test_bad_tables) };

	return (RUN_TESTS(tests));
}
