/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The line discipline: what a terminal makes of a character that was typed.
 * What it makes of one that a program writes is tty_out.c.
 *
 *     typed --> signals, flow control --> t_raw: editing --> t_can --> read
 *                        |                     |  (a whole line)
 *                        +------ echo ---------+--> t_out --> shown
 *     written ---------- OPOST -------------------> t_out
 *
 * All of it is with t_spin and changes nothing but the struct tty: signals are
 * noted in t_sigpend, wakeups are the caller's.  So it can be tested alone.
 *
 * In t_can an end of file that was typed has to be told from bytes: MARK EOT
 * is one, MARK MARK is the byte MARK.  t_raw has plain bytes; there is always
 * room in t_can for what is in t_raw.
 */
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <sys/tty.h>

#define MARK	0xff
#define EOT	0x00
#define CTRL(c) ((c)&0x1f)
#define DEL	0x7f
#define TABSIZE 8

static bool
is_cc(const struct tty *tp, u_int which, int c)
{
	return (c == tp->t_termios.c_cc[which] && c != _POSIX_VDISABLE);
}

static bool
lflag(const struct tty *tp, tcflag_t flag)
{
	return ((tp->t_termios.c_lflag & flag) != 0);
}

static bool
iflag(const struct tty *tp, tcflag_t flag)
{
	return ((tp->t_termios.c_iflag & flag) != 0);
}

/* --- echo --- */

/* Whether a character is shown as ^X. */
static bool
is_caret(const struct tty *tp, int c)
{
	return (lflag(tp, ECHOCTL) &&
	    ((c < ' ' && c != '\t' && c != '\n') || c == DEL));
}

static void
echo_caret(struct tty *tp, int c)
{
	ttydisc_output(tp, '^');
	ttydisc_output(tp, c == DEL ? '?' : c + '@');
}

/* Shows a character of the line under way. */
static void
echo(struct tty *tp, int c)
{
	if (!lflag(tp, ECHO) && (c != '\n' || !lflag(tp, ECHONL)))
		return;
	if (tp->t_rocount++ == 0)
		tp->t_rocol = tp->t_column;
	if (is_caret(tp, c))
		echo_caret(tp, c);
	else
		ttydisc_output(tp, c);
}

/* Where the cursor is after the first n characters of the line. */
static u_int
column_after(const struct tty *tp, u_int n)
{
	u_int col = tp->t_rocol;
	int c;

	for (u_int i = 0; i < n; i++) {
		c = clist_peek(&tp->t_raw, i);
		if (c == '\t')
			col = (col / TABSIZE + 1) * TABSIZE;
		else if (is_caret(tp, c))
			col += 2;
		else if (c >= ' ' && c != DEL)
			col++;
	}
	return (col);
}

/* Shows the line again on a fresh one. */
static void
retype(struct tty *tp)
{
	ttydisc_output(tp, '\n');
	tp->t_rocount = 0;
	tp->t_rocol = tp->t_column;
	for (u_int i = 0; i < tp->t_raw.c_count; i++)
		echo(tp, clist_peek(&tp->t_raw, i));
}

/* Takes the last character off the line, and off the screen. */
static void
rub_out(struct tty *tp)
{
	u_int n = tp->t_raw.c_count, cols;

	if (n == 0)
		return;
	if (!lflag(tp, ECHO)) {
		clist_unputc(&tp->t_raw);
		return;
	}
	if (!lflag(tp, ECHOE)) {
		clist_unputc(&tp->t_raw);
		echo(tp, tp->t_termios.c_cc[VERASE]);
		return;
	}
	if (tp->t_rocount == 0) { /* a program has written in between */
		clist_unputc(&tp->t_raw);
		retype(tp);
		return;
	}
	cols = column_after(tp, n) - column_after(tp, n - 1);
	clist_unputc(&tp->t_raw);
	for (u_int i = 0; i < cols; i++) {
		ttydisc_output(tp, '\b');
		ttydisc_output(tp, ' ');
		ttydisc_output(tp, '\b');
	}
	tp->t_rocount--;
}

/* The last word, and blanks after it. */
static void
rub_word(struct tty *tp)
{
	const struct clist *cl = &tp->t_raw;
	int c;

	while ((c = clist_peek(cl, cl->c_count - 1)) == ' ' || c == '\t')
		rub_out(tp);
	while ((c = clist_peek(cl, cl->c_count - 1)) != -1 && c != ' ' &&
	    c != '\t')
		rub_out(tp);
}

