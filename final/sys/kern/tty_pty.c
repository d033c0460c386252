/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pseudo-terminals: a terminal (/dev/pts/N) whose line is a file (/dev/ptm/N).
 *
 * What a program writes to the terminal is read from the other side, and what
 * is written there is as if typed.  The other side may be open once; when it
 * is closed the line is gone.  /dev/ptmx opens the other side of a free pair.
 * There are as many pairs with BSD's names, /dev/ttypN and /dev/ptypN: who
 * wants one of these opens one after the other.  A pair's memory is there from
 * its first use on.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/fcntl.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define NPTYS	  (2 * NPTY)
#define PTY_CHUNK 128
#define PTY_PERMS 0666 /* of what may be opened by anybody */
#define PTS_PERMS 0620 /* of a terminal in use: its owner, messages */
#define GID_TTY	  4

MALLOC_DEFINE(M_PTY, "pseudo-terminals");

/** One pair. */
struct pty {
	struct tty pt_tty;   /**< the terminal */
	struct klist pt_rkq; /**< who watches the other side for bytes */
	struct klist pt_wkq; /**< who watches it for room */
	u_int pt_waiting;    /**< threads that sleep on it, reading */
	bool pt_master;	     /**< the other side is open */
	bool pt_slave;	     /**< the terminal is open */
	bool pt_used;	     /**< the terminal has been open since */
};

static struct pty *ptys[NPTYS]; /* BSD's, then those of /dev/ptmx */
static struct cdev *slaves[NPTYS];

/* The terminal has output: with t_spin. */
static void
pty_start(struct tty *tp)
{
	struct pty *pt = tp->t_drv;

	if (pt->pt_waiting != 0)
		wakeup(&pt->pt_master);
	KNOTE(&pt->pt_rkq, 0);
}

static struct pty *
pty_get(const struct cdev *dev)
{
	u_int unit = minor(dev->si_dev);
	struct pty *pt;

	if (ptys[unit] == NULL) {
		pt = kmalloc(sizeof(*pt), M_PTY, M_WAITOK | M_ZERO);
		if (ptys[unit] != NULL) { /* somebody else, while we slept */
			kfree(pt, M_PTY);
			return (ptys[unit]);
		}
		ttyinit(&pt->pt_tty, NULL);
		pt->pt_tty.t_oproc = pty_start;
		pt->pt_tty.t_drv = pt;
		ptys[unit] = pt;
	}
	return (ptys[unit]);
}

/* --- the terminal --- */

static int
pts_open(struct cdev *dev, int fflag, struct ucred *cred __unused)
{
	struct pty *pt = pty_get(dev);
	int error;

	if (!pt->pt_master)
		return (EIO);
	error = ttyopen(&pt->pt_tty, fflag);
	if (error != 0)
		return (error);
	pt->pt_tty.t_dev = dev;
	dev->si_tty = &pt->pt_tty;
	pt->pt_slave = pt->pt_used = true;
	KNOTE(&pt->pt_wkq, 0);
	return (0);
}

/*
 * What was written can still be read on the other side; nobody waits for that:
 * a process that ends is beyond the reach of signals.
 */
static int
pts_close(struct cdev *dev, int fflag __unused)
{
	struct pty *pt = pty_get(dev);
	struct tty *tp = &pt->pt_tty;

	pt->pt_slave = false;
	wakeup(&pt->pt_master);
	KNOTE(&pt->pt_rkq, 0);
	if (!pt->pt_master)
		return (ttyclose(tp));
	ttyflush(tp, FREAD);
	spin_lock(&tp->t_spin);
	tp->t_state &= TS_ISOPEN; /* may be typed on before it is opened */
	spin_unlock(&tp->t_spin);
	funsetown(&tp->t_sigio);
	return (0);
}

static int
pts_read(struct cdev *dev, struct uio *uio, int ioflag)
{
	return (ttyread(&pty_get(dev)->pt_tty, uio, ioflag));
}

static int
pts_write(struct cdev *dev, struct uio *uio, int ioflag)
{
	return (ttywrite(&pty_get(dev)->pt_tty, uio, ioflag));
}

