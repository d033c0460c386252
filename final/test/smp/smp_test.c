/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Several processors: what each has for itself, timer, interrupts from one to
 * another, idling, locks.  `cpus=N` in the kernel environment says how many
 * there must be, `exact=HZ` that time is counted in instructions.  With
 * `case=NAME` it ends in a certain way instead; see smp_cases.c.
 */
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/atomic.h>
#include <cpu/specialreg.h>
#include <machine/clock.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/smp.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "smp_test.h"

#define TIMER_HZ 1000
#define TICKS	 20
#define ROUNDS	 500
#define QUIET_US 200 /* long enough for an IPI too many to arrive */

static volatile u_int bad;	  /* processors that found a fault */
static volatile u_int tick_count; /* on the processor that measures */
static volatile uint64_t first_tick, last_tick;

static void
expect(bool ok)
{
	if (!ok)
		atomic_add_int(&bad, 1);
}

/* Runs a check on every processor, one after the other. */
static void
check_each(void (*check)(void), const char *name)
{
	bad = 0;
	for (u_int i = 0; i < ncpus; i++)
		run_on(i, check);
	tap_ok(bad == 0, "%s", name);
}

static uint64_t boot_cr0, boot_cr3, boot_cr4, boot_efer;

static void
own_data(void)
{
	struct globaldata *gd = mycpu;

	expect(gd->gd_self == gd && globaldata_find(gd->gd_cpuid) == gd);
	expect(rdmsr(MSR_GSBASE) == (uintptr_t)gd);
	expect(gd->gd_apicid == lapic_id());
	for (u_int i = 0; i < gd->gd_cpuid; i++) {
		expect(globaldata_find(i) != gd);
		expect(globaldata_find(i)->gd_apicid != gd->gd_apicid);
	}
}

static void
own_segments(void)
{
	struct globaldata *gd = mycpu;
	struct region_descriptor gdtr;
	const uint64_t *tss;
	uint16_t tr;

	__asm __volatile("sgdt %0; str %1" : "=m"(gdtr), "=r"(tr));
	expect(gdtr.rd_base == (uintptr_t)gd->gd_gdt);
	expect(gdtr.rd_limit == sizeof(gd->gd_gdt) - 1 && tr == TSS_SEL);
	tss = &gd->gd_gdt[TSS_SEL / 8];
	expect((tss[0] & 0xffff) == 0x67);
	expect(((tss[0] >> 16 & 0xffffff) | tss[0] >> 56 << 24 |
		   tss[1] << 32) == (uintptr_t)&gd->gd_tss);
	expect(gdt_tss() == (vm_offset_t)&gd->gd_tss);
}

static void
own_stacks(void)
{
	struct globaldata *gd = mycpu;
	vm_offset_t here = (vm_offset_t)__builtin_frame_address(0);
	vm_paddr_t pa;

	expect(here > gd->gd_stack && here < gd->gd_stack_top);
	expect(gd->gd_stack_top - gd->gd_stack == ptoa(KSTACK_PAGES));
	expect(pmap_kextract(gd->gd_stack, &pa));
	expect(!pmap_kextract(gd->gd_stack - 1, &pa));
	for (u_int i = 0; i < IST_COUNT; i++) {
		expect(gd->gd_tss.tss_ist[i] == gd->gd_ist[i]);
		expect(pmap_kextract(gd->gd_ist[i] - 1, &pa));
		for (u_int j = 0; j < i; j++)
			expect(gd->gd_ist[j] != gd->gd_ist[i]);
		/* The first processor's lie in the image, without guards. */
		expect(gd->gd_cpuid == 0 ||
		    !pmap_kextract(gd->gd_ist[i] - PAGE_SIZE - 1, &pa));
		for (u_int cpu = 0; cpu < gd->gd_cpuid; cpu++)
			expect(
			    globaldata_find(cpu)->gd_ist[i] != gd->gd_ist[i]);
	}
}

static void
same_control(void)
{
	expect(rcr0() == boot_cr0 && rcr3() == boot_cr3);
	expect(rcr4() == boot_cr4 && rdmsr(MSR_EFER) == boot_efer);
	expect((boot_efer & EFER_NXE) != 0 && (boot_efer & EFER_SCE) == 0);
	expect(!intr_enabled());
}

/* In xAPIC mode the registers are memory, and must not be cached. */
static void
test_mapping(void)
{
	const char *name = "the local APIC's registers are not cached";
	u_int level = PMAP_LEVEL_4K;
	pt_entry_t pte;

	if (lapic_is_x2apic()) {
		tap_skip("they are MSRs", "%s", name);
		return;
	}
	pte = *pmap_pte(&kernel_pmap, DEVMAP_MIN_ADDRESS, &level);
	tap_ok((pte & X86_PG_FRAME) == (rdmsr(MSR_APICBASE) & X86_PG_FRAME) &&
		(pte & X86_PG_PCD) != 0 && (pte & X86_PG_PWT) != 0 &&
		(pte & X86_PG_NX) != 0,
	    "%s", name);
}

