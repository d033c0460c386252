/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals: opening, reading, writing and watching; the line discipline
 * itself is tty_disc.c.
 *
 * Characters come from interrupts.  What they cause and an interrupt cannot
 * do, sending signals to a group, is left to a task.
 *
 * Sleepers: readers on t_can, writers and who drains on t_out; always with
 * t_spin, so that no wakeup by an interrupt is lost.
 */
#include <sys/errno.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define CHUNK	   64	 /* characters that are processed with interrupts off */
#define READ_AGAIN (-10) /* of read_wait(): now in the background */

/** What /dev/console is. */
struct tty *constty;

/* The task: signals that an interrupt has asked for. */
static void
tty_task(void *arg)
{
	struct tty *tp = arg;
	u_int pending;
	bool sigio;

	spin_lock(&tp->t_spin);
	pending = tp->t_sigpend;
	sigio = (tp->t_state & TS_SIGIO) != 0;
	tp->t_sigpend = 0;
	tp->t_state &= ~TS_SIGIO;
	spin_unlock(&tp->t_spin);
	for (int sig = 1; sig < 32; sig++)
		if ((pending & (1U << sig)) != 0 && tp->t_pgrp != NULL)
			pgsignal(tp->t_pgrp, sig, true);
	if (sigio)
		pgsigio(tp->t_sigio, SIGIO);
}

/**
 * Prepares a terminal that nobody has open.
 * @param tp	terminal, all zero
 * @param dev	its device
 */
void
ttyinit(struct tty *tp, struct cdev *dev)
{
	spin_init(&tp->t_spin, "tty");
	LIST_INIT(&tp->t_rkq);
	LIST_INIT(&tp->t_wkq);
	tp->t_dev = dev;
	TASK_INIT(&tp->t_task, tty_task, tp);
	ttydisc_defaults(&tp->t_termios);
	if (dev != NULL)
		dev->si_tty = tp;
}

/**
 * Opens.  Under mp_token.
 * @param tp	terminal
 * @param fflag	FREAD, FWRITE, O_NONBLOCK
 * @return	0, or EBUSY: TIOCEXCL
 */
int
ttyopen(struct tty *tp, int fflag __unused)
{
	if ((tp->t_state & (TS_ISOPEN | TS_EXCLUDE)) ==
		(TS_ISOPEN | TS_EXCLUDE) &&
	    suser(curproc->p_ucred) != 0)
		return (EBUSY);
	spin_lock(&tp->t_spin);
	tp->t_state &= ~TS_ZOMBIE;
	tp->t_state |= TS_ISOPEN;
	spin_unlock(&tp->t_spin);
	return (0);
}

/**
 * The last one closes.  Under mp_token.
 * @param tp	terminal
 * @return	0
 */
int
ttyclose(struct tty *tp)
{
	ttyflush(tp, FREAD | FWRITE);
	spin_lock(&tp->t_spin);
	tp->t_state &= TS_ZOMBIE;
	spin_unlock(&tp->t_spin);
	funsetown(&tp->t_sigio);
	return (0);
}

/* --- input --- */

static void
ttrwakeup(struct tty *tp)
{
	if (tp->t_waiting != 0)
		wakeup(&tp->t_can);
	KNOTE(&tp->t_rkq, 0);
	if ((tp->t_state & TS_ASYNC) != 0) {
		tp->t_state |= TS_SIGIO;
		taskqueue_enqueue(&tp->t_task);
	}
}

/**
 * A character has been typed.  Callable from interrupts.
 * @param tp	terminal
 * @param c	0 to 255
 */
void
ttyinput(struct tty *tp, int c)
{
	spin_lock(&tp->t_spin);
	if ((tp->t_state & TS_ISOPEN) != 0 &&
	    (tp->t_termios.c_cflag & CREAD) != 0) {
		if ((ttydisc_input(tp, c) & TTD_READ) != 0)
			ttrwakeup(tp);
		if (tp->t_out.c_count != 0)
			tp->t_oproc(tp);
		if (tp->t_sigpend != 0)
			taskqueue_enqueue(&tp->t_task);
	}
	spin_unlock(&tp->t_spin);
}

