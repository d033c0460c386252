/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The console: descriptors 0 and 1 of the host.
 *
 * What the host's terminal has to say comes as it is typed, in raw mode
 * (host/main.c); this kernel's own terminal does the rest.  It may also be a
 * pipe or a file, whose end means that nobody types any more.
 */
#include <sys/conf.h>
#include <sys/cons.h>
#include <sys/errno.h>
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <sys/tty.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>

#define CHUNK 64

static struct task winch_task;

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
	char ch = (char)c;

	write_all(&ch, 1);
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
show(struct tty *tp)
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

/* So many bytes can be read without waiting. */
static void
input(long left)
{
	char buf[CHUNK];
	long n;

	while (left > 0 && (n = host_read(0, buf, MIN(left, CHUNK))) > 0) {
		for (long i = 0; i < n; i++)
			cons_input((u_char)buf[i]);
		left -= n;
	}
}

/* The host's terminal has another size: so has ours, and programs are told.
 * Under mp_token. */
static void
resize(void *arg __unused)
{
	struct winsize ws;

	if (host_ioctl(0, TIOCGWINSZ, &ws) >= 0 && ws.ws_row != 0)
		ttyioctl(constty, TIOCSWINSZ, (caddr_t)&ws, 0);
}

static void
winch_intr(struct trapframe *tf __unused)
{
	taskqueue_enqueue(&winch_task);
}

/** Makes the console a terminal; called once by dev_init(). */
void
cnttyinit(void)
{
	taskqueue_init();
	cons_attach(show);
	resize(NULL);
	TASK_INIT(&winch_task, resize, NULL);
	intr_register(VECTOR_WINCH, winch_intr);
	if (!kqueue_add(EVFILT_READ, 0, 0, input))
		kprintf("console: standard input cannot be watched\n");
}
