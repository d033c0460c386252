/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * pipe(2): a pipe as two open files, the first one to read, the second one to
 * write.  The pipe goes with the second of them.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/pipe.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ttycom.h>
#include <machine/globaldata.h>

#define PIPE_RDEV 0 /* st_dev of what is on no file system */

/* The caller's word on waiting counts more than the file's. */
static bool
nonblocking(const struct file *fp, int flags)
{
	if ((flags & O_FNONBLOCKING) != 0)
		return (true);
	if ((flags & O_FBLOCKING) != 0)
		return (false);
	return ((fp->f_flag & FNONBLOCK) != 0);
}

static int
pipe_read(
    struct file *fp, struct uio *uio, struct ucred *cred __unused, int flags)
{
	return (pipe_do_read(fp->f_data, uio, nonblocking(fp, flags)));
}

static int
pipe_write(
    struct file *fp, struct uio *uio, struct ucred *cred __unused, int flags)
{
	return (pipe_do_write(fp->f_data, uio, nonblocking(fp, flags)));
}

static int
pipe_ioctl(
    struct file *fp, u_long com, caddr_t data, struct ucred *cred __unused)
{
	switch (com) {
	case FIOSETOWN:
		return (fsetown(*(int *)data, &fp->f_sigio));
	case FIOGETOWN:
		*(int *)data = fgetown(&fp->f_sigio);
		return (0);
	default:
		return (pipe_do_ioctl(fp->f_data, com, data));
	}
}

static int
pipe_kqfilter(struct file *fp, struct knote *kn)
{
	int right = kn->kn_filter == EVFILT_WRITE ? FWRITE : FREAD;

	if ((fp->f_flag & right) == 0)
		return (EINVAL); /* nothing will ever happen there */
	return (pipe_do_kqfilter(fp->f_data, kn));
}

static int
pipe_stat(struct file *fp, struct stat *sb, struct ucred *cred __unused)
{
	const struct pipe *pi = fp->f_data;

	sb->st_dev = PIPE_RDEV;
	sb->st_ino = pi->pi_ino;
	sb->st_nlink = 1;
	sb->st_mode = S_IFIFO | S_IRUSR | S_IWUSR;
	sb->st_uid = fp->f_cred->cr_uid;
	sb->st_gid = fp->f_cred->cr_gid;
	sb->st_size = pi->pi_count;
	sb->st_blksize = pi->pi_size != 0 ? pi->pi_size : PIPE_SIZE;
	sb->st_blocks = (pi->pi_count + 511) / 512;
	sb->st_atim = pi->pi_atime;
	sb->st_mtim = pi->pi_mtime;
	sb->st_ctim = pi->pi_ctime;
	return (0);
}

static int
pipe_close(struct file *fp)
{
	struct pipe *pi = fp->f_data;
	bool write = (fp->f_flag & FWRITE) != 0;

	if (write)
		pi->pi_wfile = NULL;
	else
		pi->pi_rfile = NULL;
	pipe_close_end(pi, write);
	if (pi->pi_readers == 0 && pi->pi_writers == 0)
		pipe_free(pi);
	return (0);
}

static const struct fileops pipe_fileops = {
	.fo_read = pipe_read,
	.fo_write = pipe_write,
	.fo_ioctl = pipe_ioctl,
	.fo_kqfilter = pipe_kqfilter,
	.fo_stat = pipe_stat,
	.fo_close = pipe_close,
	.fo_seek = nosys_seek,
};

static void
pipe_set_file(struct file *fp, struct pipe *pi, u_int flag)
{
	fp->f_type = DTYPE_PIPE;
	fp->f_flag = flag;
	fp->f_data = pi;
	fp->f_ops = &pipe_fileops;
	pipe_open_end(pi, (flag & FWRITE) != 0);
}

/**
 * pipe2(2).  Under mp_token; may sleep.
 * @param fds	set to the descriptors, the end to read first
 * @param flags	O_CLOEXEC, O_NONBLOCK
 * @return	0, EINVAL, EMFILE, ENFILE
 */
int
kern_pipe(long fds[2], int flags)
{
	struct filedesc *fdp = curproc->p_fd;
	struct file *rfp, *wfp;
	u_int nonblock = flags & O_NONBLOCK;
	struct pipe *pi;
	int rfd, wfd, error;

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
		return (EINVAL);
	error = falloc(curproc, &rfp, &rfd);
	if (error != 0)
		return (error);
	error = falloc(curproc, &wfp, &wfd);
	if (error != 0) {
		fsetfd(fdp, NULL, rfd);
		fdrop(rfp);
		return (error);
	}
	pi = pipe_alloc();
	pipe_set_file(rfp, pi, FREAD | nonblock);
	pipe_set_file(wfp, pi, FWRITE | nonblock);
	pi->pi_rfile = rfp;
	pi->pi_wfile = wfp;
	fsetfd(fdp, rfp, rfd);
	fsetfd(fdp, wfp, wfd);
	if ((flags & O_CLOEXEC) != 0) {
		kern_setcloexec(rfd, true);
		kern_setcloexec(wfd, true);
	}
	fdrop(rfp);
	fdrop(wfp);
	fds[0] = rfd;
	fds[1] = wfd;
	return (0);
}

/** pipe(): @return 0, EMFILE, ENFILE; results: an end to read, one to write */
int
sys_pipe(struct sysmsg *sysmsg, const struct pipe_args *uap __unused)
{
	return (kern_pipe(sysmsg->sysmsg_fds, 0));
}

/**
 * pipe2(flags): the same with O_CLOEXEC, O_NONBLOCK.  @return as pipe(),
 * EINVAL; results: as pipe()
 */
int
sys_pipe2(struct sysmsg *sysmsg, const struct pipe2_args *uap)
{
	return (kern_pipe(sysmsg->sysmsg_fds, uap->flags));
}