/* Whether a read may go on, and if not how long it may sleep: ticks. */
static bool
read_ready(const struct tty *tp, size_t resid, u_int had, int *timo)
{
	const cc_t *cc = tp->t_termios.c_cc;
	u_int n, min = cc[VMIN];

	*timo = 0;
	if ((tp->t_termios.c_lflag & ICANON) != 0)
		return (tp->t_can.c_count != 0);
	n = ttydisc_canread(tp);
	if (n == 0 && tp->t_can.c_count != 0)
		return (true); /* an end of file is left of a line */
	if (cc[VTIME] == 0)
		return (n >= MIN(min, resid));
	if (n >= MIN(MAX(min, 1), resid))
		return (true);
	/* With VMIN the time runs between bytes, else from the start. */
	if (min == 0 || had != 0)
		*timo = cc[VTIME] * (int)hz / 10;
	return (false);
}

/* Waits for something to read; with t_spin.  0 also when VTIME is over. */
static int
read_wait(struct tty *tp, size_t resid, bool nonblock)
{
	u_int had;
	int error, timo;

	while (!read_ready(tp, resid, had = tp->t_can.c_count, &timo)) {
		if ((tp->t_state & TS_ZOMBIE) != 0)
			return (0);
		if (nonblock)
			return (had != 0 ? 0 : EWOULDBLOCK);
		tp->t_waiting++;
		error = ssleep(&tp->t_can, &tp->t_spin, PCATCH, "ttyin", timo);
		tp->t_waiting--;
		if (error == EWOULDBLOCK && tp->t_can.c_count == had)
			return (0);
		if (error != 0 && error != EWOULDBLOCK)
			return (error);
		if (tty_isctty(tp) && curproc->p_pgrp != tp->t_pgrp)
			return (READ_AGAIN);
	}
	return (0);
}

/* Gives a reader what there is; a chunk at a time. */
static int
read_bytes(struct tty *tp, struct uio *uio)
{
	u_char buf[CHUNK];
	bool end = false;
	int error = 0;
	u_int n;

	while (!end && error == 0 && uio->uio_resid != 0) {
		spin_lock(&tp->t_spin);
		n = ttydisc_read(tp, buf, MIN(uio->uio_resid, CHUNK), &end);
		spin_unlock(&tp->t_spin);
		if (n == 0)
			break;
		error = uiomove(buf, n, uio);
	}
	return (error);
}

/**
 * Reads a line, or in raw mode as VMIN and VTIME say.  Under mp_token; may
 * sleep.
 * @param tp		terminal
 * @param uio		where to
 * @param ioflag	IO_NDELAY
 * @return		0 (nothing: end of file), EWOULDBLOCK, EINTR, ERESTART,
 *			EIO: in the background for good
 */
int
ttyread(struct tty *tp, struct uio *uio, int ioflag)
{
	int error;

	if (uio->uio_resid == 0)
		return (0);
	do {
		error = tty_background(tp, SIGTTIN);
		if (error != 0)
			return (error);
		spin_lock(&tp->t_spin);
		error = read_wait(
		    tp, uio->uio_resid, (ioflag & IO_NDELAY) != 0);
		spin_unlock(&tp->t_spin);
	} while (error == READ_AGAIN);
	return (error != 0 ? error : read_bytes(tp, uio));
}

/* --- output --- */

/**
 * There is room in t_out again.  Callable from interrupts and with t_spin.
 * @param tp	terminal
 */
void
ttwwakeup(struct tty *tp)
{
	if (tp->t_owaiting != 0)
		wakeup(&tp->t_out);
	KNOTE(&tp->t_wkq, 0);
}

/**
 * Takes the next byte to show.  With t_spin.
 * @param tp	terminal
 * @return	it, or -1: there is none, or ^S
 */
int
ttygetc_out(struct tty *tp)
{
	if ((tp->t_state & TS_TTSTOP) != 0)
		return (-1);
	return (clist_getc(&tp->t_out));
}

/* Until ttwwakeup(); with t_spin. */
static int
sleep_out(struct tty *tp, const char *wmesg)
{
	int error;

	tp->t_owaiting++;
	error = ssleep(&tp->t_out, &tp->t_spin, PCATCH, wmesg, 0);
	tp->t_owaiting--;
	return (error);
}

/**
 * Waits until all output has been shown.  Under mp_token; may sleep.
 * @param tp	terminal
 * @return	0, EINTR, ERESTART, or EIO: the line is gone
 */
