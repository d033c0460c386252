/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The guests of steps 01 and 02 and what is expected of each.  A row registers
 * one.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/trap.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "vmm.h"
#include "vmm_bench.h"

/** One guest and its outcome. */
struct guest_test {
	const char *name;   /**< what it proves */
	void *entry;	    /**< where it starts */
	enum guest_end end; /**< how it must end */
	int status;	    /**< with which status, unless check is set */
	bool (*check)(struct vmx_thread_info *vti); /**< or NULL */
	bool (*setup)(struct vmx_thread_info *vti); /**< or NULL; may refuse */
};

/* The guest must have seen the sub-leaf that the host sees. */
static bool
check_cpuid(struct vmx_thread_info *vti)
{
	u_int p[4];

	cpuid_count(4, 1, p);
	return (vti->status == (int)(p[0] ^ p[1]) &&
	    vmx_exit_count[EXIT_REASON_CPUID] == 2);
}

static bool
check_memory(struct vmx_thread_info *vti)
{
	const uint64_t *p = vm_fault_page(&vti->map, GUEST_STACK, VM_PROT_READ);
	const pt_entry_t *table = vm_fault_page(
	    &vti->map, GUEST_TABLES + PAGE_SIZE, VM_PROT_READ);

	tap_diag("guest page table: %s pages",
	    (table[0] & X86_PG_PS) != 0 ? "1 GB" : "2 MB");
	return (vti->status == 0 && p[2] == 0x0202020202020202UL);
}

static bool
check_fault(struct vmx_thread_info *vti)
{
	return (vti->status == IDT_PF &&
	    vti->exit.qualification == GUEST_HOLE &&
	    vti->exit.intr_error == (PGEX_U | PGEX_W));
}

/* 64 small pages and one of code, and no fault for nothing. */
static bool
check_touch(struct vmx_thread_info *vti)
{
	return (vti->status == 63 && vti->map.faults[PMAP_LEVEL_4K] == 64 + 1 &&
	    vti->map.faults[PMAP_LEVEL_2M] == 0 && vti->map.emulated == 0);
}

/* Far more address space than memory, and that in large pages. */
static bool
check_big(struct vmx_thread_info *vti)
{
	u_long resident = ptoa(vti->map.resident);

	tap_diag("%lu MB of %lu MB are backed", resident >> 20,
	    GUEST_RAM_SIZE >> 20);
	return (vti->status == 0 && resident * 3 < GUEST_RAM_SIZE &&
	    vti->map.faults[PMAP_LEVEL_2M] >= GUEST_BIG_STEPS);
}

/* One large page, of which two levels were split. */
static bool
check_huge(struct vmx_thread_info *vti)
{
	u_int first = PMAP_LEVEL_4K, part = PMAP_LEVEL_4K;

	pmap_pte(&vti->map.pmap, GUEST_HUGE, &first);
	pmap_pte(&vti->map.pmap, GUEST_HUGE + NBPDR + PAGE_SIZE, &part);
	return (vti->status == 0 && vti->map.faults[PMAP_LEVEL_1G] == 1 &&
	    first == PMAP_LEVEL_2M && part == PMAP_LEVEL_4K);
}

/* RAM is write-back, the device's page uncacheable. */
static bool
check_device(struct vmx_thread_info *vti)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t device = *pmap_pte(&vti->map.pmap, GUEST_DEVICE, &level);
	pt_entry_t ram = *pmap_pte(&vti->map.pmap, GUEST_TABLES, &level);

	return (vti->status == 5 && (device >> 3 & 7) == EPTP_MEMTYPE_UC &&
	    (ram >> 3 & 7) == EPTP_MEMTYPE_WB);
}

/* The same marks whoever sets them. */
static bool
check_dirty(struct vmx_thread_info *vti)
{
	u_int wrong = 0;
	vm_offset_t va;

	for (u_int i = 0; i < 8; i++) {
		va = GUEST_SMALL + ptoa(i);
		wrong += !pmap_test_bit(&vti->map.pmap, va, PG_A_IDX);
		wrong += pmap_test_bit(&vti->map.pmap, va, PG_M_IDX) !=
		    (i % 2 == 1);
	}
	tap_diag("dirty bits by %s, %lu write faults for them",
	    vmx_has_ept_ad(&vmx_caps) ? "the processor" : "write faults",
	    vti->map.emulated);
	return (wrong == 0 && vti->status == 0);
}

/* The page before the one that refused took its second write. */
static bool
check_protect(struct vmx_thread_info *vti)
{
	const uint8_t *p = vm_fault_page(&vti->map, GUEST_RAM, VM_PROT_READ);

	return (vti->status == EACCES && p[0] == 2 && p[2 * PAGE_SIZE] == 2);
}

/* Adds a range of 1 GB, if one page of 1 GB can be had. */
static bool
map_huge(struct vmx_thread_info *vti)
{
	vm_page_t m = vm_page_alloc(VM_PAGE_MAXORDER);

	if (m == NULL)
		return (false);
	vm_page_free(m);
	return (vti->map.pmap.pm_maxlevel == PMAP_LEVEL_1G &&
	    vm_map_mmap(&vti->map, GUEST_HUGE, NBPDP,
		VM_PROT_READ | VM_PROT_WRITE, 0) == 0);
}

/* Makes an entry that may be written but not read. */
static bool
misconfigure(struct vmx_thread_info *vti)
{
	u_int level = PMAP_LEVEL_4K;

	vm_fault(&vti->map, GUEST_RAM, VM_PROT_WRITE);
	*pmap_pte(&vti->map.pmap, GUEST_RAM, &level) &= ~EPT_PG_R;
	return (true);
}

