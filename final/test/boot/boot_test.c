/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The boot layer looks at itself: rights in the page tables, memory, symbols,
 * environment, segments.  With `case=NAME` in the kernel environment it does
 * something forbidden instead, and the bench expects a certain panic.
 */
#include <sys/cons.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>

static uint8_t data_code[] = { 0xc3 }; /* RET, in the data segment */

static void
write_text(void)
{
	*(volatile uint8_t *)text_start = 0;
}

static void
write_rodata(void)
{
	*(volatile uint8_t *)rodata_start = 0;
}

static void
run_data(void)
{
	((void (*)(void))(uintptr_t)data_code)();
}

static void
run_dmap(void)
{
	((void (*)(void))PHYS_TO_DMAP(KERN_TO_PHYS(text_start)))();
}

static void
read_null(void)
{
	/* cppcheck-suppress nullPointer */
	*(volatile uint8_t *)NULL;
}

/* Recursion with a frame that the compiler cannot remove. */
static uint64_t
use_stack(uint64_t depth)
{
	volatile uint64_t frame[32];

	frame[depth % 32] = depth;
	if (depth == ~0UL) /* never, but the compiler cannot know */
		return (0);
	return (use_stack(depth + 1) + frame[depth % 32]);
}

static void
overflow_stack(void)
{
	use_stack(0);
}

static void
divide(void)
{
	__asm __volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
}

static void
stray_interrupt(void)
{
	__asm __volatile("int $0x80");
}

static void
free_twice(void)
{
	vm_page_t m = vm_page_alloc(0);

	vm_page_free(m);
	vm_page_free(m);
}

static void
echo(void)
{
	int c;

	kprintf("type, end with a full stop\n");
	do {
		c = cngetc();
		kprintf("<%c>\n", c);
	} while (c != '.');
	poweroff(0);
}

/** What `case=` may name. */
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "write-text", write_text },
	{ "write-rodata", write_rodata },
	{ "run-data", run_data },
	{ "run-dmap", run_dmap },
	{ "read-null", read_null },
	{ "overflow-stack", overflow_stack },
	{ "divide", divide },
	{ "stray-interrupt", stray_interrupt },
	{ "free-twice", free_twice },
	{ "echo", echo },
};

static void
run_case(const char *name)
{
	for (u_int i = 0; i < nitems(cases); i++)
		if (strcmp(cases[i].name, name) == 0)
			cases[i].run();
	panic("boot_test: case %s is unknown or did not crash", name);
}

/* Counts leaf entries that are writable and executable, and user ones. */
static u_int
bad_leaves(vm_paddr_t pa, u_int level, bool nx, bool rw)
{
	const pt_entry_t *table = PHYS_TO_DMAP(pa);
	u_int bad = 0;

	for (u_int i = 0; i < NPTEPG; i++) {
		pt_entry_t pte = table[i];
		bool leaf = level == 0 || (pte & X86_PG_PS) != 0;
		bool w = rw && (pte & X86_PG_RW) != 0;
		bool x = !nx && (pte & X86_PG_NX) == 0;

		if ((pte & X86_PG_V) == 0)
			continue;
		if (!leaf)
			bad += bad_leaves(pte & X86_PG_FRAME, level - 1, !x, w);
		else if ((w && x) || (pte & X86_PG_U) != 0)
			bad++;
	}
	return (bad);
}

static void
test_paging(void)
{
	vm_paddr_t pa;

	tap_ok(bad_leaves(kernel_pmap.pm_pml4, 3, false, true) == 0,
	    "no page is writable and executable, none is user's");
	tap_ok((rcr0() & CR0_WP) != 0 && (rdmsr(MSR_EFER) & EFER_NXE) != 0,
	    "CR0.WP and EFER.NXE are on");
	tap_ok(!pmap_kextract(0, &pa) &&
		!pmap_kextract(KERN_TO_PHYS(text_start), &pa),
	    "boot.S's low mapping is gone");
	tap_ok(!pmap_kextract((vm_offset_t)boot_stack_guard, &pa),
	    "the guard page is absent");
	tap_ok(
	    pmap_kextract((vm_offset_t)main, &pa) && pa == KERN_TO_PHYS(main),
	    "kernel text is where it was loaded");
}