static void
kill_line(struct tty *tp)
{
	if (lflag(tp, ECHOKE) && lflag(tp, ECHOE) && tp->t_rocount != 0) {
		while (tp->t_raw.c_count != 0)
			rub_out(tp);
		return;
	}
	clist_flush(&tp->t_raw);
	echo(tp, tp->t_termios.c_cc[VKILL]);
	if (lflag(tp, ECHOK) || lflag(tp, ECHOKE))
		echo(tp, '\n');
	tp->t_rocount = 0;
}

/* --- input --- */

static void
put_can(struct tty *tp, int c)
{
	if (c == MARK)
		clist_putc(&tp->t_can, MARK);
	clist_putc(&tp->t_can, c);
}

/**
 * The line under way becomes readable: canonical input has been turned off, or
 * the line is whole.
 * @param tp	terminal, with t_spin
 */
void
ttydisc_to_raw(struct tty *tp)
{
	int c;

	while ((c = clist_getc(&tp->t_raw)) != -1)
		put_can(tp, c);
	tp->t_rocount = 0;
}

static void
note_signal(struct tty *tp, int sig, int c)
{
	if (!lflag(tp, NOFLSH) && sig != SIGINFO) {
		clist_flush(&tp->t_raw);
		clist_flush(&tp->t_can);
		if (sig != SIGTSTP)
			clist_flush(&tp->t_out);
		tp->t_rocount = 0;
	}
	echo(tp, c);
	tp->t_rocount = 0;
	tp->t_sigpend |= 1U << sig;
}

/* ISIG: whether it was a signal. */
static bool
input_signal(struct tty *tp, int c)
{
	if (!lflag(tp, ISIG))
		return (false);
	if (is_cc(tp, VINTR, c))
		note_signal(tp, SIGINT, c);
	else if (is_cc(tp, VQUIT, c))
		note_signal(tp, SIGQUIT, c);
	else if (is_cc(tp, VSUSP, c))
		note_signal(tp, SIGTSTP, c);
	else if (is_cc(tp, VSTATUS, c) && lflag(tp, ICANON) &&
	    lflag(tp, IEXTEN))
		note_signal(tp, SIGINFO, c);
	else
		return (false);
	tp->t_state &= ~TS_TTSTOP;
	return (true);
}

/* IXON: whether it was ^S or ^Q. */
static bool
input_flow(struct tty *tp, int c)
{
	bool stopped = (tp->t_state & TS_TTSTOP) != 0;

	if (!iflag(tp, IXON))
		return (false);
	if (is_cc(tp, VSTOP, c) && !(stopped && is_cc(tp, VSTART, c))) {
		tp->t_state |= TS_TTSTOP;
		return (true);
	}
	if (is_cc(tp, VSTART, c)) {
		tp->t_state &= ~TS_TTSTOP;
		return (true);
	}
	if (stopped && iflag(tp, IXANY))
		tp->t_state &= ~TS_TTSTOP;
	return (false);
}

/* Editing of the line: whether it was that. */
static bool
input_edit(struct tty *tp, int c)
{
	if (is_cc(tp, VERASE, c)) {
		rub_out(tp);
	} else if (is_cc(tp, VKILL, c)) {
		kill_line(tp);
	} else if (!lflag(tp, IEXTEN)) {
		return (false);
	} else if (is_cc(tp, VWERASE, c)) {
		rub_word(tp);
	} else if (is_cc(tp, VREPRINT, c)) {
		echo(tp, c);
		retype(tp);
	} else if (is_cc(tp, VLNEXT, c)) {
		if (lflag(tp, ECHO)) {
			ttydisc_output(tp, '^');
			ttydisc_output(tp, '\b');
		}
		tp->t_state |= TS_LNCH;
	} else {
		return (false);
	}
	return (true);
}

/* Whether the character would fit; if not the bell rings, once. */
static bool
input_room(struct tty *tp, u_int need)
{
	if (tp->t_can.c_count + need <= TTYHOG) {
		tp->t_state &= ~TS_BELL;
		return (true);
	}
	if (iflag(tp, IMAXBEL) && (tp->t_state & TS_BELL) == 0)
		ttydisc_output(tp, CTRL('g'));
	tp->t_state |= TS_BELL;
	return (false);
}