/* tag::tests[] */
static const struct guest_test guest_tests[] = {
	{ "prints", guest_hello, GUEST_EXITED, 0, NULL },
	{ "executes CPUID", guest_cpuid, GUEST_EXITED, 0, check_cpuid },
	{ "computes", guest_sum, GUEST_EXITED, 333833500, NULL },
	{ "uses its page table", guest_memory, GUEST_EXITED, 0, check_memory },
	{ "page fault", guest_fault, GUEST_KILLED, IDT_PF, check_fault },
	{ "prefixed syscall", guest_prefixed, GUEST_EXITED, 3, NULL },
	{ "ud2 is no syscall", guest_ud2, GUEST_KILLED, IDT_UD, NULL },
	{ "divides by zero", guest_divide, GUEST_KILLED, IDT_DE, NULL },
	{ "hlt in ring 3", guest_privileged, GUEST_KILLED, IDT_GP, NULL },
	{ "bad pointer", guest_bad_pointer, GUEST_EXITED, EFAULT, NULL },
	{ "vmcall", guest_vmcall, GUEST_UNHANDLED, EXIT_REASON_VMCALL, NULL },
	{ "never exits", guest_spin, GUEST_STUCK, 0, NULL },
	{ "exits for ever", guest_exits, GUEST_STUCK, 0, NULL },
	{ "touches 64 pages", guest_touch, GUEST_EXITED, 0, check_touch },
	{ "768 MB", guest_big, GUEST_EXITED, 0, check_big },
	{ "1 GB", guest_huge, GUEST_EXITED, 0, check_huge, map_huge },
	{ "uncached", guest_device, GUEST_EXITED, 0, check_device },
	{ "dirty pages", guest_dirty, GUEST_EXITED, 0, check_dirty },
	{ "own image", guest_own_image, GUEST_EXITED, 42, NULL },
	{ "own image again", guest_own_image, GUEST_EXITED, 42, NULL },
	{ "mprotect", guest_protect, GUEST_BAD_ACCESS, 0, check_protect },
	{ "munmap", guest_unmap, GUEST_BAD_ACCESS, EFAULT, NULL },
	{ "outside", guest_outside, GUEST_BAD_ACCESS, EFAULT, NULL },
	{ "no fetch", guest_no_fetch, GUEST_BAD_ACCESS, EACCES, NULL },
	{ "misconfigured", guest_big, GUEST_MISCONFIG, 0, NULL, misconfigure },
};
/* end::tests[] */

/* Makes a guest, runs it to its end, and keeps it to be looked at. */
static bool
run_guest(struct vmx_thread_info *vti, void *entry, u_long arg,
    bool (*setup)(struct vmx_thread_info *))
{
	if (!guest_memory_init(vti))
		panic("vmm_test: out of memory");
	vti->guest.vg_frame.tf_rdi = arg;
	if (setup != NULL && !setup(vti))
		return (false);
	vmx_vminit(vti, (vm_offset_t)entry);
	vmx_vmrun(vti);
	vmx_vmdestroy(vti);
	return (true);
}

static void
run_test(const struct guest_test *t)
{
	struct vmx_thread_info vti = { .name = t->name };
	uint64_t free = vm_page_free_count();
	bool ran, ok;

	if (!tap_wanted(t->name))
		return;
	if (t->end == GUEST_STUCK &&
	    (vmx_ctls.granted[VMX_CTL_PIN] & PIN_CTLS_PREEMPTION_TIMER) == 0) {
		tap_skip("no preemption timer", "%s", t->name);
		return;
	}
	ran = run_guest(&vti, t->entry, GUEST_STACK, t->setup);
	ok = vti.end == t->end &&
	    (t->check != NULL ? t->check(&vti) : vti.status == t->status);
	guest_memory_free(&vti);
	ok = ok && vm_page_free_count() == free;
	if (!ran)
		tap_skip("no free memory of that size", "%s", t->name);
	else if (!tap_ok(ok, "%s", t->name))
		tap_diag("end %d, status %d, %ld pages lost", vti.end,
		    vti.status, free - vm_page_free_count());
}

static bool
bench_run(void *entry, u_long n, struct bench_cost *cost)
{
	struct vmx_thread_info vti = { .name = "bench" };

	cost->exits = -vmx_sum_counts(vmx_exit_count);
	cost->instructions = -rdtsc();
	run_guest(&vti, entry, n, NULL);
	cost->instructions += rdtsc();
	cost->exits += vmx_sum_counts(vmx_exit_count);
	guest_memory_free(&vti);
	return (vti.end == GUEST_EXITED && vti.status == 0);
}

/** Measures what the operations of a guest cost. */
void
vmm_bench(void)
{
	static const struct bench_row rows[] = {
		{ "null system call", guest_null_calls, 1000 },
		{ "EPT violation, 4 KB", guest_touch_pages, 64 },
	};

	vmm_bench_rows(rows, nitems(rows), bench_run);
}

/** Runs every guest and reports each as one result. */
void
vmm_test(void)
{
	tap_plan(nitems(guest_tests));
	for (u_int i = 0; i < nitems(guest_tests); i++) {
		if (i == 1) /* the bench reads this */
			tap_diag("guest output at tsc %lu", rdtsc());
		run_test(&guest_tests[i]);
	}
}
