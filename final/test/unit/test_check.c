/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VMCS checker: a valid VMCS passes on every machine; with one thing wrong
 * exactly the rule about it fires; and no rule is without such a row.
 */
#include "check_rows.h"

static void
apply(struct image *im, const struct change *c)
{
	if (c->clear != 0 || c->set != 0)
		im->field[c->field] = (im->field[c->field] & ~c->clear) |
		    c->set;
}

/* Six segments as in real mode, as virtual-8086 mode wants them. */
static void
prepare_v86(struct image *im)
{
	for (uint32_t seg = 0; seg < 6; seg++) {
		im->field[VMCS_GUEST_ES_SELECTOR + 2 * seg] = 0x1000 + seg;
		im->field[VMCS_GUEST_ES_BASE + 2 * seg] = 0x10000 + 16 * seg;
		im->field[VMCS_GUEST_ES_LIMIT + 2 * seg] = 0xffff;
		im->field[VMCS_GUEST_ES_AR + 2 * seg] = 0xf3;
	}
}

static void
set_up(struct image *im, unsigned flags, const struct change *prepare)
{
	struct vmx_caps caps;

	vector_everything(&caps);
	if ((flags & NO_AD) != 0)
		caps.msr[VMX_CAP_EPT_VPID] &= ~(1ull << 21);
	if ((flags & NO_SSS) != 0)
		caps.msr[VMX_CAP_EPT_VPID] &= ~(1ull << 23);
	/* Without "any error code", the rules on error codes are strict. */
	caps.msr[VMX_CAP_BASIC] &= ~(1ull << 56);
	/* And zero-length software events are refused. */
	caps.msr[VMX_CAP_MISC] &= ~(1ull << 30);
	image_init(im, &caps);
	im->check.smm = (flags & IN_SMM) != 0;
	im->check.ia32e = (flags & IS_LEGACY) == 0;
	for (unsigned i = 0; i < MAXPREPARE; i++)
		apply(im, &prepare[i]);
	if ((im->field[VMCS_GUEST_RFLAGS] & 0x20000) != 0)
		prepare_v86(im);
}

static void
set_wrong(struct image *im, unsigned flags, const struct change *breaks)
{
	apply(im, breaks);
	if ((flags & LEGACY) != 0)
		im->check.ia32e = false;
	if ((flags & SAME_LINK) != 0)
		im->field[VMCS_GUEST_LINK_POINTER] = IMAGE_VMCS;
}

/* The rules that fired. */
struct fired {
	unsigned count;
	const char *id[64];
};

static void
note(void *arg, const struct vmx_check_rule *rule)
{
	struct fired *f = arg;

	if (f->count < nitems(f->id))
		f->id[f->count] = rule->id;
	f->count++;
}

static void
expect_none(const struct image *im, const char *what)
{
	struct fired f = { 0 };

	if (vmx_check(&im->check, note, &f) != 0)
		fail_msg(
		    "%s: %u rules fired, first %s", what, f.count, f.id[0]);
}