static void
spurious(void)
{
	__asm __volatile("int %0" : : "i"(VECTOR_SPURIOUS));
}

static void
test_state(void)
{
	boot_cr0 = rcr0();
	boot_cr3 = rcr3();
	boot_cr4 = rcr4();
	boot_efer = rdmsr(MSR_EFER);
	tap_ok((int)ncpus == kgetenv_int("cpus", 1), "%u processors", ncpus);
	check_each(own_data, "each has its own data");
	check_each(own_segments, "each has its own GDT and TSS");
	check_each(own_stacks, "each has its own stacks, with a guard");
	check_each(same_control, "all have the same control registers");
	check_each(spurious, "a spurious interrupt is nothing");
	test_mapping();
}

static void
tick(struct trapframe *tf __unused)
{
	last_tick = rdtsc();
	if (tick_count++ == 0)
		first_tick = last_tick;
}

static bool
within(uint64_t v, uint64_t want, u_int percent)
{
	return (v >= want - want * percent / 100 &&
	    v <= want + want * percent / 100);
}

/*
 * Where time is not counted in instructions, a tick may come late, but not
 * early.
 */
static bool
time_is(uint64_t ticks, uint64_t us)
{
	uint64_t want = us * tsc_hz / 1000000;

	if (kgetenv_int("exact", 0) != 0)
		return (within(ticks, want, 1));
	return (ticks >= want - want / 10);
}

static u_int idles;

static void
periodic(void)
{
	tick_count = idles = 0;
	lapic_timer_periodic(TIMER_HZ);
	while (tick_count < TICKS) {
		cpu_idle();
		idles++;
	}
	lapic_timer_stop();
	expect(time_is(
	    last_tick - first_tick, (TICKS - 1) * 1000000UL / TIMER_HZ));
}

/* HLT waits: each return from it is a tick, save one that came too late. */
static void
idle_waits(void)
{
	periodic();
	expect(idles <= TICKS);
}

static void
oneshot(void)
{
	uint64_t start = rdtsc();

	tick_count = 0;
	lapic_timer_oneshot(3000);
	while (tick_count == 0)
		cpu_idle();
	expect(time_is(last_tick - start, 3000));
	intr_enable();
	delay_us(6000);
	intr_disable();
	expect(tick_count == 1);
}

static void
stopped(void)
{
	lapic_timer_periodic(TIMER_HZ);
	lapic_timer_stop();
	/* One that was on its way is served here.  STI and CLI alone would
	 * not do: the first one holds interrupts back up to the second. */
	intr_enable();
	delay_us(1000);
	intr_disable();
	tick_count = 0;
	intr_enable();
	delay_us(3000);
	intr_disable();
	expect(tick_count == 0);
}

/*
 * An interrupt is pending when cpu_idle() begins.  If it is served before HLT,
 * HLT waits for the next one, which is the timer's.
 */
static void
no_lost_wakeup(void)
{
	u_int before = ipi_count[mycpuid];

	tick_count = 0;
	lapic_timer_oneshot(2000000); /* far beyond any delay of ours */
	lapic_ipi(mycpuid, VECTOR_IPI);
	delay_us(QUIET_US);
	cpu_idle();
	expect(tick_count == 0 && ipi_count[mycpuid] == before + 1);
	lapic_timer_stop();
}

static void
test_time(void)
{
	int hz = kgetenv_int("exact", 0);
	uint64_t took = rdtsc();

	delay_us(2000);
	took = rdtsc() - took;
	tap_ok(time_is(took, 2000) && (hz == 0 || within(tsc_hz, hz, 1)),
	    "the time-stamp counter has %lu ticks a second", tsc_hz);
	tap_ok(lapic_hz != 0 && (hz == 0 || within(lapic_hz, hz, 1)),
	    "the local APIC's timer has %lu", lapic_hz);
	check_each(periodic, "the timer interrupts again and again, in time");
	check_each(oneshot, "the timer interrupts once, in time");
	check_each(stopped, "a timer that is stopped is silent");
	check_each(idle_waits, "who idles executes nothing");
	check_each(no_lost_wakeup, "an interrupt that is pending ends idling");
}

static u_int target;

static void
send_ipi(void)
{
	lapic_ipi(target, VECTOR_IPI);
}