static bool
feature_on(uint32_t cpuid_bit, uint64_t cr4_bit)
{
	u_int p[4];
	bool has = false;

	do_cpuid(0, p);
	if (p[0] >= 7) {
		do_cpuid(7, p);
		has = (p[1] & cpuid_bit) != 0;
	}
	return (has == ((rcr4() & cr4_bit) != 0));
}

static void
test_processor(void)
{
	uint16_t cs, tr;

	tap_ok(feature_on(CPUID_STDEXT_SMEP, CR4_SMEP), "SMEP as CPUID says");
	tap_ok(feature_on(CPUID_STDEXT_SMAP, CR4_SMAP), "SMAP as CPUID says");
	__asm __volatile("movw %%cs, %0; str %1" : "=r"(cs), "=r"(tr));
	tap_ok(cs == KCODE_SEL && tr == TSS_SEL, "our own segments");
}

/* Allocates everything in blocks of one order, writes it, frees it. */
static void
test_exhaustion(u_int order)
{
	uint64_t before = vm_page_free_count(), n = 0;
	vm_page_t m, list = NULL;
	vm_page_t *link;

	while ((m = vm_page_alloc(order)) != NULL) {
		link = PHYS_TO_DMAP(vm_page_phys(m));
		*link = list;
		list = m;
		n++;
	}
	while (list != NULL) {
		link = PHYS_TO_DMAP(vm_page_phys(list));
		m = list;
		list = *link;
		vm_page_free(m);
	}
	tap_ok(
	    n > 0 && vm_page_free_count() == before && vm_page_audit() == NULL,
	    "all memory in blocks of order %u, and back", order);
}

static void
test_memory(void)
{
	uint64_t expect = kgetenv_int("megabytes", 256) * 256;
	vm_page_t m;

	tap_diag("%lu of %lu pages are free", vm_page_free_count(),
	    vm_page_total_count());
	/* The firmware keeps some, and the first megabyte stays unused. */
	tap_ok(vm_page_total_count() > expect * 15 / 16 - 512 &&
		vm_page_total_count() <= expect,
	    "the memory that there is");
	m = vm_page_alloc(VM_PAGE_ORDER_2M);
	tap_ok(m != NULL && vm_page_phys(m) % NBPDR == 0,
	    "2 MB blocks are aligned");
	vm_page_free(m);
	test_exhaustion(0);
	test_exhaustion(VM_PAGE_ORDER_2M);
	tap_ok(vm_page_lookup(KERN_TO_PHYS(main)) == NULL &&
		vm_page_lookup(boot_info.symtab) == NULL &&
		vm_page_lookup(0) == NULL,
	    "what is in use is not handed out");
}

static void
test_symbols(void)
{
	vm_offset_t offset = 1;
	const char *name;

	name = db_symbol((vm_offset_t)main, &offset);
	tap_ok(name != NULL && strcmp(name, "main") == 0 && offset == 0,
	    "main is found among the symbols");
	tap_ok(db_symbol(0x1000, &offset) == NULL,
	    "a foreign address has no symbol");
}

static void
test_environment(void)
{
	const char *v = kgetenv("word");

	tap_ok(v != NULL && strcmp(v, "a=b") == 0, "a word with its value");
	tap_ok(kgetenv("flag") != NULL && strcmp(kgetenv("flag"), "1") == 0,
	    "a word without one is 1");
	tap_ok(kgetenv("absent") == NULL, "an absent word");
}

/** @return 0 when everything is as it should be */
int
main(void)
{
	const char *name = kgetenv("case");

	if (name != NULL)
		run_case(name);
	tap_plan(18);
	test_paging();
	test_processor();
	test_memory();
	test_symbols();
	test_environment();
	return (tap_status());
}
