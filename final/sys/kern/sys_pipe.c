/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pipes; <sys/pipe.h> says what they are.
 *
 * Only uiomove() sleeps while a transfer is under way, in a fault.  Bytes are
 * therefore counted after they have been moved, and a writer that has moved
 * some looks at everything again.  Two writers: the one that comes first has
 * the pipe (PIPE_WLOCK) until its write is done, so that writes are not mixed.
 * Two readers: each byte goes to one of them, and PIPE_RLOCK keeps the second
 * away while the first one moves.
 *
 * Sleepers are woken only if there are any: a reader when there are bytes, a
 * writer when there is the room that it waits for.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/pipe.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <machine/globaldata.h>

MALLOC_DEFINE(M_PIPE, "pipes");

/* Memory in buffers; processes that fill many pipes get small ones. */
static long pipe_kva;
static long pipe_maxkva = 16 << 20;
SYSCTL_LONG(kern_pipe_kva, "kern.pipe_kva", CTLFLAG_RD, &pipe_kva,
    "Bytes in buffers of pipes");
SYSCTL_LONG(kern_pipe_maxkva, "kern.pipe_maxkva", CTLFLAG_RW, &pipe_maxkva,
    "Most bytes in buffers of pipes");

static ino_t pipe_lastino;

/**
 * Makes a pipe that has no ends yet.
 * @return	the pipe
 */
struct pipe *
pipe_alloc(void)
{
	struct pipe *pi;

	pi = kmalloc(sizeof(*pi), M_PIPE, M_WAITOK | M_ZERO);
	nanotime(&pi->pi_ctime);
	pi->pi_atime = pi->pi_mtime = pi->pi_ctime;
	pi->pi_ino = ++pipe_lastino;
	return (pi);
}

static void
pipe_free_buffer(struct pipe *pi)
{
	if (pi->pi_buf != NULL)
		kfree(pi->pi_buf, M_PIPE);
	pipe_kva -= pi->pi_size;
	pi->pi_buf = NULL;
	pi->pi_size = pi->pi_head = pi->pi_count = 0;
}

/**
 * Frees a pipe.
 * @param pi	no end is open
 */
void
pipe_free(struct pipe *pi)
{
	knote_empty(&pi->pi_rkq);
	knote_empty(&pi->pi_wkq);
	pipe_free_buffer(pi);
	kfree(pi, M_PIPE);
}

/* The first write; may sleep for memory. */
static int
pipe_get_buffer(struct pipe *pi)
{
	u_int size = pipe_kva < pipe_maxkva / 2 ? PIPE_SIZE : PIPE_SMALL;
	char *buf;

	if (pipe_kva + size > pipe_maxkva)
		return (ENOMEM);
	pipe_kva += size;
	buf = kmalloc(size, M_PIPE, M_WAITOK);
	if (pi->pi_buf != NULL) { /* another writer was quicker */
		kfree(buf, M_PIPE);
		pipe_kva -= size;
		return (0);
	}
	pi->pi_buf = buf;
	pi->pi_size = size;
	return (0);
}

/* There is something for readers: bytes, or the end. */
static void
wake_readers(struct pipe *pi)
{
	if ((pi->pi_flags & PIPE_WANTR) != 0) {
		pi->pi_flags &= ~PIPE_WANTR;
		wakeup(&pi->pi_readers);
	}
	KNOTE(&pi->pi_rkq, 0);
	if (pi->pi_rfile != NULL && (pi->pi_rfile->f_flag & FASYNC) != 0)
		pgsigio(pi->pi_rfile->f_sigio, SIGIO);
}

/* There is something for writers: room, or nobody who reads. */
static void
wake_writers(struct pipe *pi)
{
	u_int room = pi->pi_size - pi->pi_count;

	if ((pi->pi_flags & PIPE_WANTW) != 0 &&
	    (room >= pi->pi_need || pi->pi_readers == 0)) {
		pi->pi_flags &= ~PIPE_WANTW;
		wakeup(&pi->pi_writers);
	}
	if (room < PIPE_ATOMIC && pi->pi_readers != 0)
		return;
	KNOTE(&pi->pi_wkq, 0);
	if (pi->pi_wfile != NULL && (pi->pi_wfile->f_flag & FASYNC) != 0)
		pgsigio(pi->pi_wfile->f_sigio, SIGIO);
}

/**
 * An end is opened.
 * @param pi	pipe
 * @param write	which end
 */
void
pipe_open_end(struct pipe *pi, bool write)
{
	if (write) {
		pi->pi_writers++;
		pi->pi_wgen++;
		wakeup(&pi->pi_wgen);
	} else {
		pi->pi_readers++;
		pi->pi_rgen++;
		wakeup(&pi->pi_rgen);
	}
}

/**
 * An end is closed.  When it was the last of its kind the other end is told;
 * when nobody has the pipe open any more what is in it is gone.
 * @param pi	pipe
 * @param write	which end
 */
