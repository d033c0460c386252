/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The local APIC turned on: its two ways of access, end of interrupt, and
 * interrupts from one processor to another.
 *
 * In xAPIC mode the registers are memory, in x2APIC mode they are MSRs.  The
 * first processor chooses for all: x2APIC where CPUID has it, which is also
 * where firmware may have locked it on.  No processor ever leaves x2APIC mode
 * or turns its APIC off, since neither can be undone without a reset.
 *
 * SDM volume 3, "Advanced Programmable Interrupt Controller".
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/clock.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>

#define LAPIC_SIZE	0x400
#define ICR_SPINS	1000000
#define XAPIC_BROADCAST 0xff

static bool x2apic;		      /* chosen mode */
static volatile uint32_t *lapic_regs; /* in xAPIC mode */

/** @return whether the mode is x2APIC, once lapic_init() has chosen */
bool
lapic_is_x2apic(void)
{
	return (x2apic);
}

/** @return whether lapic_init() has succeeded on the first processor */
bool
lapic_ready(void)
{
	return (x2apic || lapic_regs != NULL);
}

/**
 * Reads a register of this processor's local APIC.
 * @param reg	LAPIC_*
 * @return	its value; in x2APIC mode the lower half
 */
uint32_t
lapic_read(u_int reg)
{
	return (x2apic ? rdmsr(MSR_X2APIC(reg)) : lapic_regs[reg / 4]);
}

/**
 * Writes a register of this processor's local APIC.
 * @param reg	LAPIC_*, not the ICR
 * @param v	value
 */
void
lapic_write(u_int reg, uint32_t v)
{
	if (x2apic)
		wrmsr(MSR_X2APIC(reg), v);
	else
		lapic_regs[reg / 4] = v;
}

/* The first processor looks what there is and chooses. */
static bool
choose_mode(uint64_t base)
{
	u_int p[4];

	do_cpuid(1, p);
	x2apic = (base & APICBASE_X2APIC) != 0 || (p[2] & CPUID2_X2APIC) != 0;
	if (!x2apic)
		lapic_regs = pmap_mapdev(base & APICBASE_ADDRESS, LAPIC_SIZE);
	if (!lapic_ready())
		kprintf("lapic: no memory to map its registers\n");
	return (lapic_ready());
}

/* Whether this processor has a local APIC that is on. */
static bool
lapic_present(uint64_t *base)
{
	u_int p[4];

	do_cpuid(1, p);
	if ((p[3] & CPUID_APIC) == 0) {
		kprintf("lapic: this processor has no local APIC, or the "
			"firmware has turned it off\n");
		return (false);
	}
	*base = rdmsr(MSR_APICBASE);
	if ((*base & APICBASE_ENABLED) == 0) {
		kprintf("lapic: the firmware has turned the local APIC off\n");
		return (false);
	}
	return (true);
}

/* Nobody asked for these: they say nothing and need no EOI. */
static void
lapic_spurious(struct trapframe *tf __unused, u_int vector __unused)
{
}

static void
lapic_enable(uint64_t base)
{
	if (x2apic && (base & APICBASE_X2APIC) == 0)
		wrmsr(MSR_APICBASE, base | APICBASE_X2APIC);
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1, LVT_MASKED);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
}

/**
 * Turns this processor's local APIC on.  Called by each processor; the first
 * one also measures the clocks.  The timer stays off, and interrupts as they
 * were.
 * @return	false when there is none to be had; the reason is printed
 */
bool
lapic_init(void)
{
	uint64_t base;

	if (!lapic_present(&base) || (!lapic_ready() && !choose_mode(base)))
		return (false);
	trap_handlers[VECTOR_SPURIOUS] = lapic_spurious;
	lapic_enable(base);
	mycpu->gd_apicid = lapic_id();
	return (clock_init());
}

/** Ends the interrupt in service; intr_dispatch() does it for handlers. */
void
lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

/** @return the number by which this processor is addressed */
u_int
lapic_id(void)
{
	uint32_t id = lapic_read(LAPIC_ID);

	return (x2apic ? id : id >> 24);
}

/* Waits until the last command has left; it always does, but bounded. */
static void
icr_wait(void)
{
	for (u_int i = 0; i < ICR_SPINS; i++) {
		if ((lapic_regs[LAPIC_ICR_LO / 4] & ICR_PENDING) == 0)
			return;
		cpu_pause();
	}
}

/*
 * Sends a command.  In xAPIC mode it takes two writes, and an interrupt
 * handler that sends one between them would spoil the first.
 */
static void
icr_write(u_int apicid, uint32_t command)
{
	bool intr = intr_enabled();

	if (x2apic) {
		/* Unlike a write to memory, WRMSR overtakes stores before it:
		 * the receiver must find what it is called for. */
		__asm __volatile("mfence; lfence" : : : "memory");
		wrmsr(
		    MSR_X2APIC(LAPIC_ICR_LO), (uint64_t)apicid << 32 | command);
		return;
	}
	KASSERT(apicid < XAPIC_BROADCAST, ("lapic: APIC id %u", apicid));
	intr_disable();
	icr_wait();
	lapic_regs[LAPIC_ICR_HI / 4] = apicid << 24;
	lapic_regs[LAPIC_ICR_LO / 4] = command;
	icr_wait();
	if (intr)
		intr_enable();
}

/**
 * Interrupts a processor.  Several to the same one with the same vector may
 * arrive as one.
 * @param cpuid		whom, 0 to ncpus - 1; may be this processor
 * @param vector	32 to 255
 */
void
lapic_ipi(u_int cpuid, u_int vector)
{
	icr_write(
	    globaldata_find(cpuid)->gd_apicid, ICR_FIXED | ICR_ASSERT | vector);
}

/**
 * Sends a processor an NMI, which reaches it also with interrupts off.
 * @param cpuid	whom, 0 to ncpus - 1
 */
void
lapic_ipi_nmi(u_int cpuid)
{
	icr_write(globaldata_find(cpuid)->gd_apicid, ICR_NMI | ICR_ASSERT);
}

/**
 * Resets a processor; it then waits for lapic_ipi_sipi().
 * @param apicid	the machine's number of it
 */
void
lapic_ipi_init(u_int apicid)
{
	icr_write(apicid, ICR_INIT | ICR_ASSERT);
}

/**
 * Lets a processor begin in real mode; one that runs already ignores it.
 * @param apicid	the machine's number of it
 * @param page		physical address below 1 MB, divided by PAGE_SIZE
 */
void
lapic_ipi_sipi(u_int apicid, u_int page)
{
	icr_write(apicid, ICR_STARTUP | ICR_ASSERT | page);
}
