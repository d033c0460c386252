/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The console: every device that was found shows every character.
 *
 * Order matters: the serial line comes first, since a screen cannot be read
 * by a program.
 */
#include <sys/cons.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>

static const struct consdev *const cn_devices[] = { CONSOLE_DEVICES };
static bool cn_present[nitems(cn_devices)];

/* Output as a whole.  Last in the order: with it held no lock is taken. */
static struct spinlock cn_lock = SPINLOCK_INITIALIZER("console");

/** Probes all console devices; called once, before the first kprintf(). */
void
cninit(void)
{
	for (u_int i = 0; i < nitems(cn_devices); i++)
		cn_present[i] = cn_devices[i]->cn_probe();
}

/**
 * Keeps other processors' output off the console.  The processor that ends the
 * run does not ask: who holds the lock then has been stopped.
 */
void
cnlock(void)
{
	if (!cpu_is_ending())
		spin_lock(&cn_lock);
}

/** Undoes cnlock(). */
void
cnunlock(void)
{
	if (!cpu_is_ending())
		spin_unlock(&cn_lock);
}

/**
 * Shows one character on every console device.  Does not sleep.
 * @param c	character; a newline also returns the carriage
 */
void
cnputc(int c)
{
	for (u_int i = 0; i < nitems(cn_devices); i++)
		if (cn_present[i])
			cn_devices[i]->cn_putc(c);
}

/** @return a character that was typed, or -1 when there is none */
int
cncheckc(void)
{
	int c;

	for (u_int i = 0; i < nitems(cn_devices); i++) {
		if (!cn_present[i] || cn_devices[i]->cn_getc == NULL)
			continue;
		c = cn_devices[i]->cn_getc();
		if (c != -1)
			return (c);
	}
	return (-1);
}

/** @return the next character typed; spins until there is one */
int
cngetc(void)
{
	int c;

	while ((c = cncheckc()) == -1)
		cpu_pause();
	return (c);
}

/** Waits until everything printed has left the machine. */
void
cndrain(void)
{
	for (u_int i = 0; i < nitems(cn_devices); i++)
		if (cn_present[i] && cn_devices[i]->cn_drain != NULL)
			cn_devices[i]->cn_drain();
}