/* One IPI from a processor to the target: nobody gets more, or another. */
static bool
one_ipi(u_int from)
{
	bool ok;

	for (u_int i = 0; i < ncpus; i++)
		ipi_count[i] = 0;
	run_on(from, send_ipi);
	ok = wait_for(&ipi_count[target], 1);
	intr_enable();
	delay_us(QUIET_US);
	intr_disable();
	for (u_int i = 0; i < ncpus; i++)
		ok = ok && ipi_count[i] == (i == target);
	return (ok);
}

static void
test_ipis(void)
{
	u_int wrong = 0;

	for (u_int from = 0; from < ncpus; from++)
		for (target = 0; target < ncpus; target++)
			wrong += !one_ipi(from);
	tap_ok(wrong == 0, "an IPI from each to each, exactly once");
}

static struct spinlock counter_lock = SPINLOCK_INITIALIZER("counter");
static struct spinlock other_lock = SPINLOCK_INITIALIZER("other");
static volatile u_int counter;

static void
count_locked(void)
{
	u_int seen;

	for (u_int i = 0; i < ROUNDS; i++) {
		spin_lock(&counter_lock);
		seen = counter;
		for (u_int n = 0; n < i % 7; n++)
			cpu_pause();
		counter = seen + 1;
		spin_unlock(&counter_lock);
	}
}

static void
count_atomic(void)
{
	for (u_int i = 0; i < ROUNDS; i++)
		atomic_add_int(&counter, 1);
}

static void
allocate_pages(void)
{
	vm_page_t m[8];

	for (u_int i = 0; i < ROUNDS; i++) {
		for (u_int n = 0; n < nitems(m); n++) {
			m[n] = vm_page_alloc((i + n) % 5);
			expect(m[n] != NULL);
		}
		for (u_int n = 0; n < nitems(m); n++)
			vm_page_free(m[n]);
	}
}

static volatile u_int held, wanted;

/* Called while a processor waits for the lock: only that lets it go. */
static void
poll(void)
{
	atomic_store_rel_int(&wanted, 1);
}

static void
hold_lock(void)
{
	spin_lock(&counter_lock);
	atomic_store_rel_int(&held, 1);
	while (atomic_load_acq_int(&wanted) == 0)
		cpu_pause();
	spin_unlock(&counter_lock);
}

static void
want_lock(void)
{
	while (atomic_load_acq_int(&held) == 0)
		cpu_pause();
	expect(!spin_trylock(&counter_lock) && !spin_held(&counter_lock));
	spin_lock(&counter_lock);
	expect(spin_held(&counter_lock) && wanted == 1);
	spin_unlock(&counter_lock);
	expect(!spin_held(&counter_lock));
	expect(spin_trylock(&counter_lock) && spin_held(&counter_lock));
	spin_unlock(&counter_lock);
}

static void
two_at_a_lock(void)
{
	if (mycpuid == 0)
		want_lock();
	else if (mycpuid == 1)
		hold_lock();
}

/* Interrupts come back with the last lock, whichever that is. */
static void
lock_interrupts(void)
{
	intr_enable();
	spin_lock(&counter_lock);
	expect(!intr_enabled());
	spin_lock(&other_lock);
	spin_unlock(&counter_lock);
	expect(!intr_enabled() && mycpu->gd_spinlocks == 1);
	spin_unlock(&other_lock);
	expect(intr_enabled());
	intr_disable();
	spin_lock(&counter_lock);
	spin_unlock(&counter_lock);
	expect(!intr_enabled() && mycpu->gd_spinlocks == 0);
}

static void
test_locks(void)
{
	uint64_t before = vm_page_free_count();

	bad = counter = 0;
	run_on_all(count_locked);
	tap_ok(counter == ncpus * ROUNDS, "what a spinlock guards adds up");
	counter = 0;
	run_on_all(count_atomic);
	tap_ok(counter == ncpus * ROUNDS, "what is added atomically adds up");
	run_on_all(allocate_pages);
	tap_ok(bad == 0 && vm_page_free_count() == before &&
		vm_page_audit() == NULL,
	    "all allocate pages at once");
	check_each(lock_interrupts, "interrupts are off while a lock is held");
	if (ncpus == 1) {
		tap_skip("one processor", "a lock that another has");
		return;
	}
	spin_poll = poll;
	run_on_all(two_at_a_lock);
	spin_poll = NULL;
	tap_ok(bad == 0, "a lock that another has");
}

/** @return 0 when everything is as it should be */
int
main(void)
{
	const char *name = kgetenv("case");

	run_init();
	if (name != NULL)
		run_case(name);
	tap_plan(20);
	intr_register(VECTOR_TIMER, tick);
	mp_start(run_loop);
	tap_diag("%s mode", lapic_is_x2apic() ? "x2APIC" : "xAPIC");
	test_state();
	test_time();
	test_ipis();
	test_locks();
	return (tap_status());
}
