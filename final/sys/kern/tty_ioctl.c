/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals: settings, and job control: whose a terminal is.
 *
 * A terminal belongs to a session (t_session), and in it to a group, the
 * foreground (t_pgrp).  Both are under mp_token.  A process that is of the
 * session and not of the group gets SIGTTIN or SIGTTOU; if that would be in
 * vain, because it is ignored or nobody could continue the process, EIO.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>

/**
 * Whether a terminal is the current process's controlling terminal.
 * @param tp	terminal
 * @return	whether it is
 */
bool
tty_isctty(const struct tty *tp)
{
	const struct proc *p = curproc;

	return (tp->t_session != NULL && (p->p_flags & P_CONTROLT) != 0 &&
	    p->p_pgrp->pg_session == tp->t_session);
}

/**
 * Stops the current process's group if it is in the background.  Under
 * mp_token; may sleep.
 * @param tp	terminal that it wants to use
 * @param sig	SIGTTIN or SIGTTOU
 * @return	0: it may; EIO; EINTR or ERESTART after the stop
 */
int
tty_background(struct tty *tp, int sig)
{
	struct proc *p = curproc;
	bool ignored;
	int error;

	while (
	    tty_isctty(tp) && tp->t_pgrp != NULL && p->p_pgrp != tp->t_pgrp) {
		ignored = SIGISMEMBER(p->p_sigacts->ps_sigignore, sig) ||
		    SIGISMEMBER(curlwp->lwp_sigmask, sig);
		if (ignored && sig == SIGTTOU)
			return (0);
		if (ignored || (p->p_flags & P_PPWAIT) != 0 ||
		    pgrp_orphaned(p->p_pgrp))
			return (EIO);
		pgsignal(p->p_pgrp, sig, true);
		error = tsleep(&tp->t_pgrp, PCATCH, "ttybg", 1);
		if (error != 0 && error != EWOULDBLOCK)
			return (error);
	}
	return (0);
}

/**
 * Wakes everybody who waits for the terminal: something has changed.
 * @param tp	terminal
 */
void
ttywakeup(struct tty *tp)
{
	wakeup(&tp->t_can);
	KNOTE(&tp->t_rkq, 0);
	ttwwakeup(tp);
}

/**
 * Throws away what has been typed or written.  Under mp_token.
 * @param tp	terminal
 * @param rw	FREAD: input, FWRITE: output
 */
void
ttyflush(struct tty *tp, int rw)
{
	spin_lock(&tp->t_spin);
	if ((rw & FREAD) != 0) {
		clist_flush(&tp->t_raw);
		clist_flush(&tp->t_can);
		tp->t_rocount = 0;
		tp->t_state &= ~TS_LNCH;
	}
	if ((rw & FWRITE) != 0) {
		clist_flush(&tp->t_out);
		tp->t_state &= ~TS_TTSTOP;
	}
	spin_unlock(&tp->t_spin);
	ttywakeup(tp);
}

/* The terminal is nobody's. */
static void
disassociate(struct tty *tp)
{
	struct session *s = tp->t_session;

	if (s == NULL)
		return;
	tp->t_session = NULL;
	tp->t_pgrp = NULL;
	if (s->s_ttyp == tp)
		s->s_ttyp = NULL;
	sess_rele(s);
}

/**
 * The leader of the session has gone, or the line is gone: the foreground is
 * told (SIGHUP) and continued, and the terminal is free.  Under mp_token.
 * @param tp	terminal
 */
void
ttyvhup(struct tty *tp)
{
	if (tp->t_pgrp != NULL) {
		pgsignal(tp->t_pgrp, SIGHUP, true);
		pgsignal(tp->t_pgrp, SIGCONT, true);
	}
	disassociate(tp);
	ttyflush(tp, FREAD);
}

/* TIOCSCTTY */
static int
set_controlling(struct tty *tp)
{
	struct proc *p = curproc;
	struct session *s = p->p_pgrp->pg_session;

	if (tp->t_session == s && s->s_ttyp == tp) {
		if (s->s_leader != p)
			return (EPERM);
	} else if (s->s_leader != p || s->s_ttyp != NULL ||
	    tp->t_session != NULL) {
		return (EPERM);
	} else {
		atomic_add_int(&s->s_ref, 1);
		tp->t_session = s;
		s->s_ttyp = tp;
	}
	tp->t_pgrp = p->p_pgrp;
	atomic_set_int(&p->p_flags, P_CONTROLT);
	return (0);
}

/* TIOCNOTTY */
static int
leave_controlling(struct tty *tp)
{
	struct proc *p = curproc;

	if (!tty_isctty(tp))
		return (ENOTTY);
	if (p->p_pgrp->pg_session->s_leader == p)
		ttyvhup(tp);
	atomic_clear_int(&p->p_flags, P_CONTROLT);
	return (0);
}

/* TIOCSPGRP */
static int
set_foreground(struct tty *tp, pid_t pgid)
{
	struct pgrp *pgrp;

	if (!tty_isctty(tp))
		return (ENOTTY);
	if (pgid <= 0)
		return (EINVAL);
	pgrp = pgfind(pgid);
	if (pgrp == NULL || pgrp->pg_session != tp->t_session)
		return (EPERM);
	tp->t_pgrp = pgrp;
	ttywakeup(tp); /* readers: who is in the foreground has changed */
	return (0);
}