static void
one_wrong_field(void **state)
{
	static struct image im;
	struct fired f;
	unsigned count, bad = 0;

	(void)state;
	for (size_t i = 0; i < nrows; i++) {
		set_up(&im, rows[i].flags, rows[i].prepare);
		if (vmx_check(&im.check, note, (f.count = 0, &f)) != 0) {
			print_message("# row %zu, %s: before, %s fires\n", i,
			    rows[i].rule, f.id[0]);
			bad++;
		}
		set_wrong(&im, rows[i].flags, &rows[i].breaks);
		f.count = 0;
		count = vmx_check(&im.check, note, &f);
		assert_int_equal(count, f.count);
		if (f.count == 1 && strcmp(f.id[0], rows[i].rule) == 0)
			continue;
		print_message("# row %zu, %s: %u fired, %s %s\n", i,
		    rows[i].rule, f.count, f.count > 0 ? f.id[0] : "",
		    f.count > 1 ? f.id[1] : "");
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void
one_wrong_field_many_rules(void **state)
{
	static struct image im;
	struct fired f;
	bool found;

	(void)state;
	for (size_t i = 0; i < ncrowded; i++) {
		set_up(&im, crowded[i].flags, crowded[i].prepare);
		expect_none(&im, crowded[i].rule);
		set_wrong(&im, crowded[i].flags, &crowded[i].breaks);
		f.count = 0;
		vmx_check(&im.check, note, &f);
		found = false;
		for (unsigned k = 0; k < f.count; k++) {
			if (strcmp(f.id[k], crowded[i].rule) == 0)
				found = true;
			else if (strncmp(f.id[k], crowded[i].beside,
				     strlen(crowded[i].beside)) != 0)
				fail_msg(
				    "%s: %s fired", crowded[i].rule, f.id[k]);
		}
		if (!found)
			fail_msg("%s did not fire", crowded[i].rule);
	}
}

static bool
has_row(const char *id)
{
	for (size_t i = 0; i < nrows; i++)
		if (strcmp(rows[i].rule, id) == 0)
			return (true);
	for (size_t i = 0; i < ncrowded; i++)
		if (strcmp(crowded[i].rule, id) == 0)
			return (true);
	return (false);
}

static void
every_rule_has_a_row(void **state)
{
	const struct vmx_check_rule *a, *b;
	unsigned missing = 0;
	size_t n;

	(void)state;
	for (n = 0; (a = vmx_check_rule(n)) != NULL; n++) {
		if (!has_row(a->id)) {
			print_message("# no row breaks %s\n", a->id);
			missing++;
		}
		assert_true(strlen(a->text) > 10 && strlen(a->text) < 160);
		assert_true(strncmp(a->section, "Checks ", 7) == 0 ||
		    strncmp(a->section, "VM-", 3) == 0);
		for (size_t m = 0; m < n; m++) {
			b = vmx_check_rule(m);
			assert_string_not_equal(a->id, b->id);
		}
	}
	assert_int_equal(missing, 0);
	print_message("# %zu rules, %zu rows\n", n, nrows + ncrowded);
}

/* The plain image passes on each machine and reads no field it lacks. */
static void
valid_on_every_machine(void **state)
{
	static struct image im;
	struct vmx_caps caps;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		if (!vector_has_vmx(&caps))
			continue;
		image_init(&im, &caps);
		/* The first VMX processors know no OSXMMEXCPT in CR4. */
		im.field[VMCS_GUEST_CR4] &= caps.msr[VMX_CAP_CR4_FIXED1];
		im.field[VMCS_HOST_CR4] &= caps.msr[VMX_CAP_CR4_FIXED1];
		expect_none(&im, vector_name(n));
	}
}

/* All controls at 1 touches every feature: no field is read that is absent. */
static void
wild_controls_read_no_absent_field(void **state)
{
	static const uint32_t words[] = { VMCS_CTL_PIN, VMCS_CTL_PROC,
		VMCS_CTL_PROC2, VMCS_CTL_PROC3, VMCS_CTL_EXIT, VMCS_CTL_EXIT2,
		VMCS_CTL_ENTRY };
	static struct image im;
	struct vmx_caps caps;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		image_init(&im, &caps);
		for (size_t w = 0; w < nitems(words); w++)
			im.field[words[w]] = ~0ull;
		assert_true(vmx_check(&im.check, NULL, NULL) > 5);
	}
}