static int
pts_ioctl(struct cdev *dev, u_long com, caddr_t data, int fflag,
    struct ucred *cred __unused)
{
	return (ttyioctl(&pty_get(dev)->pt_tty, com, data, fflag));
}

static int
pts_kqfilter(struct cdev *dev, struct knote *kn)
{
	return (ttykqfilter(&pty_get(dev)->pt_tty, kn));
}

static const struct dev_ops pts_ops = {
	.d_name = "pts",
	.d_flags = D_TTY,
	.d_open = pts_open,
	.d_close = pts_close,
	.d_read = pts_read,
	.d_write = pts_write,
	.d_ioctl = pts_ioctl,
	.d_kqfilter = pts_kqfilter,
};

/* --- the other side --- */

/* The terminal belongs to whoever opens the other side. */
static int
ptc_open(struct cdev *dev, int fflag __unused, struct ucred *cred)
{
	struct cdev *slave = slaves[minor(dev->si_dev)];
	struct pty *pt = pty_get(dev);
	struct tty *tp = &pt->pt_tty;

	if (pt->pt_master || pt->pt_slave)
		return (EBUSY);
	slave->si_uid = cred->cr_ruid;
	slave->si_gid = GID_TTY;
	slave->si_perms = PTS_PERMS;
	pt->pt_master = true;
	pt->pt_used = false;
	ttydisc_defaults(&tp->t_termios);
	tp->t_winsize = (struct winsize){ 0 };
	tp->t_column = 0;
	spin_lock(&tp->t_spin);
	tp->t_state = TS_ISOPEN; /* may be typed on before it is opened */
	spin_unlock(&tp->t_spin);
	return (0);
}

static int
ptc_close(struct cdev *dev, int fflag __unused)
{
	struct pty *pt = pty_get(dev);
	struct tty *tp = &pt->pt_tty;

	pt->pt_master = false;
	spin_lock(&tp->t_spin);
	tp->t_state |= TS_ZOMBIE;
	spin_unlock(&tp->t_spin);
	ttyvhup(tp);
	ttyflush(tp, FREAD | FWRITE);
	return (0);
}

/* Whether the pair is one of those that /dev/ptmx gives. */
static bool
is_cloned(const struct cdev *dev)
{
	return (minor(dev->si_dev) >= NPTY);
}

/* Whether the terminal has been open and is not any more. */
static bool
pty_ended(const struct pty *pt)
{
	return (pt->pt_used && !pt->pt_slave);
}

static u_int
take_output(struct tty *tp, u_char *buf, u_int max)
{
	u_int n = 0;
	int c;

	spin_lock(&tp->t_spin);
	while (n < max && (c = ttygetc_out(tp)) != -1)
		buf[n++] = c;
	spin_unlock(&tp->t_spin);
	return (n);
}

static int
ptc_read(struct cdev *dev, struct uio *uio, int ioflag)
{
	struct pty *pt = pty_get(dev);
	struct tty *tp = &pt->pt_tty;
	u_char buf[PTY_CHUNK];
	bool some = false;
	int error = 0;
	u_int n;

	while (error == 0 && uio->uio_resid != 0) {
		n = take_output(tp, buf, MIN(uio->uio_resid, PTY_CHUNK));
		if (n != 0) {
			some = true;
			error = uiomove(buf, n, uio);
			continue;
		}
		if (some || pty_ended(pt))
			break;
		if ((ioflag & IO_NDELAY) != 0)
			return (EWOULDBLOCK);
		pt->pt_waiting++;
		error = tsleep(&pt->pt_master, PCATCH, "ptcin", 0);
		pt->pt_waiting--;
	}
	if (some)
		ttwwakeup(tp);
	return (error);
}

static int
ptc_write(struct cdev *dev, struct uio *uio, int ioflag __unused)
{
	struct tty *tp = &pty_get(dev)->pt_tty;
	u_char buf[PTY_CHUNK];
	int error = 0;
	u_int n;

	while (error == 0 && uio->uio_resid != 0) {
		n = MIN(uio->uio_resid, PTY_CHUNK);
		error = uiomove(buf, n, uio);
		for (u_int i = 0; i < n && error == 0; i++)
			ttyinput(tp, buf[i]); /* too much rings the bell */
	}
	return (error);
}

