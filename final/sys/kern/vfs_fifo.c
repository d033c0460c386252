/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Named pipes: a vnode that has a pipe while somebody has it open.
 *
 * open(2) waits until the other end is open, too, unless it may not wait; then
 * an end to read is there at once, and an end to write is ENXIO without
 * readers.  Each open file is one end, or both.
 */
#include <sys/errno.h>
#include <sys/pipe.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <sys/unistd.h>
#include <sys/vnode.h>

static bool
nonblocking(const struct file *fp, int flags)
{
	if ((flags & O_FNONBLOCKING) != 0)
		return (true);
	return ((fp->f_flag & FNONBLOCK) != 0 && (flags & O_FBLOCKING) == 0);
}

static struct pipe *
fifo_pipe(const struct file *fp)
{
	return (((struct vnode *)fp->f_data)->v_fifo);
}

static int
fifo_read(
    struct file *fp, struct uio *uio, struct ucred *cred __unused, int flags)
{
	if ((flags & O_FOFFSET) != 0)
		return (ESPIPE);
	return (pipe_do_read(fifo_pipe(fp), uio, nonblocking(fp, flags)));
}

static int
fifo_write(
    struct file *fp, struct uio *uio, struct ucred *cred __unused, int flags)
{
	if ((flags & O_FOFFSET) != 0)
		return (ESPIPE);
	return (pipe_do_write(fifo_pipe(fp), uio, nonblocking(fp, flags)));
}

static int
fifo_ioctl(
    struct file *fp, u_long com, caddr_t data, struct ucred *cred __unused)
{
	return (pipe_do_ioctl(fifo_pipe(fp), com, data));
}

static int
fifo_kqfilter(struct file *fp, struct knote *kn)
{
	int right = kn->kn_filter == EVFILT_WRITE ? FWRITE : FREAD;

	if ((fp->f_flag & right) == 0)
		return (EINVAL); /* nothing will ever happen there */
	return (pipe_do_kqfilter(fifo_pipe(fp), kn));
}

static int
fifo_stat(struct file *fp, struct stat *sb, struct ucred *cred)
{
	return (vnode_fileops.fo_stat(fp, sb, cred));
}

/* The ends that flags say are closed; the pipe goes with the last. */
static void
close_ends(struct vnode *vp, int fflag)
{
	struct pipe *pi = vp->v_fifo;

	if ((fflag & FREAD) != 0)
		pipe_close_end(pi, false);
	if ((fflag & FWRITE) != 0)
		pipe_close_end(pi, true);
	if (pi->pi_readers == 0 && pi->pi_writers == 0) {
		vp->v_fifo = NULL;
		pipe_free(pi);
	}
}

static int
fifo_close(struct file *fp)
{
	close_ends(fp->f_data, fp->f_flag);
	return (vnode_fileops.fo_close(fp));
}

static const struct fileops fifo_fileops = {
	.fo_read = fifo_read,
	.fo_write = fifo_write,
	.fo_ioctl = fifo_ioctl,
	.fo_kqfilter = fifo_kqfilter,
	.fo_stat = fifo_stat,
	.fo_close = fifo_close,
	.fo_seek = nosys_seek,
};

/* Waits for the other end; the vnode is unlocked meanwhile. */
static int
wait_other(struct vnode *vp, bool write)
{
	int error;

	vn_unlock(vp);
	error = pipe_wait_end(vp->v_fifo, write);
	vn_lock(vp, LK_EXCLUSIVE);
	return (error);
}

/**
 * Opens a named pipe.  Sleeps until the other end is open, if it has to.
 * @param vp	VFIFO, locked; unlocked while it waits
 * @param fflag	FREAD, FWRITE, O_NONBLOCK
 * @param fp	the open file: gets its operations
 * @return	0; ENXIO: nobody reads; EINTR, ERESTART
 */
int
fifo_open(struct vnode *vp, int fflag, struct file *fp)
{
	int error = 0;

	if (vp->v_fifo == NULL) {
		if ((fflag & (FREAD | FWRITE | FNONBLOCK)) ==
		    (FWRITE | FNONBLOCK))
			return (ENXIO);
		vp->v_fifo = pipe_alloc();
	}
	if ((fflag & (FREAD | FNONBLOCK)) == FNONBLOCK &&
	    vp->v_fifo->pi_readers == 0)
		return (ENXIO);
	if ((fflag & FREAD) != 0)
		pipe_open_end(vp->v_fifo, false);
	if ((fflag & FWRITE) != 0)
		pipe_open_end(vp->v_fifo, true);
	if ((fflag & FNONBLOCK) == 0 && (fflag & (FREAD | FWRITE)) == FREAD)
		error = wait_other(vp, false);
	else if ((fflag & FNONBLOCK) == 0 && (fflag & FREAD) == 0)
		error = wait_other(vp, true);
	if (error != 0) {
		close_ends(vp, fflag);
		return (error);
	}
	fp->f_ops = &fifo_fileops;
	return (0);
}