/* TIOCSETA and its relatives. */
static int
set_termios(struct tty *tp, u_long com, struct termios *t)
{
	bool was, is;
	int error;

	if (com != TIOCSETA) {
		error = ttwait(tp);
		if (error != 0)
			return (error);
	}
	if (com == TIOCSETAF)
		ttyflush(tp, FREAD);
	if (tp->t_param != NULL) {
		error = tp->t_param(tp, t);
		if (error != 0)
			return (error);
	}
	spin_lock(&tp->t_spin);
	was = (tp->t_termios.c_lflag & ICANON) != 0;
	is = (t->c_lflag & ICANON) != 0;
	if (was && !is)
		ttydisc_to_raw(tp);
	tp->t_termios = *t;
	if ((t->c_iflag & IXON) == 0)
		tp->t_state &= ~TS_TTSTOP;
	if (tp->t_out.c_count != 0)
		tp->t_oproc(tp);
	spin_unlock(&tp->t_spin);
	ttywakeup(tp);
	return (0);
}

static int
set_winsize(struct tty *tp, const struct winsize *ws)
{
	if (memcmp(&tp->t_winsize, ws, sizeof(*ws)) == 0)
		return (0);
	tp->t_winsize = *ws;
	if (tp->t_pgrp != NULL)
		pgsignal(tp->t_pgrp, SIGWINCH, true);
	return (0);
}

/* TIOCSTI: as if it had been typed. */
static int
simulate_input(struct tty *tp, int c)
{
	if (suser(curproc->p_ucred) != 0)
		return (EPERM);
	ttyinput(tp, c);
	return (0);
}

static int
stop_output(struct tty *tp, bool stop)
{
	spin_lock(&tp->t_spin);
	if (stop) {
		tp->t_state |= TS_TTSTOP;
	} else {
		tp->t_state &= ~TS_TTSTOP;
		tp->t_oproc(tp);
	}
	spin_unlock(&tp->t_spin);
	if (!stop)
		ttwwakeup(tp);
	return (0);
}

static int
set_state(struct tty *tp, u_int bit, bool on)
{
	spin_lock(&tp->t_spin);
	tp->t_state = on ? tp->t_state | bit : tp->t_state & ~bit;
	spin_unlock(&tp->t_spin);
	return (0);
}

static int
flush_some(struct tty *tp, int rw)
{
	if ((rw & ~(FREAD | FWRITE)) != 0)
		return (EINVAL);
	ttyflush(tp, rw == 0 ? FREAD | FWRITE : rw);
	return (0);
}

/* What only asks. */
static int
ioctl_get(struct tty *tp, u_long com, caddr_t data)
{
	int *value = (int *)data;

	switch (com) {
	case TIOCGETA:
		*(struct termios *)data = tp->t_termios;
		return (0);
	case TIOCGWINSZ:
		*(struct winsize *)data = tp->t_winsize;
		return (0);
	case TIOCGETD:
		*value = 0;
		return (0);
	case TIOCGPGRP:
		if (!tty_isctty(tp))
			return (ENOTTY);
		*value = tp->t_pgrp != NULL ? tp->t_pgrp->pg_id : PID_MAX + 1;
		return (0);
	case TIOCGSID:
		if (!tty_isctty(tp))
			return (ENOTTY);
		*value = tp->t_session->s_sid;
		return (0);
	case TIOCOUTQ:
		*value = tp->t_out.c_count;
		return (0);
	case FIONREAD:
		spin_lock(&tp->t_spin);
		*value = ttydisc_canread(tp);
		spin_unlock(&tp->t_spin);
		return (0);
	case FIOGETOWN:
		*value = fgetown(&tp->t_sigio);
		return (0);
	default:
		return (ENOTTY);
	}
}

/* What changes something, and is not for the background. */
static int
ioctl_set(struct tty *tp, u_long com, caddr_t data)
{
	int error;

	error = tty_background(tp, SIGTTOU);
	if (error != 0)
		return (error);
	switch (com) {
	case TIOCSETA:
	case TIOCSETAW:
	case TIOCSETAF:
		return (set_termios(tp, com, (struct termios *)data));
	case TIOCSPGRP:
		return (set_foreground(tp, *(int *)data));
	case TIOCFLUSH:
		return (flush_some(tp, *(int *)data));
	case TIOCDRAIN:
		return (ttwait(tp));
	case TIOCSTI:
		return (simulate_input(tp, *(u_char *)data));
	case TIOCSWINSZ:
		return (set_winsize(tp, (struct winsize *)data));
	case TIOCSTART:
	case TIOCSTOP:
		return (stop_output(tp, com == TIOCSTOP));
	default:
		return (ENOTTY);
	}
}

/**
 * ioctl(2) of a terminal.  Under mp_token; may sleep.
 * @param tp	terminal
 * @param com	which
 * @param data	argument and result, in the kernel
 * @param fflag	how it is open
 * @return	0, ENOTTY: no such, or not the caller's controlling terminal,
 *		EPERM, EINVAL, EIO, EINTR, ERESTART
 */
int
ttyioctl(struct tty *tp, u_long com, caddr_t data, int fflag __unused)
{
	switch (com) {
	case TIOCSCTTY:
		return (set_controlling(tp));
	case TIOCNOTTY:
		return (leave_controlling(tp));
	case TIOCEXCL:
	case TIOCNXCL:
		return (set_state(tp, TS_EXCLUDE, com == TIOCEXCL));
	case FIONBIO:
		return (0); /* the flag is the file's */
	case FIOASYNC:
		return (set_state(tp, TS_ASYNC, *(int *)data != 0));
	case FIOSETOWN:
		return (fsetown(*(int *)data, &tp->t_sigio));
	case TIOCSETA:
	case TIOCSETAW:
	case TIOCSETAF:
	case TIOCSPGRP:
	case TIOCFLUSH:
	case TIOCDRAIN:
	case TIOCSTI:
	case TIOCSWINSZ:
	case TIOCSTART:
	case TIOCSTOP:
		return (ioctl_set(tp, com, data));
	default:
		return (ioctl_get(tp, com, data));
	}
}
