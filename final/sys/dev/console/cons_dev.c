/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * /dev/console and /dev/ttyv0: the console as a terminal.
 *
 * Both names are one terminal.  Where its characters come from and go to is the
 * platform's affair.
 */
#include <sys/conf.h>
#include <sys/cons.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/uio.h>

#define CONS_PERMS 0620
#define CONS_ROWS  24 /* what any terminal has */
#define CONS_COLS  80

static struct tty cons;
static struct cdev *cons_dev[2];

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

/**
 * A character was typed, on whatever.  From interrupts.
 * @param c	it
 */
void
cons_input(int c)
{
	ttyinput(&cons, c);
}

/**
 * Makes the terminal, of 24 lines and 80 columns; once.  Under mp_token.
 * @param start	shows what is in the terminal's t_out; called with its t_spin
 */
void
cons_attach(void (*start)(struct tty *tp))
{
	cons_dev[0] = make_dev(&cons_ops, 0, 0, 0, CONS_PERMS, "console");
	cons_dev[1] = make_dev(&cons_ops, 1, 0, 0, CONS_PERMS, "ttyv0");
	ttyinit(&cons, cons_dev[1]);
	ttyinit(&cons, cons_dev[0]);
	cons.t_oproc = start;
	cons.t_winsize = (struct winsize){ .ws_row = CONS_ROWS,
		.ws_col = CONS_COLS };
	constty = &cons;
}