/* A character of a line; the line may be whole with it. */
static u_int
input_canonical(struct tty *tp, int c, bool literal)
{
	bool eof = !literal && is_cc(tp, VEOF, c);
	bool end = eof ||
	    (!literal &&
		(c == '\n' || is_cc(tp, VEOL, c) || is_cc(tp, VEOL2, c)));

	/* Room for the line, each byte doubled, its end, and an EOF mark. */
	if (!input_room(tp, 2 * tp->t_raw.c_count + (end ? 2 : 4)))
		return (0);
	if (eof) {
		if (lflag(tp, ECHO) && lflag(tp, ECHOCTL)) {
			echo_caret(tp, c);
			ttydisc_output(tp, '\b');
			ttydisc_output(tp, '\b');
		}
		ttydisc_to_raw(tp);
		clist_putc(&tp->t_can, MARK);
		clist_putc(&tp->t_can, EOT);
		return (TTD_READ);
	}
	echo(tp, c);
	clist_putc(&tp->t_raw, c);
	if (!end)
		return (0);
	ttydisc_to_raw(tp);
	return (TTD_READ);
}

/* IGNCR, ICRNL, INLCR: -1 is no character. */
static int
map_newline(const struct tty *tp, int c)
{
	if (c == '\r') {
		if (iflag(tp, IGNCR))
			return (-1);
		if (iflag(tp, ICRNL))
			return ('\n');
	} else if (c == '\n' && iflag(tp, INLCR)) {
		return ('\r');
	}
	return (c);
}

/**
 * Takes a character that was typed.
 * @param tp	terminal, with t_spin
 * @param c	0 to 255
 * @return	TTD_READ if there is more to read; t_out and t_sigpend may have
 *		got something
 */
u_int
ttydisc_input(struct tty *tp, int c)
{
	bool literal = (tp->t_state & TS_LNCH) != 0;

	if (iflag(tp, ISTRIP))
		c &= 0x7f;
	tp->t_state &= ~TS_LNCH;
	if (!literal) {
		if (input_signal(tp, c) || input_flow(tp, c))
			return (0);
		c = map_newline(tp, c);
		if (c == -1 || (lflag(tp, ICANON) && input_edit(tp, c)))
			return (0);
	}
	if (lflag(tp, ICANON))
		return (input_canonical(tp, c, literal));
	if (!input_room(tp, 2))
		return (0);
	echo(tp, c);
	put_can(tp, c);
	return (TTD_READ);
}

/* --- reading --- */

/* Whether the next thing to read is an end of file. */
static bool
at_eof(const struct tty *tp)
{
	return (clist_peek(&tp->t_can, 0) == MARK &&
	    clist_peek(&tp->t_can, 1) == EOT);
}

static void
skip_eof(struct tty *tp)
{
	clist_getc(&tp->t_can);
	clist_getc(&tp->t_can);
}

static bool
ends_line(const struct tty *tp, int c)
{
	return (lflag(tp, ICANON) &&
	    (c == '\n' || is_cc(tp, VEOL, c) || is_cc(tp, VEOL2, c)));
}

/**
 * Takes bytes for a reader, at most to the end of a line.
 * @param tp	terminal, with t_spin
 * @param buf	room for max bytes
 * @param max	at least 1
 * @param end	set if the read is over: a line or a file ends here
 * @return	how many
 */
u_int
ttydisc_read(struct tty *tp, u_char *buf, u_int max, bool *end)
{
	u_int n = 0;
	int c;

	*end = false;
	while (n < max && !*end && tp->t_can.c_count != 0) {
		if (at_eof(tp)) {
			skip_eof(tp);
			*end = true;
			return (n);
		}
		c = clist_getc(&tp->t_can);
		if (c == MARK)
			clist_getc(&tp->t_can);
		buf[n++] = c;
		*end = ends_line(tp, c);
	}
	/* The file's end after a full buffer belongs to what it is full of. */
	if (!*end && n != 0 && lflag(tp, ICANON) && at_eof(tp)) {
		skip_eof(tp);
		*end = true;
	}
	return (n);
}

/**
 * Bytes that could be read, FIONREAD.
 * @param tp	terminal, with t_spin
 * @return	bytes; an end of file counts as none
 */
u_int
ttydisc_canread(const struct tty *tp)
{
	u_int n = 0;

	for (u_int i = 0; i < tp->t_can.c_count; i++) {
		if (clist_peek(&tp->t_can, i) == MARK &&
		    clist_peek(&tp->t_can, ++i) == EOT)
			continue;
		n++;
	}
	return (n);
}
