/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * /dev/console and /dev/ttyv0: the console as a terminal.
 *
 * Both names are one terminal.  It shows on the serial line and on the screen,
 * whatever there is of them, and takes what is typed on either.  Output is not
 * buffered: what is in t_out is shown at once, under one console lock.  cnputc
 * would be the wrong way, since it makes carriage returns of its own.
 *
 * Input comes by interrupt if the machine's I/O APIC can be used, else the
 * serial line is looked at by a callout at every tick.
 */
#include <sys/callout.h>
#include <sys/conf.h>
#include <sys/cons.h>
#include <sys/fcntl.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <machine/atkbd.h>
#include <machine/cpu.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/uart_intr.h>

#define CONS_PERMS 0620
#define CONS_ROWS  24 /* what a serial terminal has at least */
#define CONS_COLS  80
#define ESC	   0x1b

static struct tty cons;
static struct cdev *cons_dev[2];
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

static int
cons_open(struct cdev *dev __unused, int fflag, struct ucred *cred __unused)
{
	return (ttyopen(&cons, fflag));
}

/* The terminal stays open while its other name is. */
static int
cons_close(struct cdev *dev, int fflag __unused)
{
	const struct cdev *other = cons_dev[dev == cons_dev[0]];

	return (other->si_opens != 0 ? 0 : ttyclose(&cons));
}

static int
cons_read(struct cdev *dev __unused, struct uio *uio, int ioflag)
{
	return (ttyread(&cons, uio, ioflag));
}

static int
cons_write(struct cdev *dev __unused, struct uio *uio, int ioflag)
{
	return (ttywrite(&cons, uio, ioflag));
}

static int
cons_ioctl(struct cdev *dev __unused, u_long com, caddr_t data, int fflag,
    struct ucred *cred __unused)
{
	return (ttyioctl(&cons, com, data, fflag));
}

static int
cons_kqfilter(struct cdev *dev __unused, struct knote *kn)
{
	return (ttykqfilter(&cons, kn));
}

static const struct dev_ops cons_ops = {
	.d_name = "console",
	.d_flags = D_TTY,
	.d_open = cons_open,
	.d_close = cons_close,
	.d_read = cons_read,
	.d_write = cons_write,
	.d_ioctl = cons_ioctl,
	.d_kqfilter = cons_kqfilter,
};

/* A character was typed, on whatever; from interrupts. */
static void
cons_input(int c)
{
	ttyinput(&cons, c);
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
	cons_dev[0] = make_dev(&cons_ops, 0, 0, 0, CONS_PERMS, "console");
	cons_dev[1] = make_dev(&cons_ops, 1, 0, 0, CONS_PERMS, "ttyv0");
	ttyinit(&cons, cons_dev[1]);
	ttyinit(&cons, cons_dev[0]);
	cons.t_oproc = cons_start;
	cons.t_winsize = (struct winsize){ .ws_row = CONS_ROWS,
		.ws_col = CONS_COLS };
	constty = &cons;
	if (cons_uart)
		serial_input(ioapic);
	if (ioapic && atkbd_init() &&
	    intr_isa_enable(ATKBD_IRQ, atkbd_interrupt) == 0)
		atkbd_receive(cons_input);
}
