/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's ioctl(2): terminals, and what is for any descriptor.
 *
 * Most commands only have another number; those that change settings of a
 * terminal have functions.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/stat.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/ttycom.h>
#include "linux_conv.h"

#define SECTOR_SIZE 512

static int
get_termios(int fd, u_long arg)
{
	struct linux_termios lt;
	struct termios t;
	int error;

	error = kern_ioctl(fd, TIOCGETA, (caddr_t)&t);
	if (error != 0)
		return (error);
	linux_termios_out(&t, &lt);
	return (copyout(&lt, (void *)arg, sizeof(lt)));
}

static int
set_termios(int fd, u_long com, u_long arg)
{
	struct linux_termios lt;
	struct termios t;
	int error;

	error = kern_ioctl(fd, TIOCGETA, (caddr_t)&t);
	if (error == 0)
		error = copyin((const void *)arg, &lt, sizeof(lt));
	if (error != 0)
		return (error);
	linux_termios_in(&lt, &t);
	return (kern_ioctl(fd, com, (caddr_t)&t));
}

/* TCFLSH: FREAD and FWRITE say which queues. */
static int
flush(int fd, u_long arg)
{
	int which = linux_tcflush(arg);

	if (which < 0)
		return (EINVAL);
	return (kern_ioctl(fd, TIOCFLUSH, (caddr_t)&which));
}

/* TCXONC: output stops and goes on; for input a character is sent. */
static int
flow(int fd, u_long arg)
{
	struct termios t;
	struct iovec iov;
	struct uio uio;
	size_t done;
	int error;
	cc_t c;

	switch (linux_tcflow(arg)) {
	case TCOOFF:
		return (kern_ioctl(fd, TIOCSTOP, NULL));
	case TCOON:
		return (kern_ioctl(fd, TIOCSTART, NULL));
	case TCIOFF:
	case TCION:
		break;
	default:
		return (EINVAL);
	}
	error = kern_ioctl(fd, TIOCGETA, (caddr_t)&t);
	c = t.c_cc[linux_tcflow(arg) == TCIOFF ? VSTOP : VSTART];
	if (error != 0 || c == _POSIX_VDISABLE)
		return (error);
	iov = (struct iovec){ .iov_base = &c, .iov_len = 1 };
	uio = (struct uio){ .uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_resid = 1,
		.uio_segflg = UIO_SYSSPACE,
		.uio_rw = UIO_WRITE };
	return (kern_pwritev(fd, &uio, 0, &done));
}

/* A number and data that are the same on both sides; the data are small. */
static int
translate(int fd, u_int lcom, u_long arg)
{
	u_long com = linux_ioctl_number(lcom);
	u_long data[2] = { 0 };
	int error = 0;

	if (com == 0)
		return (ENOTTY);
	if (IOCPARM_LEN(com) > sizeof(data))
		return (EINVAL);
	if ((com & IOC_IN) != 0)
		error = copyin((const void *)arg, data, IOCPARM_LEN(com));
	if (error == 0)
		error = kern_ioctl(fd, com, (caddr_t)data);
	if (error == 0 && (com & IOC_OUT) != 0)
		error = copyout(data, (void *)arg, IOCPARM_LEN(com));
	return (error);
}

/* BLKGETSIZE: a disk's size in sectors of 512 bytes. */
static int
disk_sectors(int fd, u_long arg)
{
	u_long sectors;
	off_t size;
	int error;

	error = kern_ioctl(fd, DIOCGMEDIASIZE, (caddr_t)&size);
	if (error != 0)
		return (error);
	sectors = size / SECTOR_SIZE;
	return (copyout(&sectors, (void *)arg, sizeof(sectors)));
}

/* TIOCGPTN: the number N of /dev/pts/N. */
static int
pty_number(int fd, u_long arg)
{
	struct stat sb;
	u_int number;
	int error;

	error = kern_ioctl(fd, TIOCISPTMASTER, NULL);
	if (error == 0)
		error = kern_fstat(fd, &sb);
	if (error != 0)
		return (error == EBADF ? EBADF : ENOTTY);
	number = minor(sb.st_rdev) % NPTY;
	return (copyout(&number, (void *)arg, sizeof(number)));
}

/* TIOCSPTLCK: the terminal is never locked. */
static int
pty_unlock(int fd)
{
	int error = kern_ioctl(fd, TIOCISPTMASTER, NULL);

	return (error == 0 || error == EBADF ? error : ENOTTY);
}

/** ioctl(2). */
int
sys_linux_ioctl(
    struct sysmsg *sysmsg __unused, const struct linux_ioctl_args *uap)
{
	switch (uap->com) {
	case LINUX_TCGETS:
		return (get_termios(uap->fd, uap->arg));
	case LINUX_TCSETS:
		return (set_termios(uap->fd, TIOCSETA, uap->arg));
	case LINUX_TCSETSW:
		return (set_termios(uap->fd, TIOCSETAW, uap->arg));
	case LINUX_TCSETSF:
		return (set_termios(uap->fd, TIOCSETAF, uap->arg));
	case LINUX_TCSBRK:  /* a break, if the argument is 0: we have none */
	case LINUX_TCSBRKP: /* tcdrain(3) otherwise */
		return (kern_ioctl(uap->fd, TIOCDRAIN, NULL));
	case LINUX_TCXONC:
		return (flow(uap->fd, uap->arg));
	case LINUX_TCFLSH:
		return (flush(uap->fd, uap->arg));
	case LINUX_TIOCGPTN:
		return (pty_number(uap->fd, uap->arg));
	case LINUX_TIOCSPTLCK:
		return (pty_unlock(uap->fd));
	case LINUX_BLKGETSIZE:
		return (disk_sectors(uap->fd, uap->arg));
	case LINUX_BLKFLSBUF:
		return (0);
	default:
		return (translate(uap->fd, uap->com, uap->arg));
	}
}
