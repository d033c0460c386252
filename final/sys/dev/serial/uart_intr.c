/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * COM1 with a receive interrupt, for a terminal: characters as they are, which
 * uart.c, a console's, does not send.
 *
 * uart.c has set the line up and has left its mark if it found one: loop-back
 * off, OUT2 on.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/uart_intr.h>

#define COM1	    0x3f8
#define UART_DATA   (COM1 + 0)
#define UART_IER    (COM1 + 1)
#define IER_RX	    0x01
#define UART_LCR    (COM1 + 3)
#define LCR_8N1	    0x03
#define UART_MCR    (COM1 + 4)
#define MCR_MASK    0x1f
#define MCR_READY   0x0b /* DTR, RTS, OUT2 */
#define UART_LSR    (COM1 + 5)
#define LSR_RXRDY   0x01
#define LSR_BREAK   0x10
#define LSR_THRE    0x20

#define UART_SPINS  100000 /* far above one character's time */
#define RECEIVE_MAX 256	   /* a line that never falls silent is broken */

/** @return whether uart.c has found a line and set it up */
bool
uart_present(void)
{
	return (inb(UART_LCR) == LCR_8N1 &&
	    (inb(UART_MCR) & MCR_MASK) == MCR_READY);
}

/**
 * Sends one byte, waiting for the one before it, not for ever.
 * @param c	0 to 255
 */
void
uart_put_raw(int c)
{
	for (int i = 0; i < UART_SPINS && (inb(UART_LSR) & LSR_THRE) == 0; i++)
		cpu_pause();
	outb(UART_DATA, c);
}

/** Has the line interrupt when something arrives. */
void
uart_intr_enable(void)
{
	outb(UART_IER, IER_RX);
}

/**
 * Takes what has arrived, until there is nothing: a further byte then raises a
 * new edge.  A break is no character.
 * @param input	gets each byte
 */
void
uart_receive(void (*input)(int c))
{
	uint8_t lsr;
	int c;

	for (int i = 0; i < RECEIVE_MAX; i++) {
		lsr = inb(UART_LSR);
		if (lsr == 0xff || (lsr & LSR_RXRDY) == 0)
			return;
		c = inb(UART_DATA);
		if ((lsr & LSR_BREAK) == 0)
			input(c);
	}
}