void
pipe_close_end(struct pipe *pi, bool write)
{
	u_int *ends = write ? &pi->pi_writers : &pi->pi_readers;

	KASSERT(*ends > 0, ("pipe_close_end: not open"));
	if (--*ends == 0) {
		wake_readers(pi);
		wake_writers(pi);
	}
	if (pi->pi_readers == 0 && pi->pi_writers == 0)
		pipe_free_buffer(pi);
}

/**
 * Waits until the other end of a FIFO is open, or has been in between.
 * @param pi	pipe; the caller's end is open
 * @param write	which end that is
 * @return	0, EINTR or ERESTART
 */
int
pipe_wait_end(struct pipe *pi, bool write)
{
	u_int *others = write ? &pi->pi_readers : &pi->pi_writers;
	u_int *gen = write ? &pi->pi_rgen : &pi->pi_wgen;
	u_int seen = *gen;
	int error = 0;

	while (*others == 0 && *gen == seen && error == 0)
		error = tsleep(gen, PCATCH, "fifoopn", 0);
	return (error);
}

/* Until no other thread moves bytes out. */
static int
lock_read(struct pipe *pi, bool nonblock)
{
	int error = 0;

	while ((pi->pi_flags & PIPE_RLOCK) != 0 && error == 0) {
		if (nonblock)
			return (EWOULDBLOCK);
		pi->pi_flags |= PIPE_WANTR;
		error = tsleep(&pi->pi_readers, PCATCH, "piperl", 0);
	}
	if (error == 0)
		pi->pi_flags |= PIPE_RLOCK;
	return (error);
}

/* Moves what there is, at most the reader's room; in one or two runs. */
static int
move_out(struct pipe *pi, struct uio *uio)
{
	u_int n;
	int error = 0;

	while (pi->pi_count != 0 && uio->uio_resid != 0 && error == 0) {
		n = MIN(pi->pi_count, pi->pi_size - pi->pi_head);
		n = MIN(n, uio->uio_resid);
		error = uiomove(pi->pi_buf + pi->pi_head, n, uio);
		if (error != 0)
			break;
		pi->pi_count -= n;
		pi->pi_head += n;
		if (pi->pi_head == pi->pi_size)
			pi->pi_head = 0;
	}
	return (error);
}

/**
 * Reads what there is, waiting for at least a byte.  May sleep.
 * @param pi		pipe
 * @param uio		where to
 * @param nonblock	do not wait
 * @return		0 (nothing: the end), EWOULDBLOCK, EINTR, ERESTART,
 *			EFAULT
 */
int
pipe_do_read(struct pipe *pi, struct uio *uio, bool nonblock)
{
	int error;

	if (uio->uio_resid == 0)
		return (0);
	error = lock_read(pi, nonblock);
	while (error == 0 && pi->pi_count == 0 && pi->pi_writers != 0) {
		pi->pi_flags &= ~PIPE_RLOCK;
		if (nonblock)
			return (EWOULDBLOCK);
		pi->pi_flags |= PIPE_WANTR;
		error = tsleep(&pi->pi_readers, PCATCH, "piperd", 0);
		if (error == 0)
			error = lock_read(pi, nonblock);
	}
	if (error != 0)
		return (error);
	error = move_out(pi, uio);
	pi->pi_flags &= ~PIPE_RLOCK;
	nanotime(&pi->pi_atime);
	wake_writers(pi);
	/* Another reader may wait for the lock, or for what is left. */
	if ((pi->pi_flags & PIPE_WANTR) != 0) {
		pi->pi_flags &= ~PIPE_WANTR;
		wakeup(&pi->pi_readers);
	}
	return (error);
}

/* Moves n bytes into the ring; they are free. */
static int
move_in(struct pipe *pi, struct uio *uio, u_int n)
{
	u_int at, part;
	int error = 0;

	while (n > 0 && error == 0) {
		at = pi->pi_head + pi->pi_count; /* both may change */
		if (at >= pi->pi_size)
			at -= pi->pi_size;
		part = MIN(n, pi->pi_size - at);
		error = uiomove(pi->pi_buf + at, part, uio);
		if (error != 0)
			break;
		pi->pi_count += part;
		n -= part;
	}
	return (error);
}

/* One wait of a writer. */
static int
wait_room(struct pipe *pi, u_int need, bool nonblock)
{
	if (nonblock)
		return (EWOULDBLOCK);
	pi->pi_need = need;
	pi->pi_flags |= PIPE_WANTW;
	return (tsleep(&pi->pi_writers, PCATCH, "pipewr", 0));
}

