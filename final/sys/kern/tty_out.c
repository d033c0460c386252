/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The line discipline's way out: what a terminal makes of a character that a
 * program writes, or that is echoed; and the settings of a new terminal.
 *
 * Pure as tty_disc.c is.
 */
#include <sys/systm.h>
#include <sys/tty.h>

#define CTRL(c)	 ((c)&0x1f)
#define DEL	 0x7f
#define TABSIZE	 8
#define OUT_ROOM (2 * TABSIZE) /* more than one character becomes */

/** Settings of a new terminal. */
static const cc_t default_cc[NCCS] = {
	[VEOF] = CTRL('d'),
	[VEOL] = _POSIX_VDISABLE,
	[VEOL2] = _POSIX_VDISABLE,
	[VERASE] = DEL,
	[VWERASE] = CTRL('w'),
	[VKILL] = CTRL('u'),
	[VREPRINT] = CTRL('r'),
	[7] = _POSIX_VDISABLE,
	[VINTR] = CTRL('c'),
	[VQUIT] = CTRL('\\'),
	[VSUSP] = CTRL('z'),
	[VDSUSP] = _POSIX_VDISABLE,
	[VSTART] = CTRL('q'),
	[VSTOP] = CTRL('s'),
	[VLNEXT] = CTRL('v'),
	[VDISCARD] = _POSIX_VDISABLE,
	[VMIN] = 1,
	[VTIME] = 0,
	[VSTATUS] = CTRL('t'),
	[19] = _POSIX_VDISABLE,
};

/**
 * Settings for a shell.
 * @param t	filled in
 */
void
ttydisc_defaults(struct termios *t)
{
	*t = (struct termios){
		.c_iflag = BRKINT | ICRNL | IMAXBEL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = CREAD | CS8 | HUPCL | CLOCAL,
		.c_lflag = ECHO | ICANON | ISIG | IEXTEN | ECHOE | ECHOKE |
		    ECHOCTL,
		.c_ispeed = B115200,
		.c_ospeed = B115200,
	};
	memcpy(t->c_cc, default_cc, sizeof(default_cc));
}

/* One character to t_out, and where it leaves the cursor. */
static void
put_out(struct tty *tp, int c)
{
	if ((tp->t_termios.c_lflag & FLUSHO) != 0)
		return;
	clist_putc(&tp->t_out, c);
	switch (c) {
	case '\b':
		if (tp->t_column > 0)
			tp->t_column--;
		break;
	case '\r':
		tp->t_column = 0;
		break;
	case '\n':
		if ((tp->t_termios.c_oflag & ONLRET) != 0)
			tp->t_column = 0;
		break;
	case '\t':
		tp->t_column = (tp->t_column / TABSIZE + 1) * TABSIZE;
		break;
	default:
		if (c >= ' ' && c != DEL)
			tp->t_column++;
		break;
	}
}

/* OPOST. */
static void
process_out(struct tty *tp, int c)
{
	tcflag_t oflag = tp->t_termios.c_oflag;
	u_int n;

	switch (c) {
	case '\t':
		if ((oflag & OXTABS) == 0)
			break;
		for (n = TABSIZE - tp->t_column % TABSIZE; n > 0; n--)
			put_out(tp, ' ');
		return;
	case CTRL('d'):
		if ((oflag & ONOEOT) != 0)
			return;
		break;
	case '\n':
		if ((oflag & ONLCR) != 0)
			put_out(tp, '\r');
		break;
	case '\r':
		if ((oflag & OCRNL) != 0)
			c = '\n';
		else if ((oflag & ONOCR) != 0 && tp->t_column == 0)
			return;
		break;
	}
	put_out(tp, c);
}

/**
 * Puts a character into t_out, processed as the settings say.
 * @param tp	terminal, with t_spin
 * @param c	0 to 255
 * @return	false, and nothing done, when there is not enough room
 */
bool
ttydisc_output(struct tty *tp, int c)
{
	if (tp->t_out.c_count > TTYHOG - OUT_ROOM)
		return (false);
	if ((tp->t_termios.c_oflag & OPOST) != 0)
		process_out(tp, c);
	else
		put_out(tp, c);
	return (true);
}