/* Reserved bits by hand from the SDM's figures, each of them tried alone. */
static void
every_reserved_bit(void **state)
{
	static const struct {
		const char *rule;
		uint32_t field;
		uint64_t bits;
	} masks[] = {
		{ "guest.rflags", VMCS_GUEST_RFLAGS,
		    1u << 3 | 1u << 5 | 1u << 15 | ~0ull << 22 },
		{ "guest.debugctl", VMCS_GUEST_DEBUGCTL,
		    7u << 3 | ~0ull << 16 },
		{ "guest.debug_reserved", VMCS_GUEST_PENDING_DEBUG,
		    0x7fu << 4 | 1u << 13 | 1u << 15 | ~0ull << 17 },
		{ "guest.intr_reserved", VMCS_GUEST_INTERRUPTIBILITY,
		    0xffffffffu & ~0x1full },
		{ "guest.cs_reserved", VMCS_GUEST_CS_AR,
		    0xfu << 8 | 0x7fffull << 17 },
		{ "guest.tr_reserved", VMCS_GUEST_TR_AR,
		    0xfu << 8 | 0x7fffull << 17 },
		{ "guest.cr3", VMCS_GUEST_CR3, ~0ull << 46 },
		{ "host.cr3", VMCS_HOST_CR3, ~0ull << 46 },
		{ "guest.dr7", VMCS_GUEST_DR7, ~0ull << 32 },
	};
	static const struct change none[MAXPREPARE];
	static struct image im;
	struct fired f;

	(void)state;
	for (size_t i = 0; i < nitems(masks); i++)
		for (unsigned bit = 0; bit < 64; bit++) {
			if ((masks[i].bits >> bit & 1) == 0)
				continue;
			set_up(&im, 0, none);
			im.field[masks[i].field] ^= 1ull << bit;
			f.count = 0;
			vmx_check(&im.check, note, &f);
			if (f.count != 1 || strcmp(f.id[0], masks[i].rule) != 0)
				fail_msg("%s, bit %u: %u fired", masks[i].rule,
				    bit, f.count);
		}
}

/* Which exceptions have an error code: the list of the SDM, all others not. */
static void
error_codes_by_vector(void **state)
{
	static const struct change none[MAXPREPARE];
	static const unsigned with[] = { 8, 10, 11, 12, 13, 14, 17 };
	static struct image im;
	unsigned broken;
	bool has;

	(void)state;
	set_up(&im, 0, none);
	for (unsigned vector = 0; vector < 32; vector++) {
		has = false;
		for (size_t i = 0; i < nitems(with); i++)
			has |= with[i] == vector;
		im.field[VMCS_CTL_ENTRY_INTR_INFO] = 0x80000300 | vector;
		broken = vmx_check(&im.check, NULL, NULL);
		assert_int_equal(broken, has);
		im.field[VMCS_CTL_ENTRY_INTR_INFO] |= 0x800;
		broken = vmx_check(&im.check, NULL, NULL);
		assert_int_equal(broken, !has);
	}
}

