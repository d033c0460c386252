/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The guests of steps 01 to 04 and what is expected of each.  A row registers
 * one.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/trap.h>
#include <machine/clock.h>
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
	bool (*check)(struct proc *p); /**< or NULL */
	bool (*setup)(struct proc *p); /**< or NULL; may refuse */
};

/* The guest must have seen the sub-leaf that the host sees. */
static bool
check_cpuid(struct proc *p)
{
	u_int r[4];

	cpuid_count(4, 1, r);
	return (p->status == (int)(r[0] ^ r[1]) &&
	    vmx_exit_count[EXIT_REASON_CPUID] == 2);
}

static bool
check_memory(struct proc *p)
{
	const uint64_t *stack = vm_fault_page(
	    &p->map, GUEST_STACK, VM_PROT_READ);
	const pt_entry_t *table = vm_fault_page(
	    &p->map, GUEST_TABLES + PAGE_SIZE, VM_PROT_READ);

	tap_diag("guest page table: %s pages",
	    (table[0] & X86_PG_PS) != 0 ? "1 GB" : "2 MB");
	return (p->status == 0 && stack[2] == 0x0202020202020202UL);
}

static bool
check_fault(struct proc *p)
{
	return (p->status == IDT_PF && p->exit.qualification == GUEST_HOLE &&
	    p->exit.intr_error == (PGEX_U | PGEX_W));
}

/* 64 small pages and one of code, and no fault for nothing. */
static bool
check_touch(struct proc *p)
{
	return (p->status == 63 && p->map.faults[PMAP_LEVEL_4K] == 64 + 1 &&
	    p->map.faults[PMAP_LEVEL_2M] == 0 && p->map.emulated == 0);
}

/* Far more address space than memory, and that in large pages. */
static bool
check_big(struct proc *p)
{
	u_long resident = ptoa(p->map.resident);

	tap_diag("%lu MB of %lu MB are backed", resident >> 20,
	    GUEST_RAM_SIZE >> 20);
	return (p->status == 0 && resident * 3 < GUEST_RAM_SIZE &&
	    p->map.faults[PMAP_LEVEL_2M] >= GUEST_BIG_STEPS);
}

/* One large page, of which two levels were split. */
static bool
check_huge(struct proc *p)
{
	u_int first = PMAP_LEVEL_4K, part = PMAP_LEVEL_4K;

	pmap_pte(&p->map.pmap, GUEST_HUGE, &first);
	pmap_pte(&p->map.pmap, GUEST_HUGE + NBPDR + PAGE_SIZE, &part);
	return (p->status == 0 && p->map.faults[PMAP_LEVEL_1G] == 1 &&
	    first == PMAP_LEVEL_2M && part == PMAP_LEVEL_4K);
}

/* RAM is write-back, the device's page uncacheable. */
static bool
check_device(struct proc *p)
{
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t device = *pmap_pte(&p->map.pmap, GUEST_DEVICE, &level);
	pt_entry_t ram = *pmap_pte(&p->map.pmap, GUEST_TABLES, &level);

	return (p->status == 5 && (device >> 3 & 7) == EPTP_MEMTYPE_UC &&
	    (ram >> 3 & 7) == EPTP_MEMTYPE_WB);
}

/* The same marks whoever sets them. */
static bool
check_dirty(struct proc *p)
{
	u_int wrong = 0;
	vm_offset_t va;

	for (u_int i = 0; i < 8; i++) {
		va = GUEST_SMALL + ptoa(i);
		wrong += !pmap_test_bit(&p->map.pmap, va, PG_A_IDX);
		wrong += pmap_test_bit(&p->map.pmap, va, PG_M_IDX) !=
		    (i % 2 == 1);
	}
	tap_diag("dirty bits by %s, %lu write faults for them",
	    vmx_has_ept_ad(&vmx_caps) ? "the processor" : "write faults",
	    p->map.emulated);
	return (wrong == 0 && p->status == 0);
}

/* The page before the one that refused took its second write. */
static bool
check_protect(struct proc *p)
{
	const uint8_t *ram = vm_fault_page(&p->map, GUEST_RAM, VM_PROT_READ);

	return (p->status == EACCES && ram[0] == 2 && ram[2 * PAGE_SIZE] == 2);
}

/* A second passed, and next to nothing was executed in it. */
static bool
check_idle(struct proc *p)
{
	uint64_t all = p->idle.ended - p->idle.began;
	uint64_t busy = all - p->idle.halted;

	tap_diag("an idle second: %lu instructions in %lu ticks", busy, all);
	return (p->status == 0 && all > tsc_hz * 999 / 1000 && busy < 100000);
}

/* Adds a range of 1 GB, if one page of 1 GB can be had. */
static bool
map_huge(struct proc *p)
{
	vm_page_t m = vm_page_alloc(VM_PAGE_MAXORDER);

	if (m == NULL)
		return (false);
	vm_page_free(m);
	return (p->map.pmap.pm_maxlevel == PMAP_LEVEL_1G &&
	    vm_map_mmap(&p->map, GUEST_HUGE, NBPDP,
		VM_PROT_READ | VM_PROT_WRITE, 0) == 0);
}

