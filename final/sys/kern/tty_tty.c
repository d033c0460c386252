/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * /dev/tty: the controlling terminal of whoever uses it.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <machine/globaldata.h>

#define CTTY_PERMS 0666

/* The terminal, or NULL. */
static struct tty *
ctty(void)
{
	struct proc *p = curproc;

	if ((p->p_flags & P_CONTROLT) == 0)
		return (NULL);
	return (p->p_pgrp->pg_session->s_ttyp);
}

static int
ctty_open(
    struct cdev *dev __unused, int fflag __unused, struct ucred *cred __unused)
{
	return (ctty() == NULL ? ENXIO : 0);
}

static int
ctty_close(struct cdev *dev __unused, int fflag __unused)
{
	return (0);
}

static int
ctty_read(struct cdev *dev __unused, struct uio *uio, int ioflag)
{
	struct tty *tp = ctty();

	return (tp == NULL ? EIO : ttyread(tp, uio, ioflag));
}

static int
ctty_write(struct cdev *dev __unused, struct uio *uio, int ioflag)
{
	struct tty *tp = ctty();

	return (tp == NULL ? EIO : ttywrite(tp, uio, ioflag));
}

static int
ctty_ioctl(struct cdev *dev __unused, u_long com, caddr_t data, int fflag,
    struct ucred *cred __unused)
{
	struct tty *tp = ctty();

	if (com == TIOCSCTTY) /* it is that already */
		return (EPERM);
	return (tp == NULL ? EIO : ttyioctl(tp, com, data, fflag));
}

static int
ctty_kqfilter(struct cdev *dev __unused, struct knote *kn)
{
	struct tty *tp = ctty();

	return (tp == NULL ? ENXIO : ttykqfilter(tp, kn));
}

static const struct dev_ops ctty_ops = {
	.d_name = "ctty",
	.d_flags = D_TTY,
	.d_open = ctty_open,
	.d_close = ctty_close,
	.d_read = ctty_read,
	.d_write = ctty_write,
	.d_ioctl = ctty_ioctl,
	.d_kqfilter = ctty_kqfilter,
};

/** Makes /dev/tty; called once by dev_init(). */
void
ttytty_init(void)
{
	taskqueue_init();
	make_dev(&ctty_ops, 0, 0, 0, CTTY_PERMS, "tty");
}
