/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's fcntl(2), calls that move data between two files, and advice about
 * files.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>
#include "linux_conv.h"

/** Native number of each command. */
static const int8_t commands[] = {
	[LINUX_F_DUPFD] = F_DUPFD,
	[LINUX_F_GETFD] = F_GETFD,
	[LINUX_F_SETFD] = F_SETFD,
	[LINUX_F_GETFL] = F_GETFL,
	[LINUX_F_SETFL] = F_SETFL,
	[LINUX_F_GETLK] = F_GETLK,
	[LINUX_F_SETLK] = F_SETLK,
	[LINUX_F_SETLKW] = F_SETLKW,
	[LINUX_F_SETOWN] = F_SETOWN,
	[LINUX_F_GETOWN] = F_GETOWN,
};

static int
fcntl_lock(int fd, int cmd, u_long arg)
{
	struct linux_flock lfl;
	struct flock fl;
	int error;
	long res;

	error = copyin((const void *)arg, &lfl, sizeof(lfl));
	if (error == 0)
		error = linux_flock_in(&lfl, &fl);
	if (error == 0)
		error = kern_fcntl(fd, commands[cmd], (long)&fl, &res);
	if (error != 0 || cmd != LINUX_F_GETLK)
		return (error);
	linux_flock_out(&fl, &lfl);
	return (copyout(&lfl, (void *)arg, sizeof(lfl)));
}

/* Linux takes the flags that it knows and leaves out the others. */
static int
set_flags(int fd, u_long arg)
{
	int settable = LINUX_O_APPEND | LINUX_O_NONBLOCK | LINUX_O_ASYNC |
	    LINUX_O_DIRECT;
	int flags, error;
	long res;

	error = linux_open_flags(arg & settable, &flags);
	return (error != 0 ? error : kern_fcntl(fd, F_SETFL, flags, &res));
}

/** fcntl(2). */
int
sys_linux_fcntl(struct sysmsg *sysmsg, const struct linux_fcntl_args *uap)
{
	int cmd = uap->cmd, error, native;
	long res = 0;

	if (cmd == LINUX_F_DUPFD_CLOEXEC)
		native = F_DUPFD_CLOEXEC;
	else if (cmd < 0 || cmd >= (int)nitems(commands))
		return (EINVAL);
	else
		native = commands[cmd];
	if (cmd >= LINUX_F_GETLK && cmd <= LINUX_F_SETLKW)
		return (fcntl_lock(uap->fd, cmd, uap->arg));
	if (cmd == LINUX_F_SETFL)
		return (set_flags(uap->fd, uap->arg));
	/* The argument of the others is an int. */
	error = kern_fcntl(uap->fd, native, (int)uap->arg, &res);
	if (cmd == LINUX_F_GETFL)
		res = linux_open_flags_back(res);
	if (error == 0)
		sysmsg->sysmsg_lresult = res;
	return (error);
}

/* EBADF, or 0: the file may be advised about. */
static int
check_fd(int fd)
{
	struct file *fp = holdfp(curproc->p_fd, fd, -1);

	if (fp == NULL)
		return (EBADF);
	fdrop(fp);
	return (0);
}

/** fadvise64(2). */
int
sys_linux_fadvise64(
    struct sysmsg *sysmsg __unused, const struct linux_fadvise64_args *uap)
{
	if (uap->advice < 0 || uap->advice > 5)
		return (EINVAL);
	return (check_fd(uap->fd));
}

/** readahead(2). */
int
sys_linux_readahead(
    struct sysmsg *sysmsg __unused, const struct linux_readahead_args *uap)
{
	return (check_fd(uap->fd));
}

/**
 * sendfile(2).
 * EINVAL means to a program: not between these files, use read and write.
 */
int
sys_linux_sendfile(
    struct sysmsg *sysmsg __unused, const struct linux_sendfile_args *uap)
{
	int error = check_fd(uap->in);

	if (error == 0)
		error = check_fd(uap->out);
	return (error != 0 ? error : EINVAL);
}

/**
 * copy_file_range(2).
 * EXDEV means the same here.
 */
int
sys_linux_copy_file_range(struct sysmsg *sysmsg __unused,
    const struct linux_copy_file_range_args *uap)
{
	int error = check_fd(uap->in);

	if (error == 0)
		error = check_fd(uap->out);
	return (error != 0 ? error : EXDEV);
}

/** syncfs(2). */
int
sys_linux_syncfs(
    struct sysmsg *sysmsg __unused, const struct linux_syncfs_args *uap)
{
	int error = check_fd(uap->fd);

	return (error != 0 ? error : kern_sync());
}
