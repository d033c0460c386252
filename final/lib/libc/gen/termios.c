/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals.
 */
#include <sys/ioctl.h>
#include <errno.h>
#include <termios.h>
#include <unistd.h>

/**
 * Reads how a terminal works.
 * @param fd	of a terminal
 * @param t	filled in
 * @return	0; -1 with ENOTTY, EBADF
 */
int
tcgetattr(int fd, struct termios *t)
{
	return (ioctl(fd, TIOCGETA, t));
}

/**
 * Changes how a terminal works.
 * @param fd	of a terminal
 * @param action	TCSANOW: at once; TCSADRAIN: after the output;
 *			TCSAFLUSH: the same, and input that was not read is gone
 * @param t	how
 * @return	0; -1 with EINVAL, ENOTTY, EBADF, EINTR
 */
int
tcsetattr(int fd, int action, const struct termios *t)
{
	switch (action) {
	case TCSANOW:
		return (ioctl(fd, TIOCSETA, t));
	case TCSADRAIN:
		return (ioctl(fd, TIOCSETAW, t));
	case TCSAFLUSH:
		return (ioctl(fd, TIOCSETAF, t));
	default:
		errno = EINVAL;
		return (-1);
	}
}

/**
 * Characters as they come, none of them special.
 * @param t	changed
 */
void
cfmakeraw(struct termios *t)
{
	t->c_iflag &= ~(IMAXBEL | IXOFF | INPCK | BRKINT | PARMRK | ISTRIP |
	    INLCR | IGNCR | ICRNL | IXON | IGNPAR);
	t->c_iflag |= IGNBRK;
	t->c_oflag &= ~OPOST;
	t->c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG | IEXTEN |
	    NOFLSH | TOSTOP | PENDIN);
	t->c_cflag = (t->c_cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

/**
 * The group of processes in the foreground.
 * @param fd	of the caller's terminal
 * @return	it; -1 with ENOTTY, EBADF
 */
pid_t
tcgetpgrp(int fd)
{
	int pgrp;

	return (ioctl(fd, TIOCGPGRP, &pgrp) < 0 ? -1 : pgrp);
}

/**
 * Brings a group of processes to the foreground.
 * @param fd	of the caller's terminal
 * @param pgrp	a group of its session
 * @return	0; -1 with EPERM, ENOTTY, EBADF
 */
int
tcsetpgrp(int fd, pid_t pgrp)
{
	int n = pgrp;

	return (ioctl(fd, TIOCSPGRP, &n));
}

/**
 * The session of a terminal.
 * @param fd	of the caller's terminal
 * @return	it; -1 with ENOTTY, EBADF
 */
pid_t
tcgetsid(int fd)
{
	int sid;

	return (ioctl(fd, TIOCGSID, &sid) < 0 ? -1 : sid);
}

/**
 * Sleeps until all output has left.
 * @param fd	of a terminal
 * @return	0; -1 with EINTR, ENOTTY, EBADF
 */
int
tcdrain(int fd)
{
	return (ioctl(fd, TIOCDRAIN));
}

/**
 * Forgets what is in the queues of a terminal.
 * @param fd	of a terminal
 * @param queue	TCIFLUSH (1): not read; TCOFLUSH (2): not sent; TCIOFLUSH (3):
 *		both
 * @return	0; -1 with EINVAL, ENOTTY, EBADF
 */
int
tcflush(int fd, int queue)
{
	if (queue < TCIFLUSH || queue > TCIOFLUSH) {
		errno = EINVAL;
		return (-1);
	}
	return (ioctl(fd, TIOCFLUSH, &queue));
}

/**
 * Stops or starts output.
 * @param fd	of a terminal
 * @param action	TCOOFF or TCOON; no other is there
 * @return	0; -1 with EINVAL, ENOTTY, EBADF
 */
int
tcflow(int fd, int action)
{
	if (action == TCOOFF)
		return (ioctl(fd, TIOCSTOP));
	if (action == TCOON)
		return (ioctl(fd, TIOCSTART));
	errno = EINVAL;
	return (-1);
}

/**
 * No line here has a break: nothing.
 * @param fd	of a terminal
 * @param duration	any
 * @return	0; -1 if it is no terminal
 */
int
tcsendbreak(int fd, int duration __unused)
{
	return (isatty(fd) ? 0 : -1);
}

/**
 * Speed of input.
 * @param t	of a terminal
 * @return	bits per second
 */
speed_t
cfgetispeed(const struct termios *t)
{
	return (t->c_ispeed);
}

/**
 * Speed of output.
 * @param t	of a terminal
 * @return	bits per second
 */
speed_t
cfgetospeed(const struct termios *t)
{
	return (t->c_ospeed);
}

/**
 * Sets the speed of input.
 * @param t	changed
 * @param speed	bits per second
 * @return	0
 */
int
cfsetispeed(struct termios *t, speed_t speed)
{
	t->c_ispeed = speed;
	return (0);
}

/**
 * Sets the speed of output.
 * @param t	changed
 * @param speed	bits per second
 * @return	0
 */
int
cfsetospeed(struct termios *t, speed_t speed)
{
	t->c_ospeed = speed;
	return (0);
}

/**
 * Sets both speeds.
 * @param t	changed
 * @param speed	bits per second
 * @return	0
 */
int
cfsetspeed(struct termios *t, speed_t speed)
{
	t->c_ispeed = t->c_ospeed = speed;
	return (0);
}

/**
 * Whether a descriptor is a terminal.
 * @param fd	descriptor
 * @return	1; 0 with ENOTTY, EBADF
 */
int
isatty(int fd)
{
	struct termios t;

	return (tcgetattr(fd, &t) == 0);
}