/* States that are legal though unusual: nothing may fire. */
static const struct {
	const char *what;
	unsigned flags; /* those before all changes */
	struct change prepare[MAXPREPARE];
} legal[] = {
	{ "real mode in an unrestricted guest", 0,
	    { PROC2(PROC2_CTLS_EPT | PROC2_CTLS_UNRESTRICTED_GUEST),
		CLR(VMCS_CTL_ENTRY, ENTRY_CTLS_GUEST_LMA),
		CLR(VMCS_GUEST_CR0, 0x80000001), PUT(VMCS_GUEST_SS_AR, 0x8093),
		PUT(VMCS_GUEST_CS_AR, 0x809b) } },
	{ "virtual-8086 mode", 0, { V86_GUEST } },
	{ "32-bit guest with PAE", 0, { GUEST32 } },
	{ "unusable data segments", 0,
	    { SET(VMCS_GUEST_DS_AR, 0x10000),
		SET(VMCS_GUEST_ES_AR, 0x10000) } },
	{ "EPT with write-back, 4 levels, A/D", 0,
	    { EPT, PUT(VMCS_CTL_EPTP, 0x30605e) } },
	{ "conforming code from ring 3", 0, { PUT(VMCS_GUEST_CS_AR, 0xa0ff) } },
	{ "page fault injected", 0,
	    { INJECT(0xb0e), PUT(VMCS_CTL_ENTRY_ERROR_CODE, 7) } },
	{ "breakpoint injected", 0,
	    { INJECT(0x603), PUT(VMCS_CTL_ENTRY_INSN_LENGTH, 1) } },
	{ "an invalid event is not looked at", 0,
	    { PUT(VMCS_CTL_ENTRY_INTR_INFO, 0x7ffff1ff) } },
	{ "MSR area of no entries", 0,
	    { PUT(VMCS_CTL_EXIT_MSR_LOAD_ADDR, 0xffffffffffffffffull) } },
	{ "halted in ring 0", 0, { RING0, PUT(VMCS_GUEST_ACTIVITY, 1) } },
	{ "FS and GS anywhere", 0,
	    { PUT(VMCS_GUEST_FS_BASE, 0xffff800000000000ull),
		PUT(VMCS_GUEST_GS_BASE, 0x00007ffffffff000ull) } },
	{ "usable LDTR", 0, { USABLE_LDTR } },
	{ "all of IA32_LBR_CTL", 0,
	    { ENTRY(ENTRY_CTLS_LOAD_LBR_CTL),
		PUT(VMCS_GUEST_LBR_CTL, 0x7f000f) } },
	{ "all of IA32_DEBUGCTL", 0, { PUT(VMCS_GUEST_DEBUGCTL, 0xffc7) } },
	{ "IA32_EFER with NX and SYSCALL", 0,
	    { ENTRY(ENTRY_CTLS_LOAD_EFER), PUT(VMCS_GUEST_EFER, 0xd01) } },
	{ "every memory type", 0,
	    { ENTRY(ENTRY_CTLS_LOAD_PAT),
		PUT(VMCS_GUEST_PAT, 0x0001040506070000ull) } },
	{ "IA32_BNDCFGS in use", 0,
	    { ENTRY(ENTRY_CTLS_LOAD_BNDCFGS),
		PUT(VMCS_GUEST_BNDCFGS, 0xfffff00000001003ull) } },
	{ "pending debug, all that may be", 0,
	    { PUT(VMCS_GUEST_PENDING_DEBUG, 0x580f) } },
	{ "a RIP one beyond the lower half", 0,
	    { PUT(VMCS_GUEST_RIP, NONCANONICAL) } },
	{ "in SMM, a link pointer to this VMCS", IN_SMM,
	    { PUT(VMCS_GUEST_LINK_POINTER, IMAGE_VMCS) } },
};

static void
unusual_but_legal(void **state)
{
	static struct image im;

	(void)state;
	for (size_t i = 0; i < nitems(legal); i++) {
		set_up(&im, legal[i].flags, legal[i].prepare);
		expect_none(&im, legal[i].what);
	}
}

/* Where the processor permits more, the strict rules give way. */
static void
capabilities_relax_rules(void **state)
{
	static struct image im;
	struct vmx_caps caps;

	(void)state;
	vector_everything(&caps);
	image_init(&im, &caps);
	im.field[VMCS_CTL_ENTRY_INTR_INFO] = 0x80000306 | 0x800;
	expect_none(&im, "#UD with an error code, VMX_BASIC[56]");
	im.field[VMCS_CTL_ENTRY_INTR_INFO] = 0x80000603;
	im.field[VMCS_CTL_ENTRY_INSN_LENGTH] = 0;
	assert_true((caps.msr[VMX_CAP_MISC] >> 30 & 1) == 0);
	assert_int_equal(vmx_check(&im.check, NULL, NULL), 1);
	im.caps.msr[VMX_CAP_MISC] |= 1ull << 30;
	expect_none(&im, "zero length, VMX_MISC[30]");
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_on_every_machine),
		cmocka_unit_test(one_wrong_field),
		cmocka_unit_test(one_wrong_field_many_rules),
		cmocka_unit_test(every_rule_has_a_row),
		cmocka_unit_test(wild_controls_read_no_absent_field),
		cmocka_unit_test(every_reserved_bit),
		cmocka_unit_test(error_codes_by_vector),
		cmocka_unit_test(unusual_but_legal),
		cmocka_unit_test(capabilities_relax_rules),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
