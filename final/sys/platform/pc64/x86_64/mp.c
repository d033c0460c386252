/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The other processors: starting them, and stopping them at the end.
 *
 * The firmware's table says which there are.  They are started one after the
 * other, each by INIT and start-up IPIs, so that one set of variables carries
 * what a processor needs to the trampoline (mpboot.S).  Each has in PERCPU:
 *
 *     page   0     1..4    5     6    7     8    9    10   11    12
 *          guard  stack  guard  #DF guard  NMI guard  #MC guard globaldata
 *
 * All wait until the last one has come up; then `ncpus` is final, and they
 * go to their entry function.  One that does not answer in time is put back
 * into the state after INIT and left out.
 */
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/clock.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/smp.h>
#include <machine/vmparam.h>

#define INIT_US	       10000   /* from INIT to the first start-up IPI */
#define SIPI_US	       200     /* from the first to the second */
#define ANSWER_US      1000000 /* an emulator may be busy */
#define STOP_US	       100000
#define XAPIC_MAX      0xfe /* highest APIC id that xAPIC can address */

#define STACK_PAGE     1
#define IST_PAGE(i)    (STACK_PAGE + KSTACK_PAGES + 1 + 2 * (i))
#define DATA_PAGE      IST_PAGE(IST_COUNT)
#define PERCPU_VA(cpu) (PERCPU_MIN_ADDRESS + (cpu)*PERCPU_SIZE)

CTASSERT((DATA_PAGE + 1) * PAGE_SIZE <= PERCPU_SIZE);
CTASSERT(sizeof(struct globaldata) <= PAGE_SIZE);

static void (*mp_entry)(void);
static volatile u_int mp_go;
static volatile u_int mp_stopping;

/* Gives a page to a place that has none yet. */
static bool
percpu_page(vm_offset_t va)
{
	vm_paddr_t pa;

	if (pmap_kextract(va, &pa))
		return (true);
	pa = pmap_page_alloc();
	if (pa == 0)
		return (false);
	if (pmap_enter(&kernel_pmap, va, pa, VM_PROT_READ | VM_PROT_WRITE,
		PMAP_LEVEL_4K) == 0)
		return (true);
	pmap_page_free(pa);
	return (false);
}

/*
 * The stacks and data of a processor, or NULL when memory is short.  Those of
 * one that did not answer serve the next.
 */
static struct globaldata *
percpu_alloc(u_int cpuid)
{
	vm_offset_t va = PERCPU_VA(cpuid);
	struct globaldata *gd = (struct globaldata *)(va + ptoa(DATA_PAGE));

	for (u_int i = 0; i < KSTACK_PAGES; i++)
		if (!percpu_page(va + ptoa(STACK_PAGE + i)))
			return (NULL);
	for (u_int i = 0; i < IST_COUNT; i++)
		if (!percpu_page(va + ptoa(IST_PAGE(i))))
			return (NULL);
	if (!percpu_page((vm_offset_t)gd))
		return (NULL);
	bzero(gd, sizeof(*gd));
	gd->gd_cpuid = cpuid;
	gd->gd_stack = va + ptoa(STACK_PAGE);
	gd->gd_stack_top = gd->gd_stack + ptoa(KSTACK_PAGES);
	for (u_int i = 0; i < IST_COUNT; i++)
		gd->gd_ist[i] = va + ptoa(IST_PAGE(i) + 1);
	return (gd);
}

/* What a processor copies from this one before it runs C. */
static void
mpboot_prepare(void)
{
	memcpy(PHYS_TO_DMAP(low_page), mpboot_start, mpboot_end - mpboot_start);
	mpboot_cr0 = rcr0();
	mpboot_cr3 = kernel_pmap.pm_pml4;
	mpboot_cr4 = rcr4() & ~CR4_VMXE;
	mpboot_efer = rdmsr(MSR_EFER) & ~(EFER_SCE | EFER_LMA);
}

/**
 * The first C code of a processor, called by mpboot.S on its own stack.
 * @param gd	its data
 */
void
mp_ap_main(struct globaldata *gd)
{
	gdt_init_cpu(gd);
	idt_load();
	if (!lapic_init())
		for (;;)
			cpu_halt();
	atomic_store_rel_int(&gd->gd_online, 1);
	while (atomic_load_acq_int(&mp_go) == 0)
		cpu_pause();
	mp_entry();
	panic("mp_start: the entry function of processor %u has returned",
	    mycpuid);
}

static bool
ap_wait(const struct globaldata *gd, uint64_t us)
{
	uint64_t end = tsc_deadline(us);

	do {
		if (atomic_load_acq_int(&gd->gd_online) != 0)
			return (true);
		cpu_pause();
	} while ((int64_t)(end - rdtsc()) > 0);
	return (false);
}

