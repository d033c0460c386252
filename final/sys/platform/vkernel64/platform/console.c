/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The console: descriptors 0 and 1 of the host.
 *
 * /dev/console and /dev/ttyv0 are one terminal.  What the host's terminal has
 * to say comes as it is typed, in raw mode (host/main.c); this kernel's own
 * terminal does the rest.  It may also be a pipe or a file.
 */
#include <sys/conf.h>
#include <sys/cons.h>
#include <sys/errno.h>
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <machine/cpu.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>

#define CONS_PERMS 0620
#define CONS_ROWS  24
#define CONS_COLS  80
#define CHUNK	   64

static struct tty cons;
static struct cdev *cons_dev[2];

/* --- kprintf() --- */

static bool
vcons_probe(void)
{
	return (true);
}

static void
write_all(const char *p, long n)
{
	long done;

	while (n > 0) {
		done = host_write(1, p, n);
		if (done == -EINTR || done == -EAGAIN) {
			host_sched_yield();
			continue;
		}
		if (done <= 0)
			return; /* nobody reads it */
		p += done;
		n -= done;
	}
}

static void
vcons_putc(int c)
{
	static char line[128];
	static u_int n;

	line[n++] = (char)c;
	if (c == '\n' || n == sizeof(line)) {
		write_all(line, n);
		n = 0;
	}
}

/** The host's standard output. */
const struct consdev vcons_consdev = {
	.cn_name = "host",
	.cn_probe = vcons_probe,
	.cn_putc = vcons_putc,
};

/* --- the terminal --- */

/* Shows what is in t_out; with t_spin. */
static void
cons_start(struct tty *tp)
{
	char buf[CHUNK];
	u_int n = 0;
	int c;

	cnlock();
	while ((c = ttygetc_out(tp)) != -1) {
		buf[n++] = (char)c;
		if (n == sizeof(buf)) {
			write_all(buf, n);
			n = 0;
		}
	}
	write_all(buf, n);
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

/* So many bytes can be read without waiting. */
static void
input(long left, bool eof __unused)
{
	char buf[CHUNK];
	long n;

	while (left > 0 && (n = host_read(0, buf, MIN(left, CHUNK))) > 0) {
		for (long i = 0; i < n; i++)
			ttyinput(&cons, (u_char)buf[i]);
		left -= n;
	}
}

/* The host's terminal has another size. */
static void
winch_intr(struct trapframe *tf __unused)
{
	struct winsize ws;

	if (host_ioctl(0, TIOCGWINSZ, &ws) < 0 || ws.ws_row == 0)
		return;
	cons.t_winsize = ws;
}

/** Makes the console a terminal; called once by dev_init(). */
void
cnttyinit(void)
{
	taskqueue_init();
	cons_dev[0] = make_dev(&cons_ops, 0, 0, 0, CONS_PERMS, "console");
	cons_dev[1] = make_dev(&cons_ops, 1, 0, 0, CONS_PERMS, "ttyv0");
	ttyinit(&cons, cons_dev[1]);
	ttyinit(&cons, cons_dev[0]);
	cons.t_oproc = cons_start;
	cons.t_winsize = (struct winsize){ .ws_row = CONS_ROWS,
		.ws_col = CONS_COLS };
	winch_intr(NULL);
	intr_register(VECTOR_WINCH, winch_intr);
	constty = &cons;
	if (!kqueue_add(EVFILT_READ, 0, 0, input))
		kprintf("console: standard input cannot be watched\n");
}