/* Makes an entry that may be written but not read. */
static bool
misconfigure(struct proc *p)
{
	u_int level = PMAP_LEVEL_4K;

	vm_fault(&p->map, GUEST_RAM, VM_PROT_WRITE);
	*pmap_pte(&p->map.pmap, GUEST_RAM, &level) &= ~EPT_PG_R;
	return (true);
}

/* tag::tests[] */
static const struct guest_test guest_tests[] = {
	{ "prints", guest_hello, GUEST_EXITED, 37, NULL },
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
	{ "arguments", guest_arguments, GUEST_EXITED, 0, NULL },
	{ "results", guest_results, GUEST_EXITED, 0, NULL },
	{ "bad pointers", guest_pointers, GUEST_EXITED, 0, NULL },
	{ "rights", guest_rights, GUEST_EXITED, 0, NULL },
	{ "leaves", guest_leaves, GUEST_EXITED, 0, NULL },
	{ "tables", guest_tables, GUEST_EXITED, 0, NULL },
	{ "across pages", guest_across, GUEST_EXITED, 0, NULL },
	{ "strings", guest_strings, GUEST_EXITED, 0, NULL },
	{ "syscall on two pages", guest_straddle, GUEST_EXITED, 0, NULL },
	{ "threads take turns", guest_threads, GUEST_EXITED, 0, NULL },
	{ "umtx, two aliases", guest_ping_pong, GUEST_EXITED, 0, NULL },
	{ "umtx errors", guest_umtx_errors, GUEST_EXITED, 0, NULL },
	{ "wake one, wake all", guest_wake_counts, GUEST_EXITED, 0, NULL },
	{ "signals", guest_signals, GUEST_EXITED, 0, NULL },
	{ "registers survive", guest_registers, GUEST_EXITED, 0, NULL },
	{ "idle second", guest_idle, GUEST_EXITED, 0, check_idle },
	{ "mutex", guest_mutex, GUEST_EXITED, 0, NULL },
	{ "private page", guest_private_page, GUEST_EXITED, 0, NULL },
	{ "deadlock", guest_deadlock, GUEST_STUCK, 0, NULL },
	{ "no FPU", guest_fpu, GUEST_KILLED, IDT_NM, NULL },
	{ "fatal signal", guest_killed_by_signal, GUEST_SIGNALED, SIGTERM },
	{ "misconfigured", guest_big, GUEST_MISCONFIG, 0, NULL, misconfigure },
};
/* end::tests[] */

/* The process that runs: too large for a stack. */
static struct proc proc;

/* Makes a process, runs it to its end, and keeps it to be looked at. */
static bool
run_guest(const char *name, void *entry, u_long arg, u_int patience,
    bool (*setup)(struct proc *))
{
	bzero(&proc, sizeof(proc));
	proc.name = name;
	if (!guest_memory_init(&proc))
		panic("vmm_test: out of memory");
	proc.patience = GUEST_PATIENCE * patience;
	proc.eptgen = proc.map.pmap.pm_invgen - 1;
	if (setup != NULL && !setup(&proc))
		return (false);
	/* As after a CALL: the stack is 8 bytes off a multiple of 16. */
	if (lwp_alloc(&proc, (vm_offset_t)entry, GUEST_STACK_TOP - 8, arg) ==
	    NULL)
		panic("vmm_test: no thread");
	vmx_vmrun(&proc);
	lwp_free_all(&proc);
	return (true);
}

static void
run_test(const struct guest_test *t)
{
	uint64_t free = vm_page_free_count();
	bool ran, ok;

	if (!tap_wanted(t->name))
		return;
	if (t->end == GUEST_STUCK &&
	    (vmx_ctls.granted[VMX_CTL_PIN] & PIN_CTLS_PREEMPTION_TIMER) == 0) {
		tap_skip("no preemption timer", "%s", t->name);
		return;
	}
	ran = run_guest(t->name, t->entry, GUEST_STACK,
	    t->end == GUEST_STUCK ? 1 : 20, t->setup);
	ok = proc.end == t->end &&
	    (t->check != NULL ? t->check(&proc) : proc.status == t->status);
	guest_memory_free(&proc);
	ok = ok && vm_page_free_count() == free;
	if (!ran)
		tap_skip("no free memory of that size", "%s", t->name);
	else if (!tap_ok(ok, "%s", t->name))
		tap_diag("end %d, status %d, %ld pages lost", proc.end,
		    proc.status, free - vm_page_free_count());
}

static bool
bench_run(void *entry, u_long n, struct bench_cost *cost)
{
	cost->exits = -vmx_sum_counts(vmx_exit_count);
	cost->instructions = -rdtsc();
	run_guest("bench", entry, n, 20, NULL);
	cost->instructions += rdtsc();
	cost->exits += vmx_sum_counts(vmx_exit_count);
	guest_memory_free(&proc);
	return (proc.end == GUEST_EXITED && proc.status == 0);
}

/** Measures what the operations of a guest cost. */
void
vmm_bench(void)
{
	static const struct bench_row rows[] = {
		{ "null system call", guest_null_calls, 1000 },
		{ "EPT violation, 4 KB", guest_touch_pages, 64 },
		{ "umtx ping-pong", guest_hand_over, 500 },
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