/* All of a write; the pipe is the caller's. */
static int
write_locked(struct pipe *pi, struct uio *uio, bool nonblock)
{
	u_int room, need;
	int error = 0;

	while (uio->uio_resid != 0 && error == 0) {
		if (pi->pi_readers == 0)
			return (EPIPE);
		if (pi->pi_buf == NULL) {
			error = pipe_get_buffer(pi);
			continue;
		}
		/* A small write goes in as a whole, a large one in parts that
		 * are worth a wakeup. */
		need = MIN(uio->uio_resid, PIPE_ATOMIC);
		if (nonblock && uio->uio_resid > PIPE_ATOMIC)
			need = 1;
		room = pi->pi_size - pi->pi_count;
		if (room < need) {
			error = wait_room(pi, need, nonblock);
			continue;
		}
		error = move_in(pi, uio, MIN(room, uio->uio_resid));
		if (pi->pi_count != 0)
			wake_readers(pi);
	}
	return (error);
}

/**
 * Writes everything, waiting for room.  A write of up to PIPE_ATOMIC bytes
 * goes in at once or not at all.  May sleep.
 * @param pi		pipe
 * @param uio		from where
 * @param nonblock	do not wait
 * @return		0, EPIPE: nobody reads (the signal is the caller's),
 *			EWOULDBLOCK, EINTR, ERESTART, EFAULT, ENOMEM
 */
int
pipe_do_write(struct pipe *pi, struct uio *uio, bool nonblock)
{
	int error;

	if (pi->pi_readers == 0)
		return (EPIPE);
	while ((pi->pi_flags & PIPE_WLOCK) != 0) {
		if (nonblock)
			return (EWOULDBLOCK);
		pi->pi_flags |= PIPE_WWAIT;
		error = tsleep(&pi->pi_flags, PCATCH, "pipewl", 0);
		if (error != 0)
			return (error);
	}
	pi->pi_flags |= PIPE_WLOCK;
	error = write_locked(pi, uio, nonblock);
	pi->pi_flags &= ~PIPE_WLOCK;
	if ((pi->pi_flags & PIPE_WWAIT) != 0) {
		pi->pi_flags &= ~PIPE_WWAIT;
		wakeup(&pi->pi_flags);
	}
	nanotime(&pi->pi_mtime);
	return (error);
}

/**
 * ioctl(2) of a pipe.
 * @param pi	pipe
 * @param com	FIONREAD, FIONBIO, FIOASYNC
 * @param data	argument
 * @return	0 or ENOTTY
 */
int
pipe_do_ioctl(struct pipe *pi, u_long com, caddr_t data)
{
	switch (com) {
	case FIONREAD:
		*(int *)data = pi->pi_count;
		return (0);
	case FIONBIO:
	case FIOASYNC:
		return (0);
	default:
		return (ENOTTY);
	}
}

/* --- watching --- */

static void
filt_pipedetach(struct knote *kn)
{
	struct pipe *pi = kn->kn_hook;

	knote_remove(
	    kn->kn_filter == EVFILT_WRITE ? &pi->pi_wkq : &pi->pi_rkq, kn);
}

static int
filt_piperead(struct knote *kn, long hint __unused)
{
	struct pipe *pi = kn->kn_hook;

	kn->kn_data = pi->pi_count;
	if (pi->pi_writers == 0 && pi->pi_wgen != 0) {
		kn->kn_flags |= EV_EOF;
		return (1);
	}
	kn->kn_flags &= ~EV_EOF;
	return (pi->pi_count != 0);
}

static int
filt_pipewrite(struct knote *kn, long hint __unused)
{
	struct pipe *pi = kn->kn_hook;
	u_int size = pi->pi_buf == NULL ? PIPE_SIZE : pi->pi_size;

	kn->kn_data = size - pi->pi_count;
	if (pi->pi_readers == 0) {
		kn->kn_flags |= EV_EOF;
		return (1);
	}
	kn->kn_flags &= ~EV_EOF;
	return (kn->kn_data >= PIPE_ATOMIC);
}

static const struct filterops pipe_rfiltops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_pipedetach,
	.f_event = filt_piperead,
};
static const struct filterops pipe_wfiltops = {
	.f_flags = FILTEROP_ISFD,
	.f_detach = filt_pipedetach,
	.f_event = filt_pipewrite,
};

/**
 * Watches a pipe.
 * @param pi	pipe
 * @param kn	EVFILT_READ or EVFILT_WRITE
 * @return	0 or EINVAL
 */
int
pipe_do_kqfilter(struct pipe *pi, struct knote *kn)
{
	kn->kn_hook = pi;
	switch (kn->kn_filter) {
	case EVFILT_READ:
		kn->kn_fop = &pipe_rfiltops;
		knote_insert(&pi->pi_rkq, kn);
		return (0);
	case EVFILT_WRITE:
		kn->kn_fop = &pipe_wfiltops;
		knote_insert(&pi->pi_wkq, kn);
		return (0);
	default:
		return (EINVAL);
	}
}