/* The window's size and the foreground group are the other side's too. */
static int
ptc_ioctl(struct cdev *dev, u_long com, caddr_t data, int fflag,
    struct ucred *cred __unused)
{
	struct tty *tp = &pty_get(dev)->pt_tty;

	switch (com) {
	case FIONBIO:
	case FIOASYNC:
		return (0);
	case FIONREAD:
		*(int *)data = tp->t_out.c_count;
		return (0);
	case TIOCGPGRP:
		*(int *)data = tp->t_pgrp != NULL ? tp->t_pgrp->pg_id : 0;
		return (0);
	case TIOCSCTTY:
	case TIOCNOTTY:
		return (ENOTTY);
	case TIOCISPTMASTER:
		return (is_cloned(dev) ? 0 : EINVAL);
	default:
		return (ttyioctl(tp, com, data, fflag));
	}
}

static void
filt_ptcdetach(struct knote *kn)
{
	struct pty *pt = kn->kn_hook;

	knote_remove(
	    kn->kn_filter == EVFILT_WRITE ? &pt->pt_wkq : &pt->pt_rkq, kn);
}

static int
filt_ptcread(struct knote *kn, long hint __unused)
{
	const struct pty *pt = kn->kn_hook;

	kn->kn_data = pt->pt_tty.t_out.c_count;
	if (pty_ended(pt) && kn->kn_data == 0) {
		kn->kn_flags |= EV_EOF;
		return (1);
	}
	return (kn->kn_data != 0 && (pt->pt_tty.t_state & TS_TTSTOP) == 0);
}

static int
filt_ptcwrite(struct knote *kn, long hint __unused)
{
	const struct pty *pt = kn->kn_hook;

	kn->kn_data = TTYHOG - pt->pt_tty.t_can.c_count;
	return (1);
}

static const struct filterops ptcread_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_ptcdetach,
	.f_event = filt_ptcread,
};
static const struct filterops ptcwrite_filtops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_ptcdetach,
	.f_event = filt_ptcwrite,
};

static int
ptc_kqfilter(struct cdev *dev, struct knote *kn)
{
	struct pty *pt = pty_get(dev);

	kn->kn_hook = pt;
	switch (kn->kn_filter) {
	case EVFILT_READ:
		kn->kn_fop = &ptcread_filtops;
		knote_insert(&pt->pt_rkq, kn);
		return (0);
	case EVFILT_WRITE:
		kn->kn_fop = &ptcwrite_filtops;
		knote_insert(&pt->pt_wkq, kn);
		return (0);
	default:
		return (EINVAL);
	}
}

static const struct dev_ops ptc_ops = {
	.d_name = "ptc",
	.d_open = ptc_open,
	.d_close = ptc_close,
	.d_read = ptc_read,
	.d_write = ptc_write,
	.d_ioctl = ptc_ioctl,
	.d_kqfilter = ptc_kqfilter,
};

/* --- /dev/ptmx --- */

static struct cdev *
ptmx_clone(struct cdev *dev __unused)
{
	char name[sizeof(dev->si_name)];

	for (u_int i = 0; i < NPTY; i++) {
		const struct pty *pt = ptys[NPTY + i];

		if (pt != NULL && (pt->pt_master || pt->pt_slave))
			continue;
		ksnprintf(name, sizeof(name), "ptm/%u", i);
		return (dev_find(name));
	}
	return (NULL);
}

static const struct dev_ops ptmx_ops = {
	.d_name = "ptmx",
	.d_clone = ptmx_clone,
};

static void
make_pair(u_int unit, const char *master, const char *slave, u_int number)
{
	make_dev(&ptc_ops, unit, 0, 0, PTY_PERMS, master, number);
	slaves[unit] = make_dev(
	    &pts_ops, unit, 0, GID_TTY, PTS_PERMS, slave, number);
}

/** Makes /dev/ptmx and all pairs; called by dev_init(). */
void
pty_init(void)
{
	taskqueue_init();
	make_dev(&ptmx_ops, 0, 0, 0, PTY_PERMS, "ptmx");
	for (u_int i = 0; i < NPTY; i++) {
		make_pair(i, "ptyp%x", "ttyp%x", i);
		make_pair(NPTY + i, "ptm/%u", "pts/%u", i);
	}
}
