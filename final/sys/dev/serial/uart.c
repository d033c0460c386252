/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * COM1 as a console: a 16550-compatible UART, 115200 baud, 8N1, polled.
 *
 * A machine without one must not hang: the probe writes a byte through the
 * UART's own loop-back and looks whether it comes back, and every wait is
 * bounded.
 */
#include <sys/cons.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>

#define COM1	    0x3f8
#define UART_DATA   (COM1 + 0) /* and divisor, low byte */
#define UART_IER    (COM1 + 1) /* and divisor, high byte */
#define UART_FCR    (COM1 + 2)
#define UART_LCR    (COM1 + 3)
#define LCR_8N1	    0x03
#define LCR_DLAB    0x80
#define UART_MCR    (COM1 + 4)
#define MCR_DTR_RTS 0x03
#define MCR_OUT2    0x08
#define MCR_LOOP    0x10
#define UART_LSR    (COM1 + 5)
#define LSR_RXRDY   0x01
#define LSR_THRE    0x20
#define LSR_TEMT    0x40

#define UART_SPINS  100000 /* far above one character's time */
#define LOOP_BYTE   0xa5

/* Waits for a bit of the line status; false when it did not come. */
static bool
uart_wait(uint8_t bit)
{
	for (int i = 0; i < UART_SPINS; i++) {
		if ((inb(UART_LSR) & bit) != 0)
			return (true);
		cpu_pause();
	}
	return (false);
}

static bool
uart_probe(void)
{
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_DLAB);
	outb(UART_DATA, 1); /* divisor 1: 115200 baud */
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_8N1);
	outb(UART_FCR, 0x07); /* FIFOs on and empty */
	outb(UART_MCR, MCR_LOOP | MCR_DTR_RTS);
	outb(UART_DATA, LOOP_BYTE);
	if (!uart_wait(LSR_RXRDY) || inb(UART_DATA) != LOOP_BYTE)
		return (false);
	outb(UART_MCR, MCR_DTR_RTS | MCR_OUT2);
	return (true);
}

static void
uart_putc(int c)
{
	if (c == '\n')
		uart_putc('\r');
	uart_wait(LSR_THRE);
	outb(UART_DATA, c);
}

static void
uart_drain(void)
{
	uart_wait(LSR_TEMT);
}

static int
uart_getc(void)
{
	if ((inb(UART_LSR) & LSR_RXRDY) == 0)
		return (-1);
	return (inb(UART_DATA));
}

/** The serial console. */
const struct consdev uart_consdev = {
	.cn_name = "uart0",
	.cn_probe = uart_probe,
	.cn_putc = uart_putc,
	.cn_drain = uart_drain,
	.cn_getc = uart_getc,
};