int
ttwait(struct tty *tp)
{
	int error = 0;

	spin_lock(&tp->t_spin);
	while (tp->t_out.c_count != 0 && error == 0) {
		tp->t_oproc(tp);
		if (tp->t_out.c_count == 0)
			break;
		if ((tp->t_state & TS_ZOMBIE) != 0)
			error = EIO;
		else
			error = sleep_out(tp, "ttydrn");
	}
	spin_unlock(&tp->t_spin);
	return (error);
}

/* Shows n characters; *done says how many before an error. */
static int
write_chunk(
    struct tty *tp, const u_char *buf, u_int n, bool nonblock, u_int *done)
{
	int error = 0;

	spin_lock(&tp->t_spin);
	*done = 0;
	while (*done < n && error == 0) {
		if ((tp->t_state & TS_ZOMBIE) != 0) {
			error = EIO;
			break;
		}
		if (ttydisc_output(tp, buf[*done])) {
			++*done;
			continue;
		}
		tp->t_oproc(tp);
		if (tp->t_out.c_count <= TTYHOG / 2)
			continue;
		error = nonblock ? EWOULDBLOCK : sleep_out(tp, "ttyout");
	}
	tp->t_rocount = 0; /* the line being typed is no longer whole */
	tp->t_oproc(tp);
	spin_unlock(&tp->t_spin);
	return (error);
}

/**
 * Writes.  Under mp_token; may sleep.
 * @param tp		terminal
 * @param uio		from where
 * @param ioflag	IO_NDELAY
 * @return		0, EWOULDBLOCK, EINTR, ERESTART, EIO
 */
int
ttywrite(struct tty *tp, struct uio *uio, int ioflag)
{
	u_char buf[CHUNK];
	u_int n, done;
	int error = 0;

	if ((tp->t_termios.c_lflag & TOSTOP) != 0)
		error = tty_background(tp, SIGTTOU);
	while (error == 0 && uio->uio_resid != 0) {
		n = MIN(uio->uio_resid, CHUNK);
		error = uiomove(buf, n, uio);
		if (error != 0)
			break;
		error = write_chunk(
		    tp, buf, n, (ioflag & IO_NDELAY) != 0, &done);
		uio->uio_resid += n - done;
	}
	return (error);
}

/* --- watching --- */

static void
filt_ttydetach(struct knote *kn)
{
	struct tty *tp = kn->kn_hook;

	knote_remove(
	    kn->kn_filter == EVFILT_WRITE ? &tp->t_wkq : &tp->t_rkq, kn);
}

static int
filt_ttyread(struct knote *kn, long hint __unused)
{
	const struct tty *tp = kn->kn_hook;

	kn->kn_data = tp->t_can.c_count;
	if ((tp->t_state & TS_ZOMBIE) != 0) {
		kn->kn_flags |= EV_EOF;
		return (1);
	}
	return (kn->kn_data != 0);
}

static int
filt_ttywrite(struct knote *kn, long hint __unused)
{
	const struct tty *tp = kn->kn_hook;

	kn->kn_data = TTYHOG - tp->t_out.c_count;
	if ((tp->t_state & TS_ZOMBIE) != 0) {
		kn->kn_flags |= EV_EOF;
		return (1);
	}
	return (kn->kn_data >= TTYHOG / 2);
}

static const struct filterops ttyread_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_ttydetach,
	.f_event = filt_ttyread,
};
static const struct filterops ttywrite_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_ttydetach,
	.f_event = filt_ttywrite,
};

/**
 * Watches a terminal.
 * @param tp	terminal
 * @param kn	EVFILT_READ or EVFILT_WRITE
 * @return	0 or EINVAL
 */
int
ttykqfilter(struct tty *tp, struct knote *kn)
{
	kn->kn_hook = tp;
	switch (kn->kn_filter) {
	case EVFILT_READ:
		kn->kn_fop = &ttyread_filtops;
		knote_insert(&tp->t_rkq, kn);
		return (0);
	case EVFILT_WRITE:
		kn->kn_fop = &ttywrite_filtops;
		knote_insert(&tp->t_wkq, kn);
		return (0);
	default:
		return (EINVAL);
	}
}
