/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What happens in the host: one kqueue, which raises SIGIO when there is an
 * event.
 *
 * Source: DragonFly's platform/vkernel64/platform/kqueue.c, for the idea.
 */
#include <sys/event.h>
#include <sys/fcntl.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>

#define MAXWATCHED 4

static int kq = -1;
static struct {
	kqueue_func_t *func; /* what is called */
	u_long ident;	     /* for this */
	short filter;
} watched[MAXWATCHED];
static u_int nwatched;

static void
io_intr(struct trapframe *tf __unused)
{
	static const struct timespec now = { 0, 0 };
	struct kevent ev;

	while (host_kevent(kq, NULL, 0, &ev, 1, &now) == 1)
		for (u_int i = 0; i < nwatched; i++)
			if (watched[i].ident == ev.ident &&
			    watched[i].filter == ev.filter)
				watched[i].func(ev.data);
}

/* Makes the queue, the first time. */
static bool
have_queue(void)
{
	if (kq >= 0)
		return (true);
	intr_register(VECTOR_IO, io_intr);
	kq = host_kqueue();
	return (kq >= 0 && host_fcntl(kq, F_SETOWN, host_getpid()) >= 0 &&
	    host_fcntl(kq, F_SETFL, O_ASYNC) >= 0);
}

/**
 * Has a function called when something happens.
 * @param filter	EVFILT_READ, EVFILT_PROC
 * @param ident		descriptor, process
 * @param fflags	what of it: NOTE_*
 * @param func		called from an interrupt
 * @return		whether the host watches it
 */
bool
kqueue_add(short filter, u_long ident, u_int fflags, kqueue_func_t *func)
{
	struct kevent ev = { .ident = ident,
		.filter = filter,
		.flags = EV_ADD | EV_CLEAR,
		.fflags = fflags };

	KASSERT(nwatched < MAXWATCHED, ("kqueue_add: too many"));
	watched[nwatched].func = func;
	watched[nwatched].ident = ident;
	watched[nwatched++].filter = filter;
	if (!have_queue() || host_kevent(kq, &ev, 1, NULL, 0, NULL) < 0)
		return (false);
	/* What is there already has raised no signal. */
	intr_post(mycpu, VECTOR_IO);
	return (true);
}
