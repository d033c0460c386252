/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The end of a run, on each kind of machine.
 *
 *     Bochs   the word "Shutdown" written to port 0x8900
 *     QEMU    the isa-debug-exit device at port 0xf4; QEMU's own exit status
 *             becomes 2 * value + 1, so the value is the status
 *     others  ACPI soft-off (S5)
 *
 * Ports are written only on the machine that they belong to: on a real one
 * they may be somebody else's.
 */
#include <sys/cons.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>

#define BOCHS_E9	0xe9 /* reads as 0xe9 in Bochs only */
#define BOCHS_SHUTDOWN	0x8900
#define QEMU_DEBUG_EXIT 0xf4
#define ACPI_SLP_EN	0x2000
#define ACPI_SLP_TYP	0x1c00
#define ACPI_SCI_EN	0x0001
#define ACPI_SPINS	1000000

static void
bochs_poweroff(void)
{
	const char *p;

	if (inb(BOCHS_E9) != BOCHS_E9)
		return;
	for (p = "Shutdown"; *p != '\0'; p++)
		outb(BOCHS_SHUTDOWN, *p);
}

/* QEMU names itself in the hypervisor leaf, with TCG and with KVM. */
static void
qemu_poweroff(int status)
{
	u_int p[4];

	do_cpuid(1, p);
	if ((p[2] & CPUID2_VMM) == 0)
		return;
	do_cpuid(0x40000000, p);
	if (memcmp(&p[1], "TCGTCGTCGTCG", 12) != 0 &&
	    memcmp(&p[1], "KVMKVMKVM\0\0\0", 12) != 0)
		return;
	outb(QEMU_DEBUG_EXIT, status & 0x7f);
}

/* Switches the chipset from legacy to ACPI mode if it is not there yet. */
static void
acpi_takeover(const struct acpi_s5 *s5)
{
	if (s5->smi_cmd == 0 || (inw(s5->pm1a_cnt) & ACPI_SCI_EN) != 0)
		return;
	outb(s5->smi_cmd, s5->acpi_enable);
	for (int i = 0; i < ACPI_SPINS; i++)
		if ((inw(s5->pm1a_cnt) & ACPI_SCI_EN) != 0)
			return;
}

/* Changes the sleep type and nothing else of a control register. */
static void
acpi_sleep(u_int port, u_int type)
{
	outw(port, (inw(port) & ~ACPI_SLP_TYP) | type << 10 | ACPI_SLP_EN);
}

static void
acpi_poweroff(void)
{
	struct acpi_tables t = boot_acpi();
	struct acpi_s5 s5;
	const char *error;

	error = acpi_s5_find(&t, &s5);
	if (error != NULL) {
		kprintf("power-off: %s\n", error);
		return;
	}
	acpi_takeover(&s5);
	acpi_sleep(s5.pm1a_cnt, s5.slp_typa);
	if (s5.pm1b_cnt != 0)
		acpi_sleep(s5.pm1b_cnt, s5.slp_typb);
	for (int i = 0; i < ACPI_SPINS; i++)
		cpu_pause();
}

/**
 * Stops the other processors, prints the run's exit status, waits until the
 * console is out, and switches the machine off; where that is impossible, says
 * so and halts.  With `poweroff=acpi` in the kernel environment the way of
 * real machines is taken in an emulator too.
 * @param status	0 for success, 1 to 255 otherwise
 */
void
poweroff(int status)
{
	const char *how;

	cnlock(); /* nobody is stopped in the middle of a line */
	cpu_claim_end();
	kprintf("exit status %d\n", status);
	cndrain();
	how = kgetenv("poweroff");
	if (how == NULL || strcmp(how, "acpi") != 0) {
		bochs_poweroff();
		qemu_poweroff(status);
	}
	acpi_poweroff();
	kprintf("This machine cannot be switched off by software; "
		"it is halted.\n");
	for (;;)
		cpu_halt();
}
