/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The keyboard controller of a PC (8042), or what plays its part.
 *
 * A machine may have none: its ports then read as ones.  Every wait is
 * bounded, and when the controller does not answer there is no keyboard.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/atkbd.h>

#define KBD_DATA       0x60
#define KBD_STATUS     0x64 /* reading */
#define KBD_COMMAND    0x64 /* writing */
#define STATUS_OUTPUT  0x01 /* there is a byte for us */
#define STATUS_INPUT   0x02 /* it has not taken ours yet */
#define STATUS_AUX     0x20 /* the byte is the mouse's */
#define STATUS_ABSENT  0xff
#define CMD_READ_MODE  0x20
#define CMD_WRITE_MODE 0x60
#define CMD_ENABLE     0xae
#define MODE_INTR      0x01 /* interrupts of the keyboard */
#define MODE_DISABLED  0x10
#define MODE_TRANSLATE 0x40 /* to scan-code set 1 */

#define KBD_SPINS      20000
#define KBD_DRAIN      64

static struct atkbd_state kbd;

static bool
wait_status(uint8_t mask, uint8_t value)
{
	for (int i = 0; i < KBD_SPINS; i++) {
		if ((inb(KBD_STATUS) & mask) == value)
			return (true);
		cpu_pause();
	}
	return (false);
}

static bool
command(uint8_t cmd)
{
	if (!wait_status(STATUS_INPUT, 0))
		return (false);
	outb(KBD_COMMAND, cmd);
	return (true);
}

/* Bytes from before our time. */
static bool
drain(void)
{
	for (int i = 0; i < KBD_DRAIN; i++) {
		if ((inb(KBD_STATUS) & STATUS_OUTPUT) == 0)
			return (true);
		inb(KBD_DATA);
	}
	return (false);
}

/**
 * Turns the keyboard on.
 * @return	whether there is one
 */
bool
atkbd_init(void)
{
	uint8_t mode;

	if (inb(KBD_STATUS) == STATUS_ABSENT || !drain())
		return (false);
	if (!command(CMD_READ_MODE) ||
	    !wait_status(STATUS_OUTPUT, STATUS_OUTPUT))
		return (false);
	mode = inb(KBD_DATA);
	mode = (mode | MODE_INTR | MODE_TRANSLATE) & ~MODE_DISABLED;
	if (!command(CMD_WRITE_MODE) || !wait_status(STATUS_INPUT, 0))
		return (false);
	outb(KBD_DATA, mode);
	return (command(CMD_ENABLE));
}

/**
 * Takes what has been typed.  From the interrupt.
 * @param input	gets each character
 */
void
atkbd_receive(void (*input)(int c))
{
	char seq[ATKBD_MAXSEQ];
	uint8_t status, code;
	u_int n;

	for (int i = 0; i < KBD_DRAIN; i++) {
		status = inb(KBD_STATUS);
		if (status == STATUS_ABSENT || (status & STATUS_OUTPUT) == 0)
			return;
		code = inb(KBD_DATA);
		if ((status & STATUS_AUX) != 0)
			continue;
		n = atkbd_decode(&kbd, code, seq);
		for (u_int k = 0; k < n; k++)
			input((u_char)seq[k]);
	}
}
