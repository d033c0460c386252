/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * I/O APICs: interrupts of devices become messages to a processor.
 *
 * Registers are behind two words, an index and a window.  Every input has an
 * entry of 64 bits; all are masked until somebody asks for an ISA interrupt,
 * which then goes to the boot processor, as a number in xAPIC form: that
 * processor's number is below 255 on every machine.  Source: Intel's I/O APIC
 * data sheet (82093AA), "Register Description".
 */
#include <sys/errno.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <machine/acpi.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>

#define IOAPIC_SIZE	   0x20 /* bytes of registers */
#define IOAPIC_INDEX	   (0x00 / 4)
#define IOAPIC_WINDOW	   (0x10 / 4)
#define IOAPIC_VERSION	   0x01
#define IOAPIC_ENTRY(n)	   (0x10 + 2 * (n))
#define VERSION_LAST(v)	   (((v) >> 16) & 0xff)
#define ENTRY_LOW	   0x02000 /* active low */
#define ENTRY_LEVEL	   0x08000
#define ENTRY_MASKED	   0x10000
#define ENTRY_DEST_SHIFT   24 /* in the upper half */
#define XAPIC_ID_BROADCAST 0xff

/** One I/O APIC. */
struct ioapic {
	volatile uint32_t *regs; /**< mapped */
	uint32_t gsi_base;	 /**< number of input 0 */
	u_int inputs;		 /**< how many */
};

static struct ioapic ioapics[ACPI_MAXIOAPICS];
static u_int nioapics;
static struct acpi_ioapics ioapic_acpi;
/* Index and window belong together. */
static struct spinlock ioapic_spin = SPINLOCK_INITIALIZER("ioapic");

static uint32_t
ioapic_read(const struct ioapic *io, u_int reg)
{
	uint32_t v;

	spin_lock(&ioapic_spin);
	io->regs[IOAPIC_INDEX] = reg;
	v = io->regs[IOAPIC_WINDOW];
	spin_unlock(&ioapic_spin);
	return (v);
}

static void
ioapic_write(const struct ioapic *io, u_int reg, uint32_t v)
{
	spin_lock(&ioapic_spin);
	io->regs[IOAPIC_INDEX] = reg;
	io->regs[IOAPIC_WINDOW] = v;
	spin_unlock(&ioapic_spin);
}

/* Maps one and masks all its inputs. */
static void
ioapic_add(const struct acpi_ioapic *acpi)
{
	struct ioapic *io = &ioapics[nioapics];
	uint32_t version;

	io->regs = pmap_mapdev(acpi->pa, IOAPIC_SIZE);
	if (io->regs == NULL)
		return;
	version = ioapic_read(io, IOAPIC_VERSION);
	if (version == 0xffffffff) /* nothing answers there */
		return;
	io->gsi_base = acpi->gsi_base;
	io->inputs = VERSION_LAST(version) + 1;
	for (u_int i = 0; i < io->inputs; i++)
		ioapic_write(io, IOAPIC_ENTRY(i), ENTRY_MASKED);
	nioapics++;
}

/**
 * Finds the I/O APICs and masks every interrupt.  Called once, by the boot
 * processor.
 * @return	whether there is one that can be used
 */
bool
ioapic_init(void)
{
	struct acpi_tables tables = boot_acpi();
	const char *error;

	error = acpi_ioapic_find(&tables, &ioapic_acpi);
	if (error != NULL) {
		kprintf("ioapic: %s\n", error);
		return (false);
	}
	for (u_int i = 0; i < ioapic_acpi.nioapics; i++)
		ioapic_add(&ioapic_acpi.ioapic[i]);
	return (nioapics != 0 && lapic_ready() &&
	    globaldata_find(0)->gd_apicid < XAPIC_ID_BROADCAST);
}

/* The one that an input belongs to. */
static const struct ioapic *
ioapic_of(uint32_t gsi)
{
	for (u_int i = 0; i < nioapics; i++)
		if (gsi >= ioapics[i].gsi_base &&
		    gsi - ioapics[i].gsi_base < ioapics[i].inputs)
			return (&ioapics[i]);
	return (NULL);
}

/**
 * Has an ISA interrupt served, by the boot processor.
 * @param irq		0 to 15
 * @param handler	called with interrupts off
 * @return		0, EINVAL: no such number, ENXIO: it arrives nowhere
 */
int
intr_isa_enable(u_int irq, intr_handler_t *handler)
{
	const struct acpi_isa_irq *isa;
	const struct ioapic *io;
	uint32_t entry = VECTOR_ISA + irq;
	u_int input;

	if (irq >= ACPI_NISA)
		return (EINVAL);
	isa = &ioapic_acpi.isa[irq];
	io = ioapic_of(isa->gsi);
	if (io == NULL)
		return (ENXIO);
	input = isa->gsi - io->gsi_base;
	entry |= isa->active_low ? ENTRY_LOW : 0;
	entry |= isa->level ? ENTRY_LEVEL : 0;
	intr_register(VECTOR_ISA + irq, handler);
	ioapic_write(io, IOAPIC_ENTRY(input), ENTRY_MASKED);
	ioapic_write(io, IOAPIC_ENTRY(input) + 1,
	    globaldata_find(0)->gd_apicid << ENTRY_DEST_SHIFT);
	ioapic_write(io, IOAPIC_ENTRY(input), entry);
	return (0);
}
