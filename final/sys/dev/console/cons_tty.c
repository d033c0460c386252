/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The console terminal of a machine: a serial line and a screen.
 *
 * It shows on both, whatever there is of them, and takes what is typed on
 * either.  Output is not buffered: what is in t_out is shown at once, under one
 * console lock.  cnputc would be the wrong way, since it makes carriage returns
 * of its own.
 *
 * Input comes by interrupt if the machine's I/O APIC can be used, else the
 * serial line is looked at by a callout at every tick.
 */
#include <sys/callout.h>
#include <sys/conf.h>
#include <sys/cons.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <machine/atkbd.h>
#include <machine/cpu.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/uart_intr.h>

#define ESC 0x1b

static bool cons_uart, cons_vga;
static struct callout cons_callout;
static bool cons_polled; /* there is no interrupt of the serial line */

/** How far the screen, which knows no escape sequences, is inside one. */
static enum { VGA_TEXT, VGA_ESC, VGA_CSI } vga_state;

/* One character for the screen; sequences are left out. */
static void
vga_show(int c)
{
	switch (vga_state) {
	case VGA_TEXT:
		if (c == ESC)
			vga_state = VGA_ESC;
		else if (c >= ' ' || c == '\n' || c == '\r' || c == '\b' ||
		    c == '\t')
			vga_consdev.cn_putc(c);
		break;
	case VGA_ESC:
		vga_state = c == '[' ? VGA_CSI : VGA_TEXT;
		break;
	case VGA_CSI:
		if (c >= '@' && c <= '~')
			vga_state = VGA_TEXT;
		break;
	}
}

/* Shows what is in t_out; with t_spin, or from an interrupt with it. */
static void
cons_start(struct tty *tp)
{
	int c;

	cnlock();
	while ((c = ttygetc_out(tp)) != -1) {
		if (cons_uart)
			uart_put_raw(c);
		if (cons_vga)
			vga_show(c);
	}
	cnunlock();
	ttwwakeup(tp);
}

/**
 * Looks whether something was typed on the serial line, if that is not told by
 * an interrupt.  From the clock interrupt.
 */
void
cons_poll(void)
{
	if (cons_polled)
		uart_receive(cons_input);
}

static void
cons_tick(void *arg __unused)
{
	cons_poll();
	callout_reset(&cons_callout, 1, cons_tick, NULL);
}

static void
uart_interrupt(struct trapframe *tf __unused)
{
	uart_receive(cons_input);
}

static void
atkbd_interrupt(struct trapframe *tf __unused)
{
	atkbd_receive(cons_input);
}

/* The serial line's input, by interrupt if that can be. */
static void
serial_input(bool ioapic)
{
	if (ioapic && intr_isa_enable(UART_IRQ, uart_interrupt) == 0) {
		uart_intr_enable();
		/* What came before that has raised no edge. */
		uart_receive(cons_input);
		return;
	}
	kprintf("console: no interrupt of the serial line, looking at it\n");
	cons_polled = true;
	callout_init(&cons_callout); /* an idle processor has no ticks */
	cons_tick(NULL);
}

/** Makes the console a terminal; called once by dev_init(). */
void
cnttyinit(void)
{
	bool ioapic = ioapic_init();

	taskqueue_init();
	cons_uart = uart_present();
	cons_vga = !boot_info.has_framebuffer ||
	    boot_info.framebuffer_type == MB2_FRAMEBUFFER_TEXT;
	cons_attach(cons_start);
	if (cons_uart)
		serial_input(ioapic);
	if (ioapic && atkbd_init() &&
	    intr_isa_enable(ATKBD_IRQ, atkbd_interrupt) == 0)
		atkbd_receive(cons_input);
}