/* tag::start[] */
/*
 * Starts one processor.  The second start-up IPI is for one that missed the
 * first; one that runs ignores it.  SDM volume 3, "MP Initialization Protocol
 * Algorithm for MP Systems".
 */
static bool
ap_start(struct globaldata *gd, u_int apicid)
{
	mpboot_gd = (u_long)gd;
	lapic_ipi_init(apicid);
	delay_us(INIT_US);
	lapic_ipi_sipi(apicid, atop(low_page));
	if (ap_wait(gd, SIPI_US))
		return (true);
	lapic_ipi_sipi(apicid, atop(low_page));
	if (ap_wait(gd, ANSWER_US))
		return (true);
	/* If it comes yet, it finds no stack; then it is reset once more. */
	if (atomic_swap_long(&mpboot_gd, 0) == 0 && ap_wait(gd, ANSWER_US))
		return (true);
	lapic_ipi_init(apicid);
	delay_us(INIT_US);
	return (false);
}
/* end::start[] */

/* Starts the processor with this APIC id as number `ncpus`. */
static void
ap_add(u_int apicid)
{
	struct globaldata *gd;

	if (!lapic_is_x2apic() && apicid > XAPIC_MAX) {
		kprintf("mp: processor with APIC id %u cannot be reached "
			"without x2APIC; it is left out\n",
		    apicid);
		return;
	}
	gd = percpu_alloc(ncpus);
	if (gd == NULL) {
		kprintf("mp: no memory for the processor with APIC id %u; it "
			"is left out\n",
		    apicid);
		return;
	}
	if (!ap_start(gd, apicid)) {
		kprintf("mp: the processor with APIC id %u does not answer; it "
			"is left out\n",
		    apicid);
		return;
	}
	globaldata_add(gd);
}

/* An NMI that is not mp_stop()'s has a cause in the machine. */
static void
mp_nmi(struct trapframe *tf, u_int vector)
{
	if (atomic_load_acq_int(&mp_stopping) == 0 || cpu_is_ending())
		trap_fatal(tf, vector);
	atomic_store_rel_int(&mycpu->gd_stopped, 1);
	for (;;)
		cpu_halt();
}

/* Whether more than one processor can be had; if not, why. */
static const char *
mp_find(struct acpi_madt *madt)
{
	struct acpi_tables t = boot_acpi();
	const char *error;

	error = acpi_madt_find(&t, madt);
	if (error != NULL)
		return (error);
	if (low_page == 0 && madt->napics > 1)
		return ("there is no free page below 1 MB");
	return (NULL);
}

/**
 * Starts all other processors, once.  Turns this processor's local APIC on
 * if need be.  Each of the others calls `entry` on its own stack, interrupts
 * off, as soon as all have come up.  What keeps a processor from being
 * started is printed.
 * @param entry	never returns
 * @return	number of processors that run, with this one: ncpus
 */
u_int
mp_start(void (*entry)(void))
{
	static struct acpi_madt madt;
	const char *error;

	KASSERT(mp_entry == NULL, ("mp_start: called twice"));
	if (!lapic_ready() && !lapic_init())
		return (ncpus);
	error = mp_find(&madt);
	if (error != NULL) {
		kprintf("mp: %s; one processor is used\n", error);
		return (ncpus);
	}
	mp_entry = entry;
	mpboot_prepare();
	trap_handlers[IDT_NMI] = mp_nmi;
	cpu_stop_others = mp_stop;
	for (u_int i = 0; i < madt.napics; i++) {
		if (madt.apicid[i] == mycpu->gd_apicid)
			continue;
		if (ncpus == MAXCPU) {
			kprintf("mp: more than %u processors; the others are "
				"left out\n",
			    MAXCPU);
			break;
		}
		ap_add(madt.apicid[i]);
	}
	atomic_store_rel_int(&mp_go, 1);
	return (ncpus);
}

static bool
all_stopped(void)
{
	for (u_int i = 0; i < ncpus; i++)
		if (i != mycpuid &&
		    atomic_load_acq_int(&globaldata_find(i)->gd_stopped) == 0)
			return (false);
	return (true);
}

/**
 * Stops all processors but this one for good, wherever they are; called
 * through cpu_claim_end().  Waits for them, but not long.
 */
void
mp_stop(void)
{
	uint64_t end = tsc_deadline(STOP_US);

	atomic_store_rel_int(&mp_stopping, 1);
	for (u_int i = 0; i < ncpus; i++)
		if (i != mycpuid)
			lapic_ipi_nmi(i);
	while (!all_stopped() && (int64_t)(end - rdtsc()) > 0)
		cpu_pause();
}
