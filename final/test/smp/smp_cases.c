/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ends of a run: each of these is the last thing that a kernel does, and the
 * bench expects certain words.
 */
#include <sys/cons.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/clock.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/smp.h>
#include <machine/vmparam.h>
#include "smp_test.h"

#define LINES 20

static struct spinlock lock_a = SPINLOCK_INITIALIZER("a");
static struct spinlock lock_b = SPINLOCK_INITIALIZER("b");
static volatile u_int gate;
static volatile uint64_t panic_time;

static void
panic_here(void)
{
	panic("smp_test: the end of processor %u", mycpuid);
}

/* The last processor panics while the first one prints. */
static void
panic_ap(void)
{
	static volatile u_int lines;

	while (lines < LINES || mycpuid != ncpus - 1) {
		if (mycpuid == 0)
			kprintf(
			    "# line %u of a processor that goes on\n", ++lines);
	}
	panic_here();
}

/* In Bochs all read the same time-stamp counter. */
static void
panic_all(void)
{
	while ((int64_t)(panic_time - rdtsc()) > 0)
		;
	panic_here();
}

static void
on_last(void (*job)(void))
{
	run_on(ncpus - 1, job);
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
stray_nmi(void)
{
	lapic_ipi_nmi(mycpuid);
	delay_us(10000);
}

static void
poweroff_here(void)
{
	poweroff(0);
}

static void
spin_recursion(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_a);
}

static void
take_a(void)
{
	spin_lock(&lock_a);
}

static void
give_a(void)
{
	spin_unlock(&lock_a);
}

/* Two processors, two locks, each wants the other's: a deadlock. */
static void
deadlock(void)
{
	bool first = mycpuid == 0;

	if (mycpuid > 1)
		return;
	spin_lock(first ? &lock_a : &lock_b);
	atomic_add_int(&gate, 1);
	while (atomic_load_acq_int(&gate) != 2)
		cpu_pause();
	spin_lock(first ? &lock_b : &lock_a);
}

static void
print_lines(void)
{
	for (u_int i = 0; i < LINES; i++)
		kprintf("line %u of processor %u, which nobody else's cuts\n",
		    i, mycpuid);
}

static void
case_fault(void)
{
	on_last(read_null);
}

/* The fault comes while this processor has the console. */
static void
fault_locked(void)
{
	cnlock();
	read_null();
}

static void
case_fault_locked(void)
{
	on_last(fault_locked);
}

static void
case_overflow(void)
{
	on_last(overflow_stack);
}

static void
case_nmi(void)
{
	on_last(stray_nmi);
}

static void
case_poweroff(void)
{
	kprintf("processor %u switches off\n", ncpus - 1);
	on_last(poweroff_here);
}

static void
case_owner(void)
{
	on_last(take_a);
	give_a();
}

static void
case_panic_ap(void)
{
	run_on_all(panic_ap);
}

static void
case_panic_all(void)
{
	panic_time = tsc_deadline(2000);
	run_on_all(panic_all);
}

static void
case_deadlock(void)
{
	run_on_all(deadlock);
}

static void
case_print(void)
{
	run_on_all(print_lines);
	poweroff(0);
}

/* What `case=` may name. */
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "panic-ap", case_panic_ap },
	{ "panic-all", case_panic_all },
	{ "fault", case_fault },
	{ "fault-locked", case_fault_locked },
	{ "overflow", case_overflow },
	{ "nmi", case_nmi },
	{ "poweroff", case_poweroff },
	{ "recursion", spin_recursion },
	{ "owner", case_owner },
	{ "deadlock", case_deadlock },
	{ "print", case_print },
};

/* An APIC id without a processor, and one that xAPIC cannot address. */
#define ABSENT_ID 77
#define LARGE_ID  300

/* ACPI tables of our own: processors 0 and 1, and two that are not there. */
static struct {
	uint8_t xsdt[44];
	uint8_t madt[44 + 3 * 8 + 16];
} __packed tables __aligned(16);

static void
put(uint8_t *p, uint64_t v, u_int n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = v;
}

static void
madt_lapic(uint8_t *p, u_int id)
{
	put(p, 8 << 8, 2); /* type 0 */
	put(p + 3, id, 1);
	put(p + 4, 1, 4);
}

static void
absent_processors(void)
{
	memcpy(tables.xsdt, "XSDT", 4);
	put(tables.xsdt + 4, sizeof(tables.xsdt), 4);
	put(tables.xsdt + 36, KERN_TO_PHYS(tables.madt), 8);
	memcpy(tables.madt, "APIC", 4);
	put(tables.madt + 4, sizeof(tables.madt), 4);
	madt_lapic(tables.madt + 44, 0);
	madt_lapic(tables.madt + 52, ABSENT_ID);
	put(tables.madt + 60, 16 << 8 | 9, 2);
	put(tables.madt + 64, LARGE_ID, 4);
	put(tables.madt + 68, 1, 4);
	madt_lapic(tables.madt + 76, 1);
	boot_info.rsdp_size = 36;
	memcpy(boot_info.rsdp, "RSD PTR ", 8);
	boot_info.rsdp[15] = 2;
	put(boot_info.rsdp + 24, KERN_TO_PHYS(tables.xsdt), 8);
	kprintf("%u processors\n", mp_start(run_loop));
	poweroff(0);
}

static void
no_tables(void)
{
	boot_info.rsdp_size = 0;
	kprintf("%u processors\n", mp_start(run_loop));
	poweroff(0);
}

static void
return_at_once(void)
{
}

void
run_case(const char *name)
{
	if (strcmp(name, "absent") == 0)
		absent_processors();
	if (strcmp(name, "no-tables") == 0)
		no_tables();
	if (strcmp(name, "return") == 0) {
		mp_start(return_at_once);
		delay_us(1000000);
	}
	mp_start(run_loop);
	for (u_int i = 0; i < nitems(cases); i++)
		if (strcmp(cases[i].name, name) == 0)
			cases[i].run();
	panic("smp_test: case %s is unknown or did not end", name);
}
